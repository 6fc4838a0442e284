// SPDX-License-Identifier: MIT
//
// Layouts that look like C, with what C does not say in comments:
//
//   struct PyListObject {                  // 40 bytes, listobject.h:5
//       PyVarObject        ob_base;        //     0    24      offset and size, in bytes
//       PyObject         **ob_item;        //    24     8      stars hang before the name
//       Py_ssize_t         allocated;      //    32     8
//       // XXX 4 bytes hole
//       // --- cache line 1 at 64 ---
//       unsigned int       state : 2;      //    64:0   4      byte:bit, size of the declared type
//   };  // size 72, alignment 8, members 4 (65 bytes), holes 1 (4 bytes), tail padding 3
//
// Two passes over the members of one type: `plan` splits every declaration around its name and
// finds the columns, `put_*` write. A declaration much longer than the others does not push them
// all to the right; it pushes only its own comment. A million members pass through here: no printf,
// and each text is looked at twice at most.

#include <stdlib.h>

#include "reports/private.h"

#define INDENT       4
#define NAME_MAX_COL 36 // names line up unless their type is longer
#define NOTE_MAX_COL 84 // comments line up unless their line is longer
#define UNITS_SHOWN  4
#define STATIC_WORD  "static "
#define HOLE_COLOUR  "\x1b[33m"
#define NORMAL       "\x1b[0m"

enum shape { PLAIN, STATIC, OPENS, BASE, VTABLE };

// One member, split: "PyObject" [left]  "**" [hang]  "ob_item" [name and what follows].
struct line {
    const char *left, *right; // right starts with the hang
    uint32_t left_size, right_size;
    uint32_t left_width, hang, right_width;
    enum shape shape;
};

struct layouts {
    struct rep__out *out;
    VEC(struct line) lines;
    VEC(uint32_t) open; // expanded members whose own members are being written
    size_t name_col;    // of the name, after the indentation
    size_t note_col;    // of the comment
    size_t digits;      // of an offset or size
    bool bits;          // some offset has a bit number
    uint64_t end_bit;   // where the members written so far end
    uint64_t next_line; // the cache line boundary that was not yet passed, in bytes
};

// ---------------------------------------------------------------------------- plan

static bool is_hang(char c)
{
    return c == '*' || c == '&' || c == '(';
}

// Where the name stands in the declaration: both spellings agree up to it. NULL when it does not.
static const char *find_name(const struct rep_member *member, size_t name_size)
{
    const char *declared = member->declaration, *type = member->type;
    while (*declared != '\0' && *declared == *type)
        declared++, type++;
    while (*declared == ' ')
        declared++;
    return name_size != 0 && strncmp(declared, member->name, name_size) == 0 ? declared : NULL;
}

static void split(const struct rep_member *member, struct line *line)
{
    const char *start = member->declaration;
    size_t size = strlen(start);
    const char *name = find_name(member, strlen(member->name));
    const char *right = name ? name : start;
    while (right > start && is_hang(right[-1]))
        right--;
    size_t left = (size_t)(right - start);
    while (left != 0 && start[left - 1] == ' ')
        left--;
    line->left = start;
    line->left_size = (uint32_t)left;
    line->left_width = (uint32_t)rep__width_n(start, left);
    line->right = right;
    line->hang = (uint32_t)((name ? name : start) - right);
    line->right_size = (uint32_t)(size - (size_t)(right - start));
    line->right_width = (uint32_t)rep__width_n(right, line->right_size);
}

static enum shape shape_of(const struct rep_member *member)
{
    if (member->inherited)
        return BASE;
    if (member->vtable_pointer)
        return VTABLE;
    if (member->expanded != NULL)
        return OPENS;
    return member->is_static ? STATIC : PLAIN;
}

// The tag in "struct list_head [2]" or "ns::list<int>"; empty for anonymous types.
static struct slice tag_of(const struct rep_member *member)
{
    const char *type = member->type, *word = member->expanded ? member->expanded : "";
    size_t size = strlen(word);
    if (strncmp(type, word, size) == 0 && (type[size] == ' ' || type[size] == '\0'))
        type += size;
    while (*type == ' ')
        type++;
    if (strchr("{(<[", *type) != NULL)
        return slice_of(type, 0);
    size = strlen(type);
    if (size != 0 && type[size - 1] == ']') // its dimensions belong behind the closing brace
        size = (size_t)(strchr(type, '[') - type);
    while (size != 0 && type[size - 1] == ' ')
        size--;
    return slice_of(type, size);
}

// Columns between the type and the name, when the name stands in its column.
static size_t gap(const struct layouts *layouts, const struct line *line)
{
    size_t least = line->left_size ? 1 : 0;
    size_t used = line->left_width + line->hang;
    return line->left_size && used + least < layouts->name_col ? layouts->name_col - used : least;
}

static size_t line_width(const struct layouts *layouts, const struct rep_member *member,
                         const struct line *line)
{
    struct slice tag;
    switch (line->shape) {
    case OPENS:
        tag = tag_of(member);
        return strlen(member->expanded) + 2 + (tag.size ? 1 : 0) +
               rep__width_n((const char *)tag.data, tag.size);
    case BASE:
        return strlen("// base ") + rep__width_n(member->type, strlen(member->type));
    case VTABLE:
        return strlen("// vtable pointer");
    default:
        break;
    }
    size_t width = line->left_width + gap(layouts, line) + line->right_width + 1;
    return member->bit_field ? width + 3 + rep__digits(member->bit_size) : width;
}

static void plan_names(struct layouts *layouts, const struct rep_type *type)
{
    layouts->name_col = 0;
    for (size_t i = 0; i < type->member_count; i++) {
        struct line *line = &layouts->lines.items[i];
        line->shape = shape_of(&type->members[i]);
        split(&type->members[i], line);
        if (line->shape == STATIC)
            line->left_width += (uint32_t)strlen(STATIC_WORD);
        size_t column = line->left_width + 1 + line->hang;
        bool named = line->left_size != 0 && (line->shape == PLAIN || line->shape == STATIC);
        if (named && column <= NAME_MAX_COL)
            layouts->name_col = MAX(layouts->name_col, column);
    }
}

static void plan(struct layouts *layouts, const struct rep_type *type, size_t head_width)
{
    vec_reserve(&layouts->lines, type->member_count);
    plan_names(layouts, type);
    uint64_t largest = MAX(type->size, 1000); // four digits at least
    layouts->bits = false;
    layouts->note_col = MIN(head_width, NOTE_MAX_COL);
    for (size_t i = 0; i < type->member_count; i++) {
        const struct rep_member *member = &type->members[i];
        size_t end =
            (member->depth + 1) * INDENT + line_width(layouts, member, &layouts->lines.items[i]);
        if (end <= NOTE_MAX_COL)
            layouts->note_col = MAX(layouts->note_col, end);
        layouts->bits |= member->bit_field || member->bit_offset % 8 != 0;
        largest = MAX(largest, MAX(member->bit_offset, member->bit_size) / 8);
    }
    layouts->note_col += 2;
    layouts->digits = rep__digits(largest);
}

// ---------------------------------------------------------------------- line by line

// Closes a line that is `width` columns long with the start of its comment.
static void put_note(const struct layouts *layouts, size_t width, const char *start)
{
    struct buf *buf = &layouts->out->buf;
    rep__pad(buf, width + 2 <= layouts->note_col ? layouts->note_col - width : 2);
    buf_text(buf, start);
}

static void put_place(const struct layouts *layouts, const struct rep_member *member)
{
    struct buf *buf = &layouts->out->buf;
    bool bits = member->bit_field || member->bit_offset % 8 != 0;
    uint64_t size = member->bit_field ? member->storage_size : member->bit_size / 8;
    rep__u64_right(buf, member->bit_offset / 8, layouts->digits + 1);
    if (bits) {
        buf_char(buf, ':');
        buf_char(buf, (char)('0' + member->bit_offset % 8));
    }
    if (member->bit_field && size == 0)
        return;
    rep__pad(buf, layouts->bits && !bits ? 3 : 1);
    rep__u64_right(buf, size, layouts->digits + 1);
    if (member->flexible)
        buf_text(buf, "  flexible");
}

static void put_declaration(const struct layouts *layouts, const struct rep_member *member,
                            const struct line *line)
{
    struct buf *buf = &layouts->out->buf;
    if (line->shape == STATIC)
        buf_text(buf, STATIC_WORD);
    rep__escape_n(buf, line->left, line->left_size);
    rep__pad(buf, gap(layouts, line));
    rep__escape_n(buf, line->right, line->right_size);
    if (member->bit_field) {
        buf_text(buf, " : ");
        buf_u64(buf, member->bit_size);
    }
    buf_char(buf, ';');
}

static void put_opening(const struct layouts *layouts, const struct rep_member *member)
{
    struct buf *buf = &layouts->out->buf;
    struct slice tag = tag_of(member);
    buf_text(buf, member->expanded);
    buf_char(buf, ' ');
    if (tag.size != 0) {
        rep__escape_n(buf, (const char *)tag.data, tag.size);
        buf_char(buf, ' ');
    }
    buf_char(buf, '{');
}

static void put_member(struct layouts *layouts, const struct rep_member *member,
                       const struct line *line)
{
    struct buf *buf = &layouts->out->buf;
    size_t indent = (member->depth + 1) * INDENT;
    rep__pad(buf, indent);
    if (line->shape == OPENS) {
        put_opening(layouts, member);
    } else if (line->shape == BASE) {
        buf_text(buf, "// base ");
        rep__escape(buf, member->type);
    } else if (line->shape == VTABLE) {
        buf_text(buf, "// vtable pointer");
    } else {
        put_declaration(layouts, member, line);
    }
    if (line->shape != STATIC) {
        bool comment = line->shape == BASE || line->shape == VTABLE;
        put_note(layouts, indent + line_width(layouts, member, line), comment ? "  " : "//");
        put_place(layouts, member);
    }
    buf_char(buf, '\n');
}

// Closes the expanded aggregates that are open deeper than `depth`.
static void put_closings(struct layouts *layouts, const struct rep_type *type, size_t depth)
{
    struct buf *buf = &layouts->out->buf;
    while (layouts->open.count > depth) {
        uint32_t index = layouts->open.items[--layouts->open.count];
        const struct rep_member *member = &type->members[index];
        const struct line *line = &layouts->lines.items[index];
        if (line->shape != OPENS)
            continue; // the members of a base need no braces
        rep__pad(buf, (member->depth + 1) * INDENT);
        buf_char(buf, '}');
        if (member->name[0] != '\0') {
            buf_char(buf, ' ');
            rep__escape_n(buf, line->right, line->right_size);
        }
        buf_text(buf, ";\n");
    }
}

static void put_count(struct buf *buf, uint64_t count, const char *one, const char *many)
{
    buf_u64(buf, count);
    buf_text(buf, count == 1 ? one : many);
}

static void put_hole(const struct layouts *layouts, const struct rep_hole *hole, size_t depth)
{
    struct buf *buf = &layouts->out->buf;
    bool colour = layouts->out->style->colour;
    rep__pad(buf, (depth + 1) * INDENT);
    buf_text(buf, colour ? HOLE_COLOUR "// XXX " : "// XXX ");
    if (hole->bit_offset % 8 == 0 && hole->bit_size % 8 == 0)
        put_count(buf, hole->bit_size / 8, " byte hole", " bytes hole");
    else
        put_count(buf, hole->bit_size, " bit hole", " bits hole");
    buf_text(buf, colour ? NORMAL "\n" : "\n");
}

// Marks the last cache line boundary at or before the member, when it was not marked yet.
static void put_cacheline(struct layouts *layouts, const struct rep_type *type,
                          const struct rep_member *member)
{
    uint64_t offset = member->bit_offset / 8;
    if (type->cacheline == 0 || member->is_static || offset < layouts->next_line)
        return;
    struct buf *buf = &layouts->out->buf;
    uint64_t line = offset / type->cacheline, boundary = line * type->cacheline;
    rep__pad(buf, (member->depth + 1) * INDENT);
    buf_text(buf, "// --- cache line ");
    buf_u64(buf, line);
    buf_text(buf, " at ");
    buf_u64(buf, boundary);
    if (boundary < offset && boundary * 8 < layouts->end_bit) {
        buf_text(buf, ", ");
        put_count(buf, offset - boundary, " byte ago", " bytes ago");
    }
    buf_text(buf, " ---\n");
    layouts->next_line =
        boundary > UINT64_MAX - type->cacheline ? UINT64_MAX : boundary + type->cacheline;
}

// ------------------------------------------------------------------- structs, unions

static void put_members(struct layouts *layouts, const struct rep_type *type)
{
    size_t hole = 0;
    layouts->end_bit = 0;
    layouts->next_line = type->cacheline;
    for (uint32_t i = 0; i < type->member_count; i++) {
        const struct rep_member *member = &type->members[i];
        put_closings(layouts, type, member->depth);
        for (; hole < type->hole_count && type->holes[hole].before_member <= i; hole++)
            put_hole(layouts, &type->holes[hole], member->depth);
        put_cacheline(layouts, type, member);
        put_member(layouts, member, &layouts->lines.items[i]);
        if (member->expanded != NULL) {
            ASSERT(layouts->open.count == member->depth);
            vec_push(&layouts->open, i);
        } else if (!member->is_static) {
            layouts->end_bit = MAX(layouts->end_bit, member->bit_offset + member->bit_size);
        }
    }
    put_closings(layouts, type, 0);
    for (; hole < type->hole_count; hole++)
        put_hole(layouts, &type->holes[hole], 0);
}

static void put_sum(struct buf *buf, const struct rep_type *type)
{
    bool is_union = strcmp(type->kind, "union") == 0;
    buf_text(buf, ", members ");
    buf_u64(buf, type->member_total);
    if (!is_union) {
        buf_text(buf, " (");
        put_count(buf, type->members_size, " byte), holes ", " bytes), holes ");
        buf_u64(buf, type->hole_total);
        buf_text(buf, " (");
        put_count(buf, type->holes_size, " byte)", " bytes)");
    }
    if (type->bit_hole_total != 0) {
        buf_text(buf, ", bit holes ");
        buf_u64(buf, type->bit_hole_total);
    }
    buf_text(buf, ", tail padding ");
    buf_u64(buf, type->tail_padding);
    if (type->tail_padding_bits != 0) {
        buf_text(buf, " and ");
        put_count(buf, type->tail_padding_bits, " bit", " bits");
    }
}

// "struct foo {" or, when only a typedef names it, "typedef struct {". Returns its width.
static size_t put_head(struct buf *buf, const struct rep_type *type)
{
    size_t start = buf->size;
    if (type->name[0] == '\0' && type->alias != NULL)
        buf_text(buf, "typedef ");
    buf_text(buf, type->kind);
    buf_char(buf, ' ');
    size_t width = buf->size - start;
    if (type->name[0] != '\0') {
        size_t size = strlen(type->name);
        rep__escape_n(buf, type->name, size);
        width += rep__width_n(type->name, size) + 1;
        buf_char(buf, ' ');
    }
    buf_char(buf, '{');
    return width + 1;
}

static void put_head_note(const struct layouts *layouts, const struct rep_type *type, size_t width)
{
    struct buf *buf = &layouts->out->buf;
    put_note(layouts, width, "// ");
    put_count(buf, type->size, " byte", " bytes");
    if (type->target != NULL) {
        buf_text(buf, ", ");
        rep__escape(buf, type->target);
    }
    if (type->declared != NULL) {
        buf_text(buf, ", ");
        rep__escape(buf, type->declared);
    }
    buf_char(buf, '\n');
}

static void put_tail(struct buf *buf, const struct rep_type *type)
{
    buf_char(buf, '}');
    if (type->name[0] == '\0' && type->alias != NULL) {
        buf_char(buf, ' ');
        rep__escape(buf, type->alias);
    }
    buf_text(buf, ";  // size ");
    buf_u64(buf, type->size);
}

static void put_record(struct layouts *layouts, const struct rep_type *type)
{
    struct buf *buf = &layouts->out->buf;
    size_t width = put_head(buf, type);
    plan(layouts, type, width);
    put_head_note(layouts, type, width);
    put_members(layouts, type);
    put_tail(buf, type);
    if (type->alignment != 0) {
        buf_text(buf, ", alignment ");
        buf_u64(buf, type->alignment);
    }
    put_sum(buf, type);
    buf_char(buf, '\n');
}

// ------------------------------------------------------------------ enums, typedefs

static void put_enumerator(struct buf *buf, const struct rep_enumerator *value, size_t width)
{
    size_t size = strlen(value->name), shown = rep__width_n(value->name, size);
    rep__pad(buf, INDENT);
    rep__escape_n(buf, value->name, size);
    rep__pad(buf, width > shown ? width - shown : 0);
    buf_text(buf, " = ");
    enum rep_unit unit = value->is_unsigned ? REP_COUNT : REP_DELTA;
    rep__plain_value(buf, unit, (union rep_value){.i = value->value});
    buf_text(buf, ",\n");
}

static void put_enum(struct layouts *layouts, const struct rep_type *type)
{
    struct buf *buf = &layouts->out->buf;
    size_t width = put_head(buf, type), longest = 0;
    layouts->note_col = width + 2;
    put_head_note(layouts, type, width);
    for (size_t i = 0; i < type->enumerator_count; i++) {
        const char *name = type->enumerators[i].name;
        size_t shown = rep__width_n(name, strlen(name));
        longest = MAX(longest, shown <= NAME_MAX_COL ? shown : 0);
    }
    for (size_t i = 0; i < type->enumerator_count; i++)
        put_enumerator(buf, &type->enumerators[i], longest);
    put_tail(buf, type);
    buf_text(buf, ", values ");
    buf_u64(buf, type->enumerator_count);
    buf_char(buf, '\n');
}

// Where a name goes into a type spelled without one: "int (*|)(void *)", "char |[16]",
// "int |(void *)", "PyObject *|". Template arguments are passed over.
static size_t declarator_at(const char *type)
{
    unsigned angles = 0;
    for (size_t i = 0; type[i] != '\0'; i++) {
        if (type[i] == '<' || type[i] == '>') {
            angles = type[i] == '<' ? angles + 1 : angles - (angles != 0);
        } else if (angles == 0 && type[i] == '[') {
            return i;
        } else if (angles == 0 && type[i] == '(') {
            return i + (is_hang(type[i + 1]) ? strspn(type + i, "(*&") : 0);
        }
    }
    return strlen(type);
}

static void put_typedef(struct layouts *layouts, const struct rep_type *type)
{
    struct buf *buf = &layouts->out->buf;
    const char *target = type->target ? type->target : "void";
    size_t at = declarator_at(target);
    buf_text(buf, "typedef ");
    rep__escape_n(buf, target, at);
    if (at != 0 && !is_hang(target[at - 1]) && target[at - 1] != ' ')
        buf_char(buf, ' ');
    rep__escape(buf, type->name);
    rep__escape(buf, target + at);
    buf_char(buf, ';');
    if (type->size != 0 || type->declared != NULL) {
        struct rep_type note = *type;
        note.target = NULL;
        layouts->note_col = 0;
        put_head_note(layouts, &note, 0);
    } else {
        buf_char(buf, '\n');
    }
}

// ---------------------------------------------------------------------------- types

static void put_units(struct buf *buf, const struct rep_type *type)
{
    if (type->unit_count == 0)
        return;
    size_t shown = MIN(type->unit_count, UNITS_SHOWN);
    uint64_t all = MAX(type->instances, type->unit_count);
    buf_text(buf, "// defined in: ");
    for (size_t i = 0; i < shown; i++) {
        buf_text(buf, i ? ", " : "");
        rep__escape(buf, type->units[i]);
    }
    if (all > shown) {
        buf_text(buf, " (+");
        buf_u64(buf, all - shown);
        buf_char(buf, ')');
    }
    buf_char(buf, '\n');
}

static void put_type(struct layouts *layouts, const struct rep_type *type)
{
    struct buf *buf = &layouts->out->buf;
    put_units(buf, type);
    if (strcmp(type->kind, "typedef") == 0)
        put_typedef(layouts, type);
    else if (strcmp(type->kind, "enum") == 0)
        put_enum(layouts, type);
    else
        put_record(layouts, type);
    for (size_t i = 0; i < type->note_count; i++) {
        buf_text(buf, "// ");
        rep__escape(buf, type->notes[i]);
        buf_char(buf, '\n');
    }
}

void rep__types_text(struct rep__out *out, const struct rep_types *types)
{
    struct layouts layouts = {.out = out};
    struct rep_type type = {0};
    for (bool first = true; !out->failed && types->next(types->context, &type); first = false) {
        if (!first)
            buf_char(&out->buf, '\n');
        put_type(&layouts, &type);
        rep__breathe(out);
        type = (struct rep_type){0};
    }
    vec_free(&layouts.lines);
    vec_free(&layouts.open);
}
