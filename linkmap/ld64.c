// SPDX-License-Identifier: MIT
//
// The maps of Apple's ld64, and of lld for Mach-O, which writes the same:
//
//   # Path: /.../GCAL
//   # Arch: x86_64
//   # Object files:
//   [  0] linker synthesized
//   [  1] /.../main.o
//   # Sections:
//   # Address	Size    	Segment	Section
//   0x100004A70	0x00073251	__TEXT	__text
//   # Symbols:
//   # Address	Size    	File  Name
//   0x100004A70	0x00000052	[  1] _main
//   # Dead Stripped Symbols:
//   #        	Size    	File  Name
//   <<dead>> 	0x00000018	[  2] _unused
//
// There are no input sections: neighbours in a section that come from one object are one contribution
// here, named after the section. A symbol may hold blanks and anything else.

#include "linkmap/private.h"

#define SAME_ADDRESS 16 // sections looked at

enum part { BEFORE, FILES, SECTIONS, SYMBOLS, DEAD };

struct ld64 {
    struct lm__reader *r;
    enum part part;
    VEC(uint32_t) files;   // by the number in brackets; LM_NO: the linker
    struct keyed *by_addr; // sections
    uint32_t section;      // of the last symbol, LM_NO: none
    uint32_t number;       // of its file
    bool unsized;          // it has no size
};

unsigned lm__ld64_score(struct slice text)
{
    struct slice head = lm__head(text);
    return slice_starts(head, "# Path:") ? 95 : lm__has_line(head, "# Object files:") ? 80 : 0;
}

// "[ 12] text": the number, and the text behind it.
static bool numbered(struct slice *rest, uint64_t *number)
{
    struct slice text = *rest;
    size_t close = lm__find(text, "]");
    if (!slice_starts(text, "[") || close == SIZE_MAX ||
        !lm__decimal(lm__trim(slice_of(text.data + 1, close - 1)), number))
        return false;
    text = lm__from(text, close + 1);
    (void)lm__eat(&text, " ");
    *rest = text;
    return true;
}

static void file_line(struct ld64 *ld, struct slice line)
{
    uint64_t number;
    if (!numbered(&line, &number) || number != ld->files.count) {
        lm__doubt(ld->r, ld->r->line, "expected the object file number %zu", ld->files.count);
        return;
    }
    bool linker = slice_is(line, "linker synthesized") || slice_is(line, "dtrace");
    vec_push(&ld->files, linker ? LM_NO : lm__file(ld->r, line));
}

static void section_line(struct ld64 *ld, struct slice line)
{
    uint64_t addr, size;
    struct slice a = lm__field(&line), s = lm__field(&line), segment = lm__field(&line),
                 name = lm__field(&line);
    if (!lm__prefixed(a, &addr) || !lm__prefixed(s, &size) || name.size == 0 ||
        ld->by_addr != NULL) { // all sections come before the symbols
        lm__doubt(ld->r, ld->r->line, "expected address, size, segment and section");
        return;
    }
    struct lm_section *section =
        lm__section(ld->r, lm__join(ld->r, segment, ",", name), addr, size);
    section->nobits = slice_is(name, "__bss") || slice_is(name, "__common") ||
                      slice_is(name, "__thread_bss") || slice_is(name, "__zerofill");
}

static void index_sections(struct ld64 *ld)
{
    const struct lm_map *map = ld->r->map;
    struct keyed *scratch = mem_alloc((map->sections.count + 1) * sizeof *scratch);
    ld->by_addr = mem_alloc((map->sections.count + 1) * sizeof *ld->by_addr);
    for (size_t i = 0; i < map->sections.count; i++)
        ld->by_addr[i] = (struct keyed){map->sections.items[i].addr, i};
    sort_keyed(ld->by_addr, scratch, map->sections.count);
    free(scratch);
}

static bool holds(const struct lm_map *map, uint32_t section, uint64_t addr, uint64_t size)
{
    const struct lm_section *s = &map->sections.items[section];
    return addr >= s->addr && range_fits(addr - s->addr, size, s->size);
}

static uint32_t section_at(struct ld64 *ld, uint64_t addr, uint64_t size)
{
    const struct lm_map *map = ld->r->map;
    if (ld->section != LM_NO && holds(map, ld->section, addr, size))
        return ld->section;
    if (ld->by_addr == NULL)
        index_sections(ld);
    size_t count = map->sections.count, at = keyed_first(ld->by_addr, count, addr);
    // Empty sections stand at the address of the next one.
    size_t from = at == 0 ? 0 : at - 1, to = MIN(at + SAME_ADDRESS, count);
    uint32_t found = LM_NO;
    for (size_t i = from; i < to && ld->by_addr[i].key <= addr; i++)
        if (holds(map, (uint32_t)ld->by_addr[i].value, addr, size) &&
            (found == LM_NO || map->sections.items[ld->by_addr[i].value].size != 0))
            found = (uint32_t)ld->by_addr[i].value;
    return found;
}

// lld gives some symbols no size: what nobody else has up to the next symbol, or up to the end of the section,
// is theirs.
static void stretch_last(struct ld64 *ld, uint64_t next)
{
    struct lm_map *map = ld->r->map;
    if (!ld->unsized || ld->section == LM_NO)
        return;
    const struct lm_section *s = &map->sections.items[ld->section];
    struct lm_contribution *last = &map->contributions.items[map->contributions.count - 1];
    uint64_t end = next >= s->addr && next - s->addr <= s->size ? next : s->addr + s->size;
    if (end > last->addr + last->size)
        last->size = end - last->addr;
}

// A symbol right behind one of the same object makes its contribution longer.
static void place(struct ld64 *ld, uint32_t section, uint32_t number, uint64_t addr, uint64_t size)
{
    struct lm_map *map = ld->r->map;
    if (section == ld->section && number == ld->number) {
        struct lm_contribution *last = &map->contributions.items[map->contributions.count - 1];
        if (addr >= last->addr + last->size) {
            last->size = addr + size - last->addr;
            return;
        }
    }
    struct slice name = map->sections.items[section].name;
    name = lm__from(name, lm__find(name, ",") + 1);
    struct lm_contribution *c = lm__contribution(ld->r, name, addr, size, ld->files.items[number]);
    c->section = section;
    c->nobits = map->sections.items[section].nobits;
    c->kind = c->file == LM_NO ? LM_MADE : LM_INPUT;
    ld->section = section;
    ld->number = number;
}

static void symbol_line(struct ld64 *ld, struct slice line)
{
    uint64_t addr, size = 0, number;
    bool dead = ld->part == DEAD;
    struct slice a = lm__field(&line), s = slice_text("0x0");
    if (!slice_starts(line, "[")) // lld before 15 has no sizes
        s = lm__field(&line);
    if ((!dead && !lm__prefixed(a, &addr)) || !lm__prefixed(s, &size) ||
        !numbered(&line, &number) || number >= ld->files.count) {
        lm__doubt(ld->r, ld->r->line, "expected address, size, [file] and name");
        return;
    }
    if (dead) {
        uint64_t known = size == 0 ? LM_NONE : size;
        lm__discarded(ld->r, line, known, ld->files.items[number]);
        return;
    }
    uint32_t section = section_at(ld, addr, size);
    if (section == LM_NO && size == 0 && ld->files.items[number] == LM_NO) {
        // The headers of the file, which are no section.
        lm__symbol(ld->r, line, addr)->contribution = LM_NO;
        return;
    }
    if (section == LM_NO) {
        lm__doubt(ld->r, ld->r->line, "%.*s lies in no section", LM__TEXT(line));
        return;
    }
    stretch_last(ld, addr);
    place(ld, section, (uint32_t)number, addr, size);
    ld->unsized = size == 0;
    struct lm_symbol *symbol = lm__symbol(ld->r, line, addr);
    symbol->size = size == 0 ? LM_NONE : size;
}

static void comment_line(struct ld64 *ld, struct slice line)
{
    if (lm__eat(&line, "# Path:"))
        ld->r->map->output = lm__trim(line);
    else if (slice_starts(line, "# Object files:"))
        ld->part = FILES;
    else if (slice_starts(line, "# Sections:"))
        ld->part = SECTIONS;
    else if (slice_starts(line, "# Symbols:"))
        ld->part = SYMBOLS;
    else if (slice_starts(line, "# Dead Stripped Symbols:"))
        ld->part = DEAD;
}

void lm__ld64_read(struct lm__reader *r)
{
    struct ld64 ld = {.r = r, .section = LM_NO, .number = LM_NO};
    struct slice line;
    while (lm__line(r, &line)) {
        if (line.size == 0)
            continue;
        if (line.data[0] == '#')
            comment_line(&ld, line);
        else if (ld.part == FILES)
            file_line(&ld, line);
        else if (ld.part == SECTIONS)
            section_line(&ld, line);
        else if (ld.part == SYMBOLS || ld.part == DEAD)
            symbol_line(&ld, line);
    }
    stretch_last(&ld, UINT64_MAX);
    if (ld.part < SYMBOLS)
        lm__doubt(r, r->line, "the map ends before its symbols");
    r->map->lists_discarded |= ld.part == DEAD;
    vec_free(&ld.files);
    free(ld.by_addr);
}
