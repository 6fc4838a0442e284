// SPDX-License-Identifier: MIT
// memoryview: a window on the bytes of another object, with elements of its format.
//
//     +------+-------+-------+-------+--------+--------+
//     | type | owner | start | count | stride | format |      element i lies at start + i * stride bytes
//     +------+-------+-------+-------+--------+--------+
//
// The owner's buffer is fetched for every access: a bytearray may have become smaller since.
#include "mote.h"

#if MOTE_MEMORYVIEW

struct memoryview {
    struct obj head;
    val owner;       // NOTHING when released
    intptr_t start;  // bytes
    size_t count;    // elements
    intptr_t stride; // bytes
    char format;
};

static struct memoryview *view_at(val self)
{
    struct memoryview *m = (struct memoryview *)need_native(self, &type_memoryview);
    if (!m->owner)
        raise_value("operation forbidden on released memoryview object");
    return m;
}

// The owner's buffer, which the window must still lie in.
static struct buffer buffer_of(const struct memoryview *m)
{
    struct buffer b;
    buffer_need(m->owner, &b);
    intptr_t last = m->start + (m->count ? (intptr_t)(m->count - 1) * m->stride : 0);
    intptr_t high =
        (last > m->start ? last : m->start) + (m->count ? (intptr_t)element_size(m->format) : 0);
    if (high > (intptr_t)b.size)
        raise_value("the object behind the memoryview has become smaller");
    return b;
}

static val window(const struct memoryview *like, intptr_t start, size_t count, intptr_t stride,
                  char format)
{
    struct memoryview *m = heap_new(&type_memoryview);
    m->owner = like->owner;
    m->start = start;
    m->count = count;
    m->stride = stride;
    m->format = format;
    return (val)m;
}

static val memoryview_make(const struct type *type, size_t n, size_t kw, val *args)
{
    (void)type;
    if (n != 1 || kw)
        raise_type("memoryview() takes exactly one argument (%z given)", n + kw);
    struct buffer b;
    if (!buffer_find(args[0], &b))
        raise_type("memoryview: a bytes-like object is required, not '%t'", args[0]);
    if (has_type(args[0], &type_memoryview)) {
        const struct memoryview *m = view_at(args[0]);
        return window(m, m->start, m->count, m->stride, m->format);
    }
    size_t size = element_size(b.format);
    struct memoryview like = {.owner = args[0]};
    return window(&like, 0, b.size / size, (intptr_t)size, b.format);
}

static bool is_whole(const struct memoryview *m)
{
    return m->stride == (intptr_t)element_size(m->format) || m->count <= 1;
}

static bool memoryview_buffer(val self, struct buffer *out)
{
    struct memoryview *m = view_at(self);
    if (!is_whole(m))
        return false;
    *out = buffer_of(m);
    out->data += m->start;
    out->size = m->count * element_size(m->format);
    out->format = m->format;
    return true;
}

static uint8_t *element_at(const struct memoryview *m, const struct buffer *b, size_t i)
{
    return b->data + m->start + (intptr_t)i * m->stride;
}

// The elements one after the other, as a bytes object.
static val packed(const struct memoryview *m)
{
    size_t size = element_size(m->format);
    struct bytes *out = (struct bytes *)bytes_new(NULL, m->count * size);
    struct buffer b = buffer_of(m);
    for (size_t i = 0; i < m->count; i++)
        memcpy(out->data + i * size, element_at(m, &b, i), size);
    return (val)out;
}

// ------------------------------------------------------------------------------------------ items

static void store_slice(const struct memoryview *to, val value)
{
    ROOTS(r, 1);
    struct buffer from;
    buffer_need(value, &from);
    size_t size = element_size(to->format);
    if (from.format != to->format || from.size != to->count * size)
        raise_value("memoryview assignment: lvalue and rvalue have different structures");
    r[0] = bytes_new(from.data, from.size); // the two may overlap
    struct buffer b = buffer_of(to);
    for (size_t i = 0; i < to->count; i++)
        memcpy(element_at(to, &b, i), ((struct bytes *)r[0])->data + i * size, size);
}

static val memoryview_item(val self, val key, val value)
{
    struct memoryview *m = view_at(self);
    struct buffer b = buffer_of(m);
    if (value == DELETE)
        raise_type("cannot delete memory");
    if (value != LOAD && !b.writable)
        raise_type("cannot modify read-only memory");
    if (has_type(key, &type_slice)) {
        intptr_t start, step;
        size_t count;
        slice_bounds(key, m->count, &start, &step, &count);
        ROOTS(r, 1);
        r[0] = window(m, m->start + start * m->stride, count, m->stride * step, m->format);
        if (value == LOAD)
            return r[0];
        store_slice((struct memoryview *)r[0], value);
        return NONE;
    }
    if (!is_int(key) && !(is_object(key) && attr_find(key, S(__index__))))
        raise_type("memoryview: invalid slice key");
    intptr_t i = need_int(key);
    if (i < 0)
        i += (intptr_t)m->count;
    if (i < 0 || (size_t)i >= m->count)
        raise_error(&type_IndexError, "index out of bounds on dimension 1");
    b = buffer_of(m);
    if (value == LOAD)
        return element_load(m->format, element_at(m, &b, (size_t)i));
    uint8_t element[8];
    intptr_t fits;
    if (m->format == 'B' && int_fits(value, &fits) && (fits < 0 || fits > 255))
        raise_value("memoryview: invalid value for format 'B'");
    element_store(m->format, element, value);
    b = buffer_of(m);
    memcpy(element_at(m, &b, (size_t)i), element, element_size(m->format));
    return NONE;
}

// ------------------------------------------------------------------------------------------ methods

static val memoryview_tobytes(size_t n, val *a)
{
    (void)n;
    return packed(view_at(a[0]));
}
NATIVE(memoryview_tobytes, tobytes, 1, 1);

static val memoryview_tolist(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 2);
    struct memoryview *m = view_at(a[0]);
    r[0] = list_new(m->count, HOW_COPY);
    for (size_t i = 0; i < m->count; i++) {
        struct buffer b = buffer_of(m);
        r[1] = element_load(m->format, element_at(m, &b, i));
        list_append(r[0], r[1]);
    }
    return r[0];
}
NATIVE(memoryview_tolist, tolist, 1, 1);

static val memoryview_hex(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 1);
    r[0] = packed(view_at(a[0]));
    return method_call(r[0], S(hex), a[2] ? 2 : a[1] ? 1 : 0, a + 1);
}
NATIVE(memoryview_hex, hex, 1, 3);

static val memoryview_release(size_t n, val *a)
{
    (void)n;
    ((struct memoryview *)native_self(a[0], &type_memoryview))->owner = NOTHING;
    return NONE;
}
NATIVE(memoryview_release, release, 1, 1);

static val memoryview_enter(size_t n, val *a)
{
    (void)n;
    view_at(a[0]);
    return a[0];
}
NATIVE(memoryview_enter, __enter__, 1, 1);

static val memoryview_exit(size_t n, val *a)
{
    return memoryview_release(n, a);
}
NATIVE(memoryview_exit, __exit__, 4, 4);

static val memoryview_cast(size_t n, val *a)
{
    (void)n;
    struct text format = need_str(a[1]);
    struct memoryview *m = view_at(a[0]);
    size_t old = element_size(m->format), bytes = m->count * old;
    size_t new = format.size == 1 ? element_size(format.data[0]) : 0;
    if (!new)
        raise_value("memoryview: destination format must be a native single character format "
                    "prefixed with an optional '@'");
    if (!is_whole(m))
        raise_type("memoryview: casts are restricted to C-contiguous views");
    if (old != 1 && new != 1)
        raise_type("memoryview: cannot cast between two non-byte formats");
    if (bytes % new)
        raise_type("memoryview: length is not a multiple of itemsize");
    return window(m, m->start, bytes / new, (intptr_t) new, format.data[0]);
}
NATIVE(memoryview_cast, cast, 2, 2);

static val memoryview_attr(val self, val name, val value)
{
    if (value != LOAD)
        return NOTHING;
    struct memoryview *m = view_at(self);
    size_t size = element_size(m->format);
    if (name == S(itemsize))
        return int_new_unsigned(size);
    if (name == S(nbytes))
        return int_new_unsigned(size * m->count);
    if (name == S(format))
        return character((unsigned char)m->format);
    if (name == S(readonly))
        return bool_new(!buffer_of(m).writable);
    if (name == S(obj))
        return m->owner;
    if (name == S(ndim))
        return int_new(1);
    if (name == S(contiguous))
        return bool_new(is_whole(m));
    return NOTHING;
}

// ------------------------------------------------------------------------------------------ operators

static bool same(val a, val b)
{
    ROOTS(r, 4);
    r[0] = has_type(a, &type_memoryview) ? a : call1(V(type_memoryview), a);
    r[1] = has_type(b, &type_memoryview) ? b : call1(V(type_memoryview), b);
    struct memoryview *x = view_at(r[0]), *y = view_at(r[1]);
    if (x->count != y->count)
        return false;
    for (size_t i = 0; i < x->count; i++) {
        struct buffer p = buffer_of(x), q = buffer_of(y);
        r[2] = element_load(x->format, element_at(x, &p, i));
        r[3] = element_load(y->format, element_at(y, &q, i));
        if (!equal(r[2], r[3]))
            return false;
    }
    return true;
}

static val memoryview_binary(enum op op, val a, val b)
{
    struct buffer buffer;
    if (op != OP_EQ && op != OP_NE)
        return NOTHING;
    bool can = (has_type(a, &type_memoryview) || buffer_find(a, &buffer)) &&
               (has_type(b, &type_memoryview) || buffer_find(b, &buffer));
    return can ? bool_new(same(a, b) == (op == OP_EQ)) : NOTHING;
}

static val memoryview_unary(enum op op, val self)
{
    struct memoryview *m = view_at(self);
    if (op == OP_LEN)
        return int_new_unsigned(m->count);
    if (op == OP_TRUTH)
        return bool_new(m->count != 0);
    if (op != OP_HASH)
        return NOTHING;
    if (buffer_of(m).writable)
        raise_value("cannot hash writable memoryview object");
    ROOTS(r, 1);
    r[0] = packed(m);
    return int_new((intptr_t)(hash_of(r[0]) & SMALL_MAX));
}

static void memoryview_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    sink_format(out, "<memory at 0x%x>", (size_t)self);
}

static val memoryview_iter(val self)
{
    return iterator_new(self, ITERATE_GETITEM);
}

static const struct ops memoryview_ops = {.print = memoryview_print,
                                          .unary = memoryview_unary,
                                          .binary = memoryview_binary,
                                          .item = memoryview_item,
                                          .attr = memoryview_attr,
                                          .iter = memoryview_iter,
                                          .make = memoryview_make,
                                          .buffer = memoryview_buffer};
METHODS(memoryview_names, ROW(__enter__, memoryview_enter), ROW(__exit__, memoryview_exit),
        ROW(cast, memoryview_cast), ROW(hex, memoryview_hex), ROW(release, memoryview_release),
        ROW(tobytes, memoryview_tobytes), ROW(tolist, memoryview_tolist));
const struct type type_memoryview = {{&type_type},    S(memoryview),
                                     &memoryview_ops, V(memoryview_names),
                                     NOTHING,         {sizeof(struct memoryview), 0, 2, 0, 0}};

#endif
