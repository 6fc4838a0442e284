// SPDX-License-Identifier: MIT
//
// Reports with names of all kinds. What is JSON or CSV is read again by readers that are not ours
// (Python's json, csv, jsonschema).

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/report_fixture.h"

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
    test_odd_names_text();
    test_other_readers();
    return check_done();
}
