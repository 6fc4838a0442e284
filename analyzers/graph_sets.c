// SPDX-License-Identifier: MIT
//
// Sets of modules, and what they say of the nodes of a graph.
//
// needed   A node needs the colours that every path from the root passes through. With C(x) its own,
//          N(x) = C(x) + the intersection of N(p) over all p that refer to x; the largest solution is
//          the answer, found by starting at "all" and going round in an order in which most edges lead
//          forward, until nothing changes.
//
//              root -> A1 -> s      s needs A: both ways lead through something of A, although
//              root -> A2 -> s      neither A1 nor A2 alone is needed
//
// leading  The colours of all nodes from which a way leads to a node, its own with them.
//
// users    A node without a colour is used by the colours that refer to it, directly or through other
//          nodes without one.
//
// Few different sets occur, so they are interned and what was made of two of them is remembered. A
// graph made for it could have a different long set at every node: sets stop growing at SET_MAX, and
// what is left out is then said to be needed by fewer.

#include <stdlib.h>

#include "analyzers/graph_private.h"

#define SET_MAX   512
#define MEMO_SIZE (1u << 16) // answers remembered
#define POOL_MAX  (1u << 24) // numbers in all sets together

enum op { UNITE = 1, INTERSECT = 2 };

struct set {
    uint32_t first, count;
};

struct memo {
    uint32_t op, a, b, result;
};

struct an__sets {
    VEC(struct set) list;
    VEC(uint32_t) items;
    uint32_t *slots; // open addressing by content; 0: free
    size_t mask;
    struct memo *memo;
};

// ------------------------------------------------------------------------ interning

static uint64_t hash_items(const uint32_t *items, uint32_t count)
{
    return hash_bytes(items, count * sizeof *items, count);
}

static uint32_t *slot_of(const struct an__sets *sets, const uint32_t *items, uint32_t count)
{
    for (size_t at = hash_items(items, count) & sets->mask;; at = (at + 1) & sets->mask) {
        const struct set *set = &sets->list.items[sets->slots[at]];
        if (sets->slots[at] == 0 ||
            (set->count == count &&
             memcmp(&sets->items.items[set->first], items, count * sizeof *items) == 0))
            return &sets->slots[at];
    }
}

static void grow(struct an__sets *sets)
{
    size_t slots = (sets->mask + 1) * 2;
    free(sets->slots);
    sets->slots = mem_zalloc(slots, sizeof *sets->slots);
    sets->mask = slots - 1;
    for (uint32_t i = 1; i < sets->list.count; i++) {
        const struct set *set = &sets->list.items[i];
        *slot_of(sets, &sets->items.items[set->first], set->count) = i;
    }
}

static uint32_t intern(struct an__sets *sets, const uint32_t *items, uint32_t count)
{
    if (count == 0)
        return 0;
    if (sets->list.count * 2 >= sets->mask)
        grow(sets);
    uint32_t *slot = slot_of(sets, items, count);
    if (*slot == 0) {
        *slot = (uint32_t)sets->list.count;
        vec_push(&sets->list, ((struct set){(uint32_t)sets->items.count, count}));
        vec_reserve(&sets->items, sets->items.count + count);
        memcpy(&sets->items.items[sets->items.count], items, count * sizeof *items);
        sets->items.count += count;
    }
    return *slot;
}

struct an__sets *an__sets_new(void)
{
    struct an__sets *sets = mem_zalloc(1, sizeof *sets);
    sets->mask = 1023;
    sets->slots = mem_zalloc(sets->mask + 1, sizeof *sets->slots);
    sets->memo = mem_zalloc(MEMO_SIZE, sizeof *sets->memo);
    vec_push(&sets->list, ((struct set){0, 0}));
    vec_reserve(&sets->items, 1); // the empty set has a place to point at
    return sets;
}

void an__sets_free(struct an__sets *sets)
{
    vec_free(&sets->list);
    vec_free(&sets->items);
    free(sets->slots);
    free(sets->memo);
    free(sets);
}

const uint32_t *an__sets_items(const struct an__sets *sets, uint32_t set, uint32_t *count)
{
    *count = sets->list.items[set].count;
    return &sets->items.items[sets->list.items[set].first];
}

uint32_t an__sets_single(struct an__sets *sets, uint32_t item)
{
    return intern(sets, &item, 1);
}

// ----------------------------------------------------------------------- operations

static uint32_t merge(const struct an__sets *sets, enum op op, uint32_t a, uint32_t b,
                      uint32_t *out)
{
    uint32_t na, nb, count = 0, i = 0, j = 0;
    const uint32_t *x = an__sets_items(sets, a, &na), *y = an__sets_items(sets, b, &nb);
    while (i < na && j < nb && count < SET_MAX) {
        uint32_t low = MIN(x[i], y[j]);
        bool both = x[i] == y[j];
        i += x[i] == low;
        j += y[j] == low;
        if (both || op == UNITE)
            out[count++] = low;
    }
    for (; op == UNITE && i < na && count < SET_MAX; i++)
        out[count++] = x[i];
    for (; op == UNITE && j < nb && count < SET_MAX; j++)
        out[count++] = y[j];
    return count;
}

static uint32_t combine(struct an__sets *sets, enum op op, uint32_t a, uint32_t b)
{
    uint32_t out[SET_MAX];
    if (a > b) {
        uint32_t swap = a;
        a = b;
        b = swap;
    }
    struct memo *memo = &sets->memo[hash_mix((uint64_t)a << 32 | b, op) % MEMO_SIZE];
    if (memo->op == op && memo->a == a && memo->b == b)
        return memo->result;
    uint32_t count = merge(sets, op, a, b, out);
    bool full = op == UNITE && sets->items.count > POOL_MAX;
    uint32_t result = full ? a : intern(sets, out, count);
    *memo = (struct memo){op, a, b, result};
    return result;
}

uint32_t an__sets_unite(struct an__sets *sets, uint32_t a, uint32_t b)
{
    if (a == b || b == 0)
        return a;
    return a == 0 ? b : combine(sets, UNITE, a, b);
}

uint32_t an__sets_intersect(struct an__sets *sets, uint32_t a, uint32_t b)
{
    if (a == AN__SET_ALL || a == b)
        return b;
    if (b == AN__SET_ALL)
        return a;
    return a == 0 || b == 0 ? 0 : combine(sets, INTERSECT, a, b);
}

// --------------------------------------------------------------------------- needed

// Nodes the root leads to, each after one that refers to it where cycles allow.
static uint32_t *forward_order(const struct an__net *net, uint32_t root, uint32_t *count)
{
    uint32_t *component = mem_alloc(((size_t)net->count + 1) * sizeof *component);
    struct keyed *keys = mem_alloc(2 * ((size_t)net->count + 1) * sizeof *keys);
    uint32_t *order = mem_alloc(((size_t)net->count + 1) * sizeof *order);
    uint32_t *dominator = mem_alloc(((size_t)net->count + 1) * sizeof *dominator);
    uint32_t components = an__net_components(net, component);
    *count = an__net_dominators(net, root, dominator, order);
    for (uint32_t i = 0; i < *count; i++)
        keys[i] = (struct keyed){components - component[order[i]], order[i]};
    sort_keyed(keys, keys + *count, *count);
    for (uint32_t i = 0; i < *count; i++)
        order[i] = (uint32_t)keys[i].value;
    free(component);
    free(keys);
    free(dominator);
    return order;
}

void an__net_needed(const struct an__net *net, const struct an__net *reverse, uint32_t root,
                    const uint32_t *colour, struct an__sets *sets, uint32_t *needed)
{
    uint32_t count;
    uint32_t *order = forward_order(net, root, &count);
    memset(needed, 0xff, net->count * sizeof *needed);
    needed[root] = 0;
    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t node = order[i], set = AN__SET_ALL;
            if (node == root)
                continue;
            for (uint32_t e = reverse->first[node]; e < reverse->first[node + 1] && set != 0; e++)
                set = an__sets_intersect(sets, set, needed[reverse->to[e]]);
            if (set != AN__SET_ALL && colour[node] != 0)
                set = an__sets_unite(sets, set, an__sets_single(sets, colour[node]));
            again |= set != needed[node];
            needed[node] = set;
        }
    }
    free(order);
}

// -------------------------------------------------------------------------- leading

// One set for each component: what leads to one of its nodes leads to all. Those that refer come first.
void an__net_leading(const struct an__net *net, const uint32_t *colour, struct an__sets *sets,
                     uint32_t *leading)
{
    size_t n = (size_t)net->count + 1;
    uint32_t *component = mem_alloc(n * sizeof *component);
    uint32_t components = an__net_components(net, component);
    uint32_t *of = mem_zalloc((size_t)components + 1, sizeof *of);
    struct keyed *order = mem_alloc(2 * n * sizeof *order);
    for (uint32_t i = 0; i < net->count; i++) {
        order[i] = (struct keyed){components - component[i], i};
        if (colour[i] != 0)
            of[component[i]] =
                an__sets_unite(sets, of[component[i]], an__sets_single(sets, colour[i]));
    }
    sort_keyed(order, order + net->count, net->count);
    for (uint32_t k = 0; k < net->count; k++) {
        uint32_t i = (uint32_t)order[k].value, set = of[component[i]];
        for (uint32_t e = net->first[i]; e < net->first[i + 1]; e++)
            of[component[net->to[e]]] = an__sets_unite(sets, of[component[net->to[e]]], set);
    }
    for (uint32_t i = 0; i < net->count; i++)
        leading[i] = of[component[i]];
    free(component);
    free(of);
    free(order);
}

// ---------------------------------------------------------------------------- users

// What refers to a node with a colour does not matter: without those edges it is what leads to a node.
void an__net_users(const struct an__net *net, const uint32_t *colour, struct an__sets *sets,
                   uint32_t *users)
{
    uint32_t *first = mem_zalloc((size_t)net->count + 1, sizeof *first), edges = 0;
    uint32_t *to = mem_alloc(((size_t)net->first[net->count] + 1) * sizeof *to);
    for (uint32_t i = 0; i < net->count; i++) {
        for (uint32_t e = net->first[i]; e < net->first[i + 1]; e++)
            if (colour[net->to[e]] == 0)
                to[edges++] = net->to[e];
        first[i + 1] = edges;
    }
    struct an__net plain = {net->count, first, to};
    an__net_leading(&plain, colour, sets, users);
    free(first);
    free(to);
}
