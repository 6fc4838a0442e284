// SPDX-License-Identifier: MIT
//
// Macros: what a unit's macros of some names are when its text ends (6.3).
//
//   .debug_macinfo (to DWARF 4)   .debug_macro (5; 4 is GNU's)
//   entries, 0                    | version 2 | flags 1 | line offset 4 or 8 | operands of opcodes | entries, 0
//                                   flags: 1 offsets have 8 bytes, 2 a line offset, 4 a table of operands
//
// A list of .debug_macro may import others: each header file is a list that all who include it import. So
// each list is read once, into what it does to the names that are asked for (nearly always: nothing), and
// an import is that, done again. Lists are entered one from the other on a stack of our own.
//
// A relocatable object has a section for each header file, and so have split units of gcc 12, whose imports
// all say offset 0. Where there are several sections nobody knows which is meant, and none is read.

#include "dwarfsize/private.h"

#define DEPTH_MAX  1000 // of imports
#define NAME_MAX   255  // bytes
#define ROOM_SPARE 4096 // lists and effects that may be kept, and one more for
#define ROOM_BYTES 64   // so many bytes of the sections

enum { OFFSETS_OF_8 = 1, HAS_LINE_OFFSET = 2, HAS_OPERANDS = 4 }; // flags of a header

// What a list does to a name.
struct effect {
    name_id name;
    const char *body; // NULL: it is no longer defined, or is a function
};

// A run of entries. Known by the place where it starts.
struct list {
    bool open; // being read: who imports it now imports itself
    VEC(struct effect) effects;
};

struct frame {
    size_t list;
    struct cur cur;
    struct slice section;
    const struct dw__object *object;
    bool old; // of .debug_macinfo
    uint8_t offset_size;
    unsigned opcodes;    // of a producer's own,
    struct cur operands; // a row each: the opcode, how many operands, the form of each
};

struct reader {
    struct dw *dw;
    const struct dw__unit *unit;
    struct names *names;  // asked for
    struct names *starts; // of the lists
    VEC(struct list) lists;
    VEC(struct frame) stack;
    uint64_t left; // bytes and effects that may yet be read: twice the bytes there are
    uint64_t room; // lists and effects that may yet be kept
    bool stopped;
};

static void stop(struct reader *r, const char *what)
{
    if (!r->stopped)
        dw__doubt(r->dw, r->unit, r->unit->start, what);
    r->stopped = true;
}

// Takes from what may be read or kept; false when it is used up.
static bool take(struct reader *r, uint64_t *from, uint64_t amount)
{
    bool enough = !r->stopped && amount <= *from;
    *from -= enough ? amount : 0;
    if (!enough)
        stop(r, "the unit's macros are more than their section can hold");
    return enough;
}

// -------------------------------------------------------------------------- effects

static void set_effect(struct reader *r, size_t number, struct effect effect)
{
    struct list *list = &r->lists.items[number];
    for (size_t i = 0; i < list->effects.count; i++)
        if (list->effects.items[i].name == effect.name) {
            list->effects.items[i] = effect;
            return;
        }
    if (take(r, &r->room, 1))
        vec_push(&list->effects, effect);
}

static void apply(struct reader *r, size_t from, size_t to)
{
    size_t count = r->lists.items[from].effects.count;
    if (r->lists.items[from].open)
        stop(r, "the unit's macros import themselves");
    for (size_t i = 0; i < count && take(r, &r->left, 1); i++)
        set_effect(r, to, r->lists.items[from].effects.items[i]);
}

static bool is_in_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// "NAME BODY", "NAME" or, of a function, "NAME(A,B) BODY".
static void note(struct reader *r, size_t list, const char *text, bool defined)
{
    size_t size = 0;
    while (size <= NAME_MAX && is_in_name(text[size]))
        size++;
    name_id name = names_find(r->names, slice_of(text, size));
    if (name == 0)
        return;
    const char *body = text + size + (text[size] == ' ');
    if (!defined || text[size] == '(')
        body = NULL;
    set_effect(r, list, (struct effect){name, body});
}

// ---------------------------------------------------------------------------- lists

static bool read_header(struct frame *frame)
{
    struct cur *c = &frame->cur;
    uint16_t version = cur_u16(c);
    uint8_t flags = cur_u8(c);
    frame->offset_size = flags & OFFSETS_OF_8 ? 8 : 4;
    if (flags & HAS_LINE_OFFSET)
        cur_skip(c, frame->offset_size);
    frame->opcodes = flags & HAS_OPERANDS ? cur_u8(c) : 0;
    frame->operands = *c;
    for (unsigned i = 0; i < frame->opcodes; i++) {
        cur_u8(c);
        cur_skip(c, cur_uleb(c));
    }
    return (version == 4 || version == 5) && !c->failed;
}

// Goes into the list at an offset of the section, unless it has been read. Gives its number.
static size_t enter(struct reader *r, struct frame frame, uint64_t offset)
{
    frame.cur = cur_make(frame.section, frame.object->big_endian);
    cur_seek(&frame.cur, offset);
    const uint8_t *start = frame.cur.at;
    frame.list = names_intern(r->starts, slice_of(&start, sizeof start));
    if (frame.list < r->lists.count)
        return frame.list;
    while (r->lists.count <= frame.list)
        vec_push(&r->lists, (struct list){0});
    frame.offset_size = 4;
    if (frame.cur.failed || !(frame.old || read_header(&frame)) || r->stack.count == DEPTH_MAX) {
        stop(r, "the unit's macros are damaged");
    } else if (take(r, &r->room, 1) && take(r, &r->left, (uint64_t)(frame.cur.at - start))) {
        r->lists.items[frame.list].open = true;
        vec_push(&r->stack, frame);
    }
    return frame.list;
}

// A list is entered first and applied when it has been read: then this entry is read again.
static void import(struct reader *r, struct cur before, const struct dw__object *object,
                   struct slice section, uint64_t offset)
{
    size_t depth = r->stack.count, into = r->stack.items[depth - 1].list;
    struct frame frame = {.object = object, .section = section};
    size_t list = enter(r, frame, offset);
    if (r->stack.count > depth)
        r->stack.items[depth - 1].cur = before;
    else if (!r->stopped)
        apply(r, list, into);
}

static void skip_operand(struct cur *c, uint8_t form, unsigned offset_size)
{
    switch (form) {
    case DW_FORM_data1:
    case DW_FORM_flag:
    case DW_FORM_strx1:
        cur_skip(c, 1);
        break;
    case DW_FORM_data2:
    case DW_FORM_strx2:
        cur_skip(c, 2);
        break;
    case DW_FORM_data4:
    case DW_FORM_strx4:
        cur_skip(c, 4);
        break;
    case DW_FORM_data8:
        cur_skip(c, 8);
        break;
    case DW_FORM_udata:
    case DW_FORM_sdata:
    case DW_FORM_strx:
        cur_uleb(c);
        break;
    case DW_FORM_string:
        cur_text(c);
        break;
    case DW_FORM_block:
        cur_skip(c, cur_uleb(c));
        break;
    case DW_FORM_sec_offset:
    case DW_FORM_strp:
    case DW_FORM_strp_sup:
    case DW_FORM_line_strp:
        cur_skip(c, offset_size);
        break;
    default:
        c->failed = true;
    }
}

// An entry of a producer's own: the header says what operands it has.
static void skip_entry(struct frame *frame, uint8_t opcode)
{
    struct cur rows = frame->operands;
    for (unsigned i = 0; i < frame->opcodes; i++) {
        bool is = cur_u8(&rows) == opcode;
        struct slice forms = cur_bytes(&rows, cur_uleb(&rows));
        for (size_t f = 0; is && f < forms.size; f++)
            skip_operand(&frame->cur, forms.data[f], frame->offset_size);
        if (is)
            return;
    }
    frame->cur.failed = true;
}

static struct slice strings_of(const struct reader *r, const struct dw__object *object)
{
    if (object == r->unit->object)
        return dw__section_of(r->unit, DW__STR);
    return dw__object_section((struct dw__object *)object, DW__STR);
}

// The text of an entry that defines or undefines; NULL: it is no such entry.
static const char *text_of(const struct reader *r, struct frame *frame, uint8_t opcode)
{
    struct cur *c = &frame->cur;
    const struct dw__object *object = frame->object;
    if (opcode == DW_MACRO_start_file || opcode == DW_MACRO_end_file || opcode == DW_MACRO_import ||
        opcode == DW_MACRO_import_sup || opcode == 0 || opcode > DW_MACRO_undef_strx)
        return NULL;
    cur_uleb(c); // the line
    if (opcode == DW_MACRO_define || opcode == DW_MACRO_undef) {
        struct slice text = cur_text(c);
        return c->failed ? "" : (const char *)text.data;
    }
    if (opcode == DW_MACRO_define_strx || opcode == DW_MACRO_undef_strx)
        return dw__indexed_text(r->unit, cur_uleb(c));
    uint64_t offset = cur_uint(c, frame->offset_size);
    if (opcode == DW_MACRO_define_sup || opcode == DW_MACRO_undef_sup)
        object = object->alt;
    return object == NULL ? "" : dw__text_in(strings_of(r, object), offset);
}

static bool defines(uint8_t opcode)
{
    return opcode == DW_MACRO_define || opcode == DW_MACRO_define_strp ||
           opcode == DW_MACRO_define_sup || opcode == DW_MACRO_define_strx;
}

static void read_import(struct reader *r, struct frame *frame, struct cur before, bool sup)
{
    uint64_t offset = cur_uint(&frame->cur, frame->offset_size);
    struct dw__object *alt = frame->object->alt;
    if (frame->cur.failed)
        return;
    if (!sup)
        import(r, before, frame->object, frame->section, offset);
    else if (alt != NULL)
        import(r, before, alt, dw__object_section(alt, DW__MACRO), offset);
}

static void read_entry(struct reader *r, struct frame *frame, struct cur before, uint8_t opcode)
{
    const char *text = text_of(r, frame, opcode);
    if (text != NULL && !frame->cur.failed) {
        note(r, frame->list, text, defines(opcode));
    } else if (opcode == DW_MACRO_start_file) {
        cur_uleb(&frame->cur); // the line
        cur_uleb(&frame->cur); // the file
    } else if (opcode == DW_MACRO_import || opcode == DW_MACRO_import_sup) {
        read_import(r, frame, before, opcode == DW_MACRO_import_sup);
    } else if (text == NULL && opcode != DW_MACRO_end_file) {
        skip_entry(frame, opcode);
    }
}

// Of .debug_macinfo.
static void read_old_entry(struct reader *r, struct frame *frame, uint8_t opcode)
{
    struct cur *c = &frame->cur;
    if (opcode == DW_MACINFO_end_file)
        return;
    cur_uleb(c); // the line; of a vendor's entry its number
    if (opcode == DW_MACINFO_start_file) {
        cur_uleb(c); // the file
    } else if (opcode <= DW_MACINFO_undef || opcode == DW_MACINFO_vendor_ext) {
        struct slice text = cur_text(c);
        if (!c->failed && opcode <= DW_MACINFO_undef)
            note(r, frame->list, (const char *)text.data, opcode == DW_MACINFO_define);
    } else {
        c->failed = true;
    }
}

// One entry of the list on top.
static void step(struct reader *r)
{
    struct frame *frame = &r->stack.items[r->stack.count - 1];
    struct cur before = frame->cur;
    size_t list = frame->list, depth = r->stack.count;
    uint8_t opcode = cur_u8(&frame->cur);
    if (opcode == 0 && !frame->cur.failed) {
        r->lists.items[list].open = false;
        r->stack.count--;
        return;
    }
    if (frame->old)
        read_old_entry(r, frame, opcode);
    else
        read_entry(r, frame, before, opcode);
    frame = &r->stack.items[depth - 1];
    if (frame->cur.failed)
        stop(r, "the unit's macros are damaged");
    else
        take(r, &r->left, (uint64_t)(frame->cur.at - before.at));
}

// ---------------------------------------------------------------------------- units

static void read_unit(struct reader *r, dw_macro_found found, void *context)
{
    bool old = r->unit->macinfo;
    struct slice section = dw__section_of(r->unit, old ? DW__MACINFO : DW__MACRO);
    struct frame frame = {.object = r->unit->object, .section = section, .old = old};
    r->stopped = false;
    r->stack.count = 0;
    size_t list = enter(r, frame, r->unit->macros);
    while (r->stack.count != 0 && !r->stopped)
        step(r);
    while (r->stack.count != 0) // what was cut off stays as far as it was read
        r->lists.items[r->stack.items[--r->stack.count].list].open = false;
    for (size_t i = 0; i < r->lists.items[list].effects.count; i++) {
        const struct effect *effect = &r->lists.items[list].effects.items[i];
        struct dw_macro macro = {names_text(r->names, effect->name), effect->body,
                                 dw__unit_index(r->dw, r->unit)};
        if (effect->body != NULL)
            found(context, &macro);
    }
}

// A .dwo has no relocations to say in which of its sections an imported list lies (gcc 12 makes several).
static bool can_import(const struct dw__object *object)
{
    bool several = object->more != NULL && object->more[DW__MACRO].sections.count != 0;
    return !object->split || !several;
}

void dw_read_macros(struct dw *dw, const char *const *names, size_t count, dw_macro_found found,
                    void *context)
{
    struct reader r = {.dw = dw, .names = names_new(), .starts = names_new()};
    uint64_t bytes = 0;
    for (size_t i = 0; i < dw->objects.count; i++)
        bytes += dw__object_section(dw->objects.items[i], DW__MACRO).size +
                 dw__object_section(dw->objects.items[i], DW__MACINFO).size;
    r.left = 2 * bytes;
    r.room = ROOM_SPARE + bytes / ROOM_BYTES;
    for (size_t i = 0; i < count; i++)
        names_intern_text(r.names, names[i]);
    for (uint32_t i = 0; bytes != 0 && i < dw->units.count; i++) {
        r.unit = &dw->units.items[i];
        if (r.unit->macros != NO_OFFSET && !r.unit->damaged && can_import(r.unit->object))
            read_unit(&r, found, context);
    }
    for (size_t i = 0; i < r.lists.count; i++)
        vec_free(&r.lists.items[i].effects);
    vec_free(&r.lists);
    vec_free(&r.stack);
    names_free(r.names);
    names_free(r.starts);
}
