// SPDX-License-Identifier: MIT
//
// Objects: one file's debug sections, found by name and loaded when first asked for.

#include <stdlib.h>

#include "dwarfsize/private.h"

// Whether a section is called `name` (".debug_str"), as .zdebug_str or with ".dwo" in split files.
static bool is_named(const struct dw__object *object, const char *section, const char *name)
{
    if (section[0] != '.')
        return false;
    name++; // without the dot
    section++;
    section += section[0] == 'z';
    size_t size = strlen(name);
    if (strncmp(section, name, size) != 0)
        return false;
    bool index = strcmp(name, "debug_cu_index") == 0 || strcmp(name, "debug_tu_index") == 0;
    return strcmp(section + size, object->split && !index ? ".dwo" : "") == 0;
}

void dw__chunk_add(struct dw *dw, struct dw__object *object, struct slice bytes, uint32_t section,
                   bool types)
{
    struct dw__chunk *chunk = ARENA_NEW(dw->arena, struct dw__chunk);
    *chunk = (struct dw__chunk){.bytes = bytes, .index = section, .types = types};
    if (object->chunks.count != 0) {
        const struct dw__chunk *last = object->chunks.items[object->chunks.count - 1];
        chunk->base = last->base + last->bytes.size;
    }
    if (!types)
        object->info_size = chunk->base + bytes.size;
    vec_push(&object->chunks, chunk);
}

static void add_chunk_section(struct dw *dw, struct dw__object *object,
                              const struct img_section *section, bool types)
{
    if (!is_named(object, section->name, types ? ".debug_types" : ".debug_info"))
        return;
    struct slice bytes;
    struct fault fault = {0};
    if (img_section_bytes(object->img, section->index, &bytes, &fault))
        dw__chunk_add(dw, object, bytes, section->index, types);
    else
        doubt_add(dw->doubts, object->path, section->name, NO_OFFSET, "%s", fault.text);
}

static void note_section(struct dw__object *object, enum dw__section id, uint32_t index)
{
    if (object->section_index[id] == 0) {
        object->section_index[id] = index;
    } else if (img_info(object->img)->type == ET_REL) {
        if (object->more == NULL)
            object->more = mem_zalloc(DW__SECTION_COUNT, sizeof *object->more);
        vec_push(&object->more[id].sections, index);
    }
}

static void find_sections(struct dw *dw, struct dw__object *object)
{
    static const char *const names[] = {
#define X(id, name) name,
        DW_SECTIONS(X)
#undef X
    };
    size_t count;
    const struct img_section *sections = img_sections(object->img, &count);
    for (size_t i = 1; i < count; i++) {
        const struct img_section *section = &sections[i];
        if (section->type == SHT_NOBITS)
            continue;
        add_chunk_section(dw, object, section, false);
        for (unsigned id = 0; id < DW__SECTION_COUNT; id++)
            if (is_named(object, section->name, names[id]))
                note_section(object, id, section->index);
    }
    for (size_t i = 1; i < count; i++)
        if (sections[i].type != SHT_NOBITS)
            add_chunk_section(dw, object, &sections[i], true);
}

uint32_t dw__section_at(const struct dw__object *object, enum dw__section id, uint64_t *offset,
                        uint64_t *size)
{
    size_t count, low = 0, high = object->more ? object->more[id].sections.count : 0;
    const struct img_section *sections = img_sections(object->img, &count);
    while (low < high) { // those before `low` begin at or before the offset
        size_t middle = low + (high - low) / 2;
        if (sections[object->more[id].sections.items[middle]].addr <= *offset)
            low = middle + 1;
        else
            high = middle;
    }
    uint32_t index = low ? object->more[id].sections.items[low - 1] : object->section_index[id];
    *offset -= low ? sections[index].addr : 0;
    *size = MIN(*size, sections[index].size - MIN(*offset, sections[index].size));
    return index;
}

// All sections of the name, end to end: kept in object->more. False when they hold more than the file: they
// lie over each other then, and the first has to do.
static bool join(struct dw__object *object, enum dw__section id, struct slice *bytes)
{
    struct buf all = {0};
    struct fault fault = {0};
    bool good = true;
    for (size_t i = 0; good && i <= object->more[id].sections.count; i++) {
        uint32_t index = i ? object->more[id].sections.items[i - 1] : object->section_index[id];
        good = img_section_bytes(object->img, index, bytes, &fault) &&
               bytes->size <= img_info(object->img)->full_size - all.size;
        if (good)
            buf_bytes(&all, bytes->data, bytes->size);
    }
    object->more[id].bytes = all;
    *bytes = slice_of(all.data, all.size);
    return good;
}

static struct slice load(struct dw__object *object, enum dw__section id)
{
    struct slice bytes = {0};
    struct fault fault = {0};
    uint32_t index = object->section_index[id];
    if (object->more != NULL && object->more[id].sections.count != 0 && join(object, id, &bytes))
        return bytes;
    if (index != 0 && !img_section_bytes(object->img, index, &bytes, &fault))
        doubt_add(object->doubts, object->path, NULL, NO_OFFSET, "%s", fault.text);
    return bytes;
}

// Texts are handed out as pointers, so a string section must end in a NUL: what follows the last
// one is cut off.
static void end_in_nul(struct slice *bytes)
{
    while (bytes->size > 0 && bytes->data[bytes->size - 1] != 0)
        bytes->size--;
}

struct slice dw__object_section(struct dw__object *object, enum dw__section id)
{
    if (atomic_load_explicit(&object->loaded[id], memory_order_acquire))
        return object->section[id];
    pthread_mutex_lock(&object->lock);
    if (!atomic_load(&object->loaded[id])) {
        struct slice bytes = load(object, id);
        if (id == DW__STR || id == DW__LINE_STR)
            end_in_nul(&bytes);
        object->section[id] = bytes;
        atomic_store_explicit(&object->loaded[id], true, memory_order_release);
    }
    pthread_mutex_unlock(&object->lock);
    return object->section[id];
}

struct dw__object *dw__object_add(struct dw *dw, struct img *img, struct img_file *file, bool split)
{
    struct dw__object *object = mem_zalloc(1, sizeof *object);
    const struct img_info *info = img_info(img);
    object->img = img;
    object->file = file;
    object->path = info->path;
    object->number = (uint32_t)dw->objects.count;
    object->big_endian = info->big_endian;
    object->split = split;
    object->address_size = info->address_size;
    object->doubts = dw->doubts;
    pthread_mutex_init(&object->lock, NULL);
    find_sections(dw, object);
    vec_push(&dw->objects, object);
    return object;
}

void dw__object_free(struct dw__object *object)
{
    pthread_mutex_destroy(&object->lock);
    vec_free(&object->chunks);
    for (unsigned id = 0; object->more != NULL && id < DW__SECTION_COUNT; id++) {
        vec_free(&object->more[id].sections);
        buf_free(&object->more[id].bytes);
    }
    free(object->more);
    if (object->file != NULL)
        img_file_close(object->file);
    free(object);
}
