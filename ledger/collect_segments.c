// SPDX-License-Identifier: MIT
//
// Which segment each allocated section is in: by address. The linkers of ARM and IAR write program headers
// for whoever loads the file into ROM, not for what is in memory later:
//
//   armlink   PT_LOAD   |ER_IROM1 |RW_IRAM1 |-- ER_ZI --|    one run of addresses from 0x08000000 on,
//   sections             0x08000000 0x20000000 0x200001c0    these are elsewhere
//   IAR       PT_LOAD   |A0 |P1    |                         P2 zi at 0x20000000 is in no segment
//
// In a firmware such a section is a stray. Its contents lie in the bytes that a segment loads, so it is
// told by its offset in the file; the memory it takes is no longer that segment's. What p_memsz has beyond
// all of them is what compressed contents grow by when they are unpacked.

#include <stdlib.h>

#include "ledger/collect_private.h"

// More segments than this that start below an address are not searched: only a hostile image has
// them.
#define SEGMENTS_TRIED 64

// How many of the segments start at or below `key`.
static size_t started_by(const struct keyed *loads, size_t count, uint64_t key)
{
    return key == UINT64_MAX ? count : keyed_first(loads, count, key + 1);
}

// The segment a section was linked into, or SIZE_MAX. `loads`: PT_LOADs by address.
static size_t segment_of(const struct led__image *im, const struct img_section *section,
                         const struct keyed *loads, size_t count)
{
    size_t started = started_by(loads, count, section->addr), beyond = SIZE_MAX;
    for (size_t i = started; i > 0 && i + SEGMENTS_TRIED > started; i--) {
        const struct img_segment *segment = &im->segments[loads[i - 1].value];
        uint64_t delta = section->addr - segment->addr;
        if (delta >= segment->size)
            continue;
        if (section->type != SHT_NOBITS && section->offset - segment->offset == delta &&
            delta < segment->file_size)
            return loads[i - 1].value;
        if (section->type == SHT_NOBITS || delta >= segment->file_size)
            beyond = loads[i - 1].value;
    }
    return beyond;
}

bool led__is_template_only(const struct img_section *section)
{
    return (section->flags & SHF_TLS) && section->type == SHT_NOBITS;
}

// ------------------------------------------------------------------------- strays

// Where in a segment's file bytes the section begins; what has none begins at their end, or a little behind,
// to be aligned. SIZE_MAX: not there.
static uint64_t begin_in(const struct img_segment *segment, const struct img_section *section)
{
    uint64_t delta = section->offset - segment->offset, end = segment->file_size;
    if (section->type == SHT_NOBITS)
        return delta >= end && delta - end < MAX(section->align, 1) ? end : SIZE_MAX;
    return range_fits(delta, section->file_size, end) ? delta : SIZE_MAX;
}

// The segment that loads a section. `loads`: PT_LOADs by offset.
static size_t loader_of(const struct led__image *im, const struct img_section *section,
                        const struct keyed *loads, size_t count)
{
    size_t started = started_by(loads, count, section->offset);
    for (size_t i = started; i > 0 && i + SEGMENTS_TRIED > started; i--) {
        const struct img_segment *segment = &im->segments[loads[i - 1].value];
        if (segment->file_size != 0 && begin_in(segment, section) != SIZE_MAX)
            return loads[i - 1].value;
    }
    return SIZE_MAX;
}

// What strays leave to a segment.
struct rest {
    uint64_t cut;  // where the first stray begins in it
    uint64_t left; // bytes of memory behind that, less those of strays
};

static void add_stray(const struct led__image *im, struct led__members *members, struct rest *rests,
                      uint32_t index, size_t loader)
{
    const struct img_section *section = &im->sections[index];
    struct led__stray stray = {.section = index, .segment = UINT32_MAX};
    if (loader != SIZE_MAX) {
        struct rest *rest = &rests[loader];
        uint64_t begin = MIN(begin_in(&im->segments[loader], section), rest->cut);
        if (section->size <= rest->left + (rest->cut - begin)) {
            rest->left += rest->cut - begin - section->size;
            rest->cut = begin;
            stray.segment = (uint32_t)loader;
        }
    }
    if (stray.segment != UINT32_MAX || section->type == SHT_NOBITS)
        vec_push(&members->strays, stray);
}

static bool is_stray(const struct led__image *im, uint32_t index, const size_t *owner)
{
    const struct img_section *section = &im->sections[index];
    return led__is_allocated(im, index) && section->size != 0 && (section->flags & SHF_TLS) == 0 &&
           owner[index] == SIZE_MAX;
}

static void find_strays(const struct led__image *im, struct led__members *members,
                        const size_t *owner, struct keyed *loads, struct keyed *scratch)
{
    struct rest *rests = mem_zalloc(im->segment_count + 1, sizeof *rests);
    size_t count = 0;
    for (size_t i = 0; i < im->segment_count; i++) {
        rests[i].cut = members->memory[i];
        if (members->memory[i] != 0)
            loads[count++] = (struct keyed){im->segments[i].offset, i};
    }
    sort_keyed(loads, scratch, count);
    for (uint32_t i = 1; i < im->section_count; i++)
        if (is_stray(im, i, owner))
            add_stray(im, members, rests, i, loader_of(im, &im->sections[i], loads, count));
    for (size_t i = members->strays.count; i-- > 0;) {
        struct led__stray *stray = &members->strays.items[i];
        if (stray->segment == UINT32_MAX || im->sections[stray->section].type == SHT_NOBITS)
            continue;
        stray->unpacked =
            rests[stray->segment].left; // the last one is what compression makes smaller
        rests[stray->segment].left = 0;
    }
    for (size_t i = 0; i < im->segment_count; i++)
        members->memory[i] = rests[i].cut + rests[i].left;
    free(rests);
}

// ------------------------------------------------------------------------- members

// By segment, and by address in each.
static void sort_members(const struct led__image *im, struct led__members *members,
                         const size_t *owner, struct keyed *scratch)
{
    size_t count = 0;
    for (size_t i = 1; i < im->section_count; i++)
        if (owner[i] != SIZE_MAX)
            members->items[count++] =
                (struct keyed){im->sections[i].addr - im->segments[owner[i]].addr, i};
    sort_keyed(members->items, scratch, count);
    for (size_t i = 0; i < count; i++)
        members->items[i].key = owner[members->items[i].value];
    sort_keyed(members->items, scratch, count);
    for (size_t i = 0; i < count; i++)
        members->first[members->items[i].key + 1]++;
    for (size_t i = 0; i < im->segment_count; i++)
        members->first[i + 1] += members->first[i];
}

void led__members_find(const struct led__image *im, struct led__members *members)
{
    size_t n = im->section_count + im->segment_count + 1;
    struct keyed *loads = mem_alloc(n * sizeof *loads), *scratch = mem_alloc(n * sizeof *scratch);
    size_t *owner = mem_alloc((im->section_count + 1) * sizeof *owner);
    *members =
        (struct led__members){.items = mem_alloc(n * sizeof *members->items),
                              .first = mem_zalloc(im->segment_count + 2, sizeof *members->first),
                              .memory = mem_zalloc(im->segment_count + 1, sizeof *members->memory)};
    size_t count = 0;
    for (size_t i = 0; i < im->segment_count; i++)
        if (im->segments[i].type == PT_LOAD && im->segments[i].size != 0) {
            members->memory[i] = im->segments[i].size;
            loads[count++] = (struct keyed){im->segments[i].addr, i};
        }
    sort_keyed(loads, scratch, count);
    for (size_t i = 1; i < im->section_count; i++) {
        const struct img_section *section = &im->sections[i];
        bool placed = led__is_allocated(im, (uint32_t)i) && section->size != 0 &&
                      !led__is_template_only(section);
        owner[i] = placed ? segment_of(im, section, loads, count) : SIZE_MAX;
    }
    sort_members(im, members, owner, scratch);
    if (im->firmware)
        find_strays(im, members, owner, loads, scratch);
    free(owner);
    free(scratch);
    free(loads);
}

void led__members_free(struct led__members *members)
{
    free(members->items);
    free(members->first);
    free(members->memory);
    vec_free(&members->strays);
}
