// SPDX-License-Identifier: MIT
//
// The report document and its renderers: golden texts, names of all kinds, accounts that close.
// What is JSON or CSV is read again by readers that are not ours (Python's json, csv, jsonschema).

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reports/reports.h"
#include "tests/unit/check.h"

// ------------------------------------------------------------------------ rendering

struct catcher {
    struct buf text;
    size_t calls, largest, fail_after; // fail_after 0: never
};

static bool catch_text(void *context, const void *data, size_t size)
{
    struct catcher *catcher = context;
    buf_bytes(&catcher->text, data, size);
    catcher->largest = MAX(catcher->largest, size);
    return ++catcher->calls != catcher->fail_after;
}

static char *render_style(struct rep_report *report, struct rep_style style)
{
    struct catcher catcher = {0};
    struct fault fault = {0};
    CHECK(rep_render(report, &style, &(struct rep_sink){catch_text, &catcher}, &fault));
    buf_char(&catcher.text, '\0');
    return catcher.text.data;
}

static char *render(struct rep_report *report, enum rep_format format)
{
    return render_style(report, (struct rep_style){.format = format});
}

static void expect_style(struct rep_report *report, struct rep_style style, const char *want)
{
    char *got = render_style(report, style);
    CHECK_TEXT(got, want);
    free(got);
}

static void expect(struct rep_report *report, enum rep_format format, const char *want)
{
    expect_style(report, (struct rep_style){.format = format}, want);
}

static struct rep_report report_of(struct rep_part *parts, size_t count)
{
    static const struct rep_build build = {.path = "fw.elf", .arch = "arm"};
    return (struct rep_report){.verb = "size",
                               .version = "0.1.0",
                               .builds = &build,
                               .build_count = 1,
                               .parts = parts,
                               .part_count = count};
}

// ---------------------------------------------------------------------- a small table

#define V(...) ((union rep_value[]){__VA_ARGS__})

static const struct rep_column size_columns[] = {
    {"file", "FILE SIZE", REP_BYTES, true, true},
    {"vm", "VM SIZE", REP_BYTES, true, false},
};

static const char *evidence[] = {"symbol table over DWARF function: 20 bytes"};

// clang-format off
static struct rep_row list_rows[] = {
    {.name = "list_append", .dimension = "symbol", .values = V({.u = 1000}, {.u = 1000}),
     .evidence = evidence, .evidence_count = 1},
    {.name = "a|b", .dimension = "symbol", .values = V({.u = 23}, {.u = 0})},
};
static struct rep_row size_rows[] = {
    {.name = "Objects", .dimension = "module", .values = V({.u = 1023}, {.u = 1000}),
     .rows = list_rows, .row_count = 2},
    {.name = "Python", .dimension = "module", .values = V({.u = 831898}, {.u = 6815744})},
    {.name = "[padding]", .values = V({.u = 64}, {.u = 0}), .faint = true},
};
// clang-format on

static union rep_value size_total[] = {{.u = 832985}, {.u = 6816744}};

static struct rep_table size_table(void)
{
    return (struct rep_table){
        .columns = size_columns,
        .column_count = 2,
        .total = {.values = size_total, .rows = size_rows, .row_count = 3},
    };
}

static const struct doubt doubts[] = {
    {"fw.elf:.debug_info", 0x1267, "form 0x99 is not known"},
    {"fw.map", NO_OFFSET, "odd line"},
};

static void test_text_table(void)
{
    struct rep_part part = {.kind = REP_TABLE, .table = size_table()};
    struct rep_report report = report_of(&part, 1);
    report.doubts = doubts;
    report.doubt_count = 2;
    report.doubt_total = 7;
    expect(&report, REP_FORMAT_TEXT,
           "        FILE SIZE   VM SIZE\n"
           "  0.1%       1023      1000  Objects\n"
           "  0.1%       1000      1000    list_append\n"
           "  0.0%         23         0    a|b\n"
           " 99.9%  812.4 KiB   6.5 MiB  Python\n"
           "  0.0%         64         0  [padding]\n"
           "100.0%  813.5 KiB   6.5 MiB  TOTAL\n"
           "\n"
           "7 doubts\n"
           "doubt: fw.elf:.debug_info+0x1267: form 0x99 is not known\n"
           "doubt: fw.map: odd line\n"
           "and 5 more\n");
}

static void test_text_styles(void)
{
    struct rep_part part = {.kind = REP_TABLE, .table = size_table()};
    part.table.title = "By module";
    part.table.hidden_columns_mask = 2;
    struct rep_report report = report_of(&part, 1);
    expect_style(&report, (struct rep_style){.plain_bytes = true, .verbose = true},
                 "build: fw.elf, arm\n"
                 "\n"
                 "By module\n"
                 "\n"
                 "     FILE SIZE\n"
                 "  0.1%    1023  Objects\n"
                 "  0.1%    1000    list_append\n"
                 "                    - symbol table over DWARF function: 20 bytes\n"
                 "  0.0%      23    a|b\n"
                 " 99.9%  831898  Python\n"
                 "  0.0%      64  [padding]\n"
                 "100.0%  832985  TOTAL\n");
    char *coloured = render_style(&report, (struct rep_style){.colour = true});
    CHECK(strstr(coloured, "\x1b[2m  0.0%         64  [padding]\x1b[0m\n") != NULL);
    CHECK(strstr(coloured, "\x1b[1mBy module\x1b[0m\n") != NULL);
    free(coloured);
}

static void test_csv_table(void)
{
    struct rep_part part = {.kind = REP_TABLE, .table = size_table()};
    part.table.hidden_columns_mask = 2; // machines see all
    struct rep_report report = report_of(&part, 1);
    expect(&report, REP_FORMAT_CSV,
           "module,symbol,file,vm\r\n"
           "Objects,list_append,1000,1000\r\n"
           "Objects,a|b,23,0\r\n"
           "Python,,831898,6815744\r\n"
           "[padding],,64,0\r\n");
}

static void test_markdown_table(void)
{
    struct rep_part parts[2] = {{.kind = REP_TABLE, .table = size_table()}, {.kind = REP_NOTES}};
    parts[0].table.title = "By @module";
    parts[1].notes = (const char *[]){"2 of *3* units", "# no heading"};
    parts[1].note_count = 2;
    struct rep_report report = report_of(parts, 2);
    report.doubts = doubts;
    report.doubt_count = report.doubt_total = 1;
    expect(&report, REP_FORMAT_MARKDOWN,
           "### By &#64;module\n"
           "\n"
           "| | FILE SIZE | VM SIZE |\n"
           "|:--|--:|--:|\n"
           "| `Objects` | 1023 (0.1%) | 1000 |\n"
           "| &nbsp;&nbsp;`list_append` | 1000 (0.1%) | 1000 |\n"
           "| &nbsp;&nbsp;<code>a&#124;b</code> | 23 (0.0%) | 0 |\n"
           "| `Python` | 812.4 KiB (99.9%) | 6.5 MiB |\n"
           "| *[padding]* | 64 (0.0%) | 0 |\n"
           "| **TOTAL** | **813.5 KiB** | **6.5 MiB** |\n"
           "\n"
           "- 2 of &#42;3&#42; units\n"
           "- &#35; no heading\n"
           "\n"
           "**1 doubt**\n"
           "\n"
           "- fw.elf:.debug&#95;info+0x1267: form 0x99 is not known\n");
}

static void test_json_table(void)
{
    struct rep_part parts[3] = {{.kind = REP_TABLE, .table = size_table()},
                                {.kind = REP_NOTES},
                                {.kind = REP_TABLE, .table = size_table()}};
    parts[0].table.total.row_count = 3;
    parts[1].notes = (const char *[]){"a note"};
    parts[1].note_count = 1;
    parts[2].table.total = (struct rep_row){.values = V({.u = 0}, {.u = 0})};
    struct rep_report report = report_of(parts, 3);
    report.doubts = doubts;
    report.doubt_count = report.doubt_total = 1;
    expect(&report, REP_FORMAT_JSON,
           "{\"tare\": \"0.1.0\",\n"
           "\"schema\": 1,\n"
           "\"verb\": \"size\",\n"
           "\"builds\": [\n"
           "  {\"path\": \"fw.elf\", \"arch\": \"arm\"}],\n"
           "\"columns\": [{\"name\": \"file\", \"title\": \"FILE SIZE\", \"unit\": \"bytes\", "
           "\"additive\": true}, {\"name\": \"vm\", \"title\": \"VM SIZE\", \"unit\": \"bytes\", "
           "\"additive\": true}],\n"
           "\"total\": {\"file\": 832985, \"vm\": 6816744},\n"
           "\"rows\": [\n"
           "  {\"name\": \"Objects\", \"dimension\": \"module\", \"file\": 1023, \"vm\": 1000, "
           "\"rows\": [\n"
           "    {\"name\": \"list_append\", \"dimension\": \"symbol\", \"file\": 1000, "
           "\"vm\": 1000, \"evidence\": [\"symbol table over DWARF function: 20 bytes\"]},\n"
           "    {\"name\": \"a|b\", \"dimension\": \"symbol\", \"file\": 23, \"vm\": 0}]},\n"
           "  {\"name\": \"Python\", \"dimension\": \"module\", \"file\": 831898, "
           "\"vm\": 6815744},\n"
           "  {\"name\": \"[padding]\", \"file\": 64, \"vm\": 0, \"synthetic\": true}],\n"
           "\"rows_2\": {\"columns\": [{\"name\": \"file\", \"title\": \"FILE SIZE\", "
           "\"unit\": \"bytes\", \"additive\": true}, {\"name\": \"vm\", \"title\": \"VM SIZE\", "
           "\"unit\": \"bytes\", \"additive\": true}], \"total\": {\"file\": 0, \"vm\": 0}, "
           "\"rows\": []},\n"
           "\"notes\": [\"a note\"],\n"
           "\"doubt_total\": 1,\n"
           "\"doubts\": [\n"
           "  {\"where\": \"fw.elf:.debug_info\", \"offset\": \"0x1267\", "
           "\"text\": \"form 0x99 is not known\"}]}\n");
}

// --------------------------------------------------------------------------- units

// Renders one value in a column of its own and gives what stands before the name.
static void expect_value(enum rep_unit unit, union rep_value value, const char *people,
                         const char *json, const char *csv)
{
    struct rep_column column = {.name = "v", .unit = unit};
    struct rep_row row = {.name = "N", .values = &value};
    struct rep_part part = {.kind = REP_TABLE};
    part.table = (struct rep_table){.columns = &column, .column_count = 1};
    part.table.total = (struct rep_row){.values = V({.u = 0}), .rows = &row, .row_count = 1};
    struct rep_report report = report_of(&part, 1);
    struct buf want = {0};
    char *got = render(&report, REP_FORMAT_TEXT);
    buf_printf(&want, "%*s  N\n", 0, people);
    char *line = strchr(got, '\n') + 1;
    while (*line == ' ' && people[0] != '\0')
        line++;
    CHECK_TEXT(people[0] ? line : line + strspn(line, " ") - 2, people[0] ? want.data : "  N\n");
    free(got);
    want.size = 0;
    buf_printf(&want, "{\"name\": \"N\", \"v\": %s}", json);
    got = render(&report, REP_FORMAT_JSON);
    CHECK(strstr(got, want.data) != NULL);
    free(got);
    want.size = 0;
    buf_printf(&want, "name,v\r\nN,%s\r\n", csv);
    expect(&report, REP_FORMAT_CSV, want.data);
    buf_free(&want);
}

static void expect_bytes(uint64_t bytes, const char *people)
{
    char plain[24];
    snprintf(plain, sizeof plain, "%llu", (unsigned long long)bytes);
    expect_value(REP_BYTES, (union rep_value){.u = bytes}, people, plain, plain);
}

static void expect_delta(int64_t bytes, const char *people)
{
    char plain[24];
    snprintf(plain, sizeof plain, "%lld", (long long)bytes);
    expect_value(REP_DELTA, (union rep_value){.i = bytes}, people, plain, plain);
}

static void test_units(void)
{
    expect_bytes(0, "0");
    expect_bytes(1023, "1023");
    expect_bytes(1024, "1.0 KiB");
    expect_bytes(1024 * 1024 - 53, "1023.9 KiB");
    expect_bytes(1024 * 1024 - 1, "1.0 MiB");
    expect_bytes(UINT64_MAX, "16.0 EiB");
    expect_delta(0, "0");
    expect_delta(-40, "-40");
    expect_delta(1229, "+1.2 KiB");
    expect_delta(INT64_MIN, "-8.0 EiB");
    expect_value(REP_PERMILLE, (union rep_value){.i = -51}, "-5.1%", "-51", "-51");
    expect_value(REP_PERMILLE, (union rep_value){.u = REP_NONE}, "", "null", "");
    expect_value(REP_BYTES, (union rep_value){.u = REP_NONE}, "", "null", "");
    expect_value(REP_COUNT, (union rep_value){.u = 12345}, "12345", "12345", "12345");
    expect_value(REP_ADDRESS, (union rep_value){.u = UINT64_MAX}, "0xffffffffffffffff",
                 "\"0xffffffffffffffff\"", "0xffffffffffffffff");
    expect_value(REP_TEXT, (union rep_value){.text = "new"}, "new", "\"new\"", "new");
    expect_value(REP_TEXT, (union rep_value){.text = NULL}, "", "null", "");
}

// ------------------------------------------------------------------ sorting, trimming

static void names_of(const struct rep_row *row, struct buf *out)
{
    for (size_t i = 0; i < row->row_count; i++) {
        buf_printf(out, "%s%s", i ? " " : "", row->rows[i].name);
        if (row->rows[i].row_count == 0)
            continue;
        buf_text(out, "(");
        names_of(&row->rows[i], out);
        buf_text(out, ")");
    }
}

static void expect_names(const struct rep_table *table, const char *want)
{
    struct buf got = {0};
    names_of(&table->total, &got);
    buf_char(&got, '\0');
    CHECK_TEXT(got.data, want);
    buf_free(&got);
}

static void test_sort_and_trim(void)
{
    struct rep_column columns[] = {{.name = "grown", .unit = REP_DELTA, .additive = true},
                                   {.name = "rate", .unit = REP_PERMILLE}};
    struct rep_row inner[] = {{.name = "x", .values = V({.i = -9}, {.i = 1})},
                              {.name = "y", .values = V({.i = 2}, {.i = 2})},
                              {.name = "z", .values = V({.i = 12}, {.i = 3})}};
    struct rep_row rows[] = {
        {.name = "b", .values = V({.i = 1}, {.i = 1})},
        {.name = "[padding]", .values = V({.i = 0}, {.u = REP_NONE}), .faint = true},
        {.name = "a", .dimension = "module", .values = V({.i = 1}, {.i = 7})},
        {.name = "shrunk", .values = V({.i = -50}, {.i = -500})},
        {.name = "c", .values = V({.i = 5}, {.i = 5}), .rows = inner, .row_count = 3},
    };
    struct rep_table table = {.columns = columns, .column_count = 2};
    table.total = (struct rep_row){.values = V({.i = -43}, {.u = 0}), .rows = rows, .row_count = 5};
    rep_sort(&table, 1, true);
    expect_names(&table, "a c(z y x) b shrunk [padding]");
    rep_sort(&table, 1, false);
    expect_names(&table, "shrunk b c(x y z) a [padding]");
    rep_sort(&table, SIZE_MAX, false);
    expect_names(&table, "[padding] a b c(x y z) shrunk");
    rep_sort(&table, 0, true);
    expect_names(&table, "shrunk c(z x y) a b [padding]");
    struct arena *arena = arena_new();
    rep_trim(arena, &table, 0);
    rep_trim(arena, &table, 3);
    expect_names(&table, "shrunk c(z x y) a b [padding]"); // one other is not worth folding
    rep_trim(arena, &table, 1);
    expect_names(&table, "shrunk [padding] [3 others]");
    const struct rep_row *others = &table.total.rows[2];
    CHECK(others->faint && others->values[0].i == 7 && others->values[1].u == REP_NONE);
    CHECK_U64(others->row_count, 0);
    rep_check(&table);
    arena_free(arena);
}

// Many rows are sorted another way than few; the order is the same.
static void expect_order(enum rep_unit unit, bool descending)
{
    enum { ROWS = 1200 };
    static struct rep_row rows[ROWS], few[ROWS];
    static union rep_value values[ROWS];
    static char names[ROWS][8];
    const struct rep_column column = {.name = "v", .unit = unit};
    for (size_t i = 0; i < ROWS; i++) {
        uint64_t random = hash_mix(i, 5);
        snprintf(names[i], sizeof names[i], "%u", (unsigned)(random % 99999));
        values[i].u = i % 50 == 0 ? REP_NONE : i % 60 == 0 ? -(i % 3) : (random >> 20) % 64 - 32;
        rows[i] = (struct rep_row){.name = names[i], .values = &values[i]};
    }
    struct rep_table table = {.columns = &column, .column_count = 1};
    table.total = (struct rep_row){.values = V({.u = 0}), .rows = rows, .row_count = ROWS};
    memcpy(few, rows, sizeof few);
    rep_sort(&table, 0, descending);
    for (size_t merged = 1; merged < ROWS; merged++) { // insertion, two rows at a time
        for (size_t i = merged; i > 0; i--) {
            const struct rep_row before = few[i - 1];
            table.total.rows = &few[i - 1];
            table.total.row_count = 2;
            rep_sort(&table, 0, descending);
            if (few[i - 1].values == before.values)
                break;
        }
    }
    for (size_t i = 0; i < ROWS; i++)
        CHECK(rows[i].values == few[i].values || strcmp(rows[i].name, few[i].name) == 0);
}

static void test_sort_many(void)
{
    for (int unit = REP_BYTES; unit <= REP_PERMILLE; unit++) {
        expect_order((enum rep_unit)unit, false);
        expect_order((enum rep_unit)unit, true);
    }
}

static void test_trim_inside(void)
{
    struct rep_table table = size_table();
    struct rep_row inner[4], row = size_rows[0];
    union rep_value *five = V({.u = 5}, {.u = 6});
    for (size_t i = 0; i < 4; i++)
        inner[i] = (struct rep_row){.name = "s", .values = five, .faint = i == 2};
    row.values = V({.u = 20}, {.u = 24});
    row.rows = inner;
    row.row_count = 4;
    table.total = (struct rep_row){.values = row.values, .rows = &row, .row_count = 1};
    struct arena *arena = arena_new();
    rep_trim(arena, &table, 2);
    expect_names(&table, "Objects(s s [2 others])");
    rep_check(&table);
    arena_free(arena);
}

// The status of a child that checks the table.
static int status_of_check(const struct rep_table *table)
{
    pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(1);
        rep_check(table);
        _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_check_ends_open_accounts(void)
{
    struct rep_table table = size_table();
    CHECK_U64(status_of_check(&table), 0);
    list_rows[1].values[0].u++; // deep inside
    CHECK_U64(status_of_check(&table), 3);
    list_rows[1].values[0].u--;
    table.total.row_count--; // at the top
    CHECK_U64(status_of_check(&table), 3);
    struct rep_row wrapping[] = {{.name = "x", .values = V({.u = UINT64_MAX}, {.u = 0})},
                                 {.name = "y", .values = V({.u = 832986}, {.u = 6816744})}};
    table = size_table();
    table.total.rows = wrapping;
    table.total.row_count = 2;
    CHECK_U64(status_of_check(&table), 3);
}

// --------------------------------------------------------------------------- layouts

// Too long to take part in the columns.
#define WIDE "std::unordered_map<std::basic_string<char>, std::vector<std::pair<int, long>>>"

struct type_list {
    const struct rep_type *types;
    size_t count, at;
    uint64_t repeat; // each that many times; 0: once
};

static bool next_type(void *context, struct rep_type *out)
{
    struct type_list *list = context;
    if (list->at >= list->count * MAX(list->repeat, 1))
        return false;
    *out = list->types[list->at++ % list->count];
    return true;
}

// clang-format off
static struct rep_member members[] = {
    {.name = "", .type = "Base", .declaration = "Base", .bit_size = 64, .inherited = true},
    {.name = "_vptr.X", .type = "int (**)(void)", .declaration = "int (**_vptr.X)(void)",
     .bit_offset = 64, .bit_size = 64, .vtable_pointer = true},
    {.name = "item", .type = "PyObject **", .declaration = "PyObject **item",
     .bit_offset = 128, .bit_size = 64},
    {.name = "run", .type = "int (*)(void *)", .declaration = "int (*run)(void *)",
     .bit_offset = 192, .bit_size = 64},
    {.name = "state", .type = "unsigned int", .declaration = "unsigned int state",
     .bit_offset = 256, .bit_size = 2, .bit_field = true, .storage_size = 4},
    {.name = "mode", .type = "unsigned int", .declaration = "unsigned int mode",
     .bit_offset = 261, .bit_size = 6, .bit_field = true},
    {.name = "", .type = "union {...}", .declaration = "union {...}",
     .bit_offset = 320, .bit_size = 128, .expanded = "union", .expanded_count = 3},
    {.name = "char", .type = "char [16]", .declaration = "char char[16]",
     .depth = 1, .bit_offset = 320, .bit_size = 128},
    {.name = "links", .type = "const struct list [1]", .declaration = "const struct list links[1]",
     .depth = 1, .bit_offset = 320, .bit_size = 64, .expanded = "struct", .expanded_count = 1},
    {.name = "next", .type = "struct list *", .declaration = "struct list *next",
     .depth = 2, .bit_offset = 320, .bit_size = 64},
    {.name = "wide", .type = WIDE, .declaration = WIDE " wide", .bit_offset = 448, .bit_size = 384},
    {.name = "tail", .type = "T []", .declaration = "T tail[]",
     .bit_offset = 832, .flexible = true},
    {.name = "count", .type = "int", .declaration = "int count", .is_static = true},
    {.name = "", .type = "Shared", .declaration = "Shared", .inherited = true,
     .virtual_base = true},
};
static const struct rep_member union_members[] = {
    {.name = "x", .type = "int", .declaration = "int x", .bit_size = 32},
};
static const struct rep_hole holes[] = {{258, 3, 5}, {267, 5, 6}, {272, 48, 6}};
static const struct rep_enumerator enumerators[] = {
    {"RED", -1, false}, {"DARK_BLUE", 7, false}, {"ALL", -1, true},
};
static const char *units[] = {"a.c", "b.c"}, *notes[] = {"moving run saves 8 bytes"};

static const struct rep_type types[] = {
    {.kind = "class", .name = "ns::X", .size = 108, .alignment = 8, .declared = "x.h:5",
     .members = members, .member_count = COUNT_OF(members), .holes = holes, .hole_count = 3,
     .tail_padding = 4, .tail_padding_bits = 3, .member_total = 9, .hole_total = 1,
     .bit_hole_total = 2, .members_size = 97, .holes_size = 6, .cacheline = 32,
     .units = units, .unit_count = 2, .instances = 5, .notes = notes, .note_count = 1},
    {.kind = "struct", .name = "", .alias = "empty_t", .size = 1},
    {.kind = "enum", .name = "colour", .target = "int", .size = 4, .declared = "c.h:3",
     .enumerators = enumerators, .enumerator_count = 3},
    {.kind = "typedef", .name = "handler", .target = "int (*)(void *)", .size = 8},
    {.kind = "typedef", .name = "name_t", .target = "char [16]"},
    {.kind = "typedef", .name = "call_t", .target = "std::f<int (void)> (int)"},
    {.kind = "union", .name = "u", .size = 4, .member_total = 1, .members = union_members,
     .member_count = 1},
};
// clang-format on

static struct rep_part types_part(struct type_list *list)
{
    *list = (struct type_list){.types = types, .count = COUNT_OF(types)};
    return (struct rep_part){.kind = REP_TYPES, .types = {.next = next_type, .context = list}};
}

static const char layouts[] =
    "// defined in: a.c, b.c (+3)\n"
    "class ns::X {                   // 108 bytes, x.h:5\n"
    "    // base Base                      0       8\n"
    "    // vtable pointer                 8       8\n"
    "    PyObject   **item;          //   16       8\n"
    "    int        (*run)(void *);  //   24       8\n"
    "    // --- cache line 1 at 32 ---\n"
    "    unsigned int state : 2;     //   32:0     4\n"
    "    // XXX 3 bits hole\n"
    "    unsigned int mode : 6;      //   32:5\n"
    "    // XXX 5 bits hole\n"
    "    // XXX 6 bytes hole\n"
    "    union {                     //   40      16\n"
    "        char         char[16];  //   40      16\n"
    "        struct list {           //   40       8\n"
    "            struct list *next;  //   40       8\n"
    "        } links[1];\n"
    "    };\n"
    "    std::unordered_map<std::basic_string<char>, std::vector<std::pair<int, long>>> wide;"
    "  //   56      48\n"
    "    // --- cache line 3 at 96, 8 bytes ago ---\n"
    "    T            tail[];        //  104       0  flexible\n"
    "    static int   count;\n"
    "    // virtual base Shared\n"
    "};  // size 108, alignment 8, members 9 (97 bytes), holes 1 (6 bytes), bit holes 2, tail "
    "padding 4 and 3 bits\n"
    "// moving run saves 8 bytes\n"
    "\n"
    "typedef struct {  // 1 byte\n"
    "} empty_t;  // size 1, members 0 (0 bytes), holes 0 (0 bytes), tail padding 0\n"
    "\n"
    "enum colour {  // 4 bytes, int, c.h:3\n"
    "    RED       = -1,\n"
    "    DARK_BLUE = 7,\n"
    "    ALL       = 18446744073709551615,\n"
    "};  // size 4, values 3\n"
    "\n"
    "typedef int (*handler)(void *);  // 8 bytes\n"
    "\n"
    "typedef char name_t[16];\n"
    "\n"
    "typedef std::f<int (void)> call_t(int);\n"
    "\n"
    "union u {   // 4 bytes\n"
    "    int x;  //    0     4\n"
    "};  // size 4, members 1, tail padding 0\n";

static void test_layouts(void)
{
    struct type_list list;
    struct rep_part part = types_part(&list);
    struct rep_report report = report_of(&part, 1);
    expect(&report, REP_FORMAT_TEXT, layouts);
    struct buf fenced = {0};
    buf_printf(&fenced, "```c\n%s```\n", layouts);
    list.at = 0;
    expect_style(&report, (struct rep_style){.format = REP_FORMAT_MARKDOWN, .colour = true},
                 fenced.data);
    buf_free(&fenced);
}

static void test_types_csv(void)
{
    struct type_list list;
    struct rep_part part = types_part(&list);
    struct rep_report report = report_of(&part, 1);
    char *got = render(&report, REP_FORMAT_CSV);
    CHECK(strstr(got, "class,ns::X,108,8,6,4,x.h:5,state,unsigned int,32,1,256,2,\r\n") != NULL);
    CHECK(strstr(got, "class,ns::X,108,8,6,4,x.h:5,links.next,struct list *,40,8,,,\r\n") != NULL);
    CHECK(strstr(got, "class,ns::X,108,8,6,4,x.h:5,count,int,,,,,\r\n") != NULL);
    CHECK(strstr(got, "struct,empty_t,1,0,0,0,,,,,,,,\r\n") != NULL);
    CHECK(strstr(got, "enum,colour,4,0,0,0,c.h:3,RED,,,,,,-1\r\n") != NULL);
    CHECK(strstr(got, "typedef,handler,8,0,0,0,,,int (*)(void *),,,,,\r\n") != NULL);
    free(got);
}

// ------------------------------------------------------------------ chunks and errors

static void test_chunks(void)
{
    for (enum rep_format format = REP_FORMAT_TEXT; format <= REP_FORMAT_MARKDOWN; format++) {
        struct type_list list;
        struct rep_part part = types_part(&list);
        struct rep_report report = report_of(&part, 1);
        list.repeat = 1000;
        struct catcher all = {0}, cut = {.fail_after = 2};
        struct fault fault = {0};
        struct rep_style style = {.format = format};
        CHECK(rep_render(&report, &style, &(struct rep_sink){catch_text, &all}, &fault));
        CHECK(all.text.size > 500000 && all.calls > 5 && all.largest < 80000);
        CHECK_U64(fault.kind, FAULT_NONE);
        list.at = 0;
        CHECK(!rep_render(&report, &style, &(struct rep_sink){catch_text, &cut}, &fault));
        CHECK_U64(cut.calls, 2);
        CHECK_U64(fault.kind, FAULT_LIMIT);
        CHECK(list.at < 3000); // the rest was not even asked for
        buf_free(&all.text);
        buf_free(&cut.text);
    }
}

static void test_formats(void)
{
    enum rep_format format = REP_FORMAT_TEXT;
    CHECK(rep_format_parse("json", &format) && format == REP_FORMAT_JSON);
    CHECK(rep_format_parse("markdown", &format) && format == REP_FORMAT_MARKDOWN);
    CHECK(!rep_format_parse("yaml", &format) && format == REP_FORMAT_MARKDOWN);
}

// --------------------------------------------------------------------------- odd names

static const char *const odd_names[] = {
    "\xff\xfe",
    "a\"b\\c",
    "x|y`z",
    "new\nline\r",
    "\x1b[31mred",
    "tab\t\x7f",
    "\xc3\xa9t\xc3\xa9",
    "\xc0\x80",
    "\xed\xa0\x80",
    "\xe2\x80\xae"
    "evil",
    "\xf0\x9f\x8d\x8e",
    "<b>&amp;",
    "a,b",
    " edge ",
    "",
    "caf\xc3",
    "\xf4\x90\x80\x80",
    "@user #1",
    "\xed\xb3\xbf",
};

static void test_odd_names_text(void)
{
    struct rep_row rows[COUNT_OF(odd_names)];
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        rows[i] = (struct rep_row){.name = odd_names[i]};
    struct rep_part part = {.kind = REP_TABLE};
    part.table.total = (struct rep_row){.rows = rows, .row_count = COUNT_OF(rows)};
    struct rep_report report = report_of(&part, 1);
    expect(&report, REP_FORMAT_TEXT,
           "\\xff\\xfe\na\"b\\c\nx|y`z\nnew\\nline\\x0d\n\\x1b[31mred\ntab\\t\\x7f\n"
           "\xc3\xa9t\xc3\xa9\n\\xc0\\x80\n\\xed\\xa0\\x80\n\\u202eevil\n\xf0\x9f\x8d\x8e\n"
           "<b>&amp;\na,b\n edge\n\ncaf\\xc3\n\\xf4\\x90\\x80\\x80\n@user #1\n\\xed\\xb3\\xbf\n");
    char *got = render(&report, REP_FORMAT_MARKDOWN);
    CHECK(strstr(got, "| <code>x&#124;y&#96;z</code> |\n") != NULL);
    CHECK(strstr(got, "| `<b>&amp;` |\n| `a,b` |\n| <code> edge </code> |\n") != NULL);
    CHECK(strstr(got, "| `@user #1` |\n") != NULL);
    free(got);
}

// ------------------------------------------------- read again by readers that are not ours

static const char reader[] =
    "import csv, io, json, re, sys\n"
    "try:\n"
    "    import jsonschema\n"
    "except ImportError:\n"
    "    sys.exit('this test needs the package python3-jsonschema')\n"
    "here, schema_path, *names = sys.argv[1:]\n"
    "names = [bytes.fromhex(n) for n in names]\n"
    "schema = json.load(open(schema_path))\n"
    "jsonschema.Draft202012Validator.check_schema(schema)\n"
    "validator = jsonschema.Draft202012Validator(schema)\n"
    "def load(name):\n"
    "    raw = open(here + '/' + name, 'rb').read()\n"
    "    def unique(pairs):\n"
    "        assert len(dict(pairs)) == len(pairs), pairs\n"
    "        return dict(pairs)\n"
    "    report = json.loads(raw.decode('utf-8'), object_pairs_hook=unique)\n"
    "    for error in validator.iter_errors(report):\n"
    "        sys.exit('%s: %s at %s' % (name, error.message[:400], list(error.path)))\n"
    "    return report\n"
    "def closes(columns, value, rows):\n"
    "    for column in columns:\n"
    "        if column['additive'] and rows is not None:\n"
    "            assert sum(r[column['name']] for r in rows) == value[column['name']]\n"
    "    for row in rows or []:\n"
    "        closes(columns, row, row.get('rows'))\n"
    "def leaves(rows):\n"
    "    return [x for r in rows for x in (leaves(r['rows']) if 'rows' in r else [r])]\n"
    "tree = load('tree.json')\n"
    "closes(tree['columns'], tree['total'], tree['rows'])\n"
    "def restore(name):\n"
    "    pieces = re.split('([\\uf780-\\uf7ff])', name)\n"
    "    return b''.join(bytes([ord(p) - 0xf700]) if i % 2 else p.encode()\n"
    "                    for i, p in enumerate(pieces))\n"
    "found = [restore(r['name']) for r in leaves(tree['rows'])]\n"
    "assert len(found) > 100 and set(found) == set(names), found\n"
    "text = open(here + '/tree.csv', 'rb').read().decode('utf-8', 'surrogateescape')\n"
    "table = list(csv.reader(io.StringIO(text, newline=''), strict=True))\n"
    "assert table[0] == ['dir', 'dir_2', 'dir_3', 'file', 'grown'], table[0]\n"
    "assert {len(r) for r in table} == {5}\n"
    "last = [[n for n in r[:3] if n][-1:] for r in table[1:]]\n"
    "assert {n[0] for n in last if n} <= {n.decode('utf-8', 'surrogateescape') for n in names}\n"
    "assert len(table) - 1 == len(found)\n"
    "for i, key in ((3, 'file'), (4, 'grown')):\n"
    "    assert sum(int(r[i]) for r in table[1:]) == tree['total'][key]\n"
    "types = load('types.json')['types']\n"
    "x = types[0]\n"
    "assert [m['name'] for m in x['members']] == "
    "['', '_vptr.X', 'item', 'run', 'state', 'mode', '', 'wide', 'tail', 'count', '']\n"
    "assert x['members'][6]['members'][1]['members'][0]['name'] == 'next'\n"
    "assert x['members'][4] == {'name': 'state', 'type': 'unsigned int', 'offset': 32, 'size': 1,"
    " 'bit_offset': 256, 'bit_size': 2, 'storage_size': 4}\n"
    "assert x['members'][5]['size'] == 2 and x['members'][9]['static']\n"
    "assert x['members'][10]['virtual'] and 'offset' not in x['members'][10]\n"
    "assert x['holes'] == [{'bit_offset': 258, 'bit_size': 3}, {'bit_offset': 267, 'bit_size': 5},"
    " {'offset': 34, 'size': 6}]\n"
    "assert [e['value'] for e in types[2]['enumerators']] == [-1, 7, '18446744073709551615']\n"
    "assert types[3]['target'] == 'int (*)(void *)'\n"
    "wide = load('table.json')\n"
    "assert wide['regions']['rows'][0] == {'name': 'FLASH', 'used': 18446744073709551615,"
    " 'at': '0x8000000', 'rate': None, 'word': None}\n"
    "assert wide['types_2'] == [] and wide['types'] == []\n";

static void save(const char *directory, const char *name, struct rep_report *report,
                 enum rep_format format)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    char *text = render(report, format);
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
    free(text);
}

// A tree three levels deep, of all the odd names, with branches that end early.
static struct rep_row grow(struct arena *arena, unsigned depth, uint64_t *seed)
{
    *seed = hash_mix(*seed, depth + 1);
    struct rep_row row = {.dimension = "dir", .name = odd_names[*seed % COUNT_OF(odd_names)]};
    row.values = ARENA_ARRAY(arena, 2, union rep_value);
    if (depth == 3 || (depth > 0 && *seed % 7 == 0)) {
        row.values[0].u = *seed >> 40;
        row.values[1].i = (int64_t)(*seed >> 20) - (INT64_C(1) << 43);
        return row;
    }
    row.row_count = depth == 0 ? 12 : 7;
    row.rows = ARENA_ARRAY(arena, row.row_count, struct rep_row);
    for (size_t i = 0; i < row.row_count; i++) {
        row.rows[i] = grow(arena, depth + 1, seed);
        row.values[0].u += row.rows[i].values[0].u;
        row.values[1].i += row.rows[i].values[1].i;
    }
    return row;
}

static void save_tree(const char *directory)
{
    static const struct rep_column columns[] = {
        {.name = "file", .unit = REP_BYTES, .additive = true},
        {.name = "grown", .unit = REP_DELTA, .additive = true},
    };
    struct arena *arena = arena_new();
    uint64_t seed = 1;
    struct rep_part part = {.kind = REP_TABLE};
    part.table = (struct rep_table){.columns = columns, .column_count = 2};
    part.table.total = grow(arena, 0, &seed);
    struct rep_report report = report_of(&part, 1);
    save(directory, "tree.json", &report, REP_FORMAT_JSON);
    save(directory, "tree.csv", &report, REP_FORMAT_CSV);
    arena_free(arena);
}

static void save_types(const char *directory)
{
    struct type_list list;
    struct rep_part part = types_part(&list);
    struct rep_report report = report_of(&part, 1);
    save(directory, "types.json", &report, REP_FORMAT_JSON);
}

// Every unit, values that are not there, empty sections, two sections of one name.
static void save_table(const char *directory)
{
    static const struct rep_column columns[] = {
        {.name = "used", .unit = REP_BYTES, .additive = true},
        {.name = "at", .unit = REP_ADDRESS},
        {.name = "rate", .unit = REP_PERMILLE},
        {.name = "word", .unit = REP_TEXT},
    };
    union rep_value *values = V({.u = UINT64_MAX}, {.u = 0x8000000}, {.u = REP_NONE}, {.u = 0});
    struct rep_row row = {.name = "FLASH", .values = values};
    struct type_list none = {0};
    struct rep_part parts[3] = {{.kind = REP_TABLE}, {.kind = REP_TYPES}, {.kind = REP_TYPES}};
    parts[0].table = (struct rep_table){.name = "regions", .columns = columns, .column_count = 4};
    parts[0].table.total = (struct rep_row){.values = values, .rows = &row, .row_count = 1};
    parts[1].types = parts[2].types = (struct rep_types){.next = next_type, .context = &none};
    struct rep_report report = report_of(parts, 3);
    report.doubts = doubts;
    report.doubt_count = report.doubt_total = 2;
    save(directory, "table.json", &report, REP_FORMAT_JSON);
}

static void test_other_readers(void)
{
    char directory[] = "/tmp/tare-reports-XXXXXX";
    CHECK(mkdtemp(directory) != NULL);
    save_tree(directory);
    save_types(directory);
    save_table(directory);
    struct buf command = {0};
    buf_printf(&command, "PATH=/usr/bin:$PATH; cat > %s/reader.py <<'END'\n%sEND\n", directory,
               reader);
    buf_printf(&command, "python3 %s/reader.py %s %s", directory, directory,
               SOURCE_DIR "/docs/schema.json");
    for (size_t i = 0; i < COUNT_OF(odd_names); i++) {
        buf_text(&command, " '");
        for (const char *c = odd_names[i]; *c != '\0'; c++)
            buf_printf(&command, "%02x", (unsigned char)*c);
        buf_text(&command, "'");
    }
    buf_char(&command, '\0');
    CHECK_U64(system(command.data), 0);
    command.size = 0;
    buf_printf(&command, "rm -r %s", directory);
    CHECK_U64(system(command.data), 0);
    buf_free(&command);
}

int main(void)
{
    test_text_table();
    test_text_styles();
    test_csv_table();
    test_markdown_table();
    test_json_table();
    test_units();
    test_sort_and_trim();
    test_sort_many();
    test_trim_inside();
    test_check_ends_open_accounts();
    test_layouts();
    test_types_csv();
    test_chunks();
    test_formats();
    test_odd_names_text();
    test_other_readers();
    return check_done();
}
