// SPDX-License-Identifier: MIT
// What keys(), values() and items() of a dict answer with: two words, the dict does the rest. For the operators of sets
// a view is made a set first.
#include "core/vm.h"
#include "types/containers.h"

static inline const struct table *table_of_view(val view)
{
    return table_of(((struct dict_view *)view)->dict);
}

static enum iterate kind_of(val view)
{
    const struct type *type = type_of(view);
    return type == &type_dict_keys     ? ITERATE_KEYS
           : type == &type_dict_values ? ITERATE_VALUES
                                       : ITERATE_ITEMS;
}

static val view_iter(val self)
{
    return iterator_new(((struct dict_view *)self)->dict, kind_of(self));
}

static bool items_contain(const struct table *t, val pair)
{
    size_t n;
    val *values;
    if (!has_type(pair, &type_tuple) || !values_of(pair, &n, &values) || n != 2)
        return false;
    val *slot = table_find(t, values[0]);
    ROOTS(r, 1);
    return slot && equal(r[0] = slot[1], values[1]);
}

static bool values_have(const struct table *t, val v)
{
    ROOTS(r, 1);
    val *slot;
    for (size_t at = 0; table_next(t, &at, &slot);) {
        r[0] = slot[1];
        if (equal(r[0], v))
            return true;
    }
    return false;
}

static bool view_contains(val view, val v)
{
    const struct table *t = table_of_view(view);
    switch (kind_of(view)) {
    case ITERATE_KEYS:
        return table_find(t, v) != NULL;
    case ITERATE_VALUES:
        return values_have(t, v);
    default:
        return items_contain(t, v);
    }
}

static bool is_set_like(val v)
{
    const struct type *type = type_of(v);
    return type == &type_dict_keys || type == &type_dict_items || as_native(v, &type_set) ||
           as_native(v, &type_frozenset);
}

static val view_binary(enum op op, val a, val b)
{
    if (op == OP_IN)
        return bool_new(view_contains(b, a));
    bool compares = op <= OP_GE;
    if (has_type(a, &type_dict_values) || has_type(b, &type_dict_values) ||
        (compares && (!is_set_like(a) || !is_set_like(b))))
        return NOTHING;
    if (!compares && op != OP_SUB && op != OP_AND && op != OP_OR && op != OP_XOR)
        return NOTHING;
    ROOTS(r, 2);
    r[0] = set_from(a);
    r[1] = set_from(b);
    return set_binary(op, r[0], r[1]);
}

static val view_unary(enum op op, val self)
{
    return op == OP_HASH && kind_of(self) == ITERATE_VALUES
               ? int_new((intptr_t)hash_of_identity(self))
               : container_unary(op, self, table_live(table_of_view(self)));
}

static void view_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    PRINT_ONCE(self, out, "...");
    ROOTS(r, 1);
    r[0] = list_from(self);
    sink_format(out, "%t(%r)", self, r[0]);
}

static val view_isdisjoint(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 2);
    r[0] = set_from(a[0]);
    r[1] = set_from(a[1]);
    return bool_new(!truth(set_binary(OP_AND, r[0], r[1])));
}
NATIVE(view_isdisjoint, isdisjoint, 2, 2);

METHODS(view_names, ROW(isdisjoint, view_isdisjoint));

static const struct ops view_ops = {
    .print = view_print, .unary = view_unary, .binary = view_binary, .iter = view_iter};
#define VIEW(name, names)                                                                          \
    const struct type type_##name = {{&type_type}, S(name),                                        \
                                     &view_ops,    names,                                          \
                                     NOTHING,      {sizeof(struct dict_view), 0, 1 << 1, 0, 0}}
VIEW(dict_keys, V(view_names));
VIEW(dict_values, NOTHING);
VIEW(dict_items, V(view_names));
