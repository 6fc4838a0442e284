// SPDX-License-Identifier: MIT
//
// tare predict PROGRAM BUILD...: what the heap of a program takes on each build. Its population comes from
// a census: a file, or made by running the program on mote.

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"

extern char **environ;

#define CENSUS_MAX ((size_t)1 << 30) // bytes

static bool ends_in(const char *text, const char *end)
{
    size_t size = strlen(text), last = strlen(end);
    return size >= last && strcmp(text + size - last, end) == 0;
}

// The mote to run: --mote, else the one on PATH.
static const char *mote(const struct cmd *cmd)
{
    return cmd->options.mote ? cmd->options.mote : "mote";
}

// Runs a program; what it prints is nobody's here.
static bool run_mote(struct cmd *cmd, const char *program, const char *census)
{
    char *option = arena_printf(cmd->arena, "--census=%s", census);
    char *arguments[] = {(char *)(uintptr_t)mote(cmd), option, (char *)(uintptr_t)program, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    int error = posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        cmd_usage(cmd,
                  "cannot run '%s' (%s): a program is counted by mote; name it with --mote, or "
                  "give a census instead of a program",
                  arguments[0], strerror(error));
        return false;
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return fault_set(&cmd->fault, FAULT_LIMIT, program, NULL, NO_OFFSET, "waitpid: %s",
                             strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    cmd_usage(cmd, "'%s' did not run to its end on mote", program);
    return false;
}

static bool count(struct cmd *cmd, const char *program, struct buf *text)
{
    const char *dir = getenv("TMPDIR");
    char *path = arena_printf(cmd->arena, "%s/tare-census-XXXXXX", dir ? dir : "/tmp");
    int fd = mkstemp(path);
    if (fd < 0)
        return fault_set(&cmd->fault, FAULT_LIMIT, path, NULL, NO_OFFSET, "cannot be made: %s",
                         strerror(errno));
    close(fd);
    cmd_progress(cmd, "counting");
    bool good = run_mote(cmd, program, path) && buf_read_file(text, path, CENSUS_MAX, &cmd->fault);
    unlink(path);
    return good;
}

static bool read_census(struct cmd *cmd, struct cfg_censuses **census)
{
    const char *program = cmd->args[0];
    struct buf text = {0};
    bool good = ends_in(program, ".py") ? count(cmd, program, &text)
                                        : buf_read_file(&text, program, CENSUS_MAX, &cmd->fault);
    good = good && cfg_censuses_read(census, slice_of(text.data, text.size), program, &cmd->fault);
    buf_free(&text);
    return good;
}

static int predict(struct cmd *cmd, const struct cfg_censuses *censuses, struct cmd_model *models,
                   size_t model_count)
{
    struct an_model **bound = ARENA_ARRAY(cmd->arena, model_count, struct an_model *);
    struct cmd_build *builds = ARENA_ARRAY(cmd->arena, model_count, struct cmd_build);
    struct rep_part parts[2] = {{.kind = REP_TABLE}, {.kind = REP_NOTES}};
    for (size_t i = 0; i < model_count; i++) {
        bound[i] = models[i].model;
        builds[i] = models[i].build;
    }
    const struct an_predict_options options = {cmd->options.shapes};
    const struct cfg_census *census = cfg_census_labelled(censuses, cmd->options.at);
    if (census == NULL)
        return cmd_usage(cmd, "'%s' has no census '%s'", cmd->args[0], cmd->options.at);
    if (!an_predict(census, &options, bound, model_count, cmd->arena, &parts[0].table,
                    &parts[1].notes, &parts[1].note_count, &cmd->fault))
        return cmd_fail(cmd);
    rep_trim(cmd->arena, &parts[0].table,
             cmd->options.keep == CMD_NOT_GIVEN ? CMD_KEEP_ROWS : cmd->options.keep);
    struct rep_report report = {.parts = parts, .part_count = 2};
    cmd_build_describe(cmd, builds, model_count, &report);
    return cmd_render(cmd, &report);
}

int cmd_predict(struct cmd *cmd)
{
    struct cmd_model *models = ARENA_ARRAY(cmd->arena, cmd->arg_count, struct cmd_model);
    struct cfg_censuses *censuses = NULL;
    size_t opened = 0;
    bool good = read_census(cmd, &censuses);
    while (good && opened + 1 < cmd->arg_count) {
        good = cmd_model_open(cmd, cmd->args[opened + 1], &models[opened]);
        opened++;
    }
    int status = good ? predict(cmd, censuses, models, opened) : cmd_fail(cmd);
    for (size_t i = 0; i < opened; i++)
        cmd_model_close(&models[i]);
    cfg_censuses_free(censuses);
    return status;
}
