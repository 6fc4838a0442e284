// SPDX-License-Identifier: MIT
// Module json: dumps and loads, and dump and load, which are the same through write() and read().
#include "core/vm.h"
#include "modules/modules.h"
#include "types/text.h"

#if MOTE_JSON

// ------------------------------------------------------------------------------------------ writing

struct writer {
    struct sink *out;
    val indent;    // NOTHING, an int or a str
    val otherwise; // function for what cannot be written, or NOTHING
    struct text item_separator, key_separator;
    bool ascii, sort;
    size_t depth;
};

static void write_value(struct writer *w, val v);

static void write_escape(struct sink *out, uint32_t c)
{
    if (c >= 0x10000) { // two surrogates
        write_escape(out, 0xd800 + ((c - 0x10000) >> 10));
        c = 0xdc00 + (c & 0x3ff);
    }
    sink_text(out, "\\u");
    for (int shift = 12; shift >= 0; shift -= 4)
        sink_char(out, "0123456789abcdef"[c >> shift & 15]);
}

static void write_text(struct writer *w, struct text t)
{
    static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt"; // pairs: the character, its name
    struct sink *out = w->out;
    sink_char(out, '"');
    for (const char *at = t.data, *end = at + t.size; at < end;) {
        const char *start = at;
        uint32_t c = utf8_decode(&at, end);
        const char *name = NULL;
        for (const char *p = names; *p && !name; p += 2)
            if (c == (uint8_t)*p)
                name = p + 1;
        if (name) {
            sink_char(out, '\\');
            sink_char(out, *name);
        } else if (c < 0x20 || (c > 0x7e && w->ascii && c != 0x7f)) {
            write_escape(out, c);
        } else {
            out->write(out, start, (size_t)(at - start));
        }
    }
    sink_char(out, '"');
}

// What is written as a word: false for everything else.
static bool write_plain(struct writer *w, val v)
{
    if (v == NONE)
        sink_text(w->out, "null");
    else if (v == TRUE || v == FALSE)
        sink_text(w->out, v == TRUE ? "true" : "false");
    else if (is_a(v, &type_int))
        int_print(has_type(v, &type_int) ? v : as_native(v, &type_int), w->out, 10, false);
#if MOTE_FLOAT
    else if (is_a(v, &type_float)) {
        real f = need_float(v);
        if (f != f)
            sink_text(w->out, "NaN");
        else if (f - f != 0)
            sink_text(w->out, f > 0 ? "Infinity" : "-Infinity");
        else
            float_print(f, w->out);
    }
#endif
    else
        return false;
    return true;
}

static void new_line(struct writer *w)
{
    if (!w->indent)
        return;
    sink_char(w->out, '\n');
    for (size_t i = 0; i < w->depth; i++) {
        if (is_str(w->indent))
            print_val(w->indent, w->out, PRINT_STR);
        else
            for (intptr_t k = need_int(w->indent); k > 0; k--)
                sink_char(w->out, ' ');
    }
}

// Before an item: the separator and the line it begins.
static void between(struct writer *w, size_t i)
{
    if (i)
        w->out->write(w->out, w->item_separator.data, w->item_separator.size);
    new_line(w);
}

static void write_key(struct writer *w, val key)
{
    if (is_a(key, &type_str)) {
        write_text(w, need_str(key));
    } else {
        sink_char(w->out, '"');
        if (!write_plain(w, key))
            raise_type("keys must be str, int, float, bool or None, not %t", key);
        sink_char(w->out, '"');
    }
    w->out->write(w->out, w->key_separator.data, w->key_separator.size);
}

static void write_pairs(struct writer *w, val dict)
{
    ROOTS(r, 2);
    r[0] = list_from(dict); // the keys: the dict may change when a default function runs
    if (w->sort) {
        method_call(r[0], S(sort), 0, NULL);
    }
    size_t n;
    val *keys;
    values_of(r[0], &n, &keys);
    w->depth++;
    for (size_t i = 0; i < n; i++) {
        between(w, i);
        write_key(w, keys[i]);
        r[1] = item_get(dict, keys[i]);
        write_value(w, r[1]);
    }
    w->depth--;
    if (n)
        new_line(w);
}

static void write_items(struct writer *w, val sequence)
{
    size_t n, i = 0;
    val *values;
    w->depth++;
    for (; values_of(sequence, &n, &values) && i < n; i++) {
        between(w, i);
        write_value(w, values[i]);
    }
    w->depth--;
    if (i)
        new_line(w);
}

static void write_value(struct writer *w, val v)
{
    stack_check();
    if (write_plain(w, v))
        return;
    if (is_a(v, &type_str)) {
        write_text(w, need_str(v));
        return;
    }
    if (printing(v))
        raise_value("Circular reference detected");
    ROOTS(r, 2);
    r[0] = v;
    r[1] = V(printing_mark);
    if (is_a(v, &type_dict)) {
        sink_char(w->out, '{');
        write_pairs(w, v);
        sink_char(w->out, '}');
    } else if (is_a(v, &type_list) || is_a(v, &type_tuple)) {
        sink_char(w->out, '[');
        write_items(w, v);
        sink_char(w->out, ']');
    } else if (w->otherwise) {
        ROOTS(result, 1);
        result[0] = call1(w->otherwise, v);
        write_value(w, result[0]);
    } else {
        raise_type("Object of type %t is not JSON serializable", v);
    }
}

enum { INDENT, SEPARATORS, SORT_KEYS, DEFAULT, ENSURE_ASCII };

// Options from o[0] on, in the order of the enum.
static val dumps(val v, const val *o)
{
    BUILDER(b);
    struct writer w = {&b.sink, NOTHING, NOTHING, {", ", 2}, {": ", 2}, true, false, 0};
    if (o[INDENT] && o[INDENT] != NONE) {
        w.indent = o[INDENT];
        w.item_separator.size = 1;
    }
    if (o[SEPARATORS] && o[SEPARATORS] != NONE) {
        size_t n;
        val *pair;
        if (!values_of(o[SEPARATORS], &n, &pair) || n != 2)
            raise_value("not enough values to unpack (expected 2)");
        w.item_separator = need_str(pair[0]);
        w.key_separator = need_str(pair[1]);
    }
    w.sort = o[SORT_KEYS] && truth(o[SORT_KEYS]);
    w.ascii = !o[ENSURE_ASCII] || truth(o[ENSURE_ASCII]);
    if (o[DEFAULT] && o[DEFAULT] != NONE)
        w.otherwise = o[DEFAULT];
    write_value(&w, v);
    return builder_str(&b);
}

static const val dumps_keywords[] = {NOTHING,      S(indent),  S(separators),
                                     S(sort_keys), S(default), S(ensure_ascii)};
static val json_dumps(size_t n, val *a)
{
    (void)n;
    return dumps(a[0], a + 1);
}
NATIVE_FULL(json_dumps, dumps, 1, 6, 0, dumps_keywords);

static const val dump_keywords[] = {NOTHING,      NOTHING,    S(indent),      S(separators),
                                    S(sort_keys), S(default), S(ensure_ascii)};
static val json_dump(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 1);
    r[0] = dumps(a[0], a + 2);
    method_call(a[1], S(write), 1, r);
    return NONE;
}
NATIVE_FULL(json_dump, dump, 2, 7, 0, dump_keywords);

// ------------------------------------------------------------------------------------------ reading

struct reader {
    const char *start, *at, *end;
    val names; // a dict: one object for a name that many objects have
};

// A ValueError, laid out as all exceptions: four values.
static const struct type type_decode_error = {
    {&type_type},       S(JSONDecodeError),
    &exception_ops,     NOTHING,
    V(type_ValueError), {sizeof(struct exception), 0, 0x1e, 0, TYPE_BASE | TYPE_EXCEPTION}};

_Noreturn static void fail(const struct reader *p, const char *what, const char *at)
{
    size_t line = 1;
    const char *line_start = p->start;
    for (const char *c = p->start; c < at; c++)
        if (*c == '\n') {
            line++;
            line_start = c + 1;
        }
    raise_error(&type_decode_error, "%s: line %z column %z (char %z)", what, line,
                utf8_length(line_start, (size_t)(at - line_start)) + 1,
                utf8_length(p->start, (size_t)(at - p->start)));
}

static char skip_space(struct reader *p)
{
    while (p->at < p->end && memchr(" \t\n\r", *p->at, 4))
        p->at++;
    return p->at < p->end ? *p->at : '\0';
}

static uint32_t four_digits(struct reader *p)
{
    uint32_t c = 0;
    for (int i = 0; i < 4; i++) {
        char d = p->at + i < p->end ? (char)char_lower((uint8_t)p->at[i]) : 'x';
        if (!((d >= '0' && d <= '9') || (d >= 'a' && d <= 'f')))
            fail(p, "Invalid \\uXXXX escape", p->at - 1);
        c = c << 4 | (uint32_t)(d <= '9' ? d - '0' : d - 'a' + 10);
    }
    p->at += 4;
    return c;
}

// Behind a backslash.
static void read_escape(struct reader *p, struct builder *b)
{
    static const char names[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    char name = *p->at++, text[4];
    for (const char *pair = names; *pair; pair += 2)
        if (*pair == name) {
            sink_char(&b->sink, pair[1]);
            return;
        }
    if (name != 'u')
        fail(p, "Invalid \\escape", p->at - 2);
    uint32_t c = four_digits(p);
    if (c >= 0xd800 && c < 0xdc00 && p->end - p->at >= 6 && p->at[0] == '\\' && p->at[1] == 'u') {
        const char *back = p->at;
        p->at += 2;
        uint32_t low = four_digits(p);
        if (low >= 0xdc00 && low < 0xe000)
            c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
        else
            p->at = back;
    }
    size_t size = utf8_encode(c, text);
    builder_add(b, text, size);
}

static val read_text(struct reader *p)
{
    const char *quote = p->at++;
    BUILDER(b);
    for (;;) {
        const char *start = p->at;
        while (p->at < p->end && *p->at != '"' && *p->at != '\\' && (uint8_t)*p->at >= 0x20)
            p->at++;
        if (p->at == p->end)
            fail(p, "Unterminated string starting at", quote);
        if (*p->at == '"' && b.size == 0)
            return str_new(start, (size_t)(p->at++ - start));
        builder_add(&b, start, (size_t)(p->at - start));
        if (*p->at == '"') {
            p->at++;
            return builder_str(&b);
        }
        if (*p->at != '\\')
            fail(p, "Invalid control character at", p->at);
        if (++p->at == p->end)
            fail(p, "Unterminated string starting at", quote);
        read_escape(p, &b);
    }
}

static bool digits(const char **at, const char *end)
{
    const char *start = *at;
    while (*at < end && **at >= '0' && **at <= '9')
        ++*at;
    return *at > start;
}

static val read_number(struct reader *p)
{
    const char *start = p->at, *at = start + (*start == '-');
    bool whole = true;
    if (at < p->end && *at == '0')
        at++;
    else if (!digits(&at, p->end))
        fail(p, "Expecting value", start);
    const char *more = at + 1;
    if (at < p->end && *at == '.' && digits(&more, p->end)) {
        whole = false;
        at = more;
    }
    more = at + 1;
    if (at < p->end && (*at == 'e' || *at == 'E')) {
        if (more < p->end && (*more == '+' || *more == '-'))
            more++;
        if (digits(&more, p->end)) {
            whole = false;
            at = more;
        }
    }
    p->at = at;
#if MOTE_FLOAT
    if (!whole)
        return float_parse(start, (size_t)(at - start));
#else
    if (!whole)
        raise_value("no floats in this build");
#endif
    return int_parse(start, (size_t)(at - start), 10);
}

static bool word(struct reader *p, const char *text)
{
    size_t size = strlen(text);
    if ((size_t)(p->end - p->at) < size || memcmp(p->at, text, size))
        return false;
    p->at += size;
    return true;
}

static val read_value(struct reader *p);

// Whether item n of what `close` ends is next: what stands before it is read.
static bool next_item(struct reader *p, char close, size_t n)
{
    char c = skip_space(p);
    bool more = c != close;
    if (more && n && c != ',')
        fail(p, "Expecting ',' delimiter", p->at);
    p->at += !more || n;
    return more;
}

static val read_list(struct reader *p)
{
    ROOTS(r, 2);
    r[0] = list_new(0, HOW_APPEND);
    p->at++;
    for (size_t n = 0; next_item(p, ']', n); n++) {
        r[1] = read_value(p);
        list_append(r[0], r[1]);
    }
    return r[0];
}

static val read_name(struct reader *p)
{
    if (skip_space(p) != '"')
        fail(p, "Expecting property name enclosed in double quotes", p->at);
    ROOTS(r, 1);
    r[0] = read_text(p);
    val known = dict_get(p->names, r[0]);
    if (!known)
        dict_set(p->names, r[0], r[0]);
    return known ? known : r[0];
}

static val read_dict(struct reader *p)
{
    ROOTS(r, 3);
    r[0] = dict_new(0);
    p->at++;
    for (size_t n = 0; next_item(p, '}', n); n++) {
        r[1] = read_name(p);
        if (skip_space(p) != ':')
            fail(p, "Expecting ':' delimiter", p->at);
        p->at++;
        r[2] = read_value(p);
        dict_set(r[0], r[1], r[2]);
    }
    return r[0];
}

static val read_value(struct reader *p)
{
    stack_check();
    char c = skip_space(p);
    if (c == '"')
        return read_text(p);
    if (c == '[')
        return read_list(p);
    if (c == '{')
        return read_dict(p);
    if (word(p, "null"))
        return NONE;
    if (word(p, "true"))
        return TRUE;
    if (word(p, "false"))
        return FALSE;
#if MOTE_FLOAT
    if (word(p, "NaN"))
        return float_new((real)__builtin_nan(""));
    if (word(p, "Infinity"))
        return float_new((real)__builtin_inf());
    if (word(p, "-Infinity"))
        return float_new(-(real)__builtin_inf());
#endif
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(p);
    fail(p, "Expecting value", p->at);
}

static val loads(val source)
{
    ROOTS(r, 3);
    struct text t;
    if (is_a(source, &type_str)) {
        t = need_str(source);
    } else {
        struct buffer b;
        if (!buffer_find(source, &b))
            raise_type("the JSON object must be str, bytes or bytearray, not %t", source);
        r[1] = text_decode((const char *)b.data, b.size, NOTHING, NOTHING);
        t = text_of(r[1]);
    }
    r[2] = dict_new(0);
    struct reader p = {t.data, t.data, t.data + t.size, r[2]};
    r[0] = read_value(&p);
    skip_space(&p);
    if (p.at < p.end)
        fail(&p, "Extra data", p.at);
    return r[0];
}

static val json_loads(size_t n, val *a)
{
    (void)n;
    return loads(a[0]);
}
NATIVE(json_loads, loads, 1, 1);

static val json_load(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 1);
    r[0] = method_call(a[0], S(read), 0, NULL);
    return loads(r[0]);
}
NATIVE(json_load, load, 1, 1);

NAMES(module_json, S(JSONDecodeError), V(type_decode_error), S(__name__), S(json),
      N(dump, json_dump), N(dumps, json_dumps), N(load, json_load), N(loads, json_loads));

#endif
