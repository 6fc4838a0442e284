// SPDX-License-Identifier: MIT
//
// Why an object is there: the shortest ways to it from what is kept anyway, one for each object that
// refers to it, the nearest first.
//
//   main > modules_table > spam_module > spam_methods

#include "analyzers/graph_private.h"

#define PATHS_KEPT 5  // of one object
#define FOUND_MAX  20 // objects of one name or glob
#define STEPS_MAX  16 // shown of one path

enum { SIZE, RETAINED, STEPS, COLUMNS };
static const struct rep_column columns[COLUMNS] = {
    {"size", NULL, REP_BYTES, false, false},
    {"retained", NULL, REP_BYTES, false, false},
    {"steps", NULL, REP_COUNT, false, false},
};

// The shortest ways from the root: of every node the one before, and how far.
struct ways {
    uint32_t *before, *steps; // AN__NO_NODE where there is none
};

static struct ways find_ways(const struct an_graph *graph)
{
    size_t n = (size_t)graph->count + 1;
    struct ways ways = {mem_alloc(n * sizeof(uint32_t)), mem_alloc(n * sizeof(uint32_t))};
    uint32_t *queue = mem_alloc(n * sizeof *queue), head = 0, tail = 0;
    memset(ways.before, 0xff, n * sizeof *ways.before);
    memset(ways.steps, 0xff, n * sizeof *ways.steps);
    ways.steps[graph->count] = 0;
    queue[tail++] = graph->count;
    while (head != tail) {
        uint32_t node = queue[head++];
        for (uint32_t e = graph->net.first[node]; e < graph->net.first[node + 1]; e++) {
            uint32_t to = graph->net.to[e];
            if (ways.steps[to] != AN__NO_NODE)
                continue;
            ways.steps[to] = ways.steps[node] + 1;
            ways.before[to] = node;
            queue[tail++] = to;
        }
    }
    free(queue);
    return ways;
}

static bool lies_on(const struct ways *ways, uint32_t object, uint32_t from)
{
    for (; from != AN__NO_NODE; from = ways->before[from])
        if (from == object)
            return true;
    return false;
}

// ------------------------------------------------------------------------- objects

struct why {
    struct an_graph *graph;
    const struct an_graph_options *options;
    struct arena *arena;
    struct ways ways;
};

static const char *shown(const struct why *why, uint32_t object)
{
    const char *name = an__graph_name(why->graph, object, why->arena);
    return why->options->shown ? why->options->shown(why->options->shown_context, name) : name;
}

static bool is_called(const struct why *why, uint32_t object, const char *wanted)
{
    const char *name = an__graph_name(why->graph, object, why->arena);
    return glob_names(wanted, slice_text(name)) ||
           glob_names(wanted, slice_text(shown(why, object)));
}

static size_t find_objects(const struct why *why, const char *name, uint32_t *out,
                           struct fault *fault)
{
    struct an_nearest nearest = {.wanted = slice_text(name)};
    size_t count = 0;
    for (uint32_t i = 0; i < why->graph->count && count < FOUND_MAX; i++)
        if (an__graph_is_object(why->graph, i) && is_called(why, i, name))
            out[count++] = i;
    for (uint32_t i = 0; i < why->graph->count && count == 0; i++)
        if (an__graph_is_object(why->graph, i) && why->graph->objects[i].name != NULL)
            an_nearest_offer(&nearest, why->graph->objects[i].name);
    if (count != 0)
        return count;
    struct buf list = {0};
    an_nearest_list(&nearest, &list);
    fault_set(fault, FAULT_USAGE, img_info(why->graph->img)->path, NULL, NO_OFFSET,
              "no object is called '%s'%s", name, list.data);
    buf_free(&list);
    return 0;
}

// --------------------------------------------------------------------------- paths

static const char *spell_path(const struct why *why, uint32_t from, uint32_t object)
{
    uint32_t steps[STEPS_MAX], count = 0;
    struct buf text = {0};
    for (; from != why->graph->count && from != AN__NO_NODE; from = why->ways.before[from]) {
        if (count == STEPS_MAX) {
            buf_text(&text, "... > ");
            break;
        }
        steps[count++] = from;
    }
    while (count-- != 0)
        buf_printf(&text, "%s > ", shown(why, steps[count]));
    buf_text(&text, shown(why, object));
    const char *out = arena_text(why->arena, slice_of(text.data, text.size));
    buf_free(&text);
    return out;
}

static struct rep_row make_row(const struct why *why, const char *name, uint64_t size,
                               uint64_t retained, uint64_t steps)
{
    union rep_value *values = ARENA_ARRAY(why->arena, COLUMNS, union rep_value);
    values[SIZE].u = size;
    values[RETAINED].u = retained;
    values[STEPS].u = steps;
    return (struct rep_row){.name = name, .values = values};
}

// Those who refer to an object, the one with the shortest way first; of the root nobody.
static struct keyed *sorted_users(const struct why *why, uint32_t object, size_t *count)
{
    const struct an__net *users = &why->graph->users;
    size_t most = users->first[object + 1] - users->first[object];
    struct keyed *items = mem_alloc(2 * (most + 1) * sizeof *items);
    *count = 0;
    for (uint32_t e = users->first[object]; e < users->first[object + 1]; e++) {
        uint32_t user = users->to[e], steps = why->ways.steps[user];
        if (user != why->graph->count)
            items[(*count)++] = (struct keyed){steps, user};
    }
    sort_keyed(items, items + *count, *count);
    return items;
}

static const char *why_root(const struct an_graph *graph, uint32_t object)
{
    if (graph->objects[object].exported && graph->firmware)
        return "the processor reads it, or what starts the program";
    if (graph->objects[object].exported)
        return "other programs may refer to it (exported)";
    if (object == 0 && graph->firmware)
        return "the processor reads it: it lies where the image begins";
    return "code of its module, which was not read, is taken to refer to it";
}

static struct rep_row explain(const struct why *why, uint32_t object)
{
    const struct an_graph *graph = why->graph;
    size_t users, count = 0;
    struct keyed *items = sorted_users(why, object, &users);
    struct rep_row row = make_row(why, shown(why, object), graph->objects[object].size,
                                  graph->retained[object], REP_NONE);
    row.rows = ARENA_ARRAY(why->arena, PATHS_KEPT + 3, struct rep_row);
    if (why->ways.before[object] == graph->count)
        row.rows[count++] = make_row(why, why_root(graph, object), REP_NONE, REP_NONE, REP_NONE);
    size_t told = 0, i = 0;
    for (; i < users && told < PATHS_KEPT; i++) {
        uint32_t user = (uint32_t)items[i].value;
        if (items[i].key == AN__NO_NODE || lies_on(&why->ways, object, user))
            continue;
        told++;
        row.rows[count++] =
            make_row(why, spell_path(why, user, object), REP_NONE, REP_NONE, items[i].key);
    }
    if (i < users)
        row.rows[count++] =
            make_row(why, arena_printf(why->arena, "[%zu others refer to it]", users - i), REP_NONE,
                     REP_NONE, REP_NONE);
    if (count == 0)
        row.rows[count++] =
            make_row(why, "[nothing that is kept leads to it]", REP_NONE, REP_NONE, REP_NONE);
    row.row_count = count;
    row.dimension = "object";
    free(items);
    return row;
}

bool an_graph_why(struct an_graph *graph, const char *name, const struct an_graph_options *options,
                  struct arena *arena, struct rep_table *out, struct fault *fault)
{
    struct why why = {.graph = graph, .options = options, .arena = arena};
    uint32_t found[FOUND_MAX];
    size_t count = find_objects(&why, name, found, fault);
    if (count == 0)
        return false;
    an__graph_dominate(graph);
    why.ways = find_ways(graph);
    struct rep_row total = make_row(&why, NULL, REP_NONE, REP_NONE, REP_NONE);
    total.rows = ARENA_ARRAY(arena, count, struct rep_row);
    for (size_t i = 0; i < count; i++)
        total.rows[total.row_count++] = explain(&why, found[i]);
    *out = (struct rep_table){
        .name = "why", .columns = columns, .column_count = COLUMNS, .total = total};
    free(why.ways.before);
    free(why.ways.steps);
    return true;
}
