// SPDX-License-Identifier: MIT
//
// The sweep of settle.c along one part of the line: from sorted claims to stretches.
//
// There is a lane for each reader. In a lane a claim that starts is pushed on a stack, and the top of
// the stack has the word up to its end. Ended claims are dropped when they come up; the one below the
// top is kept alive too, for it is the one that the top overrules.
//
//      claims   a----------------a               the lane's word   a a b b c c b a a
//                   b---------b
//                       c--c
//
// At each position the highest lane that has a word wins, and the others' owners lose to it.
//
//      rank 13      s----s   s---s               stretches   r|s   |f |s  |f|r
//      rank 12      f---------------f
//      rank 1   r-----------------------r
//
// n claims cost n pushes and one step for each start and end. The sweep writes nothing but the
// stretches: fresh memory costs more than the arithmetic.

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
    const struct ledger *ledger;
    struct lane lanes[LED_READER_COUNT + 1]; // lowest rank first; charges are one more
    unsigned lane_count;
    uint8_t dim;
    struct led__part *part;
};

static void tally(struct sweep *sweep, const struct lane *winner, const struct lane *loser,
                  led_owner loser_owner, uint64_t size)
{
    led__tally_add(&sweep->part->tally,
                   (struct led_dispute){sweep->dim, winner->reader, loser->reader, winner->owner,
                                        loser_owner, size});
}

// Those that have ended as well lie before the part of the line that is swept.
static void begin_claims(struct lane *lane, uint64_t pos)
{
    for (; lane->next < lane->end && lane->next->start <= pos; lane->next++)
        if (lane->next->owner != LED_UNATTRIBUTED && lane->next->end > pos)
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
        tally(sweep, lane, lane, loser->owner, MIN(lane->change, sweep->part->end) - pos);
}

void led__stretch_push(struct led__stretches *out, struct led_stretch stretch)
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

static void sweep_line(struct sweep *sweep)
{
    uint64_t end = sweep->part->end;
    for (uint64_t pos = sweep->part->start, next; pos < end; pos = next) {
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
        led__stretch_push(&sweep->part->stretches, stretch);
    }
}

static void add_lane(struct sweep *sweep, uint8_t reader, const struct led__layer *layer)
{
    if (layer == NULL || layer->claims.count == 0)
        return;
    sweep->lanes[sweep->lane_count++] =
        (struct lane){.change = sweep->part->start,
                      .reader = reader,
                      .next = layer->claims.items,
                      .end = layer->claims.items + layer->claims.count};
}

void led__sweep(const struct ledger *ledger, uint8_t dim, const struct led__layer *charges,
                struct led__part *part)
{
    struct sweep sweep = {.ledger = ledger, .dim = dim, .part = part};
    for (uint8_t reader = 0; reader < LED_READER_COUNT; reader++) {
        add_lane(&sweep, reader, &ledger->layers[dim][reader]);
        if (reader == LED_BY_CHARGE)
            add_lane(&sweep, reader, charges);
    }
    sweep_line(&sweep);
    for (unsigned i = 0; i < sweep.lane_count; i++)
        vec_free(&sweep.lanes[i].stack);
}
