// SPDX-License-Identifier: MIT
//
// Alignment of scalars, which DWARF does not state: that of their size, as far as the machine's ABI
// goes along.

#include "dwarfsize/types.h"

#define COMPLEX_INT    DW_ATE_lo_user // how gcc encodes the complex integers
#define VECTOR_LARGEST 4096

// Machines on which a scalar is aligned to less than its size (each one's psABI, or gcc's
// BIGGEST_ALIGNMENT). i386 aligns what has 8 bytes to 4, but the 16 bytes of a __float128 to 16.
static uint64_t largest(uint16_t machine, uint64_t size)
{
    switch (machine) {
    case EM_386:
        return size == 8 ? 4 : 16;
    case EM_AVR:
    case EM_CRIS:
        return 1;
    case EM_68K:
    case EM_MSP430:
        return 2;
    case EM_SH:
    case EM_ARC_COMPACT:
    case 195: // EM_ARC_COMPACT2
    case EM_ALTERA_NIOS2:
    case EM_MICROBLAZE:
    case EM_OPENRISC:
    case EM_CSKY:
    case EM_RX:
    case EM_LATTICEMICO32:
        return 4;
    case EM_ARM:
    case EM_S390:
        return 8;
    default:
        return 16;
    }
}

static uint64_t power_in(uint64_t size)
{
    return size & -size;
}

// A vector is aligned to its size, but no further than registers are saved.
static uint64_t vector_align(uint16_t machine, uint64_t size)
{
    bool halves = machine == EM_ARM;
    return MIN(power_in(size), halves ? (uint64_t)8 : (uint64_t)VECTOR_LARGEST);
}

static uint64_t vector_size(const struct dw__forest *forest, struct dw__place place)
{
    if (place.node->size != UINT64_MAX)
        return place.node->size;
    uint64_t size = dw__node_size(forest, dw__place_of(forest, place.tree, place.node->type));
    for (uint32_t i = place.node->first; i != NO_INDEX; i = place.tree->items.items[i].next)
        if (!mul_u64(size, dw__item_elements(place.tree, &place.tree->items.items[i]), &size))
            return 0;
    return size;
}

uint64_t dw__node_align(const struct dw__forest *forest, struct dw__place place)
{
    const struct dw__node *node = place.node;
    uint16_t machine = img_info(place.tree->unit->object->img)->machine;
    uint64_t size = dw__node_size(forest, place);
    if (node->alignment != 0)
        return node->alignment;
    if (node->flags & NODE_VECTOR)
        return vector_align(machine, vector_size(forest, place));
    switch (node->tag) {
    case DW_TAG_ptr_to_member_type: // one word, or two that are aligned as one
        size = place.tree->unit->address_size;
        break;
    case DW_TAG_base_type:
        if (node->encoding == DW_ATE_complex_float || node->encoding == COMPLEX_INT)
            size /= 2;
        break;
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
    case DW_TAG_enumeration_type:
        break;
    default:
        return 0; // made of others
    }
    return MIN(power_in(size), largest(machine, size));
}
