// SPDX-License-Identifier: MIT
// What the files of mote-freeze share: freeze.c says what it does.
#ifndef FREEZE_H
#define FREEZE_H

#include "bytecode.h"
#include "mote.h"

#include <stdio.h>
#include <stdlib.h>

struct names {
    val *values;
    size_t count, room;
};

struct source {
    const char *file;
    char name[128];   // with dots
    char symbol[128]; // without
    bool package;
    val code;
};

struct freezer {
    struct names fresh, known; // of the pool, and of the machine as far as they occur
    FILE *out;
    const struct source *module; // that is being written
    size_t place;                // of it among the modules
    struct names seen;           // objects of it that have been written; the number is the place
    struct names functions;      // of it in ROM: the code and the defaults (or NOTHING) of each
};

_Noreturn void fail(const char *what, const char *about);
void names_add(struct names *names, val v);
bool names_have(const struct names *names, val v, size_t *place);

// ---- names and instructions (freeze_names.c)

void name_note(struct freezer *f, val v);  // it occurs
void note_names(struct freezer *f, val v); // those that occur in v and in what it is made of
void names_sort(struct freezer *f);        // when all are noted; fails when they are too many
size_t name_index(const struct freezer *f, val v); // of a name in the finished program
// Gives the names in the instructions and tables of the code their final indices.
void names_patch(struct freezer *f, const struct code *code, uint8_t *bytes);
// Finds the functions that lie in ROM: made once by the code of a module and of its classes, without a closure, with
// constant defaults.
void find_functions(struct freezer *f, const struct code *code);

// ---- objects (freeze_objects.c)

void write_object(struct freezer *f, val v); // what v is made of, and v; once each

#endif
