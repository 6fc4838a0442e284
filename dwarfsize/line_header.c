// SPDX-License-Identifier: MIT
//
// Headers of line tables (6.2.4): where the program lies, and the names of its files.
//
//   version 2 to 4              length version header_length min_length [max_operations: 4]
//                               default_is_stmt line_base line_range opcode_base operands...
//                               directories: text text ... ""      from 1; 0 is DW_AT_comp_dir
//                               files: {text, directory, time, size} ... ""               from 1
//   version 5                   length version address_size segment_size header_length ... operands
//                               directory format, count, entries    from 0: DW_AT_comp_dir
//                               file format, count, entries                               from 0
//
// Directories and files are kept as the offsets of their entries, which are read again when somebody
// asks for a path.

#include "dwarfsize/lines.h"

void dw__line_doubt(const struct dw *dw, const struct dw__line_table *table, uint64_t offset,
                    const char *text)
{
    const struct dw__object *object = table->unit->object;
    doubt_add(dw->doubts, object->path, object->split ? ".debug_line.dwo" : ".debug_line", offset,
              "%s", text);
}

// ----------------------------------------------------------------------- the entries

static const char *text_at(struct slice section, uint64_t offset)
{
    struct cur c = cur_make(section, false);
    cur_seek(&c, offset);
    struct slice text = cur_text(&c);
    return c.failed ? "" : (const char *)text.data;
}

static const char *text_by_index(const struct dw__line_table *table, uint64_t index)
{
    const struct dw__unit *unit = table->unit;
    struct cur c = cur_make(dw__section_of(unit, DW__STR_OFFSETS), table->bytes.big_endian);
    uint64_t place;
    if (!mul_u64(index, table->offset_size, &place) ||
        !add_u64(place, unit->str_offsets_base, &place))
        return "";
    cur_seek(&c, place);
    uint64_t offset = cur_uint(&c, table->offset_size);
    return c.failed ? "" : text_at(dw__section_of(unit, DW__STR), offset);
}

static const char *text_in(const struct dw__line_table *table, struct cur *c,
                           enum dw__section section)
{
    uint64_t offset = cur_uint(c, table->offset_size);
    return text_at(dw__section_of(table->unit, section), offset);
}

static const char *supplementary_text(const struct dw__line_table *table, struct cur *c)
{
    struct dw__object *alt = table->unit->object->alt;
    uint64_t offset = cur_uint(c, table->offset_size);
    return alt == NULL ? "" : text_at(dw__object_section(alt, DW__STR), offset);
}

// One field of an entry. Texts leave through `text`, numbers are returned. False for a form that
// does not belong here (7.22 lists them).
static bool read_field(const struct dw__line_table *table, struct cur *c, uint16_t form,
                       const char **text, uint64_t *number)
{
    switch (form) {
    case DW_FORM_string:
        *text = (const char *)cur_text(c).data;
        return true;
    case DW_FORM_line_strp:
        *text = text_in(table, c, DW__LINE_STR);
        return true;
    case DW_FORM_strp:
        *text = text_in(table, c, DW__STR);
        return true;
    case DW_FORM_strp_sup:
    case DW_FORM_GNU_strp_alt:
        *text = supplementary_text(table, c);
        return true;
    case DW_FORM_strx:
    case DW_FORM_GNU_str_index:
        *text = text_by_index(table, cur_uleb(c));
        return true;
    case DW_FORM_strx1:
    case DW_FORM_strx2:
    case DW_FORM_strx3:
    case DW_FORM_strx4:
        *text = text_by_index(table, cur_uint(c, form - DW_FORM_strx1 + 1u));
        return true;
    case DW_FORM_udata:
        *number = cur_uleb(c);
        return true;
    case DW_FORM_data1:
        *number = cur_u8(c);
        return true;
    case DW_FORM_data2:
        *number = cur_u16(c);
        return true;
    case DW_FORM_data4:
        *number = cur_u32(c);
        return true;
    case DW_FORM_data8:
        *number = cur_u64(c);
        return true;
    case DW_FORM_data16: // a digest
        cur_skip(c, 16);
        return true;
    case DW_FORM_block:
        cur_skip(c, cur_uleb(c));
        return true;
    default:
        return false;
    }
}

static bool read_entry(const struct dw__line_table *table, struct cur *c,
                       const struct dw__entry_format *format, struct dw__line_entry *entry)
{
    *entry = (struct dw__line_entry){"", 0};
    for (unsigned i = 0; i < format->count; i++) {
        const char *text = "";
        uint64_t number = 0;
        if (!read_field(table, c, format->items[i].form, &text, &number) || c->failed)
            return false;
        if (format->items[i].content == DW_LNCT_path)
            entry->name = text;
        else if (format->items[i].content == DW_LNCT_directory_index)
            entry->directory = number;
    }
    return true;
}

// ------------------------------------------------------------------------- the header

static const struct dw__entry_format old_directory = {1, {{DW_LNCT_path, DW_FORM_string}}};
static const struct dw__entry_format old_file = {4,
                                                 {{DW_LNCT_path, DW_FORM_string},
                                                  {DW_LNCT_directory_index, DW_FORM_udata},
                                                  {DW_LNCT_timestamp, DW_FORM_udata},
                                                  {DW_LNCT_size, DW_FORM_udata}}};

static bool push_entry(const struct dw__line_table *table, struct cur *c,
                       struct dw__entries *entries)
{
    struct dw__line_entry unused;
    uint64_t at = cur_offset(c) - table->offset;
    if (at > UINT32_MAX || !read_entry(table, c, &entries->format, &unused))
        return false;
    vec_push(&entries->at, (uint32_t)at);
    return true;
}

// Versions 2 to 4: an empty name ends the list.
static bool read_old_entries(const struct dw__line_table *table, struct cur *c,
                             const struct dw__entry_format *format, struct dw__entries *entries)
{
    entries->format = *format;
    while (cur_left(c) > 0 && *c->at != 0)
        if (!push_entry(table, c, entries))
            return false;
    cur_u8(c);
    return !c->failed;
}

static bool read_format(struct cur *c, struct dw__entry_format *format)
{
    format->count = cur_u8(c);
    if (format->count > DW__FORMAT_MAX)
        return false;
    for (unsigned i = 0; i < format->count; i++) {
        uint64_t content = cur_uleb(c), form = cur_uleb(c);
        format->items[i].content = (uint16_t)MIN(content, UINT16_MAX);
        format->items[i].form = (uint16_t)MIN(form, UINT16_MAX);
    }
    return !c->failed;
}

static bool read_new_entries(const struct dw__line_table *table, struct cur *c,
                             struct dw__entries *entries)
{
    if (!read_format(c, &entries->format))
        return false;
    uint64_t count = cur_uleb(c);
    // Every field takes a byte at least, so a count that lies runs out of bytes.
    if (entries->format.count == 0 && count != 0)
        return false;
    for (; count > 0; count--)
        if (!push_entry(table, c, entries))
            return false;
    return !c->failed;
}

static bool read_names(struct dw__line_table *table, struct cur *c)
{
    if (table->version >= 5)
        return read_new_entries(table, c, &table->directories) &&
               read_new_entries(table, c, &table->files);
    return read_old_entries(table, c, &old_directory, &table->directories) &&
           read_old_entries(table, c, &old_file, &table->files);
}

// What steers the program, up to the operand counts. False when it cannot be one.
static bool read_machine(struct dw__line_table *table, struct cur *c)
{
    table->min_length = cur_u8(c);
    table->max_operations = table->version >= 4 ? cur_u8(c) : 1;
    table->max_operations = MAX(table->max_operations, 1);
    cur_u8(c); // default_is_stmt: nobody here asks
    table->line_base = (int8_t)cur_u8(c);
    table->line_range = cur_u8(c);
    table->opcode_base = cur_u8(c);
    for (unsigned i = 1; i < table->opcode_base; i++)
        table->operands[i] = cur_u8(c);
    return !c->failed && table->line_range != 0 && table->opcode_base != 0;
}

// The length fields. Afterwards `end` is right, or both offsets are 0. A table that is longer than
// the place it has is read as far as that goes.
static bool read_extent(const struct dw *dw, struct dw__line_table *table, struct cur *c,
                        uint64_t offset)
{
    cur_seek(c, offset);
    uint64_t length = cur_u32(c);
    table->offset_size = 4;
    if (length == 0xffffffff) {
        table->offset_size = 8;
        length = cur_u64(c);
    }
    if (c->failed)
        return false;
    if (length > cur_left(c)) {
        dw__line_doubt(dw, table, offset, "line table ends past its section or in the next table");
        length = cur_left(c);
    }
    table->offset = offset;
    table->end = cur_offset(c) + length;
    table->bytes = cur_sub(c, length);
    *c = table->bytes;
    return true;
}

const char *dw__line_header_read(const struct dw *dw, struct dw__line_table *table,
                                 struct slice bytes, uint64_t offset)
{
    struct cur c = cur_make(bytes, table->unit->object->big_endian);
    table->bytes = c;
    if (!read_extent(dw, table, &c, offset))
        return "line table has no room for its length";
    table->program = table->end;
    table->version = cur_u16(&c);
    if (table->version < 2 || table->version > 5)
        return "line table of an unknown version";
    if (table->version >= 5)
        cur_skip(&c, 2); // address and segment selector size: the instructions tell
    uint64_t size = cur_uint(&c, table->offset_size), program = cur_offset(&c) + size;
    if (c.failed || size > cur_left(&c))
        return "line table header is longer than its table";
    c.end = c.base + program;
    if (!read_machine(table, &c))
        return "line table header is damaged";
    if (!read_names(table, &c))
        return "directories or files of a line table are damaged";
    table->program = program;
    return NULL;
}

bool dw__line_entry_read(const struct dw__line_table *table, const struct dw__entry_format *format,
                         uint32_t at, struct dw__line_entry *entry)
{
    struct cur c = table->bytes;
    cur_seek(&c, table->offset + at);
    return read_entry(table, &c, format == NULL ? &old_file : format, entry);
}
