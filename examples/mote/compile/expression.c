// SPDX-License-Identifier: MIT
// The grammar of expressions: operators by precedence climbing over a table, the rest by descent.
#include "compile/compile.h"

#if MOTE_COMPILER

enum level { // of operators; what binds more is higher
    LEVEL_OR = 1,
    LEVEL_AND,
    LEVEL_NOT,
    LEVEL_COMPARE,
    LEVEL_BITS, // | ^ & << + * follow
    LEVEL_UNARY = 11,
    LEVEL_POWER
};

static const struct infix {
    uint8_t token;
    uint8_t op; // enum op, of comparisons the instruction
    uint8_t level;
} infixes[] = {
    {T_or, 0, LEVEL_OR},
    {T_and, 0, LEVEL_AND},
    {'<', I_BINARY + OP_LT, LEVEL_COMPARE},
    {'>', I_BINARY + OP_GT, LEVEL_COMPARE},
    {T_EQ, I_BINARY + OP_EQ, LEVEL_COMPARE},
    {T_NE, I_BINARY + OP_NE, LEVEL_COMPARE},
    {T_LE, I_BINARY + OP_LE, LEVEL_COMPARE},
    {T_GE, I_BINARY + OP_GE, LEVEL_COMPARE},
    {T_in, I_BINARY + OP_IN, LEVEL_COMPARE},
    {T_not, I_NOT_IN, LEVEL_COMPARE},
    {T_is, I_IS, LEVEL_COMPARE},
    {'|', OP_OR, 5},
    {'^', OP_XOR, 6},
    {'&', OP_AND, 7},
    {T_LSHIFT, OP_LSHIFT, 8},
    {T_RSHIFT, OP_RSHIFT, 8},
    {'+', OP_ADD, 9},
    {'-', OP_SUB, 9},
    {'*', OP_MUL, 10},
    {'/', OP_TRUEDIV, 10},
    {T_FLOORDIV, OP_FLOORDIV, 10},
    {'%', OP_MOD, 10},
    {'@', OP_MATMUL, 10},
    {T_POWER, OP_POW, LEVEL_POWER},
};

static struct node *binary(enum level level);

// ------------------------------------------------------------------------------------------ constants

static bool is_const(const struct node *n)
{
    return n->kind == N_CONST;
}

static bool is_number(const struct node *n)
{
    if (!is_const(n))
        return false;
#if MOTE_FLOAT
    if (has_type(n->value, &type_float))
        return true;
#endif
    return has_type(n->value, &type_int);
}

static struct node *fold_unary(enum kind kind, size_t at, struct node *a)
{
    if (kind == N_NOT || !is_number(a) || (kind == N_INVERT && !is_int(a->value)))
        return node_of(kind, at, a, NULL);
    a->value = keep(op_unary(kind == N_NEG   ? OP_NEG
                             : kind == N_POS ? OP_POS
                                             : OP_INVERT,
                             a->value));
    return a;
}

// Small arithmetic only: what is folded must not grow the code, and must not raise.
static struct node *fold_binary(enum op op, size_t at, struct node *a, struct node *b)
{
    intptr_t x, y;
    if (QUICK && is_number(a) && is_number(b) && int_fits(a->value, &x) && int_fits(b->value, &y) &&
        y <= 64 && y > 0 && x > -1024 && x < 1024 && op != OP_MATMUL && op != OP_TRUEDIV) {
        a->value = keep(op_binary(op, a->value, b->value));
        return a;
    }
    struct node *n = node_of(N_BINARY, at, a, b);
    n->number = op;
    return n;
}

static struct node *fold_tuple(struct node *n)
{
    size_t count = 0;
    for (struct node *e = n->a; e; e = e->next, count++)
        if (!is_const(e))
            return n;
    struct tuple *t =
        count ? (struct tuple *)tuple_new(count, NULL) : (struct tuple *)V(tuple_empty);
    count = 0;
    for (struct node *e = n->a; e; e = e->next)
        t->values[count++] = e->value;
    n->kind = N_CONST;
    n->value = keep((val)t);
    return n;
}

// ------------------------------------------------------------------------------------------ lists with commas

static bool starts_value(void)
{
    switch (compiler.lex.token) {
    case T_NAME:
    case T_NUMBER:
    case T_STRING:
    case T_ELLIPSIS:
    case '(':
    case '[':
    case '{':
    case '-':
    case '+':
    case '~':
    case '*':
    case T_None:
    case T_True:
    case T_False:
    case T_not:
    case T_lambda:
        return true;
    }
    return false;
}

static struct node *operand(void)
{
    return binary(LEVEL_BITS);
}

static struct node *starred(struct node *(*plain)(void))
{
    size_t at = compiler.lex.at;
    return take('*') ? node_of(N_STAR, at, operand(), NULL) : plain();
}

static struct node *with_commas(struct node *(*plain)(void))
{
    size_t at = compiler.lex.at;
    struct node *first = starred(plain);
    if (compiler.lex.token != ',') {
        if (first->kind == N_STAR)
            syntax_error(at, "can't use starred expression here");
        return first;
    }
    struct node **end = &first->next;
    while (take(',') && starts_value())
        end = add(end, starred(plain));
    return fold_tuple(node_of(N_TUPLE, at, first, NULL));
}

struct node *values(void)
{
    return with_commas(test);
}

struct node *targets(void)
{
    return with_commas(operand);
}

struct node *value_after(void)
{
    size_t at = compiler.lex.at;
    if (!take(T_yield))
        return values();
    if (take(T_from))
        return node_of(N_YIELD_FROM, at, test(), NULL);
    return node_of(N_YIELD, at, starts_value() ? values() : NULL, NULL);
}

// ------------------------------------------------------------------------------------------ displays

static struct node *comprehension(enum kind kind, size_t at, struct node *element)
{
    struct node *n = node(kind, at), **end = &n->b;
    if (element->kind == N_STAR)
        syntax_error(at, "iterable unpacking cannot be used in comprehension");
    n->a = element;
    for (;;) {
        size_t here = compiler.lex.at;
        struct node *clause;
        if (take(T_for)) {
            clause = node_of(N_CLAUSE_FOR, here, targets(), NULL);
            as_target(clause->a, BINDING);
            expect(T_in);
            clause->b = binary(LEVEL_OR);
        } else if (take(T_if)) {
            clause = node_of(N_CLAUSE_IF, here, binary(LEVEL_OR), NULL);
            if (take(T_WALRUS))
                invalid();
        } else {
            return n;
        }
        end = add(end, clause);
    }
}

static struct node *parenthesised(void)
{
    size_t at = compiler.lex.at;
    struct node *n;
    next();
    if (compiler.lex.token == ')') {
        n = node_value(N_CONST, at, V(tuple_empty));
    } else if (compiler.lex.token == T_yield) {
        n = value_after();
    } else {
        struct node *first = starred(named);
        n = first;
        if (compiler.lex.token == T_for) {
            n = comprehension(N_GENERATOR, at, first);
        } else if (compiler.lex.token == ',') {
            struct node **end = &first->next;
            while (take(',') && compiler.lex.token != ')')
                end = add(end, starred(named));
            n = fold_tuple(node_of(N_TUPLE, at, first, NULL));
        } else if (first->kind == N_STAR) {
            syntax_error(at + 1, "cannot use starred expression here");
        }
    }
    expect_closing(')');
    return n;
}

static struct node *list_display(void)
{
    size_t at = compiler.lex.at;
    struct node *n = node(N_LIST, at), **end = &n->a;
    next();
    while (compiler.lex.token != ']') {
        end = add(end, starred(named));
        if (compiler.lex.token == T_for && end == &n->a->next) {
            n = comprehension(N_LIST_COMP, at, n->a);
            break;
        }
        if (!take(','))
            break;
    }
    expect_closing(']');
    return n;
}

// One element of {}: a PAIR, **a (STAR, in *is_dict) or a value.
static struct node *brace_element(bool *is_dict)
{
    size_t at = compiler.lex.at;
    *is_dict = true;
    if (take(T_POWER))
        return node_of(N_STAR, at, operand(), NULL);
    struct node *n = starred(named);
    *is_dict = compiler.lex.token == ':' && n->kind != N_STAR;
    if (*is_dict) {
        next();
        n = node_of(N_PAIR, at, n, test());
    }
    return n;
}

static struct node *brace_display(void)
{
    size_t at = compiler.lex.at;
    struct node *n = node(N_DICT, at), **end = &n->a;
    bool is_dict = true, first = true, this;
    next();
    while (compiler.lex.token != '}') {
        size_t element_at = compiler.lex.at;
        end = add(end, brace_element(&this));
        if (first)
            is_dict = this;
        else if (is_dict != this)
            syntax_error(element_at,
                         is_dict ? "':' expected after dictionary key" : "invalid syntax");
        if (compiler.lex.token == T_for && first) {
            if (is_dict && n->a->kind == N_STAR)
                syntax_error(at, "dict unpacking cannot be used in dict comprehension");
            n = comprehension(is_dict ? N_DICT_COMP : N_SET_COMP, at, n->a);
            expect_closing('}');
            return n;
        }
        first = false;
        if (!take(','))
            break;
    }
    expect_closing('}');
    if (!is_dict)
        n->kind = N_SET;
    return n;
}

// ------------------------------------------------------------------------------------------ calls

static void check_repeated(struct node *list, struct node *k)
{
    for (; list; list = list->next)
        if (list->kind == N_KEYWORD && list->name == k->name)
            syntax_error(k->at, "keyword argument repeated: %v", k->name);
}

static struct node *argument(struct node *before, bool keywords, bool unpacking)
{
    size_t at = compiler.lex.at;
    if (take('*')) {
        if (unpacking)
            syntax_error(at, "iterable argument unpacking follows keyword argument unpacking");
        return node_of(N_STAR, at, test(), NULL);
    }
    if (take(T_POWER))
        return node_of(N_KEYWORD, at, test(), NULL);
    struct node *n = named();
    if (compiler.lex.token == '=') {
        if (n->kind != N_NAME)
            syntax_error(at, "expression cannot contain assignment, perhaps you meant \"==\"?");
        next();
        struct node *k = node(N_KEYWORD, at);
        k->a = test();
        k->name = n->value;
        check_repeated(before, k);
        return k;
    }
    if (compiler.lex.token == T_for)
        return comprehension(N_GENERATOR, at, n);
    if (keywords)
        syntax_error(at, "positional argument follows keyword argument%s",
                     unpacking ? " unpacking" : "");
    return n;
}

struct node *arguments(void)
{
    struct node *list = NULL, **end = &list;
    bool keywords = false, unpacking = false;
    while (compiler.lex.token != ')') {
        struct node *n = argument(list, keywords, unpacking);
        keywords |= n->kind == N_KEYWORD;
        unpacking |= n->kind == N_KEYWORD && !n->name;
        end = add(end, n);
        bool bare = n->kind == N_GENERATOR && compiler.text[n->at] != '(';
        bool more = take(',');
        if (bare && (list->next || (more && compiler.lex.token != ')')))
            syntax_error(n->at, "Generator expression must be parenthesized");
        if (!more)
            break;
    }
    expect_closing(')');
    return list;
}

static struct node *subscript(void)
{
    size_t at = compiler.lex.at;
    struct node *n = NULL, *parts[3] = {NULL, NULL, NULL};
    if (compiler.lex.token != ':') {
        n = starred(named);
        if (compiler.lex.token != ':')
            return n;
    }
    parts[0] = n;
    for (int i = 1; i < 3 && take(':'); i++)
        if (compiler.lex.token != ':' && compiler.lex.token != ',' && compiler.lex.token != ']')
            parts[i] = test();
    n = node_of(N_SLICE, at, parts[0], parts[1]);
    n->c = parts[2];
    return n;
}

static struct node *subscripts(void)
{
    size_t at = compiler.lex.at;
    struct node *first = subscript();
    if (compiler.lex.token != ',' && first->kind != N_STAR)
        return first;
    struct node **end = &first->next;
    while (take(',') && compiler.lex.token != ']')
        end = add(end, subscript());
    return fold_tuple(node_of(N_TUPLE, at, first, NULL));
}

static struct node *lambda(void)
{
    struct node *n = node(N_LAMBDA, compiler.lex.at);
    next();
    n->title = S(lt_lambda);
    n->a = parameters(':', false);
    if (MOTE_RARE && compiler.lex.field && compiler.lex.parens == 1)
        invalid(); // this : ends the field of the f-string
    expect(':');
    n->b = node(N_RETURN, compiler.lex.at);
    n->b->a = test();
    return n;
}

static struct node *atom(void)
{
    size_t at = compiler.lex.at;
    val token = compiler.lex.token, value;
    switch (token) {
    case T_NAME:
        return node_value(N_NAME, at, identifier());
    case T_NUMBER:
        return number();
    case T_STRING:
        return strings();
    case '(':
        return parenthesised();
    case '[':
        return list_display();
    case '{':
        return brace_display();
    case T_ELLIPSIS:
        value = ELLIPSIS;
        break;
    case T_None:
        value = NONE;
        break;
    case T_True:
        value = TRUE;
        break;
    case T_False:
        value = FALSE;
        break;
    default:
        invalid();
    }
    next();
    return node_value(N_CONST, at, value);
}

static struct node *primary(void)
{
    struct node *n = atom();
    for (;;) {
        size_t at = compiler.lex.at;
        if (take('.')) {
            n = node_of(N_ATTR, at, n, NULL);
            n->name = identifier();
        } else if (take('(')) {
            n = node_of(N_CALL, n->at, n, NULL);
            n->b = arguments();
        } else if (take('[')) {
            n = node_of(N_ITEM, n->at, n, NULL);
            n->b = subscripts();
            expect_closing(']');
        } else {
            return n;
        }
    }
}

// ------------------------------------------------------------------------------------------ operators

static struct node *prefix(enum level level)
{
    size_t at = compiler.lex.at;
    if (compiler.lex.token == T_not && level <= LEVEL_NOT) {
        next();
        return node_of(N_NOT, at, binary(LEVEL_NOT), NULL);
    }
    enum kind kind = compiler.lex.token == '-'   ? N_NEG
                     : compiler.lex.token == '+' ? N_POS
                     : compiler.lex.token == '~' ? N_INVERT
                                                 : N_NAME;
    if (kind == N_NAME)
        return primary();
    next();
    return fold_unary(kind, at, binary(LEVEL_UNARY));
}

static const struct infix *infix_here(void)
{
    for (size_t i = 0; i < COUNT_OF(infixes); i++)
        if (infixes[i].token == compiler.lex.token)
            return &infixes[i];
    return NULL;
}

static struct node *comparison(struct node *left, const struct infix *infix)
{
    struct node *n = node_of(N_COMPARE, left->at, left, NULL), **end = &n->b;
    while (infix && infix->level == LEVEL_COMPARE) {
        struct node *compared = node(N_COMPARED, compiler.lex.at);
        compared->number_b = infix->op;
        next();
        if (infix->op == I_NOT_IN)
            expect(T_in);
        else if (infix->op == I_IS && take(T_not))
            compared->number_b = I_IS_NOT;
        compared->a = operand();
        end = add(end, compared);
        infix = infix_here();
    }
    return n;
}

static struct node *binary(enum level level)
{
    stack_check();
    struct node *left = prefix(level);
    const struct infix *infix;
    while ((infix = infix_here()) != NULL && infix->level >= level) {
        size_t at = compiler.lex.at;
        if (infix->level == LEVEL_COMPARE) {
            left = comparison(left, infix);
        } else if (infix->level <= LEVEL_AND) {
            struct node *n = node_of(infix->level == LEVEL_OR ? N_OR : N_AND, at, left, NULL);
            struct node **end = &left->next;
            while (take(infix->token))
                end = add(end, binary(infix->level + 1));
            left = n;
        } else {
            next();
            struct node *right =
                binary(infix->level == LEVEL_POWER ? LEVEL_UNARY : (enum level)(infix->level + 1));
            left = fold_binary(infix->op, left->at, left, right);
        }
    }
    return left;
}

#if MOTE_MESSAGES
// One of the three operands of `if`.
static struct node *disjunction(void)
{
    size_t at = compiler.lex.at;
    struct node *n = binary(LEVEL_OR);
    compiler.value_at = at;
    return n;
}
#else
#define disjunction() binary(LEVEL_OR)
#endif

struct node *test(void)
{
    if (compiler.lex.token == T_lambda) {
        stack_check();
        return lambda();
    }
    size_t at = compiler.lex.at;
    struct node *a = disjunction();
    if (!take(T_if))
        return a;
    struct node *n = node_of(N_COND, at, a, disjunction());
    if (!take(T_else))
        syntax_error(at, "expected 'else' after 'if' expression");
    n->c = test();
    return n;
}

#if MOTE_MESSAGES
// A name and a string side by side are more likely a prefix that there is not.
static bool name_and_string(size_t at)
{
    compiler.lex.next = at;
    next();
    bool name = compiler.lex.token == T_NAME;
    next();
    return name && compiler.lex.token == T_STRING;
}

static bool is_value(void)
{
    struct catch c;
    if (!TRY(c))
        return false;
    test();
    catch_leave(&c);
    return true;
}

// Two values side by side: told where the first one began.
void expect_closing(val token)
{
    if (compiler.lex.token != token && !compiler.lex.field && !compiler.lex.trying &&
        starts_value()) {
        struct lexer saved = compiler.lex;
        size_t at = compiler.value_at;
        bool prefix = name_and_string(at);
        compiler.lex = saved;
        find_open();
        compiler.lex.trying = true;
        if (!prefix && is_value())
            syntax_error(at, "invalid syntax. Perhaps you forgot a comma?");
        compiler.lex = saved;
    }
    expect(token);
}
#endif

struct node *named(void)
{
    size_t at = compiler.lex.at;
    struct node *n = test();
    if (compiler.lex.token != T_WALRUS)
        return n;
    if (n->kind != N_NAME)
        as_target(n, NAMING);
    next();
    n->kind = N_TARGET;
    return node_of(N_WALRUS, at, n, test());
}

#endif
