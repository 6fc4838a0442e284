// SPDX-License-Identifier: MIT
//
// A BUILD argument, opened as far as the verb needs it.
//
//   fw.elf,debug=fw.debug,map=fw.map
//                                FILE, then KEY=VALUE after commas
//   v1.snapshot                  a snapshot in its place
//
// A comma that is not followed by a known key is part of the file name, and so is everything when
// there is a file of the whole name.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

// ------------------------------------------------------------------------- parsing

enum spec_key { KEY_DEBUG, KEY_MAP, KEY_PROFILE };
static const char *const spec_keys[] = {"debug=", "map=", "profile="};

static const char *find_key(const char *text, size_t *which)
{
    for (const char *comma = strchr(text, ','); comma != NULL; comma = strchr(comma + 1, ','))
        for (*which = 0; *which < COUNT_OF(spec_keys); (*which)++)
            if (strncmp(comma + 1, spec_keys[*which], strlen(spec_keys[*which])) == 0)
                return comma;
    return NULL;
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

// "fw.elf,dbug=x": no such file, but there is a fw.elf, so the key was meant as one.
static bool check_keys(struct cmd *cmd, const char *spec)
{
    const char *comma = strrchr(spec, ','), *equals = comma ? strchr(comma, '=') : NULL;
    if (equals == NULL || is_there(spec) ||
        !is_there(arena_text(cmd->arena, slice_of(spec, (size_t)(comma - spec)))))
        return true;
    cmd_usage(cmd,
              "'%s': '%.*s' is not known after a comma; there are debug=FILE, map=FILE "
              "and profile=NAME",
              spec, (int)(equals - comma), comma + 1);
    return false;
}

// "python3.11": the program that the shell would run, where no such file is here; not the script
// that a manager of versions puts before it.
static void find_on_path(struct cmd *cmd, struct cmd_build *out)
{
    const char *found = is_there(out->path) ? NULL : cmd_program(cmd, out->path, true);
    if (found != NULL)
        out->path = found;
}

static bool parse_spec(struct cmd *cmd, const char *spec, struct cmd_build *out)
{
    size_t which;
    const char *comma = is_there(spec) ? NULL : find_key(spec, &which);
    out->path = spec;
    if (spec[0] == '\0') {
        cmd_usage(cmd, "the name of a BUILD is empty");
        return false;
    }
    if (comma == NULL && !check_keys(cmd, spec))
        return false;
    if (comma != NULL)
        out->path = arena_text(cmd->arena, slice_of(spec, (size_t)(comma - spec)));
    while (comma != NULL) {
        size_t key = which;
        const char *value = comma + 1 + strlen(spec_keys[key]);
        comma = find_key(value, &which);
        size_t size = comma ? (size_t)(comma - value) : strlen(value);
        if (size == 0) {
            cmd_usage(cmd, "'%s': %s needs its FILE", spec, spec_keys[key]);
            return false;
        }
        const char **path = key == KEY_MAP       ? &out->map_path
                            : key == KEY_PROFILE ? &out->profile
                                                 : &out->debug_path;
        *path = arena_text(cmd->arena, slice_of(value, size));
    }
    find_on_path(cmd, out);
    if (cmd->options.debug != NULL && cmd->build_count++ != 0) {
        cmd_usage(cmd, "--debug is for one build; with two write FILE,debug=FILE");
        return false;
    }
    if (cmd->options.debug != NULL && out->debug_path == NULL)
        out->debug_path = cmd->options.debug;
    if (out->map_path == NULL)
        out->map_path = cmd->options.map;
    if (out->map_path != NULL && cmd->verb->bit == VERB_STRUCT) {
        cmd_usage(cmd, "'%s': a map tells nothing of types", spec);
        return false;
    }
    return true;
}

// ----------------------------------------------------------------------- snapshots

#define HEAD_SIZE 64 // bytes that tell a snapshot

static bool read_all(int fd, uint8_t *at, size_t size)
{
    while (size != 0) {
        ssize_t got = read(fd, at, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}

// The bytes of a snapshot; NULL for anything else, which img_file_open then explains.
static uint8_t *read_snapshot(const char *path, size_t *size)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    uint8_t head[HEAD_SIZE], *bytes = NULL;
    bool regular = fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    if (regular && info.st_size >= HEAD_SIZE && read_all(fd, head, sizeof head) &&
        led_snapshot_is(slice_of(head, sizeof head))) {
        *size = (size_t)info.st_size;
        bytes = mem_alloc(*size);
        memcpy(bytes, head, sizeof head);
        if (!read_all(fd, bytes + sizeof head, *size - sizeof head)) {
            free(bytes);
            bytes = NULL;
        }
    }
    if (fd >= 0)
        close(fd);
    return bytes;
}

// ------------------------------------------------------------------------- opening

bool cmd_build_open(struct cmd *cmd, const char *spec, struct cmd_build *out)
{
    *out = (struct cmd_build){0};
    cmd_progress(cmd, "reading");
    if (!parse_spec(cmd, spec, out))
        return false;
    size_t size;
    out->bytes = read_snapshot(out->path, &size);
    if (out->bytes != NULL && out->debug_path != NULL)
        return fault_set(&cmd->fault, FAULT_USAGE, out->path, NULL, NO_OFFSET,
                         "is a snapshot: it takes no debug file");
    if (out->bytes != NULL)
        return led_snapshot_load(&out->ledger, &out->info, &out->types, slice_of(out->bytes, size),
                                 out->path, &cmd->fault);
    if (!img_file_open(&out->file, out->path, cmd->doubts, &cmd->fault))
        return false;
    out->image_count = img_file_count(out->file);
    if (out->image_count > 1 && out->debug_path != NULL) {
        cmd_usage(cmd, "'%s' is an archive: it has no one debug file", out->path);
        return false;
    }
    return true;
}

bool cmd_build_join(struct cmd *cmd, struct cmd_build *build)
{
    struct img_file *joined;
    if (!img_file_join(&joined, build->file, cmd->doubts, &cmd->fault))
        return false;
    img_file_close(build->file);
    build->file = joined;
    build->image_count = 1;
    return true;
}

bool cmd_build_debug(struct cmd *cmd, struct cmd_build *build)
{
    if (build->debug != NULL || build->file == NULL)
        return true;
    build->debug = mem_zalloc(build->image_count, sizeof *build->debug);
    struct img_debug_options options = {.given = build->debug_path, .dir = cmd->options.debug_dir};
    for (size_t i = 0; i < build->image_count; i++)
        if (!img_debug_find(&build->debug[i], img_file_image(build->file, i), &options, cmd->doubts,
                            &cmd->fault))
            return false;
    return true;
}

static struct dw_options dwarf_options(const struct cmd *cmd)
{
    return (struct dw_options){.threads = (unsigned)MIN(cmd->options.jobs, (uint64_t)1024),
                               .doubts = cmd->doubts};
}

// Opens the debug information of all images; its units are read later.
static bool open_dwarf(struct cmd *cmd, struct cmd_build *build)
{
    if (build->dw != NULL || build->file == NULL)
        return true;
    if (!cmd_build_debug(cmd, build))
        return false;
    build->dw = mem_zalloc(build->image_count, sizeof *build->dw);
    struct dw_options options = dwarf_options(cmd);
    options.lazy = true;
    for (size_t i = 0; i < build->image_count; i++) {
        if (build->debug[i].img == NULL)
            continue;
        if (!dw_open(&build->dw[i], &build->debug[i], &options, &cmd->fault))
            return false;
    }
    return true;
}

bool cmd_build_dwarf(struct cmd *cmd, struct cmd_build *build)
{
    if (!open_dwarf(cmd, build))
        return false;
    for (size_t i = 0; build->dw != NULL && i < build->image_count; i++)
        if (build->dw[i] != NULL && !dw_complete(build->dw[i], &cmd->fault))
            return false;
    return true;
}

static void close_dwarf(struct cmd_build *build)
{
    for (size_t i = 0; build->dw != NULL && i < build->image_count; i++)
        dw_close(build->dw[i]);
    free(build->dw);
    build->dw = NULL;
}

void cmd_build_close(struct cmd_build *build)
{
    close_dwarf(build);
    dw_close(build->types_dw);
    for (size_t i = 0; build->debug != NULL && i < build->image_count; i++)
        img_debug_close(&build->debug[i]);
    free(build->debug);
    led_free(build->ledger);
    lm_free(build->map);
    free(build->bytes);
    if (build->file != NULL)
        img_file_close(build->file);
    *build = (struct cmd_build){0};
}

// ------------------------------------------------------------------------- reading

bool cmd_build_units(struct cmd *cmd, struct cmd_build *build, bool *units)
{
    size_t count = 0;
    *units = false;
    if (!open_dwarf(cmd, build))
        return false;
    for (size_t i = 0; build->dw != NULL && i < build->image_count && count == 0; i++) {
        if (build->dw[i] == NULL)
            continue;
        if (!dw_complete(build->dw[i], &cmd->fault))
            return false;
        dw_units(build->dw[i], &count);
    }
    *units = count != 0;
    return true;
}

// Dimensions that nothing in the file tells of.
static bool check_mapped(struct cmd *cmd, const struct cmd_build *build, unsigned dims)
{
    unsigned missing = build->map != NULL ? 0 : dims & LED_FROM_MAP;
    if (img_file_is_archive(build->file))
        missing &= ~LED_MASK(LED_MEMBER);
    if (missing == 0)
        return true;
    return fault_set(&cmd->fault, FAULT_USAGE, build->path, NULL, NO_OFFSET,
                     "the dimension '%s' needs the linker map of the build: --map FILE, or "
                     "FILE,map=FILE",
                     led_dim_name((enum led_dim)__builtin_ctz(missing)));
}

static bool check_settled(struct cmd *cmd, const struct cmd_build *build, unsigned dims)
{
    for (unsigned dim = 0; dim < LED_DIM_COUNT; dim++) {
        size_t count;
        led_stretches(build->ledger, (enum led_dim)dim, &count);
        if (dims & LED_MASK(dim) && count == 0 && led_end(build->ledger) != 0)
            return fault_set(&cmd->fault, FAULT_INPUT, build->path, NULL, NO_OFFSET,
                             "this snapshot was saved without the dimension '%s'",
                             led_dim_name((enum led_dim)dim));
    }
    return true;
}

static bool open_what_is_needed(struct cmd *cmd, struct cmd_build *build, unsigned dims)
{
    bool debug = build->debug_path != NULL, dwarf = false;
    for (size_t i = 0; i < build->image_count; i++)
        debug = debug || led_wants_debug(img_file_image(build->file, i), dims);
    if (debug && !cmd_build_debug(cmd, build))
        return false;
    for (size_t i = 0; i < build->image_count; i++)
        dwarf = dwarf || led_wants_dwarf(img_file_image(build->file, i),
                                         build->debug ? &build->debug[i] : NULL, dims);
    return !dwarf || open_dwarf(cmd, build);
}

static void close_member(void *context, size_t image)
{
    struct cmd_build *build = context;
    if (build->dw == NULL || build->dw[image] == NULL)
        return;
    dw_close(build->dw[image]);
    build->dw[image] = NULL;
    img_drop_debug_bytes(img_file_image(build->file, image));
}

bool cmd_build_ledger(struct cmd *cmd, struct cmd_build *build, unsigned dims)
{
    if (build->file == NULL)
        return check_settled(cmd, build, dims);
    if (!cmd_build_map(cmd, build) || !check_mapped(cmd, build, dims) ||
        !open_what_is_needed(cmd, build, dims))
        return false;
    struct led_build input = {.file = build->file,
                              .debug = build->debug,
                              .dw = build->dw,
                              .map = build->map,
                              .threads = (unsigned)MIN(cmd->options.jobs, (uint64_t)1024),
                              .context = build};
    // Who needs an archive's after this opens it again.
    if (build->image_count > 1)
        input.read = close_member;
    cmd_progress(cmd, "settling who owns what");
    led_free(build->ledger); // of fewer dimensions
    build->ledger = led_new();
    bool good = led_collect(build->ledger, &input, dims, cmd->doubts, &cmd->fault);
    if (input.read != NULL)
        close_dwarf(build);
    return good;
}

static bool has_stabs(const struct cmd_build *build)
{
    for (size_t i = 0; i < build->image_count; i++)
        if (img_section_named(img_file_image(build->file, i), ".stab") != NULL)
            return true;
    return false;
}

static bool no_types(struct cmd *cmd, const struct cmd_build *build)
{
    const char *text = "this snapshot was saved without types";
    if (build->file != NULL && has_stabs(build)) // the default of older compilers (avr-gcc, tcc)
        text = "has stabs for debug information, which are not read: build with -gdwarf-4";
    else if (build->file != NULL)
        text = "has no debug information: build with -g, or name its debug file with --debug FILE";
    return fault_set(&cmd->fault, FAULT_INPUT, build->path, NULL, NO_OFFSET, "%s", text);
}

bool cmd_build_types(struct cmd *cmd, struct cmd_build *build,
                     const struct dw_types_options *wanted, struct dw_types **types)
{
    size_t units = 0;
    if (build->file == NULL && build->types.size == 0)
        return no_types(cmd, build);
    if (build->file == NULL)
        return dw_types_load(types, build->types, build->path, &cmd->fault);
    struct dw_options options = dwarf_options(cmd);
    cmd_progress(cmd, "reading types");
    if (build->types_dw == NULL &&
        (!cmd_build_debug(cmd, build) ||
         !dw_open_types(&build->types_dw, build->debug, build->image_count, &options, &cmd->fault)))
        return false;
    dw_units(build->types_dw, &units);
    return units == 0 ? no_types(cmd, build)
                      : dw_read_types(build->types_dw, wanted, types, &cmd->fault);
}

// ---------------------------------------------------------------------- describing

static const char *hex(struct cmd *cmd, struct slice bytes)
{
    if (bytes.size == 0)
        return NULL;
    char *text = arena_alloc(cmd->arena, bytes.size * 2 + 1);
    for (size_t i = 0; i < bytes.size; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes.data[i]);
    return text;
}

struct led_snapshot_info cmd_build_info(struct cmd *cmd, const struct cmd_build *build)
{
    if (build->file == NULL)
        return build->info;
    struct led_snapshot_info out = {.path = build->path};
    if (build->image_count == 0)
        return out;
    const struct img_info *info = img_info(img_file_image(build->file, 0));
    out.word_size = info->address_size;
    out.machine = img_machine_name(info->machine);
    if (strcmp(out.machine, "?") == 0)
        out.machine = arena_printf(cmd->arena, "EM_%u", info->machine);
    if (build->image_count == 1)
        out.build_id = hex(cmd, info->build_id);
    bool elsewhere = build->debug != NULL && build->debug[0].img != NULL &&
                     build->debug[0].origin != IMG_DEBUG_SELF;
    if (elsewhere)
        out.debug = img_info(build->debug[0].img)->path;
    return out;
}

void cmd_build_describe(struct cmd *cmd, const struct cmd_build *builds, size_t count,
                        struct rep_report *report)
{
    struct rep_build *out = ARENA_ARRAY(cmd->arena, count, struct rep_build);
    for (size_t i = 0; i < count; i++) {
        struct led_snapshot_info info = cmd_build_info(cmd, &builds[i]);
        out[i] = (struct rep_build){builds[i].path, info.build_id, info.machine, info.debug};
    }
    report->builds = out;
    report->build_count = count;
}
