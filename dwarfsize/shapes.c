// SPDX-License-Identifier: MIT
//
// Where pointers lie in an object, told from the DIE of its type: for the content of variables,
// without a table of all types.
//
//   struct { int n; struct { char *s, *t; } a[2]; }      record: a at 8
//                                                          array: 2 of 16 bytes
//                                                            record: s at 0, t at 8
//
// A shape is made once a DIE. One without pointers is NONE, so that large arrays of numbers are
// passed over in one step. Types hold each other by value only, so an honest nest is shallow; one
// that holds itself is damage and ends at its second sight.

#include "dwarfsize/types.h"

#define DEPTH_MAX 64 // types by value in each other, typedefs and qualifiers included

// Shapes that need no record; the others are counted on from FIRST.
enum { NONE, POINTER, WATCHED, FIRST };
#define NOT_MADE   UINT32_MAX
#define BEING_MADE (UINT32_MAX - 1)

struct field {
    uint64_t offset; // bytes
    uint32_t shape;
};

struct shape {
    uint64_t element, count; // of an array: bytes of an element, elements; else 0
    uint32_t first, fields;  // in dw_shapes.fields; of an array one, its element's
};

struct slot {
    dw_ref ref;
    uint32_t shape, name; // name: 0: not asked for
};

struct dw_shapes {
    struct dw *dw;
    struct dw__near near;
    struct names *names;
    const char *watched;         // NULL: no member
    const char *watched_typedef; // NULL: none
    uint64_t watched_size;       // bytes of it; 0: not met
    VEC(struct shape) shapes;
    VEC(struct field) fields;
    struct slot *slots; // open addressing by ref; DW_NO_REF: free
    size_t mask, used;
};

// --------------------------------------------------------------------------- table

static struct slot *slot_at(const struct dw_shapes *shapes, dw_ref ref)
{
    for (size_t at = hash_mix(ref, 0) & shapes->mask;; at = (at + 1) & shapes->mask)
        if (shapes->slots[at].ref == ref || shapes->slots[at].ref == DW_NO_REF)
            return &shapes->slots[at];
}

static void make_slots(struct dw_shapes *shapes, size_t count)
{
    struct slot *old = shapes->slots;
    size_t old_count = old ? shapes->mask + 1 : 0;
    shapes->slots = mem_alloc(count * sizeof *old);
    shapes->mask = count - 1;
    for (size_t i = 0; i < count; i++)
        shapes->slots[i] = (struct slot){.ref = DW_NO_REF};
    for (size_t i = 0; i < old_count; i++)
        if (old[i].ref != DW_NO_REF)
            *slot_at(shapes, old[i].ref) = old[i];
    free(old);
}

// The slot of a DIE, made when it is new; valid until the next call.
static struct slot *slot_of(struct dw_shapes *shapes, dw_ref ref, bool *known)
{
    if (shapes->used * 2 >= shapes->mask)
        make_slots(shapes, (shapes->mask + 1) * 2);
    struct slot *slot = slot_at(shapes, ref);
    *known = slot->ref == ref;
    if (!*known) {
        *slot = (struct slot){.ref = ref, .shape = NOT_MADE};
        shapes->used++;
    }
    return slot;
}

struct dw_shapes *dw_shapes_new(struct dw *dw)
{
    struct dw_shapes *shapes = mem_zalloc(1, sizeof *shapes);
    shapes->dw = dw;
    shapes->names = names_new();
    make_slots(shapes, 1024);
    return shapes;
}

void dw_shapes_free(struct dw_shapes *shapes)
{
    if (shapes == NULL)
        return;
    dw__abbrevs_clear(&shapes->near.abbrevs);
    names_free(shapes->names);
    vec_free(&shapes->shapes);
    vec_free(&shapes->fields);
    free(shapes->slots);
    free(shapes);
}

// -------------------------------------------------------------------------- making

static uint32_t shape_of(struct dw_shapes *shapes, dw_ref ref, unsigned depth);

static uint32_t add_shape(struct dw_shapes *shapes, struct shape shape, const struct field *fields)
{
    if (shape.fields == 0)
        return NONE;
    shape.first = (uint32_t)shapes->fields.count;
    for (uint32_t i = 0; i < shape.fields; i++)
        vec_push(&shapes->fields, fields[i]);
    vec_push(&shapes->shapes, shape);
    return (uint32_t)(shapes->shapes.count - 1) + FIRST;
}

// An array of unknown length goes on to the end of the object.
static uint32_t array_shape(struct dw_shapes *shapes, dw_ref ref, dw_ref element, unsigned depth)
{
    struct field field = {0, shape_of(shapes, element, depth + 1)};
    uint64_t size = field.shape ? dw__type_size(shapes->dw, &shapes->near, element) : 0;
    if (size == 0)
        return NONE;
    uint64_t whole = dw__type_size(shapes->dw, &shapes->near, ref);
    uint64_t count = whole != 0 ? whole / size : UINT64_MAX;
    return add_shape(shapes, (struct shape){size, count, 0, 1}, &field);
}

static uint32_t record_shape(struct dw_shapes *shapes, dw_ref ref, unsigned depth)
{
    dw__item_list members = {0};
    VEC(struct field) fields = {0};
    dw__members_read(shapes->dw, &shapes->near, ref, &members);
    for (size_t i = 0; i < members.count; i++) {
        const struct dw__item *member = &members.items[i];
        if (shapes->watched != NULL && strcmp(member->name, shapes->watched) == 0)
            vec_push(&fields, ((struct field){member->offset, WATCHED}));
        if (member->flags & (DW_MEMBER_STATIC | DW_MEMBER_VIRTUAL | DW_MEMBER_BIT_FIELD))
            continue;
        uint32_t shape = shape_of(shapes, member->type, depth + 1);
        if (shape != NONE)
            vec_push(&fields, ((struct field){member->offset, shape}));
    }
    struct shape shape = {.fields = (uint32_t)fields.count};
    uint32_t id = add_shape(shapes, shape, fields.items);
    vec_free(&members);
    vec_free(&fields);
    return id;
}

static bool is_watched(const struct dw_shapes *shapes, const char *name)
{
    return shapes->watched_typedef != NULL && strcmp(name, shapes->watched_typedef) == 0;
}

static uint32_t make_shape(struct dw_shapes *shapes, dw_ref ref, unsigned depth)
{
    struct dw__die die;
    struct dw__unit *unit;
    if (!dw__die_at(shapes->dw, &shapes->near, ref, &die, &unit))
        return NONE;
    dw_ref type = dw__reference(shapes->dw, unit, &die, SLOT_TYPE);
    dw_ref real = dw__reference(shapes->dw, unit, &die, SLOT_SIGNATURE);
    switch (die.tag) {
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
        return POINTER;
    case DW_TAG_array_type:
        return array_shape(shapes, ref, type, depth);
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
    case DW_TAG_union_type:
        return real != DW_NO_REF ? shape_of(shapes, real, depth + 1)
                                 : record_shape(shapes, ref, depth);
    case DW_TAG_typedef:
        if (is_watched(shapes, dw__text(unit, &die, SLOT_NAME))) {
            shapes->watched_size = dw__type_size(shapes->dw, &shapes->near, ref);
            return WATCHED;
        }
        return shape_of(shapes, type, depth + 1);
    case DW_TAG_const_type:
    case DW_TAG_volatile_type:
    case DW_TAG_restrict_type:
    case DW_TAG_atomic_type:
        return shape_of(shapes, type, depth + 1);
    default:
        return NONE;
    }
}

static uint32_t shape_of(struct dw_shapes *shapes, dw_ref ref, unsigned depth)
{
    bool known;
    if (ref == DW_NO_REF || depth > DEPTH_MAX)
        return NONE;
    struct slot *slot = slot_of(shapes, ref, &known);
    if (known && slot->shape != NOT_MADE)
        return slot->shape == BEING_MADE ? (uint32_t)NONE : slot->shape;
    slot->shape = BEING_MADE;
    uint32_t shape = make_shape(shapes, ref, depth);
    slot_of(shapes, ref, &known)->shape = shape;
    return shape;
}

// ------------------------------------------------------------------------- pointers

// Overlapping members can be nested so that there are more pointers than bytes: as many steps are
// taken as honest types need, unions included.
#define STEPS_BASE     1024
#define STEPS_PER_BYTE 16

struct visit {
    const struct dw_shapes *shapes;
    uint64_t end, steps;
    uint32_t wanted; // POINTER or WATCHED
    void (*found)(void *context, uint64_t offset);
    void *context;
};

static void visit(struct visit *v, uint32_t id, uint64_t at)
{
    if (id == NONE || at >= v->end || v->steps == 0)
        return;
    v->steps--;
    if (id < FIRST) {
        if (id == v->wanted)
            v->found(v->context, at);
        return;
    }
    const struct shape *shape = &v->shapes->shapes.items[id - FIRST];
    const struct field *fields = &v->shapes->fields.items[shape->first];
    if (shape->element == 0) {
        for (uint32_t i = 0; i < shape->fields; i++)
            if (fields[i].offset < v->end - at)
                visit(v, fields[i].shape, at + fields[i].offset);
        return;
    }
    uint64_t count = MIN(shape->count, (v->end - at) / shape->element + 1);
    while (count-- != 0) {
        visit(v, fields->shape, at);
        if (shape->element >= v->end - at || v->steps == 0)
            return;
        at += shape->element;
    }
}

static void visit_all(struct dw_shapes *shapes, dw_ref type, uint64_t size, uint32_t wanted,
                      void (*found)(void *context, uint64_t offset), void *context)
{
    uint32_t id = shape_of(shapes, type, 0);
    uint64_t steps;
    if (!mul_u64(size, STEPS_PER_BYTE, &steps) || !add_u64(steps, STEPS_BASE, &steps))
        steps = UINT64_MAX;
    struct visit v = {shapes, size, steps, wanted, found, context};
    visit(&v, id, 0);
}

void dw_shapes_pointers(struct dw_shapes *shapes, dw_ref type, uint64_t size,
                        void (*pointer)(void *context, uint64_t offset), void *context)
{
    visit_all(shapes, type, size, POINTER, pointer, context);
}

void dw_shapes_watch(struct dw_shapes *shapes, struct slice member)
{
    shapes->watched = names_text(shapes->names, names_intern(shapes->names, member));
}

void dw_shapes_watch_typedef(struct dw_shapes *shapes, const char *name)
{
    shapes->watched_typedef = names_text(shapes->names, names_intern_text(shapes->names, name));
}

uint64_t dw_shapes_watched_size(const struct dw_shapes *shapes)
{
    return shapes->watched_size;
}

void dw_shapes_watched(struct dw_shapes *shapes, dw_ref type, uint64_t size,
                       void (*member)(void *context, uint64_t offset), void *context)
{
    visit_all(shapes, type, size, WATCHED, member, context);
}

// ---------------------------------------------------------------------------- names

static const char *word_of(uint16_t tag)
{
    switch (tag) {
    case DW_TAG_union_type:
        return "union {...}";
    case DW_TAG_enumeration_type:
        return "enum {...}";
    case DW_TAG_subroutine_type:
        return "function";
    default:
        return "struct {...}";
    }
}

// An anonymous record is told by its first member.
static void spell_anonymous(struct dw_shapes *shapes, dw_ref ref, struct buf *out)
{
    struct dw__scan scan;
    struct dw__die die;
    bool good = dw__scan_at(shapes->dw, &shapes->near, ref, &scan) && dw__scan_next(&scan, &die);
    uint16_t tag = good ? die.tag : 0;
    bool record = tag == DW_TAG_structure_type || tag == DW_TAG_union_type;
    if (record && die.children && dw__scan_next(&scan, &die) && die.tag == DW_TAG_member)
        buf_printf(out, "%s {%s ...}", tag == DW_TAG_union_type ? "union" : "struct",
                   dw__text(scan.unit, &die, SLOT_NAME));
    else
        buf_text(out, word_of(tag));
}

static void spell(struct dw_shapes *shapes, dw_ref ref, struct buf *out)
{
    unsigned stars = 0;
    bool array = false;
    for (unsigned hops = 0; hops < DEPTH_MAX; hops++) {
        struct dw__die die;
        struct dw__unit *unit;
        if (ref == DW_NO_REF || !dw__die_at(shapes->dw, &shapes->near, ref, &die, &unit)) {
            buf_text(out, "void");
            break;
        }
        const char *name = dw__text(unit, &die, SLOT_NAME);
        bool pointer = die.tag == DW_TAG_pointer_type || die.tag == DW_TAG_reference_type ||
                       die.tag == DW_TAG_rvalue_reference_type;
        bool passes = die.tag == DW_TAG_const_type || die.tag == DW_TAG_volatile_type ||
                      die.tag == DW_TAG_restrict_type || die.tag == DW_TAG_atomic_type;
        dw_ref real = dw__reference(shapes->dw, unit, &die, SLOT_SIGNATURE);
        if (name[0] != '\0' && !pointer && !passes) {
            buf_text(out, name);
            break;
        }
        array |= die.tag == DW_TAG_array_type && stars == 0;
        stars += pointer;
        if (!pointer && !passes && die.tag != DW_TAG_array_type && real == DW_NO_REF) {
            spell_anonymous(shapes, ref, out);
            break;
        }
        ref = real != DW_NO_REF ? real : dw__reference(shapes->dw, unit, &die, SLOT_TYPE);
    }
    buf_text(out, stars || array ? " " : "");
    while (stars-- != 0)
        buf_char(out, '*');
    buf_text(out, array ? "[]" : "");
}

const char *dw_shapes_name(struct dw_shapes *shapes, dw_ref type)
{
    bool known;
    if (type == DW_NO_REF)
        return "";
    struct slot *slot = slot_of(shapes, type, &known);
    if (slot->name == 0) {
        struct buf text = {0};
        spell(shapes, type, &text);
        slot->name = names_intern(shapes->names, slice_of(text.data, text.size));
        buf_free(&text);
    }
    return names_text(shapes->names, slot->name);
}

// -------------------------------------------------------------------------- content

bool dw_shapes_describe(struct dw_shapes *shapes, dw_ref type, struct arena *arena,
                        struct dw_shape *out)
{
    if (!dw__describe(shapes->dw, &shapes->near, type, arena, out))
        return false;
    out->name = dw_shapes_name(shapes, type);
    return true;
}
