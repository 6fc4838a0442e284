// SPDX-License-Identifier: MIT
//
// Where the rules of System V put the members of a struct: each at the next place that its alignment
// allows; a bit field behind the one before, unless it would cross a boundary of its declared type.

#include "analyzers/layout_private.h"

static uint64_t unit_bits(struct an__types *facts, const struct an__field *field)
{
    if (field->member->flags & DW_MEMBER_BIT_FIELD)
        return MAX(dw_types_size(facts->types, field->member->type), (uint64_t)1) * 8;
    uint64_t align = field->member->alignment;
    return (align != 0 ? align : an__align(facts, field->member->type)) * 8;
}

void an__placing_init(struct an__placing *placing, struct an__types *facts,
                      const struct an__layout *layout, struct arena *arena)
{
    *placing = (struct an__placing){.fields = layout->fields, .count = layout->field_count};
    placing->unit = ARENA_ARRAY(arena, placing->count, uint64_t);
    placing->start = ARENA_ARRAY(arena, placing->count, uint64_t);
    placing->broken = ARENA_ARRAY(arena, placing->count, bool);
    placing->stated = layout->type->alignment != 0;
    placing->align = layout->type->alignment;
    for (size_t f = 0; f < placing->count; f++)
        placing->unit[f] = unit_bits(facts, &layout->fields[f]);
    an__placing_align(placing);
}

void an__placing_align(struct an__placing *placing)
{
    if (placing->stated)
        return;
    placing->align = 1;
    for (size_t f = 0; f < placing->count; f++)
        placing->align = MAX(placing->align, placing->unit[f] / 8);
}

uint64_t an__place(struct an__placing *placing, const uint32_t *order)
{
    uint64_t bit = 0;
    for (size_t i = 0; i < placing->count; i++) {
        size_t f = order ? order[i] : i;
        const struct an__field *field = &placing->fields[f];
        uint64_t unit = placing->unit[f];
        bool packs = field->member->flags & DW_MEMBER_BIT_FIELD && !placing->broken[f];
        if (!packs || (field->bits != 0 && bit / unit != (bit + field->bits - 1) / unit))
            bit = align_up(bit, unit);
        placing->start[f] = bit;
        bit += field->bits;
    }
    return align_up(bit, placing->align * 8) / 8;
}

// A separator of bit fields has no DIE; it shows in a field that starts a unit though it would have
// fitted before.
bool an__placing_is_right(struct an__placing *placing, const struct dw_type *type)
{
    uint64_t size = an__place(placing, NULL);
    for (size_t i = 0; i < placing->count; i++) {
        const struct an__field *field = &placing->fields[i];
        bool bits = field->member->flags & DW_MEMBER_BIT_FIELD;
        if (bits && placing->start[i] < field->start && field->start % placing->unit[i] == 0) {
            placing->broken[i] = true;
            size = an__place(placing, NULL);
        }
        if (placing->start[i] != field->start)
            return false;
    }
    return size == type->size;
}
