// SPDX-License-Identifier: MIT
//
// Names of C++, Rust and D symbols for people, through libiberty. In the ledger owners keep their
// linkage names: two functions may share a short name, and accounts must not mix them.

#include <stdlib.h>

#include <libiberty/demangle.h>

#include "cli/cli.h"

enum how { SHORT, FULL, NONE };

// What a name was shown by the last time: under "-d section,symbol" a symbol has a row in every section
// that has a table. Names are known by their hashes, 64 bits under a secret seed.
struct entry {
    uint64_t hash;
    const char *shown; // NULL: free
};

struct cmd_demangler {
    enum how how;
    uint64_t seed;
    struct entry *entries; // open addressing
    size_t count, mask;
};

static struct entry *find(const struct cmd_demangler *demangler, uint64_t hash)
{
    size_t at = hash & demangler->mask;
    while (demangler->entries[at].shown != NULL && demangler->entries[at].hash != hash)
        at = (at + 1) & demangler->mask;
    return &demangler->entries[at];
}

static void make_room(struct cmd_demangler *demangler)
{
    if (demangler->entries != NULL && demangler->count < demangler->mask / 2)
        return;
    struct cmd_demangler old = *demangler;
    demangler->mask = old.entries ? old.mask * 2 + 1 : 255;
    demangler->entries = mem_zalloc(demangler->mask + 1, sizeof *demangler->entries);
    for (size_t i = 0; old.entries != NULL && i <= old.mask; i++)
        if (old.entries[i].shown != NULL)
            *find(demangler, old.entries[i].hash) = old.entries[i];
    free(old.entries);
}

bool cmd_demangle_parse(struct cmd *cmd)
{
    static const char *const words[] = {"short", "full", "none"};
    const char *asked = cmd->options.demangle;
    size_t how = 0;
    while (asked != NULL && how < COUNT_OF(words) && strcmp(asked, words[how]) != 0)
        how++;
    if (how == COUNT_OF(words)) {
        cmd_usage(cmd, "--demangle is short, full or none, not '%s'", asked);
        return false;
    }
    cmd->demangler = mem_zalloc(1, sizeof *cmd->demangler);
    cmd->demangler->how = (enum how)how;
    cmd->demangler->seed = hash_seed();
    return true;
}

void cmd_demangler_free(struct cmd_demangler *demangler)
{
    if (demangler == NULL)
        return;
    free(demangler->entries);
    free(demangler);
}

#define MANGLED_MAX 4096 // a longer name is shown as it is: demangling may grow it without end

static const char *demangle(struct cmd *cmd, const char *name)
{
    int flags = DMGL_AUTO | DMGL_ANSI | (cmd->demangler->how == FULL ? DMGL_PARAMS : 0);
    char *plain = cplus_demangle(name, flags);
    const char *text = plain ? arena_text(cmd->arena, slice_text(plain)) : name;
    free(plain);
    return text;
}

static const char *show_one(struct cmd *cmd, const char *name)
{
    struct cmd_demangler *demangler = cmd->demangler;
    bool mangled = name[0] == '_' && (name[1] == 'Z' || name[1] == 'R' || name[1] == 'D');
    size_t size = strlen(name);
    if (!mangled || demangler->how == NONE || size > MANGLED_MAX)
        return name;
    make_room(demangler);
    uint64_t hash = hash_bytes(name, size, demangler->seed);
    struct entry *entry = find(demangler, hash);
    if (entry->shown == NULL) {
        *entry = (struct entry){hash, demangle(cmd, name)};
        demangler->count++;
    }
    return entry->shown;
}

const char *cmd_shown(void *context, const char *name)
{
    static const char between[] = " = ";
    struct cmd *cmd = context;
    if (strstr(name, between) == NULL)
        return show_one(cmd, name);
    if (cmd->demangler->how == NONE || strstr(name, "_Z") == NULL)
        return name;
    struct buf all = {0};
    const char *last = "";
    for (const char *at = name; at != NULL;) {
        const char *end = strstr(at, between);
        size_t size = end ? (size_t)(end - at) : strlen(at);
        const char *one = show_one(cmd, arena_text(cmd->arena, slice_of(at, size)));
        if (strcmp(one, last) != 0) { // the constructors of one class are called the same
            buf_text(&all, all.size ? between : "");
            buf_text(&all, one);
        }
        last = one;
        at = end ? end + strlen(between) : NULL;
    }
    const char *text = arena_text(cmd->arena, slice_of(all.data, all.size));
    buf_free(&all);
    return text;
}
