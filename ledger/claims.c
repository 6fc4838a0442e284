// SPDX-License-Identifier: MIT
//
// Claims and charges as they come in: clipped to the line and put with those of the same dimension
// and reader. Nothing is compared yet; order of arrival means nothing.

#include "ledger/private.h"

void led__claim_range(struct ledger *ledger, uint64_t start, uint64_t end, struct led_claim claim)
{
    ASSERT(claim.dim < LED_DIM_COUNT && claim.reader < LED_READER_COUNT && !ledger->closed);
    if (start >= end || claim.owner == LED_UNATTRIBUTED)
        return;
    struct led__layer *layer = &ledger->layers[claim.dim][claim.reader];
    vec_push(&layer->claims, (struct led__claim){start, end, claim.order, claim.owner});
}

// The end of [pos, pos + size) on the line; at most `pos` when nothing of it is.
static uint64_t end_on_line(const struct ledger *ledger, uint64_t pos, uint64_t size)
{
    if (pos >= ledger->end)
        return 0;
    return pos + MIN(size, ledger->end - pos);
}

void led_claim_pos(struct ledger *ledger, uint64_t pos, uint64_t size, struct led_claim claim)
{
    ASSERT(ledger->mapped);
    led__claim_range(ledger, pos, end_on_line(ledger, pos, size), claim);
}

void led_charge(struct ledger *ledger, uint64_t pos, uint64_t size, uint64_t target)
{
    ASSERT(ledger->mapped && !ledger->closed);
    uint64_t end = end_on_line(ledger, pos, size);
    if (pos < end && target < ledger->end)
        vec_push(&ledger->charges.claims, (struct led__claim){pos, end, target, LED_UNATTRIBUTED});
}
