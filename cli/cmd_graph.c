// SPDX-License-Identifier: MIT
//
// tare graph BUILD: prebuilt constants: who keeps them, and what leaves with whom.

#include "cli/cli.h"

#define PAGE         4096               // bytes
#define VIEW_OBJECTS 50000              // shown in the viewer unless -n says otherwise
#define TYPEIDS_MAX  ((size_t)64 << 20) // bytes of a table of types

struct graph_run {
    struct cmd_build build;
    struct cfg *cfg;
    struct an_modules *modules;
    struct an_graph *graph;
    struct an_graph_options options;
    enum an_order_form order_form;
    const struct cfg_profile *profile; // NULL: none
    struct buf typeids;
    struct cmd_model model; // for --features, where the profile knows of more
    bool joined;            // from the members of an archive
    bool by_default;        // nobody asked for a dimension
    uint64_t page;          // bytes
    struct rep_graph view;
};

static const char *dim_name(unsigned dim)
{
    return an_graph_dim_name((enum an_graph_dim)dim);
}

static const struct cmd_dimensions dimensions = {dim_name, AN_GRAPH_DIM_COUNT, " in a graph"};

static bool parse_order(struct cmd *cmd, struct graph_run *run)
{
    const char *name = cmd->options.order_form;
    if (name == NULL)
        return true;
    for (unsigned form = 0; form < AN_ORDER_FORM_COUNT; form++)
        if (strcmp(name, an_order_form_name((enum an_order_form)form)) == 0) {
            run->order_form = (enum an_order_form)form;
            return true;
        }
    if (strcmp(name, "mold") == 0)
        cmd_usage(cmd, "mold takes no order of functions or constants: link with lld, gold or ld");
    else
        cmd_usage(cmd, "there is no order for '%s'; there are lld, gold and ld", name);
    return false;
}

// Of features there are rows by module, and the objects of each below it.
static bool refine_features(struct cmd *cmd, const struct an_graph_options *options,
                            const struct cmd_filter *filters)
{
    bool good = options->dim != AN_GRAPH_TYPE;
    for (size_t i = 0; i < options->filter_count; i++)
        good &= filters[i].dim == AN_GRAPH_MODULE;
    if (!good)
        cmd_usage(cmd, "--features has rows by module, with -d object what leaves with each, and "
                       "is filtered by module");
    return good;
}

static bool parse_options(struct cmd *cmd, struct graph_run *run)
{
    struct an_graph_options *options = &run->options;
    unsigned dims[AN_GRAPH_DIM_COUNT];
    size_t count;
    struct cmd_filter filters[AN_FILTERS_MAX];
    options->keep = cmd->options.keep == CMD_NOT_GIVEN ? CMD_KEEP_ROWS : cmd->options.keep;
    options->sort = cmd->options.sort;
    options->shown = cmd_shown;
    options->shown_context = cmd;
    if (!cmd_demangle_parse(cmd) || !cmd_parse_dims(cmd, &dimensions, dims, &count))
        return false;
    if (count > 1) {
        cmd_usage(cmd, "a graph is shown by one dimension: -d module, type or object");
        return false;
    }
    const struct cmd_options *o = &cmd->options;
    bool pages = o->pages || o->order != NULL;
    bool part = o->why || o->unreachable || o->duplicates || o->features || pages ||
                o->filters.count || count;
    if (cmd->format == REP_FORMAT_HTML && (part || o->with_code)) {
        cmd_usage(cmd, "--format html shows all data: of the options only -n and --page count");
        return false;
    }
    if ((o->why != NULL) + o->unreachable + o->duplicates + o->features + pages > 1) {
        cmd_usage(cmd, "only one of --why, --unreachable, --duplicates, --features and --pages or "
                       "--order");
        return false;
    }
    if (o->page != CMD_NOT_GIVEN && (o->page < AN_PAGE_MIN || (o->page & (o->page - 1)) != 0)) {
        cmd_usage(cmd, "--page takes a power of two, %d or more", AN_PAGE_MIN);
        return false;
    }
    options->unreachable = o->unreachable;
    run->by_default = count == 0;
    run->page = o->page == CMD_NOT_GIVEN ? PAGE : o->page;
    options->dim = count            ? (enum an_graph_dim)dims[0]
                   : o->unreachable ? AN_GRAPH_OBJECT
                                    : AN_GRAPH_MODULE;
    if (!cmd_parse_filters(cmd, &dimensions, o->features ? AN_GRAPH_MODULE : options->dim, filters,
                           &options->filter_count))
        return false;
    if (o->features && !refine_features(cmd, options, filters))
        return false;
    for (size_t i = 0; i < options->filter_count; i++) {
        options->filters[i].dim = (enum an_graph_dim)filters[i].dim;
        options->filters[i].glob = filters[i].glob;
    }
    return parse_order(cmd, run) && cmd_load_config(cmd, &run->cfg);
}

static bool open_build(struct cmd *cmd, struct graph_run *run)
{
    struct cmd_build *build = &run->build;
    if (!cmd_build_open(cmd, cmd->args[0], build))
        return false;
    if (build->file == NULL)
        return fault_set(&cmd->fault, FAULT_INPUT, build->path, NULL, NO_OFFSET,
                         "is a snapshot: only a build has content");
    run->joined = img_file_is_archive(build->file);
    if (run->joined && !cmd_build_join(cmd, build))
        return false;
    if (img_info(img_file_image(build->file, 0))->debug_only)
        return fault_set(&cmd->fault, FAULT_INPUT, build->path, NULL, NO_OFFSET,
                         "is a debug file: name the program it belongs to");
    const enum an_dim modules = AN_MODULE; // nothing else is asked of the ledger
    return cmd_build_dwarf(cmd, build) &&
           cmd_build_ledger(cmd, build, an_dims_needed(&modules, 1, run->cfg != NULL));
}

// The profile, and the type table that a program translated from RPython told.
static bool load_typeids(struct cmd *cmd, struct graph_run *run, struct an_graph_input *input)
{
    input->profile = run->profile;
    input->typeids_path = cmd->options.typeids;
    if (input->typeids_path == NULL)
        return true;
    if (!buf_read_file(&run->typeids, input->typeids_path, TYPEIDS_MAX, &cmd->fault))
        return false;
    input->typeids = slice_of(run->typeids.data, run->typeids.size);
    return true;
}

// The interpreter's profile, where something asks for it.
static bool load_profile(struct cmd *cmd, struct graph_run *run)
{
    const struct dw_types_options everything = {0};
    struct dw_types *types = NULL;
    const char *wanted = run->build.profile ? run->build.profile : cmd->options.profile;
    if (wanted == NULL && cmd->options.typeids != NULL)
        wanted = "rpython";
    if (wanted != NULL)
        return cmd_profile_named(cmd, wanted, &run->profile);
    if (!cmd->options.features)
        return true;
    bool good = cmd_build_types(cmd, &run->build, &everything, &types) &&
                cmd_profile_recognise(cmd, run->build.path, types, &run->profile);
    dw_types_free(types);
    return good;
}

static bool make_graph(struct cmd *cmd, struct graph_run *run)
{
    struct cmd_build *build = &run->build;
    if (!open_build(cmd, run))
        return false;
    run->modules = an_modules_new(build->ledger, run->cfg);
    struct an_graph_input input = {.file = build->file,
                                   .img = img_file_image(build->file, 0),
                                   .debug = build->debug[0].img,
                                   .dw = build->dw[0],
                                   .ledger = build->ledger,
                                   .modules = run->modules,
                                   .threads = (unsigned)MIN(cmd->options.jobs, (uint64_t)1024),
                                   .with_code = cmd->options.with_code || cmd->options.order ||
                                                cmd->options.features,
                                   .doubts = cmd->doubts};
    cmd_progress(cmd, "following pointers");
    return load_profile(cmd, run) && load_typeids(cmd, run, &input) &&
           an_graph_new(&run->graph, &input, &cmd->fault);
}

// The table by module with all its rows, and the graph.
static bool make_view(struct cmd *cmd, struct graph_run *run, struct rep_report *report)
{
    struct an_graph_options options = run->options;
    options.keep = 0;
    if (!an_graph_table(run->graph, &options, cmd->arena, &report->parts[0].table, &cmd->fault))
        return false;
    options.keep = cmd->options.keep == CMD_NOT_GIVEN ? VIEW_OBJECTS : cmd->options.keep;
    an_graph_view(run->graph, run->page, &options, cmd->arena, &run->view);
    report->graph = &run->view;
    return true;
}

static void add_note(struct cmd *cmd, const char *note, struct rep_part *part)
{
    const char **notes = ARENA_ARRAY(cmd->arena, part->note_count + 1, const char *);
    memcpy(notes, part->notes, part->note_count * sizeof *notes);
    notes[part->note_count++] = note;
    part->notes = notes;
}

static bool write_order(struct cmd *cmd, struct graph_run *run, struct rep_part *notes)
{
    struct buf out = {0};
    if (cmd_refuse_doubts(cmd))
        return false;
    add_note(cmd, an_graph_order(run->graph, run->order_form, run->page, cmd->arena, &out), notes);
    bool good = cmd_write_file(cmd, cmd->options.order, slice_of(out.data, out.size));
    buf_free(&out);
    return good;
}

static bool make_features(struct cmd *cmd, struct graph_run *run, struct rep_table *table,
                          struct rep_part *notes)
{
    if (!an_graph_features(run->graph, run->profile, &run->options, cmd->arena, table, &cmd->fault))
        return false;
    if (run->profile->features.caches.count == 0)
        return true;
    if (!cmd_model_open(cmd, cmd->args[0], &run->model))
        return false;
    const char *note = an_caches_note(run->model.model, cmd->arena);
    if (note != NULL)
        add_note(cmd, note, notes);
    return true;
}

static bool make_report(struct cmd *cmd, struct graph_run *run, struct rep_report *report)
{
    struct rep_part *notes = &report->parts[1];
    cmd_build_describe(cmd, &run->build, 1, report);
    report->part_count = 2;
    *notes = (struct rep_part){.kind = REP_NOTES};
    notes->note_count = an_graph_notes(run->graph, cmd->arena, &notes->notes);
    struct rep_table *table = &report->parts[0].table;
    if (cmd->format == REP_FORMAT_HTML)
        return make_view(cmd, run, report);
    if (cmd->options.why != NULL)
        return an_graph_why(run->graph, cmd->options.why, &run->options, cmd->arena, table,
                            &cmd->fault);
    if (cmd->options.features)
        return make_features(cmd, run, table, notes);
    if (cmd->options.pages || cmd->options.order != NULL) {
        struct an_graph_page_options pages = {run->page, cmd->options.processes};
        an_graph_pages(run->graph, &pages, &run->options, cmd->arena, table);
        add_note(cmd, an_graph_dirty_note(run->graph, pages.page, cmd->arena), notes);
        return cmd->options.order == NULL || write_order(cmd, run, notes);
    }
    if (cmd->options.duplicates) {
        an_graph_duplicates(run->graph, &run->options, cmd->arena, table);
        return true;
    }
    bool units;
    if (!cmd_build_units(cmd, &run->build, &units))
        return false;
    // Without units there are no modules, and one module tells nothing; members of archives are some.
    if (run->by_default && !run->joined && run->options.filter_count == 0 &&
        cmd->options.typeids == NULL &&
        !(units && an_modules_tell(run->modules) && an_units_tell(run->modules)))
        run->options.dim = AN_GRAPH_OBJECT;
    return an_graph_table(run->graph, &run->options, cmd->arena, table, &cmd->fault);
}

int cmd_graph(struct cmd *cmd)
{
    struct graph_run run = {0};
    struct rep_part parts[2] = {{.kind = REP_TABLE}};
    struct rep_report report = {.parts = parts};
    bool good =
        parse_options(cmd, &run) && make_graph(cmd, &run) && make_report(cmd, &run, &report);
    int status = good ? cmd_render(cmd, &report) : cmd_fail(cmd);
    an_graph_free(run.graph);
    an_modules_free(run.modules);
    cmd_build_close(&run.build);
    cmd_model_close(&run.model);
    cfg_profile_free(run.profile);
    buf_free(&run.typeids);
    cfg_free(run.cfg);
    return status;
}
