// SPDX-License-Identifier: MIT
// True and False: two objects in ROM, whose type derives from int.
#include "types/big.h"

static void bool_print(val v, struct sink *out, enum print_how how)
{
    (void)how;
    sink_text(out, v == TRUE ? "True" : "False");
}

static val bool_binary(enum op op, val a, val b)
{
    if (op >= OP_AND && op <= OP_XOR && has_type(a, &type_bool) && has_type(b, &type_bool))
        return bool_new(op == OP_AND  ? a == TRUE && b == TRUE
                        : op == OP_OR ? a == TRUE || b == TRUE
                                      : a != b);
    return int_binary(op, a, b);
}

static val bool_make(const struct type *type, size_t n, size_t kw, val *args)
{
    (void)type;
    if (kw)
        raise_type("bool() takes no keyword arguments");
    if (n > 1)
        raise_type("bool expected at most 1 argument, got %z", n);
    return bool_new(n && truth(args[0]));
}

static const struct ops bool_ops = {.print = bool_print,
                                    .unary = int_unary,
                                    .binary = bool_binary,
                                    .attr = int_attr,
                                    .make = bool_make};

const struct type type_bool = {{&type_type}, S(bool),     &bool_ops,
                               NOTHING,      V(type_int), {sizeof(struct obj), 0, 0, 0, 0}};
#if !MOTE_SINGLE_WORDS
const struct obj true_object = {&type_bool}, false_object = {&type_bool};
#endif
