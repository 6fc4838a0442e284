// SPDX-License-Identifier: MIT
//
// Sums by nested names: what tables over linker maps are gathered in.
//
//   add {region: FLASH, module: libc.a} 40
//        root ── FLASH ── libc.a      += 40
//
// Nodes lie in one array, parents before children, found by hashing (parent, name). Bytes are added to
// leaves only; one pass from the last node to the first adds them up, so that every level closes.
#ifndef TARE_TALLY_H
#define TARE_TALLY_H

#include "base/base.h"
#include "reports/reports.h"

#define AN__TALLY_COLUMNS 2
#define AN__TALLY_LEVELS  16

struct an__tally_node {
    uint32_t parent;
    name_id name;
    uint32_t level;
    uint32_t line;  // the first one that something of it stands on, 0: none
    uint32_t count; // how many times something was added, of leaves
    uint64_t values[AN__TALLY_COLUMNS];
};

struct an__tally {
    const struct names *names;
    size_t column_count;
    VEC(struct an__tally_node) nodes; // [0] is the root
    uint32_t *slots;
    size_t slot_mask;
    uint32_t last[AN__TALLY_LEVELS]; // neighbours mostly share their names
};

void an__tally_open(struct an__tally *tally, const struct names *names, size_t column_count);
void an__tally_free(struct an__tally *tally);
// Adds to the leaf under these names, outermost first. `line`: where it stands, 0 where nowhere.
void an__tally_add(struct an__tally *tally, const name_id *path, size_t levels,
                   const uint64_t *values, uint32_t line);
// The rows, in the order in which they were first added, under `out`; `dimensions` by level. Rows named
// in brackets are faint. With `evidence` leaves say where they stand.
void an__tally_rows(struct an__tally *tally, const char *const *dimensions, bool evidence,
                    struct arena *arena, struct rep_row *out);

#endif
