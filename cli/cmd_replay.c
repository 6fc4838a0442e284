// SPDX-License-Identifier: MIT
//
// tare predict TRACE BUILD...: the memory that the same allocations need on the allocator of each build.

#include "cli/cli.h"

#define TRACE_MAX ((size_t)4 << 30) // bytes

static int replay(struct cmd *cmd, const struct cfg_trace *trace, const struct cmd_models *models)
{
    struct rep_part parts[2] = {{.kind = REP_TABLE}, {.kind = REP_NOTES}};
    cmd_progress(cmd, "replaying");
    an_replay(trace, models->bound, models->bound_count, cmd->arena, &parts[0].table);
    parts[1].note_count =
        an_replay_notes(trace, models->bound, models->bound_count, cmd->arena, &parts[1].notes);
    return cmd_models_render(cmd, models, parts, parts[1].note_count ? 2 : 1);
}

int cmd_replay(struct cmd *cmd)
{
    struct cmd_models models = {0};
    struct cfg_trace trace = {0};
    struct buf text = {0};
    bool good = buf_read_file(&text, cmd->args[0], TRACE_MAX, &cmd->fault) &&
                cfg_trace_read(&trace, slice_of(text.data, text.size), cmd->args[0], &cmd->fault);
    buf_free(&text);
    good = good && cmd_models_open(cmd, cmd->args + 1, cmd->arg_count - 1, &models);
    int status = good ? replay(cmd, &trace, &models) : cmd_fail(cmd);
    cmd_models_close(&models);
    cfg_trace_free(&trace);
    return status;
}
