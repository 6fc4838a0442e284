// SPDX-License-Identifier: MIT
//
// tare struct --tax BUILD...: what objects cost before they hold anything.

#include "cli/cli.h"

static int show(struct cmd *cmd, const struct cmd_models *models)
{
    struct rep_part parts[2] = {{.kind = REP_TABLE}, {.kind = REP_NOTES}};
    an_tax(models->bound, models->bound_count, cmd->options.filters.items,
           cmd->options.filters.count, cmd->arena, &parts[0].table);
    rep_trim(cmd->arena, &parts[0].table,
             cmd->options.keep == CMD_NOT_GIVEN ? 0 : cmd->options.keep);
    parts[1].note_count =
        an_tax_notes(models->bound, models->bound_count, cmd->arena, &parts[1].notes);
    return cmd_models_render(cmd, models, parts, parts[1].note_count ? 2 : 1);
}

int cmd_tax(struct cmd *cmd)
{
    struct cmd_models models = {0};
    bool good = cmd_models_open(cmd, cmd->args, cmd->arg_count, &models);
    int status = good ? show(cmd, &models) : cmd_fail(cmd);
    cmd_models_close(&models);
    return status;
}
