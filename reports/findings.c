// SPDX-License-Identifier: MIT
//
// Findings in the formats that show other parts as well:
//
//   broken   arm: region FLASH uses 181.4 KiB, 1.4 KiB over the 180.0 KiB allowed  tare.yaml:4

#include "reports/private.h"

const char *rep_finding_word(const struct rep_finding *finding)
{
    static const char *const words[] = {
        [REP_PASS] = "ok", [REP_WARNING] = "warning", [REP_ERROR] = "broken"};
    return finding->waived != NULL ? "waived" : words[finding->severity];
}

void rep_show(struct buf *out, enum rep_unit unit, uint64_t value)
{
    char text[REP__VALUE_MAX];
    buf_bytes(out, text, rep__show(text, unit, (union rep_value){.u = value}, false));
}

bool rep__findings_seen(const struct rep_part *part)
{
    for (size_t i = 0; i < part->finding_count; i++)
        if (part->findings[i].severity != REP_PASS)
            return true;
    return false;
}

static void put_place(struct buf *buf, const struct rep_finding *finding)
{
    rep__escape(buf, finding->file);
    if (finding->line != 0) {
        buf_char(buf, ':');
        buf_u64(buf, finding->line);
    }
}

void rep__findings_text(struct rep__out *out, const struct rep_part *part)
{
    for (size_t i = 0; i < part->finding_count; i++) {
        const struct rep_finding *finding = &part->findings[i];
        if (finding->severity == REP_PASS)
            continue;
        buf_printf(&out->buf, "%-8s ", rep_finding_word(finding));
        rep__escape(&out->buf, finding->build);
        buf_text(&out->buf, ": ");
        rep__escape(&out->buf, finding->subject);
        buf_char(&out->buf, ' ');
        rep__escape(&out->buf, finding->message);
        if (finding->file != NULL) {
            buf_text(&out->buf, "  ");
            put_place(&out->buf, finding);
        }
        buf_char(&out->buf, '\n');
        rep__breathe(out);
    }
}

void rep__findings_markdown(struct rep__out *out, const struct rep_part *part)
{
    struct buf place = {0};
    for (size_t i = 0; i < part->finding_count; i++) {
        const struct rep_finding *finding = &part->findings[i];
        if (finding->severity == REP_PASS)
            continue;
        buf_printf(&out->buf, "- **%s** ", rep_finding_word(finding));
        rep__md_text(&out->buf, finding->build);
        buf_text(&out->buf, ": ");
        rep__md_code(&out->buf, finding->subject);
        buf_char(&out->buf, ' ');
        rep__md_text(&out->buf, finding->message);
        if (finding->file != NULL) {
            place.size = 0;
            put_place(&place, finding);
            buf_char(&place, '\0');
            buf_text(&out->buf, " (");
            rep__md_code(&out->buf, place.data);
            buf_char(&out->buf, ')');
        }
        buf_char(&out->buf, '\n');
        rep__breathe(out);
    }
    buf_free(&place);
}

// ------------------------------------------------------------------------ machines

static void put_number(struct buf *buf, uint64_t value, const char *none)
{
    if (value == REP_NONE)
        buf_text(buf, none);
    else
        buf_u64(buf, value);
}

void rep__findings_csv(struct rep__out *out, const struct rep_part *part)
{
    struct buf *buf = &out->buf;
    buf_text(buf, "status,rule,build,subject,message,file,line,measured,limit,waived\r\n");
    for (size_t i = 0; i < part->finding_count; i++) {
        const struct rep_finding *finding = &part->findings[i];
        const char *const texts[] = {rep_finding_word(finding), finding->rule,    finding->build,
                                     finding->subject,          finding->message, finding->file};
        for (size_t n = 0; n < COUNT_OF(texts); n++) {
            rep__csv_text(buf, texts[n]);
            buf_char(buf, ',');
        }
        put_number(buf, finding->line ? finding->line : REP_NONE, "");
        buf_char(buf, ',');
        put_number(buf, finding->measured, "");
        buf_char(buf, ',');
        put_number(buf, finding->limit, "");
        buf_char(buf, ',');
        rep__csv_text(buf, finding->waived);
        buf_text(buf, "\r\n");
        rep__breathe(out);
    }
}

static void put_text(struct buf *buf, const char *key, const char *text)
{
    if (text == NULL)
        return;
    buf_printf(buf, ", \"%s\": ", key);
    rep__json_text(buf, text);
}

void rep__findings_json(struct rep__out *out, const struct rep_part *part)
{
    struct buf *buf = &out->buf;
    for (size_t i = 0; i < part->finding_count; i++) {
        const struct rep_finding *finding = &part->findings[i];
        buf_printf(buf, "%s  {\"status\": \"%s\"", i ? ",\n" : "\n", rep_finding_word(finding));
        put_text(buf, "rule", finding->rule);
        put_text(buf, "build", finding->build);
        put_text(buf, "subject", finding->subject);
        put_text(buf, "message", finding->message);
        put_text(buf, "file", finding->file);
        if (finding->line != 0)
            buf_printf(buf, ", \"line\": %u", finding->line);
        buf_printf(buf, ", \"unit\": \"%s\", \"measured\": ", rep__unit_name(finding->unit));
        put_number(buf, finding->measured, "null");
        buf_text(buf, ", \"limit\": ");
        put_number(buf, finding->limit, "null");
        put_text(buf, "waived", finding->waived);
        buf_char(buf, '}');
        rep__breathe(out);
    }
}
