// SPDX-License-Identifier: MIT
// Instances of classes of the program. What one can do follows from the dict of its class and those of its bases.
//
//     instance                                    of a class with __slots__
//     +-------+-------+------+------+             +-------+--------+--------+-----
//     | class | pairs | used | live |             | class | value0 | value1 | ...
//     +-------+-------+------+------+             +-------+--------+--------+-----
//
// When a base is a native type, the native object is the value of the key "\0" in the table: its part. Native functions get
// the part as self; where the class defines nothing itself the part does the work.
#include "core/vm.h"

val instance_new(const struct type *cls)
{
    return (val)heap_new(cls);
}

static struct table *instance_table(val o)
{
    return type_of(o)->shape.flags & TYPE_SLOTS ? NULL : &((struct instance *)o)->table;
}

val native_part(val instance)
{
    struct table *t = instance_table(instance);
    val *slot = t ? table_find_name(t, PART_NAME) : NULL;
    return slot ? slot[1] : NOTHING;
}

// ------------------------------------------------------------------------------------------ attributes

static bool hooked(const struct type *cls)
{
    return cls->shape.flags & TYPE_HOOKS || mote.hooks;
}

static val attributes_dict(val o)
{
    ROOTS(r, 1);
    r[0] = dict_new(0);
    struct table *t = instance_table(o);
    size_t at = 0;
    val *slot;
    while (t && table_next(t, &at, &slot))
        if (slot[0] != PART_NAME)
            dict_set(r[0], slot[0], slot[1]);
    return r[0];
}

// What no dict has.
static val instance_other(val o, const struct type *cls, val name)
{
    if (name == S(__class__))
        return V(*cls);
    if (name == S(__dict__) && instance_table(o))
        return attributes_dict(o);
    val part = native_part(o);
    const struct type *base = native_base(cls);
    if (part && base->ops->attr) {
        val v = base->ops->attr(part, name, LOAD);
        if (v)
            return v;
    }
    if (name == S(__hash__) && type_find(cls, name, NULL))
        return NONE;
    return special_of_native(o, base, name);
}

val instance_load(val o, val name, val *self)
{
    const struct type *where, *cls = type_of(o);
    *self = NOTHING;
    val v = type_find(cls, name, &where);
    if (v && is_data(v))
        return attr_bind(v, o, cls, where, self);
    struct table *t = instance_table(o);
    val *slot = t ? find_hinted(t, name, hint_of(cls)) : NULL;
    if (slot)
        return slot[1];
    return v ? attr_bind(v, o, cls, where, self) : instance_other(o, cls, name);
}

val instance_find(val o, val name, val *self)
{
    *self = NOTHING;
    if (hooked(type_of(o))) {
        val v = special_call(o, S(__getattribute__), 1, &name);
        if (v)
            return v;
    }
    val v = instance_load(o, name, self);
    return v ? v : special_call(o, S(__getattr__), 1, &name);
}

// Through a descriptor of the class; false if there is none that cares.
static bool store_data(val o, val name, val value)
{
    val v = type_find(type_of(o), name, NULL);
    if (!v)
        return false;
    ROOTS(r, 2);
    r[0] = o;
    r[1] = value;
    if (has_type(v, &type_property)) {
        const struct property *p = (const struct property *)v;
        val f = value == DELETE ? p->del : p->set;
        if (f == NONE)
            raise_error(&type_AttributeError, "property %r of %r object has no %s", name,
                        type_of(o)->name, value == DELETE ? "deleter" : "setter");
        call(f, value == DELETE ? 1 : 2, 0, r);
        return true;
    }
    if (has_type(v, &type_member)) {
        if (instance_table(o))
            return false;
        val *place = member_place(o, (const struct member *)v);
        if (value == DELETE && !*place)
            raise_no_attribute(o, name);
        *place = value == DELETE ? NOTHING : value;
        return true;
    }
    if (!is_instance(v))
        return false;
    return special_call(v, value == DELETE ? S(__delete__) : S(__set__), value == DELETE ? 1 : 2,
                        r);
}

void instance_store(val o, val name, val value)
{
    const struct type *cls = type_of(o);
    if (hooked(cls) && store_data(o, name, value))
        return;
    if (cls->shape.flags & TYPE_SLOTS) {
        if (type_find(cls, name, NULL))
            raise_error(&type_AttributeError, "%r object attribute %r is read-only", cls->name,
                        name);
        raise_no_attribute(o, name);
    }
    struct table *t = instance_table(o);
    if (name == PART_NAME) // the native part is nothing to store or delete
        raise_no_attribute(o, name);
    if (value == DELETE) {
        if (!table_remove(t, name))
            raise_no_attribute(o, name);
        return;
    }
    if (name == S(__class__)) {
        instance_change_class(o, value);
        return;
    }
    if (cls->shape.flags & TYPE_EXCEPTION && exception_attr(native_part(o), name, value))
        return;
    val *slot = table_find_name(t, name);
    if (!slot) {
        ROOTS(r, 1);
        r[0] = value;
        slot = table_add(t, name);
    }
    slot[1] = value;
}

static val instance_attr(val o, val name, val value)
{
    ROOTS(r, 2);
    r[0] = name;
    r[1] = value;
    if (value == LOAD) {
        r[0] = instance_find(o, name, &r[1]);
        return method_join(r[0], r[1]);
    }
    if (hooked(type_of(o))) {
        if (value == DELETE ? special_call(o, S(__delattr__), 1, r)
                            : special_call(o, S(__setattr__), 2, r))
            return NONE;
    }
    instance_store(o, name, value);
    return NONE;
}

// ------------------------------------------------------------------------------------------ operators

static val part_or_self(val v)
{
    val part = is_instance(v) ? native_part(v) : NOTHING;
    return part ? part : v;
}

static val implemented(val v)
{
    return v == NOT_IMPLEMENTED ? NOTHING : v;
}

static val not_of(val v)
{
    return v ? bool_new(!truth(v)) : NOTHING;
}

// a op b by a method of one of the two that is an instance.
static val binary_of_program(enum op op, val a, val b)
{
    val v = NOTHING;
    bool later = is_instance(b) && type_of(a) != type_of(b);
    bool first = later && derives(type_of(b), type_of(a)); // of a class derived from that of a
    if (first && op < OP_BINARY_COUNT)
        v = implemented(special_call(b, op_name(op, true), 1, &a));
    if (!v && is_instance(a)) {
        v = implemented(special_call(a, op_name(op, false), 1, &b));
        if (!v && op == OP_NE)
            v = not_of(implemented(special_call(a, S(__eq__), 1, &b)));
    }
    if (!v && op < OP_BINARY_COUNT && is_instance(b) && !first && (later || op <= OP_GE)) {
        v = implemented(special_call(b, op_name(op, true), 1, &a));
        if (!v && op == OP_NE)
            v = not_of(implemented(special_call(b, S(__eq__), 1, &a)));
    }
    return v;
}

static val instance_contains(val what, val self)
{
    val v = special_call(self, S(__contains__), 1, &what);
    if (v)
        return bool_new(truth(v));
    if (type_find(type_of(self), S(__iter__), NULL))
        return NOTHING;
    val part = native_part(self);
    return part ? op_binary(OP_IN, what, part) : NOTHING;
}

static val instance_binary(enum op op, val a, val b)
{
    if (op == OP_IN)
        return instance_contains(a, b);
    ROOTS(r, 2);
    r[0] = a;
    r[1] = b;
    val v = binary_of_program(op, a, b);
    if (v)
        return v;
    r[0] = part_or_self(a);
    r[1] = part_or_self(b);
    if (r[0] == a && r[1] == b)
        return NOTHING;
    return binary_try(op, r[0], r[1]);
}

static val instance_hash(val self)
{
    const struct type *where;
    val own = type_find(type_of(self), S(__hash__), &where);
    if (own == NONE)
        raise_type("unhashable type: %r", type_of(self)->name);
    val v = special_call(self, S(__hash__), 0, NULL);
    if (v)
        return int_new((intptr_t)hash_of(index_val(v)));
    val part = native_part(self);
    return int_new(
        (intptr_t)(part && !exception_of(part) ? hash_of(part) : hash_of_identity(self)));
}

static val instance_truth(val self)
{
    val v = special_call(self, S(__bool__), 0, NULL);
    if (v && v != TRUE && v != FALSE)
        raise_type("__bool__ should return bool, returned %t", v);
    if (v)
        return v;
    v = special_call(self, S(__len__), 0, NULL);
    if (v)
        return bool_new(need_int(v) != 0);
    val part = native_part(self);
    return bool_new(!part || exception_of(part) || truth(part));
}

static val instance_unary(enum op op, val self)
{
    if (op == OP_HASH)
        return instance_hash(self);
    if (op == OP_TRUTH)
        return instance_truth(self);
    val v = special_call(self, op_name(op, false), 0, NULL);
    if (v && op == OP_LEN && need_int(v) < 0)
        raise_value("__len__() should return >= 0");
    if (v)
        return v;
    val part = native_part(self);
    const struct ops *ops = part ? type_of(part)->ops : NULL;
    return ops && ops->unary ? ops->unary(op, part) : NOTHING;
}

// ------------------------------------------------------------------------------------------ the rest

void instance_print_plain(val self, struct sink *out)
{
    ROOTS(r, 1);
    r[0] = class_module(type_of(self));
    sink_format(out, "<%v.%t object at 0x%x>", r[0], self, (size_t)self);
}

#if MOTE_RARE
// The native part as its type prints it, under the name of the class where that names itself: Ring([1]), Keys({1}).
static void print_part(val self, val part, struct sink *out, enum print_how how)
{
    BUILDER(b);
    print_val(part, &b.sink, how);
    const char *text = b.size ? (const char *)((struct bytes *)b.store)->data : "";
    struct text name = text_of(type_of(part)->name);
    bool named = b.size > name.size && text[name.size] == '(' && !is_str(part) &&
                 memcmp(text, name.data, name.size) == 0;
    bool set = has_type(part, &type_set) && !named;
    if (named || set)
        sink_format(out, set ? "%t(" : "%t", self);
    size_t from = named ? name.size : 0;
    out->write(out, text + from, b.size - from);
    if (set)
        sink_char(out, ')');
}
#else
#define print_part(self, part, out, how) print_val(part, out, how)
#endif

static void instance_print(val self, struct sink *out, enum print_how how)
{
    ROOTS(r, 1);
    if (how == PRINT_STR)
        r[0] = special_call(self, S(__str__), 0, NULL);
    val part = native_part(self);
    bool exception = part && exception_of(part);
    // Exceptions, str, bytes and bytearray have a __str__ of their own.
    bool own = exception || (part && (is_str(part) || type_of(part)->ops->buffer));
    if (!r[0] && !(own && how == PRINT_STR))
        r[0] = special_call(self, S(__repr__), 0, NULL);
    if (r[0]) {
        struct text t = need_printed(r[0], how);
        out->write(out, t.data, t.size);
    } else if (exception) {
        exception_write(self, out, how);
    } else if (part) {
        print_part(self, part, out, how);
    } else {
        instance_print_plain(self, out);
    }
}

struct text need_printed(val v, enum print_how how)
{
    val s = as_native(v, &type_str);
    if (!s)
        raise_type("%s returned non-string (type %t)", how == PRINT_STR ? "__str__" : "__repr__",
                   v);
    return text_of(s);
}

static val instance_item(val self, val key, val value)
{
    static const val names[] = {S(__getitem__), S(__delitem__), S(__setitem__)};
    ROOTS(r, 2);
    r[0] = key;
    r[1] = value;
    unsigned which = value == LOAD ? 0 : value == DELETE ? 1 : 2;
    val v = special_call(self, names[which], which == 2 ? 2 : 1, r);
    if (v)
        return v;
    val part = native_part(self);
    if (!part || !type_of(part)->ops->item)
        return NOTHING;
    if (which == 0 && has_type(part, &type_dict) &&
        type_find(type_of(self), S(__missing__), NULL) && !dict_get(part, key))
        return special_call(self, S(__missing__), 1, r);
    return type_of(part)->ops->item(part, key, value);
}

static val instance_call(val self, size_t n, size_t kw, val *args)
{
    const struct type *where, *cls = type_of(self);
    ROOTS(r, 2);
    stack_check();
    r[0] = type_find(cls, S(__call__), &where);
    if (!r[0])
        raise_type("%r object is not callable", cls->name);
    r[0] = attr_bind(r[0], self, cls, where, &r[1]);
    return r[1] ? call_with(r[0], r[1], n, kw, args) : call(r[0], n, kw, args);
}

static val instance_iter(val self)
{
    ROOTS(r, 1);
    r[0] = special_call(self, S(__iter__), 0, NULL);
    if (r[0]) {
        if (!is_iterator(r[0]))
            raise_type("iter() returned non-iterator of type %r", type_of(r[0])->name);
        return r[0];
    }
    val part = native_part(self);
    if (part && type_of(part)->ops->iter)
        return type_of(part)->ops->iter(part);
    if (type_find(type_of(self), S(__getitem__), NULL))
        return iterator_new(self, ITERATE_GETITEM);
    return NOTHING;
}

static val instance_next(val self)
{
    const struct type *where, *cls = type_of(self);
    ROOTS(r, 2);
    r[0] = type_find(cls, S(__next__), &where);
    if (!r[0]) {
        val part = native_part(self);
        if (part && type_of(part)->ops->next)
            return type_of(part)->ops->next(part);
        raise_type("%r object is not an iterator", cls->name);
    }
    r[0] = attr_bind(r[0], self, cls, where, &r[1]);
    return call_until_stop(r[0], r[1] ? 1 : 0, &r[1]);
}

static bool instance_buffer(val self, struct buffer *out)
{
    val part = native_part(self);
    return part && type_of(part)->ops->buffer && type_of(part)->ops->buffer(part, out);
}

const struct ops instance_ops = {.print = instance_print,
                                 .unary = instance_unary,
                                 .binary = instance_binary,
                                 .item = instance_item,
                                 .attr = instance_attr,
                                 .call = instance_call,
                                 .iter = instance_iter,
                                 .next = instance_next,
                                 .buffer = instance_buffer};
