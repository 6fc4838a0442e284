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
// A name of 15 bytes or more stands alone, and the rest on the next line behind blanks. Headings are
// translated into the language of whoever ran the linker, so the state follows the shape of the lines:
// the English headings only say it earlier. The first thing after the memory configuration is the
// script, because that configuration ends with the region "*default*".

#include "linkmap/private.h"

#define NAME_WIDTH   16 // columns of a section's name
#define REASON_WIDTH 30
#define CREF_WIDTH   50

enum part { BEFORE, REASONS, COMMONS, DISCARDED, MEMORY, SCRIPT, CREF };

struct ld {
    struct lm__reader *r;
    enum part part;
    struct slice pending; // a name that stands alone on the line before
    bool pending_section; // it began in the first column
    bool in_section;      // an output section is open
    uint32_t member;      // whose reason is on the next line, or LM_NO
    struct slice symbol;  // of the cross reference table
    uint32_t definer;
};

// --------------------------------------------------------------- headings, by shape

static const struct {
    const char *text;
    enum part part;
} headings[] = {
    {"Archive member included", REASONS},
    {"As-needed library included", REASONS},
    {"Allocating common symbols", COMMONS},
    {"Discarded input sections", DISCARDED},
    {"There are no discarded input sections", DISCARDED},
    {"Memory Configuration", MEMORY},
    {"Linker script and memory map", SCRIPT},
    {"Cross Reference Table", CREF},
};

unsigned lm__ld_score(struct slice head)
{
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

static bool heading(struct ld *ld, struct slice line)
{
    for (size_t i = 0; i < COUNT_OF(headings); i++) {
        if (!slice_starts(line, headings[i].text))
            continue;
        ld->part = headings[i].part;
        ld->r->map->lists_discarded |= ld->part == DISCARDED;
        ld->r->map->lists_reasons |= ld->part == REASONS;
        return true;
    }
    return false;
}

// -------------------------------------------------------- an address, a size, a rest

struct placed {
    uint64_t addr, size;
    bool sized;        // an address alone is a symbol or an assignment
    struct slice rest; // without blanks around it
};

// "0x00001234       0x40 rest" or "0x00001234                rest": a size is right-aligned in ten
// columns, what is none stands sixteen blanks off.
static bool parse_placed(struct ld *ld, struct slice text, struct placed *out)
{
    struct slice word = lm__word(&text);
    if (!lm__prefixed(word, &out->addr)) {
        if (slice_starts(word, "0x") && word.size > 18)
            lm__doubt(ld->r, ld->r->line, "the address %.*s has more than 64 bits", LM__TEXT(word));
        return false;
    }
    size_t gap = lm__blanks(text);
    struct slice rest = text;
    word = lm__word(&rest);
    out->sized = gap <= 10 && lm__prefixed(word, &out->size);
    if (!out->sized && gap <= 10 && slice_starts(word, "0x") && word.size > 18) {
        lm__doubt(ld->r, ld->r->line, "the size %.*s has more than 64 bits", LM__TEXT(word));
        return false;
    }
    out->rest = lm__trim(out->sized ? rest : text);
    return true;
}

// "name            0x..." with the name in its columns, or one word as somebody's editor left it.
static bool parse_named(struct ld *ld, struct slice line, struct slice *name, struct placed *out)
{
    if (line.size > NAME_WIDTH + 2 && line.data[NAME_WIDTH] == '0' &&
        line.data[NAME_WIDTH + 1] == 'x' && line.data[NAME_WIDTH - 1] == ' ') {
        *name = lm__trim(lm__until(line, NAME_WIDTH));
        return parse_placed(ld, lm__from(line, NAME_WIDTH), out) && out->sized;
    }
    struct slice rest = line;
    *name = lm__word(&rest);
    size_t gap = lm__blanks(rest);
    return slice_starts(lm__from(rest, gap), "0x") && parse_placed(ld, rest, out) && out->sized;
}

// ------------------------------------------------------------------------- reasons

// "file (symbol)", "(symbol)", "file".
static void read_reason(struct ld *ld, uint32_t member, struct slice text)
{
    struct slice by, symbol;
    text = lm__trim(text);
    if (text.size > 1 && text.data[0] == '(' && text.data[text.size - 1] == ')') {
        by = slice_of(NULL, 0);
        symbol = slice_of(text.data + 1, text.size - 2);
    } else {
        // The symbol's parenthesis has a blank before it, those of members have none.
        size_t depth = 0, at = text.size;
        while (at > 0) {
            at--;
            depth += text.data[at] == ')';
            depth -= text.data[at] == '(';
            if (depth == 0)
                break;
        }
        bool found = at > 1 && text.data[at] == '(' && text.data[at - 1] == ' ';
        by = found ? lm__trim(lm__until(text, at)) : text;
        symbol = found ? slice_of(text.data + at + 1, text.size - at - 2) : slice_of(NULL, 0);
    }
    lm__reason(ld->r, member, lm__file(ld->r, by), symbol);
}

// "member                        file (symbol)": only members of archives may have blanks in them, so
// a translated heading is none.
static bool is_reason(struct slice line)
{
    if (line.size <= REASON_WIDTH || !lm__is_blank(line.data[REASON_WIDTH - 1]) ||
        !slice_ends(line, ")"))
        return false;
    struct slice member = lm__trim(lm__until(line, REASON_WIDTH)), rest = member;
    return lm__word(&rest).size == member.size || slice_ends(member, ")");
}

static void reason_line(struct ld *ld, struct slice line)
{
    if (lm__blanks(line) >= 16) {
        if (ld->member != LM_NO)
            read_reason(ld, ld->member, line);
        ld->member = LM_NO;
        return;
    }
    struct slice next = lm__peek(ld->r);
    bool alone = lm__blanks(next) >= 16 && lm__blanks(next) < next.size;
    if (alone) {
        ld->member = lm__file(ld->r, lm__trim(line));
    } else if (is_reason(line)) {
        uint32_t member = lm__file(ld->r, lm__trim(lm__until(line, REASON_WIDTH)));
        read_reason(ld, member, lm__from(line, REASON_WIDTH));
    }
}

// ------------------------------------------------------------- discarded and memory

static bool is_continuation(struct slice line)
{
    return lm__blanks(line) >= NAME_WIDTH;
}

static void discarded_line(struct ld *ld, struct slice line)
{
    struct slice name;
    struct placed placed;
    if (is_continuation(line) && ld->pending.size != 0) {
        if (parse_placed(ld, line, &placed) && placed.sized)
            lm__discarded(ld->r, ld->pending, placed.size, lm__file(ld->r, placed.rest));
        ld->pending = slice_of(NULL, 0);
    } else if (parse_named(ld, line, &name, &placed)) {
        lm__discarded(ld->r, name, placed.size, lm__file(ld->r, placed.rest));
    } else {
        ld->pending = lm__trim(line);
    }
}

// "NAME 0xORIGIN 0xLENGTH attributes", both numbers with all their digits.
static bool memory_line(struct ld *ld, struct slice line)
{
    struct slice rest = line;
    struct lm_region region = {.used = LM_NONE, .line = ld->r->line};
    region.name = lm__word(&rest);
    struct slice origin = lm__word(&rest), length = lm__word(&rest);
    if (!lm__prefixed(origin, &region.origin) || !lm__prefixed(length, &region.length) ||
        origin.size < 10 || length.size < 10)
        return false;
    region.attributes = lm__trim(rest);
    if (slice_is(region.name, "*default*"))
        ld->part = SCRIPT;
    else
        vec_push(&ld->r->map->regions, region);
    return true;
}

// ------------------------------------------------------------------ the memory map

static void open_section(struct ld *ld, struct slice name, const struct placed *placed)
{
    struct lm_section *section = lm__section(ld->r, name, placed->addr, placed->size);
    struct slice rest = placed->rest, word = {0};
    while (rest.size != 0)
        word = lm__word(&rest);
    uint64_t lma;
    if (lm__prefixed(word, &lma)) // "load address 0x..."
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

static void add_contribution(struct ld *ld, struct slice name, const struct placed *placed)
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

static void add_data(struct ld *ld, struct placed *placed)
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
    struct placed placed;
    if (lm__eat(&text, "[!provide]")) {
        add_symbol(ld, LM_NONE, lm__trim(text), LM_SYMBOL_UNUSED);
    } else if (lm__eat(&text, "*undef*")) {
        add_symbol(ld, LM_NONE, lm__trim(text), LM_SYMBOL_UNDEFINED);
    } else if (!parse_placed(ld, line, &placed)) {
        return;
    } else if (!placed.sized) {
        uint64_t before = placed.addr; // "0x32 (size before relaxing)"
        if (placed.rest.size != 0 && placed.rest.data[0] == '(' && lm__blanks(line) > NAME_WIDTH) {
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
    struct placed placed;
    if (is_continuation(line)) {
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
    if (!parse_named(ld, line, &name, &placed)) {
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

// ---------------------------------------------------------------- cross references

static bool is_cref(struct slice line)
{
    return line.size > CREF_WIDTH && lm__is_blank(line.data[CREF_WIDTH - 1]) &&
           !lm__is_blank(line.data[CREF_WIDTH]);
}

static void cref_line(struct ld *ld, struct slice line)
{
    bool more = lm__blanks(line) >= CREF_WIDTH;
    if (!more && !is_cref(line)) {
        ld->symbol = lm__trim(line); // too long for its column: the files follow
        ld->definer = LM_NO;
        return;
    }
    uint32_t file = lm__file(ld->r, lm__trim(lm__from(line, CREF_WIDTH)));
    if (!more) {
        ld->symbol = lm__trim(lm__until(line, CREF_WIDTH));
        ld->definer = file;
    } else if (ld->definer == LM_NO) {
        ld->definer = file;
    } else {
        lm__reference(ld->r, ld->symbol, ld->definer, file);
    }
}

// ------------------------------------------------------------------------ the whole

// What the parts have in common is told by shape: input sections begin behind one blank, regions
// are two full numbers, members have their parenthesis.
static void any_line(struct ld *ld, struct slice line)
{
    struct slice next = lm__peek(ld->r);
    if (lm__is_blank(line.data[0]) && lm__blanks(line) == 1) {
        ld->part = DISCARDED;
        discarded_line(ld, line);
    } else if (slice_starts(line, "LOAD ")) {
        ld->part = SCRIPT;
    } else if (!memory_line(ld, line) && lm__find(line, "(") != SIZE_MAX &&
               (lm__blanks(next) == REASON_WIDTH || is_reason(line))) {
        ld->part = REASONS;
        reason_line(ld, line);
    }
}

static void one_line(struct ld *ld, struct slice line)
{
    // In the script a section may have any name, also that of a heading.
    bool may_change = ld->part != SCRIPT || slice_starts(line, "Cross Reference Table");
    if (!lm__is_blank(line.data[0]) && may_change && heading(ld, line))
        return;
    if (ld->part != SCRIPT && ld->part != CREF && slice_starts(line, "*default*")) {
        ld->part = SCRIPT;
        return;
    }
    switch (ld->part) {
    case BEFORE:
        any_line(ld, line);
        break;
    case REASONS:
        if (lm__blanks(line) == 1)
            any_line(ld, line);
        else if (!memory_line(ld, line))
            reason_line(ld, line);
        break;
    case COMMONS: // they come again, with addresses
        if (lm__blanks(line) == 1)
            any_line(ld, line);
        break;
    case DISCARDED:
        if (lm__is_blank(line.data[0]))
            discarded_line(ld, line);
        else
            any_line(ld, line);
        break;
    case MEMORY:
        (void)memory_line(ld, line);
        break;
    case SCRIPT:
        script_line(ld, line);
        break;
    case CREF:
        cref_line(ld, line);
        break;
    }
}

// Strings and constants that were merged into an earlier section keep their size in the map, though
// nothing of them is left there: what comes next stands at the same address, or the section ends.
static void settle_merged(struct lm_map *map)
{
    for (size_t i = 0; i < map->contributions.count; i++) {
        struct lm_contribution *c = &map->contributions.items[i];
        const struct lm_section *s = &map->sections.items[c->section];
        bool last = i + 1 == map->contributions.count || c[1].section != c->section;
        uint64_t next = last ? s->addr + s->size : c[1].addr;
        if (c->kind == LM_FILL || c->size == 0 || next != c->addr)
            continue;
        c->size_before = c->size;
        c->size = 0;
    }
}

void lm__ld_read(struct lm__reader *r)
{
    struct ld ld = {.r = r, .member = LM_NO, .definer = LM_NO};
    struct slice line;
    while (lm__line(r, &line)) {
        if (line.size != 0)
            one_line(&ld, line);
        else
            ld.pending = slice_of(NULL, 0);
    }
    settle_merged(r->map);
    if (ld.part != SCRIPT && ld.part != CREF)
        lm__doubt(r, r->line, "the map ends before the placement of sections");
    else if (r->map->text.size != 0 &&
             r->map->text.data[r->map->text.size - 1] != (uint8_t)r->line_end)
        lm__doubt(r, r->line, "the map ends within a line");
}
