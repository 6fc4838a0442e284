// SPDX-License-Identifier: MIT
// class(...): how instances come to be, and the methods that every object has from `object`.
//
// An instance of a class derived from a native type holds a native object, its part: made with the arguments when it can
// never change or the class has no __init__ of its own, else empty, for object.__init__ to make it anew.
#include "core/vm.h"

// Natives whose objects never change get their value in __new__.
static bool fixed(const struct type *base)
{
    return base == &type_int || base == &type_str || base == &type_bytes || base == &type_tuple ||
#if MOTE_FLOAT
           base == &type_float ||
#endif
           base == &type_frozenset;
}

static void set_part(val instance, val part)
{
    ROOTS(r, 2);
    r[0] = part;
    r[1] = instance;
    table_add(&((struct instance *)instance)->table, PART_NAME)[1] = part;
}

static val make_native(const struct type *type, size_t n, size_t kw, val *args)
{
    if (!type->ops || !type->ops->make)
        raise_type("cannot create %r instances", type->name);
    return type->ops->make(type, n, kw, args);
}

val class_call(val cls, size_t n, size_t kw, val *args)
{
    const struct type *where, *type = (const struct type *)cls;
    if (!is_class(type))
        return make_native(type, n, kw, args);
    ROOTS(r, 2);
    val init = type_find(type, S(__init__), &where);
    bool own_init = is_class(where);
    bool own_new = is_class((type_find(type, S(__new__), &where), where));
    const struct type *base = native_base(type);
    if (own_new) {
        r[0] = attr_bind(type_find(type, S(__new__), &where), NOTHING, type, where, &r[1]);
        args[-1] = cls;
        r[0] = call(r[0], n + 1, kw, args - 1);
        if (!is_a(r[0], type))
            return r[0];
    } else {
        r[0] = instance_new(type);
        if (base != &type_object) {
            bool arguments = !own_init || fixed(base) || base->shape.flags & TYPE_EXCEPTION;
            set_part(r[0],
                     make_native(base, arguments ? n : 0, arguments && !own_init ? kw : 0, args));
        }
    }
    args[-1] = r[0];
    if (own_init) {
        if (has_type(init, &type_function)) {
            r[1] = function_run(init, NOTHING, n + 1, kw, args - 1);
        } else {
            val self;
            r[1] = attr_bind(init, r[0], type, where, &self);
            r[1] = self ? call(r[1], n + 1, kw, args - 1) : call(r[1], n, kw, args);
        }
        if (r[1] != NONE)
            raise_type("__init__() should return None, not %r", type_of(r[1])->name);
    } else if (!own_new && base == &type_object && n + kw) {
        raise_type("%v() takes no arguments", type->name);
    }
    return r[0];
}

// __new__(cls, *args, **kwargs) of native types
static val native_new(size_t n, val *a)
{
    if (!has_type(a[0], &type_type))
        raise_type("object.__new__(X): X is not a type object (%t)", a[0]);
    const struct type *type = (const struct type *)a[0];
    const struct type *base = native_base(type);
    ROOTS(r, 2);
    if (base != &type_object) {
        r[0] = list_of(base == &type_object ? 0 : n - 1, a + 1, HOW_LITERAL);
        r[0] = call_list(V(*base), r[0], a[n]);
    }
    if (!is_class(type))
        return r[0] ? r[0] : make_native(type, 0, 0, NULL);
    r[1] = instance_new(type);
    if (r[0])
        set_part(r[1], r[0]);
    return r[1];
}
NATIVE_OBJECT(native_new_native, native_new, __new__, 1, 1, NATIVE_VAR | NATIVE_KW | NATIVE_STATIC);

static val object_new(size_t n, val *a)
{
    if (has_type(a[0], &type_type) && native_base((const struct type *)a[0]) != &type_object)
        raise_type("object.__new__(%v) is not safe, use %v.__new__()",
                   ((const struct type *)a[0])->name, ((const struct type *)a[0])->name);
    return native_new(n, a);
}
NATIVE_FULL(object_new, __new__, 1, 1, NATIVE_VAR | NATIVE_KW | NATIVE_STATIC);

// object.__init__(self, *args, **kwargs): for those derived from list, dict and the like it fills the part.
static val object_init(size_t n, val *a)
{
    const struct type *type = type_of(a[0]);
    const struct type *base = native_base(type);
    if (!is_class(type) || fixed(base))
        return NONE;
    if (base == &type_object) {
        if ((n > 1 || a[n]) && !is_class((type_find(type, S(__new__), &base), base)))
            raise_type("object.__init__() takes exactly one argument (the instance to initialize)");
        return NONE;
    }
    ROOTS(r, 2);
    r[0] = list_of(n - 1, a + 1, HOW_LITERAL);
    r[1] = call_list(V(*base), r[0], a[n]);
    set_part(a[0], r[1]);
    return NONE;
}
NATIVE_FULL(object_init, __init__, 1, 1, NATIVE_VAR | NATIVE_KW);

static val object_setattr(size_t n, val *a)
{
    (void)n;
    a[1] = attr_name(a[1]);
    if (is_instance(a[0]))
        instance_store(a[0], a[1], a[2] ? a[2] : DELETE);
    else if (a[2])
        attr_set(a[0], a[1], a[2]);
    else
        attr_delete(a[0], a[1]);
    return NONE;
}
NATIVE(object_setattr, __setattr__, 3, 3);

static val object_delattr(size_t n, val *a)
{
    ROOTS(r, 3);
    r[0] = a[0];
    r[1] = a[1];
    return object_setattr(n, r);
}
NATIVE(object_delattr, __delattr__, 2, 2);

static val object_getattribute(size_t n, val *a)
{
    (void)n;
    a[1] = attr_name(a[1]);
    if (!is_instance(a[0]))
        return attr_get(a[0], a[1]);
    ROOTS(r, 2);
    r[0] = instance_load(a[0], a[1], &r[1]);
    if (!r[0])
        raise_no_attribute(a[0], a[1]);
    return method_join(r[0], r[1]);
}
NATIVE(object_getattribute, __getattribute__, 2, 2);

static val object_init_subclass(size_t n, val *a)
{
    if (a[n])
        raise_type("%v.__init_subclass__() takes no keyword arguments",
                   ((const struct type *)a[0])->name);
    return NONE;
}
NATIVE_FULL(object_init_subclass, __init_subclass__, 1, 1, NATIVE_VAR | NATIVE_KW | NATIVE_CLASS);

METHODS(object_names, ROW(__delattr__, object_delattr), ROW(__getattribute__, object_getattribute),
        ROW(__init__, object_init), ROW(__init_subclass__, object_init_subclass),
        ROW(__new__, object_new), ROW(__setattr__, object_setattr));

void instance_change_class(val o, val cls)
{
    const struct type *from = type_of(o), *to = (const struct type *)cls;
    if (!has_type(cls, &type_type) || !is_class(to) || native_base(from) != native_base(to) ||
        (from->shape.flags ^ to->shape.flags) & TYPE_SLOTS || from->shape.size != to->shape.size)
        raise_type("__class__ assignment: %r object layout differs from %r",
                   is_class(to) ? to->name : S(type), from->name);
    ((struct obj *)o)->type = to;
}
