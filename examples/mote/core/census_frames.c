// SPDX-License-Identifier: MIT
//
// The census: what a frame of CPython has room for, by the rules of 3.12, told from the instructions of mote.
//
// Both are stack machines whose expressions take the same places, but for these: below a function that is called lies one
// place more (not below one just made, as those of generator expressions are); names of arguments take none; handlers
// have room for how they are left; a comprehension keeps what its variable was before. So for each place of the stack it
// is known how high the stack came since the place was filled: a call that turns out to have begun there moves all of
// that up by one. Not told: dicts of several pairs, which CPython builds of all of them at a time.
#include "core/census.h"

#if MOTE_CENSUS && MOTE_COMPILER
#include "core/vm.h"

#include <stdlib.h>

enum {
    PLACES = 256, // of stacks that are followed
    HANDLER_MORE =
        3, // above what was raised: another exception, where it was, and the first once more
    WITH_MORE = 3, // the same above what leaves it and what that is told
    LEAST = 2,     // each generator has a handler of its own
};

struct walk {
    uint16_t *depths; // where jumps go to
    size_t depth;
    size_t high[PLACES + 1];   // of the stack since this place was filled; 0: in all
    unsigned made[PLACES + 1]; // by what instruction
    size_t built;              // depth of a container that a comprehension may fill; 0: none
    size_t inside, kept;       // where the comprehension ends that it is in, and what that keeps
};

// The stack is so deep now: what lay above joins what is below it.
static void settle(struct walk *w, size_t depth, unsigned by)
{
    for (; w->depth > depth; w->depth--)
        if (w->high[w->depth - 1] < w->high[w->depth])
            w->high[w->depth - 1] = w->high[w->depth];
    while (w->depth < depth) {
        w->depth++;
        w->high[w->depth] = w->depth + w->kept;
    }
    w->made[depth] = by;
}

static void reach(struct walk *w, size_t more)
{
    if (w->high[w->depth] < w->depth + w->kept + more)
        w->high[w->depth] = w->depth + w->kept + more;
}

// A call of the function in that place, whose last positional argument lies in the other; behind it names and values.
// The result lies in the first place then.
static void called(struct walk *w, size_t place, size_t positional, bool one_more)
{
    one_more = one_more && w->made[place] != I_MAKE_FUNCTION;
    for (size_t k = positional + 1; k <= w->depth; k++)
        w->high[k] -= (k - positional + 1) / 2;
    settle(w, place, I_CALL);
    w->high[place] += one_more;
}

static void step(struct walk *w, const struct decoded *i)
{
    size_t depth = w->depth + (size_t)instruction_effect(i->op, i->u, i->v);
    if (depth > PLACES) // in a handler of an empty body, which nothing leads to
        depth = 0;
    if (i->target != 0)
        census_goes_to(w->depths, w->depth, i);
    if (i->op == I_FOR_ITER && w->kept == 0 && w->built && w->depth == w->built + 1) {
        w->inside = i->target;
        w->high[w->depth] -=
            w->high[w->depth] > w->depth; // what it loops over was there before the container
        w->kept = 1;
    }
    if (i->op == I_PUSH_HANDLED)
        reach(w, HANDLER_MORE);
    else if (i->op == I_WITH_EXCEPT)
        reach(w, WITH_MORE);
    else if (i->op == I_YIELD_FROM)
        reach(w, 1);
    if (i->op == I_CALL || i->op == I_CALL_METHOD)
        called(w, depth, w->depth - 2 * i->v, i->op == I_CALL);
    else if (i->op == I_CALL_STAR)
        called(w, depth, w->depth, w->made[w->depth] == I_DICT_MERGE);
    settle(w, depth, i->op);
    bool builds =
        i->op == I_BUILD_COMP_LIST || (i->op == I_BUILD_SET && i->u == 0) || i->op == I_BUILD_DICT;
    w->built = builds ? depth : depth < w->built ? 0 : w->built;
}

static size_t highest(struct walk *w, const struct code *code)
{
    struct decoded i;
    census_handlers(code, w->depths);
    for (size_t at = 0, next; at < code->size; at = next) {
        next = census_decode(code, at, &i);
        if (at >= w->inside)
            w->inside = w->kept = 0;
        if (w->depths[at] != CENSUS_UNKNOWN)
            settle(w, w->depths[at], I_NOP);
        step(w, &i);
    }
    settle(w, 0, I_NOP);
    return w->high[0] > LEAST ? w->high[0] : LEAST;
}

size_t frame_of(const struct code *code)
{
    struct walk *w = calloc(1, sizeof *w);
    uint16_t *depths = malloc((code->size + 1) * sizeof *depths);
    size_t most = 0;
    if (w && depths && code->nstack <= PLACES) {
        memset(depths, 0xff, (code->size + 1) * sizeof *depths);
        w->depths = depths;
        most = code->nlocals + highest(w, code);
    }
    free(depths);
    free(w);
    return most;
}
#endif
