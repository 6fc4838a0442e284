// SPDX-License-Identifier: MIT
// Tables: the insertion-ordered pairs of dict, set, instances and modules.
//
//     table                     pairs
//     +-------+------+------+   +------+-------+-----+-----+-----+-----+-----+--------+---------------------+
//     | pairs | used | live |-->| type | count | k0  | v0  | k1  | v1  | ... | head   | entries by hash     |
//     +-------+------+------+   +------+-------+-----+-----+-----+-----+-----+--------+---------------------+
//                                               |<---- count words ---------->|<- index, past LINEAR places ->|
//
// Pairs stand in the order of insertion; a removed one has the key NOTHING until the next rebuild moves the others
// together. Up to LINEAR places are searched one by one, first for the very word of the key: with interned names that is
// nearly always the answer. More places have an index: a power of two of entries of 1, 2 or 4 bytes, linear probing, each
// entry 0 or the place of a pair + 1. A removal leaves its entry as it is; it then points to a pair that is not there, or
// no longer the one it was made for, and does no harm: what it points to is compared anyway. The head of the index counts
// the entries that are not 0, so that a table is rebuilt before they run out, and knows how many pairs at the start are gone,
// so that a table can be emptied from there.
//
// Hashes are not kept. Interned strings, other strings and small integers (plain keys) are hashed and compared without
// running anything or allocating, so tables of plain keys are rebuilt in place. The hash or the equality of any other key
// may be the program's own code, which may change this very table: such a table (TABLE_WILD) is rebuilt into new pairs,
// and every search looks afterwards whether it still sees the table it started with.
#include "core/rooms.h"
#include "types/containers.h"

#include "core/heap.h"

enum { LINEAR = 9 };                 // fills 5 blocks of 4 words
#define TABLE_MIXED (TABLE_HOW >> 1) // has keys that are not interned
#define TABLE_WILD  (TABLE_HOW >> 2) // has keys that are not plain
#define TABLE_LIVE  (TABLE_COPY - 1) // bits of the number

const struct type type_pairs = {
    {&type_type}, S(pairs),
    NULL,         NOTHING,
    NOTHING,      {sizeof(struct pairs), WORD, 0, 2, TYPE_COUNTED | TYPE_HASHED | TYPE_INTERNAL}};

size_t table_live(const struct table *t)
{
    return t->live & TABLE_LIVE;
}

// Words of a pair.
static inline size_t stride_of(const struct table *t)
{
    return t->live & TABLE_SET ? 1 : 2;
}

static inline size_t places_of(const struct table *t)
{
    return t->pairs ? count_of(t->pairs) / stride_of(t) : 0;
}

// ------------------------------------------------------------------------------------------ the index

struct index_head {
    size_t filled; // entries that are not 0
    size_t gone;   // places from the start without a pair, at least
};

// Entries of the index are a power of two, at least 3/2 of the places.
static unsigned index_bits(size_t places)
{
    return 32 - (unsigned)__builtin_clz((uint32_t)(places + places / 2 - 1));
}

// log2 of the bytes of an entry
static unsigned index_width(size_t places)
{
    return places < 256 ? 0 : places < 65536 ? 1 : 2;
}

static size_t index_bytes(size_t places)
{
    return places <= LINEAR ? 0
                            : sizeof(struct index_head) +
                                  ((size_t)1 << (index_bits(places) + index_width(places)));
}

size_t table_index_bytes(size_t count_word)
{
    return index_bytes((count_word & ~COUNT_FLAG) / (count_word & COUNT_FLAG ? 1 : 2));
}

struct index {
    struct index_head *head;
    unsigned bits, width;
    size_t mask;
};

static inline struct index index_of(struct pairs *p, size_t places)
{
    unsigned bits = index_bits(places);
    return (struct index){(struct index_head *)(p->slots + count_of(p)), bits, index_width(places),
                          ((size_t)1 << bits) - 1};
}

// Where the search for a hash starts: the top bits of a product spread what is close together.
static inline size_t index_start(const struct index *x, size_t hash)
{
    uint32_t h = (uint32_t)hash;
#if MOTE_64
    h ^= (uint32_t)(hash >> 32);
#endif
    return h * 0x9e3779b1u >> (32 - x->bits);
}

static inline size_t index_get(const struct index *x, size_t at)
{
    const void *entries = x->head + 1;
    return x->width == 0   ? ((const uint8_t *)entries)[at]
           : x->width == 1 ? ((const uint16_t *)entries)[at]
                           : ((const uint32_t *)entries)[at];
}

static void index_add(struct pairs *p, size_t places, size_t hash, size_t place)
{
    struct index x = index_of(p, places);
    void *entries = x.head + 1;
    size_t at = index_start(&x, hash);
    while (index_get(&x, at))
        at = (at + 1) & x.mask;
    if (x.width == 0)
        ((uint8_t *)entries)[at] = (uint8_t)(place + 1);
    else if (x.width == 1)
        ((uint16_t *)entries)[at] = (uint16_t)(place + 1);
    else
        ((uint32_t *)entries)[at] = (uint32_t)(place + 1);
    x.head->filled++;
}

// ------------------------------------------------------------------------------------------ keys

static inline bool is_tagged(val key) // an interned string or a small integer
{
    return key & 3;
}

static inline bool is_plain(val key)
{
    return is_tagged(key) || (is_object(key) && ((struct obj *)key)->type == &type_str);
}

static size_t key_hash(val key)
{
    if (is_interned(key))
        return interned_hash(key);
    // Small integers are their own hash up to where the modulus of hash_of begins.
    if (is_small(key) && (key >> 1) < SIZE_MAX >> 4)
        return key >> 1;
    if (is_object(key) && ((struct obj *)key)->type == &type_str) {
        struct text t = text_of(key);
        return text_hash(t.data, t.size);
    }
    return hash_of(key);
}

enum match { DIFFERENT, SAME, CHANGED };

// Two keys that are not the same word, one of which is not plain: may run anything.
static __attribute__((noinline)) enum match match_wild(const struct table *t, val have, val key,
                                                       size_t hash)
{
    const struct pairs *pairs = t->pairs;
    size_t used = t->used, count = pairs->count;
    ROOTS(r, 1);
    r[0] = have;
    bool same = key_hash(have) == hash && equal(have, key);
    if (t->pairs != pairs || t->used != used || pairs->count != count)
        return CHANGED;
    return same ? SAME : DIFFERENT;
}

static inline enum match match(const struct table *t, val have, val key, size_t hash, bool quiet)
{
    if (have == key)
        return SAME;
    if (have == NOTHING || (is_tagged(have) && is_tagged(key)))
        return DIFFERENT;
    if (is_plain(have) && is_plain(key))
        return is_str(have) && is_str(key) && str_equal(have, key) ? SAME : DIFFERENT;
    return quiet ? DIFFERENT : match_wild(t, have, key, hash);
}

// ------------------------------------------------------------------------------------------ find

static bool is_keyless(const struct table *t)
{
    return MOTE_KEYLESS && t->live & TABLE_FIXED && t->live & TABLE_SET;
}

static val fixed_key(const struct table *t, size_t i)
{
    if (!is_keyless(t))
        return t->pairs->slots[2 * i];
    val v = t->pairs->slots[i];
    return has_type(v, &type_type) ? ((const struct type *)v)->name : native_name(v);
}

// Without keys what stands before the value is not its key, but nobody asks for that here.
static val *find_fixed(const struct table *t, val name)
{
    size_t low = 0, high = t->used;
#if MOTE_DEBUG
    for (size_t i = 1; i < high; i++)
        ASSERT(fixed_key(t, i - 1) < fixed_key(t, i)); // NAMES in the order of the strings
#endif
    while (low < high) {
        size_t middle = (low + high) / 2;
        val key = fixed_key(t, middle);
        if (key == name)
            return (is_keyless(t) ? &t->pairs->slots[middle] - 1 : &t->pairs->slots[2 * middle]);
        if (key < name)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

// The slot, or NULL. Quiet: runs nothing, and keys that are not plain are not seen.
static val *find(const struct table *t, val key, size_t hash, bool quiet)
{
again:;
    struct pairs *p = t->pairs;
    size_t places = places_of(t), stride = stride_of(t);
    if (places <= LINEAR) {
        for (size_t i = 0; i < t->used; i++) {
            enum match m = match(t, p->slots[i * stride], key, hash, quiet);
            if (m == CHANGED)
                goto again;
            if (m == SAME && p->slots[i * stride])
                return &p->slots[i * stride];
        }
        return NULL;
    }
    struct index x = index_of(p, places);
    for (size_t at = index_start(&x, hash), place; (place = index_get(&x, at)) != 0;
         at = (at + 1) & x.mask) {
        if (place > t->used)
            continue; // of a pair that was removed
        val *slot = &p->slots[(place - 1) * stride];
        enum match m = match(t, *slot, key, hash, quiet);
        if (m == CHANGED)
            goto again;
        if (m == SAME && *slot)
            return slot;
    }
    return NULL;
}

val *table_find_name(const struct table *t, val name)
{
    if (t->live & TABLE_FIXED)
        return find_fixed(t, name);
    size_t places = places_of(t);
    if (places > LINEAR)
        return find(t, name, key_hash(name), true);
    struct pairs *p = t->pairs;
    for (size_t i = 0, stride = stride_of(t), n = t->used * stride; i < n; i += stride)
        if (p->slots[i] == name)
            return &p->slots[i];
    return t->live & TABLE_MIXED ? find(t, name, 0, true) : NULL;
}

// The hash where it may be needed: also to say that a key has none.
static size_t hash_if_needed(const struct table *t, val key)
{
    return !is_plain(key) || t->live & TABLE_WILD || places_of(t) > LINEAR ? key_hash(key) : 0;
}

val *table_find(const struct table *t, val key)
{
    if (is_interned(key) && !(t->live & TABLE_WILD))
        return table_find_name(t, key);
    if (!(t->live & TABLE_FIXED))
        return find(t, key, hash_if_needed(t, key), false);
    if (is_str(key)) {
        struct text text = text_of(key);
        val name = intern_find(text.data, text.size);
        return name ? find_fixed(t, name) : NULL;
    }
    key_hash(key);
    return NULL;
}

static bool is_indexed(const struct table *t)
{
    return !(t->live & TABLE_FIXED) && places_of(t) > LINEAR;
}

static struct index_head *index_head(const struct table *t)
{
    return (struct index_head *)(t->pairs->slots + count_of(t->pairs));
}

val *table_slot(const struct table *t, size_t at)
{
    if (is_keyless(t)) {
        mote.row[0] = fixed_key(t, at);
        mote.row[1] = t->pairs->slots[at];
        return mote.row;
    }
    val *slot = &t->pairs->slots[at * stride_of(t)];
    return *slot ? slot : NULL;
}

bool table_next(const struct table *t, size_t *at, val **slot)
{
    if (*at == 0 && is_indexed(t))
        *at = index_head(t)->gone;
    while (*at < t->used) {
        *slot = table_slot(t, (*at)++);
        if (*slot)
            return true;
    }
    return false;
}

// ------------------------------------------------------------------------------------------ growth

// As many places as fill the blocks that so many need.
static size_t fill_blocks(size_t stride, size_t places)
{
    if (places > UINT32_MAX / 8)
        raise_memory();
    size_t blocks =
        (sizeof(struct pairs) + places * stride * WORD + index_bytes(places) + BLOCK - 1) / BLOCK;
    while (sizeof(struct pairs) + (places + 1) * stride * WORD + index_bytes(places + 1) <=
           blocks * BLOCK)
        places++;
    return places;
}

// Moves the pairs together; answers how many there are.
static size_t move_live(val *to, const val *from, size_t used, size_t stride)
{
    size_t n = 0;
    for (size_t i = 0; i < used; i++) {
        if (from[i * stride]) {
            memmove(&to[n * stride], &from[i * stride], stride * WORD);
            n++;
        }
    }
    return n;
}

// Plain keys: in place.
static void rebuild_plain(struct table *t, size_t places)
{
    size_t stride = stride_of(t), count = places * stride;
    size_t flagged = count | (stride == 1 ? COUNT_FLAG : 0);
    if (!t->pairs) {
        t->pairs = heap_new_counted(&type_pairs, flagged);
        return;
    }
    if (count_of(t->pairs) != count)
        t->pairs = heap_resize_counted(t->pairs, flagged);
    struct pairs *p = t->pairs;
    t->used = move_live(p->slots, p->slots, t->used, stride);
    memset(&p->slots[t->used * stride], 0, (count - t->used * stride) * WORD + index_bytes(places));
    if (places > LINEAR)
        for (size_t i = 0; i < t->used; i++)
            index_add(p, places, key_hash(p->slots[i * stride]), i);
}

// Whether the new pairs have the keys of the table still; then they get its values.
static bool copy_values(struct pairs *new, const struct table *t, size_t n)
{
    size_t stride = stride_of(t), at = 0;
    val *slot;
    for (size_t i = 0; table_next(t, &at, &slot); i++) {
        if (i == n || new->slots[i * stride] != *slot)
            return false;
        memcpy(&new->slots[i * stride], slot, stride * WORD);
    }
    return n == table_live(t);
}

// Other keys: into new pairs, while the table stays as it is. False when it was changed meanwhile, by the code of a key.
static bool rebuild_wild(struct table *t, size_t places)
{
    size_t stride = stride_of(t);
    ROOTS(r, 1);
    struct pairs *old = t->pairs;
    struct pairs *new =
        heap_new_counted(&type_pairs, places * stride | (stride == 1 ? COUNT_FLAG : 0));
    r[0] = (val) new;
    size_t n = move_live(new->slots, old->slots, t->used, stride);
    for (size_t i = 0; i < n; i++)
        index_add(new, places, key_hash(new->slots[i * stride]), i);
    if (t->pairs != old || !copy_values(new, t, n))
        return false;
    t->pairs = new;
    t->used = n;
    heap_free(old);
    return true;
}

static bool rebuild(struct table *t, size_t places)
{
    if (t->live & TABLE_WILD && places > LINEAR && t->pairs)
        return rebuild_wild(t, places);
    rebuild_plain(t, places);
    return true;
}

void table_reserve(struct table *t, size_t pairs)
{
    while (pairs > places_of(t) && !rebuild(t, fill_blocks(stride_of(t), pairs)))
        ;
}

// Whether a pair can be added as things are.
static bool has_room(const struct table *t)
{
    size_t places = places_of(t);
    if (t->used >= places)
        return false;
    if (places <= LINEAR)
        return true;
    struct index x = index_of(t->pairs, places);
    return x.head->filled < x.mask - x.mask / 8;
}

// Makes room; false when the table was changed meanwhile.
static bool make_room(struct table *t)
{
    size_t places = places_of(t), live = table_live(t);
    t->live &= ~(TABLE_HOW | TABLE_COPY); // no longer as it was made
    if (live >= places - places / 4)      // else what was removed makes room enough
        places = fill_blocks(stride_of(t), places + places / 2 + 1);
    return rebuild(t, places);
}

// ------------------------------------------------------------------------------------------ change

void table_change(const struct table *t)
{
    if (t->live & TABLE_FIXED)
        raise_type("this table is in ROM and cannot be changed");
}

val *table_add(struct table *t, val key)
{
    table_change(t);
    for (;;) {
        size_t hash = hash_if_needed(t, key);
        val *slot = is_interned(key) && !(t->live & TABLE_WILD) ? table_find_name(t, key)
                                                                : find(t, key, hash, false);
        if (slot)
            return slot;
        if (has_room(t)) {
            ROOMS(room_adds(t));
            slot = &t->pairs->slots[t->used * stride_of(t)];
            *slot = key;
            size_t places = places_of(t);
            if (places > LINEAR)
                index_add(t->pairs, places, hash, t->used);
            t->used++;
            t->live++;
            t->live |= is_interned(key) ? 0
                       : is_plain(key)  ? TABLE_MIXED
                                        : TABLE_MIXED | TABLE_WILD;
            return slot;
        }
        make_room(t);
    }
}

// Takes a pair out by its slot. Removed pairs at the end go away at once, so that the last one is there.
void table_remove_slot(struct table *t, val *slot)
{
    size_t stride = stride_of(t);
    memset(slot, 0, stride * WORD);
    t->live--;
    while (t->used && !t->pairs->slots[(t->used - 1) * stride])
        t->used--;
    if (is_indexed(t)) {
        struct index_head *head = index_head(t);
        if (slot == &t->pairs->slots[head->gone * stride])
            head->gone++;
        if (head->gone > t->used)
            head->gone = t->used;
    }
}

bool table_remove(struct table *t, val key)
{
    table_change(t);
    val *slot = table_find(t, key);
    if (slot)
        table_remove_slot(t, slot);
    return slot != NULL;
}

val *table_first(const struct table *t)
{
    size_t at = 0;
    val *slot;
    if (!table_next(t, &at, &slot))
        return NULL;
    if (is_indexed(t))
        index_head(t)->gone = at - 1;
    return slot;
}

val *table_last(const struct table *t)
{
    return t->used ? &t->pairs->slots[(t->used - 1) * stride_of(t)] : NULL;
}

void table_clear(struct table *t)
{
    table_change(t);
    struct pairs *p = t->pairs;
    ROOMS(room_clears(t));
    t->pairs = NULL;
    t->used = 0;
    t->live &= TABLE_SET | TABLE_HOW;
    if (p)
        heap_free(p);
}

// ROM holds pairs without an index, in the order of their names.
static void copy_fixed(struct table *to, const struct table *from)
{
    table_reserve(to, from->used);
    val *slot;
    for (size_t at = 0; table_next(from, &at, &slot);) {
        val value = slot[1];
        table_add(to, slot[0])[1] = value;
    }
}

void table_copy(struct table *to, const struct table *from)
{
    ASSERT(to->pairs == NULL);
    if (table_live(from) == 0)
        return;
    ROOMS(room_copies(to, from));
    if (from->live & TABLE_FIXED) {
        copy_fixed(to, from);
        return;
    }
    size_t stride = stride_of(from), places = places_of(from);
    if (places <= LINEAR)
        places = fill_blocks(stride, table_live(from));
    struct pairs *p =
        heap_new_counted(&type_pairs, places * stride | (stride == 1 ? COUNT_FLAG : 0));
    if (places <= LINEAR) {
        to->used = move_live(p->slots, from->pairs->slots, from->used, stride);
    } else { // the index too: no key is asked for its hash
        memcpy(p->slots, from->pairs->slots, places * stride * WORD + index_bytes(places));
        to->used = from->used;
    }
    to->pairs = p;
    to->live = (to->live & TABLE_HOW) | (from->live & ~TABLE_HOW) | (MOTE_CENSUS ? TABLE_COPY : 0);
}
