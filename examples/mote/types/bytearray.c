// SPDX-License-Identifier: MIT
// bytearray: bytes that change, laid out as types/vector.c draws it. Whoever holds a buffer of it fetches the buffer again
// after running anything.
#include "types/vector.h"

#include "core/rooms.h"
#include "types/containers.h"
#include "types/text.h"

static struct bytearray *bytearray_at(val self)
{
    return native_self(self, &type_bytearray);
}

val bytearray_wrap(val store, size_t size)
{
    ROOTS(r, 1);
    r[0] = store;
    struct bytearray *b = heap_new(&type_bytearray);
    ROOMS(room_bytes(b, size));
    b->store = size ? (struct bytes *)store : NULL;
    b->len = size;
    return (val)b;
}

val bytearray_of(const void *data, size_t size)
{
    return bytearray_wrap(bytes_new(data, size), size);
}

// ------------------------------------------------------------------------------------------ change

// The bytes of a value to be put in, apart from those of any bytearray: it may be the same one.
static val bytes_from(val value, bool assigned)
{
    struct buffer buffer;
    if (has_type(value, &type_bytes))
        return value;
    if (buffer_find(value, &buffer))
        return bytes_new(buffer.data, buffer.size);
    if (assigned && (is_int(value) || is_a(value, &type_str)))
        raise_type("can assign only bytes, buffers, or iterables of ints in range(0, 256)");
    BUILDER(b);
    bytes_collect(&b, &type_bytearray, 1, 0, &value);
    return builder_bytes(&b);
}

static void slice_store(struct bytearray *b, val slice, val value)
{
    ROOTS(r, 1);
    r[0] = value == DELETE ? bytes_new(NULL, 0) : bytes_from(value, true);
    const struct bytes *from = (const struct bytes *)r[0];
    vector_store_slice(b, slice, from->data, count_of(from));
}

static val bytearray_item(val self, val key, val value)
{
    struct bytearray *b = bytearray_at(self);
    ROOTS(r, 1);
    r[0] = key_settled(key);
    if (value == LOAD) {
        struct view v = view_of(self);
        return view_item(&v, r[0]);
    }
    if (has_type(key, &type_slice))
        slice_store(b, r[0], value);
    else
        vector_store(b, r[0], value);
    return NONE;
}

// ------------------------------------------------------------------------------------------ methods

static val bytearray_clear(size_t n, val *a)
{
    (void)n;
    struct bytearray *b = bytearray_at(a[0]);
    vector_splice(b, 0, b->len, NULL, 0);
    return NONE;
}
SHARED(bytearray_clear, clear, 1, 1);

static val bytearray_copy(size_t n, val *a)
{
    (void)n;
    struct view v = view_of(a[0]);
    return bytearray_of(v.data, v.size);
}
SHARED(bytearray_copy, copy, 1, 1);

static void extend(struct bytearray *b, val value)
{
    ROOTS(r, 1);
    r[0] = bytes_from(value, false);
    const struct bytes *from = (const struct bytes *)r[0];
    vector_splice(b, b->len, 0, from->data, count_of(from));
}

static val bytearray_extend(size_t n, val *a)
{
    (void)n;
    if (is_int(a[1]))
        raise_type("can't extend bytearray with %t", a[1]);
    if (FOR_WORDS(is_a(a[1], &type_str)))
        raise_type("'str' object cannot be interpreted as an integer");
    extend(bytearray_at(a[0]), a[1]);
    return NONE;
}
SHARED(bytearray_extend, extend, 2, 2);

// ------------------------------------------------------------------------------------------ type

static void bytearray_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    struct view v = view_of(self);
    sink_text(out, "bytearray(");
    view_repr(&v, out);
    sink_char(out, ')');
}

static val bytearray_unary(enum op op, val self)
{
    return container_unary(op, self, bytearray_at(self)->len);
}

static val bytearray_binary(enum op op, val a, val b)
{
    if (op >= OP_IADD && !as_native(a, &type_bytearray))
        return NOTHING;
    if (op == OP_IADD) {
        struct buffer buffer;
        if (!buffer_find(b, &buffer))
            raise_type("can't concat %t to bytearray", b);
        extend(bytearray_at(a), b);
        return a;
    }
    if (op == OP_MUL + OP_INPLACE) {
        val result = bytes_binary(OP_MUL, a, b);
        if (!result)
            return NOTHING;
        struct bytearray *to = bytearray_at(a), *from = (struct bytearray *)result;
        ROOMS(room_bytes(to, from->len));
        to->store = from->store;
        to->len = from->len;
        return a;
    }
    return bytes_binary(op, a, b);
}

static bool bytearray_buffer(val self, struct buffer *out)
{
    const struct bytearray *b = (const struct bytearray *)self;
    *out = (struct buffer){b->store ? b->store->data : (uint8_t *)"", b->len, 'B', true};
    return true;
}

static val bytearray_make(const struct type *type, size_t n, size_t kw, val *args)
{
    (void)type;
    BUILDER(b);
    bytes_collect(&b, &type_bytearray, n, kw, args);
    size_t size = b.size;
    return bytearray_wrap(builder_bytes(&b), size);
}

static const struct ops bytearray_ops = {.print = bytearray_print,
                                         .unary = bytearray_unary,
                                         .binary = bytearray_binary,
                                         .item = bytearray_item,
                                         .iter = text_iterator_new,
                                         .make = bytearray_make,
                                         .buffer = bytearray_buffer};
const struct type type_bytearray = {{&type_type},   S(bytearray),
                                    &bytearray_ops, V(bytearray_names),
                                    NOTHING,        {sizeof(struct bytearray), 0, 4, 0, TYPE_BASE}};
