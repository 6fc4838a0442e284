// SPDX-License-Identifier: MIT
//
// Programs translated from RPython, such as PyPy: stripped, and yet their prebuilt constants can be read.
//
//   object     |id, flags|members ...|              the id is the offset of a row in a table of types
//   table      |info|info of items|info|vtable|info|vtable| ...
//   record     |file name|function name|line|       for tracebacks: code refers to those of its function
//
//   graph_rpython          the table of types: what the program said of it, found in the image
//   graph_rpython_objects  objects by their first word; records; raw arrays by their shape
//   graph_rpython_names    functions and modules by records, names of objects
#ifndef TARE_GRAPH_RPYTHON_H
#define TARE_GRAPH_RPYTHON_H

#include "analyzers/graph_private.h"

// Types of what has no id. Those of the table follow, in the order of their rows.
enum an__rpython_type {
    AN__RP_NONE,
    AN__RP_RECORD,
    AN__RP_INFO,
    AN__RP_VTABLE,
    AN__RP_PLACES,    // where pointers lie in an object: a number, and as many offsets
    AN__RP_TEXT,      // a number, and as many letters
    AN__RP_ARRAY,     // a number, and as many items
    AN__RP_FUNCTIONS, // addresses of functions
    AN__RP_FIRST,
};

struct an__rpython_row {
    uint64_t id;
    uint32_t number;        // how manieth in the table
    const char *name;       // "pypy.module._io.interp_bytesio.W_BytesIO"
    uint64_t size;          // bytes without items
    uint64_t item;          // bytes of an item; 0: there are none
    uint64_t items, length; // where they begin, where their number is
    uint64_t places;        // address of its array of offsets; 0: not known
};

struct an__rpython {
    struct img *img;
    const struct an__areas *areas;
    const struct cfg_prebuilt *layout;
    struct arena *arena;
    unsigned word;                // bytes
    struct an__rpython_row *rows; // by id
    size_t row_count;
    uint64_t base, end;   // of the table in the image
    struct keyed *places; // relocated words by address -> where they point to
    size_t place_count;
    struct keyed *targets; // of pointers, distinct
    size_t target_count;
};

// Reads lines of an id, a tab and a text, "GcStruct X { members }", perhaps with "memberN" in front, which
// is its number in the table (else lines are counted). What has no row of its own has the id 0. False with
// `fault` when it is none, or ids do not ascend.
bool an__rpython_read(struct an__rpython *rp, struct slice text, const char *path,
                      struct fault *fault);
// Finds the table in the image: every id leads to a row with its number. False with `fault`: another build's.
bool an__rpython_new(struct an__rpython **out, const struct an_graph_input *input,
                     const struct an__areas *areas, const struct an__links *links,
                     struct fault *fault);
void an__rpython_free(struct an__rpython *rp);
// The row of an id, or NULL.
const struct an__rpython_row *an__rpython_row(const struct an__rpython *rp, uint64_t id);
// The row of an object's first word, or NULL: it is none.
const struct an__rpython_row *an__rpython_header(const struct an__rpython *rp, uint64_t addr);
const char *an__rpython_type(const struct an__rpython *rp, uint32_t made);

// Adds what it finds to `named`, and to `links` what first words refer to: their rows.
void an__rpython_objects(struct an__rpython *rp, struct an__named *named, struct an__links *links);
// Names and modules of functions, modules of the rows. The objects and links of the graph are complete.
void an__rpython_modules(struct an_graph *graph);
// What an object is called that this found.
const char *an__rpython_name(const struct an_graph *graph, uint32_t object, struct arena *arena);
// How much of each section is known, as a sentence.
const char *an__rpython_note(const struct an_graph *graph, struct arena *arena);

#endif
