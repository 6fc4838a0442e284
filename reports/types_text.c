// SPDX-License-Identifier: MIT
//
// Layouts that look like C, with what C does not say in comments:
//
//   struct PyListObject {            // 72 bytes, listobject.h:5
//       PyVarObject    ob_base;      //    0      24      offset and size, in bytes
//       PyObject     **ob_item;      //   24       8      stars hang before the name
//       int            allocated;    //   32       4
//       // XXX 28 bytes hole
//       // --- cache line 1 at 64 ---
//       unsigned int   state : 2;    //   64:0     4      byte:bit, size of the declared type
//   };  // size 72, alignment 8, members 4 (37 bytes), holes 1 (28 bytes), tail padding 7
//
// Here: what records, enums and typedefs share, the latter two, and the list of types.

#include <stdlib.h>

#include "reports/private.h"

#define UNITS_SHOWN 4

// --------------------------------------------------------------- what they share

void rep__note(const struct rep__layout *layout, size_t width, const char *start)
{
    struct buf *buf = &layout->out->buf;
    rep__pad(buf, width + 2 <= layout->note_col ? layout->note_col - width : 2);
    buf_text(buf, start);
}

void rep__count(struct buf *buf, uint64_t count, const char *one, const char *many)
{
    buf_u64(buf, count);
    buf_text(buf, count == 1 ? one : many);
}

size_t rep__head(struct buf *buf, const struct rep_type *type)
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

void rep__head_note(const struct rep__layout *layout, const struct rep_type *type, size_t width)
{
    struct buf *buf = &layout->out->buf;
    rep__note(layout, width, "// ");
    if (type->dynamic)
        buf_text(buf, "size known at run time");
    else
        rep__count(buf, type->size, " byte", " bytes");
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

void rep__tail(struct buf *buf, const struct rep_type *type)
{
    buf_char(buf, '}');
    if (type->name[0] == '\0' && type->alias != NULL) {
        buf_char(buf, ' ');
        rep__escape(buf, type->alias);
    }
    buf_text(buf, ";  // size ");
    if (type->dynamic)
        buf_text(buf, "known at run time");
    else
        buf_u64(buf, type->size);
}

// ------------------------------------------------------------------ enums, typedefs

static void put_enumerator(struct buf *buf, const struct rep_enumerator *value, size_t width)
{
    size_t size = strlen(value->name), shown = rep__width_n(value->name, size);
    rep__pad(buf, REP__INDENT);
    rep__escape_n(buf, value->name, size);
    rep__pad(buf, width > shown ? width - shown : 0);
    buf_text(buf, " = ");
    enum rep_unit unit = value->is_unsigned ? REP_COUNT : REP_DELTA;
    rep__plain_value(buf, unit, (union rep_value){.i = value->value});
    buf_text(buf, ",\n");
}

static void put_enum(struct rep__layout *layout, const struct rep_type *type)
{
    struct buf *buf = &layout->out->buf;
    size_t width = rep__head(buf, type), longest = 0;
    layout->note_col = width + 2;
    rep__head_note(layout, type, width);
    for (size_t i = 0; i < type->enumerator_count; i++) {
        const char *name = type->enumerators[i].name;
        size_t shown = rep__width_n(name, strlen(name));
        longest = MAX(longest, shown <= REP__NAME_COL_MAX ? shown : 0);
    }
    for (size_t i = 0; i < type->enumerator_count; i++)
        put_enumerator(buf, &type->enumerators[i], longest);
    rep__tail(buf, type);
    buf_text(buf, ", values ");
    buf_u64(buf, type->enumerator_count);
    buf_char(buf, '\n');
}

static bool is_declarator(char c)
{
    return c == '*' || c == '&' || c == '(';
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
            return i + (is_declarator(type[i + 1]) ? strspn(type + i, "(*&") : 0);
        }
    }
    return strlen(type);
}

static void put_typedef(struct rep__layout *layout, const struct rep_type *type)
{
    struct buf *buf = &layout->out->buf;
    const char *target = type->target ? type->target : "void";
    size_t at = declarator_at(target);
    buf_text(buf, "typedef ");
    rep__escape_n(buf, target, at);
    if (at != 0 && !is_declarator(target[at - 1]) && target[at - 1] != ' ')
        buf_char(buf, ' ');
    rep__escape(buf, type->name);
    rep__escape(buf, target + at);
    buf_char(buf, ';');
    if (type->size != 0 || type->declared != NULL) {
        struct rep_type note = *type;
        note.target = NULL;
        layout->note_col = 0;
        rep__head_note(layout, &note, 0);
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

static void put_type(struct rep__layout *layout, const struct rep_type *type)
{
    struct buf *buf = &layout->out->buf;
    put_units(buf, type);
    if (strcmp(type->kind, "typedef") == 0)
        put_typedef(layout, type);
    else if (strcmp(type->kind, "enum") == 0)
        put_enum(layout, type);
    else
        rep__record_text(layout, type);
    for (size_t i = 0; i < type->note_count; i++) {
        buf_text(buf, "// ");
        rep__escape(buf, type->notes[i]);
        buf_char(buf, '\n');
    }
}

void rep__types_text(struct rep__out *out, const struct rep_types *types)
{
    struct rep__layout layout = {.out = out};
    struct rep_type type = {0};
    bool none = true;
    for (; !out->failed && types->next(types->context, &type); none = false) {
        if (!none)
            buf_char(&out->buf, '\n');
        put_type(&layout, &type);
        rep__breathe(out);
        type = (struct rep_type){0};
    }
    if (none)
        buf_text(&out->buf,
                 "no types\n"); // of those asked for; silence might be taken for a failure
    vec_free(&layout.lines);
    vec_free(&layout.open);
}
