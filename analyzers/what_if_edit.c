// SPDX-License-Identifier: MIT
//
// One edit: "TYPE.member.member: CHANGE".

#include <ctype.h>
#include <stdlib.h>

#include "analyzers/what_if_private.h"

#define DEPTH_MAX     64      // anonymous members in each other
#define BYTES_MAX     1048576 // that a member or a type may be given
#define SAME_NAME_MAX 64      // types of one name that an edit is made in

struct edit {
    const char *text;
    char *type, *path, *change; // path "": the type itself
    bool known;                 // what the change names has been found:
    dw_type_id given;           // DW_NO_TYPE: void
    struct fault *fault;
};

static bool wrong(const struct edit *edit, const char *what, const char *name)
{
    return fault_set(edit->fault, FAULT_USAGE, NULL, NULL, NO_OFFSET, "'%s': %s%s%s", edit->text,
                     what, name ? " " : "", name ? name : "");
}

// ------------------------------------------------------------------------- reading

static char *trimmed(struct arena *arena, const char *start, const char *end)
{
    while (start < end && isspace((unsigned char)*start))
        start++;
    while (end > start && isspace((unsigned char)end[-1]))
        end--;
    return arena_text(arena, slice_of(start, (size_t)(end - start)));
}

// The colon that is none of a "::".
static const char *colon_of(const char *text)
{
    for (const char *at = text; (at = strchr(at, ':')) != NULL; at += 2)
        if (at[1] != ':')
            return at;
    return NULL;
}

static bool parse(struct edit *edit, struct arena *arena)
{
    const char *colon = colon_of(edit->text);
    if (colon == NULL)
        return wrong(edit,
                     "what is to become of it? 'TYPE.member: remove', ': TYPE', ': BYTES', "
                     "': first', ': after MEMBER', ': add TYPE'",
                     NULL);
    char *target = trimmed(arena, edit->text, colon);
    char *dot = strchr(target, '.');
    edit->change = trimmed(arena, colon + 1, colon + 1 + strlen(colon + 1));
    edit->path = dot ? dot + 1 : target + strlen(target);
    if (dot != NULL)
        *dot = '\0';
    edit->type = target;
    bool whole = *target != '\0' && *edit->change != '\0' && (dot == NULL || *edit->path != '\0');
    return whole || wrong(edit, "a type, a colon and a change are wanted", NULL);
}

static const char *word_after(const char *text, const char *word)
{
    size_t size = strlen(word);
    if (strncmp(text, word, size) != 0 || !isspace((unsigned char)text[size]))
        return NULL;
    text += size;
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

// ----------------------------------------------------------------- types by name

static bool no_type(const struct edit *edit, const struct dw_types *types, const char *name)
{
    const char *nearest[1];
    size_t count = an_nearest_types(types, name, nearest, COUNT_OF(nearest));
    return fault_set(edit->fault, FAULT_USAGE, NULL, NULL, NO_OFFSET,
                     "'%s': the build has no type '%s'%s%s", edit->text, name,
                     count ? "; the nearest: " : "", count ? nearest[0] : "");
}

// As the build aligns what has this size; else as the size allows.
static struct dw_type scalar(const struct dw_types *types, enum dw_kind kind, uint64_t size)
{
    struct dw_type made = {.kind = kind, .size = size, .target = DW_NO_TYPE};
    made.name = made.scope = made.decl_file = "";
    if (size == 0)
        made.size = 8; // a build without a pointer
    made.alignment = MIN(made.size & -made.size, (uint64_t)16);
    for (dw_type_id id = 0; id < dw_types_count(types); id++) {
        const struct dw_type *type = dw_types_get(types, id);
        if (type->kind == kind && (type->size == size || kind == DW_POINTER)) {
            made.size = type->size;
            made.alignment = type->alignment;
            return made;
        }
    }
    return made;
}

static dw_type_id add_bytes(struct an__editing *editing, uint64_t size)
{
    static const char *const names[] = {
        [1] = "uint8_t", [2] = "uint16_t", [4] = "uint32_t", [8] = "uint64_t"};
    bool word = size < COUNT_OF(names) && names[size] != NULL;
    struct dw_type base = scalar(editing->old, DW_BASE, word ? size : 1);
    base.name = names[word ? size : 1];
    base.is_unsigned = true;
    dw_type_id id = dw_types_add(editing->types, &base);
    if (word)
        return id;
    struct dw_type array = {.kind = DW_ARRAY, .name = "", .scope = "", .decl_file = ""};
    array.size = size;
    array.target = id;
    array.dimension_count = 1;
    array.dimensions = arena_copy(editing->arena, &size, sizeof size);
    return dw_types_add(editing->types, &array);
}

// Names of C that a program may not use, or that its compiler spells another way ("long unsigned int").
static dw_type_id c_type(struct an__editing *editing, const char *name)
{
    static const struct {
        const char *name;
        uint8_t size; // bytes; 0: of a pointer
        bool is_float;
    } names[] = {{"char", 1, false},
                 {"signed char", 1, false},
                 {"unsigned char", 1, false},
                 {"bool", 1, false},
                 {"short", 2, false},
                 {"unsigned short", 2, false},
                 {"int", 4, false},
                 {"unsigned", 4, false},
                 {"unsigned int", 4, false},
                 {"long", 0, false},
                 {"unsigned long", 0, false},
                 {"long long", 8, false},
                 {"unsigned long long", 8, false},
                 {"float", 4, true},
                 {"double", 8, true},
                 {"int8_t", 1, false},
                 {"uint8_t", 1, false},
                 {"int16_t", 2, false},
                 {"uint16_t", 2, false},
                 {"int32_t", 4, false},
                 {"uint32_t", 4, false},
                 {"int64_t", 8, false},
                 {"uint64_t", 8, false},
                 {"size_t", 0, false},
                 {"ssize_t", 0, false},
                 {"intptr_t", 0, false},
                 {"uintptr_t", 0, false}};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(name, names[i].name) != 0)
            continue;
        uint64_t size = names[i].size ? names[i].size : scalar(editing->old, DW_POINTER, 0).size;
        struct dw_type base = scalar(editing->old, DW_BASE, size);
        base.name = names[i].name;
        base.is_float = names[i].is_float;
        return dw_types_add(editing->types, &base);
    }
    return DW_NO_TYPE;
}

// A number of bytes, or the name of a type, with stars behind it for pointers.
static bool find_given(struct an__editing *editing, struct edit *edit, const char *text)
{
    char *end;
    unsigned stars = 0;
    if (edit->known)
        return true;
    edit->known = true;
    if (isdigit((unsigned char)*text)) {
        unsigned long long size = strtoull(text, &end, 10);
        if (*end != '\0' || size > BYTES_MAX || size == 0)
            return wrong(edit, "no number of bytes:", text);
        edit->given = add_bytes(editing, size);
        return true;
    }
    char *name = arena_text(editing->arena, slice_text(text));
    for (end = name + strlen(name); end > name && (end[-1] == '*' || end[-1] == ' '); *--end = '\0')
        stars += end[-1] == '*';
    if (stars >= AN__ADDS_MAX)
        return wrong(edit, "too many pointers:", text);
    bool nothing = strcmp(name, "void") == 0 && stars != 0;
    if (!nothing)
        edit->given = an__type_called(editing->old, name);
    if (!nothing && edit->given == DW_NO_TYPE)
        edit->given = c_type(editing, name);
    if (!nothing && edit->given == DW_NO_TYPE)
        return no_type(edit, editing->old, name);
    for (; stars > 0; stars--) {
        struct dw_type pointer = scalar(editing->old, DW_POINTER, 0);
        pointer.target = edit->given;
        edit->given = dw_types_add(editing->types, &pointer);
    }
    return true;
}

// ----------------------------------------------------------------- members by name

struct an__edited an__edited_as_is(struct an__editing *editing, dw_type_id id)
{
    const struct dw_type *type = dw_types_get(editing->old, id);
    struct an__edited edited = {.id = id};
    struct an__scratch scratch = {0};
    struct an__layout layout;
    // room for members that edits add
    edited.slots = ARENA_ARRAY(editing->arena, type->member_count + 1, struct an__slot);
    an__measure(&editing->facts, type, &scratch, &layout);
    for (size_t i = 0; i < layout.field_count; i++)
        edited.slots[edited.count++] =
            (struct an__slot){*layout.fields[i].member, layout.fields[i].index};
    for (uint32_t i = 0; i < type->member_count; i++)
        if (!an__is_laid_out(&type->members[i]))
            edited.slots[edited.count++] = (struct an__slot){type->members[i], i};
    vec_free(&scratch.fields);
    vec_free(&scratch.holes);
    return edited;
}

static struct an__edited *edited_record(struct an__editing *editing, dw_type_id id)
{
    if (editing->record_of[id] == 0) {
        vec_push(&editing->records, an__edited_as_is(editing, id));
        editing->record_of[id] = (uint32_t)editing->records.count;
    }
    return &editing->records.items[editing->record_of[id] - 1];
}

static size_t member_count(const struct an__editing *editing, dw_type_id id)
{
    uint32_t record = editing->record_of[id];
    return record ? editing->records.items[record - 1].count
                  : dw_types_get(editing->types, id)->member_count;
}

static const struct dw_member *member_at(const struct an__editing *editing, dw_type_id id, size_t i)
{
    uint32_t record = editing->record_of[id];
    return record ? &editing->records.items[record - 1].slots[i].member
                  : &dw_types_get(editing->types, id)->members[i];
}

// Where a member is declared: in the record, or in an anonymous member of it. What is removed from an
// anonymous union goes with the whole union: its members are views of the same bytes.
static bool find_member(const struct an__editing *editing, dw_type_id *record, const char *name,
                        bool whole, const struct dw_member **found, unsigned depth)
{
    for (size_t i = 0; i < member_count(editing, *record); i++) {
        const struct dw_member *member = member_at(editing, *record, i);
        dw_type_id inside = dw_types_strip(editing->types, member->type);
        const struct dw_type *type = dw_types_get(editing->types, inside);
        if (strcmp(member->name, name) == 0) {
            *found = member;
            return true;
        }
        if (member->name[0] != '\0' || type == NULL || !an__is_record(type) || depth >= DEPTH_MAX ||
            !find_member(editing, &inside, name, whole, found, depth + 1))
            continue;
        if (whole && type->kind == DW_UNION)
            *found = member;
        else
            *record = inside;
        return true;
    }
    return false;
}

static void offer_members(const struct an__editing *editing, dw_type_id record,
                          struct an_nearest *nearest, unsigned depth)
{
    for (size_t i = 0; i < member_count(editing, record); i++) {
        const struct dw_member *member = member_at(editing, record, i);
        dw_type_id inside = dw_types_strip(editing->types, member->type);
        const struct dw_type *type = dw_types_get(editing->types, inside);
        if (member->name[0] != '\0')
            an_nearest_offer(nearest, member->name);
        else if (type != NULL && an__is_record(type) && depth < DEPTH_MAX)
            offer_members(editing, inside, nearest, depth + 1);
    }
}

static bool no_member(const struct an__editing *editing, const struct edit *edit, dw_type_id record,
                      const char *name)
{
    struct an_nearest nearest = {.wanted = slice_text(name)};
    struct buf list = {0};
    offer_members(editing, record, &nearest, 0);
    an_nearest_list(&nearest, &list);
    fault_set(edit->fault, FAULT_USAGE, NULL, NULL, NO_OFFSET, "'%s': '%s' has no member '%s'%s",
              edit->text, an__name(&editing->facts, record), name, list.data);
    buf_free(&list);
    return false;
}

// From "a.b.c" to the record that "c" is looked for in.
static bool descend(struct an__editing *editing, const struct edit *edit, dw_type_id *record,
                    char **name)
{
    char *dot;
    const struct dw_member *member;
    for (*name = arena_text(editing->arena, slice_text(edit->path));
         (dot = strchr(*name, '.')) != NULL; *name = dot + 1) {
        dw_type_id holder = *record;
        *dot = '\0';
        if (!find_member(editing, &holder, *name, false, &member, 0))
            return no_member(editing, edit, *record, *name);
        *record = an__embedded(editing->types, member->type, NULL);
        if (*record == DW_NO_TYPE)
            return wrong(edit, "no struct or union:", *name);
    }
    return true;
}

// ------------------------------------------------------------------------- changes

static void remove_slot(struct an__edited *record, size_t at)
{
    record->count--;
    memmove(&record->slots[at], &record->slots[at + 1],
            (record->count - at) * sizeof *record->slots);
}

static void insert_slot(struct an__editing *editing, struct an__edited *record, size_t at,
                        struct an__slot slot)
{
    struct an__slot *slots = ARENA_ARRAY(editing->arena, record->count + 1, struct an__slot);
    memcpy(slots, record->slots, at * sizeof *slots);
    slots[at] = slot;
    memcpy(slots + at + 1, record->slots + at, (record->count - at) * sizeof *slots);
    record->slots = slots;
    record->count++;
}

static size_t slot_of(const struct an__edited *record, const char *name)
{
    for (size_t i = 0; i < record->count; i++)
        if (strcmp(record->slots[i].member.name, name) == 0)
            return i;
    return record->count;
}

// Behind the last member; before an array without a length, which has to stay the last.
static size_t end_of(const struct an__editing *editing, const struct an__edited *record)
{
    size_t end = record->count;
    while (end > 0 && !an__is_laid_out(&record->slots[end - 1].member))
        end--;
    bool flexible = end > 0 && an__is_flexible(editing->types, record->slots[end - 1].member.type);
    return flexible ? end - 1 : end;
}

// Members of one record, which may be in another order by now.
static bool is_same(const struct dw_member *a, const struct dw_member *b)
{
    return strcmp(a->name, b->name) == 0 && a->type == b->type && a->bit_offset == b->bit_offset;
}

static bool add_member(struct an__editing *editing, struct edit *edit, dw_type_id id,
                       const char *name, const char *type)
{
    dw_type_id holder = id;
    const struct dw_member *there;
    if (find_member(editing, &holder, name, false, &there, 0))
        return wrong(edit, "there is a member", name);
    if (!find_given(editing, edit, type))
        return false;
    struct an__edited *record = edited_record(editing, id);
    struct dw_member member = {.name = arena_text(editing->arena, slice_text(name)),
                               .type = edit->given};
    insert_slot(editing, record, end_of(editing, record), (struct an__slot){member, AN__ADDED});
    return true;
}

static bool move_member(struct an__editing *editing, const struct edit *edit,
                        struct an__edited *record, size_t at)
{
    const char *after = word_after(edit->change, "after");
    struct an__slot slot = record->slots[at];
    remove_slot(record, at);
    size_t to = after ? slot_of(record, after) : 0;
    if (after != NULL && to == record->count)
        return no_member(editing, edit, record->id, after);
    if (strcmp(edit->change, "last") == 0)
        to = end_of(editing, record);
    insert_slot(editing, record, after ? to + 1 : to, slot);
    return true;
}

// Of another type it is no bit field, and aligned as that type is.
static void retype(struct dw_member *member, dw_type_id type)
{
    member->type = type;
    member->flags &= ~(unsigned)DW_MEMBER_BIT_FIELD;
    member->bit_size = member->alignment = 0;
}

static bool is_move(const char *change)
{
    return strcmp(change, "first") == 0 || strcmp(change, "last") == 0 ||
           word_after(change, "after") != NULL;
}

static bool change_member(struct an__editing *editing, struct edit *edit, dw_type_id id)
{
    char *name;
    const struct dw_member *member;
    bool removes = strcmp(edit->change, "remove") == 0;
    const char *added = word_after(edit->change, "add");
    if (!descend(editing, edit, &id, &name))
        return false;
    if (added != NULL)
        return add_member(editing, edit, id, name, added);
    dw_type_id holder = id;
    if (!find_member(editing, &holder, name, removes, &member, 0))
        return no_member(editing, edit, id, name);
    struct dw_member wanted = *member;
    struct an__edited *record = edited_record(editing, holder);
    size_t at = 0;
    while (!is_same(&record->slots[at].member, &wanted))
        at++;
    if (removes)
        remove_slot(record, at);
    else if (is_move(edit->change))
        return move_member(editing, edit, record, at);
    else if (find_given(editing, edit, edit->change))
        retype(&record->slots[at].member, edit->given);
    else
        return false;
    return true;
}

static bool change_type(struct an__editing *editing, struct edit *edit, dw_type_id id)
{
    struct dw_type *type = dw_types_change(editing->types, id);
    bool removes = strcmp(edit->change, "remove") == 0;
    if (is_move(edit->change) || word_after(edit->change, "add") != NULL)
        return wrong(edit, "only members move and are added", NULL);
    if (!removes && !find_given(editing, edit, edit->change))
        return false;
    const struct dw_type *given = dw_types_get(editing->types, edit->given);
    if (type->kind == DW_TYPEDEF && !removes)
        type->target = edit->given;
    else if (type->kind == DW_TYPEDEF)
        type->kind = DW_BASE;
    type->size = removes ? 0 : given->size;
    type->alignment = removes ? 0 : given->alignment;
    type->member_count = type->dimension_count = 0;
    editing->resized[id] = true;
    return true;
}

// A record behind a typedef is changed itself; a typedef of anything else is.
static dw_type_id subject(const struct dw_types *types, dw_type_id id)
{
    dw_type_id behind = dw_types_strip(types, id);
    const struct dw_type *type = dw_types_get(types, behind);
    return type != NULL && an__is_record(type) ? behind : id;
}

static bool apply_to(struct an__editing *editing, struct edit *edit, dw_type_id id)
{
    if (edit->path[0] == '\0')
        return change_type(editing, edit, id);
    if (!an__is_record(dw_types_get(editing->types, id)))
        return wrong(edit, "no struct or union:", edit->type);
    return change_member(editing, edit, id);
}

// All types of the name, as far as the member is there: a program may have several.
bool an__edit(struct an__editing *editing, const char *text, struct fault *fault)
{
    struct edit edit = {.text = text, .given = DW_NO_TYPE, .fault = fault};
    unsigned kinds = 0;
    if (!parse(&edit, editing->arena))
        return false;
    dw_type_id best = an__type_called(editing->old, edit.type);
    const char *name = an__strip_kind_word(edit.type, &kinds);
    if (best == DW_NO_TYPE)
        return no_type(&edit, editing->old, edit.type);
    best = subject(editing->old, best);
    if (!apply_to(editing, &edit, best))
        return false;
    struct fault ignored = {0};
    edit.fault = &ignored;
    VEC(dw_type_id) done = {0};
    vec_push(&done, best);
    for (dw_type_id id = 0; id < dw_types_count(editing->old) && done.count < SAME_NAME_MAX; id++) {
        if (!an__is_called(editing->old, id, name, kinds))
            continue;
        dw_type_id other = subject(editing->old, id);
        bool known = false;
        for (size_t i = 0; i < done.count; i++)
            known = known || done.items[i] == other;
        if (known)
            continue;
        vec_push(&done, other);
        apply_to(editing, &edit, other);
    }
    vec_free(&done);
    return true;
}
