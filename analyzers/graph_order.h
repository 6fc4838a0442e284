// SPDX-License-Identifier: MIT
//
// What the decision on an order and the files that carry it share.
#ifndef TARE_GRAPH_ORDER_H
#define TARE_GRAPH_ORDER_H

#include "analyzers/graph_private.h"

// What compilers put into sections of their own, and how they call those (-ffunction-sections,
// -fdata-sections).
enum an__order_kind {
    AN__ORDER_CODE,
    AN__ORDER_RELRO,
    AN__ORDER_CONSTANT,
    AN__ORDER_TLS_DATA,
    AN__ORDER_TLS_BSS,
    AN__ORDER_SMALL_DATA,
    AN__ORDER_SMALL_BSS,
    AN__ORDER_BSS,
    AN__ORDER_DATA,
    AN__ORDER_KIND_COUNT, // none of them
};
enum an__order_kind an__order_kind(const struct an_graph *graph, const struct an__object *object);
// The output section it lies in.
const char *an__order_output(const struct an_graph *graph, const struct an__object *object);

// All objects of one name.
struct an__order_name {
    uint32_t set;     // of modules that need them
    uint32_t objects; // how many there are
    bool mixed;       // different modules need them
    uint32_t written; // kinds of sections it was written for, a bit each
};

struct an__order_item {
    uint32_t object;
    name_id name;
};

struct an__order {
    const struct an_graph *graph;
    struct arena *arena;
    struct an__sets *sets; // of modules
    struct names *names;
    struct an__order_name *by_name;
    VEC(struct an__order_item) items; // in the order that they are to have
    size_t groups;
    uint64_t size, mixed, left_out;     // bytes
    uint64_t unmoved;                   // bytes of sections that would not lie better
    uint64_t pages_before, pages_after; // that modules need, counted for each
};

// For every object the modules that need it.
uint32_t *an__graph_needed_by(const struct an_graph *graph, struct an__sets *sets);
// What it is worth, in pages of `page` bytes; takes out what is worth nothing. `by` is what needs each object.
void an__order_weigh(struct an__order *order, const uint32_t *by, uint64_t page);
void an__order_write(struct an__order *order, enum an_order_form form, struct buf *out);

#endif
