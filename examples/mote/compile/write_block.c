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

static void forget_name(struct node *name)
{
    write_op(I_NONE);
    write_name(name, STORING);
    write_name(name, DELETING_NAME);
}

static bool stack_matters(const struct block *b, const struct block *to)
{
    for (; b != to; b = b->up)
        if (b->kind >= BLOCK_FINALLY)
            return true;
    return false;
}

static void write_finally(struct block *b, bool value)
{
    struct block holder;
    if (value)
        block_enter(&holder, BLOCK_VALUE, NULL);
    write_statements(b->node);
    compiler.unit->block = b->up;
}

static void drop(bool value)
{
    if (value)
        write_op(I_SWAP);
    write_op(I_POP);
}

// The exits of the blocks from the innermost to `to`, which stays. `value`: a value to be returned is on the stack.
static void write_exits(struct block *to, bool value)
{
    for (struct block *b = compiler.unit->block; b != to; b = b->up) {
        range_end(b);
        compiler.unit->block = b->up;
        switch (b->kind) {
        case BLOCK_LOOP:
        case BLOCK_TRY:
            break;
        case BLOCK_FOR:
            if (stack_matters(b->up, to))
                drop(value);
            break;
        case BLOCK_VALUE:
            drop(value);
            break;
        case BLOCK_NAME:
            forget_name(b->node);
            break;
        case BLOCK_FINALLY:
            write_finally(b, value);
            break;
        case BLOCK_FAILED:
            drop(value);
            // fall through
        case BLOCK_HANDLER:
        case BLOCK_WITH:
            if (value)
                write_op(I_SWAP);
            write_op(b->kind == BLOCK_WITH ? I_WITH_LEAVE : I_POP_HANDLED);
            break;
        }
    }
}

static void write_break(struct node *n)
{
    struct block *loop = compiler.unit->block;
    while (loop && loop->kind != BLOCK_LOOP && loop->kind != BLOCK_FOR)
        loop = loop->up;
    if (!loop)
        syntax_error(n->at, n->kind == N_BREAK ? "'break' outside loop"
                                               : "'continue' not properly in loop");
    write_exits(loop, false);
    compiler.at = n->at;
    if (n->kind == N_BREAK && loop->kind == BLOCK_FOR)
        write_op(I_POP);
    write_jump(I_JUMP, n->kind == N_BREAK ? loop->leave : loop->again);
}

void write_leave(struct node *n)
{
    struct unit *u = compiler.unit;
    struct block *inner = u->block;
    size_t depth = u->depth;
    if (n->kind == N_RETURN) {
        if (n->a)
            write_value(n->a);
        else
            write_op(I_NONE);
        write_exits(NULL, true);
        compiler.at = n->at;
        write_op(I_RETURN);
    } else {
        write_break(n);
    }
    u->block = inner;
    u->depth = depth;
    for (; inner; inner = inner->up)
        inner->start = u->code->size;
}

// ------------------------------------------------------------------------------------------ loops

static void write_loop_body(struct node *body, enum block_kind kind, struct label *leave,
                            struct label *again)
{
    struct block b;
    block_enter(&b, kind, NULL);
    b.leave = leave;
    b.again = again;
    write_statements(body);
    block_leave(&b);
}

// The condition stands behind the body, so that a turn has one jump.
static void write_while(struct node *n)
{
    struct label body = {0}, again = {0}, leave = {0};
    bool always = n->a->kind == N_CONST && truth(n->a->value);
    if (!always)
        write_jump(I_JUMP, &again);
    place_label(&body);
    if (always)
        place_label(&again);
    write_loop_body(n->b, BLOCK_LOOP, &leave, &again);
    if (!always)
        place_label(&again);
    write_condition(n->a, true, &body);
    write_statements(n->c);
    place_label(&leave);
}

static void write_for(struct node *n)
{
    struct label again = {0}, end = {0}, leave = {0};
    write_value(n->b);
    write_op(I_GET_ITER);
    size_t depth = compiler.unit->depth;
    place_label(&again);
    compiler.at = n->at;
    write_jump(I_FOR_ITER, &end);
    write_target(n->a, STORING);
    write_loop_body(n->c, BLOCK_FOR, &leave, &again);
    compiler.unit->depth = depth;
    compiler.at = n->at;
    write_jump(I_JUMP, &again);
    place_label(&end);
    write_statements(n->d);
    place_label(&leave);
}

void write_loop(struct node *n)
{
    if (n->kind == N_WHILE)
        write_while(n);
    else
        write_for(n);
}

// ------------------------------------------------------------------------------------------ try

// The end of a handler: where `b` sends what is raised in it.
static void end_handler(struct block *b)
{
    block_leave(b);
    block_handler(b);
    write_op(I_END_HANDLER);
}

// except type as name: body. The stack has previous exc.
static void write_handler(struct node *n, struct block *outer, struct label *end)
{
    struct label other = {0};
    size_t depth = compiler.unit->depth;
    compiler.at = n->at;
    if (n->a) {
        write_value(n->a);
        compiler.at = n->at;
        write_op(I_MATCH);
        write_jump(I_POP_JUMP_FALSE, &other);
    }
    struct block name;
    if (n->c)
        write_name(n->c, STORING);
    else
        write_op(I_POP);
    if (n->c)
        block_enter(&name, BLOCK_NAME, n->c);
    bool goes_on = write_statements(n->b);
    if (n->c) {
        block_leave(&name);
        if (goes_on)
            forget_name(n->c);
    }
    range_end(outer);
    if (goes_on) {
        write_op(I_POP_HANDLED);
        write_jump(I_JUMP, end);
    }
    outer->start = compiler.unit->code->size;
    if (n->c) {
        block_handler(&name);
        forget_name(n->c);
        outer->start = compiler.unit->code->size;
        write_op(I_END_HANDLER);
        outer->start = compiler.unit->code->size;
    }
    compiler.unit->depth = depth;
    place_label(&other);
    compiler.unit->depth = depth;
}

static void write_except(struct node *n)
{
    struct block body, handlers;
    struct label end = {0};
    size_t depth = compiler.unit->depth;
    block_enter(&body, BLOCK_TRY, NULL);
    bool goes_on = write_statements(n->a);
    block_leave(&body);
    if (goes_on) {
        write_statements(n->c);
        write_jump(I_JUMP, &end);
    }
    block_handler(&body);
    compiler.at = n->b->at;
    write_op(I_PUSH_HANDLED);
    block_enter(&handlers, BLOCK_HANDLER, NULL);
    handlers.depth = depth + 1;
    for (struct node *h = n->b; h; h = h->next)
        write_handler(h, &handlers, &end);
    end_handler(&handlers);
    compiler.unit->depth = depth;
    place_label(&end);
    compiler.unit->depth = depth;
}

// The body of a try with finally, which may have handlers of its own.
static void write_protected(struct node *n)
{
    if (n->b)
        write_except(n);
    else
        write_statements(n->a);
}

static void write_try_finally(struct node *n)
{
    struct block body, failed;
    struct label end = {0};
    size_t depth = compiler.unit->depth;
    block_enter(&body, BLOCK_FINALLY, n->d);
    write_protected(n);
    block_leave(&body);
    write_statements(n->d);
    write_jump(I_JUMP, &end);
    block_handler(&body);
    compiler.at = n->d->at;
    write_op(I_PUSH_HANDLED);
    block_enter(&failed, BLOCK_FAILED, NULL);
    failed.depth = depth + 1;
    write_statements(n->d);
    end_handler(&failed);
    compiler.unit->depth = depth;
    place_label(&end);
    compiler.unit->depth = depth;
}

void write_try(struct node *n)
{
    if (n->d)
        write_try_finally(n);
    else
        write_except(n);
}

// ------------------------------------------------------------------------------------------ with

void write_with(struct node *n)
{
    struct block body, failed;
    struct label end = {0}, swallow = {0};
    size_t depth = compiler.unit->depth;
    write_value(n->a);
    compiler.at = n->at;
    write_op(I_WITH_ENTER);
    block_enter(&body, BLOCK_WITH, NULL);
    body.depth = depth + 1;
    if (n->b)
        write_target(n->b, STORING);
    else
        write_op(I_POP);
    bool goes_on = write_statements(n->c);
    block_leave(&body);
    compiler.at = n->at;
    if (goes_on) {
        write_op(I_WITH_LEAVE);
        write_jump(I_JUMP, &end);
    }
    block_handler(&body);
    write_op(I_PUSH_HANDLED);
    block_enter(&failed, BLOCK_TRY, NULL);
    failed.depth = depth + 2;
    write_op(I_WITH_EXCEPT);
    write_jump(I_POP_JUMP_TRUE, &swallow);
    end_handler(&failed);
    place_label(&swallow);
    write_op(I_POP);
    write_op(I_POP_HANDLED);
    write_op(I_POP);
    place_label(&end);
    compiler.unit->depth = depth;
}

#endif
