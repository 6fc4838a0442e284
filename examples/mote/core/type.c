// SPDX-License-Identifier: MIT
// Types as objects: what the program sees of a class, and type(...).
#include "core/vm.h"

val class_module(const struct type *type)
{
    val module = is_class(type) ? type_find(type, S(__module__), NULL) : S(builtins);
    return module ? module : S(__main__);
}

static void type_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    const struct type *type = (const struct type *)self;
    if (is_class(type))
        sink_format(out, "<class '%v.%v'>", class_module(type), type->name);
    else
        sink_format(out, "<class %r>", type->name);
}

static val bases_of(const struct type *type)
{
    if (is_class(type))
        return type->bases;
    val base = V(*base_of(type));
    return type == &type_object ? V(tuple_empty) : tuple_new(1, &base);
}

// Where strings are not shared, that of a native type is made anew each time, as CPython makes it of a C string.
static val name_of(const struct type *type)
{
    struct text t = text_of(type->name);
    return MOTE_SHARE_TEXT || is_class(type) ? type->name : str_new(t.data, t.size);
}

// The methods of a native type are not for calling without a look at self: they come as `list.append` does, or not at all.
static val dict_copy_of(const struct type *type)
{
    ROOTS(r, 4);
    r[0] = dict_new(0);
    val *slot;
    for (size_t at = 0; type->dict && table_next(table_of(type->dict), &at, &slot);) {
        r[1] = slot[0];
        r[2] = slot[1];
        if (!MOTE_RARE && !is_class(type))
            break;
        if (!is_class(type)) {
            r[2] = attr_bind(r[2], NOTHING, type, type, &r[3]);
            r[2] = method_join(r[2], r[3]);
        }
        dict_set(r[0], r[1], r[2]);
    }
    return r[0];
}

static val type_other(const struct type *type, val name)
{
    if (name == S(__name__) || name == S(__qualname__))
        return name_of(type);
    if (name == S(__bases__))
        return bases_of(type);
    if (name == S(__base__))
        return type == &type_object ? NONE : ((struct tuple *)bases_of(type))->values[0];
    if (name == S(__mro__))
        return mro_tuple(type);
    if (name == S(__module__))
        return class_module(type);
    if (name == S(__class__))
        return V(type_type);
    if (name == S(__doc__))
        return NONE;
    if (name == S(__dict__))
        return dict_copy_of(type);
    return NOTHING;
}

val type_load(val self, val name, val *method_self)
{
    const struct type *where, *type = (const struct type *)self;
    *method_self = NOTHING;
    val v = name == S(__class__) ? NOTHING : type_find(type, name, &where);
    if (v && where != &type_object)
        return attr_bind(v, NOTHING, type, where, method_self);
    if (v && name == S(__new__) && native_base(type) != &type_object)
        return V(native_new_native);
    val other = type_other(type, name);
    if (other)
        return other;
    if (v)
        return attr_bind(v, NOTHING, type, where, method_self);
    other = special_of_native(NOTHING, native_base(type), name);
    if (!other)
        other = special_of_native(NOTHING, &type_object, name);
    if (!other && (v = type_find(&type_type, name, &where))) {
        *method_self = self;
        return v;
    }
    return other;
}

static val type_attr(val self, val name, val value)
{
    struct type *type = (struct type *)self;
    ROOTS(r, 2);
    if (value == LOAD) {
        r[0] = type_load(self, name, &r[1]);
        return method_join(r[0], r[1]);
    }
    if (!is_class(type))
        raise_type("cannot set %r attribute of immutable type %r", name, type->name);
    if (value == DELETE) {
        if (!dict_delete(type->dict, name))
            return NOTHING;
        return NONE;
    }
    if (name == S(__name__) && is_str(value)) {
        type->name = value;
        return NONE;
    }
    if (is_hook(name, value))
        mote.hooks = true;
    dict_set(type->dict, name, value);
    return NONE;
}

// type(x), type(name, bases, dict)
static val type_make(const struct type *type, size_t n, size_t kw, val *args)
{
    (void)type;
    if (n == 1 && !kw)
        return V(*type_of(args[0]));
    if (n != 3)
        raise_type("type() takes 1 or 3 arguments");
    if (!is_str(args[0]))
        raise_type("type.__new__() argument 1 must be str, not %t", args[0]);
    need_native(args[1], &type_tuple);
    need_native(args[2], &type_dict);
    ROOTS(r, 2);
    r[0] = dict_new(0);
    dict_update(r[0], args[2]);
    r[1] = NOTHING;
    for (size_t i = 0; i < kw; i++) {
        if (!r[1])
            r[1] = dict_new(kw);
        dict_set(r[1], args[n + 2 * i], args[n + 2 * i + 1]);
    }
    return class_new(intern_val(args[0]), need_native(args[1], &type_tuple), r[0], r[1]);
}

static val type_mro(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 1);
    r[0] = mro_tuple(native_self(a[0], &type_type));
    return list_from(r[0]);
}
NATIVE(type_mro, mro, 1, 1);

METHODS(type_names, ROW(mro, type_mro));
static const struct ops type_ops = {.print = type_print, .attr = type_attr, .make = type_make};
const struct type type_type = {
    .head = {&type_type},
    .name = S(type),
    .ops = &type_ops,
    .dict = V(type_names),
    .shape = {.size = sizeof(struct class),
              .refs = 1 << 1 | 1 << 3 | 1 << 4 | 1 << offsetof(struct class, mro) / WORD}};
