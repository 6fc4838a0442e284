// SPDX-License-Identifier: MIT
// What the files of the compiler share. The way of a program through them:
//
//     text -> lexer.c -> tokens -> statement.c, expression.c, literal.c, target.c -> a tree of one top-level statement
//          -> scope.c: which variable a name is -> write_*.c: instructions -> unit.c: a code object
//
// A module is one code object that grows statement by statement; the tree of a statement is freed before the next one is
// read, so the compiler needs as much memory as the largest of them.
//
// A node is words without values of the heap, packed into chunks:
//
//     +-----------+------+----+----+--
//     | kind | at | next | a  | b  | ..      as many words as its kind has (NODES)
//     +-----------+------+----+----+--
//
// `at` is the place in the text: lines and columns are counted when somebody asks. Constants that are objects are kept alive
// by a list among the roots; identifiers need no keeping.
#ifndef MOTE_COMPILE_H
#define MOTE_COMPILE_H

#include "bytecode.h"
#include "mote.h"

// X(kind, how many of the first words are nodes, words). LIST in the remarks: the first of nodes linked by `next`.
#define NODES(X)                                                                                   \
    X(NAME, 0, 1)    /* value: the name, later its symbol */                                       \
    X(TARGET, 0, 1)  /* the same where it is bound or deleted */                                   \
    X(CONST, 0, 1)   /* value */                                                                   \
    X(FSTRING, 1, 1) /* LIST of CONST and FORMAT */                                                \
    X(FORMAT, 2, 3)  /* value, specification or NULL; number: FORMAT_* */                          \
    X(TUPLE, 1, 1)   /* LIST, also of STAR */                                                      \
    X(LIST, 1, 1)                                                                                  \
    X(SET, 1, 1)                                                                                   \
    X(DICT, 1, 1)    /* LIST of PAIR and STAR */                                                   \
    X(PAIR, 2, 2)    /* key, value */                                                              \
    X(STAR, 1, 1)    /* *a; in a DICT **a */                                                       \
    X(KEYWORD, 1, 2) /* a with its name; without: **a */                                           \
    X(ATTR, 1, 2)    /* a.name */                                                                  \
    X(ITEM, 2, 2)    /* a[b] */                                                                    \
    X(SLICE, 3, 3)                                                                                 \
    X(CALL, 2, 2)         /* a(LIST of values, STAR, KEYWORD) */                                   \
    X(LAMBDA, 2, 4)       /* LIST of ARG, body: a LIST of statements; title, scope */              \
    X(CLASS, 2, 4)        /* LIST as of CALL, body; title, scope */                                \
    X(ARG, 1, 2)          /* default or NULL; name */                                              \
    X(ARG_NAMED, 1, 2)    /* keyword only */                                                       \
    X(ARG_REST, 1, 2)     /* *name */                                                              \
    X(ARG_KEYWORDS, 1, 2) /* **name */                                                             \
    X(ARG_SLASH, 1, 2)    /* the / after positional-only ones */                                   \
    X(COND, 3, 3)         /* a if b else c */                                                      \
    X(AND, 1, 1)          /* LIST */                                                               \
    X(OR, 1, 1)                                                                                    \
    X(NOT, 1, 1)                                                                                   \
    X(NEG, 1, 1)                                                                                   \
    X(POS, 1, 1)                                                                                   \
    X(INVERT, 1, 1)                                                                                \
    X(BINARY, 2, 3)   /* number: enum op */                                                        \
    X(COMPARE, 2, 2)  /* a, LIST of COMPARED */                                                    \
    X(COMPARED, 1, 2) /* number_b: the instruction */                                              \
    X(WALRUS, 2, 2)   /* TARGET, value */                                                          \
    X(YIELD, 1, 1)    /* value or NULL */                                                          \
    X(YIELD_FROM, 1, 1)                                                                            \
    X(LIST_COMP, 2, 4) /* element, LIST of CLAUSE_*; scope */                                      \
    X(SET_COMP, 2, 4)                                                                              \
    X(DICT_COMP, 2, 4) /* the element is a PAIR */                                                 \
    X(GENERATOR, 2, 4)                                                                             \
    X(CLAUSE_FOR, 2, 2) /* target, iterable */                                                     \
    X(CLAUSE_IF, 1, 1)                                                                             \
    /* statements */                                                                               \
    X(EXPR, 1, 1)                                                                                  \
    X(ASSIGN, 2, 2)    /* LIST of targets, value */                                                \
    X(AUGMENTED, 2, 3) /* target, value; number: enum op */                                        \
    X(ANNOTATED, 1, 1) /* target without a value */                                                \
    X(RETURN, 1, 1)    /* value or NULL */                                                         \
    X(DELETE, 1, 1)    /* LIST of targets */                                                       \
    X(PASS, 0, 0)                                                                                  \
    X(BREAK, 0, 0)                                                                                 \
    X(CONTINUE, 0, 0)                                                                              \
    X(RAISE, 2, 2)  /* exception or NULL, cause or NULL */                                         \
    X(GLOBAL, 0, 1) /* value: the name */                                                          \
    X(NONLOCAL, 0, 1)                                                                              \
    X(ASSERT, 2, 2) /* test, message or NULL */                                                    \
    X(IMPORT, 1, 2) /* LIST of ALIAS */                                                            \
    X(FROM, 1, 3)   /* LIST of ALIAS or NULL for *; name; number: level */                         \
    X(ALIAS, 1, 3)  /* TARGET; name; title: with `as` the path after its first name */             \
    X(IF, 3, 3)     /* test, LIST, LIST */                                                         \
    X(WHILE, 3, 3)                                                                                 \
    X(FOR, 4, 4)     /* target, iterable, body, else */                                            \
    X(TRY, 4, 4)     /* body, LIST of HANDLER, else, finally */                                    \
    X(HANDLER, 3, 3) /* type or NULL, body, TARGET or NULL */                                      \
    X(WITH, 3, 3)    /* manager, target or NULL, body */                                           \
    X(DEFINE, 3, 3)  /* LAMBDA or CLASS, LIST of decorators, TARGET */

enum kind {
#define X(name, nodes, words) N_##name,
    NODES(X)
#undef X
};
extern const uint8_t node_kids[], node_words[];

struct symbol;
struct scope;
struct node {
    size_t kind : 8, at : 8 * WORD - 8;
    struct node *next;
    union {
        struct node *a;
        val value;
        struct symbol *symbol;
    };
    union {
        struct node *b;
        val name;
        size_t number_b;
    };
    union {
        struct node *c;
        size_t number;
        val title;
    };
    union {
        struct node *d;
        struct scope *scope;
    };
};

// Lengthens a list that is being made by a node or by a list: `end = add(end, n)`, with the slot of the list at first.
struct node **add(struct node **end, struct node *n);

// ------------------------------------------------------------------------------------------ tokens

// A character that is a token is its code; longer operators are T_OPERATOR + place in the table of lexer.c; keywords follow, in
// the order of their letters.
#define KEYWORDS(X)                                                                                \
    X(False) X(None) X(True) X(and) X(as) X(assert) X(async) X(await) X(break) X(class)            \
    X(continue) X(def) X(del) X(elif) X(else) X(except) X(finally) X(for) X(from) X(global)        \
    X(if) X(import) X(in) X(is) X(lambda) X(nonlocal) X(not) X(or) X(pass) X(raise) X(return)      \
    X(try) X(while) X(with) X(yield)
enum token {
    T_END = 1,
    T_NEWLINE,
    T_NAME,
    T_NUMBER,
    T_STRING,
    T_OPERATOR = 128,
    // in the order of that table: first those that assign
    T_FIRST_ASSIGNING = T_OPERATOR,
    T_LAST_ASSIGNING = T_OPERATOR + 12,
    T_ELLIPSIS,
    T_POWER,
    T_FLOORDIV,
    T_LSHIFT,
    T_RSHIFT,
    T_EQ,
    T_NE,
    T_LE,
    T_GE,
    T_ARROW,
    T_WALRUS,
#define X(name) T_##name,
    KEYWORDS(X)
#undef X
};

struct lexer { // copied to look ahead
    val token;
    val name;      // of a T_NAME
    size_t at;     // the token is text[at .. next)
    size_t next;   //
    size_t limit;  // where the text ends
    size_t open;   // the last bracket that opened
    size_t column; // of the first token of the line
#if MOTE_RARE
    size_t narrow; // the same with tabs as wide as spaces: both must tell blocks apart alike
#endif
    size_t parens; // open brackets: line ends are spaces
    bool fresh;    // a line starts here
    bool field;    // in the field of an f-string: no := and the like
    bool trying;   // what is read now only has to be a value, or not
};

struct unit;
struct compiler {
    const char *text;
    val file;
    struct lexer lex;
    size_t indent; // columns of the block that is being read
#if MOTE_RARE
    size_t narrow;    // as of the lexer
    size_t iterables; // of comprehensions, around what is being looked at: no := there
#endif
#if MOTE_MESSAGES
    size_t value_at; // where the last operand of `if`, or value, began
#endif
    val class_name; // for names with __, or NOTHING
    val *roots;     // ROOT_*
    struct scope *scope;
    struct unit *unit;
    enum compile_mode mode;
    size_t at;                   // in the text: what is being written belongs there
    size_t line_at, line_before; // a place and the lines before it: where the last count ended
};
extern struct compiler
    compiler; // the one of the machine, as there is one `mote`: nothing it calls compiles
enum { ROOT_CHUNKS, ROOT_KEPT, ROOT_NEW };

void lexer_start(size_t from, size_t to);
void next(void);        // reads a token
bool take(val token);   // goes past it if it is there
void expect(val token); // goes past it, or SyntaxError
#if MOTE_MESSAGES
void expect_closing(val token); // the same after the values in brackets
void find_open(void);           // SyntaxError if a bracket before this line is never closed
#else
#define find_open()    ((void)0)
#define expect_closing expect
#endif
#if MOTE_RARE
void check_tabs(void); // of the line that starts here, against the block
#define set_narrow(n) (compiler.lex.narrow = (n))
#else
#define check_tabs()  ((void)0)
#define set_narrow(n) ((void)(n))
#endif
_Noreturn void invalid(void); // SyntaxError for the token that is there
#if MOTE_MESSAGES
_Noreturn void syntax_error(size_t at, const char *format, ...);
_Noreturn void indent_error(const char *format, ...);
#else
#define syntax_error(at, ...) UNTOLD(syntax_error_at(at), __VA_ARGS__)
#define indent_error(...)     UNTOLD(indent_error_here(), __VA_ARGS__)
_Noreturn void syntax_error_at(size_t at); // "invalid syntax" and where
_Noreturn void indent_error_here(void);
#endif
size_t line_of(size_t at); // from 1

// ------------------------------------------------------------------------------------------ the tree

void *words_new(size_t words); // zeroed, until the end of the statement
struct node *node(enum kind kind, size_t at);
struct node *node_of(enum kind kind, size_t at, struct node *a, struct node *b);
struct node *node_value(enum kind kind, size_t at, val value);
val keep(val constant); // alive until the end of the statement
void forget(void);      // frees the tree

struct node *statement(void); // LIST: one line may hold several
struct node *test(void);
struct node *named(void);     // with :=
struct node *values(void);    // a, *b, c: a TUPLE if there is a comma
struct node *targets(void);   // the same for `for` and del, of operands of |
struct node *arguments(void); // of a call, after its (, and past its )
struct node *parameters(val end, bool annotated);
struct node *value_after(void); // of = and the like: yield, or values
enum targeting { ASSIGNING, DELETING, AUGMENTING, BINDING, NAMING /* := */ };
void as_target(struct node *n, enum targeting how);
val identifier(void);                  // takes a name
struct node *number(void);             // the token
struct node *strings(void);            // one or more, joined
bool token_op(val token, enum op *op); // of an operator; for `+=` that of +

// ------------------------------------------------------------------------------------------ names

enum symbol_flags {
    SYM_BOUND = 1,    // assigned to here
    SYM_USED = 2,     // seen here
    SYM_GLOBAL = 4,   // declared so
    SYM_NONLOCAL = 8, //
    SYM_INNER = 16,   // an inner function uses it
    SYM_COMP = 32,    // belongs to a comprehension, which is part of its function
    SYM_CLASS = 64,   // a name of a class body
    SYM_PARAM = 128,
    SYM_NEEDED = 256 // an inner function says nonlocal
};
struct symbol {
    struct symbol *next;
    val name;
    union {
        struct symbol *up; // the same name in the scope around
        size_t declared;   // until the scope ends: where it says global or nonlocal
    };
    uint16_t flags;
    uint16_t place;
};
enum scope_kind { SCOPE_MODULE, SCOPE_CLASS, SCOPE_FUNCTION, SCOPE_COMP };
struct scope {
    struct scope *up;
    struct symbol *first, **last;
    enum scope_kind kind;
    uint16_t locals;     // places of variables; those of comprehensions follow, then the closure
    uint16_t comps;      // of the latter, now
    uint16_t comps_most; // at most
    bool generator;
    bool expression; // a generator expression
};
// Where a variable is. Each has its three instructions, one after the other.
enum where { AT_FAST, AT_DEREF, AT_CLASS_DEREF, AT_NAME, AT_GLOBAL };
enum where where_is(struct symbol *s);
struct symbol *real_symbol(struct symbol *s); // of a comprehension: the one it stands for
struct symbol *symbol_find(const struct scope *scope, val name);
void resolve_names(struct node *list);
struct scope *code_scope(struct scope *scope); // not that of a comprehension

// ------------------------------------------------------------------------------------------ code

struct label { // a place in the code; `chain` is the last jump to it, if it is not known yet
    size_t place, chain, depth;
    bool known;
};

enum block_kind {
    BLOCK_LOOP, // while
    BLOCK_FOR,  // has its iterator on the stack
    BLOCK_TRY,  // nothing to be done at its exit
    BLOCK_NAME, // the name of `except as` is deleted
    // what the stack matters to:
    BLOCK_FINALLY, // its statements are written at each exit
    BLOCK_WITH,    // exit
    BLOCK_HANDLER, // previous
    BLOCK_FAILED,  // previous exc      the finally statements when there is an exception
    BLOCK_VALUE    // value             to be returned, while finally statements run
};
struct block { // what is around the statement that is being written
    struct block *up;
    enum block_kind kind;
    struct node *node;           // statements of finally; TARGET
    size_t start;                // of the range that is protected
    size_t first;                // ranges there were before
    size_t depth;                // of the stack for the handler
    uint32_t id;                 // stands for the handler until it has a place
    struct label *leave, *again; // of loops
};

struct unit { // a code object in the making
    struct unit *up;
    struct scope *scope;
    struct builder *code, *lines, *ranges;
    val *consts; // a list, or NOTHING
    struct block *block;
    size_t depth, depth_most; // of the stack
    size_t line, line_start;  // of what is being written, and where it starts
    uint8_t npos, nkwonly, nposonly;
    uint16_t flags; // CODE_*
};

void write_op(unsigned op);
void write_u(unsigned op, size_t u);
void write_uu(unsigned op, size_t u, size_t v);
void write_const(val v);
size_t const_index(val v);
void write_jump(unsigned op, struct label *to);
void place_label(struct label *label);
enum { LOADING, STORING, DELETING_NAME };
void write_name(struct node *n, int what);
void write_symbol(struct symbol *s, int what);
void write_cell(struct symbol *s); // the cell itself
size_t place_of(struct symbol *s);
bool is_free(struct symbol *s); // comes with the closure

void block_enter(struct block *b, enum block_kind kind, struct node *n);
void block_leave(struct block *b);   // its range ends
void block_handler(struct block *b); // which is here; exc is on the stack
void range_end(struct block *b);

// A code object whose instructions `body` writes; `args` is a LIST of ARG.
val code_new(struct node *n, val name, struct scope *scope, struct node *args,
             void (*body)(struct node *n));

void write_value(struct node *n);
void write_condition(struct node *n, bool when, struct label *to);
void write_target(struct node *n, int what); // stores what is on the stack
bool write_statements(struct node *list);    // whether the end is reached
void write_function(struct node *n);
void write_class(struct node *n);
void write_comprehension(struct node *n);
size_t write_arguments(struct node *list, size_t *keywords);
bool is_unpacking(const struct node *list); // has *a or **a
void write_loop(struct node *n);
void write_try(struct node *n);
void write_with(struct node *n);
void write_leave(struct node *n); // return, break, continue

#endif
