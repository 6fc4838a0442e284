// SPDX-License-Identifier: MIT
// What numbers and strings of the text are worth. The fields of an f-string are parsed where they stand: the lexer is set
// on that part of the text and back.
#include "compile/compile.h"

#if MOTE_COMPILER

// ------------------------------------------------------------------------------------------ numbers

static bool is_float_text(const char *text, size_t size)
{
    if (size > 1 && text[0] == '0' && (text[1] | 32) == 'x')
        return false;
    return memchr(text, '.', size) || memchr(text, 'e', size) || memchr(text, 'E', size);
}

struct node *number(void)
{
    size_t at = compiler.lex.at, size = compiler.lex.next - at;
    const char *text = compiler.text + at;
    val v;
    if (is_float_text(text, size)) {
#if MOTE_FLOAT
        v = float_parse(text, size);
#else
        syntax_error(at, "this build has no floats");
#endif
    } else {
        v = int_parse(text, size, 0);
        if (!v && text[0] == '0' && size > 1 && (unsigned char)(text[1] - '0') < 10)
            syntax_error(at,
                         "leading zeros in decimal integer literals are not permitted; use an 0o "
                         "prefix for octal integers");
    }
    if (!v)
        syntax_error(at, "invalid %s literal",
                     text[0] != '0'          ? "decimal"
                     : (text[1] | 32) == 'x' ? "hexadecimal"
                     : (text[1] | 32) == 'o' ? "octal"
                                             : "binary");
    keep(v);
    next();
    return node_value(N_CONST, at, v);
}

// ------------------------------------------------------------------------------------------ escapes

enum { RAW = 1, BYTES = 2, FIELDS = 4 };

static int hex_digit(char c)
{
    if ((unsigned char)(c - '0') < 10)
        return c - '0';
    c |= 32;
    return (unsigned char)(c - 'a') < 6 ? c - 'a' + 10 : -1;
}

// The code of \x, \u, \U after the letter; `digits` of them.
static uint32_t read_hex(size_t *at, size_t end, int digits, int flags)
{
    uint32_t code = 0;
    size_t start = *at - 2;
    for (int i = 0; i < digits; i++, ++*at) {
        int d = *at < end ? hex_digit(compiler.text[*at]) : -1;
        if (d < 0)
            syntax_error(start,
                         flags & BYTES
                             ? "(value error) invalid \\x escape"
                             : "(unicode error) 'unicodeescape' codec can't decode bytes: "
                               "truncated \\%cXX escape",
                         compiler.text[start + 1]);
        code = code << 4 | (uint32_t)d;
    }
    if (code > 0x10ffff)
        syntax_error(
            start,
            "(unicode error) 'unicodeescape' codec can't decode bytes: illegal Unicode character");
    return code;
}

static void add_code(struct builder *b, uint32_t code, int flags)
{
    char out[4];
    size_t n = 1;
    if (flags & BYTES)
        out[0] = (char)code;
    else
        n = utf8_encode(code, out);
    builder_add(b, out, n);
}

// One escape, `at` behind the backslash; where it ends.
static size_t escape(struct builder *b, size_t at, size_t end, int flags)
{
    static const char simple[] = "\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v";
    char ch = compiler.text[at++];
    if (ch == '\r' && at < end && compiler.text[at] == '\n')
        return at + 1;
    if (ch == '\n')
        return at;
    for (size_t i = 0; i < sizeof simple - 1; i += 2) {
        if (simple[i] == ch) {
            builder_add(b, &simple[i + 1], 1);
            return at;
        }
    }
    uint32_t code = (uint32_t)(ch - '0');
    if (code < 8) {
        for (int i = 0; i < 2 && at < end && (unsigned char)(compiler.text[at] - '0') < 8; i++)
            code = code * 8 + (uint32_t)(compiler.text[at++] - '0');
        add_code(b, code, flags);
    } else if (ch == 'x' || (!(flags & BYTES) && (ch == 'u' || ch == 'U'))) {
        add_code(b, read_hex(&at, end, ch == 'x' ? 2 : ch == 'u' ? 4 : 8, flags), flags);
    } else if (ch == 'N' && !(flags & BYTES)) {
        syntax_error(at - 2, "(unicode error) \\N escapes are not supported");
    } else {
        builder_add(b, &compiler.text[at - 2], 2);
    }
    return at;
}

static void decode(struct builder *b, size_t at, size_t end, int flags)
{
    while (at < end) {
        size_t run = at;
        while (at < end && (compiler.text[at] != '\\' || (flags & RAW)) &&
               compiler.text[at] != '\r') {
            if ((flags & BYTES) && (unsigned char)compiler.text[at] >= 128)
                syntax_error(at, "bytes can only contain ASCII literal characters");
            at++;
        }
        builder_add(b, compiler.text + run, at - run);
        if (at >= end)
            return;
        if (compiler.text[at] == '\r') {
            if (at + 1 < end && compiler.text[at + 1] == '\n')
                at++;
            builder_add(b, "\n", 1);
            at++;
        } else if (at + 1 < end) {
            at = escape(b, at + 1, end, flags);
        } else {
            builder_add(b, "\\", 1); // before a field
            at++;
        }
    }
}

// ------------------------------------------------------------------------------------------ f-strings

// What is in the builder, as a constant; it is empty then.
static struct node *taken(struct builder *b, size_t at, int flags)
{
    val v;
    if (flags & BYTES) {
        v = builder_bytes(b);
    } else if (b->size == 0) {
        v = S(empty);
    } else if (b->size <= MOTE_INTERN_MAX) {
        v = intern((char *)((struct bytes *)b->store)->data, b->size);
        b->size = 0;
    } else {
        v = builder_str(b);
    }
    return node_value(N_CONST, at, keep(v));
}

static size_t fields(struct builder *b, struct node ***end, size_t at, size_t limit, int flags,
                     int depth);

static struct node *specification(size_t *at, size_t limit, int flags, int depth)
{
    struct node *list = NULL, **end = &list;
    BUILDER(b);
    size_t start = *at;
    *at = fields(&b, &end, start, limit, flags, depth);
    struct node *last = taken(&b, start, 0);
    if (!list)
        return last;
    if (last->value != S(empty))
        add(end, last);
    return node_of(N_FSTRING, start, list, NULL);
}

static void conversion(struct node *n)
{
    next();
    val name = compiler.lex.token == T_NAME ? compiler.lex.name : NOTHING;
    if (name == S(r)) {
        n->number = FORMAT_REPR;
    } else if (name == S(s)) {
        n->number = FORMAT_STR;
    } else if (name == S(a)) {
        struct node *f = node_value(N_NAME, n->at, S(ascii));
        n->a = node_of(N_CALL, n->at, f, n->a);
    } else {
        syntax_error(compiler.lex.at,
                     "f-string: invalid conversion character: expected 's', 'r', or 'a'");
    }
    next();
}

// {value = !r :specification}, from its {. The lexer ends behind the }.
static struct node *field(struct builder *b, size_t at, size_t limit, int flags, int depth)
{
    struct node *n = node(N_FORMAT, at);
    compiler.lex =
        (struct lexer){.next = at + 1, .limit = limit, .open = at, .parens = 1, .field = true};
    next();
    if (FOR_WORDS(compiler.lex.token == '}' || compiler.lex.token == '!' ||
                  compiler.lex.token == ':' || compiler.lex.token == '='))
        syntax_error(at, "f-string: empty expression not allowed");
    n->a = value_after();
    bool debug = compiler.lex.token == '=';
    if (debug) {
        next();
        builder_add(b, compiler.text + at + 1, compiler.lex.at - at - 1);
    }
    if (compiler.lex.token == '!')
        conversion(n);
    else if (debug && compiler.lex.token != ':')
        n->number = FORMAT_REPR;
    if (compiler.lex.token == ':') {
        size_t spec = compiler.lex.next;
        n->b = specification(&spec, limit, flags, depth + 1);
        compiler.lex.next = spec;
    } else if (compiler.lex.token != '}') {
        if (compiler.lex.token == T_END)
            syntax_error(at, "f-string: expecting '}'");
        invalid();
    }
    return n;
}

// Text and fields to the end, or (in a specification) to its }; where the text goes on.
static size_t fields(struct builder *b, struct node ***end, size_t at, size_t limit, int flags,
                     int depth)
{
    while (at < limit) {
        size_t run = at;
        while (at < limit && compiler.text[at] != '{' && compiler.text[at] != '}')
            at++;
        decode(b, run, at, flags);
        if (at >= limit)
            break;
        char brace = compiler.text[at];
        if (at + 1 < limit && compiler.text[at + 1] == brace && depth == 0) {
            builder_add(b, &brace, 1);
            at += 2;
        } else if (brace == '}') {
            if (depth)
                return at + 1;
            syntax_error(at, "f-string: single '}' is not allowed");
        } else {
            if (depth > 1)
                syntax_error(at, "f-string: expressions nested too deeply");
            struct lexer saved = compiler.lex;
            struct node *n = field(b, at, limit, flags, depth);
            at = compiler.lex.next;
            compiler.lex = saved;
            if (b->size)
                *end = add(*end, taken(b, n->at, 0));
            *end = add(*end, n);
        }
    }
    if (depth)
        syntax_error(at, "f-string: expecting '}'");
    return at;
}

// ------------------------------------------------------------------------------------------ strings

static int prefix_flags(const char *text, size_t *size)
{
    int flags = 0;
    for (*size = 0;; ++*size) {
        char ch = text[*size] | 32;
        if (text[*size] == '"' || text[*size] == '\'')
            return flags;
        flags |= ch == 'r' ? RAW : ch == 'b' ? BYTES : ch == 'f' ? FIELDS : 0;
        if (ch != 'r' && *size)
            flags |= text[0] == 'r' || text[0] == 'R' ? 0 : 8; // only r goes with others
        if (ch == 'u' && *size)
            flags |= 8;
        if (ch == 'r' && *size && (text[0] | 32) == 'u')
            flags |= 8;
    }
}

// One token into the builder; fields into the list.
static int string(struct builder *b, struct node ***end)
{
    size_t at = compiler.lex.at, limit = compiler.lex.next, size;
    const char *text = compiler.text + at;
    int flags = prefix_flags(text, &size);
    if (flags & 8)
        invalid();
    size_t quotes =
        text[size + 1] == text[size] && limit - at - size >= 6 && text[size + 2] == text[size] ? 3
                                                                                               : 1;
    at += size + quotes;
    limit -= quotes;
    if (flags & FIELDS)
        fields(b, end, at, limit, flags & RAW, 0);
    else
        decode(b, at, limit, flags);
    next();
    return flags & BYTES;
}

struct node *strings(void)
{
    struct node *list = NULL, **end = &list;
    size_t at = compiler.lex.at;
    BUILDER(b);
    int bytes = string(&b, &end);
    while (compiler.lex.token == T_STRING)
        if (string(&b, &end) != bytes)
            syntax_error(at, "cannot mix bytes and nonbytes literals");
    if (list == NULL)
        return taken(&b, at, bytes);
    if (b.size)
        add(end, taken(&b, at, 0));
    return node_of(N_FSTRING, at, list, NULL);
}

#endif
