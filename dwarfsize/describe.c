// SPDX-License-Identifier: MIT
//
// What one type is, told from its DIE alone, so that content can be read as what it is without a table
// of all types: a number, a pointer, an array of something, a record with its members.

#include "dwarfsize/types.h"

#define HOPS_MAX 64 // typedefs and qualifiers on the way to a type

// ------------------------------------------------------------------------- members

// Those of a variant part lie deeper than the others, and count.
void dw__members_read(struct dw *dw, struct dw__near *near, dw_ref ref, dw__item_list *out)
{
    struct dw__scan scan;
    struct dw__die die;
    if (!dw__scan_at(dw, near, ref, &scan) || !dw__scan_next(&scan, &die) || !die.children)
        return;
    uint32_t own = die.depth, inside = own + 1; // members lie at `inside` or above it
    while (dw__scan_next(&scan, &die) && die.depth > own) {
        if (die.depth > inside)
            continue;
        inside = die.depth;
        inside += die.tag == DW_TAG_variant_part || die.tag == DW_TAG_variant;
        if (die.tag != DW_TAG_member && die.tag != DW_TAG_inheritance)
            continue;
        struct dw__item item = {.name = dw__text(scan.unit, &die, SLOT_NAME)};
        item.type = dw__reference(dw, scan.unit, &die, SLOT_TYPE);
        dw__member_read(scan.unit, &die, &item);
        vec_push(out, item);
    }
}

// As dw__item_bit_offset, which draws it: older DWARF counts from the other end of the storage.
static uint64_t bit_offset(struct dw *dw, struct dw__near *near, const struct dw__item *item,
                           bool big_endian)
{
    uint64_t start = item->offset * 8;
    if (!(item->flags & DW_MEMBER_BIT_FIELD) || !item->old_bits || big_endian)
        return start + item->bits;
    uint64_t storage = item->storage ? item->storage : dw__type_size(dw, near, item->type);
    return start + storage * 8 - item->bits - item->bit_size;
}

static void describe_members(struct dw *dw, struct dw__near *near, dw_ref ref, struct arena *arena,
                             struct dw_shape *out)
{
    dw__item_list items = {0};
    bool big_endian = dw__unit_of(dw, ref)->object->big_endian;
    dw__members_read(dw, near, ref, &items);
    struct dw_shape_member *members = ARENA_ARRAY(arena, items.count, struct dw_shape_member);
    for (size_t i = 0; i < items.count; i++) {
        const struct dw__item *item = &items.items[i];
        if (item->flags & (DW_MEMBER_STATIC | DW_MEMBER_VIRTUAL))
            continue;
        members[out->member_count++] = (struct dw_shape_member){
            item->name, item->type, bit_offset(dw, near, item, big_endian), item->bit_size};
    }
    out->members = members;
    vec_free(&items);
}

// -------------------------------------------------------------------------- others

static void describe_enumerators(struct dw *dw, struct dw__near *near, dw_ref ref,
                                 struct arena *arena, struct dw_shape *out)
{
    VEC(struct dw_enumerator) list = {0};
    struct dw__scan scan;
    struct dw__die die;
    bool children = dw__scan_at(dw, near, ref, &scan) && dw__scan_next(&scan, &die) && die.children;
    uint32_t own = children ? die.depth : 0;
    while (children && dw__scan_next(&scan, &die) && die.depth > own) {
        if (die.tag != DW_TAG_enumerator)
            continue;
        int64_t value = (int64_t)dw__number(scan.unit, &die, SLOT_CONST_VALUE, 0);
        out->is_signed |= value < 0;
        vec_push(&list, ((struct dw_enumerator){dw__text(scan.unit, &die, SLOT_NAME), value}));
    }
    out->enumerators = arena_copy(arena, list.items, list.count * sizeof *list.items);
    out->enumerator_count = list.count;
    vec_free(&list);
}

static void describe_number(const struct dw__unit *unit, const struct dw__die *die,
                            struct dw_shape *out)
{
    uint64_t encoding = dw__number(unit, die, SLOT_ENCODING, 0);
    out->is_float = encoding == DW_ATE_float;
    out->is_bool = encoding == DW_ATE_boolean;
    out->is_char = encoding == DW_ATE_signed_char || encoding == DW_ATE_unsigned_char ||
                   encoding == DW_ATE_UTF;
    out->is_signed = encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
    bool known = out->is_float || out->is_bool || out->is_char || out->is_signed ||
                 encoding == DW_ATE_unsigned;
    out->kind = known ? DW_BASE : DW_OTHER;
}

static enum dw_kind kind_of(uint16_t tag)
{
    switch (tag) {
    case DW_TAG_base_type:
        return DW_BASE;
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
        return DW_POINTER;
    case DW_TAG_array_type:
        return DW_ARRAY;
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
        return DW_STRUCT;
    case DW_TAG_union_type:
        return DW_UNION;
    case DW_TAG_enumeration_type:
        return DW_ENUM;
    default:
        return DW_OTHER;
    }
}

// --------------------------------------------------------------------------- types

static bool passes(uint16_t tag)
{
    return tag == DW_TAG_typedef || tag == DW_TAG_const_type || tag == DW_TAG_volatile_type ||
           tag == DW_TAG_restrict_type || tag == DW_TAG_atomic_type;
}

// Goes through what only names or qualifies, and from where a type unit is named into it.
static bool find_real(struct dw *dw, struct dw__near *near, dw_ref *ref, struct dw__die *die,
                      struct dw__unit **unit)
{
    for (unsigned hops = 0; hops < HOPS_MAX && *ref != DW_NO_REF; hops++) {
        if (!dw__die_at(dw, near, *ref, die, unit))
            return false;
        dw_ref real = dw__reference(dw, *unit, die, SLOT_SIGNATURE);
        if (real == DW_NO_REF && !passes(die->tag))
            return true;
        *ref = real != DW_NO_REF ? real : dw__reference(dw, *unit, die, SLOT_TYPE);
    }
    return false;
}

bool dw__describe(struct dw *dw, struct dw__near *near, dw_ref type, struct arena *arena,
                  struct dw_shape *out)
{
    struct dw__die die;
    struct dw__unit *unit;
    *out = (struct dw_shape){.kind = DW_OTHER, .element = DW_NO_REF};
    if (!find_real(dw, near, &type, &die, &unit))
        return false;
    out->kind = kind_of(die.tag);
    if (out->kind == DW_BASE)
        describe_number(unit, &die, out);
    else if (out->kind == DW_ARRAY)
        out->element = dw__reference(dw, unit, &die, SLOT_TYPE);
    else if (out->kind == DW_ENUM)
        describe_enumerators(dw, near, type, arena, out);
    else if (out->kind == DW_STRUCT || out->kind == DW_UNION)
        describe_members(dw, near, type, arena, out);
    out->size = dw__type_size(dw, near, type);
    return true;
}
