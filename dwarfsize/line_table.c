// SPDX-License-Identifier: MIT
//
// Which line tables there are, and the paths of the files they name.
//
//   unit 0 ──┐
//   unit 1 ──┼──▶ slot ──▶ table (read when asked for) ──▶ paths (joined when asked for)
//   type 2 ──┘
//
// Every table that a unit refers to is known before the first is read, so each is cut off where the
// next one starts. However tables are made to overlap, no byte is read twice.

#include <stdlib.h>

#include "dwarfsize/lines.h"

#define NO_TABLE UINT32_MAX

// A table that some unit refers to.
struct slot {
    struct slice section; // as that unit sees it
    uint64_t offset, limit;
    struct dw__unit *unit;
    _Atomic(struct dw__line_table *) table;
};

struct dw__lines {
    struct slot *slots; // by address of their first byte
    size_t slot_count;
    uint32_t *slot_of; // by unit

    // Paths by what they are joined from; equal paths are one text.
    pthread_mutex_t lock; // guards all below; taken before dw.lock
    struct names *joins, *paths;
    VEC(name_id) path_of_join;
    struct buf scratch;
    struct dw__line_places places; // of the image asked about last
};

// ------------------------------------------------------------- which tables there are

static bool is_compiled(const struct dw__unit *unit)
{
    return unit->kind == DW_UT_compile || unit->kind == DW_UT_skeleton;
}

static size_t collect_slots(struct dw *dw, struct keyed *found)
{
    size_t count = 0;
    for (size_t i = 0; i < dw->units.count; i++) {
        const struct dw__unit *unit = &dw->units.items[i];
        struct slice section = dw__section_of(unit, DW__LINE);
        if (unit->line_offset < section.size)
            found[count++] = (struct keyed){(uintptr_t)section.data + unit->line_offset, i};
    }
    struct keyed *scratch = mem_zalloc(count, sizeof *scratch);
    sort_keyed(found, scratch, count);
    free(scratch);
    return count;
}

static void end_slot(struct slot *slot, uint64_t next)
{
    uint64_t start = (uintptr_t)slot->section.data;
    slot->limit = slot->section.size;
    if (next > start && next - start < slot->limit)
        slot->limit = next - start;
}

static struct dw__lines *lines_new(struct dw *dw)
{
    struct keyed *found = mem_zalloc(dw->units.count, sizeof *found);
    struct dw__lines *lines = mem_zalloc(1, sizeof *lines);
    size_t count = collect_slots(dw, found);
    lines->slots = mem_zalloc(count, sizeof *lines->slots);
    lines->slot_of = mem_alloc(dw->units.count * sizeof *lines->slot_of);
    memset(lines->slot_of, 0xff, dw->units.count * sizeof *lines->slot_of);
    for (size_t i = 0; i < count; i++) {
        struct dw__unit *unit = &dw->units.items[found[i].value];
        if (i == 0 || found[i].key != found[i - 1].key) {
            if (i != 0)
                end_slot(&lines->slots[lines->slot_count - 1], found[i].key);
            lines->slots[lines->slot_count++] =
                (struct slot){.section = dw__section_of(unit, DW__LINE),
                              .offset = unit->line_offset,
                              .unit = unit};
        }
        struct slot *slot = &lines->slots[lines->slot_count - 1];
        lines->slot_of[found[i].value] = (uint32_t)lines->slot_count - 1;
        if (is_compiled(unit) && !is_compiled(slot->unit))
            slot->unit = unit;
    }
    if (count != 0)
        end_slot(&lines->slots[lines->slot_count - 1], UINT64_MAX);
    free(found);
    pthread_mutex_init(&lines->lock, NULL);
    lines->joins = names_new();
    lines->paths = names_new();
    return lines;
}

static void table_free(struct dw__line_table *table)
{
    if (table == NULL)
        return;
    vec_free(&table->directories.at);
    vec_free(&table->files.at);
    free(table->directories.paths);
    free(table->files.paths);
    free(table);
}

static void lines_free(struct dw__lines *lines)
{
    for (size_t i = 0; i < lines->slot_count; i++)
        table_free(lines->slots[i].table);
    pthread_mutex_destroy(&lines->lock);
    names_free(lines->joins);
    names_free(lines->paths);
    vec_free(&lines->path_of_join);
    buf_free(&lines->scratch);
    dw__places_close(&lines->places.places);
    free(lines->slots);
    free(lines->slot_of);
    free(lines);
}

void dw__lines_free(struct dw *dw)
{
    if (dw->lines != NULL)
        lines_free(dw->lines);
    dw->lines = NULL;
}

// Made by whoever comes first; a second one made at the same time is thrown away.
static struct dw__lines *lines_of(struct dw *dw)
{
    struct dw__lines *have = __atomic_load_n(&dw->lines, __ATOMIC_ACQUIRE);
    if (have != NULL)
        return have;
    struct dw__lines *made = lines_new(dw);
    if (__atomic_compare_exchange_n(&dw->lines, &have, made, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return made;
    lines_free(made);
    return have;
}

// ------------------------------------------------------------------- tables on request

static void paths_reserve(struct dw__entries *entries)
{
    entries->paths = mem_zalloc(entries->at.count, sizeof *entries->paths);
}

// Split type units have no directory: it is that of the unit they were compiled with, which sees
// the same .debug_line.dwo.
static const char *comp_dir_of(const struct dw *dw, const struct dw__unit *unit)
{
    const struct dw__object *object = unit->object;
    const struct dw__unit *other = dw->units.items + object->unit_first;
    const uint8_t *lines = dw__section_of(unit, DW__LINE).data;
    for (uint32_t left = object->split ? object->unit_count : 0; left > 0; left--, other++)
        if (unit->comp_dir[0] == '\0' && other->kind == DW_UT_split_compile &&
            dw__section_of(other, DW__LINE).data == lines)
            return other->comp_dir;
    return unit->comp_dir;
}

static struct dw__line_table *table_read(struct dw *dw, struct slot *slot)
{
    struct dw__line_table *table = mem_zalloc(1, sizeof *table);
    table->unit = slot->unit;
    table->comp_dir = comp_dir_of(dw, slot->unit);
    struct slice bytes = slice_of(slot->section.data, (size_t)slot->limit);
    const char *trouble = dw__line_header_read(dw, table, bytes, slot->offset);
    if (trouble != NULL)
        dw__line_doubt(dw, table, slot->offset, trouble);
    paths_reserve(&table->directories);
    paths_reserve(&table->files);
    return table;
}

// A split unit without a table of its own counts files by that of its skeleton.
static uint32_t slot_of(const struct dw *dw, const struct dw__lines *lines,
                        const struct dw__unit *unit)
{
    uint32_t slot = lines->slot_of[dw__unit_index(dw, unit)];
    if (slot == NO_TABLE && unit->object->split && unit->partner != DW_NO_UNIT)
        slot = lines->slot_of[unit->partner];
    return slot;
}

struct dw__line_table *dw__line_table_of(struct dw *dw, const struct dw__unit *unit)
{
    struct dw__lines *lines = lines_of(dw);
    uint32_t index = slot_of(dw, lines, unit);
    if (index == NO_TABLE)
        return NULL;
    struct slot *slot = &lines->slots[index];
    struct dw__line_table *have = atomic_load(&slot->table);
    if (have != NULL)
        return have;
    struct dw__line_table *made = table_read(dw, slot);
    if (atomic_compare_exchange_strong(&slot->table, &have, made))
        return made;
    table_free(made);
    return have;
}

// ------------------------------------------------------------------- places of code

static void find_places(struct dw *dw, struct img *image, struct dw__line_places *places)
{
    size_t count;
    const struct img_section *sections = img_sections(image, &count);
    struct fault fault = {0};
    dw__places_close(&places->places);
    dw__places_open(&places->places, image);
    places->sections = false;
    for (size_t i = 0; i < count; i++)
        places->sections |= (sections[i].flags & SHF_ALLOC) != 0;
    places->code = NULL;
    if (places->places.zero_is_real)
        dw_read_code(dw, image, 0, &places->code, &fault);
}

struct dw__line_places dw__line_places_of(struct dw *dw, struct img *image)
{
    struct dw__lines *lines = lines_of(dw);
    pthread_mutex_lock(&lines->lock);
    if (lines->places.places.image != image)
        find_places(dw, image, &lines->places);
    struct dw__line_places places = lines->places;
    memset(&places.places.low, 0, sizeof places.places.low); // not lent
    pthread_mutex_unlock(&lines->lock);
    return places;
}

// --------------------------------------------------------------------------- paths

// The headers of a kernel name 600,000 files, 10,000 of them different: what was joined before is
// looked up. Different ways to one path end in one text, so that paths compare by address.
static const char *join(struct dw *dw, const char *directory, const char *name)
{
    struct dw__lines *lines = lines_of(dw);
    pthread_mutex_lock(&lines->lock);
    lines->scratch.size = 0;
    buf_bytes(&lines->scratch, directory, strlen(directory) + 1);
    buf_text(&lines->scratch, name);
    name_id id = names_intern(lines->joins, slice_of(lines->scratch.data, lines->scratch.size));
    while (lines->path_of_join.count <= id) { // 0 is not made by any join: the key has a NUL
        const char *path = lines->path_of_join.count == id ? dw__path(dw, directory, name) : "";
        vec_push(&lines->path_of_join, names_intern_text(lines->paths, path));
    }
    const char *path = names_text(lines->paths, lines->path_of_join.items[id]);
    pthread_mutex_unlock(&lines->lock);
    return path;
}

// What relative directories count from: in version 5 directory 0, before that DW_AT_comp_dir.
static const char *base_directory(const struct dw__line_table *table)
{
    const struct dw__entries *directories = &table->directories;
    struct dw__line_entry entry;
    if (table->version >= 5 && directories->at.count > 0 &&
        dw__line_entry_read(table, &directories->format, directories->at.items[0], &entry) &&
        entry.name[0] != '\0')
        return entry.name;
    return table->comp_dir;
}

static const char *directory_path(struct dw *dw, struct dw__line_table *table, uint64_t number)
{
    struct dw__entries *directories = &table->directories;
    uint64_t index = table->version >= 5 ? number : number - 1;
    if (number == 0 || index >= directories->at.count)
        return base_directory(table);
    const char *path = atomic_load(&directories->paths[index]);
    if (path != NULL)
        return path;
    struct dw__line_entry entry;
    dw__line_entry_read(table, &directories->format, directories->at.items[index], &entry);
    path = join(dw, base_directory(table), entry.name);
    atomic_store(&directories->paths[index], path);
    return path;
}

static const char *entry_path(struct dw *dw, struct dw__line_table *table,
                              const struct dw__line_entry *entry)
{
    return entry->name[0] == '\0'
               ? ""
               : join(dw, directory_path(dw, table, entry->directory), entry->name);
}

const char *dw__line_entry_path(struct dw *dw, struct dw__line_table *table, uint32_t at)
{
    struct dw__line_entry entry;
    return dw__line_entry_read(table, NULL, at, &entry) ? entry_path(dw, table, &entry) : "";
}

const char *dw__line_path(struct dw *dw, struct dw__line_table *table, uint64_t number)
{
    struct dw__entries *files = &table->files;
    uint64_t index = table->version >= 5 ? number : number - 1; // 0 - 1 is out of range too
    if (index >= files->at.count)
        return "";
    const char *path = atomic_load_explicit(&files->paths[index], memory_order_acquire);
    if (path != NULL)
        return path;
    struct dw__line_entry entry;
    path = dw__line_entry_read(table, &files->format, files->at.items[index], &entry)
               ? entry_path(dw, table, &entry)
               : "";
    atomic_store(&files->paths[index], path);
    return path;
}

const char *dw__file_path(struct dw *dw, struct dw__unit *unit, uint64_t file)
{
    struct dw__line_table *table = dw__line_table_of(dw, unit);
    return table == NULL ? "" : dw__line_path(dw, table, file);
}
