// SPDX-License-Identifier: MIT
//
// Names of C++, Rust and D symbols for people, through libiberty. In the ledger owners keep their
// linkage names: two functions may share a short name, and accounts must not mix them.

#include <stdlib.h>

#include <libiberty/demangle.h>

#include "cli/cli.h"

bool cmd_demangle_parse(struct cmd *cmd, enum cmd_demangle *mode)
{
    static const char *const words[] = {"short", "full", "none"};
    const char *how = cmd->options.demangle;
    *mode = DEMANGLE_SHORT;
    for (size_t i = 0; how != NULL && i < COUNT_OF(words); i++) {
        if (strcmp(how, words[i]) != 0)
            continue;
        *mode = (enum cmd_demangle)i;
        return true;
    }
    if (how == NULL)
        return true;
    cmd_usage(cmd, "--demangle is short, full or none, not '%s'", how);
    return false;
}

#define MANGLED_MAX 4096 // a longer name is shown as it is: demangling may grow it without end

static const char *demangle_one(enum cmd_demangle mode, const char *name, struct arena *arena)
{
    bool mangled = name[0] == '_' && (name[1] == 'Z' || name[1] == 'R' || name[1] == 'D');
    if (!mangled || mode == DEMANGLE_NONE || strlen(name) > MANGLED_MAX)
        return name;
    int flags = DMGL_AUTO | DMGL_ANSI | (mode == DEMANGLE_FULL ? DMGL_PARAMS : 0);
    char *plain = cplus_demangle(name, flags);
    if (plain == NULL)
        return name;
    const char *text = arena_text(arena, slice_text(plain));
    free(plain);
    return text;
}

const char *cmd_demangle(enum cmd_demangle mode, const char *name, struct arena *arena)
{
    static const char between[] = " = ";
    if (strstr(name, between) == NULL)
        return demangle_one(mode, name, arena);
    if (mode == DEMANGLE_NONE || strstr(name, "_Z") == NULL)
        return name;
    struct buf all = {0};
    const char *last = "";
    for (const char *at = name; at != NULL;) {
        const char *end = strstr(at, between);
        size_t size = end ? (size_t)(end - at) : strlen(at);
        const char *one = demangle_one(mode, arena_text(arena, slice_of(at, size)), arena);
        if (strcmp(one, last) != 0) { // the constructors of one class are called the same
            buf_text(&all, all.size ? between : "");
            buf_text(&all, one);
        }
        last = one;
        at = end ? end + strlen(between) : NULL;
    }
    const char *text = arena_text(arena, slice_of(all.data, all.size));
    buf_free(&all);
    return text;
}
