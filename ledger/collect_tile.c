// SPDX-License-Identifier: MIT
//
// Ranges of a file may overlap in a hostile or odd image: two segments that map the same page, a
// section inside a header. Every byte has to be counted once, so ranges stand in a list by
// precedence and each byte goes to the first that covers it.
//
//   range 0      |-----|                    tiles   |1|  0  |1|  2 |
//   range 1    |---------|
//   range 2         |---------|
//
// One sweep over the ends; a heap holds the open ranges, the first of the list on top. n ranges
// give at most 2n tiles, whatever the overlaps.

#include <stdlib.h>

#include "ledger/collect_private.h"

struct heap {
    size_t *items;
    size_t count;
};

static void heap_push(struct heap *heap, size_t item)
{
    size_t at = heap->count++;
    for (; at > 0 && heap->items[(at - 1) / 2] > item; at = (at - 1) / 2)
        heap->items[at] = heap->items[(at - 1) / 2];
    heap->items[at] = item;
}

static void heap_pop(struct heap *heap)
{
    size_t item = heap->items[--heap->count];
    size_t at = 0;
    for (size_t child = 1; child < heap->count; child = 2 * at + 1) {
        if (child + 1 < heap->count && heap->items[child + 1] < heap->items[child])
            child++;
        if (heap->items[child] >= item)
            break;
        heap->items[at] = heap->items[child];
        at = child;
    }
    heap->items[at] = item;
}

// Emits tiles up to `limit` from the open ranges.
static uint64_t sweep(const struct led__range *ranges, struct heap *open, uint64_t at,
                      uint64_t limit, struct led__tile *tiles, size_t *count)
{
    while (open->count != 0 && at < limit) {
        size_t top = open->items[0];
        if (ranges[top].end <= at) {
            heap_pop(open);
            continue;
        }
        uint64_t end = MIN(ranges[top].end, limit);
        struct led__tile *last = *count ? &tiles[*count - 1] : NULL;
        if (last && last->owner == top && last->end == at)
            last->end = end;
        else
            tiles[(*count)++] = (struct led__tile){at, end, top};
        at = end;
    }
    return limit;
}

// By owner; those of one owner stay ascending. Counting, since owners are dense.
static void group(struct led__tile *tiles, size_t tile_count, size_t owners, struct led__tile **out,
                  size_t **first)
{
    *first = mem_zalloc(owners + 2, sizeof **first);
    *out = mem_alloc(tile_count * sizeof **out);
    for (size_t i = 0; i < tile_count; i++)
        (*first)[tiles[i].owner + 2]++;
    for (size_t i = 2; i < owners + 2; i++)
        (*first)[i] += (*first)[i - 1];
    for (size_t i = 0; i < tile_count; i++)
        (*out)[(*first)[tiles[i].owner + 1]++] = tiles[i];
}

void led__tile(const struct led__range *ranges, size_t count, struct led__tile **tiles,
               size_t **first)
{
    struct keyed *starts = mem_alloc((count + 1) * sizeof *starts);
    struct keyed *scratch = mem_alloc((count + 1) * sizeof *scratch);
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (ranges[i].start < ranges[i].end)
            starts[used++] = (struct keyed){ranges[i].start, i};
    sort_keyed(starts, scratch, used);
    free(scratch);

    struct led__tile *swept = mem_alloc((2 * used + 1) * sizeof *swept);
    struct heap open = {mem_alloc((used + 1) * sizeof(size_t)), 0};
    size_t swept_count = 0;
    uint64_t at = 0;
    for (size_t i = 0; i < used; i++) {
        at = sweep(ranges, &open, at, starts[i].key, swept, &swept_count);
        heap_push(&open, starts[i].value);
    }
    sweep(ranges, &open, at, UINT64_MAX, swept, &swept_count);
    free(open.items);
    free(starts);
    group(swept, swept_count, count, tiles, first);
    free(swept);
}
