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

const char *cmd_temporary(struct cmd *cmd, const char *what)
{
    const char *dir = getenv("TMPDIR");
    char *path = arena_printf(cmd->arena, "%s/tare-XXXXXX-%s", dir ? dir : "/tmp", what);
    int fd = mkstemps(path, (int)strlen(what) + 1);
    if (fd < 0) {
        fault_set(&cmd->fault, FAULT_LIMIT, path, NULL, NO_OFFSET, "cannot be made: %s",
                  strerror(errno));
        return NULL;
    }
    close(fd);
    return path;
}

// What a program prints is nobody's here.
bool cmd_run(struct cmd *cmd, const char *const *words, const char *program)
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    int error =
        posix_spawnp(&child, words[0], &actions, NULL, (char *const *)(uintptr_t)words, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        cmd_usage(cmd, "cannot run '%s': %s", words[0], strerror(error));
        return false;
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return fault_set(&cmd->fault, FAULT_LIMIT, program, NULL, NO_OFFSET, "waitpid: %s",
                             strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    cmd_usage(cmd, "'%s' did not run to its end on '%s'", program, words[0]);
    return false;
}

// The population of a program is counted by mote: --mote, else the one on PATH.
static bool run_mote(struct cmd *cmd, const char *program, struct buf *text)
{
    const char *path = cmd_temporary(cmd, "census");
    if (path == NULL)
        return false;
    const char *words[] = {cmd->options.mote ? cmd->options.mote : "mote",
                           arena_printf(cmd->arena, "--census=%s", path), program,
                           cmd->options.argument, NULL};
    cmd_progress(cmd, "counting");
    bool good = cmd_run(cmd, words, program) && buf_read_file(text, path, CENSUS_MAX, &cmd->fault);
    unlink(path);
    return good;
}

bool cmd_census(struct cmd *cmd, const char *program, struct cfg_censuses **censuses)
{
    struct buf text = {0};
    bool good = ends_in(program, ".py") ? run_mote(cmd, program, &text)
                                        : buf_read_file(&text, program, CENSUS_MAX, &cmd->fault);
    good =
        good && cfg_censuses_read(censuses, slice_of(text.data, text.size), program, &cmd->fault);
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
    bool good = cmd_census(cmd, cmd->args[0], &censuses);
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
