// SPDX-License-Identifier: MIT
//
// The columns of one layout:
//
//       PyObject         **ob_item;        //    24     8
//       left           hang|right          |     digits
//                          name_col        note_col
//
// Every declaration is split around its name, so that names line up and stars hang before them. A
// declaration much longer than the others does not push them all to the right: it takes no part in
// the columns, and pushes only its own comment.

#include "reports/private.h"

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

// Where what hangs before the name begins: stars and brackets, and the class of a pointer to member
// ("(list<int>::*"), which is not parted from its star.
static const char *hang_start(const char *start, const char *name)
{
    const char *at = name;
    while (at > start && is_hang(at[-1]))
        at--;
    unsigned angles = 0;
    bool member = at > start && at[-1] == ':';
    while (member && at > start && (at[-1] != ' ' || angles != 0)) {
        at--;
        angles = *at == '>' ? angles + 1 : angles - (*at == '<' && angles != 0);
    }
    return at;
}

static void split(const struct rep_member *member, struct rep__line *line)
{
    const char *start = member->declaration;
    size_t size = strlen(start);
    const char *name = find_name(member, strlen(member->name));
    const char *right = name ? hang_start(start, name) : start;
    size_t left = (size_t)(right - start);
    while (left != 0 && start[left - 1] == ' ')
        left--;
    line->left = start;
    line->left_size = (uint32_t)left;
    line->simple = rep__is_simple(start, size);
    line->left_width = (uint32_t)(line->simple ? left : rep__width_n(start, left));
    line->right = right;
    line->hang = (uint32_t)((name ? name : start) - right);
    line->right_size = (uint32_t)(size - (size_t)(right - start));
    line->right_width =
        line->simple ? line->right_size : (uint32_t)rep__width_n(right, line->right_size);
}

static enum rep__shape shape_of(const struct rep_member *member)
{
    if (member->inherited)
        return member->virtual_base ? REP__VIRTUAL : REP__BASE;
    if (member->vtable_pointer)
        return REP__VTABLE;
    if (member->expanded != NULL)
        return REP__OPENS;
    return member->is_static ? REP__STATIC : REP__PLAIN;
}

// Past a leading word and the spaces behind it.
static const char *skip_word(const char *text, const char *word)
{
    size_t size = strlen(word);
    if (strncmp(text, word, size) != 0 || (text[size] != ' ' && text[size] != '\0'))
        return text;
    text += size;
    return text + strspn(text, " ");
}

struct slice rep__tag(const struct rep_member *member)
{
    const char *tag = skip_word(skip_word(member->type, "const"), "volatile");
    tag = skip_word(tag, member->expanded);
    if (strchr("{(<[", *tag) != NULL)
        return slice_of(tag, 0);
    size_t size = strlen(tag);
    const char *dimensions = strstr(tag, " [");
    if (dimensions != NULL) // they belong behind the closing brace
        size = (size_t)(dimensions - tag);
    return slice_of(tag, size);
}

size_t rep__gap(const struct rep__layout *layout, const struct rep__line *line)
{
    size_t least = line->left_size ? 1 : 0;
    size_t used = line->left_width + line->hang;
    return line->left_size && used + least < layout->name_col ? layout->name_col - used : least;
}

size_t rep__line_width(const struct rep__layout *layout, const struct rep_member *member,
                       const struct rep__line *line)
{
    struct slice tag;
    switch (line->shape) {
    case REP__OPENS:
        tag = rep__tag(member);
        return strlen(member->expanded) + 2 + (tag.size ? 1 : 0) +
               rep__width_n((const char *)tag.data, tag.size);
    case REP__BASE:
        return strlen(REP__BASE_WORD) + rep__width_n(member->type, strlen(member->type));
    case REP__VTABLE:
        return strlen(REP__VTABLE_WORD);
    case REP__VIRTUAL:
        return 0;
    default:
        break;
    }
    size_t width = line->left_width + rep__gap(layout, line) + line->right_width + 1;
    return member->bit_field ? width + 3 + rep__digits(member->bit_size) : width;
}

static void plan_names(struct rep__layout *layout, const struct rep_type *type)
{
    layout->name_col = 0;
    for (size_t i = 0; i < type->member_count; i++) {
        struct rep__line *line = &layout->lines.items[i];
        line->shape = shape_of(&type->members[i]);
        split(&type->members[i], line);
        if (line->shape == REP__STATIC)
            line->left_width += (uint32_t)strlen(REP__STATIC_WORD);
        size_t column = line->left_width + 1 + line->hang;
        bool named =
            line->left_size != 0 && (line->shape == REP__PLAIN || line->shape == REP__STATIC);
        if (named && column <= REP__NAME_COL_MAX)
            layout->name_col = MAX(layout->name_col, column);
    }
}

void rep__plan(struct rep__layout *layout, const struct rep_type *type, size_t head_width)
{
    vec_reserve(&layout->lines, type->member_count);
    plan_names(layout, type);
    uint64_t largest = MAX(type->size, 1000); // four digits at least
    layout->bits = false;
    layout->note_col = MIN(head_width, REP__NOTE_COL_MAX);
    for (size_t i = 0; i < type->member_count; i++) {
        const struct rep_member *member = &type->members[i];
        size_t end = (member->depth + 1) * REP__INDENT +
                     rep__line_width(layout, member, &layout->lines.items[i]);
        if (end <= REP__NOTE_COL_MAX)
            layout->note_col = MAX(layout->note_col, end);
        layout->bits |= member->bit_field || member->bit_offset % 8 != 0;
        largest = MAX(largest, MAX(member->bit_offset, member->bit_size) / 8);
    }
    layout->note_col += 2;
    layout->digits = rep__digits(largest);
}
