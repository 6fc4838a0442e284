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

#endif
