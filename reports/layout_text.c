// SPDX-License-Identifier: MIT
//
// The lines of a struct, class or union, in the columns that layout_plan found. A million members
// pass through here: no printf.

#include <stdlib.h>

#include "reports/private.h"

#define HOLE_COLOUR "\x1b[33m"
#define NORMAL      "\x1b[0m"

// ---------------------------------------------------------------------- line by line

static void put_place(const struct rep__layout *layout, const struct rep_member *member)
{
    struct buf *buf = &layout->out->buf;
    bool bits = member->bit_field || member->bit_offset % 8 != 0;
    uint64_t size = member->bit_field ? member->storage_size : member->bit_size / 8;
    rep__u64_right(buf, member->bit_offset / 8, layout->digits + 1);
    if (bits) {
        buf_char(buf, ':');
        buf_char(buf, (char)('0' + member->bit_offset % 8));
    }
    if (member->bit_field && size == 0)
        return;
    rep__pad(buf, layout->bits && !bits ? 3 : 1);
    rep__u64_right(buf, size, layout->digits + 1);
    if (member->flexible)
        buf_text(buf, "  flexible");
    if (member->variant || member->discriminant)
        buf_text(buf, member->variant ? "  variant" : "  discriminant");
}

static void put_piece(struct buf *buf, const struct rep__line *line, const char *text, size_t size)
{
    if (line->simple)
        buf_bytes(buf, text, size);
    else
        rep__escape_n(buf, text, size);
}

static void put_declaration(const struct rep__layout *layout, const struct rep_member *member,
                            const struct rep__line *line)
{
    struct buf *buf = &layout->out->buf;
    if (line->shape == REP__STATIC)
        buf_text(buf, REP__STATIC_WORD);
    put_piece(buf, line, line->left, line->left_size);
    rep__pad(buf, rep__gap(layout, line));
    put_piece(buf, line, line->right, line->right_size);
    if (member->bit_field) {
        buf_text(buf, " : ");
        buf_u64(buf, member->bit_size);
    }
    buf_char(buf, ';');
}

static void put_opening(const struct rep__layout *layout, const struct rep_member *member)
{
    struct buf *buf = &layout->out->buf;
    struct slice tag = rep__tag(member);
    buf_text(buf, member->expanded);
    buf_char(buf, ' ');
    if (tag.size != 0) {
        rep__escape_n(buf, (const char *)tag.data, tag.size);
        buf_char(buf, ' ');
    }
    buf_char(buf, '{');
}

static void put_shape(const struct rep__layout *layout, const struct rep_member *member,
                      const struct rep__line *line)
{
    struct buf *buf = &layout->out->buf;
    switch (line->shape) {
    case REP__OPENS:
        put_opening(layout, member);
        break;
    case REP__BASE:
    case REP__VIRTUAL:
        buf_text(buf, line->shape == REP__BASE ? REP__BASE_WORD : REP__VIRTUAL_WORD);
        rep__escape(buf, member->type);
        break;
    case REP__VTABLE:
        buf_text(buf, REP__VTABLE_WORD);
        break;
    default:
        put_declaration(layout, member, line);
    }
}

static void put_member(const struct rep__layout *layout, const struct rep_member *member,
                       const struct rep__line *line)
{
    struct buf *buf = &layout->out->buf;
    size_t indent = (member->depth + 1) * REP__INDENT;
    rep__pad(buf, indent);
    put_shape(layout, member, line);
    if (!rep__unplaced(member)) {
        bool comment = line->shape == REP__BASE || line->shape == REP__VTABLE;
        rep__note(layout, indent + rep__line_width(layout, member, line), comment ? "  " : "//");
        put_place(layout, member);
    }
    buf_char(buf, '\n');
}

// Closes the expanded aggregates that are open deeper than `depth`.
static void put_closings(struct rep__layout *layout, const struct rep_type *type, size_t depth)
{
    struct buf *buf = &layout->out->buf;
    while (layout->open.count > depth) {
        uint32_t index = layout->open.items[--layout->open.count];
        const struct rep_member *member = &type->members[index];
        const struct rep__line *line = &layout->lines.items[index];
        if (line->shape != REP__OPENS)
            continue; // the members of a base need no braces
        rep__pad(buf, (member->depth + 1) * REP__INDENT);
        buf_char(buf, '}');
        if (member->name[0] != '\0') {
            buf_char(buf, ' ');
            rep__escape_n(buf, line->right, line->right_size);
        }
        buf_text(buf, ";\n");
    }
}

static void put_hole(const struct rep__layout *layout, const struct rep_hole *hole, size_t depth)
{
    struct buf *buf = &layout->out->buf;
    bool colour = layout->out->style->colour;
    rep__pad(buf, (depth + 1) * REP__INDENT);
    buf_text(buf, colour ? HOLE_COLOUR "// XXX " : "// XXX ");
    if (hole->bit_offset % 8 == 0 && hole->bit_size % 8 == 0)
        rep__count(buf, hole->bit_size / 8, " byte hole", " bytes hole");
    else
        rep__count(buf, hole->bit_size, " bit hole", " bits hole");
    buf_text(buf, colour ? NORMAL "\n" : "\n");
}

// Marks the last cache line boundary at or before the member, when it was not marked yet.
static void put_cacheline(struct rep__layout *layout, const struct rep_type *type,
                          const struct rep_member *member)
{
    uint64_t offset = member->bit_offset / 8;
    if (type->cacheline == 0 || rep__unplaced(member) || offset < layout->next_line)
        return;
    struct buf *buf = &layout->out->buf;
    uint64_t line = offset / type->cacheline, boundary = line * type->cacheline;
    rep__pad(buf, (member->depth + 1) * REP__INDENT);
    buf_text(buf, "// --- cache line ");
    buf_u64(buf, line);
    buf_text(buf, " at ");
    buf_u64(buf, boundary);
    if (boundary < offset && boundary * 8 < layout->end_bit) {
        buf_text(buf, ", ");
        rep__count(buf, offset - boundary, " byte ago", " bytes ago");
    }
    buf_text(buf, " ---\n");
    layout->next_line =
        boundary > UINT64_MAX - type->cacheline ? UINT64_MAX : boundary + type->cacheline;
}

// ------------------------------------------------------------------- structs, unions

static void put_members(struct rep__layout *layout, const struct rep_type *type)
{
    size_t hole = 0;
    layout->end_bit = 0;
    layout->next_line = type->cacheline;
    for (uint32_t i = 0; i < type->member_count; i++) {
        const struct rep_member *member = &type->members[i];
        put_closings(layout, type, member->depth);
        for (; hole < type->hole_count && type->holes[hole].before_member <= i; hole++)
            put_hole(layout, &type->holes[hole], member->depth);
        put_cacheline(layout, type, member);
        put_member(layout, member, &layout->lines.items[i]);
        if (member->expanded != NULL) {
            ASSERT(layout->open.count == member->depth);
            vec_push(&layout->open, i);
        } else if (!rep__unplaced(member)) {
            layout->end_bit = MAX(layout->end_bit, member->bit_offset + member->bit_size);
        }
    }
    put_closings(layout, type, 0);
    for (; hole < type->hole_count; hole++)
        put_hole(layout, &type->holes[hole], 0);
}

static void put_sum(struct buf *buf, const struct rep_type *type)
{
    bool is_union = strcmp(type->kind, "union") == 0;
    buf_text(buf, ", members ");
    buf_u64(buf, type->member_total);
    if (!is_union) {
        buf_text(buf, " (");
        rep__count(buf, type->members_size, " byte), holes ", " bytes), holes ");
        buf_u64(buf, type->hole_total);
        buf_text(buf, " (");
        rep__count(buf, type->holes_size, " byte)", " bytes)");
    }
    if (type->bit_hole_total != 0) {
        buf_text(buf, ", bit holes ");
        buf_u64(buf, type->bit_hole_total);
    }
    buf_text(buf, ", tail padding ");
    buf_u64(buf, type->tail_padding);
    if (type->tail_padding_bits != 0) {
        buf_text(buf, " and ");
        rep__count(buf, type->tail_padding_bits, " bit", " bits");
    }
}

void rep__record_text(struct rep__layout *layout, const struct rep_type *type)
{
    struct buf *buf = &layout->out->buf;
    size_t width = rep__head(buf, type);
    rep__plan(layout, type, width);
    rep__head_note(layout, type, width);
    put_members(layout, type);
    rep__tail(buf, type);
    if (type->alignment != 0) {
        buf_text(buf, ", alignment ");
        buf_u64(buf, type->alignment);
    }
    put_sum(buf, type);
    buf_char(buf, '\n');
}
