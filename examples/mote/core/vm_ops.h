// SPDX-License-Identifier: MIT
// What the instructions of vm.c need that is more than a few lines: inline where it is on the fast path, else in vm_ops.c.
#ifndef MOTE_VM_OPS_H
#define MOTE_VM_OPS_H

#include "core/vm.h"

_Noreturn void raise_unbound(const struct frame *f, size_t place);
_Noreturn void raise_values(val *values, size_t n); // n of RAISE
val name_get(const struct frame *f, val name);
val super_get(val cls, val self, val name, val *method_self);
val *make_function(struct frame *f, size_t flags, size_t constant); // answers the new top
val build_set(size_t n, val *values);
val build_string(size_t n, val *values);
void dict_spread(val dict, val mapping); // {**mapping}
void dict_merge(val dict, val mapping);  // f(**mapping)
void unpack(struct frame *f, size_t n);
void unpack_star(struct frame *f, size_t before, size_t after);
val format_value(val *at, size_t flags); // a value, then a spec if the flags say so
bool exception_matches(val exception, val classes);
void with_enter(struct frame *f);
val import_statement(val name, val names, val level, val globals);
val class_statement(val *args, size_t n, size_t kw); // body and name before the bases
val import_from(val module, val name);
void import_star(val module, val names);
val small_binary(enum op op, intptr_t a,
                 intptr_t b); // of tagged ints; NOTHING when it does not know

static inline val stop_value(void)
{
    val v = mote.stop;
    mote.stop = NOTHING;
    return v ? v : NONE;
}

// The slot of an attribute of an ordinary instance that exists; NULL: look properly.
static inline val *attr_slot(val o, val name)
{
    if (!is_object(o))
        return NULL;
    const struct type *type = ((const struct obj *)o)->type;
    if ((type->shape.flags & (TYPE_CLASS | TYPE_HOOKS | TYPE_SLOTS | TYPE_EXCEPTION)) !=
            TYPE_CLASS ||
        mote.hooks || name == S(__class__))
        return NULL;
    return find_hinted(&((struct instance *)o)->table, name, hint_of(type));
}

static inline val attr_fast(val o, val name)
{
    val *slot = attr_slot(o, name);
    if (slot)
        return slot[1];
    if (is_object(o) && has_type(o, &type_module)) {
        slot = find_hinted(table_of(((struct module *)o)->dict), name, hint_of((void *)o));
        if (slot)
            return slot[1];
    }
    return NOTHING;
}

// A function that is to be called with o first; NOTHING: look properly.
static inline val method_fast(val o, val name)
{
    const struct type *type = type_of(o);
    val v;
    if (is_class(type)) {
        if (type->shape.flags & (TYPE_HOOKS | TYPE_SLOTS) || mote.hooks)
            return NOTHING;
        const struct table *t = &((struct instance *)o)->table;
        if (t->used && table_find_name(t, name))
            return NOTHING;
        v = type_find(type, name, NULL);
        return v && has_type(v, &type_function) ? v : NOTHING;
    }
    if (!type->dict || type == &type_type || type == &type_super || type == &type_module)
        return NOTHING;
    val *slot = find_hinted(table_of(type->dict), name, hint_of(type));
    if (!slot || !has_type(slot[1], &type_native) ||
        ((const struct native *)slot[1])->flags & (NATIVE_CLASS | NATIVE_STATIC))
        return NOTHING;
    return slot[1];
}

// args[-1] is free to be overwritten.
#ifdef __OPTIMIZE_SIZE__
#define call_at call
#else
static inline val call_at(val f, size_t n, size_t kw, val *args)
{
    const struct type *type = type_of(f);
    if (type == &type_function)
        return function_run(f, NOTHING, n, kw, args);
    if (type == &type_native)
        return native_call(f, n, kw, args);
    if (type == &type_method) {
        const struct method *m = (const struct method *)f;
        args[-1] = m->self;
        return call(m->function, n + 1, kw, args - 1);
    }
    if (type == &type_type)
        return class_call(f, n, kw, args);
    return call(f, n, kw, args);
}
#endif

#endif
