// SPDX-License-Identifier: MIT
//
// How the content of objects is read: a table of shapes. Debug information defines a type once in every
// unit that uses it; by-value types are no cycle, so two are the same when their parts are the same
// numbers, and a shape is entered by a text that spells these.

#include "analyzers/graph_view_private.h"

#define DEPTH_MAX  64     // types by value in each other
#define PARTS_MAX  500000 // members and enumerators in all; shapes beyond are not known
#define BITS_MAX   ((uint64_t)1 << 40) // a member farther away is damage
#define NOT_MADE   UINT32_MAX
#define BEING_MADE (UINT32_MAX - 1)

struct an__shapes {
    struct dw_shapes *source;
    struct arena *arena;
    struct names *refs, *keys;    // of types that were asked for; of shapes
    VEC(uint32_t) by_ref, by_key; // numbers of shapes
    VEC(struct rep_shape) list;
    VEC(struct rep_shape_part) parts;
};

struct an__shapes *an__shapes_new(struct dw_shapes *source, struct arena *arena)
{
    struct an__shapes *shapes = mem_zalloc(1, sizeof *shapes);
    shapes->source = source;
    shapes->arena = arena;
    shapes->refs = names_new();
    shapes->keys = names_new();
    vec_push(&shapes->list, (struct rep_shape){.name = ""});
    return shapes;
}

void an__shapes_free(struct an__shapes *shapes)
{
    names_free(shapes->refs);
    names_free(shapes->keys);
    vec_free(&shapes->by_ref);
    vec_free(&shapes->by_key);
    vec_free(&shapes->list);
    vec_free(&shapes->parts);
    free(shapes);
}

static enum rep_shape_kind kind_of(const struct dw_shape *shape)
{
    switch (shape->kind) {
    case DW_BASE:
        return shape->is_float    ? REP_SHAPE_FLOAT
               : shape->is_bool   ? REP_SHAPE_BOOL
               : shape->is_char   ? (shape->is_signed ? REP_SHAPE_SIGNED_CHAR : REP_SHAPE_CHAR)
               : shape->is_signed ? REP_SHAPE_SIGNED
                                  : REP_SHAPE_UNSIGNED;
    case DW_POINTER:
        return REP_SHAPE_POINTER;
    case DW_ENUM:
        return REP_SHAPE_ENUM;
    case DW_ARRAY:
        return REP_SHAPE_ARRAY;
    case DW_STRUCT:
        return REP_SHAPE_RECORD;
    case DW_UNION:
        return REP_SHAPE_UNION;
    default:
        return REP_SHAPE_RAW;
    }
}

static uint32_t shape_of(struct an__shapes *shapes, dw_ref type, unsigned depth);

typedef VEC(struct rep_shape_part) part_list;

static void make_parts(struct an__shapes *shapes, const struct dw_shape *from, unsigned depth,
                       part_list *out)
{
    for (size_t i = 0; i < from->enumerator_count; i++)
        vec_push(out, ((struct rep_shape_part){.name = from->enumerators[i].name,
                                               .value = from->enumerators[i].value}));
    for (size_t i = 0; i < from->member_count; i++) {
        const struct dw_shape_member *member = &from->members[i];
        if (member->bit_offset < BITS_MAX)
            vec_push(out, ((struct rep_shape_part){member->name,
                                                   shape_of(shapes, member->type, depth + 1),
                                                   member->bit_offset, member->bit_size, 0}));
    }
}

// What tells a shape from others. Names end in a zero, numbers have a mark between them.
static void spell_key(const struct rep_shape *shape, const part_list *parts, struct buf *out)
{
    buf_bytes(out, shape->name, strlen(shape->name) + 1);
    buf_uleb(out, shape->kind);
    buf_uleb(out, shape->size);
    buf_uleb(out, shape->element);
    for (size_t i = 0; i < parts->count; i++) {
        const struct rep_shape_part *part = &parts->items[i];
        buf_bytes(out, part->name, strlen(part->name) + 1);
        buf_uleb(out, part->shape);
        buf_uleb(out, part->bit_offset);
        buf_uleb(out, part->bit_size);
        buf_uleb(out, (uint64_t)part->value);
    }
}

static uint32_t add_shape(struct an__shapes *shapes, struct rep_shape *shape,
                          const part_list *parts)
{
    if (parts->count > PARTS_MAX - shapes->parts.count)
        return 0;
    shape->first_part = shapes->parts.count;
    shape->part_count = parts->count;
    for (size_t i = 0; i < parts->count; i++)
        vec_push(&shapes->parts, parts->items[i]);
    vec_push(&shapes->list, *shape);
    return (uint32_t)shapes->list.count - 1;
}

// Longer keys are cut where they are interned, so a shape that has one is always new.
static uint32_t enter(struct an__shapes *shapes, struct rep_shape *shape, const part_list *parts)
{
    struct buf key = {0};
    spell_key(shape, parts, &key);
    name_id id = 0;
    if (key.size < NAMES_LONGEST)
        id = names_intern(shapes->keys, slice_of(key.data, key.size));
    buf_free(&key);
    if (id == 0)
        return add_shape(shapes, shape, parts);
    while (shapes->by_key.count <= id)
        vec_push(&shapes->by_key, NOT_MADE);
    if (shapes->by_key.items[id] == NOT_MADE)
        shapes->by_key.items[id] = add_shape(shapes, shape, parts);
    return shapes->by_key.items[id];
}

static uint32_t make_shape(struct an__shapes *shapes, dw_ref type, unsigned depth)
{
    struct dw_shape from;
    if (!dw_shapes_describe(shapes->source, type, shapes->arena, &from))
        return 0;
    struct rep_shape shape = {.name = from.name, .kind = kind_of(&from), .size = from.size};
    part_list parts = {0};
    if (from.kind == DW_ARRAY)
        shape.element = shape_of(shapes, from.element, depth + 1);
    make_parts(shapes, &from, depth, &parts);
    uint32_t id = enter(shapes, &shape, &parts);
    vec_free(&parts);
    return id;
}

static uint32_t shape_of(struct an__shapes *shapes, dw_ref type, unsigned depth)
{
    if (shapes->source == NULL || type == DW_NO_REF || depth > DEPTH_MAX)
        return 0;
    name_id id = names_intern(shapes->refs, slice_of(&type, sizeof type));
    while (shapes->by_ref.count <= id)
        vec_push(&shapes->by_ref, NOT_MADE);
    uint32_t known = shapes->by_ref.items[id];
    if (known != NOT_MADE)
        return known == BEING_MADE ? 0 : known;
    shapes->by_ref.items[id] = BEING_MADE;
    uint32_t shape = make_shape(shapes, type, depth);
    return shapes->by_ref.items[id] = shape;
}

uint32_t an__shapes_of(struct an__shapes *shapes, dw_ref type)
{
    return shape_of(shapes, type, 0);
}

uint32_t an__shapes_named(struct an__shapes *shapes, const char *name)
{
    struct rep_shape shape = {.name = name};
    const part_list none = {0};
    return enter(shapes, &shape, &none);
}

void an__shapes_finish(const struct an__shapes *shapes, struct rep_graph *out)
{
    out->shapes =
        arena_copy(shapes->arena, shapes->list.items, shapes->list.count * sizeof *out->shapes);
    out->shape_count = shapes->list.count;
    out->parts =
        arena_copy(shapes->arena, shapes->parts.items, shapes->parts.count * sizeof *out->parts);
    out->part_count = shapes->parts.count;
}
