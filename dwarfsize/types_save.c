// SPDX-License-Identifier: MIT
//
// Types in a snapshot.
//
//   | format 3 | size of the texts | texts, each with its NUL | count | type ... | units | paths |
//
//   type    kind 1, then numbers: flags name scope decl_file decl_line unit target contains size
//           alignment copies members dimensions enumerators, then these three lists
//   units   0, or 1 and for each type: how many define it, the first unit, distances to the next
//   paths   how many units, and the path of each, "" unless some type names it; not in format 2
//
// All numbers are LEB128, texts are offsets among the texts, ids are stored plus 1 so that "none"
// is 0. References to DIEs are not kept: they say nothing without their file. What is loaded is
// checked as far as reading it needs: texts and ids are in range, and every list has its bytes.

#include <stdlib.h>

#include "dwarfsize/types.h"

#define FORMAT       3
#define FORMAT_LEAST 2

// The yes-or-no fields, by their bit; above them the bit of "asked for".
#define FLAGS(X)                                                                                   \
    X(declaration)                                                                                 \
    X(is_signed)                                                                                   \
    X(is_unsigned)                                                                                 \
    X(is_float)                                                                                    \
    X(is_char)                                                                                     \
    X(is_bool)                                                                                     \
    X(tagged)                                                                                      \
    X(variadic)                                                                                    \
    X(vector)                                                                                      \
    X(dynamic)

enum flag_bit {
#define X(field) BIT_##field,
    FLAGS(X)
#undef X
        BIT_WANTED,
    BIT_COUNT,
};

// Least bytes of a record, to check counts before anything is allocated for them.
enum { TYPE_LEAST = 15, MEMBER_LEAST = 6, DIMENSION_LEAST = 1, ENUMERATOR_LEAST = 2 };

// --------------------------------------------------------------------------- saving

struct saver {
    struct buf texts, types;
    struct names *names;
    VEC(uint64_t) offsets; // in texts, by name
};

static void put(struct saver *s, uint64_t number)
{
    buf_uleb(&s->types, number);
}

static void put_text(struct saver *s, const char *text)
{
    name_id id = names_intern_text(s->names, text == NULL ? "" : text);
    if (id == s->offsets.count) {
        vec_push(&s->offsets, s->texts.size);
        buf_bytes(&s->texts, names_text(s->names, id), names_slice(s->names, id).size + 1);
    }
    put(s, s->offsets.items[id]);
}

static void put_id(struct saver *s, uint32_t id)
{
    put(s, id == UINT32_MAX ? 0 : (uint64_t)id + 1);
}

static uint64_t flags_of(const struct dw_types *types, dw_type_id id)
{
    const struct dw_type *type = &types->list[id];
    uint64_t flags = (uint64_t)dw_types_wanted(types, id) << BIT_WANTED;
#define X(field) flags |= (uint64_t)type->field << BIT_##field;
    FLAGS(X)
#undef X
    return flags;
}

static void put_member(struct saver *s, const struct dw_member *member)
{
    put_text(s, member->name);
    put_id(s, member->type);
    put(s, member->flags);
    put(s, member->bit_offset);
    put(s, member->bit_size);
    put(s, member->alignment);
}

// Small negative numbers stay short: the sign goes to the lowest bit.
static uint64_t fold_sign(int64_t value)
{
    return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

static int64_t unfold_sign(uint64_t value)
{
    return (int64_t)(value >> 1 ^ (value & 1 ? UINT64_MAX : 0));
}

static void put_type(struct saver *s, const struct dw_types *types, dw_type_id id)
{
    const struct dw_type *t = &types->list[id];
    buf_char(&s->types, (char)t->kind);
    put(s, flags_of(types, id));
    put_text(s, t->name);
    put_text(s, t->scope);
    put_text(s, t->decl_file);
    put(s, t->decl_line);
    put_id(s, t->unit);
    put_id(s, t->target);
    put_id(s, t->contains);
    put(s, t->size);
    put(s, t->alignment);
    put(s, t->copies);
    put(s, t->member_count);
    put(s, t->dimension_count);
    put(s, t->enumerator_count);
    for (uint32_t i = 0; i < t->member_count; i++)
        put_member(s, &t->members[i]);
    for (uint32_t i = 0; i < t->dimension_count; i++)
        put(s, t->dimensions[i] + 1); // DW_COUNT_UNKNOWN becomes 0
    for (uint32_t i = 0; i < t->enumerator_count; i++) {
        put_text(s, t->enumerators[i].name);
        put(s, fold_sign(t->enumerators[i].value));
    }
}

static void put_units(struct saver *s, const struct dw_types *types)
{
    put(s, types->unit_first != NULL);
    for (uint32_t id = 0; types->unit_first != NULL && id < types->count; id++) {
        size_t count;
        const uint32_t *units = dw_types_units(types, id, &count);
        put(s, count);
        for (size_t i = 0; i < count; i++)
            put(s, i == 0 ? units[i] : units[i] - units[i - 1]);
    }
}

static void put_paths(struct saver *s, const struct dw_types *types)
{
    bool *named = mem_zalloc(types->path_count, sizeof *named);
    for (uint32_t id = 0; id < types->count; id++)
        if (types->list[id].unit < types->path_count)
            named[types->list[id].unit] = true;
    put(s, types->path_count);
    for (size_t i = 0; i < types->path_count; i++)
        put_text(s, named[i] ? types->paths[i] : NULL);
    free(named);
}

void dw_types_save(const struct dw_types *types, struct buf *out)
{
    struct saver s = {.names = names_new()};
    vec_push(&s.offsets, 0); // names start with the empty text
    buf_char(&s.texts, '\0');
    put(&s, types->count);
    for (uint32_t id = 0; id < types->count; id++)
        put_type(&s, types, id);
    put_units(&s, types);
    put_paths(&s, types);
    buf_uleb(out, FORMAT);
    buf_uleb(out, s.texts.size);
    buf_bytes(out, s.texts.data, s.texts.size);
    buf_bytes(out, s.types.data, s.types.size);
    names_free(s.names);
    vec_free(&s.offsets);
    buf_free(&s.texts);
    buf_free(&s.types);
}

// -------------------------------------------------------------------------- loading

struct loader {
    struct cur c;
    struct dw_types *types;
    const char *texts;
    uint64_t text_size;
};

// Anything out of range fails the cursor: one check at the end of a record sees it.
static uint64_t take(struct loader *l, uint64_t limit)
{
    uint64_t number = cur_uleb(&l->c);
    if (number <= limit)
        return number;
    l->c.failed = true;
    return 0;
}

static uint32_t take_u32(struct loader *l)
{
    return (uint32_t)take(l, UINT32_MAX);
}

// A count of records of at least `least` bytes each.
static uint32_t take_count(struct loader *l, size_t least)
{
    uint32_t count = take_u32(l);
    if (count <= cur_left(&l->c) / least)
        return count;
    l->c.failed = true;
    return 0;
}

static const char *take_text(struct loader *l)
{
    if (l->text_size == 0) {
        l->c.failed = true;
        return "";
    }
    return l->texts + take(l, l->text_size - 1);
}

static dw_type_id take_id(struct loader *l)
{
    uint64_t id = take(l, l->types->count);
    return id == 0 ? DW_NO_TYPE : (dw_type_id)(id - 1);
}

static void take_members(struct loader *l, struct dw_type *t)
{
    struct dw_member *members = ARENA_ARRAY(l->types->arena, t->member_count, struct dw_member);
    t->members = members;
    for (uint32_t i = 0; i < t->member_count && !l->c.failed; i++) {
        members[i].name = take_text(l);
        members[i].type = take_id(l);
        members[i].flags = take_u32(l);
        members[i].bit_offset = take(l, UINT64_MAX);
        members[i].bit_size = take(l, UINT64_MAX);
        members[i].alignment = take(l, UINT64_MAX);
    }
}

static void take_dimensions(struct loader *l, struct dw_type *t)
{
    uint64_t *dimensions = ARENA_ARRAY(l->types->arena, t->dimension_count, uint64_t);
    t->dimensions = dimensions;
    for (uint32_t i = 0; i < t->dimension_count && !l->c.failed; i++)
        dimensions[i] = take(l, UINT64_MAX) - 1;
}

static void take_enumerators(struct loader *l, struct dw_type *t)
{
    struct dw_enumerator *enumerators =
        ARENA_ARRAY(l->types->arena, t->enumerator_count, struct dw_enumerator);
    t->enumerators = enumerators;
    for (uint32_t i = 0; i < t->enumerator_count && !l->c.failed; i++) {
        enumerators[i].name = take_text(l);
        enumerators[i].value = unfold_sign(take(l, UINT64_MAX));
    }
}

static void take_flags(struct loader *l, struct dw_type *type, bool *wanted)
{
    uint64_t flags = take(l, (1u << BIT_COUNT) - 1);
    *wanted = flags >> BIT_WANTED & 1;
#define X(field) type->field = flags >> BIT_##field & 1;
    FLAGS(X)
#undef X
}

static void take_type(struct loader *l, struct dw_type *t, bool *wanted)
{
    uint8_t kind = cur_u8(&l->c);
    l->c.failed |= kind > DW_OTHER;
    t->kind = (enum dw_kind)kind;
    take_flags(l, t, wanted);
    t->name = take_text(l);
    t->scope = take_text(l);
    t->decl_file = take_text(l);
    t->decl_line = take_u32(l);
    t->unit = (uint32_t)take(l, UINT32_MAX) - 1;
    t->die = DW_NO_REF;
    t->target = take_id(l);
    t->contains = take_id(l);
    t->size = take(l, UINT64_MAX);
    t->alignment = take(l, UINT64_MAX);
    t->copies = take_u32(l);
    t->member_count = take_count(l, MEMBER_LEAST);
    t->dimension_count = take_count(l, DIMENSION_LEAST);
    t->enumerator_count = take_count(l, ENUMERATOR_LEAST);
    take_members(l, t);
    take_dimensions(l, t);
    take_enumerators(l, t);
}

// Which units define each type; `units` grows first, because its length is stated nowhere.
static void take_units(struct loader *l)
{
    struct dw_types *types = l->types;
    VEC(uint32_t) units = {0};
    if (take(l, 1) == 0)
        return;
    uint32_t *first = ARENA_ARRAY(types->arena, types->count + 1, uint32_t);
    for (size_t id = 0; id < types->count && !l->c.failed; id++) {
        uint64_t unit = 0;
        for (uint32_t left = take_count(l, 1); left > 0 && !l->c.failed; left--) {
            unit += take_u32(l);
            l->c.failed |= unit > UINT32_MAX;
            vec_push(&units, (uint32_t)unit);
        }
        first[id + 1] = (uint32_t)units.count;
    }
    types->unit_first = first;
    types->units = arena_copy(types->arena, units.items, units.count * sizeof *units.items);
    vec_free(&units);
}

static void take_paths(struct loader *l)
{
    struct dw_types *types = l->types;
    types->path_count = take_count(l, 1);
    types->paths = ARENA_ARRAY(types->arena, types->path_count, const char *);
    for (size_t i = 0; i < types->path_count; i++)
        types->paths[i] = take_text(l);
}

static const char *load(struct loader *l)
{
    uint64_t format = cur_uleb(&l->c);
    if (format < FORMAT_LEAST || format > FORMAT)
        return "types are saved in an unknown format";
    l->text_size = cur_uleb(&l->c);
    struct slice texts = cur_bytes(&l->c, l->text_size);
    if (l->c.failed || (texts.size != 0 && texts.data[texts.size - 1] != '\0'))
        return "the texts of the types are damaged";
    l->texts = arena_copy(l->types->arena, texts.data, texts.size);
    uint32_t count = take_count(l, TYPE_LEAST);
    l->types->count = count;
    l->types->list = ARENA_ARRAY(l->types->arena, count, struct dw_type);
    l->types->wanted = ARENA_ARRAY(l->types->arena, count, bool);
    for (uint32_t id = 0; id < count && !l->c.failed; id++)
        take_type(l, &l->types->list[id], &l->types->wanted[id]);
    if (!l->c.failed)
        take_units(l);
    if (!l->c.failed && format >= 3)
        take_paths(l);
    return l->c.failed ? "a type is damaged" : NULL;
}

bool dw_types_load(struct dw_types **out, struct slice bytes, const char *path, struct fault *fault)
{
    struct dw_types *types = mem_zalloc(1, sizeof *types);
    struct loader l = {.c = cur_make(bytes, false), .types = types};
    types->arena = arena_new();
    *out = NULL;
    const char *trouble = load(&l);
    if (trouble != NULL) {
        dw_types_free(types);
        return fault_set(fault, FAULT_INPUT, path, "types", cur_offset(&l.c), "%s", trouble);
    }
    *out = types;
    return true;
}
