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

struct node *number(struct compiler *c)
{
    size_t at = c->lex.at, size = c->lex.next - at;
    const char *text = c->text + at;
    val v;
    if (is_float_text(text, size)) {
#if MOTE_FLOAT
        v = float_parse(text, size);
#else
        syntax_error(c, at, "this build has no floats");
#endif
    } else {
        v = int_parse(text, size, 0);
        if (!v && text[0] == '0' && size > 1 && (unsigned char)(text[1] - '0') < 10)
            syntax_error(c, at,
                         "leading zeros in decimal integer literals are not permitted; use an 0o "
                         "prefix for octal integers");
    }
    if (!v)
        syntax_error(c, at, "invalid %s literal",
                     text[0] != '0'          ? "decimal"
                     : (text[1] | 32) == 'x' ? "hexadecimal"
                     : (text[1] | 32) == 'o' ? "octal"
                                             : "binary");
    keep(c, v);
    next(c);
    return node_value(c, N_CONST, at, v);
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
static uint32_t read_hex(struct compiler *c, size_t *at, size_t end, int digits, int flags)
{
    uint32_t code = 0;
    size_t start = *at - 2;
    for (int i = 0; i < digits; i++, ++*at) {
        int d = *at < end ? hex_digit(c->text[*at]) : -1;
        if (d < 0)
            syntax_error(c, start,
                         flags & BYTES
                             ? "(value error) invalid \\x escape"
                             : "(unicode error) 'unicodeescape' codec can't decode bytes: "
                               "truncated \\%cXX escape",
                         c->text[start + 1]);
        code = code << 4 | (uint32_t)d;
    }
    if (code > 0x10ffff)
        syntax_error(
            c, start,
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
static size_t escape(struct compiler *c, struct builder *b, size_t at, size_t end, int flags)
{
    static const char simple[] = "\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v";
    char ch = c->text[at++];
    if (ch == '\r' && at < end && c->text[at] == '\n')
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
        for (int i = 0; i < 2 && at < end && (unsigned char)(c->text[at] - '0') < 8; i++)
            code = code * 8 + (uint32_t)(c->text[at++] - '0');
        add_code(b, code, flags);
    } else if (ch == 'x' || (!(flags & BYTES) && (ch == 'u' || ch == 'U'))) {
        add_code(b, read_hex(c, &at, end, ch == 'x' ? 2 : ch == 'u' ? 4 : 8, flags), flags);
    } else if (ch == 'N' && !(flags & BYTES)) {
        syntax_error(c, at - 2, "(unicode error) \\N escapes are not supported");
    } else {
        builder_add(b, &c->text[at - 2], 2);
    }
    return at;
}

static void decode(struct compiler *c, struct builder *b, size_t at, size_t end, int flags)
{
    while (at < end) {
        size_t run = at;
        while (at < end && (c->text[at] != '\\' || (flags & RAW)) && c->text[at] != '\r') {
            if ((flags & BYTES) && (unsigned char)c->text[at] >= 128)
                syntax_error(c, at, "bytes can only contain ASCII literal characters");
            at++;
        }
        builder_add(b, c->text + run, at - run);
        if (at >= end)
            return;
        if (c->text[at] == '\r') {
            if (at + 1 < end && c->text[at + 1] == '\n')
                at++;
            builder_add(b, "\n", 1);
            at++;
        } else if (at + 1 < end) {
            at = escape(c, b, at + 1, end, flags);
        } else {
            builder_add(b, "\\", 1); // before a field
            at++;
        }
    }
}

// ------------------------------------------------------------------------------------------ f-strings

// What is in the builder, as a constant; it is empty then.
static struct node *taken(struct compiler *c, struct builder *b, size_t at, int flags)
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
    return node_value(c, N_CONST, at, keep(c, v));
}

static size_t fields(struct compiler *c, struct builder *b, struct node ***end, size_t at,
                     size_t limit, int flags, int depth);

static struct node *specification(struct compiler *c, size_t *at, size_t limit, int flags,
                                  int depth)
{
    struct node *list = NULL, **end = &list;
    BUILDER(b);
    size_t start = *at;
    *at = fields(c, &b, &end, start, limit, flags, depth);
    struct node *last = taken(c, &b, start, 0);
    if (!list)
        return last;
    if (last->value != S(empty))
        add(end, last);
    return node_of(c, N_FSTRING, start, list, NULL);
}

static void conversion(struct compiler *c, struct node *n)
{
    next(c);
    val name = c->lex.token == T_NAME ? c->lex.name : NOTHING;
    if (name == S(r)) {
        n->number = FORMAT_REPR;
    } else if (name == S(s)) {
        n->number = FORMAT_STR;
    } else if (name == S(a)) {
        struct node *f = node_value(c, N_NAME, n->at, S(ascii));
        n->a = node_of(c, N_CALL, n->at, f, n->a);
    } else {
        syntax_error(c, c->lex.at,
                     "f-string: invalid conversion character: expected 's', 'r', or 'a'");
    }
    next(c);
}

// {value = !r :specification}, from its {. The lexer ends behind the }.
static struct node *field(struct compiler *c, struct builder *b, size_t at, size_t limit, int flags,
                          int depth)
{
    struct node *n = node(c, N_FORMAT, at);
    c->lex = (struct lexer){.next = at + 1, .limit = limit, .open = at, .parens = 1, .field = true};
    next(c);
    if (c->lex.token == '}' || c->lex.token == '!' || c->lex.token == ':' || c->lex.token == '=')
        syntax_error(c, at, "f-string: empty expression not allowed");
    n->a = value_after(c);
    bool debug = c->lex.token == '=';
    if (debug) {
        next(c);
        builder_add(b, c->text + at + 1, c->lex.at - at - 1);
    }
    if (c->lex.token == '!')
        conversion(c, n);
    else if (debug && c->lex.token != ':')
        n->number = FORMAT_REPR;
    if (c->lex.token == ':') {
        size_t spec = c->lex.next;
        n->b = specification(c, &spec, limit, flags, depth + 1);
        c->lex.next = spec;
    } else if (c->lex.token != '}') {
        if (c->lex.token == T_END)
            syntax_error(c, at, "f-string: expecting '}'");
        invalid(c);
    }
    return n;
}

// Text and fields to the end, or (in a specification) to its }; where the text goes on.
static size_t fields(struct compiler *c, struct builder *b, struct node ***end, size_t at,
                     size_t limit, int flags, int depth)
{
    while (at < limit) {
        size_t run = at;
        while (at < limit && c->text[at] != '{' && c->text[at] != '}')
            at++;
        decode(c, b, run, at, flags);
        if (at >= limit)
            break;
        char brace = c->text[at];
        if (at + 1 < limit && c->text[at + 1] == brace && depth == 0) {
            builder_add(b, &brace, 1);
            at += 2;
        } else if (brace == '}') {
            if (depth)
                return at + 1;
            syntax_error(c, at, "f-string: single '}' is not allowed");
        } else {
            if (depth > 1)
                syntax_error(c, at, "f-string: expressions nested too deeply");
            struct lexer saved = c->lex;
            struct node *n = field(c, b, at, limit, flags, depth);
            at = c->lex.next;
            c->lex = saved;
            if (b->size)
                *end = add(*end, taken(c, b, n->at, 0));
            *end = add(*end, n);
        }
    }
    if (depth)
        syntax_error(c, at, "f-string: expecting '}'");
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
static int string(struct compiler *c, struct builder *b, struct node ***end)
{
    size_t at = c->lex.at, limit = c->lex.next, size;
    const char *text = c->text + at;
    int flags = prefix_flags(text, &size);
    if (flags & 8)
        invalid(c);
    size_t quotes =
        text[size + 1] == text[size] && limit - at - size >= 6 && text[size + 2] == text[size] ? 3
                                                                                               : 1;
    at += size + quotes;
    limit -= quotes;
    if (flags & FIELDS)
        fields(c, b, end, at, limit, flags & RAW, 0);
    else
        decode(c, b, at, limit, flags);
    next(c);
    return flags & BYTES;
}

struct node *strings(struct compiler *c)
{
    struct node *list = NULL, **end = &list;
    size_t at = c->lex.at;
    BUILDER(b);
    int bytes = string(c, &b, &end);
    while (c->lex.token == T_STRING)
        if (string(c, &b, &end) != bytes)
            syntax_error(c, at, "cannot mix bytes and nonbytes literals");
    if (list == NULL)
        return taken(c, &b, at, bytes);
    if (b.size)
        add(end, taken(c, &b, at, 0));
    return node_of(c, N_FSTRING, at, list, NULL);
}

#endif
