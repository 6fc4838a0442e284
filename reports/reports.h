// SPDX-License-Identifier: MIT
//
// reports: what a verb has to say, and the renderers that say it.
//
// A report is a list of parts; each part is a table (a tree of rows under columns), a list of types
// (pulled one at a time, so that a million layouts never lie in memory together), findings (what was
// checked, and how it came out), notes or, for the viewer alone, a graph of objects.
// Renderers know nothing of ELF or ledgers.
//
//   report ── builds               text      aligned tables, KiB and %, C-like layouts
//          ├─ part: table ── rows   json      docs/schema.json, plain bytes, streamed
//          ├─ part: types ── next() csv       one record per leaf row, path columns, plain bytes
//          ├─ part: notes           markdown  tables for a comment
//          │                        junit     findings as test cases
//          ├─ part: findings        sarif     findings for code scanning (SARIF 2.1.0)
//          └─ doubts                github    findings as annotations of a GitHub workflow
//                                   html      a graph of objects as a page to walk through
//
// In every table the rows of an additive column add up to the total at every depth; rep_check says
// so, in every build.
#ifndef TARE_REPORTS_H
#define TARE_REPORTS_H

#include "base/base.h"

// -------------------------------------------------------------------------- tables

enum rep_unit {
    REP_BYTES,    // uint64 bytes; people see "123", "812.4 KiB", "6.5 MiB", machines plain bytes
    REP_COUNT,    // uint64
    REP_DELTA,    // int64 bytes, with sign: "+1.2 KiB", "-40", "0"
    REP_PERMILLE, // int64, shown as percent with one decimal; never additive
    REP_TEXT,     // a word (const char *), NULL: no word; never additive
    REP_ADDRESS,  // uint64, shown as 0x hex; JSON a hex string; never additive
};

// No value here (the growth of what is new, the retained size of "[3 others]"): in .u or .i of a
// column that is not additive. People see a blank, JSON null, CSV an empty field.
#define REP_NONE UINT64_C(0x8000000000000001)

struct rep_column {
    const char *name;  // machine name: "file", "vm"
    const char *title; // for people: "FILE SIZE"; NULL: the name in capitals
    enum rep_unit unit;
    bool additive; // rows add up to the total
    bool percent;  // people see the share of the grand total beside it (REP_BYTES, REP_COUNT)
};

union rep_value {
    uint64_t u;
    int64_t i;
    const char *text;
};

struct rep_row {
    const char *name;        // borrowed, may hold any bytes; renderers escape
    const char *dimension;   // "module", "symbol" ...; may be NULL
    union rep_value *values; // one per column
    struct rep_row *rows;    // children, adding up to this row
    size_t row_count;
    const char **evidence; // lines shown under the row with -v; may be NULL
    size_t evidence_count;
    bool faint; // no owner of the user's: [padding], [unattributed], [.dynamic], [N others]
};

// Rows nest at most this deep (dimensions do, file contents never decide it).
#define REP_DEPTH_MAX 200

struct rep_table {
    const char *name;  // machine name: "rows" (the main table), "regions"; NULL: "rows"
    const char *title; // heading for people, or NULL
    const char *names; // what stands over the names of its rows, for people; NULL: nothing
    const struct rep_column *columns;
    size_t column_count;
    struct rep_row total;       // name unused; values are the grand total; rows are the table
    size_t hidden_columns_mask; // bit n: text and markdown leave column n out (machines never do)
};

// Sorts the rows at every depth by a column, then by name; REP_DELTA by magnitude, so that the
// largest changes come first either way; REP_NONE last. A column that is not there: by name only.
void rep_sort(struct rep_table *table, size_t column, bool descending);
// By the larger of two columns of bytes or counts, largest first, then by name.
void rep_sort_larger(struct rep_table *table, size_t column, size_t other);

// Totals of rows that do not add up: REP_NONE in every column but text, in `arena`.
void rep_no_total(struct arena *arena, struct rep_table *table);

// Keeps the first `keep` rows at every depth (0: all) and folds the others into one "[N others]",
// whose additive columns are their sums, in `arena`. Faint rows named [unattributed] and [padding]
// are kept besides, in plain sight; one lone other row is not worth folding.
void rep_trim(struct arena *arena, struct rep_table *table, size_t keep);

// --------------------------------------------------------------------------- types

struct rep_member {
    const char *name; // "" for an anonymous member or a base class
    // Without the name: "PyObject **", "char [16]", "int (*)(void *)", "struct list_head".
    const char *type;
    const char *declaration; // with the name in its place: "PyObject **ob_item", "char name[16]",
                             // "int (*run)(void *)"; of a bit field without its ": 3",
                             // of a static member without "static"
    uint64_t bit_offset;     // from the start of the outermost type
    uint64_t bit_size;       // of the member (a bit field: its bits)
    uint64_t storage_size;   // bit field: bytes of the type it is declared with, 0: not known
    uint32_t depth;          // 0: direct member; n: inside n expanded aggregates
    bool bit_field, flexible, inherited, vtable_pointer, is_static;
    bool virtual_base;          // with inherited: where it lies is not fixed
    bool variant, discriminant; // of a tagged union: one of its cases; what tells them apart
    const char *expanded;    // "struct", "union", "class": its members follow one deeper; else NULL
    uint32_t expanded_count; // how many following entries (all depths) belong to it
};

struct rep_hole {
    uint64_t bit_offset, bit_size; // whole bytes are holes, parts of bytes are bit holes
    uint32_t before_member;        // index in members it stands before
};

struct rep_enumerator {
    const char *name;
    int64_t value;
    bool is_unsigned;
};

struct rep_type {
    const char *kind;         // "struct", "class", "union", "enum", "typedef"
    const char *name;         // qualified: "ns::list<int>"; "" when anonymous
    const char *alias;        // typedef name of an anonymous type, or NULL
    const char *target;       // typedef: what it names; enum: underlying type; else NULL
    uint64_t size, alignment; // bytes; alignment 0 when not known
    bool dynamic;             // the size is known at run time only, and 0 here
    const char *declared;     // "listobject.h:5", or NULL
    const struct rep_member *members;
    size_t member_count;
    const struct rep_hole *holes;
    size_t hole_count;
    const struct rep_enumerator *enumerators;
    size_t enumerator_count;
    uint64_t tail_padding;      // bytes
    uint64_t tail_padding_bits; // bits, beyond whole bytes
    uint32_t member_total, hole_total,
        bit_hole_total;    // counts of direct members, byte holes, bit holes
    uint64_t members_size; // bytes that direct members cover (bit fields counted by bits, rounded
                           // at the end): with holes and padding the size
    uint64_t holes_size;   // bytes in holes
    uint64_t cacheline;    // bytes a cache line, 0: do not mark
    uint64_t instances;    // units that define it; 0: not counted
    const char **units;    // which units, shown when several types share the name
    size_t unit_count;
    const char **notes; // reorder steps, variant notes: one line each
    size_t note_count;
};

// Gives the next type, or false at the end. What `out` borrows stays valid until the next call.
struct rep_types {
    const char *name; // NULL: "types"
    bool (*next)(void *context, struct rep_type *out);
    void *context;
};

// ------------------------------------------------------------------------- findings

enum rep_severity { REP_PASS, REP_WARNING, REP_ERROR };

// One thing that was checked. People see those that did not pass.
struct rep_finding {
    const char *rule;    // "region.max": what kind of check it is
    const char *about;   // what the rule says, one sentence
    const char *build;   // the target or path it is about
    const char *subject; // "region FLASH"
    const char *message; // how it came out, without its end: "uses 181.4 KiB, 1.4 KiB over ..."
    const char *file;    // where to look: a path, or NULL
    uint32_t line;       // 0: not known
    enum rep_severity severity;
    const char *waived;       // it would count, but for this reason it does not; or NULL
    enum rep_unit unit;       // of the two: REP_BYTES or REP_COUNT
    uint64_t measured, limit; // REP_NONE: there is none
};
// The word for how it came out: "ok", "warning", "broken", "waived".
const char *rep_finding_word(const struct rep_finding *finding);
// Bytes or a count as people see them: "812.4 KiB".
void rep_show(struct buf *out, enum rep_unit unit, uint64_t value);

// --------------------------------------------------------------------------- graphs

// Objects that refer to each other, for the viewer: a tree of what holds what, the references between
// them, their content and what it means. The tree tiles: the size of a group is that of its objects
// and of what is left out beside them.
//
//   groups    0 Objects             1 [padding]
//   objects   0 spam_type (holder: none, group 0)   1 methods (holder: 0)
//   rest      {holder none, group 0, 17 objects, 612 bytes}   {none, group 1, 5, 40}

#define REP_NO_OBJECT UINT32_MAX
#define REP_OUTSIDE   (UINT32_MAX - 1) // as a target: an object of another program

enum rep_object_flags {
    REP_OBJECT_CODE = 1,     // a function: there because of what it refers to; does not count
    REP_OBJECT_EXPORTED = 2, // other programs may refer to it
    REP_OBJECT_LOST = 4,     // nothing that is kept leads to it
    REP_OBJECT_GUEST = 8,    // nobody defines it; the group is who alone refers to it
    REP_OBJECT_TEXT = 16,    // a string literal
};

struct rep_object {
    const char *name;
    uint64_t offset, size; // bytes; offset in its section
    uint64_t retained;     // bytes, of data
    uint32_t section, group, type, holder;
    uint32_t users;  // how many refer to it, those that were left out too
    uint32_t stored; // bytes of its content in `bytes`
    uint8_t by;      // in `evidence`
    uint8_t flags;
};

// A reference, from a place in one object into another. Of functions the place is not told: 0.
struct rep_reference {
    uint32_t from, to;    // to: REP_OUTSIDE: see `name`
    uint64_t place, into; // bytes from the start of either
    const char *name;     // of what lies outside, else NULL
    uint8_t how;          // in `links`
};

// What was left out beside the objects that have this holder, or of a group when it has none.
struct rep_rest {
    uint32_t holder, group;
    uint64_t count, size;
};

enum rep_shape_kind {
    REP_SHAPE_RAW, // not known
    REP_SHAPE_UNSIGNED,
    REP_SHAPE_SIGNED,
    REP_SHAPE_FLOAT,
    REP_SHAPE_CHAR,
    REP_SHAPE_SIGNED_CHAR,
    REP_SHAPE_BOOL,
    REP_SHAPE_POINTER,
    REP_SHAPE_ENUM,
    REP_SHAPE_ARRAY,
    REP_SHAPE_RECORD,
    REP_SHAPE_UNION,
};

// A part of a shape: a member, or a name of an enumeration.
struct rep_shape_part {
    const char *name;
    uint32_t shape;                // of a member
    uint64_t bit_offset, bit_size; // of a member; bit_size 0: no bit field
    int64_t value;                 // of an enumerator
};

// How content is read. Shape 0 is not known; of a raw one only the name is.
struct rep_shape {
    const char *name;
    enum rep_shape_kind kind;
    uint64_t size;    // bytes
    uint32_t element; // of an array, which goes on to the end of what holds it
    size_t first_part, part_count;
};

struct rep_page_share {
    uint32_t group;
    uint64_t size;
};

struct rep_page {
    uint64_t addr;
    uint32_t section; // that has most of it
    bool dirty;       // written at load
    bool first_use;   // written when what lies there is first used, and not before
    size_t first_share, share_count;
};

struct rep_graph_section {
    const char *name;
    uint64_t addr;
};

struct rep_graph {
    const char *const *groups;
    const struct rep_graph_section *sections;
    const struct rep_object *objects;       // by address
    const struct rep_reference *references; // by `from`
    const struct rep_rest *rests;
    const struct rep_shape *shapes;
    const struct rep_shape_part *parts;
    const struct rep_page *pages;
    const struct rep_page_share *shares;
    const char *const *evidence, *const *links; // words
    struct slice bytes;                         // content, object after object
    size_t group_count, section_count, object_count, reference_count, rest_count, shape_count,
        part_count, page_count, share_count, evidence_count, link_count;
    uint64_t page_size, total;          // bytes
    uint64_t left_out, references_left; // objects; references with a left out end, or too many
    unsigned address_size;              // bytes
    bool big_endian;
};

// ---------------------------------------------------------------------- the report

struct rep_build {
    const char *path, *build_id, *arch, *debug; // any may be NULL but path
};

enum rep_part_kind { REP_TABLE, REP_TYPES, REP_NOTES, REP_FINDINGS };

struct rep_part {
    enum rep_part_kind kind;
    struct rep_table table;
    struct rep_types types;
    const char *const *notes; // lines
    size_t note_count;
    const struct rep_finding *findings; // the worst first
    size_t finding_count;
};

#define REP_SCHEMA 1 // of the JSON; changes when a field changes meaning or goes

struct rep_report {
    const char *verb;
    const char *version; // of the program: "0.1.0"
    const struct rep_build *builds;
    size_t build_count;
    struct rep_part *parts;
    size_t part_count;
    const struct doubt *doubts;
    size_t doubt_count;
    uint64_t doubt_total;
    const struct rep_graph *graph; // HTML shows it, and needs one; nobody else does
};

enum rep_format {
    REP_FORMAT_TEXT,
    REP_FORMAT_JSON,
    REP_FORMAT_CSV,
    REP_FORMAT_MARKDOWN,
    REP_FORMAT_DOT,
    REP_FORMAT_JUNIT,
    REP_FORMAT_SARIF,
    REP_FORMAT_GITHUB,
    REP_FORMAT_HTML,
};
// DOT draws tables of two levels as a graph, for dependencies; it shows nothing else.
bool rep_format_parse(const char *name, enum rep_format *format);
// Whether the format shows findings and nothing else.
static inline bool rep_format_of_findings(enum rep_format format)
{
    return format == REP_FORMAT_JUNIT || format == REP_FORMAT_SARIF || format == REP_FORMAT_GITHUB;
}

struct rep_style {
    enum rep_format format;
    bool colour;
    bool plain_bytes; // text without KiB (--bytes)
    bool verbose;     // evidence lines, the builds, all kept doubts, long names whole
    unsigned width;   // columns of the terminal, 0 unknown: columns of words are padded less
};

// Where rendered bytes go: returns false on a write error.
struct rep_sink {
    bool (*write)(void *context, const void *data, size_t size);
    void *context;
};

// Ends the process (ASSERT) when an additive column does not add up at some depth: a report that
// does not close is a bug. rep_render does it first of all.
void rep_check(const struct rep_table *table);

// Renders the whole report (types are pulled, so only once); false with `fault` on a write error
// only.
bool rep_render(const struct rep_report *report, const struct rep_style *style,
                const struct rep_sink *sink, struct fault *fault);

#endif
