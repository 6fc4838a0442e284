// SPDX-License-Identifier: MIT
// str: UTF-8 bytes behind their count. The flag of the count says that there are bytes over 127; without it an index is an
// offset, with it characters are counted from the start, or from the end for negative indices.
//
//     +------+-----+------------+
//     | type | len | text ...   |     exactly as long as the text, no end mark
//     +------+-----+------------+
//
// Interned strings have no object; text_of() gives the text of both. A string of one ASCII character is always interned.
#include "core/rooms.h"
#include "types/text.h"

// ------------------------------------------------------------------------------------------ making

static val str_alloc(const char *text, size_t size, bool ascii)
{
    struct str *s = heap_new_counted(&type_str, size);
    memcpy(s->text, text, size);
    if (!ascii)
        s->len |= COUNT_FLAG;
    return (val)s;
}

val str_new(const char *text, size_t size)
{
    if (size == 1)
        return character((unsigned char)*text);
    if (size <= (MOTE_SHARE_TEXT ? MOTE_INTERN_MAX : 0)) {
        val known = intern_find(text, size);
        if (known)
            return known;
    }
    return str_alloc(text, size, is_ascii(text, size));
}

val str_of_c(const char *text)
{
    return str_new(text, strlen(text));
}

val str_char(uint32_t c)
{
    char text[4];
    if (c < 128)
        ROOMS(room_character((unsigned char)c));
    return str_new(text, utf8_encode(c, text));
}

bool text_is(val str, const char *text)
{
    struct text t = text_of(str);
    return t.size == strlen(text) && memcmp(t.data, text, t.size) == 0;
}

bool str_equal(val a, val b)
{
    if (a == b)
        return true;
    if (is_interned(a) && is_interned(b))
        return false;
    struct text x = text_of(a), y = text_of(b);
    return x.size == y.size && memcmp(x.data, y.data, x.size) == 0;
}

struct text need_str(val v)
{
    val s = is_str(v) ? v : as_native(v, &type_str);
    if (!s)
        raise_type("must be str, not %t", v);
    return text_of(s);
}

// ------------------------------------------------------------------------------------------ printing

static void hex_escape(uint32_t c, struct sink *out)
{
    int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
    sink_char(out, '\\');
    sink_char(out, digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
    while (digits--)
        sink_char(out, "0123456789abcdef"[c >> 4 * digits & 15]);
}

static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7f && c != '\'' && c != '"' && c != '\\';
}

// One character between the quotes: written as it is, or escaped. bytearray escapes ' whatever the quotes are.
static void write_char(const struct view *v, uint32_t c, char quote, struct text as,
                       struct sink *out)
{
    bool of_str = v->type == &type_str;
    if (c == '\n' || c == '\r' || c == '\t') {
        sink_char(out, '\\');
        sink_char(out, c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
    } else if (c == (uint8_t)quote || c == '\\' || (c == '\'' && v->type == &type_bytearray)) {
        sink_char(out, '\\');
        sink_char(out, (char)c);
    } else if (c < 0x20 || c == 0x7f || (c > 0x7f && !(of_str && char_printable(c)))) {
        hex_escape(c, out);
    } else {
        out->write(out, as.data, as.size);
    }
}

void view_repr(const struct view *v, struct sink *out)
{
    const char *at = v->data, *end = at + v->size;
    char quote = memchr(at, '\'', v->size) && !memchr(at, '"', v->size) ? '"' : '\'';
    if (v->type != &type_str)
        sink_char(out, 'b');
    sink_char(out, quote);
    while (at < end) {
        const char *start = at;
        while (at < end && is_plain(*at))
            at++;
        if (at > start) {
            out->write(out, start, (size_t)(at - start));
        } else {
            uint32_t c = view_next(v, &at, end);
            write_char(v, c, quote, (struct text){start, (size_t)(at - start)}, out);
        }
    }
    sink_char(out, quote);
}

struct ascii_sink { // writes whole characters to another, in ASCII
    struct sink sink;
    struct sink *out;
};

static void ascii_write(struct sink *sink, const char *text, size_t size)
{
    struct sink *out = ((struct ascii_sink *)sink)->out;
    for (const char *at = text, *end = text + size; at < end;) {
        uint32_t c = utf8_decode(&at, end);
        if (c < 0x80)
            sink_char(out, (char)c);
        else
            hex_escape(c, out);
    }
}

void print_ascii(val v, struct sink *out)
{
    struct ascii_sink ascii = {{ascii_write}, out};
    print_val(v, &ascii.sink, PRINT_REPR);
}

static void str_print(val self, struct sink *out, enum print_how how)
{
    struct view v = view_of_str(self);
    if (how == PRINT_STR)
        out->write(out, v.data, v.size);
    else
        view_repr(&v, out);
}

// ------------------------------------------------------------------------------------------ operators

int text_compare(const char *a, size_t a_size, const char *b, size_t b_size)
{
    int order = memcmp(a, b, a_size < b_size ? a_size : b_size);
    return order ? order : (a_size > b_size) - (a_size < b_size);
}

static inline val str_part(val v)
{
    return is_str(v) ? v : is_object(v) ? as_native(v, &type_str) : NOTHING;
}

static val str_concat(val a, val b)
{
    struct text x = text_of(a), y = text_of(b);
    if (x.size == 0)
        return b;
    if (y.size == 0)
        return a;
    size_t size = x.size + y.size;
    if (!QUICK) {
        BUILDER(builder);
        builder_add(&builder, x.data, x.size);
        builder_add(&builder, y.data, y.size);
        return builder_str(&builder);
    }
    if (size <= MOTE_INTERN_MAX) {
        char text[MOTE_INTERN_MAX ? MOTE_INTERN_MAX : 1];
        memcpy(text, x.data, x.size);
        memcpy(text + x.size, y.data, y.size);
        return str_new(text, size);
    }
    struct str *s = heap_new_counted(&type_str, size);
    memcpy(s->text, x.data, x.size);
    memcpy(s->text + x.size, y.data, y.size);
    bool a_wide = is_interned(a) ? !is_ascii(x.data, x.size) : ((struct str *)a)->len & COUNT_FLAG;
    bool b_wide = is_interned(b) ? !is_ascii(y.data, y.size) : ((struct str *)b)->len & COUNT_FLAG;
    if (a_wide || b_wide)
        s->len |= COUNT_FLAG;
    return (val)s;
}

static val str_contains(val a, val b)
{
    val part = str_part(a);
    if (!part)
        raise_type("'in <string>' requires string as left operand, not %t", a);
    struct text what = text_of(part), in = text_of(b);
    return bool_new(text_search(in.data, in.size, what.data, what.size) != TEXT_NOT_FOUND);
}

static val str_binary(enum op op, val a, val b)
{
    val x = str_part(a), y = str_part(b);
    if (op == OP_IN)
        return str_contains(a, y);
    if (op == OP_MUL) {
        struct view v = view_of_str(x ? x : y);
        return view_repeat(&v, x ? b : a);
    }
    if (!x)
        return NOTHING;
    if (op == OP_MOD) {
        struct view v = view_of_str(x);
        return format_percent(&v, b);
    }
    if (!y) {
        if (op == OP_ADD && !(type_of(b)->shape.flags & TYPE_CLASS))
            raise_type("can only concatenate str (not \"%t\") to str", b);
        return NOTHING;
    }
    if (op == OP_ADD)
        return str_concat(x, y);
    if (op == OP_EQ || op == OP_NE)
        return bool_new(str_equal(x, y) == (op == OP_EQ));
    if (op > OP_GE)
        return NOTHING;
    struct text s = text_of(x), t = text_of(y);
    return bool_new(op_order(op, text_compare(s.data, s.size, t.data, t.size)));
}

static val str_unary(enum op op, val self)
{
    struct view v = view_of_str(self);
    switch (op) {
    case OP_LEN:
        return int_new((intptr_t)view_length(&v));
    case OP_TRUTH:
        return bool_new(v.size != 0);
    case OP_HASH:
        return int_new((intptr_t)(text_hash(v.data, v.size) & SMALL_MAX));
    default:
        return NOTHING;
    }
}

static val str_item(val self, val key, val value)
{
    if (value != LOAD)
        return NOTHING;
    struct view v = view_of_str(self);
    return view_item(&v, key);
}

// ------------------------------------------------------------------------------------------ iteration

struct text_iterator { // over str, bytes, bytearray
    struct obj head;
    val text;  // NOTHING when it has ended
    size_t at; // bytes
};

static val text_iterator_next(val self)
{
    struct text_iterator *it = (struct text_iterator *)self;
    if (it->text) {
        struct view v = view_of(it->text);
        if (it->at < v.size) {
            if (v.type != &type_str)
                return int_new((uint8_t)v.data[it->at++]);
            const char *start = v.data + it->at, *at = start;
            view_next(&v, &at, v.data + v.size);
            it->at += (size_t)(at - start);
            if (at - start == 1)
                ROOMS(room_character((unsigned char)*start));
            return str_new(start, (size_t)(at - start));
        }
        it->text = NOTHING;
    }
    mote.stop = NOTHING;
    return NOTHING;
}

static const struct ops text_iterator_ops = {.iter = iter_self, .next = text_iterator_next};
static const struct type type_text_iterator = {
    {&type_type}, S(iterator), &text_iterator_ops,
    NOTHING,      NOTHING,     {sizeof(struct text_iterator), 0, 2, 0, 0}};

val text_iterator_new(val text)
{
    struct text_iterator *it = heap_new(&type_text_iterator);
    it->text = text;
    return (val)it;
}

// ------------------------------------------------------------------------------------------ type

// str(object=""), str(bytes, encoding, errors)
static val str_make(const struct type *type, size_t n, size_t kw, val *args)
{
    static const val names[] = {S(object), S(encoding), S(errors)};
    val given[COUNT_OF(names)];
    make_arguments(type, n, kw, args, names, COUNT_OF(names), given);
    if (!given[0])
        return S(empty);
    if (!given[1] && !given[2])
        return str_of(given[0]);
    struct buffer buffer;
    if (is_str(given[0]))
        raise_type("decoding str is not supported");
    if (!buffer_find(given[0], &buffer))
        raise_type("decoding to str: need a bytes-like object, %t found", given[0]);
    return text_decode((const char *)buffer.data, buffer.size, given[1], given[2]);
}

static const struct ops str_ops = {.print = str_print,
                                   .unary = str_unary,
                                   .binary = str_binary,
                                   .item = str_item,
                                   .iter = text_iterator_new,
                                   .make = str_make};
const struct type type_str = {
    {&type_type}, S(str),  &str_ops,
    V(str_names), NOTHING, {sizeof(struct str), 1, 0, 0, TYPE_COUNTED | TYPE_BASE}};
