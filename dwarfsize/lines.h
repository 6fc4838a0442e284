// SPDX-License-Identifier: MIT
//
// Line tables: line_table.c finds them and makes paths, line_header.c reads their headers, line.c
// runs their programs; parts.c asks what they take.
//
//   .debug_line   | header | directories | files | program | header ...
//                 ^offset                        ^program  ^end
//
// A table belongs to the first compile unit that refers to it; type units and partial units share
// it. Directories and files are kept as the places of their entries and become paths when asked
// for: most units declare several hundred files and use fifty.
#ifndef TARE_DWARFSIZE_LINES_H
#define TARE_DWARFSIZE_LINES_H

#include "dwarfsize/private.h"

// What one directory or file entry consists of (6.2.4.1). Versions 2 to 4 have a fixed one.
#define DW__FORMAT_MAX 16
struct dw__entry_format {
    uint8_t count;
    struct {
        uint16_t content, form; // DW_LNCT_*, DW_FORM_*
    } items[DW__FORMAT_MAX];
};

struct dw__entries {
    struct dw__entry_format format;
    VEC(uint32_t) at;             // offset of each entry from the start of the table
    _Atomic(const char *) *paths; // of each, NULL until somebody asked
};

struct dw__line_table {
    struct dw__unit *unit; // the owner
    const char *comp_dir;  // its DW_AT_comp_dir
    struct cur bytes;      // of the section, up to the end of this table
    uint64_t offset, end;  // in the section; [0, 0) when not even the length could be read
    uint64_t program;      // offset of the first instruction; `end` when the header is damaged
    uint16_t version;
    uint8_t offset_size;
    uint8_t min_length, max_operations, line_range, opcode_base;
    int8_t line_base;
    uint8_t operands[256]; // of the standard opcodes, how many LEB128 numbers follow
    struct dw__entries directories, files;
};

// What an entry says, of what anybody asks.
struct dw__line_entry {
    const char *name; // "" when it has none
    uint64_t directory;
};

// Reads the header at an offset of `bytes`, which end where the table must. The table's unit is set.
// Returns what is wrong with it, or NULL; what was read before the damage counts.
const char *dw__line_header_read(const struct dw *dw, struct dw__line_table *table,
                                 struct slice bytes, uint64_t offset);
// The entry at an offset from the start of the table; format NULL: that of files up to version 4.
bool dw__line_entry_read(const struct dw__line_table *table, const struct dw__entry_format *format,
                         uint32_t at, struct dw__line_entry *entry);

// The table a unit refers to, read at the first request; NULL when it has none. Thread-safe.
struct dw__line_table *dw__line_table_of(struct dw *dw, const struct dw__unit *unit);
// Path of a file by its number in the program: from 0 in version 5, from 1 before. "" when there is
// no such file.
const char *dw__line_path(struct dw *dw, struct dw__line_table *table, uint64_t number);
// Path of the file entry at an offset from the start of the table (DW_LNE_define_file).
const char *dw__line_entry_path(struct dw *dw, struct dw__line_table *table, uint32_t at);
// Whether a sequence of rows that starts at an address can be that of kept code: not a tombstone, and
// inside some allocated section when the image has a section table.
struct dw__line_places {
    struct dw__places places;
    bool sections;
    // Where a function is at 0, discarded ones seem to be there too: the functions that are kept.
    const struct dw_code *code; // NULL elsewhere
};
// Found once an image. Thread-safe.
struct dw__line_places dw__line_places_of(struct dw *dw, struct img *image);
void dw__line_doubt(const struct dw *dw, const struct dw__line_table *table, uint64_t offset,
                    const char *text);

#endif
