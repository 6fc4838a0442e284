// SPDX-License-Identifier: MIT
//
// Memory: panic, the malloc family that cannot fail, arenas, growable arrays, output text.

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/base.h"

_Noreturn void panic(const char *file, int line, const char *what)
{
    fprintf(stderr, "tare: internal error at %s:%d: %s\n", file, line, what);
    fflush(NULL);
    _exit(3);
}

static void *must(void *memory)
{
    if (memory == NULL)
        panic(__FILE__, __LINE__, "out of memory");
    return memory;
}

#define PAGE_BIG  ((uintptr_t)2 << 20) // of x86-64 and of AArch64 with pages of 4 KiB
#define BLOCK_BIG ((size_t)256 << 10)  // a run with no larger block has no need

// A fault for each 4 KiB is a third of the time of a run that fills 100 MB: the kernel may back a
// large block, and what the heap will hand out after it, with pages of 2 MiB. It does so only where
// nothing has been touched yet, hence the advice on the free end of the heap. Mere advice: an error
// loses nothing.
static void *big_pages(void *memory, size_t size)
{
    if (size >= BLOCK_BIG) {
        uintptr_t start = (uintptr_t)memory, heap_end = (uintptr_t)sbrk(0);
        uintptr_t end = MAX(start + size, start < heap_end ? heap_end : 0);
        start = start / PAGE_BIG * PAGE_BIG;
        madvise((void *)start, end - start, MADV_HUGEPAGE);
    }
    return memory;
}

void *mem_alloc(size_t size)
{
    return big_pages(must(malloc(size ? size : 1)), size);
}

void *mem_zalloc(size_t count, size_t size)
{
    return big_pages(must(calloc(count ? count : 1, size ? size : 1)), count * size);
}

void *mem_realloc(void *old, size_t size)
{
    return big_pages(must(realloc(old, size ? size : 1)), size);
}

// ------------------------------------------------------------------------- arena

// A chain of chunks, newest first; only the newest has room.
//
//   arena -> [chunk | used ......| free   ] -> [chunk | used ........] -> NULL
struct chunk {
    struct chunk *older;
    size_t size, used; // bytes after this header
};

#define ARENA_ALIGN 16
#define CHUNK_HEAD  ((sizeof(struct chunk) + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN)
#define CHUNK_FIRST ((size_t)1 << 8) // small: every member of an archive has some arenas
#define CHUNK_MAX   ((size_t)1 << 20)

struct arena {
    struct chunk *newest;
};

struct arena *arena_new(void)
{
    return mem_zalloc(1, sizeof(struct arena));
}

static void free_chunks(struct chunk *chunk)
{
    while (chunk != NULL) {
        struct chunk *older = chunk->older;
        free(chunk);
        chunk = older;
    }
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    free_chunks(arena->newest);
    free(arena);
}

void arena_reset(struct arena *arena)
{
    struct chunk *keep = arena->newest;
    if (keep == NULL)
        return;
#ifdef TARE_ARENA_MALLOC
    free_chunks(keep);
    arena->newest = NULL;
#else
    free_chunks(keep->older);
    keep->older = NULL;
    keep->used = 0;
#endif
}

static struct chunk *chunk_add(struct arena *arena, size_t need)
{
    size_t size = arena->newest ? MIN(arena->newest->size * 2, CHUNK_MAX) : CHUNK_FIRST;
#ifdef TARE_ARENA_MALLOC
    size = need;
#endif
    size = MAX(size, need);
    struct chunk *chunk = mem_alloc(CHUNK_HEAD + size);
    *chunk = (struct chunk){.older = arena->newest, .size = size};
    arena->newest = chunk;
    return chunk;
}

void *arena_room(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        panic(__FILE__, __LINE__, "arena allocation too large");
    size_t rounded = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    struct chunk *chunk = arena->newest;
#ifdef TARE_ARENA_MALLOC
    rounded = size; // exact, so that one byte too far is seen
    chunk = NULL;
#endif
    if (chunk == NULL || rounded > chunk->size - chunk->used)
        chunk = chunk_add(arena, rounded);
    uint8_t *memory = (uint8_t *)chunk + CHUNK_HEAD + chunk->used;
    chunk->used += rounded;
    return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(arena_room(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        panic(__FILE__, __LINE__, "arena allocation too large");
    return arena_alloc(arena, total);
}

void *arena_copy(struct arena *arena, const void *data, size_t size)
{
    void *copy = arena_room(arena, size);
    if (size != 0)
        memcpy(copy, data, size);
    return copy;
}

char *arena_text(struct arena *arena, struct slice text)
{
    char *copy = arena_alloc(arena, text.size + 1);
    if (text.size != 0)
        memcpy(copy, text.data, text.size);
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    ASSERT(size >= 0);
    char *text = arena_alloc(arena, (size_t)size + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)size + 1, format, args);
    va_end(args);
    return text;
}

// --------------------------------------------------------------------------- vec

#define VEC_FIRST       ((size_t)8)   // items, unless
#define VEC_FIRST_BYTES ((size_t)256) // they take more: a member of an archive has one of many

void *vec__grow(void *items, size_t *capacity, size_t need, size_t item_size)
{
    size_t bytes, first = MIN(VEC_FIRST, VEC_FIRST_BYTES / item_size);
    size_t wanted = MAX(need, MAX(*capacity + *capacity / 2, first));
    if (__builtin_mul_overflow(wanted, item_size, &bytes))
        panic(__FILE__, __LINE__, "array too large");
    *capacity = wanted;
    return mem_realloc(items, bytes);
}

// --------------------------------------------------------------------------- buf

void buf_free(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){0};
}

void buf_reserve(struct buf *buf, size_t more)
{
    size_t need;
    if (__builtin_add_overflow(buf->size, more, &need))
        panic(__FILE__, __LINE__, "output too large");
    if (need > buf->capacity)
        buf->data = vec__grow(buf->data, &buf->capacity, need, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    ASSERT(size >= 0);
    buf_reserve(buf, (size_t)size + 1);
    va_start(args, format);
    vsnprintf(buf->data + buf->size, (size_t)size + 1, format, args);
    va_end(args);
    buf->size += (size_t)size;
}

void buf_u64(struct buf *buf, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    buf_bytes(buf, digits + at, sizeof digits - at);
}

void buf_uleb(struct buf *buf, uint64_t value)
{
    while (value >= 0x80) {
        buf_char(buf, (char)(0x80 | (value & 0x7f)));
        value >>= 7;
    }
    buf_char(buf, (char)value);
}
