// SPDX-License-Identifier: MIT
//
// Pools of one size class inside arenas, after Objects/obmalloc.c of CPython: which pool serves a request is as there,
// so that what stays behind in half-empty pools is, too.
//
//   arena   | pool | pool | pool | ....... |      used: full, partly used, or empty
//   class 3   first partly used pool <-> next <-> ...      a pool that was full comes to the front
//
// A new pool comes from the arena with the fewest empty ones, so that others can become empty and go.

#include <stdlib.h>

#include "analyzers/replay_private.h"

#define NONE UINT32_MAX

struct pool {
    uint32_t arena, class, used, capacity;
    uint32_t next, before; // partly used pools of its class; empty ones of its arena
};

struct arena_state {
    uint32_t empty;        // pools, those never used included
    uint32_t fresh;        // pools never used
    uint32_t first;        // empty pool that was used, or NONE
    uint32_t next, before; // arenas with as many empty pools
};

struct an__pools {
    VEC(struct pool) pools;
    VEC(uint32_t) unused_pools, unused_arenas; // numbers to be given again
    VEC(struct arena_state) arenas;
    uint32_t *partly;     // by class: the first pool
    uint32_t *with_empty; // by number of empty pools: the first arena
    uint32_t of_arena;    // pools
    uint64_t arena_count;
};

struct an__pools *an__pools_new(uint32_t classes, uint32_t pools_of_arena)
{
    struct an__pools *p = mem_zalloc(1, sizeof *p);
    p->of_arena = pools_of_arena;
    p->partly = mem_alloc(classes * sizeof *p->partly);
    p->with_empty = mem_alloc((pools_of_arena + 1) * sizeof *p->with_empty);
    for (uint32_t i = 0; i < classes; i++)
        p->partly[i] = NONE;
    for (uint32_t i = 0; i <= pools_of_arena; i++)
        p->with_empty[i] = NONE;
    return p;
}

void an__pools_free(struct an__pools *p)
{
    vec_free(&p->pools);
    vec_free(&p->unused_pools);
    vec_free(&p->unused_arenas);
    vec_free(&p->arenas);
    free(p->partly);
    free(p->with_empty);
    free(p);
}

uint64_t an__pools_arenas(const struct an__pools *p)
{
    return p->arena_count;
}

// ------------------------------------------------------------------------- arenas

static void link_arena(struct an__pools *p, uint32_t arena)
{
    struct arena_state *a = &p->arenas.items[arena];
    uint32_t *head = &p->with_empty[a->empty];
    a->before = NONE;
    a->next = *head;
    if (*head != NONE)
        p->arenas.items[*head].before = arena;
    *head = arena;
}

static void unlink_arena(struct an__pools *p, uint32_t arena)
{
    const struct arena_state *a = &p->arenas.items[arena];
    if (a->before == NONE)
        p->with_empty[a->empty] = a->next;
    else
        p->arenas.items[a->before].next = a->next;
    if (a->next != NONE)
        p->arenas.items[a->next].before = a->before;
}

static uint32_t new_arena(struct an__pools *p)
{
    uint32_t arena = (uint32_t)p->arenas.count;
    if (p->unused_arenas.count != 0)
        arena = p->unused_arenas.items[--p->unused_arenas.count];
    else
        vec_push(&p->arenas, (struct arena_state){0});
    p->arenas.items[arena] =
        (struct arena_state){.empty = p->of_arena, .fresh = p->of_arena, .first = NONE};
    link_arena(p, arena);
    p->arena_count++;
    return arena;
}

static uint32_t fullest_arena(struct an__pools *p)
{
    for (uint32_t empty = 1; empty <= p->of_arena; empty++)
        if (p->with_empty[empty] != NONE)
            return p->with_empty[empty];
    return new_arena(p);
}

static uint32_t take_pool(struct an__pools *p)
{
    uint32_t arena = fullest_arena(p);
    unlink_arena(p, arena);
    struct arena_state *a = &p->arenas.items[arena];
    uint32_t pool = a->first;
    a->empty--;
    if (pool != NONE) {
        a->first = p->pools.items[pool].next;
    } else {
        a->fresh--;
        pool = (uint32_t)p->pools.count;
        if (p->unused_pools.count != 0)
            pool = p->unused_pools.items[--p->unused_pools.count];
        else
            vec_push(&p->pools, (struct pool){0});
    }
    p->pools.items[pool].arena = arena;
    link_arena(p, arena);
    return pool;
}

// One arena without anything in it is kept; a second goes.
static void give_pool(struct an__pools *p, uint32_t pool)
{
    uint32_t arena = p->pools.items[pool].arena;
    unlink_arena(p, arena);
    struct arena_state *a = &p->arenas.items[arena];
    p->pools.items[pool].next = a->first;
    a->first = pool;
    a->empty++;
    bool other = p->with_empty[p->of_arena] != NONE;
    if (a->empty < p->of_arena || !other) {
        link_arena(p, arena);
        return;
    }
    for (uint32_t i = a->first; i != NONE; i = p->pools.items[i].next)
        vec_push(&p->unused_pools, i);
    vec_push(&p->unused_arenas, arena);
    p->arena_count--;
}

// -------------------------------------------------------------------------- pools

static void link_pool(struct an__pools *p, uint32_t pool)
{
    struct pool *at = &p->pools.items[pool];
    uint32_t *head = &p->partly[at->class];
    at->before = NONE;
    at->next = *head;
    if (*head != NONE)
        p->pools.items[*head].before = pool;
    *head = pool;
}

static void unlink_pool(struct an__pools *p, uint32_t pool)
{
    const struct pool *at = &p->pools.items[pool];
    if (at->before == NONE)
        p->partly[at->class] = at->next;
    else
        p->pools.items[at->before].next = at->next;
    if (at->next != NONE)
        p->pools.items[at->next].before = at->before;
}

uint32_t an__pools_take(struct an__pools *p, uint32_t class, uint32_t capacity)
{
    uint32_t pool = p->partly[class];
    if (pool == NONE) {
        pool = take_pool(p);
        p->pools.items[pool].class = class;
        p->pools.items[pool].capacity = capacity;
        p->pools.items[pool].used = 0;
        link_pool(p, pool);
    }
    struct pool *at = &p->pools.items[pool];
    if (++at->used == at->capacity)
        unlink_pool(p, pool);
    return pool;
}

void an__pools_give(struct an__pools *p, uint32_t pool)
{
    struct pool *at = &p->pools.items[pool];
    if (at->used-- == at->capacity)
        link_pool(p, pool);
    if (at->used == 0) {
        unlink_pool(p, pool);
        give_pool(p, pool);
    }
}
