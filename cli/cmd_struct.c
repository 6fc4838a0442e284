// SPDX-License-Identifier: MIT
//
// tare struct BUILD [NAME...]: what the bytes of a type are spent on.
//
// The reading is narrowed to the names where it can be; questions over all types (--contains,
// --points-to) and globs read everything. When a name is not there, everything is read once more
// for the nearest names: a wrong name may cost a second, a right one must not.

#include <stdlib.h>

#include "cli/cli.h"

#define IS_64BIT 8

// ------------------------------------------------------------------------- options

static bool asks_table(const struct cmd *cmd)
{
    return cmd->options.contains != NULL || cmd->options.points_to != NULL || cmd->options.flex ||
           cmd->options.sizes;
}

static size_t rows_kept(const struct cmd *cmd)
{
    return cmd->options.keep == CMD_NOT_GIVEN ? 0 : cmd->options.keep;
}

static bool parse_kinds(struct cmd *cmd, unsigned *kinds)
{
    static const struct {
        const char *name;
        unsigned kind;
    } rows[] = {{"struct", AN_STRUCTS},
                {"class", AN_CLASSES},
                {"union", AN_UNIONS},
                {"enum", AN_ENUMS},
                {"typedef", AN_TYPEDEFS}};
    for (size_t i = 0; i < cmd->options.kinds.count; i++) {
        unsigned found = 0;
        for (size_t r = 0; r < COUNT_OF(rows); r++)
            if (strcmp(cmd->options.kinds.items[i], rows[r].name) == 0)
                found = rows[r].kind;
        if (found == 0) {
            cmd_usage(cmd, "there is no kind '%s'; there are struct, class, union, enum, typedef",
                      cmd->options.kinds.items[i]);
            return false;
        }
        *kinds |= found;
    }
    return true;
}

static bool parse_sort(struct cmd *cmd, enum an_layout_sort *sort)
{
    static const char *const words[] = {
        [AN_SORT_DECLARED] = "declared", [AN_SORT_NAME] = "name",
        [AN_SORT_SIZE] = "size",         [AN_SORT_HOLES] = "holes",
        [AN_SORT_PADDING] = "padding",   [AN_SORT_MEMBERS] = "members",
        [AN_SORT_SAVING] = "saving"};
    const char *key = cmd->options.sort;
    for (size_t i = 0; key != NULL && i < COUNT_OF(words); i++) {
        if (strcmp(key, words[i]) != 0)
            continue;
        *sort = (enum an_layout_sort)i;
        if (*sort == AN_SORT_SAVING && !cmd->options.reorder)
            cmd_usage(cmd, "--sort saving goes with --reorder");
        return cmd->fault.kind == FAULT_NONE;
    }
    if (key != NULL) {
        cmd_usage(cmd,
                  "--sort is declared, name, size, holes, padding, members or saving, not '%s'",
                  key);
        return false;
    }
    if (cmd->options.holes)
        *sort = AN_SORT_HOLES;
    else if (cmd->options.padding != CMD_NOT_GIVEN)
        *sort = AN_SORT_PADDING;
    else if (cmd->options.sizes && !cmd->options.reorder)
        *sort = AN_SORT_SIZE;
    else if (cmd->options.reorder && cmd->arg_count == 1)
        *sort = AN_SORT_SAVING;
    return true;
}

static bool parse_layout_options(struct cmd *cmd, struct an_layout_options *options)
{
    const struct cmd_options *given = &cmd->options;
    *options = (struct an_layout_options){.names = cmd->args + 1,
                                          .name_count = cmd->arg_count - 1,
                                          .holes_only = given->holes,
                                          .reorder = given->reorder,
                                          .expand = given->expand};
    if (given->padding != CMD_NOT_GIVEN)
        options->padding_min = MAX(given->padding, (uint64_t)1);
    if (!asks_table(cmd))
        options->keep = rows_kept(cmd); // a table is cut when it is whole
    if ((given->contains != NULL) + (given->points_to != NULL) + given->flex + given->sizes > 1) {
        cmd_usage(cmd, "--contains, --points-to, --flex and --sizes are one question each");
        return false;
    }
    if (given->first && (options->name_count == 0 || given->contains || given->points_to)) {
        cmd_usage(cmd, "--first needs names");
        return false;
    }
    return parse_kinds(cmd, &options->kinds) && parse_sort(cmd, &options->sort);
}

// ------------------------------------------------------------------------- reading

static bool is_plain(const char *name)
{
    return strpbrk(name, "*?[") == NULL;
}

static struct dw_types_options wanted_types(const struct cmd *cmd)
{
    struct dw_types_options wanted = {0};
    if (cmd->options.contains != NULL || cmd->options.points_to != NULL ||
        cmd->options.what_if.count != 0)
        return wanted;
    wanted.names = cmd->args + 1;
    wanted.name_count = cmd->arg_count - 1;
    wanted.units = true;
    wanted.first = cmd->options.first;
    return wanted;
}

static int names_missing(struct cmd *cmd, const struct dw_types *types, const char *name)
{
    const char *nearest[5];
    if (an_only_declared(types, name))
        return cmd_usage(cmd, "nothing in this build defines '%s': it is only declared", name);
    size_t count = an_nearest_types(types, name, nearest, COUNT_OF(nearest));
    return cmd_not_found(cmd, "type", name, nearest, count);
}

// The nearest names of a name that is not there, among all types.
static int name_missing(struct cmd *cmd, struct cmd_build *build, const char *name)
{
    struct dw_types *all = NULL;
    const struct dw_types_options everything = {0};
    if (!is_plain(name))
        return cmd_usage(cmd, "no type is called like '%s'", name);
    if (!cmd_build_types(cmd, build, &everything, &all))
        return cmd_fail(cmd);
    int status = names_missing(cmd, all, name);
    dw_types_free(all);
    return status;
}

static uint64_t cacheline(struct cmd *cmd, const struct cmd_build *build)
{
    if (cmd->options.cacheline != CMD_NOT_GIVEN)
        return cmd->options.cacheline;
    return cmd_build_info(cmd, build).word_size == IS_64BIT ? 64 : 0;
}

// ------------------------------------------------------------------------ answering

static bool find(struct cmd *cmd, struct an_layouts *layouts, struct rep_part *part)
{
    if (cmd->options.contains != NULL)
        return an_contains(layouts, cmd->options.contains, cmd->arena, &part->table);
    if (cmd->options.points_to != NULL)
        return an_points_to(layouts, cmd->options.points_to, cmd->arena, &part->table);
    if (cmd->options.flex)
        an_flexible(layouts, cmd->arena, &part->table);
    else
        an_layouts_table(layouts, cmd->arena, &part->table);
    return true;
}

static int show(struct cmd *cmd, struct cmd_build *build, const struct dw_types *types,
                struct an_layouts *layouts)
{
    const char *note = arena_printf(cmd->arena, "[%zu others]", an_layouts_cut(layouts));
    struct rep_part parts[] = {{.kind = REP_TYPES, .types = {"types", an_layouts_next, layouts}},
                               {.kind = REP_NOTES, .notes = &note, .note_count = 1}};
    struct rep_report report = {.parts = parts, .part_count = an_layouts_cut(layouts) ? 2 : 1};
    cmd_build_describe(cmd, build, 1, &report);
    if (asks_table(cmd)) {
        parts[0].kind = REP_TABLE;
        if (!find(cmd, layouts, &parts[0]))
            return names_missing(
                cmd, types, cmd->options.contains ? cmd->options.contains : cmd->options.points_to);
        rep_trim(cmd->arena, &parts[0].table, rows_kept(cmd));
    }
    return cmd_render(cmd, &report);
}

static int answer(struct cmd *cmd, struct cmd_build *build, const struct dw_types *types,
                  struct an_layout_options *options)
{
    options->units = dw_types_unit_paths(types, &options->unit_count);
    options->cacheline = cacheline(cmd, build);
    struct an_layouts *layouts = an_layouts_new(types, options);
    const char *missing = an_layouts_missing(layouts, 0);
    int status = missing ? name_missing(cmd, build, missing) : show(cmd, build, types, layouts);
    an_layouts_free(layouts);
    return status;
}

// The types as they are, or as --what-if would have them.
static int read_and_answer(struct cmd *cmd, struct cmd_build *build,
                           struct an_layout_options *options)
{
    const struct cmd_list *edits = &cmd->options.what_if;
    struct dw_types *types = NULL;
    struct dw_types_options wanted = wanted_types(cmd);
    struct an_what_if what_if = {0};
    int status;
    if (!cmd_build_types(cmd, build, &wanted, &types))
        return cmd_fail(cmd);
    if (edits->count == 0)
        status = answer(cmd, build, types, options);
    else if (an_what_if(types, edits->items, edits->count, &what_if, &cmd->fault))
        status = answer(cmd, build, what_if.types, options);
    else
        status = cmd_fail(cmd);
    an_what_if_free(&what_if);
    dw_types_free(types);
    return status;
}

int cmd_struct(struct cmd *cmd)
{
    struct an_layout_options options;
    struct cmd_build build = {0};
    if (cmd->options.tax)
        return cmd_tax(cmd);
    if (cmd->options.filters.count != 0 || cmd->options.profile != NULL) {
        cmd_usage(cmd, "--filter and --profile go with --tax");
        return cmd_fail(cmd);
    }
    if (!parse_layout_options(cmd, &options))
        return cmd_fail(cmd);
    bool open = cmd_build_open(cmd, cmd->args[0], &build);
    int status = open ? read_and_answer(cmd, &build, &options) : cmd_fail(cmd);
    cmd_build_close(&build);
    return status;
}
