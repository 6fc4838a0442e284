// SPDX-License-Identifier: MIT
//
// The common symbols of gold. Its map has one row for all of them, without a file; the list before the map has name,
// size and file of each, in the order in which they lie:
//
//   a3                  0x320             a.o          .bss  ** common  0x2040  0x384
//   b3                  0x64              b.o                a3 at 0x2040, b3 at 0x2360
//
// Not said is how they are aligned. Compilers go by the size, up to some limit; the right rule is the one after which
// the last symbol ends where the row does. Where none is, the symbols lie one behind the other, and what is left is
// fill: the sums by file are right all the same. The symbols of the ELF say it better.

#include "linkmap/private.h"

#define ALIGN_MAX 64

// The largest power of two below the size (arrays on x86), or the one that divides it (their items).
struct rule {
    uint64_t limit;
    bool divides;
};

static uint64_t aligned(uint64_t size, struct rule rule)
{
    uint64_t align = rule.limit;
    while (align > 1 && (rule.divides ? size % align != 0 : align > size))
        align /= 2;
    return align;
}

// Where they end, from a start that is aligned for all of them.
static uint64_t end_of(const struct lm_common *items, size_t count, struct rule rule)
{
    uint64_t at = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t align = aligned(items[i].size, rule);
        at = (at + align - 1) / align * align + items[i].size;
    }
    return at;
}

static struct rule find_rule(const struct lm_common *items, size_t count, uint64_t size)
{
    for (uint64_t limit = 1; limit <= ALIGN_MAX; limit *= 2)
        for (unsigned divides = 0; divides < 2; divides++) {
            struct rule rule = {limit, divides != 0};
            if (end_of(items, count, rule) == size)
                return rule;
        }
    return (struct rule){1, false};
}

// How many of them fit.
static size_t fitting(const struct lm_common *items, size_t count, uint64_t size)
{
    uint64_t sum = 0;
    size_t fit = 0;
    while (fit < count && items[fit].size <= size - sum)
        sum += items[fit++].size;
    return fit;
}

size_t lm__commons(struct lm__reader *r, size_t from, uint64_t addr, uint64_t size)
{
    struct lm_map *map = r->map;
    if (from >= map->commons.count)
        return 0;
    const struct lm_common *items = map->commons.items + from;
    size_t count = fitting(items, map->commons.count - from, size);
    struct rule rule = find_rule(items, count, size);
    uint64_t at = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t align = aligned(items[i].size, rule);
        at = (at + align - 1) / align * align;
        lm__contribution(r, slice_text("COMMON"), addr + at, items[i].size, items[i].file);
        at += items[i].size;
    }
    if (count != 0 && at < size)
        lm__contribution(r, slice_text("** fill"), addr + at, size - at, LM_NO)->kind = LM_FILL;
    return count;
}

// -------------------------------------------------------------- the ELF beside it

static bool is_common(const struct lm_contribution *c)
{
    return c->kind == LM_COMMON && c->file != LM_NO;
}

// Whether they lie there in this order, in their sections.
static bool is_possible(const struct lm_map *map, const uint64_t *addresses)
{
    uint64_t reached = 0;
    size_t at = 0;
    for (size_t i = 0; i < map->contributions.count; i++) {
        const struct lm_contribution *c = &map->contributions.items[i];
        if (!is_common(c))
            continue;
        const struct lm_section *s = &map->sections.items[c->section];
        uint64_t addr = at < map->commons.count ? addresses[at++] : LM_NONE;
        if (addr < reached || addr < s->addr || !range_fits(addr - s->addr, c->size, s->size))
            return false;
        reached = addr + c->size;
    }
    return true;
}

void lm_place_commons(struct lm_map *map, const uint64_t *addresses)
{
    size_t at = 0;
    uint64_t reached = 0;
    if (!is_possible(map, addresses))
        return;
    for (size_t i = 0; i < map->contributions.count; i++) {
        struct lm_contribution *c = &map->contributions.items[i];
        if (is_common(c)) {
            c->addr = addresses[at++];
            reached = c->addr + c->size;
        } else if (c->kind == LM_FILL && c->addr < reached && reached - c->addr <= c->size) {
            c->size -= reached - c->addr;
            c->addr = reached;
        }
    }
}
