// SPDX-License-Identifier: MIT
//
// config: tare.yaml, read once; and the MEMORY block of linker scripts, which says the same as its
// `regions`.
//
//   strip_prefix: /build/python3.11/       # taken off the front of unit paths
//   modules:                               # the first rule that matches names the module
//     - name: unicode
//       units: ["*/Objects/unicode*.c", "*/Objects/stringlib/*"]
//     - name: frozen
//       units: ["*/Python/frozen.c"]
//       symbols: ["_Py_M__*"]
//     - name: relocations
//       sections: [".rela*"]
//     - name: C library                    # with a linker map: archives and objects as it has them
//       archives: ["*/libc.a", "*/libm.a"]
//
//   regions:                               # the memory of the target
//     - {name: FLASH, origin: 0x08000000, length: 256K, kind: ROM}
//     - {name: SRAM,  origin: 0x3ffc0000, length: 200K, kind: RAM, aliases: [0x40380000]}
//   base: last.tare                        # what growth is measured against
//   budgets:
//     - {region: FLASH, max: 95%, warn: 90%}
//     - {module: unicode, in: rom, max: 40 KiB, growth: {percent: 2, bytes: 512}}
//     - {struct: mp_obj_type_t, max: 48}
//     - symbol: "*printf*"
//       max: 0
//       waiver: {reason: "the debug console, until v2", until: 2026-12-31}
//   targets:                               # builds of one project, each with what is its own
//     - {name: arm, path: build/arm/fw.elf, script: arm.ld, budgets: [...]}
//
// docs/formats/budgets.md tells every key.
//
// A list matches when one of its globs does (glob_match of base: `*` runs over slashes); a rule
// matches when each list it has matches. For "or" write two rules with one name. Unknown keys are
// errors: a budget with a misspelt name must not pass for one that holds.
//
// Every fault says FILE:LINE. YAML aliases and further documents are refused.
#ifndef TARE_CONFIG_H
#define TARE_CONFIG_H

#include "base/base.h"

struct cfg;

#define CFG_SIZE_MAX ((size_t)4 << 20) // bytes; a longer file is no configuration

// Reads a file, or a text that `name` stands for in messages (the text is copied). False with
// `fault` when it is not readable or not valid. An empty file is a configuration without rules.
bool cfg_load(struct cfg **out, const char *path, struct fault *fault);
bool cfg_load_text(struct cfg **out, struct slice text, const char *name, struct fault *fault);
void cfg_free(struct cfg *cfg); // NULL is fine

// What rules look at. Any may be NULL (not known): then no glob on it matches.
struct cfg_place {
    const char *unit, *symbol, *section;
    const char *archive, *object; // as the linker map has them
};
// The module of what lies there, or NULL when no rule matches. Unit globs are tried on the whole
// path and on the path without strip_prefix. `cfg` may be NULL. The name lives as long as `cfg`.
const char *cfg_module(const struct cfg *cfg, const struct cfg_place *place);

// The unit path as reports show it: without strip_prefix. Points into `unit`.
const char *cfg_strip(const struct cfg *cfg, const char *unit);
// The names of the module rules, so that a misspelt one can be answered; NULL after the last.
const char *cfg_module_name(const struct cfg *cfg, size_t index);

// ------------------------------------------------------------------------- regions

enum cfg_memory { CFG_ANY_MEMORY, CFG_ROM, CFG_RAM };

// A memory region: [origin, origin + length), which never wraps. The same bytes may be seen at
// further addresses (the instruction and the data bus of an ESP32): aliases are the origins of those
// views, in the same order of bytes.
struct cfg_region {
    const char *name;
    uint64_t origin, length; // bytes
    enum cfg_memory kind;    // CFG_ANY_MEMORY: not stated
    const uint64_t *aliases;
    uint32_t alias_count;
    uint32_t line; // where it is stated
    bool placed;   // has origin and length; without, it completes a region that a script states
    bool guessed;  // the kind, by the name: what lies in it knows better
};

struct cfg_regions {
    const struct cfg_region *items;
    size_t count;
};

const struct cfg_region *cfg_region_named(struct cfg_regions regions, const char *name); // or NULL

// What a linker's script or map tells of the kind: attributes such as "rx", "xrw", "rw!x" (what follows
// '!' must not be), and the name. RAM that is executed from is called "rx" as often as flash behind a
// bus is called IRAM, so then, and without attributes, it is a guess.
enum cfg_memory cfg_memory_kind(struct slice name, struct slice attributes, bool *guessed);

// What `stated` (a script, a map) says, completed by `ours` (tare.yaml): a region of ours replaces
// the one of that name, or, when it has no place, adds kind and aliases to it. Lives in `arena`, texts
// are borrowed. False with `fault` when a region without a place has nothing to complete.
bool cfg_regions_join(struct cfg_regions stated, struct cfg_regions ours, const char *file,
                      struct arena *arena, struct cfg_regions *out, struct fault *fault);

// ------------------------------------------------------------------------- budgets

// What a budget is on. With CFG_MODULE, CFG_SECTION and CFG_SYMBOL `region` may narrow the bytes.
enum cfg_subject {
    CFG_TOTAL,      // all of a column: name is file, vm, rom or ram
    CFG_REGION,     // what lies in it
    CFG_MODULE,     // of the rules, or a directory
    CFG_SECTION,    // glob
    CFG_SYMBOL,     // glob
    CFG_STRUCT,     // glob: bytes of the largest type that matches
    CFG_OBJECTS,    // glob: how many data objects have such a name
    CFG_OBJECTS_OF, // glob: how many data objects are of such a type
    CFG_SUBJECT_COUNT,
};
const char *cfg_subject_key(enum cfg_subject subject); // "region"
static inline bool cfg_counts(enum cfg_subject subject)
{
    return subject == CFG_OBJECTS || subject == CFG_OBJECTS_OF;
}

struct cfg_limit {
    enum { CFG_NO_LIMIT, CFG_AMOUNT, CFG_PERMILLE } kind;
    uint64_t value; // bytes or objects; or permille of the region
};

struct cfg_budget {
    enum cfg_subject subject;
    const char *name;
    const char *region;         // or NULL; of CFG_REGION the name again
    const char *column;         // file, vm (default), rom, ram; NULL with a region and for others
    struct cfg_limit max, warn; // more than max fails, more than warn is told
    bool grows;                 // growth: fails when all that is given is passed
    struct cfg_limit growth_percent, growth_bytes;
    const char *waiver; // the reason, or NULL
    uint32_t until;     // last day of the waiver: 20261231
    uint32_t line;
};

struct cfg_budgets {
    const struct cfg_budget *items;
    size_t count;
};

// One build to check. Paths are as they are written, relative to the directory of tare.yaml.
struct cfg_target {
    const char *name; // of targets; NULL for what stands at the top
    const char *path, *map, *debug, *script, *ship, *base; // all but path may be NULL
    const char *const *defines;                            // NAME=VALUE, which the script needs
    size_t define_count;
    const char *const *script_dirs; // where else it looks for what it includes
    size_t script_dir_count;
    struct cfg_regions regions;
    struct cfg_budgets budgets; // its own, then those at the top
    uint32_t line;
};

// What stands at the top of the file: regions, budgets, base. Never NULL, also without a file.
const struct cfg_target *cfg_top(const struct cfg *cfg);
// The targets; regions and base of the top hold where they have none.
const struct cfg_target *cfg_targets(const struct cfg *cfg, size_t *count);
// The name the file was loaded by; "" without one.
const char *cfg_path(const struct cfg *cfg);

// A date as cfg_budget.until has it, or 0 for what is none: "2026-12-31".
uint32_t cfg_date(const char *text);

// ------------------------------------------------------------------ linker scripts

// The MEMORY block of a GNU linker script (also as lld and gold read it), with the expressions in
// use: arithmetic, comparisons, ?:, ORIGIN, LENGTH, DEFINED, ALIGN, MAX, MIN, symbols that the
// script assigns before, INCLUDE (looked for beside the script, in `dirs`, then from the working
// directory; the linker has -L for it), and
// REGION_ALIAS, which is one more name and makes no region. Symbols from the command line
// (--defsym) may be given. What stands elsewhere in the script is passed over.
//
// Kind: RAM when the attributes allow writing (w) or the name has "ram" in it, else ROM; see
// cfg_memory_kind for when that is a guess.
struct cfg_script_options {
    const char *const *defines; // NAME=VALUE
    size_t define_count;
    const char *const *dirs;
    size_t dir_count;
};

// Regions live in `arena`. False with `fault` ("SCRIPT:LINE: ...") when it cannot be read, has no
// MEMORY block, or an expression that needs what only the linker knows.
bool cfg_script_load(const char *path, const struct cfg_script_options *options,
                     struct arena *arena, struct cfg_regions *out, struct fault *fault);
// The same for bytes; INCLUDE is refused.
bool cfg_script_load_text(struct slice text, const char *name,
                          const struct cfg_script_options *options, struct arena *arena,
                          struct cfg_regions *out, struct fault *fault);

// ------------------------------------------------------------------------ profiles

// A profile: an interpreter's object model and allocator, in the names of its own source. All texts are
// as written (formulas are compiled by those who know a build); NULL where nothing is said, and lines
// for messages. docs/formats/profiles.md tells every key.
struct cfg_value { // a named formula
    const char *name, *is;
    const char *macro; // of the build, where it has one: then its value goes before `is`
    const char *unit;  // glob of the units in which it is this one; NULL: all
    const char *from; // where a number comes from that the build does not tell: source and versions
    uint32_t line;
};

struct cfg_values {
    const struct cfg_value *items;
    size_t count;
};

struct cfg_part { // one allocation
    const char *name, *size, *count, *when;
    uint32_t line;
};

struct cfg_kind {
    const char *kind;   // as a census calls it
    const char *type;   // struct
    const char *class;  // symbol of its static type object
    const char *flags;  // formula: those of its type object, when no symbol is one
    const char *object; // formula: bytes of the object itself, without what lies before it
    const char *spare;  // formula: bytes that are asked for and not used
    const char *shared; // formula: true when such an object is there once, whoever holds it
    const char
        *first; // formula: of so many that were made first each has its own size, as `nth` tells
    const char *differs;          // why it cannot be priced, and
    const char *when;             // formula: of which objects that is so; NULL: of all
    const struct cfg_part *parts; // further allocations
    size_t part_count;
    uint32_t line;
};

struct cfg_types { // one sort of static type objects: their type, and its members
    const char *type, *name, *size, *item, *flags;
    const char *base;     // the one it derives from, whose size it takes when it says none
    const char *inherits; // formula: flags it takes from there
    uint32_t line;
};

struct cfg_header {                   // what objects begin with
    const char *type, *count, *class; // and its members: reference count, type pointer or tag,
    const char *const *gc;            // what the collector keeps there
    const char *when;                 // formula: builds that have it; NULL: all
    bool part;                        // what follows these in the type is no part of it
    uint64_t immortal;                // the least count that is never changed; 0: every one is
    size_t gc_count;
    uint32_t line;
};

struct cfg_allocator {
    const char *model; // NULL: none is stated
    const char *when;  // of `instead`: the formula that says whether it is
    struct cfg_values with;
    uint32_t line;
};

// Prebuilt constants that say of which type they are: the lower half of their first word is the id of the
// type, which is its place in a table of types, the upper half are flags. Words of a row of that table by
// their number.
struct cfg_prebuilt {
    bool given;
    uint64_t flags, others;  // that all of them have, that they may have
    uint64_t number, varies; // bits of a row's first word: how manieth it is; objects end in items
    uint64_t row;            // words of a row; of one with items twice that
    uint64_t size, pointers; // bytes without items; where its array of places of pointers is
    uint64_t item, items, length; // bytes of an item, where they begin, where their number is
};

// Tables in which an interpreter registers what can be left out, and functions that only walk over all of
// it: globs of symbols.
struct cfg_features {
    const char *const *tables, *const *walkers;
    size_t table_count, walker_count;
    struct cfg_values caches; // objects made in advance: bytes of each
};

// Words that hold a pointer or a number with a tag. Of a word of one of the types `values`, those that
// `pointer` is true of are pointers; those that a row of `strings` is true of are the number of an
// interned string, above `shift`. Interned strings lie in pools, which are numbered one behind the other, the
// oldest first. Globs, types and members are names of the interpreter's source.
struct cfg_tag {
    uint64_t mask, tag, shift; // (word & mask) == tag
};

struct cfg_tagged {
    bool given;
    const char *const *values, *const *numbers; // typedefs; `numbers` are bare
    size_t value_count, number_count;
    struct cfg_tag pointer;
    const struct cfg_tag
        *strings; // the first that the first word of `sample` has is that of the build
    size_t string_count;
    const char *sample;
    const char *const *pools; // variables: the newest pool; the first that there is
    size_t pool_count;
    const char *previous, *count, *texts; // members of a pool: the one before, its strings
    const char *const *named;             // pools whose strings are there for what names them
    size_t named_count;
};

struct cfg_profile {
    const char *name, *about;
    bool boxed;                   // its ints are objects, and may be held in many places
    const char *const *recognise; // types that are all defined in a build it is for
    size_t recognise_count;
    struct cfg_values values;
    const struct cfg_header *headers;
    size_t header_count;
    struct { // what lies in front of an object that has it
        const char *type, *size, *when;
        uint32_t line;
    } before;
    const struct cfg_types *types;
    size_t type_count;
    struct cfg_prebuilt prebuilt;
    struct cfg_features features;
    struct cfg_tagged tagged;
    struct cfg_allocator allocator;
    struct cfg_allocator objects; // of objects, when only their parts come from the other
    struct cfg_allocator instead; // of some builds, instead of `allocator`
    const struct cfg_kind *kinds;
    size_t kind_count;
    // How the interpreter counts its own heap: a command, in which {build}, {program} and {out} stand
    // for the files, that writes counters (cfg_counted); and the types of which that is not told.
    const char *const *count;
    size_t count_words;
    const char *const *apart;
    size_t apart_count;
    const char *path;
};

// Lives until cfg_profile_free. Faults say FILE:LINE.
bool cfg_profile_load(const struct cfg_profile **out, const char *path, struct fault *fault);
bool cfg_profile_load_text(const struct cfg_profile **out, struct slice text, const char *name,
                           struct fault *fault);
void cfg_profile_free(const struct cfg_profile *profile); // NULL is fine

// -------------------------------------------------------------------------- census

// What a census says of the shape of an object (examples/mote/census.md has the format). From LITERAL
// on it is how the object came to be: 0 or 1.
#define CFG_SHAPE(X)                                                                               \
    X(BITS, "bits")                                                                                \
    X(LENGTH, "length")                                                                            \
    X(WIDTH, "width")                                                                              \
    X(CAPACITY, "capacity")                                                                        \
    X(ENTRIES, "entries")                                                                          \
    X(FIELDS, "fields")                                                                            \
    X(CLASS_FIELDS, "class_fields") /* the most that an instance of its class has */               \
    X(TRIES, "tries")               /* of a generator: handlers open at a time */                  \
    X(CLOSURE, "closure")                                                                          \
    X(DEFAULTS, "defaults")                                                                        \
    X(BYTES, "bytes")                                                                              \
    X(CONSTANTS, "constants")                                                                      \
    X(VALUES, "values")           /* of a generator */                                             \
    X(STRINGS, "strings")         /* of a dict: how many keys are str */                           \
    X(BASES, "bases")             /* of a class */                                                 \
    X(ORDER, "order")             /* of its method resolution */                                   \
    X(FILLED, "filled")           /* of a dict: entries, and places of removed ones */             \
    X(CPYTHON, "cpython")         /* places it would have there, after all that happened to it */  \
    X(LATER, "later")             /* the same, since 3.14 */                                       \
    X(MICROPYTHON, "micropython") /* the same */                                                   \
    X(MADE, "made")               /* of a table: the entries it was made with room for */          \
    X(MOST, "most")               /* the most entries it had */                                    \
    X(SLOTTED, "slotted")         /* attributes that have slots */                                 \
    X(DERIVED, "derived") /* of a class that derives from a built-in type: 1; without a dict: 2 */ \
    X(INHERITS, "inherits") /* a class: what a base gives to its instances already */              \
    X(CONSTANT, "constant")                                                                        \
    X(LITERAL, "literal")                                                                          \
    X(APPEND, "append")                                                                            \
    X(COMPREHENSION, "comprehension")                                                              \
    X(COPY, "copy")                                                                                \
    X(REPEAT, "repeat")                                                                            \
    X(GROWN, "grown")                                                                              \
    X(TABLE, "table")                                                                              \
    X(SLOTS, "slots")                                                                              \
    X(INTERNED, "interned")                                                                        \
    X(CUT, "cut")     /* one character of another string */                                        \
    X(AGAIN, "again") /* another like that */                                                      \
    X(EXCEPTION, "exception")                                                                      \
    X(NATIVE, "native")                                                                            \
    X(INSIDE, "inside")

enum cfg_shape {
#define X(name, text) CFG_##name,
    CFG_SHAPE(X)
#undef X
        CFG_SHAPE_COUNT,
};

// Objects that look alike.
struct cfg_population {
    const char *kind, *class; // class: of instances, or NULL
    uint64_t count;
    int64_t shape[CFG_SHAPE_COUNT]; // 0: not said
};

struct cfg_census {
    const char *path, *label;
    const struct cfg_population *rows;
    size_t row_count;
    bool boxed; // ints were objects and counted so, not at each place that holds one
};

// The censuses of one file, which follow each other.
struct cfg_censuses;
bool cfg_censuses_read(struct cfg_censuses **out, struct slice text, const char *path,
                       struct fault *fault);
void cfg_censuses_free(struct cfg_censuses *censuses); // NULL is fine
// What an interpreter says its heap holds: {"held_bytes": N, "types": [{"name": "pool", "held": N} ...]}.
struct cfg_counter {
    const char *name; // "" when it is not told
    uint64_t held;    // bytes of blocks
};
struct cfg_counters {
    uint64_t held; // without the types that are counted apart
    const struct cfg_counter *types;
    size_t type_count;
};
bool cfg_counted(struct slice text, const char *path, const struct cfg_profile *profile,
                 struct arena *arena, struct cfg_counters *out, struct fault *fault);
// The last of that label (NULL: the last of all), or NULL.
const struct cfg_census *cfg_census_labelled(const struct cfg_censuses *censuses,
                                             const char *label);

// --------------------------------------------------------------------------- trace

// A trace of allocations (examples/mote/census.md has the format).
#define CFG_TRACE_MAGIC "mote-trace "

struct cfg_event {
    uint64_t size;   // bytes asked for; 0 of 'f'
    uint32_t object; // 0 .. object_count - 1, in no order that means anything
    char what;       // 'n': made, 'r': has another size, 'f': free. In this order for each object
};

struct cfg_trace {
    struct cfg_event *events;
    size_t count;
    size_t object_count;
    unsigned word; // bytes, of the machine it was made on
};
// `bytes` is lent for the call.
bool cfg_trace_read(struct cfg_trace *trace, struct slice bytes, const char *path,
                    struct fault *fault);
void cfg_trace_free(struct cfg_trace *trace);

#endif
