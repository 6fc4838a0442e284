// SPDX-License-Identifier: MIT
//
// Which bytes of the debug sections belong to which unit.
//
//   .debug_info, .debug_types    the unit
//   .debug_abbrev, .debug_line   the table at its offset, the first unit's when several share it
//   .debug_str_offsets, .debug_addr, .debug_rnglists, .debug_loclists
//                                the contribution, header included, that its base or, without one,
//                                any offset in its DIEs falls into
//   .debug_loc, .debug_ranges    from its lowest list to the end of its highest (no headers there)
//   .debug_aranges               the sets that name it
//
//   | header | contribution of unit 0 | header | contribution of unit 1 |
//            ^ DW_AT_rnglists_base             ^
//
// Every claim rests on an offset that the unit states. Where two overlap, each ends where the next
// starts. Sections that units share (.debug_str) are not divided. Only the main file counts.

#include <stdlib.h>

#include "dwarfsize/lines.h"

// The lists that the DIEs of one unit refer to: lowest and highest offset.
struct extent {
    uint64_t low, high; // low NO_OFFSET: none
};

struct collector {
    struct dw *dw;
    struct dw__object *object;
    VEC(struct dw_part) parts;
    struct extent *ranges, *locations; // by unit
    struct dw__abbrevs *abbrevs;       // by worker
    uint64_t *first_function; // by unit: offset of its first concrete function, when code was read
};

static void add_part(struct collector *c, uint32_t section, uint64_t offset, uint64_t size,
                     const struct dw__unit *unit)
{
    if (size != 0)
        vec_push(&c->parts, (struct dw_part){section, offset, size, dw__unit_index(c->dw, unit)});
}

static void add_in(struct collector *c, enum dw__section id, uint64_t offset, uint64_t size,
                   const struct dw__unit *unit)
{
    uint32_t section = dw__section_at(c->object, id, &offset, &size);
    add_part(c, section, offset, size, unit);
}

static struct dw__unit *first_unit(const struct collector *c)
{
    return c->dw->units.items + c->object->unit_first;
}

// ------------------------------------------------------------------- units and tables

static void add_units(struct collector *c)
{
    struct dw__unit *unit = first_unit(c);
    for (uint32_t i = 0; i < c->object->unit_count; i++, unit++) {
        add_part(c, unit->chunk->index, unit->start, unit->end - unit->start, unit);
        if (unit->damaged || unit->line_offset == NO_OFFSET)
            continue;
        const struct dw__line_table *table = dw__line_table_of(c->dw, unit);
        if (table != NULL && table->unit == unit)
            add_in(c, DW__LINE, table->offset, table->end - table->offset, unit);
    }
}

// The bytes of the abbreviation table at the cursor, its final 0 included (7.5.3). A damaged one
// reaches as far as it can be read.
static uint64_t abbrev_size(struct cur c)
{
    uint64_t start = cur_offset(&c), end = start;
    while (!c.failed) {
        uint64_t code = cur_uleb(&c);
        if (code == 0)
            return c.failed ? end - start : cur_offset(&c) - start;
        cur_uleb(&c);
        cur_u8(&c);
        dw__skip_attributes(&c);
        end = c.failed ? end : cur_offset(&c);
    }
    return end - start;
}

// The first key above that of sorted[i], or `end`.
static uint64_t key_after(const struct keyed *sorted, size_t count, size_t i, uint64_t end)
{
    size_t next = i + 1;
    while (next < count && sorted[next].key == sorted[i].key)
        next++;
    return next < count ? sorted[next].key : end;
}

// Tables in the order of their offsets, each read up to the next at most: linear, however many
// units point into one table.
static void add_abbrevs(struct collector *c)
{
    size_t count = c->object->unit_count, kept = 0;
    struct slice section = dw__object_section(c->object, DW__ABBREV);
    struct keyed *tables = mem_zalloc(count * 2, sizeof *tables);
    struct dw__unit *units = first_unit(c);
    for (size_t i = 0; i < count; i++)
        if (!units[i].damaged && units[i].abbrev_offset < section.size)
            tables[kept++] = (struct keyed){units[i].abbrev_offset, i};
    sort_keyed(tables, tables + count, kept);
    for (size_t i = 0; i < kept; i++) {
        if (i != 0 && tables[i].key == tables[i - 1].key)
            continue;
        struct cur cur = cur_make(section, false);
        cur.end = cur.base + key_after(tables, kept, i, section.size);
        cur_seek(&cur, tables[i].key);
        add_in(c, DW__ABBREV, tables[i].key, abbrev_size(cur), &units[tables[i].value]);
    }
    free(tables);
}

// ----------------------------------------------------------- offsets that DIEs refer to

#define LISTS (1ull << SLOT_RANGES | 1ull << SLOT_LOCATION)

static const uint64_t list_tags[0x100] = {
    [DW_TAG_compile_unit] = LISTS,     [DW_TAG_subprogram] = LISTS,
    [DW_TAG_lexical_block] = LISTS,    [DW_TAG_inlined_subroutine] = LISTS,
    [DW_TAG_formal_parameter] = LISTS, [DW_TAG_variable] = LISTS,
    [DW_TAG_call_site] = LISTS,
};

static const struct dw__pass list_pass = {.tags = list_tags};

// A list given by its place in the section; before version 4 that is a plain constant.
static void note_list(struct extent *extent, const struct dw__unit *unit, const struct dw__die *die,
                      enum dw__slot slot)
{
    if (!dw__has(die, slot))
        return;
    uint16_t form = die->form[slot];
    bool old = unit->version < 4 && (form == DW_FORM_data4 || form == DW_FORM_data8);
    if (form != DW_FORM_sec_offset && !old)
        return;
    uint64_t value = die->value[slot];
    extent->low = MIN(extent->low, value);
    extent->high = MAX(extent->high, value);
}

// Whether some abbreviation has an attribute that may be a list.
static bool has_lists(const struct dw__abbrevs *abbrevs, enum dw__slot slot)
{
    for (size_t i = 0; i < abbrevs->list.count; i++) {
        const struct dw__abbrev *abbrev = &abbrevs->list.items[i];
        const struct dw__step *step = abbrevs->steps.items + abbrev->step_first;
        for (unsigned n = 0; (abbrev->present >> slot & 1) && n < abbrev->step_count; n++)
            if (step[n].slot == slot && step[n].form == DW_FORM_sec_offset)
                return true;
    }
    return false;
}

#define ANY_DEPTH (1u << 30) // deep enough that no null entry ends the scan before the unit does

// In version 5 one offset finds the contribution, so the scan may stop at the first of each kind.
// It starts at the unit's first function where that is known: types come before, and have no lists.
static void find_first_lists(struct collector *c, struct dw__unit *unit,
                             struct dw__abbrevs *abbrevs, struct extent *ranges,
                             struct extent *locations)
{
    struct dw__scan scan;
    struct dw__die die;
    uint64_t start = c->first_function[unit - first_unit(c)];
    bool need_ranges = has_lists(abbrevs, SLOT_RANGES);
    bool need_locations = has_lists(abbrevs, SLOT_LOCATION);
    if (unit->ranges_form == DW_FORM_sec_offset)
        *ranges = (struct extent){unit->ranges, unit->ranges};
    dw__scan_start(&scan, c->dw, unit, abbrevs);
    if (start != NO_OFFSET)
        dw__scan_seek(&scan, start, ANY_DEPTH);
    while (((need_ranges && ranges->low == NO_OFFSET) ||
            (need_locations && locations->low == NO_OFFSET)) &&
           dw__scan_next(&scan, &die)) {
        note_list(ranges, unit, &die, SLOT_RANGES);
        note_list(locations, unit, &die, SLOT_LOCATION);
    }
}

static void find_lists(void *context, size_t index, unsigned worker)
{
    struct collector *c = context;
    struct dw__unit *unit = first_unit(c) + index;
    struct extent *ranges = &c->ranges[index], *locations = &c->locations[index];
    struct dw__abbrevs *abbrevs = &c->abbrevs[worker];
    struct dw__scan scan;
    struct dw__die die;
    *ranges = *locations = (struct extent){NO_OFFSET, 0};
    bool complete = unit->version >= 5 && unit->rnglists_base != 0 && unit->loclists_base != 0;
    if (unit->damaged || unit->kind == DW_UT_type || complete)
        return;
    bool readable = dw__abbrevs_compile(abbrevs, c->dw, unit, &list_pass);
    if (readable && unit->version >= 5) {
        find_first_lists(c, unit, abbrevs, ranges, locations);
    } else if (readable) {
        dw__scan_start(&scan, c->dw, unit, abbrevs);
        while (dw__scan_next(&scan, &die)) {
            note_list(ranges, unit, &die, SLOT_RANGES);
            note_list(locations, unit, &die, SLOT_LOCATION);
        }
    }
}

static void read_lists(struct collector *c)
{
    uint32_t units = c->object->unit_count;
    unsigned workers = par_workers(c->dw->threads, units);
    c->abbrevs = mem_zalloc(workers, sizeof *c->abbrevs);
    par_for(c->dw->threads, units, find_lists, c);
    for (unsigned i = 0; i < workers; i++)
        dw__abbrevs_clear(&c->abbrevs[i]);
    free(c->abbrevs);
}

// -------------------------------------------------------- contributions with a header

// The start and size of every contribution: they follow each other, each with its length in front.
static struct keyed *contributions(struct collector *c, enum dw__section id, size_t *count)
{
    struct cur cur = cur_make(dw__object_section(c->object, id), c->object->big_endian);
    VEC(struct keyed) found = {0};
    while (cur_left(&cur) > 0) {
        uint64_t start = cur_offset(&cur), length = cur_u32(&cur);
        if (length == 0xffffffff)
            length = cur_u64(&cur);
        cur_skip(&cur, length);
        if (cur.failed)
            break;
        vec_push(&found, (struct keyed){start, cur_offset(&cur) - start});
    }
    *count = found.count;
    return found.items;
}

static const struct keyed *contribution_at(const struct keyed *list, size_t count, uint64_t offset)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list[middle].key <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    // A base may stand right behind a contribution that is nothing but its header.
    bool inside = low != 0 && offset - list[low - 1].key <= list[low - 1].value;
    return inside ? &list[low - 1] : NULL;
}

// Some offset the unit states in the section, or NO_OFFSET. A base of 0 is no base: a header lies
// in front of it.
static uint64_t stated_offset(const struct collector *c, const struct dw__unit *unit,
                              enum dw__section id)
{
    const struct extent *ranges = &c->ranges[unit - first_unit(c)];
    const struct extent *locations = &c->locations[unit - first_unit(c)];
    uint64_t base = id == DW__STR_OFFSETS ? unit->str_offsets_base
                    : id == DW__ADDR      ? unit->addr_base
                    : id == DW__RNGLISTS  ? unit->rnglists_base
                                          : unit->loclists_base;
    if (base != 0)
        return base;
    if (id == DW__RNGLISTS)
        return ranges->low;
    return id == DW__LOCLISTS ? locations->low : NO_OFFSET;
}

static void add_contributions(struct collector *c, enum dw__section id)
{
    size_t count;
    struct keyed *list = contributions(c, id, &count);
    struct dw__unit *unit = first_unit(c);
    for (uint32_t i = 0; i < c->object->unit_count; i++, unit++) {
        uint64_t offset = unit->version >= 5 ? stated_offset(c, unit, id) : NO_OFFSET;
        const struct keyed *found =
            offset == NO_OFFSET ? NULL : contribution_at(list, count, offset);
        if (found != NULL)
            add_in(c, id, found->key, found->value, unit);
    }
    free(list);
}

// ----------------------------------------------------------------- lists without one

// Moves behind one list (2.6.6 and 2.17.3 of DWARF 4): pairs of addresses, in .debug_loc with an
// expression behind each pair that is no base; (0, 0) ends it.
static void skip_list(struct cur *c, const struct dw__unit *unit, bool locations)
{
    uint64_t highest = unit->address_size == 4 ? UINT32_MAX : UINT64_MAX;
    while (!c->failed) {
        uint64_t start = cur_uint(c, unit->address_size), end = cur_uint(c, unit->address_size);
        if (start == 0 && end == 0)
            return;
        if (locations && start != highest)
            cur_skip(c, cur_u16(c));
    }
}

// In the order of the highest lists, each read up to the next at most: linear again.
static void add_lists(struct collector *c, enum dw__section id, const struct extent *extents)
{
    size_t count = c->object->unit_count, kept = 0;
    struct slice section = dw__object_section(c->object, id);
    struct keyed *highest = mem_zalloc(count * 2, sizeof *highest);
    struct dw__unit *units = first_unit(c);
    for (size_t i = 0; i < count; i++)
        if (units[i].version < 5 && extents[i].low != NO_OFFSET && extents[i].high < section.size)
            highest[kept++] = (struct keyed){extents[i].high, i};
    sort_keyed(highest, highest + count, kept);
    for (size_t i = 0; i < kept; i++) {
        if (i != 0 && highest[i].key == highest[i - 1].key)
            continue;
        struct cur cur = cur_make(section, c->object->big_endian);
        uint64_t limit = key_after(highest, kept, i, section.size);
        cur.end = cur.base + limit;
        cur_seek(&cur, highest[i].key);
        skip_list(&cur, &units[highest[i].value], id == DW__LOC);
        uint64_t low = extents[highest[i].value].low;
        add_in(c, id, low, (cur.failed ? limit : cur_offset(&cur)) - low, &units[highest[i].value]);
    }
    free(highest);
}

// Whether the root DIE states a base: 0 may be one.
static bool states(const struct collector *c, const struct dw__unit *unit, enum dw__slot slot)
{
    struct dw__die die;
    struct dw__unit *found;
    return dw__die_at(c->dw, NULL, dw__ref_make(unit, unit->first_die), &die, &found) &&
           dw__has(&die, slot);
}

static void add_from(struct collector *c, enum dw__section id, uint64_t base,
                     const struct dw__unit *unit)
{
    uint64_t size = dw__object_section(c->object, id).size;
    if (base < size)
        add_in(c, id, base, size - base, unit);
}

// GNU split units (version 4): no headers, and what is referred to is known only to the .dwo. From
// its base on all is the unit's, until the next one's base.
static void add_gnu_bases(struct collector *c)
{
    struct dw__unit *unit = first_unit(c);
    for (uint32_t i = 0; i < c->object->unit_count; i++, unit++) {
        if (unit->version >= 5 || unit->kind != DW_UT_skeleton)
            continue;
        if (states(c, unit, SLOT_GNU_ADDR_BASE))
            add_from(c, DW__ADDR, unit->addr_base, unit);
        if (states(c, unit, SLOT_GNU_RANGES_BASE))
            add_from(c, DW__RANGES, unit->ranges_base, unit);
    }
}

// ---------------------------------------------------------------------- address ranges

static const struct dw__unit *unit_at(const struct collector *c, uint64_t offset)
{
    const struct dw__unit *units = first_unit(c);
    size_t low = 0, high = c->object->unit_count;
    while (low < high) { // the main .debug_info is the first chunk: no base to add
        size_t middle = (low + high) / 2;
        if (units[middle].chunk->base + units[middle].start < offset)
            low = middle + 1;
        else
            high = middle;
    }
    bool found =
        low < c->object->unit_count && units[low].start == offset && units[low].chunk->base == 0;
    return found ? &units[low] : NULL;
}

// .debug_aranges (6.1.2): sets of length, version, offset of the unit, addresses.
static void add_aranges(struct collector *c)
{
    struct cur cur = cur_make(dw__object_section(c->object, DW__ARANGES), c->object->big_endian);
    while (cur_left(&cur) > 0) {
        uint64_t start = cur_offset(&cur), length = cur_u32(&cur);
        bool wide = length == 0xffffffff;
        if (wide)
            length = cur_u64(&cur);
        struct cur set = cur_sub(&cur, length);
        cur_u16(&set); // version
        const struct dw__unit *unit = unit_at(c, cur_uint(&set, wide ? 8 : 4));
        if (cur.failed)
            break;
        if (unit != NULL && !set.failed)
            add_in(c, DW__ARANGES, start, cur_offset(&cur) - start, unit);
    }
}

// ------------------------------------------------------------------------------ sorted

static int by_place(const void *left, const void *right)
{
    const struct dw_part *a = left, *b = right;
    if (a->section != b->section)
        return a->section < b->section ? -1 : 1;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return a->unit < b->unit ? -1 : a->unit > b->unit;
}

// Each part ends where the next one starts; of several at one place the first unit's stays.
static size_t cut_overlaps(struct dw_part *parts, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct dw_part *last = kept == 0 ? NULL : &parts[kept - 1];
        bool near = last != NULL && last->section == parts[i].section;
        if (near && last->offset == parts[i].offset)
            continue;
        if (near)
            last->size = MIN(last->size, parts[i].offset - last->offset);
        parts[kept++] = parts[i];
    }
    return kept;
}

static void find_first_functions(struct collector *c)
{
    const struct dw_code *code = NULL;
    for (size_t i = 0; i < COUNT_OF(c->dw->code) && code == NULL; i++)
        code = c->dw->code[i];
    for (uint32_t i = 0; i < c->object->unit_count; i++)
        c->first_function[i] = NO_OFFSET;
    for (size_t f = 0; code != NULL && f < code->function_count; f++) {
        const struct dw__unit *unit = dw__unit_of(c->dw, code->functions[f].die);
        if (unit == NULL || unit->object != c->object)
            continue;
        uint64_t *first = &c->first_function[unit - first_unit(c)];
        *first = MIN(*first, (code->functions[f].die & 0xffffffffffffu) - unit->chunk->base);
    }
}

static void add_all_contributions(struct collector *c)
{
    add_contributions(c, DW__STR_OFFSETS);
    add_contributions(c, DW__ADDR);
    add_contributions(c, DW__RNGLISTS);
    add_contributions(c, DW__LOCLISTS);
}

static void add_all_lists(struct collector *c)
{
    add_lists(c, DW__RANGES, c->ranges);
    add_lists(c, DW__LOC, c->locations);
    add_gnu_bases(c);
    add_aranges(c);
}

// None needs what another finds: they run side by side, each with a list of its own.
static void (*const adders[])(struct collector *) = {
    add_units,
    add_abbrevs,
    add_all_contributions,
    add_all_lists,
};

static void run_adder(void *context, size_t index, unsigned worker)
{
    struct collector *collectors = context;
    (void)worker;
    adders[index](&collectors[index]);
}

static void add_parts(struct collector *c)
{
    struct collector each[COUNT_OF(adders)];
    for (size_t i = 0; i < COUNT_OF(adders); i++)
        each[i] = *c;
    par_for(c->dw->threads, COUNT_OF(adders), run_adder, each);
    for (size_t i = 0; i < COUNT_OF(adders); i++) {
        for (size_t p = 0; p < each[i].parts.count; p++)
            vec_push(&c->parts, each[i].parts.items[p]);
        vec_free(&each[i].parts);
    }
}

static void collect(struct collector *c)
{
    uint32_t units = c->object->unit_count;
    c->first_function = mem_zalloc(units, sizeof *c->first_function);
    find_first_functions(c);
    c->ranges = mem_zalloc(units, sizeof *c->ranges);
    c->locations = mem_zalloc(units, sizeof *c->locations);
    read_lists(c);
    add_parts(c);
    free(c->first_function);
    free(c->ranges);
    free(c->locations);
}

bool dw_read_parts(struct dw *dw, const struct dw_part **parts, size_t *count, struct fault *fault)
{
    if (!dw_complete(dw, fault)) // damage shows as bytes that belong to nobody, it is no fault
        return false;
    bool any = dw->objects.count != 0 && dw->objects.items[0]->unit_count != 0;
    if (dw->parts == NULL && any) {
        struct collector c = {.dw = dw, .object = dw->objects.items[0]};
        collect(&c);
        if (c.parts.count != 0)
            qsort(c.parts.items, c.parts.count, sizeof *c.parts.items, by_place);
        dw->part_count = cut_overlaps(c.parts.items, c.parts.count);
        pthread_mutex_lock(&dw->lock); // line tables may be read at the same time
        dw->parts = arena_copy(dw->arena, c.parts.items, dw->part_count * sizeof *c.parts.items);
        pthread_mutex_unlock(&dw->lock);
        vec_free(&c.parts);
    }
    *parts = dw->parts;
    *count = dw->part_count;
    return true;
}
