// SPDX-License-Identifier: MIT
//
// An order for the linker: what a module needs when it alone is used lies together.
//
//   needed by      spam, eggs | spam | eggs                what a module leads to, by who leads there:
//   .rodata        | common   | s s  | e e e |             spam's pages are one run, and so are those of eggs
//
// A module needs what its functions and constants lead to. With one exception: a table of modules, by which
// alone two or more modules are entered, leads everybody who can import to all of them; its references to
// them do not count.
//
// Objects of equal needs make a group. Groups come in the order of their lists of modules, a longer list
// before its beginning, the modules that are in few groups first: {a b}, {a}, {b}. What only one needs so
// lies beside what it shares, and what all need is spread least.
//
// In a group comes first what is near: what the code leads to from where the program is entered, step by
// step, without going through a table. Calls are likely, tables offer a choice. It comes in the order of a
// walk that goes deep first, so a function lies beside what it calls and uses. The rest stays as it is.
//
// A linker moves all objects of one name together. Where different modules need them, it cannot be told
// which is meant, and they stay.
//
// Deliberately no more: no counts of calls, no search for the best. It takes time in proportion to the
// references, and everybody can see why an object lies where it lies.

#include "analyzers/graph_order.h"

#include <inttypes.h>
#include <stdlib.h>

// ---------------------------------------------------------------- tables of modules

#define NOBODY_YET AN__NO_NODE
#define SEVERAL    (AN__NO_NODE - 1)

static bool is_among(const struct an__sets *sets, uint32_t set, uint32_t item)
{
    uint32_t count;
    if (set == AN__SET_ALL)
        return true;
    const uint32_t *items = an__sets_items(sets, set, &count);
    for (uint32_t low = 0, high = count; low < high;) {
        uint32_t middle = (low + high) / 2;
        if (items[middle] == item)
            return true;
        if (items[middle] < item)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

// For every module the only object outside of it that leads into it. What the module alone keeps does not
// count as outside, nor does what nothing leads to.
static uint32_t *find_doors(const struct an_graph *graph, const uint32_t *colour, uint32_t colours)
{
    const struct an__net *net = &graph->net;
    struct an__sets *sets = an__sets_new();
    uint32_t *needed = mem_alloc(((size_t)net->count + 1) * sizeof *needed);
    uint32_t *doors = mem_alloc(((size_t)colours + 1) * sizeof *doors);
    memset(doors, 0xff, ((size_t)colours + 1) * sizeof *doors);
    an__net_needed(net, &graph->users, graph->count, colour, sets, needed);
    for (uint32_t from = 0; from < net->count; from++)
        for (uint32_t e = net->first[from]; e < net->first[from + 1]; e++) {
            uint32_t module = colour[net->to[e]];
            bool enters = module != 0 && colour[from] != module && doors[module] != from;
            if (enters && !is_among(sets, needed[from], module))
                doors[module] = doors[module] == NOBODY_YET ? from : SEVERAL;
        }
    free(needed);
    an__sets_free(sets);
    return doors;
}

// Whether an object is a table of modules, by object.
static bool *find_tables(const struct an_graph *graph, const uint32_t *doors, uint32_t colours)
{
    uint32_t *doors_of = mem_zalloc((size_t)graph->count + 1, sizeof *doors_of);
    bool *tables = mem_zalloc((size_t)graph->count + 1, sizeof *tables);
    for (uint32_t m = 1; m <= colours; m++)
        if (doors[m] < graph->count && ++doors_of[doors[m]] > 1)
            tables[doors[m]] = true;
    free(doors_of);
    return tables;
}

// The graph without what tables of modules say of their modules; `first` and `to` to be freed.
static struct an__net without_tables(const struct an_graph *graph, const uint32_t *colour,
                                     const uint32_t *doors, const bool *tables)
{
    const struct an__net *net = &graph->net;
    uint32_t *first = mem_zalloc((size_t)net->count + 1, sizeof *first), edges = 0;
    uint32_t *to = mem_alloc(((size_t)net->first[net->count] + 1) * sizeof *to);
    for (uint32_t from = 0; from < net->count; from++) {
        for (uint32_t e = net->first[from]; e < net->first[from + 1]; e++) {
            uint32_t module = colour[net->to[e]];
            if (!tables[from] || module == 0 || doors[module] != from)
                to[edges++] = net->to[e];
        }
        first[from + 1] = edges;
    }
    return (struct an__net){net->count, first, to};
}

uint32_t *an__graph_needed_by(const struct an_graph *graph, struct an__sets *sets)
{
    size_t n = (size_t)graph->count + 1;
    uint32_t *colour = mem_zalloc(n, sizeof *colour), colours = 0;
    uint32_t *by = mem_alloc(n * sizeof *by);
    for (uint32_t i = 0; i < graph->count; i++) {
        colour[i] = graph->objects[i].module;
        colours = MAX(colours, colour[i]);
    }
    uint32_t *doors = find_doors(graph, colour, colours);
    bool *tables = find_tables(graph, doors, colours);
    struct an__net net = without_tables(graph, colour, doors, tables);
    an__net_leading(&net, colour, sets, by);
    an__net_free(&net);
    free(colour);
    free(doors);
    free(tables);
    return by;
}

// ------------------------------------------------------------------------ what is near

#define FAR AN__NO_NODE

struct walk {
    const struct an_graph *graph;
    uint32_t *steps; // when each object was come by, FAR: not yet
    uint32_t count;
    size_t *links; // where those of each object begin
    VEC(uint32_t) stack;
};

static size_t *find_links(const struct an_graph *graph)
{
    size_t *first = mem_alloc(((size_t)graph->count + 1) * sizeof *first), at = 0;
    for (uint32_t i = 0; i <= graph->count; i++) {
        while (at < graph->link_count &&
               (i == graph->count || graph->links[at].place < graph->starts[i]))
            at++;
        first[i] = at;
    }
    return first;
}

// Whether the walk goes on from an object: from code, and from the linker's tables, which code calls by.
static bool leads_on(const struct an__object *object)
{
    return object->code || object->by == AN__BY_LINKAGE;
}

// The stack holds what is still to be visited, what is to come first on top.
static void walk_from(struct walk *w, uint32_t start)
{
    const struct an_graph *graph = w->graph;
    vec_push(&w->stack, start);
    while (w->stack.count != 0) {
        uint32_t i = w->stack.items[--w->stack.count];
        if (w->steps[i] != FAR)
            continue;
        w->steps[i] = w->count++;
        if (!leads_on(&graph->objects[i]))
            continue;
        for (size_t k = w->links[i + 1]; k-- > w->links[i];) {
            uint32_t to = an__graph_at(graph, graph->links[k].target);
            if (to != AN__NO_NODE && w->steps[to] == FAR)
                vec_push(&w->stack, to);
        }
    }
}

// When each object is come by on a walk from the entry point, then from what other programs may call.
static uint32_t *walk_near(const struct an_graph *graph)
{
    size_t n = (size_t)graph->count + 1;
    struct walk w = {.graph = graph, .steps = mem_alloc(n * sizeof *w.steps)};
    w.links = find_links(graph);
    memset(w.steps, 0xff, n * sizeof *w.steps);
    uint64_t entry = an__graph_without_mode(graph->img, &graph->areas, img_info(graph->img)->entry);
    uint32_t start = an__graph_at(graph, entry);
    if (start != AN__NO_NODE)
        walk_from(&w, start);
    for (uint32_t i = 0; i < graph->count; i++)
        if (graph->objects[i].code && graph->objects[i].exported)
            walk_from(&w, i);
    free(w.links);
    vec_free(&w.stack);
    return w.steps;
}

// ---------------------------------------------------------------- objects by name

// A name is written into files that other programs read.
static bool is_plain(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$";
    return name[0] != '\0' && name[strspn(name, letters)] == '\0';
}

// Whether it is a variable of a library that the loader copies into a program's own zeros (COPY): its relocation
// names what lies at its place.
static bool is_copied(const struct an_graph *graph, const struct an__object *object)
{
    size_t count, at = an__graph_first_link(graph, object->addr);
    const struct img_section *sections = img_sections(graph->img, &count);
    return object->exported && sections[object->section].type == SHT_NOBITS &&
           at < graph->link_count && graph->links[at].place == object->addr &&
           graph->links[at].target == object->addr;
}

// Whether a linker could move it: it has a symbol, and lies where others of its kind do.
static bool is_movable(const struct an_graph *graph, uint32_t i)
{
    const struct an__object *object = &graph->objects[i];
    bool symbol = object->by == AN__BY_SYMBOL || object->by == AN__BY_LABEL;
    return symbol && !is_copied(graph, object) && is_plain(object->name) &&
           an__order_kind(graph, object) != AN__ORDER_KIND_COUNT &&
           is_plain(an__order_output(graph, object)) &&
           !an__graph_area_at(&graph->areas, object->addr)->for_loader;
}

static void collect(struct an__order *order, const uint32_t *by)
{
    const struct an_graph *graph = order->graph;
    VEC(struct an__order_name) by_name = {0};
    for (uint32_t i = 0; i < graph->count; i++) {
        const struct an__object *object = &graph->objects[i];
        if (!is_movable(graph, i)) {
            order->left_out += object->by < AN__BY_PADDING ? object->size : 0;
            continue;
        }
        name_id id = names_intern_text(order->names, object->name);
        while (by_name.count <= id)
            vec_push(&by_name, ((struct an__order_name){0}));
        struct an__order_name *name = &by_name.items[id];
        name->mixed |= name->objects != 0 && name->set != by[i];
        name->set = by[i];
        name->objects++;
        vec_push(&order->items, ((struct an__order_item){i, id}));
    }
    order->by_name = by_name.items;
}

// Without names that mean objects of different needs.
static void leave_out_mixed(struct an__order *order)
{
    size_t kept = 0;
    for (size_t i = 0; i < order->items.count; i++) {
        struct an__order_item item = order->items.items[i];
        uint64_t size = order->graph->objects[item.object].size;
        bool mixed = order->by_name[item.name].mixed;
        *(mixed ? &order->mixed : &order->size) += size;
        if (!mixed)
            order->items.items[kept++] = item;
    }
    order->items.count = kept;
}

// ----------------------------------------------------------------------- groups

// A list of modules, the rarest first.
struct group {
    uint32_t set, count;
    const uint32_t *ranks;
};

static int compare_ranks(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

static int compare_groups(const void *left, const void *right)
{
    const struct group *a = left, *b = right;
    for (uint32_t i = 0; i < a->count && i < b->count; i++)
        if (a->ranks[i] != b->ranks[i])
            return a->ranks[i] < b->ranks[i] ? -1 : 1;
    return a->count > b->count ? -1 : a->count < b->count;
}

// The sets that occur among items; `most` gets the highest module.
static uint32_t *used_sets(const struct an__order *order, size_t *count, uint32_t *most)
{
    size_t items = order->items.count;
    struct keyed *keys = mem_alloc(2 * (items + 1) * sizeof *keys);
    uint32_t *sets = mem_alloc((items + 1) * sizeof *sets);
    for (size_t i = 0; i < items; i++)
        keys[i] = (struct keyed){order->by_name[order->items.items[i].name].set, 0};
    sort_keyed(keys, keys + items, items);
    *count = 0;
    *most = 0;
    for (size_t i = 0; i < items; i++) {
        uint32_t members, set = (uint32_t)keys[i].key;
        if (i != 0 && keys[i - 1].key == set)
            continue;
        const uint32_t *modules = an__sets_items(order->sets, set, &members);
        *most = members != 0 ? MAX(*most, modules[members - 1]) : *most;
        sets[(*count)++] = set;
    }
    free(keys);
    return sets;
}

// The place of each module among all, those in few sets first.
static uint32_t *rank_modules(const struct an__order *order, const uint32_t *sets, size_t count,
                              uint32_t most)
{
    struct keyed *keys = mem_zalloc(2 * ((size_t)most + 1), sizeof *keys);
    uint32_t *rank = mem_alloc(((size_t)most + 1) * sizeof *rank);
    for (uint32_t m = 0; m <= most; m++)
        keys[m].value = m;
    for (size_t i = 0; i < count; i++) {
        uint32_t items;
        const uint32_t *modules = an__sets_items(order->sets, sets[i], &items);
        for (uint32_t k = 0; k < items; k++)
            keys[modules[k]].key++;
    }
    sort_keyed(keys, keys + most + 1, (size_t)most + 1);
    for (uint32_t i = 0; i <= most; i++)
        rank[keys[i].value] = i;
    free(keys);
    return rank;
}

static struct group group_of(const struct an__order *order, uint32_t set, const uint32_t *rank)
{
    struct group group = {.set = set};
    const uint32_t *modules = an__sets_items(order->sets, set, &group.count);
    uint32_t *ranks = ARENA_ARRAY(order->arena, (size_t)group.count + 1, uint32_t);
    for (uint32_t k = 0; k < group.count; k++)
        ranks[k] = rank[modules[k]];
    qsort(ranks, group.count, sizeof *ranks, compare_ranks);
    group.ranks = ranks;
    return group;
}

// The place of every set among those that occur, by set.
static struct keyed *sort_groups(struct an__order *order)
{
    uint32_t most;
    uint32_t *sets = used_sets(order, &order->groups, &most);
    uint32_t *rank = rank_modules(order, sets, order->groups, most);
    struct group *groups = mem_alloc((order->groups + 1) * sizeof *groups);
    struct keyed *places = mem_alloc(2 * (order->groups + 1) * sizeof *places);
    for (size_t i = 0; i < order->groups; i++)
        groups[i] = group_of(order, sets[i], rank);
    qsort(groups, order->groups, sizeof *groups, compare_groups);
    for (size_t i = 0; i < order->groups; i++)
        places[i] = (struct keyed){groups[i].set, i};
    sort_keyed(places, places + order->groups, order->groups);
    free(sets);
    free(rank);
    free(groups);
    return places;
}

// Items by group, near ones first, in the order of the walk, the rest by address.
static void sort_items(struct an__order *order, const uint32_t *steps)
{
    size_t count = order->items.count;
    struct keyed *places = sort_groups(order);
    struct keyed *keys = mem_alloc(2 * (count + 1) * sizeof *keys);
    struct an__order_item *sorted = mem_alloc((count + 1) * sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        keys[i] = (struct keyed){steps[order->items.items[i].object], i};
    sort_keyed(keys, keys + count, count);
    for (size_t i = 0; i < count; i++) {
        const struct an__order_item *item = &order->items.items[keys[i].value];
        size_t place = keyed_first(places, order->groups, order->by_name[item->name].set);
        keys[i].key = places[place].value;
    }
    sort_keyed(keys, keys + count, count);
    for (size_t i = 0; i < count; i++)
        sorted[i] = order->items.items[keys[i].value];
    free(order->items.items);
    order->items.items = sorted;
    free(keys);
    free(places);
}

// ------------------------------------------------------------------------ the order

const char *an_graph_order(struct an_graph *graph, enum an_order_form form, uint64_t page,
                           struct arena *arena, struct buf *out)
{
    struct an__order order = {.graph = graph, .arena = arena};
    order.sets = an__sets_new();
    order.names = names_new();
    uint32_t *by = an__graph_needed_by(graph, order.sets), *steps = walk_near(graph);
    collect(&order, by);
    leave_out_mixed(&order);
    sort_items(&order, steps);
    an__order_weigh(&order, by, page);
    an__order_write(&order, form, out);
    const char *note =
        arena_printf(arena,
                     "order: %zu functions and constants, %" PRIu64
                     " bytes, in %zu groups of equal needs; %" PRIu64
                     " bytes have a name that stands for several things, %" PRIu64
                     " none that a linker moves them by, %" PRIu64
                     " would lie no better; what modules need lies on %" PRIu64
                     " pages, counted for each, in this order on about %" PRIu64,
                     order.items.count, order.size, order.groups, order.mixed, order.left_out,
                     order.unmoved, order.pages_before, order.pages_after);
    free(steps);
    free(by);
    free(order.by_name);
    vec_free(&order.items);
    names_free(order.names);
    an__sets_free(order.sets);
    return note;
}
