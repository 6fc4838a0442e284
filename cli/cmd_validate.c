// SPDX-License-Identifier: MIT
//
// tare validate BUILD PROGRAM...: what is predicted for a program on a build, against what the build counts
// when it runs it. Both are the difference to an empty program. The population is counted by mote, also
// where another interpreter is asked. What has no price there the interpreter may count by itself: then the
// difference is what is left without a reason.

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

#define COUNTERS_MAX ((size_t)64 << 20) // bytes

struct trial {
    uint64_t predicted, unpriced, counted; // bytes; unpriced: those counted of what has no price
    const struct an_unpriced *reasons;
    struct cfg_counters counters;
    const char *remark; // of the census, or NULL
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

static bool count(struct cmd *cmd, const struct cmd_model *m, const char *program,
                  struct cfg_counters *counters)
{
    const struct cfg_profile *profile = m->profile;
    struct buf text = {0};
    const char *out = cmd_temporary(cmd, "counters");
    const char *build = cmd->options.interpreter ? cmd->options.interpreter
                        : m->program             ? m->program
                                                 : m->build.path;
    if (out == NULL)
        return false;
    const char **words = ARENA_ARRAY(cmd->arena, profile->count_words + 3, const char *);
    size_t used = 0;
    if (cmd->options.runner != NULL)
        words[used++] = cmd->options.runner;
    for (size_t i = 0; i < profile->count_words; i++)
        words[used++] = fill_in(cmd, profile->count[i], build, program, out);
    if (cmd->options.argument != NULL)
        words[used++] = cmd->options.argument;
    bool good = cmd_run(cmd, words, program, "") &&
                buf_read_file(&text, out, COUNTERS_MAX, &cmd->fault) &&
                cfg_counted(slice_of(text.data, text.size), program, profile, cmd->arena, counters,
                            &cmd->fault);
    unlink(out);
    buf_free(&text);
    return good;
}

static bool predict(struct cmd *cmd, const struct cmd_model *m, const char *program,
                    struct trial *trial)
{
    const struct an_predict_options options = {false};
    const struct cfg_censuses *censuses;
    struct cmd_census made = {0};
    struct an_prediction prediction;
    bool good = cmd_census(cmd, program, m->profile->boxed, &made, &censuses);
    const struct cfg_census *census = good ? cfg_census_labelled(censuses, NULL) : NULL;
    good =
        good && an_predict(&census, &options, &m->model, 1, cmd->arena, &prediction, &cmd->fault);
    if (good) {
        trial->predicted = prediction.held;
        trial->reasons = prediction.unpriced[0];
        trial->remark = cmd_census_note(cmd, census, m);
    }
    cmd_census_free(&made);
    return good;
}

static const struct cfg_counter *counter_of(const struct trial *trial, const char *kind)
{
    for (size_t i = 0; i < trial->counters.type_count; i++)
        if (strcmp(trial->counters.types[i].name, kind) == 0)
            return &trial->counters.types[i];
    return NULL;
}

static bool try(struct cmd *cmd, const struct cmd_model *m, const char *program,
                struct trial *trial)
{
    *trial = (struct trial){0};
    if (!predict(cmd, m, program, trial) || !count(cmd, m, program, &trial->counters))
        return false;
    trial->counted = trial->counters.held;
    for (const struct an_unpriced *u = trial->reasons; u->kind != NULL; u++) {
        const struct cfg_counter *counter = counter_of(trial, u->kind);
        trial->unpriced += counter != NULL ? counter->held : 0;
    }
    return true;
}

// "ints.py: not priced: code (its size follows from the bytecode of each compiler), 544 bytes"; NULL: all is.
static const char *note_of(struct cmd *cmd, const struct trial *trial, const char *program)
{
    struct buf text = {0};
    for (const struct an_unpriced *u = trial->reasons; u->kind != NULL; u++) {
        const struct cfg_counter *counter = counter_of(trial, u->kind);
        buf_printf(&text, "%s%s (%s)", text.size ? ", " : "", u->kind, u->why);
        if (counter != NULL)
            buf_printf(&text, ", %" PRIu64 " bytes", counter->held);
    }
    const char *note = text.size == 0 ? trial->remark
                                      : arena_printf(cmd->arena, "%s: not priced: %.*s", program,
                                                     (int)text.size, text.data);
    buf_free(&text);
    return note;
}

// ------------------------------------------------------------------------- the table

enum { PREDICTED, UNPRICED, COUNTED, DIFFERENCE, PART, COLUMNS };

static const struct rep_column columns[COLUMNS] = {
    [PREDICTED] = {"predicted", NULL, REP_DELTA, true, false},
    [UNPRICED] = {"unpriced", NULL, REP_DELTA, true, false},
    [COUNTED] = {"counted", NULL, REP_DELTA, true, false},
    [DIFFERENCE] = {"difference", NULL, REP_DELTA, true, false},
    [PART] = {"part", "OF IT", REP_PERMILLE, false, false},
};

struct sums {
    int64_t predicted, unpriced, counted;
};

static int64_t difference(const struct sums *s)
{
    return s->counted - s->predicted - s->unpriced;
}

static void fill(union rep_value *v, const struct sums *s)
{
    v[PREDICTED].i = s->predicted;
    v[UNPRICED].i = s->unpriced;
    v[COUNTED].i = s->counted;
    v[DIFFERENCE].i = difference(s);
    v[PART].i = s->counted == 0 ? (int64_t)REP_NONE : difference(s) * 1000 / s->counted;
}

// What a program takes is what it takes more than the empty one.
static struct sums sums_of(const struct trial *trial, const struct trial *empty)
{
    return (struct sums){(int64_t)(trial->predicted - empty->predicted),
                         (int64_t)(trial->unpriced - empty->unpriced),
                         (int64_t)(trial->counted - empty->counted)};
}

// Whether a difference is more than is tolerated: hundredths of a percent of what was counted.
static bool is_wrong(const struct cmd *cmd, const struct sums *s)
{
    uint64_t within = cmd->options.within == CMD_NOT_GIVEN ? 0 : cmd->options.within;
    int64_t most = (int64_t)((__int128_t)s->counted * (int64_t)within / 10000);
    return difference(s) > most || difference(s) < -most;
}

static int show(struct cmd *cmd, struct cmd_model *m, const struct trial *empty,
                const struct trial *trials, size_t count)
{
    const char **notes = ARENA_ARRAY(cmd->arena, count + 1, const char *);
    struct rep_part parts[2] = {{.kind = REP_TABLE}, {.kind = REP_NOTES, .notes = notes}};
    struct rep_row *rows = ARENA_ARRAY(cmd->arena, count, struct rep_row);
    union rep_value *total = ARENA_ARRAY(cmd->arena, COLUMNS, union rep_value);
    struct sums all = {0};
    bool wrong = false;
    for (size_t i = 0; i < count; i++) {
        struct sums s = sums_of(&trials[i], empty);
        rows[i] = (struct rep_row){.name = path_base(cmd->args[i + 1]),
                                   .dimension = "program",
                                   .values = ARENA_ARRAY(cmd->arena, COLUMNS, union rep_value)};
        fill(rows[i].values, &s);
        all.predicted += s.predicted, all.unpriced += s.unpriced, all.counted += s.counted;
        wrong = wrong || is_wrong(cmd, &s);
        const char *note = note_of(cmd, &trials[i], cmd->args[i + 1]);
        if (note != NULL)
            notes[parts[1].note_count++] = note;
    }
    const char *origins = an_model_origins(m->model, cmd->options.verbose, cmd->arena);
    if (origins != NULL)
        notes[parts[1].note_count++] = origins;
    fill(total, &all);
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
    if (m->profile->count_words == 0)
        return cmd_usage(cmd, "the profile '%s' does not say how '%s' counts its heap",
                         m->profile->name, m->build.path);
    if (!cmd_write_file(cmd, nothing, slice_text("pass\n")) || !try(cmd, m, nothing, &empty))
        return cmd_fail(cmd);
    for (size_t i = 0; i < count; i++)
        if (!try(cmd, m, cmd->args[i + 1], &trials[i]))
            return cmd_fail(cmd);
    return show(cmd, m, &empty, trials, count);
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
