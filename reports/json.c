// SPDX-License-Identifier: MIT
//
// The JSON envelope (docs/schema.json, docs/formats/report-json.md): one object, a key a line, one
// row a line, written as it is walked.
//
//   { "tare": ..., "schema": 1, "verb": ..., "builds": [ ... ],
//     "columns": [ ... ], "total": { ... }, "rows": [ ... ],      the table named "rows"
//     "regions": { "columns", "total", "rows" },                  any other table
//     "types": [ ... ],                                           a list of types
//     "findings": [ ... ],                                        what was checked
//     "notes": [ ... ], "doubt_total": 0, "doubts": [ ... ] }
//
// Keys are unique: a second part of the same name becomes "NAME_2".

#include "reports/private.h"

static const char *part_name(const struct rep_part *part)
{
    if (part->kind == REP_TABLE)
        return part->table.name ? part->table.name : "rows";
    if (part->kind == REP_FINDINGS)
        return "findings";
    return part->types.name ? part->types.name : "types";
}

static unsigned part_number(const struct rep_report *report, size_t index)
{
    unsigned number = 1;
    for (size_t i = 0; i < index; i++) {
        number += report->parts[i].kind != REP_NOTES &&
                  strcmp(part_name(&report->parts[i]), part_name(&report->parts[index])) == 0;
    }
    return number;
}

static void put_key(struct buf *buf, const char *key)
{
    rep__json_text(buf, key);
    buf_text(buf, ": ");
}

static void put_optional(struct buf *buf, const char *key, const char *value)
{
    if (value == NULL)
        return;
    buf_text(buf, ", ");
    put_key(buf, key);
    rep__json_text(buf, value);
}

// ---------------------------------------------------------------------------- tables

static void put_value(struct buf *buf, const struct rep_column *column, union rep_value value)
{
    if (rep__missing(column->unit, value)) {
        buf_text(buf, "null");
    } else if (column->unit == REP_TEXT) {
        rep__json_text(buf, value.text);
    } else if (column->unit == REP_ADDRESS) {
        buf_char(buf, '"');
        rep__plain_value(buf, column->unit, value);
        buf_char(buf, '"');
    } else {
        rep__plain_value(buf, column->unit, value);
    }
}

static void put_values(struct buf *buf, const struct rep_table *table, const struct rep_row *row,
                       const char *separator)
{
    for (size_t i = 0; i < table->column_count; i++) {
        buf_text(buf, separator);
        put_key(buf, table->columns[i].name);
        put_value(buf, &table->columns[i], row->values[i]);
        separator = ", ";
    }
}

static void put_texts(struct buf *buf, const char *const *texts, size_t count)
{
    buf_char(buf, '[');
    for (size_t i = 0; i < count; i++) {
        buf_text(buf, i ? ", " : "");
        rep__json_text(buf, texts[i]);
    }
    buf_char(buf, ']');
}

static void put_rows(struct rep__out *out, const struct rep_table *table,
                     const struct rep_row *parent, size_t depth)
{
    struct buf *buf = &out->buf;
    buf_char(buf, '[');
    for (size_t i = 0; i < parent->row_count; i++) {
        const struct rep_row *row = &parent->rows[i];
        buf_text(buf, i ? ",\n" : "\n");
        rep__pad(buf, 2 * depth);
        buf_text(buf, "{\"name\": ");
        rep__json_text(buf, row->name);
        put_optional(buf, "dimension", row->dimension);
        put_values(buf, table, row, ", ");
        if (row->faint)
            buf_text(buf, ", \"synthetic\": true");
        if (row->evidence_count != 0) {
            buf_text(buf, ", \"evidence\": ");
            put_texts(buf, row->evidence, row->evidence_count);
        }
        if (row->row_count != 0) {
            buf_text(buf, ", \"rows\": ");
            put_rows(out, table, row, depth + 1);
        }
        buf_char(buf, '}');
        rep__breathe(out);
    }
    buf_char(buf, ']');
}

static void put_columns(struct buf *buf, const struct rep_table *table)
{
    buf_char(buf, '[');
    for (size_t i = 0; i < table->column_count; i++) {
        const struct rep_column *column = &table->columns[i];
        buf_text(buf, i ? ", {\"name\": " : "{\"name\": ");
        rep__json_text(buf, column->name);
        put_optional(buf, "title", column->title);
        put_optional(buf, "unit", rep__unit_name(column->unit));
        buf_text(buf, column->additive ? ", \"additive\": true}" : ", \"additive\": false}");
    }
    buf_char(buf, ']');
}

static void put_table(struct rep__out *out, const struct rep_table *table, const char *separator)
{
    struct buf *buf = &out->buf;
    if (table->title != NULL) {
        buf_text(buf, "\"title\": ");
        rep__json_text(buf, table->title);
        buf_text(buf, separator);
    }
    buf_text(buf, "\"columns\": ");
    put_columns(buf, table);
    buf_text(buf, separator);
    buf_text(buf, "\"total\": {");
    put_values(buf, table, &table->total, "");
    buf_char(buf, '}');
    buf_text(buf, separator);
    buf_text(buf, "\"rows\": ");
    put_rows(out, table, &table->total, 1);
}

// -------------------------------------------------------------------------- envelope

static void put_builds(struct buf *buf, const struct rep_report *report)
{
    buf_text(buf, "\"builds\": [");
    for (size_t i = 0; i < report->build_count; i++) {
        const struct rep_build *build = &report->builds[i];
        buf_text(buf, i ? ",\n  {\"path\": " : "\n  {\"path\": ");
        rep__json_text(buf, build->path);
        put_optional(buf, "build_id", build->build_id);
        put_optional(buf, "arch", build->arch);
        put_optional(buf, "debug", build->debug);
        buf_char(buf, '}');
    }
    buf_char(buf, ']');
}

static void put_part_key(struct buf *buf, const char *name, unsigned number)
{
    size_t start = buf->size;
    rep__json_text(buf, name);
    if (number > 1) {
        buf->size--; // before the closing quote
        buf_char(buf, '_');
        buf_u64(buf, number);
        buf_char(buf, '"');
    }
    ASSERT(buf->size - start > 2);
    buf_text(buf, ": ");
}

static void put_part(struct rep__out *out, const struct rep_report *report, size_t index)
{
    const struct rep_part *part = &report->parts[index];
    struct buf *buf = &out->buf;
    const char *name = part_name(part);
    unsigned number = part_number(report, index);
    buf_text(buf, ",\n");
    if (part->kind == REP_TYPES || part->kind == REP_FINDINGS) {
        put_part_key(buf, name, number);
        buf_char(buf, '[');
        if (part->kind == REP_TYPES)
            rep__types_json(out, &part->types);
        else
            rep__findings_json(out, part);
        buf_char(buf, ']');
    } else if (number == 1 && strcmp(name, "rows") == 0) {
        put_table(out, &part->table, ",\n");
    } else {
        put_part_key(buf, name, number);
        buf_char(buf, '{');
        put_table(out, &part->table, ", ");
        buf_char(buf, '}');
    }
}

static void put_notes(struct buf *buf, const struct rep_report *report)
{
    bool any = false;
    for (size_t i = 0; i < report->part_count; i++) {
        const struct rep_part *part = &report->parts[i];
        for (size_t n = 0; part->kind == REP_NOTES && n < part->note_count; n++) {
            buf_text(buf, any ? ", " : ",\n\"notes\": [");
            rep__json_text(buf, part->notes[n]);
            any = true;
        }
    }
    buf_text(buf, any ? "]" : "");
}

static void put_doubts(struct buf *buf, const struct rep_report *report)
{
    buf_text(buf, ",\n\"doubt_total\": ");
    buf_u64(buf, report->doubt_total);
    buf_text(buf, ",\n\"doubts\": [");
    for (size_t i = 0; i < report->doubt_count; i++) {
        const struct doubt *doubt = &report->doubts[i];
        buf_text(buf, i ? ",\n  {\"where\": " : "\n  {\"where\": ");
        rep__json_text(buf, doubt->where);
        if (doubt->offset != NO_OFFSET) {
            buf_text(buf, ", \"offset\": \"");
            rep__plain_value(buf, REP_ADDRESS, (union rep_value){.u = doubt->offset});
            buf_char(buf, '"');
        }
        put_optional(buf, "text", doubt->text);
        buf_char(buf, '}');
    }
    buf_char(buf, ']');
}

void rep__json(struct rep__out *out, const struct rep_report *report)
{
    struct buf *buf = &out->buf;
    buf_text(buf, "{\"tare\": ");
    rep__json_text(buf, report->version ? report->version : "unknown");
    buf_text(buf, ",\n\"schema\": ");
    buf_u64(buf, REP_SCHEMA);
    buf_text(buf, ",\n\"verb\": ");
    rep__json_text(buf, report->verb);
    buf_text(buf, ",\n");
    put_builds(buf, report);
    for (size_t i = 0; i < report->part_count; i++) {
        if (report->parts[i].kind != REP_NOTES)
            put_part(out, report, i);
    }
    put_notes(buf, report);
    put_doubts(buf, report);
    buf_text(buf, "}\n");
}
