// SPDX-License-Identifier: MIT
// list: a fixed object that points to its items, which are replaced as it grows.
//
//     list                     items
//     +-------+--------+       +------+----+----+----+---+---+
//     | type  | items  |------>| type | v0 | v1 | v2 | 0 | 0 |    capacity: as many as fill the blocks
//     | len 3 | how    |       +------+----+----+----+---+---+
//     +-------+--------+
//
// The capacity stands above the bits of `how`: to ask the heap for the size of a large object takes a walk over its
// blocks. An empty list has no items. All changes go through list_splice. Items that are not used are 0, for the collector.
#include "core/rooms.h"
#include "types/big.h"
#include "types/containers.h"

static struct list *list_self(val v)
{
    return native_self(v, &type_list);
}

// ------------------------------------------------------------------------------------------ size

static void capacity_set(struct list *l, size_t capacity)
{
    if (capacity > SIZE_MAX / WORD >> (HOW_BITS + 1))
        raise_memory();
    capacity = ((capacity + 1) * WORD + BLOCK - 1) / BLOCK * MOTE_BLOCK_WORDS - 1;
    size_t bytes = (capacity + 1) * WORD;
    l->items = l->items ? heap_resize_bytes(l->items, bytes) : heap_new_bytes(&type_items, bytes);
    l->how = list_how(l) | capacity << HOW_BITS;
}

// Room for so many values, and some more if the list had any.
static void grow(struct list *l, size_t need)
{
    size_t had = list_capacity(l);
    size_t more = had + (had < 64 ? had / 2 : had / 4);
    capacity_set(l, need < more ? more : need);
}

static void shrink(struct list *l, size_t len)
{
    memset(&l->items->values[len], 0, (l->len - len) * WORD);
    l->len = len;
    if (len == 0) {
        struct items *items = l->items;
        l->items = NULL;
        l->how = list_how(l);
        heap_free(items);
    } else if (list_capacity(l) > 32 && len < list_capacity(l) / 4) {
        capacity_set(l, 2 * len);
    }
}

void list_splice(struct list *l, size_t at, size_t cut, const val *values, size_t n)
{
    size_t len = l->len - cut + n;
    if (len < n)
        raise_memory();
    ROOMS(room_resized(l, l->len, len));
    if (len > list_capacity(l)) {
        ROOTS(r, 1);
        r[0] = (val)l;
        grow(l, len);
    }
    if (len == 0 && l->len == 0)
        return;
    val *v = l->items->values;
    memmove(&v[at + n], &v[at + cut], (l->len - at - cut) * WORD);
    if (n) {
        if (values)
            memcpy(&v[at], values, n * WORD);
        else
            memset(&v[at], 0, n * WORD);
    }
    if (len < l->len)
        shrink(l, len);
    else
        l->len = len;
}

// ------------------------------------------------------------------------------------------ for other files

val list_new(size_t capacity, enum how how)
{
    struct list *l = heap_new(&type_list);
    l->how = how;
    if (capacity) {
        ROOTS(r, 1);
        r[0] = (val)l;
        capacity_set(l, capacity);
    }
    ROOMS(room_made((val)l, capacity));
    return (val)l;
}

static __attribute__((noinline)) void append_growing(struct list *l, val v)
{
    ROOTS(r, 2);
    r[0] = (val)l;
    r[1] = v;
    grow(l, l->len + 1);
    l->items->values[l->len++] = v;
}

void list_append(val list, val v)
{
    struct list *l = (struct list *)list;
    ROOMS(room_resized(l, l->len, l->len + 1));
    if (l->len < list_capacity(l))
        l->items->values[l->len++] = v;
    else
        append_growing(l, v);
}

val list_of(size_t n, const val *values, enum how how)
{
    val l = list_new(n, how);
    list_splice((struct list *)l, 0, 0, values, n);
    return l;
}

static void extend_iterating(val list, val iterable)
{
    ROOTS(r, 2);
    r[0] = iter_of(iterable);
    while ((r[1] = iter_next(r[0])) != NOTHING)
        list_append(list, r[1]);
}

void list_extend(val list, val iterable)
{
    struct list *l = (struct list *)list;
    size_t n;
    val *values;
    if ((has_type(iterable, &type_list) || has_type(iterable, &type_tuple)) &&
        values_of(iterable, &n, &values)) {
        list_splice(l, l->len, 0, NULL, n);
        values_of(iterable, &n, &values); // it may be the list itself
        if (iterable == list)
            n /= 2;
        if (n)
            memcpy(&l->items->values[l->len - n], values, n * WORD);
    } else {
        extend_iterating(list, iterable);
    }
}

void list_clear(val list)
{
    struct list *l = (struct list *)list;
    list_splice(l, 0, l->len, NULL, 0);
}

val list_from(val iterable)
{
    ROOTS(r, 1);
    r[0] = list_new(0, HOW_COPY);
    list_extend(r[0], iterable);
    ROOMS(room_from(r[0], iterable));
    return r[0];
}

// ------------------------------------------------------------------------------------------ items and slices

static val slice_load(struct list *l, val slice)
{
    intptr_t start, step;
    size_t count;
    slice_bounds(slice, l->len, &start, &step, &count);
    ROOTS(r, 1);
    r[0] = list_new(count, HOW_COPY);
    struct list *part = (struct list *)r[0];
    for (size_t i = 0; i < count; i++)
        part->items->values[i] = l->items->values[start + (intptr_t)i * step];
    part->len = count;
    return r[0];
}

static void slice_store(struct list *l, val slice, val value)
{
    intptr_t start, step;
    size_t count, n = 0;
    val *values = NULL;
    ROOTS(r, 1);
    if (value != DELETE) {
        r[0] = has_type(value, &type_tuple) ? value : list_from(value);
        values_of(r[0], &n, &values);
    }
    slice_bounds(slice, l->len, &start, &step, &count);
    if (step == 1) {
        list_splice(l, (size_t)start, count, values, n);
    } else if (value == DELETE) {
        if (count) {
            size_t left = slice_cut(l->items->values, l->len, WORD, start, step, count);
            ROOMS(room_resized(l, l->len, left));
            shrink(l, left);
        }
    } else {
        if (n != count)
            raise_value("attempt to assign sequence of size %z to extended slice of size %z", n,
                        count);
        for (size_t i = 0; i < n; i++)
            l->items->values[start + (intptr_t)i * step] = values[i];
    }
}

static val list_item(val self, val key, val value)
{
    struct list *l = (struct list *)self;
    ROOTS(r, 1);
    r[0] = key_settled(key);
    if (has_type(key, &type_slice)) {
        if (value == LOAD)
            return slice_load(l, r[0]);
        slice_store(l, r[0], value);
        return NONE;
    }
    const char *name = TOLD(value != LOAD && is_int(r[0]) ? "list assignment" : "list");
    size_t i = index_in(r[0], l->len, name);
    if (value == LOAD)
        return l->items->values[i];
    if (value == DELETE)
        list_splice(l, i, 1, NULL, 0);
    else
        l->items->values[i] = value;
    return NONE;
}

// ------------------------------------------------------------------------------------------ operators

static val list_repeat(struct list *l, val times)
{
    size_t count = repeat_count(times, l->len), n = l->len;
    ROOTS(r, 1);
    r[0] = list_new(n * count, HOW_REPEAT);
    if (n * count != 0) {
        list_splice((struct list *)r[0], 0, 0, l->items->values, n);
        repeat_fill(((struct list *)r[0])->items->values, n, count);
        ((struct list *)r[0])->len = n * count;
    }
    ROOMS(room_made(r[0], n * count));
    return r[0];
}

static void list_repeat_in_place(struct list *l, val times)
{
    size_t n = l->len, count = repeat_count(times, n);
    if (count == 0) {
        list_splice(l, 0, n, NULL, 0);
    } else if (n) {
        list_splice(l, n, 0, NULL, n * (count - 1));
        repeat_fill(l->items->values, n, count);
    }
}

static val list_add(val a, val b)
{
    struct list *x = (struct list *)a, *y = (struct list *)b;
    ROOTS(r, 1);
    r[0] = list_new(x->len + y->len, HOW_COPY);
    list_extend(r[0], a);
    list_extend(r[0], b);
    ROOMS(room_made(r[0], x->len + y->len));
    return r[0];
}

static val list_binary(enum op op, val a, val b)
{
    if (op == OP_IN)
        return bool_new(values_contain(b, a));
    val x = as_native(a, &type_list), y = as_native(b, &type_list);
    val times;
    if (op == OP_MUL && !x != !y && (times = index_try(x ? b : a)))
        return list_repeat((struct list *)(x ? x : y), times);
    if (!x)
        return NOTHING;
    if (op == OP_IADD) {
        list_extend(x, b);
        return a;
    }
    if (op == OP_MUL + OP_INPLACE && (times = index_try(b))) {
        list_repeat_in_place((struct list *)x, times);
        return a;
    }
    if (!y)
        return NOTHING;
    return op == OP_ADD ? list_add(x, y) : op <= OP_GE ? values_compare(op, x, y) : NOTHING;
}

static val list_unary(enum op op, val self)
{
    return container_unary(op, self, ((struct list *)self)->len);
}

static void list_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    PRINT_ONCE(self, out, "[...]");
    sink_char(out, '[');
    values_print(self, out);
    sink_char(out, ']');
}

static val list_iter(val self)
{
    return iterator_new(self, ITERATE_LIST);
}

static val list_make(const struct type *type, size_t n, size_t kw, val *args)
{
    val iterable = one_argument(type, n, kw, args);
    return iterable ? list_from(iterable) : list_new(0, HOW_COPY);
}

// ------------------------------------------------------------------------------------------ methods

static val list_method_append(size_t n, val *a)
{
    (void)n;
    struct list *l = list_self(a[0]);
    list_append((val)l, a[1]);
    l->how = list_capacity(l) << HOW_BITS | HOW_APPEND;
    return NONE;
}
NATIVE(list_method_append, append, 2, 2);

static val list_method_clear(size_t n, val *a)
{
    (void)n;
    list_clear((val)list_self(a[0]));
    return NONE;
}
NATIVE(list_method_clear, clear, 1, 1);

static val list_method_copy(size_t n, val *a)
{
    (void)n;
    val copy = list_from((val)list_self(a[0]));
    ROOMS(room_made(copy, ((struct list *)copy)->len));
    return copy;
}
NATIVE(list_method_copy, copy, 1, 1);

static val list_method_extend(size_t n, val *a)
{
    (void)n;
    list_extend((val)list_self(a[0]), a[1]);
    return NONE;
}
NATIVE(list_method_extend, extend, 2, 2);

static val list_method_insert(size_t n, val *a)
{
    (void)n;
    struct list *l = list_self(a[0]);
    list_splice(l, insert_place(a[1], &l->len), 0, &a[2], 1);
    return NONE;
}
NATIVE(list_method_insert, insert, 3, 3);

static val list_method_pop(size_t n, val *a)
{
    (void)n;
    struct list *l = list_self(a[0]);
    if (l->len == 0)
        raise_error(&type_IndexError, "pop from empty list");
    size_t i = a[1] ? index_in(a[1], l->len, TOLD("pop")) : l->len - 1;
    if (i >= l->len)
        raise_error(&type_IndexError, "pop index out of range");
    val v = l->items->values[i];
    list_splice(l, i, 1, NULL, 0);
    ROOMS(room_popped(l));
    return v;
}
NATIVE(list_method_pop, pop, 1, 2);

static val list_method_remove(size_t n, val *a)
{
    (void)n;
    struct list *l = list_self(a[0]);
    ROOTS(r, 1);
    for (size_t i = 0; i < l->len; i++) {
        r[0] = l->items->values[i];
        if (equal(r[0], a[1])) {
            if (i < l->len)
                list_splice(l, i, 1, NULL, 0);
            return NONE;
        }
    }
    raise_value("list.remove(x): x not in list");
}
NATIVE(list_method_remove, remove, 2, 2);

static val list_method_reverse(size_t n, val *a)
{
    (void)n;
    struct list *l = list_self(a[0]);
    for (size_t i = 0, j = l->len; i + 1 < j; i++) {
        val *v = l->items->values, first = v[i];
        v[i] = v[--j];
        v[j] = first;
    }
    return NONE;
}
NATIVE(list_method_reverse, reverse, 1, 1);

static val list_method_sort(size_t n, val *a)
{
    if (n > 1)
        raise_type("sort() takes no positional arguments");
    sort_list((val)list_self(a[0]), a[n], "sort");
    return NONE;
}
NATIVE_FULL(list_method_sort, sort, 1, 1, NATIVE_VAR | NATIVE_KW);

METHODS(list_names, ROW(append, list_method_append), ROW(clear, list_method_clear),
        ROW(copy, list_method_copy), ROW(count, values_count), ROW(extend, list_method_extend),
        ROW(index, values_index), ROW(insert, list_method_insert), ROW(pop, list_method_pop),
        ROW(remove, list_method_remove), ROW(reverse, list_method_reverse),
        ROW(sort, list_method_sort));

static const struct ops list_ops = {.print = list_print,
                                    .unary = list_unary,
                                    .binary = list_binary,
                                    .item = list_item,
                                    .iter = list_iter,
                                    .make = list_make};
const struct type type_list = {{&type_type}, S(list),
                               &list_ops,    V(list_names),
                               NOTHING,      {sizeof(struct list), 0, 1 << 1, 0, TYPE_BASE}};
const struct type type_items = {
    {&type_type}, S(items), NULL, NOTHING, NOTHING, {sizeof(struct items), 0, 0, 1, TYPE_INTERNAL}};
