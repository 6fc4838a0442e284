// SPDX-License-Identifier: MIT
// Rooms: how many places a container would have on CPython and on MicroPython, for the census.
//
// Where a container grows and shrinks depends on every change of its size before, a history that nothing short can
// tell. So the rules of both are followed beside mote's own (core/rooms.c), in a table outside of the heap, a row a
// block, once `rooms_start` was called. The calls say what happens to a container; without a census they are nothing.
#ifndef MOTE_ROOMS_H
#define MOTE_ROOMS_H

#include "mote.h"

// Zero is what was never changed. CPython: places of a list or table, bytes of a bytearray.
struct room {
    uint32_t cpython, micropython; // of tables the second is what it was made with room for
    uint32_t filled;               // tables: places taken, by removed entries too
    union {
        uint32_t most;  // tables: the most entries it had
        uint32_t later; // lists and bytearrays: `cpython` by the rules since 3.14 and 3.15
    };
};
bool rooms_start(void); // false: no memory
void rooms_end(void);
// Of the object in whose block the part lies; of one not followed zeros.
const struct room *room_of(const void *part);

#if MOTE_CENSUS
extern struct room *rooms; // NULL: not started
#else
enum { rooms = 0 };
#endif

// ---- strings of one character

// MicroPython has one that is an interned string, by the text of the program, an index or chr(); what is cut out of
// another string is else an object of its own.
void room_character(unsigned char ascii); // it is interned
bool room_interns(unsigned char ascii);
#define ROOMS(call)                                                                                \
    do {                                                                                           \
        if (rooms)                                                                                 \
            call;                                                                                  \
    } while (0)

void room_new(size_t block); // an object is made there

// ---- lists

void room_made(val list, size_t places);                  // exactly so many
void room_filled(val list, size_t places, size_t length); // so many, and then value by value
void room_from(val list, val iterable);                   // from all it gives
void room_split(val list, intptr_t most); // by str.split; at most so many times, -1: any
void room_resized(const struct list *l, size_t had, size_t length);
void room_popped(const struct list *l); // its last value

// ---- bytearrays

void room_bytes(const struct bytearray *b, size_t length); // before it changes

// ---- tables, before it happens

void room_adds(const struct table *t);
void room_reserves(const struct table *t, size_t more);
void room_copies(const struct table *to, const struct table *from); // into a new one
void room_updates(const struct table *to, const struct table *from);
void room_clears(const struct table *t);
void room_keeps(const struct table *t, const struct room *before); // nothing happened there since

// A set was changed by `op` with another of `other` keys, from a copy made for it or in place; it had `had` keys.
void room_set_op(const struct table *t, enum op op, size_t had, size_t other, bool in_place);

#endif
