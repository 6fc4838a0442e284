// SPDX-License-Identifier: MIT
//
// Objects that are alike: equal bytes, and pointers to the same places. What lies in a section that is
// written to may differ later; the section is told, so that everybody can judge.

#include "analyzers/graph_private.h"

enum { WASTE, COPIES, EACH, SECTION, COLUMNS };
static const struct rep_column columns[COLUMNS] = {
    {"waste", NULL, REP_BYTES, true, true},
    {"copies", NULL, REP_COUNT, false, false},
    {"each", NULL, REP_BYTES, false, false},
    {"section", NULL, REP_TEXT, false, false},
};

#define NAMES_TOLD 8 // of a group, as evidence

// What an object holds.
struct content {
    struct slice bytes;
    const struct an__link *links;
    size_t link_count;
    uint64_t addr;
};

size_t an__graph_first_link(const struct an_graph *graph, uint64_t addr)
{
    size_t low = 0, high = graph->link_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (graph->links[middle].place < addr)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool content_of(const struct an_graph *graph, uint32_t i, struct content *out)
{
    const struct an__object *object = &graph->objects[i];
    size_t first = an__graph_first_link(graph, object->addr), end = first;
    if (!an__graph_is_object(graph, i) || object->by == AN__BY_LINKAGE ||
        !img_bytes_at(graph->img, object->addr, object->size, &out->bytes))
        return false;
    while (end < graph->link_count && graph->links[end].place - object->addr < object->size)
        end++;
    out->links = &graph->links[first];
    out->link_count = end - first;
    out->addr = object->addr;
    return true;
}

static uint64_t hash_of(const struct content *content, uint64_t seed)
{
    uint64_t hash = hash_bytes(content->bytes.data, content->bytes.size, seed);
    for (size_t i = 0; i < content->link_count; i++)
        hash = hash_mix(hash ^ (content->links[i].place - content->addr), content->links[i].target);
    return hash;
}

static bool equal(const struct an_graph *graph, uint32_t a, uint32_t b)
{
    struct content x, y;
    if (!content_of(graph, a, &x) || !content_of(graph, b, &y) || x.link_count != y.link_count ||
        !slice_equal(x.bytes, y.bytes))
        return false;
    for (size_t i = 0; i < x.link_count; i++)
        if (x.links[i].target != y.links[i].target ||
            x.links[i].place - x.addr != y.links[i].place - y.addr)
            return false;
    return true;
}

// Sorted by hash: equal ones lie together, in order of address.
static struct keyed *sorted_objects(const struct an_graph *graph, size_t *count)
{
    uint64_t seed = hash_seed();
    struct keyed *items = mem_alloc(2 * ((size_t)graph->count + 1) * sizeof *items);
    struct content content;
    *count = 0;
    for (uint32_t i = 0; i < graph->count; i++)
        if (content_of(graph, i, &content))
            items[(*count)++] = (struct keyed){hash_of(&content, seed), i};
    sort_keyed(items, items + *count, *count);
    return items;
}

static struct rep_row make_row(struct an_graph *graph, const struct an_graph_options *options,
                               const struct keyed *group, size_t count, struct arena *arena)
{
    size_t sections, told = MIN(count, (size_t)NAMES_TOLD);
    uint32_t first = (uint32_t)group[0].value;
    const struct an__object *object = &graph->objects[first];
    union rep_value *values = ARENA_ARRAY(arena, COLUMNS, union rep_value);
    values[WASTE].u = object->size * (count - 1);
    values[COPIES].u = count;
    values[EACH].u = object->size;
    values[SECTION].text = img_sections(graph->img, &sections)[object->section].name;
    const char **evidence = ARENA_ARRAY(arena, told, const char *);
    for (size_t i = 0; i < told; i++)
        evidence[i] = an__graph_name(graph, (uint32_t)group[i].value, arena);
    const char *name = an__graph_name(graph, first, arena);
    if (options->shown != NULL)
        name = options->shown(options->shown_context, name);
    return (struct rep_row){.name = name,
                            .dimension = "object",
                            .values = values,
                            .evidence = evidence,
                            .evidence_count = told};
}

void an_graph_duplicates(struct an_graph *graph, const struct an_graph_options *options,
                         struct arena *arena, struct rep_table *out)
{
    size_t count, next;
    struct keyed *items = sorted_objects(graph, &count);
    VEC(struct rep_row) rows = {0};
    union rep_value *total = ARENA_ARRAY(arena, COLUMNS, union rep_value);
    for (size_t i = 0; i < count; i = next) {
        for (next = i + 1; next < count && items[next].key == items[i].key &&
                           equal(graph, (uint32_t)items[i].value, (uint32_t)items[next].value);
             next++)
            ;
        if (next - i < 2)
            continue;
        vec_push(&rows, make_row(graph, options, &items[i], next - i, arena));
        total[WASTE].u += rows.items[rows.count - 1].values[WASTE].u;
    }
    total[COPIES].u = total[EACH].u = REP_NONE;
    *out = (struct rep_table){.name = "duplicates", .columns = columns, .column_count = COLUMNS};
    out->total =
        (struct rep_row){.values = total,
                         .rows = arena_copy(arena, rows.items, rows.count * sizeof *rows.items),
                         .row_count = rows.count};
    rep_sort(out, WASTE, true);
    rep_trim(arena, out, options->keep);
    vec_free(&rows);
    free(items);
}
