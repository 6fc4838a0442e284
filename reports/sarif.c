// SPDX-License-Identifier: MIT
//
// Findings as SARIF 2.1.0 (OASIS Standard; section numbers below are its), for code scanning: one
// run, a rule for each kind of check, a result for each finding that did not pass. A waived finding
// is a result with a suppression.

#include "reports/private.h"

// -------------------------------------------------------------------------- rules

// The findings as results; what passed is none.
static bool is_result(const struct rep_finding *finding)
{
    return finding->severity != REP_PASS;
}

struct rules {
    VEC(const struct rep_finding *) list; // one finding of each rule
};

static size_t rule_of(const struct rules *rules, const struct rep_finding *finding)
{
    size_t i = 0;
    while (i < rules->list.count && strcmp(rules->list.items[i]->rule, finding->rule) != 0)
        i++;
    return i;
}

// Of what passed, too: the rules that were applied.
static void find_rules(const struct rep_report *report, struct rules *rules)
{
    for (size_t p = 0; p < report->part_count; p++)
        for (size_t i = 0; i < report->parts[p].finding_count; i++) {
            const struct rep_finding *finding = &report->parts[p].findings[i];
            if (rule_of(rules, finding) == rules->list.count)
                vec_push(&rules->list, finding);
        }
}

static void put_rules(struct buf *buf, const struct rules *rules)
{
    for (size_t i = 0; i < rules->list.count; i++) {
        const struct rep_finding *finding = rules->list.items[i];
        buf_text(buf, i ? ",\n      {\"id\": " : "\n      {\"id\": ");
        rep__json_text(buf, finding->rule);
        buf_text(buf, ", \"shortDescription\": {\"text\": ");
        rep__json_text(buf, finding->about);
        buf_text(buf, "}}");
    }
}

// -------------------------------------------------------------------------- results

// "C:\x\y.c" and "C:/x/y.c", as compilers on Windows write it.
static bool has_drive(const char *path)
{
    bool letter = (path[0] >= 'A' && path[0] <= 'Z') || (path[0] >= 'a' && path[0] <= 'z');
    return letter && path[1] == ':' && (path[2] == '/' || path[2] == '\\');
}

static bool is_absolute(const char *path)
{
    return path[0] == '/' || has_drive(path);
}

// A path as a URI reference (3.4.2, RFC 3986, RFC 8089): all but unreserved bytes and '/' as %XX.
static void put_uri(struct buf *buf, const char *path)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    bool drive = has_drive(path);
    buf_text(buf, drive ? "\"file:///" : is_absolute(path) ? "\"file://" : "\"");
    if (drive) {
        buf_bytes(buf, path, 2);
        path += 2;
    }
    for (; *path != '\0'; path++)
        if (strchr(plain, *path) != NULL)
            buf_char(buf, *path);
        else if (drive && *path == '\\')
            buf_char(buf, '/');
        else
            buf_printf(buf, "%%%02X", (uint8_t)*path);
    buf_char(buf, '"');
}

static void put_location(struct buf *buf, const struct rep_finding *finding)
{
    if (finding->file == NULL || finding->file[0] == '\0')
        return;
    buf_text(buf,
             ",\n     \"locations\": [{\"physicalLocation\": {\"artifactLocation\": {\"uri\": ");
    put_uri(buf, finding->file);
    if (!is_absolute(finding->file))
        buf_text(buf, ", \"uriBaseId\": \"%SRCROOT%\"");
    buf_char(buf, '}');
    if (finding->line != 0)
        buf_printf(buf, ", \"region\": {\"startLine\": %u}", finding->line);
    buf_text(buf, "}}]");
}

// 3.27.17: the same problem has the same fingerprint in every run, whatever its numbers are.
static void put_fingerprint(struct buf *buf, const struct rep_finding *finding)
{
    uint64_t hash = 0;
    const char *const texts[] = {finding->rule, finding->build, finding->subject};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        hash = hash_bytes(texts[i], strlen(texts[i]), hash + i + 1);
    buf_printf(buf, ",\n     \"partialFingerprints\": {\"tareFinding/v1\": \"%016llx\"}",
               (unsigned long long)hash);
}

static void put_property(struct buf *buf, const char *name, uint64_t value)
{
    if (value == REP_NONE)
        return;
    buf_printf(buf, ", \"%s\": ", name);
    buf_u64(buf, value);
}

static void put_message(struct buf *buf, const struct rep_finding *finding)
{
    struct buf text = {0};
    buf_printf(&text, "%s: %s %s.", finding->build, finding->subject, finding->message);
    buf_char(&text, '\0');
    rep__json_text(buf, text.data);
    buf_free(&text);
}

// 3.27.23: when one result has suppressions, all should say whether they have.
static void put_suppressions(struct buf *buf, const struct rep_finding *finding)
{
    buf_text(buf, ",\n     \"suppressions\": [");
    if (finding->waived != NULL) {
        buf_text(buf, "{\"kind\": \"external\", \"status\": \"accepted\", \"justification\": ");
        rep__json_text(buf, finding->waived);
        buf_char(buf, '}');
    }
    buf_char(buf, ']');
}

static void put_result(struct rep__out *out, const struct rules *rules,
                       const struct rep_finding *finding, bool suppressions)
{
    struct buf *buf = &out->buf;
    buf_text(buf, "{\"ruleId\": ");
    rep__json_text(buf, finding->rule);
    buf_printf(buf, ", \"ruleIndex\": %zu, \"level\": \"%s\", \"message\": {\"text\": ",
               rule_of(rules, finding), finding->severity == REP_ERROR ? "error" : "warning");
    put_message(buf, finding);
    buf_char(buf, '}');
    put_location(buf, finding);
    put_fingerprint(buf, finding);
    if (suppressions)
        put_suppressions(buf, finding);
    buf_text(buf, ",\n     \"properties\": {\"build\": ");
    rep__json_text(buf, finding->build);
    put_property(buf, "measured", finding->measured);
    put_property(buf, "limit", finding->limit);
    buf_text(buf, "}}");
    rep__breathe(out);
}

static bool any_waived(const struct rep_report *report)
{
    for (size_t p = 0; p < report->part_count; p++)
        for (size_t i = 0; i < report->parts[p].finding_count; i++)
            if (is_result(&report->parts[p].findings[i]) &&
                report->parts[p].findings[i].waived != NULL)
                return true;
    return false;
}

static void put_results(struct rep__out *out, const struct rep_report *report,
                        const struct rules *rules)
{
    bool first = true, suppressions = any_waived(report);
    for (size_t p = 0; p < report->part_count; p++)
        for (size_t i = 0; i < report->parts[p].finding_count; i++) {
            const struct rep_finding *finding = &report->parts[p].findings[i];
            if (!is_result(finding))
                continue;
            buf_text(&out->buf, first ? "\n    " : ",\n    ");
            put_result(out, rules, finding, suppressions);
            first = false;
        }
}

void rep__sarif(struct rep__out *out, const struct rep_report *report)
{
    struct buf *buf = &out->buf;
    struct rules rules = {0};
    find_rules(report, &rules);
    buf_text(buf, "{\"$schema\": \"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/"
                  "schemas/sarif-schema-2.1.0.json\",\n"
                  " \"version\": \"2.1.0\",\n"
                  " \"runs\": [{\n"
                  "   \"tool\": {\"driver\": {\"name\": \"tare\", \"version\": ");
    rep__json_text(buf, report->version ? report->version : "unknown");
    buf_text(buf, ", \"rules\": [");
    put_rules(buf, &rules);
    buf_text(buf, "]}},\n   \"results\": [");
    put_results(out, report, &rules);
    buf_text(buf, "]\n }]}\n");
    vec_free(&rules.list);
}
