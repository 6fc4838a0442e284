// SPDX-License-Identifier: MIT
//
// tare size BUILD: who owns every byte.

#include <stdlib.h>

#include "cli/cli.h"

// What a snapshot holds. Chains of inlined calls are left out: there are more of them than of all
// the rest.
// What only a map tells is there with one.
#define ALL_DIMS ((LED_MASK(LED_INLINES) - 1) & ~LED_FROM_MAP)

// ------------------------------------------------------------------------ snapshot

// The types as snapshot bytes; a build without debug information has none.
static bool save_types(struct cmd *cmd, struct cmd_build *build, struct buf *out)
{
    struct dw_types *types = NULL;
    const struct dw_types_options everything = {0};
    if (build->file == NULL) {
        buf_bytes(out, build->types.data, build->types.size);
        return true;
    }
    bool units;
    if (!cmd_build_units(cmd, build, &units))
        return false;
    if (!units)
        return true;
    if (!cmd_build_types(cmd, build, &everything, &types))
        return false;
    dw_types_save(types, out);
    dw_types_free(types);
    return true;
}

static bool save(struct cmd *cmd, struct cmd_build *build)
{
    struct buf types = {0}, bytes = {0};
    struct led_snapshot_info info = cmd_build_info(cmd, build);
    bool good = save_types(cmd, build, &types) && !cmd_refuse_doubts(cmd);
    if (good) {
        led_snapshot_save(build->ledger, &info, slice_of(types.data, types.size), &bytes);
        good = cmd_write_file(cmd, cmd->options.save, slice_of(bytes.data, bytes.size));
    }
    buf_free(&types);
    buf_free(&bytes);
    return good;
}

// -------------------------------------------------------------------------- report

static void add_note(struct cmd *cmd, const char *note, struct rep_report *report)
{
    const char **notes = ARENA_NEW(cmd->arena, const char *);
    if (note == NULL)
        return;
    *notes = note;
    report->parts[report->part_count++] =
        (struct rep_part){.kind = REP_NOTES, .notes = notes, .note_count = 1};
}

// How full its regions are, for a build that runs from them (or when asked to by --script or --map), and
// whether what ships is what was linked.
static bool add_regions(struct cmd *cmd, struct cmd_build *build, const struct cfg *cfg,
                        struct rep_report *report)
{
    struct cfg_regions regions = {0};
    const struct cfg_target *target = cmd_target_of(cmd, cfg, build->path);
    const char *ship = cmd_ship_path(cmd, cfg, target), *text;
    if (cmd->options.script != NULL || build->map_path != NULL ||
        led_total(build->ledger, LED_ROM) != 0) {
        if (!cmd_regions(cmd, cfg, target, build, &regions))
            return false;
        if (regions.count != 0)
            an_regions(build->ledger, regions, cmd->arena,
                       &report->parts[report->part_count++].table);
    }
    if (ship != NULL) {
        struct an_shipped shipped;
        struct rep_table ranges;
        if (!cmd_shipped(cmd, build, ship, 1, &shipped, &text, &ranges))
            return false;
        add_note(cmd, arena_printf(cmd->arena, "%s %s", ship, text), report);
    }
    return true;
}

// A map that does not add up to the file is told.
static void add_map(struct cmd *cmd, struct cmd_build *build, struct rep_report *report)
{
    struct rep_table table;
    if (build->map == NULL || build->file == NULL)
        return;
    struct an_map_check check =
        an_map_check(build->map, img_file_image(build->file, 0), build->ledger, cmd->arena, &table);
    if (check.unexplained != 0)
        add_note(cmd,
                 arena_printf(cmd->arena, "%s %s (tare verify --map shows them)", build->map_path,
                              cmd_map_agrees(cmd, check)),
                 report);
}

static int show(struct cmd *cmd, struct cmd_build *build, struct cmd_division *division,
                struct an_modules *modules)
{
    struct rep_part parts[5] = {{.kind = REP_TABLE}, {.kind = REP_TABLE}};
    struct rep_report report = {.parts = parts, .part_count = 1};
    bool good = add_regions(cmd, build, division->cfg, &report);
    if (good)
        add_map(cmd, build, &report);
    add_note(cmd, division->note, &report);
    cmd_build_describe(cmd, build, 1, &report);
    // The snapshot comes once nothing but the writing of the report can fail.
    if (good &&
        an_footprint(build->ledger, modules, &division->options, cmd->arena, &parts[0].table,
                     &cmd->fault) &&
        (cmd->options.save == NULL || save(cmd, build)))
        return cmd_render(cmd, &report);
    return cmd_fail(cmd);
}

static int run(struct cmd *cmd, struct cmd_build *build, struct cmd_division *division)
{
    if (!cmd_build_open(cmd, cmd->args[0], build))
        return cmd_fail(cmd);
    if (build->map_path == NULL)
        build->map_path = cmd_beside_config(cmd, division->cfg,
                                            cmd_target_of(cmd, division->cfg, build->path)->map);
    if (!cmd_division_default(cmd, division, build, 1))
        return cmd_fail(cmd);
    unsigned also = cmd->options.save ? ALL_DIMS : 0;
    if (cmd->options.save != NULL && build->file != NULL && img_file_is_archive(build->file))
        also |= LED_MASK(LED_MEMBER);
    struct an_modules *modules = NULL;
    int status = cmd_division_ledgers(cmd, division, build, &modules, 1, also)
                     ? show(cmd, build, division, modules)
                     : cmd_fail(cmd);
    an_modules_free(modules);
    return status;
}

int cmd_size(struct cmd *cmd)
{
    struct cmd_division division = {0};
    struct cmd_build build = {0};
    int status = cmd_division_open(cmd, &division) ? run(cmd, &build, &division) : cmd_fail(cmd);
    cmd_build_close(&build);
    cmd_division_close(&division);
    return status;
}
