// SPDX-License-Identifier: MIT
//
// Findings as workflow commands of GitHub Actions, which shows them beside the lines they are about:
//
//   ::error file=tare.yaml,line=4,title=arm%3A region FLASH::uses 181.4 KiB, ...
//
// It shows at most 10 of a kind a step and drops the rest without a word. So the worst 10 of each
// kind are told, and a plain line of the log says how many there are.

#include "reports/private.h"

#define SHOWN_MAX 10

// A property ends at ':' or ',', which a message may have.
static void put(struct buf *buf, const char *text, bool property)
{
    struct buf seen = {0};
    rep__escape(&seen, text);
    for (size_t i = 0; i < seen.size; i++) {
        char c = seen.data[i];
        if (c == '%' || (property && (c == ':' || c == ',')))
            buf_printf(buf, "%%%02X", (unsigned)c);
        else
            buf_char(buf, c);
    }
    buf_free(&seen);
}

static void put_finding(struct rep__out *out, const char *kind, const struct rep_finding *finding)
{
    struct buf *buf = &out->buf;
    buf_printf(buf, "::%s ", kind);
    if (finding->file != NULL) {
        buf_text(buf, "file=");
        put(buf, finding->file, true);
        if (finding->line != 0)
            buf_printf(buf, ",line=%u", finding->line);
        buf_char(buf, ',');
    }
    buf_text(buf, "title=");
    put(buf, finding->build, true);
    buf_text(buf, "%3A ");
    put(buf, finding->subject, true);
    buf_text(buf, "::");
    put(buf, finding->subject, false);
    buf_char(buf, ' ');
    put(buf, finding->message, false);
    buf_char(buf, '\n');
    rep__breathe(out);
}

static const struct kind {
    const char *command, *one, *many;
    enum rep_severity severity;
    bool waived;
} kinds[] = {
    {"error", "broken budget", "broken budgets", REP_ERROR, false},
    {"warning", "warning", "warnings", REP_WARNING, false},
    {"notice", "waived budget", "waived budgets", REP_ERROR, true},
};

static bool is_of(const struct rep_finding *finding, const struct kind *kind)
{
    return finding->severity == kind->severity && (finding->waived != NULL) == kind->waived;
}

static void put_kind(struct rep__out *out, const struct rep_report *report, const struct kind *kind)
{
    size_t count = 0;
    for (size_t p = 0; p < report->part_count; p++) {
        const struct rep_part *part = &report->parts[p];
        for (size_t i = 0; i < part->finding_count; i++)
            if (is_of(&part->findings[i], kind) && count++ < SHOWN_MAX)
                put_finding(out, kind->command, &part->findings[i]);
    }
    if (count == 0)
        return;
    buf_printf(&out->buf, "%zu %s", count, count == 1 ? kind->one : kind->many);
    if (count > SHOWN_MAX)
        buf_printf(&out->buf, ", the worst %d shown", SHOWN_MAX);
    buf_char(&out->buf, '\n');
}

void rep__github(struct rep__out *out, const struct rep_report *report)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        put_kind(out, report, &kinds[i]);
}
