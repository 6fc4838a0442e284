// SPDX-License-Identifier: MIT
//
// What may lie between the allocated sections of a segment and has a name all the same: the header
// tables, and sections that are not allocated (Go's linker puts the section names into a segment).
//
//   segment   |ELF header|program headers|gap|.text|gap|.shstrtab|gap|.typelink|
//   spots      ---------- ---------------              ---------
//
// Spots ascend and do not overlap: each is cut where the one before it ends.

#include <stdlib.h>

#include "ledger/collect_private.h"

static void add_spot(const struct img_info *info, struct led__spots *spots, uint64_t offset,
                     uint64_t size, uint32_t section, enum led__what what)
{
    if (offset >= info->file_size || size == 0)
        return;
    uint64_t end = offset + MIN(size, info->file_size - offset);
    spots->items[spots->count++] = (struct led__spot){offset, end, section, (uint8_t)what};
}

static void sort_spots(struct led__spots *spots)
{
    size_t count = spots->count;
    struct keyed *order = mem_alloc((count + 1) * sizeof *order);
    struct keyed *scratch = mem_alloc((count + 1) * sizeof *scratch);
    struct led__spot *sorted = mem_alloc((count + 1) * sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        order[i] = (struct keyed){spots->items[i].start, i};
    sort_keyed(order, scratch, count);
    uint64_t at = 0;
    spots->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct led__spot spot = spots->items[order[i].value];
        spot.start = MAX(spot.start, at);
        if (spot.start >= spot.end)
            continue;
        at = spot.end;
        sorted[spots->count++] = spot;
    }
    free(spots->items);
    spots->items = sorted;
    free(scratch);
    free(order);
}

void led__spots_find(const struct led__image *im, struct led__spots *spots)
{
    const struct img_info *info = im->info;
    spots->items = mem_alloc((im->section_count + 3) * sizeof *spots->items);
    spots->count = 0;
    add_spot(info, spots, 0, info->header_size, 0, LED__ELF_HEADER);
    add_spot(info, spots, info->segments_offset, info->segments_size, 0, LED__PROGRAM_HEADERS);
    add_spot(info, spots, info->sections_offset, info->sections_size, 0, LED__SECTION_HEADERS);
    for (uint32_t i = 1; i < im->section_count; i++)
        if (!led__is_allocated(im, i))
            add_spot(info, spots, im->sections[i].offset, im->sections[i].file_size, i,
                     LED__IN_SECTION);
    sort_spots(spots);
}

void led__spots_free(struct led__spots *spots)
{
    free(spots->items);
}

size_t led__spots_first(const struct led__spots *spots, uint64_t offset)
{
    size_t low = 0, high = spots->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (spots->items[middle].end <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
