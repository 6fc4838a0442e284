// SPDX-License-Identifier: MIT
// The single objects None, Ellipsis and NotImplemented, and the type object.
#include "core/vm.h"
#include "mote.h"

#if !MOTE_SINGLE_WORDS
const struct obj none_object = {&type_none}, ellipsis_object = {&type_ellipsis},
                 not_implemented_object = {&type_not_implemented};
#endif

static void single_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    sink_text(out, self == NONE ? "None" : self == ELLIPSIS ? "Ellipsis" : "NotImplemented");
}

static val single_unary(enum op op, val self)
{
    return op == OP_TRUTH ? bool_new(self != NONE) : NOTHING;
}

// NoneType() and the like answer with the one there is.
static val single_make(const struct type *type, size_t n, size_t kw, val *args)
{
    (void)args;
    if (n || kw)
        raise_type("%v takes no arguments", type->name);
    return type == &type_none ? NONE : type == &type_ellipsis ? ELLIPSIS : NOT_IMPLEMENTED;
}

static const struct ops single_ops = {
    .print = single_print, .unary = single_unary, .make = single_make};
#define SINGLE(name, text)                                                                         \
    const struct type type_##name = {{&type_type}, S(text), &single_ops,                           \
                                     NOTHING,      NOTHING, {sizeof(struct obj), 0, 0, 0, 0}}
SINGLE(none, NoneType);
SINGLE(ellipsis, ellipsis);
SINGLE(not_implemented, NotImplementedType);

// ------------------------------------------------------------------------------------------ object

static val object_make(const struct type *type, size_t n, size_t kw, val *args)
{
    (void)args;
    if (n || kw)
        raise_type("object() takes no arguments");
    return (val)heap_new(type);
}

static const struct ops object_ops = {.make = object_make};
const struct type type_object = {{&type_type}, S(object),
                                 &object_ops,  V(object_names),
                                 NOTHING,      {sizeof(struct obj), 0, 0, 0, TYPE_BASE}};
