// SPDX-License-Identifier: MIT
//
// Heaps under sequences of requests: runs against a map of every unit, pools against what obmalloc.c says.

#include <stdlib.h>

#include "analyzers/replay_private.h"
#include "tests/unit/check.h"

// ---------------------------------------------------------------- runs, the slow way

#define UNITS   4096
#define OBJECTS 300

struct map {
    bool taken[UNITS];
};

static bool is_free(const struct map *map, uint64_t addr, uint64_t size)
{
    for (uint64_t i = 0; i < size; i++)
        if (map->taken[addr + i])
            return false;
    return true;
}

static void fill(struct map *map, uint64_t addr, uint64_t size, bool taken)
{
    for (uint64_t i = 0; i < size; i++)
        map->taken[addr + i] = taken;
}

static uint64_t first_fit(const struct map *map, uint64_t size)
{
    uint64_t addr = 0;
    while (!is_free(map, addr, size))
        addr++;
    return addr;
}

static uint64_t end_of(const struct map *map)
{
    uint64_t end = UNITS;
    while (end > 0 && !map->taken[end - 1])
        end--;
    return end;
}

static void runs_are_first_fit(unsigned seed)
{
    static struct map map;
    struct {
        uint64_t addr, size; // size 0: none
    } objects[OBJECTS] = {{0}};
    struct an__runs *runs = an__runs_new();
    memset(&map, 0, sizeof map);
    srand(seed);
    for (unsigned step = 0; step < 3000; step++) {
        unsigned i = (unsigned)rand() % OBJECTS;
        uint64_t size = 1 + (uint64_t)(rand() % 12);
        if (objects[i].size == 0) {
            objects[i].addr = an__runs_take(runs, size);
            objects[i].size = size;
            CHECK(objects[i].addr == first_fit(&map, size));
            fill(&map, objects[i].addr, size, true);
        } else if (rand() % 3 == 0) {
            uint64_t end = objects[i].addr + objects[i].size;
            bool fits = is_free(&map, end, size);
            CHECK(an__runs_extend(runs, end, size) == fits);
            if (fits) {
                fill(&map, end, size, true);
                objects[i].size += size;
            }
        } else {
            an__runs_give(runs, objects[i].addr, objects[i].size);
            fill(&map, objects[i].addr, objects[i].size, false);
            objects[i].size = 0;
        }
        CHECK(an__runs_end(runs) == end_of(&map));
    }
    an__runs_free(runs);
}

// -------------------------------------------------------------------------- pools

// Pools of 4 blocks, 3 pools in an arena.
static void pools_are_reused(void)
{
    struct an__pools *pools = an__pools_new(4, 3);
    uint32_t in[9];
    for (unsigned i = 0; i < 9; i++)
        in[i] = an__pools_take(pools, 1, 4);
    CHECK(in[0] == in[3] && in[4] != in[0] && in[8] != in[4]); // 4 + 4 + 1
    CHECK(an__pools_arenas(pools) == 1);
    an__pools_give(pools, in[0]); // the one that was full comes first
    CHECK(an__pools_take(pools, 1, 4) == in[0]);
    uint32_t other = an__pools_take(pools, 2, 4); // no empty pool is left
    CHECK(an__pools_arenas(pools) == 2);
    for (unsigned i = 4; i < 8; i++)
        an__pools_give(pools, in[i]);
    CHECK(an__pools_take(pools, 3, 4) == in[4]); // an empty pool, of any class, in the fuller arena
    an__pools_give(pools, in[4]);
    for (unsigned i = 0; i < 4; i++)
        an__pools_give(pools, in[i]);
    an__pools_give(pools, in[8]);
    CHECK(an__pools_arenas(pools) == 2); // one without anything in it is kept
    an__pools_give(pools, other);
    CHECK(an__pools_arenas(pools) == 1);
    an__pools_free(pools);
}

int main(void)
{
    for (unsigned seed = 1; seed <= 20; seed++)
        runs_are_first_fit(seed);
    pools_are_reused();
    return check_done();
}
