// SPDX-License-Identifier: MIT
//
// Reports for people: aligned, quiet.
//
//          FILE SIZE           VM SIZE
//    48.1%   3.1 MiB    47.0%  3.2 MiB  Objects
//    12.3% 812.4 KiB    11.9%  ...        unicodeobject.c
//     0.4%       123     0.0%        0    [padding]
//   100.0%   6.5 MiB   100.0%  6.8 MiB  TOTAL
//
// Numbers stand right-aligned to the left of the name, so that a name of any length is shown whole
// and ends the line. A first walk over the tree finds the widths, a second one writes.

#include <stdlib.h>

#include "reports/private.h"

#define DIM    "\x1b[2m"
#define BOLD   "\x1b[1m"
#define NORMAL "\x1b[0m"

// A column of words pads short ones to the longest, but not beyond this.
#define WORD_PAD_MAX 40

struct column {
    size_t index;        // in the table
    size_t share, value; // widths; share 0: none shown
    size_t width;        // of all of it
    uint64_t most;       // the largest number measured
};

struct sheet {
    struct rep__out *out;
    const struct rep_table *table;
    VEC(struct column) columns;
};

static size_t cell_width(const struct column *column)
{
    return column->share + (column->share ? 2 : 0) + column->value;
}

static size_t word_pad_max(const struct sheet *sheet)
{
    unsigned width = sheet->out->style->width;
    return width != 0 ? MIN(WORD_PAD_MAX, width / 3) : WORD_PAD_MAX;
}

// -------------------------------------------------------------------------- widths

// Whether a larger number was measured that no smaller one is wider than. Most cells of a large table are.
static bool is_covered(const struct sheet *sheet, struct column *column, union rep_value value)
{
    enum rep_unit unit = sheet->table->columns[column->index].unit;
    if ((unit != REP_BYTES && unit != REP_COUNT) || rep__missing(unit, value))
        return false;
    bool scaled = unit == REP_BYTES && !sheet->out->style->plain_bytes;
    if (column->value != 0 && value.u <= column->most &&
        (!scaled || column->value >= strlen("1023.9 KiB")))
        return true;
    column->most = MAX(column->most, value.u);
    return false;
}

static void measure_cell(const struct sheet *sheet, struct column *column,
                         const struct rep_row *row)
{
    const struct rep_column *kind = &sheet->table->columns[column->index];
    union rep_value value = row->values[column->index];
    char text[REP__VALUE_MAX];
    if (kind->unit == REP_TEXT) {
        size_t width = value.text ? rep__width_n(value.text, strlen(value.text)) : 0;
        column->value = MAX(column->value, MIN(width, word_pad_max(sheet)));
        return;
    }
    if (is_covered(sheet, column, value))
        return;
    size_t width = rep__show(text, kind->unit, value, sheet->out->style->plain_bytes);
    column->value = MAX(column->value, width);
    width = rep__share(text, kind, value, sheet->table->total.values[column->index]);
    column->share = MAX(column->share, width);
}

static void measure_rows(const struct sheet *sheet, const struct rep_row *row)
{
    for (size_t i = 0; i < row->row_count; i++) {
        for (size_t c = 0; c < sheet->columns.count; c++)
            measure_cell(sheet, &sheet->columns.items[c], &row->rows[i]);
        measure_rows(sheet, &row->rows[i]);
    }
}

static void measure(struct sheet *sheet)
{
    const struct rep_table *table = sheet->table;
    for (size_t i = 0; i < table->column_count; i++) {
        if (!rep__hidden(table, i))
            vec_push(&sheet->columns, (struct column){.index = i});
    }
    measure_rows(sheet, &table->total);
    struct buf title = {0};
    for (size_t c = 0; c < sheet->columns.count; c++) {
        struct column *column = &sheet->columns.items[c];
        if (rep__has_total(table))
            measure_cell(sheet, column, &table->total);
        title.size = 0;
        rep__title(&title, &table->columns[column->index]);
        column->width = MAX(cell_width(column), rep__width_n(title.data, title.size));
    }
    buf_free(&title);
}

// --------------------------------------------------------------------------- cells

static void put_right(struct buf *buf, const char *text, size_t size, size_t width)
{
    if (size < width)
        rep__pad(buf, width - size);
    buf_bytes(buf, text, size);
}

static void put_left(struct buf *buf, const char *text, size_t width)
{
    size_t size = text ? strlen(text) : 0, shown = size ? rep__width_n(text, size) : 0;
    rep__escape(buf, text);
    if (shown < width)
        rep__pad(buf, width - shown);
}

static void put_cell(const struct sheet *sheet, const struct column *column,
                     const struct rep_row *row)
{
    const struct rep_column *kind = &sheet->table->columns[column->index];
    union rep_value value = row->values[column->index];
    struct buf *buf = &sheet->out->buf;
    if (kind->unit == REP_TEXT) {
        put_left(buf, value.text, column->width);
        return;
    }
    char text[REP__VALUE_MAX];
    rep__pad(buf, column->width - cell_width(column));
    if (column->share != 0) {
        union rep_value total = sheet->table->total.values[column->index];
        size_t size = rep__share(text, kind, value, total);
        put_right(buf, text, size, column->share);
        rep__pad(buf, 2);
    }
    size_t size = rep__show(text, kind->unit, value, sheet->out->style->plain_bytes);
    put_right(buf, text, size, column->value);
}

static void put_cells(const struct sheet *sheet, const struct rep_row *row)
{
    for (size_t c = 0; c < sheet->columns.count; c++) {
        put_cell(sheet, &sheet->columns.items[c], row);
        rep__pad(&sheet->out->buf, c + 1 < sheet->columns.count ? 3 : 2);
    }
}

// ---------------------------------------------------------------------------- rows

static void end_line(struct buf *buf)
{
    while (buf->size != 0 && buf->data[buf->size - 1] == ' ')
        buf->size--;
    buf_char(buf, '\n');
}

static void style(const struct rep__out *out, struct buf *buf, const char *sequence)
{
    if (out->style->colour)
        buf_text(buf, sequence);
}

static void put_evidence(const struct sheet *sheet, const struct rep_row *row, size_t depth)
{
    struct buf *buf = &sheet->out->buf;
    size_t left = 2 * depth + 2;
    for (size_t c = 0; c < sheet->columns.count; c++)
        left += sheet->columns.items[c].width + (c + 1 < sheet->columns.count ? 3 : 2);
    for (size_t i = 0; i < row->evidence_count; i++) {
        rep__pad(buf, left);
        style(sheet->out, buf, DIM);
        buf_text(buf, "- ");
        rep__escape(buf, row->evidence[i]);
        style(sheet->out, buf, NORMAL);
        buf_char(buf, '\n');
    }
}

static void put_rows(const struct sheet *sheet, const struct rep_row *parent, size_t depth)
{
    struct buf *buf = &sheet->out->buf;
    char room[REP__NAME_ROOM];
    for (size_t i = 0; i < parent->row_count; i++) {
        const struct rep_row *row = &parent->rows[i];
        if (row->faint)
            style(sheet->out, buf, DIM);
        put_cells(sheet, row);
        rep__pad(buf, 2 * depth);
        rep__escape(buf, rep__name(row->name, sheet->out->style, room));
        if (row->faint)
            style(sheet->out, buf, NORMAL);
        end_line(buf);
        if (sheet->out->style->verbose)
            put_evidence(sheet, row, depth);
        rep__breathe(sheet->out);
        put_rows(sheet, row, depth + 1);
    }
}

static void put_header(const struct sheet *sheet)
{
    struct buf *buf = &sheet->out->buf, title = {0};
    style(sheet->out, buf, BOLD);
    for (size_t c = 0; c < sheet->columns.count; c++) {
        const struct column *column = &sheet->columns.items[c];
        const struct rep_column *kind = &sheet->table->columns[column->index];
        title.size = 0;
        rep__title(&title, kind);
        size_t blank = column->width - rep__width_n(title.data, title.size);
        rep__pad(buf, kind->unit == REP_TEXT ? 0 : blank);
        buf_bytes(buf, title.data, title.size);
        rep__pad(buf, kind->unit == REP_TEXT ? blank : 0);
        rep__pad(buf, c + 1 < sheet->columns.count ? 3 : 0);
    }
    if (sheet->table->names != NULL) {
        rep__pad(buf, 2);
        rep__escape(buf, sheet->table->names);
    }
    style(sheet->out, buf, NORMAL);
    end_line(buf);
    buf_free(&title);
}

static void put_total(const struct sheet *sheet)
{
    struct buf *buf = &sheet->out->buf;
    style(sheet->out, buf, BOLD);
    put_cells(sheet, &sheet->table->total);
    buf_text(buf, "TOTAL");
    style(sheet->out, buf, NORMAL);
    end_line(buf);
}

// --------------------------------------------------------------------------- parts

static void put_heading(struct rep__out *out, const char *title)
{
    if (title == NULL)
        return;
    style(out, &out->buf, BOLD);
    rep__escape(&out->buf, title);
    style(out, &out->buf, NORMAL);
    buf_text(&out->buf, "\n\n");
}

static void put_table(struct rep__out *out, const struct rep_table *table)
{
    struct sheet sheet = {.out = out, .table = table};
    put_heading(out, table->title);
    measure(&sheet);
    if (sheet.columns.count != 0)
        put_header(&sheet);
    put_rows(&sheet, &table->total, 0);
    if (rep__has_total(table))
        put_total(&sheet);
    vec_free(&sheet.columns);
}

static void put_notes(struct rep__out *out, const struct rep_part *part)
{
    for (size_t i = 0; i < part->note_count; i++) {
        rep__escape(&out->buf, part->notes[i]);
        buf_char(&out->buf, '\n');
    }
}

static void put_named(struct buf *buf, const char *label, const char *value)
{
    if (value == NULL)
        return;
    buf_text(buf, label);
    rep__escape(buf, value);
}

static void put_builds(struct rep__out *out, const struct rep_report *report)
{
    for (size_t i = 0; i < report->build_count; i++) {
        const struct rep_build *build = &report->builds[i];
        put_named(&out->buf, "build: ", build->path);
        put_named(&out->buf, ", ", build->arch);
        put_named(&out->buf, ", build id ", build->build_id);
        put_named(&out->buf, ", debug information from ", build->debug);
        buf_char(&out->buf, '\n');
    }
    if (report->build_count != 0)
        buf_char(&out->buf, '\n');
}

static void put_doubts(struct rep__out *out, const struct rep_report *report)
{
    if (report->doubt_total == 0)
        return;
    struct buf *buf = &out->buf;
    size_t shown = rep__doubts_shown(out, report);
    buf_text(buf, report->part_count != 0 ? "\n" : "");
    buf_u64(buf, report->doubt_total);
    buf_text(buf, report->doubt_total == 1 ? " doubt\n" : " doubts\n");
    for (size_t i = 0; i < shown; i++) {
        buf_text(buf, "doubt: ");
        rep__doubt(buf, &report->doubts[i]);
        buf_char(buf, '\n');
    }
    if (shown < report->doubt_total) {
        buf_text(buf, "and ");
        buf_u64(buf, report->doubt_total - shown);
        buf_text(buf, " more\n");
    }
}

// A table of nothing but its header is left out when something else says why it is empty.
static bool is_seen(const struct rep_part *part, size_t part_count)
{
    if (part->kind == REP_FINDINGS)
        return rep__findings_seen(part);
    bool table = part->kind == REP_TABLE;
    return !table || part_count == 1 || part->table.total.row_count != 0 ||
           part->table.title != NULL || rep__has_total(&part->table);
}

void rep__text(struct rep__out *out, const struct rep_report *report)
{
    size_t seen = 0;
    if (out->style->verbose)
        put_builds(out, report);
    for (size_t i = 0; i < report->part_count; i++) {
        const struct rep_part *part = &report->parts[i];
        if (!is_seen(part, report->part_count))
            continue;
        if (seen++ != 0)
            buf_char(&out->buf, '\n');
        if (part->kind == REP_TABLE)
            put_table(out, &part->table);
        else if (part->kind == REP_TYPES)
            rep__types_text(out, &part->types);
        else if (part->kind == REP_FINDINGS)
            rep__findings_text(out, part);
        else
            put_notes(out, part);
    }
    put_doubts(out, report);
}
