// SPDX-License-Identifier: MIT
//
// tare diff OLD NEW: what changed between two builds or snapshots.

#include <stdlib.h>

#include "cli/cli.h"

#define KEEP_TYPES 0 // all: a changed layout is seldom noise

static struct an_diff_options diff_options(const struct cmd *cmd, uint64_t keep)
{
    struct an_diff_options options = {.all = cmd->options.all, .keep = keep};
    if (cmd->options.min_change != CMD_NOT_GIVEN)
        options.min_change = cmd->options.min_change;
    return options;
}

// ---------------------------------------------------------------------------- size

static bool make_side(struct cmd *cmd, struct cmd_build *build, struct cmd_division *division,
                      struct an_modules *modules, struct rep_table *table,
                      struct an_diff_side *side)
{
    *side = (struct an_diff_side){table, an_modules_prefix(modules)};
    return an_footprint(build->ledger, modules, &division->options, cmd->arena, table, &cmd->fault);
}

static int show_sizes(struct cmd *cmd, struct cmd_build builds[2], struct cmd_division *division)
{
    struct an_modules *modules[2] = {NULL, NULL};
    struct rep_table tables[2];
    struct an_diff_side sides[2];
    struct rep_part parts[2] = {{.kind = REP_TABLE}, {.kind = REP_NOTES}};
    struct rep_report report = {.parts = parts, .part_count = 1};
    struct an_diff_options options = diff_options(cmd, division->options.keep);
    division->options.by_position = division->options.padding_apart = true;
    division->options.evidence = false;
    bool good = cmd_division_ledgers(cmd, division, builds, modules, 2, 0);
    for (size_t i = 0; i < 2 && good; i++)
        good = make_side(cmd, &builds[i], division, modules[i], &tables[i], &sides[i]);
    int status;
    if (good) {
        an_diff(sides[0], sides[1], &options, cmd->arena, &parts[0].table);
        if (division->note != NULL) {
            parts[1].notes = &division->note;
            parts[1].note_count = 1;
            report.part_count = 2;
        }
        cmd_build_describe(cmd, builds, 2, &report);
        status = cmd_render(cmd, &report);
    } else {
        status = cmd_fail(cmd);
    }
    an_modules_free(modules[0]);
    an_modules_free(modules[1]);
    return status;
}

static int diff_sizes(struct cmd *cmd, struct cmd_build builds[2])
{
    struct cmd_division division = {0};
    int status;
    if (!cmd_division_open(cmd, &division) || !cmd_division_default(cmd, &division, builds, 2))
        status = cmd_fail(cmd);
    else
        status = show_sizes(cmd, builds, &division);
    cmd_division_close(&division);
    return status;
}

// -------------------------------------------------------------------------- struct

static int diff_types(struct cmd *cmd, struct cmd_build builds[2])
{
    const struct dw_types_options everything = {0};
    const struct an_layout_options all = {.kinds = AN_RECORDS};
    uint64_t keep = cmd->options.keep == CMD_NOT_GIVEN ? KEEP_TYPES : cmd->options.keep;
    struct an_diff_options options = diff_options(cmd, keep);
    struct dw_types *types[2] = {NULL, NULL};
    struct an_layouts *layouts[2] = {NULL, NULL};
    const char *same[] = {options.min_change > 1 ? "no type changed by that much"
                                                 : "no type changed"};
    struct rep_part parts[2] = {{.kind = REP_TABLE},
                                {.kind = REP_NOTES, .notes = same, .note_count = 1}};
    struct rep_report report = {.parts = parts};
    bool good = true;
    for (size_t i = 0; i < 2 && good; i++) {
        good = cmd_build_types(cmd, &builds[i], &everything, &types[i]);
        if (good)
            layouts[i] = an_layouts_new(types[i], &all);
    }
    int status = CMD_USAGE;
    if (good) {
        an_diff_types(layouts[0], layouts[1], &options, cmd->arena, &parts[0].table);
        report.part_count = parts[0].table.total.row_count == 0 ? 2 : 1;
        cmd_build_describe(cmd, builds, 2, &report);
        status = cmd_render(cmd, &report);
    } else {
        status = cmd_fail(cmd);
    }
    for (size_t i = 0; i < 2; i++) {
        an_layouts_free(layouts[i]);
        dw_types_free(types[i]);
    }
    return status;
}

// ----------------------------------------------------------------------------- run

static int run(struct cmd *cmd, struct cmd_build builds[2])
{
    const char *of = cmd->options.of ? cmd->options.of : "size";
    bool size = strcmp(of, "size") == 0;
    if (!size && strcmp(of, "struct") != 0)
        return cmd_usage(cmd, "--of is size or struct, not '%s'", of);
    for (size_t i = 0; i < 2; i++)
        if (!cmd_build_open(cmd, cmd->args[i], &builds[i]))
            return cmd_fail(cmd);
    return size ? diff_sizes(cmd, builds) : diff_types(cmd, builds);
}

int cmd_diff(struct cmd *cmd)
{
    struct cmd_build builds[2] = {0};
    int status = run(cmd, builds);
    cmd_build_close(&builds[0]);
    cmd_build_close(&builds[1]);
    return status;
}
