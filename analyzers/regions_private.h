// SPDX-License-Identifier: MIT
//
// Regions, inside: what the region table and budgets share.
#ifndef TARE_REGIONS_PRIVATE_H
#define TARE_REGIONS_PRIVATE_H

#include "analyzers/analyzers.h"

// Where the bytes of an extent are: their address in memory and, when it is another, the one they
// are loaded from.
unsigned an__places(const struct led_extent *extent, uint64_t out[2]);
// How many of [start, start + size) lie in a region, in any of its views.
uint64_t an__region_bytes(const struct cfg_region *region, uint64_t start, uint64_t size);

// The columns of the table of regions, of a build or of a map alone.
enum {
    AN__KIND,
    AN__ORIGIN,
    AN__LENGTH,
    AN__USED,
    AN__FULL,
    AN__FREE,
    AN__LARGEST,
    AN__OVER, // of a link that failed
    AN__REGION_COLUMNS
};
const struct rep_column *an__region_columns(void);
// Values of a row, none of them known.
union rep_value *an__region_values(struct arena *arena);
// Those that follow from these.
void an__region_fill(union rep_value *values, enum cfg_memory kind, uint64_t length, uint64_t used);

#endif
