// SPDX-License-Identifier: MIT
// Text to tokens, one at a time. A token is a number (compile.h) and a range of the text; what a number or string is worth
// is found out by who wants to know (literal.c).
//
// There are no tokens for indentation: the lexer says in which column the first token of a line stands, and the parser of
// blocks compares.
#include "compile/compile.h"

#if MOTE_COMPILER

static const char operators[][3] = {
    {'+', '='},      {'-', '='}, {'*', '='}, {'/', '='}, {'/', '/', '='}, {'%', '='},
    {'@', '='},      {'&', '='}, {'|', '='}, {'^', '='}, {'>', '>', '='}, {'<', '<', '='},
    {'*', '*', '='}, // what assigns ends here
    {'.', '.', '.'}, {'*', '*'}, {'/', '/'}, {'<', '<'}, {'>', '>'},      {'=', '='},
    {'!', '='},      {'<', '='}, {'>', '='}, {'-', '>'}, {':', '='},
};
static const uint8_t assigning[] = {OP_ADD,    OP_SUB,    OP_MUL, OP_TRUEDIV, OP_FLOORDIV,
                                    OP_MOD,    OP_MATMUL, OP_AND, OP_OR,      OP_XOR,
                                    OP_RSHIFT, OP_LSHIFT, OP_POW};
_Static_assert(COUNT_OF(assigning) == T_LAST_ASSIGNING - T_FIRST_ASSIGNING + 1, "operators");
_Static_assert(COUNT_OF(operators) == T_WALRUS - T_OPERATOR + 1, "operators");

static const uint16_t keywords[] = {
    S(False),    S(None), S(True),  S(and),    S(as),   S(assert), S(async),  S(await),    S(break),
    S(class),    S(continue), S(def), S(del),  S(elif), S(else),   S(except), S(finally),  S(for),
    S(from),     S(global), S(if),  S(import), S(in),   S(is),     S(lambda), S(nonlocal), S(not),
    S(or),       S(pass), S(raise), S(return), S(try),  S(while),  S(with),   S(yield),
};

// ------------------------------------------------------------------------------------------ errors

// The character at a place, 0 at the end. A carriage return alone ends a line like a line feed.
static char peek(const struct compiler *c, size_t at)
{
    char ch = at < c->lex.limit ? c->text[at] : 0;
    bool alone = ch == '\r' && (at + 1 >= c->lex.limit || c->text[at + 1] != '\n');
    return alone ? '\n' : ch;
}

// Lines are counted from the last place that was asked for, which is near in most cases.
size_t line_of(struct compiler *c, size_t at)
{
    size_t from = c->line_at;
    for (; from < at; from++)
        c->line_before += peek(c, from) == '\n';
    while (from > at)
        c->line_before -= peek(c, --from) == '\n';
    c->line_at = at;
    return c->line_before + 1;
}

_Noreturn static void raise_at(struct compiler *c, const struct type *type, size_t at, val message)
{
    size_t start = at;
    while (start && peek(c, start - 1) != '\n')
        start--;
    ROOTS(r, 4);
    r[0] = message;
    r[1] = int_new((intptr_t)line_of(c, at));
    r[2] = int_new((intptr_t)utf8_length(c->text + start, at - start) + 1);
    r[3] = tuple_new(3, (val[]){c->file, r[1], r[2]});
    r[1] = tuple_new(2, (val[]){r[0], r[3]});
    r[0] = exception_new(type, NOTHING);
    ((struct exception *)r[0])->args = r[1];
    raise_val(r[0]);
}

#if MOTE_MESSAGES
static val message_of(const char *format, va_list list)
{
    BUILDER(b);
    sink_vformat(&b.sink, format, list);
    return builder_str(&b);
}

_Noreturn void syntax_error(struct compiler *c, size_t at, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    raise_at(c, &type_SyntaxError, at, message_of(format, list));
}

_Noreturn void indent_error(struct compiler *c, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    raise_at(c, &type_IndentationError, c->lex.at, message_of(format, list));
}
#else
_Noreturn void syntax_error_at(struct compiler *c, size_t at)
{
    raise_at(c, &type_SyntaxError, at, S(invalid_syntax));
}

_Noreturn void indent_error_here(struct compiler *c)
{
    raise_at(c, &type_IndentationError, c->lex.at, S(invalid_syntax));
}
#endif

_Noreturn void invalid(struct compiler *c)
{
    if (c->lex.token == T_END && c->lex.parens && !c->lex.field)
        syntax_error(c, c->lex.open, "'%c' was never closed", c->text[c->lex.open]);
    syntax_error(c, c->lex.at, c->lex.field ? "f-string: invalid syntax" : "invalid syntax");
}

// ------------------------------------------------------------------------------------------ characters

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static bool is_letter(char c)
{
    return (unsigned char)((c | 32) - 'a') < 26 || c == '_' || (unsigned char)c >= 128;
}

// Past spaces, comments and what else does not count, in a line or in brackets.
static size_t skip_spaces(struct compiler *c, size_t at)
{
    for (;; at++) {
        char ch = peek(c, at);
        if (ch == '#') {
            while (peek(c, at) && peek(c, at) != '\n')
                at++;
            ch = peek(c, at);
        }
        if (ch == '\\') {
            size_t after = at + 1 + (peek(c, at + 1) == '\r');
            if (after >= c->lex.limit)
                syntax_error(c, at, "unexpected EOF while parsing");
            if (peek(c, after) != '\n')
                syntax_error(c, at, "unexpected character after line continuation character");
            if (after + 1 >= c->lex.limit)
                syntax_error(c, at, "unexpected EOF while parsing");
            at = after;
        } else if (ch != ' ' && ch != '\t' && ch != '\r' && ch != '\f' &&
                   (ch != '\n' || !c->lex.parens)) {
            return at;
        }
    }
}

// To the first token of a line that has one; its column.
static size_t start_line(struct compiler *c, size_t at)
{
    for (size_t column = 0;; at++) {
        char ch = peek(c, at);
        if (ch == ' ') {
            column++;
        } else if (ch == '\t') {
            column = (column | 7) + 1;
        } else if (ch == '\n' || ch == '\f' || ch == '\r') {
            column = 0;
        } else if (ch == '#') {
            while (peek(c, at + 1) && peek(c, at + 1) != '\n')
                at++;
        } else {
            c->lex.column = ch ? column : 0;
            c->lex.fresh = false;
            return ch == '\\' ? skip_spaces(c, at) : at;
        }
    }
}

// ------------------------------------------------------------------------------------------ tokens

static size_t string_end(struct compiler *c, size_t start, size_t at)
{
    char quote = peek(c, at);
    bool triple = peek(c, at + 1) == quote && peek(c, at + 2) == quote;
    for (at += triple ? 3 : 1;; at++) {
        char ch = peek(c, at);
        if (ch == 0 || (ch == '\n' && !triple))
            syntax_error(c, start, "unterminated %sstring literal (detected at line %z)",
                         triple ? "triple-quoted " : "",
                         line_of(c, at < c->lex.limit ? at : at - 1));
        if (ch == '\\')
            at += peek(c, at + 1) == '\r' && peek(c, at + 2) == '\n' ? 2 : 1;
        else if (ch == quote && (!triple || (peek(c, at + 1) == quote && peek(c, at + 2) == quote)))
            return at + (triple ? 3 : 1);
    }
}

static size_t digits_end(struct compiler *c, size_t at, bool hex)
{
    for (;; at++) {
        size_t digit = at + (peek(c, at) == '_');
        char ch = peek(c, digit);
        if (!is_digit(ch) && (!hex || (unsigned char)((ch | 32) - 'a') >= 6))
            return at;
    }
}

// What follows a number is no part of it, if it is a keyword: `1if x else 2`.
static bool keyword_at(struct compiler *c, size_t at)
{
    static const char known[] = "and else for if in is not or ";
    size_t size = 0;
    while (is_letter(peek(c, at + size)))
        size++;
    for (const char *k = known; *k;) {
        size_t n = (size_t)(strchr(k, ' ') - k);
        if (n == size && memcmp(k, c->text + at, n) == 0)
            return true;
        k += n + 1;
    }
    return false;
}

static size_t number_end(struct compiler *c, size_t at)
{
    char base = peek(c, at + 1) | 32;
    const char *what = "decimal";
    if (peek(c, at) == '0' && (base == 'x' || base == 'o' || base == 'b')) {
        what = base == 'x' ? "hexadecimal" : base == 'o' ? "octal" : "binary";
        at = digits_end(c, at + 2, base == 'x');
    } else {
        at = digits_end(c, at, false);
        if (peek(c, at) == '.')
            at = digits_end(c, at + 1, false);
        size_t sign = at + 1 + (peek(c, at + 1) == '+' || peek(c, at + 1) == '-');
        if ((peek(c, at) | 32) == 'e' && is_digit(peek(c, sign)))
            at = digits_end(c, sign, false);
    }
    if (is_letter(peek(c, at)) && !keyword_at(c, at))
        syntax_error(c, c->lex.at, "invalid %s literal", what);
    return at;
}

static val keyword_of(val name)
{
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if (name == keywords[i])
            return name;
    return T_NAME;
}

// __name in a class is _Class__name.
static val mangle(struct compiler *c, const char *text, size_t size)
{
    struct text cls = c->class_name ? interned_text(c->class_name) : (struct text){NULL, 0};
    while (cls.size && *cls.data == '_')
        cls.data++, cls.size--;
    if (!cls.size || size < 3 || text[0] != '_' || text[1] != '_' ||
        (text[size - 1] == '_' && text[size - 2] == '_'))
        return intern(text, size);
    BUILDER(b);
    builder_add(&b, "_", 1);
    builder_add(&b, cls.data, cls.size);
    builder_add(&b, text, size);
    return intern((char *)((struct bytes *)b.store)->data, b.size);
}

static size_t read_name(struct compiler *c, size_t at)
{
    size_t start = at;
    while (is_letter(peek(c, at)) || is_digit(peek(c, at)))
        at++;
    size_t size = at - start;
    char quote = peek(c, at);
    if (size <= 2 && (quote == '"' || quote == '\'')) {
        bool prefix = true;
        for (size_t i = start; i < at; i++)
            prefix &= strchr("rRbBuUfF", c->text[i]) != NULL;
        if (prefix) {
            c->lex.token = T_STRING;
            return string_end(c, start, at);
        }
    }
    c->lex.name = mangle(c, c->text + start, size);
    if (!is_interned(c->lex.name))
        syntax_error(c, start, "identifier too long");
    c->lex.token = keyword_of(c->lex.name);
    return at;
}

static size_t read_operator(struct compiler *c, size_t at)
{
    size_t best = 0;
    for (size_t i = 0; i < COUNT_OF(operators); i++) {
        size_t size = operators[i][2] ? 3 : 2;
        if (size <= best || c->lex.limit - at < size ||
            memcmp(operators[i], c->text + at, size) != 0)
            continue;
        if (i == T_WALRUS - T_OPERATOR && c->lex.field && c->lex.parens == 1)
            continue;
        best = size;
        c->lex.token = T_OPERATOR + i;
    }
    if (best)
        return at + best;
    char ch = c->text[at];
    if ((unsigned char)ch < ' ' || ch == '$' || ch == '?' || ch == '`')
        invalid(c);
    if (ch == '!' && !c->lex.field)
        invalid(c);
    if (ch == '(' || ch == '[' || ch == '{') {
        c->lex.parens++;
        c->lex.open = at;
    } else if (ch == ')' || ch == ']' || ch == '}') {
        if (c->lex.parens == 0)
            syntax_error(c, at, "unmatched '%c'", ch);
        c->lex.parens--;
    }
    c->lex.token = (unsigned char)ch;
    return at + 1;
}

void next(struct compiler *c)
{
    struct lexer *l = &c->lex;
    size_t at = l->fresh ? start_line(c, l->next) : skip_spaces(c, l->next);
    l->at = at;
    char ch = peek(c, at);
    if (ch == 0) {
        bool ended = l->token == T_NEWLINE || l->token == T_END || l->parens;
        l->token = ended ? T_END : T_NEWLINE;
        l->next = at;
        l->column = 0;
    } else if (ch == '\n') {
        l->token = T_NEWLINE;
        l->fresh = true;
        l->next = at + 1;
    } else if (is_digit(ch) || (ch == '.' && is_digit(peek(c, at + 1)))) {
        l->token = T_NUMBER;
        l->next = number_end(c, at);
    } else if (is_letter(ch)) {
        l->next = read_name(c, at);
    } else if (ch == '"' || ch == '\'') {
        l->token = T_STRING;
        l->next = string_end(c, at, at);
    } else {
        l->next = read_operator(c, at);
    }
}

void lexer_start(struct compiler *c, size_t from, size_t to)
{
    c->lex = (struct lexer){.token = T_NEWLINE, .next = from, .limit = to, .fresh = true};
    next(c);
}

bool take(struct compiler *c, val token)
{
    if (c->lex.token != token)
        return false;
    next(c);
    return true;
}

void expect(struct compiler *c, val token)
{
    if (take(c, token))
        return;
    char have = (char)c->lex.token;
    if (token == ':' && c->lex.token == T_NEWLINE)
        syntax_error(c, c->lex.at, "expected ':'");
    if (c->lex.token < 128 && (have == ')' || have == ']' || have == '}') &&
        (token == ')' || token == ']' || token == '}'))
        syntax_error(c, c->lex.at,
                     "closing parenthesis '%c' does not match opening parenthesis '%c'", have,
                     token == ')'   ? '('
                     : token == ']' ? '['
                                    : '{');
    invalid(c);
}

bool token_op(val token, enum op *op)
{
    if (token < T_FIRST_ASSIGNING || token > T_LAST_ASSIGNING)
        return false;
    *op = assigning[token - T_FIRST_ASSIGNING];
    return true;
}

val identifier(struct compiler *c)
{
    val name = c->lex.name;
    expect(c, T_NAME);
    return name;
}

#endif
