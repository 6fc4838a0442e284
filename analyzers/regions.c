// SPDX-License-Identifier: MIT
//
// Regions: how full the memories of a target are. The ledger knows where bytes lie in memory and
// where they are loaded from; a region is a range of such addresses.
//
//   .data in RAM at 0x20000000, loaded from FLASH at 0x08001000: occupies both
//   FLASH |.text|.rodata|.data|.......|     used = the union of what lies there,
//   RAM   |.data|.bss|...|stack|......|     free = the rest, the largest run of it apart
//
// A union: overlays share their bytes, and what lies in two views of one memory (aliases) lies there
// once. Regions may overlap (a flash and its partitions); each tells of its own addresses. What lies
// in no region is a row of its own.

#include <stdlib.h>

#include "analyzers/regions_private.h"

#define OUTSIDE "[outside every region]"

struct range {
    uint64_t start, end;
};

typedef VEC(struct range) ranges;

static int compare_ranges(const void *left, const void *right)
{
    const struct range *a = left, *b = right;
    return a->start < b->start ? -1 : a->start > b->start;
}

// Sorted, disjoint, neighbours joined.
static void join(ranges *list)
{
    size_t kept = 0;
    if (list->count > 1)
        qsort(list->items, list->count, sizeof *list->items, compare_ranges);
    for (size_t i = 0; i < list->count; i++) {
        struct range range = list->items[i];
        if (kept != 0 && range.start <= list->items[kept - 1].end)
            list->items[kept - 1].end = MAX(list->items[kept - 1].end, range.end);
        else
            list->items[kept++] = range;
    }
    list->count = kept;
}

static uint64_t sum(const ranges *list)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < list->count; i++)
        bytes += list->items[i].end - list->items[i].start;
    return bytes;
}

// ---------------------------------------------------------------------- the ledger

unsigned an__places(const struct led_extent *extent, uint64_t out[2])
{
    unsigned count = 0;
    if (extent->weights & LED_VM && extent->addr != LED_NOWHERE)
        out[count++] = extent->addr;
    if (extent->weights & LED_ROM && extent->load != LED_NOWHERE && extent->load != extent->addr)
        out[count++] = extent->load;
    return count;
}

static void occupied(const struct ledger *ledger, ranges *out)
{
    size_t count;
    const struct led_extent *extents = led_extents(ledger, &count);
    for (size_t i = 0; i < count; i++) {
        uint64_t at[2];
        for (unsigned n = an__places(&extents[i], at); n-- > 0;)
            if (extents[i].size <= UINT64_MAX - at[n])
                vec_push(out, (struct range){at[n], at[n] + extents[i].size});
    }
    join(out);
}

static uint64_t view(const struct cfg_region *region, uint32_t index)
{
    return index == 0 ? region->origin : region->aliases[index - 1];
}

uint64_t an__region_bytes(const struct cfg_region *region, uint64_t start, uint64_t size)
{
    uint64_t bytes = 0, end = size <= UINT64_MAX - start ? start + size : UINT64_MAX;
    for (uint32_t i = 0; i <= region->alias_count; i++) {
        uint64_t first = MAX(start, view(region, i));
        uint64_t last = MIN(end, view(region, i) + region->length);
        bytes += last > first ? last - first : 0;
    }
    return bytes;
}

// ---------------------------------------------------------------------- one region

// The first range that ends beyond an address.
static size_t first_beyond(const ranges *list, uint64_t addr)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list->items[middle].end <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// What lies in a region, as offsets from its start.
static void clip(const ranges *all, const struct cfg_region *region, ranges *out)
{
    for (uint32_t i = 0; i <= region->alias_count; i++) {
        uint64_t origin = view(region, i), end = origin + region->length;
        for (size_t r = first_beyond(all, origin); r < all->count && all->items[r].start < end; r++)
            vec_push(out, (struct range){MAX(all->items[r].start, origin) - origin,
                                         MIN(all->items[r].end, end) - origin});
    }
    join(out);
}

static uint64_t largest_gap(const ranges *list, uint64_t length)
{
    uint64_t at = 0, largest = 0;
    for (size_t i = 0; i < list->count; i++) {
        largest = MAX(largest, list->items[i].start - at);
        at = list->items[i].end;
    }
    return MAX(largest, length - at);
}

// What nobody stated: RAM when something lies in it that is written to, ROM when something else does, else
// what was guessed.
static enum cfg_memory kind_of(const struct ledger *ledger, const struct cfg_region *region)
{
    size_t count;
    const struct led_extent *extents = led_extents(ledger, &count);
    bool stated = region->kind != CFG_ANY_MEMORY && !region->guessed, loaded = false;
    for (size_t i = 0; i < count && !stated; i++) {
        const struct led_extent *extent = &extents[i];
        bool here = extent->addr != LED_NOWHERE && extent->weights & (LED_ROM | LED_RAM) &&
                    an__region_bytes(region, extent->addr, extent->size) != 0;
        if (here && extent->weights & LED_RAM)
            return CFG_RAM;
        loaded = loaded || here ||
                 (extent->load != LED_NOWHERE && extent->weights & LED_ROM &&
                  an__region_bytes(region, extent->load, extent->size) != 0);
    }
    return loaded ? CFG_ROM : region->kind;
}

static struct an_region_use measure(const struct ledger *ledger, const ranges *all,
                                    const struct cfg_region *region)
{
    ranges inside = {0};
    clip(all, region, &inside);
    struct an_region_use use = {.region = region, .used = sum(&inside)};
    use.free = region->length - use.used;
    use.largest = largest_gap(&inside, region->length);
    use.kind = kind_of(ledger, region);
    vec_free(&inside);
    return use;
}

struct an_region_use an_region_measure(const struct ledger *ledger, const struct cfg_region *region)
{
    ranges all = {0};
    occupied(ledger, &all);
    struct an_region_use use = measure(ledger, &all, region);
    vec_free(&all);
    return use;
}

// --------------------------------------------------------------------------- table

const struct rep_column *an__region_columns(void)
{
    static const struct rep_column columns[AN__REGION_COLUMNS] = {
        [AN__KIND] = {"kind", NULL, REP_TEXT, false, false},
        [AN__ORIGIN] = {"origin", NULL, REP_ADDRESS, false, false},
        [AN__LENGTH] = {"length", NULL, REP_BYTES, false, false},
        [AN__USED] = {"used", NULL, REP_BYTES, false, false},
        [AN__FULL] = {"full", NULL, REP_PERMILLE, false, false},
        [AN__FREE] = {"free", NULL, REP_BYTES, false, false},
        [AN__LARGEST] = {"largest_free", "LARGEST RUN", REP_BYTES, false, false},
        [AN__OVER] = {"over", NULL, REP_BYTES, false, false},
    };
    return columns;
}

union rep_value *an__region_values(struct arena *arena)
{
    union rep_value *values = ARENA_ARRAY(arena, AN__REGION_COLUMNS, union rep_value);
    for (size_t i = 0; i < AN__REGION_COLUMNS; i++)
        if (i != AN__KIND)
            values[i].u = REP_NONE;
    return values;
}

void an__region_fill(union rep_value *values, enum cfg_memory kind, uint64_t length, uint64_t used)
{
    static const char *const kinds[] = {
        [CFG_ANY_MEMORY] = NULL, [CFG_ROM] = "ROM", [CFG_RAM] = "RAM"};
    values[AN__KIND].text = kinds[kind];
    values[AN__LENGTH].u = length;
    values[AN__USED].u = used;
    if (length != 0)
        values[AN__FULL].i =
            (int64_t)MIN((__uint128_t)used * 1000 / length, (__uint128_t)1000000000000);
}

static void fill_row(const struct an_region_use *use, struct arena *arena, struct rep_row *row)
{
    const struct cfg_region *region = use->region;
    row->name = region->name;
    row->dimension = "region";
    row->values = an__region_values(arena);
    an__region_fill(row->values, use->kind, region->length, use->used);
    row->values[AN__ORIGIN].u = region->origin;
    row->values[AN__FREE].u = use->free;
    row->values[AN__LARGEST].u = use->largest;
}

// Bytes of `all` in none of the views of the regions.
static uint64_t outside(const ranges *all, struct cfg_regions regions)
{
    ranges views = {0};
    uint64_t inside = 0;
    for (size_t i = 0; i < regions.count; i++)
        for (uint32_t v = 0; v <= regions.items[i].alias_count; v++) {
            uint64_t origin = view(&regions.items[i], v);
            vec_push(&views, (struct range){origin, origin + regions.items[i].length});
        }
    join(&views);
    for (size_t i = 0; i < views.count; i++) {
        struct range range = views.items[i];
        for (size_t r = first_beyond(all, range.start);
             r < all->count && all->items[r].start < range.end; r++)
            inside += MIN(all->items[r].end, range.end) - MAX(all->items[r].start, range.start);
    }
    vec_free(&views);
    return sum(all) - inside;
}

static void fill_outside(uint64_t bytes, struct arena *arena, struct rep_row *row)
{
    row->name = OUTSIDE;
    row->dimension = "region";
    row->faint = true;
    row->values = an__region_values(arena);
    row->values[AN__USED].u = bytes;
}

void an_regions(const struct ledger *ledger, struct cfg_regions regions, struct arena *arena,
                struct rep_table *out)
{
    ranges all = {0};
    occupied(ledger, &all);
    struct rep_row *rows = ARENA_ARRAY(arena, regions.count + 1, struct rep_row);
    *out = (struct rep_table){.name = "regions",
                              .names = "REGION",
                              .columns = an__region_columns(),
                              .column_count = AN__OVER, // nothing linked is over
                              .total = {.rows = rows, .row_count = regions.count}};
    for (size_t i = 0; i < regions.count; i++) {
        struct an_region_use use = measure(ledger, &all, &regions.items[i]);
        fill_row(&use, arena, &rows[i]);
    }
    uint64_t bytes = outside(&all, regions);
    if (bytes != 0)
        fill_outside(bytes, arena, &rows[out->total.row_count++]);
    fill_outside(0, arena, &out->total);
    out->total.name = NULL;
    out->total.values[AN__USED].u = REP_NONE;
    vec_free(&all);
}
