// SPDX-License-Identifier: MIT
// bytearray: bytes that change. The bytes lie in a bytes object of their own, whose length is the capacity.
//
//     +------+-----+-------+      +------+----------+---------------+- - - -+
//     | type | len | store |----->| type | capacity | bytes         | room  |
//     +------+-----+-------+      +------+----------+---------------+- - - -+
//
// Every change goes through splice(). Whoever holds a buffer of it fetches the buffer again after running anything.
#include "types/text.h"

static struct bytearray *bytearray_at(val self)
{
    return (struct bytearray *)need_native(self, &type_bytearray);
}

static inline size_t capacity(const struct bytearray *b)
{
    return b->store ? count_of(b->store) : 0;
}

val bytearray_wrap(val store, size_t size)
{
    ROOTS(r, 1);
    r[0] = store;
    struct bytearray *b = heap_new(&type_bytearray);
    b->store = size ? (struct bytes *)store : NULL;
    b->len = size;
    return (val)b;
}

val bytearray_of(const void *data, size_t size)
{
    return bytearray_wrap(bytes_new(data, size), size);
}

// ------------------------------------------------------------------------------------------ change

static void reserve(struct bytearray *b, size_t size)
{
    size_t has = capacity(b);
    if (size > has && size < has + has / 4)
        size = has + has / 4;
    else if (size <= has && size >= has / 2)
        return;
    if (size == 0) {
        if (b->store)
            heap_free(b->store);
        b->store = NULL;
        return;
    }
    if (size > SIZE_MAX / 4)
        raise_memory();
    size_t bytes = (size + sizeof(struct bytes) + BLOCK - 1) & ~(BLOCK - 1);
    size = bytes - sizeof(struct bytes);
    b->store = b->store ? heap_resize_counted(b->store, size) : heap_new_counted(&type_bytes, size);
}

// Takes `gone` bytes out at `at` and makes room for `count` others there.
static uint8_t *splice(struct bytearray *b, size_t at, size_t gone, size_t count)
{
    size_t rest = b->len - at - gone, size = at + count + rest;
    if (size < rest)
        raise_memory();
    if (size > b->len)
        reserve(b, size);
    uint8_t *data = b->store ? b->store->data : NULL;
    if (rest && gone != count)
        memmove(data + at + count, data + at + gone, rest);
    bool shrinks = size < b->len;
    b->len = size;
    if (shrinks)
        reserve(b, size);
    return b->store ? b->store->data + at : NULL;
}

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
    bytes_collect(&b, "bytearray", 1, 0, &value);
    return builder_bytes(&b);
}

static void put(struct bytearray *b, size_t at, size_t gone, val bytes)
{
    const struct bytes *from = (const struct bytes *)bytes;
    size_t count = count_of(from);
    uint8_t *room = splice(b, at, gone, count);
    if (count)
        memcpy(room, from->data, count);
}

static void delete_steps(struct bytearray *b, intptr_t start, intptr_t step, size_t count)
{
    if (!count)
        return;
    size_t len = slice_cut(b->store->data, b->len, 1, start, step, count);
    splice(b, len, b->len - len, 0);
}

static void slice_store(struct bytearray *b, val slice, val value)
{
    ROOTS(r, 1);
    if (value != DELETE)
        r[0] = bytes_from(value, true);
    intptr_t start, step;
    size_t count;
    slice_bounds(slice, b->len, &start, &step, &count);
    if (step == 1) {
        put(b, (size_t)start, count, value == DELETE ? bytes_new(NULL, 0) : r[0]);
        return;
    }
    if (value == DELETE) {
        delete_steps(b, start, step, count);
        return;
    }
    const struct bytes *from = (const struct bytes *)r[0];
    if (count_of(from) == 0) {
        delete_steps(b, start, step, count);
        return;
    }
    if (count_of(from) != count)
        raise_value("attempt to assign bytes of size %z to extended slice of size %z",
                    count_of(from), count);
    for (size_t i = 0; i < count; i++)
        b->store->data[start + (intptr_t)i * step] = from->data[i];
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
    if (has_type(key, &type_slice)) {
        slice_store(b, r[0], value);
        return NONE;
    }
    uint8_t byte = value == DELETE ? 0 : need_byte(value, TOLD("byte must be in range(0, 256)"));
    size_t at = index_in(r[0], b->len, TOLD("bytearray"));
    if (value == DELETE)
        splice(b, at, 1, 0);
    else
        b->store->data[at] = byte;
    return NONE;
}

// ------------------------------------------------------------------------------------------ methods

static val bytearray_append(size_t n, val *a)
{
    (void)n;
    struct bytearray *b = bytearray_at(a[0]);
    uint8_t byte = need_byte(a[1], TOLD("byte must be in range(0, 256)"));
    *splice(b, b->len, 0, 1) = byte;
    return NONE;
}
SHARED(bytearray_append, append, 2, 2);

static val bytearray_clear(size_t n, val *a)
{
    (void)n;
    struct bytearray *b = bytearray_at(a[0]);
    splice(b, 0, b->len, 0);
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
    put(b, b->len, 0, r[0]);
}

static val bytearray_extend(size_t n, val *a)
{
    (void)n;
    if (is_int(a[1]))
        raise_type("can't extend bytearray with %t", a[1]);
    if (is_a(a[1], &type_str))
        raise_type("'str' object cannot be interpreted as an integer");
    extend(bytearray_at(a[0]), a[1]);
    return NONE;
}
SHARED(bytearray_extend, extend, 2, 2);

static val bytearray_insert(size_t n, val *a)
{
    (void)n;
    struct bytearray *b = bytearray_at(a[0]);
    uint8_t byte = need_byte(a[2], TOLD("byte must be in range(0, 256)"));
    *splice(b, insert_place(a[1], &b->len), 0, 1) = byte;
    return NONE;
}
SHARED(bytearray_insert, insert, 3, 3);

static val bytearray_pop(size_t n, val *a)
{
    (void)n;
    struct bytearray *b = bytearray_at(a[0]);
    intptr_t at = a[1] ? need_int(a[1]) : -1;
    if (b->len == 0)
        raise_error(&type_IndexError, "pop from empty bytearray");
    at += at < 0 ? (intptr_t)b->len : 0;
    if (at < 0 || (size_t)at >= b->len)
        raise_error(&type_IndexError, "pop index out of range");
    uint8_t byte = b->store->data[at];
    splice(b, (size_t)at, 1, 0);
    return int_new(byte);
}
SHARED(bytearray_pop, pop, 1, 2);

static val bytearray_remove(size_t n, val *a)
{
    (void)n;
    struct bytearray *b = bytearray_at(a[0]);
    uint8_t byte = need_byte(a[1], TOLD("byte must be in range(0, 256)"));
    const uint8_t *found = b->len ? memchr(b->store->data, byte, b->len) : NULL;
    if (!found)
        raise_value("value not found in bytearray");
    splice(b, (size_t)(found - b->store->data), 1, 0);
    return NONE;
}
SHARED(bytearray_remove, remove, 2, 2);

static val bytearray_reverse(size_t n, val *a)
{
    (void)n;
    struct bytearray *b = bytearray_at(a[0]);
    uint8_t *data = b->store ? b->store->data : NULL;
    for (size_t i = 0; i < b->len / 2; i++) {
        uint8_t swap = data[i];
        data[i] = data[b->len - 1 - i];
        data[b->len - 1 - i] = swap;
    }
    return NONE;
}
SHARED(bytearray_reverse, reverse, 1, 1);

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
    size_t len = bytearray_at(self)->len;
    return op == OP_LEN ? int_new((intptr_t)len) : op == OP_TRUTH ? bool_new(len != 0) : NOTHING;
}

static val bytearray_binary(enum op op, val a, val b)
{
    if (op == OP_IADD) {
        struct buffer buffer;
        if (!buffer_find(b, &buffer))
            raise_type("can't concat %t to bytearray", b);
        extend(bytearray_at(a), b);
        return a;
    }
    if (op == OP_MUL + OP_INPLACE) {
        struct view v = view_of(a);
        val result = view_repeat(&v, b);
        if (!result)
            return NOTHING;
        struct bytearray *to = bytearray_at(a), *from = (struct bytearray *)result;
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
    bytes_collect(&b, "bytearray", n, kw, args);
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
const struct type type_bytearray = {{&type_type},
                                    S(bytearray),
                                    &bytearray_ops,
                                    V(bytearray_names),
                                    NOTHING,
                                    NOTHING,
                                    {sizeof(struct bytearray), 0, 4, 0, TYPE_BASE}};
