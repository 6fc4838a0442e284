// SPDX-License-Identifier: MIT
//
// Unit headers and root DIEs.
//
// A unit header (7.5.1), 32-bit DWARF; in 64-bit DWARF the length is ffffffff and 8 bytes more, and
// offsets have 8 bytes:
//
//   2 to 4   | length 4 | version 2 | abbrev offset 4 | address size 1 |
//            .debug_types goes on with | signature 8 | type offset 4 |
//   5        | length 4 | version 2 | unit type 1 | address size 1 | abbrev offset 4 |
//            skeleton, split: | dwo id 8 |     type: | signature 8 | type offset 4 |

#include <stdlib.h>

#include "dwarfsize/private.h"

void dw__doubt(const struct dw *dw, const struct dw__unit *unit, uint64_t offset, const char *text)
{
    const char *section = unit->chunk->types ? ".debug_types" : ".debug_info";
    doubt_add(dw->doubts, unit->object->path, section, offset, "%s", text);
}

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
    .macros = NO_OFFSET,
    .name = "",
    .comp_dir = "",
    .producer = "",
};

bool dw__units_read_some(struct dw *dw, struct dw__object *object, size_t limit)
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
    for (size_t i = 0; i < object->chunks.count; i++)
        file_want(object->chunks.items[i]->bytes);
    dw__units_read_some(dw, object, SIZE_MAX);
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
             1ull << SLOT_GNU_ADDR_BASE | 1ull << SLOT_GNU_RANGES_BASE | 1ull << SLOT_MACRO_INFO |
             1ull << SLOT_MACROS | 1ull << SLOT_GNU_MACROS,
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
    unit->macinfo = dw__has(die, SLOT_MACRO_INFO);
    unit->macros = dw__number(
        unit, die, SLOT_MACRO_INFO,
        dw__number(unit, die, SLOT_MACROS, dw__number(unit, die, SLOT_GNU_MACROS, NO_OFFSET)));
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
