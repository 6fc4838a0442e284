// SPDX-License-Identifier: MIT
//
// A BUILD as an interpreter: with the profile that describes its objects.

#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

// ------------------------------------------------------------------------- profiles

static bool embedded(struct cmd *cmd, size_t index, const struct cfg_profile **out)
{
    const char *name, *text = an_profile_text(index, &name);
    return cfg_profile_load_text(out, slice_text(text), name, &cmd->fault);
}

// "cpython" is the profile "cpython.yaml" that comes with the program.
static bool is_embedded(size_t index, const char *name)
{
    const char *file;
    size_t size = strlen(name);
    return an_profile_text(index, &file) != NULL && strncmp(file, name, size) == 0 &&
           strcmp(file + size, ".yaml") == 0;
}

bool cmd_profile_named(struct cmd *cmd, const char *name, const struct cfg_profile **out)
{
    const char *file;
    struct buf names = {0};
    if (access(name, F_OK) == 0)
        return cfg_profile_load(out, name, &cmd->fault);
    for (size_t i = 0; an_profile_text(i, &file) != NULL; i++) {
        if (is_embedded(i, name)) {
            buf_free(&names);
            return embedded(cmd, i, out);
        }
        buf_printf(&names, "%s%.*s", i ? ", " : "", (int)strcspn(file, "."), file);
    }
    cmd_usage(cmd, "there is no profile '%s', nor such a file; there are %s", name, names.data);
    buf_free(&names);
    return false;
}

// The first that fits the build's types.
bool cmd_profile_recognise(struct cmd *cmd, const char *path, const struct dw_types *types,
                           const struct cfg_profile **out)
{
    const char *file;
    struct buf names = {0};
    for (size_t i = 0; an_profile_text(i, &file) != NULL; i++) {
        if (!embedded(cmd, i, out))
            return false;
        if (an_profile_fits(*out, types)) {
            buf_free(&names);
            return true;
        }
        cfg_profile_free(*out);
        *out = NULL;
        buf_printf(&names, "%s%.*s", i ? ", " : "", (int)strcspn(file, "."), file);
    }
    cmd_usage(cmd, "'%s' is none of the interpreters there are profiles for (%s); see --profile",
              path, names.data);
    buf_free(&names);
    return false;
}

// --------------------------------------------------------------------------- builds

static bool open_images(struct cmd *cmd, struct cmd_model *m, struct an_model_input *input)
{
    size_t count = m->build.image_count;
    struct img **images = ARENA_ARRAY(cmd->arena, count + 1, struct img *);
    struct img **symbols = ARENA_ARRAY(cmd->arena, count + 1, struct img *);
    for (size_t i = 0; i < count; i++) {
        uint32_t table, strings;
        images[i] = img_file_image(m->build.file, i);
        bool own = img_symbol_section(images[i], IMG_SYMTAB, &table, &strings);
        symbols[i] = own || m->build.debug[i].img == NULL ? images[i] : m->build.debug[i].img;
    }
    input->images = images;
    input->symbols = symbols;
    input->image_count = count;
    input->dw = m->build.dw;
    return count != 0 || (cmd_usage(cmd, "'%s' holds no image", m->build.path), false);
}

static void open_edited(struct cmd *cmd, struct an_model_input *input, struct cmd_model *m)
{
    input->name = arena_printf(cmd->arena, "%s, what if", input->name);
    input->edits = cmd->options.what_if.items;
    input->edit_count = cmd->options.what_if.count;
    if (input->edit_count != 0)
        an_model_new(&m->edited, input, &m->no_edit);
}

// The types of a build that was opened, and the profile that is theirs.
static bool read_build(struct cmd *cmd, struct cmd_model *m)
{
    const struct dw_types_options everything = {0};
    const char *wanted = m->build.profile ? m->build.profile : cmd->options.profile;
    if (m->build.file == NULL) {
        cmd_usage(cmd, "'%s' is a snapshot; a model needs the build", m->build.path);
        return false;
    }
    return cmd_build_types(cmd, &m->build, &everything, &m->types) &&
           (wanted ? cmd_profile_named(cmd, wanted, &m->profile)
                   : cmd_profile_recognise(cmd, m->build.path, m->types, &m->profile));
}

// A program may be but the start of an interpreter that lies in a library (python3.13 of a build with
// --enable-shared): then that is the build.
static bool read_library(struct cmd *cmd, struct cmd_model *m)
{
    if (m->build.image_count != 1 || m->build.debug_path != NULL)
        return false;
    struct img_needed needed = img_needed(img_file_image(m->build.file, 0), cmd->arena);
    for (size_t i = 0; i < needed.count; i++) {
        struct cmd_model library = {.program = m->build.path};
        struct fault fault = cmd->fault;
        const char *path = cmd_library(cmd, m->build.path, &needed, i);
        cmd->fault = (struct fault){0};
        if (path != NULL && cmd_build_open(cmd, path, &library.build) &&
            read_build(cmd, &library) && an_profile_fits(library.profile, library.types)) {
            cmd_model_close(m);
            *m = library;
            return true;
        }
        cmd_model_close(&library);
        cmd->fault = fault;
    }
    return false;
}

bool cmd_model_open(struct cmd *cmd, const char *spec, struct cmd_model *m)
{
    struct an_model_input input = {0};
    *m = (struct cmd_model){0};
    if (!cmd_build_open(cmd, spec, &m->build) ||
        (!read_build(cmd, m) && (m->build.file == NULL || !read_library(cmd, m))) ||
        !cmd_build_dwarf(cmd, &m->build) || !open_images(cmd, m, &input))
        return false;
    input.name = path_base(m->build.path);
    input.profile = m->profile;
    input.types = m->types;
    if (!an_model_new(&m->model, &input, &cmd->fault))
        return false;
    open_edited(cmd, &input, m);
    return true;
}

void cmd_model_close(struct cmd_model *m)
{
    an_model_free(m->edited);
    an_model_free(m->model);
    cfg_profile_free(m->profile);
    dw_types_free(m->types);
    cmd_build_close(&m->build);
}

// ---------------------------------------------------------------------------- several

// An edit that is meant for another of the builds leaves this one as it is.
static bool some_edited(struct cmd *cmd, const struct cmd_models *models)
{
    const struct fault *fault = NULL;
    for (size_t i = 0; i < models->count; i++) {
        if (models->items[i].edited != NULL)
            return true;
        if (models->items[i].no_edit.kind != FAULT_NONE)
            fault = &models->items[i].no_edit;
    }
    return fault == NULL ||
           fault_set(&cmd->fault, fault->kind, NULL, NULL, NO_OFFSET, "--what-if %s", fault->text);
}

bool cmd_models_open(struct cmd *cmd, const char *const *specs, size_t count,
                     struct cmd_models *models)
{
    models->items = ARENA_ARRAY(cmd->arena, count, struct cmd_model);
    models->bound = ARENA_ARRAY(cmd->arena, 2 * count, struct an_model *);
    while (models->count < count) {
        struct cmd_model *model = &models->items[models->count++];
        if (!cmd_model_open(cmd, specs[models->count - 1], model))
            return false;
        models->bound[models->bound_count++] = model->model;
        if (model->edited != NULL)
            models->bound[models->bound_count++] = model->edited;
    }
    return some_edited(cmd, models);
}

void cmd_models_close(struct cmd_models *models)
{
    for (size_t i = 0; i < models->count; i++)
        cmd_model_close(&models->items[i]);
}

// Where numbers come from, and what edits came to, is said below everything else.
static void add_notes(struct cmd *cmd, const struct cmd_models *models, struct rep_part *notes)
{
    const char **lines = ARENA_ARRAY(cmd->arena, 2 * models->count, const char *);
    notes->kind = REP_NOTES;
    notes->notes = lines;
    for (size_t i = 0; i < models->count; i++) {
        const struct cmd_model *m = &models->items[i];
        const char *origins = an_model_origins(m->model, cmd->options.verbose, cmd->arena);
        if (origins != NULL)
            lines[notes->note_count++] = origins;
        if (m->edited != NULL)
            lines[notes->note_count++] = an_model_edits(m->edited, cmd->arena);
    }
}

int cmd_models_render(struct cmd *cmd, const struct cmd_models *models,
                      const struct rep_part *parts, size_t part_count)
{
    struct rep_part *all = ARENA_ARRAY(cmd->arena, part_count + 1, struct rep_part);
    struct rep_report report = {.parts = all, .part_count = part_count};
    struct cmd_build *builds = ARENA_ARRAY(cmd->arena, models->count, struct cmd_build);
    memcpy(all, parts, part_count * sizeof *parts);
    add_notes(cmd, models, &all[part_count]);
    report.part_count += all[part_count].note_count != 0;
    for (size_t i = 0; i < models->count; i++)
        builds[i] = models->items[i].build;
    cmd_build_describe(cmd, builds, models->count, &report);
    return cmd_render(cmd, &report);
}
