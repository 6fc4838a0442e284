// SPDX-License-Identifier: MIT
//
// Where the rules of System V put the members of a struct: each at the next place that its alignment
// allows; a bit field behind the one before, unless it would then not lie in one unit: as many bits as
// its declared type has, from a boundary that this type may start at. (A long long may start at every
// fourth byte on i386, so a unit is 8 bytes there and its boundaries are 4 apart.)

#include "analyzers/layout_private.h"

void an__placing_init(struct an__placing *placing, struct an__types *facts,
                      const struct an__layout *layout, struct arena *arena)
{
    *placing = (struct an__placing){.fields = layout->fields, .count = layout->field_count};
    placing->unit = ARENA_ARRAY(arena, placing->count, uint64_t);
    placing->step = ARENA_ARRAY(arena, placing->count, uint64_t);
    placing->start = ARENA_ARRAY(arena, placing->count, uint64_t);
    placing->broken = ARENA_ARRAY(arena, placing->count, bool);
    for (size_t f = 0; f < placing->count; f++) {
        placing->unit[f] = an__unit_bits(facts, layout->fields[f].member);
        placing->step[f] = an__member_align(facts, layout->fields[f].member) * 8;
    }
    // GCC states the alignment of a record for a member that is aligned by hand as well.
    an__placing_align(placing);
    placing->stated = layout->type->alignment > placing->align;
    if (placing->stated)
        placing->align = layout->type->alignment;
}

void an__placing_align(struct an__placing *placing)
{
    if (placing->stated)
        return;
    placing->align = 1;
    for (size_t f = 0; f < placing->count; f++)
        placing->align = MAX(placing->align, placing->step[f] / 8);
}

void an__placing_pack(struct an__placing *placing)
{
    for (size_t f = 0; f < placing->count; f++) {
        const struct dw_member *member = placing->fields[f].member;
        bool bits = member->flags & DW_MEMBER_BIT_FIELD;
        placing->step[f] = MAX(member->alignment * 8, bits ? (uint64_t)1 : 8);
        placing->unit[f] = UINT64_MAX;
    }
    an__placing_align(placing);
}

uint64_t an__place(struct an__placing *placing, const uint32_t *order)
{
    uint64_t bit = 0;
    for (size_t i = 0; i < placing->count; i++) {
        size_t f = order ? order[i] : i;
        const struct an__field *field = &placing->fields[f];
        uint64_t step = placing->step[f];
        bool packs = field->member->flags & DW_MEMBER_BIT_FIELD && !placing->broken[f];
        if (!packs || bit % step + field->bits > placing->unit[f])
            bit = align_up(bit, step);
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
        if (bits && placing->start[i] < field->start && field->start % placing->step[i] == 0) {
            placing->broken[i] = true;
            size = an__place(placing, NULL);
        }
        if (placing->start[i] != field->start)
            return false;
    }
    return size == type->size;
}
