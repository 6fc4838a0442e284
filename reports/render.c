// SPDX-License-Identifier: MIT
//
// From a report to bytes: picks the renderer and carries its text to the sink. What several
// renderers need about a report is here too.

#include <ctype.h>

#include "reports/private.h"

static const struct {
    const char *name;
    void (*render)(struct rep__out *out, const struct rep_report *report);
} renderers[] = {
    [REP_FORMAT_TEXT] = {"text", rep__text},    [REP_FORMAT_JSON] = {"json", rep__json},
    [REP_FORMAT_CSV] = {"csv", rep__csv},       [REP_FORMAT_MARKDOWN] = {"markdown", rep__markdown},
    [REP_FORMAT_DOT] = {"dot", rep__dot},       [REP_FORMAT_JUNIT] = {"junit", rep__junit},
    [REP_FORMAT_SARIF] = {"sarif", rep__sarif}, [REP_FORMAT_GITHUB] = {"github", rep__github},
    [REP_FORMAT_HTML] = {"html", rep__html},
};

bool rep_format_parse(const char *name, enum rep_format *format)
{
    for (size_t i = 0; i < COUNT_OF(renderers); i++) {
        if (strcmp(renderers[i].name, name) != 0)
            continue;
        *format = (enum rep_format)i;
        return true;
    }
    return false;
}

bool rep_render(const struct rep_report *report, const struct rep_style *style,
                const struct rep_sink *sink, struct fault *fault)
{
    ASSERT((size_t)style->format < COUNT_OF(renderers));
    for (size_t i = 0; i < report->part_count; i++) {
        if (report->parts[i].kind == REP_TABLE)
            rep_check(&report->parts[i].table);
    }
    struct rep__out out = {.style = style, .sink = sink};
    renderers[style->format].render(&out, report);
    rep__flush(&out);
    buf_free(&out.buf);
    if (out.failed)
        return fault_set(fault, FAULT_LIMIT, NULL, NULL, NO_OFFSET, "the report was not written");
    return true;
}

// -------------------------------------------------------------------------- output

void rep__flush(struct rep__out *out)
{
    if (!out->failed && out->buf.size != 0)
        out->failed = !out->sink->write(out->sink->context, out->buf.data, out->buf.size);
    out->buf.size = 0;
}

void rep__pad(struct buf *buf, size_t spaces)
{
    if (spaces > buf->capacity - buf->size)
        buf_reserve(buf, spaces);
    if (spaces != 0)
        memset(buf->data + buf->size, ' ', spaces);
    buf->size += spaces;
}

size_t rep__digits(uint64_t value)
{
    size_t digits = 1;
    for (; value >= 10; value /= 10)
        digits++;
    return digits;
}

void rep__u64_right(struct buf *buf, uint64_t value, size_t width)
{
    size_t digits = rep__digits(value);
    if (digits < width)
        rep__pad(buf, width - digits);
    buf_u64(buf, value);
}

// ------------------------------------------------------------- what renderers share

size_t rep__doubts_shown(const struct rep__out *out, const struct rep_report *report)
{
    return out->style->verbose ? report->doubt_count : MIN(report->doubt_count, REP__DOUBTS_SHOWN);
}

void rep__doubt(struct buf *buf, const struct doubt *doubt)
{
    rep__escape(buf, doubt->where);
    if (doubt->offset != NO_OFFSET) {
        buf_char(buf, '+');
        rep__plain_value(buf, REP_ADDRESS, (union rep_value){.u = doubt->offset});
    }
    buf_text(buf, ": ");
    rep__escape(buf, doubt->text);
}

bool rep__has_total(const struct rep_table *table)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].additive && !rep__hidden(table, i))
            return true;
    }
    return false;
}

void rep__title(struct buf *buf, const struct rep_column *column)
{
    size_t start = buf->size;
    rep__escape(buf, column->title ? column->title : column->name);
    for (size_t i = start; i < buf->size && column->title == NULL; i++)
        buf->data[i] = (char)toupper((unsigned char)buf->data[i]);
}
