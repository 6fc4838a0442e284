// SPDX-License-Identifier: MIT
//
// tare map MAPFILE: what the linker placed, dropped and pulled in.

#include "cli/cli.h"

#define OVERFLOW_MAX 8 // regions whose contents are told
#define PARTS_MAX    (4 + OVERFLOW_MAX)

struct map_run {
    struct lm_map *map;
    struct cfg *cfg;
    struct cfg_regions regions;
    struct an_map *analyzed;
    struct an_map_options options;
    struct rep_part parts[PARTS_MAX];
    size_t part_count;
};

// ------------------------------------------------------------------------- options

static const char *dim_name(unsigned dim)
{
    return an_map_dim_name((enum an_map_dim)dim);
}

static const struct cmd_dimensions dimensions = {dim_name, AN_MAP_DIM_COUNT, " in a map"};

static bool parse_dims(struct cmd *cmd, struct an_map_options *options)
{
    unsigned dims[AN_MAP_DIM_COUNT];
    bool good = cmd_parse_dims(cmd, &dimensions, dims, &options->dim_count);
    for (size_t i = 0; i < options->dim_count; i++)
        options->dims[i] = (enum an_map_dim)dims[i];
    return good;
}

static bool parse_filters(struct cmd *cmd, struct an_map_options *options)
{
    struct cmd_filter filters[AN_FILTERS_MAX];
    unsigned first = options->dim_count ? options->dims[0] : AN_MAP_MODULE;
    bool good = cmd_parse_filters(cmd, &dimensions, first, filters, &options->filter_count);
    for (size_t i = 0; i < options->filter_count; i++) {
        options->filters[i].dim = (enum an_map_dim)filters[i].dim;
        options->filters[i].glob = filters[i].glob;
    }
    return good;
}

static bool parse_options(struct cmd *cmd, struct map_run *run)
{
    struct an_map_options *options = &run->options;
    options->keep = cmd->options.keep == CMD_NOT_GIVEN ? CMD_KEEP_ROWS : cmd->options.keep;
    options->sort = cmd->options.sort;
    options->all = cmd->options.all;
    options->evidence = cmd->options.verbose;
    options->shown = cmd_shown;
    options->shown_context = cmd;
    const struct cmd_options *o = &cmd->options;
    if (o->discarded + (o->why != NULL) + o->deps + o->regions > 1) {
        cmd_usage(cmd, "only one of --discarded, --why, --deps and --regions");
        return false;
    }
    return cmd_demangle_parse(cmd) && parse_dims(cmd, options) && parse_filters(cmd, options) &&
           cmd_load_config(cmd, &run->cfg);
}

// The dialect asked for, NULL when none was.
static bool parse_dialect(struct cmd *cmd, const struct lm_dialect **out)
{
    const char *name = cmd->options.dialect;
    *out = name == NULL ? NULL : lm_dialect_named(name);
    if (name == NULL || *out != NULL)
        return true;
    struct buf all = {0};
    size_t count;
    const struct lm_dialect *dialects = lm_dialects(&count);
    for (size_t i = 0; i < count; i++)
        buf_printf(&all, " %s (%s)%s", dialects[i].name, dialects[i].title,
                   i + 1 < count ? "," : "");
    buf_char(&all, '\0');
    cmd_usage(cmd, "there is no dialect '%s'; there are%s", name, all.data);
    buf_free(&all);
    return false;
}

static bool open_map(struct cmd *cmd, struct map_run *run)
{
    const struct lm_dialect *dialect;
    const struct cmd_options *o = &cmd->options;
    if (!parse_dialect(cmd, &dialect))
        return false;
    cmd_progress(cmd, "reading the map");
    if (!lm_open(&run->map, cmd->args[0], dialect, cmd->doubts, &cmd->fault))
        return false;
    if (o->gc_list != NULL && !lm_add_gc_list(run->map, o->gc_list, cmd->doubts, &cmd->fault))
        return false;
    if (o->why_extract != NULL &&
        !lm_add_why_extract(run->map, o->why_extract, cmd->doubts, &cmd->fault))
        return false;
    if (!cmd_map_regions(cmd, run->cfg, run->map, &run->regions))
        return false;
    run->analyzed = an_map_new(run->map, run->cfg, run->regions);
    return true;
}

// --------------------------------------------------------------------------- report

static struct rep_table *new_table(struct map_run *run)
{
    run->parts[run->part_count] = (struct rep_part){.kind = REP_TABLE};
    return &run->parts[run->part_count++].table;
}

static bool add_table(struct cmd *cmd, struct map_run *run, enum an_map_dim dim, const char *name,
                      const char *heading)
{
    struct an_map_options options = run->options;
    if (options.dim_count == 0)
        options.dims[options.dim_count++] = dim;
    struct rep_table *table = new_table(run);
    if (!an_map_table(run->analyzed, &options, cmd->arena, table, &cmd->fault))
        return false;
    table->name = name;
    table->names = heading;
    return true;
}

static void add_regions(struct cmd *cmd, struct map_run *run, bool sections)
{
    struct rep_table *table = new_table(run);
    if (!an_map_regions(run->analyzed, cmd->arena, table)) {
        run->part_count--;
        return;
    }
    for (size_t i = 0; i < table->total.row_count && !sections; i++)
        table->total.rows[i].row_count = 0;
}

static void add_overflows(struct cmd *cmd, struct map_run *run)
{
    struct rep_table tables[OVERFLOW_MAX];
    size_t count = an_map_overflows(run->analyzed, &run->options, cmd->arena, tables, OVERFLOW_MAX);
    for (size_t i = 0; i < count; i++)
        *new_table(run) = tables[i];
}

// What the linker itself said, and what the tables leave out.
static void add_notes(struct cmd *cmd, struct map_run *run)
{
    size_t said = MIN(run->map->overflows.count, (size_t)OVERFLOW_MAX), count = 0;
    const char **notes = ARENA_ARRAY(cmd->arena, said + 2, const char *);
    for (size_t i = 0; i < said; i++) {
        const struct lm_overflow *o = &run->map->overflows.items[i];
        notes[count++] =
            arena_printf(cmd->arena, "line %u: the linker says that %s is too small by %llu bytes",
                         o->line, arena_text(cmd->arena, o->region), (unsigned long long)o->by);
    }
    const char *left_out = run->options.all ? NULL : an_map_note(run->analyzed, cmd->arena);
    if (left_out != NULL)
        notes[count++] = left_out;
    if (run->map->unit_bits > 8)
        notes[count++] = arena_printf(cmd->arena, "all sizes count words of %u bits, not bytes",
                                      run->map->unit_bits);
    if (count == 0)
        return;
    struct rep_part *part = &run->parts[run->part_count++];
    *part = (struct rep_part){.kind = REP_NOTES, .notes = notes, .note_count = count};
}

// Whether one module holds nearly all: then objects tell more.
static bool tells_nothing(const struct rep_table *table)
{
    const struct rep_row *total = &table->total;
    return total->row_count != 0 && !total->rows[0].faint &&
           total->rows[0].values[0].u / 9 >= total->values[0].u / 10;
}

// The main table: by what was asked for, else modules, or objects where modules tell nothing.
static bool add_main(struct cmd *cmd, struct map_run *run, bool divided)
{
    if (!add_table(cmd, run, AN_MAP_MODULE, NULL, divided ? NULL : "MODULE"))
        return false;
    if (run->options.dim_count != 0 || run->cfg != NULL ||
        !tells_nothing(&run->parts[run->part_count - 1].table))
        return true;
    run->part_count--;
    return add_table(cmd, run, AN_MAP_OBJECT, NULL, divided ? NULL : "OBJECT");
}

// Without -d: modules, output sections, and at the end what has to fit: regions.
static bool whole_report(struct cmd *cmd, struct map_run *run)
{
    bool divided = run->options.dim_count != 0 || run->options.filter_count != 0;
    if (!add_main(cmd, run, divided))
        return false;
    if (!divided) {
        if (!add_table(cmd, run, AN_MAP_SECTION, "sections", "SECTION"))
            return false;
        add_regions(cmd, run, false);
        add_overflows(cmd, run);
    }
    add_notes(cmd, run);
    return true;
}

// Records of CSV are rows without others below them: here every step is one.
static void flatten(struct cmd *cmd, struct rep_row *total)
{
    size_t count = 0;
    for (size_t i = 0; i < total->row_count; i++)
        count += 1 + total->rows[i].row_count;
    struct rep_row *rows = ARENA_ARRAY(cmd->arena, count, struct rep_row);
    count = 0;
    for (size_t i = 0; i < total->row_count; i++) {
        struct rep_row *row = &total->rows[i];
        rows[count++] = *row;
        memcpy(&rows[count], row->rows, row->row_count * sizeof *rows);
        rows[count - 1].row_count = 0;
        count += row->row_count;
    }
    total->rows = rows;
    total->row_count = count;
}

// By what was asked for, else as the main table.
static bool discarded_report(struct cmd *cmd, struct map_run *run)
{
    struct an_map_options options = run->options;
    struct rep_table *table = new_table(run);
    if (run->options.dim_count != 0)
        return an_map_discarded(run->analyzed, &options, cmd->arena, table, &cmd->fault);
    static const struct {
        enum an_map_dim dim;
        const char *heading;
    } tries[] = {{AN_MAP_MODULE, "MODULE"}, {AN_MAP_OBJECT, "OBJECT"}};
    options.dim_count = 1;
    for (size_t i = 0; i < COUNT_OF(tries); i++) {
        options.dims[0] = tries[i].dim;
        if (!an_map_discarded(run->analyzed, &options, cmd->arena, table, &cmd->fault))
            return false;
        table->names = tries[i].heading;
        if (run->cfg != NULL || !tells_nothing(table))
            break;
    }
    return true;
}

static bool make_report(struct cmd *cmd, struct map_run *run)
{
    struct fault *fault = &cmd->fault;
    const struct cmd_options *o = &cmd->options;
    if (o->discarded)
        return discarded_report(cmd, run);
    if (o->why != NULL) {
        struct rep_table *table = new_table(run);
        if (!an_map_why(run->analyzed, o->why, cmd->arena, table, fault))
            return false;
        if (cmd->format == REP_FORMAT_CSV)
            flatten(cmd, &table->total);
        return true;
    }
    if (o->deps) {
        bool members = run->options.dim_count != 0 && run->options.dims[0] != AN_MAP_ARCHIVE;
        struct rep_table *table = new_table(run);
        if (!an_map_deps(run->analyzed, members, cmd->arena, table, fault))
            return false;
        if (cmd->format != REP_FORMAT_DOT)
            rep_trim(cmd->arena, table, run->options.keep);
        return true;
    }
    if (!o->regions)
        return whole_report(cmd, run);
    add_regions(cmd, run, true);
    add_overflows(cmd, run);
    return run->part_count != 0 ||
           fault_set(fault, FAULT_USAGE, cmd->args[0], NULL, NO_OFFSET,
                     "this map has no memory regions; --script FILE or `regions:` in "
                     "tare.yaml say them");
}

int cmd_map(struct cmd *cmd)
{
    struct map_run run = {0};
    int status = CMD_USAGE;
    struct rep_build build = {.path = cmd->args[0]};
    if (parse_options(cmd, &run) && open_map(cmd, &run) && make_report(cmd, &run)) {
        struct rep_report report = {
            .builds = &build, .build_count = 1, .parts = run.parts, .part_count = run.part_count};
        status = cmd_render(cmd, &report);
    } else {
        status = cmd_fail(cmd);
    }
    an_map_free(run.analyzed);
    lm_free(run.map);
    cfg_free(run.cfg);
    return status;
}
