// SPDX-License-Identifier: MIT
//
// Lines, words and numbers of a map. Nothing is copied: a line is a slice of the text.

#include <inttypes.h>
#include <stdio.h>

#include "linkmap/private.h"

// --------------------------------------------------------------------------- lines

static struct slice line_at(const uint8_t *at, const uint8_t *end, char line_end)
{
    size_t left = (size_t)(end - at);
    const uint8_t *stop = left == 0 ? NULL : memchr(at, line_end, left);
    return slice_of(at, stop != NULL ? (size_t)(stop - at) : left);
}

static struct slice without_return(struct slice line)
{
    while (line.size > 0 && line.data[line.size - 1] == '\r')
        line.size--;
    return line;
}

#define LISTS_RATE 2                    // bytes of lists for a byte of text
#define LISTS_BASE ((uint64_t)24 << 20) // and so many besides

void lm__doubt(struct lm__reader *r, uint32_t line, const char *format, ...)
{
    char message[400], number[16];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    snprintf(number, sizeof number, "%" PRIu32, line);
    doubt_add(r->doubts, r->name, line == 0 ? NULL : number, NO_OFFSET, "%s", message);
}

void lm__start(struct lm__reader *r, struct slice text)
{
    r->at = text.data != NULL ? text.data : (const uint8_t *)"";
    r->end = r->at + text.size;
    struct slice head = lm__head(text);
    r->line_end =
        lm__find(head, "\n") == SIZE_MAX && lm__find(head, "\r") != SIZE_MAX ? '\r' : '\n';
    if (slice_starts(text, "\xef\xbb\xbf"))
        r->at += 3;
    r->last_file = LM_NO;
    r->limit = LISTS_BASE + LISTS_RATE * (uint64_t)text.size;
}

bool lm__line(struct lm__reader *r, struct slice *line)
{
    if (r->at == r->end)
        return false;
    if (r->held > r->limit) {
        lm__doubt(r, r->line, "too many records for so few bytes: the rest is not read");
        r->at = r->end;
        return false;
    }
    struct slice found = line_at(r->at, r->end, r->line_end);
    r->at += found.size;
    if (r->at != r->end)
        r->at++;
    r->line++;
    *line = without_return(found);
    return true;
}

struct slice lm__peek(const struct lm__reader *r)
{
    return without_return(line_at(r->at, r->end, r->line_end));
}

// --------------------------------------------------------------------------- words

struct slice lm__trim(struct slice s)
{
    s = lm__from(s, lm__blanks(s));
    while (s.size > 0 && lm__is_blank(s.data[s.size - 1]))
        s.size--;
    return s;
}

struct slice lm__word(struct slice *s)
{
    struct slice rest = lm__from(*s, lm__blanks(*s));
    size_t size = 0;
    while (size < rest.size && !lm__is_blank(rest.data[size]))
        size++;
    *s = lm__from(rest, size);
    return lm__until(rest, size);
}

struct slice lm__last_word(struct slice s)
{
    struct slice word = {0};
    while (lm__trim(s).size != 0)
        word = lm__word(&s);
    return word;
}

struct slice lm__field(struct slice *s)
{
    size_t size = MIN(lm__find(*s, "\t"), s->size);
    struct slice found = lm__until(*s, size);
    *s = lm__from(*s, size + 1);
    return lm__trim(found);
}

bool lm__is_heading(const struct lm__heading *headings, size_t count, struct slice line, int *part)
{
    for (size_t i = 0; i < count; i++) {
        if (!slice_starts(line, headings[i].text))
            continue;
        *part = headings[i].part;
        return true;
    }
    return false;
}

void lm__check_end(struct lm__reader *r)
{
    struct slice text = r->map->text;
    if (text.size != 0 && text.data[text.size - 1] != (uint8_t)r->line_end)
        lm__doubt(r, r->line, "the map ends within a line");
}

bool lm__eat(struct slice *s, const char *text)
{
    if (!slice_starts(*s, text))
        return false;
    *s = lm__from(*s, strlen(text));
    return true;
}

size_t lm__find(struct slice s, const char *text)
{
    const uint8_t *at = s.size == 0 ? NULL : memmem(s.data, s.size, text, strlen(text));
    return at == NULL ? SIZE_MAX : (size_t)(at - s.data);
}

bool lm__has_line(struct slice text, const char *heading)
{
    for (struct slice left = text; left.size != 0;) {
        size_t at = lm__find(left, heading);
        if (at == SIZE_MAX)
            return false;
        const uint8_t *found = left.data + at;
        if (found == text.data || found[-1] == '\n' || found[-1] == '\r')
            return true;
        left = lm__from(left, at + 1);
    }
    return false;
}

size_t lm__open_parenthesis(struct slice text)
{
    size_t depth = 0;
    for (size_t at = slice_ends(text, ")") ? text.size : 0; at-- > 0;) {
        depth += text.data[at] == ')';
        depth -= text.data[at] == '(';
        if (depth == 0)
            return at;
    }
    return SIZE_MAX;
}

bool lm__split_input(struct slice text, struct slice *file, struct slice *section)
{
    if (text.size < 4 || text.data[text.size - 1] != ')')
        return false;
    for (size_t at = text.size - 2; at > 0; at--) {
        if (text.data[at] != '(' || text.data[at - 1] != ':')
            continue;
        *file = lm__until(text, at - 1);
        *section = slice_of(text.data + at + 1, text.size - at - 2);
        return true;
    }
    return false;
}

// ------------------------------------------------------------------------- numbers

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

bool lm__hex(struct slice word, uint64_t *value)
{
    if (word.size > 2 && word.data[0] == '0' && (word.data[1] | 0x20) == 'x')
        word = lm__from(word, 2);
    uint64_t result = 0;
    for (size_t i = 0; i < word.size; i++) {
        int d = digit(word.data[i]);
        if (d == 16 || result >> 60 != 0)
            return false;
        result = result << 4 | (uint64_t)d;
    }
    *value = result;
    return word.size != 0;
}

bool lm__prefixed(struct slice word, uint64_t *value)
{
    return slice_starts(word, "0x") && word.size > 2 && lm__hex(word, value);
}

bool lm__decimal(struct slice word, uint64_t *value)
{
    uint64_t result = 0;
    for (size_t i = 0; i < word.size; i++) {
        int d = digit(word.data[i]);
        if (d > 9 || !mul_u64(result, 10, &result) || !add_u64(result, (uint64_t)d, &result))
            return false;
    }
    *value = result;
    return word.size != 0;
}
