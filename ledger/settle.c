// SPDX-License-Identifier: MIT
//
// Settling: from claims in any order to stretches that tile the line.
//
// 1. The claims of each reader are sorted so that a later one in the order wins over an earlier one
//    wherever both lie: by start ascending, end descending, order descending, owner's text
//    descending (sort.c).
//
// 2. One sweep along the line lets the highest reader that claims a position win it (sweep.c). A long
//    line is swept in parts, on several threads, and their stretches are laid end to end.
//
// All is done by rank and position only, so neither arrival nor the number of threads means anything.

#include <stdlib.h>

#include "ledger/private.h"

// --------------------------------------------------------------------------- painting

// The parts that one dimension is swept in.
struct painting {
    const struct ledger *ledger;
    const struct led__layer *charges; // with the owners of the dimension; or NULL
    uint8_t dims[LED_DIM_COUNT];      // to be painted
    size_t dim_count, parts_each;
    struct led__part *parts; // those of the first dimension, those of the second ...
};

#ifdef TARE_SMALL_PARTS
#define PART_LEAST ((size_t)4)
#else
#define PART_LEAST ((size_t)1 << 16) // claims: fewer are not worth a thread
#endif

static size_t parts_for(const struct ledger *ledger, uint8_t dim, const struct led__layer *charges)
{
    size_t claims = charges ? charges->claims.count : 0;
    for (uint8_t reader = 0; reader < LED_READER_COUNT; reader++)
        claims += ledger->layers[dim][reader].claims.count;
    return par_workers(ledger->threads, claims / PART_LEAST);
}

// Cuts the line where the largest layer has its claims cut evenly.
static void cut_line(const struct painting *p, uint8_t dim, struct led__part *parts)
{
    const struct ledger *ledger = p->ledger;
    const struct led__layer *largest = p->charges ? p->charges : &ledger->layers[dim][0];
    size_t count = p->parts_each;
    for (uint8_t reader = 0; reader < LED_READER_COUNT; reader++)
        if (ledger->layers[dim][reader].claims.count > largest->claims.count)
            largest = &ledger->layers[dim][reader];
    uint64_t start = 0;
    for (size_t i = 0; i < count; i++) {
        size_t next = largest->claims.count / count * (i + 1);
        bool last = i + 1 == count || next >= largest->claims.count;
        parts[i].start = start;
        parts[i].end = last ? ledger->end : MIN(largest->claims.items[next].start, ledger->end);
        start = parts[i].end;
    }
}

static void paint_part(void *context, size_t index, unsigned worker)
{
    const struct painting *p = context;
    (void)worker;
    led__sweep(p->ledger, p->dims[index / p->parts_each], p->charges, &p->parts[index]);
}

// The first part has the memory of the last painting to write in.
static void lend_memory(struct ledger *ledger, uint8_t dim, struct led__part *first)
{
    first->stretches = ledger->stretches[dim];
    first->stretches.list.count = 0;
    ledger->stretches[dim] = (struct led__stretches){0};
    led__tally_free(&ledger->tallies[dim]);
}

// What two parts say of the place where they meet may be one stretch; the rest is as it is.
static void append_stretches(struct led__stretches *out, const struct led__stretches *more)
{
    if (more->list.count == 0)
        return;
    led__stretch_push(out, more->list.items[0]);
    memcpy(out->list.items + out->list.count, more->list.items + 1,
           (more->list.count - 1) * sizeof *more->list.items);
    out->list.count += more->list.count - 1;
}

// Takes over what the first part found and adds what the others did.
static void join_parts(struct ledger *ledger, uint8_t dim, struct led__part *parts, size_t count)
{
    struct led__stretches *out = &ledger->stretches[dim];
    size_t total = 1; // the closing item
    for (size_t i = 0; i < count; i++)
        total += parts[i].stretches.list.count;
    *out = parts[0].stretches;
    vec_reserve(&out->list, total);
    ledger->tallies[dim] = parts[0].tally;
    for (size_t i = 1; i < count; i++) {
        append_stretches(out, &parts[i].stretches);
        for (size_t n = 0; n < parts[i].tally.list.count; n++)
            led__tally_add(&ledger->tallies[dim], parts[i].tally.list.items[n]);
        vec_free(&parts[i].stretches.list);
        led__tally_free(&parts[i].tally);
    }
    vec_push(&out->list, (struct led_stretch){ledger->end, LED_UNATTRIBUTED, LED_NOBODY});
    out->list.count--;
}

static void paint(struct ledger *ledger, const uint8_t *dims, size_t dim_count,
                  const struct led__layer *charges)
{
    struct painting p = {
        .ledger = ledger, .charges = charges, .dim_count = dim_count, .parts_each = 1};
    for (size_t i = 0; i < dim_count; i++) {
        p.dims[i] = dims[i];
        p.parts_each = MAX(p.parts_each, parts_for(ledger, dims[i], charges));
    }
    p.parts = mem_zalloc(dim_count * p.parts_each, sizeof *p.parts);
    for (size_t i = 0; i < dim_count; i++) {
        cut_line(&p, dims[i], p.parts + i * p.parts_each);
        lend_memory(ledger, dims[i], p.parts + i * p.parts_each);
    }
    par_for(ledger->threads, dim_count * p.parts_each, paint_part, &p);
    for (size_t i = 0; i < dim_count; i++)
        join_parts(ledger, dims[i], p.parts + i * p.parts_each, p.parts_each);
    free(p.parts);
}

// --------------------------------------------------------------------------- settling

// Layers are sorted on several threads, then dimensions are painted so: neither touches another's
// memory, nor makes owners. Sharing, between the two, does.
struct settling {
    struct ledger *ledger;
    struct led__layer *layers[LED_DIM_COUNT * LED_READER_COUNT + 1]; // to be sorted
    struct led__scratch *scratch;                                    // one per worker
    uint8_t dims[LED_DIM_COUNT];                                     // to be painted
    size_t layer_count, dim_count;
};

static void sort_layer(void *context, size_t index, unsigned worker)
{
    struct settling *s = context;
    led__sort_claims(s->ledger, s->layers[index], &s->scratch[worker]);
}

static void note_dimension(struct settling *s, uint8_t dim)
{
    bool changed = !(s->ledger->settled & LED_MASK(dim));
    for (uint8_t reader = 0; reader < LED_READER_COUNT; reader++) {
        struct led__layer *layer = &s->ledger->layers[dim][reader];
        if (layer->sorted == layer->claims.count)
            continue;
        s->layers[s->layer_count++] = layer;
        changed = true;
    }
    if (changed)
        s->dims[s->dim_count++] = dim;
    s->ledger->settled |= LED_MASK(dim);
}

static void sort_layers(struct settling *s)
{
    unsigned threads = s->ledger->threads, workers = par_workers(threads, s->layer_count);
    s->scratch = mem_zalloc(workers, sizeof *s->scratch);
    par_for(threads, s->layer_count, sort_layer, s);
    for (unsigned i = 0; i < workers; i++)
        led__scratch_free(&s->scratch[i]);
    free(s->scratch);
}

// After the sort: symbols on one range become one.
static void finish_layers(struct ledger *ledger, uint8_t dim)
{
    for (uint8_t reader = 0; reader < LED_READER_COUNT; reader++) {
        struct led__layer *layer = &ledger->layers[dim][reader];
        if (dim == LED_SYMBOL && layer->sorted != layer->claims.count)
            led__share_ranges(ledger, layer);
        layer->sorted = layer->claims.count;
    }
}

// `also`: one more layer to sort at the same time, or NULL.
static void settle(struct ledger *ledger, unsigned dims, struct led__layer *also)
{
    struct settling s = {.ledger = ledger};
    if (also != NULL)
        s.layers[s.layer_count++] = also;
    for (uint8_t dim = 0; dim < LED_DIM_COUNT; dim++)
        if (dims & LED_MASK(dim))
            note_dimension(&s, dim);
    sort_layers(&s);
    for (size_t i = 0; i < s.dim_count; i++)
        finish_layers(ledger, s.dims[i]);
    paint(ledger, s.dims, s.dim_count, NULL);
    ledger->bounded = false;
}

void led_settle_claims(struct ledger *ledger, unsigned dims)
{
    ASSERT(ledger->mapped && !ledger->closed && dims < LED_MASK(LED_DIM_COUNT));
    settle(ledger, dims, NULL);
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

// Charges by their target, in runs that are looked up apart.
struct charging {
    const struct led__stretches *stretches;
    const uint64_t *by_target; // indices of charges
    struct led__layer *charges;
};

static const struct led_stretch *stretch_at(const struct led__stretches *stretches, uint64_t pos)
{
    size_t low = 0, high = stretches->list.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (stretches->list.items[middle].pos <= pos)
            low = middle;
        else
            high = middle;
    }
    return &stretches->list.items[low];
}

// Gives a run of charges their owners in one dimension: a merge of the targets with the stretches.
static void find_owners(void *context, size_t index, unsigned worker)
{
    const struct charging *c = context;
    struct led__claim *charges = c->charges->claims.items;
    size_t first = index * PART_LEAST, end = MIN(first + PART_LEAST, c->charges->claims.count);
    const struct led_stretch *at = stretch_at(c->stretches, charges[c->by_target[first]].order);
    (void)worker;
    for (size_t i = first; i < end; i++) {
        struct led__claim *charge = &charges[c->by_target[i]];
        while (at[1].pos <= charge->order)
            at++;
        charge->owner = at->owner;
    }
}

static void free_layers(struct ledger *ledger, uint8_t dim)
{
    for (unsigned reader = 0; reader < LED_READER_COUNT; reader++)
        vec_free(&ledger->layers[dim][reader].claims);
}

static void settle_charges(struct ledger *ledger)
{
    struct led__scratch scratch = {0};
    const uint64_t *by_target =
        led__sorted_numbers(&ledger->charges, LED__ORDER, ledger->end, &scratch);
    // Sorted charges are sorted in every dimension (equal range and target, equal owner), so one array
    // serves one dimension after the other. Sharing eats it: the dimension that shares is the last.
    static const uint8_t dims[] = {LED_UNIT, LED_SOURCE, LED_INLINES, LED_SYMBOL};
    for (size_t i = 0; i < COUNT_OF(dims); i++) {
        uint8_t dim = dims[i];
        if (!(ledger->settled & LED_MASK(dim)))
            continue;
        struct charging charging = {&ledger->stretches[dim], by_target, &ledger->charges};
        size_t runs = (ledger->charges.claims.count + PART_LEAST - 1) / PART_LEAST;
        par_for(ledger->threads, runs, find_owners, &charging);
        if (dim == LED_SYMBOL)
            led__share_ranges(ledger, &ledger->charges);
        paint(ledger, &dim, 1, &ledger->charges);
        ledger->bounded = false;
        free_layers(ledger, dim);
    }
    led__scratch_free(&scratch);
}

void led_settle_charges(struct ledger *ledger)
{
    ASSERT(ledger->mapped && !ledger->closed);
    settle(ledger, ledger->settled, &ledger->charges);
    if (ledger->charges.claims.count > 0)
        settle_charges(ledger);
    led__disputes_gather(ledger);
    ledger->closed = true;
    vec_free(&ledger->charges.claims);
    for (uint8_t dim = 0; dim < LED_DIM_COUNT; dim++)
        free_layers(ledger, dim);
}
