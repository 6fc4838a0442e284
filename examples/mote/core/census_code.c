// SPDX-License-Identifier: MIT
// The census: what MicroPython needs to run a code that mote compiled, told from the instructions.
//
// Both are stack machines whose expressions take the same places. Statements differ: a loop keeps its iterator on the
// stack of MicroPython, in four places where mote has one; a loop over range() has its counter there, and its end if
// that is no constant; `with` and `except` have room for how they are left. So the depth is followed from instruction to
// instruction, and more is added while blocks are open. Comprehensions are functions of their own there: what lies in
// them does not count. Not told: three places in a `try` that has `finally` alone.
#include "core/census.h"

#if MOTE_CENSUS && MOTE_COMPILER
#include "core/vm.h"

#include <stdlib.h>

enum {
    BLOCKS_MOST = 32,    // open at a time; deeper ones do not count
    ITERATOR_PLACES = 4, // MP_OBJ_ITER_BUF_NSLOTS
    RANGE_COMPARES = 2,  // counter and end, each once more
    MATCH_MORE = 3,      // the exception once more, and how the handler is left
    WITH_MORE = 4,       // what leaving it takes besides its manager
    FORMAT_MORE = 2,     // the method that makes a string of values
};

size_t census_decode(const struct code *code, size_t at, struct decoded *i)
{
    static const char *const operands[I_COUNT] = {
#define X(name, kind) #kind,
        MOTE_INSTRUCTIONS(X)
#undef X
    };
    const uint8_t *bytes = code->bytes->data, *next = bytes + at + 1;
    *i = (struct decoded){.op = bytes[at]};
    const char *kind = i->op < I_COUNT ? operands[i->op] : "N";
    if (kind[0] == 'J') {
        next += 2;
        i->target = (size_t)(next - bytes + (int16_t)(next[-2] | next[-1] << 8));
        return (size_t)(next - bytes);
    }
    next = kind[0] != 'N' ? varint(next, &i->u) : next;
    next = kind[1] == 'U' ? varint(next, &i->v) : next;
    return (size_t)(next - bytes);
}

struct walk {
    const struct code *code;
    uint16_t *depths; // where jumps go to
    size_t depth, most;
    struct {
        size_t end, more;
    } blocks[BLOCKS_MOST];
    size_t block_count, more; // places that open blocks have more than here
    size_t range;     // where range() was put when its call may come; 0: nowhere, else one more
    unsigned last[3]; // the instructions before this one, the nearest first
    size_t arguments; // of the last call
    size_t formats;   // values of the string that is built
    size_t built_of;  // values of the last tuple
    bool ranges, constant; // the iterator just made is of range(), up to a constant
    size_t built;          // depth of a container that a comprehension may fill; 0: none
    size_t inside;         // where the comprehension ends that it is in
    uint64_t seen, hidden; // places of locals outside of comprehensions, and inside
};

static void deepest(struct walk *w, size_t depth)
{
    if (w->inside == 0 && depth + w->more > w->most)
        w->most = depth + w->more;
}

static bool pushes_int(unsigned op)
{
    return op == I_INT || (op >= I_INT_SHORT && op < I_BINARY);
}

// In a statement; what a generator expression loops over it is given.
static bool loops_over_range(const struct walk *w)
{
    bool steps = w->arguments < 3 || pushes_int(w->last[1]);
    return steps && w->range == w->depth && w->last[0] == I_CALL && w->code->name != S(lt_genexpr);
}

static void enter_block(struct walk *w, size_t end, size_t more)
{
    if (w->block_count == BLOCKS_MOST)
        return;
    w->blocks[w->block_count].end = end;
    w->blocks[w->block_count++].more = more;
    w->more += more;
}

static void enter_loop(struct walk *w, size_t end)
{
    bool range = w->last[0] == I_GET_ITER && w->ranges;
    enter_block(w, end, !range ? ITERATOR_PLACES - 1 : w->constant ? 0 : 1);
    if (range)
        deepest(w, w->depth + RANGE_COMPARES);
}

// The range of handlers that begins with the body.
static void enter_with(struct walk *w, size_t body)
{
    size_t n, v[4];
    deepest(w, w->depth + WITH_MORE);
    for (const uint8_t *at = varint(w->code->bytes->data + w->code->size, &n); n > 0; n--) {
        for (size_t k = 0; k < COUNT_OF(v); k++)
            at = varint(at, &v[k]);
        if (v[0] == body) {
            enter_block(w, v[0] + v[1], 1);
            return;
        }
    }
}

static void leave_blocks(struct walk *w, size_t at)
{
    while (w->block_count > 0 && w->blocks[w->block_count - 1].end <= at)
        w->more -= w->blocks[--w->block_count].more;
}

void census_goes_to(uint16_t *depths, size_t depth, const struct decoded *i)
{
    if (i->op == I_FOR_ITER)
        depth--;
    else if (i->op != I_JUMP_FALSE_OR_POP && i->op != I_JUMP_TRUE_OR_POP)
        depth += (size_t)instruction_effect(i->op, 0, 0);
    depths[i->target] = (uint16_t)depth;
}

static bool builds(const struct decoded *i)
{
    return i->op == I_BUILD_COMP_LIST || (i->op == I_BUILD_SET && i->u == 0) ||
           i->op == I_BUILD_DICT;
}

static void note_local(struct walk *w, const struct decoded *i)
{
    size_t place = i->op >= I_LOAD_FAST && i->op <= I_DELETE_DEREF     ? i->u
                   : i->op >= I_LOAD_FAST_SHORT && i->op < I_INT_SHORT ? i->op & 15
                                                                       : CENSUS_UNKNOWN;
    bool stores =
        i->op == I_STORE_FAST || i->op == I_STORE_DEREF || (i->op & 0xf0) == I_STORE_FAST_SHORT;
    if (place < 64 && !w->inside)
        w->seen |= (uint64_t)1 << place;
    else if (place < 64 && stores)
        w->hidden |= (uint64_t)1 << place;
}

static bool is_jump(unsigned op)
{
    return (op >= I_JUMP && op <= I_JUMP_TRUE_OR_POP) || op == I_FOR_ITER;
}

static size_t step(struct walk *w, size_t at)
{
    struct decoded i;
    size_t next = census_decode(w->code, at, &i);
    if (w->depths[at] != CENSUS_UNKNOWN)
        w->depth = w->depths[at];
    if (at >= w->inside)
        w->inside = 0;
    leave_blocks(w, at);
    if (is_jump(i.op))
        census_goes_to(w->depths, w->depth, &i);
    if (i.op == I_GET_ITER) {
        w->ranges = loops_over_range(w);
        w->constant = pushes_int(w->last[w->arguments < 3 ? 1 : 2]);
    } else if (i.op == I_FOR_ITER) {
        if (w->inside == 0 && w->built && w->depth == w->built + 1)
            w->inside = i.target;
        enter_loop(w, i.target);
    } else if (i.op == I_WITH_ENTER) {
        enter_with(w, next);
    } else if (i.op == I_MATCH) {
        deepest(w, w->depth + MATCH_MORE + (w->last[0] == I_BUILD_TUPLE ? w->built_of - 1 : 0));
    }
    w->depth += (size_t)instruction_effect(i.op, i.u, i.v);
    deepest(w, w->depth);
    if (i.op == I_LOAD_GLOBAL && ((val)i.u << 2 | 2) == S(range))
        w->range = w->depth;
    else if (w->depth < w->range)
        w->range = 0;
    if (builds(&i))
        w->built = w->depth;
    else if (w->depth < w->built)
        w->built = 0;
    note_local(w, &i);
    if (i.op == I_BUILD_TUPLE)
        w->built_of = i.u;
    w->formats += i.op == I_FORMAT;
    if (i.op == I_BUILD_STRING) {
        deepest(w, w->depth - 1 + FORMAT_MORE + w->formats);
        w->formats = 0;
    }
    if (i.op == I_CALL)
        w->arguments = i.u;
    memmove(w->last + 1, w->last, sizeof w->last - sizeof *w->last);
    w->last[0] = i.op;
    return next;
}

// Ranges of handlers hold each other, inner ones first; where each leads to, the stack has a known depth.
size_t census_handlers(const struct code *code, uint16_t *depths)
{
    size_t n, most = 0, v[4], open = 0, start = SIZE_MAX;
    for (const uint8_t *at = varint(code->bytes->data + code->size, &n); n > 0; n--) {
        for (size_t k = 0; k < COUNT_OF(v); k++)
            at = varint(at, &v[k]);
        depths[v[2]] = (uint16_t)(v[3] + 1);
        open = v[0] <= start && start != SIZE_MAX ? open + 1 : 1;
        start = v[0];
        most = open > most ? open : most;
    }
    return most;
}

struct places places_of(const struct code *code)
{
    struct places p = {code->nlocals, 0};
    uint16_t *depths = malloc((code->size + 1) * sizeof *depths);
    if (!depths)
        return p;
    memset(depths, 0xff, (code->size + 1) * sizeof *depths);
    p.tries = census_handlers(code, depths);
    struct walk w = {.code = code, .depths = depths};
    for (size_t at = 0; at < code->size;)
        at = step(&w, at);
    free(depths);
    for (uint64_t only = w.hidden & ~w.seen; only; only &= only - 1)
        p.values--;
    p.values += w.most;
    return p;
}
#endif
