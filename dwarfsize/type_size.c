// SPDX-License-Identifier: MIT
//
// The size of one type, found from its DIE alone: for variables, without building a type table.

#include "dwarfsize/private.h"

#define HOPS_MAX 64 // typedefs, qualifiers and array elements on the way to a size

// Elements of one dimension (5.13): a count, or an upper bound, or unknown (a flexible array).
uint64_t dw__dimension(const struct dw__unit *unit, const struct dw__die *die, uint64_t lowest)
{
    uint64_t count = dw__number(unit, die, SLOT_COUNT, DW_COUNT_UNKNOWN);
    uint64_t upper = dw__number(unit, die, SLOT_UPPER_BOUND, DW_COUNT_UNKNOWN);
    uint64_t lower = dw__number(unit, die, SLOT_LOWER_BOUND, lowest);
    if (count != DW_COUNT_UNKNOWN)
        return count;
    uint16_t form = die->form[SLOT_UPPER_BOUND];
    // In data4 and narrower, -1 is how old producers write "no elements".
    bool minus_one = (form == DW_FORM_data4 && upper == UINT32_MAX) ||
                     (form == DW_FORM_data8 && upper == UINT64_MAX);
    if (upper == DW_COUNT_UNKNOWN || minus_one)
        return DW_COUNT_UNKNOWN;
    if ((int64_t)upper < (int64_t)lower)
        return 0;
    return upper - lower + 1;
}

// Product of an array's dimensions; 0 when one is not known.
static uint64_t element_count(struct dw *dw, struct dw__near *near, dw_ref ref)
{
    struct dw__scan scan;
    struct dw__die die;
    uint64_t total = 1;
    if (!dw__scan_at(dw, near, ref, &scan) || !dw__scan_next(&scan, &die) || !die.children)
        return 0;
    uint32_t depth = die.depth;
    while (dw__scan_next(&scan, &die) && die.depth > depth) {
        if (die.depth != depth + 1)
            continue;
        if (die.tag != DW_TAG_subrange_type)
            continue;
        uint64_t count = dw__dimension(scan.unit, &die, dw__lowest_index(scan.unit->language));
        if (count == DW_COUNT_UNKNOWN || !mul_u64(total, count, &total))
            return 0;
    }
    return total;
}

uint64_t dw__type_size(struct dw *dw, struct dw__near *near, dw_ref ref)
{
    uint64_t factor = 1;
    for (unsigned hops = 0; hops < HOPS_MAX && ref != DW_NO_REF; hops++) {
        struct dw__die die;
        struct dw__unit *unit;
        uint64_t size;
        if (!dw__die_at(dw, near, ref, &die, &unit))
            return 0;
        if (dw__has(&die, SLOT_BYTE_SIZE)) {
            size = dw__number(unit, &die, SLOT_BYTE_SIZE, 0);
            return mul_u64(size, factor, &size) ? size : 0;
        }
        switch (die.tag) {
        case DW_TAG_pointer_type:
        case DW_TAG_reference_type:
        case DW_TAG_rvalue_reference_type:
            size = unit->address_size;
            return mul_u64(size, factor, &size) ? size : 0;
        case DW_TAG_ptr_to_member_type:
        case DW_TAG_subroutine_type:
            return 0; // a symbol knows better
        case DW_TAG_array_type:
            if (!mul_u64(factor, element_count(dw, near, ref), &factor))
                return 0;
            break;
        default:
            break;
        }
        dw_ref next = dw__reference(dw, unit, &die, SLOT_TYPE);
        if (next == DW_NO_REF)
            next = dw__reference(dw, unit, &die, SLOT_SIGNATURE);
        ref = next;
    }
    return 0;
}
