// SPDX-License-Identifier: MIT
//
// The numbers of the object graph against slow, obvious ones: what a node, or all nodes of a colour,
// retain is what a walk from the root no longer finds without them. On thousands of random graphs; and
// on shapes that would overflow a stack.

#include <stdlib.h>

#include "analyzers/graph_private.h"
#include "tests/unit/check.h"

#define NODES_MAX 24
#define EDGES_MAX 80

struct random {
    uint64_t state;
};

static uint32_t below(struct random *random, uint32_t limit)
{
    random->state = random->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random->state >> 33) % limit;
}

// A random graph; the root is its last node, as in an object graph.
struct world {
    uint32_t first[NODES_MAX + 1], to[EDGES_MAX];
    uint32_t colour[NODES_MAX];
    uint64_t size[NODES_MAX];
    struct an__net net;
};

static void make_world(struct world *w, struct random *random)
{
    uint32_t count = 2 + below(random, NODES_MAX - 2), edges = 0;
    uint32_t dense = 1 + below(random, EDGES_MAX / count);
    for (uint32_t i = 0; i < count; i++) {
        w->first[i] = edges;
        for (uint32_t k = below(random, dense + 1); k-- != 0 && edges < EDGES_MAX;)
            w->to[edges++] = below(random, count);
        w->colour[i] = i == count - 1 ? 0 : below(random, 4);
        w->size[i] = i == count - 1 ? 0 : 1 + below(random, 100);
    }
    w->first[count] = edges;
    w->net = (struct an__net){count, w->first, w->to};
}

// What the root leads to without the nodes that are left out.
static void walk(const struct world *w, const bool *left_out, bool *seen)
{
    uint32_t stack[NODES_MAX], depth = 0, root = w->net.count - 1;
    memset(seen, 0, NODES_MAX * sizeof *seen);
    seen[root] = true;
    stack[depth++] = root;
    while (depth != 0) {
        uint32_t node = stack[--depth];
        for (uint32_t e = w->first[node]; e < w->first[node + 1]; e++) {
            uint32_t to = w->to[e];
            if (!seen[to] && !left_out[to]) {
                seen[to] = true;
                stack[depth++] = to;
            }
        }
    }
}

static void test_dominators(const struct world *w)
{
    uint32_t dominator[NODES_MAX], order[NODES_MAX], root = w->net.count - 1;
    uint64_t retained[NODES_MAX];
    bool all[NODES_MAX], rest[NODES_MAX], none[NODES_MAX] = {false};
    uint32_t reached = an__net_dominators(&w->net, root, dominator, order);
    walk(w, none, all);
    memcpy(retained, w->size, sizeof retained);
    for (uint32_t k = reached; k-- > 1;)
        retained[dominator[order[k]]] += retained[order[k]];
    uint32_t found = 0;
    for (uint32_t i = 0; i < w->net.count; i++) {
        bool without[NODES_MAX] = {false};
        uint64_t want = 0;
        found += all[i];
        CHECK(all[i] == (i == root || dominator[i] != AN__NO_NODE));
        if (!all[i] || i == root)
            continue;
        without[i] = true;
        walk(w, without, rest);
        for (uint32_t x = 0; x < w->net.count; x++)
            want += all[x] && !rest[x] ? w->size[x] : 0;
        CHECK_U64(retained[i], want);
    }
    CHECK_U64(reached, found);
}

static bool is_in(const struct an__sets *sets, uint32_t set, uint32_t item)
{
    uint32_t count;
    const uint32_t *items = an__sets_items(sets, set, &count);
    for (uint32_t i = 0; i < count; i++)
        if (items[i] == item)
            return true;
    return false;
}

static void test_needed(const struct world *w, struct an__sets *sets)
{
    uint32_t needed[NODES_MAX], root = w->net.count - 1;
    bool all[NODES_MAX], rest[NODES_MAX], none[NODES_MAX] = {false};
    struct an__net reverse = an__net_reverse(&w->net);
    an__net_needed(&w->net, &reverse, root, w->colour, sets, needed);
    walk(w, none, all);
    for (uint32_t colour = 1; colour < 4; colour++) {
        bool without[NODES_MAX];
        for (uint32_t i = 0; i < w->net.count; i++)
            without[i] = w->colour[i] == colour;
        walk(w, without, rest);
        for (uint32_t i = 0; i < w->net.count; i++) {
            CHECK(all[i] == (needed[i] != AN__SET_ALL));
            if (all[i])
                CHECK(is_in(sets, needed[i], colour) == !rest[i]);
        }
    }
    an__net_free(&reverse);
}

// Marks what leads to `node` through nodes without a colour, and the coloured ones it ends at.
static void mark_users(const struct world *w, uint32_t node, bool *seen, bool *colours)
{
    for (uint32_t from = 0; from < w->net.count; from++)
        for (uint32_t e = w->first[from]; e < w->first[from + 1]; e++) {
            if (w->to[e] != node || seen[from])
                continue;
            seen[from] = true;
            if (w->colour[from] != 0)
                colours[w->colour[from]] = true;
            else
                mark_users(w, from, seen, colours);
        }
}

static void test_users(const struct world *w, struct an__sets *sets)
{
    uint32_t users[NODES_MAX];
    an__net_users(&w->net, w->colour, sets, users);
    for (uint32_t i = 0; i < w->net.count; i++) {
        bool seen[NODES_MAX] = {false}, colours[4] = {false};
        colours[w->colour[i]] = true;
        if (w->colour[i] == 0)
            mark_users(w, i, seen, colours);
        for (uint32_t colour = 1; colour < 4; colour++)
            CHECK(is_in(sets, users[i], colour) == colours[colour]);
    }
}

static bool leads_to(const struct world *w, uint32_t from, uint32_t to)
{
    uint32_t stack[NODES_MAX], depth = 0;
    bool seen[NODES_MAX] = {false};
    stack[depth++] = from;
    seen[from] = true;
    while (depth != 0) {
        uint32_t node = stack[--depth];
        for (uint32_t e = w->first[node]; e < w->first[node + 1]; e++)
            if (!seen[w->to[e]]) {
                seen[w->to[e]] = true;
                stack[depth++] = w->to[e];
            }
    }
    return seen[to];
}

static void test_leading(const struct world *w, struct an__sets *sets)
{
    uint32_t leading[NODES_MAX];
    an__net_leading(&w->net, w->colour, sets, leading);
    for (uint32_t i = 0; i < w->net.count; i++)
        for (uint32_t colour = 1; colour < 4; colour++) {
            bool want = false;
            for (uint32_t from = 0; from < w->net.count; from++)
                want |= w->colour[from] == colour && leads_to(w, from, i);
            CHECK(is_in(sets, leading[i], colour) == want);
        }
}

static void test_components(const struct world *w)
{
    uint32_t component[NODES_MAX];
    uint32_t count = an__net_components(&w->net, component);
    for (uint32_t a = 0; a < w->net.count; a++) {
        CHECK(component[a] < count);
        for (uint32_t b = 0; b < w->net.count; b++) {
            bool together = leads_to(w, a, b) && leads_to(w, b, a);
            CHECK(together == (component[a] == component[b]));
        }
        for (uint32_t e = w->first[a]; e < w->first[a + 1]; e++)
            CHECK(component[a] >= component[w->to[e]]);
    }
}

// root -> 0 -> 1 -> ... -> 0: a list and a cycle a million long; each keeps all behind it.
static void test_long_list(void)
{
    enum { COUNT = 1000000 };
    uint32_t *first = mem_alloc((COUNT + 2) * sizeof *first),
             *to = mem_alloc((COUNT + 1) * sizeof *to);
    uint32_t *out = mem_alloc((COUNT + 1) * sizeof *out),
             *order = mem_alloc((COUNT + 1) * sizeof *order);
    for (uint32_t i = 0; i < COUNT; i++) {
        first[i] = i;
        to[i] = (i + 1) % COUNT;
    }
    first[COUNT] = COUNT;
    to[COUNT] = 0;
    first[COUNT + 1] = COUNT + 1;
    struct an__net net = {COUNT + 1, first, to};
    CHECK_U64(an__net_dominators(&net, COUNT, out, order), COUNT + 1);
    CHECK_U64(out[0], COUNT);
    CHECK_U64(out[COUNT - 1], COUNT - 2);
    CHECK_U64(an__net_components(&net, out), 2);
    free(first);
    free(to);
    free(out);
    free(order);
}

static void test_sets(void)
{
    struct an__sets *sets = an__sets_new();
    uint32_t a = an__sets_single(sets, 7), b = an__sets_single(sets, 3), count;
    uint32_t both = an__sets_unite(sets, a, b);
    const uint32_t *items = an__sets_items(sets, both, &count);
    CHECK(count == 2 && items[0] == 3 && items[1] == 7);
    CHECK_U64(an__sets_unite(sets, b, a), both);
    CHECK_U64(an__sets_intersect(sets, both, a), a);
    CHECK_U64(an__sets_intersect(sets, b, a), 0);
    CHECK_U64(an__sets_intersect(sets, AN__SET_ALL, a), a);
    CHECK_U64(an__sets_single(sets, 7), a);
    an__sets_free(sets);
}

int main(void)
{
    struct random random = {20261126};
    struct world world;
    struct an__sets *sets = an__sets_new(); // one for all: what it remembers must stay true
    for (int i = 0; i < 4000; i++) {
        make_world(&world, &random);
        test_dominators(&world);
        test_needed(&world, sets);
        test_users(&world, sets);
        test_leading(&world, sets);
        test_components(&world);
    }
    an__sets_free(sets);
    test_sets();
    test_long_list();
    return check_done();
}
