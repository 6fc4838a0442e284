// SPDX-License-Identifier: MIT
//
// What memory regions hold. A section uses the region it runs in and, when it is copied there at the
// start, the one its load image lies in:
//
//   FLASH  |.text            |.data (load image)|   free            |
//   RAM    |.data|.bss |            free                            |
//
// A map does not say which section the script put where, so a section belongs to the region its
// address lies in, the smallest of several (aliases, windows). In the map of a failed link sections run
// past the end of their region: what begins there and in no other region belongs to it, too, and so do the
// load images that follow.

#include <inttypes.h>

#include "analyzers/map_private.h"
#include "analyzers/regions_private.h"

#define REGIONS_MAX 256  // considered
#define REACH       4096 // bytes behind the end of what overflows in which the next section begins

// One section in one region.
struct use {
    uint64_t start, end;
    uint32_t region, section;
    bool load; // its load image, not where it runs
};

struct uses {
    VEC(struct use) list; // by region, then by address
    uint64_t *reach;      // by region: where its last section ends; 0: it has none
    uint32_t *run_region; // by section
    size_t region_count;
};

void an_map_stated(const struct lm_map *map, struct arena *arena, struct cfg_regions *out)
{
    struct cfg_region *items = ARENA_ARRAY(arena, map->regions.count, struct cfg_region);
    *out = (struct cfg_regions){.items = items};
    for (size_t i = 0; i < map->regions.count; i++) {
        const struct lm_region *r = &map->regions.items[i];
        uint64_t end;
        if (r->length == 0 || !add_u64(r->origin, r->length, &end))
            continue;
        struct cfg_region *made = &items[out->count++];
        *made = (struct cfg_region){.name = arena_text(arena, r->name),
                                    .origin = r->origin,
                                    .length = r->length,
                                    .line = r->line,
                                    .placed = true};
        // TI prints all four where the script stated none.
        bool none = slice_is(r->attributes, "RWIX");
        made->kind =
            cfg_memory_kind(r->name, none ? slice_of(NULL, 0) : r->attributes, &made->guessed);
    }
}

// The address in a region's first view of what lies in it.
static bool inside(const struct cfg_region *region, uint64_t *addr)
{
    for (uint32_t i = 0; i <= region->alias_count; i++) {
        uint64_t origin = i == 0 ? region->origin : region->aliases[i - 1];
        if (*addr >= origin && *addr - origin < region->length) {
            *addr = region->origin + (*addr - origin);
            return true;
        }
    }
    return false;
}

// The smallest region that an address lies in.
static uint32_t region_around(struct cfg_regions regions, const struct uses *uses, uint64_t *addr)
{
    uint32_t best = LM_NO;
    uint64_t found = *addr;
    for (uint32_t i = 0; i < uses->region_count; i++) {
        uint64_t at = *addr;
        if (inside(&regions.items[i], &at) &&
            (best == LM_NO || regions.items[i].length < regions.items[best].length))
            best = i, found = at;
    }
    *addr = found;
    return best;
}

// The full region that goes on at an address: the one whose last section ends nearest before it.
static uint32_t region_before(struct cfg_regions regions, const struct uses *uses, uint64_t addr)
{
    uint32_t best = LM_NO;
    for (uint32_t i = 0; i < uses->region_count; i++) {
        uint64_t limit = regions.items[i].origin + regions.items[i].length, reach = uses->reach[i];
        if (reach >= limit && addr >= reach && addr - reach < REACH &&
            (best == LM_NO || reach > uses->reach[best]))
            best = i;
    }
    return best;
}

// What runs somewhere is where its address says. A load image follows the others, wherever that is: FLASH
// may run into the RAM that begins at its end.
static uint32_t region_at(struct cfg_regions regions, const struct uses *uses, bool load,
                          uint64_t *addr)
{
    uint32_t before = region_before(regions, uses, *addr);
    uint64_t at = *addr;
    uint32_t around = region_around(regions, uses, &at);
    if (before != LM_NO && (load || around == LM_NO))
        return before;
    *addr = at;
    return around;
}

// The region the map itself says a section is in.
static uint32_t stated_region(const struct an_map *map, const struct uses *uses,
                              const struct lm_section *section)
{
    const struct lm_region *stated =
        section->region == LM_NO ? NULL : &map->map->regions.items[section->region];
    for (uint32_t i = 0; i < uses->region_count && stated != NULL; i++)
        if (stated->origin == map->regions.items[i].origin &&
            slice_is(stated->name, map->regions.items[i].name))
            return i;
    return LM_NO;
}

static void use(const struct an_map *map, struct uses *uses, uint32_t section, uint64_t addr,
                bool load)
{
    const struct lm_section *s = &map->map->sections.items[section];
    uint64_t end;
    uint32_t region = load ? LM_NO : stated_region(map, uses, s);
    if (region == LM_NO)
        region = region_at(map->regions, uses, load, &addr);
    if (region == LM_NO || !add_u64(addr, load ? lm_load_size(s) : s->size, &end))
        return;
    vec_push(&uses->list, (struct use){addr, end, region, section, load});
    uses->reach[region] = MAX(uses->reach[region], end);
    if (!load)
        uses->run_region[section] = region;
}

static int compare_uses(const void *left, const void *right)
{
    const struct use *a = left, *b = right;
    if (a->region != b->region)
        return a->region < b->region ? -1 : 1;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->section < b->section ? -1 : a->section > b->section;
}

static void find_uses(const struct an_map *map, struct uses *uses)
{
    size_t sections = map->map->sections.count;
    *uses = (struct uses){.region_count = MIN(map->regions.count, (size_t)REGIONS_MAX)};
    uses->reach = mem_zalloc(map->regions.count + 1, sizeof *uses->reach);
    uses->run_region = mem_alloc((sections + 1) * sizeof *uses->run_region);
    memset(uses->run_region, 0xff, (sections + 1) * sizeof *uses->run_region);
    for (uint32_t i = 0; i < sections; i++) {
        const struct lm_section *s = &map->map->sections.items[i];
        if (!s->loaded || s->size == 0)
            continue;
        use(map, uses, i, s->addr, false);
        if (s->lma != s->addr && !s->nobits)
            use(map, uses, i, s->lma, true);
    }
    if (uses->list.count != 0)
        qsort(uses->list.items, uses->list.count, sizeof *uses->list.items, compare_uses);
}

static void free_uses(struct uses *uses)
{
    vec_free(&uses->list);
    free(uses->reach);
    free(uses->run_region);
}

uint32_t an__map_region_of(struct an_map *map, uint32_t section)
{
    if (map->region_of == NULL) {
        struct uses uses;
        find_uses(map, &uses);
        map->region_of = uses.run_region;
        uses.run_region = NULL;
        free_uses(&uses);
    }
    return map->region_of[section];
}

// ------------------------------------------------------------------------ the table

static struct rep_row section_row(struct an_map *map, const struct use *use, uint64_t used,
                                  struct arena *arena)
{
    const struct lm_section *s = &map->map->sections.items[use->section];
    const char *name = names_text(map->names, names_intern(map->names, s->name));
    struct rep_row row = {.name = use->load ? arena_printf(arena, "%s (load image)", name) : name,
                          .dimension = "section",
                          .values = an__region_values(arena)};
    row.values[AN__USED].u = used;
    row.values[AN__ORIGIN].u = use->load ? s->lma : s->addr;
    return row;
}

// Whether variables without contents are in a section: more than the room that scripts leave, be it for a stack
// or for what another bus sees there.
static bool has_variables(const struct lm_map *map, const struct lm_section *section)
{
    for (uint32_t i = 0; i < section->count; i++) {
        const struct lm_contribution *c = &map->contributions.items[section->first + i];
        if (c->nobits && c->size != 0 && c->kind != LM_FILL)
            return true;
    }
    return false;
}

// What nobody stated: RAM when something is set up there or there is only room, ROM when a load image lies there,
// or anything unless the name says RAM.
static enum cfg_memory kind_of(const struct an_map *map, const struct cfg_region *region,
                               const struct use *uses, size_t count)
{
    bool image = false, contents = false;
    if (region->kind != CFG_ANY_MEMORY && !region->guessed)
        return region->kind;
    for (size_t i = 0; i < count; i++) {
        const struct lm_section *s = &map->map->sections.items[uses[i].section];
        if (!uses[i].load && (s->lma != s->addr || has_variables(map->map, s)))
            return CFG_RAM;
        image |= uses[i].load;
        contents |= uses[i].load || !s->nobits;
    }
    if (count != 0 && !contents)
        return CFG_RAM;
    return image || (contents && region->kind != CFG_RAM) ? CFG_ROM : CFG_ANY_MEMORY;
}

// One region: each byte is used by the first section that has it, so that overlays close.
static void region_row(struct an_map *map, const struct cfg_region *region, const struct use *uses,
                       size_t count, struct arena *arena, struct rep_row *row)
{
    uint64_t pos = region->origin, used = 0, largest = 0;
    uint64_t limit = region->origin + region->length;
    *row = (struct rep_row){.name = region->name,
                            .dimension = "region",
                            .values = an__region_values(arena),
                            .rows = ARENA_ARRAY(arena, count, struct rep_row)};
    uint64_t within = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t start = MAX(uses[i].start, pos), end = MAX(uses[i].end, start);
        if (start > pos)
            largest = MAX(largest, MIN(start, limit) - MIN(pos, limit));
        used += end - start;
        within += MIN(end, limit) - MIN(start, limit);
        row->rows[row->row_count++] = section_row(map, &uses[i], end - start, arena);
        pos = MAX(pos, end);
    }
    largest = MAX(largest, limit - MIN(pos, limit));
    an__region_fill(row->values, kind_of(map, region, uses, count), region->length, used);
    row->values[AN__ORIGIN].u = region->origin;
    row->values[AN__FREE].u = region->length - within;
    row->values[AN__LARGEST].u = largest;
    if (pos > limit && count != 0)
        row->values[AN__OVER].u = pos - limit;
}

static size_t uses_of(const struct uses *uses, size_t from, uint32_t region)
{
    size_t count = 0;
    while (from + count < uses->list.count && uses->list.items[from + count].region == region)
        count++;
    return count;
}

bool an_map_regions(struct an_map *map, struct arena *arena, struct rep_table *out)
{
    struct uses uses;
    find_uses(map, &uses);
    *out = (struct rep_table){.name = "regions",
                              .names = "REGION",
                              .columns = an__region_columns(),
                              .column_count = AN__REGION_COLUMNS,
                              .hidden_columns_mask = 1u << AN__OVER};
    out->total.rows = ARENA_ARRAY(arena, uses.region_count, struct rep_row);
    out->total.values = an__region_values(arena);
    out->total.values[AN__USED].u = 0;
    size_t at = 0;
    for (uint32_t i = 0; i < uses.region_count; i++) {
        size_t count = uses_of(&uses, at, i);
        struct rep_row *row = &out->total.rows[out->total.row_count];
        const struct use *first = count == 0 ? NULL : uses.list.items + at;
        region_row(map, &map->regions.items[i], first, count, arena, row);
        // Regions whose sum would overflow are none that exist.
        if (an__grow(&out->total.values[AN__USED].u, row->values[AN__USED].u))
            out->total.row_count++;
        if (row->values[AN__OVER].u != REP_NONE)
            out->hidden_columns_mask = 0;
        at += count;
    }
    free_uses(&uses);
    return out->total.row_count != 0;
}

// ------------------------------------------------------------------------ overflows

size_t an_map_overflows(struct an_map *map, const struct an_map_options *options,
                        struct arena *arena, struct rep_table *out, size_t max)
{
    struct uses uses;
    find_uses(map, &uses);
    size_t count = 0, at = 0;
    for (uint32_t i = 0; i < uses.region_count; i++) {
        size_t users = uses_of(&uses, at, i);
        const struct cfg_region *region = &map->regions.items[i];
        uint64_t limit = region->origin + region->length;
        if (count < max && uses.reach[i] > limit) {
            uint32_t *sections = mem_alloc((users + 1) * sizeof *sections);
            for (size_t u = 0; u < users; u++)
                sections[u] = uses.list.items[at + u].section;
            out[count].title = arena_printf(
                arena, "%.*s is too small by %" PRIu64 " bytes; what is in it:", NAMES_CUT,
                region->name, uses.reach[i] - limit);
            an__map_objects_in(map, sections, users, options, arena, &out[count++]);
            free(sections);
        }
        at += users;
    }
    free_uses(&uses);
    return count;
}
