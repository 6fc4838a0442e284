// SPDX-License-Identifier: MIT
//
// The object graph as tables: by module, by type, object by object.
//
//   module    size = own + only + shared                 retained
//   Objects   what its units define, string literals     what nothing leads to without the module:
//             that only it uses, its part of the others  its own, and of the others' what it alone uses
//
// The sizes close: every byte of the data sections is in one row, in [padding] or [unattributed].

#include <inttypes.h>

#include "analyzers/graph_private.h"
#include "analyzers/graph_rpython.h"

enum { MODULE_SIZE, MODULE_OWN, MODULE_ONLY, MODULE_SHARED, MODULE_RETAINED, MODULE_COLUMNS };
static const struct rep_column module_columns[MODULE_COLUMNS] = {
    {"size", NULL, REP_BYTES, true, true},       {"own", NULL, REP_BYTES, true, false},
    {"only", NULL, REP_BYTES, true, false},      {"shared", NULL, REP_BYTES, true, false},
    {"retained", NULL, REP_BYTES, false, false},
};

enum { TYPE_SIZE, TYPE_OBJECTS, TYPE_RETAINED, TYPE_COLUMNS };
static const struct rep_column type_columns[TYPE_COLUMNS] = {
    {"size", NULL, REP_BYTES, true, true},
    {"objects", NULL, REP_COUNT, true, false},
    {"retained", NULL, REP_BYTES, false, false},
};

enum { OBJECT_SIZE, OBJECT_RETAINED, OBJECT_USERS, OBJECT_TYPE, OBJECT_MODULE, OBJECT_COLUMNS };
static const struct rep_column object_columns[OBJECT_COLUMNS] = {
    {"size", NULL, REP_BYTES, true, true},    {"retained", NULL, REP_BYTES, false, false},
    {"users", NULL, REP_COUNT, false, false}, {"type", NULL, REP_TEXT, false, false},
    {"module", NULL, REP_TEXT, false, false},
};

static const struct {
    const char *name;
    const struct rep_column *columns;
    uint8_t count, retained;
} dim_rows[AN_GRAPH_DIM_COUNT] = {
    [AN_GRAPH_MODULE] = {"module", module_columns, MODULE_COLUMNS, MODULE_RETAINED},
    [AN_GRAPH_TYPE] = {"type", type_columns, TYPE_COLUMNS, TYPE_RETAINED},
    [AN_GRAPH_OBJECT] = {"object", object_columns, OBJECT_COLUMNS, OBJECT_RETAINED},
};

const char *an_graph_dim_name(enum an_graph_dim dim)
{
    return dim_rows[dim].name;
}

// One table being made.
struct making {
    struct an_graph *graph;
    const struct an_graph_options *options;
    struct arena *arena;
    unsigned columns;
    struct names *names; // of rows; row r has values[r * columns]
    VEC(union rep_value) values;
    uint64_t filtered;
};

// -------------------------------------------------------------------------- filters

static const char *text_of(const struct making *m, enum an_graph_dim dim, uint32_t object)
{
    switch (dim) {
    case AN_GRAPH_MODULE:
        return an__graph_module(m->graph, object);
    case AN_GRAPH_TYPE:
        return an__graph_type(m->graph, object);
    default:
        return an__graph_name(m->graph, object, m->arena);
    }
}

static const char *shown(const struct an_graph_options *options, const char *name)
{
    return options->shown ? options->shown(options->shown_context, name) : name;
}

static bool matches(const struct making *m, const char *glob, const char *text)
{
    return glob_names(glob, slice_text(text)) ||
           glob_names(glob, slice_text(shown(m->options, text)));
}

// `module` is the one that it counts for; NULL: its own.
static bool passes(const struct making *m, uint32_t object, const char *module)
{
    for (size_t i = 0; i < m->options->filter_count; i++) {
        enum an_graph_dim dim = m->options->filters[i].dim;
        bool given = dim == AN_GRAPH_MODULE && module != NULL;
        if (!matches(m, m->options->filters[i].glob, given ? module : text_of(m, dim, object)))
            return false;
    }
    return true;
}

static bool is_shown(const struct making *m, const char *module)
{
    for (size_t i = 0; i < m->options->filter_count; i++)
        if (m->options->filters[i].dim == AN_GRAPH_MODULE &&
            !matches(m, m->options->filters[i].glob, module))
            return false;
    return true;
}

// Whether it may count in this table.
static bool is_asked_for(const struct making *m, uint32_t object)
{
    return an__graph_counts(m->graph, object) &&
           !(m->options->unreachable && m->graph->dominator[object] != AN__NO_NODE);
}

// Whether `part` of an object counts; what is filtered out is summed up.
static bool counts_part(struct making *m, uint32_t object, const char *module, uint64_t part)
{
    if (m->options->filter_count == 0 || passes(m, object, module))
        return true;
    m->filtered += part;
    return false;
}

static bool counts(struct making *m, uint32_t object)
{
    return is_asked_for(m, object) && counts_part(m, object, NULL, m->graph->objects[object].size);
}

// ----------------------------------------------------------------------------- rows

static union rep_value *values_of(struct making *m, const char *name)
{
    name_id id = names_intern_text(m->names, name);
    while (m->values.count < ((size_t)id + 1) * m->columns)
        vec_push(&m->values, (union rep_value){0});
    return &m->values.items[(size_t)id * m->columns];
}

static bool is_faint(const char *name)
{
    return name[0] == '[';
}

static void finish(struct making *m, struct rep_row *rows, size_t count, struct rep_table *out)
{
    const struct rep_column *columns = dim_rows[m->options->dim].columns;
    union rep_value *total = ARENA_ARRAY(m->arena, m->columns, union rep_value);
    if (m->filtered != 0) {
        union rep_value *values = ARENA_ARRAY(m->arena, m->columns, union rep_value);
        for (unsigned c = 0; c < m->columns; c++)
            values[c].u = columns[c].additive ? 0 : columns[c].unit == REP_TEXT ? 0 : REP_NONE;
        values[0].u = m->filtered;
        if (m->options->dim == AN_GRAPH_MODULE)
            values[MODULE_OWN].u = m->filtered;
        rows[count++] = (struct rep_row){.name = "[filtered out]", .values = values, .faint = true};
    }
    for (unsigned c = 0; c < m->columns; c++)
        total[c].u = columns[c].additive ? 0 : columns[c].unit == REP_TEXT ? 0 : REP_NONE;
    for (size_t i = 0; i < count; i++)
        for (unsigned c = 0; c < m->columns; c++)
            if (columns[c].additive)
                total[c].u += rows[i].values[c].u;
    *out = (struct rep_table){.columns = columns, .column_count = m->columns};
    out->total.values = total;
    out->total.rows = rows;
    out->total.row_count = count;
}

static void finish_groups(struct making *m, struct rep_table *out)
{
    size_t groups = m->values.count / m->columns, count = 0;
    struct rep_row *rows = ARENA_ARRAY(m->arena, groups + 1, struct rep_row);
    union rep_value *values =
        arena_copy(m->arena, m->values.items, m->values.count * sizeof *values);
    for (size_t i = 0; i < groups; i++) {
        union rep_value *own = values + i * m->columns;
        const char *name = arena_text(m->arena, names_slice(m->names, (name_id)i));
        unsigned last = dim_rows[m->options->dim].retained;
        if (own[0].u == 0 && own[last].u == 0)
            continue;
        if (is_faint(name))
            own[last].u = REP_NONE;
        rows[count++] = (struct rep_row){.name = name,
                                         .dimension = dim_rows[m->options->dim].name,
                                         .values = own,
                                         .faint = is_faint(name)};
    }
    finish(m, rows, count, out);
}

// -------------------------------------------------------------------------- modules

static void add_split(struct making *m, struct an__sets *sets, uint32_t set, uint32_t object)
{
    uint32_t count;
    uint64_t size = m->graph->objects[object].size;
    const uint32_t *modules = an__sets_items(sets, set, &count);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t part = size / count + (i < size % count);
        const char *module = an_modules_text(m->graph->modules, modules[i]);
        if (!counts_part(m, object, module, part))
            continue;
        union rep_value *row = values_of(m, module);
        row[MODULE_SIZE].u += part;
        row[count == 1 ? MODULE_ONLY : MODULE_SHARED].u += part;
    }
}

// The bytes that need each of the colours in a set.
static void add_needed(struct an__sets *sets, uint32_t set, uint64_t size, uint64_t *by_colour)
{
    uint32_t count;
    const uint32_t *colours = an__sets_items(sets, set, &count);
    for (uint32_t i = 0; i < count; i++)
        by_colour[colours[i]] += size;
}

// What needs each colour, by colour. What nothing leads to stays with its own.
static uint64_t *sum_needed(const struct an_graph *graph, const uint32_t *colour, uint32_t colours)
{
    struct an__sets *sets = an__sets_new();
    uint64_t *sums = mem_zalloc((size_t)colours + 1, sizeof *sums);
    uint32_t *needed = mem_alloc(((size_t)graph->count + 1) * sizeof *needed);
    an__net_needed(&graph->net, &graph->users, graph->count, colour, sets, needed);
    for (uint32_t i = 0; i < graph->count; i++) {
        if (!an__graph_counts(graph, i))
            continue;
        if (needed[i] == AN__SET_ALL)
            sums[colour[i]] += graph->objects[i].size;
        else
            add_needed(sets, needed[i], graph->objects[i].size, sums);
    }
    free(needed);
    an__sets_free(sets);
    return sums;
}

static void by_module(struct making *m, struct rep_table *out)
{
    struct an_graph *graph = m->graph;
    size_t n = (size_t)graph->count + 1;
    uint32_t *colour = mem_zalloc(n, sizeof *colour), colours = 0;
    uint32_t *users = mem_alloc(n * sizeof *users);
    struct an__sets *sets = an__sets_new();
    for (uint32_t i = 0; i < graph->count; i++) {
        colour[i] = graph->objects[i].module;
        colours = MAX(colours, colour[i]);
    }
    an__net_users(&graph->net, colour, sets, users);
    uint64_t *retained = sum_needed(graph, colour, colours);
    for (uint32_t i = 0; i < graph->count; i++) {
        uint64_t size = graph->objects[i].size;
        bool split = colour[i] == 0 && users[i] != 0 && graph->objects[i].by < AN__BY_PADDING;
        if (split && is_asked_for(m, i))
            add_split(m, sets, users[i], i);
        if (split || !counts(m, i))
            continue;
        union rep_value *row = values_of(m, an__graph_module(graph, i));
        row[MODULE_SIZE].u += size;
        row[MODULE_OWN].u += size;
    }
    for (uint32_t c = 1; c <= colours; c++) {
        const char *module = an_modules_text(graph->modules, c);
        if (retained[c] != 0 && is_shown(m, module))
            values_of(m, module)[MODULE_RETAINED].u = retained[c];
    }
    free(colour);
    free(users);
    free(retained);
    an__sets_free(sets);
    finish_groups(m, out);
}

// ---------------------------------------------------------------------------- types

static void by_type(struct making *m, struct rep_table *out)
{
    struct an_graph *graph = m->graph;
    uint32_t *colour = mem_zalloc((size_t)graph->count + 1, sizeof *colour);
    struct names *names = names_new();
    for (uint32_t i = 0; i < graph->count; i++) {
        const char *type = an__graph_type(graph, i);
        if (an__graph_counts(graph, i) && !is_faint(type))
            colour[i] = names_intern_text(names, type);
    }
    uint64_t *retained = sum_needed(graph, colour, names_count(names));
    for (uint32_t i = 0; i < graph->count; i++) {
        if (!counts(m, i))
            continue;
        union rep_value *row = values_of(m, an__graph_type(graph, i));
        row[TYPE_SIZE].u += graph->objects[i].size;
        row[TYPE_OBJECTS].u += an__graph_is_object(graph, i);
    }
    for (uint32_t c = 1; c < names_count(names); c++)
        values_of(m, names_text(names, c))[TYPE_RETAINED].u = retained[c];
    free(colour);
    free(retained);
    names_free(names);
    finish_groups(m, out);
}

// -------------------------------------------------------------------------- objects

uint32_t an__graph_user_count(const struct an_graph *graph, uint32_t i)
{
    uint32_t first = graph->users.first[i], end = graph->users.first[i + 1];
    // The root is the highest number, so it comes last.
    bool root = end > first && graph->users.to[end - 1] == graph->count;
    return end - first - root;
}

static void add_evidence(const struct making *m, uint32_t i, struct rep_row *row)
{
    const struct an_graph *graph = m->graph;
    const struct an__object *object = &graph->objects[i];
    row->evidence = ARENA_NEW(m->arena, const char *);
    row->evidence_count = 1;
    row->evidence[0] =
        arena_printf(m->arena, "0x%" PRIx64 ", by: %s; refers to %u", object->addr,
                     an__graph_by(object->by), graph->net.first[i + 1] - graph->net.first[i]);
}

static void by_object(struct making *m, struct rep_table *out)
{
    struct an_graph *graph = m->graph;
    size_t count = 0;
    uint64_t apart[2] = {0, 0}; // padding, nobody's
    struct rep_row *rows = ARENA_ARRAY(m->arena, (size_t)graph->count + 3, struct rep_row);
    an__graph_dominate(graph);
    for (uint32_t i = 0; i < graph->count; i++) {
        const struct an__object *object = &graph->objects[i];
        if (!counts(m, i))
            continue;
        if (object->by >= AN__BY_PADDING) {
            apart[object->by - AN__BY_PADDING] += object->size;
            continue;
        }
        union rep_value *values = ARENA_ARRAY(m->arena, OBJECT_COLUMNS, union rep_value);
        values[OBJECT_SIZE].u = object->size;
        values[OBJECT_RETAINED].u = graph->retained[i];
        values[OBJECT_USERS].u = an__graph_user_count(graph, i);
        values[OBJECT_TYPE].text = an__graph_type(graph, i);
        values[OBJECT_MODULE].text = an__graph_module(graph, i);
        const char *name = shown(m->options, an__graph_name(graph, i, m->arena));
        rows[count] = (struct rep_row){.name = name, .dimension = "object", .values = values};
        add_evidence(m, i, &rows[count++]);
    }
    for (unsigned k = 0; k < 2; k++) {
        union rep_value *values = ARENA_ARRAY(m->arena, OBJECT_COLUMNS, union rep_value);
        values[OBJECT_SIZE].u = apart[k];
        values[OBJECT_RETAINED].u = values[OBJECT_USERS].u = REP_NONE;
        if (apart[k] != 0)
            rows[count++] = (struct rep_row){
                .name = k == 0 ? "[padding]" : "[unattributed]", .values = values, .faint = true};
    }
    finish(m, rows, count, out);
}

// ---------------------------------------------------------------------------- table

static bool find_sort(const struct an_graph_options *options, size_t *column, bool *descending,
                      struct fault *fault)
{
    const struct rep_column *columns = dim_rows[options->dim].columns;
    *descending = true;
    *column = dim_rows[options->dim].retained;
    if (options->sort == NULL)
        return true;
    for (*column = 0; *column < dim_rows[options->dim].count; ++*column)
        if (strcmp(columns[*column].name, options->sort) == 0 && columns[*column].unit != REP_TEXT)
            return true;
    *descending = false;
    return strcmp(options->sort, "name") == 0 ||
           fault_set(fault, FAULT_USAGE, NULL, NULL, NO_OFFSET,
                     "there is no column '%s' to sort by", options->sort);
}

bool an_graph_table(struct an_graph *graph, const struct an_graph_options *options,
                    struct arena *arena, struct rep_table *out, struct fault *fault)
{
    static void (*const make[])(struct making * m, struct rep_table * out) = {
        [AN_GRAPH_MODULE] = by_module, [AN_GRAPH_TYPE] = by_type, [AN_GRAPH_OBJECT] = by_object};
    struct making m = {.graph = graph, .options = options, .arena = arena};
    size_t column;
    bool descending;
    if (!find_sort(options, &column, &descending, fault))
        return false;
    m.columns = dim_rows[options->dim].count;
    m.names = names_new();
    if (options->unreachable)
        an__graph_dominate(graph);
    make[options->dim](&m, out);
    rep_sort(out, column, descending);
    rep_trim(arena, out, options->keep);
    names_free(m.names);
    vec_free(&m.values);
    return true;
}

// ---------------------------------------------------------------------------- notes

// A piece of a function, which of course it goes back to: no cycle.
static bool is_cold(const struct an__object *object)
{
    return object->code && object->name != NULL && slice_ends(slice_text(object->name), ".cold");
}

size_t an_graph_notes(struct an_graph *graph, struct arena *arena, const char *const **out)
{
    const char **notes = ARENA_ARRAY(arena, 4, const char *);
    uint32_t *component = mem_alloc(((size_t)graph->count + 2) * sizeof *component);
    uint32_t components = an__net_components(&graph->net, component);
    uint32_t *sizes = mem_zalloc((size_t)components + 1, sizeof *sizes), cycles = 0, largest = 0;
    uint64_t objects = 0;
    for (uint32_t i = 0; i < graph->count; i++) {
        objects += an__graph_is_object(graph, i);
        sizes[component[i]] += !is_cold(&graph->objects[i]);
    }
    for (uint32_t c = 0; c < components; c++) {
        cycles += sizes[c] > 1;
        largest = MAX(largest, sizes[c]);
    }
    size_t count = 0;
    const uint64_t *how = graph->by_how;
    notes[count++] = arena_printf(
        arena,
        "%" PRIu64 " objects; references: %" PRIu64 " by relocations, %" PRIu64
        " by types, %" PRIu64 " by the linker's tables, %" PRIu64 " by instructions, %" PRIu64
        " by looks; %" PRIu64 " to other programs, %" PRIu64 " to no object",
        objects, how[AN_LINK_RELOCATION], how[AN_LINK_TYPED], how[AN_LINK_LINKAGE],
        how[AN_LINK_CODE], how[AN_LINK_LOOKS], graph->outside, graph->strays);
    if (cycles != 0)
        notes[count++] = arena_printf(arena, "%u cycle%s, the largest of %u objects and functions",
                                      cycles, cycles == 1 ? "" : "s", largest);
    if (graph->rpython != NULL)
        notes[count++] = an__rpython_note(graph, arena);
    if (!graph->code)
        notes[count++] = "what code refers to is not known: whatever has a name counts as referred "
                         "to by the code of its module";
    free(component);
    free(sizes);
    *out = notes;
    return count;
}
