// SPDX-License-Identifier: MIT
//
// Settling: from claims in any order to stretches that tile the line. Two steps a dimension.
//
// 1. Within a reader (resolve). The claims are sorted so that a later one in the order wins over an
//    earlier one wherever both lie: by start ascending, end descending, order descending, owner's
//    text descending. One sweep with a stack then does: a claim that starts is pushed, and the top
//    of the stack has the bytes up to its end. Ended claims are dropped when they come up; the one
//    below the top is kept alive too, for it is the one the top overrules.
//
//      claims   a----------------a               runs    a a b b c c b a a
//                   b---------b
//                       c--c
//
// 2. Among readers (paint). The runs of all readers go through one merge; at each position the
//    highest rank that has a run there wins, and the others' owners lose to it.
//
//      rank 11      s----s   s---s               stretches   r|s   |f |s  |f|r
//      rank 10      f---------------f
//      rank 1   r-----------------------r
//
// n claims cost a radix sort, n pushes and one merge. Both steps see claims by rank and position
// only, so that arrival means nothing.

#include "ledger/private.h"

// ------------------------------------------------------------------- sorting a layer

// The order of step 1 among claims of one start. Runs of such claims are short.
static int compare_claims(const void *a, const void *b, void *ledger)
{
    const struct led__claim *x = a, *y = b;
    if (x->end != y->end)
        return x->end > y->end ? -1 : 1;
    if (x->order != y->order)
        return x->order > y->order ? -1 : 1;
    return led__owner_compare(ledger, y->owner, x->owner);
}

static void sort_by_start(struct led__layer *layer)
{
    size_t count = layer->claims.count;
    struct keyed *keys = mem_alloc(count * sizeof *keys);
    struct keyed *scratch = mem_alloc(count * sizeof *scratch);
    bool sorted = true;
    for (size_t i = 0; i < count; i++) {
        keys[i] = (struct keyed){layer->claims.items[i].start, i};
        sorted = sorted && (i == 0 || keys[i - 1].key <= keys[i].key);
    }
    if (!sorted)
        sort_keyed(keys, scratch, count);
    free(scratch);
    if (!sorted) {
        struct led__claim *claims = mem_alloc(count * sizeof *claims);
        for (size_t i = 0; i < count; i++)
            claims[i] = layer->claims.items[keys[i].value];
        free(layer->claims.items);
        layer->claims.items = claims;
        layer->claims.capacity = count;
    }
    free(keys);
}

static void sort_claims(struct ledger *ledger, struct led__layer *layer)
{
    sort_by_start(layer);
    struct led__claim *claims = layer->claims.items;
    for (size_t first = 0, end; first < layer->claims.count; first = end) {
        for (end = first + 1; end < layer->claims.count; end++)
            if (claims[end].start != claims[first].start)
                break;
        if (end - first > 1)
            qsort_r(claims + first, end - first, sizeof *claims, compare_claims, ledger);
    }
}

// Claims on the same range become one, by the set of their owners.
static void share_ranges(struct ledger *ledger, struct led__layer *layer)
{
    struct led__claim *claims = layer->claims.items;
    VEC(led_owner) owners = {0};
    size_t kept = 0;
    for (size_t first = 0, end; first < layer->claims.count; first = end) {
        bool differ = false;
        owners.count = 0;
        for (end = first; end < layer->claims.count; end++) {
            if (claims[end].start != claims[first].start || claims[end].end != claims[first].end)
                break;
            differ = differ || claims[end].owner != claims[first].owner;
            vec_push(&owners, claims[end].owner);
        }
        claims[kept] = claims[end - 1];
        if (differ)
            claims[kept].owner = led_owner_set(ledger, owners.items, owners.count);
        kept++;
    }
    layer->claims.count = kept;
    vec_free(&owners);
}

// ------------------------------------------------------------------ sweeping a layer

struct sweep {
    struct led__layer *layer;
    uint8_t dim, reader;
    uint64_t at;                          // bytes before it have their owner
    VEC(const struct led__claim *) stack; // the top has the word
};

static void drop_ended(struct sweep *sweep)
{
    const struct led__claim **stack = sweep->stack.items;
    size_t count = sweep->stack.count;
    while (count > 0 && stack[count - 1]->end <= sweep->at)
        count--;
    while (count > 1 && stack[count - 2]->end <= sweep->at) {
        stack[count - 2] = stack[count - 1];
        count--;
    }
    sweep->stack.count = count;
}

static void push_run(struct led__layer *layer, struct led__run run)
{
    if (layer->runs.count > 0) {
        struct led__run *last = &layer->runs.items[layer->runs.count - 1];
        if (last->end == run.start && last->owner == run.owner) {
            last->end = run.end;
            return;
        }
    }
    vec_push(&layer->runs, run);
}

static void sweep_to(struct sweep *sweep, uint64_t to)
{
    while (sweep->at < to) {
        drop_ended(sweep);
        if (sweep->stack.count == 0)
            break;
        const struct led__claim **top = &sweep->stack.items[sweep->stack.count - 1];
        const struct led__claim *winner = *top;
        const struct led__claim *loser = sweep->stack.count > 1 ? top[-1] : winner;
        uint64_t next = MIN(to, MIN(winner->end, loser->end));
        push_run(sweep->layer, (struct led__run){sweep->at, next, winner->owner});
        if (loser->owner != winner->owner)
            led__tally_add(&sweep->layer->tally,
                           (struct led_dispute){sweep->dim, sweep->reader, sweep->reader,
                                                winner->owner, loser->owner, next - sweep->at});
        sweep->at = next;
    }
    sweep->at = to;
}

static const struct led__run no_run = {UINT64_MAX, UINT64_MAX, LED_UNATTRIBUTED};

static void resolve(struct ledger *ledger, uint8_t dim, uint8_t reader)
{
    struct led__layer *layer = &ledger->layers[dim][reader];
    struct sweep sweep = {layer, dim, reader, 0, {0}};
    sort_claims(ledger, layer);
    if (dim == LED_SYMBOL)
        share_ranges(ledger, layer);
    layer->runs.count = 0;
    led__tally_clear(&layer->tally);
    for (size_t i = 0; i < layer->claims.count; i++) {
        sweep_to(&sweep, layer->claims.items[i].start);
        vec_push(&sweep.stack, &layer->claims.items[i]);
    }
    sweep_to(&sweep, UINT64_MAX);
    vec_push(&layer->runs, no_run);
    layer->runs.count--;
    layer->resolved = layer->claims.count;
    vec_free(&sweep.stack);
}

// ------------------------------------------------------------------------- painting

// A reader on its way along the line: the run it is in or the next one.
struct lane {
    const struct led__run *run;
    uint8_t reader;
};

struct paint {
    struct lane lanes[LED_READER_COUNT]; // lowest rank first
    unsigned lane_count;
    uint8_t dim;
    struct led__stretches *out;
    struct led__tally *tally;
};

static void push_stretch(struct led__stretches *out, struct led_stretch stretch)
{
    if (out->list.count > 0) {
        const struct led_stretch *last = &out->list.items[out->list.count - 1];
        if (last->owner == stretch.owner && last->reader == stretch.reader)
            return;
    }
    vec_push(&out->list, stretch);
}

// The lane of the highest rank with a run at `pos`, or -1; lowers `next` to where that may change.
static int winner_at(const struct paint *paint, uint64_t pos, uint64_t *next)
{
    int winner = -1;
    uint64_t nearest = *next;
    for (unsigned i = 0; i < paint->lane_count; i++) {
        const struct led__run *run = paint->lanes[i].run;
        bool inside = run->start <= pos;
        uint64_t change = inside ? run->end : run->start;
        nearest = MIN(nearest, change);
        winner = inside ? (int)i : winner;
    }
    *next = nearest;
    return winner;
}

static void tally_losers(const struct paint *paint, const struct lane *winner, uint64_t pos,
                         uint64_t size)
{
    for (const struct lane *lane = paint->lanes; lane < winner; lane++)
        if (lane->run->start <= pos && lane->run->owner != winner->run->owner)
            led__tally_add(paint->tally,
                           (struct led_dispute){paint->dim, winner->reader, lane->reader,
                                                winner->run->owner, lane->run->owner, size});
}

static void paint_line(struct paint *paint, uint64_t end)
{
    for (uint64_t pos = 0, next; pos < end; pos = next) {
        next = end;
        int winner = winner_at(paint, pos, &next);
        struct led_stretch stretch = {pos, LED_UNATTRIBUTED, LED_NOBODY};
        if (winner >= 0) {
            const struct lane *lane = &paint->lanes[winner];
            stretch = (struct led_stretch){pos, lane->run->owner, lane->reader};
            tally_losers(paint, lane, pos, next - pos);
        }
        push_stretch(paint->out, stretch);
        for (unsigned i = 0; i < paint->lane_count; i++)
            paint->lanes[i].run += paint->lanes[i].run->end == next;
    }
}

static void paint(struct ledger *ledger, uint8_t dim)
{
    struct paint paint = {
        .dim = dim, .out = &ledger->stretches[dim], .tally = &ledger->tallies[dim]};
    paint.out->list.count = 0;
    led__tally_clear(paint.tally);
    for (uint8_t reader = 0; reader < LED_READER_COUNT; reader++)
        if (ledger->layers[dim][reader].runs.count > 0)
            paint.lanes[paint.lane_count++] =
                (struct lane){ledger->layers[dim][reader].runs.items, reader};
    paint_line(&paint, ledger->end);
    vec_push(&paint.out->list, (struct led_stretch){ledger->end, LED_UNATTRIBUTED, LED_NOBODY});
    paint.out->list.count--;
}

// Whether anything changed.
static bool resolve_all(struct ledger *ledger, uint8_t dim)
{
    bool changed = false;
    for (uint8_t reader = 0; reader < LED_READER_COUNT; reader++) {
        const struct led__layer *layer = &ledger->layers[dim][reader];
        if (layer->resolved == layer->claims.count)
            continue;
        resolve(ledger, dim, reader);
        changed = true;
    }
    return changed;
}

static void settle(struct ledger *ledger, unsigned dims)
{
    for (uint8_t dim = 0; dim < LED_DIM_COUNT; dim++) {
        if (!(dims & LED_MASK(dim)))
            continue;
        bool changed = resolve_all(ledger, dim);
        if (changed || !(ledger->settled & LED_MASK(dim)))
            paint(ledger, dim);
        ledger->settled |= LED_MASK(dim);
    }
    ledger->bounded = false;
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

// -------------------------------------------------------------------------- charges

// Charge numbers in the order of their targets.
static struct keyed *by_target(const struct ledger *ledger)
{
    size_t count = ledger->charges.count;
    struct keyed *keys = mem_alloc(count * sizeof *keys);
    struct keyed *scratch = mem_alloc(count * sizeof *scratch);
    for (size_t i = 0; i < count; i++)
        keys[i] = (struct keyed){ledger->charges.items[i].target, i};
    sort_keyed(keys, scratch, count);
    free(scratch);
    return keys;
}

// Owner of every charge, in one dimension: a merge of the targets with the stretches.
static void find_owners(const struct led__stretches *stretches, const struct keyed *targets,
                        size_t count, led_owner *owners)
{
    const struct led_stretch *at = stretches->list.items;
    for (size_t i = 0; i < count; i++) {
        while (at[1].pos <= targets[i].key)
            at++;
        owners[targets[i].value] = at->owner;
    }
}

static void claim_charges(struct ledger *ledger, uint8_t dim, const led_owner *owners)
{
    for (size_t i = 0; i < ledger->charges.count; i++) {
        const struct led__charge *charge = &ledger->charges.items[i];
        struct led_claim claim = {owners[i], dim, LED_BY_CHARGE, charge->target};
        led__claim_range(ledger, charge->start, charge->end, claim);
    }
}

static void settle_targets(struct ledger *ledger)
{
    size_t count = ledger->charges.count;
    struct keyed *targets = by_target(ledger);
    led_owner *owners = mem_alloc(count * sizeof *owners);
    for (uint8_t dim = 0; dim < LED_DIM_COUNT; dim++) {
        if (!(ledger->settled & LED__CHARGED & LED_MASK(dim)))
            continue;
        find_owners(&ledger->stretches[dim], targets, count, owners);
        claim_charges(ledger, dim, owners);
    }
    free(owners);
    free(targets);
}

void led_settle_charges(struct ledger *ledger)
{
    ASSERT(ledger->mapped && !ledger->closed);
    settle(ledger, ledger->settled);
    if (ledger->charges.count > 0) {
        settle_targets(ledger);
        vec_free(&ledger->charges);
        settle(ledger, ledger->settled);
    }
    led__disputes_gather(ledger);
    ledger->closed = true;
    for (unsigned dim = 0; dim < LED_DIM_COUNT; dim++) {
        for (unsigned reader = 0; reader < LED_READER_COUNT; reader++) {
            vec_free(&ledger->layers[dim][reader].claims);
            vec_free(&ledger->layers[dim][reader].runs);
        }
    }
}
