// SPDX-License-Identifier: MIT
// Interned strings. An index is one number over the pools, one after the other:
//
//     0 .. 127          the ASCII characters: the index is the code, there are no entries
//     128 .. S_COUNT-1  the machine's own names, in ROM, sorted by text (strings.sh)
//     S_COUNT ..        those of the frozen modules, in ROM, sorted by text (mote-freeze)
//     then              what the program brought: on the heap, in the order it came, never given back
//
//     entry    | hash, low byte first | length | text |      hash: MOTE_HASH_BYTES bytes, or none
//
// The pool on the heap keeps its entries one behind the other in chunks, the address of each in a table, and places by
// hash in another (open addressing, at most half full). Pools in ROM are searched by halving.
#include "core/counters.h"
#include "core/rooms.h"

enum { ENTRY_HEAD = MOTE_HASH_BYTES + 1, CHUNK = 14 * WORD };
enum { FIRST = S_FIRST + 1 };

// Of entries; the table and the places of a pool, too, so that they do not look like bytes of the program.
struct chunk { // counted
    struct obj head;
    size_t len;
    val previous;
    uint8_t entries[];
};

struct pool {
    struct obj head;
    val chunk;  // the one that is being filled
    val table;  // chunk: addresses of the entries
    val places; // chunk: place_t, 0 free, else 1 + number of an entry
    size_t count;
    size_t used; // bytes of the chunk
};

#if MOTE_64
typedef uint32_t place_t;
#else
typedef uint16_t place_t;
#endif
#define POOL_MOST ((place_t)-2)

static const struct type type_chunk = {.head = {&type_type},
                                       .name = S(chunk),
                                       .ops = &no_ops,
                                       .shape = {.size = sizeof(struct chunk),
                                                 .unit = 1,
                                                 .refs = 1 << 2,
                                                 .flags = TYPE_COUNTED | TYPE_INTERNAL}};
static const struct type type_pool = {
    .head = {&type_type},
    .name = S(pool),
    .ops = &no_ops,
    .shape = {.size = sizeof(struct pool), .refs = 7 << 1, .flags = TYPE_INTERNAL}};

// ------------------------------------------------------------------------------------------ ROM

#ifndef MOTE_SCAN
// The entries as one struct of char arrays, so that they lie side by side without end marks and offsetof finds them.
#define CHARACTER(name, code)
#define STRING(name, entry) char text_##name[sizeof(entry) - 1];
static const struct own {
#include "interned.h"
} own = {
#undef STRING
#define STRING(name, entry) entry,
#include "interned.h"
};
// Where every STRIDEth entry starts: for size few, and the way from there is walked. Of the entries that stand for one
// place the last one counts, which is the one on it.
#ifdef __OPTIMIZE_SIZE__
enum { STRIDE = 8 };
#else
enum { STRIDE = 1 };
#endif
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const uint16_t own_offsets[] = {
#undef STRING
#define STRING(name, entry)                                                                        \
    [(S_##name - FIRST + STRIDE - 1) / STRIDE] = offsetof(struct own, text_##name),
#include "interned.h"
};
#pragma GCC diagnostic pop
#undef STRING
#undef CHARACTER
#endif
_Static_assert(sizeof(struct own) < 65536, "offsets of 16 bits");

static const char characters[] =
    "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
    "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"
    " !\"#$%&'()*+,-./"
    "0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~\x7f";

static struct pool *pool(void)
{
    return (struct pool *)mote.pool;
}

static const uint8_t **pool_table(void)
{
    return (const uint8_t **)((struct chunk *)pool()->table)->entries;
}

static const uint8_t *entry_of(size_t index)
{
    if (index < S_COUNT) {
        const uint8_t *entry = (const uint8_t *)&own + own_offsets[(index - FIRST) / STRIDE];
        for (size_t left = (index - FIRST) % STRIDE; left; left--)
            entry += ENTRY_HEAD + entry[MOTE_HASH_BYTES];
        return entry;
    }
    if (index - S_COUNT < frozen_pool.count)
        return frozen_pool.entries + frozen_pool.offsets[index - S_COUNT];
    return pool_table()[index - S_COUNT - frozen_pool.count];
}

static struct text entry_text(const uint8_t *entry)
{
    return (struct text){(const char *)entry + ENTRY_HEAD, entry[MOTE_HASH_BYTES]};
}

struct text interned_text(val v)
{
    size_t index = v >> 2;
    if (index < FIRST)
        return (struct text){characters + index, 1};
    return entry_text(entry_of(index));
}

// The hash of str and bytes: h * 31 + c over the bytes, as wide as what entries keep of it.
size_t text_hash(const char *text, size_t size)
{
    uint32_t h = 0;
    for (size_t i = 0; i < size; i++)
        h = h * 31 + (uint8_t)text[i];
#if MOTE_HASH_BYTES && MOTE_HASH_BYTES < 4
    h &= (1u << 8 * MOTE_HASH_BYTES) - 1;
#endif
    return h;
}

size_t interned_hash(val v)
{
#if MOTE_HASH_BYTES
    size_t index = v >> 2;
    if (index >= FIRST) {
        const uint8_t *entry = entry_of(index);
        size_t h = 0;
        for (int i = MOTE_HASH_BYTES - 1; i >= 0; i--)
            h = h << 8 | entry[i];
        return h;
    }
#endif
    struct text t = interned_text(v);
    return text_hash(t.data, t.size);
}

static int text_order(const char *text, size_t size, struct text other)
{
    int order = memcmp(text, other.data, size < other.size ? size : other.size);
    return order ? order : (size > other.size) - (size < other.size);
}

// The index in [first, first + count), whose entries are sorted; 0 if it is not there.
static size_t find_sorted(size_t first, size_t count, const char *text, size_t size)
{
    size_t low = first, high = first + count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = text_order(text, size, entry_text(entry_of(middle)));
        if (order == 0)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

// ------------------------------------------------------------------------------------------ the heap's pool

static size_t places_count(const struct pool *p)
{
    return count_of((void *)p->places) / sizeof(place_t);
}

static place_t *places_of(const struct pool *p)
{
    return (place_t *)((struct chunk *)p->places)->entries;
}

// The place that holds the text, or the free one where it would go.
static place_t *place_of(const char *text, size_t size)
{
    const struct pool *p = pool();
    place_t *places = places_of(p);
    size_t mask = places_count(p) - 1;
    size_t at = text_hash(text, size);
    for (at ^= at >> 7;; at++) {
        place_t *place = &places[at & mask];
        if (*place == 0)
            return place;
        struct text t = entry_text(pool_table()[*place - 1]);
        if (t.size == size && memcmp(t.data, text, size) == 0)
            return place;
    }
}

static void places_fill(void)
{
    struct pool *p = pool();
    for (size_t i = 0; i < p->count; i++) {
        struct text t = entry_text(pool_table()[i]);
        *place_of(t.data, t.size) = (place_t)(i + 1);
    }
}

static void pool_start(void)
{
    ROOTS(r, 1);
    struct pool *p = heap_new(&type_pool);
    r[0] = (val)p;
    p->chunk = (val)heap_new_counted(&type_chunk, CHUNK);
    p->table = (val)heap_new_counted(&type_chunk, 13 * WORD);
    p->places = (val)heap_new_counted(&type_chunk, 32 * sizeof(place_t));
    mote.pool = r[0];
}

// Room for one more entry of so many bytes; all that may fail is done before anything changes.
static uint8_t *pool_room(size_t size)
{
    struct pool *p = pool();
    if (p->count >= POOL_MOST)
        raise_memory();
    if ((p->count + 1) * 2 > places_count(p)) {
        size_t twice = places_count(p) * 2 * sizeof(place_t);
        val places = (val)heap_new_counted(&type_chunk, twice);
        heap_free((void *)p->places);
        p->places = places;
        places_fill();
    }
    size_t table = count_of((void *)p->table);
    if ((p->count + 1) * WORD > table)
        p->table = (val)heap_resize_counted((void *)p->table, table + table / 2 / WORD * WORD);
    if (p->used + size > count_of((void *)p->chunk)) {
        struct chunk *chunk = heap_new_counted(&type_chunk, size > CHUNK ? size : CHUNK);
        chunk->previous = p->chunk;
        p->chunk = (val)chunk;
        p->used = 0;
    }
    uint8_t *room = ((struct chunk *)p->chunk)->entries + p->used;
    p->used += size;
    return room;
}

static val pool_add(const char *text, size_t size)
{
    uint8_t *entry = pool_room(ENTRY_HEAD + size);
    size_t hash = text_hash(text, size);
    for (int i = 0; i < MOTE_HASH_BYTES; i++)
        entry[i] = (uint8_t)(hash >> 8 * i);
    entry[MOTE_HASH_BYTES] = (uint8_t)size;
    memcpy(entry + ENTRY_HEAD, text, size);
    struct pool *p = pool();
    pool_table()[p->count++] = entry;
    *place_of(text, size) = (place_t)p->count;
    return ((val)(S_COUNT + frozen_pool.count + p->count - 1) << 2) | 2;
}

size_t intern_pool_bytes(void)
{
    const struct pool *p = pool();
    if (!p)
        return 0;
    size_t bytes = heap_bytes(p) + heap_bytes((void *)p->table) + heap_bytes((void *)p->places);
    for (const struct chunk *c = (void *)p->chunk; c; c = (void *)c->previous)
        bytes += heap_bytes(c);
    return bytes;
}

size_t intern_pool_count(void)
{
    return mote.pool ? pool()->count : 0;
}

// ------------------------------------------------------------------------------------------ both

val intern_find(const char *text, size_t size)
{
    if (size == 1 && (uint8_t)*text < 128)
        return character((uint8_t)*text);
    size_t index = find_sorted(FIRST, S_COUNT - FIRST, text, size);
    if (!index)
        index = find_sorted(S_COUNT, frozen_pool.count, text, size);
    if (!index && mote.pool) {
        place_t place = *place_of(text, size);
        if (place)
            index = S_COUNT + frozen_pool.count + place - 1;
    }
    return index ? ((val)index << 2) | 2 : NOTHING;
}

val intern(const char *text, size_t size)
{
    if (size > 255)
        return str_new(text, size);
    if (size == 1)
        ROOMS(room_character((unsigned char)*text));
    val found = intern_find(text, size);
    if (found)
        return found;
    if (!mote.pool)
        pool_start();
    return pool_add(text, size);
}

val intern_val(val str)
{
    if (is_interned(str))
        return str;
    ROOTS(r, 1);
    r[0] = str;
    struct text t = text_of(str);
    return intern(t.data, t.size);
}
