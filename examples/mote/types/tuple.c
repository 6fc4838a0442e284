// SPDX-License-Identifier: MIT
// tuple, and what lists and tuples have in common as sequences of values. Where an element's own code runs, the values
// are fetched again after it: a list may have changed.
#include "types/big.h"
#include "types/containers.h"

const struct tuple tuple_empty = {{&type_tuple}, 0, {}};

val tuple_new(size_t n, const val *values)
{
    if (n == 0)
        return V(tuple_empty);
    struct tuple *t = heap_new_counted(&type_tuple, n);
    if (values)
        memcpy(t->values, values, n * WORD);
    return (val)t;
}

val pair_new(val key, val value)
{
    return tuple_new(2, (val[]){key, value});
}

val tuple_from(val iterable)
{
    if (has_type(iterable, &type_tuple))
        return iterable;
    ROOTS(r, 1);
    r[0] = has_type(iterable, &type_list) ? iterable : list_from(iterable);
    struct list *l = (struct list *)r[0];
    return tuple_new(l->len, l->len ? l->items->values : NULL);
}

bool values_of(val v, size_t *n, val **values)
{
    val native = v;
    if (!has_type(v, &type_list) && !has_type(v, &type_tuple) &&
        !(native = as_native(v, &type_tuple)) && !(native = as_native(v, &type_list)))
        return false;
    if (has_type(native, &type_list)) {
        struct list *l = (struct list *)native;
        *n = l->len;
        *values = l->len ? l->items->values : NULL;
    } else {
        struct tuple *t = (struct tuple *)native;
        *n = t->len;
        *values = t->values;
    }
    return true;
}

// The value at a place; NOTHING behind the end.
static val value_at(val self, size_t i)
{
    size_t n;
    val *values;
    return values_of(self, &n, &values) && i < n ? values[i] : NOTHING;
}

// ------------------------------------------------------------------------------------------ shared

size_t repeat_count(val times, size_t n)
{
    intptr_t count;
    if (!int_fits(times, &count))
        raise_error(&type_OverflowError, "cannot fit 'int' into an index-sized integer");
    if (count < 0)
        return 0;
    if (n && (size_t)count > SIZE_MAX / 8 / WORD / n)
        raise_memory();
    return (size_t)count;
}

void repeat_fill(val *values, size_t n, size_t times)
{
    for (size_t i = n; i < n * times; i++)
        values[i] = values[i - n];
}

void values_print(val self, struct sink *out)
{
    ROOTS(r, 1);
    for (size_t i = 0; (r[0] = value_at(self, i)) != NOTHING; i++) {
        if (i)
            sink_text(out, ", ");
        print_val(r[0], out, PRINT_REPR);
    }
}

val values_compare(enum op op, val a, val b)
{
    stack_check();
    size_t n, m, i = 0;
    val *values;
    ROOTS(r, 2);
    values_of(a, &n, &values);
    values_of(b, &m, &values);
    if (n != m && (op == OP_EQ || op == OP_NE))
        return bool_new(op == OP_NE);
    while ((r[0] = value_at(a, i)) != NOTHING && (r[1] = value_at(b, i)) != NOTHING) {
        if (r[0] != r[1] && !equal(r[0], r[1]))
            return op == OP_EQ || op == OP_NE ? bool_new(op == OP_NE) : op_binary(op, r[0], r[1]);
        i++;
    }
    values_of(a, &n, &values);
    values_of(b, &m, &values);
    switch (op) {
    case OP_LT:
        return bool_new(n < m);
    case OP_LE:
        return bool_new(n <= m);
    case OP_GT:
        return bool_new(n > m);
    case OP_GE:
        return bool_new(n >= m);
    default:
        return bool_new((n == m) == (op == OP_EQ));
    }
}

// The place of a value from `at` on and before `end`; SIZE_MAX.
static size_t values_find(val self, val v, size_t at, size_t end)
{
    ROOTS(r, 1);
    for (; at < end && (r[0] = value_at(self, at)) != NOTHING; at++)
        if (r[0] == v || equal(r[0], v))
            return at;
    return SIZE_MAX;
}

bool values_contain(val self, val v)
{
    return values_find(self, v, 0, SIZE_MAX) != SIZE_MAX;
}

static val values_count(size_t n, val *a)
{
    (void)n;
    intptr_t count = 0;
    for (size_t at = 0; (at = values_find(a[0], a[1], at, SIZE_MAX)) != SIZE_MAX; at++)
        count++;
    return int_new(count);
}
NATIVE_OBJECT(values_count_native, values_count, count, 2, 2, 0);

// A bound of index(), cut to [0, n].
static size_t bound(val v, size_t n)
{
    intptr_t i = need_int(v);
    if (i < 0)
        i += (intptr_t)n;
    return i < 0 ? 0 : (size_t)i > n ? n : (size_t)i;
}

static val values_index(size_t n, val *a)
{
    (void)n;
    size_t len = length_of(a[0]);
    size_t start = a[2] ? bound(a[2], len) : 0, end = a[3] ? bound(a[3], len) : SIZE_MAX;
    size_t at = values_find(a[0], a[1], start, end);
    if (at != SIZE_MAX)
        return int_new_unsigned(at);
    if (FOR_WORDS(as_native(a[0], &type_list)))
        raise_value("%r is not in list", a[1]);
    raise_value("tuple.index(x): x not in tuple");
}
NATIVE_OBJECT(values_index_native, values_index, index, 2, 4, 0);

val container_unary(enum op op, val self, size_t n)
{
    if (op == OP_HASH)
        raise_type("unhashable type: '%t'", self);
    return op == OP_LEN ? int_new_unsigned(n) : op == OP_TRUTH ? bool_new(n != 0) : NOTHING;
}

val one_argument(const struct type *type, size_t n, size_t kw, val *args)
{
    if (kw)
        raise_type("%v() takes no keyword arguments", type->name);
    if (n > 1)
        raise_type("%v expected at most 1 argument, got %z", type->name, n);
    return n ? args[0] : NOTHING;
}

// ------------------------------------------------------------------------------------------ the type

static size_t tuple_hash(const struct tuple *t)
{
    stack_check();
    size_t h = t->len;
    for (size_t i = 0; i < t->len; i++)
        h = (h ^ hash_of(t->values[i])) * 1000003u + (h >> (WORD * 4));
    return h;
}

static val tuple_slice(struct tuple *t, val slice)
{
    intptr_t start, step;
    size_t count;
    slice_bounds(slice, t->len, &start, &step, &count);
    if (count == t->len && step == 1 && t->head.type == &type_tuple)
        return (val)t;
    val part = tuple_new(count, NULL);
    for (size_t i = 0; i < count; i++)
        ((struct tuple *)part)->values[i] = t->values[start + (intptr_t)i * step];
    return part;
}

val tuple_item(val self, val key, val value)
{
    struct tuple *t = (struct tuple *)self;
    if (value != LOAD)
        return NOTHING;
    if (has_type(key, &type_slice))
        return tuple_slice(t, key);
    return t->values[index_in(key, t->len, TOLD("tuple"))];
}

static val tuple_repeat(struct tuple *t, val times)
{
    size_t count = repeat_count(times, t->len);
    if (count == 1 && t->head.type == &type_tuple)
        return (val)t;
    val repeated = tuple_new(t->len * count, NULL);
    if (t->len * count != 0) {
        memcpy(((struct tuple *)repeated)->values, t->values, t->len * WORD);
        repeat_fill(((struct tuple *)repeated)->values, t->len, count);
    }
    return repeated;
}

static val tuple_add(struct tuple *a, struct tuple *b)
{
    if (a->len == 0 && b->head.type == &type_tuple)
        return (val)b;
    if (b->len == 0 && a->head.type == &type_tuple)
        return (val)a;
    struct tuple *sum = (struct tuple *)tuple_new(a->len + b->len, NULL);
    memcpy(sum->values, a->values, a->len * WORD);
    memcpy(sum->values + a->len, b->values, b->len * WORD);
    return (val)sum;
}

val tuple_binary(enum op op, val a, val b)
{
    if (op == OP_IN)
        return bool_new(values_contain(b, a));
    val x = as_native(a, &type_tuple), y = as_native(b, &type_tuple);
    val times;
    if (op == OP_MUL && !x != !y && (times = index_try(x ? b : a)))
        return tuple_repeat((struct tuple *)(x ? x : y), times);
    if (!x || !y)
        return NOTHING;
    if (op == OP_ADD)
        return tuple_add((struct tuple *)x, (struct tuple *)y);
    return op <= OP_GE ? values_compare(op, x, y) : NOTHING;
}

val tuple_unary(enum op op, val self)
{
    struct tuple *t = (struct tuple *)self;
    return op == OP_HASH ? int_new((intptr_t)(tuple_hash(t) >> 2)) /* a small one */
                         : container_unary(op, self, t->len);
}

static void tuple_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    PRINT_ONCE(self, out, "(...)");
    sink_char(out, '(');
    values_print(self, out);
    sink_text(out, ((struct tuple *)self)->len == 1 ? ",)" : ")");
}

val tuple_iter(val self)
{
    return iterator_new(self, ITERATE_TUPLE);
}

static val tuple_make(const struct type *type, size_t n, size_t kw, val *args)
{
    val iterable = one_argument(type, n, kw, args);
    return iterable ? tuple_from(iterable) : V(tuple_empty);
}

METHODS(tuple_names, ROW(count, values_count), ROW(index, values_index));

static const struct ops tuple_ops = {.print = tuple_print,
                                     .unary = tuple_unary,
                                     .binary = tuple_binary,
                                     .item = tuple_item,
                                     .iter = tuple_iter,
                                     .make = tuple_make};
const struct type type_tuple = {
    {&type_type},   S(tuple), &tuple_ops,
    V(tuple_names), NOTHING,  {sizeof(struct tuple), WORD, 0, 2, TYPE_COUNTED | TYPE_BASE}};
