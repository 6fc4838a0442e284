// SPDX-License-Identifier: MIT
//
// What an order is worth: on how many pages lies what each module needs, as the program is and in the order.
//
//   needed by        spam eggs | eggs spam          spam 2 + eggs 2 = 4
//   in the order     spam spam | eggs eggs          spam 1 + eggs 1 = 2
//
// The order is played through as linkers follow it: in each section first what it names, then the rest as it was.
// What is guessed is how objects are aligned: as far as their addresses say, up to ALIGN_MAX. A section that would
// take more pages stays as it is.

#include "analyzers/graph_order.h"

#define ALIGN_MAX 16 // bytes

// Pages come in ascending order; each has a stamp, which tells what was counted for it.
struct counter {
    const struct an__sets *sets;
    uint64_t page_size, page, stamp, pages;
    uint64_t *sets_seen, *modules_seen; // the last stamp of each
};

static void touch(struct counter *c, uint64_t page, uint32_t set)
{
    uint32_t count;
    const uint32_t *modules = an__sets_items(c->sets, set, &count);
    if (page != c->page) {
        c->page = page;
        c->stamp++;
    }
    if (c->sets_seen[set] == c->stamp)
        return;
    c->sets_seen[set] = c->stamp;
    for (uint32_t i = 0; i < count; i++) {
        c->pages += c->modules_seen[modules[i]] != c->stamp;
        c->modules_seen[modules[i]] = c->stamp;
    }
}

static void place(struct counter *c, uint64_t addr, uint64_t size, uint32_t set)
{
    uint32_t modules;
    uint64_t first = addr / c->page_size, last = (addr + (size - 1)) / c->page_size;
    an__sets_items(c->sets, set, &modules);
    touch(c, first, set);
    if (last == first)
        return;
    c->pages += (last - first - 1) * modules; // it alone lies on those between
    touch(c, last, set);
}

// Objects [first, end) of one section, and what of it the order names.
struct section {
    uint32_t first, end;
    const struct keyed *items; // keys are sections, values say which
    size_t count;
};

static bool counts(const struct an__object *object)
{
    return object->by < AN__BY_PADDING && object->size != 0;
}

static uint64_t pages_before(struct counter *c, const struct an__order *order, const uint32_t *by,
                             const struct section *section)
{
    uint64_t before = c->pages;
    c->stamp++;
    for (uint32_t i = section->first; i < section->end; i++)
        if (counts(&order->graph->objects[i]))
            place(c, order->graph->objects[i].addr, order->graph->objects[i].size, by[i]);
    return c->pages - before;
}

static uint64_t put(struct counter *c, const struct an__object *object, uint64_t at, uint32_t set)
{
    uint64_t align = MIN(object->addr & (~object->addr + 1), (uint64_t)ALIGN_MAX);
    if (align != 0)
        at = (at + align - 1) & ~(align - 1);
    if (counts(object))
        place(c, at, object->size, set);
    return at + object->size;
}

// `moved` by object: whether the order names it.
static uint64_t pages_after(struct counter *c, const struct an__order *order, const uint32_t *by,
                            const struct section *section, const bool *moved)
{
    const struct an__object *objects = order->graph->objects;
    uint64_t before = c->pages, at = objects[section->first].addr;
    c->stamp++;
    for (size_t i = 0; i < section->count; i++) {
        uint32_t object = order->items.items[section->items[i].value].object;
        at = put(c, &objects[object], at, by[object]);
    }
    for (uint32_t i = section->first; i < section->end; i++)
        if (!moved[i] && counts(&objects[i]))
            at = put(c, &objects[i], at, by[i]);
    return c->pages - before;
}

static struct counter counter_of(const struct an__order *order, const uint32_t *by, uint64_t page)
{
    uint32_t most_set = 0, most_module = 0, count;
    for (uint32_t i = 0; i < order->graph->count; i++) {
        const uint32_t *modules = an__sets_items(order->sets, by[i], &count);
        most_set = MAX(most_set, by[i]);
        most_module = count != 0 ? MAX(most_module, modules[count - 1]) : most_module;
    }
    return (struct counter){
        .sets = order->sets,
        .page_size = page,
        .sets_seen = mem_zalloc((size_t)most_set + 1, sizeof(uint64_t)),
        .modules_seen = mem_zalloc((size_t)most_module + 1, sizeof(uint64_t)),
    };
}

// Items by section, in their order; to be freed.
static struct keyed *by_section(const struct an__order *order)
{
    size_t count = order->items.count;
    struct keyed *keys = mem_alloc(2 * (count + 1) * sizeof *keys);
    for (size_t i = 0; i < count; i++)
        keys[i] = (struct keyed){order->graph->objects[order->items.items[i].object].section, i};
    sort_keyed(keys, keys + count, count);
    return keys;
}

static void drop_unmoved(struct an__order *order, const bool *moved)
{
    size_t kept = 0;
    for (size_t i = 0; i < order->items.count; i++) {
        struct an__order_item item = order->items.items[i];
        uint64_t size = order->graph->objects[item.object].size;
        order->size -= moved[item.object] ? 0 : size;
        order->unmoved += moved[item.object] ? 0 : size;
        if (moved[item.object])
            order->items.items[kept++] = item;
    }
    order->items.count = kept;
}

// What the walk puts near is likelier to be used than its neighbours, which these numbers do not show; so an
// order that takes a page in fifty more is taken.
#define NOISE 50

void an__order_weigh(struct an__order *order, const uint32_t *by, uint64_t page)
{
    const struct an_graph *graph = order->graph;
    struct counter counter = counter_of(order, by, page);
    struct keyed *keys = by_section(order);
    bool *moved = mem_zalloc((size_t)graph->count + 1, sizeof *moved);
    for (size_t i = 0; i < order->items.count; i++)
        moved[order->items.items[i].object] = true;
    for (uint32_t first = 0, end; first < graph->count; first = end) {
        uint32_t index = graph->objects[first].section;
        for (end = first; end < graph->count && graph->objects[end].section == index; end++)
            ;
        struct section section = {first, end, keys, 0};
        size_t at = keyed_first(keys, order->items.count, index);
        section.items = keys + at;
        while (at + section.count < order->items.count && section.items[section.count].key == index)
            section.count++;
        uint64_t before = pages_before(&counter, order, by, &section);
        uint64_t after = pages_after(&counter, order, by, &section, moved);
        bool worse = after > before + before / NOISE;
        order->pages_before += before;
        order->pages_after += worse ? before : after;
        for (size_t i = 0; worse && i < section.count; i++)
            moved[order->items.items[section.items[i].value].object] = false;
    }
    drop_unmoved(order, moved);
    free(counter.sets_seen);
    free(counter.modules_seen);
    free(moved);
    free(keys);
}
