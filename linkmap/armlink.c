// SPDX-License-Identifier: MIT
//
// The maps (listings) of armlink, the linker of Keil MDK and Arm Compiler 5 and 6.
//
//   Component: ARM Compiler 5.05 update 2 (build 169) Tool: armlink [4d0f33]
//   Section Cross References
//       main.o(i.main) refers to init.o(i.All_Init) for All_Init
//   Removing Unused input sections from the image.
//       Removing ctrl.o(.bss), (24 bytes).
//   280 unused section(s) (total 12186 bytes) removed from the image.
//   Image Symbol Table
//       main                      0x08000269   Thumb Code    96  main.o(i.main)
//   Memory Map of the image
//     Load Region LR_IROM1 (Base: 0x08000000, Size: 0x000059a0, Max: 0x00080000, ABSOLUTE)
//       Execution Region ER_IROM1 (Base: 0x08000000, Size: 0x000057e0, Max: 0x00080000, ABSOLUTE)
//       0x08000188   0x00000004   Code   RO         3173    .text               mc_w.l(entry2.o)
//       0x080007c2   0x00000002   PAD
//   Total RO  Size (Code + RO Data)                22496 (  21.97kB)
//
// Version 6 has "Exec base: ..., Load base: ..." and two addresses a row. An execution region is a
// region (its Max) and an output section (its Size); where its zero-initialised part begins, a second
// section of the same name does, as in the ELF. Only the memory map tells libraries from members:
// "entry2.o" of the other lists is found again in "mc_w.l(entry2.o)".

#include "linkmap/private.h"

enum part { BEFORE, REFERENCES, REMOVED, SYMBOLS, MEMORY, SIZES };

struct armlink {
    struct lm__reader *r;
    int part;             // enum part
    bool local;           // symbols
    bool two_addresses;   // of the rows
    bool zeros;           // the section that is open is zero-initialised
    bool in_region;       // an execution region is open
    size_t first_section; // of it
    uint64_t region_end;  // of the execution region
    uint64_t load_at;     // where the next region's contents are loaded, or LM_NONE
    uint64_t removed;     // bytes
    uint64_t stated;      // of all regions, by the totals
    unsigned total_count; // of the totals that make it up
};

unsigned lm__armlink_score(struct slice text)
{
    struct slice head = lm__head(text);
    struct slice line = lm__until(head, 400);
    if (slice_starts(line, "Component: ") && lm__find(line, "armlink") != SIZE_MAX)
        return 100;
    return lm__has_line(head, "Memory Map of the image") ? 80 : 0;
}

// --------------------------------------------------------------- lists before the map

// "object(section)" off the front of a text: names of sections have no blanks.
static bool object_and_section(struct slice *rest, struct slice *object, struct slice *section)
{
    struct slice word = *rest;
    size_t open = lm__find(word, "(");
    if (open == SIZE_MAX)
        return false;
    size_t close = lm__find(lm__from(word, open), ")");
    if (close == SIZE_MAX)
        return false;
    *object = lm__trim(lm__until(word, open));
    *section = slice_of(word.data + open + 1, close - 1);
    *rest = lm__from(word, open + close + 1);
    return object->size != 0;
}

static void reference_line(struct armlink *a, struct slice line)
{
    struct slice user, user_section, definer, definer_section, rest = lm__trim(line);
    if (!object_and_section(&rest, &user, &user_section))
        return;
    size_t to = lm__find(rest, " to ");
    if (!slice_starts(rest, " refers") || to == SIZE_MAX)
        return;
    rest = lm__from(rest, to + 4);
    if (!object_and_section(&rest, &definer, &definer_section))
        return;
    rest = lm__trim(rest);
    (void)lm__eat(&rest, "for ");
    uint32_t user_file = lm__file(a->r, user);
    lm__reference(a->r, lm__trim(rest), lm__file(a->r, definer), user_file);
}

static void removed_line(struct armlink *a, struct slice line)
{
    struct slice object, section, rest = lm__trim(line);
    uint64_t size;
    if (lm__eat(&rest, "Removing ")) {
        if (!object_and_section(&rest, &object, &section) || !lm__eat(&rest, ", (") ||
            !lm__decimal(lm__word(&rest), &size)) {
            lm__doubt(a->r, a->r->line, "expected Removing OBJECT(SECTION), (N bytes).");
            return;
        }
        lm__discarded(a->r, section, size, lm__file(a->r, object));
        a->removed += size;
        return;
    }
    size_t total = lm__find(rest, "(total ");
    if (total == SIZE_MAX)
        return;
    rest = lm__from(rest, total + 7);
    if (lm__decimal(lm__word(&rest), &size))
        lm__total(a->r, slice_text("removed sections"), size, a->removed);
}

// "    NAME   0xADDRESS   TYPE   SIZE  object(section)"; the name may be long and have blanks.
static void symbol_line(struct armlink *a, struct slice line)
{
    static const char *const types[] = {"Thumb Code", "ARM Code", "Data"};
    struct slice left = line;
    size_t passed = 0;
    for (size_t at; (at = lm__find(left, " 0x")) != SIZE_MAX; left = lm__from(left, at + 1)) {
        passed = (size_t)(left.data - line.data) + at;
        struct slice rest = lm__from(line, passed);
        uint64_t addr, size;
        if (!lm__prefixed(lm__word(&rest), &addr))
            continue;
        rest = lm__from(rest, lm__blanks(rest));
        for (size_t i = 0; i < COUNT_OF(types); i++) {
            if (!lm__eat(&rest, types[i]) || !lm__decimal(lm__word(&rest), &size))
                continue;
            struct lm_symbol *symbol =
                lm__symbol(a->r, lm__trim(lm__until(line, passed)), i == 0 ? addr & ~1u : addr);
            symbol->size = size != 0 ? size : LM_NONE;
            symbol->contribution = LM_NO;
            symbol->flags = a->local ? LM_SYMBOL_LOCAL : 0;
        }
        return;
    }
}

// ------------------------------------------------------------------- the memory map

// The number behind "Base: " and its like.
static uint64_t named_number(struct slice line, const char *name)
{
    uint64_t value;
    size_t at = lm__find(line, name);
    if (at == SIZE_MAX)
        return LM_NONE;
    struct slice rest = lm__from(line, at + strlen(name));
    size_t size = 0;
    while (size < rest.size && rest.data[size] != ',' && rest.data[size] != ')' &&
           rest.data[size] != '[' && rest.data[size] != ']')
        size++;
    return lm__hex(lm__until(rest, size), &value) ? value : LM_NONE;
}

// Version 5 says where a load region begins: its execution regions follow each other there, without what
// is zero-initialised, and as long as they are when compressed.
static void open_load_region(struct armlink *a, struct slice rest)
{
    a->in_region = false;
    a->load_at = named_number(rest, "Base: ");
}

// The contents of the region that is open have been loaded before the next one's.
static void add_load(struct armlink *a)
{
    const struct lm_map *map = a->r->map;
    if (!a->in_region || a->load_at == LM_NONE)
        return;
    for (size_t i = map->sections.count; i-- > a->first_section;) {
        const struct lm_section *section = &map->sections.items[i];
        if (!section->nobits && a->load_at != LM_NONE &&
            !add_u64(a->load_at, lm_load_size(section), &a->load_at))
            a->load_at = LM_NONE;
    }
}

// "Execution Region NAME (Exec base: 0x..., Load base: 0x..., Size: 0x..., Max: 0x..., ...)"
static void open_region(struct armlink *a, struct slice rest)
{
    struct slice name = lm__word(&rest);
    uint64_t base = named_number(rest, "Exec base: ");
    uint64_t lma = named_number(rest, "Load base: ");
    uint64_t size = named_number(rest, "Size: "), max = named_number(rest, "Max: ");
    if (base == LM_NONE)
        base = named_number(rest, "Base: ");
    if (base == LM_NONE || size == LM_NONE || !add_u64(base, size, &a->region_end)) {
        lm__doubt(a->r, a->r->line, "an execution region without base and size");
        a->in_region = false;
        return;
    }
    add_load(a);
    if (lma == LM_NONE)
        lma = a->load_at == LM_NONE ? base : a->load_at;
    struct lm_section *section = lm__section(a->r, name, base, size);
    section->lma = lma;
    section->packed = named_number(rest, "COMPRESSED[");
    if (max != LM_NONE && max != UINT32_MAX) {
        section->region = (uint32_t)a->r->map->regions.count;
        vec_push(
            &a->r->map->regions,
            (struct lm_region){
                .name = name, .origin = base, .length = max, .used = size, .line = a->r->line});
    }
    a->first_section = a->r->map->sections.count - 1;
    a->in_region = true;
    a->zeros = false;
}

// From here to its end the region has no load image.
static void open_zeros(struct armlink *a, uint64_t addr)
{
    struct lm_map *map = a->r->map;
    struct lm_section *section = &map->sections.items[map->sections.count - 1];
    a->zeros = true;
    if (addr == section->addr || addr - section->addr > section->size) {
        section->nobits = addr == section->addr;
        return;
    }
    struct slice name = section->name;
    uint32_t region = section->region;
    section->size = addr - section->addr;
    section = lm__section(a->r, name, addr, a->region_end - addr);
    section->region = region;
    section->nobits = true;
}

static bool is_number(struct slice word)
{
    uint64_t ignored;
    return lm__decimal(word, &ignored);
}

// "0x08000188   0x00000004   Code   RO         3173  * .text               mc_w.l(entry2.o)"
static void map_row(struct armlink *a, struct slice line)
{
    struct slice rest = line;
    uint64_t addr, size, load;
    if (!lm__prefixed(lm__word(&rest), &addr))
        return;
    struct slice word = lm__word(&rest);
    // The load address of what is not loaded is "-".
    if (a->two_addresses && (lm__prefixed(word, &load) || slice_is(word, "-")))
        word = lm__word(&rest);
    if (!lm__prefixed(word, &size)) {
        lm__doubt(a->r, a->r->line, "expected a size, not %.*s", LM__TEXT(word));
        return;
    }
    struct slice type = lm__word(&rest);
    if (slice_is(type, "PAD")) {
        lm__contribution(a->r, type, addr, size, LM_NO)->kind = LM_FILL;
        return;
    }
    lm__word(&rest); // RO or RW
    struct slice name = lm__word(&rest);
    if (is_number(name))
        name = lm__word(&rest);
    if (slice_is(name, "*"))
        name = lm__word(&rest);
    if (slice_is(type, "Zero") && !a->zeros && size != 0)
        open_zeros(a, addr);
    struct slice object = lm__trim(rest);
    struct lm_contribution *c = lm__contribution(a->r, name, addr, size, lm__file(a->r, object));
    c->nobits = slice_is(type, "Zero");
    if (slice_starts(object, "anon$$obj") || slice_is(type, "Ven") || object.size == 0)
        c->kind = LM_MADE;
}

static void memory_line(struct armlink *a, struct slice line)
{
    struct slice rest = lm__trim(line);
    if (lm__eat(&rest, "Image Entry point :"))
        (void)lm__hex(lm__trim(rest), &a->r->map->entry_addr);
    else if (lm__eat(&rest, "Load Region "))
        open_load_region(a, rest);
    else if (lm__eat(&rest, "Execution Region "))
        open_region(a, rest);
    else if (slice_starts(rest, "Exec Addr") || slice_starts(rest, "Base Addr"))
        a->two_addresses = lm__find(rest, "Load Addr") != SIZE_MAX;
    else if (slice_starts(rest, "0x") && a->in_region)
        map_row(a, rest);
}

// "Total RO  Size (Code + RO Data)   22496 (...)": with the RW total all that was placed.
static void size_line(struct armlink *a, struct slice line)
{
    struct slice rest = lm__trim(line);
    if (!slice_starts(rest, "Total RO ") && !slice_starts(rest, "Total RW "))
        return;
    size_t close = lm__find(rest, ")");
    if (close == SIZE_MAX)
        return;
    rest = lm__from(rest, close + 1);
    uint64_t size;
    if (!lm__decimal(lm__word(&rest), &size) || !add_u64(a->stated, size, &a->stated))
        return;
    if (++a->total_count != 2)
        return;
    uint64_t read = 0;
    for (size_t i = 0; i < a->r->map->sections.count; i++)
        read += a->r->map->sections.items[i].size;
    lm__total(a->r, slice_text("Total RO Size and RW Size"), a->stated, read);
}

// "Error: L6220E: Execution region RW_IRAM1 size (131080 bytes) exceeds limit (131072 bytes)."
static void error_line(struct armlink *a, struct slice line)
{
    size_t at = lm__find(line, "egion "), size_at = lm__find(line, " size ("),
           limit_at = lm__find(line, "limit (");
    if (at == SIZE_MAX || size_at == SIZE_MAX || limit_at == SIZE_MAX || size_at < at + 6)
        return;
    struct slice sizes = lm__from(line, size_at + 7), limits = lm__from(line, limit_at + 7);
    uint64_t size, limit;
    if (lm__decimal(lm__word(&sizes), &size) && lm__decimal(lm__word(&limits), &limit) &&
        size > limit)
        vec_push(&a->r->map->overflows,
                 (struct lm_overflow){slice_of(line.data + at + 6, size_at - at - 6), size - limit,
                                      a->r->line});
}

// ------------------------------------------------------------------------ the whole

static bool heading(struct armlink *a, struct slice line)
{
    static const struct lm__heading headings[] = {{"Section Cross References", REFERENCES},
                                                  {"Removing Unused input sections", REMOVED},
                                                  {"Image Symbol Table", SYMBOLS},
                                                  {"Memory Map of the image", MEMORY},
                                                  {"Image component sizes", SIZES}};
    if (!lm__is_heading(headings, COUNT_OF(headings), line, &a->part))
        return false;
    a->r->map->lists_discarded |= a->part == REMOVED;
    return true;
}

static void one_line(struct armlink *a, struct slice line)
{
    if (heading(a, line))
        return;
    if (slice_starts(line, "Component: "))
        a->r->map->producer = lm__from(line, strlen("Component: "));
    if (lm__find(line, "L6220E") != SIZE_MAX)
        error_line(a, line);
    switch (a->part) {
    case BEFORE:
        break;
    case REFERENCES:
        reference_line(a, line);
        break;
    case REMOVED:
        removed_line(a, line);
        break;
    case SYMBOLS:
        if (slice_is(lm__trim(line), "Local Symbols") || slice_is(lm__trim(line), "Global Symbols"))
            a->local = lm__find(line, "Local") != SIZE_MAX;
        else
            symbol_line(a, line);
        break;
    case MEMORY:
        memory_line(a, line);
        break;
    case SIZES:
        size_line(a, line);
        break;
    }
}

// "entry2.o" of the lists is the only member of that name in a library of the memory map.
static void find_libraries(struct lm__reader *r)
{
    struct lm_map *map = r->map;
    size_t count = map->files.count;
    uint32_t *real = mem_alloc((count + 1) * sizeof *real);
    uint8_t *placed = mem_zalloc(count + 1, 1);
    for (uint32_t i = 0; i < count; i++)
        real[i] = i;
    for (size_t i = 0; i < map->contributions.count; i++)
        if (map->contributions.items[i].file != LM_NO)
            placed[map->contributions.items[i].file] = 1;
    for (uint32_t i = 0; i < count; i++) {
        if (map->files.items[i].archive.size == 0)
            continue;
        uint32_t plain = lm__file(r, map->files.items[i].member);
        if (plain < count && !placed[plain])
            real[plain] = real[plain] == plain ? i : plain; // two libraries have one: neither
    }
    for (size_t i = 0; i < map->references.count; i++) {
        struct lm_reference *reference = &map->references.items[i];
        reference->user = real[reference->user];
        reference->definer = real[reference->definer];
    }
    for (size_t i = 0; i < map->discarded.count; i++)
        if (map->discarded.items[i].file < count)
            map->discarded.items[i].file = real[map->discarded.items[i].file];
    free(placed);
    free(real);
}

void lm__armlink_read(struct lm__reader *r)
{
    struct armlink a = {.r = r, .load_at = LM_NONE};
    struct slice line;
    while (lm__line(r, &line))
        if (line.size != 0)
            one_line(&a, line);
    find_libraries(r);
    if (a.part != SIZES)
        lm__doubt(r, r->line, "the map ends before its totals");
}
