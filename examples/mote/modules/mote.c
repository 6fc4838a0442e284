// SPDX-License-Identifier: MIT
// Module `mote`: the program's view of the heap it lives in.
#include "core/counters.h"
#include "core/heap.h"

#if MOTE_CENSUS
#include "port/port.h"
#endif

// heap() -> dict of the counters, after a collection; census.md names them
static val mote_heap(size_t n, val *a)
{
    (void)n, (void)a;
    return counters_dict();
}
NATIVE(mote_heap, heap, 0, 0);

// used() -> bytes in blocks now, without a collection and without an allocation
static val mote_used(size_t n, val *a)
{
    (void)n, (void)a;
    return int_new_unsigned(mote.counts.used_blocks * BLOCK);
}
NATIVE(mote_used, used, 0, 0);

// size(o) -> bytes of the blocks of this one object; 0 when it is none or lies in ROM
static val mote_size(size_t n, val *a)
{
    (void)n;
    return int_new_unsigned(is_object(a[0]) && heap_holds((void *)a[0]) ? heap_bytes((void *)a[0])
                                                                        : 0);
}
NATIVE(mote_size, size, 1, 1);

#if MOTE_CENSUS
// census(label): the population of the heap, to the file of --census
static val mote_census(size_t n, val *a)
{
    (void)n;
    census_write(a[0] ? a[0] : S(empty), port_census_sink());
    return NONE;
}
NATIVE(mote_census, census, 0, 1);
#endif

MODULE(mote,
#if MOTE_CENSUS
       ROW(census, mote_census),
#endif
       ROW(heap, mote_heap), ROW(size, mote_size), ROW(used, mote_used));
