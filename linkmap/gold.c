// SPDX-License-Identifier: MIT
//
// The maps of gold. The lists before the map are those of GNU ld (lists.c); the map is alike, but
// knows no script, and says what the linker made itself behind two stars:
//
//   Memory map
//
//    ** file header
//                   0x0000000000400000       0x40
//   .plt            0x00000000004004a0      0x1a0
//    ** PLT         0x00000000004004a0      0x1a0
//
//   .text           0x0000000000400640    0x7999f
//    .text          0x0000000000400640       0x2f main.o
//                   0x0000000000400640                main
//    ** fill        0x000000000040066f        0x1
//
// What is not loaded stands at address 0. Dropped input has its size. On ARM and AArch64 a section that the
// stubs of its group follow stands at -1; where it is, its neighbours and symbols tell:
//
//    .text.a        0x0000000000000550       0x14 a.o
//    .text.main     0xffffffffffffffff       0xa4 a.o
//                   0x0000000000000565                main       Thumb
//    .text.b        0x000000000000060c        0x0 b.o

#include "linkmap/lists.h"

struct gold {
    struct lm__reader *r;
    struct slice pending; // a name that stands alone on the line before
    bool pending_section; // it began in the first column
    bool in_section;
    size_t commons; // of the list, how many were placed
};

unsigned lm__gold_score(struct slice text)
{
    struct slice head = lm__head(text);
    if (lm__has_line(head, "Memory map:")) // CodeWarrior
        return 0;
    if (lm__has_line(head, "Memory map"))
        return 90;
    // Where the list of reasons is long the map comes late. GNU ld before 2.25 words it alike; but it has a
    // memory configuration.
    if (!lm__has_line(head, "Archive member included because of file (symbol)"))
        return 0;
    return lm__find(text, "\nMemory map") != SIZE_MAX ? 90 : 0;
}

static void made(struct gold *gold, struct slice name, const struct lm__placed *placed)
{
    if (!gold->in_section) // the headers of the file, before all sections
        lm__section(gold->r, slice_text("** headers"), placed->addr, placed->size);
    bool common = slice_is(name, "** common");
    size_t listed = common ? lm__commons(gold->r, gold->commons, placed->addr, placed->size) : 0;
    gold->commons += listed;
    if (listed != 0)
        return;
    struct lm_contribution *c = lm__contribution(gold->r, name, placed->addr, placed->size, LM_NO);
    c->kind = slice_is(name, "** fill") ? LM_FILL : common ? LM_COMMON : LM_MADE;
    c->nobits = common;
}

static void placed_line(struct gold *gold, struct slice name, bool first_column,
                        const struct lm__placed *placed)
{
    if (first_column) {
        lm__section(gold->r, name, placed->addr, placed->size);
        gold->in_section = true;
    } else if (slice_starts(name, "** ")) {
        made(gold, name, placed);
    } else if (gold->in_section) {
        uint32_t file = lm__file(gold->r, placed->rest);
        lm__contribution(gold->r, name, placed->addr, placed->size, file);
    }
}

static void map_line(struct gold *gold, struct slice line)
{
    struct slice name;
    struct lm__placed placed;
    bool first_column = !lm__is_blank(line.data[0]);
    if (lm__is_continuation(line)) {
        if (!lm__placed(gold->r, line, &placed))
            return;
        if (!placed.sized)
            lm__symbol(gold->r, placed.rest, placed.addr);
        else if (gold->pending.size != 0)
            placed_line(gold, gold->pending, gold->pending_section, &placed);
        gold->pending = slice_of(NULL, 0);
    } else if (lm__named(gold->r, line, &name, &placed)) {
        placed_line(gold, name, first_column, &placed);
        gold->pending = slice_of(NULL, 0);
    } else {
        gold->pending = lm__trim(line);
        gold->pending_section = first_column;
    }
}

// ------------------------------------------------------------------- lost sections

// Behind the one before, or, when that leaves a small gap that no symbol says is a part of it, right before
// the one behind: the gap is then for alignment. Stubs take more.
#define GAP_MAX 64

static void find_lost(const struct lm_map *map, const struct lm_section *section, uint32_t index,
                      uint64_t first_symbol)
{
    struct lm_contribution *items = map->contributions.items, *c = &items[index];
    bool first = index == section->first, last = index + 1 == section->first + section->count;
    uint64_t front = first ? section->addr : items[index - 1].addr + items[index - 1].size;
    uint64_t end = last ? section->addr + section->size : items[index + 1].addr;
    uint64_t rear = end - c->size;
    c->addr = front;
    if (end != UINT64_MAX && end >= c->size && rear > front && rear - front < GAP_MAX)
        c->addr = MAX(front, rear / 4 * 4);
    if (first_symbol < c->addr)
        c->addr = front;
}

static void find_all_lost(const struct lm_map *map)
{
    size_t symbol = 0;
    for (size_t s = 0; s < map->sections.count; s++) {
        const struct lm_section *section = &map->sections.items[s];
        for (uint32_t i = section->first; i < section->first + section->count; i++) {
            uint64_t first_symbol = UINT64_MAX;
            if (map->contributions.items[i].addr != UINT64_MAX)
                continue;
            while (symbol < map->symbols.count &&
                   map->symbols.items[symbol].contribution + 1 <= i) // LM_NO is none
                symbol++;
            for (; symbol < map->symbols.count && map->symbols.items[symbol].contribution == i;
                 symbol++)
                first_symbol = MIN(first_symbol, map->symbols.items[symbol].addr);
            find_lost(map, section, i, first_symbol);
        }
    }
}

void lm__gold_read(struct lm__reader *r)
{
    struct lm__lists lists = {.r = r, .member = LM_NO, .keep_commons = true};
    struct gold gold = {.r = r};
    struct slice line;
    while (lm__line(r, &line)) {
        if (lm__lists_line(&lists, line))
            continue;
        if (line.size != 0)
            map_line(&gold, line);
        else
            gold.pending = slice_of(NULL, 0);
    }
    lm__lists_end(&lists);
    find_all_lost(r->map);
}
