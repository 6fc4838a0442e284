// SPDX-License-Identifier: MIT
// dict: a table as an object of the language. OrderedDict and defaultdict (modules/collections.c) share the layout.
#include "core/rooms.h"
#include "types/containers.h"

static struct table *dict_self(val v)
{
    return table_of((val)native_self(v, &type_dict));
}

_Noreturn void raise_key(val key)
{
    raise_val(exception_new(&type_KeyError, key));
}

// ------------------------------------------------------------------------------------------ for other files

val dict_new(size_t reserve)
{
    val d = (val)heap_new(&type_dict);
    if (reserve) {
        ROOTS(r, 1);
        r[0] = d;
        table_reserve(table_of(d), reserve);
        ROOMS(room_reserves(table_of(d), reserve));
    }
    return d;
}

val dict_get(val dict, val key)
{
    val *slot = table_find(table_of(dict), key);
    return slot ? slot[1] : NOTHING;
}

void dict_set(val dict, val key, val value)
{
    table_add(table_of(dict), key)[1] = value;
}

bool dict_delete(val dict, val key)
{
    return table_remove(table_of(dict), key);
}

static void update_from_table(val dict, const struct table *from)
{
    ROOTS(r, 2);
    size_t live = table_live(from);
    ROOMS(room_updates(table_of(dict), from));
    if (table_live(table_of(dict)) == 0) {
        table_reserve(table_of(dict), live);
        table_of(dict)->live |= MOTE_CENSUS ? TABLE_HOW : 0;
    }
    val *slot;
    for (size_t at = 0; table_next(from, &at, &slot);) {
        r[0] = slot[0];
        r[1] = slot[1];
        dict_set(dict, r[0], r[1]);
        if (table_live(from) != live)
            raise_error(&type_RuntimeError, "dict mutated during update");
    }
}

// One element of a sequence of pairs.
static void update_from_pair(val dict, val pair, size_t i)
{
    ROOTS(r, 3);
    size_t n;
    val *values;
    r[0] = pair;
    if (!values_of(pair, &n, &values)) {
        if (!type_of(pair)->ops->iter)
            raise_type("cannot convert dictionary update sequence element #%z to a sequence", i);
        r[0] = list_from(pair);
        values_of(r[0], &n, &values);
    }
    if (n != 2)
        raise_value("dictionary update sequence element #%z has length %z; 2 is required", i, n);
    r[1] = values[0];
    r[2] = values[1];
    dict_set(dict, r[1], r[2]);
}

static void update_from_keys(val dict, val mapping, val keys)
{
    ROOTS(r, 3);
    r[0] = iter_of(keys);
    while ((r[1] = iter_next(r[0])) != NOTHING) {
        r[2] = item_get(mapping, r[1]);
        dict_set(dict, r[1], r[2]);
    }
}

void dict_update(val dict, val from)
{
    ROOTS(r, 2);
    val native = as_native(from, &type_dict);
    if (native) {
        if (native != dict)
            update_from_table(dict, table_of(native));
        return;
    }
    if ((r[0] = attr_find(from, S(keys))) != NOTHING) {
        r[0] = call0(r[0]);
        update_from_keys(dict, from, r[0]);
        return;
    }
    r[0] = iter_of(from);
    for (size_t i = 0; (r[1] = iter_next(r[0])) != NOTHING; i++)
        update_from_pair(dict, r[1], i);
}

// ------------------------------------------------------------------------------------------ operators

static bool dict_equal(const struct table *a, const struct table *b)
{
    stack_check();
    size_t live = table_live(a);
    if (live != table_live(b))
        return false;
    ROOTS(r, 3);
    val *slot, *other;
    for (size_t at = 0; table_next(a, &at, &slot);) {
        r[0] = slot[0];
        r[1] = slot[1];
        other = table_find(b, r[0]);
        if (!other)
            return false;
        r[2] = other[1];
        if (r[1] != r[2] && !equal(r[1], r[2]))
            return false;
    }
    return true;
}

// Another of the same type, with what a derived type keeps behind the table.
val dict_copy(val dict)
{
    const struct type *type = type_of(dict);
    struct obj *copy = heap_new(type);
    memcpy((struct dict *)copy + 1, (struct dict *)dict + 1,
           type->shape.size - sizeof(struct dict));
    ROOTS(r, 1);
    r[0] = (val)copy;
    table_copy(table_of(r[0]), table_of(dict));
    return r[0];
}

static val dict_or(val a, val b)
{
    ROOTS(r, 1);
    r[0] = dict_copy(a);
    dict_update(r[0], b);
    return r[0];
}

val dict_binary(enum op op, val a, val b)
{
    if (op == OP_IN)
        return bool_new(table_find(table_of(b), a) != NULL);
    val x = as_native(a, &type_dict), y = as_native(b, &type_dict);
    if (!x)
        return NOTHING;
    if (op == OP_OR + OP_INPLACE) {
        dict_update(x, b);
        return a;
    }
    if (!y)
        return NOTHING;
    if (op == OP_EQ || op == OP_NE)
        return bool_new(dict_equal(table_of(x), table_of(y)) == (op == OP_EQ));
    return op == OP_OR ? dict_or(x, y) : NOTHING;
}

val dict_unary(enum op op, val self)
{
    return container_unary(op, self, table_live(table_of(self)));
}

val dict_item(val self, val key, val value)
{
    struct table *t = table_of(self);
    if (value == LOAD) {
        val *slot = table_find(t, key);
        if (!slot)
            raise_key(key);
        return slot[1];
    }
    if (value == DELETE) {
        if (!table_remove(t, key))
            raise_key(key);
    } else {
        dict_set(self, key, value);
    }
    return NONE;
}

void dict_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    PRINT_ONCE(self, out, "{...}");
    ROOTS(r, 2);
    sink_char(out, '{');
    val *slot;
    for (size_t at = 0, n = 0; table_next(table_of(self), &at, &slot); n++) {
        r[0] = slot[0];
        r[1] = slot[1];
        sink_format(out, "%s%r: %r", n ? ", " : "", r[0], r[1]);
    }
    sink_char(out, '}');
}

val dict_iter(val self)
{
    return iterator_new(self, ITERATE_KEYS);
}

// The pairs of name and value of a call.
static void add_keywords(val dict, size_t kw, const val *args)
{
    for (size_t i = 0; i < kw; i++)
        dict_set(dict, args[2 * i], args[2 * i + 1]);
}

val dict_make(const struct type *type, size_t n, size_t kw, val *args)
{
    val from = one_argument(type, n, 0, args);
    ROOTS(r, 1);
    r[0] = (val)heap_new(type);
    if (from)
        dict_update(r[0], from);
    add_keywords(r[0], kw, args + n);
    return r[0];
}

// ------------------------------------------------------------------------------------------ methods

static val dict_method_clear(size_t n, val *a)
{
    (void)n;
    table_clear(dict_self(a[0]));
    return NONE;
}
NATIVE(dict_method_clear, clear, 1, 1);

static val dict_method_copy(size_t n, val *a)
{
    (void)n;
    return dict_copy((val)native_self(a[0], &type_dict));
}
NATIVE(dict_method_copy, copy, 1, 1);

// fromkeys(iterable, value=None)
static val dict_method_fromkeys(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 3);
    r[0] = call0(a[0]);
    r[1] = iter_of(a[1]);
    while ((r[2] = iter_next(r[1])) != NOTHING)
        item_set(r[0], r[2], a[2] ? a[2] : NONE);
    return r[0];
}
NATIVE_FULL(dict_method_fromkeys, fromkeys, 2, 3, NATIVE_CLASS);

static val dict_method_get(size_t n, val *a)
{
    (void)n;
    val *slot = table_find(dict_self(a[0]), a[1]);
    return slot ? slot[1] : a[2] ? a[2] : NONE;
}
NATIVE(dict_method_get, get, 2, 3);

static val dict_method_pop(size_t n, val *a)
{
    (void)n;
    struct table *t = dict_self(a[0]);
    table_change(t);
    val *slot = table_find(t, a[1]);
    if (!slot) {
        if (!a[2])
            raise_key(a[1]);
        return a[2];
    }
    val value = slot[1];
    table_remove_slot(t, slot);
    return value;
}
NATIVE(dict_method_pop, pop, 2, 3);

static val dict_method_popitem(size_t n, val *a)
{
    (void)n;
    struct table *t = dict_self(a[0]);
    table_change(t);
    val *slot = table_last(t);
    if (!slot)
        raise_error(&type_KeyError, "popitem(): dictionary is empty");
    val pair = pair_new(slot[0], slot[1]);
    table_remove_slot(t, slot);
    return pair;
}
NATIVE(dict_method_popitem, popitem, 1, 1);

static val dict_method_setdefault(size_t n, val *a)
{
    (void)n;
    val *slot = table_add(dict_self(a[0]), a[1]);
    if (slot[1] == NOTHING)
        slot[1] = a[2] ? a[2] : NONE;
    return slot[1];
}
NATIVE(dict_method_setdefault, setdefault, 2, 3);

// update(mapping_or_pairs, **names)
static val dict_method_update(size_t n, val *a)
{
    val self = (val)native_self(a[0], &type_dict);
    if (n > 2)
        raise_type("update expected at most 1 argument, got %z", n - 1);
    if (n == 2)
        dict_update(self, a[1]);
    if (a[n])
        dict_update(self, a[n]);
    return NONE;
}
NATIVE_FULL(dict_method_update, update, 1, 2, NATIVE_VAR | NATIVE_KW);

static val view_new(val v, const struct type *type)
{
    val dict = (val)native_self(v, &type_dict);
    struct dict_view *view = heap_new(type);
    view->dict = dict;
    return (val)view;
}

static val dict_method_items(size_t n, val *a)
{
    (void)n;
    return view_new(a[0], &type_dict_items);
}
NATIVE(dict_method_items, items, 1, 1);

static val dict_method_keys(size_t n, val *a)
{
    (void)n;
    return view_new(a[0], &type_dict_keys);
}
NATIVE(dict_method_keys, keys, 1, 1);

static val dict_method_values(size_t n, val *a)
{
    (void)n;
    return view_new(a[0], &type_dict_values);
}
NATIVE(dict_method_values, values, 1, 1);

METHODS(dict_names, ROW(clear, dict_method_clear), ROW(copy, dict_method_copy),
        ROW(fromkeys, dict_method_fromkeys), ROW(get, dict_method_get),
        ROW(items, dict_method_items), ROW(keys, dict_method_keys), ROW(pop, dict_method_pop),
        ROW(popitem, dict_method_popitem), ROW(setdefault, dict_method_setdefault),
        ROW(update, dict_method_update), ROW(values, dict_method_values));

static const struct ops dict_ops = {.print = dict_print,
                                    .unary = dict_unary,
                                    .binary = dict_binary,
                                    .item = dict_item,
                                    .iter = dict_iter,
                                    .make = dict_make};
const struct type type_dict = {{&type_type}, S(dict),
                               &dict_ops,    V(dict_names),
                               NOTHING,      {sizeof(struct dict), 0, 1 << 1, 0, TYPE_BASE}};
