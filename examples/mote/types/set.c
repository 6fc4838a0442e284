// SPDX-License-Identifier: MIT
// set and frozenset: tables that hold keys only. The two differ in what may change them and in the hash.
//
// Operators take sets; methods take anything that can be iterated, and make a set of it first where they need one.
#include "core/rooms.h"
#include "types/containers.h"

static val set_of_type(const struct type *type)
{
    struct set *s = heap_new(type);
    s->table.live = TABLE_SET;
    return (val)s;
}

val set_new(void)
{
    return set_of_type(&type_set);
}

void set_add(val set, val key)
{
    table_add(table_of(set), key);
}

// v as a set or frozenset, or NOTHING.
static val as_set(val v)
{
    if (has_type(v, &type_set) || has_type(v, &type_frozenset))
        return v;
    val native = as_native(v, &type_set);
    return native ? native : as_native(v, &type_frozenset);
}

// self of a method that changes it; of one of both types it is a[0].
static val changing_self(val v)
{
    return (val)native_self(v, &type_set);
}

void set_update(val set, val iterable)
{
    ROOTS(r, 2);
    val *slot;
    val other = as_set(iterable);
    if (other == set)
        return;
    if (other) {
        ROOMS(room_reserves(table_of(set), table_live(table_of(other))));
        const struct table *from = table_of(other);
        for (size_t at = 0; table_next(from, &at, &slot);) {
            r[0] = slot[0];
            set_add(set, r[0]);
        }
        return;
    }
    r[0] = iter_of(iterable);
    while ((r[1] = iter_next(r[0])) != NOTHING)
        set_add(set, r[1]);
}

static val set_from_as(const struct type *type, val iterable)
{
    ROOTS(r, 1);
    r[0] = set_of_type(type);
    val other = iterable ? as_set(iterable) : NOTHING;
    if (other)
        table_copy(table_of(r[0]), table_of(other));
    else if (iterable)
        set_update(r[0], iterable);
    return r[0];
}

val set_from(val iterable)
{
    return set_from_as(&type_set, iterable);
}

// ------------------------------------------------------------------------------------------ operators

// Whether all keys of a are in b (want), or none is.
static bool every_key(val a, val b, bool want)
{
    ROOTS(r, 1);
    val *slot;
    for (size_t at = 0; table_next(table_of(a), &at, &slot);) {
        r[0] = slot[0];
        if ((table_find(table_of(b), r[0]) != NULL) != want)
            return false;
    }
    return true;
}

// a keeps those of its keys that are in b (keep), or are not.
static void keep_keys(val a, val b, bool keep)
{
    ROOTS(r, 1);
    val *slot;
    for (size_t at = 0; table_next(table_of(a), &at, &slot);) {
        r[0] = slot[0];
        if ((table_find(table_of(b), r[0]) != NULL) != keep)
            table_remove(table_of(a), r[0]);
    }
}

// The keys of b come into a, or go when they are there.
static void toggle_keys(val a, val b)
{
    ROOTS(r, 1);
    val *slot;
    for (size_t at = 0; table_next(table_of(b), &at, &slot);) {
        r[0] = slot[0];
        if (!table_remove(table_of(a), r[0]))
            set_add(a, r[0]);
    }
}

// set b is another than a
static void set_change(enum op op, val a, val b)
{
    if (op == OP_OR)
        set_update(a, b);
    else if (op == OP_XOR)
        toggle_keys(a, b);
    else
        keep_keys(a, b, op == OP_AND);
}

static void set_changed(enum op op, val a, val b, bool in_place)
{
    size_t had = table_live(table_of(a)), other = table_live(table_of(b));
    set_change(op, a, b);
    ROOMS(room_set_op(table_of(a), op, had, other, in_place));
}

static bool set_compare(enum op op, val a, val b)
{
    size_t n = table_live(table_of(a)), m = table_live(table_of(b));
    switch (op) {
    case OP_LT:
        return n < m && every_key(a, b, true);
    case OP_LE:
        return n <= m && every_key(a, b, true);
    case OP_GT:
        return n > m && every_key(b, a, true);
    case OP_GE:
        return n >= m && every_key(b, a, true);
    default:
        return (n == m && every_key(a, b, true)) == (op == OP_EQ);
    }
}

// The empty result of a - a and a ^ a in place.
static void set_change_by_itself(enum op op, val a)
{
    if (op == OP_SUB || op == OP_XOR)
        table_clear(table_of(a));
}

static bool is_set_op(enum op op)
{
    return op == OP_SUB || op == OP_AND || op == OP_OR || op == OP_XOR;
}

// A set that is looked for stands for the frozenset of its keys.
#if MOTE_RARE
static val key_of(val v)
{
    return has_type(v, &type_set) ? set_from_as(&type_frozenset, v) : v;
}
#else
#define key_of(v) (v)
#endif

static bool holds_key(val set, val v)
{
    ROOTS(r, 1);
    r[0] = key_of(v);
    return table_find(table_of(set), r[0]) != NULL;
}

static bool remove_key(val set, val v)
{
    ROOTS(r, 1);
    r[0] = key_of(v);
    return table_remove(table_of(set), r[0]);
}

val set_binary(enum op op, val a, val b)
{
    if (op == OP_IN)
        return bool_new(holds_key(b, a));
    val x = as_set(a), y = as_set(b);
    if (!x || !y)
        return NOTHING;
    if (op <= OP_GE)
        return bool_new(set_compare(op, x, y));
    if (is_set_op(op)) {
        ROOTS(r, 1);
        r[0] = set_from_as(type_of(x), op == OP_XOR ? y : x); // as CPython does
        set_changed(op, r[0], op == OP_XOR ? x : y, false);
        return r[0];
    }
    if (op < OP_IADD || !is_set_op(op - OP_INPLACE) || !has_type(x, &type_set))
        return NOTHING; // frozensets have none in place: a new one is made
    if (x == y)
        set_change_by_itself(op - OP_INPLACE, x);
    else
        set_changed(op - OP_INPLACE, x, y, true);
    return a;
}

// Independent of the order.
static size_t frozenset_hash(const struct table *t)
{
    size_t h = table_live(t), at = 0;
    ROOTS(r, 1);
    val *slot;
    while (table_next(t, &at, &slot)) {
        r[0] = slot[0];
        size_t k = hash_of(r[0]);
        h ^= (k ^ (k << 16) ^ 89869747u) * 3644798167u;
    }
    return h ^ h >> 11;
}

static val set_unary(enum op op, val self)
{
    const struct table *t = table_of(self);
    if (op == OP_HASH && has_type(self, &type_frozenset))
        return int_new((intptr_t)(frozenset_hash(t) >> 2));
    return container_unary(op, self, table_live(t));
}

static void set_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    const struct table *t = table_of(self);
    bool frozen = has_type(self, &type_frozenset), empty = table_live(t) == 0;
    PRINT_ONCE(self, out, frozen ? "frozenset(...)" : "set(...)");
    ROOTS(r, 1);
    if (empty || frozen)
        sink_text(out, frozen ? "frozenset(" : "set(");
    val *slot;
    size_t at = 0, n = 0;
    for (; table_next(t, &at, &slot); n++) {
        r[0] = slot[0];
        sink_format(out, "%s%r", n ? ", " : "{", r[0]);
    }
    sink_text(out, n ? "}" : "");
    sink_text(out, empty || frozen ? ")" : "");
}

static val set_iter(val self)
{
    return iterator_new(self, ITERATE_KEYS);
}

static val set_make(const struct type *type, size_t n, size_t kw, val *args)
{
    val iterable = one_argument(type, n, kw, args);
    if (type == &type_frozenset && iterable && has_type(iterable, type))
        return iterable;
    return set_from_as(type, iterable);
}

// ------------------------------------------------------------------------------------------ methods

static val set_method_add(size_t n, val *a)
{
    (void)n;
    set_add(changing_self(a[0]), a[1]);
    return NONE;
}
NATIVE(set_method_add, add, 2, 2);

static val set_method_clear(size_t n, val *a)
{
    (void)n;
    table_clear(table_of(changing_self(a[0])));
    return NONE;
}
NATIVE(set_method_clear, clear, 1, 1);

static val set_method_copy(size_t n, val *a)
{
    (void)n;
    val self = a[0];
    return has_type(self, &type_frozenset) ? self : set_from(self);
}
NATIVE(set_method_copy, copy, 1, 1);

static val set_method_discard(size_t n, val *a)
{
    (void)n;
    remove_key(changing_self(a[0]), a[1]);
    return NONE;
}
NATIVE(set_method_discard, discard, 2, 2);

static val set_method_remove(size_t n, val *a)
{
    (void)n;
    if (!remove_key(changing_self(a[0]), a[1]))
        raise_key(a[1]);
    return NONE;
}
NATIVE(set_method_remove, remove, 2, 2);

static val set_method_pop(size_t n, val *a)
{
    (void)n;
    struct table *t = table_of(changing_self(a[0]));
    val *slot = table_first(t);
    if (!slot)
        raise_error(&type_KeyError, "pop from an empty set");
    val key = slot[0];
    table_remove_slot(t, slot);
    return key;
}
NATIVE(set_method_pop, pop, 1, 1);

// An argument as a set that is not self.
static val other_set(val v, val self)
{
    val set = as_set(v);
    return set && set != self ? set : set_from(v);
}

// Changes the set by each of the other arguments.
static void change_by_all(enum op op, val set, size_t n, val *a, bool in_place)
{
    ROOTS(r, 1);
    for (size_t i = 1; i < n; i++) {
        if (op == OP_OR) {
            set_update(set, a[i]);
        } else {
            r[0] = other_set(a[i], set);
            set_changed(op, set, r[0], in_place || i > 1);
        }
    }
}

static val changed_copy(enum op op, size_t n, val *a)
{
    ROOTS(r, 1);
    val self = a[0];
    r[0] = set_from_as(type_of(self), self);
    change_by_all(op, r[0], n, a, false);
    return r[0];
}

#define SET_METHODS(name, op, most, flags, update)                                                 \
    static val set_method_##name(size_t n, val *a)                                                 \
    {                                                                                              \
        return changed_copy(op, n, a);                                                             \
    }                                                                                              \
    NATIVE_FULL(set_method_##name, name, most, most, flags);                                       \
    static val set_method_##update(size_t n, val *a)                                               \
    {                                                                                              \
        change_by_all(op, changing_self(a[0]), n, a, true);                                        \
        return NONE;                                                                               \
    }                                                                                              \
    NATIVE_FULL(set_method_##update, update, most, most, flags)
SET_METHODS(difference, OP_SUB, 1, NATIVE_VAR, difference_update);
SET_METHODS(intersection, OP_AND, 1, NATIVE_VAR, intersection_update);
SET_METHODS(symmetric_difference, OP_XOR, 2, 0, symmetric_difference_update);
SET_METHODS(union, OP_OR, 1, NATIVE_VAR, update);

static val set_method_isdisjoint(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 1);
    val self = a[0];
    r[0] = other_set(a[1], NOTHING);
    return bool_new(every_key(r[0], self, false));
}
NATIVE(set_method_isdisjoint, isdisjoint, 2, 2);

static val set_method_issubset(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 1);
    r[0] = other_set(a[1], NOTHING);
    return bool_new(every_key(a[0], r[0], true));
}
NATIVE(set_method_issubset, issubset, 2, 2);

static val set_method_issuperset(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 1);
    r[0] = other_set(a[1], NOTHING);
    return bool_new(every_key(r[0], a[0], true));
}
NATIVE(set_method_issuperset, issuperset, 2, 2);

METHODS(set_names, ROW(add, set_method_add), ROW(clear, set_method_clear),
        ROW(copy, set_method_copy), ROW(difference, set_method_difference),
        ROW(difference_update, set_method_difference_update), ROW(discard, set_method_discard),
        ROW(intersection, set_method_intersection),
        ROW(intersection_update, set_method_intersection_update),
        ROW(isdisjoint, set_method_isdisjoint), ROW(issubset, set_method_issubset),
        ROW(issuperset, set_method_issuperset), ROW(pop, set_method_pop),
        ROW(remove, set_method_remove), ROW(symmetric_difference, set_method_symmetric_difference),
        ROW(symmetric_difference_update, set_method_symmetric_difference_update),
        ROW(union, set_method_union), ROW(update, set_method_update));

METHODS(frozenset_names, ROW(copy, set_method_copy), ROW(difference, set_method_difference),
        ROW(intersection, set_method_intersection), ROW(isdisjoint, set_method_isdisjoint),
        ROW(issubset, set_method_issubset), ROW(issuperset, set_method_issuperset),
        ROW(symmetric_difference, set_method_symmetric_difference), ROW(union, set_method_union));

static const struct ops set_ops = {.print = set_print,
                                   .unary = set_unary,
                                   .binary = set_binary,
                                   .iter = set_iter,
                                   .make = set_make};
#define SET_TYPE(name)                                                                             \
    const struct type type_##name = {{&type_type}, S(name),                                        \
                                     &set_ops,     V(name##_names),                                \
                                     NOTHING,      {sizeof(struct set), 0, 1 << 1, 0, TYPE_BASE}}
SET_TYPE(set);
SET_TYPE(frozenset);
