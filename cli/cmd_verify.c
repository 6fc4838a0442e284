// SPDX-License-Identifier: MIT
//
// tare verify BUILD: is our reading right? Others read the same bytes, and whatever differs is told. So
// is what differs from the file that ships, and from the linker map.

#include "cli/cli.h"

#define KEEP 20 // differences that are told

static bool verify(struct cmd *cmd, struct cmd_build *build, struct an_verify *v)
{
    if (build->file == NULL)
        return fault_set(&cmd->fault, FAULT_INPUT, build->path, NULL, NO_OFFSET,
                         "is a snapshot: only a build can be read a second time");
    if (!cmd_build_dwarf(cmd, build))
        return false;
    cmd_progress(cmd, "reading twice");
    for (size_t i = 0; i < build->image_count; i++) {
        struct img *image = img_file_image(build->file, i);
        an_verify_image(v, build->file, image);
        const struct img_debug *debug = &build->debug[i];
        for (size_t o = 0; o < COUNT_OF(debug->opened); o++)
            if (debug->opened[o] != NULL)
                an_verify_image(v, debug->opened[o], img_file_image(debug->opened[o], 0));
    }
    return an_verify_dwarf(v, build->dw, build->image_count, &cmd->fault);
}

// The shipped file, when one is named; whether it is what was linked.
static bool add_shipped(struct cmd *cmd, struct cmd_build *build, struct rep_report *report,
                        bool *same)
{
    struct an_shipped shipped;
    struct rep_table *sums = &report->parts[report->part_count].table, ranges;
    const char *text;
    uint64_t keep = cmd->options.keep == CMD_NOT_GIVEN ? KEEP : cmd->options.keep;
    if (!cmd_shipped(cmd, build, cmd->options.ship, keep, &shipped, &text, &ranges))
        return false;
    an_shipped_table(&shipped, cmd->arena, sums);
    sums->title = arena_printf(cmd->arena, "%s %s", cmd->options.ship, text);
    report->part_count++;
    if (ranges.total.row_count != 0)
        report->parts[report->part_count++].table = ranges;
    *same = *same && an_shipped_same(&shipped);
    return true;
}

// The linker map, when one is named; whether it explains the file.
static void add_map(struct cmd *cmd, struct cmd_build *build, struct rep_report *report, bool *same)
{
    struct rep_table *table = &report->parts[report->part_count++].table;
    struct an_map_check check =
        an_map_check(build->map, img_file_image(build->file, 0), build->ledger, cmd->arena, table);
    table->title = arena_printf(cmd->arena, "%s %s", build->map_path, cmd_map_agrees(cmd, check));
    *same = *same && check.unexplained == 0;
}

static int show(struct cmd *cmd, struct cmd_build *build, const struct an_verify *v)
{
    struct rep_part parts[6];
    bool same = true;
    struct rep_report report = {.parts = parts};
    memset(parts, 0, sizeof parts);
    an_verify_counts(v, cmd->arena, &parts[report.part_count++].table);
    if (an_verify_differences(v, cmd->arena, &parts[report.part_count].table))
        report.part_count++;
    if (build->map_path != NULL || cmd->options.ship != NULL) // who owns what differs
        if (!cmd_build_ledger(cmd, build, LED_MASK(LED_SYMBOL)))
            return cmd_fail(cmd);
    if (cmd->options.ship != NULL && !add_shipped(cmd, build, &report, &same))
        return cmd_fail(cmd);
    if (build->map != NULL)
        add_map(cmd, build, &report, &same);
    struct rep_part *notes = &parts[report.part_count];
    *notes = (struct rep_part){.kind = REP_NOTES};
    notes->note_count = an_verify_notes(v, cmd->arena, &notes->notes);
    report.part_count += notes->note_count != 0;
    cmd_build_describe(cmd, build, 1, &report);
    int status = cmd_render(cmd, &report);
    return status == CMD_OK && (an_verify_different(v) != 0 || !same) ? CMD_NO : status;
}

int cmd_verify(struct cmd *cmd)
{
    struct cmd_build build = {0};
    uint64_t keep = cmd->options.keep == CMD_NOT_GIVEN ? KEEP : cmd->options.keep;
    struct an_verify *v = an_verify_new(keep, cmd->doubts);
    bool good = cmd_build_open(cmd, cmd->args[0], &build) && verify(cmd, &build, v);
    int status = good ? show(cmd, &build, v) : cmd_fail(cmd);
    an_verify_free(v);
    cmd_build_close(&build);
    return status;
}
