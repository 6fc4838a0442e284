// SPDX-License-Identifier: MIT
// What has code of its own: functions, classes, generator expressions; and comprehensions, which have not: their loops stand
// in the function around, their variables have places there.
#include "compile/compile.h"

#if MOTE_COMPILER

static void write_return_none(void)
{
    write_op(I_NONE);
    write_op(I_RETURN);
}

static val doc_of(const struct node *body)
{
    return body && body->kind == N_EXPR && body->a->kind == N_CONST && is_str(body->a->value)
               ? body->a->value
               : NOTHING;
}

static void function_body(struct node *n)
{
    val doc = doc_of(n->b);
    if (doc) {
        const_index(doc);
        compiler.unit->flags |= CODE_DOC;
    }
    if (write_statements(n->b))
        write_return_none();
}

static void class_body(struct node *n)
{
    val doc = doc_of(n->b);
    if (doc) {
        write_const(doc);
        write_u(I_STORE_NAME, S(__doc__) >> 2);
    }
    write_statements(n->b);
    struct symbol *cls = symbol_find(compiler.unit->scope, S(__class__));
    if (cls)
        write_cell(cls);
    else
        write_op(I_NONE);
    write_op(I_RETURN);
}

// The function object of the code; its defaults are on the stack.
static void write_closure(struct node *n, val code, unsigned flags)
{
    size_t cells = 0;
    ROOTS(r, 1);
    r[0] = code;
    for (struct symbol *s = n->scope->first; s; s = s->next) {
        if (is_free(s)) {
            write_cell(s->up);
            cells++;
        }
    }
    if (cells) {
        write_u(I_BUILD_TUPLE, cells);
        flags |= FUNCTION_CLOSURE;
    }
    write_uu(I_MAKE_FUNCTION, flags, const_index(code));
}

static void write_tuple_of_defaults(struct node *list, size_t n)
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
            write_value(a->a);
    }
    if (t)
        write_u(I_CONST, const_index((val)t));
    else
        write_u(I_BUILD_TUPLE, n);
}

static unsigned write_defaults(struct node *list)
{
    size_t positional = 0, named = 0;
    for (struct node *a = list; a; a = a->next) {
        positional += a->kind == N_ARG && a->a;
        named += a->kind == N_ARG_NAMED && a->a;
    }
    if (positional)
        write_tuple_of_defaults(list, positional);
    if (named) {
        write_u(I_BUILD_DICT, named);
        for (struct node *a = list; a; a = a->next) {
            if (a->kind == N_ARG_NAMED && a->a) {
                write_u(I_STR, a->name >> 2);
                write_value(a->a);
                write_op(I_STORE_PAIR);
            }
        }
    }
    return (positional ? FUNCTION_DEFAULTS : 0) | (named ? FUNCTION_KWDEFAULTS : 0);
}

void write_function(struct node *n)
{
    unsigned flags = write_defaults(n->a);
    val code = code_new(n, n->title, n->scope, n->a, function_body);
    compiler.roots[ROOT_NEW] = code;
    compiler.at = n->at;
    write_closure(n, code, flags);
}

void write_class(struct node *n)
{
    if (is_unpacking(n->a))
        syntax_error(n->at, "a class cannot unpack its bases");
    val code = code_new(n, n->title, n->scope, NULL, class_body);
    compiler.at = n->at;
    write_closure(n, code, 0);
    write_u(I_STR, n->title >> 2);
    size_t keywords, bases = write_arguments(n->a, &keywords);
    compiler.at = n->at;
    write_uu(I_BUILD_CLASS, bases, keywords);
}

// ------------------------------------------------------------------------------------------ comprehensions

// One element. `loops` iterators lie above the list.
static void write_element(struct node *n, size_t loops)
{
    struct node *e = n->a;
    compiler.at = e->at;
    switch (n->kind) {
    case N_LIST_COMP:
        write_value(e);
        write_u(I_LIST_APPEND, loops + 1);
        break;
    case N_SET_COMP:
        write_value(e);
        write_u(I_SET_ADD, loops + 1);
        break;
    case N_DICT_COMP:
        write_value(e->a);
        write_value(e->b);
        write_u(I_DICT_ADD, loops + 1);
        break;
    default:
        write_value(e);
        write_op(I_YIELD);
        write_op(I_POP);
    }
}

// The clauses from this one on; the iterator of the first `for` is on the stack already.
static void write_clauses(struct node *n, struct node *clause, size_t loops, struct label *again)
{
    stack_check();
    struct label top = {0}, end = {0};
    if (!clause) {
        write_element(n, loops);
        return;
    }
    if (clause->kind == N_CLAUSE_IF) {
        write_condition(clause->a, false, again);
        write_clauses(n, clause->next, loops, again);
        return;
    }
    if (loops) {
        write_value(clause->b);
        write_op(I_GET_ITER);
    }
    place_label(&top);
    write_jump(I_FOR_ITER, &end);
    write_target(clause->a, STORING);
    write_clauses(n, clause->next, loops + 1, &top);
    compiler.at = clause->at;
    write_jump(I_JUMP, &top);
    place_label(&end);
}

static void generator_body(struct node *n)
{
    write_u(I_LOAD_FAST, 0);
    write_clauses(n, n->b, 0, NULL);
    write_return_none();
}

void write_comprehension(struct node *n)
{
    if (n->kind == N_GENERATOR)
        write_closure(n, code_new(n, S(lt_genexpr), n->scope, NULL, generator_body), 0);
    else if (n->kind == N_LIST_COMP)
        write_op(I_BUILD_COMP_LIST);
    else
        write_u(n->kind == N_SET_COMP ? I_BUILD_SET : I_BUILD_DICT, 0);
    write_value(n->b->b);
    write_op(I_GET_ITER);
    if (n->kind == N_GENERATOR) {
        write_uu(I_CALL, 1, 0);
        return;
    }
    for (struct symbol *s = n->scope->first; s; s = s->next) {
        if ((s->flags & (SYM_BOUND | SYM_INNER)) != (SYM_BOUND | SYM_INNER))
            continue;
        write_op(I_NOTHING);
        write_u(I_STORE_FAST, place_of(s));
        write_u(I_MAKE_CELL, place_of(s));
    }
    write_clauses(n, n->b, 0, NULL);
}

#endif
