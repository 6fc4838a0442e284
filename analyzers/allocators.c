// SPDX-License-Identifier: MIT
//
// Allocators: what a block takes besides the bytes that were asked for. A further one is a row below.
//
//   blocks      mote, MicroPython: a heap of equal blocks and a bitmap beside them
//               | A | A | B | . | C | C | C | . |    bitmap: head tail head free head tail tail free
//   pymalloc    CPython: pools of one size class each, inside arenas; large requests go to malloc
//               pool: | header | block | block | ... | rest |
//   glibc       a size word in front of each chunk, which the next chunk's first word overlaps
//               | size | bytes asked ............ | size | ...
//   slots       mruby: objects of one size in pages that malloc gives; what is no object is elsewhere
//               page: | header | slot | slot | ...
//   classes     sizes rounded up to a multiple, nothing else: bump and size-class allocators
//   bins        mimalloc: so many sizes between one power of two and the next
//   arenas      QuickJS: blocks of such a size in what malloc gives, each with a header; large ones alone
//               arena: | header | head, block | head, block | ... |

#include "analyzers/model_private.h"

static double no_share(const int64_t *p, uint64_t asked, uint64_t count)
{
    (void)p, (void)asked, (void)count;
    return 0;
}

// ------------------------------------------------------------------------- blocks

static uint64_t blocks_held(const int64_t *p, uint64_t asked)
{
    return align_up(asked, (uint64_t)p[AN__BLOCKS_BLOCK]);
}

static double blocks_shared(const int64_t *p, uint64_t asked, uint64_t count)
{
    double blocks = (double)(blocks_held(p, asked) / (uint64_t)p[AN__BLOCKS_BLOCK]) * (double)count;
    return blocks * (double)p[AN__BLOCKS_BITS] / 8;
}

// -------------------------------------------------------------------------- glibc

static uint64_t glibc_chunk(uint64_t asked, uint64_t head, uint64_t unit, uint64_t least)
{
    return MAX(least, align_up(asked + head, unit));
}

static uint64_t glibc_held(const int64_t *p, uint64_t asked)
{
    return glibc_chunk(asked, (uint64_t)p[AN__CHUNKS_HEAD], (uint64_t)p[AN__CHUNKS_UNIT],
                       (uint64_t)p[AN__CHUNKS_LEAST]);
}

// ----------------------------------------------------------------------- pymalloc

static uint64_t pymalloc_held(const int64_t *p, uint64_t asked)
{
    if (asked <= (uint64_t)p[AN__POOLS_LIMIT])
        return align_up(asked, (uint64_t)p[AN__POOLS_UNIT]);
    return glibc_chunk(asked, (uint64_t)p[AN__POOLS_HEAD], (uint64_t)p[AN__POOLS_MALLOC_UNIT],
                       (uint64_t)p[AN__POOLS_LEAST]);
}

// What a pool's header and the rest at its end are for each of the blocks it holds.
static double pymalloc_shared(const int64_t *p, uint64_t asked, uint64_t count)
{
    uint64_t size = pymalloc_held(p, asked), pool = (uint64_t)p[AN__POOLS_POOL];
    if (asked > (uint64_t)p[AN__POOLS_LIMIT] || pool <= (uint64_t)p[AN__POOLS_HEADER] + size)
        return 0;
    uint64_t each = (pool - (uint64_t)p[AN__POOLS_HEADER]) / size;
    return (double)count * (double)(pool - each * size) / (double)each;
}

// -------------------------------------------------------------------------- slots

static uint64_t slots_held(const int64_t *p, uint64_t asked)
{
    return MAX(asked, (uint64_t)p[AN__SLOTS_SLOT]);
}

// What a page takes besides its slots is for each of them.
static double slots_shared(const int64_t *p, uint64_t asked, uint64_t count)
{
    (void)asked;
    double page = (double)glibc_chunk((uint64_t)p[AN__SLOTS_PAGE], (uint64_t)p[AN__SLOTS_HEAD],
                                      (uint64_t)p[AN__SLOTS_UNIT], (uint64_t)p[AN__SLOTS_LEAST]);
    double slots = (double)p[AN__SLOTS_EACH] * (double)p[AN__SLOTS_SLOT];
    return page <= slots ? 0 : (page - slots) / (double)p[AN__SLOTS_EACH] * (double)count;
}

// ------------------------------------------------------------------------ classes

static uint64_t classes_held(const int64_t *p, uint64_t asked)
{
    return MAX(align_up(asked, (uint64_t)p[AN__CLASSES_UNIT]), (uint64_t)p[AN__CLASSES_LEAST]);
}

// --------------------------------------------------------------------------- bins

// So many sizes for each power of two, where they are not nearer than the alignment.
static uint64_t bins_held(const int64_t *p, uint64_t asked)
{
    uint64_t unit = (uint64_t)p[AN__BINS_UNIT], size = align_up(asked, unit), power = unit;
    while (power < size - power)
        power *= 2;
    return align_up(size, MAX(unit, power / (uint64_t)p[AN__BINS_STEPS]));
}

// ------------------------------------------------------------------------- arenas

static bool arenas_small(const int64_t *p, uint64_t asked, uint64_t *size)
{
    const int64_t bins[] = {
        [AN__BINS_UNIT] = p[AN__ARENAS_UNIT], [AN__BINS_STEPS] = p[AN__ARENAS_STEPS]};
    *size = align_up(asked, (uint64_t)p[AN__ARENAS_UNIT]) + (uint64_t)p[AN__ARENAS_BLOCK_HEAD];
    bool small = *size <= (uint64_t)p[AN__ARENAS_LIMIT];
    *size = small ? bins_held(bins, *size) : *size;
    return small;
}

static uint64_t arenas_held(const int64_t *p, uint64_t asked)
{
    uint64_t size;
    if (arenas_small(p, asked, &size))
        return size;
    return glibc_chunk(asked + (uint64_t)p[AN__ARENAS_BLOCK_HEAD], (uint64_t)p[AN__ARENAS_HEAD],
                       (uint64_t)p[AN__ARENAS_MALLOC_UNIT], 0);
}

// What an arena takes of malloc besides its blocks is for each of them.
static double arenas_shared(const int64_t *p, uint64_t asked, uint64_t count)
{
    uint64_t size, arena = (uint64_t)p[AN__ARENAS_ARENA], header = (uint64_t)p[AN__ARENAS_HEADER];
    if (!arenas_small(p, asked, &size) || arena < header + size)
        return 0;
    uint64_t each = (arena - header) / size;
    uint64_t chunk = glibc_chunk(header + each * size, (uint64_t)p[AN__ARENAS_HEAD],
                                 (uint64_t)p[AN__ARENAS_MALLOC_UNIT], 0);
    return (double)count * (double)(chunk - each * size) / (double)each;
}

static const struct an__allocator allocators[] = {
    {"blocks", AN__BLOCKS, {"block", "bits"}, blocks_held, blocks_shared},
    {"pymalloc",
     AN__POOLS,
     {"alignment", "limit", "pool", "pool_header", "malloc_head", "malloc_alignment",
      "malloc_least", "arena"},
     pymalloc_held,
     pymalloc_shared},
    {"glibc", AN__CHUNKS, {"head", "alignment", "least"}, glibc_held, no_share},
    {"slots",
     AN__SLOTS,
     {"slot", "each", "page", "malloc_head", "malloc_alignment", "malloc_least"},
     slots_held,
     slots_shared},
    {"classes", AN__CLASSES, {"alignment", "least"}, classes_held, no_share},
    {"bins", AN__CLASSES, {"alignment", "steps"}, bins_held, no_share},
    {"arenas",
     AN__CLASSES,
     {"alignment", "steps", "block_head", "limit", "arena", "arena_header", "malloc_head",
      "malloc_alignment"},
     arenas_held,
     arenas_shared},
};

const char *an__allocator_name(size_t index)
{
    return index < COUNT_OF(allocators) ? allocators[index].name : NULL;
}

const struct an__allocator *an__allocator_named(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(allocators); i++)
        if (strcmp(allocators[i].name, name) == 0)
            return &allocators[i];
    return NULL;
}

uint64_t an__held(const struct an__store *store, uint64_t asked)
{
    return asked == 0 ? 0 : store->allocator->held(store->parameters, asked + store->extra);
}

double an__shared(const struct an__store *store, uint64_t asked, uint64_t count)
{
    return store->allocator->shared(store->parameters, asked + store->extra, count);
}
