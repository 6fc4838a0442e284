// SPDX-License-Identifier: MIT
// Methods with special names, both ways: what a class of the program defines is called when the machine needs it
// (special_call), and what a native type can do has a method of that name (type_slot), made when it is asked for:
// (5).__add__, super().__setitem__, object.__repr__.
#include "core/vm.h"

// ------------------------------------------------------------------------------------------ names

// X(operator, method, reflected method or the same again, text in messages)
// clang-format off
#define OPERATORS(X) \
    X(OP_LT, __lt__, __gt__, "<") \
    X(OP_LE, __le__, __ge__, "<=") \
    X(OP_EQ, __eq__, __eq__, "==") \
    X(OP_NE, __ne__, __ne__, "!=") \
    X(OP_GT, __gt__, __lt__, ">") \
    X(OP_GE, __ge__, __le__, ">=") \
    X(OP_IN, __contains__, __contains__, "in") \
    X(OP_ADD, __add__, __radd__, "+") \
    X(OP_SUB, __sub__, __rsub__, "-") \
    X(OP_MUL, __mul__, __rmul__, "*") \
    X(OP_MATMUL, __matmul__, __rmatmul__, "@") \
    X(OP_TRUEDIV, __truediv__, __rtruediv__, "/") \
    X(OP_FLOORDIV, __floordiv__, __rfloordiv__, "//") \
    X(OP_MOD, __mod__, __rmod__, "%") \
    X(OP_POW, __pow__, __rpow__, "**") \
    X(OP_LSHIFT, __lshift__, __rlshift__, "<<") \
    X(OP_RSHIFT, __rshift__, __rrshift__, ">>") \
    X(OP_AND, __and__, __rand__, "&") \
    X(OP_OR, __or__, __ror__, "|") \
    X(OP_XOR, __xor__, __rxor__, "^") \
    X(OP_DIVMOD, __divmod__, __rdivmod__, "") \
    X(OP_ADD + OP_INPLACE, __iadd__, __iadd__, "+=") \
    X(OP_SUB + OP_INPLACE, __isub__, __isub__, "-=") \
    X(OP_MUL + OP_INPLACE, __imul__, __imul__, "*=") \
    X(OP_MATMUL + OP_INPLACE, __imatmul__, __imatmul__, "@=") \
    X(OP_TRUEDIV + OP_INPLACE, __itruediv__, __itruediv__, "/=") \
    X(OP_FLOORDIV + OP_INPLACE, __ifloordiv__, __ifloordiv__, "//=") \
    X(OP_MOD + OP_INPLACE, __imod__, __imod__, "%=") \
    X(OP_POW + OP_INPLACE, __ipow__, __ipow__, "**=") \
    X(OP_LSHIFT + OP_INPLACE, __ilshift__, __ilshift__, "<<=") \
    X(OP_RSHIFT + OP_INPLACE, __irshift__, __irshift__, ">>=") \
    X(OP_AND + OP_INPLACE, __iand__, __iand__, "&=") \
    X(OP_OR + OP_INPLACE, __ior__, __ior__, "|=") \
    X(OP_XOR + OP_INPLACE, __ixor__, __ixor__, "^=") \
    X(OP_NEG, __neg__, __neg__, "-") \
    X(OP_POS, __pos__, __pos__, "+") \
    X(OP_INVERT, __invert__, __invert__, "~") \
    X(OP_ABS, __abs__, __abs__, "") \
    X(OP_LEN, __len__, __len__, "") \
    X(OP_HASH, __hash__, __hash__, "") \
    X(OP_TRUTH, __bool__, __bool__, "")
// clang-format on
#define NAME(x)                        (uint16_t)(S(x) >> 2)
#define X(op, method, reflected, text) [op] = {NAME(method), NAME(reflected)},
static const struct {
    uint16_t name, reflected;
} op_rows[OP_COUNT] = {OPERATORS(X)};
#undef X
#define X(op, method, reflected, text) [op] = text,
static const char op_texts[OP_COUNT][4] = {OPERATORS(X)};
#undef X

val op_name(enum op op, bool reflected)
{
    return ((val)(reflected ? op_rows[op].reflected : op_rows[op].name) << 2) | 2;
}

const char *op_text(enum op op)
{
    return op_texts[op];
}

// ------------------------------------------------------------------------------------------ of the program

val special_call(val o, val name, size_t n, val *args)
{
    const struct type *where, *cls = type_of(o);
    ROOTS(r, 5);
    r[0] = o;
    values_copy(r + 1, args, n);
    r[4] = type_find(cls, name, &where);
    if (!r[4] || !is_class(where) || r[4] == NONE)
        return NOTHING;
    if (has_type(r[4], &type_function))
        return function_run(r[4], NOTHING, n + 1, 0, r);
    val self;
    r[4] = attr_bind(r[4], o, cls, where, &self);
    if (!self)
        return call(r[4], n, 0, r + 1);
    r[0] = self;
    return call(r[4], n + 1, 0, r);
}

// ------------------------------------------------------------------------------------------ of native types

enum slot_kind {
    SLOT_GETITEM = OP_COUNT,
    SLOT_SETITEM,
    SLOT_DELITEM,
    SLOT_ITER,
    SLOT_NEXT,
    SLOT_REPR,
    SLOT_STR,
    SLOT_CALL,
    SLOT_FORMAT,
    SLOT_COUNT,
    SLOT_REFLECTED = 64,
    SLOT_NONE = 255
};
static const uint16_t slot_names[] = {NAME(__getitem__), NAME(__setitem__), NAME(__delitem__),
                                      NAME(__iter__),    NAME(__next__),    NAME(__repr__),
                                      NAME(__str__),     NAME(__call__),    NAME(__format__)};

struct slot {
    struct obj head;
    val name, self; // self NOTHING: still to be given
    val type;
    size_t kind;
};

static unsigned slot_kind(val name)
{
    size_t index = name >> 2;
    for (unsigned op = 0; op < OP_COUNT; op++) {
        if (op_rows[op].name == index)
            return op;
        if (op < OP_BINARY_COUNT && op_rows[op].reflected == index)
            return op | SLOT_REFLECTED;
    }
    for (unsigned i = 0; i < COUNT_OF(slot_names); i++)
        if (slot_names[i] == index)
            return OP_COUNT + i;
    return SLOT_NONE;
}

// Every object can be compared with itself, hashed and printed.
static bool of_any_object(unsigned kind)
{
    return kind == OP_EQ || kind == OP_NE || kind == OP_HASH || kind >= SLOT_REPR;
}

static bool slot_there(const struct type *type, val o, unsigned kind)
{
    const struct ops *ops = type->ops;
    switch (kind) {
    case SLOT_GETITEM:
    case SLOT_SETITEM:
    case SLOT_DELITEM:
        return ops->item;
    case SLOT_ITER:
        return ops->iter;
    case SLOT_NEXT:
        return ops->next;
    case SLOT_CALL:
        return ops->call;
    case SLOT_REPR:
    case SLOT_STR:
    case SLOT_FORMAT:
    case OP_EQ:
    case OP_NE:
    case OP_HASH:
        return true;
    case OP_LEN:
    case OP_TRUTH:
        return ops->unary && (!o || ops->unary((enum op)kind, o));
    }
    return (kind & ~(unsigned)SLOT_REFLECTED) < OP_NEG ? ops->binary != NULL : ops->unary != NULL;
}

val special_of_native(val o, const struct type *type, val name)
{
    struct text t = text_of(name);
    if (t.size < 5 || t.data[0] != '_' || t.data[1] != '_')
        return NOTHING;
    unsigned kind = slot_kind(name);
    if (kind == SLOT_NONE)
        return NOTHING;
    ROOTS(r, 1);
    r[0] = o;
    if (o && is_instance(o) && !(type->shape.flags & TYPE_EXCEPTION) && native_part(o))
        r[0] = native_part(o);
    if (type == &type_object ? !of_any_object(kind) || kind == SLOT_CALL
                             : !slot_there(type, r[0], kind))
        return NOTHING;
    struct slot *s = heap_new(&type_slot);
    s->name = name;
    s->self = r[0];
    s->type = V(*type);
    s->kind = kind;
    return (val)s;
}

static val answer(val v)
{
    return v ? v : NOT_IMPLEMENTED;
}

static val slot_binary(enum op op, val a, val b, val self)
{
    const struct ops *ops = type_of(self)->ops;
    if (is_instance(self) || !ops->binary) {
        if ((op == OP_EQ || op == OP_NE) && a == b)
            return bool_new(op == OP_EQ);
        return NOTHING;
    }
    return ops->binary(op, a, b);
}

static val slot_printed(val self, unsigned kind)
{
    if (!is_instance(self))
        return kind == SLOT_REPR ? repr_of(self) : str_of(self);
    BUILDER(b);
    if (exception_of(self))
        exception_write(self, &b.sink, kind == SLOT_REPR ? PRINT_REPR : PRINT_STR);
    else if (kind == SLOT_REPR)
        instance_print_plain(self, &b.sink);
    else
        print_val(self, &b.sink, PRINT_REPR);
    return builder_str(&b);
}

static val slot_format(val self, val spec)
{
    BUILDER(b);
    if (is_instance(self) && spec && text_of(spec).size)
        raise_type("unsupported format string passed to %t.__format__", self);
    if (is_instance(self))
        print_val(self, &b.sink, PRINT_STR);
    else
        format_val(self, spec, &b.sink);
    return builder_str(&b);
}

static val slot_unary(enum op op, val self)
{
    if (op == OP_HASH)
        return int_new((intptr_t)(is_instance(self) ? hash_of_identity(self) : hash_of(self)));
    return op_unary(op, self);
}

static size_t slot_arguments(unsigned kind)
{
    if (kind == SLOT_SETITEM)
        return 2;
    if (kind == SLOT_GETITEM || kind == SLOT_DELITEM || kind == SLOT_FORMAT)
        return 1;
    return (kind & ~(unsigned)SLOT_REFLECTED) < OP_NEG;
}

static val slot_run(unsigned kind, val self, size_t n, size_t kw, val *args,
                    const struct type *type)
{
    if (kind == SLOT_CALL)
        return call(self, n, kw, args);
    if (n != slot_arguments(kind) || kw)
        raise_type("expected %z argument%s, got %z", slot_arguments(kind),
                   slot_arguments(kind) == 1 ? "" : "s", n);
    if ((kind == OP_EQ || kind == OP_NE) && type == &type_object)
        return self == args[0] ? bool_new(kind == OP_EQ) : NOT_IMPLEMENTED;
    switch (kind) {
    case SLOT_GETITEM:
        return item_get(self, args[0]);
    case SLOT_SETITEM:
        item_set(self, args[0], args[1]);
        return NONE;
    case SLOT_DELITEM:
        item_delete(self, args[0]);
        return NONE;
    case SLOT_ITER:
        return iter_of(self);
    case SLOT_NEXT: {
        val v = iter_next(self);
        if (!v)
            raise_stop(mote.stop);
        return v;
    }
    case SLOT_REPR:
    case SLOT_STR:
        return slot_printed(self, kind);
    case SLOT_FORMAT:
        return slot_format(self, args[0]);
    case OP_IN:
        return op_binary(OP_IN, args[0], self);
    }
    if (kind & SLOT_REFLECTED)
        return answer(slot_binary(kind & ~(unsigned)SLOT_REFLECTED, args[0], self, self));
    if (kind < OP_NEG)
        return answer(slot_binary((enum op)kind, self, args[0], self));
    return slot_unary((enum op)kind, self);
}

static val slot_call(val f, size_t n, size_t kw, val *args)
{
    const struct slot *s = (const struct slot *)f;
    const struct type *type = (const struct type *)s->type;
    ROOTS(r, 2);
    r[0] = f;
    if (s->self)
        return slot_run((unsigned)s->kind, s->self, n, kw, args, type);
    if (n == 0)
        raise_type("unbound method %v.%v() needs an argument", type->name, s->name);
    r[1] = type == &type_object || type->shape.flags & TYPE_EXCEPTION ? args[0]
                                                                      : as_native(args[0], type);
    if (!r[1] || !is_a(args[0], type))
        raise_type("descriptor %r requires a %r object but received a %r", s->name, type->name,
                   type_name(args[0]));
    return slot_run((unsigned)s->kind, r[1], n - 1, kw, args + 1, type);
}

static void slot_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    const struct slot *s = (const struct slot *)self;
    sink_format(out,
                s->self ? "<method-wrapper %r of %r object>" : "<slot wrapper %r of %r objects>",
                s->name, ((const struct type *)s->type)->name);
}

static val slot_attr(val self, val name, val value)
{
    if (value == LOAD && (name == S(__name__) || name == S(__qualname__)))
        return ((const struct slot *)self)->name;
    return NOTHING;
}

val slot_bind(val slot, val self)
{
    const struct slot *s = (const struct slot *)slot;
    return s->self ? slot : special_of_native(self, (const struct type *)s->type, s->name);
}

static const struct ops slot_ops = {
    .print = TOLD_PRINT(slot_print), .attr = slot_attr, .call = slot_call};
const struct type type_slot = {.head = {&type_type},
                               .name = S(method_wrapper),
                               .ops = &slot_ops,
                               .shape = {.size = sizeof(struct slot), .refs = 7 << 1}};
