// SPDX-License-Identifier: MIT
// What has code of its own: functions, classes, generator expressions; and comprehensions, which have not: their loops stand
// in the function around, their variables have places there.
#include "compile/compile.h"

#if MOTE_COMPILER

static void write_return_none(struct compiler *c)
{
    write_op(c, I_NONE);
    write_op(c, I_RETURN);
}

static val doc_of(const struct node *body)
{
    return body && body->kind == N_EXPR && body->a->kind == N_CONST && is_str(body->a->value)
               ? body->a->value
               : NOTHING;
}

static void function_body(struct compiler *c, struct node *n)
{
    val doc = doc_of(n->b);
    if (doc) {
        const_index(c, doc);
        c->unit->flags |= CODE_DOC;
    }
    if (write_statements(c, n->b))
        write_return_none(c);
}

static void class_body(struct compiler *c, struct node *n)
{
    val doc = doc_of(n->b);
    if (doc) {
        write_const(c, doc);
        write_u(c, I_STORE_NAME, S(__doc__) >> 2);
    }
    write_statements(c, n->b);
    struct symbol *cls = symbol_find(c->unit->scope, S(__class__));
    if (cls)
        write_cell(c, cls);
    else
        write_op(c, I_NONE);
    write_op(c, I_RETURN);
}

// The function object of the code; its defaults are on the stack.
static void write_closure(struct compiler *c, struct node *n, val code, unsigned flags)
{
    size_t cells = 0;
    ROOTS(r, 1);
    r[0] = code;
    for (struct symbol *s = n->scope->first; s; s = s->next) {
        if (is_free(s)) {
            write_cell(c, s->up);
            cells++;
        }
    }
    if (cells) {
        write_u(c, I_BUILD_TUPLE, cells);
        flags |= FUNCTION_CLOSURE;
    }
    write_uu(c, I_MAKE_FUNCTION, flags, const_index(c, code));
}

static void write_tuple_of_defaults(struct compiler *c, struct node *list, size_t n)
{
    bool constant = true;
    for (struct node *a = list; a; a = a->next)
        constant &= a->kind != N_ARG || !a->a || a->a->kind == N_CONST;
    struct tuple *t = constant ? (struct tuple *)tuple_new(n, NULL) : NULL;
    size_t i = 0;
    for (struct node *a = list; a; a = a->next) {
        if (a->kind != N_ARG || !a->a)
            continue;
        if (t)
            t->values[i++] = a->a->value;
        else
            write_value(c, a->a);
    }
    if (t)
        write_u(c, I_CONST, const_index(c, (val)t));
    else
        write_u(c, I_BUILD_TUPLE, n);
}

static unsigned write_defaults(struct compiler *c, struct node *list)
{
    size_t positional = 0, named = 0;
    for (struct node *a = list; a; a = a->next) {
        positional += a->kind == N_ARG && a->a;
        named += a->kind == N_ARG_NAMED && a->a;
    }
    if (positional)
        write_tuple_of_defaults(c, list, positional);
    if (named) {
        write_u(c, I_BUILD_DICT, named);
        for (struct node *a = list; a; a = a->next) {
            if (a->kind == N_ARG_NAMED && a->a) {
                write_u(c, I_STR, a->name >> 2);
                write_value(c, a->a);
                write_op(c, I_STORE_PAIR);
            }
        }
    }
    return (positional ? FUNCTION_DEFAULTS : 0) | (named ? FUNCTION_KWDEFAULTS : 0);
}

void write_function(struct compiler *c, struct node *n)
{
    unsigned flags = write_defaults(c, n->a);
    val code = code_new(c, n, n->title, n->scope, n->a, function_body);
    c->roots[ROOT_NEW] = code;
    c->at = n->at;
    write_closure(c, n, code, flags);
}

void write_class(struct compiler *c, struct node *n)
{
    if (is_unpacking(n->a))
        syntax_error(c, n->at, "a class cannot unpack its bases");
    val code = code_new(c, n, n->title, n->scope, NULL, class_body);
    c->at = n->at;
    write_closure(c, n, code, 0);
    write_u(c, I_STR, n->title >> 2);
    size_t keywords, bases = write_arguments(c, n->a, &keywords);
    c->at = n->at;
    write_uu(c, I_BUILD_CLASS, bases, keywords);
}

// ------------------------------------------------------------------------------------------ comprehensions

// One element. `loops` iterators lie above the list.
static void write_element(struct compiler *c, struct node *n, size_t loops)
{
    struct node *e = n->a;
    c->at = e->at;
    switch (n->kind) {
    case N_LIST_COMP:
        write_value(c, e);
        write_u(c, I_LIST_APPEND, loops + 1);
        break;
    case N_SET_COMP:
        write_value(c, e);
        write_u(c, I_SET_ADD, loops + 1);
        break;
    case N_DICT_COMP:
        write_value(c, e->a);
        write_value(c, e->b);
        write_u(c, I_DICT_ADD, loops + 1);
        break;
    default:
        write_value(c, e);
        write_op(c, I_YIELD);
        write_op(c, I_POP);
    }
}

// The clauses from this one on; the iterator of the first `for` is on the stack already.
static void write_clauses(struct compiler *c, struct node *n, struct node *clause, size_t loops,
                          struct label *again)
{
    stack_check();
    struct label top = {0}, end = {0};
    if (!clause) {
        write_element(c, n, loops);
        return;
    }
    if (clause->kind == N_CLAUSE_IF) {
        write_condition(c, clause->a, false, again);
        write_clauses(c, n, clause->next, loops, again);
        return;
    }
    if (loops) {
        write_value(c, clause->b);
        write_op(c, I_GET_ITER);
    }
    place_label(c, &top);
    write_jump(c, I_FOR_ITER, &end);
    write_target(c, clause->a, STORING);
    write_clauses(c, n, clause->next, loops + 1, &top);
    c->at = clause->at;
    write_jump(c, I_JUMP, &top);
    place_label(c, &end);
}

static void generator_body(struct compiler *c, struct node *n)
{
    write_u(c, I_LOAD_FAST, 0);
    write_clauses(c, n, n->b, 0, NULL);
    write_return_none(c);
}

void write_comprehension(struct compiler *c, struct node *n)
{
    if (n->kind == N_GENERATOR)
        write_closure(c, n, code_new(c, n, S(lt_genexpr), n->scope, NULL, generator_body), 0);
    else if (n->kind == N_LIST_COMP)
        write_op(c, I_BUILD_COMP_LIST);
    else
        write_u(c, n->kind == N_SET_COMP ? I_BUILD_SET : I_BUILD_DICT, 0);
    write_value(c, n->b->b);
    write_op(c, I_GET_ITER);
    if (n->kind == N_GENERATOR) {
        write_uu(c, I_CALL, 1, 0);
        return;
    }
    for (struct symbol *s = n->scope->first; s; s = s->next) {
        if ((s->flags & (SYM_BOUND | SYM_INNER)) != (SYM_BOUND | SYM_INNER))
            continue;
        write_op(c, I_NOTHING);
        write_u(c, I_STORE_FAST, place_of(c, s));
        write_u(c, I_MAKE_CELL, place_of(c, s));
    }
    write_clauses(c, n, n->b, 0, NULL);
}

#endif
