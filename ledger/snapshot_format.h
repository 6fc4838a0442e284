// SPDX-License-Identifier: MIT
//
// What the writer (snapshot.c, with the drawing) and the reader (snapshot_load.c) of snapshots
// share.
#ifndef TARE_LEDGER_SNAPSHOT_FORMAT_H
#define TARE_LEDGER_SNAPSHOT_FORMAT_H

#include "ledger/private.h"

#define SNAPSHOT_MAGIC   "tare snapshot" // and its NUL
#define SNAPSHOT_VERSION 4
// The oldest that is read: 3 added dimensions behind those of 2, 4 a reader among those of 3, which the
// loader moves.
#define SNAPSHOT_OLDEST 2
#define SNAPSHOT_HEADER 40 // bytes

enum snapshot_method { SNAPSHOT_STORED, SNAPSHOT_ZSTD };
enum snapshot_place { IN_FILE = 1, IN_MEMORY = 2, IN_LOAD = 4 };

// The largest payload that `stored` compressed bytes may inflate to.
static inline uint64_t snapshot_inflation(uint64_t stored)
{
    uint64_t most;
    return mul_u64(stored, 16, &most) && add_u64(most, 16 << 20, &most) ? most : UINT64_MAX;
}

uint32_t led__snapshot_checksum(struct slice bytes);

#endif
