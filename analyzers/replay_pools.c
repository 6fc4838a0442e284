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

// A place in a list, by number; NONE at either end.
struct place {
    uint32_t next, before;
};
typedef VEC(struct place) place_list;

struct pool {
    uint32_t arena, class, used, capacity;
};

struct arena_state {
    uint32_t empty; // pools, those never used included
    uint32_t fresh; // pools never used
    uint32_t first; // empty pool that was used, or NONE
};

struct an__pools {
    VEC(struct pool) pools;
    place_list of_pools; // partly used ones of a class; empty ones of an arena
    VEC(struct arena_state) arenas;
    place_list of_arenas;                      // those with as many empty pools
    VEC(uint32_t) unused_pools, unused_arenas; // numbers to be given again
    uint32_t *partly;                          // by class: the first pool
    uint32_t *with_empty;                      // by number of empty pools: the first arena
    uint32_t of_arena;                         // pools
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
    vec_free(&p->of_pools);
    vec_free(&p->of_arenas);
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

// -------------------------------------------------------------------------- lists

static void push_front(place_list *list, uint32_t *head, uint32_t i)
{
    list->items[i] = (struct place){.next = *head, .before = NONE};
    if (*head != NONE)
        list->items[*head].before = i;
    *head = i;
}

static void take_out(place_list *list, uint32_t *head, uint32_t i)
{
    const struct place *at = &list->items[i];
    if (at->before == NONE)
        *head = at->next;
    else
        list->items[at->before].next = at->next;
    if (at->next != NONE)
        list->items[at->next].before = at->before;
}

// ------------------------------------------------------------------------- arenas

static void link_arena(struct an__pools *p, uint32_t arena)
{
    push_front(&p->of_arenas, &p->with_empty[p->arenas.items[arena].empty], arena);
}

static void unlink_arena(struct an__pools *p, uint32_t arena)
{
    take_out(&p->of_arenas, &p->with_empty[p->arenas.items[arena].empty], arena);
}

static uint32_t new_arena(struct an__pools *p)
{
    uint32_t arena = (uint32_t)p->arenas.count;
    if (p->unused_arenas.count != 0) {
        arena = p->unused_arenas.items[--p->unused_arenas.count];
    } else {
        vec_push(&p->arenas, (struct arena_state){0});
        vec_push(&p->of_arenas, (struct place){0});
    }
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

static uint32_t new_pool(struct an__pools *p)
{
    if (p->unused_pools.count != 0)
        return p->unused_pools.items[--p->unused_pools.count];
    vec_push(&p->pools, (struct pool){0});
    vec_push(&p->of_pools, (struct place){0});
    return (uint32_t)p->pools.count - 1;
}

static uint32_t take_pool(struct an__pools *p)
{
    uint32_t arena = fullest_arena(p);
    unlink_arena(p, arena);
    struct arena_state *a = &p->arenas.items[arena];
    uint32_t pool = a->first;
    a->empty--;
    if (pool != NONE) {
        a->first = p->of_pools.items[pool].next;
    } else {
        a->fresh--;
        pool = new_pool(p);
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
    p->of_pools.items[pool].next = a->first;
    a->first = pool;
    a->empty++;
    bool other = p->with_empty[p->of_arena] != NONE;
    if (a->empty < p->of_arena || !other) {
        link_arena(p, arena);
        return;
    }
    for (uint32_t i = a->first; i != NONE; i = p->of_pools.items[i].next)
        vec_push(&p->unused_pools, i);
    vec_push(&p->unused_arenas, arena);
    p->arena_count--;
}

// -------------------------------------------------------------------------- pools

static void link_pool(struct an__pools *p, uint32_t pool)
{
    push_front(&p->of_pools, &p->partly[p->pools.items[pool].class], pool);
}

static void unlink_pool(struct an__pools *p, uint32_t pool)
{
    take_out(&p->of_pools, &p->partly[p->pools.items[pool].class], pool);
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
