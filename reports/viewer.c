// SPDX-License-Identifier: MIT
//
// A graph of objects as one page that needs nothing else: no network, no second file. The page itself
// (reports/viewer) is part of the program; here it gets its data, as JSON in an element of its own:
//
//   {"report": what --format json says,
//    "graph": {"objects": {"name": [...], "size": [...], ...}, "references": {...}, ..., "bytes": "..."}}
//
// Columns instead of records, so that a name of a field stands there once. Whatever a name holds, it
// cannot end the element: "<" is written \u003c. The page shows names as text and never as markup.

#include "reports/private.h"

// ----------------------------------------------------------------------- escaping

// Every "<" of JSON lies in a text.
static bool write_inert(void *context, const void *data, size_t size)
{
    struct rep__out *out = context;
    const char *at = data, *end = at + size;
    while (at != end) {
        const char *found = memchr(at, '<', (size_t)(end - at));
        buf_bytes(&out->buf, at, (size_t)((found ? found : end) - at));
        if (found != NULL)
            buf_text(&out->buf, "\\u003c");
        at = found ? found + 1 : end;
        rep__breathe(out);
    }
    return !out->failed;
}

// ------------------------------------------------------------------------ columns

// A field of a record of whatever width; a number of no object is -1.
struct column {
    const char *name;
    size_t offset, size;
};
#define COLUMN(type, field)                                                                        \
    {                                                                                              \
#field, offsetof(struct type, field), sizeof((struct type){0}.field)                       \
    }

static const struct column object_columns[] = {
    COLUMN(rep_object, section), COLUMN(rep_object, offset),   COLUMN(rep_object, size),
    COLUMN(rep_object, group),   COLUMN(rep_object, retained), COLUMN(rep_object, type),
    COLUMN(rep_object, holder),  COLUMN(rep_object, users),    COLUMN(rep_object, stored),
    COLUMN(rep_object, by),      COLUMN(rep_object, flags),
};

static const struct column reference_columns[] = {
    COLUMN(rep_reference, from), COLUMN(rep_reference, to),  COLUMN(rep_reference, place),
    COLUMN(rep_reference, into), COLUMN(rep_reference, how),
};

static void put_field(struct buf *buf, const void *record, const struct column *column)
{
    const char *at = (const char *)record + column->offset;
    uint64_t wide;
    uint32_t narrow;
    if (column->size == sizeof wide) {
        memcpy(&wide, at, sizeof wide);
        buf_u64(buf, wide);
    } else if (column->size == sizeof narrow) {
        memcpy(&narrow, at, sizeof narrow);
        if (narrow >= REP_OUTSIDE)
            buf_text(buf, "-1");
        else
            buf_u64(buf, narrow);
    } else {
        buf_u64(buf, (uint8_t)*at);
    }
}

static void put_columns(struct rep__out *out, const struct column *columns, size_t column_count,
                        const void *records, size_t count, size_t size)
{
    for (size_t c = 0; c < column_count; c++) {
        buf_printf(&out->buf, "%s\"%s\":[", c ? ",\n" : "", columns[c].name);
        for (size_t i = 0; i < count; i++) {
            if (i != 0)
                buf_char(&out->buf, ',');
            put_field(&out->buf, (const char *)records + i * size, &columns[c]);
            rep__breathe(out);
        }
        buf_char(&out->buf, ']');
    }
}

static void put_texts(struct rep__out *out, const char *key, const char *const *texts, size_t count)
{
    buf_printf(&out->buf, ",\n\"%s\":[", key);
    for (size_t i = 0; i < count; i++) {
        buf_text(&out->buf, i ? "," : "");
        rep__json_text(&out->buf, texts[i]);
        rep__breathe(out);
    }
    buf_char(&out->buf, ']');
}

// -------------------------------------------------------------------------- parts

static void put_objects(struct rep__out *out, const struct rep_graph *graph)
{
    buf_text(&out->buf, ",\n\"objects\":{");
    put_columns(out, object_columns, COUNT_OF(object_columns), graph->objects, graph->object_count,
                sizeof *graph->objects);
    buf_text(&out->buf, ",\n\"name\":[");
    for (size_t i = 0; i < graph->object_count; i++) {
        buf_text(&out->buf, i ? "," : "");
        rep__json_text(&out->buf, graph->objects[i].name);
        rep__breathe(out);
    }
    buf_text(&out->buf, "]}");
}

static void put_references(struct rep__out *out, const struct rep_graph *graph)
{
    bool any = false;
    buf_text(&out->buf, ",\n\"references\":{");
    put_columns(out, reference_columns, COUNT_OF(reference_columns), graph->references,
                graph->reference_count, sizeof *graph->references);
    buf_text(&out->buf, ",\n\"outside\":{"); // by number of the reference
    for (size_t i = 0; i < graph->reference_count; i++) {
        if (graph->references[i].to != REP_OUTSIDE)
            continue;
        buf_printf(&out->buf, "%s\"%zu\":", any ? "," : "", i);
        rep__json_text(&out->buf, graph->references[i].name);
        any = true;
        rep__breathe(out);
    }
    buf_text(&out->buf, "}}");
}

static void put_sections(struct rep__out *out, const struct rep_graph *graph)
{
    buf_text(&out->buf, ",\n\"sections\":[");
    for (size_t i = 0; i < graph->section_count; i++) {
        buf_text(&out->buf, i ? ",[" : "[");
        rep__json_text(&out->buf, graph->sections[i].name);
        buf_text(&out->buf, ",\"");
        rep__plain_value(&out->buf, REP_ADDRESS, (union rep_value){.u = graph->sections[i].addr});
        buf_text(&out->buf, "\"]");
        rep__breathe(out);
    }
    buf_char(&out->buf, ']');
}

static void put_rests(struct rep__out *out, const struct rep_graph *graph)
{
    buf_text(&out->buf, ",\n\"rests\":[");
    for (size_t i = 0; i < graph->rest_count; i++) {
        const struct rep_rest *rest = &graph->rests[i];
        int64_t holder = rest->holder == REP_NO_OBJECT ? -1 : (int64_t)rest->holder;
        buf_printf(&out->buf, "%s[%lld,%u,%llu,%llu]", i ? "," : "", (long long)holder, rest->group,
                   (unsigned long long)rest->count, (unsigned long long)rest->size);
        rep__breathe(out);
    }
    buf_char(&out->buf, ']');
}

// A member is [name, shape, bit offset, bit size], an enumerator [name, "value"].
static void put_parts(struct rep__out *out, const struct rep_graph *graph,
                      const struct rep_shape *shape)
{
    for (size_t i = 0; i < shape->part_count; i++) {
        const struct rep_shape_part *part = &graph->parts[shape->first_part + i];
        buf_text(&out->buf, i ? ",[" : "[");
        rep__json_text(&out->buf, part->name);
        if (shape->kind == REP_SHAPE_ENUM)
            buf_printf(&out->buf, ",\"%lld\"]", (long long)part->value);
        else
            buf_printf(&out->buf, ",%u,%llu,%llu]", part->shape,
                       (unsigned long long)part->bit_offset, (unsigned long long)part->bit_size);
        rep__breathe(out);
    }
}

static void put_shapes(struct rep__out *out, const struct rep_graph *graph)
{
    buf_text(&out->buf, ",\n\"shapes\":[");
    for (size_t i = 0; i < graph->shape_count; i++) {
        const struct rep_shape *shape = &graph->shapes[i];
        buf_text(&out->buf, i ? ",\n[" : "[");
        rep__json_text(&out->buf, shape->name);
        buf_printf(&out->buf, ",%u,%llu,%u,[", (unsigned)shape->kind,
                   (unsigned long long)shape->size, shape->element);
        put_parts(out, graph, shape);
        buf_text(&out->buf, "]]");
    }
    buf_char(&out->buf, ']');
}

// A page is [address, section, written at load 2, at first use 1, else 0, [group, bytes, group, bytes ...]].
static void put_pages(struct rep__out *out, const struct rep_graph *graph)
{
    buf_text(&out->buf, ",\n\"pages\":[");
    for (size_t i = 0; i < graph->page_count; i++) {
        const struct rep_page *page = &graph->pages[i];
        buf_text(&out->buf, i ? ",[\"" : "[\"");
        rep__plain_value(&out->buf, REP_ADDRESS, (union rep_value){.u = page->addr});
        buf_printf(&out->buf, "\",%u,%d,[", page->section, page->dirty ? 2 : page->first_use);
        for (size_t s = 0; s < page->share_count; s++) {
            const struct rep_page_share *share = &graph->shares[page->first_share + s];
            buf_printf(&out->buf, "%s%u,%llu", s ? "," : "", share->group,
                       (unsigned long long)share->size);
        }
        buf_text(&out->buf, "]]");
        rep__breathe(out);
    }
    buf_char(&out->buf, ']');
}

// Base64 (RFC 4648).
static void put_bytes(struct rep__out *out, struct slice bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    buf_text(&out->buf, ",\n\"bytes\":\"");
    for (size_t i = 0; i < bytes.size; i += 3) {
        size_t left = bytes.size - i;
        uint32_t word = (uint32_t)bytes.data[i] << 16;
        word |= left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0;
        word |= left > 2 ? bytes.data[i + 2] : 0;
        for (unsigned d = 0; d < 4; d++)
            buf_char(&out->buf, d <= left ? digits[word >> (18 - 6 * d) & 63] : '=');
        rep__breathe(out);
    }
    buf_char(&out->buf, '"');
}

static void put_graph(struct rep__out *out, const struct rep_graph *graph)
{
    buf_printf(&out->buf, "{\"page_size\":%llu,\"address_size\":%u,\"big_endian\":%s",
               (unsigned long long)graph->page_size, graph->address_size,
               graph->big_endian ? "true" : "false");
    buf_printf(&out->buf, ",\"total\":%llu,\"left_out\":%llu,\"references_left\":%llu",
               (unsigned long long)graph->total, (unsigned long long)graph->left_out,
               (unsigned long long)graph->references_left);
    put_texts(out, "groups", graph->groups, graph->group_count);
    put_texts(out, "evidence", graph->evidence, graph->evidence_count);
    put_texts(out, "links", graph->links, graph->link_count);
    put_sections(out, graph);
    put_objects(out, graph);
    put_references(out, graph);
    put_rests(out, graph);
    put_shapes(out, graph);
    put_pages(out, graph);
    put_bytes(out, graph->bytes);
    buf_char(&out->buf, '}');
}

// --------------------------------------------------------------------------- page

void rep__html(struct rep__out *out, const struct rep_report *report)
{
    ASSERT(report->graph != NULL);
    struct rep_sink inert = {write_inert, out};
    struct rep__out data = {.style = out->style, .sink = &inert};
    buf_text(&out->buf, rep__page_head);
    buf_text(&data.buf, "{\"report\":");
    rep__json(&data, report);
    buf_text(&data.buf, ",\"graph\":");
    put_graph(&data, report->graph);
    buf_char(&data.buf, '}');
    rep__flush(&data);
    buf_free(&data.buf);
    buf_text(&out->buf, rep__page_tail);
}
