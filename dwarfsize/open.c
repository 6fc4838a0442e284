// SPDX-License-Identifier: MIT
//
// Objects, unit headers and root DIEs.
//
// A unit header (7.5.1), 32-bit DWARF; in 64-bit DWARF the length is ffffffff and 8 bytes more, and
// offsets have 8 bytes:
//
//   2 to 4   | length 4 | version 2 | abbrev offset 4 | address size 1 |
//            .debug_types goes on with | signature 8 | type offset 4 |
//   5        | length 4 | version 2 | unit type 1 | address size 1 | abbrev offset 4 |
//            skeleton, split: | dwo id 8 |     type: | signature 8 | type offset 4 |

#include <stdio.h>
#include <stdlib.h>

#include "dwarfsize/private.h"

void dw__doubt(const struct dw *dw, const struct dw__unit *unit, uint64_t offset, const char *text)
{
    const char *section = unit->chunk->types ? ".debug_types" : ".debug_info";
    doubt_add(dw->doubts, unit->object->path, section, offset, "%s", text);
}

// ----------------------------------------------------------------------- objects

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
    vec_push(&object->chunks, chunk);
}

static void add_chunk_section(struct dw *dw, struct dw__object *object,
                              const struct img_section *section, bool types)
{
    struct slice bytes;
    struct fault fault = {0};
    if (img_section_bytes(object->img, section->index, &bytes, &fault))
        dw__chunk_add(dw, object, bytes, section->index, types);
    else
        doubt_add(dw->doubts, object->path, section->name, NO_OFFSET, "%s", fault.text);
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
        if (is_named(object, section->name, ".debug_info"))
            add_chunk_section(dw, object, section, false);
        else if (is_named(object, section->name, ".debug_types"))
            add_chunk_section(dw, object, section, true);
        for (unsigned id = 0; id < DW__SECTION_COUNT; id++)
            if (object->section_index[id] == 0 && is_named(object, section->name, names[id]))
                object->section_index[id] = section->index;
    }
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
        struct slice bytes = {0};
        struct fault fault = {0};
        uint32_t index = object->section_index[id];
        if (index != 0 && !img_section_bytes(object->img, index, &bytes, &fault))
            doubt_add(object->doubts, object->path, NULL, NO_OFFSET, "%s", fault.text);
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

static void object_free(struct dw__object *object)
{
    pthread_mutex_destroy(&object->lock);
    vec_free(&object->chunks);
    if (object->file != NULL)
        img_file_close(object->file);
    free(object);
}

// ------------------------------------------------------------------------- units

static void read_header_5(struct dw__unit *unit, struct cur *c)
{
    unit->kind = cur_u8(c);
    unit->address_size = cur_u8(c);
    unit->abbrev_offset = cur_uint(c, unit->offset_size);
    bool type = unit->kind == DW_UT_type || unit->kind == DW_UT_split_type;
    if (type || unit->kind == DW_UT_skeleton || unit->kind == DW_UT_split_compile)
        unit->signature = cur_u64(c);
    if (type)
        unit->type_offset = cur_uint(c, unit->offset_size);
}

static void read_header_2(struct dw__unit *unit, struct cur *c)
{
    unit->abbrev_offset = cur_uint(c, unit->offset_size);
    unit->address_size = cur_u8(c);
    unit->kind = DW_UT_compile; // partial, skeleton: known from the root DIE
    if (unit->chunk->types) {
        unit->kind = DW_UT_type;
        unit->signature = cur_u64(c);
        unit->type_offset = cur_uint(c, unit->offset_size);
    }
}

// Reads one header at the cursor, which is moved to the next unit. False at the end or at damage.
static bool read_header(struct dw *dw, struct dw__unit *unit, struct cur *c)
{
    unit->start = cur_offset(c);
    uint64_t length = cur_u32(c);
    unit->offset_size = 4;
    if (length == 0xffffffff) {
        unit->offset_size = 8;
        length = cur_u64(c);
    }
    uint64_t body = cur_offset(c);
    if (c->failed || length > cur_left(c)) {
        dw__doubt(dw, unit, unit->start, "unit ends past its section");
        return false;
    }
    unit->end = body + length;
    struct cur header = cur_sub(c, length);
    unit->version = cur_u16(&header);
    if (unit->version == 5)
        read_header_5(unit, &header);
    else if (unit->version >= 2 && unit->version <= 4)
        read_header_2(unit, &header);
    else if (length != 0)
        dw__doubt(dw, unit, unit->start, "unit has a DWARF version other than 2 to 5");
    unit->first_die = cur_offset(&header);
    bool sizes = unit->address_size >= 1 && unit->address_size <= 8;
    unit->damaged = header.failed || !sizes || unit->version < 2 || unit->version > 5;
    if (unit->damaged) {
        unit->first_die = unit->end;
        if (length != 0 && unit->version >= 2 && unit->version <= 5)
            dw__doubt(dw, unit, unit->start, "unit header is damaged");
    }
    return true;
}

static const struct dw__unit no_unit = {
    .partner = DW_NO_UNIT,
    .line_offset = NO_OFFSET,
    .name = "",
    .comp_dir = "",
    .producer = "",
};

// Reads on where the object's units were left off, `limit` units at most; false when all are read.
static bool read_some_units(struct dw *dw, struct dw__object *object, size_t limit)
{
    while (object->next_chunk < object->chunks.count) {
        const struct dw__chunk *chunk = object->chunks.items[object->next_chunk];
        struct cur c = cur_make(chunk->bytes, object->big_endian);
        cur_seek(&c, object->next_unit);
        while (cur_left(&c) > 0 && limit > 0) {
            struct dw__unit unit = no_unit;
            unit.object = object;
            unit.chunk = chunk;
            if (!read_header(dw, &unit, &c))
                c.at = c.end;
            else if (unit.version != 0) // else padding between units
                vec_push(&dw->units, unit);
            limit--;
        }
        object->next_unit = cur_offset(&c);
        if (cur_left(&c) > 0)
            return true;
        object->next_chunk++;
        object->next_unit = 0;
    }
    return false;
}

void dw__units_read(struct dw *dw, struct dw__object *object)
{
    object->unit_first = (uint32_t)dw->units.count;
    read_some_units(dw, object, SIZE_MAX);
    object->unit_count = (uint32_t)(dw->units.count - object->unit_first);
}

uint32_t dw__unit_index(const struct dw *dw, const struct dw__unit *unit)
{
    return (uint32_t)(unit - dw->units.items);
}

struct dw__unit *dw__unit_of(const struct dw *dw, dw_ref ref)
{
    uint64_t number = ref >> 48, offset = ref & 0xffffffffffffu;
    if (ref == DW_NO_REF || number >= dw->objects.count)
        return NULL;
    const struct dw__object *object = dw->objects.items[number];
    struct dw__unit *units = dw->units.items + object->unit_first;
    size_t low = 0, high = object->unit_count; // the last unit that starts at or before offset
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (units[middle].chunk->base + units[middle].start <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    struct dw__unit *unit = &units[low - 1];
    uint64_t start = unit->chunk->base + unit->first_die, end = unit->chunk->base + unit->end;
    return offset >= start && offset < end ? unit : NULL;
}

// -------------------------------------------------------------------------- roots

static const struct dw__pass root_pass = {
    .slots = 1ull << SLOT_NAME | 1ull << SLOT_COMP_DIR | 1ull << SLOT_PRODUCER |
             1ull << SLOT_LANGUAGE | 1ull << SLOT_LOW_PC | 1ull << SLOT_HIGH_PC |
             1ull << SLOT_RANGES | 1ull << SLOT_STMT_LIST | 1ull << SLOT_STR_OFFSETS_BASE |
             1ull << SLOT_ADDR_BASE | 1ull << SLOT_RNGLISTS_BASE | 1ull << SLOT_LOCLISTS_BASE |
             1ull << SLOT_DWO_NAME | 1ull << SLOT_GNU_DWO_NAME | 1ull << SLOT_GNU_DWO_ID |
             1ull << SLOT_GNU_ADDR_BASE | 1ull << SLOT_GNU_RANGES_BASE,
};

// Split units and units of an old producer have no base attribute: it then is just behind the
// header of the section's first contribution (7.26 to 7.29).
static uint64_t default_base(const struct dw__unit *unit, unsigned header32, unsigned header64)
{
    if (unit->version < 5 || !unit->object->split)
        return 0;
    return unit->offset_size == 8 ? header64 : header32;
}

static void read_bases(struct dw__unit *unit, const struct dw__die *die)
{
    unit->str_offsets_base =
        dw__number(unit, die, SLOT_STR_OFFSETS_BASE, default_base(unit, 8, 16));
    unit->addr_base =
        dw__number(unit, die, SLOT_ADDR_BASE, dw__number(unit, die, SLOT_GNU_ADDR_BASE, 0));
    unit->rnglists_base = dw__number(unit, die, SLOT_RNGLISTS_BASE, default_base(unit, 12, 20));
    unit->loclists_base = dw__number(unit, die, SLOT_LOCLISTS_BASE, default_base(unit, 12, 20));
    unit->ranges_base = dw__number(unit, die, SLOT_GNU_RANGES_BASE, 0);
    unit->line_offset = dw__number(unit, die, SLOT_STMT_LIST, NO_OFFSET);
    unit->language = (uint16_t)dw__number(unit, die, SLOT_LANGUAGE, 0);
    unit->signature = dw__number(unit, die, SLOT_GNU_DWO_ID, unit->signature);
}

static void read_root(struct dw *dw, struct dw__unit *unit, const struct dw__die *die)
{
    read_bases(unit, die);
    unit->name = dw__text(unit, die, SLOT_NAME);
    unit->comp_dir = dw__text(unit, die, SLOT_COMP_DIR);
    unit->producer = dw__text(unit, die, SLOT_PRODUCER);
    unit->dwo_name = dw__has(die, SLOT_DWO_NAME)       ? dw__text(unit, die, SLOT_DWO_NAME)
                     : dw__has(die, SLOT_GNU_DWO_NAME) ? dw__text(unit, die, SLOT_GNU_DWO_NAME)
                                                       : NULL;
    if (unit->kind == DW_UT_compile && die->tag == DW_TAG_partial_unit)
        unit->kind = DW_UT_partial;
    if (unit->kind == DW_UT_compile && unit->version < 5 && dw__has(die, SLOT_GNU_DWO_ID))
        unit->kind = unit->object->split ? DW_UT_split_compile : DW_UT_skeleton;
    dw__address(dw, unit, die, SLOT_LOW_PC, &unit->low_pc);
    if (dw__has(die, SLOT_HIGH_PC)) {
        bool relative = dw__is_constant_form(die->form[SLOT_HIGH_PC]);
        if (relative)
            unit->high_pc = unit->low_pc + die->value[SLOT_HIGH_PC];
        else
            dw__address(dw, unit, die, SLOT_HIGH_PC, &unit->high_pc);
    }
    if (dw__has(die, SLOT_RANGES)) {
        unit->ranges = die->value[SLOT_RANGES];
        unit->ranges_form = die->form[SLOT_RANGES];
    }
}

void dw__root_read(struct dw *dw, struct dw__unit *unit)
{
    struct cur c = cur_make(unit->chunk->bytes, unit->object->big_endian);
    cur_seek(&c, unit->first_die);
    uint64_t code = cur_uleb(&c);
    if (unit->damaged || unit->first_die >= unit->end || c.failed)
        return;
    struct dw__abbrevs abbrevs = {0};
    struct dw__scan scan;
    struct dw__die die;
    bool good = dw__abbrevs_compile_one(&abbrevs, unit, &root_pass, code);
    if (good) {
        dw__scan_start(&scan, dw, unit, &abbrevs);
        good = dw__scan_next(&scan, &die);
    }
    if (good)
        read_root(dw, unit, &die);
    else
        dw__doubt(dw, unit, unit->start, "the unit's first DIE cannot be read");
    unit->damaged = !good;
    dw__abbrevs_clear(&abbrevs);
}

static void read_root_of(void *context, size_t index, unsigned worker)
{
    struct dw *dw = context;
    (void)worker;
    dw__root_read(dw, &dw->units.items[dw->roots_from + index]);
}

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

static void read_object(struct dw *dw, struct dw__object *object)
{
    if (object->unit_count == 0)
        object->unit_first = (uint32_t)dw->units.count;
    read_some_units(dw, object, SIZE_MAX);
    object->unit_count = (uint32_t)dw->units.count - object->unit_first;
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
    dw->partial = read_some_units(dw, main, FIRST_UNITS);
    main->unit_count = (uint32_t)dw->units.count;
    for (size_t i = 0; i < dw->units.count; i++)
        dw__root_read(dw, &dw->units.items[i]);
    publish_units(dw);
}

bool dw__complete(struct dw *dw, struct fault *fault)
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
    struct dw__object *object = dw__object_add(dw, debug->img, NULL, false);
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
    bool good = add_image(dw, debug, fault) && read_all_units(dw, fault);
    return give(dw, good, out);
}

bool dw_open_types(struct dw **out, const struct img_debug *debug, size_t count,
                   const struct dw_options *options, struct fault *fault)
{
    struct dw *dw = new_dw(options);
    bool good = true;
    for (size_t i = 0; i < count && good; i++)
        good = add_image(dw, &debug[i], fault);
    bool simple = dw->objects.count == 1 && dw->debug->dwp == NULL;
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
        object_free(dw->objects.items[i]);
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
