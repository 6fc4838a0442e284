// SPDX-License-Identifier: MIT
//
// Whether a linker map and an image are of one build. Both say where the sections in memory lie and how
// large they are, where execution begins, and where symbols lie. Sections and the entry must agree to the
// byte; of the symbols a few may differ, for tools that run behind the linker move some.

#include <inttypes.h>
#include <stdlib.h>

#include "analyzers/map_private.h"
#include "ledger/collect.h"

#define SYMBOLS_RATE 16 // one in so many may differ

struct comparing {
    const struct lm_map *map;
    struct img *img;
    const struct img_section *sections;
    uint64_t mask; // of addresses: without the bit that says how code is to be run
    uint64_t sections_both, sections_differ, symbols_both, symbols_differ;
    const char *first; // difference
    struct arena *arena;
};

static void differs(struct comparing *c, uint64_t *count, struct slice name, uint64_t map_addr,
                    uint64_t map_size, uint64_t elf_addr, uint64_t elf_size)
{
    ++*count;
    if (c->first != NULL)
        return;
    const char *text = arena_text(c->arena, name);
    c->first = map_size == LM_NONE
                   ? arena_printf(c->arena,
                                  "%s is at 0x%" PRIx64 " in the map, at 0x%" PRIx64 " in the ELF",
                                  text, map_addr, elf_addr)
                   : arena_printf(c->arena,
                                  "%s is 0x%" PRIx64 " bytes at 0x%" PRIx64
                                  " in the map, 0x%" PRIx64 " bytes at 0x%" PRIx64 " in the ELF",
                                  text, map_size, map_addr, elf_size, elf_addr);
}

uint64_t an__map_unused_relocs(const struct img *img, const struct lm_section *in_map,
                               const struct img_section *in_elf)
{
    bool relocs = in_elf->type == SHT_REL || in_elf->type == SHT_RELA;
    if (!relocs || in_elf->addr != in_map->addr || in_elf->size >= in_map->size)
        return 0;
    size_t count;
    const struct img_section *sections = img_sections(img, &count);
    uint64_t rest = in_elf->addr + in_elf->size, size = in_map->size - in_elf->size;
    for (size_t i = 1; i < count; i++)
        if (sections[i].flags & SHF_ALLOC && sections[i].size != 0 && sections[i].addr >= rest &&
            sections[i].addr - rest < size)
            return 0;
    return size;
}

static void compare_sections(struct comparing *c)
{
    const uint32_t *found = led_map_sections(c->map, c->img, c->arena);
    for (size_t i = 0; i < c->map->sections.count; i++) {
        const struct lm_section *in_map = &c->map->sections.items[i];
        const struct img_section *in_elf = &c->sections[found[i]];
        if (found[i] == 0 || (in_elf->flags & SHF_ALLOC) == 0)
            continue;
        c->sections_both++;
        uint64_t size = lm_load_size(in_map);
        size -= an__map_unused_relocs(c->img, in_map, in_elf);
        if (size != in_elf->size || (in_map->size != 0 && in_map->addr != in_elf->addr))
            differs(c, &c->sections_differ, in_map->name, in_map->addr, size, in_elf->addr,
                    in_elf->size);
    }
}

static void compare_entries(struct comparing *c)
{
    uint64_t entry = img_info(c->img)->entry;
    if (c->map->entry_addr != LM_NONE && entry != 0 &&
        ((c->map->entry_addr ^ entry) & c->mask) != 0)
        differs(c, &c->sections_differ, slice_text("the entry point"), c->map->entry_addr, LM_NONE,
                entry, 0);
}

// ------------------------------------------------------------------------- symbols

enum { UNSEEN = 0, AMBIGUOUS = 1, PLACES = 2 };

// Where each name is defined, by name of `names`: PLACES and more, the number of the symbol.
struct places {
    struct names *names;
    VEC(uint64_t) of;
};

static void note_place(struct places *places, struct slice name, uint64_t number, bool same)
{
    name_id id = names_intern(places->names, name);
    while (places->of.count <= id)
        vec_push(&places->of, UNSEEN);
    uint64_t *place = &places->of.items[id];
    if (*place == UNSEEN)
        *place = PLACES + number;
    else if (!same)
        *place = AMBIGUOUS;
}

static uint64_t place_of(const struct places *places, struct slice name)
{
    name_id id = names_find(places->names, name);
    return id == 0 || id >= places->of.count ? UNSEEN : places->of.items[id];
}

static struct places places_in_elf(struct comparing *c)
{
    size_t count;
    const struct img_symbol *symbols = img_symbols(c->img, &count);
    struct places places = {.names = names_new()};
    for (size_t i = 0; i < count; i++) {
        const struct img_symbol *s = &symbols[i];
        if (s->section == SHN_UNDEF || s->section == IMG_ABS || s->section == IMG_COMMON ||
            s->type == STT_TLS || s->type == STT_SECTION || s->type == STT_FILE)
            continue;
        uint64_t known = place_of(&places, slice_text(s->name));
        note_place(&places, slice_text(s->name), i,
                   known >= PLACES && symbols[known - PLACES].addr == s->addr);
    }
    return places;
}

static bool is_placed(const struct lm_symbol *s)
{
    return s->addr != LM_NONE && (s->flags & (LM_SYMBOL_ASSIGNED | LM_SYMBOL_LOCAL)) == 0;
}

static struct places places_in_map(const struct lm_map *map)
{
    struct places places = {.names = names_new()};
    for (size_t i = 0; i < map->symbols.count; i++)
        if (is_placed(&map->symbols.items[i]))
            note_place(&places, map->symbols.items[i].name, i, false);
    return places;
}

static void places_free(struct places *places)
{
    names_free(places->names);
    vec_free(&places->of);
}

// Only names that both define once.
static void compare_symbols(struct comparing *c)
{
    size_t count;
    const struct img_symbol *symbols = img_symbols(c->img, &count);
    struct places elf = places_in_elf(c), map = places_in_map(c->map);
    for (name_id id = 1; id < map.of.count; id++) {
        struct slice name = names_slice(map.names, id);
        uint64_t in_map = map.of.items[id], in_elf = place_of(&elf, name);
        if (in_map < PLACES || in_elf < PLACES)
            continue;
        uint64_t here = c->map->symbols.items[in_map - PLACES].addr;
        uint64_t there = symbols[in_elf - PLACES].addr;
        c->symbols_both++;
        if (((here ^ there) & c->mask) != 0)
            differs(c, &c->symbols_differ, name, here, LM_NONE, there, 0);
    }
    places_free(&elf);
    places_free(&map);
}

const char *an_map_stale(const struct lm_map *map, struct img *img, struct arena *arena)
{
    size_t count;
    uint16_t machine = img_info(img)->machine;
    struct comparing c = {.map = map, .img = img, .arena = arena, .mask = UINT64_MAX};
    c.sections = img_sections(img, &count);
    if (machine == EM_ARM || machine == EM_MIPS)
        c.mask = ~(uint64_t)1;
    compare_sections(&c);
    compare_entries(&c);
    compare_symbols(&c);
    if (c.sections_both + c.symbols_both == 0)
        return "they have neither sections nor symbols in common";
    if (c.sections_differ == 0 && c.symbols_differ <= c.symbols_both / SYMBOLS_RATE)
        return NULL;
    return arena_printf(arena,
                        "%s; in all %" PRIu64 " of %" PRIu64 " sections and %" PRIu64 " of %" PRIu64
                        " symbols differ",
                        c.first, c.sections_differ, c.sections_both, c.symbols_differ,
                        c.symbols_both);
}

// ------------------------------------------------------------------ common symbols

void an_map_place_commons(struct lm_map *map, struct img *img)
{
    size_t known = map->commons.count, count;
    if (known == 0)
        return;
    struct names *names = names_new();
    names_limit(names, map->text.size);
    for (size_t i = 0; i < known; i++)
        names_intern(names, map->commons.items[i].name);
    uint32_t ids = names_count(names);
    uint64_t *by_name = mem_alloc(ids * sizeof *by_name);
    uint64_t *addresses = mem_alloc(known * sizeof *addresses);
    memset(by_name, 0xff, ids * sizeof *by_name);
    const struct img_symbol *symbols = img_symbols(img, &count);
    for (size_t i = 0; i < count; i++) {
        name_id id = names_find(names, slice_text(symbols[i].name));
        if (symbols[i].bind != STB_LOCAL && symbols[i].section != SHN_UNDEF)
            by_name[id] = symbols[i].addr;
    }
    by_name[0] = LM_NONE;
    for (size_t i = 0; i < known; i++)
        addresses[i] = by_name[names_find(names, map->commons.items[i].name)];
    lm_place_commons(map, addresses);
    free(addresses);
    free(by_name);
    names_free(names);
}
