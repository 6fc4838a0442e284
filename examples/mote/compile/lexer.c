// SPDX-License-Identifier: MIT
// Text to tokens, one at a time. A token is a number (compile.h) and a range of the text; what a number or string is worth
// is found out by who wants to know (literal.c).
//
// There are no tokens for indentation: the lexer says in which column the first token of a line stands, and the parser of
// blocks compares.
#include "compile/compile.h"
#include "types/text.h"

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

#define X(name) S(name),
static const uint16_t keywords[] = {KEYWORDS(X)};
#undef X

// ------------------------------------------------------------------------------------------ errors

// The character at a place, 0 at the end. A carriage return alone ends a line like a line feed.
static char peek(size_t at)
{
    char ch = at < compiler.lex.limit ? compiler.text[at] : 0;
    bool alone = ch == '\r' && (at + 1 >= compiler.lex.limit || compiler.text[at + 1] != '\n');
    return alone ? '\n' : ch;
}

// Lines are counted from the last place that was asked for, which is near in most cases.
size_t line_of(size_t at)
{
    size_t from = compiler.line_at;
    for (; from < at; from++)
        compiler.line_before += peek(from) == '\n';
    while (from > at)
        compiler.line_before -= peek(--from) == '\n';
    compiler.line_at = at;
    return compiler.line_before + 1;
}

_Noreturn static void raise_at(const struct type *type, size_t at, val message)
{
    if (at && at == compiler.lex.limit && peek(at - 1) == '\n')
        at--; // the end of the text belongs to its last line
    size_t start = at;
    while (start && peek(start - 1) != '\n')
        start--;
    ROOTS(r, 4);
    r[0] = message;
    r[1] = int_new((intptr_t)line_of(at));
    r[2] = int_new((intptr_t)utf8_length(compiler.text + start, at - start) + 1);
    r[3] = tuple_new(3, (val[]){compiler.file, r[1], r[2]});
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

_Noreturn void syntax_error(size_t at, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    raise_at(&type_SyntaxError, at, message_of(format, list));
}

_Noreturn void indent_error(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    raise_at(&type_IndentationError, compiler.lex.at, message_of(format, list));
}
#else
_Noreturn void syntax_error_at(size_t at)
{
    raise_at(&type_SyntaxError, at, S(invalid_syntax));
}

_Noreturn void indent_error_here(void)
{
    raise_at(&type_IndentationError, compiler.lex.at, S(invalid_syntax));
}
#endif

#if MOTE_MESSAGES
// What is wrong may be that a bracket was not closed on a line before: it is, if the text ends without. Errors in tokens
// that follow go first, too.
void find_open(void)
{
    struct lexer *l = &compiler.lex, saved = *l;
    size_t line = line_of(l->at);
    while (l->token != T_END)
        next();
    size_t open = l->parens, place = 0;
    *l = (struct lexer){.token = T_NEWLINE, .limit = l->limit, .fresh = true};
    while (open && l->token != T_END) {
        next();
        if (l->parens == open && l->open == l->at)
            place = l->at;
    }
    *l = saved;
    if (open && line_of(place) < line)
        syntax_error(place, "'%c' was never closed", compiler.text[place]);
}
#endif

_Noreturn void invalid(void)
{
    if (FOR_WORDS(!compiler.lex.field && !compiler.lex.trying))
        find_open();
    if (compiler.lex.token == T_END && compiler.lex.parens && !compiler.lex.field)
        syntax_error(compiler.lex.open, "'%c' was never closed", compiler.text[compiler.lex.open]);
    syntax_error(compiler.lex.at,
                 compiler.lex.field ? "f-string: invalid syntax" : "invalid syntax");
}

#if MOTE_RARE
void check_tabs(void)
{
    struct lexer *l = &compiler.lex;
    if (l->column == compiler.indent ? l->narrow != compiler.narrow : l->narrow <= compiler.narrow)
        raise_at(&type_TabError, l->at - l->narrow,
                 str_of_c(TOLD("inconsistent use of tabs and spaces in indentation")));
}
#endif

// ------------------------------------------------------------------------------------------ characters

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static bool is_letter(char c)
{
    return (unsigned char)((c | 32) - 'a') < 26 || c == '_' || (unsigned char)c >= 128;
}

#if MOTE_UNICODE
static void check_letters(const char *from, const char *end)
{
    while (from < end) {
        const char *start = from;
        uint32_t c = utf8_decode(&from, end);
        if (char_in_name(c))
            continue;
        char code[7], *at = code + sizeof code;
        for (*--at = 0; c || at > code + 2; c >>= 4)
            *--at = "0123456789ABCDEF"[c & 15];
        ROOTS(r, 1);
        r[0] = str_new(start, (size_t)(from - start));
        syntax_error((size_t)(start - compiler.text), "invalid character '%v' (U+%s)", r[0], at);
    }
}
#else
#define check_letters(at, end) ((void)0)
#endif

// Past spaces, comments and what else does not count, in a line or in brackets.
static size_t skip_spaces(size_t at)
{
    for (;; at++) {
        char ch = peek(at);
        if (ch == '#') {
            while (peek(at) && peek(at) != '\n')
                at++;
            ch = peek(at);
        }
        if (ch == '\\') {
            size_t after = at + 1 + (peek(at + 1) == '\r');
            if (after >= compiler.lex.limit)
                syntax_error(at, "unexpected EOF while parsing");
            if (peek(after) != '\n')
                syntax_error(at, "unexpected character after line continuation character");
            if (after + 1 >= compiler.lex.limit)
                syntax_error(at, "unexpected EOF while parsing");
            at = after;
        } else if (ch != ' ' && ch != '\t' && ch != '\r' && ch != '\f' &&
                   (ch != '\n' || !compiler.lex.parens)) {
            return at;
        }
    }
}

// To the first token of a line that has one; its column.
static size_t start_line(size_t at)
{
    size_t start = at;
    for (size_t column = 0;; at++) {
        char ch = peek(at);
        if (ch == ' ') {
            column++;
        } else if (ch == '\t') {
            column = (column | 7) + 1;
        } else if (ch == '\n' || ch == '\f' || ch == '\r') {
            column = 0;
            start = at + 1;
        } else if (ch == '#') {
            while (peek(at + 1) && peek(at + 1) != '\n')
                at++;
        } else {
            compiler.lex.column = ch ? column : 0;
            set_narrow(ch ? at - start : 0);
            compiler.lex.fresh = false;
            return ch == '\\' ? skip_spaces(at) : at;
        }
    }
}

// ------------------------------------------------------------------------------------------ tokens

static size_t string_end(size_t start, size_t at)
{
    char quote = peek(at);
    bool triple = peek(at + 1) == quote && peek(at + 2) == quote;
    for (at += triple ? 3 : 1;; at++) {
        char ch = peek(at);
        if (ch == 0 || (ch == '\n' && !triple))
            syntax_error(start, "unterminated %sstring literal (detected at line %z)",
                         triple ? "triple-quoted " : "",
                         line_of(at < compiler.lex.limit ? at : at - 1));
        if (ch == '\\')
            at += peek(at + 1) == '\r' && peek(at + 2) == '\n' ? 2 : 1;
        else if (ch == quote && (!triple || (peek(at + 1) == quote && peek(at + 2) == quote)))
            return at + (triple ? 3 : 1);
    }
}

static size_t digits_end(size_t at, bool hex)
{
    for (;; at++) {
        size_t digit = at + (peek(at) == '_');
        char ch = peek(digit);
        if (!is_digit(ch) && (!hex || (unsigned char)((ch | 32) - 'a') >= 6))
            return at;
    }
}

// What follows a number is no part of it, if it is a keyword: `1if x else 2`.
static bool keyword_at(size_t at)
{
    static const char known[] = "and else for if in is not or ";
    size_t size = 0;
    while (is_letter(peek(at + size)))
        size++;
    for (const char *k = known; *k;) {
        size_t n = (size_t)(strchr(k, ' ') - k);
        if (n == size && memcmp(k, compiler.text + at, n) == 0)
            return true;
        k += n + 1;
    }
    return false;
}

static size_t number_end(size_t at)
{
    char base = peek(at + 1) | 32;
    const char *what = "decimal";
    if (peek(at) == '0' && (base == 'x' || base == 'o' || base == 'b')) {
        what = base == 'x' ? "hexadecimal" : base == 'o' ? "octal" : "binary";
        at = digits_end(at + 2, base == 'x');
    } else {
        at = digits_end(at, false);
        if (peek(at) == '.')
            at = digits_end(at + 1, false);
        size_t sign = at + 1 + (peek(at + 1) == '+' || peek(at + 1) == '-');
        if ((peek(at) | 32) == 'e' && is_digit(peek(sign)))
            at = digits_end(sign, false);
    }
    if (is_letter(peek(at)) && !keyword_at(at))
        syntax_error(compiler.lex.at, "invalid %s literal", what);
    return at;
}

static val keyword_of(val name)
{
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if (name == keywords[i])
            return T_False + i;
    return T_NAME;
}

// __name in a class is _Class__name.
static val mangle(const char *text, size_t size)
{
    struct text cls =
        compiler.class_name ? interned_text(compiler.class_name) : (struct text){NULL, 0};
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

static size_t read_name(size_t at)
{
    size_t start = at;
    while (is_letter(peek(at)) || is_digit(peek(at)))
        at++;
    check_letters(compiler.text + start, compiler.text + at);
    size_t size = at - start;
    char quote = peek(at);
    if (size <= 2 && (quote == '"' || quote == '\'')) {
        bool prefix = true;
        for (size_t i = start; i < at; i++)
            prefix &= strchr("rRbBuUfF", compiler.text[i]) != NULL;
        if (prefix) {
            compiler.lex.token = T_STRING;
            return string_end(start, at);
        }
    }
    compiler.lex.name = mangle(compiler.text + start, size);
    if (!is_interned(compiler.lex.name))
        syntax_error(start, "identifier too long");
    compiler.lex.token = keyword_of(compiler.lex.name);
    return at;
}

static size_t read_operator(size_t at)
{
    size_t best = 0;
    for (size_t i = 0; i < COUNT_OF(operators); i++) {
        size_t size = operators[i][2] ? 3 : 2;
        if (size <= best || compiler.lex.limit - at < size ||
            memcmp(operators[i], compiler.text + at, size) != 0)
            continue;
        if (i == T_WALRUS - T_OPERATOR && compiler.lex.field && compiler.lex.parens == 1)
            continue;
        best = size;
        compiler.lex.token = T_OPERATOR + i;
    }
    if (best)
        return at + best;
    char ch = compiler.text[at];
    if (ch == '(' || ch == '[' || ch == '{') {
        compiler.lex.parens++;
        compiler.lex.open = at;
    } else if (ch == ')' || ch == ']' || ch == '}') {
        if (compiler.lex.parens == 0)
            syntax_error(at, "unmatched '%c'", ch);
        compiler.lex.parens--;
    }
    compiler.lex.token = (unsigned char)ch < ' ' ? '$' : (unsigned char)ch; // `$` belongs nowhere
    return at + 1;
}

void next(void)
{
    struct lexer *l = &compiler.lex;
    size_t at = l->fresh ? start_line(l->next) : skip_spaces(l->next);
    l->at = at;
    char ch = peek(at);
    if (ch == 0) {
        bool ended = l->token == T_NEWLINE || l->token == T_END || l->parens;
        l->token = ended ? T_END : T_NEWLINE;
        l->next = at;
        l->column = 0;
    } else if (ch == '\n') {
        l->token = T_NEWLINE;
        l->fresh = true;
        l->next = at + 1;
    } else if (is_digit(ch) || (ch == '.' && is_digit(peek(at + 1)))) {
        l->token = T_NUMBER;
        l->next = number_end(at);
    } else if (is_letter(ch)) {
        l->next = read_name(at);
    } else if (ch == '"' || ch == '\'') {
        l->token = T_STRING;
        l->next = string_end(at, at);
    } else {
        l->next = read_operator(at);
    }
}

void lexer_start(size_t from, size_t to)
{
    compiler.lex = (struct lexer){.token = T_NEWLINE, .next = from, .limit = to, .fresh = true};
    next();
}

bool take(val token)
{
    if (compiler.lex.token != token)
        return false;
    next();
    return true;
}

void expect(val token)
{
    if (take(token))
        return;
    char have = (char)compiler.lex.token;
    if (FOR_WORDS(token == ':' && compiler.lex.token == T_NEWLINE))
        syntax_error(compiler.lex.at, "expected ':'");
    if (MOTE_MESSAGES && compiler.lex.token < 128 && (have == ')' || have == ']' || have == '}') &&
        (token == ')' || token == ']' || token == '}'))
        syntax_error(compiler.lex.at,
                     "closing parenthesis '%c' does not match opening parenthesis '%c'", have,
                     token == ')'   ? '('
                     : token == ']' ? '['
                                    : '{');
    invalid();
}

bool token_op(val token, enum op *op)
{
    if (token < T_FIRST_ASSIGNING || token > T_LAST_ASSIGNING)
        return false;
    *op = assigning[token - T_FIRST_ASSIGNING];
    return true;
}

val identifier(void)
{
    val name = compiler.lex.name;
    expect(T_NAME);
    return name;
}

#endif
