// SPDX-License-Identifier: MIT
//
// One type of a selection as a report type.
//
// Speed is in two habits. A type's spelling around a declarator is worked out once per type id and
// kept as the text before and after the name ("char " and "[16]"), since a hundred thousand types
// have a million members but few distinct member types. And everything made for one report type
// lies in an arena that the next one empties.
//
// Holes are listed at every depth that is shown; the totals count the type's own.

#include "analyzers/layout_private.h"

#define EXPAND_MEMBERS_MAX 100000

// ----------------------------------------------------------------------- spelling

#define NAME_MARK '\1' // stands for the declarator; no type is spelled with it

static const struct spelling *spell(struct an_layouts *layouts, dw_type_id id)
{
    static const struct spelling nothing = {"void", 4, 0};
    if (id >= layouts->facts.count)
        return &nothing;
    struct spelling *made = &layouts->spellings[id];
    if (made->text != NULL)
        return made;
    const char mark[2] = {NAME_MARK, '\0'};
    layouts->text.size = 0;
    dw_types_spell(layouts->facts.types, id, mark, &layouts->text);
    struct slice all = slice_of(layouts->text.data, layouts->text.size);
    const uint8_t *at = all.size ? memchr(all.data, NAME_MARK, all.size) : NULL;
    size_t before = at ? (size_t)(at - all.data) : all.size;
    char *text = arena_text(layouts->run, all);
    if (at != NULL)
        memmove(text + before, text + before + 1, all.size - before);
    made->before = (uint32_t)before;
    made->after = (uint32_t)(all.size - before - (at != NULL));
    made->text = text;
    return made;
}

// The spelling with a name in its place; without a name the space before it goes too.
const char *an__layouts_declare(struct an_layouts *layouts, dw_type_id id, const char *name)
{
    const struct spelling *s = spell(layouts, id);
    size_t size = strlen(name), before = s->before;
    if (size == 0 && s->after == 0)
        while (before > 0 && s->text[before - 1] == ' ')
            before--;
    char *text = arena_alloc(layouts->one, before + size + s->after + 1);
    memcpy(text, s->text, before);
    memcpy(text + before, name, size);
    memcpy(text + before + size, s->text + s->before, s->after);
    return text;
}

static const char *type_text(struct an_layouts *layouts, dw_type_id id)
{
    const struct spelling *s = spell(layouts, id);
    bool as_is = s->after != 0 || s->before == 0 || s->text[s->before - 1] != ' ';
    return as_is ? s->text : an__layouts_declare(layouts, id, "");
}

// "file.h:12"
static const char *declared(struct an_layouts *layouts, const struct dw_type *type)
{
    if (type->decl_file[0] == '\0')
        return NULL;
    const char *slash = strrchr(type->decl_file, '/');
    const char *file = slash ? slash + 1 : type->decl_file;
    size_t size = strlen(file);
    char digits[12];
    size_t at = sizeof digits;
    for (uint32_t line = type->decl_line; line != 0; line /= 10)
        digits[--at] = (char)('0' + line % 10);
    if (at != sizeof digits)
        digits[--at] = ':';
    char *text = arena_alloc(layouts->one, size + (sizeof digits - at) + 1);
    memcpy(text, file, size);
    memcpy(text + size, digits + at, sizeof digits - at);
    return text;
}

// ------------------------------------------------------------------------ members

static bool expands(const struct an_layouts *layouts, dw_type_id record)
{
    const struct dw_type *type = dw_types_get(layouts->facts.types, record);
    if (type == NULL || type->member_count == 0)
        return false;
    return layouts->options.expand ||
           (type->name[0] == '\0' && layouts->facts.anchor[record] == DW_NO_TYPE);
}

static struct rep_member describe(struct an_layouts *layouts, const struct dw_member *member,
                                  uint64_t start, uint64_t bits, unsigned depth)
{
    bool bit_field = (member->flags & DW_MEMBER_BIT_FIELD) != 0;
    return (struct rep_member){
        .name = member->name,
        .type = type_text(layouts, member->type),
        .declaration = an__layouts_declare(layouts, member->type, member->name),
        .bit_offset = start,
        .bit_size = bits,
        .depth = depth,
        .storage_size = bit_field ? dw_types_size(layouts->facts.types, member->type) : 0,
        .bit_field = bit_field,
        .inherited = (member->flags & DW_MEMBER_BASE) != 0,
        .virtual_base = (member->flags & DW_MEMBER_VIRTUAL) != 0,
        .vtable_pointer = (member->flags & DW_MEMBER_VTABLE) != 0,
        .is_static = (member->flags & DW_MEMBER_STATIC) != 0,
        .variant = (member->flags & DW_MEMBER_VARIANT) != 0,
        .discriminant = (member->flags & DW_MEMBER_DISCRIMINANT) != 0,
    };
}

static void add_record(struct an_layouts *layouts, const struct an__layout *layout, uint64_t base,
                       unsigned depth);

// The members of an embedded record, one deeper.
static void add_embedded(struct an_layouts *layouts, dw_type_id record, uint64_t base,
                         unsigned depth)
{
    size_t owner = layouts->members.count - 1;
    const struct dw_type *type = dw_types_get(layouts->facts.types, record);
    struct an__layout inner;
    an__measure(&layouts->facts, type, &layouts->scratch[depth], &inner);
    layouts->members.items[owner].expanded = an__kind_word(type->kind);
    add_record(layouts, &inner, base, depth);
    layouts->members.items[owner].expanded_count = (uint32_t)(layouts->members.count - owner - 1);
}

// A bit field of a narrower type than it has.
static void narrow(struct an_layouts *layouts, const struct an__narrow *type,
                   struct rep_member *member)
{
    member->type = type->name;
    member->storage_size = type->size;
    member->declaration = arena_printf(layouts->one, "%s %s", type->name, member->name);
}

static void add_field(struct an_layouts *layouts, const struct an__field *field, uint64_t base,
                      unsigned depth)
{
    const struct dw_member *member = field->member;
    struct rep_member shown = describe(layouts, member, base + field->start, field->bits, depth);
    shown.flexible = field->flexible;
    if (depth == 0 && layouts->narrowed && layouts->narrowed[field->index].size != 0)
        narrow(layouts, &layouts->narrowed[field->index], &shown);
    vec_push(&layouts->members, shown);
    dw_type_id record = an__embedded(layouts->facts.types, member->type, NULL);
    bool deeper = record != DW_NO_TYPE && depth < AN__EXPAND_DEPTH && expands(layouts, record) &&
                  layouts->members.count < EXPAND_MEMBERS_MAX;
    if (deeper)
        add_embedded(layouts, record, base + field->start, depth + 1);
}

static void add_unplaced(struct an_layouts *layouts, const struct dw_type *type, unsigned depth)
{
    for (uint32_t i = 0; i < type->member_count; i++) {
        const struct dw_member *member = &type->members[i];
        if (an__is_laid_out(member))
            continue;
        uint64_t bits = dw_types_size(layouts->facts.types, member->type) * 8;
        vec_push(&layouts->members, describe(layouts, member, 0, bits, depth));
    }
}

static void add_record(struct an_layouts *layouts, const struct an__layout *layout, uint64_t base,
                       unsigned depth)
{
    size_t hole = 0;
    for (size_t i = 0; i < layout->field_count; i++) {
        for (; hole < layout->hole_count && layout->holes[hole].before_member == i; hole++) {
            struct rep_hole shown = layout->holes[hole];
            shown.bit_offset += base;
            shown.before_member = (uint32_t)layouts->members.count;
            vec_push(&layouts->holes, shown);
        }
        add_field(layouts, &layout->fields[i], base, depth);
    }
    if (depth == 0)
        add_unplaced(layouts, layout->type, depth);
}

// ------------------------------------------------------------------- one type out

static void add_enumerators(struct an_layouts *layouts, const struct dw_type *type)
{
    const struct dw_type *target = dw_types_get(layouts->facts.types, type->target);
    bool is_unsigned = type->is_unsigned || (target != NULL && target->is_unsigned);
    for (uint32_t i = 0; i < type->enumerator_count; i++) {
        const struct dw_enumerator *from = &type->enumerators[i];
        vec_push(&layouts->enumerators,
                 (struct rep_enumerator){from->name, from->value, is_unsigned});
    }
}

// Which units define it, when there are several types of the name. Snapshots know the first.
static void add_units(struct an_layouts *layouts, dw_type_id id, bool twin, struct rep_type *out)
{
    size_t count;
    const struct dw_type *type = dw_types_get(layouts->facts.types, id);
    const uint32_t *units = dw_types_units(layouts->facts.types, id, &count);
    out->instances = count;
    if (count == 0) {
        units = &type->unit;
        count = 1;
    }
    if (!twin || layouts->options.units == NULL)
        return;
    out->units = ARENA_ARRAY(layouts->one, count, const char *);
    for (size_t i = 0; i < count; i++)
        if (units[i] < layouts->options.unit_count)
            out->units[out->unit_count++] = layouts->options.units[units[i]];
}

static void describe_record(struct an_layouts *layouts, const struct dw_type *type,
                            struct rep_type *out)
{
    struct an__layout layout;
    an__measure(&layouts->facts, type, &layouts->scratch[0], &layout);
    if (layouts->options.reorder) {
        struct an__plan plan;
        an__reorder(&layouts->facts, &layout, layouts->one, &plan);
        out->notes = plan.notes;
        out->note_count = plan.note_count;
        if (plan.saving != 0) {
            struct dw_type *better = arena_copy(layouts->one, &plan.type, sizeof plan.type);
            an__measure(&layouts->facts, better, &layouts->scratch[0], &layout);
            out->size = better->size;
            out->alignment = better->alignment;
            layouts->narrowed = plan.narrowed;
        }
    }
    add_record(layouts, &layout, 0, 0);
    layouts->narrowed = NULL;
    out->tail_padding = layout.tail_bits / 8;
    out->tail_padding_bits = layout.tail_bits % 8;
    out->member_total = (uint32_t)layout.field_count;
    out->hole_total = layout.byte_holes;
    out->bit_hole_total = layout.bit_holes;
    out->members_size = layout.members_size;
    out->holes_size = layout.holes_size;
    out->cacheline = layouts->options.cacheline;
}

static const char *name_of(struct an_layouts *layouts, const struct dw_type *type, dw_type_id id)
{
    if (type->scope[0] == '\0' || type->name[0] == '\0')
        return type->name;
    layouts->text.size = 0;
    dw_types_qualified(layouts->facts.types, id, &layouts->text);
    return arena_text(layouts->one, slice_of(layouts->text.data, layouts->text.size));
}

bool an_layouts_next(void *context, struct rep_type *out)
{
    struct an_layouts *layouts = context;
    if (layouts->at >= layouts->chosen.count)
        return false;
    bool twin = layouts->twin[layouts->at];
    dw_type_id id = layouts->chosen.items[layouts->at++];
    const struct dw_type *type = dw_types_get(layouts->facts.types, id);
    arena_reset(layouts->one);
    layouts->members.count = layouts->holes.count = layouts->enumerators.count = 0;
    *out = (struct rep_type){
        .kind = an__kind_word(type->kind), .size = type->size, .dynamic = type->dynamic};
    out->name = name_of(layouts, type, id);
    if (type->name[0] == '\0' && layouts->facts.anchor[id] != DW_NO_TYPE)
        out->alias = an__name(&layouts->facts, id);
    out->declared = declared(layouts, type);
    bool names_other =
        type->kind == DW_TYPEDEF || (type->kind == DW_ENUM && type->target != DW_NO_TYPE);
    if (names_other)
        out->target = type_text(layouts, type->target);
    if (type->size != 0 || an__is_record(type))
        out->alignment = an__align(&layouts->facts, id);
    if (an__is_record(type))
        describe_record(layouts, type, out);
    add_enumerators(layouts, type);
    add_units(layouts, id, twin, out);
    out->members = layouts->members.items;
    out->member_count = layouts->members.count;
    out->holes = layouts->holes.items;
    out->hole_count = layouts->holes.count;
    out->enumerators = layouts->enumerators.items;
    out->enumerator_count = layouts->enumerators.count;
    return true;
}
