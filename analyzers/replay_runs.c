// SPDX-License-Identifier: MIT
//
// A heap of free runs: each request takes the start of the lowest run it fits in, what is given back joins its
// neighbours, and behind the last object lies everything that was never used.
//
//   | object | run | object | object | run | object |  end
//            '-- from the front of this, if it is large enough
//
// The runs are a treap by address, each node with the largest run below it, so that the first fit is found on
// one way down; it grows with the objects that live, not with the heap.

#include <stdlib.h>

#include "analyzers/replay_private.h"

struct run {
    uint64_t addr, size;
    uint64_t best; // the largest size in this part of the tree
    uint32_t left, right, priority;
};

// Nodes are numbers; 0 is none.
struct an__runs {
    VEC(struct run) nodes;
    VEC(uint32_t) unused;
    uint32_t root, random;
    uint64_t end;
};

static struct run *at(const struct an__runs *runs, uint32_t node)
{
    return &runs->nodes.items[node];
}

static void update(struct an__runs *runs, uint32_t node)
{
    struct run *run = at(runs, node);
    run->best = MAX(run->size, MAX(at(runs, run->left)->best, at(runs, run->right)->best));
}

// Into what lies below `addr` and the rest. The depth is that of a random tree.
static void split(struct an__runs *runs, uint32_t node, uint64_t addr, uint32_t *low,
                  uint32_t *high)
{
    if (node == 0) {
        *low = *high = 0;
        return;
    }
    uint32_t inner;
    if (at(runs, node)->addr < addr) {
        split(runs, at(runs, node)->right, addr, &inner, high);
        at(runs, node)->right = inner;
        *low = node;
    } else {
        split(runs, at(runs, node)->left, addr, low, &inner);
        at(runs, node)->left = inner;
        *high = node;
    }
    update(runs, node);
}

static uint32_t join(struct an__runs *runs, uint32_t low, uint32_t high)
{
    if (low == 0 || high == 0)
        return low ? low : high;
    if (at(runs, low)->priority > at(runs, high)->priority) {
        uint32_t right = join(runs, at(runs, low)->right, high);
        at(runs, low)->right = right;
        update(runs, low);
        return low;
    }
    uint32_t left = join(runs, low, at(runs, high)->left);
    at(runs, high)->left = left;
    update(runs, high);
    return high;
}

static uint32_t next_random(struct an__runs *runs)
{
    runs->random ^= runs->random << 13;
    runs->random ^= runs->random >> 17;
    return runs->random ^= runs->random << 5;
}

static void insert(struct an__runs *runs, uint64_t addr, uint64_t size)
{
    uint32_t node, low, high;
    if (runs->unused.count != 0) {
        node = runs->unused.items[--runs->unused.count];
    } else {
        node = (uint32_t)runs->nodes.count;
        vec_push(&runs->nodes, (struct run){0});
    }
    *at(runs, node) = (struct run){addr, size, size, 0, 0, next_random(runs)};
    split(runs, runs->root, addr, &low, &high);
    runs->root = join(runs, join(runs, low, node), high);
}

static void erase(struct an__runs *runs, uint64_t addr)
{
    uint32_t low, high, node;
    split(runs, runs->root, addr, &low, &high);
    split(runs, high, addr + 1, &node, &high);
    runs->root = join(runs, low, high);
    if (node != 0)
        vec_push(&runs->unused, node);
}

// The last run that begins below `addr`, or at it; 0: there is none.
static uint32_t run_before(const struct an__runs *runs, uint64_t addr)
{
    uint32_t found = 0;
    for (uint32_t node = runs->root; node != 0;) {
        bool below = at(runs, node)->addr <= addr;
        if (below)
            found = node;
        node = below ? at(runs, node)->right : at(runs, node)->left;
    }
    return found;
}

struct an__runs *an__runs_new(void)
{
    struct an__runs *runs = mem_zalloc(1, sizeof *runs);
    runs->random = 0x9e3779b9u;
    vec_push(&runs->nodes, (struct run){0});
    return runs;
}

void an__runs_free(struct an__runs *runs)
{
    vec_free(&runs->nodes);
    vec_free(&runs->unused);
    free(runs);
}

uint64_t an__runs_end(const struct an__runs *runs)
{
    return runs->end;
}

uint64_t an__runs_take(struct an__runs *runs, uint64_t size)
{
    uint32_t node = runs->root;
    if (at(runs, node)->best < size) { // of node 0: 0
        runs->end += size;
        return runs->end - size;
    }
    for (;;) {
        const struct run *run = at(runs, node);
        if (at(runs, run->left)->best >= size)
            node = run->left;
        else if (run->size >= size)
            break;
        else
            node = run->right;
    }
    uint64_t addr = at(runs, node)->addr, rest = at(runs, node)->size - size;
    erase(runs, addr);
    if (rest != 0)
        insert(runs, addr + size, rest);
    return addr;
}

void an__runs_give(struct an__runs *runs, uint64_t addr, uint64_t size)
{
    uint32_t before = run_before(runs, addr), after = run_before(runs, addr + size);
    if (after != 0 && at(runs, after)->addr == addr + size) {
        uint64_t more = at(runs, after)->size;
        erase(runs, addr + size);
        size += more;
    }
    if (before != 0 && at(runs, before)->addr + at(runs, before)->size == addr) {
        uint64_t start = at(runs, before)->addr;
        erase(runs, start);
        size += addr - start;
        addr = start;
    }
    if (addr + size == runs->end)
        runs->end = addr;
    else
        insert(runs, addr, size);
}

bool an__runs_extend(struct an__runs *runs, uint64_t addr, uint64_t more)
{
    uint32_t node = run_before(runs, addr);
    if (addr == runs->end) {
        runs->end += more;
        return true;
    }
    if (node == 0 || at(runs, node)->addr != addr || at(runs, node)->size < more)
        return false;
    uint64_t rest = at(runs, node)->size - more;
    erase(runs, addr);
    if (rest != 0)
        insert(runs, addr + more, rest);
    return true;
}
