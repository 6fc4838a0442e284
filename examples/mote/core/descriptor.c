// SPDX-License-Identifier: MIT
// What stands between a name in a class and what the program gets: functions become methods, and property, classmethod,
// staticmethod, super and members of __slots__ have it their way.
#include "core/vm.h"

// ------------------------------------------------------------------------------------------ binding

bool is_data(val attr)
{
    const struct type *type = type_of(attr);
    if (type == &type_property || type == &type_member)
        return true;
    return is_class(type) &&
           (type_find(type, S(__set__), NULL) || type_find(type, S(__delete__), NULL));
}

static val unbound_new(val native, const struct type *type)
{
    struct method *m = heap_new(&type_unbound);
    m->function = native;
    m->self = V(*type);
    return (val)m;
}

// What natives of that type get as self: the native part of an instance; exceptions and object take the instance. TypeError
// for anything else, so that no native has to look again (native_self).
static val self_for(val o, const struct type *where)
{
    return where == &type_object || where->shape.flags & TYPE_EXCEPTION ? o : need_native(o, where);
}

static val bind_native(val v, val o, const struct type *cls, const struct type *where, val *self)
{
    unsigned flags = ((const struct native *)v)->flags;
    if (is_class(where) || flags & NATIVE_STATIC)
        return v;
    if (flags & NATIVE_CLASS) {
        *self = V(*cls);
        return v;
    }
    if (!o)
        return where == &type_object ? v : unbound_new(v, where);
    *self = is_instance(o) ? self_for(o, where) : o;
    return v;
}

// A class without __slots__ derived from one that has them keeps those in its table like the rest.
val *member_place(val o, const struct member *m)
{
    if (type_of(o)->shape.flags & TYPE_SLOTS)
        return (val *)o + m->place;
    val *slot = table_find_name(&((struct instance *)o)->table, m->name);
    return slot ? slot + 1 : NULL;
}

static val bind_property(val v, val o)
{
    val get = ((const struct property *)v)->get;
    if (get == NONE)
        raise_error(&type_AttributeError, "property of %r object has no getter", type_of(o)->name);
    return call1(get, o);
}

static val bind_instance(val v, val o, const struct type *cls)
{
    if (!type_find(type_of(v), S(__get__), NULL))
        return v;
    val args[2] = {o ? o : NONE, V(*cls)};
    return special_call(v, S(__get__), 2, args);
}

val attr_bind(val v, val o, const struct type *cls, const struct type *where, val *self)
{
    *self = NOTHING;
    const struct type *type = type_of(v);
    if (type == &type_function) {
        *self = o;
        return v;
    }
    if (type == &type_native)
        return bind_native(v, o, cls, where, self);
    if (type == &type_classmethod) {
        v = ((const struct wrapper *)v)->function;
        *self = V(*cls);
        return v;
    }
    if (type == &type_staticmethod)
        return ((const struct wrapper *)v)->function;
    if (type == &type_property)
        return o ? bind_property(v, o) : v;
    if (type == &type_member && o) {
        const struct member *m = (const struct member *)v;
        val *place = member_place(o, m);
        val value = place ? *place : NOTHING;
        if (!value)
            raise_no_attribute(o, m->name);
        return value;
    }
    if (type == &type_unbound && o) {
        const struct method *m = (const struct method *)v;
        *self = self_for(o, (const struct type *)m->self);
        return m->function;
    }
    if (type == &type_slot && o)
        return slot_bind(v, o);
    return is_class(type) ? bind_instance(v, o, cls) : v;
}

val method_new(val function, val self)
{
    ROOTS(r, 2);
    r[0] = function;
    r[1] = self;
    struct method *m = heap_new(&type_method);
    m->function = function;
    m->self = self;
    return (val)m;
}

val method_join(val function, val self)
{
    return self ? method_new(function, self) : function;
}

// ------------------------------------------------------------------------------------------ methods

static val method_call_op(val f, size_t n, size_t kw, val *args)
{
    const struct method *m = (const struct method *)f;
    return call_with(m->function, m->self, n, kw, args);
}

static val method_attr(val self, val name, val value)
{
    const struct method *m = (const struct method *)self;
    if (value != LOAD)
        return NOTHING;
    if (name == S(__self__))
        return m->self;
    if (name == S(__func__))
        return m->function;
    return attr_find(m->function, name);
}

static void method_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    const struct method *m = (const struct method *)self;
    if (has_type(m->function, &type_native))
        sink_format(out, "<built-in method %v of %t object at 0x%x>", native_name(m->function),
                    m->self, (size_t)m->self);
    else
        sink_format(out, "<bound method %v of %r>", attr_get(m->function, S(__name__)), m->self);
}

static val method_binary(enum op op, val a, val b)
{
    if ((op != OP_EQ && op != OP_NE) || type_of(a) != type_of(b))
        return NOTHING;
    const struct method *m = (const struct method *)a, *o = (const struct method *)b;
    return bool_new((m->function == o->function && m->self == o->self) == (op == OP_EQ));
}

static val method_unary(enum op op, val self)
{
    const struct method *m = (const struct method *)self;
    return op == OP_HASH
               ? int_new((intptr_t)((hash_of_identity(m->function) ^ hash_of_identity(m->self))))
               : NOTHING;
}

static const struct ops method_ops = {.print = TOLD_PRINT(method_print),
                                      .unary = method_unary,
                                      .binary = method_binary,
                                      .attr = method_attr,
                                      .call = method_call_op};
#define PAIR_SHAPE                                                                                 \
    {                                                                                              \
        .size = sizeof(struct method), .refs = 1 << 1 | 1 << 2                                     \
    }
const struct type type_method = {
    .head = {&type_type}, .name = S(method), .ops = &method_ops, .shape = PAIR_SHAPE};

// A method of a native type asked of the type itself: list.append. Its first argument is checked here, for all of them.
static val unbound_call(val f, size_t n, size_t kw, val *args)
{
    const struct method *m = (const struct method *)f;
    const struct type *type = (const struct type *)m->self;
    val name = native_name(m->function);
    if (n == 0)
        raise_type("unbound method %v.%v() needs an argument", type->name, name);
    if (!is_a(args[0], type))
        raise_type("descriptor %r for %r objects doesn't apply to a %r object", name, type->name,
                   type_of(args[0])->name);
    return call_with(m->function, self_for(args[0], type), n - 1, kw, args + 1);
}

static void unbound_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    const struct method *m = (const struct method *)self;
    sink_format(out, "<method %r of %r objects>", native_name(m->function),
                ((const struct type *)m->self)->name);
}

static val unbound_attr(val self, val name, val value)
{
    return value == LOAD ? attr_find(((const struct method *)self)->function, name) : NOTHING;
}

static const struct ops unbound_ops = {.print = TOLD_PRINT(unbound_print),
                                       .unary = method_unary,
                                       .binary = method_binary,
                                       .attr = unbound_attr,
                                       .call = unbound_call};
const struct type type_unbound = {
    .head = {&type_type}, .name = S(method_descriptor), .ops = &unbound_ops, .shape = PAIR_SHAPE};

// ------------------------------------------------------------------------------------------ classmethod, staticmethod

static val wrapper_make(const struct type *type, size_t n, size_t kw, val *args)
{
    if (n != 1 || kw)
        raise_type("%v expected 1 argument, got %z", type->name, n + kw);
    struct wrapper *w = heap_new(type);
    w->function = args[0];
    return (val)w;
}

static val wrapper_attr(val self, val name, val value)
{
    val f = ((const struct wrapper *)self)->function;
    if (value != LOAD)
        return NOTHING;
    return name == S(__func__) || name == S(__wrapped__) ? f : attr_find(f, name);
}

static val static_call(val f, size_t n, size_t kw, val *args)
{
    return call(((const struct wrapper *)f)->function, n, kw, args);
}

static const struct ops classmethod_ops = {.attr = wrapper_attr, .make = wrapper_make};
static const struct ops staticmethod_ops = {
    .attr = wrapper_attr, .call = static_call, .make = wrapper_make};
#define WRAPPER_SHAPE                                                                              \
    {                                                                                              \
        .size = sizeof(struct wrapper), .refs = 1 << 1                                             \
    }
const struct type type_classmethod = {
    .head = {&type_type}, .name = S(classmethod), .ops = &classmethod_ops, .shape = WRAPPER_SHAPE};
const struct type type_staticmethod = {.head = {&type_type},
                                       .name = S(staticmethod),
                                       .ops = &staticmethod_ops,
                                       .shape = WRAPPER_SHAPE};

// ------------------------------------------------------------------------------------------ property

static const val property_keywords[] = {S(fget), S(fset), S(fdel), S(doc)};

static val property_make(const struct type *type, size_t n, size_t kw, val *args)
{
    struct property *p = heap_new(type);
    val *fields = &p->get;
    make_arguments(type, n, kw, args, property_keywords, COUNT_OF(property_keywords), fields);
    for (size_t i = 0; i < COUNT_OF(property_keywords); i++)
        if (!fields[i])
            fields[i] = NONE;
    return (val)p;
}

static val property_with(val self, size_t which, val f)
{
    const struct property *old = (const struct property *)native_self(self, &type_property);
    struct property *p = heap_new(&type_property);
    p->get = old->get;
    p->set = old->set;
    p->del = old->del;
    p->doc = old->doc;
    (&p->get)[which] = f;
    return (val)p;
}

static val property_getter(size_t n, val *a)
{
    (void)n;
    return property_with(a[0], 0, a[1]);
}
NATIVE(property_getter, getter, 2, 2);

static val property_setter(size_t n, val *a)
{
    (void)n;
    return property_with(a[0], 1, a[1]);
}
NATIVE(property_setter, setter, 2, 2);

static val property_deleter(size_t n, val *a)
{
    (void)n;
    return property_with(a[0], 2, a[1]);
}
NATIVE(property_deleter, deleter, 2, 2);

static val property_attr(val self, val name, val value)
{
    const struct property *p = (const struct property *)self;
    if (value != LOAD)
        return NOTHING;
    for (size_t i = 0; i < 3; i++)
        if (name == property_keywords[i])
            return (&p->get)[i];
    if (name != S(__doc__))
        return NOTHING;
    return p->doc != NONE || p->get == NONE ? p->doc : attr_find(p->get, name);
}

METHODS(property_names, ROW(deleter, property_deleter), ROW(getter, property_getter),
        ROW(setter, property_setter));
static const struct ops property_ops = {.attr = property_attr, .make = property_make};
const struct type type_property = {.head = {&type_type},
                                   .name = S(property),
                                   .ops = &property_ops,
                                   .dict = V(property_names),
                                   .shape = {.size = sizeof(struct property), .refs = 15 << 1}};

static void member_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    sink_format(out, "<member %r>", ((const struct member *)self)->name);
}

static const struct ops member_ops = {.print = TOLD_PRINT(member_print)};
const struct type type_member = {.head = {&type_type},
                                 .name = S(member_descriptor),
                                 .ops = &member_ops,
                                 .shape = {.size = sizeof(struct member), .refs = 1 << 1}};

// ------------------------------------------------------------------------------------------ super

struct super {
    struct obj head;
    val cls, self;
};

static _Noreturn void raise_super(void)
{
    raise_type("super(type, obj): obj must be an instance or subtype of type");
}

// The object of a super: an instance of the class, or (o NOTHING then) a class derived from it.
static const struct type *super_start(const struct type *cls, val self, val *o)
{
    *o = self;
    if (has_type(self, &type_type) && derives((const struct type *)self, cls)) {
        *o = NOTHING;
        return (const struct type *)self;
    }
    if (!is_a(self, cls))
        raise_super();
    return type_of(self);
}

val super_find(val cls, val self, val name, val *method_self)
{
    val o;
    if (!has_type(cls, &type_type))
        raise_super();
    const struct type *type = super_start((const struct type *)cls, self, &o);
    struct mro m = mro_of(type);
    const struct type *t;
    while ((t = mro_next(&m)) && t != (const struct type *)cls)
        ;
    const struct type *native = NULL;
    *method_self = NOTHING;
    while ((t = mro_next(&m))) {
        val *slot = t->dict ? table_find_name(table_of(t->dict), name) : NULL;
        if (slot)
            return attr_bind(slot[1], o, type, t, method_self);
        if (!native && !is_class(t))
            native = t;
        if (t != &type_object && !is_class(t) && name == S(__new__))
            return V(native_new_native);
        if (!is_class(t)) {
            val v = special_of_native(o, t, name);
            if (v)
                return v;
        }
    }
    val part = o && is_instance(o) && native ? native_part(o) : NOTHING;
    return part && native->ops->attr ? native->ops->attr(part, name, LOAD) : NOTHING;
}

static val super_attr(val self, val name, val value)
{
    const struct super *s = (const struct super *)self;
    ROOTS(r, 2);
    if (value != LOAD)
        return NOTHING;
    if (name == S(__class__))
        return V(type_super);
    r[0] = super_find(s->cls, s->self, name, &r[1]);
    return method_join(r[0], r[1]);
}

static val super_make(const struct type *type, size_t n, size_t kw, val *args)
{
    val o;
    if (n == 0)
        raise_error(&type_RuntimeError, "super(): no arguments");
    if (n != 2 || kw)
        raise_type("super() takes two arguments here");
    if (!has_type(args[0], &type_type))
        raise_type("super() argument 1 must be a type, not %t", args[0]);
    super_start((const struct type *)args[0], args[1], &o);
    struct super *s = heap_new(type);
    s->cls = args[0];
    s->self = args[1];
    return (val)s;
}

static val super_item(val self, val key, val value)
{
    static const val names[] = {S(__getitem__), S(__delitem__), S(__setitem__)};
    ROOTS(r, 3);
    r[0] = key;
    r[1] = value;
    unsigned which = value == LOAD ? 0 : value == DELETE ? 1 : 2;
    r[2] = super_attr(self, names[which], LOAD);
    return r[2] ? call(r[2], which == 2 ? 2 : 1, 0, r) : NOTHING;
}

static void super_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    const struct super *s = (const struct super *)self;
    sink_format(out, "<super: <class %r>, <%t object>>", ((const struct type *)s->cls)->name,
                s->self);
}

static const struct ops super_ops = {
    .print = TOLD_PRINT(super_print), .item = super_item, .attr = super_attr, .make = super_make};
const struct type type_super = {.head = {&type_type},
                                .name = S(super),
                                .ops = &super_ops,
                                .shape = {.size = sizeof(struct super), .refs = 1 << 1 | 1 << 2}};
