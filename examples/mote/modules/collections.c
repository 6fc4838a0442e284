// SPDX-License-Identifier: MIT
// Module collections: OrderedDict, defaultdict, namedtuple; deque is in deque.c.
//
// A dict keeps its order anyway: OrderedDict is a dict that compares by it and can change it. A namedtuple is a type on the
// heap whose objects look like tuples: the names are in the dict of the type alone, and cost an object nothing.
#include "core/rooms.h"
#include "modules/modules.h"
#include "types/containers.h"

#if MOTE_COLLECTIONS

// ------------------------------------------------------------------------------------------ OrderedDict

static const struct type type_OrderedDict, type_defaultdict;

static struct table *ordered_self(val v)
{
    return table_of((val)native_self(v, &type_OrderedDict));
}

static const val last_keyword[] = {NOTHING, NOTHING, S(last)};

#if MOTE_RARE
// CPython has the order beside the table, which stays as it is.
static val ordered_move_to_end(size_t n, val *a)
{
    (void)n;
    struct table *t = ordered_self(a[0]);
    ROOTS(r, 3);
    val *slot = table_find(t, a[1]);
    if (!slot)
        raise_key(a[1]);
    r[0] = slot[1];
    r[2] = slot[0]; // the key it has, not the equal one that was asked for
    struct room before = {0};
    ROOMS(before = *room_of(t));
    table_remove_slot(t, slot);
    if (a[2] && !truth(a[2])) { // to the front: the others again, behind it
        r[1] = dict_new(0);
        table_copy(table_of(r[1]), t);
        table_clear(t);
    }
    table_add(t, r[2])[1] = r[0];
    if (r[1])
        dict_update((val)native_self(a[0], &type_OrderedDict), r[1]);
    ROOMS(room_keeps(t, &before));
    return NONE;
}
NATIVE_FULL(ordered_move_to_end, move_to_end, 2, 3, 0, last_keyword);
#endif

static val ordered_popitem(size_t n, val *a)
{
    (void)n;
    struct table *t = ordered_self(a[0]);
    val *slot = a[1] && !truth(a[1]) ? table_first(t) : table_last(t);
    if (!slot)
        raise_error(&type_KeyError, "dictionary is empty");
    val pair = pair_new(slot[0], slot[1]);
    table_remove_slot(t, slot);
    return pair;
}
NATIVE_FULL(ordered_popitem, popitem, 1, 2, 0, last_keyword + 1);

static void ordered_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    PRINT_ONCE(self, out, "...");
    ROOTS(r, 2);
    sink_text(out, "OrderedDict([");
    val *slot;
    for (size_t at = 0, n = 0; table_next(table_of(self), &at, &slot); n++) {
        r[0] = slot[0];
        r[1] = slot[1];
        sink_format(out, "%s(%r, %r)", n ? ", " : "", r[0], r[1]);
    }
    sink_text(out, "])");
}

// Empty ones print as OrderedDict().
static void ordered_print_any(val self, struct sink *out, enum print_how how)
{
    if (table_live(table_of(self)))
        ordered_print(self, out, how);
    else
        sink_text(out, "OrderedDict()");
}

static bool same_order(const struct table *a, const struct table *b)
{
    ROOTS(r, 2);
    size_t at = 0, other = 0;
    val *x, *y;
    while (table_next(a, &at, &x) && table_next(b, &other, &y)) {
        r[0] = x[0];
        r[1] = y[0];
        if (!equal(r[0], r[1]))
            return false;
    }
    return true;
}

static val ordered_binary(enum op op, val a, val b)
{
    if (op == OP_EQ || op == OP_NE) {
        val x = as_native(a, &type_OrderedDict), y = as_native(b, &type_OrderedDict);
        if (x && y && !same_order(table_of(x), table_of(y)))
            return bool_new(op == OP_NE);
    }
    return dict_binary(op, a, b);
}

METHODS(ordered_names, RARE(ROW(move_to_end, ordered_move_to_end)) ROW(popitem, ordered_popitem));

static const struct ops ordered_ops = {.print = ordered_print_any,
                                       .unary = dict_unary,
                                       .binary = ordered_binary,
                                       .item = dict_item,
                                       .iter = dict_iter,
                                       .make = dict_make};
static const struct type type_OrderedDict = {
    {&type_type},     S(OrderedDict), &ordered_ops,
    V(ordered_names), V(type_dict),   {sizeof(struct dict), 0, 1 << 1, 0, TYPE_BASE}};

// ------------------------------------------------------------------------------------------ defaultdict

struct defaultdict {
    struct dict dict;
    val factory; // or NONE
};

static val default_make(const struct type *type, size_t n, size_t kw, val *args)
{
    ROOTS(r, 1);
    r[0] = dict_make(type, n ? n - 1 : 0, kw, n ? args + 1 : args);
    ((struct defaultdict *)r[0])->factory = n ? args[0] : NONE;
    return r[0];
}

static val default_item(val self, val key, val value)
{
    if (value != LOAD || table_find(table_of(self), key))
        return dict_item(self, key, value);
    val factory = ((struct defaultdict *)self)->factory;
    if (factory == NONE)
        raise_key(key);
    ROOTS(r, 1);
    r[0] = call0(factory);
    dict_set(self, key, r[0]);
    return r[0];
}

static val default_attr(val self, val name, val value)
{
    if (name != S(default_factory) || value == DELETE)
        return NOTHING;
    struct defaultdict *d = (struct defaultdict *)self;
    if (value == LOAD)
        return d->factory;
    d->factory = value;
    return NONE;
}

static void default_print(val self, struct sink *out, enum print_how how)
{
    sink_format(out, "defaultdict(%r, ", ((struct defaultdict *)self)->factory);
    dict_print(self, out, how);
    sink_char(out, ')');
}

static const struct ops default_ops = {.print = default_print,
                                       .unary = dict_unary,
                                       .binary = dict_binary,
                                       .item = default_item,
                                       .attr = default_attr,
                                       .iter = dict_iter,
                                       .make = default_make};
static const struct type type_defaultdict = {
    {&type_type}, S(defaultdict), &default_ops,
    NOTHING,      V(type_dict),   {sizeof(struct defaultdict), 0, 1 << 1 | 1 << 4, 0, TYPE_BASE}};

// ------------------------------------------------------------------------------------------ namedtuple

static const struct tuple *fields_of(const struct type *type)
{
    return (const struct tuple *)dict_get(type->dict, S(_fields));
}

static size_t field_find(const struct tuple *fields, val name)
{
    for (size_t i = 0; i < fields->len; i++)
        if (fields->values[i] == name)
            return i;
    return SIZE_MAX;
}

static val named_attr(val self, val name, val value)
{
    const struct tuple *t = (const struct tuple *)self;
    size_t at = field_find(fields_of(t->head.type), name);
    if (at == SIZE_MAX)
        return NOTHING;
    if (value != LOAD)
        raise_error(&type_AttributeError, "can't set attribute");
    return t->values[at];
}

// Fields by keywords, then those that have defaults.
static void fill_fields(const struct type *type, struct tuple *t, size_t n, size_t kw,
                        const val *args)
{
    const struct tuple *fields = fields_of(type);
    for (size_t i = 0; i < kw; i++) {
        val name = args[n + 2 * i];
        size_t at = field_find(fields, name);
        if (at == SIZE_MAX)
            raise_type("%v.__new__() got an unexpected keyword argument '%v'", type->name, name);
        if (t->values[at])
            raise_type("%v.__new__() got multiple values for argument '%v'", type->name, name);
        t->values[at] = args[n + 2 * i + 1];
    }
    val defaults = dict_get(type->dict, S(_field_defaults));
    for (size_t i = n; i < fields->len; i++) {
        if (!t->values[i])
            t->values[i] = dict_get(defaults, fields->values[i]);
        if (!t->values[i])
            raise_type("%v.__new__() missing 1 required positional argument: '%v'", type->name,
                       fields->values[i]);
    }
}

static val named_make(const struct type *type, size_t n, size_t kw, val *args)
{
    size_t count = fields_of(type)->len;
    if (n > count)
        raise_type("%v.__new__() takes %z positional arguments but %z were given", type->name,
                   count + 1, n + 1);
    ROOTS(r, 1);
    struct tuple *t = heap_new_counted(type, count);
    r[0] = (val)t;
    values_copy(t->values, args, n);
    fill_fields(type, t, n, kw, args);
    return r[0];
}

static void named_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    const struct tuple *t = (const struct tuple *)self, *fields = fields_of(t->head.type);
    PRINT_ONCE(self, out, "...");
    sink_format(out, "%t(", self);
    for (size_t i = 0; i < t->len; i++)
        sink_format(out, "%s%v=%r", i ? ", " : "", fields->values[i], t->values[i]);
    sink_char(out, ')');
}

static const struct tuple *named_self(val v, const struct tuple **fields)
{
    const struct tuple *t = native_self(v, &type_tuple);
    *fields = fields_of(t->head.type);
    return t;
}

static val named_asdict(size_t n, val *a)
{
    (void)n;
    const struct tuple *fields, *t = named_self(a[0], &fields);
    ROOTS(r, 1);
    r[0] = dict_new(t->len);
    for (size_t i = 0; i < t->len; i++)
        dict_set(r[0], fields->values[i], t->values[i]);
    return r[0];
}
NATIVE(named_asdict, _asdict, 1, 1);

// _make(iterable)
static val named_from(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 1);
    r[0] = tuple_from(a[1]);
    struct tuple *t = (struct tuple *)r[0];
    return call(a[0], t->len, 0, t->values);
}
NATIVE_FULL(named_from, _make, 2, 2, NATIVE_CLASS);

#if MOTE_RARE
// _replace(**fields)
static val named_replace(size_t n, val *a)
{
    const struct tuple *fields, *t = named_self(a[0], &fields);
    ROOTS(r, 1);
    r[0] = tuple_new(t->len, t->values);
    val *slot;
    for (size_t at = 0; a[n] && table_next(table_of(a[n]), &at, &slot);) {
        size_t i = field_find(fields, slot[0]);
        if (i == SIZE_MAX)
            raise_value("Got unexpected field names: [%r]", slot[0]);
        ((struct tuple *)r[0])->values[i] = slot[1];
    }
    return call(V(*type_of(a[0])), t->len, 0, ((struct tuple *)r[0])->values);
}
NATIVE_FULL(named_replace, _replace, 1, 1, NATIVE_VAR | NATIVE_KW);
#endif

METHODS(named_names, ROW(_asdict, named_asdict), ROW(_make, named_from),
        RARE(ROW(_replace, named_replace)));

static const struct ops named_ops = {.print = named_print,
                                     .unary = tuple_unary,
                                     .binary = tuple_binary,
                                     .item = tuple_item,
                                     .attr = named_attr,
                                     .iter = tuple_iter,
                                     .make = named_make};
// What all of them have in common.
static const struct type type_named = {
    {&type_type},   S(namedtuple), &named_ops,
    V(named_names), V(type_tuple), {sizeof(struct tuple), WORD, 0, 2, TYPE_COUNTED | TYPE_BASE}};

static bool is_identifier(val name)
{
    ROOTS(r, 1);
    r[0] = attr_get(name, S(isidentifier));
    return truth(call0(r[0]));
}

// The names as a tuple of interned ones.
static val parse_fields(val names)
{
    ROOTS(r, 1);
    r[0] = names;
    if (is_str(names)) {
        val comma[] = {character(','), character(' ')};
        r[0] = method_call(names, S(replace), 2, comma);
        r[0] = method_call(r[0], S(split), 0, NULL);
    }
    r[0] = list_from(r[0]); // in between, so that it is another tuple
    r[0] = tuple_from(r[0]);
    struct tuple *t = (struct tuple *)r[0];
    for (size_t i = 0; i < t->len; i++) {
        need_str(t->values[i]);
        if (!is_identifier(t->values[i]))
            raise_value("Type names and field names must be valid identifiers: %r", t->values[i]);
        if (text_of(t->values[i]).data[0] == '_')
            raise_value("Field names cannot start with an underscore: %r", t->values[i]);
        val name = intern_val(t->values[i]);
        if (field_find(t, name) < i)
            raise_value("Encountered duplicate field name: %r", name);
        t->values[i] = name;
    }
    return r[0];
}

static val defaults_of(const struct tuple *fields, val values)
{
    ROOTS(r, 2);
    r[0] = dict_new(0);
    if (values && values != NONE) {
        r[1] = tuple_from(values);
        const struct tuple *t = (const struct tuple *)r[1];
        if (t->len > fields->len)
            raise_type("Got more default values than field names");
        for (size_t i = 0; i < t->len; i++)
            dict_set(r[0], fields->values[fields->len - t->len + i], t->values[i]);
    }
    return r[0];
}

// namedtuple(name, fields, *, defaults=None)
static val collections_namedtuple(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 3);
    need_str(a[0]);
    r[0] = parse_fields(a[1]);
    r[1] = defaults_of((struct tuple *)r[0], a[2]);
    r[2] = dict_new(2);
    dict_set(r[2], S(_fields), r[0]);
    dict_set(r[2], S(_field_defaults), r[1]);
    struct type *type = heap_new(&type_type);
    *type = type_named;
    type->name = a[0];
    type->dict = r[2];
    type->bases = V(type_named);
    return (val)type;
}
static const val namedtuple_keywords[] = {S(typename), S(field_names), S(defaults)};
NATIVE_FULL(collections_namedtuple, namedtuple, 2, 3, 0, namedtuple_keywords);

NAMES(module_collections, S(OrderedDict), V(type_OrderedDict), S(__name__), S(collections),
      S(defaultdict), V(type_defaultdict), S(deque), V(type_deque),
      N(namedtuple, collections_namedtuple));

#endif
