// SPDX-License-Identifier: MIT
// The heap: one block of memory, given once, in blocks of MOTE_BLOCK_WORDS words; two bits of state for each in a bitmap
// that lies in the same memory. Mark and sweep, not generational, precise.
//
//     memory   | bitmap       | block 0 | block 1 | block 2 | block 3 | ...
//     bitmap   00 free   01 head of an object   10 tail: goes on with it   11 head, marked
//
// The collector finds its way by the type word alone (struct shape in mote.h): everything in the heap is an object, so a
// mark stack that overflows loses nothing. What was marked but not followed is found again by a walk over the marked
// heads from the lowest such address on.
//
// Deliberately simple: first fit; no lists of free runs. For runs of few blocks it is remembered where none can be
// (struct place): or what is full, and holes too small, would be searched again for each object.
#include "core/heap.h"
#include "core/rooms.h"

#include "mote.h"

enum state { FREE, HEAD, TAIL, MARKED };

typedef uintptr_t word;
#define PER_WORD (sizeof(word) * 4) // blocks whose states fit one word
#define LOW_BITS ((word)-1 / 3)     // 0101...01: the low bit of each state

// Where runs of some length may start: not below `lowest`, nor, while lowest < until, from `until` to `resume`. So what
// is freed and taken again at once far below costs no search of all that lies between.
struct place {
    size_t lowest, until, resume;
};

static struct {
    word *bitmap;
    char *blocks;
    size_t count;                     // blocks
    struct place places[MOTE_PLACES]; // [i]: of i + 1 blocks
    size_t collect_at;                // used blocks that call for a collection
#if MOTE_RARE
    size_t
        threshold; // what the program wants: so many new blocks, and one, call for a collection; 0: it does not care
#endif
    size_t depth; // of the mark stack
    bool overflowed;
    size_t overflow_from; // the lowest block that was marked but not followed
    const struct obj *stack[MOTE_MARK_STACK];
} heap;

#if MOTE_DEBUG
struct heap_test heap_test = {.fail_after = SIZE_MAX, .stress = MOTE_STRESS};
#endif

// Memory that is used again is in the caches, fresh memory costs page faults: collect when the heap has grown by half
// its live size, and not before MOTE_COLLECT_AFTER bytes of new objects.
static void collect_later(void)
{
    size_t live = mote.counts.used_blocks, room = MOTE_COLLECT_AFTER / BLOCK;
    heap.collect_at = live + (live / 2 > room ? live / 2 : room);
#if MOTE_RARE
    if (heap.threshold && heap.collect_at > live + heap.threshold - 1)
        heap.collect_at = live + heap.threshold - 1;
#endif
}

#if MOTE_RARE
void heap_threshold_set(size_t blocks)
{
    heap.threshold = blocks + 1;
    collect_later();
}

size_t heap_threshold(void)
{
    return heap.threshold - 1;
}
#endif

void heap_init(void *memory, size_t bytes)
{
    char *start = (char *)(((uintptr_t)memory + BLOCK - 1) & ~(BLOCK - 1));
    char *end = (char *)memory + bytes;
    size_t room = end > start ? (size_t)(end - start) : 0;
    size_t count = room * 4 / (BLOCK * 4 + 1); // a byte of bitmap serves 4 blocks
    size_t bitmap;
    for (;; count--) {
        bitmap = (count + PER_WORD) / PER_WORD * sizeof(word); // and a free state behind the last
        bitmap = (bitmap + BLOCK - 1) & ~(BLOCK - 1);
        if (count == 0 || bitmap + count * BLOCK <= room)
            break;
    }
    heap.bitmap = (word *)start;
    memset(start, 0, bitmap <= room ? bitmap : room);
    heap.blocks = start + bitmap;
    heap.count = count;
    memset(heap.places, 0, sizeof heap.places);
    collect_later();
    mote.counts.total_blocks = count;
    mote.counts.bitmap_bytes = bitmap;
}

// ------------------------------------------------------------------------------------------ states

static inline enum state state_get(size_t block)
{
    return heap.bitmap[block / PER_WORD] >> (block % PER_WORD * 2) & 3;
}

static inline void state_set(size_t block, enum state state)
{
    word *w = &heap.bitmap[block / PER_WORD];
    unsigned shift = block % PER_WORD * 2;
    *w = (*w & ~((word)3 << shift)) | (word)state << shift;
}

static inline size_t block_of(const void *object)
{
    return (size_t)((const char *)object - heap.blocks) / BLOCK;
}

static inline void *address_of(size_t block)
{
    return heap.blocks + block * BLOCK;
}

bool heap_holds(const void *object)
{
    return (const char *)object >= heap.blocks &&
           (const char *)object < heap.blocks + heap.count * BLOCK;
}

static void states_fill(size_t from, size_t count, enum state state)
{
    for (size_t i = 0; i < count; i++)
        state_set(from + i, state);
}

// The block behind the object that starts at `block`.
static size_t object_end(size_t block)
{
    do
        block++;
    while (block < heap.count && state_get(block) == TAIL);
    return block;
}

static size_t blocks_for(size_t bytes)
{
    return bytes / BLOCK + (bytes % BLOCK != 0);
}

size_t heap_bytes(const void *object)
{
    size_t block = block_of(object);
    return (object_end(block) - block) * BLOCK;
}

// The first block from `from` on that is free; heap.count: none.
static size_t next_free(size_t from)
{
    while (from < heap.count) {
        word w = heap.bitmap[from / PER_WORD] >> (from % PER_WORD * 2);
        word free = ~(w | w >> 1) & LOW_BITS & (word)-1 >> (from % PER_WORD * 2);
        if (free) {
            size_t found =
                from + (size_t)(MOTE_64 ? __builtin_ctzll(free) : __builtin_ctz(free)) / 2;
            return found < heap.count ? found : heap.count;
        }
        from = (from / PER_WORD + 1) * PER_WORD;
    }
    return heap.count;
}

// Free blocks from `start` on, `most` at most.
static size_t free_run(size_t start, size_t most)
{
    size_t n = 0;
    while (n < most && start + n < heap.count && state_get(start + n) == FREE)
        n++;
    return n;
}

static size_t place_next(const struct place *p, size_t from)
{
    size_t at = next_free(from);
    return at >= p->until && at < p->resume ? next_free(p->resume) : at;
}

// None starts below `end` any more.
static void place_raise(struct place *p, size_t end)
{
    if (p->lowest < end)
        p->lowest = end;
    if (p->lowest >= p->until && p->lowest < p->resume)
        p->lowest = p->resume;
}

// Some may start from `start` to `end` again.
static void place_lower(struct place *p, size_t start, size_t end)
{
    bool hole = p->lowest < p->until;
    if (start < p->lowest) {
        if (!hole) {
            p->resume = p->lowest;
            p->until = end;
        }
        p->lowest = start;
    } else if (!hole || start >= p->resume) {
        return;
    }
    if (p->until < end)
        p->until = end;
}

// First fit, for the caller to take; heap.count when there is no such run.
static size_t find_run(size_t count)
{
    struct place *place = &heap.places[(count < MOTE_PLACES ? count : MOTE_PLACES) - 1];
    size_t at = place_next(place, place->lowest), run;
    while (at < heap.count && (run = free_run(at, count)) < count)
        at = place_next(place, at + run);
    size_t end = at + (at < heap.count ? count : 0);
    for (struct place *p = heap.places; p < heap.places + MOTE_PLACES; p++)
        if (p->lowest >= at || (p >= place && count <= MOTE_PLACES))
            place_raise(p, end); // it is taken; and below was none as long, nor any longer one
    return at;
}

size_t heap_largest_run(void)
{
    size_t largest = 0;
    for (size_t at = next_free(0); at < heap.count;) {
        size_t run = free_run(at, heap.count);
        if (run > largest)
            largest = run;
        at = next_free(at + run);
    }
    return largest;
}

void heap_each(void (*visit)(const struct obj *object, void *context), void *context)
{
    for (size_t at = 0; at < heap.count; at++)
        if (state_get(at) == HEAD)
            visit(address_of(at), context);
}

size_t heap_index(const void *object)
{
    return block_of(object);
}

// ------------------------------------------------------------------------------------------ mark

static size_t object_words(const struct obj *o)
{
    return heap_holds(o) ? heap_bytes(o) / WORD : 0;
}

size_t heap_asked(const void *object)
{
    const struct obj *o = object;
    const struct shape *shape = &o->type->shape;
    size_t asked = shape->size;
    if (shape->flags & TYPE_COUNTED) {
        asked += shape->unit * count_of(o);
        if (shape->flags & TYPE_HASHED)
            asked += table_index_bytes(((const size_t *)o)[1]);
    } else if (shape->rest && !(shape->flags & TYPE_SLOTS)) {
        asked = heap_bytes(o); // heap_new_bytes
    }
    return asked;
}

void heap_visit(const struct obj *o, void (*visit)(val v, void *context), void *context)
{
    const struct shape *shape = &o->type->shape;
    const val *words = (const val *)o;
    visit((val)o->type, context);
    for (unsigned i = 1, refs = shape->refs >> 1; refs; i++, refs >>= 1)
        if (refs & 1)
            visit(words[i], context);
    if (shape->rest == 0)
        return;
    size_t end = shape->flags & TYPE_COUNTED ? shape->rest + count_of(o) : object_words(o);
    for (size_t i = shape->rest; i < end; i++)
        visit(words[i], context);
}

static inline void mark(val v)
{
    if (!is_object(v) || !heap_holds((void *)v))
        return;
    size_t block = block_of((void *)v);
    ASSERT(((char *)v - heap.blocks) % BLOCK == 0);
    if (state_get(block) == MARKED)
        return;
    ASSERT(state_get(block) == HEAD);
    state_set(block, MARKED);
    if (heap.depth < MOTE_MARK_STACK) {
        heap.stack[heap.depth++] = (struct obj *)v;
    } else if (!heap.overflowed || block < heap.overflow_from) {
        heap.overflowed = true;
        heap.overflow_from = block;
    }
}

// heap_visit, unrolled for the collector: this is where its time goes.
static void follow(const struct obj *o)
{
    const struct shape *shape = &o->type->shape;
    const val *words = (const val *)o;
    mark((val)o->type);
    for (unsigned i = 1, refs = shape->refs >> 1; refs; i++, refs >>= 1)
        if (refs & 1)
            mark(words[i]);
    if (shape->rest == 0)
        return;
    size_t end = shape->flags & TYPE_COUNTED ? shape->rest + count_of(o) : object_words(o);
    for (size_t i = shape->rest; i < end; i++)
        mark(words[i]);
}

static void drain(void)
{
    while (heap.depth)
        follow(heap.stack[--heap.depth]);
}

static void mark_values(const val *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mark(values[i]);
    drain();
}

static void mark_frame(const struct frame *f)
{
    mark_values(f->base, (size_t)(f->sp - f->base));
    mark((val)f->code);
    mark(f->function);
    mark(f->globals);
    mark(f->names);
    mark(f->generator);
    drain();
}

static void mark_roots(void)
{
    for (const struct roots *r = mote.roots; r; r = r->up)
        mark_values(r->values, r->count);
    for (const struct frame *f = mote.frame; f; f = f->up)
        mark_frame(f);
    for (const struct catch *c = mote.catcher; c; c = c->up) {
        mark(c->exception);
        mark(c->handled);
    }
    mark_values(&mote.stop,
                (offsetof(struct mote, roots_end) - offsetof(struct mote, stop)) / WORD);
    mark_values(frozen_globals, frozen_count);
}

// What overflowed: follow every marked object again from the lowest one that was not followed on.
static void mark_overflowed(void)
{
    while (heap.overflowed) {
        heap.overflowed = false;
        size_t from = heap.overflow_from;
        for (size_t at = from; at < heap.count; at++) {
            if (state_get(at) == MARKED) {
                follow(address_of(at));
                drain();
            }
        }
    }
}

// ------------------------------------------------------------------------------------------ sweep

static void sweep(void)
{
    size_t used = 0;
    bool dead = false;
    for (size_t at = 0; at < heap.count; at++) {
        if (at % PER_WORD == 0 && heap.bitmap[at / PER_WORD] == 0) {
            at += PER_WORD - 1; // all free
            continue;
        }
        switch (state_get(at)) {
        case HEAD:
            dead = true;
            heap_traced(TRACE_FREE, at, 0);
            state_set(at, FREE);
            break;
        case TAIL:
            if (dead)
                state_set(at, FREE);
            else
                used++;
            break;
        case MARKED:
            dead = false;
            state_set(at, HEAD);
            used++;
            break;
        case FREE:
            break;
        }
    }
    mote.counts.used_blocks = used;
    memset(heap.places, 0, sizeof heap.places);
}

void heap_collect(void)
{
    uint64_t start = port_microseconds();
    heap.depth = 0;
    heap.overflowed = false;
    mark_roots();
    mark_overflowed();
    sweep();
    struct heap_counts *c = &mote.counts;
    collect_later();
    uint64_t pause = port_microseconds() - start;
    c->collections++;
    c->pause_total += pause;
    if (pause > c->pause_longest)
        c->pause_longest = pause;
#if MOTE_DEBUG
    heap_check();
#endif
}

// ------------------------------------------------------------------------------------------ allocate

// What a test wants of this allocation: that it fails as if the heap were full, or that it collects first.
static bool must_fail(void)
{
#if MOTE_DEBUG
    if (heap_test.fail_after) {
        heap_test.fail_after -= heap_test.fail_after != SIZE_MAX;
        return false;
    }
    heap_test.failures++;
    heap_test.fail_after = heap_test.fail_on ? 0 : SIZE_MAX;
    return true;
#else
    return false;
#endif
}

static bool must_collect(void)
{
#if MOTE_DEBUG
    return heap_test.stress;
#else
    return MOTE_STRESS;
#endif
}

static size_t find_or_collect(size_t count)
{
    bool may = !mote.no_collect, fail = must_fail();
    if (may && (fail || must_collect() || mote.counts.used_blocks + count > heap.collect_at)) {
        heap_collect();
        may = false;
    }
    size_t at = fail ? heap.count : find_run(count);
    if (at == heap.count && may) {
        heap_collect();
        at = find_run(count);
    }
    if (at == heap.count)
        raise_memory();
    return at;
}

static void took(size_t blocks, size_t bytes)
{
    struct heap_counts *c = &mote.counts;
    c->allocations++;
    c->bytes_allocated += bytes;
    c->used_blocks += blocks;
    size_t *peak = mote.compiling ? &c->compile_peak_blocks : &c->peak_blocks;
    if (c->used_blocks > *peak)
        *peak = c->used_blocks;
}

static void *allocate(const struct type *type, size_t bytes)
{
    ASSERT(bytes >= sizeof(struct obj));
    size_t blocks = blocks_for(bytes);
    // The type itself may be a class that nothing else holds.
    struct roots hold = {mote.roots, 1, (val[]){(val)type}};
    mote.roots = &hold;
    size_t at = find_or_collect(blocks);
    mote.roots = hold.up;
    state_set(at, HEAD);
    states_fill(at + 1, blocks - 1, TAIL);
    took(blocks, bytes);
    struct obj *o = address_of(at);
    memset(o, 0, blocks * BLOCK);
    o->type = type;
    heap_traced(TRACE_NEW, at, bytes);
    ROOMS(room_new(at));
    return o;
}

void *heap_new(const struct type *type)
{
    return allocate(type, type->shape.size);
}

// To the end of the blocks: what heap_asked says of it later.
void *heap_new_bytes(const struct type *type, size_t bytes)
{
    return allocate(type, blocks_for(bytes) * BLOCK);
}

// Bytes of a counted object; MemoryError when they cannot exist, before they overflow.
static size_t counted_bytes(const struct type *type, size_t count)
{
    const struct shape *shape = &type->shape;
    ASSERT(shape->flags & TYPE_COUNTED);
    if ((count & ~COUNT_FLAG) > heap.count * BLOCK / shape->unit)
        raise_memory();
    size_t bytes = shape->size + shape->unit * (count & ~COUNT_FLAG);
    return shape->flags & TYPE_HASHED ? bytes + table_index_bytes(count) : bytes;
}

void *heap_new_counted(const struct type *type, size_t count)
{
    size_t *o = allocate(type, counted_bytes(type, count));
    o[1] = count;
    return o;
}

static void free_blocks(size_t from, size_t count)
{
    states_fill(from, count, FREE);
    mote.counts.used_blocks -= count;
    for (size_t i = 0; i < MOTE_PLACES; i++) // a longer run may start in free blocks before
        place_lower(&heap.places[i], from > i ? from - i : 0, from + count);
}

void heap_free(void *object)
{
    size_t block = block_of(object);
    ASSERT(state_get(block) == HEAD);
    heap_traced(TRACE_FREE, block, 0);
    free_blocks(block, object_end(block) - block);
}

static void *move(struct obj *o, size_t bytes, size_t had)
{
    struct roots hold = {mote.roots, 1, (val[]){(val)o}};
    mote.roots = &hold;
    struct obj *moved = allocate(o->type, bytes);
    mote.roots = hold.up;
    memcpy(moved, o, had * BLOCK);
    heap_free(o);
    return moved;
}

void *heap_resize_bytes(void *object, size_t bytes)
{
    size_t block = block_of(object), had = object_end(block) - block, want = blocks_for(bytes);
    if (want > had) {
        if (free_run(block + had, want - had) < want - had)
            return move(object, bytes, had);
        if (must_fail())
            raise_memory();
        states_fill(block + had, want - had, TAIL);
        memset((char *)object + had * BLOCK, 0, (want - had) * BLOCK);
        took(want - had, (want - had) * BLOCK);
        mote.counts.allocations--; // it is the same object still
    } else if (want < had) {
        free_blocks(block + want, had - want);
    }
    heap_traced(TRACE_RESIZE, block, bytes);
    return object;
}

void *heap_resize_counted(void *object, size_t count)
{
    struct obj *o = object;
    size_t *resized = heap_resize_bytes(o, counted_bytes(o->type, count));
    resized[1] = count;
    return resized;
}

// ------------------------------------------------------------------------------------------ check

#if MOTE_DEBUG
// A run of free blocks lies where each place lets it be found.
static void check_run(size_t from, size_t count)
{
    for (size_t i = 0; i < MOTE_PLACES && i < count; i++) {
        const struct place *p = &heap.places[i];
        size_t last = from + count - 1 - i; // where one of i + 1 blocks may start
        ASSERT(from >= p->lowest);
        ASSERT(last < p->until || from >= p->resume || p->until >= p->resume);
    }
}

// An independent count: blocks by state, and every head has a type that is one.
void heap_check(void)
{
    size_t used = 0;
    enum state before = FREE;
    for (size_t at = 0; at < heap.count; at++) {
        enum state state = state_get(at);
        ASSERT(state != MARKED);
        ASSERT(state != TAIL || before != FREE);
        used += state != FREE;
        if (state == HEAD) {
            const struct obj *o = address_of(at);
            ASSERT(o->type && o->type->head.type);
            ASSERT(heap_asked(o) <= heap_bytes(o));
        }
        before = state;
    }
    ASSERT(used == mote.counts.used_blocks);
    for (size_t at = next_free(0), run; at < heap.count; at = next_free(at + run)) {
        run = free_run(at, heap.count);
        check_run(at, run);
    }
}
#endif
