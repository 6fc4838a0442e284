// SPDX-License-Identifier: MIT
// Statements with blocks that can be left early: loops, try, with; and what leaves them.
//
// Being in a try costs nothing: the range of its instructions stands in the exception table. What must be done at an exit is
// written at each exit: return, break and continue go through the blocks from the inside, end the range of each (it
// must not catch what its own exit raises), and write its exit.
//
//     a handler             exc
//       PUSH_HANDLED        previous exc
//       ...                             an exception in here goes to:
//       END_HANDLER         previous exc    (reached with the first exc, too, when it was not caught)
#include "compile/compile.h"

#if MOTE_COMPILER

// ------------------------------------------------------------------------------------------ leaving

static void forget_name(struct compiler *c, struct node *name)
{
    write_op(c, I_NONE);
    write_name(c, name, STORING);
    write_name(c, name, DELETING_NAME);
}

static bool stack_matters(const struct block *b, const struct block *to)
{
    for (; b != to; b = b->up)
        if (b->kind >= BLOCK_FINALLY)
            return true;
    return false;
}

static void write_finally(struct compiler *c, struct block *b, bool value)
{
    struct block holder;
    if (value)
        block_enter(c, &holder, BLOCK_VALUE, NULL);
    write_statements(c, b->node);
    c->unit->block = b->up;
}

static void drop(struct compiler *c, bool value)
{
    if (value)
        write_op(c, I_SWAP);
    write_op(c, I_POP);
}

// The exits of the blocks from the innermost to `to`, which stays. `value`: a value to be returned is on the stack.
static void write_exits(struct compiler *c, struct block *to, bool value)
{
    for (struct block *b = c->unit->block; b != to; b = b->up) {
        range_end(c, b);
        c->unit->block = b->up;
        switch (b->kind) {
        case BLOCK_LOOP:
        case BLOCK_TRY:
            break;
        case BLOCK_FOR:
            if (stack_matters(b->up, to))
                drop(c, value);
            break;
        case BLOCK_VALUE:
            drop(c, value);
            break;
        case BLOCK_NAME:
            forget_name(c, b->node);
            break;
        case BLOCK_FINALLY:
            write_finally(c, b, value);
            break;
        case BLOCK_FAILED:
            drop(c, value);
            // fall through
        case BLOCK_HANDLER:
        case BLOCK_WITH:
            if (value)
                write_op(c, I_SWAP);
            write_op(c, b->kind == BLOCK_WITH ? I_WITH_LEAVE : I_POP_HANDLED);
            break;
        }
    }
}

static void write_break(struct compiler *c, struct node *n)
{
    struct block *loop = c->unit->block;
    while (loop && loop->kind != BLOCK_LOOP && loop->kind != BLOCK_FOR)
        loop = loop->up;
    if (!loop)
        syntax_error(c, n->at,
                     n->kind == N_BREAK ? "'break' outside loop"
                                        : "'continue' not properly in loop");
    write_exits(c, loop, false);
    c->at = n->at;
    if (n->kind == N_BREAK && loop->kind == BLOCK_FOR)
        write_op(c, I_POP);
    write_jump(c, I_JUMP, n->kind == N_BREAK ? loop->leave : loop->again);
}

void write_leave(struct compiler *c, struct node *n)
{
    struct unit *u = c->unit;
    struct block *inner = u->block;
    size_t depth = u->depth;
    if (n->kind == N_RETURN) {
        if (n->a)
            write_value(c, n->a);
        else
            write_op(c, I_NONE);
        write_exits(c, NULL, true);
        c->at = n->at;
        write_op(c, I_RETURN);
    } else {
        write_break(c, n);
    }
    u->block = inner;
    u->depth = depth;
    for (; inner; inner = inner->up)
        inner->start = u->code->size;
}

// ------------------------------------------------------------------------------------------ loops

static void write_loop_body(struct compiler *c, struct node *body, enum block_kind kind,
                            struct label *leave, struct label *again)
{
    struct block b;
    block_enter(c, &b, kind, NULL);
    b.leave = leave;
    b.again = again;
    write_statements(c, body);
    block_leave(c, &b);
}

// The condition stands behind the body, so that a turn has one jump.
static void write_while(struct compiler *c, struct node *n)
{
    struct label body = {0}, again = {0}, leave = {0};
    bool always = n->a->kind == N_CONST && truth(n->a->value);
    if (!always)
        write_jump(c, I_JUMP, &again);
    place_label(c, &body);
    if (always)
        place_label(c, &again);
    write_loop_body(c, n->b, BLOCK_LOOP, &leave, &again);
    if (!always)
        place_label(c, &again);
    write_condition(c, n->a, true, &body);
    write_statements(c, n->c);
    place_label(c, &leave);
}

static void write_for(struct compiler *c, struct node *n)
{
    struct label again = {0}, end = {0}, leave = {0};
    write_value(c, n->b);
    write_op(c, I_GET_ITER);
    size_t depth = c->unit->depth;
    place_label(c, &again);
    c->at = n->at;
    write_jump(c, I_FOR_ITER, &end);
    write_target(c, n->a, STORING);
    write_loop_body(c, n->c, BLOCK_FOR, &leave, &again);
    c->unit->depth = depth;
    c->at = n->at;
    write_jump(c, I_JUMP, &again);
    place_label(c, &end);
    write_statements(c, n->d);
    place_label(c, &leave);
}

void write_loop(struct compiler *c, struct node *n)
{
    if (n->kind == N_WHILE)
        write_while(c, n);
    else
        write_for(c, n);
}

// ------------------------------------------------------------------------------------------ try

// The end of a handler: where `b` sends what is raised in it.
static void end_handler(struct compiler *c, struct block *b)
{
    block_leave(c, b);
    block_handler(c, b);
    write_op(c, I_END_HANDLER);
}

// except type as name: body. The stack has previous exc.
static void write_handler(struct compiler *c, struct node *n, struct block *outer,
                          struct label *end)
{
    struct label other = {0};
    size_t depth = c->unit->depth;
    c->at = n->at;
    if (n->a) {
        write_value(c, n->a);
        c->at = n->at;
        write_op(c, I_MATCH);
        write_jump(c, I_POP_JUMP_FALSE, &other);
    }
    struct block name;
    if (n->c)
        write_name(c, n->c, STORING);
    else
        write_op(c, I_POP);
    if (n->c)
        block_enter(c, &name, BLOCK_NAME, n->c);
    bool goes_on = write_statements(c, n->b);
    if (n->c) {
        block_leave(c, &name);
        if (goes_on)
            forget_name(c, n->c);
    }
    range_end(c, outer);
    if (goes_on) {
        write_op(c, I_POP_HANDLED);
        write_jump(c, I_JUMP, end);
    }
    outer->start = c->unit->code->size;
    if (n->c) {
        block_handler(c, &name);
        forget_name(c, n->c);
        outer->start = c->unit->code->size;
        write_op(c, I_END_HANDLER);
        outer->start = c->unit->code->size;
    }
    c->unit->depth = depth;
    place_label(c, &other);
    c->unit->depth = depth;
}

static void write_except(struct compiler *c, struct node *n)
{
    struct block body, handlers;
    struct label end = {0};
    size_t depth = c->unit->depth;
    block_enter(c, &body, BLOCK_TRY, NULL);
    bool goes_on = write_statements(c, n->a);
    block_leave(c, &body);
    if (goes_on) {
        write_statements(c, n->c);
        write_jump(c, I_JUMP, &end);
    }
    block_handler(c, &body);
    c->at = n->b->at;
    write_op(c, I_PUSH_HANDLED);
    block_enter(c, &handlers, BLOCK_HANDLER, NULL);
    handlers.depth = depth + 1;
    for (struct node *h = n->b; h; h = h->next)
        write_handler(c, h, &handlers, &end);
    end_handler(c, &handlers);
    c->unit->depth = depth;
    place_label(c, &end);
    c->unit->depth = depth;
}

// The body of a try with finally, which may have handlers of its own.
static void write_protected(struct compiler *c, struct node *n)
{
    if (n->b)
        write_except(c, n);
    else
        write_statements(c, n->a);
}

static void write_try_finally(struct compiler *c, struct node *n)
{
    struct block body, failed;
    struct label end = {0};
    size_t depth = c->unit->depth;
    block_enter(c, &body, BLOCK_FINALLY, n->d);
    write_protected(c, n);
    block_leave(c, &body);
    write_statements(c, n->d);
    write_jump(c, I_JUMP, &end);
    block_handler(c, &body);
    c->at = n->d->at;
    write_op(c, I_PUSH_HANDLED);
    block_enter(c, &failed, BLOCK_FAILED, NULL);
    failed.depth = depth + 1;
    write_statements(c, n->d);
    end_handler(c, &failed);
    c->unit->depth = depth;
    place_label(c, &end);
    c->unit->depth = depth;
}

void write_try(struct compiler *c, struct node *n)
{
    if (n->d)
        write_try_finally(c, n);
    else
        write_except(c, n);
}

// ------------------------------------------------------------------------------------------ with

void write_with(struct compiler *c, struct node *n)
{
    struct block body, failed;
    struct label end = {0}, swallow = {0};
    size_t depth = c->unit->depth;
    write_value(c, n->a);
    c->at = n->at;
    write_op(c, I_WITH_ENTER);
    block_enter(c, &body, BLOCK_WITH, NULL);
    body.depth = depth + 1;
    if (n->b)
        write_target(c, n->b, STORING);
    else
        write_op(c, I_POP);
    bool goes_on = write_statements(c, n->c);
    block_leave(c, &body);
    c->at = n->at;
    if (goes_on) {
        write_op(c, I_WITH_LEAVE);
        write_jump(c, I_JUMP, &end);
    }
    block_handler(c, &body);
    write_op(c, I_PUSH_HANDLED);
    block_enter(c, &failed, BLOCK_TRY, NULL);
    failed.depth = depth + 2;
    write_op(c, I_WITH_EXCEPT);
    write_jump(c, I_POP_JUMP_TRUE, &swallow);
    end_handler(c, &failed);
    place_label(c, &swallow);
    write_op(c, I_POP);
    write_op(c, I_POP_HANDLED);
    write_op(c, I_POP);
    place_label(c, &end);
    c->unit->depth = depth;
}

#endif
