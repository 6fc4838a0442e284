// SPDX-License-Identifier: MIT
//
// The maps of the linkers of Texas Instruments (ARM, C2000, C6000, MSP430, tiarmclang).
//
//   OUTPUT FILE NAME:   <blinky.out>
//   ENTRY POINT SYMBOL: "_c_int00_noargs"  address: 20004f15
//   MEMORY CONFIGURATION
//     SRAM_CODE             20004000   00019000  00001354  00017cac  RW X      origin length used free
//   SEGMENT ALLOCATION MAP
//     20004400    20004400    00000c80   00000c80    r-x .text                 run load length init
//   SECTION ALLOCATION MAP
//   .text      0    20004400    00000c80                                       page origin length
//   ramfuncs   0    003f6000    0000001f     RUN ADDR = 00008000               where it is copied to
//                     20004400    00000398     gpio_if.obj (.text)
//                     20004798    00000178     driverlib.a : prcm.obj (.text:PRCMCC3200MCUInit)
//                     20004910    000000a8                 : interrupt.obj (.text:IntEnable)
//                     20004c56    00000002     --HOLE-- [fill = 0]
//   MODULE SUMMARY
//          Grand Total:                 3196   1743      2083
//   GLOBAL SYMBOLS: SORTED ALPHABETICALLY BY Name
//   20004e59  GPIODirModeSet
//   0     003f6487  C$$EXIT                                                    with pages: "abs", 0, 1
//
// Numbers are hexadecimal without a mark, sizes in addressable units of the target: words of 16 bits on
// C2000 and C5000, bytes on all others. Below a section with RUN ADDR the addresses are those of loading.
// A hole without a fill value at the end of a section without contents is reserved (the stack), not padding.
// Two regions of one length and use may be one memory at two addresses; the totals count it twice then.

#include "linkmap/private.h"

enum part { BEFORE, MEMORY, SEGMENTS, SECTIONS, MODULES, SYMBOLS, AFTER };

struct ti {
    struct lm__reader *r;
    int part;             // enum part
    struct slice archive; // of the last row that named one
    struct slice pending; // a section's name that stands alone
    bool in_section, reserved;
    bool room;      // the row read last is a hole that would be reserved at the end of the section
    uint64_t shift; // from where the section is loaded to where it runs
    bool thumb;     // code symbols have bit 0 set
    struct names *names;
    VEC(uint64_t) load; // by name, from the segments; LM_NONE where not known
    // Memories of C2000 and C5000: program is PAGE 0, data PAGE 1, and both may have regions at one address.
    uint64_t page;       // the heading read last; LM_NONE before the first
    VEC(uint64_t) pages; // by region
};

unsigned lm__ti_score(struct slice text)
{
    struct slice head = lm__head(text);
    bool both = lm__has_line(head, "SECTION ALLOCATION MAP") ||
                lm__has_line(head, "SEGMENT ALLOCATION MAP");
    if (both && lm__has_line(head, "OUTPUT FILE NAME:"))
        return 95;
    return lm__has_line(head, ">> Linked ") && lm__has_line(head, "MEMORY CONFIGURATION") ? 70 : 0;
}

// -------------------------------------------------------------------- before the map

static void head_line(struct ti *ti, struct slice line)
{
    struct slice rest = lm__trim(line);
    if (ti->r->map->producer.size == 0 && lm__find(rest, "Linker ") != SIZE_MAX) {
        ti->r->map->producer = rest;
        ti->thumb = lm__find(rest, "ARM") != SIZE_MAX || lm__find(rest, "Arm") != SIZE_MAX;
        bool words = slice_starts(rest, "TMS320C2") || slice_starts(rest, "TMS320C5");
        ti->r->map->unit_bits = words ? 16 : 8;
    } else if (lm__eat(&rest, "OUTPUT FILE NAME:")) {
        rest = lm__trim(rest);
        if (rest.size > 2 && rest.data[0] == '<')
            ti->r->map->output = slice_of(rest.data + 1, rest.size - 2);
    } else if (lm__eat(&rest, "ENTRY POINT SYMBOL:")) {
        rest = lm__trim(rest);
        size_t end = rest.size > 1 ? lm__find(lm__from(rest, 1), "\"") : SIZE_MAX;
        if (end == SIZE_MAX)
            return;
        ti->r->map->entry = slice_of(rest.data + 1, end);
        size_t at = lm__find(rest, "address: ");
        if (at != SIZE_MAX)
            (void)lm__hex(lm__trim(lm__from(rest, at + 9)), &ti->r->map->entry_addr);
    }
}

static void memory_line(struct ti *ti, struct slice line)
{
    struct slice rest = line;
    struct lm_region region = {.name = lm__word(&rest), .line = ti->r->line};
    uint64_t unused;
    if (slice_is(region.name, "PAGE") && rest.size != 0) {
        struct slice number = lm__until(lm__trim(rest), lm__trim(rest).size - 1); // "1:"
        if (!lm__decimal(number, &ti->page))
            ti->page = LM_NONE;
        return;
    }
    if (!lm__hex(lm__word(&rest), &region.origin) || !lm__hex(lm__word(&rest), &region.length) ||
        !lm__hex(lm__word(&rest), &region.used) || !lm__hex(lm__word(&rest), &unused))
        return; // headings
    region.attributes = lm__trim(rest);
    vec_push(&ti->r->map->regions, region);
    vec_push(&ti->pages, ti->page);
}

static uint32_t region_on(const struct ti *ti, uint64_t page, uint64_t addr)
{
    for (size_t i = 0; i < ti->pages.count; i++) {
        const struct lm_region *region = &ti->r->map->regions.items[i];
        if (ti->pages.items[i] == page && addr - region->origin < region->length)
            return (uint32_t)i;
    }
    return LM_NO;
}

static void segment_line(struct ti *ti, struct slice line)
{
    struct slice rest = line;
    uint64_t numbers[4];
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (!lm__hex(lm__word(&rest), &numbers[i]))
            return;
    lm__word(&rest); // attributes
    struct slice name = lm__trim(rest);
    if (name.size == 0)
        return;
    name_id id = names_intern(ti->names, name);
    while (ti->load.count <= id)
        vec_push(&ti->load, LM_NONE);
    ti->load.items[id] = numbers[1];
}

// ------------------------------------------------------------------------- sections

static bool open_section(struct ti *ti, struct slice name, struct slice rest)
{
    uint64_t page, origin, length;
    if (!lm__decimal(lm__word(&rest), &page) || !lm__hex(lm__word(&rest), &origin) ||
        !lm__hex(lm__word(&rest), &length))
        return false;
    struct lm_section *section = lm__section(ti->r, name, origin, length);
    name_id id = names_find(ti->names, name);
    if (id < ti->load.count && ti->load.items[id] != LM_NONE)
        section->lma = ti->load.items[id];
    rest = lm__trim(rest);
    uint64_t run;
    ti->shift = 0;
    if (lm__eat(&rest, "RUN ADDR = ") && lm__hex(lm__word(&rest), &run)) {
        section->addr = run;
        section->lma = origin;
        ti->shift = run - origin;
    }
    section->region = region_on(ti, page, section->addr);
    // UNINITIALIZED, NOLOAD SECTION, DSECT, COPY SECTION
    ti->reserved = slice_starts(rest, "UNINIT") || slice_starts(rest, "NOLOAD");
    // A section that is copied from a compressed image of its own is printed so, too.
    section->nobits = ti->reserved;
    section->loaded = !slice_starts(rest, "COPY") && !slice_starts(rest, "DSECT");
    ti->in_section = true;
    ti->room = false;
    return true;
}

static void section_line(struct ti *ti, struct slice line)
{
    struct slice rest = line, name = lm__word(&rest);
    if (slice_is(name, "*") && ti->pending.size != 0)
        name = ti->pending;
    ti->pending = slice_of(NULL, 0);
    if (!open_section(ti, name, rest)) {
        ti->in_section = false;
        ti->pending = lm__trim(line);
    }
}

static void add_hole(struct ti *ti, uint64_t addr, uint64_t size, bool filled)
{
    struct lm_map *map = ti->r->map;
    ti->room = ti->reserved && !filled;
    struct slice name = map->sections.items[map->sections.count - 1].name;
    struct lm_contribution *c =
        lm__contribution(ti->r, ti->room ? name : slice_text("--HOLE--"), addr, size, LM_NO);
    c->kind = ti->room ? LM_MADE : LM_FILL;
    c->nobits = ti->reserved;
}

// Something follows the hole, so it does but align.
static void pad_room(struct ti *ti)
{
    struct lm_map *map = ti->r->map;
    if (!ti->room)
        return;
    struct lm_contribution *hole = &map->contributions.items[map->contributions.count - 1];
    hole->name = slice_text("--HOLE--");
    hole->kind = LM_FILL;
    ti->room = false;
}

// "driverlib.a : prcm.obj (.text:f)", ": gpio.obj (.text)", "main.obj (.text)", "(.cinit..bss.load)"
static void input_row(struct ti *ti, uint64_t addr, uint64_t size, struct slice text)
{
    struct slice archive = {0}, object = {0}, section = text;
    size_t open = lm__find(text, " (");
    if (slice_starts(text, "("))
        section = lm__from(text, 1);
    else if (open != SIZE_MAX) {
        object = lm__until(text, open);
        section = lm__from(text, open + 2);
    }
    size_t colon = slice_starts(object, ": ") ? 0 : lm__find(object, " : ");
    if (colon != SIZE_MAX) {
        if (colon != 0)
            ti->archive = lm__trim(lm__until(object, colon));
        archive = ti->archive;
        object = lm__trim(lm__from(object, colon + (colon != 0 ? 3 : 2)));
    }
    section = lm__until(section, MIN(lm__find(section, ")"), section.size));
    uint32_t file = lm__member(ti->r, archive, object);
    struct lm_contribution *c = lm__contribution(ti->r, section, addr, size, file);
    c->nobits = ti->reserved;
    if (slice_starts(section, ".common:"))
        c->kind = LM_COMMON;
    else if (file == LM_NO)
        c->kind = LM_MADE;
}

static void contribution_line(struct ti *ti, struct slice line)
{
    struct slice rest = line;
    uint64_t addr, size;
    if (!lm__hex(lm__word(&rest), &addr) || !lm__hex(lm__word(&rest), &size)) {
        if (ti->in_section)
            lm__doubt(ti->r, ti->r->line, "expected origin and length of an input section");
        return;
    }
    if (!ti->in_section)
        return;
    addr += ti->shift;
    rest = lm__trim(rest);
    if (slice_starts(rest, "--HOLE--")) {
        add_hole(ti, addr, size, lm__find(rest, "[fill") != SIZE_MAX);
        return;
    }
    pad_room(ti);
    input_row(ti, addr, size, rest);
}

// ---------------------------------------------------------------- totals and symbols

// Whether the address lies in a region that has a twin.
static bool is_twice(const struct lm_map *map, uint64_t addr)
{
    const struct lm_region *in = NULL;
    size_t count = MIN(map->regions.count, (size_t)64);
    for (size_t i = 0; i < count && in == NULL; i++)
        if (addr - map->regions.items[i].origin < map->regions.items[i].length)
            in = &map->regions.items[i];
    for (size_t i = 0; i < count && in != NULL; i++) {
        const struct lm_region *other = &map->regions.items[i];
        if (other != in && other->length == in->length && other->used == in->used && in->used != 0)
            return true;
    }
    return false;
}

static void module_line(struct ti *ti, struct slice line)
{
    struct slice rest = lm__trim(line);
    uint64_t total = 0, number, read = 0, twice = 0;
    if (!lm__eat(&rest, "Grand Total:"))
        return;
    for (struct slice word; (word = lm__word(&rest)).size != 0;)
        if (!lm__decimal(word, &number) || !add_u64(total, number, &total))
            return;
    const struct lm_map *map = ti->r->map;
    for (size_t i = 0; i < map->contributions.count; i++) {
        const struct lm_contribution *c = &map->contributions.items[i];
        if (c->kind == LM_FILL || !map->sections.items[c->section].loaded)
            continue;
        if (!add_u64(read, c->size, &read))
            return;
        twice += is_twice(map, c->addr) ? c->size : 0; // not more than read
    }
    lm__total(ti->r, slice_text("Grand Total"), total - read == twice ? read : total, read);
}

// ".text", ".TI.ramfunc" and the vectors' neighbours: where an odd address is a Thumb function.
static bool is_code(const struct lm_map *map, uint64_t addr)
{
    for (size_t i = 0; i < MIN(map->sections.count, (size_t)64); i++) {
        const struct lm_section *s = &map->sections.items[i];
        if (addr - s->addr < s->size)
            return slice_starts(s->name, ".text") || slice_starts(s->name, ".TI.ramfunc");
    }
    return false;
}

#define ADDR_DIGITS 8

static void symbol_line(struct ti *ti, struct slice line)
{
    struct slice rest = line, page = lm__word(&rest);
    uint64_t addr;
    if (page.size >= ADDR_DIGITS)
        rest = line;
    // "UNDEFED" and all ones are no address.
    if (!lm__hex(lm__word(&rest), &addr) || addr == UINT32_MAX)
        return;
    struct slice name = lm__trim(rest);
    if (name.size == 0)
        return;
    if (ti->thumb && addr & 1 && is_code(ti->r->map, addr - 1))
        addr--;
    lm__symbol(ti->r, name, addr)->contribution = LM_NO;
}

// ------------------------------------------------------------------------ the whole

static bool heading(struct ti *ti, struct slice line)
{
    static const struct lm__heading headings[] = {
        {"MEMORY CONFIGURATION", MEMORY},     {"SEGMENT ALLOCATION MAP", SEGMENTS},
        {"SECTION ALLOCATION MAP", SECTIONS}, {"MODULE SUMMARY", MODULES},
        {"LINKER GENERATED", AFTER},          {"GLOBAL SYMBOLS: SORTED ALPHABETICALLY", SYMBOLS},
        {"GLOBAL SYMBOLS: SORTED BY", AFTER}, {"GLOBAL DATA SYMBOLS", AFTER}};
    if (!lm__is_heading(headings, COUNT_OF(headings), line, &ti->part))
        return false;
    ti->in_section = false;
    return true;
}

static void one_line(struct ti *ti, struct slice line)
{
    bool indented = lm__is_blank(line.data[0]);
    if (!indented && heading(ti, line))
        return;
    switch (ti->part) {
    case BEFORE:
        head_line(ti, line);
        break;
    case MEMORY:
        memory_line(ti, line);
        break;
    case SEGMENTS:
        segment_line(ti, line);
        break;
    case SECTIONS:
        if (indented)
            contribution_line(ti, line);
        else
            section_line(ti, line);
        break;
    case MODULES:
        module_line(ti, line);
        break;
    case SYMBOLS:
        symbol_line(ti, line);
        break;
    case AFTER:
        break;
    }
}

void lm__ti_read(struct lm__reader *r)
{
    struct ti ti = {.r = r, .names = names_new(), .page = LM_NONE};
    struct slice line;
    while (lm__line(r, &line))
        if (line.size != 0)
            one_line(&ti, line);
    names_free(ti.names);
    vec_free(&ti.load);
    vec_free(&ti.pages);
    if (ti.part < SECTIONS)
        lm__doubt(r, r->line, "the map ends before the placement of sections");
}
