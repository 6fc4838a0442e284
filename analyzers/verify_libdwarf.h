// SPDX-License-Identifier: MIT
//
// The one place that knows the versions of libdwarf: that of 2021 and those with
// DW_LIBDWARF_VERSION, which renamed the access interface. Included by the two files that call it.
#ifndef TARE_ANALYZERS_VERIFY_LIBDWARF_H
#define TARE_ANALYZERS_VERIFY_LIBDWARF_H

#if __has_include(<libdwarf/libdwarf.h>)
#include <libdwarf/dwarf.h>
#include <libdwarf/libdwarf.h>
#elif __has_include(<libdwarf-2/libdwarf.h>)
#include <libdwarf-2/dwarf.h>
#include <libdwarf-2/libdwarf.h>
#else
#include <libdwarf-0/dwarf.h>
#include <libdwarf-0/libdwarf.h>
#endif

#include "analyzers/verify_private.h"

#ifdef DW_LIBDWARF_VERSION
#define IS_OLD 0
typedef Dwarf_Obj_Access_Interface_a access_interface;
typedef Dwarf_Obj_Access_Methods_a access_methods;
typedef Dwarf_Obj_Access_Section_a access_section;
typedef Dwarf_Unsigned section_number;
typedef Dwarf_Small byte_order;
#define FIELD(prefix, name) prefix##_##name
#define BIG_ENDIAN_VALUE    DW_END_big
#define LITTLE_ENDIAN_VALUE DW_END_little
#define FREE_RANGES         dwarf_dealloc_ranges
#else
#define IS_OLD              1
typedef Dwarf_Obj_Access_Interface access_interface;
typedef Dwarf_Obj_Access_Methods access_methods;
typedef Dwarf_Obj_Access_Section access_section;
typedef Dwarf_Half section_number;
typedef Dwarf_Endianness byte_order;
#define FIELD(prefix, name) name
#define BIG_ENDIAN_VALUE    DW_OBJECT_MSB
#define LITTLE_ENDIAN_VALUE DW_OBJECT_LSB
#define FREE_RANGES         dwarf_ranges_dealloc
#endif

// ---------------------------------------------------------------------- the reading

// A unit of a tied main file, by dwo id: its low pc is the base of its split unit's range lists, which
// lie in the main file behind `lists`.
struct an__skeleton {
    uint64_t id, low_pc, lists;
};

struct an__reading {
    const struct an__object *object;
    struct an__sink *sink;
    Dwarf_Debug dbg, tied, main; // main: the tied object once more, for its skeletons
    access_interface access, tied_access, skeleton_access;
    Dwarf_Bool is_info;
    VEC(struct an__skeleton) skeletons;
    bool listed;                         // the skeletons are
    const struct an__skeleton *skeleton; // of the unit, or NULL
    struct an__unit unit;
    uint64_t next; // lowest offset the next DIE may have
    uint64_t base; // of the unit's range lists before DWARF 5
    Dwarf_Error error;
};

// The attributes of one DIE that are looked at.
#define ATTRIBUTES(X)                                                                              \
    X(NAME, DW_AT_name)                                                                            \
    X(LINKAGE_NAME, DW_AT_linkage_name)                                                            \
    X(MIPS_LINKAGE_NAME, DW_AT_MIPS_linkage_name)                                                  \
    X(BYTE_SIZE, DW_AT_byte_size)                                                                  \
    X(BIT_SIZE, DW_AT_bit_size)                                                                    \
    X(BIT_OFFSET, DW_AT_bit_offset)                                                                \
    X(DATA_BIT_OFFSET, DW_AT_data_bit_offset)                                                      \
    X(MEMBER_LOCATION, DW_AT_data_member_location)                                                 \
    X(TYPE, DW_AT_type)                                                                            \
    X(ORIGIN, DW_AT_abstract_origin)                                                               \
    X(SPECIFICATION, DW_AT_specification)                                                          \
    X(LOW_PC, DW_AT_low_pc)                                                                        \
    X(HIGH_PC, DW_AT_high_pc)                                                                      \
    X(RANGES, DW_AT_ranges)                                                                        \
    X(EXTERNAL, DW_AT_external)                                                                    \
    X(DECLARATION, DW_AT_declaration)                                                              \
    X(VIRTUALITY, DW_AT_virtuality)                                                                \
    X(GNU_DWO_ID, DW_AT_GNU_dwo_id)                                                                \
    X(GNU_RANGES_BASE, DW_AT_GNU_ranges_base)

enum attribute {
#define X(id, at) AT_##id,
    ATTRIBUTES(X)
#undef X
        AT_COUNT,
};

struct an__attributes {
    Dwarf_Die die;
    Dwarf_Attribute *list, at[AT_COUNT];
    Dwarf_Signed count;
};

// Of the error that libdwarf left: reported as what came of `doing`, or dropped.
void an__put_doing(struct an__reading *r, enum an__check check, const char *doing);
void an__forget_error(struct an__reading *r);
// False with r->error.
bool an__attributes_open(struct an__reading *r, Dwarf_Die die, struct an__attributes *a);
void an__attributes_close(struct an__reading *r, struct an__attributes *a);
uint64_t an__constant_or_zero(struct an__reading *r, Dwarf_Attribute attribute);
uint64_t an__offset_or_zero(struct an__reading *r, Dwarf_Attribute attribute);
uint64_t an__signature_of(const struct an__reading *r, const Dwarf_Sig8 *signature);
// All that is compared of a DIE but its place.
bool an__read_values(struct an__reading *r, Dwarf_Die handle, struct an__die *die);

#endif
