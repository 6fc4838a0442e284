// SPDX-License-Identifier: MIT
//
// A better order for the members of one struct.
//
// The proposal is checked, not believed: a small model of the System V layout rules places the
// members in the proposed order. When the model does not reproduce the layout as it is (a packed
// struct, an ABI of its own), nothing is proposed.
//
// Few moves are better than a perfect sort, because a reviewer has to follow them. So holes are
// filled from the front, each with the largest later member that fits; only when sorting by
// alignment saves still more bytes is the sorted order proposed. What stays: bases, the table
// pointer and a first member that is itself a struct (a header that others rely on) at the front, a
// flexible array (or one of a single element) at the end, and neighbouring bit fields together. Last, bit fields whose declared
// type is wider than they need are demoted when that saves bytes.

#include <inttypes.h>
#include <stdlib.h>

#include "analyzers/layout_private.h"

#define ITEMS_MAX 1000

// A member, or a run of neighbouring bit fields that move together.
struct item {
    uint32_t first, count; // in layout->fields
    uint64_t size, align;  // bytes
    bool fixed;
};

struct plan {
    struct an__types *facts;
    const struct an__layout *layout;
    struct an__placing placing;
    struct an__narrow *narrowed; // by field
    struct item *items;
    size_t count;
    uint32_t *fields; // scratch: an order of items as one of fields
};

// Places the items in order; gives the size in bytes.
static uint64_t place(struct plan *plan, const uint32_t *order)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++)
        for (uint32_t f = 0; f < plan->items[order[i]].count; f++)
            plan->fields[count++] = plan->items[order[i]].first + f;
    return an__place(&plan->placing, plan->fields);
}

// Bytes of gaps before the last member, in the placement just made: what a move should lessen when
// it does not yet save.
static uint64_t inner_gaps(const struct plan *plan, const uint32_t *order)
{
    uint64_t at = 0, gaps = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct item *item = &plan->items[order[i]];
        uint32_t last = item->first + item->count - 1;
        gaps += plan->placing.start[item->first] - at;
        at = plan->placing.start[last] + plan->layout->fields[last].bits;
    }
    return gaps / 8;
}

// -------------------------------------------------------------------------- items

static bool is_bit_field(const struct an__field *field)
{
    return (field->member->flags & DW_MEMBER_BIT_FIELD) != 0;
}

static bool stays(const struct plan *plan, const struct an__field *field, size_t index)
{
    const unsigned front = DW_MEMBER_BASE | DW_MEMBER_VTABLE;
    if (field->member->flags & front || field->flexible ||
        an__ends_single(plan->facts->types, plan->layout, index))
        return true;
    dw_type_id type = field->member->type;
    if (index == 0 && an__embedded(plan->facts->types, type, NULL) != DW_NO_TYPE)
        return true;
    const struct dw_type *record =
        dw_types_get(plan->facts->types, dw_types_strip(plan->facts->types, type));
    return record != NULL && an__is_record(record) && an__ends_flexible(plan->facts, record);
}

static void make_items(struct plan *plan, struct arena *arena)
{
    const struct an__layout *layout = plan->layout;
    plan->items = ARENA_ARRAY(arena, layout->field_count, struct item);
    plan->fields = ARENA_ARRAY(arena, layout->field_count, uint32_t);
    for (size_t i = 0; i < layout->field_count; i++) {
        const struct an__field *field = &layout->fields[i];
        struct item *last = plan->count ? &plan->items[plan->count - 1] : NULL;
        if (last != NULL && is_bit_field(field) && is_bit_field(&layout->fields[i - 1]))
            last->count++;
        else
            plan->items[plan->count++] =
                (struct item){.first = (uint32_t)i, .count = 1, .fixed = stays(plan, field, i)};
    }
    for (size_t i = 0; i < plan->count; i++) {
        struct item *item = &plan->items[i];
        const struct an__field *first = &layout->fields[item->first];
        const struct an__field *end = &layout->fields[item->first + item->count - 1];
        item->size = (end->start + end->bits - first->start + 7) / 8;
        for (uint32_t f = item->first; f < item->first + item->count; f++)
            item->align = MAX(item->align, plan->placing.step[f] / 8);
    }
}

// Items fixed in the middle (a struct with a flexible end before others) would need more thought
// than a proposal is worth.
static bool fixed_at_ends(const struct plan *plan, size_t *front, size_t *back)
{
    *front = 0, *back = plan->count;
    while (*front < plan->count && plan->items[*front].fixed)
        (*front)++;
    while (*back > *front && plan->items[*back - 1].fixed)
        (*back)--;
    for (size_t i = *front; i < *back; i++)
        if (plan->items[i].fixed)
            return false;
    return true;
}

// -------------------------------------------------------------------------- moves

struct step {
    uint32_t item, after; // items; after UINT32_MAX: to the front
};

struct moves {
    struct step *steps;
    size_t count;
};

static void move_item(uint32_t *order, size_t from, size_t to)
{
    uint32_t item = order[from];
    memmove(order + to + 1, order + to, (from - to) * sizeof *order);
    order[to] = item;
}

static void move_back(uint32_t *order, size_t from, size_t to)
{
    uint32_t item = order[to];
    memmove(order + to, order + to + 1, (from - to) * sizeof *order);
    order[from] = item;
}

// The gap before order[i] in the current placement: its start and size in bytes.
static uint64_t gap_before(const struct plan *plan, const uint32_t *order, size_t i, uint64_t *at)
{
    const struct item *before = &plan->items[order[i - 1]];
    uint32_t last = before->first + before->count - 1;
    uint64_t end = plan->placing.start[last] + plan->layout->fields[last].bits;
    *at = (end + 7) / 8;
    uint64_t start = plan->placing.start[plan->items[order[i]].first] / 8;
    return start > *at ? start - *at : 0;
}

// The later item that fills most of the gap; the last of equals, since moving from the end disturbs
// least. 0: none.
static size_t best_filler(const struct plan *plan, const uint32_t *order, size_t i, size_t back,
                          uint64_t at, uint64_t gap)
{
    size_t best = 0;
    for (size_t j = i + 1; j < back; j++) {
        const struct item *item = &plan->items[order[j]];
        uint64_t pad = align_up(at, item->align) - at;
        bool fits = item->size != 0 && pad + item->size <= gap;
        if (fits && (best == 0 || item->size >= plan->items[order[best]].size))
            best = j;
    }
    return best;
}

static uint64_t fill_holes(struct plan *plan, uint32_t *order, size_t front, size_t back,
                           struct moves *moves)
{
    uint64_t size = place(plan, order), gaps = inner_gaps(plan, order), at;
    for (size_t i = MAX(front, (size_t)1); i < back && moves->count < plan->count; i++) {
        uint64_t gap = gap_before(plan, order, i, &at);
        size_t filler = gap ? best_filler(plan, order, i, back, at, gap) : 0;
        if (filler == 0)
            continue;
        move_item(order, filler, i);
        uint64_t new_size = place(plan, order), new_gaps = inner_gaps(plan, order);
        if (new_size > size || (new_size == size && new_gaps >= gaps)) {
            move_back(order, filler, i);
            place(plan, order);
            continue;
        }
        size = new_size, gaps = new_gaps;
        moves->steps[moves->count++] = (struct step){order[i], order[i - 1]};
    }
    return size;
}

// Stable, most aligned first: in the powers of two that leaves no gap between.
static void sort_by_align(const struct plan *plan, uint32_t *order, size_t front, size_t back)
{
    for (size_t i = front + 1; i < back; i++)
        for (size_t j = i; j > front; j--) {
            if (plan->items[order[j - 1]].align >= plan->items[order[j]].align)
                break;
            uint32_t item = order[j];
            order[j] = order[j - 1], order[j - 1] = item;
        }
}

// ---------------------------------------------------------------------- demotion

static bool is_signed(const struct plan *plan, const struct dw_member *member)
{
    const struct dw_types *types = plan->facts->types;
    const struct dw_type *type = dw_types_get(types, dw_types_strip(types, member->type));
    if (type != NULL && type->kind == DW_ENUM)
        type = dw_types_get(types, dw_types_strip(types, type->target));
    return type != NULL && type->is_signed;
}

static struct an__narrow narrow_type(const struct plan *plan, const struct dw_member *member,
                                     uint64_t bits)
{
    static const char *const names[][2] = {
        {"unsigned char", "signed char"}, {"unsigned short", "short"}, {"unsigned int", "int"}};
    const char *name = names[bits == 8 ? 0 : bits == 16 ? 1 : 2][is_signed(plan, member)];
    return (struct an__narrow){name, bits / 8};
}

// What a run of bit fields is placed by.
struct run {
    uint64_t unit[64], step[64], align;
};

static void save_run(const struct plan *plan, const struct item *item, struct run *run)
{
    memcpy(run->unit, plan->placing.unit + item->first, item->count * sizeof *run->unit);
    memcpy(run->step, plan->placing.step + item->first, item->count * sizeof *run->step);
    run->align = plan->placing.align;
}

static void restore_run(struct plan *plan, const struct item *item, const struct run *run)
{
    memcpy(plan->placing.unit + item->first, run->unit, item->count * sizeof *run->unit);
    memcpy(plan->placing.step + item->first, run->step, item->count * sizeof *run->step);
    plan->placing.align = run->align;
}

// Fields of a wider type get one of `bits`.
static void narrow(struct plan *plan, const struct item *item, uint64_t bits)
{
    struct an__placing *placing = &plan->placing;
    for (uint32_t f = item->first; f < item->first + item->count; f++) {
        placing->step[f] = MIN(placing->step[f], bits);
        placing->unit[f] = MIN(placing->unit[f], bits);
    }
    an__placing_align(placing);
}

// Tries narrower declared types for one run of bit fields; whether that saves.
static bool demote(struct plan *plan, const uint32_t *order, const struct item *item,
                   uint64_t *size)
{
    uint64_t total = 0, widest = 0;
    struct run old;
    if (item->count > COUNT_OF(old.unit) || plan->placing.stated)
        return false;
    save_run(plan, item, &old);
    for (uint32_t f = item->first; f < item->first + item->count; f++) {
        total += plan->layout->fields[f].bits;
        widest = MAX(widest, plan->placing.unit[f]);
    }
    for (uint64_t bits = 8; bits < widest && bits <= 32; bits *= 2) {
        if (total > bits)
            continue;
        narrow(plan, item, bits);
        uint64_t new_size = place(plan, order);
        if (new_size < *size) {
            *size = new_size;
            for (uint32_t f = item->first; f < item->first + item->count; f++)
                if (old.unit[f - item->first] > bits)
                    plan->narrowed[f] = narrow_type(plan, plan->layout->fields[f].member, bits);
            return true;
        }
        restore_run(plan, item, &old);
    }
    return false;
}

// -------------------------------------------------------------------------- notes

static const char *item_name(const struct plan *plan, uint32_t item, struct arena *arena)
{
    const struct item *it = &plan->items[item];
    const struct dw_member *first = plan->layout->fields[it->first].member;
    const struct dw_member *last = plan->layout->fields[it->first + it->count - 1].member;
    if (it->count > 1)
        return arena_printf(arena, "bit fields '%s' to '%s'", first->name, last->name);
    if (first->name[0] == '\0')
        return "the anonymous member";
    return arena_printf(arena, "'%s'", first->name);
}

static void note_moves(const struct plan *plan, const struct moves *moves, struct arena *arena,
                       struct an__plan *out)
{
    for (size_t i = 0; i < moves->count; i++) {
        const struct step *step = &moves->steps[i];
        out->notes[out->note_count++] = arena_printf(
            arena, "move %s (%" PRIu64 " bytes) to after %s", item_name(plan, step->item, arena),
            plan->items[step->item].size, item_name(plan, step->after, arena));
    }
}

// The type as the plan would have it.
static void apply(struct plan *plan, const uint32_t *order, uint64_t size, struct arena *arena,
                  struct an__plan *out)
{
    const struct dw_type *old = plan->layout->type;
    struct dw_member *members = ARENA_ARRAY(arena, MAX(old->member_count, 1u), struct dw_member);
    out->narrowed = ARENA_ARRAY(arena, MAX(old->member_count, 1u), struct an__narrow);
    uint32_t count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct item *item = &plan->items[order[i]];
        for (uint32_t f = item->first; f < item->first + item->count; f++) {
            members[count] = *plan->layout->fields[f].member;
            out->narrowed[count] = plan->narrowed[f];
            members[count++].bit_offset = plan->placing.start[f];
        }
    }
    for (uint32_t i = 0; i < old->member_count; i++)
        if (!an__is_laid_out(&old->members[i]))
            members[count++] = old->members[i];
    out->type.members = members;
    out->type.size = size;
    out->type.alignment = plan->placing.align;
}

static bool is_candidate(const struct an__layout *layout)
{
    const struct dw_type *type = layout->type;
    bool padded = layout->hole_count != 0 || layout->tail_bits != 0;
    return (type->kind == DW_STRUCT || type->kind == DW_CLASS) && padded && !layout->overlaps &&
           !layout->has_virtual_base && layout->field_count > 1 &&
           layout->field_count <= ITEMS_MAX && type->size < UINT64_MAX / 64;
}

// Few moves when they save as much as sorting does; notes how, from the second note on.
static uint64_t better_order(struct plan *plan, uint32_t *order, size_t front, size_t back,
                             struct arena *arena, struct an__plan *out)
{
    uint32_t *sorted = arena_copy(arena, order, plan->count * sizeof *order);
    struct moves moves = {ARENA_ARRAY(arena, plan->count + 1, struct step), 0};
    uint64_t size = fill_holes(plan, order, front, back, &moves);
    sort_by_align(plan, sorted, front, back);
    uint64_t sorted_size = place(plan, sorted);
    out->note_count = 1; // the first says what is gained
    if (sorted_size >= size) {
        note_moves(plan, &moves, arena, out);
        return size;
    }
    memcpy(order, sorted, plan->count * sizeof *order);
    out->notes[out->note_count++] = "sort the members by alignment, the widest first";
    return sorted_size;
}

static uint64_t demote_all(struct plan *plan, const uint32_t *order, uint64_t size,
                           struct arena *arena, struct an__plan *out)
{
    const struct an__field *fields = plan->layout->fields;
    plan->narrowed = ARENA_ARRAY(arena, plan->layout->field_count, struct an__narrow);
    for (size_t i = 0; i < plan->count; i++) {
        const struct item *item = &plan->items[order[i]];
        if (!is_bit_field(&fields[item->first]) || !demote(plan, order, item, &size))
            continue;
        for (uint32_t f = item->first; f < item->first + item->count; f++)
            if (plan->narrowed[f].size != 0)
                out->notes[out->note_count++] = arena_printf(
                    arena, "declare '%s' as %s", fields[f].member->name, plan->narrowed[f].name);
    }
    return size;
}

static void say_only(struct an__plan *out, const char *note)
{
    out->notes[0] = note;
    out->note_count = 1;
}

void an__reorder(struct an__types *facts, const struct an__layout *layout, struct arena *arena,
                 struct an__plan *out)
{
    struct plan plan = {.facts = facts, .layout = layout};
    size_t front, back;
    *out = (struct an__plan){.type = *layout->type};
    out->notes = ARENA_ARRAY(arena, layout->field_count * 2 + 2, const char *);
    say_only(out, "no order of the members saves bytes");
    if (!is_candidate(layout))
        return;
    an__placing_init(&plan.placing, facts, layout, arena);
    make_items(&plan, arena);
    uint32_t *order = ARENA_ARRAY(arena, plan.count, uint32_t);
    for (uint32_t i = 0; i < plan.count; i++)
        order[i] = i;
    if (!fixed_at_ends(&plan, &front, &back) ||
        !an__placing_is_right(&plan.placing, layout->type)) {
        say_only(out,
                 "no order is proposed: the layout does not follow the plain rules (packed, or "
                 "aligned by hand)");
        return;
    }
    const char *nothing = out->notes[0];
    uint64_t size = better_order(&plan, order, front, back, arena, out);
    size = demote_all(&plan, order, size, arena, out);
    if (size >= layout->type->size) {
        say_only(out, nothing);
        return;
    }
    place(&plan, order);
    out->saving = layout->type->size - size;
    out->notes[0] = arena_printf(arena, "saves %" PRIu64 " bytes: %" PRIu64 " -> %" PRIu64,
                                 out->saving, layout->type->size, size);
    apply(&plan, order, size, arena, out);
}
