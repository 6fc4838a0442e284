// SPDX-License-Identifier: MIT
//
// What was overruled: sizes summed by who won over whom, while the sweeps of sweep.c run.

#include "ledger/private.h"

// ------------------------------------------------------------------------- summing

static bool same_parties(const struct led_dispute *a, const struct led_dispute *b)
{
    return a->winner == b->winner && a->loser == b->loser && a->winner_reader == b->winner_reader &&
           a->loser_reader == b->loser_reader;
}

static size_t slot_of(const struct led__tally *tally, const struct led_dispute *dispute)
{
    uint64_t readers = (uint64_t)dispute->winner_reader << 8 | dispute->loser_reader;
    return hash_mix((uint64_t)dispute->winner << 32 | dispute->loser, readers) & tally->slot_mask;
}

static void grow(struct led__tally *tally)
{
    size_t slots = tally->slots == NULL ? 64 : 2 * (tally->slot_mask + 1);
    free(tally->slots);
    tally->slots = mem_zalloc(slots, sizeof *tally->slots);
    tally->slot_mask = slots - 1;
    for (size_t i = 0; i < tally->list.count; i++) {
        size_t at = slot_of(tally, &tally->list.items[i]);
        while (tally->slots[at] != 0)
            at = (at + 1) & tally->slot_mask;
        tally->slots[at] = (uint32_t)i + 1;
    }
}

static size_t find_or_add(struct led__tally *tally, const struct led_dispute *dispute)
{
    if (tally->list.count >= tally->slot_mask / 2)
        grow(tally);
    size_t at = slot_of(tally, dispute);
    for (; tally->slots[at] != 0; at = (at + 1) & tally->slot_mask)
        if (same_parties(&tally->list.items[tally->slots[at] - 1], dispute))
            return tally->slots[at] - 1;
    ASSERT(tally->list.count < UINT32_MAX - 1);
    struct led_dispute first = *dispute;
    first.size = 0;
    vec_push(&tally->list, first);
    tally->slots[at] = (uint32_t)tally->list.count;
    return tally->list.count - 1;
}

void led__tally_add(struct led__tally *tally, struct led_dispute dispute)
{
    if (dispute.loser_reader <= LED_BY_GAP) // a default is there to be overruled
        return;
    bool again =
        tally->last < tally->list.count && same_parties(&tally->list.items[tally->last], &dispute);
    if (!again)
        tally->last = find_or_add(tally, &dispute);
    tally->list.items[tally->last].size += dispute.size;
}

void led__tally_free(struct led__tally *tally)
{
    vec_free(&tally->list);
    free(tally->slots);
}

// ----------------------------------------------------------------------- gathering

// "memcpy = memmove" does not overrule memcpy.
static bool is_member(const struct ledger *ledger, led_owner set, led_owner owner)
{
    size_t count;
    const led_owner *members = led_owner_members(ledger, set, &count);
    for (size_t low = 0, high = count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = led__owner_compare(ledger, members[middle], owner);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static bool overruled(const struct ledger *ledger, const struct led_dispute *dispute)
{
    size_t count;
    const led_owner *losers = led_owner_members(ledger, dispute->loser, &count);
    for (size_t i = 0; i < count; i++)
        if (!is_member(ledger, dispute->winner, losers[i]))
            return true;
    return count == 0 && !is_member(ledger, dispute->winner, dispute->loser);
}

static void gather(struct ledger *ledger, const struct led__tally *tally)
{
    for (size_t i = 0; i < tally->list.count; i++)
        if (overruled(ledger, &tally->list.items[i]))
            vec_push(&ledger->disputes, tally->list.items[i]);
}

static int compare_disputes(const void *a, const void *b, void *ledger)
{
    const struct led_dispute *x = a, *y = b;
    if (x->size != y->size)
        return x->size > y->size ? -1 : 1;
    if (x->dim != y->dim)
        return x->dim < y->dim ? -1 : 1;
    int order = led__owner_compare(ledger, x->winner, y->winner);
    if (order == 0)
        order = led__owner_compare(ledger, x->loser, y->loser);
    if (order == 0)
        order = (int)x->winner_reader - (int)y->winner_reader;
    return order != 0 ? order : (int)x->loser_reader - (int)y->loser_reader;
}

void led__disputes_gather(struct ledger *ledger)
{
    ledger->disputes.count = 0;
    for (unsigned dim = 0; dim < LED_DIM_COUNT; dim++)
        gather(ledger, &ledger->tallies[dim]);
    if (ledger->disputes.count > 0)
        qsort_r(ledger->disputes.items, ledger->disputes.count, sizeof *ledger->disputes.items,
                compare_disputes, ledger);
}

const struct led_dispute *led_disputes(const struct ledger *ledger, size_t *count)
{
    *count = ledger->disputes.count;
    return ledger->disputes.items;
}
