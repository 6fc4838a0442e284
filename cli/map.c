// SPDX-License-Identifier: MIT
//
// The linker map beside a build. It is opened when something needs it, and trusted only when it is of
// this build, or when --force says so.

#include "cli/cli.h"

static bool is_linked(const struct cmd_build *build)
{
    return build->image_count == 1 && img_info(img_file_image(build->file, 0))->type != ET_REL;
}

static bool check_build(struct cmd *cmd, const struct cmd_build *build)
{
    if (!is_linked(build))
        return fault_set(&cmd->fault, FAULT_USAGE, build->path, NULL, NO_OFFSET,
                         "was not linked: the linker map %s cannot be of it", build->map_path);
    const char *stale = an_map_stale(build->map, img_file_image(build->file, 0), cmd->arena);
    if (stale == NULL)
        return true;
    if (!cmd->options.force)
        return fault_set(&cmd->fault, FAULT_INPUT, build->map_path, NULL, NO_OFFSET,
                         "is the map of another build than %s: %s (--force takes it all the same)",
                         build->path, stale);
    doubt_add(cmd->doubts, build->map_path, NULL, NO_OFFSET,
              "is the map of another build than %s: %s", build->path, stale);
    return true;
}

bool cmd_build_map(struct cmd *cmd, struct cmd_build *build)
{
    if (build->map != NULL || build->map_path == NULL)
        return true;
    cmd_progress(cmd, "reading the map");
    if (!lm_open(&build->map, build->map_path, NULL, cmd->doubts, &cmd->fault) ||
        (build->file != NULL && !check_build(cmd, build)))
        return false;
    if (build->file != NULL)
        an_map_place_commons(build->map, img_file_image(build->file, 0));
    return true;
}

const char *cmd_map_agrees(struct cmd *cmd, struct an_map_check check)
{
    if (check.unexplained == 0)
        return arena_printf(cmd->arena, "agrees with all %llu sections of the ELF",
                            (unsigned long long)check.sections);
    return arena_printf(cmd->arena,
                        "differs from the ELF: %llu of %llu sections, by %llu bytes that nothing "
                        "explains",
                        (unsigned long long)check.unexplained, (unsigned long long)check.sections,
                        (unsigned long long)check.bytes);
}
