// SPDX-License-Identifier: MIT
//
// What the renderers share.
//
//   render       the dispatch, and the way of the bytes to the sink
//   table        checking, sorting and trimming tables
//   value        one number, for people and for machines
//   escape       one name, for each format: names come from files and may hold anything
//   text         types_text: which layout is how; layout_plan: the columns of a struct,
//                layout_text: its lines
//   json         types_json
//   csv
//   markdown
//   dot          dependencies as a graph
//   findings     what was checked, in the formats above
//   viewer       a graph of objects as a page (reports/viewer holds the page)
//   junit sarif github    the same in formats that have nothing else
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
void rep__dot(struct rep__out *out, const struct rep_report *report);
void rep__junit(struct rep__out *out, const struct rep_report *report);
void rep__sarif(struct rep__out *out, const struct rep_report *report);
void rep__github(struct rep__out *out, const struct rep_report *report);
void rep__html(struct rep__out *out, const struct rep_report *report);

// The page that HTML is put into: what comes before the data, and behind it. Made from reports/viewer.
extern const char rep__page_head[], rep__page_tail[];

// Findings: for people those that did not pass, for machines all.
bool rep__findings_seen(const struct rep_part *part); // by people: whether there are such
void rep__findings_text(struct rep__out *out, const struct rep_part *part);
void rep__findings_markdown(struct rep__out *out, const struct rep_part *part);
void rep__findings_csv(struct rep__out *out, const struct rep_part *part);
// Every finding as an object of a JSON array, without the brackets.
void rep__findings_json(struct rep__out *out, const struct rep_part *part);

// Every type of a list as a layout that looks like C, a blank line between two.
void rep__types_text(struct rep__out *out, const struct rep_types *types);
// Every type as an object of a JSON array, without the brackets.
void rep__types_json(struct rep__out *out, const struct rep_types *types);

// ------------------------------------------------------------------------- layouts

enum rep__shape { REP__PLAIN, REP__STATIC, REP__OPENS, REP__BASE, REP__VTABLE, REP__VIRTUAL };

// A member that has no place in the type.
static inline bool rep__unplaced(const struct rep_member *member)
{
    return member->is_static || member->virtual_base;
}

// One member, split: "PyObject" [left]  "**" [hang]  "ob_item" [name and what follows].
struct rep__line {
    const char *left, *right; // right starts with the hang
    uint32_t left_size, right_size;
    uint32_t left_width, hang, right_width;
    enum rep__shape shape;
    bool simple; // see rep__is_simple
};

// The columns of one type, and where its writing stands.
struct rep__layout {
    struct rep__out *out;
    VEC(struct rep__line) lines; // one a member
    VEC(uint32_t) open;          // expanded members whose own members are being written
    size_t name_col;             // of the name, after the indentation
    size_t note_col;             // of the comment
    size_t digits;               // of an offset or size
    bool bits;                   // some offset has a bit number
    uint64_t end_bit;            // where the members written so far end
    uint64_t next_line;          // the cache line boundary that was not yet passed, in bytes
};

#define REP__INDENT       4
#define REP__NAME_COL_MAX 36 // names line up unless their type is longer
#define REP__NOTE_COL_MAX 84 // comments line up unless their line is longer
#define REP__STATIC_WORD  "static "
#define REP__BASE_WORD    "// base "
#define REP__VTABLE_WORD  "// vtable pointer"
#define REP__VIRTUAL_WORD "// virtual base "

// Splits the declarations and finds the columns; `head_width` is that of "struct foo {".
void rep__plan(struct rep__layout *layout, const struct rep_type *type, size_t head_width);
// Columns between the type and the name.
size_t rep__gap(const struct rep__layout *layout, const struct rep__line *line);
// Columns of the whole line without indentation and comment.
size_t rep__line_width(const struct rep__layout *layout, const struct rep_member *member,
                       const struct rep__line *line);
// The tag in "struct list_head [2]" or "ns::list<int>"; empty for anonymous types.
struct slice rep__tag(const struct rep_member *member);

void rep__record_text(struct rep__layout *layout, const struct rep_type *type);

// "struct foo {" or, when only a typedef names it, "typedef struct {". Returns its width.
size_t rep__head(struct buf *buf, const struct rep_type *type);
// "// 40 bytes, listobject.h:5" behind a line of that width.
void rep__head_note(const struct rep__layout *layout, const struct rep_type *type, size_t width);
// "};  // size 40"
void rep__tail(struct buf *buf, const struct rep_type *type);
// "1 byte", "2 bytes"
void rep__count(struct buf *buf, uint64_t count, const char *one, const char *many);
// Closes a line that is `width` columns long with the start of its comment.
void rep__note(const struct rep__layout *layout, size_t width, const char *start);

// -------------------------------------------------------------------------- doubts

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

// The texts are not NUL-terminated; the longest is a sign, 20 digits, a point, a digit and a unit.
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

// Printable ASCII without '"' and '\\': the same for people and in JSON.
bool rep__is_simple(const char *text, size_t size);

// For people: what is not UTF-8 or would move the cursor becomes \n, \x1b, \u202e. One line, safe
// on any terminal.
void rep__escape(struct buf *buf, const char *text);
// The name of a row for people, not escaped: whole under --verbose or when it is short enough, else in
// `room` without its middle (templates of C++ can be 10,000 characters long).
#define REP__NAME_HEAD 130
#define REP__NAME_TAIL 65
#define REP__NAME_ROOM (REP__NAME_HEAD + REP__NAME_TAIL + 8)
const char *rep__name(const char *name, const struct rep_style *style, char room[REP__NAME_ROOM]);
void rep__escape_n(struct buf *buf, const char *text, size_t size);
// Columns that the same text takes, one a code point.
size_t rep__width_n(const char *text, size_t size);

// A quoted JSON string; a byte XX that is not UTF-8 becomes \uf7XX.
void rep__json_text(struct buf *buf, const char *text);
// A CSV field (RFC 4180), quoted when it must be; all bytes as they are.
void rep__csv_text(struct buf *buf, const char *text);
// Markdown: running text, and a code span that is safe in a table.
void rep__md_text(struct buf *buf, const char *text);
void rep__md_code(struct buf *buf, const char *text);

#endif
