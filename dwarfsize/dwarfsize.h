// SPDX-License-Identifier: MIT
//
// dwarfsize: what the debug information says: units, functions, variables, types with their layout,
// line tables, macros.
//
// One table-driven scan over the DIEs (scan.c) feeds everything; it compiles each abbreviation into
// a few steps, skips what a pass does not ask for, and runs over units in parallel. DWARF 2 to 5,
// 32- and 64-bit, type units, partial units, split units (.dwo, .dwp), dwz supplementary files.
// Section numbers in comments are of the DWARF 5 standard.
//
//   dw_open ── units ─┬─ dw_read_code    functions and variables with addresses, inlined calls
//                     ├─ dw_read_types   every distinct type once
//                     └─ dw_read_lines   source of an address
//
// A damaged unit is a doubt: what was read of it before the damage counts, the rest is skipped,
// others go on. Everything returned is owned by its container and lives until that is freed; texts
// are lent from the mapped file.
#ifndef TARE_DWARFSIZE_H
#define TARE_DWARFSIZE_H

#include "base/base.h"
#include "image/image.h"

// --------------------------------------------------------------- opening and units

struct dw;

// A DIE, wherever it lies: object (main file, supplementary file, split objects) and offset in its
// section.
//   63..48 object number, 47 set for .debug_types, 46..0 offset
typedef uint64_t dw_ref;
#define DW_NO_REF UINT64_MAX

#define DW_NO_UNIT UINT32_MAX

struct dw_unit {
    const char *name;     // DW_AT_name of the unit, "" when it has none
    const char *comp_dir; // or ""
    const char *path; // name made absolute with comp_dir, "." and ".." folded: what reports show
                      // and rules match
    const char *producer;  // or ""
    uint64_t offset, size; // in its section, header included, bytes
    dw_ref die;            // its first DIE
    uint32_t index;
    uint16_t version, language; // DWARF version; DW_LANG_* or 0
    uint8_t
        kind; // DW_UT_* (also for DWARF 2 to 4: compile, partial, type, skeleton, split compile)
    uint8_t address_size, offset_size; // bytes
    bool artificial; // a link-time optimiser's unit, named "<artificial>": not a source file, owns
                     // nothing itself
};

struct dw_options {
    unsigned threads; // 0: one per core
    struct doubts *doubts;
    bool lazy; // opening reads nothing: dw_complete, or the first who needs all units, does
};

// Opens the debug information found by img_debug_find; `debug` must outlive it. True with no units
// when the image has no .debug_info. Opening reads unit headers and root DIEs only.
bool dw_open(struct dw **out, const struct img_debug *debug, const struct dw_options *options,
             struct fault *fault);
// For dw_read_types and dw_units alone: one or several images at once (the members of an archive,
// whose addresses would clash), and no more units are opened than needed: with `first` the types
// may be found in a few of them, and only those have dw_units.
bool dw_open_types(struct dw **out, const struct img_debug *debug, size_t count,
                   const struct dw_options *options, struct fault *fault);
// Reads the units that opening left out: they are all there, and stay where they are.
bool dw_complete(struct dw *dw, struct fault *fault);
void dw_close(struct dw *dw);
const struct dw_unit *dw_units(const struct dw *dw, size_t *count);

// -------------------------------------------------------------- code and variables

struct dw_range {
    uint64_t start, end; // addresses, half open
};

struct dw_function {
    const char *name;         // or "" (then nobody said)
    const char *linkage_name; // or NULL
    dw_ref die;
    uint32_t unit; // whose code it is: the unit of the abstract origin for an artificial unit, else
                   // the concrete one
    uint32_t concrete;                 // the unit the concrete DIE lies in
    uint32_t range_first, range_count; // in dw_code.ranges
    uint32_t decl_line;
};

struct dw_inline {
    uint32_t function; // index of the concrete function it was inlined into
    uint32_t parent;   // index of the inlined call around it, or UINT32_MAX
    uint32_t unit;     // of its abstract origin
    const char *name;
    uint32_t range_first, range_count;
    uint32_t call_line;
};

struct dw_variable {
    const char *name, *linkage_name;
    dw_ref die, type;        // type: the DIE of its type, DW_NO_REF when unknown
    uint64_t addr;           // address, or offset in the TLS template
    uint64_t size;           // bytes by its type; 0 when not known
    uint32_t unit, concrete; // as for functions
    uint32_t decl_line;
    bool tls, local; // local: a static inside a function
};

enum dw_code_flags { DW_CODE_NAMES = 1, DW_CODE_INLINES = 2, DW_CODE_SIZES = 4 };

struct dw_code {
    const struct dw_function *functions;
    const struct dw_variable *variables;
    const struct dw_inline *inlines;
    const struct dw_range *ranges;
    size_t function_count, variable_count, inline_count, range_count;
    // Address ranges of the units (DW_AT_ranges, low and high pc; 2.17): unit u has
    // unit_ranges[unit_first[u]] up to unit_ranges[unit_first[u + 1]].
    const struct dw_range *unit_ranges;
    const uint32_t *unit_first;
};

// In the order of the DIEs, whatever the number of threads. Names and sizes are filled only when
// asked for. Ranges that start at a tombstone (0 without content there, -1, -2; 2.17.3 note) or are
// empty are left out: `image` tells.
bool dw_read_code(struct dw *dw, struct img *image, unsigned flags, const struct dw_code **out,
                  struct fault *fault);

// A function that a unit defines without addresses: inlined everywhere, dropped, or its code is
// told apart from it, as link-time optimisers do with copies of equal functions.
struct dw_definition {
    const char *name;         // or ""
    const char *linkage_name; // or NULL
    uint32_t unit;
    bool external; // seen by other units
};
// In the order of the DIEs.
bool dw_read_definitions(struct dw *dw, const struct dw_definition **out, size_t *count,
                         struct fault *fault);

// Where a function or variable is declared, by its DIE; false when nothing says so. The path is lent
// until dw_close.
bool dw_declared(struct dw *dw, dw_ref die, const char **path, uint32_t *line);
// The names of a variable's type: its typedefs and what they name, through arrays and qualifiers,
// not through pointers. Gives how many (at most `max`), and the bytes of one element (0: not known).
size_t dw_type_names(struct dw *dw, dw_ref type, const char **names, size_t max, uint64_t *size);

// ------------------------------------------------------------------------- shapes

// Where pointers lie in an object, told from the DIE of its type alone, so that content can be read
// as what it is. Members of unions all count; what lies in a bit field or a virtual base does not.
// Not thread-safe.
struct dw_shapes;

struct dw_shapes *dw_shapes_new(struct dw *dw);
void dw_shapes_free(struct dw_shapes *shapes);
// Calls pointer() with the offset of every pointer or reference in the first `size` bytes of an object
// of the type; an offset may come more than once.
void dw_shapes_pointers(struct dw_shapes *shapes, dw_ref type, uint64_t size,
                        void (*pointer)(void *context, uint64_t offset), void *context);
// From now on members of that name are found, whatever their type; before any object is looked at.
void dw_shapes_watch(struct dw_shapes *shapes, struct slice member);
// The same for whatever is of the typedef of that name.
void dw_shapes_watch_typedef(struct dw_shapes *shapes, const char *name);
// Bytes of that type; 0 when none was met.
uint64_t dw_shapes_watched_size(const struct dw_shapes *shapes);
// The same as dw_shapes_pointers, for what is watched.
void dw_shapes_watched(struct dw_shapes *shapes, dw_ref type, uint64_t size,
                       void (*member)(void *context, uint64_t offset), void *context);
// What the type is called where objects are grouped by it: without qualifiers, and arrays without
// their length: "PyMethodDef []", "char *". Lent until dw_shapes_free; "" when it has no name.
const char *dw_shapes_name(struct dw_shapes *shapes, dw_ref type);

// --------------------------------------------------------------------- line tables

// The bytes from `start` up to `end` come from this line.
struct dw_line_run {
    uint64_t start, end;
    const char *path; // as dw_unit.path; lent until dw_close
    uint32_t line;
};

// Calls row() for each run of one unit's line program (6.2), neighbours of equal file merged when
// `by_file`. Thread-safe for different units. Tombstoned sequences are left out.
bool dw_read_lines(struct dw *dw, struct img *image, uint32_t unit, bool by_file,
                   void (*run)(void *context, const struct dw_line_run *run), void *context,
                   struct fault *fault);

// ------------------------------------------------------------------- contributions

// The parts of debug sections that belong to one unit: its DIEs, abbreviations, line program,
// ranges, string offsets.
struct dw_part {
    uint32_t section;      // section index in the debug image
    uint64_t offset, size; // bytes of the (inflated) section
    uint32_t unit;
};
bool dw_read_parts(struct dw *dw, const struct dw_part **parts, size_t *count, struct fault *fault);

// ------------------------------------------------------------------------- macros

// What a macro without parameters is where the text of a unit ends (6.3).
struct dw_macro {
    const char *name, *body; // body: what stands behind the name; lent until dw_close
    uint32_t unit;
};
typedef void (*dw_macro_found)(void *context, const struct dw_macro *macro);

// Calls found() for each unit that defines one of the names, in the order of the units. Reads the sections
// once, whatever the number of names; relocatable objects are passed over. Damage is a doubt.
void dw_read_macros(struct dw *dw, const char *const *names, size_t count, dw_macro_found found,
                    void *context);

// --------------------------------------------------- every DIE, to check the reading

// Where debug information lies: the main file, its supplementary file, split objects.
struct dw_object {
    struct img *image;
    const char *path;
    uint32_t unit_first, unit_count; // its units
    uint32_t supplement;             // object number of its supplementary file, or UINT32_MAX
    bool split;                      // .dwo or .dwp
};
size_t dw_object_count(const struct dw *dw);
struct dw_object dw_object_at(const struct dw *dw, size_t number);

// The header of a unit as it was read.
struct dw_header {
    uint32_t object, section; // object number, section index in its image
    uint64_t abbrev_offset;
    uint64_t signature;   // type units: of the type; skeleton and split units of DWARF 5: dwo id
    uint64_t type_offset; // type units: of the type's DIE, from the start of the unit
    bool types;           // lies in .debug_types
    bool damaged;         // nothing of it can be read
};
struct dw_header dw_unit_header(const struct dw *dw, uint32_t unit);

// What a reference names, as far as its form says it.
struct dw_target {
    enum {
        DW_TARGET_NONE,
        DW_TARGET_SECTION,    // value: offset in the section
        DW_TARGET_SUPPLEMENT, // offset in the .debug_info of the supplementary file
        DW_TARGET_SIGNATURE,  // of a type
        DW_TARGET_BAD,        // leads nowhere
    } kind;
    uint64_t value;
};

enum dw_die_parts {
    DW_DIE_NAME = 1,
    DW_DIE_LINKAGE_NAME = 2,
    DW_DIE_BYTE_SIZE = 4,
    DW_DIE_BIT_SIZE = 8,
    DW_DIE_MEMBER = 16, // it is a member or base class with a fixed place
    DW_DIE_RANGES = 32, // it states addresses (there may be no bytes between them)
};

struct dw_die {
    uint64_t offset, parent; // in the unit's section; parent: NO_OFFSET for the unit's root
    uint32_t parts;          // enum dw_die_parts: what of the following there is
    uint16_t tag;
    const char *name, *linkage_name;
    uint64_t byte_size, bit_size;
    uint64_t member_offset;        // bits from the start of the record, as types have it
    struct dw_target type, origin; // DW_AT_type; DW_AT_abstract_origin or DW_AT_specification
    const struct dw_range *ranges; // tombstones included, empty ones not; until the next DIE
    size_t range_count;
};

// Walks the DIEs of a unit in order, with the scan and the readers of values that everything else
// here uses. Damage ends the walk (a doubt).
struct dw_walk;
struct dw_walk *dw_walk_open(struct dw *dw);
void dw_walk_unit(struct dw_walk *walk, uint32_t unit);
bool dw_walk_next(struct dw_walk *walk, struct dw_die *die);
// Whether the walk ended before the unit did.
bool dw_walk_damaged(const struct dw_walk *walk);
void dw_walk_close(struct dw_walk *walk);

// --------------------------------------------------------------------------- types

typedef uint32_t dw_type_id;
#define DW_NO_TYPE UINT32_MAX // void, or not known

enum dw_kind {
    DW_BASE,
    DW_POINTER,
    DW_REFERENCE,
    DW_RVALUE_REFERENCE,
    DW_MEMBER_POINTER,
    DW_CONST,
    DW_VOLATILE,
    DW_RESTRICT,
    DW_ATOMIC,
    DW_TYPEDEF,
    DW_ARRAY,
    DW_STRUCT,
    DW_CLASS,
    DW_UNION,
    DW_ENUM,
    DW_FUNCTION,
    DW_UNSPECIFIED,
    DW_SUBRANGE,
    DW_OTHER,
};

enum dw_member_flags {
    DW_MEMBER_BIT_FIELD = 1,
    DW_MEMBER_BASE = 2,    // a base class (DW_TAG_inheritance)
    DW_MEMBER_VIRTUAL = 4, // virtual base: its offset is not fixed; bit_offset is 0
    DW_MEMBER_STATIC = 8,  // static data member: not part of the layout
    DW_MEMBER_ARTIFICIAL = 16,
    DW_MEMBER_VTABLE = 32,  // the vtable pointer
    DW_MEMBER_VARIANT = 64, // lies in one variant of a variant part (Rust enums): overlaps others
    DW_MEMBER_DISCRIMINANT = 128,
};

struct dw_member {
    const char *name; // "" when anonymous
    dw_type_id type;
    uint32_t flags;
    uint64_t bit_offset; // from the start of the type; both DWARF encodings of bit fields and both
                         // byte orders resolved
    uint64_t bit_size;   // of a bit field, else 0
    uint64_t alignment;  // bytes, only when stated (alignas), else 0
};

struct dw_enumerator {
    const char *name;
    int64_t value;
};

#define DW_COUNT_UNKNOWN UINT64_MAX // a flexible array: [] (or [0] in old DWARF)

// One distinct type. Two definitions are the same when kind, qualified name, size, and members by
// name, offset and type name agree; then the one with the lowest DIE is kept.
struct dw_type {
    enum dw_kind kind;
    bool declaration;                                        // only declared, nowhere defined
    bool is_signed, is_unsigned, is_float, is_char, is_bool; // DW_BASE
    bool tagged;           // C: the name is said with its keyword, "struct foo"
    bool variadic;         // DW_FUNCTION: ends in "..."
    bool vector;           // DW_ARRAY: of the machine's vector registers
    bool dynamic;          // its size is known at run time only (then size is 0), or, of an array,
                           // its elements lie elsewhere
    const char *name;      // "" when anonymous; with template arguments: "vector<int>"
    const char *scope;     // "outer::inner" or ""
    const char *decl_file; // path, or ""
    uint32_t decl_line;
    uint32_t unit;                   // of the first definition
    dw_ref die;                      // of the first definition
    dw_type_id target;               // pointee, element, underlying, return type
    dw_type_id contains;             // DW_MEMBER_POINTER: the class
    uint64_t size;                   // bytes; for typedefs and qualifiers that of what they name
    uint64_t alignment;              // bytes: of scalars always, of others only when stated, else 0
    const struct dw_member *members; // DW_FUNCTION: its parameters (name "", type)
    uint32_t member_count;
    uint32_t dimension_count;   // DW_ARRAY
    const uint64_t *dimensions; // elements, outermost first; DW_COUNT_UNKNOWN
    const struct dw_enumerator *enumerators;
    uint32_t enumerator_count;
    uint32_t copies; // how many DIEs define it
};

struct dw_types;

struct dw_types_options {
    const char *const
        *names; // globs on the plain or the qualified name, "struct X" allowed; count 0: all
    size_t name_count;
    bool first; // stop at the first definition of each name (names must be plain)
    // Remember which units define the types asked for by name, and those that share their name with
    // another type.
    bool units;
};

// Every distinct struct, class, union, enum and typedef, and what they need. Ids run from 0 in the
// order of the DIEs, whatever the number of threads.
bool dw_read_types(struct dw *dw, const struct dw_types_options *options, struct dw_types **out,
                   struct fault *fault);
void dw_types_free(struct dw_types *types);
size_t dw_types_count(const struct dw_types *types);
const struct dw_type *dw_types_get(const struct dw_types *types,
                                   dw_type_id id); // NULL for DW_NO_TYPE
// Whether the type was asked for by name (or all were) rather than only needed by another.
bool dw_types_wanted(const struct dw_types *types, dw_type_id id);
// Paths of units, by their number; "" for those of a snapshot in which no type was met first.
const char *const *dw_types_unit_paths(const struct dw_types *types, size_t *count);
// Units that define it (only with options.units), ascending.
const uint32_t *dw_types_units(const struct dw_types *types, dw_type_id id, size_t *count);
// The type behind typedefs and qualifiers.
dw_type_id dw_types_strip(const struct dw_types *types, dw_type_id id);
// Bytes of one object of the type, element counts multiplied out; 0 when not known.
uint64_t dw_types_size(const struct dw_types *types, dw_type_id id);
// C spelling around a declarator: spell(char[16], "name") gives "char name[16]"; with "" gives
// "char [16]".
void dw_types_spell(const struct dw_types *types, dw_type_id id, const char *declarator,
                    struct buf *out);
// "ns::list<int>".
void dw_types_qualified(const struct dw_types *types, dw_type_id id, struct buf *out);

// A copy that can be changed and has room for so many more types; it lends what types point to from the
// original, and is freed as one.
struct dw_types *dw_types_copy(const struct dw_types *types, size_t room);
struct dw_type *dw_types_change(struct dw_types *copy, dw_type_id id);
dw_type_id dw_types_add(struct dw_types *copy, const struct dw_type *type);

// Snapshots: everything but the DIE references.
void dw_types_save(const struct dw_types *types, struct buf *out);
bool dw_types_load(struct dw_types **out, struct slice bytes, const char *path,
                   struct fault *fault);

// ------------------------------------------------------------------ reading content

// What one type is, for those who read content: typedefs and qualifiers are passed through.
struct dw_shape_member {
    const char *name; // "" when anonymous or a base class
    dw_ref type;
    uint64_t bit_offset, bit_size; // bit_size 0: not a bit field
};

struct dw_shape {
    const char *name; // as dw_shapes_name has it
    // DW_BASE, DW_POINTER (references too), DW_ARRAY, DW_STRUCT (classes too), DW_UNION, DW_ENUM;
    // DW_OTHER for what has no content that can be told
    enum dw_kind kind;
    bool is_signed, is_float, is_char, is_bool; // DW_BASE; is_signed also of DW_ENUM
    uint64_t size;                              // bytes, 0: not known
    dw_ref element;                             // of an array, whatever its dimensions
    const struct dw_shape_member *members;      // those that lie at a fixed place
    size_t member_count;
    const struct dw_enumerator *enumerators;
    size_t enumerator_count;
};

// Lists live in `arena`, names until dw_shapes_free. False when nothing is known.
bool dw_shapes_describe(struct dw_shapes *shapes, dw_ref type, struct arena *arena,
                        struct dw_shape *out);

#endif
