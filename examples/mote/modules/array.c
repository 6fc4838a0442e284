// SPDX-License-Identifier: MIT
// Module array: numbers of C side by side. What an array has in common with a bytearray is in types/vector.c, which draws it.
#include "modules/modules.h"
#include "types/big.h"
#include "types/containers.h"
#include "types/vector.h"

#if MOTE_ARRAY

static struct array *array_of(val v)
{
    return native_self(v, &type_array);
}

static struct array *array_new(size_t code)
{
    struct array *a = heap_new(&type_array);
    a->code = code;
    return a;
}

static void add_bytes(struct array *a, const uint8_t *data, size_t size)
{
    if (size % vector_unit(&a->bytes))
        raise_value("bytes length not a multiple of item size");
    vector_splice(&a->bytes, a->bytes.len, 0, data, size / vector_unit(&a->bytes));
}

static void add_array(struct array *to, struct array *from)
{
    size_t old = to->bytes.len, len = from->bytes.len;
    if (to->code != from->code)
        raise_type("can only extend with array of same kind");
    uint8_t *at = vector_splice(&to->bytes, old, 0, NULL, len);
    if (len) // they may be the same array
        memcpy(at, vector_at(&from->bytes, 0), len * vector_unit(&to->bytes));
}

static void add_items(struct array *a, val iterable)
{
    ROOTS(r, 2);
    r[0] = iter_of(iterable);
    while ((r[1] = iter_next(r[0])))
        vector_append_native.run(2, (val[]){V(*a), r[1]});
}

// ------------------------------------------------------------------------------------------ ops

static val array_make(const struct type *type, size_t n, size_t kw, val *args)
{
    (void)type;
    struct buffer b;
    if (kw || n < 1 || n > 2)
        raise_type("array() takes 1 or 2 arguments (%z given)", n + kw);
    struct text code = is_str(args[0]) ? text_of(args[0]) : (struct text){NULL, 0};
    if (code.size != 1)
        raise_type("array() argument 1 must be a unicode character, not %t", args[0]);
    if (!element_size(*code.data) || strchr("?NPcenpsx", *code.data))
        raise_value("bad typecode (must be b, B, h, H, i, I, l, L, q, Q, f or d)");
    ROOTS(r, 1);
    struct array *a = array_new((size_t)*code.data);
    r[0] = V(*a);
    if (n == 1)
        return r[0];
    if (is_str(args[1]))
        raise_type("cannot use a str to initialize an array with typecode '%v'", args[0]);
    if (!has_type(args[1], &type_array) && buffer_find(args[1], &b) && b.format == 'B')
        add_bytes(a, b.data, b.size);
    else
        add_items(a, args[1]);
    return r[0];
}

static void array_print(val self, struct sink *out, enum print_how how)
{
    const struct array *a = (const struct array *)self;
    (void)how;
    sink_text(out, "array('");
    sink_char(out, (char)a->code);
    sink_text(out, "'");
    ROOTS(r, 1);
    for (size_t i = 0; i < a->bytes.len; i++) {
        sink_text(out, i ? ", " : ", [");
        r[0] = vector_load(&a->bytes, i);
        print_val(r[0], out, PRINT_REPR);
    }
    sink_text(out, a->bytes.len ? "])" : ")");
}

static val array_unary(enum op op, val self)
{
    if (op == OP_HASH)
        raise_type("unhashable type: 'array.array'");
    return container_unary(op, self, array_of(self)->bytes.len);
}

static val compare(enum op op, const struct bytearray *a, const struct bytearray *b)
{
    ROOTS(r, 2);
    for (size_t i = 0; i < a->len && i < b->len; i++) {
        r[0] = vector_load(a, i);
        r[1] = vector_load(b, i);
        if (!equal(r[0], r[1]))
            return op == OP_EQ || op == OP_NE ? bool_new(op == OP_NE) : op_binary(op, r[0], r[1]);
    }
    return bool_new(op_order(op, a->len < b->len ? -1 : a->len > b->len));
}

static val joined(enum op op, val self, val other)
{
    if (!has_type(other, &type_array))
        raise_type(op == OP_ADD ? "can only append array (not \"%t\") to array"
                                : "can only extend with array (not \"%t\")",
                   other);
    struct array *a = (struct array *)self, *b = (struct array *)other;
    if (a->code != b->code)
        raise_type("bad argument type for built-in operation");
    ROOTS(r, 1);
    r[0] = self;
    if (op == OP_ADD) {
        r[0] = V(*array_new(a->code));
        add_array((struct array *)r[0], a);
    }
    add_array((struct array *)r[0], b);
    return r[0];
}

static val repeated(enum op op, val self, val times)
{
    ROOTS(r, 1);
    const struct array *from = (const struct array *)self;
    intptr_t n = need_int(times);
    size_t len = from->bytes.len, unit = vector_unit(&from->bytes), all;
    if (n < 0)
        n = 0;
    if (__builtin_mul_overflow(len, (size_t)n, &all))
        raise_memory();
    r[0] = op == OP_MUL ? V(*array_new(from->code)) : self;
    struct bytearray *to = (struct bytearray *)r[0];
    if (all < to->len)
        vector_splice(to, all, to->len - all, NULL, 0);
    else
        vector_splice(to, to->len, 0, NULL, all - to->len);
    for (size_t done = 0; done < all; done += len)
        memmove(vector_at(to, done), vector_at(&from->bytes, 0), len * unit);
    return r[0];
}

static val array_binary(enum op op, val a, val b)
{
    if (op == OP_IN)
        return bool_new(vector_find((const struct bytearray *)b, a, 0) <
                        ((const struct bytearray *)b)->len);
    if (op == OP_MUL && is_int(a))
        return repeated(op, b, a);
    if (!has_type(a, &type_array))
        return NOTHING;
    if (op == OP_ADD || op == OP_IADD)
        return joined(op, a, b);
    if ((op == OP_MUL || op == OP_MUL + OP_INPLACE) && is_int(b))
        return repeated(op, a, b);
    return op <= OP_GE && has_type(b, &type_array)
               ? compare(op, (struct bytearray *)a, (struct bytearray *)b)
               : NOTHING;
}

static val slice_load(const struct array *a, val slice)
{
    intptr_t start, step;
    size_t count, unit = vector_unit(&a->bytes);
    slice_bounds(slice, a->bytes.len, &start, &step, &count);
    ROOTS(r, 1);
    struct array *part = array_new(a->code);
    r[0] = V(*part);
    vector_splice(&part->bytes, 0, 0, NULL, count);
    for (size_t i = 0; i < count; i++)
        memcpy(vector_at(&part->bytes, i),
               vector_at(&a->bytes, (size_t)(start + (intptr_t)i * step)), unit);
    return r[0];
}

static void slice_store(struct array *a, val slice, val value)
{
    ROOTS(r, 1);
    if (value == DELETE) {
        vector_store_slice(&a->bytes, slice, NULL, 0);
        return;
    }
    if (!has_type(value, &type_array))
        raise_type("can only assign array (not \"%t\") to array slice", value);
    struct array *from = (struct array *)value;
    if (from->code != a->code)
        raise_type("bad argument type for built-in operation");
    if (from == a) {
        r[0] = slice_new(NONE, NONE, NONE);
        r[0] = slice_load(a, r[0]);
        from = (struct array *)r[0];
    }
    vector_store_slice(&a->bytes, slice, from->bytes.len ? from->bytes.store->data : NULL,
                       from->bytes.len);
}

static val array_item(val self, val key, val value)
{
    struct array *a = (struct array *)self;
    ROOTS(r, 1);
    r[0] = key_settled(key);
    if (has_type(key, &type_slice)) {
        if (value == LOAD)
            return slice_load(a, r[0]);
        slice_store(a, r[0], value);
        return NONE;
    }
    if (!is_int(r[0]))
        raise_type("array indices must be integers");
    if (value == LOAD)
        return vector_load(&a->bytes, index_in(r[0], a->bytes.len, TOLD("array")));
    vector_store(&a->bytes, r[0], value);
    return NONE;
}

static val array_attr(val self, val name, val value)
{
    const struct array *a = (const struct array *)self;
    if (value != LOAD)
        return NOTHING;
    return name == S(typecode)   ? character((unsigned char)a->code)
           : name == S(itemsize) ? int_new_unsigned(vector_unit(&a->bytes))
                                 : NOTHING;
}

static val array_iter(val self)
{
    return iterator_new(self, ITERATE_GETITEM);
}

static bool array_buffer(val self, struct buffer *out)
{
    const struct array *a = (const struct array *)self;
    const struct bytes *store = a->bytes.store;
    *out = (struct buffer){store ? (uint8_t *)store->data : NULL,
                           a->bytes.len * vector_unit(&a->bytes), (char)a->code, true};
    return true;
}

// ------------------------------------------------------------------------------------------ methods

static val array_extend(size_t n, val *a)
{
    (void)n;
    if (has_type(a[1], &type_array))
        add_array(array_of(a[0]), (struct array *)a[1]);
    else
        add_items(array_of(a[0]), a[1]);
    return NONE;
}
NATIVE(array_extend, extend, 2, 2);

static val array_fromlist(size_t n, val *a)
{
    (void)n;
    if (!is_a(a[1], &type_list))
        raise_type("arg must be list");
    add_items(array_of(a[0]), a[1]);
    return NONE;
}
NATIVE(array_fromlist, fromlist, 2, 2);

#if MOTE_RARE
static val array_frombytes(size_t n, val *a)
{
    (void)n;
    struct buffer b;
    struct array *self = array_of(a[0]);
    buffer_need(a[1], &b);
    if (a[1] == a[0])
        add_array(self, self);
    else
        add_bytes(self, b.data, b.size);
    return NONE;
}
NATIVE(array_frombytes, frombytes, 2, 2);
#endif

static val array_index(size_t n, val *a)
{
    (void)n;
    const struct bytearray *b = &array_of(a[0])->bytes;
    size_t i = vector_find(b, a[1], 0);
    if (i == b->len)
        raise_value("array.index(x): x not in array");
    return int_new_unsigned(i);
}
NATIVE(array_index, index, 2, 2);

static val array_count(size_t n, val *a)
{
    (void)n;
    size_t count = 0;
    const struct bytearray *b = &array_of(a[0])->bytes;
    for (size_t i = 0; (i = vector_find(b, a[1], i)) < b->len; i++)
        count++;
    return int_new_unsigned(count);
}
NATIVE(array_count, count, 2, 2);

#if MOTE_RARE
static val array_byteswap(size_t n, val *a)
{
    (void)n;
    const struct bytearray *b = &array_of(a[0])->bytes;
    size_t size = vector_unit(b);
    for (size_t i = 0; i < b->len; i++)
        for (size_t j = 0; j < size / 2; j++) {
            uint8_t *p = vector_at(b, i), t = p[j];
            p[j] = p[size - 1 - j];
            p[size - 1 - j] = t;
        }
    return NONE;
}
NATIVE(array_byteswap, byteswap, 1, 1);

static val array_tobytes(size_t n, val *a)
{
    (void)n;
    struct buffer b;
    array_buffer(V(*array_of(a[0])), &b);
    return bytes_new(b.data ? b.data : (const uint8_t *)"", b.size);
}
NATIVE(array_tobytes, tobytes, 1, 1);

static val array_tolist(size_t n, val *a)
{
    (void)n;
    return list_from(V(*array_of(a[0])));
}
NATIVE(array_tolist, tolist, 1, 1);
#endif

METHODS(array_names, ROW(append, vector_append),
        RARE(ROW(byteswap, array_byteswap)) ROW(count, array_count), ROW(extend, array_extend),
        RARE(ROW(frombytes, array_frombytes)) ROW(fromlist, array_fromlist),
        ROW(index, array_index), ROW(insert, vector_insert), ROW(pop, vector_pop),
        ROW(remove, vector_remove), ROW(reverse, vector_reverse),
        RARE(ROW(tobytes, array_tobytes), ROW(tolist, array_tolist)));

static const struct ops array_ops = {.print = array_print,
                                     .unary = array_unary,
                                     .binary = array_binary,
                                     .item = array_item,
                                     .attr = array_attr,
                                     .iter = array_iter,
                                     .make = array_make,
                                     .buffer = array_buffer};

const struct type type_array = {{&type_type}, S(array),
                                &array_ops,   V(array_names),
                                NOTHING,      {sizeof(struct array), 0, 1 << 2, 0, TYPE_BASE}};

NAMES(module_array, S(__name__), S(array), S(array), V(type_array));

#endif
