// SPDX-License-Identifier: MIT
// Instructions that are more than a few lines.
#include "core/vm_ops.h"

// ------------------------------------------------------------------------------------------ names

_Noreturn void raise_unbound(const struct frame *f, size_t place)
{
    val name = code_local(f->code, place);
    if (place >= (size_t)(f->code->nlocals - f->code->nclosure))
        raise_error(&type_NameError,
                    "cannot access free variable %r where it is not associated with a value in "
                    "enclosing scope",
                    name);
    raise_error(&type_UnboundLocalError,
                "cannot access local variable %r where it is not associated with a value", name);
}

_Noreturn void raise_no_name(val name)
{
    raise_told(&type_NameError, "name %r is not defined", name);
}

val global_get(const struct frame *f, val name)
{
    val *slot = table_find_name(table_of(f->globals), name);
    return slot ? slot[1] : builtin_find(name);
}

val name_get(const struct frame *f, val name)
{
    val *slot = f->names ? table_find_name(table_of(f->names), name) : NULL;
    val v = slot ? slot[1] : global_get(f, name);
    if (!v)
        raise_no_name(name);
    return v;
}

val super_get(val cls, val self, val name, val *method_self)
{
    val v = super_find(cls, self, name, method_self);
    if (!v)
        raise_error(&type_AttributeError, "'super' object has no attribute %r", name);
    return v;
}

val small_binary(enum op op, intptr_t a, intptr_t b)
{
    intptr_t result;
    switch ((int)op) {
    case OP_LT:
        return bool_new(a < b);
    case OP_LE:
        return bool_new(a <= b);
    case OP_GT:
        return bool_new(a > b);
    case OP_GE:
        return bool_new(a >= b);
    case OP_EQ:
        return bool_new(a == b);
    case OP_NE:
        return bool_new(a != b);
    case OP_ADD:
    case OP_IADD:
        return __builtin_add_overflow(a, b - 1, &result) ? NOTHING : (val)result;
    case OP_SUB:
    case OP_SUB + OP_INPLACE:
        return __builtin_sub_overflow(a, b - 1, &result) ? NOTHING : (val)result;
    case OP_AND:
        return (val)(a & b);
    default:
        return NOTHING;
    }
}

// ------------------------------------------------------------------------------------------ building

// One in ROM serves the first import of its module; another is a copy with globals of its own.
val *make_function(struct frame *f, size_t flags, size_t constant)
{
    val what = f->code->consts->values[constant], *sp = f->sp;
    if (has_type(what, &type_function)) {
        const struct function *frozen = (const struct function *)what;
        if (globals_of(frozen) == f->globals) {
            sp -= frozen->defaults != NOTHING;
            *sp++ = what;
            return sp;
        }
        what = V(*frozen->code);
    }
    struct function *fn = heap_new(&type_function);
    fn->code = (const struct code *)what;
    fn->globals = f->globals;
    if (flags & FUNCTION_CLOSURE)
        fn->closure = *--sp;
    if (flags & FUNCTION_KWDEFAULTS)
        fn->kwdefaults = *--sp;
    if (flags & FUNCTION_DEFAULTS)
        fn->defaults = *--sp;
    *sp++ = (val)fn;
    return sp;
}

val class_statement(val *args, size_t n, size_t kw)
{
    val f = builtin_override(S(__build_class__));
    return f ? call(f, n + 2, kw, args - 2) : class_build(args[-2], args[-1], n, kw, args);
}

val build_set(size_t n, val *values)
{
    ROOTS(r, 1);
    r[0] = set_new();
    table_of(r[0])->live |= TABLE_HOW;
    for (size_t i = 0; i < n; i++)
        set_add(r[0], values[i]);
    return r[0];
}

val build_string(size_t n, val *values)
{
    size_t size = 0;
    for (size_t i = 0; i < n; i++)
        size += text_of(values[i]).size;
    BUILDER(b);
    char *at = builder_room(&b, size);
    for (size_t i = 0; i < n; i++) {
        struct text t = text_of(values[i]);
        memcpy(at, t.data, t.size);
        at += t.size;
    }
    return builder_str(&b);
}

val format_value(val *at, size_t flags)
{
    if (flags & FORMAT_STR)
        at[0] = str_of(at[0]);
    if (flags & FORMAT_REPR)
        at[0] = repr_of(at[0]);
    if (!(flags & FORMAT_SPEC) && is_str(at[0]))
        return at[0];
    BUILDER(b);
    format_val(at[0], flags & FORMAT_SPEC ? at[1] : NOTHING, &b.sink);
    return builder_str(&b);
}

static void need_mapping(val v, const char *message)
{
    if (!as_native(v, &type_dict) && !attr_find(v, S(keys)))
        raise_type(message, v);
}

void dict_spread(val dict, val mapping)
{
    need_mapping(mapping, "'%t' object is not a mapping");
    dict_update(dict, mapping);
}

void dict_merge(val dict, val mapping)
{
    need_mapping(mapping, "argument after ** must be a mapping, not %t");
    ROOTS(r, 1);
    r[0] = dict_new(0);
    dict_update(r[0], mapping);
    size_t at = 0;
    val *slot;
    while (table_next(table_of(r[0]), &at, &slot)) {
        if (!is_str(slot[0]))
            raise_type("keywords must be strings");
        if (dict_get(dict, slot[0]))
            raise_type("got multiple values for keyword argument %r", slot[0]);
        dict_set(dict, slot[0], slot[1]);
    }
}

// ------------------------------------------------------------------------------------------ unpacking

_Noreturn static void raise_few(size_t expected, size_t got, bool least)
{
    raise_value("not enough values to unpack (expected %s%z, got %z)", least ? "at least " : "",
                expected, got);
}

static val unpack_iter(val v)
{
    const struct type *type = type_of(v);
    if (!type->ops->iter)
        raise_type("cannot unpack non-iterable %v object", type->name);
    return iter_of(v);
}

// The values go where the iterable was, the first on top.
void unpack(struct frame *f, size_t n)
{
    val *out = f->sp - 1, *values;
    val v = *out;
    size_t have;
    if (QUICK && (has_type(v, &type_tuple) || has_type(v, &type_list)) &&
        values_of(v, &have, &values)) {
        if (have > n)
            raise_value("too many values to unpack (expected %z)", n);
        if (have < n)
            raise_few(n, have, false);
        for (size_t i = 0; i < n; i++)
            out[n - 1 - i] = values[i];
        f->sp = out + n;
        return;
    }
    ROOTS(r, 2);
    r[1] = v;
    r[0] = unpack_iter(v);
    memset(out, 0, n * WORD);
    f->sp = out + n;
    for (size_t i = 0; i < n; i++) {
        val next = iter_next(r[0]);
        if (!next)
            raise_few(n, i, false);
        out[n - 1 - i] = next;
    }
    if (iter_next(r[0]))
        raise_value("too many values to unpack (expected %z)", n);
}

void unpack_star(struct frame *f, size_t before, size_t after)
{
    val *out = f->sp - 1;
    ROOTS(r, 2);
    r[0] = unpack_iter(*out);
    r[0] = list_from(r[0]);
    const struct list *l = (const struct list *)r[0];
    size_t n = l->len;
    if (n < before + after)
        raise_few(before + after, n, true);
    const val *values = l->items ? l->items->values : NULL;
    r[1] = list_of(n - before - after, values ? values + before : NULL, HOW_COPY);
    for (size_t i = 0; i < after; i++)
        *out++ = values[n - 1 - i];
    *out++ = r[1];
    for (size_t i = before; i-- > 0;)
        *out++ = values[i];
    f->sp = out;
}

// ------------------------------------------------------------------------------------------ exceptions

static val exception_instance(val v, const char *message)
{
    ROOTS(r, 1);
    r[0] = v;
    if (has_type(v, &type_type))
        r[0] = call0(v);
    if (!exception_of(r[0]))
        raise_type(message);
    return r[0];
}

_Noreturn void raise_values(val *values, size_t n)
{
    if (n == 0) {
        if (!mote.handled)
            raise_error(&type_RuntimeError, "No active exception to reraise");
        raise_on(mote.handled);
    }
    if (n == 2) {
        values[0] = exception_instance(values[0], "exceptions must derive from BaseException");
        if (values[1] != NONE)
            values[1] =
                exception_instance(values[1], "exception causes must derive from BaseException");
        struct exception *e = exception_of(values[0]);
        if (heap_holds(e))
            e->cause = values[1];
    }
    raise_val(values[0]);
}

static bool matches_one(val exception, val cls)
{
    if (!has_type(cls, &type_type) || !derives((const struct type *)cls, &type_BaseException))
        raise_type("catching classes that do not inherit from BaseException is not allowed");
    return is_a(exception, (const struct type *)cls);
}

bool exception_matches(val exception, val classes)
{
    if (!has_type(classes, &type_tuple))
        return matches_one(exception, classes);
    const struct tuple *t = (const struct tuple *)classes;
    for (size_t i = 0; i < t->len; i++)
        if (matches_one(exception, t->values[i]))
            return true;
    return false;
}

// manager -- exit value
void with_enter(struct frame *f)
{
    val *at = f->sp - 1;
    val manager = *at;
    ROOTS(r, 2);
    r[0] = attr_find(manager, S(__exit__));
    r[1] = r[0] ? attr_find(manager, S(__enter__)) : NOTHING;
    if (!r[1])
        raise_type("%r object does not support the context manager protocol",
                   type_of(manager)->name);
    val v = call0(r[1]);
    at[0] = r[0];
    at[1] = v;
    f->sp = at + 2;
}
