// SPDX-License-Identifier: MIT
//
// What objects begin with. Interpreters differ in what they keep there, and in how their C says it:
//
//   struct list { struct object head; ... }      a member: whatever has it first is an object
//   struct list { HEADER; ... }                  a macro: whatever repeats its members is one
//   struct list { union { struct header header; struct { ... } }; ... }      a member, in a union
//   union string { double align; struct { HEADER; ... } tsv; }               one of the views of a union
//
// A header that is a member anywhere is one everywhere: a record that only looks alike is no object then.

#include "analyzers/model_private.h"

static bool same_member(const struct dw_types *types, const struct dw_member *a,
                        const struct dw_member *b)
{
    struct buf x = {0}, y = {0};
    if (strcmp(a->name, b->name) != 0 || a->bit_offset != b->bit_offset)
        return false;
    dw_types_spell(types, a->type, a->name, &x);
    dw_types_spell(types, b->type, b->name, &y);
    bool same = slice_equal(slice_of(x.data, x.size), slice_of(y.data, y.size));
    buf_free(&x);
    buf_free(&y);
    return same;
}

// A record that has the members of the header as its own first ones, as a macro puts them there.
static bool starts_like(const struct dw_types *types, const struct dw_type *type,
                        const struct an__header *header)
{
    const struct dw_type *stated = dw_types_get(types, header->type);
    bool same = header->members != 0 && header->members <= stated->member_count &&
                type->member_count >= header->members && stated->members[0].name[0] != '\0';
    for (uint32_t i = 0; same && i < header->members; i++)
        same = same_member(types, &type->members[i], &stated->members[i]);
    return same;
}

#define HEADER_DEPTH 8 // of headers in headers

// The type of the first member of a record, through a union that has no name; else DW_NO_TYPE.
static dw_type_id first_of(const struct dw_types *types, dw_type_id id)
{
    const struct dw_type *type = dw_types_get(types, id);
    if (type == NULL || !an__is_record(type) || type->member_count == 0 || type->kind == DW_UNION)
        return DW_NO_TYPE;
    dw_type_id first = dw_types_strip(types, type->members[0].type);
    for (unsigned depth = 0; depth < HEADER_DEPTH && type->members[0].name[0] == '\0'; depth++) {
        type = dw_types_get(types, first);
        if (type == NULL || type->kind != DW_UNION || type->member_count == 0)
            break;
        first = dw_types_strip(types, type->members[0].type);
    }
    return first;
}

static bool is_or_repeats(const struct dw_types *types, dw_type_id id,
                          const struct an__header *header)
{
    const struct dw_type *type = dw_types_get(types, id);
    return id == header->type || (!header->embedded && type != NULL && type->kind != DW_UNION &&
                                  an__is_record(type) && starts_like(types, type, header));
}

// Of a union the first view that is a struct without a name of its own and repeats the header: one with a
// name is an object by itself.
static const struct dw_member *view_of(const struct dw_types *types, const struct dw_type *type,
                                       const struct an__header *header)
{
    for (uint32_t i = 0; type->kind == DW_UNION && i < type->member_count; i++) {
        dw_type_id view = dw_types_strip(types, type->members[i].type);
        const struct dw_type *inside = dw_types_get(types, view);
        if (inside != NULL && inside->name[0] == '\0' && is_or_repeats(types, view, header))
            return &type->members[i];
    }
    return NULL;
}

const char *an__repeated_in(const struct an_model *model, dw_type_id id,
                            const struct an__header *header)
{
    const struct dw_types *types = model->input.types;
    const struct dw_type *type = dw_types_get(types, id);
    if (type == NULL || id == header->type || header->embedded)
        return NULL;
    const struct dw_member *view = view_of(types, type, header);
    if (view != NULL)
        return view->name;
    return is_or_repeats(types, id, header) ? "" : NULL;
}

static bool begins_with(const struct an_model *model, dw_type_id id,
                        const struct an__header *header)
{
    const struct dw_types *types = model->input.types;
    const struct dw_type *whole = dw_types_get(types, id);
    if (whole != NULL && view_of(types, whole, header) != NULL)
        return true;
    for (unsigned depth = 0; depth < HEADER_DEPTH && id != DW_NO_TYPE; depth++) {
        if (is_or_repeats(types, id, header))
            return true;
        id = first_of(types, id);
    }
    return false;
}

const struct an__header *an__header_of(const struct an_model *model, dw_type_id id)
{
    id = dw_types_strip(model->input.types, id);
    for (size_t i = 0; i < model->header_count; i++)
        if (begins_with(model, id, &model->headers[i]))
            return &model->headers[i];
    return NULL;
}

uint64_t an__header_size(const struct an__header *header)
{
    return header == NULL ? 0 : header->count + header->class + header->gc + header->other;
}

// ------------------------------------------------------------------------ binding

static bool is_embedded(const struct dw_types *types, dw_type_id header)
{
    for (dw_type_id id = 0; id < dw_types_count(types); id++)
        if (first_of(types, id) == header)
            return true;
    return false;
}

struct binding {
    struct an_model *model;
    const struct cfg_header *stated;
    const char *where;
    const struct dw_type *record;
    struct fault *fault;
};

static uint64_t bits_of(const struct dw_types *types, const struct dw_member *member)
{
    return member->bit_size ? member->bit_size : 8 * dw_types_size(types, member->type);
}

// The member of the record that is called so, or is a record without a name that has it.
static bool find_bits(const struct binding *b, const char *name, bool pointer, uint64_t *bits,
                      const struct dw_member **at)
{
    const struct dw_types *types = b->model->input.types;
    for (uint32_t i = 0; name != NULL && i < b->record->member_count; i++) {
        const struct dw_member *member = &b->record->members[i];
        uint64_t offset;
        dw_type_id found = member->type;
        bool inside = member->name[0] == '\0' &&
                      an__model_member(b->model, member->type, slice_text(name), &offset, &found);
        if (!inside && strcmp(member->name, name) != 0)
            continue;
        const struct dw_type *type = dw_types_get(types, dw_types_strip(types, found));
        if (type == NULL || (!pointer && type->kind != DW_BASE && type->kind != DW_ENUM))
            return fault_set(b->fault, FAULT_INPUT, b->where, NULL, NO_OFFSET,
                             "member '%s' of '%s' is no number", name, b->stated->type);
        *at = member;
        *bits = bits_of(types, member);
        return true;
    }
    bool removed = b->model->what_if.types != NULL; // it was there before the edits
    return name == NULL || removed ||
           fault_set(b->fault, FAULT_INPUT, b->where, NULL, NO_OFFSET, "'%s' has no member '%s'",
                     b->stated->type, name);
}

// Versions differ in what the collector keeps: the members that there are, at least one.
static bool find_collectors(const struct binding *b, uint64_t *sum)
{
    struct binding quiet = *b;
    struct fault fault = {0};
    bool found = b->stated->gc_count == 0;
    quiet.fault = &fault;
    for (size_t i = 0; i < b->stated->gc_count; i++) {
        const struct dw_member *member;
        uint64_t bits = 0;
        if (!find_bits(&quiet, b->stated->gc[i], true, &bits, &member))
            continue;
        *sum += bits;
        found = true;
    }
    return found || find_bits(b, b->stated->gc[0], true, sum, &(const struct dw_member *){NULL});
}

// Of several names the first that the build has; else the last, which is then missed.
static const char *first_present(struct an_model *model, dw_type_id type, const char *names)
{
    const char *name = NULL;
    uint64_t offset;
    dw_type_id found;
    bool present = false;
    for (struct slice rest = slice_text(names); rest.size != 0 && !present;) {
        struct slice word = slice_cut(&rest, ',');
        present = an__model_member(model, type, word, &offset, &found);
        name = arena_text(model->arena, word);
    }
    return name;
}

// Bits that fill no byte of their own count as others.
static bool divide(const struct binding *b, struct an__header *header)
{
    const struct dw_member *count = NULL, *class = NULL;
    uint64_t all = 0, counted = 0, classed = 0, collected = 0;
    for (uint32_t i = 0; i < header->members; i++)
        all += bits_of(b->model->input.types, &b->record->members[i]);
    const char *counter = first_present(b->model, header->type, b->stated->count);
    if (!find_bits(b, counter, false, &counted, &count) ||
        !find_bits(b, b->stated->class, true, &classed, &class))
        return false;
    if (count != NULL && count == class)
        return fault_set(b->fault, FAULT_INPUT, b->where, NULL, NO_OFFSET,
                         "member '%s' of '%s' is named twice", b->stated->class, b->stated->type);
    if (!find_collectors(b, &collected))
        return false;
    header->count = counted / 8;
    header->class = classed / 8;
    header->gc = collected / 8;
    uint64_t named = header->count + header->class + header->gc;
    header->other = (all + 7) / 8 - MIN(named, (all + 7) / 8);
    return true;
}

// Whether the profile says what the member is for.
static bool is_named(const struct cfg_header *stated, const char *name)
{
    bool found = stated->class != NULL && strcmp(stated->class, name) == 0;
    for (size_t i = 0; i < stated->gc_count; i++)
        found |= strcmp(stated->gc[i], name) == 0;
    for (struct slice rest = slice_text(stated->count ? stated->count : ""); rest.size != 0;)
        found |= slice_is(slice_cut(&rest, ','), name);
    return found;
}

static uint32_t count_members(const struct dw_type *record, const struct cfg_header *stated)
{
    uint32_t count = record->member_count;
    while (stated->part && count > 0 && !is_named(stated, record->members[count - 1].name))
        count--;
    return count;
}

// Of several names the first that the build has.
static dw_type_id first_type(const struct an_model *model, const char *names)
{
    dw_type_id id = DW_NO_TYPE;
    for (struct slice rest = slice_text(names); rest.size != 0 && id == DW_NO_TYPE;)
        id = an__model_type(model, slice_cut(&rest, ','));
    return dw_types_strip(model->input.types, id);
}

static bool bind(struct an_model *model, const struct cfg_header *stated, struct an__header *header,
                 struct fault *fault)
{
    const struct dw_types *types = model->input.types;
    struct binding b = {model, stated, an__where(model, stated->line), NULL, fault};
    header->type = first_type(model, stated->type);
    b.record = dw_types_get(types, header->type);
    if (b.record == NULL || !an__is_record(b.record))
        return fault_set(fault, FAULT_INPUT, b.where, NULL, NO_OFFSET,
                         "the build has no struct '%s', with which its objects begin",
                         stated->type);
    header->embedded = is_embedded(types, header->type);
    header->members = count_members(b.record, stated);
    return divide(&b, header);
}

bool an__bind_headers(struct an_model *model, struct fault *fault)
{
    const struct cfg_profile *p = model->profile;
    model->headers = ARENA_ARRAY(model->arena, p->header_count, struct an__header);
    model->header_count = 0;
    for (size_t i = 0; i < p->header_count; i++) {
        const struct cfg_header *stated = &p->headers[i];
        int64_t there = 1;
        if (!an__model_number(model, stated->when, stated->line, &there, fault))
            return false;
        if ((stated->when == NULL || there != 0) &&
            !bind(model, stated, &model->headers[model->header_count++], fault))
            return false;
    }
    return model->header_count != 0 ||
           fault_set(fault, FAULT_INPUT, p->path, NULL, NO_OFFSET, "no header is one of the build");
}
