// SPDX-License-Identifier: MIT
//
// What the analyzers of linker maps share: names of the owners of a map, and its bytes cut to pieces.
#ifndef TARE_MAP_PRIVATE_H
#define TARE_MAP_PRIVATE_H

#include "analyzers/analyzers.h"
#include "analyzers/tally.h"

struct an_map {
    const struct lm_map *map;
    const struct cfg *cfg;
    struct cfg_regions regions;
    struct names *names;
    name_id *of_file[AN_MAP_DIM_COUNT]; // names by file, AN__NOT_YET where not asked for
    struct keyed *symbols;              // by contribution, then address: key address, value index
    uint32_t *first_symbol;             // of a contribution, in `symbols`; one more for the end
    uint32_t *region_of;                // by section, once asked for
};

#define AN__NOT_YET UINT32_MAX

// Adds to a sum that must not overflow: false, and the sum stays, when it would. What is left out then
// is larger than any memory.
static inline bool an__grow(uint64_t *sum, uint64_t size)
{
    uint64_t grown;
    if (!add_u64(*sum, size, &grown))
        return false;
    *sum = grown;
    return true;
}

// A run of bytes with one owner.
struct an__piece {
    uint32_t section;      // LM_NO: dropped input
    uint32_t contribution; // of the map's list, or of its dropped input; LM_NO: between them
    uint32_t symbol;       // LM_NO: none
    name_id owner;         // "[padding]" ..., of what is no object's; 0: an object's
    uint64_t size;
};

// Calls `take` for every piece of a section in order; their sizes add up to the section's. With
// `symbols` contributions are cut at them.
void an__map_cut(struct an_map *map, uint32_t section, bool symbols,
                 void (*take)(void *context, const struct an__piece *piece), void *context);
// Fills `symbols` and `first_symbol`.
void an__map_place_symbols(struct an_map *map);
// The owner of a piece in a dimension.
name_id an__map_name(struct an_map *map, enum an_map_dim dim, const struct an__piece *piece);
// The same of a file.
name_id an__map_file_name(struct an_map *map, enum an_map_dim dim, uint32_t file);

// Bytes that the linker kept for run-time relocations and did not need, as GNU ld does on MIPS: the table of the
// ELF is shorter than in the map, and nothing lies in the rest of it.
uint64_t an__map_unused_relocs(const struct img *img, const struct lm_section *in_map,
                               const struct img_section *in_elf);

// The region a section runs in, or LM_NO. What begins right behind a region that is full
// belongs to it: that is how the map of a failed link looks.
uint32_t an__map_region_of(struct an_map *map, uint32_t section);

// Who the bytes of some sections are of, by object; keeps the title of `out`.
void an__map_objects_in(struct an_map *map, const uint32_t *sections, size_t count,
                        const struct an_map_options *options, struct arena *arena,
                        struct rep_table *out);

name_id an__map_bracketed(struct an_map *map, struct slice name); // "[name]"

#endif
