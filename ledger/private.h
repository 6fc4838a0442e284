// SPDX-License-Identifier: MIT
//
// ledger, inside: what the files of the core share.
//
//   led_claim_*  ->  layers[dim][reader].claims      as they came, then sorted
//                      |  settle.c: all readers of a dimension in one sweep
//                    stretches[dim]                  tile the line
//                      |  led_walk: all dimensions and the extents in one merge
//                    parcels
#ifndef TARE_LEDGER_PRIVATE_H
#define TARE_LEDGER_PRIVATE_H

#include "ledger/ledger.h"

#include <stdlib.h>

#define LED__WEIGHTS __builtin_ctz(LED_WEIGHT_END)
_Static_assert(LED_WEIGHT_END <= 256, "weights stand in a byte");
#define LED__CHARGED                                                                               \
    (LED_MASK(LED_UNIT) | LED_MASK(LED_SOURCE) | LED_MASK(LED_SYMBOL) | LED_MASK(LED_INLINES))

// --------------------------------------------------------------------- where bytes are

// [start, end) of an outer space (addresses, file offsets) lies at `pos` of the line.
struct led__span {
    uint64_t start, end, pos;
};

// The spans of one address space, sorted and disjoint: spans[first] up to spans[first + count].
struct led__group {
    uint64_t key;
    size_t first, count;
};

struct led__index {
    VEC(struct led__span) spans;
    VEC(struct led__group) groups; // by key
};

// --------------------------------------------------------------------------- disputes

// Sums sizes by (winner, loser, readers) of one dimension. Zero-initialised is empty.
struct led__tally {
    VEC(struct led_dispute) list;
    uint32_t *slots; // open addressing, index + 1
    size_t slot_mask;
    size_t last; // the one added to last: neighbours often agree
};

void led__tally_add(struct led__tally *tally, struct led_dispute dispute);
void led__tally_free(struct led__tally *tally);
// Gathers the tallies of the settled dimensions into what led_disputes gives.
void led__disputes_gather(struct ledger *ledger);

// -------------------------------------------------------------------- claims, by layer

struct led__claim {
    uint64_t start, end; // positions
    uint64_t order;
    led_owner owner;
};

// The claims of one reader in one dimension; the first `sorted` of them are sorted (and settled, but
// for charges).
struct led__layer {
    VEC(struct led__claim) claims;
    size_t sorted;
};

// Memory that sorting needs, kept from one sort to the next. Zero-initialised is empty.
struct led__scratch {
    uint64_t *items;
    size_t capacity;
};

void led__scratch_free(struct led__scratch *scratch);

enum led__key { LED__START, LED__ORDER };

// The indices of the claims, by start or by order, both at most `line`; lent until the scratch is
// used again.
uint64_t *led__sorted_numbers(const struct led__layer *layer, enum led__key key, uint64_t line,
                              struct led__scratch *scratch);
// Sorts claims so that a later one wins over an earlier one wherever both lie.
void led__sort_claims(struct ledger *ledger, struct led__layer *layer,
                      struct led__scratch *scratch);
// Sorted claims on the same range become one, by the set of their owners. Sets are flat, so a claim
// that joins later finds the same set as if it had been there before.
void led__share_ranges(struct ledger *ledger, struct led__layer *layer);

void led__claim_range(struct ledger *ledger, uint64_t start, uint64_t end, struct led_claim claim);

// ------------------------------------------------------------------------- the ledger

struct led__set {
    led_owner owner;
    uint32_t count;
    const led_owner *members; // by text
};

struct led__stretches {
    VEC(struct led_stretch) list; // the closing item is not counted
};

// A part of the line and what the sweep along it finds in one dimension (sweep.c).
struct led__part {
    uint64_t start, end;
    struct led__stretches stretches;
    struct led__tally tally;
};

// `charges`: with their owners in this dimension, beside the claims that state who is served; or NULL.
void led__sweep(const struct ledger *ledger, uint8_t dim, const struct led__layer *charges,
                struct led__part *part);
// Adds a stretch, or makes the last one longer.
void led__stretch_push(struct led__stretches *stretches, struct led_stretch stretch);

struct ledger {
    struct names *names;
    struct arena *arena;
    led_owner padding;
    VEC(struct led__set) sets;
    uint64_t long_names, flattened; // what sets cost so far, see owners.c
    VEC(uint32_t) set_of; // by owner: index in sets + 1, or 0; short when the rest are no sets

    VEC(struct led_extent) extents;
    uint64_t end;
    uint64_t totals[LED__WEIGHTS];
    struct led__index by_addr; // groups: led__space; section 0 is the whole image
    struct led__index by_file; // one group
    size_t last_span;          // where the last claim began: the next one is often near
    uint64_t placed, cuts;     // claims by place, and how often one was cut
    bool mapped;               // led_extents_done

    struct led__layer layers[LED_DIM_COUNT][LED_READER_COUNT];
    struct led__layer charges; // claims without owner; order: the target
    struct led__stretches stretches[LED_DIM_COUNT];
    struct led__tally tallies[LED_DIM_COUNT];
    VEC(uint64_t) bounds;
    VEC(struct led_dispute) disputes;
    unsigned threads; // for settling; 0: one per core
    unsigned settled; // LED_MASK of dimensions
    bool bounded;     // bounds are those of the stretches
    bool closed;      // nothing can be claimed any more

    void *payload; // of a loaded snapshot, whose types are lent
};

// Negative, 0, positive, by the bytes of the owners' texts, then by id.
int led__owner_compare(const struct ledger *ledger, led_owner a, led_owner b);
// Remembers that `owner` stands for `members` (copied).
void led__set_add(struct ledger *ledger, led_owner owner, const led_owner *members, size_t count);

// Wraps a payload as a snapshot file: header, checksum, compression (snapshot.c; the fuzz target
// seals what the fuzzer thinks up).
void led__snapshot_seal(struct slice payload, struct buf *out);

#endif
