// SPDX-License-Identifier: MIT
//
// Where the shared libraries of a program lie: as the dynamic linker would find them, but for its cache.

#include <glob.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

// A directory of a DT_RUNPATH, with $ORIGIN replaced.
static const char *expanded(struct cmd *cmd, const char *program, struct slice directory)
{
    static const char *const words[] = {"$ORIGIN", "${ORIGIN}"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t size = strlen(words[i]);
        if (directory.size < size || memcmp(directory.data, words[i], size) != 0)
            continue;
        const char *slash = strrchr(program, '/');
        return arena_printf(cmd->arena, "%.*s%.*s", slash ? (int)(slash - program) : 1,
                            slash ? program : ".", (int)(directory.size - size),
                            (const char *)directory.data + size);
    }
    return arena_text(cmd->arena, directory);
}

static const char *in_directory(struct cmd *cmd, const char *directory, const char *name)
{
    const char *path = arena_printf(cmd->arena, "%s/%s", directory, name);
    return access(path, R_OK) == 0 ? path : NULL;
}

static const char *in_path(struct cmd *cmd, const char *program, const char *path, const char *name)
{
    const char *found = NULL;
    while (path != NULL && *path != '\0' && found == NULL) {
        size_t size = strcspn(path, ":");
        if (size != 0)
            found = in_directory(cmd, expanded(cmd, program, slice_of(path, size)), name);
        path += size + (path[size] == ':');
    }
    return found;
}

// Directories of the system, those of several architectures among them.
static const char *in_system(struct cmd *cmd, const char *name)
{
    static const char *const patterns[] = {
        "/usr/local/lib/", "/lib64/",         "/usr/lib64/",        "/lib/",
        "/usr/lib/",       "/lib/*-linux-*/", "/usr/lib/*-linux-*/"};
    const char *found = NULL;
    for (size_t i = 0; i < COUNT_OF(patterns) && found == NULL; i++) {
        glob_t all = {0};
        if (glob(arena_printf(cmd->arena, "%s%s", patterns[i], name), 0, NULL, &all) == 0)
            found = arena_text(cmd->arena, slice_text(all.gl_pathv[0]));
        globfree(&all);
    }
    return found;
}

const char *cmd_library(struct cmd *cmd, const char *program, const struct img_needed *needed,
                        size_t index)
{
    const char *name = needed->names[index], *found = strchr(name, '/') ? name : NULL;
    if (found == NULL)
        found = in_path(cmd, program, getenv("LD_LIBRARY_PATH"), name);
    if (found == NULL)
        found = in_path(cmd, program, needed->path, name);
    return found ? found : in_system(cmd, name);
}
