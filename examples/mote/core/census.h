// SPDX-License-Identifier: MIT
// What the files of the census share: the shape of an object, in terms of the language.
#ifndef MOTE_CENSUS_H
#define MOTE_CENSUS_H

#include "mote.h"

enum { NUMBERS = 8 };

// The shape of an object: its type, and some numbers and a word whose names depend on the type. What a class of the
// program derived from a native type holds (functions.h) is one object with the instance: its native part tells the rest.
struct shape_key {
    const struct type *type;
    const struct type *class; // of the program, or a named tuple; or NULL
    size_t fields,
        slotted;    // of a class of the program: attributes, and how many of them have slots
    size_t derived; // has a native part, and 1 attributes besides, or 2 none
    size_t number[NUMBERS];
    const char *how; // a static text, or NULL
    bool constant;   // came with the program's code
};

// How the objects of a type differ in shape: the names of the numbers are the members of the row.
struct described {
    const struct type *type; // NULL: of several
    const char *kind;        // NULL: the name of its type
    const char *names[NUMBERS];
    void (*shape)(const struct obj *o, struct shape_key *key);
};
const struct described *described_of(const struct type *type);
void shape_text(struct text t, struct shape_key *key);
// What MicroPython needs to run it: values on its stack, locals included, and handlers open at a time (census_code.c).
struct places {
    size_t values, tries;
};
struct places places_of(const struct code *code);
// The places of a frame of CPython for it, variables included (census_frames.c); 0: not known.
size_t frame_of(const struct code *code);

// One instruction; where the next one begins. `target`: of a jump, else 0.
struct decoded {
    unsigned op;
    size_t u, v, target;
};
size_t census_decode(const struct code *code, size_t at, struct decoded *i);
// Depth of what no instruction seen so far goes to. The places of `depths` where handlers begin get theirs; how many
// of them are open at a time.
#define CENSUS_UNKNOWN UINT16_MAX
size_t census_handlers(const struct code *code, uint16_t *depths);
// The place that a jump goes to gets its depth; the stack has that `depth` before it.
void census_goes_to(uint16_t *depths, size_t depth, const struct decoded *i);
// The native part of an instance, when it is an object of the heap; else NOTHING.
val native_part_of(const struct obj *o);

#endif
