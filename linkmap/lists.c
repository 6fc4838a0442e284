// SPDX-License-Identifier: MIT
//
// The lists that GNU ld and gold print around the memory map, in the same columns: why members are
// there, what was discarded, the memory, cross references (ld.c has a drawing of all).
//
// Headings are translated into the language of whoever ran the linker, so the part of the map follows
// the shape of the lines: the English headings only say it earlier. The first thing after the memory
// configuration is the map, because that configuration ends with the region "*default*".

#include "linkmap/lists.h"

#define REASON_WIDTH 30
#define CREF_WIDTH   50
#define COMMON_WIDTH 20

// --------------------------------------------------------------- headings, by shape

static const struct lm__heading headings[] = {
    {"Archive member included", LM__REASONS},
    {"As-needed library included", LM__REASONS},
    {"Allocating common symbols", LM__COMMONS},
    {"Discarded input sections", LM__DISCARDED},
    {"There are no discarded input sections", LM__DISCARDED},
    {"Memory Configuration", LM__MEMORY},
    {"Linker script and memory map", LM__MAP},
    {"Memory map", LM__MAP},
    {"Cross Reference Table", LM__CREF},
};

static bool heading(struct lm__lists *l, struct slice line)
{
    if (!lm__is_heading(headings, COUNT_OF(headings), line, &l->part))
        return false;
    l->r->map->lists_discarded |= l->part == LM__DISCARDED;
    l->r->map->lists_reasons |= l->part == LM__REASONS;
    return true;
}

// -------------------------------------------------------- an address, a size, a rest

// "0x00001234       0x40 rest" or "0x00001234                rest": a size is right-aligned in ten
// columns, what is none stands sixteen blanks off.
bool lm__placed(struct lm__reader *r, struct slice text, struct lm__placed *out)
{
    struct slice word = lm__word(&text);
    if (!lm__prefixed(word, &out->addr)) {
        if (slice_starts(word, "0x") && word.size > 18)
            lm__doubt(r, r->line, "the address %.*s has more than 64 bits", LM__TEXT(word));
        return false;
    }
    size_t gap = lm__blanks(text);
    struct slice rest = text;
    word = lm__word(&rest);
    out->sized = gap <= 10 && lm__prefixed(word, &out->size);
    if (!out->sized && gap <= 10 && slice_starts(word, "0x") && word.size > 18) {
        lm__doubt(r, r->line, "the size %.*s has more than 64 bits", LM__TEXT(word));
        return false;
    }
    out->rest = lm__trim(out->sized ? rest : text);
    return true;
}

// "name            0x..." with the name in its columns, or one word as somebody's editor left it.
bool lm__named(struct lm__reader *r, struct slice line, struct slice *name, struct lm__placed *out)
{
    if (line.size > LM__NAME_WIDTH + 2 && line.data[LM__NAME_WIDTH] == '0' &&
        line.data[LM__NAME_WIDTH + 1] == 'x' && line.data[LM__NAME_WIDTH - 1] == ' ') {
        *name = lm__trim(lm__until(line, LM__NAME_WIDTH));
        return lm__placed(r, lm__from(line, LM__NAME_WIDTH), out) && out->sized;
    }
    struct slice rest = line;
    *name = lm__word(&rest);
    size_t gap = lm__blanks(rest);
    return slice_starts(lm__from(rest, gap), "0x") && lm__placed(r, rest, out) && out->sized;
}

// ------------------------------------------------------------------------- reasons

// "file (symbol)", "(symbol)", "file".
static void read_reason(struct lm__lists *l, uint32_t member, struct slice text)
{
    struct slice by, symbol;
    text = lm__trim(text);
    if (text.size > 1 && text.data[0] == '(' && text.data[text.size - 1] == ')') {
        by = slice_of(NULL, 0);
        symbol = slice_of(text.data + 1, text.size - 2);
    } else {
        // The symbol's parenthesis has a blank before it, those of members have none.
        size_t at = lm__open_parenthesis(text);
        bool found = at != SIZE_MAX && at > 1 && text.data[at - 1] == ' ';
        by = found ? lm__trim(lm__until(text, at)) : text;
        symbol = found ? slice_of(text.data + at + 1, text.size - at - 2) : slice_of(NULL, 0);
    }
    lm__reason(l->r, member, lm__file(l->r, by), symbol);
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

static void reason_line(struct lm__lists *l, struct slice line)
{
    if (lm__blanks(line) >= 16) {
        if (l->member != LM_NO)
            read_reason(l, l->member, line);
        l->member = LM_NO;
        return;
    }
    struct slice next = lm__peek(l->r);
    bool alone = lm__blanks(next) >= 16 && lm__blanks(next) < next.size;
    if (alone) {
        l->member = lm__file(l->r, lm__trim(line));
    } else if (is_reason(line)) {
        uint32_t member = lm__file(l->r, lm__trim(lm__until(line, REASON_WIDTH)));
        read_reason(l, member, lm__from(line, REASON_WIDTH));
    }
}

// ------------------------------------------------------------- discarded and memory

bool lm__is_continuation(struct slice line)
{
    return lm__blanks(line) >= LM__NAME_WIDTH;
}

static void discarded_line(struct lm__lists *l, struct slice line)
{
    struct slice name;
    struct lm__placed placed;
    if (lm__is_continuation(line) && l->pending.size != 0) {
        if (lm__placed(l->r, line, &placed) && placed.sized)
            lm__discarded(l->r, l->pending, placed.size, lm__file(l->r, placed.rest));
        l->pending = slice_of(NULL, 0);
    } else if (lm__named(l->r, line, &name, &placed)) {
        lm__discarded(l->r, name, placed.size, lm__file(l->r, placed.rest));
    } else {
        l->pending = lm__trim(line);
    }
}

// "NAME 0xORIGIN 0xLENGTH attributes", both numbers with all their digits.
static bool memory_line(struct lm__lists *l, struct slice line)
{
    struct slice rest = line;
    struct lm_region region = {.used = LM_NONE, .line = l->r->line};
    region.name = lm__word(&rest);
    struct slice origin = lm__word(&rest), length = lm__word(&rest);
    if (!lm__prefixed(origin, &region.origin) || !lm__prefixed(length, &region.length) ||
        origin.size < 10 || length.size < 10)
        return false;
    region.attributes = lm__trim(rest);
    if (slice_is(region.name, "*default*"))
        l->part = LM__MAP; // the last one
    else
        vec_push(&l->r->map->regions, region);
    return true;
}

// "NAME                0xSIZE            FILE"; longer names stand alone.
static void common_line(struct lm__lists *l, struct slice line)
{
    struct lm_common common = {.name = l->pending};
    struct slice rest = lm__from(line, COMMON_WIDTH);
    if (lm__blanks(line) < COMMON_WIDTH)
        common.name = lm__trim(lm__until(line, COMMON_WIDTH));
    l->pending = lm__trim(line);
    if (common.name.size == 0 || !lm__prefixed(lm__word(&rest), &common.size))
        return;
    common.file = lm__file(l->r, lm__trim(rest));
    l->r->held += sizeof common;
    vec_push(&l->r->map->commons, common);
}

// ---------------------------------------------------------------- cross references

static bool is_cref(struct slice line, size_t width)
{
    return line.size > width && lm__is_blank(line.data[width - 1]) &&
           !lm__is_blank(line.data[width]);
}

// Who defines a symbol becomes a file once somebody uses it: so the table's heading becomes none.
void lm__cref_line(struct lm__lists *l, struct slice line, size_t width)
{
    bool more = lm__blanks(line) >= width;
    if (!more && !is_cref(line, width)) {
        l->symbol = lm__trim(line); // too long for its column: the files follow
        l->definer = slice_of(NULL, 0);
        return;
    }
    struct slice file = lm__trim(lm__from(line, width));
    if (!more) {
        l->symbol = lm__trim(lm__until(line, width));
        l->definer = file;
    } else if (l->definer.size == 0) {
        l->definer = file;
    } else {
        uint32_t definer = lm__file(l->r, l->definer);
        lm__reference(l->r, l->symbol, definer, lm__file(l->r, file));
    }
}

// ------------------------------------------------------------------------ the whole

// What the parts have in common is told by shape: input sections begin behind one blank, regions
// are two full numbers, members have their parenthesis.
static void any_line(struct lm__lists *l, struct slice line)
{
    struct slice next = lm__peek(l->r);
    if (lm__blanks(line) == 1) {
        l->part = LM__DISCARDED;
        discarded_line(l, line);
    } else if (slice_starts(line, "LOAD ")) {
        l->part = LM__MAP;
    } else if (!memory_line(l, line) && lm__find(line, "(") != SIZE_MAX &&
               (lm__blanks(next) == REASON_WIDTH || is_reason(line))) {
        l->part = LM__REASONS;
        reason_line(l, line);
    }
}

static void known_line(struct lm__lists *l, struct slice line)
{
    bool shaped = lm__blanks(line) == 1;
    if (l->part == LM__MEMORY)
        (void)memory_line(l, line);
    else if (l->part == LM__CREF)
        lm__cref_line(l, line, CREF_WIDTH);
    else if (l->part == LM__DISCARDED && lm__is_blank(line.data[0]))
        discarded_line(l, line);
    else if (l->part == LM__REASONS && !shaped && !memory_line(l, line))
        reason_line(l, line);
    else if (l->part == LM__COMMONS && !shaped && l->keep_commons)
        common_line(l, line);
    else if (l->part != LM__COMMONS || shaped) // GNU ld has them again, with addresses
        any_line(l, line);
}

bool lm__lists_line(struct lm__lists *l, struct slice line)
{
    if (line.size == 0) {
        l->pending = line;
        return l->part != LM__MAP;
    }
    // The map is followed by nothing but the cross references, whose rows are like no line of it.
    if (l->part == LM__MAP && !lm__is_blank(line.data[0]) && is_cref(line, CREF_WIDTH) &&
        lm__find(lm__until(line, CREF_WIDTH), " 0x") == SIZE_MAX)
        l->part = LM__CREF;
    // In the map a section may have any name, also that of a heading.
    bool may_change = l->part != LM__MAP || slice_starts(line, "Cross Reference Table");
    if (!lm__is_blank(line.data[0]) && may_change && heading(l, line))
        return true;
    if (l->part != LM__MAP)
        known_line(l, line);
    else
        return false;
    return true;
}

void lm__lists_end(const struct lm__lists *l)
{
    if (l->part != LM__MAP && l->part != LM__CREF)
        lm__doubt(l->r, l->r->line, "the map ends before the placement of sections");
}
