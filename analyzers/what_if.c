// SPDX-License-Identifier: MIT
//
// A build as it could be: after edits, every record that was edited or holds something edited by value is
// laid out again, the inner ones first.
//
// A layout is only made anew where the rules (layout_place) reproduce the old one: plain, or packed, when
// every member follows the one before without alignment. What was aligned by hand stays as it is and
// is counted; when it was itself edited, there is no answer.

#include <stdlib.h>

#include "analyzers/what_if_private.h"

#define DEPTH_MAX 64 // records by value in each other

enum state { NEW, PENDING, SAME, CHANGED };

struct settling {
    struct an__editing *editing;
    struct an__types facts; // of the copy
    uint8_t *state;         // by type id: enum state
    struct an__scratch scratch;
    struct an_what_if *out;
    struct fault *fault;
};

// ------------------------------------------------------------------------- layout

struct old_layout {
    struct an__layout layout;
    struct an__placing placing;
    size_t *field_of; // by index of the member
    bool packed, right;
};

static void read_old(struct settling *s, dw_type_id id, struct old_layout *old)
{
    struct an__editing *editing = s->editing;
    const struct dw_type *type = dw_types_get(editing->old, id);
    an__measure(&editing->facts, type, &s->scratch, &old->layout);
    an__placing_init(&old->placing, &editing->facts, &old->layout, editing->arena);
    old->right = type->kind == DW_UNION || an__placing_is_right(&old->placing, type);
    old->packed = !old->right;
    if (old->packed) {
        an__placing_pack(&old->placing);
        old->right = an__placing_is_right(&old->placing, type);
    }
    old->field_of = ARENA_ARRAY(editing->arena, type->member_count + 1, size_t);
    for (size_t f = 0; f < old->layout.field_count; f++)
        old->field_of[old->layout.fields[f].index] = f;
}

static bool is_changed(const struct settling *s, dw_type_id id)
{
    return id < dw_types_count(s->editing->types) && s->state[id] == CHANGED;
}

// The fields of the new layout, with the units of the old one where the member is the same.
static void new_fields(struct settling *s, const struct an__edited *edited,
                       const struct old_layout *old, struct an__placing *placing)
{
    struct an__editing *editing = s->editing;
    struct an__field *fields = ARENA_ARRAY(editing->arena, edited->count + 1, struct an__field);
    const struct dw_type *type = dw_types_get(editing->old, edited->id);
    struct an__layout layout = {.type = type, .fields = fields};
    for (size_t i = 0; i < edited->count; i++) {
        const struct dw_member *m = &edited->slots[i].member;
        uint64_t size = dw_types_size(editing->types, m->type);
        if (!an__is_laid_out(m))
            continue;
        fields[layout.field_count++] = (struct an__field){
            .member = m,
            .bits = m->flags & DW_MEMBER_BIT_FIELD ? m->bit_size : MIN(size, UINT64_MAX / 16) * 8,
            .index = (uint32_t)i};
    }
    an__placing_init(placing, &s->facts, &layout, editing->arena);
    for (size_t f = 0; f < placing->count; f++) {
        const struct an__slot *slot = &edited->slots[fields[f].index];
        if (slot->origin == AN__ADDED || is_changed(s, slot->member.type) ||
            slot->member.type != type->members[slot->origin].type)
            continue;
        size_t was = old->field_of[slot->origin];
        placing->unit[f] = old->placing.unit[was];
        placing->step[f] = old->placing.step[was];
        placing->broken[f] = old->placing.broken[was];
        fields[f].bits = old->layout.fields[was].bits; // an empty base takes none
    }
    placing->stated = old->placing.stated;
    if (old->packed)
        an__placing_pack(placing);
    else
        an__placing_align(placing);
}

static uint64_t place_union(struct an__placing *placing)
{
    uint64_t bits = 0;
    for (size_t f = 0; f < placing->count; f++) {
        placing->start[f] = 0;
        bits = MAX(bits, placing->fields[f].bits);
    }
    return align_up(bits, placing->align * 8) / 8;
}

static void lay_out(struct settling *s, const struct an__edited *edited,
                    const struct old_layout *old)
{
    struct an__placing placing;
    struct dw_type *type = dw_types_change(s->editing->types, edited->id);
    struct dw_member *members = ARENA_ARRAY(s->editing->arena, edited->count + 1, struct dw_member);
    new_fields(s, edited, old, &placing);
    type->size = type->kind == DW_UNION ? place_union(&placing) : an__place(&placing, NULL);
    if (!placing.stated) // what it was may have been a member's
        type->alignment = 0;
    for (size_t i = 0; i < edited->count; i++)
        members[i] = edited->slots[i].member;
    for (size_t f = 0; f < placing.count; f++)
        members[placing.fields[f].index].bit_offset = placing.start[f];
    type->members = members;
    type->member_count = (uint32_t)edited->count;
}

static bool lay_out_again(struct settling *s, dw_type_id id)
{
    struct an__editing *editing = s->editing;
    uint32_t record = editing->record_of[id];
    struct old_layout old = {0};
    read_old(s, id, &old);
    if (old.right) {
        struct an__edited edited =
            record ? editing->records.items[record - 1] : an__edited_as_is(editing, id);
        lay_out(s, &edited, &old);
        s->out->changed++;
        return true;
    }
    if (record != 0)
        return fault_set(s->fault, FAULT_INPUT, NULL, NULL, NO_OFFSET,
                         "'%s' follows no plain rules (members aligned by hand, or overlapping): "
                         "how it would be laid out is not known",
                         an__name(&editing->facts, id));
    s->out->kept++;
    return true;
}

// ------------------------------------------------------------------------ settling

static bool settle(struct settling *s, dw_type_id id, unsigned depth);

static bool holds_changed(struct settling *s, const struct dw_type *type, unsigned depth,
                          bool *changed)
{
    for (uint32_t i = 0; i < type->member_count; i++) {
        dw_type_id inside = type->members[i].type;
        if (!settle(s, inside, depth + 1))
            return false;
        *changed = *changed || (an__is_laid_out(&type->members[i]) && is_changed(s, inside));
    }
    return true;
}

static bool settle_record(struct settling *s, dw_type_id id, unsigned depth)
{
    struct an__editing *editing = s->editing;
    const struct dw_type *was = dw_types_get(editing->old, id);
    bool edited = editing->record_of[id] != 0, changed = edited;
    if (!holds_changed(s, was, depth, &changed))
        return false;
    if (edited) { // what edits brought in
        const struct an__edited *record = &editing->records.items[editing->record_of[id] - 1];
        for (size_t i = 0; i < record->count; i++)
            if (!settle(s, record->slots[i].member.type, depth + 1))
                return false;
    }
    if (changed && !lay_out_again(s, id))
        return false;
    const struct dw_type *now = dw_types_get(editing->types, id);
    s->state[id] = edited || now->members != was->members ? CHANGED : SAME;
    return true;
}

// What a typedef, a qualifier or an array takes follows from what it names or holds.
static bool settle_wrapper(struct settling *s, dw_type_id id, unsigned depth)
{
    struct dw_type *type = dw_types_change(s->editing->types, id);
    dw_type_id target = type->target;
    if (!settle(s, target, depth + 1))
        return false;
    bool changed = is_changed(s, target);
    if (changed && type->kind != DW_ARRAY) {
        type->size = dw_types_size(s->editing->types, target);
        type->alignment = 0;
    } else if (changed) {
        uint64_t size = dw_types_size(s->editing->types, target);
        for (uint32_t i = 0; i < type->dimension_count; i++)
            if (type->dimensions[i] == DW_COUNT_UNKNOWN ||
                !mul_u64(size, type->dimensions[i], &size))
                size = 0;
        type->size = size;
    }
    s->state[id] = changed ? CHANGED : SAME;
    return true;
}

static bool settle(struct settling *s, dw_type_id id, unsigned depth)
{
    const struct dw_type *type = dw_types_get(s->editing->types, id);
    if (type == NULL || s->state[id] != NEW || depth > DEPTH_MAX)
        return true;
    s->state[id] = PENDING;
    if (s->editing->resized[id]) {
        s->state[id] = CHANGED;
        s->out->changed += an__is_record(type);
    } else if (an__is_record(type) && id < dw_types_count(s->editing->old))
        return settle_record(s, id, depth);
    else if (type->kind == DW_ARRAY || (type->kind >= DW_CONST && type->kind <= DW_TYPEDEF))
        return settle_wrapper(s, id, depth);
    else
        s->state[id] = SAME;
    return true;
}

// -------------------------------------------------------------------------- whole

static bool settle_all(struct an__editing *editing, struct an_what_if *out, struct fault *fault)
{
    size_t count = dw_types_count(editing->types);
    struct settling s = {.editing = editing, .out = out, .fault = fault};
    bool good = true;
    s.state = mem_zalloc(count, sizeof *s.state);
    an__types_init(&s.facts, editing->types);
    for (dw_type_id id = 0; good && id < count; id++)
        good = settle(&s, id, 0);
    an__types_free(&s.facts);
    vec_free(&s.scratch.fields);
    vec_free(&s.scratch.holes);
    free(s.state);
    return good;
}

bool an_what_if(const struct dw_types *types, const char *const *edits, size_t count,
                struct an_what_if *out, struct fault *fault)
{
    size_t room = dw_types_count(types) + count * AN__ADDS_MAX;
    struct an__editing editing = {
        .old = types, .types = dw_types_copy(types, count * AN__ADDS_MAX), .arena = arena_new()};
    bool good = true;
    *out = (struct an_what_if){.types = editing.types, .arena = editing.arena};
    editing.record_of = ARENA_ARRAY(editing.arena, room, uint32_t);
    editing.resized = ARENA_ARRAY(editing.arena, room, bool);
    an__types_init(&editing.facts, types);
    for (size_t i = 0; good && i < count; i++)
        good = an__edit(&editing, edits[i], fault);
    good = good && settle_all(&editing, out, fault);
    an__types_free(&editing.facts);
    vec_free(&editing.records);
    if (!good)
        an_what_if_free(out);
    return good;
}

void an_what_if_free(struct an_what_if *what_if)
{
    dw_types_free(what_if->types);
    arena_free(what_if->arena);
    *what_if = (struct an_what_if){0};
}
