// SPDX-License-Identifier: MIT
//
// The heap of each allocator (allocators.c) under a sequence of requests.
//
//   blocks     runs of blocks; the heap is as large as its highest block, and the bitmap for it
//   glibc      runs of chunks, and mappings of their own for large ones, from a size on that grows
//              with what was given back
//   pymalloc   pools up to its limit, glibc above
//   slots      pages of slots for objects, glibc for what is larger
//   classes    runs

#include <stdlib.h>

#include "analyzers/replay_private.h"

#define MAPPED       UINT64_MAX // the place of what has a mapping of its own
#define IN_POOL      ((uint64_t)1 << 63)
#define MAP_AT_FIRST ((uint64_t)128 << 10) // bytes; M_MMAP_THRESHOLD of glibc
#define MAP_AT_MOST  ((uint64_t)32 << 20)
#define MAP_PAGE     ((uint64_t)4096)

struct an__heap {
    const struct an__store *store;
    struct an__runs *runs;
    struct an__pools *pools; // pymalloc
    uint64_t unit;           // of runs, in bytes
    uint64_t map_at;         // chunks from here on are mapped; 0: none is
    uint64_t mapped;         // bytes
    uint64_t slots, pages;   // slots: those in use; pages: there are
};

// ------------------------------------------------------------------------- chunks

static uint64_t chunk(const struct an__heap *heap, uint64_t asked)
{
    return align_up(an__held(heap->store, asked), heap->unit) / heap->unit;
}

static uint64_t mapping(uint64_t asked)
{
    return align_up(asked + 2 * sizeof(uint64_t), MAP_PAGE);
}

static uint64_t take_chunk(struct an__heap *heap, uint64_t asked)
{
    if (heap->map_at == 0 || asked < heap->map_at)
        return an__runs_take(heap->runs, chunk(heap, asked));
    heap->mapped += mapping(asked);
    return MAPPED;
}

static void give_chunk(struct an__heap *heap, uint64_t place, uint64_t asked)
{
    if (place != MAPPED) {
        an__runs_give(heap->runs, place, chunk(heap, asked));
        return;
    }
    heap->mapped -= mapping(asked);
    if (asked <= MAP_AT_MOST)
        heap->map_at = MAX(heap->map_at, asked);
}

// ----------------------------------------------------------------- pools and slots

static bool in_pool(const struct an__heap *heap, uint64_t asked)
{
    return heap->pools != NULL && asked <= (uint64_t)heap->store->parameters[AN__POOLS_LIMIT];
}

static bool in_slot(const struct an__heap *heap, uint64_t asked)
{
    return heap->store->allocator->kind == AN__SLOTS &&
           asked <= (uint64_t)heap->store->parameters[AN__SLOTS_SLOT];
}

static uint64_t take_pooled(struct an__heap *heap, uint64_t asked)
{
    const int64_t *p = heap->store->parameters;
    uint64_t size = an__held(heap->store, asked),
             room = (uint64_t)(p[AN__POOLS_POOL] - p[AN__POOLS_HEADER]);
    return IN_POOL | an__pools_take(heap->pools, (uint32_t)(size / (uint64_t)p[AN__POOLS_UNIT]),
                                    (uint32_t)MAX(room / size, (uint64_t)1));
}

static struct an__pools *new_pools(const int64_t *p)
{
    uint64_t classes = (uint64_t)(p[AN__POOLS_LIMIT] / p[AN__POOLS_UNIT]) + 2;
    uint64_t pools = MAX((uint64_t)(p[AN__POOLS_ARENA] / p[AN__POOLS_POOL]), (uint64_t)1);
    bool sane = classes <= 1 << 16 && pools <= 1 << 16 && p[AN__POOLS_POOL] > p[AN__POOLS_HEADER];
    return sane ? an__pools_new((uint32_t)classes, (uint32_t)pools) : NULL;
}

// --------------------------------------------------------------------------- heaps

struct an__heap *an__heap_new(const struct an__store *store)
{
    struct an__heap *heap = mem_zalloc(1, sizeof *heap);
    enum an__heap_kind kind = store->allocator->kind;
    heap->store = store;
    heap->runs = an__runs_new();
    heap->unit = kind == AN__BLOCKS ? (uint64_t)store->parameters[AN__BLOCKS_BLOCK] : 1;
    if (kind == AN__POOLS)
        heap->pools = new_pools(store->parameters);
    if (kind != AN__BLOCKS && kind != AN__CLASSES)
        heap->map_at = MAP_AT_FIRST;
    return heap;
}

void an__heap_free(struct an__heap *heap)
{
    an__runs_free(heap->runs);
    if (heap->pools != NULL)
        an__pools_free(heap->pools);
    free(heap);
}

uint64_t an__heap_take(struct an__heap *heap, uint64_t asked)
{
    if (in_pool(heap, asked))
        return take_pooled(heap, asked);
    if (!in_slot(heap, asked))
        return take_chunk(heap, asked);
    uint64_t each = (uint64_t)heap->store->parameters[AN__SLOTS_EACH];
    heap->slots++;
    heap->pages = MAX(heap->pages, (heap->slots + each - 1) / each);
    return 0;
}

void an__heap_give(struct an__heap *heap, uint64_t place, uint64_t asked)
{
    if (in_pool(heap, asked))
        an__pools_give(heap->pools, (uint32_t)place);
    else if (in_slot(heap, asked))
        heap->slots--;
    else
        give_chunk(heap, place, asked);
}

uint64_t an__heap_resize(struct an__heap *heap, uint64_t place, uint64_t asked, uint64_t wanted)
{
    bool pooled = in_pool(heap, asked) || in_pool(heap, wanted) || in_slot(heap, asked) ||
                  in_slot(heap, wanted);
    if (pooled && in_pool(heap, asked) == in_pool(heap, wanted) &&
        an__held(heap->store, asked) == an__held(heap->store, wanted))
        return place;
    if (!pooled && place != MAPPED) {
        uint64_t was = chunk(heap, asked), is = chunk(heap, wanted);
        if (is < was)
            an__runs_give(heap->runs, place + is, was - is);
        if (is <= was || an__runs_extend(heap->runs, place + was, is - was))
            return place;
    }
    uint64_t moved = an__heap_take(heap, wanted);
    an__heap_give(heap, place, asked);
    return moved;
}

uint64_t an__heap_size(const struct an__heap *heap)
{
    const struct an__store *store = heap->store;
    uint64_t end = an__runs_end(heap->runs), size = end * heap->unit + heap->mapped;
    if (store->allocator->kind == AN__BLOCKS)
        size += (end * (uint64_t)store->parameters[AN__BLOCKS_BITS] + 7) / 8;
    if (heap->pools != NULL)
        size += an__pools_arenas(heap->pools) * (uint64_t)store->parameters[AN__POOLS_ARENA];
    if (heap->pages != 0)
        size += heap->pages * (uint64_t)store->parameters[AN__SLOTS_PAGE];
    return size;
}
