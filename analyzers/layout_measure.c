// SPDX-License-Identifier: MIT
//
// One type measured: its fields in order of position, and the gaps between them.
//
// A bit is covered when any field covers it; a gap is what no field covers below the highest field,
// the tail what lies above it. So members that overlap (unions, variants of a Rust enum, an empty
// base class, C++ members placed in the tail of a base) are never counted twice and never make a
// gap. A gap is cut at byte boundaries: whole bytes are holes, what is left of a byte a bit hole.
//
//   bits  0  3     8       32        a 3 | b 32: bit hole 3..8, hole 8..32
//         |a |.....|=======|b ...
//
// Alignment is rarely stated in DWARF. It is inferred: a scalar is aligned as the reader says, else
// to the largest power of two that divides its size (16 at most), a record to its most aligned member, and both give way
// to the evidence: an alignment that does not divide an offset or the size of the record is halved
// until it does.

#include <stdlib.h>

#include "analyzers/layout_private.h"

#define ALIGN_MAX     16
#define ALIGN_LARGEST (1u << 14) // an ELF page or so: beyond it nothing changes
#define ALIGN_PENDING UINT16_MAX
#define DEPTH_MAX     64
#define ENDS_MAX      4096 // members looked at for one flexible end

void an__types_init(struct an__types *facts, const struct dw_types *types)
{
    size_t count = dw_types_count(types);
    *facts = (struct an__types){.types = types, .count = count};
    facts->align = mem_zalloc(count, sizeof *facts->align);
    facts->anchor = mem_alloc(count * sizeof *facts->anchor);
    memset(facts->anchor, 0xff, count * sizeof *facts->anchor);
    for (dw_type_id id = 0; id < count; id++) {
        const struct dw_type *type = dw_types_get(types, id);
        if (type->kind != DW_TYPEDEF || type->target >= count)
            continue;
        const struct dw_type *target = dw_types_get(types, type->target);
        bool nameless = target->name[0] == '\0' && facts->anchor[type->target] == DW_NO_TYPE;
        if (nameless && (an__is_record(target) || target->kind == DW_ENUM))
            facts->anchor[type->target] = id;
    }
}

void an__types_free(struct an__types *facts)
{
    free(facts->align);
    free(facts->anchor);
    *facts = (struct an__types){0};
}

const char *an__name(const struct an__types *facts, dw_type_id id)
{
    const struct dw_type *type = dw_types_get(facts->types, id);
    if (type == NULL)
        return "";
    if (type->name[0] == '\0' && facts->anchor[id] != DW_NO_TYPE)
        type = dw_types_get(facts->types, facts->anchor[id]);
    return type->name;
}

dw_type_id an__embedded(const struct dw_types *types, dw_type_id id, uint64_t *elements)
{
    uint64_t total = 1;
    for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
        id = dw_types_strip(types, id);
        const struct dw_type *type = dw_types_get(types, id);
        if (type == NULL)
            return DW_NO_TYPE;
        if (type->kind != DW_ARRAY) {
            if (elements != NULL)
                *elements = total;
            return an__is_record(type) ? id : DW_NO_TYPE;
        }
        for (uint32_t i = 0; i < type->dimension_count; i++) {
            uint64_t count = type->dimensions[i];
            if (count == DW_COUNT_UNKNOWN || !mul_u64(total, count, &total))
                total = 0;
        }
        id = type->target;
    }
    return DW_NO_TYPE;
}

bool an__is_flexible(const struct dw_types *types, dw_type_id id)
{
    const struct dw_type *type = dw_types_get(types, dw_types_strip(types, id));
    return type != NULL && type->kind == DW_ARRAY && type->dimension_count > 0 &&
           (type->dimensions[0] == DW_COUNT_UNKNOWN || type->dimensions[0] == 0);
}

bool an__ends_single(const struct dw_types *types, const struct an__layout *layout, size_t index)
{
    const struct an__field *field = &layout->fields[index];
    const struct dw_type *type = dw_types_get(types, dw_types_strip(types, field->member->type));
    return layout->type->kind != DW_UNION && index != 0 && index + 1 == layout->field_count &&
           type != NULL && type->kind == DW_ARRAY && !type->vector && type->dimension_count > 0 &&
           type->dimensions[0] == 1;
}

// ---------------------------------------------------------------------- alignment

static uint64_t lowest_bit(uint64_t value)
{
    return value & -value;
}

static uint64_t natural_align(uint64_t size)
{
    return size == 0 ? 1 : MIN(lowest_bit(size), (uint64_t)ALIGN_MAX);
}

static uint64_t align_of(struct an__types *facts, dw_type_id id, unsigned depth);

uint64_t an__unit_bits(const struct an__types *facts, const struct dw_member *member)
{
    return MAX(dw_types_size(facts->types, member->type), (uint64_t)1) * 8;
}

// A bit field that does not, as layout_place has it, is in a packed record.
static bool lies_in_unit(const struct an__types *facts, const struct dw_member *member,
                         uint64_t align)
{
    return member->bit_offset % (align * 8) + member->bit_size <= an__unit_bits(facts, member);
}

static uint64_t record_align(struct an__types *facts, const struct dw_type *type, unsigned depth)
{
    uint64_t best = 1;
    for (uint32_t i = 0; i < type->member_count; i++) {
        const struct dw_member *member = &type->members[i];
        if (!an__is_laid_out(member))
            continue;
        uint64_t align = MAX(member->alignment, align_of(facts, member->type, depth + 1));
        uint64_t byte = member->bit_offset / 8;
        bool bits = member->flags & DW_MEMBER_BIT_FIELD;
        if (bits && !lies_in_unit(facts, member, align))
            return 1;
        if (!bits && byte != 0)
            align = MIN(align, lowest_bit(byte));
        best = MAX(best, align);
    }
    return type->size == 0 ? best : MIN(best, lowest_bit(type->size));
}

// As stated by a typedef or qualifier in front of the type, or 0.
static uint64_t stated_align(const struct dw_types *types, dw_type_id id)
{
    for (unsigned hops = 0; hops < DEPTH_MAX; hops++) {
        const struct dw_type *type = dw_types_get(types, id);
        if (type == NULL || type->kind < DW_CONST || type->kind > DW_TYPEDEF)
            return 0;
        if (type->alignment != 0)
            return type->alignment;
        id = type->target;
    }
    return 0;
}

static uint64_t align_of(struct an__types *facts, dw_type_id id, unsigned depth)
{
    uint64_t stated = stated_align(facts->types, id);
    if (stated != 0)
        return MIN(stated, (uint64_t)ALIGN_LARGEST);
    id = dw_types_strip(facts->types, id);
    const struct dw_type *type = dw_types_get(facts->types, id);
    if (type == NULL || depth > DEPTH_MAX || facts->align[id] == ALIGN_PENDING)
        return 1;
    if (facts->align[id] != 0)
        return facts->align[id];
    facts->align[id] = ALIGN_PENDING;
    uint64_t align;
    if (type->alignment != 0)
        align = type->alignment;
    else if (an__is_record(type))
        align = record_align(facts, type, depth);
    else if (type->kind == DW_ARRAY)
        align = align_of(facts, type->target, depth + 1);
    else
        align = natural_align(type->size);
    align = MAX(align, (uint64_t)1);
    facts->align[id] = (uint16_t)MIN(align, (uint64_t)ALIGN_LARGEST);
    return facts->align[id];
}

uint64_t an__align(struct an__types *facts, dw_type_id id)
{
    return align_of(facts, id, 0);
}

uint64_t an__member_align(struct an__types *facts, const struct dw_member *member)
{
    uint64_t align = an__align(facts, member->type), byte = member->bit_offset / 8;
    return member->alignment > align || (member->alignment != 0 && byte % align != 0)
               ? member->alignment
               : align;
}

// ------------------------------------------------------------------------- fields

// A class without data takes no room as a base, though its size is 1.
static bool is_empty_record(const struct dw_types *types, dw_type_id id, unsigned depth)
{
    const struct dw_type *type = dw_types_get(types, dw_types_strip(types, id));
    if (type == NULL || !an__is_record(type) || type->size > 1 || depth > DEPTH_MAX)
        return false;
    for (uint32_t i = 0; i < type->member_count; i++) {
        const struct dw_member *member = &type->members[i];
        bool counts = !(member->flags & DW_MEMBER_STATIC);
        bool empty_base =
            member->flags & DW_MEMBER_BASE && is_empty_record(types, member->type, depth + 1);
        if (counts && !empty_base)
            return false;
    }
    return true;
}

static uint64_t limit_of(const struct dw_type *type)
{
    return type->size > UINT64_MAX / 16 ? 0 : type->size * 8;
}

static uint64_t field_bits(const struct dw_types *types, const struct dw_member *member)
{
    if (member->flags & DW_MEMBER_BIT_FIELD)
        return member->bit_size;
    if (member->flags & DW_MEMBER_BASE && is_empty_record(types, member->type, 0))
        return 0;
    uint64_t size = dw_types_size(types, member->type);
    return size > UINT64_MAX / 16 ? 0 : size * 8;
}

// Insertion sort: members nearly always come in order already.
static void sort_fields(struct an__field *fields, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct an__field field = fields[i];
        size_t at = i;
        while (at > 0 && fields[at - 1].start > field.start) {
            fields[at] = fields[at - 1];
            at--;
        }
        fields[at] = field;
    }
}

static int compare_fields(const void *left, const void *right)
{
    const struct an__field *a = left, *b = right;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

// What a dynamic member takes is not stated: a descriptor, or data whose length is known at run time.
// It has all the room up to the next member.
static void stretch_dynamic(const struct dw_types *types, uint64_t limit, struct an__layout *out)
{
    for (size_t i = 0; i < out->field_count; i++) {
        struct an__field *field = &out->fields[i];
        const struct dw_type *type =
            dw_types_get(types, dw_types_strip(types, field->member->type));
        if (field->bits != 0 || type == NULL || !type->dynamic)
            continue;
        size_t next = i + 1;
        while (next < out->field_count && out->fields[next].start == field->start)
            next++;
        uint64_t end = next < out->field_count ? out->fields[next].start : limit;
        field->bits = end > field->start ? end - field->start : 0;
        field->flexible = false;
    }
}

#define INSERTION_MAX 64

static void collect_fields(const struct dw_types *types, const struct dw_type *type,
                           struct an__scratch *scratch, struct an__layout *out)
{
    bool sorted = true, dynamic = false;
    scratch->fields.count = 0;
    for (uint32_t i = 0; i < type->member_count; i++) {
        const struct dw_member *member = &type->members[i];
        out->has_virtual_base |= (member->flags & DW_MEMBER_VIRTUAL) != 0;
        if (!an__is_laid_out(member))
            continue;
        struct an__field field = {member, member->bit_offset, field_bits(types, member), i, false};
        if (field.bits == 0 && !(member->flags & DW_MEMBER_BASE))
            field.flexible = an__is_flexible(types, member->type);
        dynamic |= field.bits == 0;
        size_t count = scratch->fields.count;
        sorted &= count == 0 || scratch->fields.items[count - 1].start <= field.start;
        vec_push(&scratch->fields, field);
    }
    out->fields = scratch->fields.items;
    out->field_count = scratch->fields.count;
    if (!sorted && out->field_count <= INSERTION_MAX)
        sort_fields(out->fields, out->field_count);
    else if (!sorted)
        qsort(out->fields, out->field_count, sizeof *out->fields, compare_fields);
    if (dynamic)
        stretch_dynamic(types, limit_of(type), out);
}

// --------------------------------------------------------------------------- gaps

static void add_hole(struct an__scratch *scratch, struct an__layout *out, uint64_t start,
                     uint64_t end, size_t before)
{
    if (start >= end)
        return;
    vec_push(&scratch->holes, (struct rep_hole){start, end - start, (uint32_t)before});
    if (start % 8 == 0 && end % 8 == 0) {
        out->byte_holes++;
        out->holes_size += (end - start) / 8;
    } else {
        out->bit_holes++;
    }
}

// A gap as up to three pieces: the rest of a byte, whole bytes, the first part of a byte.
static void add_gap(struct an__scratch *scratch, struct an__layout *out, uint64_t start,
                    uint64_t end, size_t before)
{
    uint64_t up = start % 8 ? start + (8 - start % 8) : start;
    uint64_t down = end - end % 8;
    if (up > down) { // inside one byte
        add_hole(scratch, out, start, end, before);
        return;
    }
    add_hole(scratch, out, start, up, before);
    add_hole(scratch, out, up, down, before);
    add_hole(scratch, out, down, end, before);
}

void an__measure(struct an__types *facts, const struct dw_type *type, struct an__scratch *scratch,
                 struct an__layout *out)
{
    *out = (struct an__layout){.type = type};
    scratch->holes.count = 0;
    collect_fields(facts->types, type, scratch, out);
    uint64_t covered = 0, sum = 0; // bits; what several members cover counts once
    uint64_t limit = limit_of(type);
    for (size_t i = 0; i < out->field_count; i++) {
        const struct an__field *field = &out->fields[i];
        uint64_t end;
        if (!add_u64(field->start, field->bits, &end))
            continue;
        bool gap = type->kind != DW_UNION && field->start > covered && field->start <= limit;
        if (gap)
            add_gap(scratch, out, covered, field->start, i);
        out->overlaps |= field->start < covered && field->bits != 0;
        sum += end > covered ? end - MAX(covered, field->start) : 0;
        covered = MAX(covered, end);
    }
    bool tail = covered < limit && out->field_count > 0 && !out->has_virtual_base;
    out->tail_bits = tail ? limit - covered : 0;
    out->members_size = sum / 8 + (sum % 8 != 0);
    out->holes = scratch->holes.items;
    out->hole_count = scratch->holes.count;
}

static const struct dw_member *last_member(const struct dw_type *type)
{
    const struct dw_member *last = NULL;
    for (uint32_t i = 0; i < type->member_count; i++) {
        const struct dw_member *member = &type->members[i];
        bool counts = an__is_laid_out(member);
        if (counts && (last == NULL || member->bit_offset >= last->bit_offset))
            last = member;
    }
    return last;
}

// Any member of a union is at its end. `steps` bounds unions of unions.
static bool ends_flexible(const struct an__types *facts, const struct dw_type *type, unsigned depth,
                          unsigned *steps)
{
    const struct dw_member *last = last_member(type);
    for (uint32_t i = 0; last != NULL && i < type->member_count; i++) {
        const struct dw_member *member = &type->members[i];
        if (type->kind != DW_UNION && member != last)
            continue;
        if (depth >= DEPTH_MAX || (*steps)++ >= ENDS_MAX)
            return false;
        if (an__is_flexible(facts->types, member->type))
            return true;
        const struct dw_type *end =
            dw_types_get(facts->types, dw_types_strip(facts->types, member->type));
        if (end != NULL && an__is_record(end) && ends_flexible(facts, end, depth + 1, steps))
            return true;
    }
    return false;
}

bool an__ends_flexible(const struct an__types *facts, const struct dw_type *type)
{
    unsigned steps = 0;
    return ends_flexible(facts, type, 0, &steps);
}
