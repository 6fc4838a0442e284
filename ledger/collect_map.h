// SPDX-License-Identifier: MIT
//
// A linker map joined with its image, as the two collectors of it see it.
#ifndef TARE_LEDGER_COLLECT_MAP_H
#define TARE_LEDGER_COLLECT_MAP_H

#include "ledger/collect_private.h"

struct led__from {
    led_owner object, archive, member;
};

struct led__joined {
    const struct lm_map *map;
    const uint32_t *sections; // led_map_sections
    struct led__from *from;   // by file of the map
};

// Claims the bytes of a contribution.
void led__claim_mapped(struct led__image *im, const struct led__joined *joined, uint32_t index,
                       struct led_claim claim);
led_owner led__bracketed(struct led_collector *run, struct slice name);

#endif
