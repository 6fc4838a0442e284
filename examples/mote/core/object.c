// SPDX-License-Identifier: MIT
// What can be done with any value: each operation asks the ops of the type (or of both types), falls back as the language
// says, and raises the error the program would expect.
#include "core/vm.h"

const struct ops no_ops = {0};

// ------------------------------------------------------------------------------------------ operators

static inline val ask(const struct ops *ops, enum op op, val a, val b)
{
    val v = ops->binary ? ops->binary(op, a, b) : NOTHING;
    return v == NOT_IMPLEMENTED ? NOTHING : v;
}

val binary_try(enum op op, val a, val b)
{
    const struct ops *of_a = type_of(a)->ops, *of_b = type_of(b)->ops;
    if (op == OP_IN)
        return ask(of_b, op, a, b);
    val v;
    bool b_first = of_b == &instance_ops && of_a != of_b && derives(type_of(b), type_of(a));
    if (!b_first && (v = ask(of_a, op, a, b)))
        return v;
    if ((of_a != of_b || b_first) && (v = ask(of_b, op, a, b)))
        return v;
    return b_first ? ask(of_a, op, a, b) : NOTHING;
}

static val contains_by_iteration(val what, val container)
{
    ROOTS(r, 2);
    const struct ops *ops = type_of(container)->ops;
    r[0] = ops->iter   ? iter_of(container)
           : ops->item ? iterator_new(container, ITERATE_GETITEM)
                       : NOTHING;
    if (!r[0])
        raise_type("argument of type %r is not iterable", type_of(container)->name);
    while ((r[1] = iter_next(r[0])))
        if (equal(r[1], what))
            return TRUE;
    return FALSE;
}

static bool is_sequence(val v)
{
    return is_a(v, &type_list) || is_a(v, &type_tuple) || is_a(v, &type_str) ||
           is_a(v, &type_bytes) || is_a(v, &type_bytearray);
}

_Noreturn static void raise_operands(enum op op, val a, val b)
{
    if (op <= OP_GE)
        raise_type("'%s' not supported between instances of %r and %r", op_text(op),
                   type_of(a)->name, type_of(b)->name);
    if (FOR_WORDS((op == OP_MUL || op == OP_MUL + OP_INPLACE) &&
                  (is_sequence(a) || is_sequence(b))))
        raise_type("can't multiply sequence by non-int of type '%t'", is_sequence(a) ? b : a);
    if (FOR_WORDS((op == OP_ADD || op == OP_IADD) && is_sequence(a))) {
        if (is_a(a, &type_list) || is_a(a, &type_tuple))
            raise_type("can only concatenate %s (not \"%t\") to %s",
                       is_a(a, &type_list) ? "list" : "tuple", b,
                       is_a(a, &type_list) ? "list" : "tuple");
        raise_type("can't concat %t to %t", b, a);
    }
    const char *text = op == OP_POW ? "** or pow()" : op == OP_DIVMOD ? "divmod()" : op_text(op);
    raise_type("unsupported operand type(s) for %s: %r and %r", text, type_of(a)->name,
               type_of(b)->name);
}

val op_binary(enum op op, val a, val b)
{
    ROOTS(r, 2);
    r[0] = a;
    r[1] = b;
    val v = binary_try(op, a, b);
    if (v)
        return op == OP_IN ? bool_new(truth(v)) : v;
    if (op == OP_IN)
        return contains_by_iteration(a, b);
    if (op == OP_EQ || op == OP_NE)
        return bool_new((a == b) == (op == OP_EQ));
    if (op >= OP_IADD && (v = binary_try(op - OP_INPLACE, a, b)))
        return v;
    raise_operands(op, a, b);
}

val op_unary(enum op op, val a)
{
    const struct ops *ops = type_of(a)->ops;
    val v = ops->unary ? ops->unary(op, a) : NOTHING;
    if (v)
        return v;
    switch (op) {
    case OP_LEN:
        raise_type("object of type %r has no len()", type_of(a)->name);
    case OP_HASH:
        return int_new((intptr_t)hash_of(a));
    case OP_TRUTH:
        return bool_new(truth(a));
    case OP_ABS:
        raise_type("bad operand type for abs(): %r", type_of(a)->name);
    default:
        raise_type("bad operand type for unary %s: %r", op_text(op), type_of(a)->name);
    }
}

bool truth(val v)
{
    if (v == TRUE)
        return true;
    if (v == FALSE || v == NONE)
        return false;
    if (QUICK && is_small(v))
        return v != SMALL(0);
    if (QUICK && is_interned(v))
        return v != S(empty);
    const struct ops *ops = type_of(v)->ops;
    val t = ops->unary ? ops->unary(OP_TRUTH, v) : NOTHING;
    if (t)
        return t == TRUE;
    t = ops->unary ? ops->unary(OP_LEN, v) : NOTHING;
    intptr_t length;
    return !t || !int_fits(t, &length) || length != 0;
}

bool equal(val a, val b)
{
    if (a == b)
        return true;
    if (QUICK && is_interned(a) && is_interned(b))
        return false;
    ROOTS(r, 2);
    r[0] = a;
    r[1] = b;
    val v = binary_try(OP_EQ, a, b);
    return v && truth(v);
}

bool less(val a, val b)
{
    if (QUICK && is_small(a) && is_small(b))
        return (intptr_t)a < (intptr_t)b;
    val v = op_binary(OP_LT, a, b);
    return v == TRUE || truth(v);
}

size_t hash_of_identity(val v)
{
    return (v >> 4 | v << (8 * WORD - 4)) & (size_t)SMALL_MAX;
}

// Without an answer a value is hashed by identity, unless it can be equal to others.
size_t hash_of(val v)
{
    if (is_interned(v))
        return interned_hash(v);
    const struct ops *ops = type_of(v)->ops;
    val h = ops->unary ? ops->unary(OP_HASH, v) : NOTHING;
    if (!h && ops->binary)
        raise_type("unhashable type: %r", type_of(v)->name);
    if (!h)
        return hash_of_identity(v);
    intptr_t hash;
    return int_fits(h, &hash) ? (size_t)hash : 0;
}

size_t length_of(val v)
{
    return need_size(op_unary(OP_LEN, v));
}

// ------------------------------------------------------------------------------------------ attributes

// As instances have it, for the rest: the dict of the type, then what its ops say.
static val native_find(val o, val name, val *self)
{
    const struct type *where, *type = type_of(o);
    *self = NOTHING;
    if (type == &type_type)
        return type_load(o, name, self);
    ROOTS(r, 1);
    r[0] = o;
    val v = NOTHING;
    if (type == &type_super || type == &type_module) {
        v = type->ops->attr(o, name, LOAD);
        if (v)
            return v;
    }
    v = type_find(type, name, &where);
    if (v)
        return attr_bind(v, o, type, where, self);
    v = type->ops->attr ? type->ops->attr(o, name, LOAD) : NOTHING;
    if (v)
        return v;
    if (name == S(__class__))
        return V(*type);
    v = special_of_native(o, type, name);
    return v ? v : special_of_native(o, &type_object, name);
}

val method_find(val o, val name, val *self)
{
    return is_instance(o) ? instance_find(o, name, self) : native_find(o, name, self);
}

_Noreturn void raise_no_attribute(val o, val name)
{
    if (has_type(o, &type_type))
        raise_told(&type_AttributeError, "type object %r has no attribute %r",
                   ((struct type *)o)->name, name);
    if (has_type(o, &type_module))
        raise_told(&type_AttributeError, "module %r has no attribute %r",
                   ((struct module *)o)->name, name);
    raise_told(&type_AttributeError, "%r object has no attribute %r", type_of(o)->name, name);
}

val attr_name(val v)
{
    val s = as_native(v, &type_str);
    if (!s)
        raise_type("attribute name must be string, not %r", type_of(v)->name);
    return intern_val(s);
}

val attr_find(val o, val name)
{
    ROOTS(r, 2);
    r[0] = method_find(o, name, &r[1]);
    return method_join(r[0], r[1]);
}

val attr_get(val o, val name)
{
    val v = attr_find(o, name);
    if (!v)
        raise_no_attribute(o, name);
    return v;
}

void attr_set(val o, val name, val value)
{
    const struct type *type = type_of(o);
    if (type->ops->attr && type->ops->attr(o, name, value))
        return;
    if (!is_class(type) && type != &type_type && type_find(type, name, NULL))
        raise_error(&type_AttributeError, "%r object attribute %r is read-only", type->name, name);
    raise_no_attribute(o, name);
}

void attr_delete(val o, val name)
{
    attr_set(o, name, DELETE);
}

// ------------------------------------------------------------------------------------------ items

static val item_op(val o, val key, val value, const char *what)
{
    const struct ops *ops = type_of(o)->ops;
    val v = ops->item ? ops->item(o, key, value) : NOTHING;
    if (FOR_WORDS(!v && has_type(o, &type_type) && value == LOAD))
        raise_type("type %r is not subscriptable", ((struct type *)o)->name);
    if (!v)
        raise_type(what, type_of(o)->name);
    return v;
}

static val class_item(val o, val key)
{
    ROOTS(r, 2);
    r[0] = type_load(o, S(__class_getitem__), &r[1]);
    if (!r[0])
        raise_type("type %r is not subscriptable", ((struct type *)o)->name);
    return r[1] ? call_with(r[0], r[1], 1, 0, &key) : call1(r[0], key);
}

val item_get(val o, val key)
{
    if (has_type(o, &type_type))
        return class_item(o, key);
    return item_op(o, key, LOAD, "%r object is not subscriptable");
}

void item_set(val o, val key, val value)
{
    item_op(o, key, value, "%r object does not support item assignment");
}

void item_delete(val o, val key)
{
    item_op(o, key, DELETE,
            type_of(o)->ops->item ? "%r object doesn't support item deletion"
                                  : "%r object does not support item deletion");
}

// ------------------------------------------------------------------------------------------ iteration

bool is_iterator(val v)
{
    const struct type *type = type_of(v);
    if (!is_class(type))
        return type->ops->next;
    const struct ops *base = native_base(type)->ops;
    return type_find(type, S(__next__), NULL) || (base && base->next);
}

val iter_of(val o)
{
    const struct ops *ops = type_of(o)->ops;
    val v = ops->iter ? ops->iter(o) : NOTHING;
    if (!v)
        raise_type("%r object is not iterable", type_of(o)->name);
    return v;
}

val iter_next(val iterator)
{
    const struct ops *ops = type_of(iterator)->ops;
    if (!ops->next)
        raise_type("%r object is not an iterator", type_of(iterator)->name);
    steps_take(1);
    return ops->next(iterator);
}

// ------------------------------------------------------------------------------------------ names

val type_name(val v)
{
    return type_of(v)->name;
}

static void add_names(val set, val dict)
{
    size_t at = 0;
    val *slot;
    while (dict && table_next(table_of(dict), &at, &slot))
        if (slot[0] != PART_NAME)
            set_add(set, slot[0]);
}

static void add_type_names(val set, const struct type *type)
{
    struct mro m = mro_of(type);
    for (const struct type *t; (t = mro_next(&m));)
        add_names(set, t->dict);
}

val dir_of(val v)
{
    ROOTS(r, 2);
    r[0] = set_new();
    if (has_type(v, &type_type)) {
        add_type_names(r[0], (const struct type *)v);
    } else if (has_type(v, &type_module)) {
        add_names(r[0], ((const struct module *)v)->dict);
    } else {
        add_type_names(r[0], type_of(v));
        if (is_instance(v)) {
            r[1] = attr_find(v, S(__dict__));
            add_names(r[0], r[1]);
        }
    }
    r[0] = list_from(r[0]);
    struct list *l = (struct list *)r[0];
    if (l->len)
        sort_values(l->items->values, l->len, NOTHING, false);
    return r[0];
}
