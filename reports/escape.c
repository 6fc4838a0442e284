// SPDX-License-Identifier: MIT
//
// Names come from symbol tables, maps and debug information: they may hold quotes, pipes, newlines,
// terminal controls, or bytes that are no UTF-8. Each format gets them in a form that cannot break
// it:
//
//   text      one line, nothing a terminal acts upon: "\n" "\x1b" "\xff" "\u202e"
//   json      restorable: a byte XX that is no UTF-8 is \uf7XX, a character of private use; a name
//             that holds one of those itself has its bytes written so
//   csv       every byte as it is, inside quotes when needed
//   markdown  as text, and inert: a code span, or HTML entities where a span cannot hold it
//
// Nearly all names are plain ASCII; those are found eight bytes at a time and copied whole.

#include <stdio.h>

#include "reports/private.h"

#define EVERY(byte) (UINT64_C(0x0101010101010101) * (byte))

// Nonzero when a byte of `word` is below `limit` (at most 0x80).
static inline uint64_t any_below(uint64_t word, uint64_t limit)
{
    return (word - EVERY(limit)) & ~word & EVERY(0x80);
}

static inline uint64_t any_equal(uint64_t word, uint64_t byte)
{
    return any_below(word ^ EVERY(byte), 1);
}

// Nonzero when one of the eight bytes is not simple.
static inline uint64_t odd_bytes(uint64_t word)
{
    return any_below(word, 0x20) | (word & EVERY(0x80)) | any_equal(word, 0x7f) |
           any_equal(word, '"') | any_equal(word, '\\');
}

static bool is_simple_byte(uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

bool rep__is_simple(const char *text, size_t size)
{
    uint64_t word, odd = 0;
    if (size < sizeof word) {
        bool simple = true;
        for (size_t i = 0; i < size; i++)
            simple &= is_simple_byte((uint8_t)text[i]);
        return simple;
    }
    for (size_t i = 0; i + sizeof word <= size; i += sizeof word) {
        memcpy(&word, text + i, sizeof word);
        odd |= odd_bytes(word);
    }
    memcpy(&word, text + size - sizeof word, sizeof word); // the last eight, partly again
    return (odd | odd_bytes(word)) == 0;
}

// ---------------------------------------------------------------------------- UTF-8

unsigned rep__utf8(const char *text, uint32_t *point)
{
    const uint8_t *at = (const uint8_t *)text;
    if (at[0] < 0x80) {
        *point = at[0];
        return 1;
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned size = at[0] >= 0xf8   ? 0
                    : at[0] >= 0xf0 ? 4
                    : at[0] >= 0xe0 ? 3
                    : at[0] >= 0xc0 ? 2
                                    : 0;
    if (size == 0)
        return 0;
    uint32_t value = at[0] & (0x7fu >> size);
    for (unsigned i = 1; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80) // also the NUL at the end
            return 0;
        value = value << 6 | (at[i] & 0x3fu);
    }
    if (value < least[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *point = value;
    return size;
}

static void put_hex(struct buf *buf, const char *start, uint32_t value, unsigned digits)
{
    buf_text(buf, start);
    while (digits-- > 0)
        buf_char(buf, "0123456789abcdef"[value >> (4 * digits) & 15]);
}

// ---------------------------------------------------------------------- for people

// Controls, and what reorders or hides the text around it.
static bool is_unseen(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) ||
           (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2060 && point <= 0x2069) || point == 0xfeff;
}

static void put_unseen(struct buf *buf, uint32_t point)
{
    if (point == '\n')
        buf_text(buf, "\\n");
    else if (point == '\t')
        buf_text(buf, "\\t");
    else if (point < 0x80)
        put_hex(buf, "\\x", point, 2);
    else
        put_hex(buf, "\\u", point, 4);
}

// The next piece of `text`, at most up to `end`, as people see it.
static const char *put_seen(struct buf *buf, const char *text, const char *end)
{
    uint32_t point;
    unsigned size = rep__utf8(text, &point);
    if (size == 0 || size > (size_t)(end - text)) {
        put_hex(buf, "\\x", (uint8_t)*text, 2);
        return text + 1;
    }
    if (is_unseen(point))
        put_unseen(buf, point);
    else
        buf_bytes(buf, text, size);
    return text + size;
}

void rep__escape_n(struct buf *buf, const char *text, size_t size)
{
    if (rep__is_simple(text, size)) {
        buf_bytes(buf, text, size);
        return;
    }
    for (const char *end = text + size; text < end;)
        text = put_seen(buf, text, end);
}

void rep__escape(struct buf *buf, const char *text)
{
    if (text != NULL)
        rep__escape_n(buf, text, strlen(text));
}

const char *rep__name(const char *name, const struct rep_style *style, char room[REP__NAME_ROOM])
{
    size_t size = strlen(name);
    if (style->verbose || size < REP__NAME_ROOM)
        return name;
    size_t head = REP__NAME_HEAD, tail = size - REP__NAME_TAIL;
    while (head > 0 && ((uint8_t)name[head] & 0xc0) == 0x80) // not amidst a character
        head--;
    while (tail < size && ((uint8_t)name[tail] & 0xc0) == 0x80)
        tail++;
    snprintf(room, REP__NAME_ROOM, "%.*s ... %s", (int)head, name, name + tail);
    return room;
}

size_t rep__width_n(const char *text, size_t size)
{
    if (rep__is_simple(text, size))
        return size;
    struct buf seen = {0};
    rep__escape_n(&seen, text, size);
    size_t width = 0;
    for (size_t i = 0; i < seen.size; i++)
        width += ((uint8_t)seen.data[i] & 0xc0) != 0x80;
    buf_free(&seen);
    return width;
}

// -------------------------------------------------------------------- JSON and CSV

static const char *put_json(struct buf *buf, const char *text)
{
    uint32_t point = 0;
    unsigned size = rep__utf8(text, &point);
    if (size == 0 || (point >= 0xf780 && point <= 0xf7ff)) {
        put_hex(buf, "\\uf7", (uint8_t)*text, 2);
        return text + 1; // the bytes that follow are no UTF-8 on their own
    }
    if (point == '"' || point == '\\') {
        buf_char(buf, '\\');
        buf_char(buf, (char)point);
    } else if (point == '\n') {
        buf_text(buf, "\\n");
    } else if (point < 0x20 || point == 0x7f) {
        put_hex(buf, "\\u", point, 4);
    } else {
        buf_bytes(buf, text, size);
    }
    return text + size;
}

void rep__json_text(struct buf *buf, const char *text)
{
    size_t size = text ? strlen(text) : 0;
    buf_char(buf, '"');
    if (rep__is_simple(text, size)) {
        buf_bytes(buf, text, size);
    } else {
        while (*text != '\0')
            text = put_json(buf, text);
    }
    buf_char(buf, '"');
}

void rep__csv_text(struct buf *buf, const char *text)
{
    if (text == NULL)
        return;
    size_t size = strlen(text);
    bool spaced = size != 0 && (text[0] == ' ' || text[size - 1] == ' ');
    if (!spaced && text[strcspn(text, ",\"\r\n")] == '\0') {
        buf_bytes(buf, text, size);
        return;
    }
    buf_char(buf, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            buf_char(buf, '"');
        buf_char(buf, *text);
    }
    buf_char(buf, '"');
}

// ------------------------------------------------------------------------- Markdown

// Entities are never markup, whatever stands around them.
static void put_entities(struct buf *buf, const char *text, size_t size, const char *active)
{
    for (size_t i = 0; i < size; i++) {
        if (strchr(active, text[i]) != NULL) {
            buf_text(buf, "&#");
            buf_u64(buf, (uint8_t)text[i]);
            buf_char(buf, ';');
        } else {
            buf_char(buf, text[i]);
        }
    }
}

// '@' and '#' would mention people and issues where the comment is posted.
void rep__md_text(struct buf *buf, const char *text)
{
    struct buf seen = {0};
    rep__escape(&seen, text);
    put_entities(buf, seen.data, seen.size, "&<>|*_`~\\#@$");
    buf_free(&seen);
}

void rep__md_code(struct buf *buf, const char *text)
{
    struct buf seen = {0};
    rep__escape(&seen, text);
    bool edges = seen.size == 0 || seen.data[0] == ' ' || seen.data[seen.size - 1] == ' ';
    if (edges || memchr(seen.data, '`', seen.size) || memchr(seen.data, '|', seen.size)) {
        buf_text(buf, "<code>");
        put_entities(buf, seen.data, seen.size, "&<>|*_`~\\#@$[]!:\"'");
        buf_text(buf, "</code>");
    } else {
        buf_char(buf, '`');
        buf_bytes(buf, seen.data, seen.size);
        buf_char(buf, '`');
    }
    buf_free(&seen);
}
