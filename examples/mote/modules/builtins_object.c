// SPDX-License-Identifier: MIT
// Built-in functions about objects: their attributes, types and iterators, and running text as code.
#include "core/vm.h"
#include "modules/modules.h"

// ------------------------------------------------------------------------------------------ attributes

// The attribute; NOTHING when there is none, also when the program's own code says so with AttributeError.
static val attr_try(val o, val name)
{
    struct catch c;
    if (TRY(c)) {
        val v = attr_find(o, name);
        catch_leave(&c);
        return v;
    }
    if (!is_a(c.exception, &type_AttributeError))
        raise_on(c.exception);
    return NOTHING;
}

static val builtin_getattr(size_t n, val *a)
{
    (void)n;
    a[1] = attr_name(a[1]);
    if (!a[2])
        return attr_get(a[0], a[1]);
    val v = attr_try(a[0], a[1]);
    return v ? v : a[2];
}
BUILTIN(getattr, 2, 3);

static val builtin_hasattr(size_t n, val *a)
{
    (void)n;
    a[1] = attr_name(a[1]);
    return bool_new(attr_try(a[0], a[1]));
}
BUILTIN(hasattr, 2, 2);

static val builtin_setattr(size_t n, val *a)
{
    (void)n;
    a[1] = attr_name(a[1]);
    attr_set(a[0], a[1], a[2]);
    return NONE;
}
BUILTIN(setattr, 3, 3);

static val builtin_delattr(size_t n, val *a)
{
    (void)n;
    a[1] = attr_name(a[1]);
    attr_delete(a[0], a[1]);
    return NONE;
}
BUILTIN(delattr, 2, 2);

// ------------------------------------------------------------------------------------------ types

static bool in_classes(const struct type *type, val classes, const char *message)
{
    if (has_type(classes, &type_type))
        return derives(type, (const struct type *)classes);
    if (!has_type(classes, &type_tuple))
        raise_type(message);
    stack_check();
    const struct tuple *t = (const struct tuple *)classes;
    for (size_t i = 0; i < t->len; i++)
        if (in_classes(type, t->values[i], message))
            return true;
    return false;
}

static val builtin_isinstance(size_t n, val *a)
{
    (void)n;
    return bool_new(in_classes(type_of(a[0]), a[1],
                               "isinstance() arg 2 must be a type, a tuple of types, or a union"));
}
BUILTIN(isinstance, 2, 2);

static val builtin_issubclass(size_t n, val *a)
{
    (void)n;
    if (!has_type(a[0], &type_type))
        raise_type("issubclass() arg 1 must be a class");
    return bool_new(
        in_classes((const struct type *)a[0], a[1],
                   "issubclass() arg 2 must be a class, a tuple of classes, or a union"));
}
BUILTIN(issubclass, 2, 2);

static val builtin_callable(size_t n, val *a)
{
    (void)n;
    const struct type *type = type_of(a[0]);
    return bool_new(is_class(type) ? type_find(type, S(__call__), NULL) != NOTHING
                                   : type == &type_type || type->ops->call);
}
BUILTIN(callable, 1, 1);

static val builtin_id(size_t n, val *a)
{
    (void)n;
    return int_new_unsigned(a[0]);
}
BUILTIN(id, 1, 1);

static val builtin_hash(size_t n, val *a)
{
    (void)n;
    return int_new((intptr_t)hash_of(a[0]));
}
BUILTIN(hash, 1, 1);

// ------------------------------------------------------------------------------------------ iterators

static val builtin_iter(size_t n, val *a)
{
    (void)n;
    if (!a[1])
        return iter_of(a[0]);
    return iterator_call(a[0], a[1]);
}
BUILTIN(iter, 1, 2);

static val builtin_next(size_t n, val *a)
{
    (void)n;
    val v = iter_next(a[0]);
    if (!v && !a[1])
        raise_stop(mote.stop);
    mote.stop = v ? mote.stop : NOTHING;
    return v ? v : a[1];
}
BUILTIN(next, 1, 2);

// ------------------------------------------------------------------------------------------ names

static val frame_names(void)
{
    const struct frame *f = mote.frame;
    if (!f)
        return dict_new(0);
    if (f->names)
        return f->names;
    if (!f->function)
        return f->globals;
    ROOTS(r, 1);
    r[0] = dict_new(0);
    for (size_t i = 0; i < f->code->nlocals; i++) {
        val name = code_local(f->code, i), value = f->base[i];
        if (value && has_type(value, &type_closure_cell))
            value = ((struct cell *)value)->value;
        if (value && name != S(empty))
            dict_set(r[0], name, value);
    }
    return r[0];
}

static val builtin_locals(size_t n, val *a)
{
    (void)n, (void)a;
    return frame_names();
}
BUILTIN(locals, 0, 0);

static val builtin_globals(size_t n, val *a)
{
    (void)n, (void)a;
    return mote.frame ? mote.frame->globals : NONE;
}
BUILTIN(globals, 0, 0);

static val builtin_vars(size_t n, val *a)
{
    (void)n;
    if (!a[0])
        return frame_names();
    val v = attr_find(a[0], S(__dict__));
    if (!v)
        raise_type("vars() argument must have __dict__ attribute");
    return v;
}
BUILTIN(vars, 0, 1);

static val builtin_dir(size_t n, val *a)
{
    (void)n;
    if (a[0]) {
        ROOTS(r, 1);
        r[0] = special_call(a[0], S(__dir__), 0, NULL);
        if (!r[0])
            return dir_of(a[0]);
        return list_from(r[0]);
    }
    ROOTS(r, 1);
    r[0] = frame_names();
    r[0] = list_from(r[0]);
    struct list *l = (struct list *)r[0];
    if (l->len)
        sort_values(l->items->values, l->len, NOTHING, false);
    return r[0];
}
BUILTIN(dir, 0, 1);

static val builtin___import__(size_t n, val *a)
{
    (void)n;
    if (!is_str(a[0]))
        raise_type("__import__() argument 1 must be str, not %t", a[0]);
    a[0] = intern_val(a[0]);
    val globals = a[1] && has_type(a[1], &type_dict) ? a[1] : mote.frame->globals;
    bool parts = a[3] && a[3] != NONE && truth(a[3]);
    return module_import(a[0], parts ? a[3] : NONE, a[4] ? need_int(a[4]) : 0, globals);
}
BUILTIN(__import__, 1, 5);

static val builtin___build_class__(size_t n, val *a)
{
    need_native(a[0], &type_function);
    need_native(a[1], &type_str);
    ROOTS(r, 1);
    r[0] = list_of(n - 2, a + 2, HOW_LITERAL);
    size_t at = 0, kw = 0;
    for (val *slot; a[n] && table_next(table_of(a[n]), &at, &slot); kw++) {
        list_append(r[0], slot[0]);
        list_append(r[0], slot[1]);
    }
    struct list *l = (struct list *)r[0];
    return class_build(a[0], a[1], n - 2, kw, l->items ? l->items->values : NULL);
}
BUILTIN_FULL(__build_class__, 2, 2, NATIVE_VAR | NATIVE_KW);

// ------------------------------------------------------------------------------------------ text as code

#if MOTE_COMPILER
static val compile_source(val source, val file, enum compile_mode mode)
{
    struct buffer b;
    if (is_str(source)) {
        struct text t = text_of(source);
        return compile(t.data, t.size, file, mode);
    }
    if (!buffer_find(source, &b))
        raise_type("source must be a string, bytes or code object");
    return compile((const char *)b.data, b.size, file, mode);
}

static val run_source(val *a, enum compile_mode mode)
{
    ROOTS(r, 3);
    const struct frame *f = mote.frame;
    bool own = !a[1] || a[1] == NONE; // where the caller is
    r[0] = has_type(a[0], &type_code) ? a[0] : compile_source(a[0], S(lt_string), mode);
    if (((const struct code *)r[0])->nclosure)
        raise_type("code object passed to exec() may not contain free variables");
    r[1] = own ? f->globals : need_native(a[1], &type_dict);
    if (a[2] && a[2] != NONE)
        r[2] = need_native(a[2], &type_dict);
    else if (own && (f->names || f->function))
        r[2] = frame_names();
    return code_run((const struct code *)r[0], r[1], r[2]);
}

static val builtin_exec(size_t n, val *a)
{
    (void)n;
    run_source(a, COMPILE_MODULE);
    return NONE;
}
BUILTIN(exec, 1, 3);

static val builtin_eval(size_t n, val *a)
{
    (void)n;
    if (is_str(a[0])) {
        struct text t = text_of(a[0]);
        while (t.size && (*t.data == ' ' || *t.data == '\t'))
            t.data++, t.size--;
        ROOTS(r, 3);
        r[1] = a[1];
        r[2] = a[2];
        r[0] = str_new(t.data, t.size);
        return run_source(r, COMPILE_EVAL);
    }
    return run_source(a, COMPILE_EVAL);
}
BUILTIN(eval, 1, 3);

static val builtin_compile(size_t n, val *a)
{
    (void)n;
    enum compile_mode mode = text_is(a[2], "exec")     ? COMPILE_MODULE
                             : text_is(a[2], "eval")   ? COMPILE_EVAL
                             : text_is(a[2], "single") ? COMPILE_SINGLE
                                                       : 99;
    if ((int)mode == 99)
        raise_value("compile() mode must be 'exec', 'eval' or 'single'");
    if (!is_str(a[1]))
        raise_type("compile() arg 2 must be str");
    a[1] = intern_val(a[1]);
    return compile_source(a[0], a[1], mode);
}
BUILTIN(compile, 3, 6);
#endif
