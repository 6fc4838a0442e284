// SPDX-License-Identifier: MIT
//
// Other programs: run to their end, with files between them and us.

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"

extern char **environ;

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

static bool is_script(const char *path)
{
    char start[2] = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool script = fd >= 0 && read(fd, start, sizeof start) == sizeof start && start[0] == '#' &&
                  start[1] == '!';
    if (fd >= 0)
        close(fd);
    return script;
}

const char *cmd_program(struct cmd *cmd, const char *name, bool binary)
{
    const char *dirs = strchr(name, '/') != NULL ? "" : getenv("PATH"), *script = NULL;
    for (size_t size; dirs != NULL; dirs = dirs[size] != '\0' ? dirs + size + 1 : NULL) {
        size = strcspn(dirs, ":");
        const char *path =
            size == 0 ? name : arena_printf(cmd->arena, "%.*s/%s", (int)size, dirs, name);
        struct stat status;
        if (access(path, X_OK) != 0 || stat(path, &status) != 0 || !S_ISREG(status.st_mode))
            continue;
        if (!binary || !is_script(path))
            return path;
        script = script != NULL ? script : path;
    }
    return script;
}

// What a program prints is nobody's here.
bool cmd_run(struct cmd *cmd, const char *const *words, const char *program, const char *hint)
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
        cmd_usage(cmd, "cannot run '%s': %s%s", words[0], strerror(error), hint);
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
