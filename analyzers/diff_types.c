// SPDX-License-Identifier: MIT
//
// What changed between the types of two builds.
//
// A type is copied as numbers: its members as (name, type, offset, size) with interned texts, so
// that two builds compare without looking at text. Types of one kind and name are matched in order;
// where a build has several of one name, equal ones first. What is left may have been renamed: moved
// to another namespace with its size, or called otherwise with the same members at the same places.
// Such a pair is one only where neither side has a second candidate.

#include <inttypes.h>
#include <stdlib.h>

#include "analyzers/analyzers.h"

#define NO_TYPE UINT32_MAX

struct small_member {
    name_id name, type;
    uint64_t offset, size; // bits
};

struct small_type {
    name_id name; // "struct ns::name"
    uint64_t size;
    size_t first, count; // in side.members
    uint32_t match;
    uint32_t next; // of the same name
};

struct side {
    VEC(struct small_type) types;
    VEC(struct small_member) members;
    VEC(uint32_t) first; // by name
};

struct differ {
    struct names *names;
    struct side sides[2];
    struct arena *arena;
    VEC(struct rep_row) rows;
    VEC(struct rep_row) members; // of the row being made
};

enum { OLD_SIZE, NEW_SIZE, DELTA, REMARK, COLUMNS };

// ------------------------------------------------------------------------- reading

static void copy_type(struct differ *differ, struct side *side, const struct rep_type *from)
{
    struct buf text = {0};
    buf_printf(&text, "%s %s", from->kind,
               from->name[0] || !from->alias ? from->name : from->alias);
    struct small_type type = {.size = from->size, .first = side->members.count, .match = NO_TYPE};
    type.name = names_intern(differ->names, slice_of(text.data, text.size));
    buf_free(&text);
    for (size_t i = 0; i < from->member_count; i++) {
        const struct rep_member *member = &from->members[i];
        if (member->is_static)
            continue;
        struct small_member small = {names_intern_text(differ->names, member->name),
                                     names_intern_text(differ->names, member->type),
                                     member->bit_offset, member->bit_size};
        vec_push(&side->members, small);
    }
    type.count = side->members.count - type.first;
    vec_push(&side->types, type);
}

static void read_side(struct differ *differ, struct side *side, struct an_layouts *layouts)
{
    struct rep_type type;
    an_layouts_rewind(layouts);
    while (an_layouts_next(layouts, &type))
        copy_type(differ, side, &type);
}

// Chains the types of each name in order.
static void index_side(struct side *side, size_t names)
{
    while (side->first.count < names)
        vec_push(&side->first, NO_TYPE);
    for (size_t i = side->types.count; i-- > 0;) {
        struct small_type *type = &side->types.items[i];
        type->next = side->first.items[type->name];
        side->first.items[type->name] = (uint32_t)i;
    }
}

// ------------------------------------------------------------------------ matching

static const struct small_member *members_of(const struct differ *differ, unsigned side,
                                             const struct small_type *type)
{
    return type->count ? differ->sides[side].members.items + type->first : NULL;
}

static bool is_equal(const struct differ *differ, const struct small_type *a,
                     const struct small_type *b)
{
    if (a->size != b->size || a->count != b->count)
        return false;
    const struct small_member *x = members_of(differ, 0, a), *y = members_of(differ, 1, b);
    for (size_t i = 0; i < a->count; i++)
        if (x[i].name != y[i].name || x[i].type != y[i].type || x[i].offset != y[i].offset ||
            x[i].size != y[i].size)
            return false;
    return true;
}

static void match_types(struct differ *differ, bool equal_only)
{
    struct side *old_side = &differ->sides[0], *new_side = &differ->sides[1];
    for (uint32_t i = 0; i < new_side->types.count; i++) {
        struct small_type *after = &new_side->types.items[i];
        if (after->match != NO_TYPE)
            continue;
        for (uint32_t at = old_side->first.items[after->name]; at != NO_TYPE;
             at = old_side->types.items[at].next) {
            struct small_type *before = &old_side->types.items[at];
            if (before->match != NO_TYPE || (equal_only && !is_equal(differ, before, after)))
                continue;
            before->match = i;
            after->match = at;
            break;
        }
    }
}

// ------------------------------------------------------------------------- renames

typedef uint64_t rename_key(const struct differ *differ, unsigned side,
                            const struct small_type *type);

// Kind, last part of the name, and size; 0: none.
static uint64_t short_name_key(const struct differ *differ, unsigned side,
                               const struct small_type *type)
{
    const char *name = names_text(differ->names, type->name), *last = name;
    const char *kind_end = strchr(name, ' ');
    (void)side;
    for (const char *at = name; *at != '\0' && *at != '<'; at++)
        if (*at == ':' || *at == ' ')
            last = at + 1;
    if (kind_end == NULL || *last == '\0' || *last == '{')
        return 0;
    uint64_t hash = hash_bytes(name, (size_t)(kind_end - name), type->size);
    return hash_bytes(last, strlen(last), hash) | 1;
}

#define RENAME_MEMBERS 2 // fewer say nothing: many types have one int

static uint64_t shape_key(const struct differ *differ, unsigned side, const struct small_type *type)
{
    const struct small_member *members = members_of(differ, side, type);
    uint64_t hash = type->size;
    if (type->count < RENAME_MEMBERS)
        return 0;
    for (size_t i = 0; i < type->count; i++)
        hash =
            hash_mix(hash_mix(hash_mix(hash, members[i].name), members[i].offset), members[i].size);
    return hash | 1;
}

typedef VEC(struct keyed) keyed_list;

static void list_unmatched(const struct differ *differ, unsigned side, rename_key *key_of,
                           keyed_list *list)
{
    const struct side *from = &differ->sides[side];
    for (size_t i = 0; i < from->types.count; i++) {
        const struct small_type *type = &from->types.items[i];
        uint64_t key = type->match == NO_TYPE ? key_of(differ, side, type) : 0;
        if (key != 0)
            vec_push(list, ((struct keyed){key, i}));
    }
    struct keyed *scratch = mem_alloc(list->count * sizeof *scratch);
    sort_keyed(list->items, scratch, list->count);
    free(scratch);
}

static bool is_single(const keyed_list *list, size_t at, uint64_t key)
{
    return at < list->count && list->items[at].key == key &&
           (at + 1 == list->count || list->items[at + 1].key != key);
}

static void match_renamed(struct differ *differ, rename_key *key_of)
{
    keyed_list before = {0}, after = {0};
    list_unmatched(differ, 0, key_of, &before);
    list_unmatched(differ, 1, key_of, &after);
    for (size_t i = 0; i < after.count; i++) {
        uint64_t key = after.items[i].key;
        bool first = i == 0 || after.items[i - 1].key != key;
        size_t at = keyed_first(before.items, before.count, key);
        if (!first || !is_single(&after, i, key) || !is_single(&before, at, key))
            continue;
        uint32_t old_index = (uint32_t)before.items[at].value;
        uint32_t new_index = (uint32_t)after.items[i].value;
        differ->sides[0].types.items[old_index].match = new_index;
        differ->sides[1].types.items[new_index].match = old_index;
    }
    vec_free(&before);
    vec_free(&after);
}

// ----------------------------------------------------------------------------- rows

static void add_member(struct differ *differ, const struct small_member *member, const char *change)
{
    const char *name = names_text(differ->names, member->name);
    struct rep_row row = {.name = name[0] ? name : "(anonymous)", .dimension = "member"};
    row.values = ARENA_ARRAY(differ->arena, COLUMNS, union rep_value);
    row.values[OLD_SIZE].u = row.values[NEW_SIZE].u = row.values[DELTA].u = REP_NONE;
    row.values[REMARK].text = change;
    vec_push(&differ->members, row);
}

static const char *offset_text(struct differ *differ, uint64_t bits)
{
    if (bits % 8 == 0)
        return arena_printf(differ->arena, "%" PRIu64, bits / 8);
    return arena_printf(differ->arena, "%" PRIu64 ":%u", bits / 8, (unsigned)(bits % 8));
}

static void compare_members(struct differ *differ, const struct small_member *before,
                            const struct small_member *after)
{
    struct buf text = {0};
    unsigned unit = before->size % 8 == 0 && after->size % 8 == 0 ? 8 : 1;
    if (before->offset != after->offset)
        buf_printf(&text, "moved %s -> %s", offset_text(differ, before->offset),
                   offset_text(differ, after->offset));
    if (before->type != after->type)
        buf_printf(&text, "%s%s -> %s", text.size ? ", " : "",
                   names_text(differ->names, before->type), names_text(differ->names, after->type));
    else if (before->size != after->size)
        buf_printf(&text, "%s%" PRIu64 " -> %" PRIu64 " %s", text.size ? ", " : "",
                   before->size / unit, after->size / unit, unit == 8 ? "bytes" : "bits");
    if (text.size != 0)
        add_member(differ, after, arena_text(differ->arena, slice_of(text.data, text.size)));
    buf_free(&text);
}

// The member of that name among [0, count), tried from `hint` on, since order rarely changes.
static size_t find_member(const struct small_member *members, size_t count, name_id name,
                          size_t hint)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = (hint + i) % count;
        if (members[at].name == name)
            return at;
    }
    return count;
}

#define MEMBERS_COMPARED 5000 // a type of more is compared by size alone: the search is quadratic

static void list_members(struct differ *differ, const struct small_type *before,
                         const struct small_type *after)
{
    const struct small_member *x = members_of(differ, 0, before), *y = members_of(differ, 1, after);
    if (before->count > MEMBERS_COMPARED || after->count > MEMBERS_COMPARED)
        return;
    size_t hint = 0;
    for (size_t i = 0; i < after->count; i++) {
        size_t at = find_member(x, before->count, y[i].name, hint);
        if (at == before->count) {
            add_member(differ, &y[i],
                       arena_printf(differ->arena, "new at %s", offset_text(differ, y[i].offset)));
            continue;
        }
        compare_members(differ, &x[at], &y[i]);
        hint = at + 1;
    }
    for (size_t i = 0; i < before->count; i++)
        if (find_member(y, after->count, x[i].name, i) == after->count)
            add_member(
                differ, &x[i],
                arena_printf(differ->arena, "gone from %s", offset_text(differ, x[i].offset)));
}

static void add_type(struct differ *differ, const struct small_type *before,
                     const struct small_type *after)
{
    const struct small_type *named = after ? after : before;
    struct rep_row row = {.name = names_text(differ->names, named->name), .dimension = "type"};
    row.values = ARENA_ARRAY(differ->arena, COLUMNS, union rep_value);
    row.values[OLD_SIZE].u = before ? before->size : REP_NONE;
    row.values[NEW_SIZE].u = after ? after->size : REP_NONE;
    row.values[DELTA].u = before && after ? after->size - before->size : REP_NONE;
    row.values[REMARK].text = !before ? "new" : !after ? "gone" : "";
    if (before != NULL && after != NULL && before->name != after->name)
        row.values[REMARK].text =
            arena_printf(differ->arena, "was %s", names_text(differ->names, before->name));
    differ->members.count = 0;
    if (before != NULL && after != NULL)
        list_members(differ, before, after);
    row.row_count = differ->members.count;
    row.rows = arena_copy(differ->arena, differ->members.items,
                          row.row_count * sizeof *differ->members.items);
    vec_push(&differ->rows, row);
}

static bool is_shown(const struct differ *differ, const struct an_diff_options *options,
                     const struct small_type *before, const struct small_type *after)
{
    if (options->all || before == NULL || after == NULL || before->name != after->name)
        return true;
    uint64_t change =
        before->size > after->size ? before->size - after->size : after->size - before->size;
    return !is_equal(differ, before, after) && change >= options->min_change;
}

static void add_types(struct differ *differ, const struct an_diff_options *options)
{
    const struct side *old_side = &differ->sides[0], *new_side = &differ->sides[1];
    for (size_t i = 0; i < new_side->types.count; i++) {
        const struct small_type *after = &new_side->types.items[i];
        const struct small_type *before =
            after->match == NO_TYPE ? NULL : &old_side->types.items[after->match];
        if (is_shown(differ, options, before, after))
            add_type(differ, before, after);
    }
    for (size_t i = 0; i < old_side->types.count; i++)
        if (old_side->types.items[i].match == NO_TYPE)
            add_type(differ, &old_side->types.items[i], NULL);
}

static uint64_t change_of(const struct rep_row *row)
{
    if (row->values[DELTA].u == REP_NONE)
        return 0;
    int64_t delta = row->values[DELTA].i;
    return delta < 0 ? -(uint64_t)delta : (uint64_t)delta;
}

// The largest change of size first; then what changed inside, then what came and went.
static int compare_types(const void *left, const void *right)
{
    const struct rep_row *a = left, *b = right;
    uint64_t change_a = change_of(a), change_b = change_of(b);
    if (change_a != change_b)
        return change_a > change_b ? -1 : 1;
    bool alone_a = a->values[REMARK].text[0] != '\0', alone_b = b->values[REMARK].text[0] != '\0';
    if (alone_a != alone_b)
        return alone_a ? 1 : -1;
    return strcmp(a->name, b->name);
}

// The rows as a table that outlives the differ's names.
static void make_table(struct differ *differ, struct rep_table *out)
{
    struct arena *arena = differ->arena;
    size_t count = differ->rows.count;
    out->total.values = ARENA_ARRAY(arena, COLUMNS, union rep_value);
    out->total.rows = arena_copy(arena, differ->rows.items, count * sizeof *differ->rows.items);
    out->total.row_count = count;
    for (size_t i = 0; i < count; i++) {
        struct rep_row *row = &out->total.rows[i];
        row->name = arena_text(arena, slice_text(row->name));
        for (size_t m = 0; m < row->row_count; m++)
            row->rows[m].name = arena_text(arena, slice_text(row->rows[m].name));
    }
}

static void differ_free(struct differ *differ)
{
    vec_free(&differ->rows);
    vec_free(&differ->members);
    for (unsigned side = 0; side < 2; side++) {
        vec_free(&differ->sides[side].types);
        vec_free(&differ->sides[side].members);
        vec_free(&differ->sides[side].first);
    }
    names_free(differ->names);
}

void an_diff_types(struct an_layouts *old_types, struct an_layouts *new_types,
                   const struct an_diff_options *options, struct arena *arena,
                   struct rep_table *out)
{
    static const struct rep_column columns[COLUMNS] = {
        [OLD_SIZE] = {"old", "OLD", REP_BYTES, false, false},
        [NEW_SIZE] = {"new", "NEW", REP_BYTES, false, false},
        [DELTA] = {"delta", "CHANGE", REP_DELTA, false, false},
        [REMARK] = {"remark", "", REP_TEXT, false, false}};
    struct differ differ = {.names = names_new(), .arena = arena};
    read_side(&differ, &differ.sides[0], old_types);
    read_side(&differ, &differ.sides[1], new_types);
    index_side(&differ.sides[0], names_count(differ.names));
    match_types(&differ, true);
    match_types(&differ, false);
    match_renamed(&differ, short_name_key);
    match_renamed(&differ, shape_key);
    add_types(&differ, options);
    if (differ.rows.count > 1)
        qsort(differ.rows.items, differ.rows.count, sizeof *differ.rows.items, compare_types);
    *out = (struct rep_table){
        .name = "rows", .names = "TYPE", .columns = columns, .column_count = COLUMNS};
    make_table(&differ, out);
    rep_trim(arena, out, options->keep);
    differ_free(&differ);
}
