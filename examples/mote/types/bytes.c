// SPDX-License-Identifier: MIT
// bytes: laid out as a str. Its operators serve bytearray too; view.c and str_*.c have what both share with str.
#include "types/big.h"
#include "types/text.h"

static const struct bytes empty = {{&type_bytes}, 0, {}};

val bytes_new(const void *data, size_t size)
{
    if (size == 0)
        return V(empty);
    struct bytes *b = heap_new_counted(&type_bytes, size);
    if (data)
        memcpy(b->data, data, size);
    return (val)b;
}

bool buffer_find(val v, struct buffer *out)
{
    if (!is_object(v))
        return false;
    const struct ops *ops = type_of(v)->ops;
    return ops && ops->buffer && ops->buffer(v, out);
}

void buffer_need(val v, struct buffer *out)
{
    if (!buffer_find(v, out))
        raise_type("a bytes-like object is required, not '%t'", v);
}

uint8_t need_byte(val v, const char *message)
{
    intptr_t i;
    if (!is_int(v))
        v = index_val(v);
    if (!int_fits(v, &i) || i < 0 || i > 255)
        raise_value("%s", message);
    return (uint8_t)i;
}

// ------------------------------------------------------------------------------------------ construction

static void add_zeros(struct builder *b, val count)
{
    intptr_t n;
    count = index_val(count);
    if (!int_fits(count, &n))
        raise_error(&type_OverflowError, "cannot fit '%t' into an index-sized integer", count);
    if (n < 0)
        raise_value("negative count");
    if (n > 0)
        memset(builder_room(b, (size_t)n), 0, (size_t)n);
}

static void add_all(struct builder *b, val iterable, const char *message)
{
    ROOTS(r, 2);
    r[0] = iter_of(iterable);
    while ((r[1] = iter_next(r[0])) != NOTHING)
        sink_char(&b->sink, (char)need_byte(r[1], message));
}

static void add_source(struct builder *b, const struct type *type, val source)
{
    struct buffer buffer;
    if (buffer_find(source, &buffer)) {
        builder_add(b, (const char *)buffer.data, buffer.size);
    } else if (is_str(source)) {
        raise_type("string argument without an encoding");
    } else if (is_int(source) || (is_object(source) && attr_find(source, S(__index__)))) {
        add_zeros(b, source);
    } else {
        ROOTS(r, 1);
        val self;
        r[0] = is_object(source) ? method_find(source, S(__bytes__), &self) : NOTHING;
        if (r[0] && type == &type_bytes) {
            r[0] = method_call(source, S(__bytes__), 0, NULL);
            if (!buffer_find(r[0], &buffer))
                raise_type("__bytes__ returned non-bytes (type %t)", r[0]);
            builder_add(b, (const char *)buffer.data, buffer.size);
            return;
        }
        if (!type_of(source)->ops->iter && !type_of(source)->ops->item &&
            !attr_find(source, S(__iter__)))
            raise_type("cannot convert '%t' object to %v", source, type->name);
        add_all(b, source,
                TOLD(type == &type_bytes ? "bytes must be in range(0, 256)"
                                         : "byte must be in range(0, 256)"));
    }
}

void bytes_collect(struct builder *b, const struct type *type, size_t n, size_t kw, val *args)
{
    static const val names[] = {S(source), S(encoding), S(errors)};
    val given[COUNT_OF(names)];
    make_arguments(type, n, kw, args, names, COUNT_OF(names), given);
    if (given[1] || given[2]) {
        if (!given[0] || !is_a(given[0], &type_str))
            raise_type("encoding without a string argument");
        text_encode(need_str(given[0]), given[1], given[2], b);
    } else if (given[0]) {
        add_source(b, type, given[0]);
    }
}

static val bytes_make(const struct type *type, size_t n, size_t kw, val *args)
{
    (void)type;
    if (n == 1 && kw == 0 && has_type(args[0], &type_bytes))
        return args[0];
    BUILDER(b);
    bytes_collect(&b, &type_bytes, n, kw, args);
    return builder_bytes(&b);
}

// ------------------------------------------------------------------------------------------ operators

static bool is_bytes(val v)
{
    return is_object(v) && (as_native(v, &type_bytes) || as_native(v, &type_bytearray));
}

static val bytes_contain(val a, val b)
{
    struct view in = view_of(b);
    char byte;
    struct text what = {&byte, 1};
    if (is_int(a))
        byte = (char)need_byte(a, TOLD("byte must be in range(0, 256)"));
    else
        what = view_other(&in, a);
    return bool_new(text_search(in.data, in.size, what.data, what.size) != TEXT_NOT_FOUND);
}

static val bytes_concat(val a, val b)
{
    struct view x = view_of(a);
    struct buffer y;
    if (!buffer_find(b, &y)) {
        if (type_of(b)->shape.flags & TYPE_CLASS)
            return NOTHING;
        raise_type("can't concat %t to %t", b, a);
    }
    if (y.size == 0)
        return view_self(&x);
    BUILDER(out);
    char *room = builder_room(&out, x.size + y.size);
    memcpy(room, x.data, x.size);
    memcpy(room + x.size, y.data, y.size);
    return view_done(&x, &out);
}

// Whether one of the two compares with whatever has a buffer.
static bool comparable(val a, val b)
{
    return (is_bytes(a) && is_bytes(b)) || as_native(a, &type_bytearray) ||
           as_native(b, &type_bytearray);
}

val bytes_binary(enum op op, val a, val b)
{
    if (op == OP_IN)
        return bytes_contain(a, b);
    if (op == OP_MUL) {
        bool first = is_bytes(a);
        val times = index_try(first ? b : a); // may change a bytearray
        struct view v = view_of(first ? a : b);
        return times ? view_repeat(&v, times) : NOTHING;
    }
    if (op <= OP_GE) {
        struct buffer x, y;
        if (!buffer_find(a, &x) || !buffer_find(b, &y) || !comparable(a, b))
            return NOTHING;
        return bool_new(op_order(op, text_compare((char *)x.data, x.size, (char *)y.data, y.size)));
    }
    if (!is_bytes(a))
        return NOTHING;
    if (op == OP_ADD)
        return bytes_concat(a, b);
    if (MOTE_RARE && op == OP_MOD) {
        struct view v = view_of(a);
        return format_percent(&v, b);
    }
    return NOTHING;
}

static val bytes_unary(enum op op, val self)
{
    struct view v = view_of(self);
    switch (op) {
    case OP_LEN:
        return int_new((intptr_t)v.size);
    case OP_TRUTH:
        return bool_new(v.size != 0);
    case OP_HASH:
        return int_new((intptr_t)(text_hash(v.data, v.size) & SMALL_MAX));
    default:
        return NOTHING;
    }
}

static void bytes_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    struct view v = view_of(self);
    view_repr(&v, out);
}

static val bytes_item(val self, val key, val value)
{
    if (value != LOAD)
        return NOTHING;
    struct view v = view_of(self);
    return view_item(&v, key);
}

static bool bytes_buffer(val self, struct buffer *out)
{
    struct bytes *b = (struct bytes *)self;
    *out = (struct buffer){b->data, count_of(b), 'B', false};
    return true;
}

static const struct ops bytes_ops = {.print = bytes_print,
                                     .unary = bytes_unary,
                                     .binary = bytes_binary,
                                     .item = bytes_item,
                                     .iter = text_iterator_new,
                                     .make = bytes_make,
                                     .buffer = bytes_buffer};
const struct type type_bytes = {
    {&type_type},   S(bytes), &bytes_ops,
    V(bytes_names), NOTHING,  {sizeof(struct bytes), 1, 0, 0, TYPE_COUNTED | TYPE_BASE}};
