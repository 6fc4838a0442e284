// SPDX-License-Identifier: MIT
//
// What the files of dwarfsize share: objects, units, compiled abbreviations, the scan, attribute
// values.
//
//   object    one file's debug sections: the main file, its dwz supplementary file, each .dwo, the
//             .dwp. A section kind may occur several times in a .o (type units in groups), so the
//             sections that hold units are chunks, laid end to end to give every DIE one offset.
//   unit      a stretch of a chunk with its header, and the bases its indexed forms count from
//   abbrevs   the abbreviations of one unit, compiled for one pass into steps: what the pass does
//             not ask for becomes "skip n bytes"
//   scan      walks the DIEs of a unit; only DIEs whose tag the pass wants come out
#ifndef TARE_DWARFSIZE_PRIVATE_H
#define TARE_DWARFSIZE_PRIVATE_H

#include <dwarf.h> // the constants of the standard, from elfutils
#include <pthread.h>
#include <stdatomic.h>

#include "dwarfsize/dwarfsize.h"

// ----------------------------------------------------------------------- objects

// Debug sections that are read as one (those that hold units are chunks instead).
#define DW_SECTIONS(X)                                                                             \
    X(DW__ABBREV, ".debug_abbrev")                                                                 \
    X(DW__STR, ".debug_str")                                                                       \
    X(DW__LINE_STR, ".debug_line_str")                                                             \
    X(DW__STR_OFFSETS, ".debug_str_offsets")                                                       \
    X(DW__ADDR, ".debug_addr")                                                                     \
    X(DW__RANGES, ".debug_ranges")                                                                 \
    X(DW__RNGLISTS, ".debug_rnglists")                                                             \
    X(DW__LINE, ".debug_line")                                                                     \
    X(DW__LOC, ".debug_loc")                                                                       \
    X(DW__LOCLISTS, ".debug_loclists")                                                             \
    X(DW__ARANGES, ".debug_aranges")                                                               \
    X(DW__MACRO, ".debug_macro")                                                                   \
    X(DW__MACINFO, ".debug_macinfo")                                                               \
    X(DW__CU_INDEX, ".debug_cu_index")                                                             \
    X(DW__TU_INDEX, ".debug_tu_index")

enum dw__section {
#define X(id, name) id,
    DW_SECTIONS(X)
#undef X
        DW__SECTION_COUNT,
};

// A section that holds units: .debug_info or, behind all of those, .debug_types.
struct dw__chunk {
    struct slice bytes;
    uint64_t base;  // offset of its first byte among all chunks of the object laid end to end
    uint32_t index; // section index in the image
    bool types;     // .debug_types
};

// The sections of a .o (ARM Compiler's, gcc -g3) that are called like an earlier one.
struct dw__more {
    VEC(uint32_t) sections;
    struct buf bytes; // of all, the first included
};

struct dw__object {
    struct img *img;
    struct img_file *file; // when this object opened it itself (.dwo), else NULL
    const char *path;
    uint32_t number;
    bool big_endian;
    bool split;         // .dwo or .dwp: section names end in ".dwo"
    bool supplementary; // a dwz file, which serves many programs
    uint8_t address_size;
    struct dw__object *alt; // supplementary file, or NULL
    // Loaded (inflated, relocated) at first use: see dw__object_section.
    pthread_mutex_t lock;
    atomic_bool loaded[DW__SECTION_COUNT];
    struct slice section[DW__SECTION_COUNT];
    struct buf owned[DW__SECTION_COUNT];       // of joined sections
    uint32_t section_index[DW__SECTION_COUNT]; // the first of that name, 0: absent
    struct dw__more *more;                     // by enum dw__section; NULL: none has more
    struct doubts *doubts;
    // Bytes of abbreviation tables compiled so far, and of those that are kept.
    _Atomic uint64_t abbrevs_read, abbrevs_kept;
    _Atomic uint64_t ranges_read; // bytes of range lists read so far
    VEC(struct dw__chunk *) chunks;
    uint64_t info_size;              // bytes of all .debug_info
    uint32_t unit_first, unit_count; // its units in dw.units
    size_t next_chunk;               // where the reading of units goes on
    uint64_t next_unit;
};

// The bytes of a section; empty when the object has none or it is damaged (a doubt). Thread-safe.
struct slice dw__object_section(struct dw__object *object, enum dw__section section);
// Which section a range of those bytes lies in, and where in it; it ends with the section.
uint32_t dw__section_at(const struct dw__object *object, enum dw__section section, uint64_t *offset,
                        uint64_t *size);

// ------------------------------------------------------------------------- units

struct dw__abbrevs;

struct dw__unit {
    struct dw__object *object;
    const struct dw__chunk *chunk;
    uint64_t start, end, first_die; // offsets in the chunk; first_die after the header
    uint64_t signature;             // of a type unit, or the dwo id of a skeleton or split unit
    uint64_t type_offset;           // type units: of the type's DIE, from the start of the unit
    uint64_t abbrev_offset;
    uint16_t version;
    uint8_t kind, address_size, offset_size;
    bool damaged;
    uint32_t partner; // skeleton <-> split unit, or DW_NO_UNIT
    // From the root DIE.
    uint64_t str_offsets_base, addr_base, rnglists_base, loclists_base, ranges_base;
    uint64_t low_pc, high_pc; // high_pc exclusive, 0 when absent
    uint64_t line_offset;     // DW_AT_stmt_list, NO_OFFSET when absent
    uint64_t ranges;          // DW_AT_ranges of the root, by ranges_form
    uint16_t ranges_form;     // 0 when absent
    uint64_t macros;          // in .debug_macro, or .debug_macinfo, NO_OFFSET when absent
    bool macinfo;
    const char *dwo_name;
    const char *name, *comp_dir, *producer; // "" when absent
    uint16_t language;
    // A unit of a .dwp sees only its contribution of each section, kept here; others see the whole
    // section of their object (NULL).
    const struct slice *contributions; // DW__SECTION_COUNT of them
    // Compiled for the pass "everything", made at first use by dw__die_at.
    _Atomic(struct dw__abbrevs *) abbrevs;
};

struct dw__signature; // open addressing: type signature -> unit

struct dw {
    struct arena *arena;  // paths and what lives as long as this
    pthread_mutex_t lock; // guards `arena` after opening
    struct doubts *doubts;
    const struct img_debug *debug;
    unsigned threads;
    bool partial;      // opened lazily: more units are to be read, see dw_complete
    size_t roots_from; // first unit whose root is being read
    VEC(struct dw__object *) objects;
    VEC(struct dw__unit) units; // by object, then offset; does not move after dw_open
    struct dw_unit *public_units;
    VEC(struct keyed) signatures; // type units by signature, sorted; value: unit index
    struct dw_code *code[8];      // by flags, kept for the next caller
    struct arena *code_arena;
    struct dw_part *parts;
    size_t part_count;
    struct dw__lines *lines; // line table headers, see line.c
};

// The unit that holds a DIE, or NULL.
struct dw__unit *dw__unit_of(const struct dw *dw, dw_ref ref);
uint32_t dw__unit_index(const struct dw *dw, const struct dw__unit *unit);

static inline dw_ref dw__ref_make(const struct dw__unit *unit, uint64_t offset_in_chunk)
{
    return (uint64_t)unit->object->number << 48 | (unit->chunk->base + offset_in_chunk);
}

// Records a doubt at an offset of the unit's section.
void dw__doubt(const struct dw *dw, const struct dw__unit *unit, uint64_t offset, const char *text);

// --------------------------------------------------------------------- constants

// The attributes any pass asks for. A DIE's values are found by slot.
#define DW_SLOTS(X)                                                                                \
    X(SLOT_SIBLING, DW_AT_sibling)                                                                 \
    X(SLOT_NAME, DW_AT_name)                                                                       \
    X(SLOT_LINKAGE_NAME, DW_AT_linkage_name)                                                       \
    X(SLOT_BYTE_SIZE, DW_AT_byte_size)                                                             \
    X(SLOT_BIT_SIZE, DW_AT_bit_size)                                                               \
    X(SLOT_BIT_OFFSET, DW_AT_bit_offset)                                                           \
    X(SLOT_DATA_BIT_OFFSET, DW_AT_data_bit_offset)                                                 \
    X(SLOT_MEMBER_LOCATION, DW_AT_data_member_location)                                            \
    X(SLOT_TYPE, DW_AT_type)                                                                       \
    X(SLOT_ENCODING, DW_AT_encoding)                                                               \
    X(SLOT_DECLARATION, DW_AT_declaration)                                                         \
    X(SLOT_DECL_FILE, DW_AT_decl_file)                                                             \
    X(SLOT_DECL_LINE, DW_AT_decl_line)                                                             \
    X(SLOT_LOW_PC, DW_AT_low_pc)                                                                   \
    X(SLOT_HIGH_PC, DW_AT_high_pc)                                                                 \
    X(SLOT_RANGES, DW_AT_ranges)                                                                   \
    X(SLOT_ORIGIN, DW_AT_abstract_origin)                                                          \
    X(SLOT_SPECIFICATION, DW_AT_specification)                                                     \
    X(SLOT_LOCATION, DW_AT_location)                                                               \
    X(SLOT_CONST_VALUE, DW_AT_const_value)                                                         \
    X(SLOT_UPPER_BOUND, DW_AT_upper_bound)                                                         \
    X(SLOT_LOWER_BOUND, DW_AT_lower_bound)                                                         \
    X(SLOT_COUNT, DW_AT_count)                                                                     \
    X(SLOT_BYTE_STRIDE, DW_AT_byte_stride)                                                         \
    X(SLOT_EXTERNAL, DW_AT_external)                                                               \
    X(SLOT_ARTIFICIAL, DW_AT_artificial)                                                           \
    X(SLOT_VIRTUALITY, DW_AT_virtuality)                                                           \
    X(SLOT_ALIGNMENT, DW_AT_alignment)                                                             \
    X(SLOT_CONTAINING_TYPE, DW_AT_containing_type)                                                 \
    X(SLOT_SIGNATURE, DW_AT_signature)                                                             \
    X(SLOT_CALL_LINE, DW_AT_call_line)                                                             \
    X(SLOT_DISCR, DW_AT_discr)                                                                     \
    X(SLOT_DISCR_VALUE, DW_AT_discr_value)                                                         \
    X(SLOT_STMT_LIST, DW_AT_stmt_list)                                                             \
    X(SLOT_COMP_DIR, DW_AT_comp_dir)                                                               \
    X(SLOT_PRODUCER, DW_AT_producer)                                                               \
    X(SLOT_LANGUAGE, DW_AT_language)                                                               \
    X(SLOT_STR_OFFSETS_BASE, DW_AT_str_offsets_base)                                               \
    X(SLOT_ADDR_BASE, DW_AT_addr_base)                                                             \
    X(SLOT_RNGLISTS_BASE, DW_AT_rnglists_base)                                                     \
    X(SLOT_LOCLISTS_BASE, DW_AT_loclists_base)                                                     \
    X(SLOT_DWO_NAME, DW_AT_dwo_name)                                                               \
    X(SLOT_IMPORT, DW_AT_import)                                                                   \
    X(SLOT_PROTOTYPED, DW_AT_prototyped)                                                           \
    X(SLOT_DATA_LOCATION, DW_AT_data_location)                                                     \
    X(SLOT_BIT_STRIDE, DW_AT_bit_stride)                                                           \
    X(SLOT_MACRO_INFO, DW_AT_macro_info)                                                           \
    X(SLOT_MACROS, DW_AT_macros)

// The same for attributes of vendors, numbered from 0x2000 on.
#define DW_VENDOR_SLOTS(X)                                                                         \
    X(SLOT_MIPS_LINKAGE_NAME, DW_AT_MIPS_linkage_name)                                             \
    X(SLOT_GNU_DWO_NAME, DW_AT_GNU_dwo_name)                                                       \
    X(SLOT_GNU_DWO_ID, DW_AT_GNU_dwo_id)                                                           \
    X(SLOT_GNU_ADDR_BASE, DW_AT_GNU_addr_base)                                                     \
    X(SLOT_GNU_RANGES_BASE, DW_AT_GNU_ranges_base)                                                 \
    X(SLOT_GNU_VECTOR, DW_AT_GNU_vector)                                                           \
    X(SLOT_GNU_MACROS, DW_AT_GNU_macros)                                                           \
    X(SLOT_GNU_TEMPLATE_NAME, DW_AT_GNU_template_name)

enum dw__slot {
#define X(slot, at) slot,
    DW_SLOTS(X) DW_VENDOR_SLOTS(X)
#undef X
        SLOT_TOTAL,
};
_Static_assert(SLOT_TOTAL <= 64, "presence is a 64-bit mask");

// What a pass asks for: tags that come out of the scan, and which attributes are read for them.
struct dw__pass {
    const uint64_t *tags; // 0x100 of them: the slots wanted of DIEs with this tag (a bit per slot),
                          // 0 for tags that do not come out; or NULL:
    uint64_t slots;       // every DIE comes out, with these slots
    uint64_t (*vendor_tags)(
        uint64_t tag); // the same for tags above 0xff; NULL: they do not come out
    // Parameters and variables that have any of these attributes do not come out.
    uint64_t unwanted;
    uint64_t unwanted_parameters; // formal parameters only
    // 0x100 of them, or NULL: DIEs with these tags come out plain where they can, see dw__plain.
    const bool *plain;
};

// ----------------------------------------------------------------- abbreviations

// One thing to do while passing over a DIE's attributes.
struct dw__step {
    uint8_t op;      // enum dw__op
    uint8_t slot;    // where a read value goes
    uint16_t form;   // DW_FORM_* of a read value
    uint32_t amount; // bytes to skip, or index of the implicit constant
};

// Most DIEs of types have a name in .debug_str, a reference within their unit and a few constants,
// all of fixed width, so each lies at a fixed place behind the code. Such a DIE comes out of the
// scan as these places, its values unread: ten million times a run that is what counts.
enum dw__field {
    FIELD_NAME,
    FIELD_TYPE,
    FIELD_VALUE, // byte size, member location or value of an enumerator
    FIELD_FILE,
    FIELD_LINE,
    FIELD_TOTAL,
};

struct dw__plain {
    bool declaration;
    uint8_t at[FIELD_TOTAL], width[FIELD_TOTAL]; // bytes; width 0: it is `constant`
    uint64_t constant[FIELD_TOTAL];              // UINT64_MAX for what the DIE does not have
};

struct dw__abbrev {
    uint64_t code;
    uint64_t present; // slots its steps read
    uint32_t fixed;   // bytes of all its attributes when no step's width varies, else VARIABLE
    uint32_t step_first;
    uint32_t plain; // its index in `plains` + 1, or 0
    uint16_t step_count;
    uint16_t tag;
    bool children, wanted;
};

struct dw__abbrevs {
    // What it was compiled from, to know whether it can be used again.
    const uint8_t *table;
    uint64_t size; // bytes of the table
    uint8_t version, address_size, offset_size;
    VEC(struct dw__abbrev) list;
    VEC(struct dw__step) steps;
    VEC(int64_t) constants;
    VEC(struct dw__plain) plains;
    VEC(uint32_t) dense; // code -> index in list + 1, for small codes
};

// Compiles the abbreviations of a unit for a pass (7.5.3); does nothing when `abbrevs` already is.
// False (and a doubt) when the table is damaged; what precedes the damage is usable.
bool dw__abbrevs_compile(struct dw__abbrevs *abbrevs, const struct dw *dw,
                         const struct dw__unit *unit, const struct dw__pass *pass);
// The same for one code only (not to be used again for another unit): cheap, for root DIEs.
bool dw__abbrevs_compile_one(struct dw__abbrevs *abbrevs, const struct dw__unit *unit,
                             const struct dw__pass *pass, uint64_t code);
// Makes room for all of a unit's table at once, for one that is kept.
void dw__abbrevs_reserve(struct dw__abbrevs *abbrevs, const struct dw__unit *unit);
// Moves behind the attribute list of one abbreviation, its final pair of 0; how many there were.
size_t dw__skip_attributes(struct cur *c);
void dw__abbrevs_clear(struct dw__abbrevs *abbrevs);

// -------------------------------------------------------------------------- DIEs

// A DIE with the attributes a pass asked for. Values by form: constants and flags as they are,
// references and section offsets raw, inline texts and blocks as the offset of their first byte in
// the chunk (`extra`: bytes of a block).
struct dw__die {
    uint64_t offset;  // in the chunk
    uint64_t present; // bit per slot
    uint32_t depth;   // 0: the unit's root
    uint32_t lowest;  // depth of the lowest DIE since the one that came out before, this included:
                      // enclosing DIEs at that depth and deeper have ended
    uint16_t tag;
    bool children;
    const struct dw__plain *plain; // then `fields` is where its places count from, and there are no
    const uint8_t *fields;         // values; else NULL
    uint64_t value[SLOT_TOTAL];
    uint64_t extra[SLOT_TOTAL];
    uint16_t form[SLOT_TOTAL];
};

// A field of a plain DIE, little endian. Its bytes are there: the scan has passed over them.
static inline uint64_t dw__field(const struct dw__die *die, enum dw__field field)
{
    const struct dw__plain *plain = die->plain;
    const uint8_t *at = die->fields + plain->at[field];
    uint64_t value = 0;
    switch (plain->width[field]) {
    case 0:
        return plain->constant[field];
    case 1:
        return *at;
    case 2:
        memcpy(&value, at, 2);
        return value;
    case 4:
        memcpy(&value, at, 4);
        return value;
    default:
        memcpy(&value, at, 8);
        return value;
    }
}

static inline bool dw__has(const struct dw__die *die, enum dw__slot slot)
{
    return die->present >> slot & 1;
}

struct dw__scan {
    const struct dw *dw;
    const struct dw__unit *unit;
    const struct dw__abbrevs *abbrevs;
    struct cur cur;
    uint32_t depth;
    bool damaged;
};

void dw__scan_start(struct dw__scan *scan, const struct dw *dw, const struct dw__unit *unit,
                    const struct dw__abbrevs *abbrevs);
// The next wanted DIE; false at the end of the unit or at damage (a doubt was recorded).
bool dw__scan_next(struct dw__scan *scan, struct dw__die *die);
// Continues at the DIE at an offset of the chunk, at a depth; for random access.
void dw__scan_seek(struct dw__scan *scan, uint64_t offset, uint32_t depth);

// The unit a worker is in, and its table compiled for all attributes, made when first asked for: most
// references stay within their unit, and this table costs no memory that is new.
struct dw__near {
    const struct dw__unit *unit;
    struct dw__abbrevs abbrevs;
};

// The DIE at `ref` with all its attributes, and its unit; false when there is none. Thread-safe, with
// a `near` for each thread or NULL.
bool dw__die_at(struct dw *dw, struct dw__near *near, dw_ref ref, struct dw__die *die,
                struct dw__unit **unit);
// A scan that stands at `ref` (for its children), all attributes.
bool dw__scan_at(struct dw *dw, struct dw__near *near, dw_ref ref, struct dw__scan *scan);
// What dw_shapes_describe tells, but for the name.
bool dw__describe(struct dw *dw, struct dw__near *near, dw_ref type, struct arena *arena,
                  struct dw_shape *out);

// ------------------------------------------------------------------------ values

// NUL-terminated text of a string attribute; "" when damaged or absent.
const char *dw__text(const struct dw__unit *unit, const struct dw__die *die, enum dw__slot slot);
// An unsigned constant, whatever its form; `fallback` when absent or not a constant.
uint64_t dw__number(const struct dw__unit *unit, const struct dw__die *die, enum dw__slot slot,
                    uint64_t fallback);
// The text at an offset of a section of texts, and the unit's text of a number; "" when there is none.
const char *dw__text_in(struct slice section, uint64_t offset);
const char *dw__indexed_text(const struct dw__unit *unit, uint64_t index);
bool dw__flag(const struct dw__die *die, enum dw__slot slot);
// An address (DW_FORM_addr, addrx*, GNU_addr_index): false when absent or out of the table.
bool dw__address(const struct dw *dw, const struct dw__unit *unit, const struct dw__die *die,
                 enum dw__slot slot, uint64_t *address);
bool dw__indexed_address(const struct dw *dw, const struct dw__unit *unit, uint64_t index,
                         uint64_t *address);
// The DIE a reference points to, signatures and supplementary files resolved; DW_NO_REF.
dw_ref dw__reference(const struct dw *dw, const struct dw__unit *unit, const struct dw__die *die,
                     enum dw__slot slot);
// A block or location expression; empty when the attribute is of another class.
struct slice dw__block(const struct dw__unit *unit, const struct dw__die *die, enum dw__slot slot);
// A fixed address given by a location expression (2.6): DW_OP_addr, addrx, with constant offset, or
// an offset in the TLS template. False for anything that is not fixed.
bool dw__location(const struct dw *dw, const struct dw__unit *unit, struct slice expression,
                  uint64_t *address, bool *tls);
bool dw__is_constant_form(uint16_t form);

static inline bool dw__is_block_form(uint16_t form)
{
    return form == DW_FORM_exprloc || form == DW_FORM_block1 || form == DW_FORM_block2 ||
           form == DW_FORM_block4 || form == DW_FORM_block;
}

// The section as the unit sees it (its contribution in a .dwp).
static inline struct slice dw__section_of(const struct dw__unit *unit, enum dw__section section)
{
    if (unit->contributions != NULL)
        return unit->contributions[section];
    return dw__object_section(unit->object, section);
}

// ------------------------------------------------------------------------ ranges

typedef VEC(struct dw_range) dw__range_list;

// Whether an address can be that of kept code or data: not a tombstone (2.17.3). In most images 0
// is no address. Where memory is allocated at 0 (firmware in flash), discarded code seems to own
// what lies there, and only the symbols can tell.
struct dw__places {
    struct img *image;
    bool zero_is_real;
    bool all; // nothing is a tombstone: ranges as they are written
    uint8_t address_size;
    VEC(const struct img_symbol *) low; // symbols of the first DW__LOW bytes, when allocated
};
#define DW__LOW 0x10000u

void dw__places_open(struct dw__places *places, struct img *image);
void dw__places_close(struct dw__places *places);
bool dw__is_tombstone(const struct dw__places *places, uint64_t address);
// Whether the symbols contradict a function of these names (either may be NULL) at a low address.
bool dw__is_discarded(const struct dw__places *places, uint64_t start, const char *name,
                      const char *linkage_name);

// Appends the ranges of a DIE: low and high pc, or DW_AT_ranges (2.17), in either encoding.
void dw__die_ranges(const struct dw *dw, const struct dw__unit *unit, const struct dw__die *die,
                    const struct dw__places *places, dw__range_list *out);
// The same for the unit itself, as its root DIE says.
void dw__unit_ranges(const struct dw *dw, const struct dw__unit *unit,
                     const struct dw__places *places, dw__range_list *out);

// -------------------------------------------------------------------------- code

// Bytes of an object of the type at `ref`; 0 when not known. Thread-safe.
uint64_t dw__type_size(struct dw *dw, struct dw__near *near, dw_ref ref);
// Elements of one DW_TAG_subrange_type (5.13), DW_COUNT_UNKNOWN for a flexible array. `lowest` is the
// lower bound where it states none.
uint64_t dw__dimension(const struct dw__unit *unit, const struct dw__die *die, uint64_t lowest);
// DW_LANG_*: where its arrays begin that state no lower bound, and whether it is C or C++.
uint64_t dw__lowest_index(uint16_t language);
bool dw__is_c(uint16_t language);
bool dw__is_cxx(uint16_t language);

// ------------------------------------------------------------------- other files

// Adds an object (its units are not read yet); `file` is closed with it, may be NULL.
struct dw__object *dw__object_add(struct dw *dw, struct img *img, struct img_file *file,
                                  bool split);
void dw__object_free(struct dw__object *object);
// Appends a chunk to an object; its base follows the chunks before it.
void dw__chunk_add(struct dw *dw, struct dw__object *object, struct slice bytes, uint32_t section,
                   bool types);
// Appends the units of all chunks of the object: headers only. Damage ends a chunk with a doubt.
void dw__units_read(struct dw *dw, struct dw__object *object);
// Goes on where the object's units were left off, `limit` of them at most; false when all are read.
bool dw__units_read_some(struct dw *dw, struct dw__object *object, size_t limit);
// Reads the root DIE of a unit: bases, name, ranges. Thread-safe for different units.
void dw__root_read(struct dw *dw, struct dw__unit *unit);
// Finds the split units of skeleton units, adds them, reads their roots and links partners. Called
// by dw_open after the main object's roots are read. dw.units may move while it runs.
bool dw__open_split(struct dw *dw, const struct img_debug *debug, struct fault *fault);
// Gives the units of a package, which are read, their parts of its sections. Nothing for a .dwo.
void dw__package_apply(struct dw *dw, struct dw__object *object);
// `name` made absolute with `dir`, "." and ".." folded; "<artificial>" and the like stay as they
// are. Lent until dw_close. Thread-safe.
const char *dw__path(struct dw *dw, const char *dir, const char *name);
void dw__lines_free(struct dw *dw);
// Path of file number `file` of the unit's line table; "" when there is none. Thread-safe.
const char *dw__file_path(struct dw *dw, struct dw__unit *unit, uint64_t file);

#endif
