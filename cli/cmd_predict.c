// SPDX-License-Identifier: MIT
//
// tare predict PROGRAM BUILD...: what the heap of a program takes on each build. Its population comes from
// a census: a file, or made by running the program on mote.

#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"

#define CENSUS_MAX ((size_t)1 << 30) // bytes

// The population of a program is counted by mote: --mote, else the one on PATH.
static bool run_mote(struct cmd *cmd, const char *program, struct buf *text)
{
    const char *path = cmd_temporary(cmd, "census");
    if (path == NULL)
        return false;
    const char *words[] = {cmd->options.mote ? cmd->options.mote : "mote",
                           arena_printf(cmd->arena, "--census=%s", path), program,
                           cmd->options.argument, NULL};
    const char *hint = "; a program's objects are counted by mote: name it with --mote, or give a "
                       "census instead of the program";
    cmd_progress(cmd, "counting");
    bool good =
        cmd_run(cmd, words, program, hint) && buf_read_file(text, path, CENSUS_MAX, &cmd->fault);
    unlink(path);
    return good;
}

bool cmd_census(struct cmd *cmd, const char *program, struct cfg_censuses **censuses)
{
    struct buf text = {0};
    bool good = slice_ends(slice_text(program), ".py")
                    ? run_mote(cmd, program, &text)
                    : buf_read_file(&text, program, CENSUS_MAX, &cmd->fault);
    good =
        good && cfg_censuses_read(censuses, slice_of(text.data, text.size), program, &cmd->fault);
    buf_free(&text);
    return good;
}

static int predict(struct cmd *cmd, const struct cfg_censuses *censuses,
                   const struct cmd_models *models)
{
    const struct an_predict_options options = {cmd->options.shapes};
    const struct cfg_census *census = cfg_census_labelled(censuses, cmd->options.at);
    struct an_prediction prediction;
    if (census == NULL)
        return cmd_usage(cmd, "'%s' has no census '%s'", cmd->args[0], cmd->options.at);
    if (!an_predict(census, &options, models->bound, models->bound_count, cmd->arena, &prediction,
                    &cmd->fault))
        return cmd_fail(cmd);
    rep_trim(cmd->arena, &prediction.table,
             cmd->options.keep == CMD_NOT_GIVEN ? CMD_KEEP_ROWS : cmd->options.keep);
    const char **notes = ARENA_ARRAY(cmd->arena, models->bound_count, const char *);
    for (size_t i = 0; i < models->bound_count; i++) {
        const char *unpriced = an_unpriced_text(prediction.unpriced[i], cmd->arena);
        notes[i] = unpriced == NULL ? prediction.savings[i]
                                    : arena_printf(cmd->arena, "%s; not priced: %s",
                                                   prediction.savings[i], unpriced);
    }
    struct rep_part parts[] = {
        {.kind = REP_TABLE, .table = prediction.table},
        {.kind = REP_NOTES, .notes = notes, .note_count = models->bound_count}};
    return cmd_models_render(cmd, models, parts, COUNT_OF(parts));
}

// What begins as a trace does is one.
static bool is_trace(const char *path)
{
    char magic[sizeof CFG_TRACE_MAGIC - 1];
    FILE *file = fopen(path, "r");
    bool is = file != NULL && fread(magic, sizeof magic, 1, file) == 1 &&
              memcmp(magic, CFG_TRACE_MAGIC, sizeof magic) == 0;
    if (file != NULL)
        fclose(file);
    return is;
}

int cmd_predict(struct cmd *cmd)
{
    if (is_trace(cmd->args[0]))
        return cmd_replay(cmd);
    struct cmd_models models = {0};
    struct cfg_censuses *censuses = NULL;
    bool good = cmd_census(cmd, cmd->args[0], &censuses) &&
                cmd_models_open(cmd, cmd->args + 1, cmd->arg_count - 1, &models);
    int status = good ? predict(cmd, censuses, &models) : cmd_fail(cmd);
    cmd_models_close(&models);
    cfg_censuses_free(censuses);
    return status;
}
