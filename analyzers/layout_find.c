// SPDX-License-Identifier: MIT
//
// Questions over all types of a selection: who embeds a type, who points to it, which types end in a
// flexible array and where that is a risk, and a plain table of sizes. Each answer is a table.

#include <stdlib.h>

#include "analyzers/layout_private.h"

#define DEPTH_MAX  24
#define FOLDED_MAX 200     // bytes of a name that are compared without regard to case
#define ROWS_MAX   2000000 // of one table; a type graph of file data must not grow one without end

struct finder {
    struct an_layouts *layouts;
    struct an__types *facts;
    struct arena *arena;
    VEC(struct rep_row) rows;
    size_t columns;
    uint8_t *state; // by type id: see below
    struct buf path;
    const char *type_name;      // of the type the rows are about
    union rep_value nowhere[8]; // takes what is beyond ROWS_MAX
};

enum { UNKNOWN, NO, YES, TARGET };

static void finder_open(struct finder *finder, struct an_layouts *layouts, struct arena *arena,
                        size_t columns)
{
    *finder = (struct finder){.layouts = layouts, .facts = &layouts->facts};
    finder->arena = arena;
    finder->columns = columns;
    finder->state = mem_zalloc(finder->facts->count, sizeof *finder->state);
}

static union rep_value *add_row(struct finder *finder, const char *name)
{
    if (finder->rows.count >= ROWS_MAX)
        return finder->nowhere;
    struct rep_row row = {.name = name, .dimension = "type"};
    row.values = ARENA_ARRAY(finder->arena, finder->columns, union rep_value);
    vec_push(&finder->rows, row);
    return row.values;
}

static void finder_close(struct finder *finder, const char *title, const struct rep_column *columns,
                         struct rep_table *out)
{
    size_t count = finder->rows.count;
    *out = (struct rep_table){.name = "rows", .title = title, .names = "TYPE"};
    out->columns = columns;
    out->column_count = finder->columns;
    out->total.rows =
        arena_copy(finder->arena, finder->rows.items, count * sizeof *finder->rows.items);
    out->total.row_count = count;
    out->total.values = ARENA_ARRAY(finder->arena, finder->columns, union rep_value);
    for (size_t i = 0; i < finder->columns; i++)
        if (columns[i].unit == REP_TEXT)
            out->total.values[i].text = "";
    vec_free(&finder->rows);
    buf_free(&finder->path);
    free(finder->state);
}

// Marks what is called `name`, through typedefs.
static bool mark_targets(struct finder *finder, const char *name)
{
    bool any = false;
    for (dw_type_id id = 0; id < finder->facts->count; id++) {
        if (!an__layouts_matches(finder->layouts, id, name))
            continue;
        dw_type_id behind = dw_types_strip(finder->facts->types, id);
        if (behind < finder->facts->count)
            finder->state[behind] = TARGET;
        any = true;
    }
    return any;
}

static const char *shown_name(struct finder *finder, dw_type_id id)
{
    const struct dw_type *type = dw_types_get(finder->facts->types, id);
    if (type->scope[0] == '\0')
        return an__name(finder->facts, id);
    struct buf text = {0};
    dw_types_qualified(finder->facts->types, id, &text);
    const char *name = arena_text(finder->arena, slice_of(text.data, text.size));
    buf_free(&text);
    return name;
}

// Appends ".name" (or "name"), for anonymous members nothing; returns the size to go back to.
static size_t path_push(struct finder *finder, const struct dw_member *member, bool array)
{
    size_t old = finder->path.size;
    if (old != 0 && member->name[0] != '\0')
        buf_char(&finder->path, '.');
    buf_text(&finder->path, member->name);
    if (array)
        buf_text(&finder->path, "[]");
    return old;
}

static const char *path_text(struct finder *finder)
{
    return arena_text(finder->arena, slice_of(finder->path.data, finder->path.size));
}

// ----------------------------------------------------------------------- contains

static bool holds(struct finder *finder, dw_type_id id, unsigned depth)
{
    if (id >= finder->facts->count || depth > DEPTH_MAX || finder->state[id] == NO)
        return false;
    if (finder->state[id] != UNKNOWN)
        return true;
    const struct dw_type *type = dw_types_get(finder->facts->types, id);
    finder->state[id] = NO; // also ends a cycle
    bool any = false;
    for (uint32_t i = 0; i < type->member_count && !any; i++) {
        if (!an__is_laid_out(&type->members[i]))
            continue;
        dw_type_id inner = an__embedded(finder->facts->types, type->members[i].type, NULL);
        any = inner != DW_NO_TYPE && holds(finder, inner, depth + 1);
    }
    finder->state[id] = any ? YES : NO;
    return any;
}

static void add_holders(struct finder *finder, const struct dw_type *outer,
                        const struct dw_type *type, uint64_t base, uint64_t times, unsigned depth)
{
    if (depth >= DEPTH_MAX)
        return;
    for (uint32_t i = 0; i < type->member_count && finder->rows.count < ROWS_MAX; i++) {
        const struct dw_member *member = &type->members[i];
        uint64_t elements = 1, all;
        dw_type_id inner = an__embedded(finder->facts->types, member->type, &elements);
        if (!an__is_laid_out(member) || inner == DW_NO_TYPE || !holds(finder, inner, depth))
            continue;
        if (!mul_u64(times, elements, &all))
            all = 0;
        uint64_t offset = base + member->bit_offset / 8;
        size_t old = path_push(finder, member, elements != 1);
        if (finder->state[inner] == TARGET) {
            union rep_value *values = add_row(finder, finder->type_name);
            values[0].u = outer->size;
            values[1].u = offset;
            values[2].u = all;
            values[3].text = path_text(finder);
        } else {
            add_holders(finder, outer, dw_types_get(finder->facts->types, inner), offset, all,
                        depth + 1);
        }
        finder->path.size = old;
    }
}

bool an_contains(struct an_layouts *layouts, const char *name, struct arena *arena,
                 struct rep_table *out)
{
    static const struct rep_column columns[] = {{"size", "SIZE", REP_BYTES, false, false},
                                                {"offset", "OFFSET", REP_COUNT, false, false},
                                                {"times", "TIMES", REP_COUNT, false, false},
                                                {"member", "MEMBER", REP_TEXT, false, false}};
    struct finder finder;
    finder_open(&finder, layouts, arena, COUNT_OF(columns));
    bool known = mark_targets(&finder, name);
    for (size_t i = 0; i < an_layouts_count(layouts) && known; i++) {
        dw_type_id id = layouts->chosen.items[i];
        const struct dw_type *type = dw_types_get(finder.facts->types, id);
        if (!an__is_record(type) || finder.state[id] == TARGET || !holds(&finder, id, 0))
            continue;
        finder.type_name = shown_name(&finder, id);
        add_holders(&finder, type, type, 0, 1, 0);
    }
    finder_close(&finder, arena_printf(arena, "types that contain %s", name), columns, out);
    return known;
}

// ---------------------------------------------------------------------- points to

// Whether the type is a pointer (or an array of pointers, or a pointer to pointers) to a target.
static bool leads_to(struct finder *finder, dw_type_id id)
{
    bool pointed = false;
    for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
        id = dw_types_strip(finder->facts->types, id);
        const struct dw_type *type = dw_types_get(finder->facts->types, id);
        if (type == NULL)
            return false;
        if (finder->state[id] == TARGET)
            return pointed;
        bool pointer = type->kind == DW_POINTER || type->kind == DW_REFERENCE ||
                       type->kind == DW_RVALUE_REFERENCE;
        if (!pointer && type->kind != DW_ARRAY)
            return false;
        pointed |= pointer;
        id = type->target;
    }
    return false;
}

static void add_pointers(struct finder *finder, const struct dw_type *type, uint64_t base,
                         unsigned depth)
{
    for (uint32_t i = 0; i < type->member_count && depth < DEPTH_MAX; i++) {
        const struct dw_member *member = &type->members[i];
        if (!an__is_laid_out(member))
            continue;
        uint64_t offset = base + member->bit_offset / 8;
        size_t old = path_push(finder, member, false);
        dw_type_id inner = an__embedded(finder->facts->types, member->type, NULL);
        if (leads_to(finder, member->type)) {
            union rep_value *values = add_row(finder, finder->type_name);
            values[0].u = offset;
            values[1].text = path_text(finder);
            values[2].text = arena_text(
                finder->arena, slice_text(an__layouts_declare(finder->layouts, member->type, "")));
        } else if (inner != DW_NO_TYPE && an__name(finder->facts, inner)[0] == '\0') {
            add_pointers(finder, dw_types_get(finder->facts->types, inner), offset, depth + 1);
        }
        finder->path.size = old;
    }
}

bool an_points_to(struct an_layouts *layouts, const char *name, struct arena *arena,
                  struct rep_table *out)
{
    static const struct rep_column columns[] = {{"offset", "OFFSET", REP_COUNT, false, false},
                                                {"member", "MEMBER", REP_TEXT, false, false},
                                                {"type", "MEMBER'S TYPE", REP_TEXT, false, false}};
    struct finder finder;
    finder_open(&finder, layouts, arena, COUNT_OF(columns));
    bool known = mark_targets(&finder, name);
    for (size_t i = 0; i < an_layouts_count(layouts) && known; i++) {
        dw_type_id id = layouts->chosen.items[i];
        const struct dw_type *type = dw_types_get(finder.facts->types, id);
        if (!an__is_record(type))
            continue;
        finder.type_name = shown_name(&finder, id);
        add_pointers(&finder, type, 0, 0);
    }
    finder_close(&finder, arena_printf(arena, "members that point to %s", name), columns, out);
    return known;
}

// ---------------------------------------------------------------- flexible arrays

static bool is_last(const struct an__layout *layout, size_t at)
{
    for (size_t i = at + 1; i < layout->field_count; i++)
        if (layout->fields[i].bits != 0)
            return false;
    return true;
}

static const char *verdict(const struct an__layout *layout, size_t at, bool embedded,
                           uint64_t elements)
{
    if (embedded && elements != 1)
        return "in an array: elements would overlap what the flexible array holds";
    if (layout->type->kind == DW_UNION)
        return "ok, in a union";
    if (!is_last(layout, at))
        return "not last: overlaps the members after it";
    return embedded ? "ok, embedded at the end" : "ok, at the end";
}

static void audit(struct finder *finder, const struct an__layout *layout)
{
    const struct dw_types *types = finder->facts->types;
    for (size_t i = 0; i < layout->field_count; i++) {
        const struct an__field *field = &layout->fields[i];
        uint64_t elements = 1;
        bool single = !field->flexible && an__ends_single(types, layout, i);
        bool flexible = field->flexible || single;
        dw_type_id inner =
            flexible ? DW_NO_TYPE : an__embedded(types, field->member->type, &elements);
        const struct dw_type *record = dw_types_get(types, inner);
        bool embedded = record != NULL && an__ends_flexible(finder->facts, record);
        if (!flexible && !embedded)
            continue;
        const struct dw_type *array =
            dw_types_get(types, dw_types_strip(types, field->member->type));
        union rep_value *values = add_row(finder, finder->type_name);
        values[0].u = layout->type->size;
        values[1].u = field->start / 8;
        values[2].u = flexible ? dw_types_size(types, array->target) : record->size;
        const char *name = field->member->name;
        values[3].text =
            arena_text(finder->arena,
                       slice_text(an__layouts_declare(finder->layouts, field->member->type, name)));
        values[4].text =
            single ? "old style: one element at the end" : verdict(layout, i, embedded, elements);
    }
}

void an_flexible(struct an_layouts *layouts, struct arena *arena, struct rep_table *out)
{
    static const struct rep_column columns[] = {{"size", "SIZE", REP_BYTES, false, false},
                                                {"offset", "OFFSET", REP_COUNT, false, false},
                                                {"element", "ELEMENT", REP_BYTES, false, false},
                                                {"member", "MEMBER", REP_TEXT, false, false},
                                                {"verdict", "VERDICT", REP_TEXT, false, false}};
    struct finder finder;
    finder_open(&finder, layouts, arena, COUNT_OF(columns));
    for (size_t i = 0; i < an_layouts_count(layouts); i++) {
        dw_type_id id = layouts->chosen.items[i];
        const struct dw_type *type = dw_types_get(finder.facts->types, id);
        if (!an__is_record(type))
            continue;
        struct an__layout layout;
        an__measure(finder.facts, type, &layouts->scratch[0], &layout);
        finder.type_name = shown_name(&finder, id);
        audit(&finder, &layout);
    }
    finder_close(&finder, "flexible arrays", columns, out);
}

// -------------------------------------------------------------------------- sizes

void an_layouts_table(struct an_layouts *layouts, struct arena *arena, struct rep_table *out)
{
    static const struct rep_column columns[] = {{"size", "SIZE", REP_BYTES, false, false},
                                                {"members", "MEMBERS", REP_COUNT, false, false},
                                                {"holes", "HOLES", REP_COUNT, false, false},
                                                {"hole_bytes", "IN HOLES", REP_BYTES, false, false},
                                                {"padding", "AT THE TAIL", REP_BYTES, false, false},
                                                {"saving", "SAVING", REP_BYTES, false, false}};
    struct finder finder;
    struct arena *scratch = arena_new();
    bool reorder = layouts->options.reorder;
    finder_open(&finder, layouts, arena, COUNT_OF(columns) - !reorder);
    for (size_t i = 0; i < an_layouts_count(layouts); i++) {
        dw_type_id id = layouts->chosen.items[i];
        const struct dw_type *type = dw_types_get(finder.facts->types, id);
        struct an__layout layout = {.type = type};
        if (an__is_record(type))
            an__measure(finder.facts, type, &layouts->scratch[0], &layout);
        union rep_value *values = add_row(&finder, shown_name(&finder, id));
        values[0].u = type->size;
        values[1].u = layout.field_count;
        values[2].u = layout.byte_holes;
        values[3].u = layout.holes_size;
        values[4].u = layout.tail_bits / 8;
        if (reorder) {
            struct an__plan plan;
            arena_reset(scratch);
            an__reorder(finder.facts, &layout, scratch, &plan);
            values[5].u = plan.saving;
        }
    }
    arena_free(scratch);
    finder_close(&finder, NULL, columns, out);
}

// ------------------------------------------------------------------ nearest names

static struct slice folded(const char *text, size_t size, char *room)
{
    for (size_t i = 0; i < size; i++)
        room[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
    return slice_of(room, size);
}

// How far a name is from what was asked for; template arguments and upper case only count when the
// rest is the same.
static unsigned distance_to(struct slice wanted, const char *text, unsigned limit)
{
    char a[FOLDED_MAX], b[FOLDED_MAX];
    size_t size = strlen(text), plain = strcspn(text, "<");
    bool templates = plain != 0 && memchr(wanted.data, '<', wanted.size) == NULL;
    if (templates)
        size = plain;
    if (size == wanted.size && size <= FOLDED_MAX) {
        struct slice x = folded((const char *)wanted.data, size, a), y = folded(text, size, b);
        if (memcmp(x.data, y.data, size) == 0)
            return text[size] == '\0' && memcmp(wanted.data, text, size) == 0 ? 0 : 1;
    }
    return text_distance(wanted, slice_of(text, size), limit);
}

void an_nearest_offer(struct an_nearest *nearest, const char *text)
{
    unsigned limit = (unsigned)MAX(nearest->wanted.size / 3, (size_t)2);
    size_t at = nearest->count;
    if (at == COUNT_OF(nearest->text))
        limit = MIN(limit, nearest->distance[at - 1]);
    unsigned distance = distance_to(nearest->wanted, text, limit);
    if (distance > limit)
        return;
    for (size_t i = 0; i < nearest->count; i++)
        if (strcmp(nearest->text[i], text) == 0)
            return;
    if (at == COUNT_OF(nearest->text)) {
        if (distance >= nearest->distance[at - 1])
            return;
        at--;
    } else {
        nearest->count++;
    }
    for (; at > 0 && nearest->distance[at - 1] > distance; at--) {
        nearest->distance[at] = nearest->distance[at - 1];
        nearest->text[at] = nearest->text[at - 1];
    }
    nearest->distance[at] = distance;
    nearest->text[at] = text;
}

static bool is_named(const struct dw_type *type)
{
    bool listed = an__is_record(type) || type->kind == DW_ENUM || type->kind == DW_TYPEDEF;
    return listed && type->name[0] != '\0';
}

bool an_only_declared(const struct dw_types *types, const char *name)
{
    unsigned kinds;
    struct buf text = {0};
    bool declared = false, defined = false;
    name = an__strip_kind_word(name, &kinds);
    for (dw_type_id id = 0; id < dw_types_count(types) && !defined; id++) {
        const struct dw_type *type = dw_types_get(types, id);
        if (!is_named(type))
            continue;
        text.size = 0;
        dw_types_qualified(types, id, &text);
        if (strcmp(type->name, name) != 0 && !slice_is(slice_of(text.data, text.size), name))
            continue;
        defined = !type->declaration;
        declared = true;
    }
    buf_free(&text);
    return declared && !defined;
}

void an_nearest_list(const struct an_nearest *nearest, struct buf *out)
{
    for (size_t i = 0; i < nearest->count; i++)
        buf_printf(out, "%s%s", i ? ", " : "; the nearest: ", nearest->text[i]);
    buf_char(out, '\0');
}

size_t an_nearest_types(const struct dw_types *types, const char *name, const char **out,
                        size_t max)
{
    const char *space = strrchr(name, ' ');
    struct an_nearest nearest = {.wanted = slice_text(space ? space + 1 : name)};
    for (dw_type_id id = 0; id < dw_types_count(types); id++) {
        const struct dw_type *type = dw_types_get(types, id);
        if (is_named(type) && !type->declaration)
            an_nearest_offer(&nearest, type->name);
    }
    size_t count = MIN(nearest.count, max);
    memcpy(out, nearest.text, count * sizeof *out);
    return count;
}
