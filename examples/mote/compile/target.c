// SPDX-License-Identifier: MIT
// What may be assigned to or deleted: an expression that was read becomes a target, or an error that names it.
#include "compile/compile.h"

#if MOTE_COMPILER

static const char *describe(const struct node *n)
{
    static const struct {
        uint8_t kind;
        char text[23];
    } texts[] = {
        {N_CALL, "function call"},
        {N_COMPARE, "comparison"},
        {N_COND, "conditional expression"},
        {N_LAMBDA, "lambda"},
        {N_LIST_COMP, "list comprehension"},
        {N_SET_COMP, "set comprehension"},
        {N_DICT_COMP, "dict comprehension"},
        {N_GENERATOR, "generator expression"},
        {N_FSTRING, "f-string expression"},
        {N_DICT, "dict literal"},
        {N_SET, "set display"},
        {N_YIELD, "yield expression"},
        {N_YIELD_FROM, "yield expression"},
        {N_WALRUS, "named expression"},
        {N_ATTR, "attribute"},
        {N_ITEM, "subscript"},
        {N_TUPLE, "tuple"},
        {N_LIST, "list"},
        {N_STAR, "starred"},
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (texts[i].kind == n->kind)
            return texts[i].text;
    if (n->kind != N_CONST)
        return "expression";
    return n->value == NONE       ? "None"
           : n->value == TRUE     ? "True"
           : n->value == FALSE    ? "False"
           : n->value == ELLIPSIS ? "ellipsis"
                                  : "literal";
}

_Noreturn static void no_target(const struct node *n, enum targeting how)
{
    const char *what = describe(n);
    bool name = n->kind == N_CONST && (n->value == NONE || n->value == TRUE || n->value == FALSE);
    if (how == AUGMENTING)
        syntax_error(n->at, "'%s' is an illegal expression for augmented assignment", what);
    if (how == DELETING)
        syntax_error(n->at, "cannot delete %s", what);
    if (how == NAMING)
        syntax_error(n->at, "cannot use assignment expressions with %s", what);
    syntax_error(n->at, "cannot assign to %s%s", what,
                 how == ASSIGNING && !name && n->kind != N_COMPARE
                     ? " here. Maybe you meant '==' instead of '='?"
                     : "");
}

void as_target(struct node *n, enum targeting how)
{
    if (n->kind == N_CONST && n->value == V(tuple_empty)) {
        n->kind = N_TUPLE;
        n->a = NULL;
    }
    bool star = false;
    switch (how == NAMING ? N_CONST : n->kind) {
    case N_NAME:
        n->kind = N_TARGET;
        return;
    case N_TARGET:
    case N_ATTR:
    case N_ITEM:
        return;
    case N_TUPLE:
    case N_LIST:
        if (how == AUGMENTING)
            break;
        for (struct node *e = n->a; e; e = e->next) {
            struct node *target = e;
            if (e->kind == N_STAR && how != DELETING) {
                if (star)
                    syntax_error(e->at, "multiple starred expressions in assignment");
                star = true;
                target = e->a;
            }
            as_target(target, how == ASSIGNING ? BINDING : how);
        }
        return;
    }
    no_target(n, how);
}

#endif
