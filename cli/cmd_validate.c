// SPDX-License-Identifier: MIT
//
// tare validate BUILD PROGRAM...: what is predicted for a program on a build, against what the build counts
// when it runs it. Both are the difference to an empty program. The population is counted by mote, also
// where another interpreter is asked.

#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

#define COUNTERS_MAX ((size_t)64 << 20) // bytes

struct trial {
    uint64_t predicted, counted; // bytes
};

// ------------------------------------------------------------------------- running

static const char *fill_in(struct cmd *cmd, const char *word, const char *build,
                           const char *program, const char *out)
{
    const struct {
        const char *name, *text;
    } places[] = {{"{build}", build}, {"{program}", program}, {"{out}", out}};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        const char *at = strstr(word, places[i].name);
        if (at != NULL)
            return arena_printf(cmd->arena, "%.*s%s%s", (int)(at - word), word, places[i].text,
                                at + strlen(places[i].name));
    }
    return word;
}

static bool count(struct cmd *cmd, const struct cmd_model *m, const char *program, uint64_t *held)
{
    const struct cfg_profile *profile = m->profile;
    struct buf text = {0};
    const char *out = cmd_temporary(cmd, "counters");
    if (out == NULL)
        return false;
    const char **words = ARENA_ARRAY(cmd->arena, profile->count_words + 3, const char *);
    size_t used = 0;
    if (cmd->options.runner != NULL)
        words[used++] = cmd->options.runner;
    for (size_t i = 0; i < profile->count_words; i++)
        words[used++] = fill_in(cmd, profile->count[i], m->build.path, program, out);
    if (cmd->options.argument != NULL)
        words[used++] = cmd->options.argument;
    bool good = cmd_run(cmd, words, program, "") &&
                buf_read_file(&text, out, COUNTERS_MAX, &cmd->fault) &&
                cfg_counted(slice_of(text.data, text.size), program, profile, held, &cmd->fault);
    unlink(out);
    buf_free(&text);
    return good;
}

static bool predict(struct cmd *cmd, const struct cmd_model *m, const char *program,
                    uint64_t *predicted, const char **note)
{
    const struct an_predict_options options = {false};
    struct cfg_censuses *censuses = NULL;
    struct an_prediction prediction;
    bool good = cmd_census(cmd, program, &censuses) &&
                an_predict(cfg_census_labelled(censuses, NULL), &options, &m->model, 1, cmd->arena,
                           &prediction, &cmd->fault);
    if (good) {
        *predicted = prediction.held;
        *note = prediction.unpriced[0] == NULL ? NULL
                                               : arena_printf(cmd->arena, "%s: not priced: %s",
                                                              program, prediction.unpriced[0]);
    }
    cfg_censuses_free(censuses);
    return good;
}

static bool try(struct cmd *cmd, const struct cmd_model *m, const char *program,
                struct trial *trial, const char **note)
{
    return predict(cmd, m, program, &trial->predicted, note) &&
           count(cmd, m, program, &trial->counted);
}

// ------------------------------------------------------------------------- the table

enum { PREDICTED, COUNTED, DIFFERENCE, PART, COLUMNS };

static const struct rep_column columns[COLUMNS] = {
    [PREDICTED] = {"predicted", NULL, REP_DELTA, true, false},
    [COUNTED] = {"counted", NULL, REP_DELTA, true, false},
    [DIFFERENCE] = {"difference", NULL, REP_DELTA, true, false},
    [PART] = {"part", "OF IT", REP_PERMILLE, false, false},
};

static void fill(union rep_value *v, int64_t predicted, int64_t counted)
{
    v[PREDICTED].i = predicted;
    v[COUNTED].i = counted;
    v[DIFFERENCE].i = counted - predicted;
    v[PART].i = counted == 0 ? (int64_t)REP_NONE : (counted - predicted) * 1000 / counted;
}

// Whether a difference is more than is tolerated: hundredths of a percent of what was counted.
static bool is_wrong(const struct cmd *cmd, int64_t difference, int64_t counted)
{
    uint64_t within = cmd->options.within == CMD_NOT_GIVEN ? 0 : cmd->options.within;
    int64_t most = (int64_t)((__int128_t)counted * (int64_t)within / 10000);
    return difference > most || difference < -most;
}

static int show(struct cmd *cmd, struct cmd_model *m, const struct trial *empty,
                const struct trial *trials, size_t count, const char **notes)
{
    struct rep_part parts[2] = {{.kind = REP_TABLE}, {.kind = REP_NOTES, .notes = notes}};
    struct rep_row *rows = ARENA_ARRAY(cmd->arena, count, struct rep_row);
    union rep_value *total = ARENA_ARRAY(cmd->arena, COLUMNS, union rep_value);
    int64_t predicted = 0, counted = 0;
    bool wrong = false;
    for (size_t i = 0; i < count; i++) {
        int64_t p = (int64_t)(trials[i].predicted - empty->predicted);
        int64_t c = (int64_t)(trials[i].counted - empty->counted);
        rows[i] = (struct rep_row){.name = path_base(cmd->args[i + 1]),
                                   .dimension = "program",
                                   .values = ARENA_ARRAY(cmd->arena, COLUMNS, union rep_value)};
        fill(rows[i].values, p, c);
        predicted += p, counted += c;
        wrong = wrong || is_wrong(cmd, c - p, c);
        if (notes[i] != NULL)
            notes[parts[1].note_count++] = notes[i];
    }
    fill(total, predicted, counted);
    parts[0].table =
        (struct rep_table){.names = "PROGRAM",
                           .columns = columns,
                           .column_count = COLUMNS,
                           .total = {.rows = rows, .row_count = count, .values = total}};
    struct rep_report report = {.parts = parts, .part_count = parts[1].note_count ? 2 : 1};
    cmd_build_describe(cmd, &m->build, 1, &report);
    int status = cmd_render(cmd, &report);
    return status == CMD_OK && wrong ? CMD_NO : status;
}

static int validate(struct cmd *cmd, struct cmd_model *m, const char *nothing)
{
    size_t count = cmd->arg_count - 1;
    struct trial empty, *trials = ARENA_ARRAY(cmd->arena, count, struct trial);
    const char **notes = ARENA_ARRAY(cmd->arena, count, const char *), *none;
    if (m->profile->count_words == 0)
        return cmd_usage(cmd, "the profile '%s' does not say how '%s' counts its heap",
                         m->profile->name, m->build.path);
    if (!cmd_write_file(cmd, nothing, slice_text("pass\n")) || !try(cmd, m, nothing, &empty, &none))
        return cmd_fail(cmd);
    for (size_t i = 0; i < count; i++)
        if (!try(cmd, m, cmd->args[i + 1], &trials[i], &notes[i]))
            return cmd_fail(cmd);
    return show(cmd, m, &empty, trials, count, notes);
}

int cmd_validate(struct cmd *cmd)
{
    struct cmd_model model;
    const char *nothing = cmd_temporary(cmd, "empty.py");
    bool open = nothing != NULL && cmd_model_open(cmd, cmd->args[0], &model);
    int status = open ? validate(cmd, &model, nothing) : cmd_fail(cmd);
    if (nothing != NULL) {
        cmd_model_close(&model);
        unlink(nothing);
    }
    return status;
}
