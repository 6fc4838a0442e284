// SPDX-License-Identifier: MIT
//
// Reports for a comment on a pull request (GitHub flavour):
//
//   | | FILE SIZE | VM SIZE |
//   |:--|--:|--:|
//   | `Objects` | 3.1 MiB (48.1%) | 3.2 MiB (47.0%) |
//   | &nbsp;&nbsp;`list_append` | 120 | 120 |
//   | **TOTAL** | **6.5 MiB** | **6.8 MiB** |
//
// Names are code spans, so that no name is taken for markup, a mention, or a cell border.

#include "reports/private.h"

#define NESTED "&nbsp;&nbsp;"

// --------------------------------------------------------------------------- tables

static void put_cell(const struct rep__out *out, struct buf *buf, const struct rep_table *table,
                     size_t index, const struct rep_row *row)
{
    const struct rep_column *column = &table->columns[index];
    union rep_value value = row->values[index];
    if (column->unit == REP_TEXT) {
        rep__md_text(buf, value.text);
        return;
    }
    char text[REP__VALUE_MAX];
    buf_bytes(buf, text, rep__show(text, column->unit, value, out->style->plain_bytes));
    size_t share = rep__share(text, column, value, table->total.values[index]);
    if (share == 0)
        return;
    buf_text(buf, " (");
    buf_bytes(buf, text, share);
    buf_char(buf, ')');
}

static void put_cells(struct rep__out *out, const struct rep_table *table,
                      const struct rep_row *row)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (rep__hidden(table, i))
            continue;
        put_cell(out, &out->buf, table, i, row);
        buf_text(&out->buf, " | ");
    }
    out->buf.size--;
    buf_char(&out->buf, '\n');
}

static void put_name(struct rep__out *out, const struct rep_row *row)
{
    struct buf *buf = &out->buf;
    char room[REP__NAME_ROOM];
    const char *name = rep__name(row->name, out->style, room);
    if (!row->faint) {
        rep__md_code(buf, name);
        return;
    }
    buf_char(buf, '*');
    rep__md_text(buf, name);
    buf_char(buf, '*');
}

static void put_rows(struct rep__out *out, const struct rep_table *table,
                     const struct rep_row *parent, size_t depth)
{
    struct buf *buf = &out->buf;
    for (size_t i = 0; i < parent->row_count; i++) {
        const struct rep_row *row = &parent->rows[i];
        buf_text(buf, "| ");
        for (size_t n = 0; n < depth; n++)
            buf_text(buf, NESTED);
        put_name(out, row);
        for (size_t n = 0; out->style->verbose && n < row->evidence_count; n++) {
            buf_text(buf, "<br>");
            rep__md_text(buf, row->evidence[n]);
        }
        buf_text(buf, " | ");
        put_cells(out, table, row);
        rep__breathe(out);
        put_rows(out, table, row, depth + 1);
    }
}

static void put_header(struct rep__out *out, const struct rep_table *table)
{
    struct buf *buf = &out->buf, title = {0};
    buf_text(buf, "| ");
    rep__md_text(buf, table->names ? table->names : "");
    buf_text(buf, table->names ? " |" : "|");
    for (size_t i = 0; i < table->column_count; i++) {
        if (rep__hidden(table, i))
            continue;
        title.size = 0;
        rep__title(&title, &table->columns[i]);
        buf_char(&title, '\0');
        buf_char(buf, ' ');
        rep__md_text(buf, title.data);
        buf_text(buf, " |");
    }
    buf_text(buf, "\n|:--|");
    for (size_t i = 0; i < table->column_count; i++) {
        if (!rep__hidden(table, i))
            buf_text(buf, table->columns[i].unit == REP_TEXT ? ":--|" : "--:|");
    }
    buf_char(buf, '\n');
    buf_free(&title);
}

static void put_total(struct rep__out *out, const struct rep_table *table)
{
    char text[REP__VALUE_MAX];
    buf_text(&out->buf, "| **TOTAL** |");
    for (size_t i = 0; i < table->column_count; i++) {
        if (rep__hidden(table, i))
            continue;
        size_t size = rep__show(text, table->columns[i].unit, table->total.values[i],
                                out->style->plain_bytes);
        buf_text(&out->buf, size ? " **" : "");
        buf_bytes(&out->buf, text, size);
        buf_text(&out->buf, size ? "** |" : " |");
    }
    buf_char(&out->buf, '\n');
}

static void put_table(struct rep__out *out, const struct rep_table *table)
{
    if (table->title != NULL) {
        buf_text(&out->buf, "### ");
        rep__md_text(&out->buf, table->title);
        buf_text(&out->buf, "\n\n");
    }
    put_header(out, table);
    put_rows(out, table, &table->total, 0);
    if (rep__has_total(table))
        put_total(out, table);
}

// ------------------------------------------------------------------ types and the rest

// In a code block colour would be noise.
static void put_types(struct rep__out *out, const struct rep_types *types)
{
    const struct rep_style *kept = out->style;
    struct rep_style style = *kept;
    style.colour = false;
    out->style = &style;
    buf_text(&out->buf, "```c\n");
    rep__types_text(out, types);
    buf_text(&out->buf, "```\n");
    out->style = kept;
}

static void put_notes(struct rep__out *out, const struct rep_part *part)
{
    for (size_t i = 0; i < part->note_count; i++) {
        buf_text(&out->buf, "- ");
        rep__md_text(&out->buf, part->notes[i]);
        buf_char(&out->buf, '\n');
    }
}

static void put_doubts(struct rep__out *out, const struct rep_report *report)
{
    struct buf *buf = &out->buf, line = {0};
    if (report->doubt_total == 0)
        return;
    size_t shown = rep__doubts_shown(out, report);
    buf_text(buf, "\n**");
    buf_u64(buf, report->doubt_total);
    buf_text(buf, report->doubt_total == 1 ? " doubt**\n\n" : " doubts**\n\n");
    for (size_t i = 0; i < shown; i++) {
        line.size = 0;
        rep__doubt(&line, &report->doubts[i]);
        buf_char(&line, '\0');
        buf_text(buf, "- ");
        rep__md_text(buf, line.data);
        buf_char(buf, '\n');
    }
    if (shown < report->doubt_total) {
        buf_text(buf, "- and ");
        buf_u64(buf, report->doubt_total - shown);
        buf_text(buf, " more\n");
    }
    buf_free(&line);
}

void rep__markdown(struct rep__out *out, const struct rep_report *report)
{
    for (size_t i = 0; i < report->part_count; i++) {
        const struct rep_part *part = &report->parts[i];
        if (part->kind == REP_FINDINGS && !rep__findings_seen(part))
            continue;
        if (i != 0)
            buf_char(&out->buf, '\n');
        if (part->kind == REP_TABLE)
            put_table(out, &part->table);
        else if (part->kind == REP_TYPES)
            put_types(out, &part->types);
        else if (part->kind == REP_FINDINGS)
            rep__findings_markdown(out, part);
        else
            put_notes(out, part);
    }
    put_doubts(out, report);
}
