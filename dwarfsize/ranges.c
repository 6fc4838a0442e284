// SPDX-License-Identifier: MIT
//
// Address ranges (2.17) and tombstones: addresses a linker wrote where the code was discarded.
//
// DWARF 2 to 4, .debug_ranges: pairs of addresses relative to a base; (0, 0) ends the list, (-1, x)
// sets the base. DWARF 5, .debug_rnglists: entries of one kind byte and operands (7.25). Whatever
// the list says, its length is bounded by the section, so a loop is not possible.

#include "dwarfsize/private.h"

// Functions, objects, and what an assembler was not told the type of, among code.
static bool is_thing(const struct img_symbol *symbol, const struct img_section *sections)
{
    if (symbol->type == STT_NOTYPE)
        return sections[symbol->section].flags & SHF_EXECINSTR;
    return symbol->type == STT_FUNC || symbol->type == STT_OBJECT;
}

static bool is_defined(const struct img_symbol *symbol)
{
    return symbol->section != SHN_UNDEF && symbol->section != IMG_ABS &&
           symbol->section != IMG_COMMON;
}

void dw__places_open(struct dw__places *places, struct img *image)
{
    *places = (struct dw__places){.image = image, .address_size = img_info(image)->address_size};
    const struct img_section *section = img_section_at(image, 0);
    size_t count;
    if (section == NULL)
        return;
    const struct img_section *sections = img_sections(image, &count);
    const struct img_symbol *symbols = img_symbols(image, &count);
    // A vector table may be all there is at 0; with symbols, only a function there makes 0 real.
    places->zero_is_real = count == 0 && (section->flags & SHF_EXECINSTR);
    for (size_t i = 0; i < count; i++) {
        const struct img_symbol *symbol = &symbols[i];
        if (symbol->addr >= DW__LOW || !is_defined(symbol) || !is_thing(symbol, sections))
            continue;
        vec_push(&places->low, symbol);
        places->zero_is_real |= symbol->type == STT_FUNC && symbol->addr == 0;
    }
}

void dw__places_close(struct dw__places *places)
{
    vec_free(&places->low);
}

bool dw__is_discarded(const struct dw__places *places, uint64_t start, const char *name,
                      const char *linkage_name)
{
    bool contradicted = false;
    if (start >= DW__LOW)
        return false;
    for (size_t i = 0; i < places->low.count; i++) {
        const struct img_symbol *symbol = places->low.items[i];
        if (start < symbol->addr || start - symbol->addr >= MAX(symbol->size, (uint64_t)1))
            continue;
        bool named = (name != NULL && strcmp(symbol->name, name) == 0) ||
                     (linkage_name != NULL && strcmp(symbol->name, linkage_name) == 0);
        if (named)
            return false;
        contradicted = true;
    }
    return contradicted;
}

bool dw__is_tombstone(const struct dw__places *places, uint64_t address)
{
    uint64_t highest = places->address_size == 4 ? UINT32_MAX : UINT64_MAX;
    if (places->all)
        return false;
    if (address >= highest - 1)
        return true;
    if (address == 0)
        return !places->zero_is_real;
    return address == 1 && img_section_at(places->image, 0) == NULL;
}

static void add_range(const struct dw__places *places, uint64_t start, uint64_t end,
                      dw__range_list *out)
{
    if (start < end && !dw__is_tombstone(places, start))
        vec_push(out, (struct dw_range){start, end});
}

// The base that list entries count from: the low pc of the unit, for a split unit its skeleton's.
static uint64_t base_of(const struct dw *dw, const struct dw__unit *unit)
{
    bool split = unit->object->split && unit->partner != DW_NO_UNIT;
    return split ? dw->units.items[unit->partner].low_pc : unit->low_pc;
}

// Range lists of an honest file lie side by side and are read a few times each. Those of a hostile one
// can all be one long list.
#define READ_BASE ((uint64_t)1 << 20) // bytes of lists read per object: this much ...
#define READ_RATE 6                   // ... and so many times its section

static bool has_read_enough(const struct dw *dw, const struct dw__unit *unit, struct slice section)
{
    if (atomic_load(&unit->object->ranges_read) <= READ_BASE + READ_RATE * section.size)
        return false;
    dw__doubt(dw, unit, unit->start, "range lists overlap: not read again and again");
    return true;
}

static void read_pairs(const struct dw *dw, const struct dw__unit *unit, struct cur *c,
                       const struct dw__places *places, dw__range_list *out)
{
    uint64_t base = base_of(dw, unit);
    uint64_t highest = unit->address_size == 4 ? UINT32_MAX : UINT64_MAX;
    bool dead = false; // under a tombstoned base
    for (;;) {
        uint64_t start = cur_uint(c, unit->address_size), end = cur_uint(c, unit->address_size);
        if (c->failed) {
            dw__doubt(dw, unit, unit->start, "a range list runs past the end of .debug_ranges");
            return;
        }
        if (start == 0 && end == 0)
            return;
        if (start == highest) {
            base = end;
            dead = dw__is_tombstone(places, end) && end != 0;
        } else if (!dead && !(start == end)) {
            add_range(places, base + start, base + end, out);
        }
    }
}

static void read_ranges_2(const struct dw *dw, const struct dw__unit *unit, uint64_t offset,
                          const struct dw__places *places, dw__range_list *out)
{
    const struct dw__unit *holder = unit;
    if (unit->object->split && unit->partner != DW_NO_UNIT) { // GNU split units: in the main file
        holder = &dw->units.items[unit->partner];
        if (!add_u64(offset, holder->ranges_base, &offset))
            return;
    }
    struct slice section = dw__section_of(holder, DW__RANGES);
    struct cur c = cur_make(section, unit->object->big_endian);
    cur_seek(&c, offset);
    uint64_t from = cur_offset(&c);
    if (has_read_enough(dw, unit, section))
        return;
    read_pairs(dw, unit, &c, places, out);
    atomic_fetch_add(&unit->object->ranges_read, cur_offset(&c) - from);
}

struct list5 {
    const struct dw *dw;
    const struct dw__unit *unit;
    struct cur c;
    uint64_t base;
    bool dead;
};

static uint64_t address_operand(struct list5 *list, bool indexed)
{
    uint64_t address = 0;
    if (!indexed)
        return cur_uint(&list->c, list->unit->address_size);
    if (!dw__indexed_address(list->dw, list->unit, cur_uleb(&list->c), &address))
        list->c.failed = true;
    return address;
}

// One entry of a range list. False at the end of the list or at an unknown kind.
static bool read_entry(struct list5 *list, const struct dw__places *places, dw__range_list *out)
{
    uint8_t kind = cur_u8(&list->c);
    bool indexed =
        kind == DW_RLE_base_addressx || kind == DW_RLE_startx_endx || kind == DW_RLE_startx_length;
    uint64_t start, end;
    switch (kind) {
    case DW_RLE_end_of_list:
        return false;
    case DW_RLE_base_addressx:
    case DW_RLE_base_address:
        list->base = address_operand(list, indexed);
        list->dead = dw__is_tombstone(places, list->base) && list->base != 0;
        return true;
    case DW_RLE_startx_endx:
    case DW_RLE_start_end:
        start = address_operand(list, indexed);
        end = address_operand(list, indexed);
        break;
    case DW_RLE_startx_length:
    case DW_RLE_start_length:
        start = address_operand(list, indexed);
        end = start + cur_uleb(&list->c);
        break;
    case DW_RLE_offset_pair:
        start = list->base + cur_uleb(&list->c);
        end = list->base + cur_uleb(&list->c);
        if (list->dead)
            return true;
        break;
    default:
        list->c.failed = true;
        return false;
    }
    if (!list->c.failed)
        add_range(places, start, end, out);
    return true;
}

static void read_ranges_5(const struct dw *dw, const struct dw__unit *unit, uint64_t value,
                          bool indexed, const struct dw__places *places, dw__range_list *out)
{
    struct slice section = dw__section_of(unit, DW__RNGLISTS);
    struct list5 list = {.dw = dw, .unit = unit, .base = base_of(dw, unit)};
    list.c = cur_make(section, unit->object->big_endian);
    if (indexed) {
        uint64_t entry;
        if (!mul_u64(value, unit->offset_size, &entry) ||
            !add_u64(entry, unit->rnglists_base, &entry))
            return;
        cur_seek(&list.c, entry);
        uint64_t offset = cur_uint(&list.c, unit->offset_size);
        if (!add_u64(offset, unit->rnglists_base, &value))
            return;
    }
    cur_seek(&list.c, value);
    uint64_t from = cur_offset(&list.c);
    if (has_read_enough(dw, unit, section))
        return;
    while (!list.c.failed && read_entry(&list, places, out))
        ;
    atomic_fetch_add(&unit->object->ranges_read, cur_offset(&list.c) - from);
    // The addresses of a split unit by itself lie in a file that is not here.
    bool apart = unit->object->split && unit->partner == DW_NO_UNIT;
    if (list.c.failed && !apart)
        dw__doubt(dw, unit, unit->start, "a range list in .debug_rnglists is damaged");
}

static void read_list(const struct dw *dw, const struct dw__unit *unit, uint64_t value,
                      uint16_t form, const struct dw__places *places, dw__range_list *out)
{
    if (unit->version >= 5)
        read_ranges_5(dw, unit, value, form == DW_FORM_rnglistx, places, out);
    else
        read_ranges_2(dw, unit, value, places, out);
}

void dw__die_ranges(const struct dw *dw, const struct dw__unit *unit, const struct dw__die *die,
                    const struct dw__places *places, dw__range_list *out)
{
    uint64_t low, high;
    if (dw__has(die, SLOT_RANGES)) {
        read_list(dw, unit, die->value[SLOT_RANGES], die->form[SLOT_RANGES], places, out);
        return;
    }
    if (!dw__has(die, SLOT_HIGH_PC) || !dw__address(dw, unit, die, SLOT_LOW_PC, &low))
        return;
    if (dw__is_constant_form(die->form[SLOT_HIGH_PC])) // an offset from the low pc (DWARF 4 on)
        high = low + die->value[SLOT_HIGH_PC];
    else if (!dw__address(dw, unit, die, SLOT_HIGH_PC, &high))
        return;
    add_range(places, low, high, out);
}

void dw__unit_ranges(const struct dw *dw, const struct dw__unit *unit,
                     const struct dw__places *places, dw__range_list *out)
{
    if (unit->ranges_form != 0)
        read_list(dw, unit, unit->ranges, unit->ranges_form, places, out);
    else if (unit->high_pc != 0)
        add_range(places, unit->low_pc, unit->high_pc, out);
}
