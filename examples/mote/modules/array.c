// SPDX-License-Identifier: MIT
// Module array: numbers of C side by side.
//
//     array                               bytes
//     +-------+-------+-------+------+    +------+----------+----+----+----+- - - -+
//     | type  | len   | store | code |    | type | capacity | e0 | e1 | .. | room  |
//     +-------+-------+-+-----+------+    +------+----------+----+----+----+- - - -+
//                       +---------------->
//
// Elements are converted by types/element.c; converting one may run the program, which may change the array, so each store
// converts into a spare element first.
#include "modules/modules.h"
#include "types/big.h"
#include "types/element.h"

struct array {
    struct obj head;
    size_t len; // elements
    struct bytes *store;
    size_t code;
};
extern const struct type type_array;

static struct array *array_of(val v)
{
    return (struct array *)(has_type(v, &type_array) ? v : need_native(v, &type_array));
}

static inline size_t unit(const struct array *a)
{
    return element_size((char)a->code);
}

static inline uint8_t *at(const struct array *a, size_t i)
{
    return a->store->data + i * unit(a);
}

static val load(const struct array *a, size_t i)
{
    return element_load((char)a->code, at(a, i));
}

static struct array *array_new(size_t code)
{
    struct array *a = heap_new(&type_array);
    a->code = code;
    return a;
}

// ------------------------------------------------------------------------------------------ change

// Room for so many elements; some more when it grows by little.
static void reserve(struct array *a, size_t len)
{
    size_t has = a->store ? count_of(a->store) : 0, size;
    if (__builtin_mul_overflow(len, unit(a), &size) || size > SIZE_MAX / 4)
        raise_memory();
    if (size <= has)
        return;
    if (has && size < has + has / 4)
        size = has + has / 4;
    size =
        ((size + sizeof(struct bytes) + BLOCK - 1) & ~(size_t)(BLOCK - 1)) - sizeof(struct bytes);
    a->store = a->store ? heap_resize_counted(a->store, size) : heap_new_counted(&type_bytes, size);
}

// Puts `count` elements at `data` (not of this array; NULL: to be filled at once) in the place of `cut` ones.
static void splice(struct array *a, size_t from, size_t cut, const uint8_t *data, size_t count)
{
    size_t size = unit(a), behind = a->len - from - cut;
    if (count > SIZE_MAX / 4)
        raise_memory();
    reserve(a, a->len - cut + count);
    if (!a->store)
        return;
    memmove(at(a, from + count), at(a, from + cut), behind * size);
    if (data)
        memcpy(at(a, from), data, count * size);
    a->len += count - cut;
}

static void insert(struct array *a, size_t from, val v)
{
    uint8_t spare[8];
    element_store((char)a->code, spare, v);
    splice(a, from < a->len ? from : a->len, 0, spare, 1);
}

static void add_bytes(struct array *a, const uint8_t *data, size_t size)
{
    if (size % unit(a))
        raise_value("bytes length not a multiple of item size");
    splice(a, a->len, 0, data, size / unit(a));
}

static void add_array(struct array *to, struct array *from)
{
    size_t old = to->len, len = from->len;
    if (to->code != from->code)
        raise_type("can only extend with array of same kind");
    splice(to, old, 0, NULL, len);
    if (len) // they may be the same array
        memcpy(at(to, old), at(from, 0), len * unit(to));
}

static void add_items(struct array *a, val iterable)
{
    ROOTS(r, 2);
    r[0] = iter_of(iterable);
    while ((r[1] = iter_next(r[0])))
        insert(a, a->len, r[1]);
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
    for (size_t i = 0; i < a->len; i++) {
        sink_text(out, i ? ", " : ", [");
        r[0] = load(a, i);
        print_val(r[0], out, PRINT_REPR);
    }
    sink_text(out, a->len ? "])" : ")");
}

static val array_unary(enum op op, val self)
{
    const struct array *a = (const struct array *)self;
    if (op == OP_LEN)
        return int_new_unsigned(a->len);
    if (op == OP_TRUTH)
        return bool_new(a->len);
    if (op == OP_HASH)
        raise_type("unhashable type: 'array.array'");
    return NOTHING;
}

// The place of the first element equal to v from `i` on; the length when there is none.
static size_t find(const struct array *a, val v, size_t i)
{
    ROOTS(r, 1);
    for (; i < a->len; i++) {
        r[0] = load(a, i);
        if (equal(r[0], v))
            break;
    }
    return i < a->len ? i : a->len;
}

static val compare(enum op op, const struct array *a, const struct array *b)
{
    ROOTS(r, 2);
    for (size_t i = 0; i < a->len && i < b->len; i++) {
        r[0] = load(a, i);
        r[1] = load(b, i);
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
    size_t len = from->len, all;
    if (n < 0)
        n = 0;
    if (__builtin_mul_overflow(len, (size_t)n, &all))
        raise_memory();
    struct array *a = op == OP_MUL ? array_new(from->code) : (struct array *)self;
    r[0] = V(*a);
    reserve(a, all);
    for (size_t done = 0; done < all; done += len)
        memmove(at(a, done), at(from, 0), len * unit(a));
    a->len = all;
    return r[0];
}

static val array_binary(enum op op, val a, val b)
{
    if (op == OP_IN)
        return bool_new(find((const struct array *)b, a, 0) < ((const struct array *)b)->len);
    if (op == OP_MUL && is_int(a))
        return repeated(op, b, a);
    if (!has_type(a, &type_array))
        return NOTHING;
    if (op == OP_ADD || op == OP_IADD)
        return joined(op, a, b);
    if ((op == OP_MUL || op == OP_MUL + OP_INPLACE) && is_int(b))
        return repeated(op, a, b);
    return op <= OP_GE && has_type(b, &type_array)
               ? compare(op, (struct array *)a, (struct array *)b)
               : NOTHING;
}

static val slice_load(const struct array *a, val slice)
{
    intptr_t start, step;
    size_t count;
    slice_bounds(slice, a->len, &start, &step, &count);
    ROOTS(r, 1);
    struct array *to = array_new(a->code);
    r[0] = V(*to);
    splice(to, 0, 0, NULL, count);
    for (size_t i = 0; i < count; i++)
        memcpy(at(to, i), at(a, (size_t)(start + (intptr_t)i * step)), unit(a));
    return r[0];
}

static void slice_store(struct array *a, val slice, val value)
{
    intptr_t start, step;
    size_t count;
    if (value != DELETE && !has_type(value, &type_array))
        raise_type("can only assign array (not \"%t\") to array slice", value);
    struct array *from = value == DELETE ? NULL : (struct array *)value;
    if (from && from->code != a->code)
        raise_type("bad argument type for built-in operation");
    ROOTS(r, 1);
    if (from == a) {
        r[0] = slice_new(NONE, NONE, NONE);
        r[0] = slice_load(a, r[0]);
        from = (struct array *)r[0];
    }
    slice_bounds(slice, a->len, &start, &step, &count);
    if (step == 1) {
        splice(a, (size_t)start, count, from && from->len ? at(from, 0) : NULL,
               from ? from->len : 0);
        return;
    }
    if (!from) {
        if (count)
            a->len = slice_cut(at(a, 0), a->len, unit(a), start, step, count);
        return;
    }
    if (from->len != count)
        raise_value("attempt to assign array of size %z to extended slice of size %z", from->len,
                    count);
    for (size_t i = 0; i < count; i++)
        memcpy(at(a, (size_t)(start + (intptr_t)i * step)), at(from, i), unit(a));
}

static size_t place(const struct array *a, val key, const char *name)
{
    if (!is_int(key))
        raise_type("array indices must be integers");
    return index_in(key, a->len, name);
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
    if (value == LOAD)
        return load(a, place(a, r[0], TOLD("array")));
    size_t i = place(a, r[0], TOLD("array assignment"));
    if (value == DELETE) {
        splice(a, i, 1, NULL, 0);
        return NONE;
    }
    uint8_t spare[8];
    element_store((char)a->code, spare, value);
    memcpy(at(a, index_in(r[0], a->len, TOLD("array assignment"))), spare, unit(a));
    return NONE;
}

static val array_attr(val self, val name, val value)
{
    const struct array *a = (const struct array *)self;
    if (value != LOAD)
        return NOTHING;
    return name == S(typecode)   ? character((unsigned char)a->code)
           : name == S(itemsize) ? int_new_unsigned(unit(a))
                                 : NOTHING;
}

static bool array_buffer(val self, struct buffer *out)
{
    const struct array *a = (const struct array *)self;
    *out = (struct buffer){a->store ? a->store->data : NULL, a->len * unit(a), (char)a->code, true};
    return true;
}

// ------------------------------------------------------------------------------------------ iterator

struct array_iterator {
    struct obj head;
    val array; // NOTHING at the end
    size_t at;
};

static val iterator_next(val self)
{
    struct array_iterator *i = (struct array_iterator *)self;
    mote.stop = NOTHING;
    if (i->array && i->at < ((const struct array *)i->array)->len)
        return load((const struct array *)i->array, i->at++);
    i->array = NOTHING;
    return NOTHING;
}

static const struct ops iterator_ops = {.iter = iter_self, .next = iterator_next};
static const struct type type_array_iterator = {{&type_type},
                                                S(arrayiterator),
                                                &iterator_ops,
                                                NOTHING,
                                                NOTHING,
                                                NOTHING,
                                                {sizeof(struct array_iterator), 0, 2, 0, 0}};

static val array_iter(val self)
{
    struct array_iterator *i = heap_new(&type_array_iterator);
    i->array = self;
    return V(*i);
}

// ------------------------------------------------------------------------------------------ methods

static val array_append(size_t n, val *a)
{
    (void)n;
    struct array *self = array_of(a[0]);
    insert(self, SIZE_MAX, a[1]);
    return NONE;
}
NATIVE(array_append, append, 2, 2);

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

static val array_insert(size_t n, val *a)
{
    (void)n;
    struct array *self = array_of(a[0]);
    insert(self, insert_place(a[1], &self->len), a[2]);
    return NONE;
}
NATIVE(array_insert, insert, 3, 3);

static val array_pop(size_t n, val *a)
{
    (void)n;
    struct array *self = array_of(a[0]);
    if (!self->len)
        raise_error(&type_IndexError, "pop from empty array");
    intptr_t i = a[1] ? need_int(a[1]) : -1;
    i += i < 0 ? (intptr_t)self->len : 0;
    if (i < 0 || (size_t)i >= self->len)
        raise_error(&type_IndexError, "pop index out of range");
    ROOTS(r, 1);
    r[0] = load(self, (size_t)i);
    splice(self, (size_t)i, 1, NULL, 0);
    return r[0];
}
NATIVE(array_pop, pop, 1, 2);

static size_t need_found(const struct array *a, val v, const char *name)
{
    size_t i = find(a, v, 0);
    if (i == a->len)
        raise_value("array.%s(x): x not in array", name);
    return i;
}

static val array_remove(size_t n, val *a)
{
    (void)n;
    struct array *self = array_of(a[0]);
    size_t i = need_found(self, a[1], "remove");
    splice(self, i, 1, NULL, 0);
    return NONE;
}
NATIVE(array_remove, remove, 2, 2);

static val array_index(size_t n, val *a)
{
    (void)n;
    return int_new_unsigned(need_found(array_of(a[0]), a[1], "index"));
}
NATIVE(array_index, index, 2, 2);

static val array_count(size_t n, val *a)
{
    (void)n;
    size_t count = 0;
    const struct array *self = array_of(a[0]);
    for (size_t i = 0; (i = find(self, a[1], i)) < self->len; i++)
        count++;
    return int_new_unsigned(count);
}
NATIVE(array_count, count, 2, 2);

static val array_reverse(size_t n, val *a)
{
    (void)n;
    uint8_t spare[8];
    const struct array *self = array_of(a[0]);
    size_t size = unit(self);
    for (size_t i = 0; i < self->len / 2; i++) {
        uint8_t *p = at(self, i), *q = at(self, self->len - 1 - i);
        memcpy(spare, p, size);
        memcpy(p, q, size);
        memcpy(q, spare, size);
    }
    return NONE;
}
NATIVE(array_reverse, reverse, 1, 1);

#if MOTE_RARE
static val array_byteswap(size_t n, val *a)
{
    (void)n;
    const struct array *self = array_of(a[0]);
    size_t size = unit(self);
    for (size_t i = 0; i < self->len; i++)
        for (size_t j = 0; j < size / 2; j++) {
            uint8_t *p = at(self, i), t = p[j];
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

METHODS(array_names, ROW(append, array_append),
        RARE(ROW(byteswap, array_byteswap)) ROW(count, array_count), ROW(extend, array_extend),
        RARE(ROW(frombytes, array_frombytes)) ROW(fromlist, array_fromlist),
        ROW(index, array_index), ROW(insert, array_insert), ROW(pop, array_pop),
        ROW(remove, array_remove), ROW(reverse, array_reverse),
        RARE(ROW(tobytes, array_tobytes), ROW(tolist, array_tolist)));

static const struct ops array_ops = {.print = array_print,
                                     .unary = array_unary,
                                     .binary = array_binary,
                                     .item = array_item,
                                     .attr = array_attr,
                                     .iter = array_iter,
                                     .make = array_make,
                                     .buffer = array_buffer};

const struct type type_array = {{&type_type},
                                S(array),
                                &array_ops,
                                V(array_names),
                                NOTHING,
                                NOTHING,
                                {sizeof(struct array), 0, 1 << 2, 0, TYPE_BASE}};

NAMES(module_array, S(__name__), S(array), S(array), V(type_array));
