// SPDX-License-Identifier: MIT
//
// The report document and its renderers: golden texts, order, accounts that close.

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/report_fixture.h"

// ---------------------------------------------------------------------- a small table

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
    return check_done();
}
