// SPDX-License-Identifier: MIT
//
// What the files of the object models share: a profile, bound to one build.
//
//   formula      the arithmetic of profiles
//   model        names of the profile -> numbers of the build
//   model_header what objects begin with
//   model_data   static type objects, read out of the linked bytes
//   model_macros values that are macros of the build
//   model_allocators  parameters of allocators
//   model_edits  the build as it could be
//   allocators   what a block of so many bytes really takes
//   replay*      a sequence of requests, on each allocator
//   tax          objects before they hold anything
//   predict      the population of a heap, priced
#ifndef TARE_MODEL_PRIVATE_H
#define TARE_MODEL_PRIVATE_H

#include "analyzers/analyzers.h"
#include "analyzers/formula.h"
#include "analyzers/layout_private.h"

// The variables of formulas about one object: its shape as a census gives it, and
enum an__variable {
    AN__FLAGS = CFG_SHAPE_COUNT, // of its static type object
    AN__ITEM,                    // and the bytes of each of its items
    AN__ROOM,                    // of what is growing: see formula.h
    AN__NTH, // the manieth of its row, from 1 on; all that are alike: `first` + 1
    AN__VARIABLES,
};
extern const char *const an__variables[AN__VARIABLES];

// --------------------------------------------------------------------- allocators

#define AN__PARAMETERS_MAX 8

// What its memory looks like; the parameters of each, in their order.
enum an__heap_kind { AN__BLOCKS, AN__POOLS, AN__CHUNKS, AN__SLOTS, AN__CLASSES };
enum { AN__BLOCKS_BLOCK, AN__BLOCKS_BITS };
enum { AN__CHUNKS_HEAD, AN__CHUNKS_UNIT, AN__CHUNKS_LEAST };
enum {
    AN__POOLS_UNIT,
    AN__POOLS_LIMIT,
    AN__POOLS_POOL,
    AN__POOLS_HEADER,
    AN__POOLS_HEAD,
    AN__POOLS_MALLOC_UNIT,
    AN__POOLS_LEAST,
    AN__POOLS_ARENA,
};
enum {
    AN__SLOTS_SLOT,
    AN__SLOTS_EACH,
    AN__SLOTS_PAGE,
    AN__SLOTS_HEAD,
    AN__SLOTS_UNIT,
    AN__SLOTS_LEAST,
};
enum { AN__CLASSES_UNIT, AN__CLASSES_LEAST };
enum { AN__BINS_UNIT, AN__BINS_STEPS };
enum {
    AN__ARENAS_UNIT,
    AN__ARENAS_STEPS,
    AN__ARENAS_BLOCK_HEAD,
    AN__ARENAS_LIMIT,
    AN__ARENAS_ARENA,
    AN__ARENAS_HEADER,
    AN__ARENAS_HEAD,
    AN__ARENAS_MALLOC_UNIT,
};

struct an__allocator {
    const char *name;
    enum an__heap_kind kind;
    const char *parameters[AN__PARAMETERS_MAX + 1]; // NULL behind the last
    // Bytes taken for one block of `asked` bytes (more than 0), without shared bookkeeping.
    uint64_t (*held)(const int64_t *parameters, uint64_t asked);
    // Bookkeeping for `count` such blocks, in bytes: bitmaps, headers of pools.
    double (*shared)(const int64_t *parameters, uint64_t asked, uint64_t count);
};

// An allocator with the parameters of a build.
struct an__store {
    const struct an__allocator *allocator;
    int64_t parameters[AN__PARAMETERS_MAX];
    uint64_t extra; // bytes that every request is larger by
};

const struct an__allocator *an__allocator_named(const char *name);
const char *an__allocator_name(size_t index); // NULL after the last

// ------------------------------------------------------------------- type objects

// One static type object of the build.
struct an__class {
    const char *symbol, *name; // PyList_Type; "list", or the symbol again
    uint64_t addr;
    uint64_t size, item, flags; // as it says; 0 when such a member is not named
    uint64_t base;              // address of the one it derives from; 0: none
    int64_t inherited;          // flags it takes from there
    dw_type_id type;            // the struct of its instances, or DW_NO_TYPE
};

// ------------------------------------------------------------------------ headers

struct an__header {
    dw_type_id type;
    bool embedded;    // objects have it as their first member; else they repeat its members
    uint32_t members; // so many of its first ones
    uint64_t count, class, gc, other; // bytes of its members; 0: there is none
};

// The first header that an object of the type begins with; NULL: it is no object.
const struct an__header *an__header_of(const struct an_model *model, dw_type_id type);
// Where a type repeats the members of a header: "", or the name of the view of a union; NULL: it does not.
const char *an__repeated_in(const struct an_model *model, dw_type_id type,
                            const struct an__header *header);
uint64_t an__header_size(const struct an__header *header); // bytes without holes; NULL is fine

// ------------------------------------------------------------------------- macros

struct an__macro {
    const char *name, *body, *path; // path: of the unit
    uint64_t unit;                  // its number, behind that of the image
    enum { AN__MACRO_UNSEEN, AN__MACRO_KNOWN, AN__MACRO_NONE } state;
    int64_t value;
};

enum an__macro_answer {
    AN__MACRO_ABSENT,
    AN__MACRO_GIVEN,
    AN__MACRO_DIFFERS, // from unit to unit
    AN__MACRO_UNKNOWN, // cannot be worked out
};

// Reads all that the profile names, and what these name.
void an__read_macros(struct an_model *model);
// Sizes have changed.
void an__forget_macros(struct an_model *model);
// The value that the macro of a profile's value has in the build, and one unit's definition of it.
enum an__macro_answer an__macro_value(struct an_model *model, const struct cfg_value *stated,
                                      const struct an__macro **out);

// ------------------------------------------------------------------------ the model

struct an__part {
    struct an__formula size, count, when; // count, when: empty for once and always
};

struct an__kind {
    const struct cfg_kind *stated;
    dw_type_id type;                          // or DW_NO_TYPE
    const struct an__class *class;            // or NULL
    uint64_t flags;                           // of its type object
    const struct an__header *header;          // or NULL
    struct an__formula object, spare, shared; // empty: cannot be priced; never
    uint64_t first;                           // so many objects of a row are priced one by one
    struct an__formula differs;               // of which objects it cannot be; empty: of none
    struct an__part *parts;
    const char *trouble; // why it cannot be priced in this build, or NULL
};

struct an_model {
    struct an_model_input input;
    const struct cfg_profile *profile;
    struct an_what_if what_if; // input.types are its, once the linked bytes have been read
    struct arena *arena;
    struct an__types facts;
    unsigned word; // bytes
    VEC(struct an__named_formula) named;
    struct an__header *headers;
    size_t header_count;
    struct an__formula before_size, before_when; // empty: nothing lies before objects
    struct an__store objects, parts;
    VEC(struct an__macro) macros;  // by unit
    VEC(struct an__class) classes; // by symbol
    struct an__kind *kinds;        // as in the profile
};

bool an__bind_headers(struct an_model *model, struct fault *fault);
bool an__bind_allocators(struct an_model *model, struct fault *fault);
// What an edit says, else what a macro of the build is, else what the profile says.
const char *an__formula_of(struct an_model *model, const struct cfg_value *stated);
// "cpython.yaml:12", for messages.
const char *an__where(struct an_model *model, uint32_t line);
// A type by name; DW_NO_TYPE when the build defines none.
dw_type_id an__model_type(const struct an_model *model, struct slice name);
// A member by path ("long_value.ob_digit") in a type. Bytes from its start.
bool an__model_member(const struct an_model *model, dw_type_id type, struct slice path,
                      uint64_t *offset, dw_type_id *member);
bool an__enumerator(const struct an_model *model, struct slice name, int64_t *value);
// A kind as its profile calls it, or NULL.
const struct an__kind *an__kind_named(const struct an_model *model, const char *name);
// Bytes of an object of the class: as it says, else of its struct; 0: not known.
uint64_t an__class_size(const struct an_model *model, const struct an__class *class);
// Bytes before an object whose type object has these flags.
uint64_t an__model_before(const struct an_model *model, uint64_t flags);
// The class of a name as programs see it ("list"), or NULL.
const struct an__class *an__class_called(const struct an_model *model, const char *name);
// The numbers of a static array, by the name of the variable; NULL when there is none.
const struct an__table *an__read_table(struct an_model *model, struct slice name);
// The word that a static variable begins with; false when there is none of that name.
bool an__first_word(const struct an_model *model, struct slice name, int64_t *value);
// Reads the classes; false with `fault` when the profile names members that are not there.
bool an__read_classes(struct an_model *model, struct fault *fault);
// Whether a class that says `size` can be that of the struct: the same, or more or less by the array at its
// end, which each object has as long as it needs.
bool an__size_fits(const struct an_model *model, const struct dw_type *type, uint64_t size);
// The value of a formula that depends on the build alone.
bool an__model_number(struct an_model *model, const char *text, uint32_t line, int64_t *value,
                      struct fault *fault);
// Bytes held for a block of `asked` bytes; 0 for none.
uint64_t an__held(const struct an__store *store, uint64_t asked);
// Bookkeeping for `count` such blocks, in bytes.
double an__shared(const struct an__store *store, uint64_t asked, uint64_t count);

// The formula that an edit gives a value of the profile or a parameter of the allocator, or NULL.
const char *an__model_given(const struct an_model *model, const char *name);
// From here on the types are those of the edits. Sizes of classes follow their structs.
bool an__model_edit(struct an_model *model, struct fault *fault);

#endif
