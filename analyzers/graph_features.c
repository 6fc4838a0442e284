// SPDX-License-Identifier: MIT
//
// What leaves when a feature leaves: a row of a table in which an interpreter registers its modules.
//
//   table   |"json", json_init|"math", math_init|       rows are nodes of their own:
//
//   main -> import -> table -> [json] -> json_init -> loads, dumps, "Expecting value"
//                           -> [math] -> math_init -> sqrt ...
//
// What the root leads to without any row is kept anyway. The rest is what only rows lead to: one of them, then
// it leaves with that feature; several, then each has an even part. So every byte is counted once.
//
// A row begins at each pointer to a text, its name; in a table without texts every pointer is a row, called
// as what it points to. A row's own functions and objects are there for the row, although other programs may
// refer to them (CPython exports PyInit_json). Functions that only walk over all that is registered lead nowhere here.

#include "analyzers/graph_private.h"

enum { SIZE, ONLY, SHARED, DATA, CODE, STRINGS, COLUMNS };
static const struct rep_column columns[COLUMNS] = {
    {"size", NULL, REP_BYTES, true, true},    {"only", NULL, REP_BYTES, true, false},
    {"shared", NULL, REP_BYTES, true, false}, {"data", NULL, REP_BYTES, true, false},
    {"code", NULL, REP_BYTES, true, false},   {"strings", NULL, REP_BYTES, true, false},
};

struct row {
    name_id feature;
    size_t first, end; // links
};

struct features {
    const struct an_graph *graph;
    const struct cfg_features *stated;
    struct arena *arena;
    struct names *names;
    VEC(struct row) rows;      // by table, then by place
    uint32_t *row_of_table;    // by object: 1 + its first row; 0: no table
    bool *walks;               // by object
    bool *registered;          // by object: a row points to it
    VEC(union rep_value) sums; // by feature
    name_id *only;             // by object: the feature it leaves with alone, or 0
    struct an__net net;        // objects, rows, the root
    const struct an_graph_options *options;
};

// ----------------------------------------------------------------------------- rows

static bool is_named(const struct an_graph *graph, uint32_t i, const char *const *globs,
                     size_t count)
{
    const char *name = graph->objects[i].name;
    for (size_t k = 0; name != NULL && k < count; k++)
        if (glob_names(globs[k], slice_text(name)))
            return true;
    return false;
}

static bool names_a_row(const struct an_graph *graph, const struct an__link *link)
{
    uint32_t to = an__graph_at(graph, link->target);
    const char *text;
    // A linker may let a name be the end of another text.
    return to != AN__NO_NODE && graph->objects[to].by == AN__BY_STRING &&
           an__graph_text(graph->img, link->target, &text);
}

static void add_row(struct features *f, size_t first, size_t end, bool texts)
{
    const struct an_graph *graph = f->graph;
    const char *name = NULL;
    uint32_t to = an__graph_at(graph, graph->links[first].target);
    if (texts)
        an__graph_text(graph->img, graph->links[first].target, &name);
    else if (to != AN__NO_NODE)
        name = an__graph_name(graph, to, f->arena);
    if (name == NULL)
        return;
    vec_push(&f->rows, ((struct row){names_intern_text(f->names, name), first, end}));
    for (size_t i = first; i < end; i++)
        if ((to = an__graph_at(graph, graph->links[i].target)) != AN__NO_NODE)
            f->registered[to] = true;
}

static void cut_table(struct features *f, uint32_t table)
{
    const struct an_graph *graph = f->graph;
    const struct an__object *object = &graph->objects[table];
    size_t first = an__graph_first_link(graph, object->addr), end = first, row = first;
    bool texts = false;
    for (; end < graph->link_count && graph->links[end].place - object->addr < object->size; end++)
        texts |= names_a_row(graph, &graph->links[end]);
    for (size_t i = first; i < end; i++) {
        bool begins = !texts || names_a_row(graph, &graph->links[i]);
        if (begins && i != row && (!texts || names_a_row(graph, &graph->links[row])))
            add_row(f, row, i, texts);
        row = begins ? i : row;
    }
    if (row < end)
        add_row(f, row, end, texts);
}

static void find_rows(struct features *f)
{
    const struct an_graph *graph = f->graph;
    for (uint32_t i = 0; i < graph->count; i++) {
        f->walks[i] = is_named(graph, i, f->stated->walkers, f->stated->walker_count);
        if (!is_named(graph, i, f->stated->tables, f->stated->table_count) ||
            graph->objects[i].code)
            continue;
        f->row_of_table[i] = (uint32_t)f->rows.count + 1;
        cut_table(f, i);
    }
}

// ------------------------------------------------------------------------------ net

struct edges {
    VEC(uint32_t) to;
    uint32_t *first;
};

static void add_node(const struct features *f, struct edges *edges, uint32_t node)
{
    const struct an__net *net = &f->graph->net;
    uint32_t row = node < f->graph->count ? f->row_of_table[node] : 0;
    bool walks = node < f->graph->count && f->walks[node];
    bool root = node == f->graph->count;
    for (uint32_t e = net->first[node]; row == 0 && !walks && e < net->first[node + 1]; e++)
        if (!root || !f->registered[net->to[e]])
            vec_push(&edges->to, net->to[e]);
    for (; row != 0 && row <= f->rows.count; row++) {
        const struct an__link *link = &f->graph->links[f->rows.items[row - 1].first];
        if (link->place - f->graph->objects[node].addr >= f->graph->objects[node].size)
            break;
        vec_push(&edges->to, f->graph->count + row - 1);
    }
}

static void add_row_edges(const struct features *f, struct edges *edges, const struct row *row)
{
    for (size_t i = row->first; i < row->end; i++) {
        uint32_t to = an__graph_at(f->graph, f->graph->links[i].target);
        if (to != AN__NO_NODE)
            vec_push(&edges->to, to);
    }
}

// The net of the graph with a node for each row behind the objects.
static void make_net(struct features *f)
{
    uint32_t count = f->graph->count, rows = (uint32_t)f->rows.count;
    struct edges edges = {.first = mem_alloc(((size_t)count + rows + 2) * sizeof *edges.first)};
    for (uint32_t i = 0; i < count; i++) {
        edges.first[i] = (uint32_t)edges.to.count;
        add_node(f, &edges, i);
    }
    for (uint32_t r = 0; r < rows; r++) {
        edges.first[count + r] = (uint32_t)edges.to.count;
        add_row_edges(f, &edges, &f->rows.items[r]);
    }
    edges.first[count + rows] = (uint32_t)edges.to.count;
    add_node(f, &edges, count); // the root
    edges.first[count + rows + 1] = (uint32_t)edges.to.count;
    f->net = (struct an__net){count + rows + 1, edges.first, edges.to.items};
}

static bool is_row(const struct features *f, uint32_t node)
{
    return node >= f->graph->count && node < f->net.count - 1;
}

// What the root leads to without any row.
static bool *find_kept(const struct features *f)
{
    bool *kept = mem_zalloc((size_t)f->net.count + 1, sizeof *kept);
    uint32_t *stack = mem_alloc(((size_t)f->net.count + 1) * sizeof *stack), size = 0;
    stack[size++] = f->net.count - 1;
    while (size != 0) {
        uint32_t node = stack[--size];
        for (uint32_t e = f->net.first[node]; e < f->net.first[node + 1]; e++) {
            uint32_t to = f->net.to[e];
            if (kept[to] || is_row(f, to))
                continue;
            kept[to] = true;
            stack[size++] = to;
        }
    }
    free(stack);
    return kept;
}

// By node, the features that lead to it, of those that nothing keeps anyway.
static uint32_t *find_leading(const struct features *f, const bool *kept, struct an__sets *sets)
{
    size_t n = (size_t)f->net.count + 1;
    uint32_t *first = mem_zalloc(n, sizeof *first), edges = 0;
    uint32_t *to = mem_alloc(((size_t)f->net.first[f->net.count] + 1) * sizeof *to);
    uint32_t *colour = mem_zalloc(n, sizeof *colour), *leading = mem_alloc(n * sizeof *leading);
    for (uint32_t i = 0; i < f->net.count; i++) {
        if (is_row(f, i))
            colour[i] = f->rows.items[i - f->graph->count].feature;
        for (uint32_t e = f->net.first[i]; e < f->net.first[i + 1]; e++)
            if (!kept[i] && !kept[f->net.to[e]] && i != f->net.count - 1)
                to[edges++] = f->net.to[e];
        first[i + 1] = edges;
    }
    struct an__net plain = {f->net.count, first, to};
    an__net_leading(&plain, colour, sets, leading);
    free(first);
    free(to);
    free(colour);
    return leading;
}

// ---------------------------------------------------------------------------- table

static void add_part(const struct an__object *object, uint64_t part, bool only,
                     union rep_value *values)
{
    values[SIZE].u += part;
    values[only ? ONLY : SHARED].u += part;
    values[object->code ? CODE : DATA].u += part;
    values[STRINGS].u += object->by == AN__BY_STRING ? part : 0;
}

static void sum_up(struct features *f, struct an__sets *sets, const bool *kept,
                   const uint32_t *leading, union rep_value *anyway, union rep_value *unused)
{
    for (uint32_t i = 0; i < f->graph->count; i++) {
        uint32_t count;
        const struct an__object *object = &f->graph->objects[i];
        const uint32_t *features = an__sets_items(sets, leading[i], &count);
        if (!an__graph_counts(f->graph, i))
            continue;
        if (kept[i] || count == 0)
            add_part(object, object->size, true, kept[i] ? anyway : unused);
        if (!kept[i] && count == 1)
            f->only[i] = features[0];
        for (uint32_t k = 0; k < count; k++)
            add_part(object, object->size / count + (k < object->size % count), count == 1,
                     &f->sums.items[(size_t)features[k] * COLUMNS]);
    }
}

static struct rep_row make_row(const struct features *f, const char *name,
                               const union rep_value *values)
{
    return (struct rep_row){.name = arena_text(f->arena, slice_text(name)),
                            .dimension = "feature",
                            .values = arena_copy(f->arena, values, COLUMNS * sizeof *values),
                            .faint = name[0] == '['};
}

// What a row has beside its objects: its part of what it shares.
static void add_others(const struct features *f, struct rep_row *row)
{
    union rep_value rest[COLUMNS];
    memcpy(rest, row->values, sizeof rest);
    for (size_t i = 0; i < row->row_count; i++)
        for (unsigned c = 0; c < COLUMNS; c++)
            rest[c].u -= row->rows[i].values[c].u;
    if (rest[SIZE].u != 0) {
        row->rows[row->row_count] = make_row(f, "[shared with others]", rest);
        row->rows[row->row_count++].dimension = "object";
    }
}

// The objects that leave with each feature alone, below its row; its part of the others is one row.
static void list_objects(const struct features *f, struct rep_row *rows, uint32_t count)
{
    for (uint32_t i = 0; i < f->graph->count; i++)
        if (f->only[i] != 0)
            rows[f->only[i] - 1].row_count++;
    for (uint32_t i = 0; i < count; i++) {
        rows[i].rows = ARENA_ARRAY(f->arena, rows[i].row_count + 1, struct rep_row);
        rows[i].row_count = 0;
    }
    for (uint32_t i = 0; i < f->graph->count; i++) {
        if (f->only[i] == 0)
            continue;
        struct rep_row *row = &rows[f->only[i] - 1];
        union rep_value values[COLUMNS] = {0};
        add_part(&f->graph->objects[i], f->graph->objects[i].size, true, values);
        row->rows[row->row_count] = make_row(f, an__graph_name(f->graph, i, f->arena), values);
        row->rows[row->row_count++].dimension = "object";
    }
    for (uint32_t i = 0; i < count; i++)
        add_others(f, &rows[i]);
}

static bool passes(const struct features *f, const char *name)
{
    for (size_t i = 0; i < f->options->filter_count; i++)
        if (!glob_names(f->options->filters[i].glob, slice_text(name)))
            return false;
    return true;
}

static void add_values(union rep_value *to, const union rep_value *values)
{
    for (unsigned c = 0; c < COLUMNS; c++)
        to[c].u += values[c].u;
}

// Only the rows that are asked for; the sum of the others is the last.
static size_t filter(const struct features *f, struct rep_row *rows, size_t count)
{
    size_t kept = 0;
    union rep_value rest[COLUMNS] = {0};
    for (size_t i = 0; i < count; i++) {
        if (passes(f, rows[i].name))
            rows[kept++] = rows[i];
        else
            add_values(rest, rows[i].values);
    }
    if (kept < count)
        rows[kept++] = make_row(f, "[filtered out]", rest);
    return kept;
}

static void make_table(struct features *f, const union rep_value *anyway,
                       const union rep_value *unused, struct rep_table *out)
{
    uint32_t count = names_count(f->names);
    struct rep_row *rows = ARENA_ARRAY(f->arena, (size_t)count + 2, struct rep_row);
    union rep_value *total = ARENA_ARRAY(f->arena, COLUMNS, union rep_value);
    size_t made = 0;
    for (uint32_t i = 1; i < count; i++)
        rows[made++] = make_row(f, names_text(f->names, i), &f->sums.items[(size_t)i * COLUMNS]);
    if (f->options->dim == AN_GRAPH_OBJECT)
        list_objects(f, rows, count - 1);
    rows[made++] = make_row(f, "[kept anyway]", anyway);
    if (unused[SIZE].u != 0)
        rows[made++] = make_row(f, "[nothing leads to it]", unused);
    made = filter(f, rows, made);
    for (size_t i = 0; i < made; i++)
        add_values(total, rows[i].values);
    *out = (struct rep_table){.name = "features", .columns = columns, .column_count = COLUMNS};
    out->total = (struct rep_row){.values = total, .rows = rows, .row_count = made};
}

static void measure(struct features *f, struct rep_table *out)
{
    union rep_value anyway[COLUMNS] = {0}, unused[COLUMNS] = {0};
    struct an__sets *sets = an__sets_new();
    make_net(f);
    for (size_t i = 0; i < (size_t)names_count(f->names) * COLUMNS; i++)
        vec_push(&f->sums, (union rep_value){0});
    bool *kept = find_kept(f);
    uint32_t *leading = find_leading(f, kept, sets);
    sum_up(f, sets, kept, leading, anyway, unused);
    make_table(f, anyway, unused, out);
    an__sets_free(sets);
    free(kept);
    free(leading);
    an__net_free(&f->net);
}

bool an_graph_features(struct an_graph *graph, const struct cfg_profile *profile,
                       const struct an_graph_options *options, struct arena *arena,
                       struct rep_table *out, struct fault *fault)
{
    struct features f = {
        .graph = graph, .stated = &profile->features, .arena = arena, .options = options};
    f.names = names_new();
    f.row_of_table = mem_zalloc((size_t)graph->count + 1, sizeof *f.row_of_table);
    f.only = mem_zalloc((size_t)graph->count + 1, sizeof *f.only);
    f.walks = mem_zalloc((size_t)graph->count + 1, sizeof *f.walks);
    f.registered = mem_zalloc((size_t)graph->count + 1, sizeof *f.registered);
    find_rows(&f);
    bool good = f.rows.count != 0 && f.rows.count < AN__NO_NODE - graph->count - 2;
    if (good) {
        measure(&f, out);
        rep_sort(out, ONLY, true);
        rep_trim(arena, out, options->keep);
    } else {
        fault_set(fault, FAULT_INPUT, img_info(graph->img)->path, NULL, NO_OFFSET,
                  "has none of the tables that the profile %s knows modules by", profile->path);
    }
    names_free(f.names);
    vec_free(&f.rows);
    vec_free(&f.sums);
    free(f.row_of_table);
    free(f.only);
    free(f.walks);
    free(f.registered);
    return good;
}
