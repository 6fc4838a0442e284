// SPDX-License-Identifier: MIT
//
// Settling: from claims in any order to stretches that tile the line.
//
// 1. The claims of each reader are sorted so that a later one in the order wins over an earlier one
//    wherever both lie: by start ascending, end descending, order descending, owner's text
//    descending (sort.c).
//
// 2. One sweep goes along the line with a lane for each reader. In a lane a claim that starts is
//    pushed on a stack, and the top of the stack has the word up to its end. Ended claims are
//    dropped when they come up; the one below the top is kept alive too, for it is the one that the
//    top overrules.
//
//      claims   a----------------a               the lane's word   a a b b c c b a a
//                   b---------b
//                       c--c
//
// 3. At each position the highest lane that has a word wins, and the others' owners lose to it.
//
//      rank 12      s----s   s---s               stretches   r|s   |f |s  |f|r
//      rank 11      f---------------f
//      rank 1   r-----------------------r
//
// n claims cost a radix sort (none if they came sorted), n pushes and one step for each start and
// end. All is done by rank and position only, so arrival means nothing. The sweep writes nothing
// but the stretches: fresh memory costs more than the arithmetic.

#include "ledger/private.h"

// --------------------------------------------------------------------------- sweeping

// A reader on its way along the line.
struct lane {
    uint64_t change; // its word holds up to here
    led_owner owner; // its word, or LED_UNATTRIBUTED: none here
    uint8_t reader;
    const struct led__claim *next, *end; // claims not yet begun
    VEC(const struct led__claim *) stack;
};

struct sweep {
    struct ledger *ledger;
    struct lane lanes[LED_READER_COUNT]; // lowest rank first
    unsigned lane_count;
    uint8_t dim;
    struct led__stretches *out;
    struct led__tally *tally;
};

static void tally(struct sweep *sweep, const struct lane *winner, const struct lane *loser,
                  led_owner loser_owner, uint64_t size)
{
    led__tally_add(sweep->tally, (struct led_dispute){sweep->dim, winner->reader, loser->reader,
                                                      winner->owner, loser_owner, size});
}

static void begin_claims(struct lane *lane, uint64_t pos)
{
    for (; lane->next < lane->end && lane->next->start <= pos; lane->next++)
        if (lane->next->owner != LED_UNATTRIBUTED)
            vec_push(&lane->stack, lane->next);
}

static void drop_ended(struct lane *lane, uint64_t pos)
{
    const struct led__claim **stack = lane->stack.items;
    size_t count = lane->stack.count;
    while (count > 0 && stack[count - 1]->end <= pos)
        count--;
    while (count > 1 && stack[count - 2]->end <= pos) {
        stack[count - 2] = stack[count - 1];
        count--;
    }
    lane->stack.count = count;
}

// The lane's word from `pos` on.
static void enter(struct sweep *sweep, struct lane *lane, uint64_t pos)
{
    begin_claims(lane, pos);
    drop_ended(lane, pos);
    lane->owner = LED_UNATTRIBUTED;
    lane->change = lane->next < lane->end ? lane->next->start : UINT64_MAX;
    if (lane->stack.count == 0)
        return;
    const struct led__claim **top = &lane->stack.items[lane->stack.count - 1];
    lane->owner = (*top)->owner;
    lane->change = MIN(lane->change, (*top)->end);
    if (lane->stack.count == 1)
        return;
    const struct led__claim *loser = top[-1];
    lane->change = MIN(lane->change, loser->end);
    if (loser->owner != lane->owner)
        tally(sweep, lane, lane, loser->owner, lane->change - pos);
}

static void push_stretch(struct led__stretches *out, struct led_stretch stretch)
{
    if (out->list.count > 0) {
        const struct led_stretch *last = &out->list.items[out->list.count - 1];
        if (last->owner == stretch.owner && last->reader == stretch.reader)
            return;
    }
    vec_push(&out->list, stretch);
}

// Aliases: the symbol table says "memcpy = memmove" where DWARF says memcpy. They are many, and no
// disputes; the ones in large sets are found when disputes are gathered.
static bool is_alias(const struct ledger *ledger, led_owner set, led_owner owner)
{
    size_t count;
    const led_owner *members = led_owner_members(ledger, set, &count);
    for (size_t i = 0; i < MIN(count, (size_t)8); i++)
        if (members[i] == owner)
            return true;
    return false;
}

static void tally_losers(struct sweep *sweep, const struct lane *winner, uint64_t size)
{
    for (const struct lane *lane = sweep->lanes; lane < winner; lane++)
        if (lane->owner != LED_UNATTRIBUTED && lane->owner != winner->owner &&
            lane->reader > LED_BY_GAP && !is_alias(sweep->ledger, winner->owner, lane->owner))
            tally(sweep, winner, lane, lane->owner, size);
}

static void sweep_line(struct sweep *sweep, uint64_t end)
{
    for (uint64_t pos = 0, next; pos < end; pos = next) {
        const struct lane *winner = NULL;
        next = end;
        for (struct lane *lane = sweep->lanes; lane < sweep->lanes + sweep->lane_count; lane++) {
            if (lane->change == pos)
                enter(sweep, lane, pos);
            next = MIN(next, lane->change);
            winner = lane->owner != LED_UNATTRIBUTED ? lane : winner;
        }
        struct led_stretch stretch = {pos, LED_UNATTRIBUTED, LED_NOBODY};
        if (winner != NULL) {
            stretch.owner = winner->owner;
            stretch.reader = winner->reader;
            tally_losers(sweep, winner, next - pos);
        }
        push_stretch(sweep->out, stretch);
    }
}

static void paint(struct ledger *ledger, uint8_t dim)
{
    struct sweep sweep = {.ledger = ledger,
                          .dim = dim,
                          .out = &ledger->stretches[dim],
                          .tally = &ledger->tallies[dim]};
    sweep.out->list.count = 0;
    led__tally_clear(sweep.tally);
    for (uint8_t reader = 0; reader < LED_READER_COUNT; reader++) {
        const struct led__layer *layer = &ledger->layers[dim][reader];
        if (layer->claims.count > 0)
            sweep.lanes[sweep.lane_count++] =
                (struct lane){.reader = reader,
                              .next = layer->claims.items,
                              .end = layer->claims.items + layer->claims.count};
    }
    sweep_line(&sweep, ledger->end);
    vec_push(&sweep.out->list, (struct led_stretch){ledger->end, LED_UNATTRIBUTED, LED_NOBODY});
    sweep.out->list.count--;
    for (unsigned i = 0; i < sweep.lane_count; i++)
        vec_free(&sweep.lanes[i].stack);
}

// --------------------------------------------------------------------------- settling

static void settle_dimension(struct ledger *ledger, uint8_t dim)
{
    bool changed = !(ledger->settled & LED_MASK(dim));
    for (uint8_t reader = 0; reader < LED_READER_COUNT; reader++) {
        struct led__layer *layer = &ledger->layers[dim][reader];
        if (layer->sorted == layer->claims.count)
            continue;
        led__sort_claims(ledger, layer);
        if (dim == LED_SYMBOL)
            led__share_ranges(ledger, layer);
        layer->sorted = layer->claims.count;
        changed = true;
    }
    if (changed)
        paint(ledger, dim);
    ledger->settled |= LED_MASK(dim);
    ledger->bounded = false;
}

static void settle(struct ledger *ledger, unsigned dims)
{
    for (uint8_t dim = 0; dim < LED_DIM_COUNT; dim++)
        if (dims & LED_MASK(dim))
            settle_dimension(ledger, dim);
}

void led_settle_claims(struct ledger *ledger, unsigned dims)
{
    ASSERT(ledger->mapped && !ledger->closed && dims < LED_MASK(LED_DIM_COUNT));
    settle(ledger, dims);
    led__disputes_gather(ledger);
}

unsigned led_settled(const struct ledger *ledger)
{
    return ledger->settled;
}

const struct led_stretch *led_stretches(const struct ledger *ledger, enum led_dim dim,
                                        size_t *count)
{
    ASSERT(dim < LED_DIM_COUNT);
    *count = ledger->stretches[dim].list.count;
    return ledger->stretches[dim].list.items;
}

// ---------------------------------------------------------------------------- charges

// Gives every charge its owner in one dimension: a merge of the targets with the stretches.
static void find_owners(const struct led__stretches *stretches, const uint64_t *by_target,
                        struct led__layer *charges)
{
    const struct led_stretch *at = stretches->list.items;
    for (size_t i = 0; i < charges->claims.count; i++) {
        struct led__claim *charge = &charges->claims.items[by_target[i]];
        while (at[1].pos <= charge->order)
            at++;
        charge->owner = at->owner;
    }
}

// Sorted charges are sorted in every dimension (equal range and target, equal owner), so one array
// is lent to one dimension after the other.
static void settle_charged(struct ledger *ledger, uint8_t dim)
{
    struct led__layer *layer = &ledger->layers[dim][LED_BY_CHARGE], none = {0};
    bool stated = layer->claims.count > 0; // somebody claims as this reader
    if (stated) {
        for (size_t i = 0; i < ledger->charges.claims.count; i++)
            vec_push(&layer->claims, ledger->charges.claims.items[i]);
    } else {
        *layer = ledger->charges;
        ledger->charges = none;
    }
    settle_dimension(ledger, dim);
    if (!stated) {
        ledger->charges = *layer;
        *layer = none;
    }
}

static void free_layers(struct ledger *ledger, uint8_t dim)
{
    for (unsigned reader = 0; reader < LED_READER_COUNT; reader++)
        vec_free(&ledger->layers[dim][reader].claims);
}

static void settle_charges(struct ledger *ledger)
{
    led__sort_claims(ledger, &ledger->charges);
    struct led__scratch scratch = {0};
    const uint64_t *by_target =
        led__sorted_numbers(&ledger->charges, LED__ORDER, ledger->end, &scratch);
    // Sharing eats the array, so the dimension that shares is the last.
    static const uint8_t dims[] = {LED_UNIT, LED_SOURCE, LED_INLINES, LED_SYMBOL};
    for (size_t i = 0; i < COUNT_OF(dims); i++) {
        uint8_t dim = dims[i];
        if (!(ledger->settled & LED_MASK(dim)))
            continue;
        find_owners(&ledger->stretches[dim], by_target, &ledger->charges);
        ledger->charges.sorted = 0;
        settle_charged(ledger, dim);
        free_layers(ledger, dim);
    }
    led__scratch_free(&scratch);
}

void led_settle_charges(struct ledger *ledger)
{
    ASSERT(ledger->mapped && !ledger->closed);
    settle(ledger, ledger->settled);
    if (ledger->charges.claims.count > 0)
        settle_charges(ledger);
    led__disputes_gather(ledger);
    led__scratch_free(&ledger->scratch);
    ledger->closed = true;
    vec_free(&ledger->charges.claims);
    for (uint8_t dim = 0; dim < LED_DIM_COUNT; dim++)
        free_layers(ledger, dim);
}
