// SPDX-License-Identifier: MIT
//
// base: what every folder stands on. It knows nothing of ELF, DWARF or the project.
//
//   slices    borrowed bytes
//   cursor    the only door to file bytes: bounds-checked, sticky on failure
//   arena     memory with a stated lifetime
//   vec       growable arrays
//   names     interned text: equal text, equal integer
//   fault     the operation cannot go on; doubt: one bad record was passed over
//   par       a loop over independent items on several threads
//   sort      radix sort of keyed records
//   buf       growing output text
//
// Allocation failure and broken invariants end the process with status 3 through `panic`; it is the
// one place below cli/ that writes to stderr, because nothing sensible can be returned from there.
#ifndef TARE_BASE_H
#define TARE_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// -------------------------------------------------------------------------- basics

#define COUNT_OF(array)        (sizeof(array) / sizeof((array)[0]))
#define MIN(a, b)              ((a) < (b) ? (a) : (b))
#define MAX(a, b)              ((a) > (b) ? (a) : (b))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

// Ends the process with status 3. For bugs and exhausted memory only, never for bad input.
_Noreturn void panic(const char *file, int line, const char *what);

// Checked in every build: a closed account that does not close must not be printed.
#define ASSERT(condition) ((condition) ? (void)0 : panic(__FILE__, __LINE__, #condition))

// Sizes read from a file are added and multiplied through these: false when the result does not
// fit.
static inline bool add_u64(uint64_t a, uint64_t b, uint64_t *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}

static inline bool mul_u64(uint64_t a, uint64_t b, uint64_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

// The next multiple of `step`, which is any number; 0 and 1 change nothing.
static inline uint64_t align_up(uint64_t value, uint64_t step)
{
    return step < 2 ? value : (value + step - 1) / step * step;
}

// Whether [offset, offset + size) lies inside [0, limit), without overflow.
static inline bool range_fits(uint64_t offset, uint64_t size, uint64_t limit)
{
    return offset <= limit && size <= limit - offset;
}

// malloc family that panics instead of returning NULL (a size of 0 gives a pointer that may be
// freed).
void *mem_alloc(size_t size);
void *mem_zalloc(size_t count, size_t size);
void *mem_realloc(void *old, size_t size);

// -------------------------------------------------------------------------- slices

// Bytes or text borrowed from someone who outlives the borrower: a mapped file, an arena, a
// literal.
struct slice {
    const uint8_t *data;
    size_t size;
};

static inline struct slice slice_of(const void *data, size_t size)
{
    return (struct slice){(const uint8_t *)data, size};
}

static inline struct slice slice_text(const char *text)
{
    return slice_of(text, text ? strlen(text) : 0);
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool slice_is(struct slice a, const char *text)
{
    return slice_equal(a, slice_text(text));
}

// The word up to `separator`, without blanks around it; both are taken off `rest`.
struct slice slice_cut(struct slice *rest, char separator);
bool slice_starts(struct slice text, const char *prefix);
bool slice_ends(struct slice text, const char *suffix);
// What stands behind the last '/', within `path`.
const char *path_base(const char *path);

// Shell-style match of the whole text: `*` any run (slashes too), `?` one byte, `[a-z]`, `[!a-z]`,
// `\x` literal x. Linear in practice: one backtrack point, no recursion.
bool glob_match(const char *pattern, struct slice text);
// The same, or the pattern is the text itself: "[padding]" means that row, not one of the letters.
static inline bool glob_names(const char *pattern, struct slice text)
{
    return slice_is(text, pattern) || glob_match(pattern, text);
}

// Edit distance (Damerau, adjacent transposition counts 1), cut off above `limit`: returns limit +
// 1 then. For "did you mean"; texts longer than 255 bytes are compared by their first 255.
unsigned text_distance(struct slice a, struct slice b, unsigned limit);

// -------------------------------------------------------------------------- cursor

// Reads a run of file bytes in order. Once a read passes the end the cursor has failed: that read
// and all later ones yield 0, and it stays where it was. A parser checks `failed` once per record,
// not per field.
struct cur {
    const uint8_t *base; // offset 0 of what the offsets count from
    const uint8_t *at;
    const uint8_t *end;
    bool big_endian;
    bool failed;
};

static inline struct cur cur_make(struct slice bytes, bool big_endian)
{
    const uint8_t *data = bytes.data ? bytes.data : (const uint8_t *)""; // NULL + 0 is undefined
    return (struct cur){data, data, data + bytes.size, big_endian, false};
}

static inline uint64_t cur_offset(const struct cur *c)
{
    return (uint64_t)(c->at - c->base);
}

static inline size_t cur_left(const struct cur *c)
{
    return (size_t)(c->end - c->at);
}

static inline bool cur_need(struct cur *c, size_t size)
{
    if (__builtin_expect(size <= cur_left(c) && !c->failed, 1))
        return true;
    c->failed = true;
    return false;
}

// Moves to an offset from the base, forward or backward; past the end fails.
static inline void cur_seek(struct cur *c, uint64_t offset)
{
    if (offset <= (uint64_t)(c->end - c->base) && !c->failed)
        c->at = c->base + offset;
    else
        c->failed = true;
}

static inline void cur_skip(struct cur *c, uint64_t size)
{
    if (size <= cur_left(c) && !c->failed)
        c->at += size;
    else
        c->failed = true;
}

static inline uint8_t cur_u8(struct cur *c)
{
    return cur_need(c, 1) ? *c->at++ : 0;
}

static inline uint16_t cur_u16(struct cur *c)
{
    uint16_t value;
    if (!cur_need(c, sizeof value))
        return 0;
    memcpy(&value, c->at, sizeof value);
    c->at += sizeof value;
    return c->big_endian ? __builtin_bswap16(value) : value;
}

static inline uint32_t cur_u32(struct cur *c)
{
    uint32_t value;
    if (!cur_need(c, sizeof value))
        return 0;
    memcpy(&value, c->at, sizeof value);
    c->at += sizeof value;
    return c->big_endian ? __builtin_bswap32(value) : value;
}

static inline uint64_t cur_u64(struct cur *c)
{
    uint64_t value;
    if (!cur_need(c, sizeof value))
        return 0;
    memcpy(&value, c->at, sizeof value);
    c->at += sizeof value;
    return c->big_endian ? __builtin_bswap64(value) : value;
}

static inline uint32_t cur_u24(struct cur *c)
{
    if (!cur_need(c, 3))
        return 0;
    const uint8_t *p = c->at;
    c->at += 3;
    return c->big_endian ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2]
                         : (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

// An unsigned number of 1, 2, 3, 4 or 8 bytes; any other width fails.
uint64_t cur_uint(struct cur *c, unsigned width);

// LEB128 (DWARF 5, 7.6). Bits past the 64th are dropped; a number longer than 16 bytes fails.
uint64_t cur_uleb_long(struct cur *c);
int64_t cur_sleb(struct cur *c);

static inline uint64_t cur_uleb(struct cur *c)
{
    if (cur_left(c) > 0 && *c->at < 0x80 && !c->failed)
        return *c->at++;
    return cur_uleb_long(c);
}

// Text up to a NUL, which is consumed and not part of the result. No NUL before the end: fails,
// empty.
struct slice cur_text(struct cur *c);
struct slice cur_bytes(struct cur *c, uint64_t size);

// A cursor over the next `size` bytes, which this one skips; its offsets still count from the same
// base.
struct cur cur_sub(struct cur *c, uint64_t size);

// --------------------------------------------------------------------------- arena

// Memory given back all at once. Not for sharing between threads: each worker has its own.
// With -DTARE_ARENA_MALLOC (the asan preset) every allocation is its own malloc, so that overruns
// show.
struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);  // NULL is fine
void arena_reset(struct arena *arena); // empties it, keeps some memory for reuse
// Zeroed, aligned to 16. A size of 0 gives a valid pointer.
void *arena_alloc(struct arena *arena, size_t size);
void *arena_room(struct arena *arena, size_t size); // not zeroed: for what is filled at once
void *arena_array(struct arena *arena, size_t count, size_t size); // panics on overflow
void *arena_copy(struct arena *arena, const void *data, size_t size);
// NUL-terminated copies.
char *arena_text(struct arena *arena, struct slice text);
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

#define ARENA_NEW(arena, type)          ((type *)arena_alloc(arena, sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_array(arena, count, sizeof(type)))

// ----------------------------------------------------------------------------- vec

// A growable array of T: VEC(int) v = {0}; vec_push(&v, 3); v.items[0]; vec_free(&v).
#define VEC(T)                                                                                     \
    struct {                                                                                       \
        T *items;                                                                                  \
        size_t count;                                                                              \
        size_t capacity;                                                                           \
    }

void *vec__grow(void *items, size_t *capacity, size_t need, size_t item_size);

#define vec_reserve(v, need)                                                                       \
    ((need) <= (v)->capacity                                                                       \
         ? (void)0                                                                                 \
         : (void)((v)->items = vec__grow((v)->items, &(v)->capacity, (need), sizeof *(v)->items)))
#define vec_push(v, ...)                                                                           \
    (vec_reserve((v), (v)->count + 1), (void)((v)->items[(v)->count++] = (__VA_ARGS__)))
#define vec_free(v) (free((v)->items), (v)->items = NULL, (v)->count = 0, (v)->capacity = 0)

// ------------------------------------------------------------------- hash and sort

// A fast 64-bit hash of bytes. With a seed that the bytes' author knows, collisions can be made.
uint64_t hash_bytes(const void *data, size_t size, uint64_t seed);
// A seed that differs from process to process: for tables of hostile names, never for what is shown.
uint64_t hash_seed(void);

static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    __uint128_t product = (__uint128_t)(a ^ 0x9e3779b97f4a7c15u) * (b ^ 0xd6e8feb86659fd93u);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

struct keyed {
    uint64_t key;
    uint64_t value;
};

// Stable, by key ascending, linear (LSD radix, passes over constant bytes are skipped); already
// sorted input costs one look. `scratch` has room for `count` items.
void sort_keyed(struct keyed *items, struct keyed *scratch, size_t count);
// In sorted items, the index of the first whose key is not below `key`; `count` when there is none.
size_t keyed_first(const struct keyed *items, size_t count, uint64_t key);

// --------------------------------------------------------------------------- names

// Interned text. 0 is the empty text. Ids are dense from 0, in order of first sight. Not
// thread-safe.
struct names;
typedef uint32_t name_id;

struct names *names_new(void);
void names_free(struct names *names);
// From now on no more than `bytes` of text are kept in all; longer texts that would not fit are cut
// to NAMES_CUT. Names out of a file may all be tails of one huge text: the file's size bounds what
// honest ones can need, not what others can claim.
void names_limit(struct names *names, uint64_t bytes);
#define NAMES_CUT     255
#define NAMES_LONGEST 65536 // bytes: longer texts are always cut, here
name_id names_intern(struct names *names, struct slice text);
name_id names_intern_text(struct names *names, const char *text);
// The id of a text that was interned before, or 0.
name_id names_find(const struct names *names, struct slice text);
// NUL-terminated, valid as long as the table.
const char *names_text(const struct names *names, name_id id);
struct slice names_slice(const struct names *names, name_id id);
uint32_t names_count(const struct names *names);

// --------------------------------------------------------------- faults and doubts

enum fault_kind {
    FAULT_NONE,
    FAULT_INPUT, // unreadable, damaged or contradictory input: exit status 2
    FAULT_USAGE, // a wrong request: exit status 2
    FAULT_LIMIT, // out of memory, threads or disk: exit status 3
};

// Why an operation could not go on. The message says file, section, offset and what was expected.
struct fault {
    enum fault_kind kind;
    char text[600];
};

#define NO_OFFSET UINT64_MAX

// Fills `fault` (the first one stays) as "FILE:SECTION+0xOFFSET: message" with the parts that are
// given (section may be NULL, offset may be NO_OFFSET). Always returns false, so that it can be
// returned.
bool fault_set(struct fault *fault, enum fault_kind kind, const char *file, const char *section,
               uint64_t offset, const char *format, ...) PRINTF_LIKE(6, 7);

// One bad record that did not stop the run.
struct doubt {
    const char *where; // "FILE:SECTION"
    uint64_t offset;   // or NO_OFFSET
    const char *text;
};

// Thread-safe. Counts all, keeps the DOUBTS_KEPT that come first by place, so that what is reported
// does not depend on the timing of threads.
struct doubts;
#define DOUBTS_KEPT 100

struct doubts *doubts_new(void);
void doubts_free(struct doubts *doubts);
// `doubts` may be NULL: then nothing is recorded.
void doubt_add(struct doubts *doubts, const char *file, const char *section, uint64_t offset,
               const char *format, ...) PRINTF_LIKE(5, 6);
uint64_t doubts_total(const struct doubts *doubts);
// The kept ones, ordered by place. Lent until the next doubt_add.
const struct doubt *doubts_list(struct doubts *doubts, size_t *count);

// ----------------------------------------------------------------------------- par

// Calls body(context, index, worker) for every index in [0, count), on up to `threads` threads (0 =
// one per core). Indices are handed out in ascending order; worker < the number par_workers gives
// for the same arguments.
unsigned par_workers(unsigned threads, size_t count);
void par_for(unsigned threads, size_t count,
             void (*body)(void *context, size_t index, unsigned worker), void *context);

// `threads`, or 1 for input of so few bytes that one is done before another has started.
unsigned par_worth(unsigned threads, uint64_t bytes);

// ----------------------------------------------------------------------------- buf

// Text or bytes being written. Zero-initialised is empty.
struct buf {
    char *data;
    size_t size;
    size_t capacity;
};

void buf_free(struct buf *buf);
void buf_reserve(struct buf *buf, size_t more);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_u64(struct buf *buf, uint64_t value); // decimal, fast
void buf_uleb(struct buf *buf, uint64_t value);
// Appends a regular file; of one larger than `max` a little more than that, so that the caller sees
// it. False with `fault` when it cannot be read.
bool buf_read_file(struct buf *buf, const char *path, size_t max, struct fault *fault);

// The bytes of a regular file, mapped read only until file_unmap; of an empty one no bytes. `expected`
// ("an ELF file") is what any other kind of file should have been; `whole`: all of it will be read.
bool file_map(struct slice *bytes, const char *path, const char *expected, bool whole,
              struct fault *fault);
void file_unmap(struct slice bytes);
// Says that all these bytes, of a file that is mapped, will be read: their pages come at once instead
// of one fault after the other. A hint; nothing is lost where the kernel declines it.
void file_want(struct slice bytes);

static inline void buf_bytes(struct buf *buf, const void *data, size_t size)
{
    if (size > buf->capacity - buf->size)
        buf_reserve(buf, size);
    if (size != 0)
        memcpy(buf->data + buf->size, data, size);
    buf->size += size;
}

static inline void buf_text(struct buf *buf, const char *text)
{
    buf_bytes(buf, text, strlen(text));
}

static inline void buf_char(struct buf *buf, char c)
{
    buf_bytes(buf, &c, 1);
}

#endif
