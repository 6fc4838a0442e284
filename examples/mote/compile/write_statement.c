// SPDX-License-Identifier: MIT
// Statements to instructions.
#include "compile/compile.h"

#if MOTE_COMPILER

// ------------------------------------------------------------------------------------------ targets

static void write_unpack(struct node *list)
{
    size_t before = 0, after = 0;
    bool star = false;
    for (struct node *e = list; e; e = e->next) {
        if (e->kind == N_STAR)
            star = true;
        else if (star)
            after++;
        else
            before++;
    }
    if (star)
        write_uu(I_UNPACK_STAR, before, after);
    else
        write_u(I_UNPACK, before);
    for (struct node *e = list; e; e = e->next)
        write_target(e->kind == N_STAR ? e->a : e, STORING);
}

// Stores the value on the stack, or deletes.
void write_target(struct node *n, int what)
{
    compiler.at = n->at;
    switch (n->kind) {
    case N_TARGET:
        write_name(n, what);
        break;
    case N_ATTR:
        write_value(n->a);
        write_u(what == STORING ? I_STORE_ATTR : I_DELETE_ATTR, n->name >> 2);
        break;
    case N_ITEM:
        write_value(n->a);
        write_value(n->b);
        compiler.at = n->at;
        write_op(what == STORING ? I_STORE_ITEM : I_DELETE_ITEM);
        break;
    default:
        if (what == STORING)
            write_unpack(n->a);
        else
            for (struct node *e = n->a; e; e = e->next)
                write_target(e, what);
    }
}

// a, b = x, y without a tuple; so with three.
static bool write_swap(struct node *n)
{
    struct node *target = n->a, *value = n->b;
    if (target->next || target->kind != N_TUPLE || value->kind != N_TUPLE ||
        is_unpacking(target->a) || is_unpacking(value->a))
        return false;
    struct node *t = target->a, *v = value->a;
    size_t count = 0;
    for (; t && v; t = t->next, v = v->next)
        count++;
    if (t || v || count < 2 || count > 3)
        return false;
    for (v = value->a; v; v = v->next)
        write_value(v);
    if (count == 3)
        write_op(I_ROT3);
    write_op(I_SWAP);
    for (t = target->a; t; t = t->next)
        write_target(t, STORING);
    return true;
}

static void write_assign(struct node *n)
{
    if (write_swap(n))
        return;
    write_value(n->b);
    for (struct node *t = n->a; t; t = t->next) {
        if (t->next)
            write_op(I_DUP);
        write_target(t, STORING);
    }
}

static void write_augmented(struct node *n)
{
    struct node *t = n->a;
    switch (t->kind) {
    case N_TARGET:
        write_name(t, LOADING);
        break;
    case N_ATTR:
        write_value(t->a);
        write_op(I_DUP);
        write_u(I_LOAD_ATTR, t->name >> 2);
        break;
    default:
        write_value(t->a);
        write_value(t->b);
        write_op(I_DUP2);
        write_op(I_LOAD_ITEM);
    }
    write_value(n->b);
    compiler.at = n->at;
    write_op((unsigned)(I_BINARY + OP_INPLACE + n->number));
    if (t->kind == N_TARGET) {
        write_name(t, STORING);
    } else if (t->kind == N_ATTR) {
        write_op(I_SWAP);
        write_u(I_STORE_ATTR, t->name >> 2);
    } else {
        write_op(I_ROT3);
        write_op(I_STORE_ITEM);
    }
}

// ------------------------------------------------------------------------------------------ import

static void write_import(struct node *n)
{
    for (struct node *a = n->a; a; a = a->next) {
        write_const(int_new(0));
        write_op(I_NONE);
        write_u(I_IMPORT_NAME, a->name >> 2);
        struct text path = interned_text(a->name);
        const char *dot;
        while (a->number && (dot = memchr(path.data, '.', path.size)) != NULL) {
            path.size -= (size_t)(dot + 1 - path.data);
            path.data = dot + 1;
            dot = memchr(path.data, '.', path.size);
            write_u(I_LOAD_ATTR,
                    intern(path.data, dot ? (size_t)(dot - path.data) : path.size) >> 2);
        }
        write_name(a->a, STORING);
    }
}

static void write_from(struct node *n)
{
    size_t count = 0;
    for (struct node *a = n->a; a; a = a->next)
        count++;
    struct tuple *names = (struct tuple *)tuple_new(count ? count : 1, NULL);
    names->values[0] = S(star);
    count = 0;
    for (struct node *a = n->a; a; a = a->next)
        names->values[count++] = a->name;
    write_const(keep((val)names));
    write_const(int_new((intptr_t)n->number));
    write_op(I_SWAP);
    write_u(I_IMPORT_NAME, n->name >> 2);
    if (!n->a) {
        write_op(I_IMPORT_STAR);
        return;
    }
    for (struct node *a = n->a; a; a = a->next) {
        write_u(I_IMPORT_FROM, a->name >> 2);
        write_name(a->a, STORING);
    }
    write_op(I_POP);
}

// ------------------------------------------------------------------------------------------ others

// An `elif` is an `if` alone in the else block: a long chain of them must not be a deep one.
static void write_if(struct node *n)
{
    struct label end = {0};
    for (;; n = n->c) {
        struct label no = {0};
        write_condition(n->a, false, &no);
        bool goes_on = write_statements(n->b);
        if (n->c && goes_on)
            write_jump(I_JUMP, &end);
        place_label(&no);
        if (!n->c || n->c->kind != N_IF || n->c->next)
            break;
        compiler.at = n->c->at;
    }
    write_statements(n->c);
    place_label(&end);
}

static void write_assert(struct node *n)
{
    struct label good = {0};
    write_condition(n->a, true, &good);
    compiler.at = n->at;
    write_u(I_LOAD_GLOBAL, S(AssertionError) >> 2);
    if (n->b) {
        write_value(n->b);
        write_uu(I_CALL, 1, 0);
    }
    compiler.at = n->at;
    write_u(I_RAISE, 1);
    place_label(&good);
}

static void write_define(struct node *n)
{
    size_t decorators = 0;
    for (struct node *d = n->b; d; d = d->next, decorators++)
        write_value(d);
    if (n->a->kind == N_CLASS)
        write_class(n->a);
    else
        write_function(n->a);
    while (decorators--)
        write_uu(I_CALL, 1, 0);
    write_name(n->c, STORING);
}

static void write_expression_statement(struct node *n)
{
    bool print = compiler.mode == COMPILE_SINGLE && compiler.unit->scope->kind == SCOPE_MODULE;
    if (n->a->kind == N_CONST && !print)
        return;
    write_value(n->a);
    compiler.at = n->at;
    write_op(print ? I_PRINT : I_POP);
}

static void write_raise(struct node *n)
{
    if (n->a)
        write_value(n->a);
    if (n->b)
        write_value(n->b);
    compiler.at = n->at;
    write_u(I_RAISE, n->b ? 2 : n->a ? 1 : 0);
}

static void write_statement(struct node *n)
{
    compiler.at = n->at;
    switch (n->kind) {
    case N_EXPR:
        write_expression_statement(n);
        break;
    case N_ASSIGN:
        write_assign(n);
        break;
    case N_AUGMENTED:
        write_augmented(n);
        break;
    case N_DELETE:
        write_target(n->a, DELETING_NAME);
        break;
    case N_RETURN:
    case N_BREAK:
    case N_CONTINUE:
        write_leave(n);
        break;
    case N_RAISE:
        write_raise(n);
        break;
    case N_ASSERT:
        write_assert(n);
        break;
    case N_IMPORT:
        write_import(n);
        break;
    case N_FROM:
        write_from(n);
        break;
    case N_IF:
        write_if(n);
        break;
    case N_WHILE:
    case N_FOR:
        write_loop(n);
        break;
    case N_TRY:
        write_try(n);
        break;
    case N_WITH:
        write_with(n);
        break;
    case N_DEFINE:
        write_define(n);
        break;
    }
}

bool write_statements(struct node *list)
{
    stack_check();
    for (; list; list = list->next) {
        write_statement(list);
        if (list->kind == N_RETURN || list->kind == N_RAISE || list->kind == N_BREAK ||
            list->kind == N_CONTINUE)
            return false;
    }
    return true;
}

#endif
