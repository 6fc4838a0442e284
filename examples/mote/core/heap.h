// SPDX-License-Identifier: MIT
// What the counters, the census and the trace ask of the heap beyond mote.h.
#ifndef MOTE_HEAP_H
#define MOTE_HEAP_H

#include "mote.h"

// Every object of the heap in the order of addresses, garbage too: collect first. The visitor must not allocate.
void heap_each(void (*visit)(const struct obj *object, void *context), void *context);
// The type and every value an object holds, those that are no objects too.
void heap_visit(const struct obj *object, void (*visit)(val v, void *context), void *context);
size_t heap_index(const void *object); // its first block
// A collection after so many new blocks at the latest; SIZE_MAX: when the heap thinks it right (MOTE_RARE).
void heap_threshold_set(size_t blocks);
size_t heap_threshold(void);
size_t heap_largest_run(void); // free blocks side by side

// Bytes of the index behind the slots of a table (types/table.c). The count is word 1 of struct pairs as it is: with
// COUNT_FLAG the slots are keys only (a set), else keys and values.
size_t table_index_bytes(size_t count_word);

enum heap_event { TRACE_NEW = 'n', TRACE_RESIZE = 'r', TRACE_FREE = 'f' };
#if MOTE_TRACE
// Called for each event if set: the first block of the object, and the bytes asked for.
extern void (*heap_tracer)(enum heap_event event, size_t block, size_t bytes);
static inline void heap_traced(enum heap_event event, size_t block, size_t bytes)
{
    if (heap_tracer)
        heap_tracer(event, block, bytes);
}
#else
static inline void heap_traced(enum heap_event event, size_t block, size_t bytes)
{
    (void)event, (void)block, (void)bytes;
}
#endif

#if MOTE_DEBUG
extern struct heap_test {
    size_t fail_after; // so many allocations succeed, then one fails; SIZE_MAX: none fails
    bool fail_on;      // and all that follow
    size_t failures;   // how many did
    bool stress;       // a collection at every allocation
} heap_test;
#endif

#endif
