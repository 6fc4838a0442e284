// SPDX-License-Identifier: MIT
//
// What the files of the layout analyzer share.
//
//   layout_measure  one type: fields in order, gaps, alignment
//   layout_place    where the rules put the members
//   layout_reorder  a better order for one type
//   layout          the selection, and one type as a rep_type
//   layout_find     questions over all types
#ifndef TARE_LAYOUT_PRIVATE_H
#define TARE_LAYOUT_PRIVATE_H

#include "analyzers/analyzers.h"

// One member that takes part in the layout.
struct an__field {
    const struct dw_member *member;
    uint64_t start, bits; // from the start of the type
    uint32_t index;       // in dw_type.members
    bool flexible;
};

// What one type is spent on. The arrays are scratch, overwritten by the next measurement.
struct an__layout {
    const struct dw_type *type;
    struct an__field *fields; // by start; statics and virtual bases left out
    size_t field_count;
    struct rep_hole *holes; // before_member counts in `fields`
    size_t hole_count;
    uint64_t tail_bits; // after the last member
    uint64_t holes_size, members_size;
    uint32_t byte_holes, bit_holes;
    bool has_virtual_base, overlaps;
};

struct an__scratch {
    VEC(struct an__field) fields;
    VEC(struct rep_hole) holes;
};

// Facts about types that are asked again and again.
struct an__types {
    const struct dw_types *types;
    size_t count;
    uint16_t *align;  // by type id: bytes, 0 not yet known
    uint32_t *anchor; // by type id of an anonymous type: the typedef that names it, or DW_NO_TYPE
};

void an__types_init(struct an__types *facts, const struct dw_types *types);
void an__types_free(struct an__types *facts);

static inline bool an__is_record(const struct dw_type *type)
{
    return type->kind == DW_STRUCT || type->kind == DW_CLASS || type->kind == DW_UNION;
}

// Whether a member has a place of its own in its record: static ones and virtual bases have not.
static inline bool an__is_laid_out(const struct dw_member *member)
{
    return !(member->flags & (DW_MEMBER_STATIC | DW_MEMBER_VIRTUAL));
}

// The alignment of a type in bytes: as stated, else inferred from sizes and offsets; at least 1.
uint64_t an__align(struct an__types *facts, dw_type_id id);
// That of a member: of its type, or more where the member states more. Less only where it is packed too.
uint64_t an__member_align(struct an__types *facts, const struct dw_member *member);
// The unit that a bit field lies in, as its declared type has it. In bits.
uint64_t an__unit_bits(const struct an__types *facts, const struct dw_member *member);
// The name people know the type by: its own, or that of the typedef of an anonymous one; "" if
// none.
const char *an__name(const struct an__types *facts, dw_type_id id);
// The record a member holds by value (behind typedefs, qualifiers and arrays), or DW_NO_TYPE.
dw_type_id an__embedded(const struct dw_types *types, dw_type_id id, uint64_t *elements);
// An array without a length.
bool an__is_flexible(const struct dw_types *types, dw_type_id id);
// Whether the field at `index` ends its record as an array of one element: how C did it before [].
bool an__ends_single(const struct dw_types *types, const struct an__layout *layout, size_t index);
bool an__ends_flexible(const struct an__types *facts, const struct dw_type *type);

void an__measure(struct an__types *facts, const struct dw_type *type, struct an__scratch *scratch,
                 struct an__layout *out);

// Fields in the order they are declared in, and where the rules put them.
struct an__placing {
    const struct an__field *fields;
    size_t count;
    uint64_t *unit;  // by field: bits of the declared type of a bit field
    uint64_t *step;  // by field: alignment in bits
    uint64_t *start; // by field: the bit where the rules put it
    bool *broken;    // by field: a bit field that starts a new unit (after an unnamed `: 0`)
    uint64_t align;  // of the whole, bytes
    bool stated;     // the alignment of the whole is stated, and more than its members ask for
};
// For the fields of a layout; arrays live in `arena`.
void an__placing_init(struct an__placing *placing, struct an__types *facts,
                      const struct an__layout *layout, struct arena *arena);
// The alignment of the whole, after a change of steps: the widest of them, unless it is stated.
void an__placing_align(struct an__placing *placing);
// Takes alignment away that is not stated, as __attribute__((packed)) does; bit fields then have no units.
void an__placing_pack(struct an__placing *placing);
// Places the fields in `order` (NULL: as they come); fills placing->start; gives the size in bytes.
uint64_t an__place(struct an__placing *placing, const uint32_t *order);
// Whether the rules reproduce the layout of a type as it is; finds `broken`.
bool an__placing_is_right(struct an__placing *placing, const struct dw_type *type);

// A type for a bit field that has a wider one.
struct an__narrow {
    const char *name; // "unsigned char"
    uint64_t size;    // bytes
};

// A better order of the members of one struct.
struct an__plan {
    struct dw_type type; // the same type with members in the new order, at their new offsets
    struct an__narrow *narrowed; // by member of `type`; size 0: as it is declared
    const char **notes;          // the saving and the steps
    size_t note_count;
    uint64_t saving; // bytes; 0: keep the order (notes may say why)
};
void an__reorder(struct an__types *facts, const struct an__layout *layout, struct arena *arena,
                 struct an__plan *plan);

// ----------------------------------------------------------------- the selection

#define AN__EXPAND_DEPTH 24

// "before NAME after"
struct spelling {
    const char *text; // NULL: not yet made
    uint32_t before, after;
};

struct an_layouts {
    struct an__types facts;
    struct an_layout_options options;
    VEC(dw_type_id) chosen;
    size_t cut; // behind those that are kept
    size_t at;
    bool *found;                       // by name of the options
    bool *twin;                        // by place in chosen: another chosen type has its name
    struct spelling *spellings;        // by type id
    const struct an__narrow *narrowed; // of the type being shown, or NULL
    struct arena *run, *one;           // lifetimes: all; until the next type
    struct buf text;
    struct an__scratch scratch[AN__EXPAND_DEPTH + 1]; // by depth of expansion
    VEC(struct rep_member) members;
    VEC(struct rep_hole) holes;
    VEC(struct rep_enumerator) enumerators;
};

const char *an__kind_word(enum dw_kind kind);
// AN_STRUCTS ...; 0 for what is none of them.
unsigned an__kind_mask(enum dw_kind kind);
// Whether a type that is defined has this name, "ns::name" within a scope. `kinds` as an__strip_kind_word says.
bool an__is_called(const struct dw_types *types, dw_type_id id, const char *name, unsigned kinds);
// A type by name, "struct X" allowed: of several the most common; DW_NO_TYPE when none is defined.
dw_type_id an__type_called(const struct dw_types *types, const char *name);
// A "struct " in front restricts the kinds (AN_STRUCTS ...); returns the name after it.
const char *an__strip_kind_word(const char *name, unsigned *kinds);
// "char name[16]"; lives until the next an_layouts_next.
const char *an__layouts_declare(struct an_layouts *layouts, dw_type_id id, const char *name);
// Whether a type is called `name`: its own, qualified or typedef name, "struct X" allowed.
bool an__layouts_matches(struct an_layouts *layouts, dw_type_id id, const char *name);

#endif
