// SPDX-License-Identifier: MIT
//
// What the renderers share.
//
//   render       the dispatch, and the way of the bytes to the sink
//   table        checking, sorting and trimming tables
//   value        one number, for people and for machines
//   escape       one name, for each format: names come from files and may hold anything
//   text  types_text    json  types_json    csv    markdown
#ifndef TARE_REPORTS_PRIVATE_H
#define TARE_REPORTS_PRIVATE_H

#include "reports/reports.h"

// -------------------------------------------------------------------------- output

// Text gathers in `buf` and goes to the sink in chunks, so that a long report never lies in memory
// as a whole. After a write error nothing more is sent, and renderers stop pulling types.
struct rep__out {
    struct buf buf;
    const struct rep_style *style;
    const struct rep_sink *sink;
    bool failed;
};

#define REP__CHUNK ((size_t)64 * 1024)

void rep__flush(struct rep__out *out);

// Called after each row and each type.
static inline void rep__breathe(struct rep__out *out)
{
    if (out->buf.size >= REP__CHUNK)
        rep__flush(out);
}

void rep__pad(struct buf *buf, size_t spaces);
// Decimal, right-aligned in `width`.
void rep__u64_right(struct buf *buf, uint64_t value, size_t width);
size_t rep__digits(uint64_t value);

// ------------------------------------------------------------------------- renderers

void rep__text(struct rep__out *out, const struct rep_report *report);
void rep__json(struct rep__out *out, const struct rep_report *report);
void rep__csv(struct rep__out *out, const struct rep_report *report);
void rep__markdown(struct rep__out *out, const struct rep_report *report);

// Every type of a list as a layout that looks like C, a blank line between two.
void rep__types_text(struct rep__out *out, const struct rep_types *types);
// Every type as an object of a JSON array, without the brackets.
void rep__types_json(struct rep__out *out, const struct rep_types *types);

// How many of the doubts people are shown, unless they asked for all.
#define REP__DOUBTS_SHOWN 5
size_t rep__doubts_shown(const struct rep__out *out, const struct rep_report *report);

// "WHERE+0xOFFSET: text", escaped for people.
void rep__doubt(struct buf *buf, const struct doubt *doubt);

static inline bool rep__hidden(const struct rep_table *table, size_t column)
{
    return column < 8 * sizeof table->hidden_columns_mask &&
           (table->hidden_columns_mask >> column & 1) != 0;
}

// Whether the total says anything: one visible column adds up.
bool rep__has_total(const struct rep_table *table);
// The heading of a column, escaped for people.
void rep__title(struct buf *buf, const struct rep_column *column);

// --------------------------------------------------------------------------- values

// Longest: an int64 in plain bytes with its sign.
#define REP__VALUE_MAX 32

const char *rep__unit_name(enum rep_unit unit);
bool rep__missing(enum rep_unit unit, union rep_value value);
// For people; any unit but REP_TEXT. Returns the length; 0 when there is no value.
size_t rep__show(char out[REP__VALUE_MAX], enum rep_unit unit, union rep_value value, bool plain);
// "12.3%" of the total; 0 when the total is 0 or the column has no share.
size_t rep__share(char out[REP__VALUE_MAX], const struct rep_column *column, union rep_value value,
                  union rep_value total);
// For machines: plain number, or the hex digits with 0x. Not for REP_TEXT or missing values.
void rep__plain_value(struct buf *buf, enum rep_unit unit, union rep_value value);

// --------------------------------------------------------------------------- escapes

// Length of the well-formed UTF-8 sequence at a NUL-terminated text (no surrogates, no overlong
// forms), or 0.
unsigned rep__utf8(const char *text, uint32_t *point);

// For people: what is not UTF-8 or would move the cursor becomes \n, \x1b, \u202e. One line, safe
// on any terminal.
void rep__escape(struct buf *buf, const char *text);
void rep__escape_n(struct buf *buf, const char *text, size_t size);
// Columns that the same text takes, one a code point.
size_t rep__width_n(const char *text, size_t size);

// A quoted JSON string; a byte XX that is not UTF-8 becomes \udcXX.
void rep__json_text(struct buf *buf, const char *text);
// A CSV field (RFC 4180), quoted when it must be; all bytes as they are.
void rep__csv_text(struct buf *buf, const char *text);
// Markdown: running text, and a code span that is safe in a table.
void rep__md_text(struct buf *buf, const char *text);
void rep__md_code(struct buf *buf, const char *text);

#endif
