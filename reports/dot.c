// SPDX-License-Identifier: MIT
//
// Dependencies as a graph for Graphviz: in a table whose rows stand for users and the rows below them
// for what they need, every lower row is an edge, labelled with its first column.
//
//   digraph "tare" {
//     "[objects]" -> "libc.a" [label="12"];
//   }

#include "reports/private.h"

static void put_name(struct buf *buf, const char *name)
{
    struct buf plain = {0};
    rep__escape(&plain, name);
    buf_char(buf, '"');
    for (size_t i = 0; i < plain.size; i++) {
        if (plain.data[i] == '"' || plain.data[i] == '\\')
            buf_char(buf, '\\');
        buf_char(buf, plain.data[i]);
    }
    buf_char(buf, '"');
    buf_free(&plain);
}

static void put_edges(struct rep__out *out, const struct rep_table *table)
{
    struct buf *buf = &out->buf;
    for (size_t i = 0; i < table->total.row_count; i++) {
        const struct rep_row *user = &table->total.rows[i];
        for (size_t n = 0; n < user->row_count; n++) {
            buf_text(buf, "  ");
            put_name(buf, user->name);
            buf_text(buf, " -> ");
            put_name(buf, user->rows[n].name);
            buf_text(buf, " [label=\"");
            rep__plain_value(buf, table->columns[0].unit, user->rows[n].values[0]);
            buf_text(buf, "\"];\n");
            rep__breathe(out);
        }
    }
}

void rep__dot(struct rep__out *out, const struct rep_report *report)
{
    buf_text(&out->buf, "digraph \"tare\" {\n  rankdir=LR;\n  node [shape=box];\n");
    for (size_t i = 0; i < report->part_count; i++)
        if (report->parts[i].kind == REP_TABLE)
            put_edges(out, &report->parts[i].table);
    buf_text(&out->buf, "}\n");
}
