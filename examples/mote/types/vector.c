// SPDX-License-Identifier: MIT
// What bytearray and array have in common: elements of C side by side, in a bytes object of their own, whose length is the
// capacity. Those of a bytearray are bytes; an array has a code that says what they are (types/element.c).
//
//     +------+-----+-------+- - - +      +------+----------+----+----+----+- - - -+
//     | type | len | store | code |      | type | capacity | e0 | e1 | .. | room  |
//     +------+-----+-----+-+- - - +      +------+----------+----+----+----+- - - -+
//                        +-------------->
//
// Every change goes through vector_splice. Converting a value may run the program, which may change the vector: so it is
// converted into a spare element first, and its place is looked for then.
#include "types/vector.h"

#include "core/rooms.h"
#include "types/text.h"

enum { WIDEST = 8 }; // element

static bool is_bytearray(const struct bytearray *b)
{
    return !MOTE_ARRAY || b->head.type == &type_bytearray;
}

static char code_of(const struct bytearray *b)
{
    return is_bytearray(b) ? 'B' : (char)((const struct array *)b)->code;
}

#if MOTE_ARRAY
size_t vector_unit(const struct bytearray *b)
{
    return element_size(code_of(b));
}
#endif

uint8_t *vector_at(const struct bytearray *b, size_t i)
{
    return b->store->data + i * vector_unit(b);
}

val vector_load(const struct bytearray *b, size_t i)
{
    const uint8_t *at = vector_at(b, i);
    return is_bytearray(b) ? int_new(*at) : element_load(code_of(b), at);
}

// ------------------------------------------------------------------------------------------ change

// Room for so many bytes: some more when it grows by little, less when it can be half.
static void reserve(struct bytearray *b, size_t size)
{
    size_t has = b->store ? count_of(b->store) : 0;
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
    size = ((size + sizeof(struct bytes) + BLOCK - 1) & ~(BLOCK - 1)) - sizeof(struct bytes);
    b->store = b->store ? heap_resize_counted(b->store, size) : heap_new_counted(&type_bytes, size);
}

uint8_t *vector_splice(struct bytearray *b, size_t from, size_t cut, const void *data, size_t count)
{
    size_t unit = vector_unit(b), rest = b->len - from - cut, len = from + count + rest;
    if (len < count || len > SIZE_MAX / 4 / unit)
        raise_memory();
    if (is_bytearray(b))
        ROOMS(room_bytes(b, len));
    if (len > b->len)
        reserve(b, len * unit);
    uint8_t *at = b->store ? b->store->data + from * unit : NULL;
    if (rest && cut != count)
        memmove(at + count * unit, at + cut * unit, rest * unit);
    if (data && count)
        memcpy(at, data, count * unit);
    bool shrinks = len < b->len;
    b->len = len;
    if (shrinks)
        reserve(b, len * unit);
    return at;
}

static void convert(const struct bytearray *b, uint8_t spare[WIDEST], val v)
{
    if (is_bytearray(b))
        *spare = need_byte(v, TOLD("byte must be in range(0, 256)"));
    else
        element_store(code_of(b), spare, v);
}

void vector_store(struct bytearray *b, val key, val v)
{
    const char *name = TOLD(is_bytearray(b) ? "bytearray" : "array assignment");
    uint8_t spare[WIDEST];
    if (v != DELETE)
        convert(b, spare, v);
    size_t i = index_in(key, b->len, name);
    if (v == DELETE)
        vector_splice(b, i, 1, NULL, 0);
    else
        memcpy(vector_at(b, i), spare, vector_unit(b));
}

void vector_store_slice(struct bytearray *b, val slice, const void *data, size_t n)
{
    intptr_t start, step;
    size_t count, unit = vector_unit(b);
    slice_bounds(slice, b->len, &start, &step, &count);
    if (step == 1) {
        vector_splice(b, (size_t)start, count, data, n);
    } else if (n == 0 && count) {
        size_t len = slice_cut(b->store->data, b->len, unit, start, step, count);
        vector_splice(b, len, b->len - len, NULL, 0);
    } else if (n != count) {
        raise_value("attempt to assign %s of size %z to extended slice of size %z",
                    is_bytearray(b) ? "bytes" : "array", n, count);
    } else {
        for (size_t i = 0; i < n; i++)
            memcpy(vector_at(b, (size_t)start + i * (size_t)step), (const uint8_t *)data + i * unit,
                   unit);
    }
}

// ------------------------------------------------------------------------------------------ methods

static struct bytearray *self_of(val v)
{
    return (struct bytearray *)v;
}

static val vector_append(size_t n, val *a)
{
    (void)n;
    struct bytearray *b = self_of(a[0]);
    uint8_t spare[WIDEST];
    convert(b, spare, a[1]);
    vector_splice(b, b->len, 0, spare, 1);
    return NONE;
}
SHARED(vector_append, append, 2, 2);

static val vector_insert(size_t n, val *a)
{
    (void)n;
    struct bytearray *b = self_of(a[0]);
    uint8_t spare[WIDEST];
    convert(b, spare, a[2]);
    vector_splice(b, insert_place(a[1], &b->len), 0, spare, 1);
    return NONE;
}
SHARED(vector_insert, insert, 3, 3);

static val vector_pop(size_t n, val *a)
{
    (void)n;
    struct bytearray *b = self_of(a[0]);
    intptr_t i = a[1] ? need_int(a[1]) : -1;
    if (b->len == 0)
        raise_error(&type_IndexError, "pop from empty %t", V(*b));
    i += i < 0 ? (intptr_t)b->len : 0;
    if (i < 0 || (size_t)i >= b->len)
        raise_error(&type_IndexError, "pop index out of range");
    ROOTS(r, 1);
    r[0] = vector_load(b, (size_t)i);
    vector_splice(b, (size_t)i, 1, NULL, 0);
    return r[0];
}
SHARED(vector_pop, pop, 1, 2);

size_t vector_find(const struct bytearray *b, val v, size_t i)
{
    ROOTS(r, 1);
    for (; i < b->len; i++) {
        r[0] = vector_load(b, i);
        if (equal(r[0], v))
            break;
    }
    return i < b->len ? i : b->len;
}

static val vector_remove(size_t n, val *a)
{
    (void)n;
    struct bytearray *b = self_of(a[0]);
    ROOTS(r, 1);
    r[0] = is_bytearray(b) ? int_new(need_byte(a[1], TOLD("byte must be in range(0, 256)"))) : a[1];
    size_t i = vector_find(b, r[0], 0);
    if (i == b->len)
        raise_value(is_bytearray(b) ? "value not found in bytearray"
                                    : "array.remove(x): x not in array");
    vector_splice(b, i, 1, NULL, 0);
    return NONE;
}
SHARED(vector_remove, remove, 2, 2);

static val vector_reverse(size_t n, val *a)
{
    (void)n;
    const struct bytearray *b = self_of(a[0]);
    size_t unit = vector_unit(b);
    for (size_t i = 0; i < b->len / 2; i++) {
        uint8_t spare[WIDEST], *p = vector_at(b, i), *q = vector_at(b, b->len - 1 - i);
        memcpy(spare, p, unit);
        memcpy(p, q, unit);
        memcpy(q, spare, unit);
    }
    return NONE;
}
SHARED(vector_reverse, reverse, 1, 1);
