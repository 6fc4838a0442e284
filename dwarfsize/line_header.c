// SPDX-License-Identifier: MIT
//
// Headers of line tables (6.2.4): where the program lies, and the names of its files.
//
//   version 2 to 4              length version header_length min_length [max_operations: 4]
//                               default_is_stmt line_base line_range opcode_base operands...
//                               directories: text text ... ""      from 1; 0 is DW_AT_comp_dir
//                               files: {text, directory, time, size} ... ""               from 1
//   version 5                   length version address_size segment_size header_length ... operands
//                               directory format, count, entries    from 0: DW_AT_comp_dir
//                               file format, count, entries                               from 0
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

void dw__line_doubt(const struct dw *dw, const struct dw__line_table *table, uint64_t offset,
                    const char *text)
{
    const struct dw__object *object = table->unit->object;
    doubt_add(dw->doubts, object->path, object->split ? ".debug_line.dwo" : ".debug_line", offset,
              "%s", text);
}

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

// ----------------------------------------------------------------------- the entries

// What an entry says, of what anybody asks.
struct entry {
    const char *name;
    uint64_t directory;
};

static const char *text_at(struct slice section, uint64_t offset)
{
    struct cur c = cur_make(section, false);
    cur_seek(&c, offset);
    struct slice text = cur_text(&c);
    return c.failed ? "" : (const char *)text.data;
}

static const char *text_by_index(const struct dw__line_table *table, uint64_t index)
{
    const struct dw__unit *unit = table->unit;
    struct cur c = cur_make(dw__section_of(unit, DW__STR_OFFSETS), table->bytes.big_endian);
    uint64_t place;
    if (!mul_u64(index, table->offset_size, &place) ||
        !add_u64(place, unit->str_offsets_base, &place))
        return "";
    cur_seek(&c, place);
    uint64_t offset = cur_uint(&c, table->offset_size);
    return c.failed ? "" : text_at(dw__section_of(unit, DW__STR), offset);
}

static const char *text_in(const struct dw__line_table *table, struct cur *c,
                           enum dw__section section)
{
    uint64_t offset = cur_uint(c, table->offset_size);
    return text_at(dw__section_of(table->unit, section), offset);
}

static const char *supplementary_text(const struct dw__line_table *table, struct cur *c)
{
    struct dw__object *alt = table->unit->object->alt;
    uint64_t offset = cur_uint(c, table->offset_size);
    return alt == NULL ? "" : text_at(dw__object_section(alt, DW__STR), offset);
}

// One field of an entry. Texts leave through `text`, numbers are returned. False for a form that
// does not belong here (7.22 lists them).
static bool read_field(const struct dw__line_table *table, struct cur *c, uint16_t form,
                       const char **text, uint64_t *number)
{
    switch (form) {
    case DW_FORM_string:
        *text = (const char *)cur_text(c).data;
        return true;
    case DW_FORM_line_strp:
        *text = text_in(table, c, DW__LINE_STR);
        return true;
    case DW_FORM_strp:
        *text = text_in(table, c, DW__STR);
        return true;
    case DW_FORM_strp_sup:
    case DW_FORM_GNU_strp_alt:
        *text = supplementary_text(table, c);
        return true;
    case DW_FORM_strx:
    case DW_FORM_GNU_str_index:
        *text = text_by_index(table, cur_uleb(c));
        return true;
    case DW_FORM_strx1:
    case DW_FORM_strx2:
    case DW_FORM_strx3:
    case DW_FORM_strx4:
        *text = text_by_index(table, cur_uint(c, form - DW_FORM_strx1 + 1u));
        return true;
    case DW_FORM_udata:
        *number = cur_uleb(c);
        return true;
    case DW_FORM_data1:
        *number = cur_u8(c);
        return true;
    case DW_FORM_data2:
        *number = cur_u16(c);
        return true;
    case DW_FORM_data4:
        *number = cur_u32(c);
        return true;
    case DW_FORM_data8:
        *number = cur_u64(c);
        return true;
    case DW_FORM_data16: // a digest
        cur_skip(c, 16);
        return true;
    case DW_FORM_block:
        cur_skip(c, cur_uleb(c));
        return true;
    default:
        return false;
    }
}

static bool read_entry(const struct dw__line_table *table, struct cur *c,
                       const struct dw__entry_format *format, struct entry *entry)
{
    *entry = (struct entry){"", 0};
    for (unsigned i = 0; i < format->count; i++) {
        const char *text = "";
        uint64_t number = 0;
        if (!read_field(table, c, format->items[i].form, &text, &number) || c->failed)
            return false;
        if (format->items[i].content == DW_LNCT_path)
            entry->name = text;
        else if (format->items[i].content == DW_LNCT_directory_index)
            entry->directory = number;
    }
    return true;
}

// ------------------------------------------------------------------------- the header

static const struct dw__entry_format old_directory = {1, {{DW_LNCT_path, DW_FORM_string}}};
static const struct dw__entry_format old_file = {4,
                                                 {{DW_LNCT_path, DW_FORM_string},
                                                  {DW_LNCT_directory_index, DW_FORM_udata},
                                                  {DW_LNCT_timestamp, DW_FORM_udata},
                                                  {DW_LNCT_size, DW_FORM_udata}}};

static bool push_entry(const struct dw__line_table *table, struct cur *c,
                       struct dw__entries *entries)
{
    struct entry unused;
    uint64_t at = cur_offset(c) - table->offset;
    if (at > UINT32_MAX || !read_entry(table, c, &entries->format, &unused))
        return false;
    vec_push(&entries->at, (uint32_t)at);
    return true;
}

// Versions 2 to 4: an empty name ends the list.
static bool read_old_entries(const struct dw__line_table *table, struct cur *c,
                             const struct dw__entry_format *format, struct dw__entries *entries)
{
    entries->format = *format;
    while (cur_left(c) > 0 && *c->at != 0)
        if (!push_entry(table, c, entries))
            return false;
    cur_u8(c);
    return !c->failed;
}

static bool read_format(struct cur *c, struct dw__entry_format *format)
{
    format->count = cur_u8(c);
    if (format->count > DW__FORMAT_MAX)
        return false;
    for (unsigned i = 0; i < format->count; i++) {
        uint64_t content = cur_uleb(c), form = cur_uleb(c);
        format->items[i].content = (uint16_t)MIN(content, UINT16_MAX);
        format->items[i].form = (uint16_t)MIN(form, UINT16_MAX);
    }
    return !c->failed;
}

static bool read_new_entries(const struct dw__line_table *table, struct cur *c,
                             struct dw__entries *entries)
{
    if (!read_format(c, &entries->format))
        return false;
    uint64_t count = cur_uleb(c);
    // Every field takes a byte at least, so a count that lies runs out of bytes.
    if (entries->format.count == 0 && count != 0)
        return false;
    for (; count > 0; count--)
        if (!push_entry(table, c, entries))
            return false;
    return !c->failed;
}

static bool read_names(struct dw__line_table *table, struct cur *c)
{
    if (table->version >= 5)
        return read_new_entries(table, c, &table->directories) &&
               read_new_entries(table, c, &table->files);
    return read_old_entries(table, c, &old_directory, &table->directories) &&
           read_old_entries(table, c, &old_file, &table->files);
}

// What steers the program, up to the operand counts. False when it cannot be one.
static bool read_machine(struct dw__line_table *table, struct cur *c)
{
    table->min_length = cur_u8(c);
    table->max_operations = table->version >= 4 ? cur_u8(c) : 1;
    table->max_operations = MAX(table->max_operations, 1);
    cur_u8(c); // default_is_stmt: nobody here asks
    table->line_base = (int8_t)cur_u8(c);
    table->line_range = cur_u8(c);
    table->opcode_base = cur_u8(c);
    for (unsigned i = 1; i < table->opcode_base; i++)
        table->operands[i] = cur_u8(c);
    return !c->failed && table->line_range != 0 && table->opcode_base != 0;
}

// The length fields. Afterwards `end` is right, or both offsets are 0. A table that is longer than
// the place it has is read as far as that goes.
static bool read_extent(const struct dw *dw, struct dw__line_table *table, struct cur *c,
                        uint64_t offset)
{
    cur_seek(c, offset);
    uint64_t length = cur_u32(c);
    table->offset_size = 4;
    if (length == 0xffffffff) {
        table->offset_size = 8;
        length = cur_u64(c);
    }
    if (c->failed)
        return false;
    if (length > cur_left(c)) {
        dw__line_doubt(dw, table, offset, "line table ends past its section or in the next table");
        length = cur_left(c);
    }
    table->offset = offset;
    table->end = cur_offset(c) + length;
    table->bytes = cur_sub(c, length);
    *c = table->bytes;
    return true;
}

static const char *read_header(const struct dw *dw, struct dw__line_table *table,
                               const struct slot *slot)
{
    struct cur c =
        cur_make(slice_of(slot->section.data, (size_t)slot->limit), slot->unit->object->big_endian);
    table->bytes = c;
    if (!read_extent(dw, table, &c, slot->offset))
        return "line table has no room for its length";
    table->program = table->end;
    table->version = cur_u16(&c);
    if (table->version < 2 || table->version > 5)
        return "line table of an unknown version";
    if (table->version >= 5)
        cur_skip(&c, 2); // address and segment selector size: the instructions tell
    uint64_t size = cur_uint(&c, table->offset_size), program = cur_offset(&c) + size;
    if (c.failed || size > cur_left(&c))
        return "line table header is longer than its table";
    c.end = c.base + program;
    if (!read_machine(table, &c))
        return "line table header is damaged";
    if (!read_names(table, &c))
        return "directories or files of a line table are damaged";
    table->program = program;
    return NULL;
}

static void paths_reserve(struct dw__entries *entries)
{
    entries->paths = mem_zalloc(entries->at.count, sizeof *entries->paths);
}

// Split type units have no directory: it is that of the unit they were compiled with, which sees the
// same .debug_line.dwo.
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
    const char *trouble = read_header(dw, table, slot);
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

static bool entry_at(const struct dw__line_table *table, const struct dw__entry_format *format,
                     uint32_t at, struct entry *entry)
{
    struct cur c = table->bytes;
    cur_seek(&c, table->offset + at);
    return read_entry(table, &c, format, entry);
}

// What relative directories count from: in version 5 directory 0, before that DW_AT_comp_dir.
static const char *base_directory(const struct dw__line_table *table)
{
    const struct dw__entries *directories = &table->directories;
    struct entry entry;
    if (table->version >= 5 && directories->at.count > 0 &&
        entry_at(table, &directories->format, directories->at.items[0], &entry) &&
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
    struct entry entry;
    entry_at(table, &directories->format, directories->at.items[index], &entry);
    path = join(dw, base_directory(table), entry.name);
    atomic_store(&directories->paths[index], path);
    return path;
}

static const char *entry_path(struct dw *dw, struct dw__line_table *table,
                              const struct entry *entry)
{
    return entry->name[0] == '\0'
               ? ""
               : join(dw, directory_path(dw, table, entry->directory), entry->name);
}

const char *dw__line_entry_path(struct dw *dw, struct dw__line_table *table, uint32_t at)
{
    struct entry entry;
    return entry_at(table, &old_file, at, &entry) ? entry_path(dw, table, &entry) : "";
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
    struct entry entry;
    path = entry_at(table, &files->format, files->at.items[index], &entry)
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
