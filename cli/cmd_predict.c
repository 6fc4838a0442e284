// SPDX-License-Identifier: MIT
//
// tare predict PROGRAM BUILD...: what the heap of a program takes on each build. Its population comes from
// a census: a file, or made by running the program on mote.

#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"

#define CENSUS_MAX ((size_t)1 << 30) // bytes

// --mote or the mote on PATH; for `boxed`, the program beside it that has "-boxed" behind its name.
static const char *counter(struct cmd *cmd, bool boxed)
{
    const char *mote = cmd->options.mote ? cmd->options.mote : "mote";
    return boxed ? cmd_program(cmd, arena_printf(cmd->arena, "%s-boxed", mote), false) : mote;
}

static bool run_mote(struct cmd *cmd, const char *mote, const char *program, struct buf *text)
{
    const char *path = cmd_temporary(cmd, "census");
    if (path == NULL)
        return false;
    const char *words[] = {mote, arena_printf(cmd->arena, "--census=%s", path), program,
                           cmd->options.argument, NULL};
    const char *hint = "; a program's objects are counted by mote: name it with --mote, or give a "
                       "census instead of the program";
    cmd_progress(cmd, "counting");
    bool good =
        cmd_run(cmd, words, program, hint) && buf_read_file(text, path, CENSUS_MAX, &cmd->fault);
    unlink(path);
    return good;
}

// `mote`: NULL for a program that is a census itself.
static bool read_census(struct cmd *cmd, const char *mote, const char *program,
                        struct cfg_censuses **out)
{
    struct buf text = {0};
    bool good = mote != NULL ? run_mote(cmd, mote, program, &text)
                             : buf_read_file(&text, program, CENSUS_MAX, &cmd->fault);
    good = good && cfg_censuses_read(out, slice_of(text.data, text.size), program, &cmd->fault);
    buf_free(&text);
    return good;
}

static bool is_program(const char *path)
{
    return slice_ends(slice_text(path), ".py");
}

bool cmd_census(struct cmd *cmd, const char *program, bool boxed, struct cmd_census *census,
                const struct cfg_censuses **out)
{
    const char *mote = is_program(program) && boxed ? counter(cmd, true) : NULL;
    struct cfg_censuses **kept = mote != NULL ? &census->boxed : &census->plain;
    if (is_program(program) && mote == NULL)
        mote = counter(cmd, false);
    bool good = *kept != NULL || read_census(cmd, mote, program, kept);
    *out = *kept;
    return good;
}

void cmd_census_free(struct cmd_census *census)
{
    cfg_censuses_free(census->plain);
    cfg_censuses_free(census->boxed);
}

const char *cmd_census_note(struct cmd *cmd, const struct cfg_census *census,
                            const struct cmd_model *m)
{
    bool ints = false;
    for (size_t i = 0; i < census->row_count; i++)
        ints = ints || strcmp(census->rows[i].kind, "int") == 0;
    if (!ints || !m->profile->boxed || census->boxed)
        return NULL;
    return arena_printf(cmd->arena,
                        "%s: an int is counted at each place that holds it, though it may be one "
                        "object: count with mote-boxed",
                        path_base(m->build.path));
}

static const char *note_of(struct cmd *cmd, const struct an_prediction *prediction, size_t i)
{
    const char *unpriced = an_unpriced_text(prediction->unpriced[i], cmd->arena);
    return unpriced == NULL
               ? prediction->savings[i]
               : arena_printf(cmd->arena, "%s; not priced: %s", prediction->savings[i], unpriced);
}

static int predict(struct cmd *cmd, const struct cfg_census *const *censuses,
                   const struct cmd_models *models)
{
    const struct an_predict_options options = {cmd->options.shapes};
    struct an_prediction prediction;
    if (!an_predict(censuses, &options, models->bound, models->bound_count, cmd->arena, &prediction,
                    &cmd->fault))
        return cmd_fail(cmd);
    rep_trim(cmd->arena, &prediction.table,
             cmd->options.keep == CMD_NOT_GIVEN ? CMD_KEEP_ROWS : cmd->options.keep);
    const char **notes = ARENA_ARRAY(cmd->arena, models->bound_count + models->count, const char *);
    struct rep_part parts[] = {{.kind = REP_TABLE, .table = prediction.table},
                               {.kind = REP_NOTES, .notes = notes}};
    size_t *count = &parts[1].note_count;
    for (size_t i = 0; i < models->bound_count; i++)
        notes[(*count)++] = note_of(cmd, &prediction, i);
    for (size_t m = 0, i = 0; m < models->count; i += models->items[m].edited ? 2 : 1, m++) {
        notes[*count] = cmd_census_note(cmd, censuses[i], &models->items[m]);
        *count += notes[*count] != NULL;
    }
    return cmd_models_render(cmd, models, parts, COUNT_OF(parts));
}

// The census of each model, and again of its edited one.
static bool find_censuses(struct cmd *cmd, const struct cmd_models *models,
                          struct cmd_census *census, const struct cfg_census **out)
{
    const struct cfg_censuses *all;
    for (size_t i = 0; i < models->count; i++) {
        const struct cmd_model *m = &models->items[i];
        if (!cmd_census(cmd, cmd->args[0], m->profile->boxed, census, &all))
            return false;
        *out = cfg_census_labelled(all, cmd->options.at);
        if (*out == NULL) {
            cmd_usage(cmd, "'%s' has no census '%s'", cmd->args[0], cmd->options.at);
            return false;
        }
        if (m->edited != NULL)
            out[1] = *out;
        out += m->edited != NULL ? 2 : 1;
    }
    return true;
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
    struct cmd_census census = {0};
    size_t most = 2 * (cmd->arg_count - 1);
    const struct cfg_census **censuses = ARENA_ARRAY(cmd->arena, most, const struct cfg_census *);
    const struct cfg_censuses *given;
    bool good =
        (is_program(cmd->args[0]) || cmd_census(cmd, cmd->args[0], false, &census, &given)) &&
        cmd_models_open(cmd, cmd->args + 1, cmd->arg_count - 1, &models) &&
        find_censuses(cmd, &models, &census, censuses);
    int status = good ? predict(cmd, censuses, &models) : cmd_fail(cmd);
    cmd_models_close(&models);
    cmd_census_free(&census);
    return status;
}
