// SPDX-License-Identifier: MIT
//
// What the files of the replay share: heaps that a sequence of requests is played on.
//
//   replay_runs    free runs by address, first fit
//   replay_pools   pools of one size class, inside arenas
//   replay_heaps   the heap of each allocator, made of these
//   replay         the sequence, and what came of it
#ifndef TARE_REPLAY_PRIVATE_H
#define TARE_REPLAY_PRIVATE_H

#include "analyzers/model_private.h"

// Runs, in whatever unit the caller counts.
struct an__runs;
struct an__runs *an__runs_new(void);
void an__runs_free(struct an__runs *runs);
uint64_t an__runs_take(struct an__runs *runs, uint64_t size); // at least 1; the start
void an__runs_give(struct an__runs *runs, uint64_t addr, uint64_t size);
// Takes what lies at `addr` as well, if it is free.
bool an__runs_extend(struct an__runs *runs, uint64_t addr, uint64_t more);
uint64_t an__runs_end(const struct an__runs *runs); // behind the last that is taken

// Pools, as obmalloc.c of CPython has them.
struct an__pools;
struct an__pools *an__pools_new(uint32_t classes, uint32_t pools_of_arena);
void an__pools_free(struct an__pools *pools);
// A block of a class, of which a pool holds `capacity` (at least 1); the number of its pool.
uint32_t an__pools_take(struct an__pools *pools, uint32_t class, uint32_t capacity);
void an__pools_give(struct an__pools *pools, uint32_t pool);
uint64_t an__pools_arenas(const struct an__pools *pools); // there are now

// A heap with the parameters of a build.
struct an__heap;
struct an__heap *an__heap_new(const struct an__store *store);
void an__heap_free(struct an__heap *heap);
// A place for `asked` bytes (more than 0): a number that an__heap_give wants back.
uint64_t an__heap_take(struct an__heap *heap, uint64_t asked);
void an__heap_give(struct an__heap *heap, uint64_t place, uint64_t asked);
// The place from now on, which may be another.
uint64_t an__heap_resize(struct an__heap *heap, uint64_t place, uint64_t asked, uint64_t wanted);
uint64_t an__heap_size(const struct an__heap *heap); // bytes it has of the system, or of its memory

struct an__played {
    uint64_t asked, held, heap;                // bytes, at the end
    uint64_t peak_asked, peak_held, peak_heap; // at the highest, each for itself
};
struct an__played an__play(const struct cfg_trace *trace, const struct an__store *store);

#endif
