// SPDX-License-Identifier: MIT
//
// The bytes of an output section, cut to pieces that have one owner each and add up to the section.
//
//   section   |----------------------------------------|
//   stated    |main.o      |*fill*| |printf.o      |
//   pieces    |main|helper |  pad |?|printf        |pad?|
//
// What lies between contributions is padding when its size is below the alignment that the next
// one, or an empty one before it, states or, where none is stated, below the largest power of two that
// divides its address.
// Anything else between them is nobody's. Where contributions overlap, the earlier one has the bytes.

#include "analyzers/map_private.h"

// -------------------------------------------------------------------- symbols, once

// "$d", "$t.12": marks for disassemblers.
static bool is_mapping(struct slice name)
{
    return name.size >= 2 && name.data[0] == '$' && strchr("adtx", name.data[1]) != NULL &&
           (name.size == 2 || name.data[2] == '.');
}

// Contributions by address, for symbols that are printed in a list of their own.
struct index {
    struct keyed *items;
    size_t count;
};

static struct index index_contributions(const struct lm_map *map)
{
    struct index index = {mem_alloc((map->contributions.count + 1) * sizeof *index.items), 0};
    struct keyed *scratch = mem_alloc((map->contributions.count + 1) * sizeof *scratch);
    for (uint32_t i = 0; i < map->contributions.count; i++) {
        const struct lm_contribution *c = &map->contributions.items[i];
        if (c->size != 0 && c->kind != LM_FILL && map->sections.items[c->section].loaded)
            index.items[index.count++] = (struct keyed){c->addr, i};
    }
    sort_keyed(index.items, scratch, index.count);
    free(scratch);
    return index;
}

static uint32_t contribution_at(const struct lm_map *map, const struct index *index, uint64_t addr)
{
    size_t at = keyed_first(index->items, index->count, addr);
    if (at == index->count || index->items[at].key != addr) {
        if (at == 0)
            return LM_NO;
        at--;
    }
    const struct lm_contribution *c = &map->contributions.items[index->items[at].value];
    return addr - c->addr < c->size ? (uint32_t)index->items[at].value : LM_NO;
}

// The contribution each symbol lies in; assignments of scripts lie in none.
static uint32_t *place_symbols(const struct lm_map *map)
{
    uint32_t *places = mem_alloc((map->symbols.count + 1) * sizeof *places);
    struct index index = {0};
    for (uint32_t i = 0; i < map->symbols.count; i++) {
        const struct lm_symbol *s = &map->symbols.items[i];
        places[i] = s->contribution;
        if (s->addr == LM_NONE || s->flags & LM_SYMBOL_ASSIGNED || is_mapping(s->name))
            places[i] = LM_NO;
        else if (s->contribution == LM_NO) {
            if (index.items == NULL)
                index = index_contributions(map);
            places[i] = contribution_at(map, &index, s->addr);
        }
    }
    free(index.items);
    return places;
}

void an__map_place_symbols(struct an_map *map)
{
    const struct lm_map *lm = map->map;
    if (map->first_symbol != NULL)
        return;
    uint32_t *places = place_symbols(lm);
    struct keyed *scratch = mem_alloc((lm->symbols.count + 1) * sizeof *scratch);
    size_t count = 0;
    map->symbols = mem_alloc((lm->symbols.count + 1) * sizeof *map->symbols);
    map->first_symbol = mem_zalloc(lm->contributions.count + 2, sizeof *map->first_symbol);
    for (uint32_t i = 0; i < lm->symbols.count; i++)
        if (places[i] != LM_NO)
            map->symbols[count++] = (struct keyed){lm->symbols.items[i].addr, i};
    sort_keyed(map->symbols, scratch, count);
    for (size_t i = 0; i < count; i++) { // stable, so that addresses stay in order
        scratch[i] = (struct keyed){places[map->symbols[i].value], map->symbols[i].value};
        map->first_symbol[scratch[i].key + 1]++;
    }
    sort_keyed(scratch, map->symbols, count);
    memcpy(map->symbols, scratch, count * sizeof *scratch);
    for (size_t i = 1; i < lm->contributions.count + 2; i++)
        map->first_symbol[i] += map->first_symbol[i - 1];
    free(scratch);
    free(places);
}

// -------------------------------------------------------------------------- pieces

struct cutter {
    struct an_map *map;
    uint32_t section;
    bool symbols;
    uint64_t pos, end; // what was handed out, and the end of the section
    uint32_t align;    // the largest that empty input behind `pos` states
    void (*take)(void *context, const struct an__piece *piece);
    void *context;
};

static void hand_out(struct cutter *cutter, uint64_t end, uint32_t contribution, uint32_t symbol,
                     name_id owner)
{
    if (end <= cutter->pos)
        return;
    struct an__piece piece = {cutter->section, contribution, symbol, owner, end - cutter->pos};
    cutter->pos = end;
    cutter->align = 0;
    cutter->take(cutter->context, &piece);
}

static void hand_out_gap(struct cutter *cutter, uint64_t end, uint32_t align)
{
    if (end <= cutter->pos)
        return;
    uint64_t limit = align != 0 ? align : end == 0 ? 0 : end & (~end + 1);
    bool padding = end - cutter->pos < limit;
    hand_out(cutter, end, LM_NO, LM_NO,
             names_intern_text(cutter->map->names, padding ? "[padding]" : "[unattributed]"));
}

name_id an__map_bracketed(struct an_map *map, struct slice name)
{
    struct buf text = {0};
    buf_char(&text, '[');
    buf_bytes(&text, name.data, MIN(name.size, (size_t)NAMES_CUT));
    buf_char(&text, ']');
    name_id id = names_intern(map->names, slice_of(text.data, text.size));
    buf_free(&text);
    return id;
}

// "[padding]", "[.got.plt]", "[linker stubs]"; 0 for what is an object's.
static name_id special_owner(struct an_map *map, const struct lm_contribution *c)
{
    struct slice name;
    return lm_no_object(map->map, c, &name) ? an__map_bracketed(map, name) : 0;
}

static void hand_out_symbols(struct cutter *cutter, uint32_t index, uint64_t end)
{
    const struct an_map *map = cutter->map;
    uint32_t last = map->first_symbol[index + 1];
    for (uint32_t i = map->first_symbol[index]; i < last; i++) {
        uint32_t symbol = (uint32_t)map->symbols[i].value;
        const struct lm_symbol *s = &map->map->symbols.items[symbol];
        if (s->addr >= end)
            break;
        hand_out(cutter, s->addr, index, LM_NO, 0);
        if (s->addr < cutter->pos) // an alias, or inside of another
            continue;
        uint64_t stop = end, next = i + 1;
        while (next < last && map->map->symbols.items[map->symbols[next].value].addr <= s->addr)
            next++;
        if (next < last)
            stop = MIN(stop, map->map->symbols.items[map->symbols[next].value].addr);
        if (s->size != LM_NONE && s->size < end - s->addr && s->size != 0)
            stop = s->addr + s->size;
        hand_out(cutter, stop, index, symbol, 0);
    }
    hand_out(cutter, end, index, LM_NO, 0);
}

static void cut_contribution(struct cutter *cutter, uint32_t index)
{
    const struct lm_contribution *c = &cutter->map->map->contributions.items[index];
    uint64_t end;
    cutter->align = MAX(cutter->align, c->align);
    if (c->size == 0 || c->addr >= cutter->end || !add_u64(c->addr, c->size, &end))
        return;
    hand_out_gap(cutter, c->addr, cutter->align);
    end = MIN(end, cutter->end);
    name_id owner = special_owner(cutter->map, c);
    if (owner != 0 || !cutter->symbols)
        hand_out(cutter, end, index, LM_NO, owner);
    else
        hand_out_symbols(cutter, index, end);
}

// Most maps print contributions by address.
static bool in_order(const struct lm_map *map, const struct lm_section *section)
{
    for (uint32_t i = 1; i < section->count; i++)
        if (map->contributions.items[section->first + i].addr <
            map->contributions.items[section->first + i - 1].addr)
            return false;
    return true;
}

static void cut_sorted(struct cutter *cutter, const struct lm_section *section)
{
    struct keyed *order = mem_alloc(section->count * sizeof *order);
    struct keyed *scratch = mem_alloc(section->count * sizeof *scratch);
    for (uint32_t i = 0; i < section->count; i++) {
        uint32_t index = section->first + i;
        order[i] = (struct keyed){cutter->map->map->contributions.items[index].addr, index};
    }
    sort_keyed(order, scratch, section->count);
    for (uint32_t i = 0; i < section->count; i++)
        cut_contribution(cutter, (uint32_t)order[i].value);
    free(scratch);
    free(order);
}

void an__map_cut(struct an_map *map, uint32_t section, bool symbols,
                 void (*take)(void *context, const struct an__piece *piece), void *context)
{
    const struct lm_section *s = &map->map->sections.items[section];
    struct cutter cutter = {map, section, symbols, s->addr, 0, 0, take, context};
    if (!add_u64(s->addr, s->size, &cutter.end))
        return;
    if (symbols)
        an__map_place_symbols(map);
    if (!in_order(map->map, s))
        cut_sorted(&cutter, s);
    else
        for (uint32_t i = 0; i < s->count; i++)
            cut_contribution(&cutter, s->first + i);
    // What rounds the section up at its end.
    hand_out_gap(&cutter, cutter.end, 0);
}
