// SPDX-License-Identifier: MIT
//
// Parcels: the stretches of all settled dimensions and the extents in one merge, cut at every
// boundary of any of them. Here the accounts are closed, on every run: the parcels tile the line,
// and their sizes add up to the total of every weight.

#include "ledger/private.h"

// ---------------------------------------------------------------------------- bounds

static void bounds_of(struct ledger *ledger, const struct led_stretch **at, unsigned count)
{
    for (uint64_t pos = 0; pos < ledger->end;) {
        uint64_t next = ledger->end;
        bool changes = false;
        for (unsigned i = 0; i < count; i++)
            next = MIN(next, at[i][1].pos);
        for (unsigned i = 0; i < count; i++) {
            if (at[i][1].pos != next)
                continue;
            changes = changes || at[i][0].owner != at[i][1].owner;
            at[i]++;
        }
        if (changes && next != ledger->end)
            vec_push(&ledger->bounds, next);
        pos = next;
    }
}

const uint64_t *led_bounds(struct ledger *ledger, size_t *count)
{
    if (!ledger->bounded) {
        const struct led_stretch *at[LED_DIM_COUNT];
        unsigned dims = 0;
        for (unsigned dim = 0; dim < LED_DIM_COUNT; dim++)
            if (ledger->settled & LED__CHARGED & LED_MASK(dim))
                at[dims++] = ledger->stretches[dim].list.items;
        ledger->bounds.count = 0;
        vec_push(&ledger->bounds, 0);
        bounds_of(ledger, at, dims);
        if (ledger->end > 0)
            vec_push(&ledger->bounds, ledger->end);
        ledger->bounded = true;
    }
    *count = ledger->bounds.count;
    return ledger->bounds.items;
}

// --------------------------------------------------------------------------- parcels

struct walk {
    const struct led_stretch *at[LED_DIM_COUNT]; // of the settled dimensions
    unsigned dims[LED_DIM_COUNT];
    unsigned dim_count;
    uint64_t sums[LED__WEIGHTS];
    struct led_parcel parcel;
};

static void enter_stretch(struct walk *walk, unsigned i)
{
    walk->parcel.owner[walk->dims[i]] = walk->at[i]->owner;
    walk->parcel.reader[walk->dims[i]] = walk->at[i]->reader;
}

static void start_walk(struct walk *walk, const struct ledger *ledger)
{
    for (unsigned dim = 0; dim < LED_DIM_COUNT; dim++) {
        if (!(ledger->settled & LED_MASK(dim)))
            continue;
        unsigned i = walk->dim_count++;
        walk->dims[i] = dim;
        walk->at[i] = ledger->stretches[dim].list.items;
        ASSERT(walk->at[i]->pos == 0);
        enter_stretch(walk, i);
    }
}

// Goes on to `pos`, where the parcel ends.
static void leave_parcel(struct walk *walk, uint64_t pos)
{
    for (unsigned i = 0; i < walk->dim_count; i++) {
        if (walk->at[i][1].pos != pos)
            continue;
        walk->at[i]++;
        enter_stretch(walk, i);
    }
    for (unsigned bit = 0; bit < LED__WEIGHTS; bit++)
        if (walk->parcel.extent->weights >> bit & 1)
            walk->sums[bit] += walk->parcel.size;
    walk->parcel.pos = pos;
}

static void check_closed(const struct walk *walk, const struct ledger *ledger)
{
    ASSERT(walk->parcel.pos == ledger->end);
    for (unsigned bit = 0; bit < LED__WEIGHTS; bit++)
        ASSERT(walk->sums[bit] == ledger->totals[bit]);
    for (unsigned i = 0; i < walk->dim_count; i++) {
        const struct led__stretches *stretches = &ledger->stretches[walk->dims[i]];
        ASSERT(walk->at[i] == stretches->list.items + stretches->list.count);
    }
}

void led_walk(const struct ledger *ledger,
              void (*parcel)(void *context, const struct led_parcel *parcel), void *context)
{
    struct walk walk = {0};
    start_walk(&walk, ledger);
    for (size_t i = 0; i < ledger->extents.count; i++) {
        const struct led_extent *extent = &ledger->extents.items[i];
        uint64_t end = extent->pos + extent->size;
        walk.parcel.extent = extent;
        ASSERT(walk.parcel.pos == extent->pos);
        while (walk.parcel.pos < end) {
            uint64_t next = end;
            for (unsigned d = 0; d < walk.dim_count; d++)
                next = MIN(next, walk.at[d][1].pos);
            ASSERT(next > walk.parcel.pos);
            walk.parcel.size = next - walk.parcel.pos;
            parcel(context, &walk.parcel);
            leave_parcel(&walk, next);
        }
    }
    check_closed(&walk, ledger);
}
