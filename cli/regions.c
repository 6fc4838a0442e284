// SPDX-License-Identifier: MIT
//
// What is known about the memory of a build: its target in tare.yaml, its linker script or map, and
// the file that is written into it.

#include <sys/stat.h>

#include "cli/cli.h"

const char *cmd_beside_config(struct cmd *cmd, const struct cfg *cfg, const char *path)
{
    const char *config = cfg_path(cfg), *slash = strrchr(config, '/');
    if (path == NULL || path[0] == '/' || slash == NULL)
        return path;
    return arena_printf(cmd->arena, "%.*s/%s", (int)(slash - config), config, path);
}

static bool is_file(struct cmd *cmd, const struct cfg *cfg, const char *path,
                    const struct stat *wanted)
{
    struct stat found;
    return path != NULL && stat(cmd_beside_config(cmd, cfg, path), &found) == 0 &&
           found.st_dev == wanted->st_dev && found.st_ino == wanted->st_ino;
}

const struct cfg_target *cmd_target_of(struct cmd *cmd, const struct cfg *cfg, const char *path)
{
    size_t count;
    struct stat wanted;
    const struct cfg_target *targets = cfg_targets(cfg, &count);
    bool there = stat(path, &wanted) == 0;
    for (size_t i = 0; i < count && there; i++)
        if (is_file(cmd, cfg, targets[i].path, &wanted) ||
            is_file(cmd, cfg, targets[i].map, &wanted))
            return &targets[i];
    return cfg_top(cfg);
}

// What the command line says goes before what tare.yaml does: the first that serves counts.
static struct cfg_script_options script_options(struct cmd *cmd, const struct cfg *cfg,
                                                const struct cfg_target *target)
{
    const struct cmd_list *given = &cmd->options.defines, *dirs = &cmd->options.script_dirs;
    struct cfg_script_options out = {.define_count = given->count + target->define_count,
                                     .dir_count = dirs->count + target->script_dir_count};
    const char **defines = ARENA_ARRAY(cmd->arena, out.define_count, const char *);
    const char **places = ARENA_ARRAY(cmd->arena, out.dir_count, const char *);
    for (size_t i = 0; i < out.define_count; i++)
        defines[i] = i < given->count ? given->items[i] : target->defines[i - given->count];
    for (size_t i = 0; i < out.dir_count; i++)
        places[i] = i < dirs->count
                        ? dirs->items[i]
                        : cmd_beside_config(cmd, cfg, target->script_dirs[i - dirs->count]);
    out.defines = defines;
    out.dirs = places;
    return out;
}

// Of the script that is named, on the command line or in tare.yaml; *named is whether there is one.
static bool script_regions(struct cmd *cmd, const struct cfg *cfg, const struct cfg_target *target,
                           struct cfg_regions *out, bool *named)
{
    const struct cfg_script_options options = script_options(cmd, cfg, target);
    const char *script = cmd->options.script;
    if (script == NULL)
        script = cmd_beside_config(cmd, cfg, target->script);
    *named = script != NULL;
    return !*named || cfg_script_load(script, &options, cmd->arena, out, &cmd->fault);
}

bool cmd_regions(struct cmd *cmd, const struct cfg *cfg, const struct cfg_target *target,
                 struct cmd_build *build, struct cfg_regions *out)
{
    struct cfg_regions stated = {0};
    bool named;
    if (!script_regions(cmd, cfg, target, &stated, &named) ||
        (!named && !cmd_build_map(cmd, build)))
        return false;
    if (!named && build->map != NULL)
        an_map_stated(build->map, cmd->arena, &stated);
    return cfg_regions_join(stated, target->regions, cfg_path(cfg), cmd->arena, out, &cmd->fault);
}

// Those that have a place, or a region to complete.
static struct cfg_regions of_use(struct cmd *cmd, struct cfg_regions ours,
                                 struct cfg_regions stated)
{
    struct cfg_region *items = ARENA_ARRAY(cmd->arena, ours.count, struct cfg_region);
    struct cfg_regions out = {.items = items};
    for (size_t i = 0; i < ours.count; i++)
        if (ours.items[i].placed || cfg_region_named(stated, ours.items[i].name) != NULL)
            items[out.count++] = ours.items[i];
    return out;
}

bool cmd_map_regions(struct cmd *cmd, const struct cfg *cfg, const struct lm_map *map,
                     struct cfg_regions *out)
{
    struct cfg_regions stated = {0};
    bool named;
    const struct cfg_target *target = cmd_target_of(cmd, cfg, map->name);
    if (!script_regions(cmd, cfg, target, &stated, &named))
        return false;
    if (!named)
        an_map_stated(map, cmd->arena, &stated);
    // A map of no target may be of anything: what tare.yaml completes need not be in it.
    struct cfg_regions ours = target->regions;
    if (target->name == NULL)
        ours = of_use(cmd, ours, stated);
    return cfg_regions_join(stated, ours, cfg_path(cfg), cmd->arena, out, &cmd->fault);
}

const char *cmd_ship_path(struct cmd *cmd, const struct cfg *cfg, const struct cfg_target *target)
{
    return cmd->options.ship != NULL ? cmd->options.ship
                                     : cmd_beside_config(cmd, cfg, target->ship);
}

bool cmd_shipped(struct cmd *cmd, struct cmd_build *build, const char *path, uint64_t keep,
                 struct an_shipped *shipped, const char **text, struct rep_table *ranges)
{
    struct img_ship *ship;
    if (build->file == NULL)
        return fault_set(&cmd->fault, FAULT_INPUT, build->path, NULL, NO_OFFSET,
                         "is a snapshot: it has no bytes to compare with %s", path);
    if (!img_ship_open(&ship, path, cmd->doubts, &cmd->fault))
        return false;
    bool good = an_shipped_compare(build->file, ship, build->ledger, keep, cmd->arena, shipped,
                                   ranges, &cmd->fault);
    if (good)
        *text = an_shipped_text(shipped, ship, cmd->arena);
    img_ship_close(ship);
    return good;
}
