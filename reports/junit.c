// SPDX-License-Identifier: MIT
//
// Findings as a JUnit report: a suite a build, a case a finding. What is broken has failed, what is
// waived was skipped, a warning has passed and says so on its output.
//
//   <testsuite name="arm" tests="3" failures="1" skipped="1">
//     <testcase name="region FLASH" classname="arm.region.max"><failure message="..."/></testcase>

#include "reports/private.h"

// What XML 1.0 cannot hold is shown as for people; U+FFFE and U+FFFF it cannot hold either.
static void put_xml(struct buf *buf, const char *text)
{
    struct buf seen = {0};
    rep__escape(&seen, text);
    for (size_t i = 0; i < seen.size; i++) {
        char c = seen.data[i];
        bool odd = i + 2 < seen.size && memcmp(seen.data + i, "\xef\xbf", 2) == 0 &&
                   (uint8_t)seen.data[i + 2] >= 0xbe;
        if (odd) {
            buf_text(buf, (uint8_t)seen.data[i + 2] == 0xbe ? "\\ufffe" : "\\uffff");
            i += 2;
        } else if (c == '&' || c == '<' || c == '>' || c == '"') {
            buf_text(buf, c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&quot;");
        } else {
            buf_char(buf, c);
        }
    }
    buf_free(&seen);
}

static void put_attribute(struct buf *buf, const char *name, const char *value)
{
    buf_printf(buf, " %s=\"", name);
    put_xml(buf, value);
    buf_char(buf, '"');
}

struct counts {
    size_t tests, failures, skipped;
};

static void count(struct counts *counts, const struct rep_finding *finding)
{
    counts->tests++;
    counts->skipped += finding->waived != NULL;
    counts->failures += finding->waived == NULL && finding->severity == REP_ERROR;
}

static void put_counts(struct buf *buf, const struct counts *counts)
{
    buf_printf(buf, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\"", counts->tests,
               counts->failures, counts->skipped);
}

static void put_case(struct rep__out *out, const struct rep_finding *finding)
{
    struct buf *buf = &out->buf, class = {0};
    buf_printf(&class, "%s.%s", finding->build, finding->rule);
    buf_char(&class, '\0');
    buf_text(buf, "    <testcase");
    put_attribute(buf, "name", finding->subject);
    put_attribute(buf, "classname", class.data);
    buf_free(&class);
    if (finding->file != NULL)
        put_attribute(buf, "file", finding->file);
    if (finding->line != 0)
        buf_printf(buf, " line=\"%u\"", finding->line);
    buf_text(buf, " time=\"0\">");
    if (finding->waived != NULL) {
        buf_text(buf, "<skipped");
        put_attribute(buf, "message", finding->message);
        buf_text(buf, "/>");
    } else if (finding->severity == REP_ERROR) {
        buf_text(buf, "<failure");
        put_attribute(buf, "message", finding->message);
        put_attribute(buf, "type", finding->rule);
        buf_text(buf, "/>");
    } else {
        buf_text(buf, finding->severity == REP_WARNING ? "<system-out>warning: " : "<system-out>");
        put_xml(buf, finding->message);
        buf_text(buf, "</system-out>");
    }
    buf_text(buf, "</testcase>\n");
    rep__breathe(out);
}

// The findings of one build, wherever they stand.
static void put_suite(struct rep__out *out, const struct rep_part *part, const char *build)
{
    struct counts counts = {0};
    for (size_t i = 0; i < part->finding_count; i++)
        if (strcmp(part->findings[i].build, build) == 0)
            count(&counts, &part->findings[i]);
    buf_text(&out->buf, "  <testsuite");
    put_attribute(&out->buf, "name", build);
    put_counts(&out->buf, &counts);
    buf_text(&out->buf, " time=\"0\">\n");
    for (size_t i = 0; i < part->finding_count; i++)
        if (strcmp(part->findings[i].build, build) == 0)
            put_case(out, &part->findings[i]);
    buf_text(&out->buf, "  </testsuite>\n");
}

// In the order in which the builds first come; there are few of them.
static void put_suites(struct rep__out *out, const struct rep_part *part)
{
    VEC(const char *) builds = {0};
    for (size_t i = 0; i < part->finding_count; i++) {
        const char *build = part->findings[i].build;
        size_t b = 0;
        while (b < builds.count && strcmp(builds.items[b], build) != 0)
            b++;
        if (b == builds.count) {
            vec_push(&builds, build);
            put_suite(out, part, build);
        }
    }
    vec_free(&builds);
}

void rep__junit(struct rep__out *out, const struct rep_report *report)
{
    struct counts counts = {0};
    for (size_t p = 0; p < report->part_count; p++)
        for (size_t i = 0; i < report->parts[p].finding_count; i++)
            count(&counts, &report->parts[p].findings[i]);
    buf_text(&out->buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    buf_printf(&out->buf, " name=\"tare %s\"", report->verb);
    put_counts(&out->buf, &counts);
    buf_text(&out->buf, " time=\"0\">\n");
    for (size_t p = 0; p < report->part_count; p++)
        if (report->parts[p].kind == REP_FINDINGS)
            put_suites(out, &report->parts[p]);
    buf_text(&out->buf, "</testsuites>\n");
}
