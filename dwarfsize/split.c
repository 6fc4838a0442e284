// SPDX-License-Identifier: MIT
//
// Split units: a skeleton in the main file, the rest in a .dwo beside the object file, or with
// those of all other units in one package, the .dwp.
//
//   main file                       .dwo or .dwp
//   skeleton unit, id 4711 ───────▶ split unit, id 4711
//     addresses, lines                DIEs, texts, lists
//
// A package has an index (7.3.5.3; version 2 is GNU's for DWARF 4) that says which bytes of each
// section are a unit's. Offsets in a unit count from its own contribution:
//
//   | version 4 | columns 4 | units 4 | slots 4 |
//   | ids: 8 a slot | rows: 4 a slot, from 1, 0 empty |
//   | section of each column: 4 | offsets: 4 a column, by unit | sizes: the same |
//
// What is looked for and not found is one doubt with a count: builds are moved without their
// thousand .dwo files all the time.

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "dwarfsize/private.h"

#define MOST_OBJECTS 0xffffu // a dw_ref has 16 bits for them
#define CU_INDEX     ".debug_cu_index"
#define TU_INDEX     ".debug_tu_index"

// ----------------------------------------------------------------- the index of a .dwp

struct package_index {
    struct cur cur; // of the whole section
    bool five;      // DWARF 5 section numbers, not GNU's
    uint64_t columns, units, slots;
    uint64_t ids, rows, sections, offsets, sizes; // where each table starts
};

// False when the tables do not fit the section.
static bool index_open(struct package_index *index, struct slice bytes, bool big_endian)
{
    struct cur c = cur_make(bytes, big_endian);
    struct cur version = c;
    *index = (struct package_index){.cur = c};
    index->five = cur_u16(&version) == 5;
    bool gnu = cur_u32(&c) == 2;
    index->columns = cur_u32(&c);
    index->units = cur_u32(&c);
    index->slots = cur_u32(&c);
    index->ids = cur_offset(&c);
    index->rows = index->ids + index->slots * 8;
    index->sections = index->rows + index->slots * 4;
    index->offsets = index->sections + index->columns * 4;
    uint64_t table, end;
    bool fits = mul_u64(index->columns * 4, index->units, &table) &&
                add_u64(index->offsets, table, &index->sizes) &&
                add_u64(index->sizes, table, &end) && end <= bytes.size;
    return !c.failed && (gnu || index->five) && fits;
}

static uint64_t index_u32(const struct package_index *index, uint64_t table, uint64_t number)
{
    struct cur c = index->cur;
    cur_seek(&c, table + number * 4);
    return cur_u32(&c);
}

// What a column is about: DW__SECTION_COUNT for the units themselves, -1 for what nobody reads.
static int section_of_column(const struct package_index *index, uint64_t column, bool *types)
{
    *types = false;
    switch (index_u32(index, index->sections, column)) {
    case DW_SECT_INFO:
        return DW__SECTION_COUNT;
    case 2: // .debug_types, GNU only
        *types = true;
        return index->five ? -1 : DW__SECTION_COUNT;
    case DW_SECT_ABBREV:
        return DW__ABBREV;
    case DW_SECT_LINE:
        return DW__LINE;
    case DW_SECT_LOCLISTS:
        return index->five ? DW__LOCLISTS : DW__LOC;
    case DW_SECT_STR_OFFSETS:
        return DW__STR_OFFSETS;
    case DW_SECT_RNGLISTS:
        return index->five ? DW__RNGLISTS : DW__MACRO; // 8: GNU's of version 2
    case DW_SECT_MACRO:
        return index->five ? DW__MACRO : DW__MACINFO;
    default:
        return -1;
    }
}

static struct slice part_of(struct slice whole, uint64_t offset, uint64_t size)
{
    return range_fits(offset, size, whole.size)
               ? slice_of(size == 0 ? NULL : whole.data + offset, (size_t)size)
               : slice_of(NULL, 0);
}

// The first unit that starts at or after an offset among all chunks of the object.
static uint32_t first_from(const struct dw *dw, const struct dw__object *object, uint64_t offset)
{
    const struct dw__unit *units = dw->units.items + object->unit_first;
    uint32_t low = 0, high = object->unit_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (units[middle].chunk->base + units[middle].start < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Gives the contributions to the units that start inside [offset, offset + size) of their section.
static void give(struct dw *dw, struct dw__object *object, bool types, uint64_t offset,
                 uint64_t size, const struct slice *contributions)
{
    const struct dw__chunk *chunk = NULL;
    for (size_t i = 0; i < object->chunks.count && chunk == NULL; i++)
        if (object->chunks.items[i]->types == types)
            chunk = object->chunks.items[i];
    if (chunk == NULL)
        return;
    for (uint32_t i = first_from(dw, object, chunk->base + offset); i < object->unit_count; i++) {
        struct dw__unit *unit = &dw->units.items[object->unit_first + i];
        bool inside = unit->chunk == chunk && unit->start - offset < size;
        if (!inside || unit->contributions != NULL) // no two contributions overlap
            break;
        unit->contributions = contributions;
    }
}

static void read_row(struct dw *dw, struct dw__object *object, const struct package_index *index,
                     uint64_t row)
{
    struct slice *parts = ARENA_ARRAY(dw->arena, DW__SECTION_COUNT, struct slice);
    uint64_t first = row * index->columns, start = 0, size = 0;
    bool of_types = false;
    for (unsigned i = 0; i < DW__SECTION_COUNT; i++)
        parts[i] = dw__object_section(object, i);
    for (uint64_t column = 0; column < index->columns; column++) {
        bool types;
        int section = section_of_column(index, column, &types);
        uint64_t part_offset = index_u32(index, index->offsets, first + column);
        uint64_t part_size = index_u32(index, index->sizes, first + column);
        if (section == DW__SECTION_COUNT && part_size != 0) {
            start = part_offset;
            size = part_size;
            of_types = types;
        } else if (section >= 0 && section < DW__SECTION_COUNT) {
            parts[section] = part_of(dw__object_section(object, section), part_offset, part_size);
        }
    }
    give(dw, object, of_types, start, size, parts);
}

static void read_index(struct dw *dw, struct dw__object *object, enum dw__section id)
{
    struct package_index index;
    const char *name = id == DW__CU_INDEX ? CU_INDEX : TU_INDEX;
    struct slice bytes = dw__object_section(object, id);
    if (bytes.size == 0)
        return;
    if (!index_open(&index, bytes, object->big_endian)) {
        doubt_add(dw->doubts, object->path, name, 0, "the index is damaged or of another version");
        return;
    }
    // More rows than units cannot all be used; a row without columns takes no bytes.
    uint64_t rows = MIN(index.units, (uint64_t)object->unit_count);
    for (uint64_t row = 0; row < rows; row++)
        read_row(dw, object, &index, row);
}

// Without its contributions a unit's offsets lead anywhere.
static void leave_out_unindexed(struct dw *dw, struct dw__object *object)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < object->unit_count; i++) {
        struct dw__unit *unit = &dw->units.items[object->unit_first + i];
        bool missing = unit->contributions == NULL && !unit->damaged;
        unit->damaged |= missing;
        count += missing;
    }
    if (count != 0)
        doubt_add(dw->doubts, object->path, NULL, NO_OFFSET,
                  "%u units of the package are in neither of its indexes", count);
}

// The only sections of a package whose names do not end in ".dwo".
static void find_index(struct dw__object *object, enum dw__section id, const char *name)
{
    const struct img_section *section = img_section_named(object->img, name);
    if (section != NULL)
        object->section_index[id] = section->index;
}

void dw__package_apply(struct dw *dw, struct dw__object *object)
{
    find_index(object, DW__CU_INDEX, CU_INDEX);
    find_index(object, DW__TU_INDEX, TU_INDEX);
    if (object->section_index[DW__CU_INDEX] == 0 && object->section_index[DW__TU_INDEX] == 0)
        return; // a .dwo
    read_index(dw, object, DW__CU_INDEX);
    read_index(dw, object, DW__TU_INDEX);
    leave_out_unindexed(dw, object);
}

static void open_package(struct dw *dw, struct img *dwp)
{
    struct dw__object *object = dw__object_add(dw, dwp, NULL, true);
    dw__units_read(dw, object);
    dw__package_apply(dw, object);
}

// ------------------------------------------------------------------------ .dwo files

static bool is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

// Where the .dwo lies: as it was named when compiled, or with the build moved, by the same name
// from the binary's directory, or beside the binary. NULL when nowhere. The caller frees.
static char *find_dwo(const struct dw__unit *skeleton)
{
    const char *name = skeleton->dwo_name, *slash = strrchr(name, '/');
    const char *binary = skeleton->object->path, *end = strrchr(binary, '/');
    int directory = end == NULL ? 1 : (int)MIN(end - binary, 4096);
    const char *here = end == NULL ? "." : binary;
    char *path = NULL;
    for (unsigned way = 0; way < 3; way++) {
        struct buf buf = {0};
        if (way == 0 && name[0] != '/' && skeleton->comp_dir[0] != '\0')
            buf_printf(&buf, "%s/%s", skeleton->comp_dir, name);
        else if (way == 0)
            buf_text(&buf, name);
        else
            buf_printf(&buf, "%.*s/%s", directory, here,
                       way == 1 || slash == NULL ? name : slash + 1);
        buf_char(&buf, '\0');
        path = buf.data;
        if (is_file(path))
            return path;
        free(path);
    }
    return NULL;
}

// Adds the objects of a .dwo file. False when it cannot be read.
static bool open_dwo(struct dw *dw, const char *path)
{
    struct img_file *file;
    struct fault fault = {0};
    if (dw->objects.count >= MOST_OBJECTS || !img_file_open(&file, path, dw->doubts, &fault))
        return false;
    if (img_file_is_archive(file) || img_file_count(file) != 1) {
        img_file_close(file);
        return false;
    }
    dw__units_read(dw, dw__object_add(dw, img_file_image(file, 0), file, true));
    return true;
}

// ---------------------------------------------------------------------------- linking

struct split {
    struct dw *dw;
    uint32_t main_units;
    VEC(struct keyed) ids; // of split units, sorted; value: unit
};

static void read_root(void *context, size_t index, unsigned worker)
{
    struct split *split = context;
    (void)worker;
    dw__root_read(split->dw, &split->dw->units.items[split->main_units + index]);
}

static void index_ids(struct split *split)
{
    split->ids.count = 0;
    for (size_t i = split->main_units; i < split->dw->units.count; i++) {
        const struct dw__unit *unit = &split->dw->units.items[i];
        if (unit->kind == DW_UT_split_compile && !unit->damaged)
            vec_push(&split->ids, (struct keyed){unit->signature, i});
    }
    struct keyed *scratch = mem_alloc(split->ids.count * sizeof *scratch);
    if (split->ids.count != 0)
        sort_keyed(split->ids.items, scratch, split->ids.count);
    free(scratch);
}

static uint32_t split_unit_of(const struct split *split, uint64_t id)
{
    size_t at = keyed_first(split->ids.items, split->ids.count, id);
    bool found = at < split->ids.count && split->ids.items[at].key == id;
    return found ? (uint32_t)split->ids.items[at].value : DW_NO_UNIT;
}

static bool is_unlinked(const struct dw__unit *unit)
{
    return unit->kind == DW_UT_skeleton && !unit->damaged && unit->partner == DW_NO_UNIT;
}

static void link_partners(struct split *split)
{
    struct dw *dw = split->dw;
    index_ids(split);
    for (uint32_t i = 0; i < split->main_units; i++) {
        struct dw__unit *unit = &dw->units.items[i];
        if (!is_unlinked(unit))
            continue;
        uint32_t other = split_unit_of(split, unit->signature);
        if (other == DW_NO_UNIT || dw->units.items[other].partner != DW_NO_UNIT)
            continue;
        unit->partner = other;
        dw->units.items[other].partner = i;
    }
}

// Reads the roots of the units added since `first` and links them.
static void take_in(struct split *split, size_t first)
{
    struct split added = {.dw = split->dw, .main_units = (uint32_t)first};
    par_for(split->dw->threads, split->dw->units.count - first, read_root, &added);
    link_partners(split);
}

// Opens the .dwo of every skeleton that has no partner yet, each file once.
static void open_dwos(struct split *split)
{
    struct dw *dw = split->dw;
    size_t first = dw->units.count;
    struct names *tried = names_new();
    for (uint32_t i = 0; i < split->main_units; i++) {
        if (!is_unlinked(&dw->units.items[i]) || dw->units.items[i].dwo_name == NULL)
            continue;
        char *path = find_dwo(&dw->units.items[i]);
        uint32_t known = names_count(tried);
        if (path != NULL && names_intern_text(tried, path) >= known)
            open_dwo(dw, path);
        free(path);
    }
    names_free(tried);
    take_in(split, first);
}

static void count_unlinked(const struct split *split)
{
    const struct dw *dw = split->dw;
    const struct dw__unit *first = NULL;
    uint32_t unlinked = 0, skeletons = 0;
    for (uint32_t i = 0; i < split->main_units; i++) {
        const struct dw__unit *unit = &dw->units.items[i];
        skeletons += unit->kind == DW_UT_skeleton;
        if (!is_unlinked(unit))
            continue;
        first = unlinked++ == 0 ? unit : first;
    }
    if (first != NULL)
        doubt_add(dw->doubts, first->object->path, ".debug_info", first->start,
                  "%u of %u split units were not found or are of another build, the first in %s",
                  unlinked, skeletons, first->dwo_name == NULL ? "?" : first->dwo_name);
}

bool dw__open_split(struct dw *dw, const struct img_debug *debug, struct fault *fault)
{
    struct split split = {.dw = dw, .main_units = (uint32_t)dw->units.count};
    uint32_t skeletons = 0;
    (void)fault; // what is missing or damaged leaves its skeleton as it is
    for (uint32_t i = 0; i < split.main_units; i++)
        skeletons += is_unlinked(&dw->units.items[i]);
    if (skeletons == 0)
        return true;
    if (debug->dwp != NULL) {
        open_package(dw, debug->dwp);
        take_in(&split, split.main_units);
    }
    open_dwos(&split);
    count_unlinked(&split);
    vec_free(&split.ids);
    return true;
}
