// SPDX-License-Identifier: MIT
// Rooms: the rules by which containers of CPython 3.9 to 3.15 and of MicroPython get and lose places. rooms.h says why
// they are here.
//
//   list        CPython: an eighth and 6 more when it is full; anew when less than half full (list_resize), since 3.14
//               not when it has few places
//               MicroPython: 4, and twice as many when full; half of them when less than half full
//   bytearray   CPython: an eighth more when it outgrows by little, else exactly (PyByteArray_Resize), until 3.14 with
//               a byte for the end of a text
//   dict        CPython: a power of two, two thirds of which can be filled; removed entries keep their places until a
//               full table is made anew, three times as large as what is left (insertion_resize, dict_merge)
//   set         CPython: a power of two, three fifths; a full table is made four times as large as what is left
//
// MicroPython's tables have room for the most entries they had: that number is enough.
#include "core/rooms.h"

#if MOTE_CENSUS
#include "core/heap.h"

#include <stdlib.h>

enum {
    LIST_LEAST = 4,    // places of every list of MicroPython
    LIST_KEPT = 32,    // places that a list of CPython 3.14 keeps
    TABLE_LEAST = 8,   // places of a table of CPython
    LARGE_SET = 50000, // grows by two
    LENGTH_GUESS = 8,  // values expected of what does not say how many it has
    SPLIT_GUESS = 12,  // parts expected of a string
};

struct room *rooms;

bool rooms_start(void)
{
    rooms = calloc(mote.counts.total_blocks + 1, sizeof *rooms);
    return rooms != NULL;
}

void rooms_end(void)
{
    free(rooms);
    rooms = NULL;
}

static struct room *find(const void *part)
{
    return heap_holds(part) ? &rooms[heap_index(part)] : NULL;
}

const struct room *room_of(const void *part)
{
    static const struct room none;
    const struct room *r = rooms ? find(part) : NULL;
    return r ? r : &none;
}

void room_new(size_t block)
{
    rooms[block] = (struct room){0};
}

// Those that every build of MicroPython has, or most: math.e, the mode "r" of files.
static bool interned[128] = {['\n'] = true, [' '] = true, ['*'] = true, ['/'] = true,
                             ['_'] = true,  ['e'] = true, ['r'] = true};

void room_character(unsigned char ascii)
{
    interned[ascii & 127] = true;
}

bool room_interns(unsigned char ascii)
{
    return !rooms || interned[ascii & 127];
}

// ------------------------------------------------------------------------------------------ lists

static size_t list_grown(size_t had, size_t length)
{
    size_t places = (length + length / 8 + 6) & ~(size_t)3;
    return length - had > places - length && length > had ? (length + 3) & ~(size_t)3 : places;
}

static size_t even(size_t places)
{
    return (places + 1) & ~(size_t)1;
}

// A list that lost its last value to pop() still has memory: it does not start anew.
static size_t resized_cpython(size_t places, bool popped, size_t had, size_t length, size_t kept)
{
    if (length == 0)
        return 0;
    if (places == 0 && !popped && length - had > 1)
        return even(length);
    bool sparse = length < places / 2 && places > kept;
    return length > places || sparse ? list_grown(had, length) : places;
}

static size_t resized_micropython(size_t places, size_t had, size_t length)
{
    places = places ? places : LIST_LEAST;
    if (length == 0 && had > 1)
        return LIST_LEAST;
    if (length > places)
        return length - had == 1 ? places * 2 : length + LIST_LEAST;
    return had - length == 1 && places > LIST_LEAST && places > 2 * length ? places / 2 : places;
}

void room_made(val list, size_t places)
{
    struct room *r = find((void *)list);
    if (r)
        *r = (struct room){.cpython = (uint32_t)places,
                           .later = (uint32_t)places,
                           .micropython = (uint32_t)(places < LIST_LEAST ? LIST_LEAST : places)};
}

void room_filled(val list, size_t places, size_t length)
{
    struct room *r = find((void *)list);
    size_t small = LIST_LEAST;
    while (places < length)
        places = list_grown(places, places + 1);
    while (small < length)
        small *= 2;
    if (r)
        *r = (struct room){
            .cpython = (uint32_t)places, .later = (uint32_t)places, .micropython = (uint32_t)small};
}

static bool has_length(val v)
{
    const struct type *type = type_of(v);
    if (type == &type_iterator)
        return ((struct iterator *)v)->kind < ITERATE_GETITEM;
    return type == &type_range_iterator || (type->ops->unary && !(type->shape.flags & TYPE_CLASS));
}

void room_from(val list, val iterable)
{
    size_t length = ((struct list *)list)->len;
    room_filled(list, has_length(iterable) ? even(length) : LENGTH_GUESS, length);
}

void room_split(val list, intptr_t most)
{
    size_t places = most < 0 || most >= SPLIT_GUESS ? SPLIT_GUESS : (size_t)most + 1;
    room_filled(list, places, ((struct list *)list)->len);
}

void room_resized(const struct list *l, size_t had, size_t length)
{
    struct room *r = find(l);
    if (!r || had == length)
        return;
    r->cpython = (uint32_t)resized_cpython(r->cpython, r->filled, had, length, 0);
    r->later = (uint32_t)resized_cpython(r->later, r->filled, had, length, LIST_KEPT);
    r->micropython = (uint32_t)resized_micropython(r->micropython, had, length);
}

void room_popped(const struct list *l)
{
    struct room *r = find(l);
    if (r)
        r->filled = l->len == 0;
}

// ------------------------------------------------------------------------------------------ bytearrays

// `end`: bytes behind the last one.
static size_t resized_bytes(size_t places, size_t length, size_t end)
{
    if (length + end > places && length <= places + places / 8)
        return length + length / 8 + (length < 9 ? 3 : 6);
    return length + end > places || length < places / 2 ? length + end : places;
}

void room_bytes(const struct bytearray *b, size_t length)
{
    struct room *r = find(b);
    if (!r || b->len == length)
        return;
    r->cpython = (uint32_t)resized_bytes(r->cpython, length, 1);
    r->later = (uint32_t)resized_bytes(r->later, length, 0);
}

// ------------------------------------------------------------------------------------------ tables

static bool is_set(const struct table *t)
{
    return (t->live & TABLE_SET) != 0;
}

static void rebuilt(struct room *r, size_t places, size_t live)
{
    r->cpython = TABLE_LEAST;
    while (r->cpython < places)
        r->cpython *= 2;
    r->filled = (uint32_t)live;
}

// Set tables have more places than what they are asked for.
static void set_rebuilt(struct room *r, size_t live, size_t factor)
{
    rebuilt(r, live * factor + 1, live);
}

static bool set_is_full(const struct room *r, size_t filled)
{
    size_t places = r->cpython ? r->cpython : TABLE_LEAST;
    return filled * 5 >= (places - 1) * 3;
}

static void set_adds(struct room *r, size_t live)
{
    r->filled++;
    if (set_is_full(r, r->filled))
        set_rebuilt(r, live + 1, live + 1 > LARGE_SET ? 2 : 4);
}

static void set_merges(struct room *r, size_t live, size_t more)
{
    if (set_is_full(r, r->filled + more)) {
        set_rebuilt(r, live + more, 2);
        r->filled = (uint32_t)live;
    }
}

static void dict_adds(struct room *r, size_t live)
{
    if (r->filled >= r->cpython * 2 / 3)
        rebuilt(r, live * 3, live);
    r->filled++;
}

void room_adds(const struct table *t)
{
    struct room *r = find(t);
    size_t live = table_live(t);
    if (!r)
        return;
    (is_set(t) ? set_adds : dict_adds)(r, live);
    if (live + 1 > r->most)
        r->most = (uint32_t)live + 1;
}

void room_reserves(const struct table *t, size_t more)
{
    struct room *r = find(t);
    size_t live = table_live(t);
    if (!r)
        return;
    if (is_set(t))
        set_merges(r, live, more);
    else if (r->cpython * 2 / 3 < more)
        rebuilt(r, ((live + more) * 3 + 1) / 2, live);
    if (live == 0)
        r->micropython = (uint32_t)more;
}

void room_copies(const struct table *to, const struct table *from)
{
    struct room *r = find(to), *other = find(from);
    size_t live = table_live(from);
    if (!r)
        return;
    if (is_set(from) || !other || live < other->filled * 2 / 3) {
        rebuilt(r, 0, 0);
        room_reserves(to, live);
        r->filled = (uint32_t)live;
    } else {
        *r = *other;
    }
    // MicroPython's copies have as many places.
    r->micropython = other ? other->micropython : (uint32_t)live;
    r->most = other ? other->most : (uint32_t)live;
}

// A dict without gaps that fills more than half of its table gives an empty one its table.
void room_updates(const struct table *to, const struct table *from)
{
    struct room *r = find(to);
    const struct room *other = find(from);
    size_t live = table_live(from);
    bool dense = other && other->filled == live &&
                 (other->cpython == TABLE_LEAST || other->cpython / 2 * 2 / 3 < live);
    if (!dense || table_live(to) != 0)
        room_reserves(to, live);
    else if (r)
        r->cpython = other->cpython;
}

void room_keeps(const struct table *t, const struct room *before)
{
    struct room *r = find(t);
    if (r)
        *r = *before;
}

void room_clears(const struct table *t)
{
    struct room *r = find(t);
    if (r)
        *r = (struct room){0};
}

// ------------------------------------------------------------------------------------------ operators of sets

// What many were taken out of is made anew.
static void sweeps(struct room *r, size_t live)
{
    if (r->cpython && r->filled - live > (r->cpython - 1) / 4)
        set_rebuilt(r, live, live > LARGE_SET ? 2 : 4);
}

// Intersections, and differences with what is not much smaller, are filled with what stays; differences with little are
// copies from which it is taken.
void room_set_op(const struct table *t, enum op op, size_t had, size_t other, bool in_place)
{
    struct room *r = find(t);
    size_t live = table_live(t);
    if (!r || op == OP_OR || op == OP_XOR)
        return;
    if (op == OP_SUB && (in_place || had / 4 > other)) {
        sweeps(r, live);
        return;
    }
    *r = op == OP_AND ? (struct room){.most = (uint32_t)live}
                      : (struct room){.micropython = r->micropython, .most = r->most};
    for (size_t i = 0; i < live; i++)
        set_adds(r, i);
}
#endif
