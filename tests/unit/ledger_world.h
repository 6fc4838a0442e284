// SPDX-License-Identifier: MIT
//
// Random small ledgers, the same for the same seed: some extents that share addresses, claims of
// all kinds and a few charges. The recipe is kept apart from the ledger, so that a test can
// shuffle it, settle it twice, or paint it slowly.
#ifndef TARE_LEDGER_WORLD_H
#define TARE_LEDGER_WORLD_H

#include "ledger/ledger.h"

#include <stdlib.h>

#define WORLD_EXTENTS 7
#define WORLD_CLAIMS  40
#define WORLD_CHARGES 8
#define WORLD_OWNERS  9

static inline uint64_t random_next(uint64_t *state) // splitmix64
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline uint64_t random_below(uint64_t *state, uint64_t limit)
{
    return random_next(state) % limit;
}

enum world_space { WORLD_POS, WORLD_ADDR, WORLD_FILE };

struct world_claim {
    enum world_space space;
    uint32_t image, section;
    uint64_t start, size, order;
    unsigned owner; // index in world_owner
    uint8_t dim, reader;
    bool late; // made between led_settle_claims and led_settle_charges
};

struct world_charge {
    uint64_t pos, size, target;
};

struct world {
    struct led_extent extents[WORLD_EXTENTS];
    size_t extent_count;
    struct world_claim claims[WORLD_CLAIMS];
    size_t claim_count;
    struct world_charge charges[WORLD_CHARGES];
    size_t charge_count;
    uint64_t end;
    unsigned dims; // to settle
};

static inline const char *world_owner(unsigned index)
{
    static const char *const owners[WORLD_OWNERS] = {
        "[.text]", "alpha", "alpha2", "beta", "gamma", "delta", "[padding]", "alp", "zeta",
    };
    return owners[index];
}

static inline struct led_extent world_extent(uint64_t *seed)
{
    struct led_extent extent = {
        .size = random_below(seed, 24),
        .file = LED_NOWHERE,
        .addr = LED_NOWHERE,
        .load = LED_NOWHERE,
        .segment = UINT32_MAX,
    };
    extent.weights = (uint8_t)random_below(seed, 32);
    if (random_below(seed, 4) != 0)
        extent.file = random_below(seed, 100);
    if (random_below(seed, 4) != 0)
        extent.addr = 1000 + random_below(seed, 60);
    if (random_below(seed, 4) == 0)
        extent.load = random_next(seed);
    if (random_below(seed, 2) == 0)
        extent.segment = (uint32_t)random_below(seed, 3);
    extent.image = (uint32_t)random_below(seed, 2);
    extent.section = (uint32_t)random_below(seed, 3);
    return extent;
}

static inline struct world_claim world_claim(uint64_t *seed, uint64_t end)
{
    struct world_claim claim = {.space = (enum world_space)random_below(seed, 3)};
    claim.image = (uint32_t)random_below(seed, 2);
    claim.section = (uint32_t)random_below(seed, 4);
    uint64_t base = claim.space == WORLD_ADDR ? 990 : 0;
    uint64_t room = claim.space == WORLD_POS ? end + 2 : 100;
    claim.start = base + random_below(seed, room);
    claim.size = random_below(seed, random_below(seed, 3) == 0 ? 60 : 8);
    claim.order = random_below(seed, 3);
    claim.owner = (unsigned)random_below(seed, WORLD_OWNERS);
    claim.dim = (uint8_t)(random_below(seed, 3) == 0 ? random_below(seed, LED_DIM_COUNT)
                                                     : LED_UNIT + random_below(seed, 3));
    claim.reader = (uint8_t)(random_below(seed, 2) == 0 ? random_below(seed, LED_READER_COUNT)
                                                        : LED_BY_FUNCTION + random_below(seed, 2));
    claim.late = random_below(seed, 6) == 0;
    return claim;
}

static inline struct world world_make(uint64_t seed)
{
    struct world world = {.dims = (unsigned)random_below(&seed, LED_MASK(LED_DIM_COUNT))};
    if (random_below(&seed, 2) == 0)
        world.dims = LED_MASK(LED_DIM_COUNT) - 1;
    world.extent_count = random_below(&seed, WORLD_EXTENTS + 1);
    world.claim_count = random_below(&seed, WORLD_CLAIMS + 1);
    world.charge_count = random_below(&seed, WORLD_CHARGES + 1);
    for (size_t i = 0; i < world.extent_count; i++) {
        world.extents[i] = world_extent(&seed);
        world.extents[i].pos = world.end;
        world.end += world.extents[i].size;
    }
    for (size_t i = 0; i < world.claim_count; i++) {
        world.claims[i] = world_claim(&seed, world.end);
        if (i > 0 && random_below(&seed, 6) == 0) { // the same range again
            world.claims[i].space = world.claims[i - 1].space;
            world.claims[i].start = world.claims[i - 1].start;
            world.claims[i].size = world.claims[i - 1].size;
        }
    }
    for (size_t i = 0; i < world.charge_count; i++)
        world.charges[i] =
            (struct world_charge){random_below(&seed, world.end + 2), random_below(&seed, 9),
                                  random_below(&seed, world.end + 2)};
    return world;
}

// Another order of arrival of the same claims and charges.
static inline void world_shuffle(struct world *world, uint64_t seed)
{
    for (size_t i = world->claim_count; i > 1; i--) {
        size_t other = random_below(&seed, i);
        struct world_claim swap = world->claims[i - 1];
        world->claims[i - 1] = world->claims[other];
        world->claims[other] = swap;
    }
    for (size_t i = world->charge_count; i > 1; i--) {
        size_t other = random_below(&seed, i);
        struct world_charge swap = world->charges[i - 1];
        world->charges[i - 1] = world->charges[other];
        world->charges[other] = swap;
    }
}

static inline void world_add_claim(struct ledger *ledger, const struct world_claim *claim)
{
    struct led_claim words = {led_owner_of(ledger, world_owner(claim->owner)), claim->dim,
                              claim->reader, claim->order};
    if (claim->space == WORLD_POS)
        led_claim_pos(ledger, claim->start, claim->size, words);
    else if (claim->space == WORLD_FILE)
        led_claim_file(ledger, claim->start, claim->size, words);
    else
        led_claim_addr(ledger, claim->image, claim->section, claim->start, claim->size, words);
}

static inline struct ledger *world_extents(const struct world *world)
{
    struct ledger *ledger = led_new();
    led_set_threads(ledger, 1 + (unsigned)(world->end % 4));
    for (size_t i = 0; i < world->extent_count; i++)
        led_extent_add(ledger, world->extents[i]);
    led_extents_done(ledger);
    return ledger;
}

// Claims, settles, claims the late ones, settles the charges.
static inline struct ledger *world_settle(const struct world *world)
{
    struct ledger *ledger = world_extents(world);
    for (size_t i = 0; i < world->claim_count; i++)
        if (!world->claims[i].late)
            world_add_claim(ledger, &world->claims[i]);
    led_settle_claims(ledger, world->dims);
    for (size_t i = 0; i < world->claim_count; i++)
        if (world->claims[i].late)
            world_add_claim(ledger, &world->claims[i]);
    for (size_t i = 0; i < world->charge_count; i++)
        led_charge(ledger, world->charges[i].pos, world->charges[i].size, world->charges[i].target);
    led_settle_charges(ledger);
    return ledger;
}

#endif
