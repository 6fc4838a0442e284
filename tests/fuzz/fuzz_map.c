// SPDX-License-Identifier: MIT
//
// Any bytes as a linker map. The first byte chooses a dialect, or none: then it is recognised. Whatever was
// read, every index is in range, and all tables that tare map shows close.

#include "analyzers/analyzers.h"
#include "linkmap/linkmap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_contributions(const struct lm_map *map)
{
    uint32_t next = 0;
    for (size_t i = 0; i < map->sections.count; i++) {
        const struct lm_section *s = &map->sections.items[i];
        ASSERT(s->region == LM_NO || s->region < map->regions.count);
        ASSERT(s->line <= map->line_count);
        if (s->count == 0)
            continue;
        ASSERT(s->first == next);
        for (uint32_t c = 0; c < s->count; c++)
            ASSERT(map->contributions.items[s->first + c].section == i);
        next += s->count;
    }
    ASSERT(next == map->contributions.count);
    for (size_t i = 0; i < map->contributions.count; i++)
        ASSERT(map->contributions.items[i].file == LM_NO ||
               map->contributions.items[i].file < map->files.count);
}

static void check_lists(const struct lm_map *map)
{
    size_t files = map->files.count;
    for (size_t i = 0; i < map->symbols.count; i++)
        ASSERT(map->symbols.items[i].contribution == LM_NO ||
               map->symbols.items[i].contribution < map->contributions.count);
    for (size_t i = 0; i < map->discarded.count; i++)
        ASSERT(map->discarded.items[i].section == LM_NO &&
               (map->discarded.items[i].file == LM_NO || map->discarded.items[i].file < files));
    for (size_t i = 0; i < map->reasons.count; i++)
        ASSERT((map->reasons.items[i].file == LM_NO || map->reasons.items[i].file < files) &&
               (map->reasons.items[i].by == LM_NO || map->reasons.items[i].by < files));
    for (size_t i = 0; i < map->references.count; i++)
        ASSERT((map->references.items[i].definer == LM_NO ||
                map->references.items[i].definer < files) &&
               (map->references.items[i].user == LM_NO || map->references.items[i].user < files));
}

static void show_tables(struct an_map *map, struct arena *arena)
{
    struct rep_table table;
    for (unsigned dim = 0; dim < AN_MAP_DIM_COUNT; dim++) {
        struct an_map_options options = {.dims = {(enum an_map_dim)dim, AN_MAP_INPUT},
                                         .dim_count = dim == AN_MAP_INPUT ? 1 : 2,
                                         .keep = 3,
                                         .all = dim & 1};
        struct fault fault = {0};
        if (an_map_table(map, &options, arena, &table, &fault))
            rep_check(&table);
        if (an_map_discarded(map, &options, arena, &table, &fault))
            rep_check(&table);
    }
}

static void show_graphs(struct an_map *map, struct arena *arena)
{
    struct rep_table table, tables[4];
    struct an_map_options options = {.keep = 3};
    struct fault fault = {0};
    an_map_note(map, arena);
    if (an_map_regions(map, arena, &table))
        rep_check(&table);
    size_t count = an_map_overflows(map, &options, arena, tables, COUNT_OF(tables));
    for (size_t i = 0; i < count; i++)
        rep_check(&tables[i]);
    if (an_map_why(map, "m*", arena, &table, &fault))
        rep_check(&table);
    for (int members = 0; members < 2; members++)
        if (an_map_deps(map, members, arena, &table, &fault))
            rep_check(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count;
    const struct lm_dialect *dialects = lm_dialects(&count);
    size_t choice = size == 0 ? 0 : data[0] % (count + 1);
    struct slice text = size == 0 ? slice_of(NULL, 0) : slice_of(data + 1, size - 1);
    struct lm_map *map;
    struct fault fault = {0};
    struct doubts *doubts = doubts_new();
    if (lm_read(&map, text, "fuzz.map", choice == 0 ? NULL : &dialects[choice - 1], doubts,
                &fault)) {
        check_contributions(map);
        check_lists(map);
        struct arena *arena = arena_new();
        struct cfg_regions regions;
        an_map_stated(map, arena, &regions);
        struct an_map *analyzed = an_map_new(map, NULL, regions);
        show_tables(analyzed, arena);
        show_graphs(analyzed, arena);
        an_map_free(analyzed);
        arena_free(arena);
        lm_free(map);
    }
    doubts_free(doubts);
    return 0;
}
