// SPDX-License-Identifier: MIT
//
// Findings in every format: names that hold whatever a file can hold break none of them.

#include <stdlib.h>

#include "check.h"
#include "reports/reports.h"

// A build and a subject as hostile as they come: markup of XML, Markdown and workflow commands,
// quotes, a newline, a terminal control, a byte that is no UTF-8, a code point XML cannot hold.
#define ODD "a&<b>\"|`:,%\n::error::\x1b[1m\xff\xef\xbf\xbf"

static const struct rep_finding findings[] = {
    {.rule = "symbol.max",
     .about = "The budget of symbols.",
     .build = "fw",
     .subject = "symbol " ODD,
     .message = "is at 9 of " ODD,
     .file = "src/" ODD,
     .line = 3,
     .severity = REP_ERROR,
     .unit = REP_BYTES,
     .measured = 9,
     .limit = 4},
    {.rule = "region.warn",
     .about = "The budget of regions.",
     .build = ODD,
     .subject = "region RAM",
     .message = "is at 5",
     .severity = REP_WARNING,
     .unit = REP_BYTES,
     .measured = 5,
     .limit = REP_NONE},
    {.rule = "symbol.max",
     .about = "The budget of symbols.",
     .build = "fw",
     .subject = "symbol b",
     .message = "is at 7; waived",
     .file = "C:\\abs\\b c.c",
     .severity = REP_ERROR,
     .waived = ODD,
     .unit = REP_COUNT,
     .measured = 7,
     .limit = 0},
    {.rule = "symbol.max",
     .about = "The budget of symbols.",
     .build = "fw",
     .subject = "symbol c",
     .message = "is at 1 of 4",
     .file = "c.c",
     .line = 1,
     .severity = REP_PASS,
     .unit = REP_BYTES,
     .measured = 1,
     .limit = 4},
};

static bool catch_text(void *context, const void *data, size_t size)
{
    buf_bytes(context, data, size);
    return true;
}

static char *render(enum rep_format format, const struct rep_finding *list, size_t count)
{
    struct buf text = {0};
    struct rep_part part = {.kind = REP_FINDINGS, .findings = list, .finding_count = count};
    struct rep_report report = {
        .verb = "check", .version = "0.1.0", .parts = &part, .part_count = 1};
    struct rep_style style = {.format = format};
    struct fault fault = {0};
    CHECK(rep_render(&report, &style, &(struct rep_sink){catch_text, &text}, &fault));
    buf_char(&text, '\0');
    return text.data;
}

static size_t lines(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

static void check_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        CHECK_TEXT(text, part);
}

static void test_text(void)
{
    char *text = render(REP_FORMAT_TEXT, findings, COUNT_OF(findings));
    CHECK_U64(lines(text), 3);
    check_has(text, "broken   fw: symbol a&<b>\"|`:,%\\n::error::\\x1b[1m\\xff");
    check_has(text, "waived   fw: symbol b is at 7; waived  C:\\abs\\b c.c\n");
    free(text);
    text = render(REP_FORMAT_TEXT, findings + 3, 1); // nothing for people to see
    CHECK_TEXT(text, "");
    free(text);
    text = render(REP_FORMAT_MARKDOWN, findings, COUNT_OF(findings));
    CHECK_U64(lines(text), 3);
    CHECK(strstr(text, "|") == NULL);
    free(text);
}

static void test_github(void)
{
    char *text = render(REP_FORMAT_GITHUB, findings, COUNT_OF(findings));
    CHECK_U64(lines(text), 6);
    check_has(text, "::error file=src/a&<b>\"|`%3A%2C%25\\n%3A%3Aerror%3A%3A\\x1b[1m\\xff");
    check_has(text, ",line=3,title=fw%3A symbol a&<b>");
    check_has(text, "::warning title=a&<b>");
    check_has(text,
              "::notice file=C%3A\\abs\\b c.c,title=fw%3A symbol b::symbol b is at 7; waived\n");
    free(text);
}

static void test_xml(void)
{
    char *text = render(REP_FORMAT_JUNIT, findings, COUNT_OF(findings));
    CHECK(strstr(text, "\xef\xbf\xbf") == NULL && strstr(text, "<b>") == NULL);
    check_has(text, "name=\"symbol a&amp;&lt;b&gt;&quot;|`:,%\\n::error::\\x1b[1m\\xff\\uffff\"");
    check_has(text, "<testsuites name=\"tare check\" tests=\"4\" failures=\"1\" errors=\"0\" "
                    "skipped=\"1\"");
    check_has(text, "<testsuite name=\"fw\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\"");
    free(text);
}

// What python3 makes of it, as the reader of other people.
static void check_reader(enum rep_format format, const char *program)
{
    char path[] = "/tmp/tare-findings-XXXXXX";
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    FILE *file = fdopen(fd, "wb");
    char *text = render(format, findings, COUNT_OF(findings));
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
    struct buf command = {0};
    buf_printf(&command, "python3 -c '%s' %s", program, path);
    buf_char(&command, '\0');
    CHECK_U64(system(command.data), 0);
    buf_free(&command);
    remove(path);
    free(text);
}

static void test_readers(void)
{
    check_reader(REP_FORMAT_JUNIT, "import sys, xml.dom.minidom as m\n"
                                   "d = m.parse(sys.argv[1])\n"
                                   "assert len(d.getElementsByTagName(\"testcase\")) == 4\n");
    check_reader(REP_FORMAT_SARIF,
                 "import json, sys\n"
                 "r = json.load(open(sys.argv[1]))[\"runs\"][0]\n"
                 "assert [len(x[\"suppressions\"]) for x in r[\"results\"]] == [0, 0, 1]\n"
                 "u = r[\"results\"][0][\"locations\"][0][\"physicalLocation\"]"
                 "[\"artifactLocation\"][\"uri\"]\n"
                 "assert u.startswith(\"src/a%26%3Cb%3E%22%7C%60%3A%2C%25%0A\"), u\n"
                 "assert \"locations\" not in r[\"results\"][1]\n"
                 "u = r[\"results\"][2][\"locations\"][0][\"physicalLocation\"]"
                 "[\"artifactLocation\"]\n"
                 "assert u == {\"uri\": \"file:///C:/abs/b%20c.c\"}, u\n");
    check_reader(REP_FORMAT_JSON, "import json, sys\n"
                                  "f = json.load(open(sys.argv[1]))[\"findings\"]\n"
                                  "assert [x[\"status\"] for x in f] == "
                                  "[\"broken\", \"warning\", \"waived\", \"ok\"]\n"
                                  "assert f[1][\"limit\"] is None\n");
    check_reader(REP_FORMAT_CSV,
                 "import csv, sys\n"
                 "r = list(csv.reader(open(sys.argv[1], newline=\"\", errors=\"replace\")))\n"
                 "assert [len(x) for x in r] == [10] * 5, r\n");
}

int main(void)
{
    test_text(), test_github(), test_xml();
    test_readers();
    return check_done();
}
