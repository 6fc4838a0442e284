// SPDX-License-Identifier: MIT
//
// The maps of GNU ld. The same text has been printed since 2.1x, in columns:
//
//   libc.a(printf.o)              main.o (printf)                  why a member is there
//   common_thing        0x28              main.o                   common symbols
//    .text.unused   0x00000000       0x12 main.o                   discarded, then placed input
//   FLASH            0x08000000         0x00040000         xr      memory
//   .data           0x20000000       0x40 load address 0x08001234  an output section
//    *(.data .data.*)                                              the script's pattern
//    .data.counter  0x20000000        0x4 main.o                   a contribution
//                   0x20000000                counter              a symbol
//    *fill*         0x20000004        0x4 00
//                   0x20000008        0x4 LONG 0x12345678          bytes of the script
//                   0x2000000c                _edata = .           an assignment
//   printf                                            libc.a(printf.o)    cross references
//                                                     main.o
//
// A name of 15 bytes or more stands alone, and the rest on the next line behind blanks. What stands
// around the map proper is read by lists.c.

#include "linkmap/lists.h"

struct ld {
    struct lm__reader *r;
    struct slice pending; // a name that stands alone on the line before
    bool pending_section; // it began in the first column
    bool in_section;      // an output section is open
};

// ------------------------------------------------------------------ the memory map

static void open_section(struct ld *ld, struct slice name, const struct lm__placed *placed)
{
    struct lm_section *section = lm__section(ld->r, name, placed->addr, placed->size);
    uint64_t lma;
    if (lm__prefixed(lm__last_word(placed->rest), &lma)) // "load address 0x..."
        section->lma = lma;
    ld->in_section = true;
}

static bool is_data(struct slice rest)
{
    static const char *const kinds[] = {"BYTE ", "SHORT ", "LONG ", "QUAD ", "SQUAD ", "RELOC "};
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (slice_starts(rest, kinds[i]))
            return i == COUNT_OF(kinds) - 1 || slice_starts(lm__from(rest, strlen(kinds[i])), "0x");
    return false;
}

static void add_contribution(struct ld *ld, struct slice name, const struct lm__placed *placed)
{
    struct lm__reader *r = ld->r;
    if (slice_is(name, "*fill*")) {
        if (ld->in_section)
            lm__contribution(r, name, placed->addr, placed->size, LM_NO)->kind = LM_FILL;
        return;
    }
    uint32_t file = lm__file(r, placed->rest);
    struct lm_contribution *c = ld->in_section
                                    ? lm__contribution(r, name, placed->addr, placed->size, file)
                                    : lm__discarded(r, name, placed->size, file);
    if (slice_is(placed->rest, "linker stubs"))
        c->kind = LM_MADE;
}

static void add_data(struct ld *ld, struct lm__placed *placed)
{
    struct slice word = lm__word(&placed->rest);
    if (ld->in_section)
        lm__contribution(ld->r, word, placed->addr, placed->size, LM_NO)->kind = LM_DATA;
}

// The name an expression assigns to: "x = 1", "PROVIDE (x = 1)", "HIDDEN (x = 1)". Empty for "." and
// for what assigns nothing (ASSERT).
static bool is_assignment(struct slice text, struct slice *name, uint32_t *flags)
{
    *name = slice_of(NULL, 0);
    *flags = LM_SYMBOL_ASSIGNED;
    if (lm__eat(&text, "ASSERT ("))
        return true;
    if (lm__eat(&text, "PROVIDE (") || lm__eat(&text, "PROVIDE_HIDDEN ("))
        *flags |= LM_SYMBOL_PROVIDED;
    else
        (void)lm__eat(&text, "HIDDEN (");
    struct slice target = lm__word(&text), operation = lm__word(&text);
    if (operation.size == 0 || operation.size > 3 || operation.data[operation.size - 1] != '=' ||
        slice_is(operation, "==") || slice_is(operation, "<=") || slice_is(operation, ">=") ||
        slice_is(operation, "!="))
        return false;
    if (!slice_is(target, "."))
        *name = target;
    return true;
}

static void add_symbol(struct ld *ld, uint64_t addr, struct slice text, uint32_t flags)
{
    struct slice name;
    uint32_t assigned;
    if (!is_assignment(text, &name, &assigned)) {
        if (flags == 0 && text.size != 0)
            lm__symbol(ld->r, text, addr);
        return;
    }
    if (name.size == 0)
        return;
    struct lm_symbol *symbol = lm__symbol(ld->r, name, addr);
    symbol->flags = assigned | flags;
    symbol->contribution = LM_NO;
}

// A line that begins with blanks up to the addresses.
static void continuation_line(struct ld *ld, struct slice line)
{
    struct slice text = lm__trim(line);
    struct lm__placed placed;
    if (lm__eat(&text, "[!provide]")) {
        add_symbol(ld, LM_NONE, lm__trim(text), LM_SYMBOL_UNUSED);
    } else if (lm__eat(&text, "*undef*")) {
        add_symbol(ld, LM_NONE, lm__trim(text), LM_SYMBOL_UNDEFINED);
    } else if (!lm__placed(ld->r, line, &placed)) {
        return;
    } else if (!placed.sized) {
        uint64_t before = placed.addr; // "0x32 (size before relaxing)"
        if (placed.rest.size != 0 && placed.rest.data[0] == '(' &&
            lm__blanks(line) > LM__NAME_WIDTH) {
            if (ld->in_section && ld->r->map->contributions.count != 0)
                ld->r->map->contributions.items[ld->r->map->contributions.count - 1].size_before =
                    before;
        } else {
            add_symbol(ld, placed.addr, placed.rest, 0);
        }
    } else if (is_data(placed.rest) &&
               (ld->pending.size == 0 || ld->pending.data[0] == '*' || ld->pending_section)) {
        add_data(ld, &placed);
    } else if (ld->pending.size == 0) {
        lm__doubt(ld->r, ld->r->line, "an address and a size, but no name before them");
    } else if (ld->pending_section) {
        open_section(ld, ld->pending, &placed);
    } else {
        add_contribution(ld, ld->pending, &placed);
    }
    ld->pending = slice_of(NULL, 0);
}

static void script_line(struct ld *ld, struct slice line)
{
    struct slice name;
    struct lm__placed placed;
    if (lm__is_continuation(line)) {
        continuation_line(ld, line);
        return;
    }
    bool first_column = !lm__is_blank(line.data[0]);
    if (first_column && (slice_starts(line, "LOAD ") || slice_starts(line, "OUTPUT(") ||
                         slice_starts(line, "START GROUP") || slice_starts(line, "END GROUP"))) {
        if (lm__eat(&line, "OUTPUT("))
            ld->r->map->output = lm__word(&line);
        ld->pending = slice_of(NULL, 0);
        return;
    }
    ld->pending_section = first_column;
    if (!lm__named(ld->r, line, &name, &placed)) {
        ld->in_section &= !first_column;
        ld->pending = lm__trim(line);
        return;
    }
    if (first_column)
        open_section(ld, name, &placed);
    else
        add_contribution(ld, name, &placed);
    ld->pending = slice_of(NULL, 0);
}

// ------------------------------------------------------------------------ the whole

unsigned lm__ld_score(struct slice text)
{
    struct slice head = lm__head(text);
    if (lm__has_line(head, "Memory map"))
        return 0; // gold
    if (lm__has_line(head, "Linker script and memory map") ||
        lm__has_line(head, "Memory Configuration"))
        return 90;
    if (lm__has_line(head, "Archive member included ") ||
        lm__has_line(head, "Discarded input sections"))
        return 60;
    if (lm__has_line(head, "*default*        0x") || lm__has_line(head, "LOAD "))
        return 50;
    return 0;
}

// Strings and constants that were merged into an earlier section keep their size in the map, though
// nothing of them is left there. Versions since 2.2x print them where they would have been, at the address
// of what comes next or the end of the section:
//
//   .rodata.str1.4  0x8000  0x40 main.o          -> 0
//   .rodata.str1.4  0x8000  0x0c mode.o          fills what lies up to 0x800c
//   .rodata.cst4    0x800c  0x04 main.o
//
// older ones at the start of the section or at 0, behind what lies farther on; where a later section lists them
// once more, both times at the start of that one. Attributes of objects are merged into
// the first ones after all have been placed, so those become longer, and the others lie behind the end.
static void set_size(struct lm_contribution *c, uint64_t size)
{
    if (c->size == 0)
        return;
    c->size_before = c->size_before == LM_NONE ? c->size : c->size_before;
    c->size = size;
}

static void settle_attributes(struct lm_contribution *first, const struct lm_section *s)
{
    for (uint32_t i = 0; i < s->count; i++)
        set_size(&first[i], i == 0 ? s->size : 0);
}

static bool is_pool(struct slice name)
{
    return lm__find(name, ".str") != SIZE_MAX || lm__find(name, ".cst") != SIZE_MAX;
}

// Of what is printed at one address, one has the bytes: that which ends where the next begins, else the last.
static void settle_merged(struct lm_contribution *first, const struct lm_section *s)
{
    uint64_t reached = s->addr, next = s->addr + s->size;
    for (uint32_t i = 0; i < s->count; i++) {
        bool before = first[i].addr < s->addr || (first[i].addr == s->addr && reached != s->addr);
        if (before || (first[i].addr > next && is_pool(first[i].name)))
            set_size(&first[i], 0);
        else
            reached = MAX(reached, first[i].addr);
    }
    struct lm_contribution *holder = NULL;
    for (uint32_t i = s->count; i-- > 0;) {
        struct lm_contribution *c = &first[i];
        if (c->size == 0)
            continue;
        if (holder != NULL && holder->addr != c->addr) {
            next = holder->addr;
            holder = NULL;
        }
        bool fits = c->kind == LM_FILL || c->size == next - c->addr;
        if (holder == NULL) {
            holder = c;
            if (next == c->addr && c->kind != LM_FILL)
                set_size(c, 0);
        } else if (fits && holder->size != next - holder->addr && holder->kind != LM_FILL) {
            set_size(holder, 0);
            holder = c;
        } else {
            set_size(c, 0);
        }
    }
}

static void settle_sizes(struct lm_map *map)
{
    for (size_t i = 0; i < map->sections.count; i++) {
        const struct lm_section *s = &map->sections.items[i];
        if (s->count == 0)
            continue;
        struct lm_contribution *first = &map->contributions.items[s->first];
        if (slice_ends(s->name, ".attributes"))
            settle_attributes(first, s);
        else
            settle_merged(first, s);
    }
}

void lm__ld_read(struct lm__reader *r)
{
    struct lm__lists lists = {.r = r, .member = LM_NO};
    struct ld ld = {.r = r};
    struct slice line;
    while (lm__line(r, &line)) {
        if (lm__lists_line(&lists, line))
            continue;
        if (line.size != 0)
            script_line(&ld, line);
        else
            ld.pending = slice_of(NULL, 0);
    }
    settle_sizes(r->map);
    lm__lists_end(&lists);
}
