// SPDX-License-Identifier: MIT
// UTF-8. Text in a str is always well formed (surrogates, which chr() can make, take three bytes as any other code point
// of their size; only encode() and decode() refuse them), so that the functions here but utf8_valid may trust it.
#include "mote.h"

static inline bool continues(char c)
{
    return ((uint8_t)c & 0xc0) == 0x80;
}

bool is_ascii(const char *text, size_t size)
{
    uint8_t all = 0;
    for (size_t i = 0; i < size; i++)
        all |= (uint8_t)text[i];
    return all < 0x80;
}

size_t utf8_length(const char *text, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < size; i++)
        n += !continues(text[i]);
    return n;
}

// Bytes of the code point that starts with c.
static inline unsigned width(uint8_t c)
{
    return 1u + (c >= 0xc0) + (c >= 0xe0) + (c >= 0xf0);
}

size_t utf8_offset(const char *text, size_t size, size_t index)
{
    size_t at = 0;
    while (index--) {
        if (at >= size)
            return size + 1;
        at += width((uint8_t)text[at]);
    }
    return at;
}

uint32_t utf8_decode(const char **at, const char *end)
{
    uint8_t first = (uint8_t) * (*at)++;
    if (first < 0x80)
        return first;
    unsigned more = width(first) - 1;
    uint32_t c = first & (0x3fu >> more);
    while (more-- && *at < end)
        c = c << 6 | ((uint8_t) * (*at)++ & 0x3f);
    return c;
}

size_t utf8_encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)((0xf00u >> n) | c);
    return n;
}

// Strict, as the codec: no overlong forms, no surrogates, nothing over U+10FFFF.
bool utf8_valid(const char *text, size_t size)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    for (const char *at = text, *end = text + size; at < end;) {
        uint8_t first = (uint8_t)*at;
        if (first < 0x80) {
            at++;
            continue;
        }
        unsigned n = width(first);
        if (n == 1 || first > 0xf4 || (size_t)(end - at) < n)
            return false;
        for (unsigned i = 1; i < n; i++)
            if (!continues(at[i]))
                return false;
        uint32_t c = utf8_decode(&at, end);
        if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
            return false;
    }
    return true;
}
