// SPDX-License-Identifier: MIT
// Expressions to instructions: each leaves its value on the stack.
#include "compile/compile.h"

#if MOTE_COMPILER

static size_t count(const struct node *list)
{
    size_t n = 0;
    for (; list; list = list->next)
        n++;
    return n;
}

static void write_or_none(struct node *n)
{
    if (n)
        write_value(n);
    else
        write_op(I_NONE);
}

// ------------------------------------------------------------------------------------------ displays

// The values of a list, tuple or set. What comes after a star, or after many, is added one by one, so that the stack
// stays small.
static void write_display(struct node *list, unsigned build)
{
    enum { MOST = 64 };
    size_t n = 0;
    struct node *e = list;
    for (; e && e->kind != N_STAR && n < MOST; e = e->next, n++)
        write_value(e);
    if (!e) {
        write_u(build, n);
        return;
    }
    bool set = build == I_BUILD_SET;
    write_u(set ? I_BUILD_SET : I_BUILD_LIST, n);
    for (; e; e = e->next) {
        write_value(e->kind == N_STAR ? e->a : e);
        if (e->kind == N_STAR)
            write_op(set ? I_SET_UPDATE : I_LIST_EXTEND);
        else
            write_u(set ? I_SET_ADD : I_LIST_APPEND, 1);
    }
    if (build == I_BUILD_TUPLE)
        write_op(I_LIST_TO_TUPLE);
}

static void write_dict(struct node *n)
{
    size_t room = 0;
    for (struct node *e = n->a; e; e = e->next)
        room += e->kind == N_PAIR;
    write_u(I_BUILD_DICT, room);
    for (struct node *e = n->a; e; e = e->next) {
        write_value(e->a);
        if (e->kind == N_PAIR)
            write_value(e->b);
        write_op(e->kind == N_PAIR ? I_STORE_PAIR : I_DICT_UPDATE);
    }
}

static void write_fstring(struct node *n)
{
    for (struct node *e = n->a; e; e = e->next)
        write_value(e);
    if (n->a->next)
        write_u(I_BUILD_STRING, count(n->a));
}

static void write_format(struct node *n)
{
    write_value(n->a);
    if (n->b)
        write_value(n->b);
    write_u(I_FORMAT, n->number | (n->b ? FORMAT_SPEC : 0));
}

// ------------------------------------------------------------------------------------------ operators

static void write_bool(struct node *n, unsigned jump)
{
    struct label end = {0};
    for (struct node *e = n->a; e; e = e->next) {
        write_value(e);
        if (e->next)
            write_jump(jump, &end);
    }
    place_label(&end);
}

// a < b < c: b is kept below the result of the first, and dropped when that is false.
static void write_comparison(struct node *n)
{
    struct label fail = {0}, end = {0};
    write_value(n->a);
    for (struct node *e = n->b; e; e = e->next) {
        write_value(e->a);
        compiler.at = e->at;
        if (e->next) {
            write_op(I_DUP);
            write_op(I_ROT3);
        }
        write_op((unsigned)e->number_b);
        if (e->next)
            write_jump(I_JUMP_FALSE_OR_POP, &fail);
    }
    if (!n->b->next)
        return;
    write_jump(I_JUMP, &end);
    place_label(&fail);
    write_op(I_SWAP);
    write_op(I_POP);
    place_label(&end);
}

static void write_conditional(struct node *n)
{
    struct label no = {0}, end = {0};
    write_condition(n->b, false, &no);
    write_value(n->a);
    write_jump(I_JUMP, &end);
    compiler.unit->depth--;
    place_label(&no);
    write_value(n->c);
    place_label(&end);
}

// Jumps when the truth of n is `when`, and goes on else.
void write_condition(struct node *n, bool when, struct label *to)
{
    stack_check();
    compiler.at = n->at;
    if (n->kind == N_NOT) {
        write_condition(n->a, !when, to);
    } else if (n->kind == N_CONST) {
        if (truth(n->value) == when)
            write_jump(I_JUMP, to);
    } else if (n->kind == N_AND || n->kind == N_OR) {
        bool decides = n->kind == N_OR; // the value that ends it
        struct label end = {0};
        for (struct node *e = n->a; e; e = e->next)
            write_condition(e, e->next ? decides : when, !e->next || decides == when ? to : &end);
        place_label(&end);
    } else {
        write_value(n);
        write_jump(when ? I_POP_JUMP_TRUE : I_POP_JUMP_FALSE, to);
    }
}

// ------------------------------------------------------------------------------------------ calls

bool is_unpacking(const struct node *list)
{
    for (; list; list = list->next)
        if (list->kind == N_STAR || (list->kind == N_KEYWORD && !list->name))
            return true;
    return false;
}

size_t write_arguments(struct node *list, size_t *keywords)
{
    size_t n = 0;
    *keywords = 0;
    for (struct node *e = list; e; e = e->next) {
        if (e->kind != N_KEYWORD) {
            write_value(e);
            n++;
        }
    }
    for (struct node *e = list; e; e = e->next) {
        if (e->kind == N_KEYWORD) {
            write_u(I_STR, e->name >> 2);
            write_value(e->a);
            ++*keywords;
        }
    }
    return n;
}

// Keyword arguments as a dict. A name after **a is merged too, so that names given twice are found.
static void write_keywords(struct node *list)
{
    bool any = false, merge = false;
    for (; list; list = list->next) {
        if (list->kind != N_KEYWORD)
            continue;
        if (!any)
            write_u(I_BUILD_DICT, 0);
        any = true;
        if (list->name) {
            if (merge)
                write_u(I_BUILD_DICT, 1);
            write_u(I_STR, list->name >> 2);
            write_value(list->a);
            write_op(I_STORE_PAIR);
        } else {
            write_value(list->a);
            merge = true;
        }
        if (merge)
            write_op(I_DICT_MERGE);
    }
    if (!any)
        write_op(I_NOTHING);
}

static void write_star_call(struct node *n)
{
    write_value(n->a);
    size_t before = 0;
    struct node *e = n->b;
    for (; e && e->kind != N_STAR && e->kind != N_KEYWORD && before < 64; e = e->next, before++)
        write_value(e);
    write_u(I_BUILD_LIST, before);
    for (; e; e = e->next) {
        if (e->kind == N_KEYWORD)
            continue;
        write_value(e->kind == N_STAR ? e->a : e);
        if (e->kind == N_STAR)
            write_op(I_LIST_EXTEND);
        else
            write_u(I_LIST_APPEND, 1);
    }
    write_keywords(n->b);
    compiler.at = n->at;
    write_op(I_CALL_STAR);
}

// super() in a method: pushes the class and self.
static bool write_super(struct node *n)
{
    struct unit *u = compiler.unit;
    if (n->kind != N_CALL || n->b || n->a->kind != N_NAME || u->scope->kind != SCOPE_FUNCTION ||
        u->npos == 0)
        return false;
    struct symbol *cls = symbol_find(u->scope, S(__class__));
    if (n->a->symbol->name != S(super) || where_is(n->a->symbol) != AT_GLOBAL || !cls ||
        !is_free(cls))
        return false;
    write_symbol(cls, LOADING);
    write_symbol(u->scope->first, LOADING);
    return true;
}

static void write_call(struct node *n)
{
    if (is_unpacking(n->b) || count(n->b) > 255) {
        write_star_call(n);
        return;
    }
    struct node *f = n->a;
    size_t args, keywords;
    if (f->kind == N_ATTR) {
        bool super = write_super(f->a);
        if (!super)
            write_value(f->a);
        compiler.at = f->at;
        write_u(super ? I_SUPER_METHOD : I_LOAD_METHOD, f->name >> 2);
        args = write_arguments(n->b, &keywords);
        compiler.at = f->at;
        write_uu(I_CALL_METHOD, args, keywords);
        return;
    }
    write_value(f);
    args = write_super(n) ? 2 : write_arguments(n->b, &keywords);
    compiler.at = n->at;
    write_uu(I_CALL, args, n->b ? keywords : 0);
}

static void write_attribute(struct node *n)
{
    bool super = write_super(n->a);
    if (!super)
        write_value(n->a);
    compiler.at = n->at;
    write_u(super ? I_SUPER_ATTR : I_LOAD_ATTR, n->name >> 2);
}

// ------------------------------------------------------------------------------------------ others

static void write_yield(struct node *n)
{
    write_or_none(n->a);
    if (n->kind == N_YIELD) {
        write_op(I_YIELD);
        return;
    }
    write_op(I_GET_YIELD_ITER);
    write_op(I_NONE);
    write_op(I_YIELD_FROM);
}

static void write_slice(struct node *n)
{
    write_or_none(n->a);
    write_or_none(n->b);
    if (n->c)
        write_value(n->c);
    write_u(I_BUILD_SLICE, n->c ? 3 : 2);
}

static void write_operator(struct node *n, unsigned op)
{
    write_value(n->a);
    if (node_kids[n->kind] > 1)
        write_value(n->b);
    compiler.at = n->at;
    write_op(op);
}

void write_value(struct node *n)
{
    stack_check();
    compiler.at = n->at;
    switch (n->kind) {
    case N_NAME:
        write_name(n, LOADING);
        break;
    case N_CONST:
        write_const(n->value);
        break;
    case N_FSTRING:
        write_fstring(n);
        break;
    case N_FORMAT:
        write_format(n);
        break;
    case N_TUPLE:
        write_display(n->a, I_BUILD_TUPLE);
        break;
    case N_LIST:
        write_display(n->a, I_BUILD_LIST);
        break;
    case N_SET:
        write_display(n->a, I_BUILD_SET);
        break;
    case N_DICT:
        write_dict(n);
        break;
    case N_ATTR:
        write_attribute(n);
        break;
    case N_ITEM:
        write_operator(n, I_LOAD_ITEM);
        break;
    case N_SLICE:
        write_slice(n);
        break;
    case N_CALL:
        write_call(n);
        break;
    case N_LAMBDA:
        write_function(n);
        break;
    case N_COND:
        write_conditional(n);
        break;
    case N_AND:
        write_bool(n, I_JUMP_FALSE_OR_POP);
        break;
    case N_OR:
        write_bool(n, I_JUMP_TRUE_OR_POP);
        break;
    case N_NOT:
        write_operator(n, I_NOT);
        break;
    case N_NEG:
        write_operator(n, I_NEG);
        break;
    case N_POS:
        write_operator(n, I_POS);
        break;
    case N_INVERT:
        write_operator(n, I_INVERT);
        break;
    case N_BINARY:
        write_operator(n, (unsigned)(I_BINARY + n->number));
        break;
    case N_COMPARE:
        write_comparison(n);
        break;
    case N_WALRUS:
        write_value(n->b);
        write_op(I_DUP);
        write_name(n->a, STORING);
        break;
    case N_YIELD:
    case N_YIELD_FROM:
        write_yield(n);
        break;
    default:
        write_comprehension(n);
    }
}

#endif
