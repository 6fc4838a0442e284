// SPDX-License-Identifier: MIT
// Module gc: the collector, and the memory it looks after in bytes.
#include "core/heap.h"
#include "modules/modules.h"

// collect() -> bytes that became free
static val gc_collect(size_t n, val *a)
{
    (void)n, (void)a;
    size_t before = mote.counts.used_blocks;
    heap_collect();
    return int_new_unsigned((before - mote.counts.used_blocks) * BLOCK);
}
NATIVE(gc_collect, collect, 0, 1);

static val gc_enable(size_t n, val *a)
{
    (void)n, (void)a;
    mote.no_collect = false;
    return NONE;
}
NATIVE(gc_enable, enable, 0, 0);

static val gc_disable(size_t n, val *a)
{
    (void)n, (void)a;
    mote.no_collect = true;
    return NONE;
}
NATIVE(gc_disable, disable, 0, 0);

static val gc_isenabled(size_t n, val *a)
{
    (void)n, (void)a;
    return bool_new(!mote.no_collect);
}
NATIVE(gc_isenabled, isenabled, 0, 0);

static val gc_mem_alloc(size_t n, val *a)
{
    (void)n, (void)a;
    return int_new_unsigned(mote.counts.used_blocks * BLOCK);
}
NATIVE(gc_mem_alloc, mem_alloc, 0, 0);

static val gc_mem_free(size_t n, val *a)
{
    (void)n, (void)a;
    return int_new_unsigned((mote.counts.total_blocks - mote.counts.used_blocks) * BLOCK);
}
NATIVE(gc_mem_free, mem_free, 0, 0);

#if MOTE_RARE
// threshold(bytes): a collection after so many bytes of new objects; -1: none but those that the heap wants
static val gc_threshold(size_t n, val *a)
{
    (void)n;
    if (a[0]) {
        intptr_t bytes = need_int(a[0]);
        heap_threshold_set(bytes < 0 ? SIZE_MAX : (size_t)bytes / BLOCK);
        return NONE;
    }
    size_t blocks = heap_threshold();
    return blocks == SIZE_MAX ? int_new(-1) : int_new_unsigned(blocks * BLOCK);
}
NATIVE(gc_threshold, threshold, 0, 1);
#endif

MODULE(gc, ROW(collect, gc_collect), ROW(disable, gc_disable), ROW(enable, gc_enable),
       ROW(isenabled, gc_isenabled), ROW(mem_alloc, gc_mem_alloc), ROW(mem_free, gc_mem_free),
       RARE(ROW(threshold, gc_threshold)));
