// SPDX-License-Identifier: MIT
//
// Dominators and strongly connected components of a graph of numbers. A list of a million nodes must
// not overflow the stack, so every walk keeps its own.
//
//   root -> a -> b,  root -> c -> b      b is dominated by the root: neither a nor c alone keeps it
//
// Lengauer and Tarjan, "A fast algorithm for finding dominators in a flowgraph", 1979; the simple
// version, m log n. Nodes are renumbered by the order of the first walk ("numbers"), so that the
// arrays of the algorithm are short and dense.

#include <stdlib.h>

#include "analyzers/graph_private.h"

struct an__net an__net_reverse(const struct an__net *net)
{
    uint32_t edges = net->first[net->count];
    uint32_t *first = mem_zalloc((size_t)net->count + 2, sizeof *first);
    uint32_t *to = mem_alloc(((size_t)edges + 1) * sizeof *to);
    for (uint32_t e = 0; e < edges; e++)
        first[net->to[e] + 2]++;
    for (uint32_t i = 2; i < net->count + 2; i++)
        first[i] += first[i - 1];
    for (uint32_t from = 0; from < net->count; from++)
        for (uint32_t e = net->first[from]; e < net->first[from + 1]; e++)
            to[first[net->to[e] + 1]++] = from;
    return (struct an__net){net->count, first, to};
}

void an__net_free(struct an__net *net)
{
    free((void *)net->first);
    free((void *)net->to);
    *net = (struct an__net){0};
}

// ---------------------------------------------------------------------- dominators

// By number; of what was not reached there is none.
struct lt {
    uint32_t count;
    uint32_t *number;                  // of a node; AN__NO_NODE
    uint32_t *node, *parent;           // of a number
    uint32_t *semi, *label, *ancestor; // as in the paper
    uint32_t *bucket, *next;           // whose semidominator it is, as lists
    uint32_t *dominator;
    uint32_t *path;
};

static void walk(struct lt *lt, const struct an__net *net, uint32_t root)
{
    uint32_t *edge =
        mem_alloc(((size_t)net->count + 1) * sizeof *edge); // of a number: the next one
    lt->number[root] = 0;
    lt->node[0] = root;
    lt->parent[0] = 0;
    edge[0] = net->first[root];
    lt->count = 1;
    for (uint32_t at = 0;;) {
        uint32_t node = lt->node[at];
        while (edge[at] < net->first[node + 1] && lt->number[net->to[edge[at]]] != AN__NO_NODE)
            edge[at]++;
        if (edge[at] == net->first[node + 1]) {
            if (at == 0)
                break;
            at = lt->parent[at];
            continue;
        }
        uint32_t next = net->to[edge[at]++];
        lt->number[next] = lt->count;
        lt->node[lt->count] = next;
        lt->parent[lt->count] = at;
        edge[lt->count] = net->first[next];
        at = lt->count++;
    }
    free(edge);
}

// The number with the least semidominator on the way up from `v`; shortens the way.
static uint32_t eval(struct lt *lt, uint32_t v)
{
    uint32_t depth = 0;
    if (lt->ancestor[v] == AN__NO_NODE)
        return lt->label[v];
    for (uint32_t u = v; lt->ancestor[lt->ancestor[u]] != AN__NO_NODE; u = lt->ancestor[u])
        lt->path[depth++] = u;
    while (depth-- != 0) {
        uint32_t u = lt->path[depth], up = lt->ancestor[u];
        if (lt->semi[lt->label[up]] < lt->semi[lt->label[u]])
            lt->label[u] = lt->label[up];
        lt->ancestor[u] = lt->ancestor[up];
    }
    return lt->label[v];
}

static void empty_bucket(struct lt *lt, uint32_t parent)
{
    for (uint32_t v = lt->bucket[parent]; v != AN__NO_NODE; v = lt->next[v]) {
        uint32_t u = eval(lt, v);
        lt->dominator[v] = lt->semi[u] < lt->semi[v] ? u : parent;
    }
    lt->bucket[parent] = AN__NO_NODE;
}

static void find_dominators(struct lt *lt, const struct an__net *reverse)
{
    for (uint32_t i = 0; i < lt->count; i++) {
        lt->semi[i] = lt->label[i] = i;
        lt->ancestor[i] = lt->bucket[i] = AN__NO_NODE;
    }
    for (uint32_t w = lt->count; w-- > 1;) {
        uint32_t node = lt->node[w];
        for (uint32_t e = reverse->first[node]; e < reverse->first[node + 1]; e++) {
            uint32_t v = lt->number[reverse->to[e]];
            if (v != AN__NO_NODE)
                lt->semi[w] = MIN(lt->semi[w], lt->semi[eval(lt, v)]);
        }
        lt->next[w] = lt->bucket[lt->semi[w]];
        lt->bucket[lt->semi[w]] = w;
        lt->ancestor[w] = lt->parent[w];
        empty_bucket(lt, lt->parent[w]);
    }
    for (uint32_t w = 1; w < lt->count; w++)
        if (lt->dominator[w] != lt->semi[w])
            lt->dominator[w] = lt->dominator[lt->dominator[w]];
}

uint32_t an__net_dominators(const struct an__net *net, uint32_t root, uint32_t *dominator,
                            uint32_t *order)
{
    size_t n = (size_t)net->count + 1;
    uint32_t *room = mem_alloc(10 * n * sizeof *room);
    struct lt lt = {.number = room,
                    .parent = room + n,
                    .semi = room + 2 * n,
                    .label = room + 3 * n,
                    .ancestor = room + 4 * n,
                    .bucket = room + 5 * n,
                    .next = room + 6 * n,
                    .dominator = room + 7 * n,
                    .path = room + 8 * n,
                    .node = room + 9 * n};
    memset(lt.number, 0xff, n * sizeof *lt.number);
    walk(&lt, net, root);
    struct an__net reverse = an__net_reverse(net);
    find_dominators(&lt, &reverse);
    an__net_free(&reverse);
    memset(dominator, 0xff, net->count * sizeof *dominator);
    for (uint32_t w = 1; w < lt.count; w++)
        dominator[lt.node[w]] = lt.node[lt.dominator[w]];
    memcpy(order, lt.node, lt.count * sizeof *order);
    uint32_t count = lt.count;
    free(room);
    return count;
}

// ---------------------------------------------------------------------- components

struct tarjan {
    const struct an__net *net;
    uint32_t *index, *low, *edge; // of a node; index 0: not seen
    uint32_t *path, *stack;       // nodes being walked; nodes without a component yet
    uint32_t path_count, stack_count, next, components;
    uint32_t *component;
};

static void enter(struct tarjan *t, uint32_t node)
{
    t->index[node] = t->low[node] = ++t->next;
    t->edge[node] = t->net->first[node];
    t->path[t->path_count++] = node;
    t->stack[t->stack_count++] = node;
}

static void leave(struct tarjan *t, uint32_t node)
{
    t->path_count--;
    if (t->path_count != 0) {
        uint32_t up = t->path[t->path_count - 1];
        t->low[up] = MIN(t->low[up], t->low[node]);
    }
    if (t->low[node] != t->index[node])
        return;
    for (uint32_t member = AN__NO_NODE; member != node;) {
        member = t->stack[--t->stack_count];
        t->component[member] = t->components;
    }
    t->components++;
}

static void walk_from(struct tarjan *t, uint32_t start)
{
    for (enter(t, start); t->path_count != 0;) {
        uint32_t node = t->path[t->path_count - 1];
        if (t->edge[node] == t->net->first[node + 1]) {
            leave(t, node);
            continue;
        }
        uint32_t to = t->net->to[t->edge[node]++];
        if (t->index[to] == 0)
            enter(t, to);
        else if (t->component[to] == AN__NO_NODE)
            t->low[node] = MIN(t->low[node], t->index[to]);
    }
}

uint32_t an__net_components(const struct an__net *net, uint32_t *component)
{
    size_t n = (size_t)net->count + 1;
    uint32_t *room = mem_zalloc(5 * n, sizeof *room);
    struct tarjan t = {.net = net,
                       .index = room,
                       .low = room + n,
                       .edge = room + 2 * n,
                       .path = room + 3 * n,
                       .stack = room + 4 * n,
                       .component = component};
    memset(component, 0xff, net->count * sizeof *component);
    for (uint32_t i = 0; i < net->count; i++)
        if (t.index[i] == 0)
            walk_from(&t, i);
    free(room);
    return t.components;
}
