// SPDX-License-Identifier: MIT
//
// What a map owns besides its lists.
#ifndef TARE_LINKMAP_OWNED_H
#define TARE_LINKMAP_OWNED_H

#include "linkmap/private.h"

struct lm__owned {
    struct arena *arena;     // texts that had to be put together
    VEC(struct slice) bytes; // of files that were mapped
    // path -> file, open addressing; a slot holds the index + 1
    uint32_t *file_slots;
    uint32_t file_mask;
    VEC(uint32_t) file_hashes; // by file
    uint64_t seed;
};

#endif
