// SPDX-License-Identifier: MIT
//
// Opening: which objects there are, whose units are read, what depends on knowing all of them.

#include <stdlib.h>

#include "dwarfsize/private.h"

// -------------------------------------------------------------------------- paths

// Appends the components of `text` to `path` (which has no trailing slash), folding "." and "..".
static void append_folded(struct buf *path, const char *text)
{
    while (*text != '\0') {
        size_t size = strcspn(text, "/");
        bool up = size == 2 && text[0] == '.' && text[1] == '.';
        size_t cut = path->size;
        while (up && cut > 0 && path->data[cut - 1] != '/')
            cut--;
        // A ".." that has something other than ".." to fold takes it away.
        bool folds =
            up && cut < path->size && strncmp(path->data + cut, "..", path->size - cut) != 0;
        if (folds) {
            path->size = cut > 1 ? cut - 1 : cut;
        } else if (size > 0 && !(size == 1 && text[0] == '.') && !(up && path->size == 1)) {
            if (path->size > 0 && path->data[path->size - 1] != '/')
                buf_char(path, '/');
            buf_bytes(path, text, size);
        }
        text += size;
        text += strspn(text, "/");
    }
}

static bool is_absolute(const char *path)
{
    bool drive = path[0] != '\0' && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
    return path[0] == '/' || drive;
}

const char *dw__path(struct dw *dw, const char *dir, const char *name)
{
    struct buf path = {0};
    if (name[0] == '<') {
        buf_text(&path, name);
    } else {
        const char *start = is_absolute(name) ? name : dir;
        if (start[0] == '/')
            buf_char(&path, '/');
        if (start == dir)
            append_folded(&path, dir);
        append_folded(&path, name);
    }
    pthread_mutex_lock(&dw->lock);
    const char *text = arena_text(dw->arena, slice_of(path.data, path.size));
    pthread_mutex_unlock(&dw->lock);
    buf_free(&path);
    return text;
}

// ------------------------------------------------------------------------ opening

// A skeleton has no name and a split unit no directory: each takes what it lacks from the other.
static void share_with_partner(struct dw *dw, struct dw__unit *unit)
{
    const struct dw__unit *partner = &dw->units.items[unit->partner];
    if (unit->name[0] == '\0')
        unit->name = partner->name;
    if (unit->comp_dir[0] == '\0')
        unit->comp_dir = partner->comp_dir;
    if (unit->language == 0)
        unit->language = partner->language;
    if (unit->producer[0] == '\0')
        unit->producer = partner->producer;
}

static void publish_units(struct dw *dw)
{
    dw->public_units = ARENA_ARRAY(dw->arena, dw->units.count, struct dw_unit);
    for (size_t i = 0; i < dw->units.count; i++) {
        struct dw__unit *unit = &dw->units.items[i];
        if (unit->partner != DW_NO_UNIT)
            share_with_partner(dw, unit);
        dw->public_units[i] = (struct dw_unit){
            .name = unit->name,
            .comp_dir = unit->comp_dir,
            .path = dw__path(dw, unit->comp_dir, unit->name),
            .producer = unit->producer,
            .offset = unit->start,
            .size = unit->end - unit->start,
            .die = dw__ref_make(unit, unit->first_die),
            .index = (uint32_t)i,
            .version = unit->version,
            .language = unit->language,
            .kind = unit->kind,
            .address_size = unit->address_size,
            .offset_size = unit->offset_size,
            .artificial = strcmp(unit->name, "<artificial>") == 0,
        };
    }
}

static void index_signatures(struct dw *dw)
{
    for (size_t i = 0; i < dw->units.count; i++) {
        const struct dw__unit *unit = &dw->units.items[i];
        if (unit->kind == DW_UT_type || unit->kind == DW_UT_split_type)
            vec_push(&dw->signatures, (struct keyed){unit->signature, i});
    }
    struct keyed *scratch = mem_alloc(dw->signatures.count * sizeof *scratch);
    if (dw->signatures.count != 0)
        sort_keyed(dw->signatures.items, scratch, dw->signatures.count);
    free(scratch);
}

#define FIRST_UNITS 16 // read by a lazy dw_open

static void read_root_of(void *context, size_t index, unsigned worker)
{
    struct dw *dw = context;
    (void)worker;
    dw__root_read(dw, &dw->units.items[dw->roots_from + index]);
}

static void read_object(struct dw *dw, struct dw__object *object)
{
    if (object->unit_count == 0)
        object->unit_first = (uint32_t)dw->units.count;
    dw__units_read_some(dw, object, SIZE_MAX);
    object->unit_count = (uint32_t)dw->units.count - object->unit_first;
    if (object->split)
        dw__package_apply(dw, object);
}

// Reads the units not read yet and all that depends on knowing all of them.
static bool read_all_units(struct dw *dw, struct fault *fault)
{
    dw->roots_from = dw->units.count;
    for (size_t i = 0; i < dw->objects.count; i++)
        read_object(dw, dw->objects.items[i]);
    par_for(dw->threads, dw->units.count - dw->roots_from, read_root_of, dw);
    if (dw->objects.count != 0 && !dw__open_split(dw, dw->debug, fault))
        return false;
    index_signatures(dw);
    publish_units(dw);
    return true;
}

static void read_first_units(struct dw *dw)
{
    struct dw__object *main = dw->objects.items[0];
    dw__units_read_some(dw, main, FIRST_UNITS);
    dw->partial = true; // even if these are all: split units are not opened
    main->unit_count = (uint32_t)dw->units.count;
    for (size_t i = 0; i < dw->units.count; i++)
        dw__root_read(dw, &dw->units.items[i]);
    publish_units(dw);
}

bool dw_complete(struct dw *dw, struct fault *fault)
{
    if (!dw->partial)
        return true;
    dw->partial = false;
    return read_all_units(dw, fault);
}

#define OBJECTS_MAX 0xffffu // their numbers are the upper 16 bits of a dw_ref

static bool add_image(struct dw *dw, const struct img_debug *debug, struct fault *fault)
{
    if (debug->img == NULL)
        return true;
    if (dw->objects.count + 2 > OBJECTS_MAX)
        return fault_set(fault, FAULT_LIMIT, img_info(debug->img)->path, NULL, NO_OFFSET,
                         "more than %u files with debug information", OBJECTS_MAX);
    if (dw->debug == NULL)
        dw->debug = debug;
    // A .dwo or .dwp by itself: its types are whole, its addresses lie elsewhere.
    bool split = img_section_named(debug->img, ".debug_info") == NULL &&
                 img_section_named(debug->img, ".debug_info.dwo") != NULL;
    struct dw__object *object = dw__object_add(dw, debug->img, NULL, split);
    if (debug->alt != NULL) {
        object->alt = dw__object_add(dw, debug->alt, NULL, false);
        object->alt->supplementary = true;
    }
    return true;
}

static struct dw *new_dw(const struct dw_options *options)
{
    struct dw *dw = mem_zalloc(1, sizeof *dw);
    dw->arena = arena_new();
    dw->code_arena = arena_new();
    dw->doubts = options->doubts;
    dw->threads = options->threads;
    pthread_mutex_init(&dw->lock, NULL);
    return dw;
}

static bool give(struct dw *dw, bool good, struct dw **out)
{
    *out = good ? dw : NULL;
    if (!good)
        dw_close(dw);
    return good;
}

bool dw_open(struct dw **out, const struct img_debug *debug, const struct dw_options *options,
             struct fault *fault)
{
    struct dw *dw = new_dw(options);
    dw->partial = true;
    if (debug->img != NULL)
        dw->threads = par_worth(options->threads, img_info(debug->img)->file_size);
    bool good = add_image(dw, debug, fault) && (options->lazy || dw_complete(dw, fault));
    return give(dw, good, out);
}

bool dw_open_types(struct dw **out, const struct img_debug *debug, size_t count,
                   const struct dw_options *options, struct fault *fault)
{
    struct dw *dw = new_dw(options);
    bool good = true;
    for (size_t i = 0; i < count && good; i++)
        good = add_image(dw, &debug[i], fault);
    bool simple = dw->objects.count == 1 && dw->debug->dwp == NULL && !dw->objects.items[0]->split;
    if (good && simple)
        read_first_units(dw);
    else if (good)
        good = read_all_units(dw, fault);
    return give(dw, good, out);
}

void dw_close(struct dw *dw)
{
    if (dw == NULL)
        return;
    for (size_t i = 0; i < dw->units.count; i++) {
        struct dw__abbrevs *abbrevs = atomic_load(&dw->units.items[i].abbrevs);
        if (abbrevs != NULL)
            dw__abbrevs_clear(abbrevs);
        free(abbrevs);
    }
    dw__lines_free(dw);
    for (size_t i = 0; i < dw->objects.count; i++)
        dw__object_free(dw->objects.items[i]);
    vec_free(&dw->objects);
    vec_free(&dw->units);
    vec_free(&dw->signatures);
    arena_free(dw->code_arena);
    arena_free(dw->arena);
    pthread_mutex_destroy(&dw->lock);
    free(dw);
}

const struct dw_unit *dw_units(const struct dw *dw, size_t *count)
{
    *count = dw->units.count;
    return dw->public_units;
}
