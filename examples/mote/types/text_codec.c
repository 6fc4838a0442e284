// SPDX-License-Identifier: MIT
// From str to bytes and back: encode, decode, hex, fromhex.
#include "types/text.h"

// ------------------------------------------------------------------------------------------ codecs

// The name without what people put between the letters: "UTF-8" and "utf_8" are utf8.
static bool codec_is(struct text name, const char *plain)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = (char)char_lower((uint8_t)name.data[i]);
        if (c == '-' || c == '_')
            continue;
        if (c != *plain++)
            return false;
    }
    return *plain == '\0';
}

#if MOTE_CODECS
enum codec { UTF_8, ASCII, LATIN_1 };
enum errors { STRICT, IGNORE, REPLACE };

static enum codec codec_of(val encoding)
{
    if (!encoding)
        return UTF_8;
    struct text name = need_str(encoding);
    if (codec_is(name, "utf8"))
        return UTF_8;
    if (codec_is(name, "ascii"))
        return ASCII;
    if (codec_is(name, "latin1") || codec_is(name, "iso88591"))
        return LATIN_1;
    raise_error(&type_LookupError, "unknown encoding: %v", encoding);
}

static enum errors errors_of(val errors)
{
    if (!errors || (need_str(errors), text_is(errors, "strict")))
        return STRICT;
    if (text_is(errors, "ignore"))
        return IGNORE;
    if (text_is(errors, "replace"))
        return REPLACE;
    raise_error(&type_LookupError, "unknown error handler name '%v'", errors);
}

static const char *codec_name(enum codec codec)
{
    return codec == UTF_8 ? "utf-8" : codec == ASCII ? "ascii" : "latin-1";
}

// The length of the code point at `at` if it is well formed, else minus the length of what is not.
static int sequence(const char *at, const char *end)
{
    uint8_t first = (uint8_t)*at;
    int n = first < 0x80   ? 1
            : first < 0xc2 ? 0
            : first < 0xe0 ? 2
            : first < 0xf0 ? 3
            : first < 0xf5 ? 4
                           : 0;
    if (n == 0)
        return -1;
    for (int i = 1; i < n; i++) {
        uint8_t c = at + i < end ? (uint8_t)at[i] : 0;
        uint8_t least = i > 1 ? 0x80 : first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        uint8_t most = i > 1 ? 0xbf : first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (c < least || c > most)
            return -i;
    }
    return n;
}

_Noreturn static void cannot_decode(enum codec codec, const char *data, const char *at,
                                    const char *end, int bad)
{
    uint8_t c = (uint8_t)*at;
    const char *why = codec == ASCII ? "ordinal not in range(128)"
                      : at + bad == end && (bad > 1 || (c >= 0xc2 && c < 0xf5))
                          ? "unexpected end of data"
                      : c < 0xc2 || c >= 0xf5 ? "invalid start byte"
                                              : "invalid continuation byte";
    size_t from = (size_t)(at - data);
    if (bad > 1)
        raise_error(&type_UnicodeDecodeError, "'%s' codec can't decode bytes in position %z-%z: %s",
                    codec_name(codec), from, from + (size_t)bad - 1, why);
    raise_error(&type_UnicodeDecodeError, "'%s' codec can't decode byte 0x%c%c in position %z: %s",
                codec_name(codec), "0123456789abcdef"[c >> 4], "0123456789abcdef"[c & 15], from,
                why);
}

val text_decode(const char *data, size_t size, val encoding, val errors)
{
    enum codec codec = codec_of(encoding);
    enum errors how = errors_of(errors);
    if (is_ascii(data, size) || (codec == UTF_8 && utf8_valid(data, size)))
        return str_new(data, size);
    BUILDER(b);
    for (const char *at = data, *end = data + size; at < end;) {
        uint8_t c = (uint8_t)*at;
        int n = codec == UTF_8 ? sequence(at, end) : codec == LATIN_1 || c < 0x80 ? 1 : -1;
        if (n > 0 && codec == LATIN_1) {
            char text[4];
            size_t wide = utf8_encode(c, text);
            builder_add(&b, text, wide);
        } else if (n > 0) {
            builder_add(&b, at, (size_t)n);
        } else if (how == REPLACE) {
            sink_text(&b.sink, "\xef\xbf\xbd");
        } else if (how == STRICT) {
            cannot_decode(codec, data, at, end, -n);
        }
        at += n > 0 ? n : -n;
    }
    return builder_str(&b);
}

void text_encode(struct text text, val encoding, val errors, struct builder *b)
{
    enum codec codec = codec_of(encoding);
    enum errors how = errors_of(errors);
    if (is_ascii(text.data, text.size) || (codec == UTF_8 && utf8_valid(text.data, text.size))) {
        builder_add(b, text.data, text.size);
        return;
    }
    uint32_t limit = codec == ASCII ? 0x80 : codec == LATIN_1 ? 0x100 : 0xd800;
    size_t position = 0;
    for (const char *at = text.data, *end = at + text.size; at < end; position++) {
        const char *start = at;
        uint32_t c = utf8_decode(&at, end);
        if (codec == UTF_8 && (c < 0xd800 || c >= 0xe000))
            builder_add(b, start, (size_t)(at - start));
        else if (c < limit)
            sink_char(&b->sink, (char)c);
        else if (how == REPLACE)
            sink_char(&b->sink, '?');
        else if (how == STRICT) {
            BUILDER(escaped);
            ROOTS(r, 1);
            r[0] = str_char(c);
            print_ascii(r[0], &escaped.sink);
            r[0] = builder_str(&escaped);
            raise_error(&type_UnicodeEncodeError,
                        "'%s' codec can't encode character %v in position %z: %s",
                        codec_name(codec), r[0], position,
                        codec == UTF_8     ? "surrogates not allowed"
                        : codec == LATIN_1 ? "ordinal not in range(256)"
                                           : "ordinal not in range(128)");
        }
    }
}

#else
// UTF-8 alone, and errors are errors.
static void check_text(const char *data, size_t size, val encoding, val errors)
{
    if ((encoding && !codec_is(need_str(encoding), "utf8")) ||
        (errors && (need_str(errors), !text_is(errors, "strict"))))
        raise_error(&type_LookupError, "unknown encoding or error handler");
    if (!utf8_valid(data, size))
        raise_error(&type_UnicodeError, "invalid UTF-8");
}

val text_decode(const char *data, size_t size, val encoding, val errors)
{
    check_text(data, size, encoding, errors);
    return str_new(data, size);
}

void text_encode(struct text text, val encoding, val errors, struct builder *b)
{
    check_text(text.data, text.size, encoding, errors);
    builder_add(b, text.data, text.size);
}
#endif

val builder_text(struct builder *b)
{
    return text_decode(b->store ? (const char *)((struct bytes *)b->store)->data : "", b->size,
                       NOTHING, NOTHING);
}

static const val codec_keywords[] = {NOTHING, S(encoding), S(errors)};

static val text_encode_method(size_t n, val *a)
{
    (void)n;
    BUILDER(b);
    text_encode(text_of(a[0]), a[1], a[2], &b);
    return builder_bytes(&b);
}
NATIVE_OBJECT(text_encode_native, text_encode_method, encode, 1, 3, 0, codec_keywords);

static val text_decode_method(size_t n, val *a)
{
    (void)n;
    struct view v = view_of(a[0]);
    return text_decode(v.data, v.size, a[1], a[2]);
}
NATIVE_OBJECT(text_decode_native, text_decode_method, decode, 1, 3, 0, codec_keywords);

// ------------------------------------------------------------------------------------------ hex

static int hex_digit(char c)
{
    c = (char)char_lower((uint8_t)c);
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static val text_fromhex(size_t n, val *a)
{
    (void)n;
    struct text t = need_str(a[1]);
    BUILDER(b);
    for (size_t i = 0; i < t.size; i++) {
        if (char_is_space((uint8_t)t.data[i], false))
            continue;
        int high = hex_digit(t.data[i]), low = i + 1 < t.size ? hex_digit(t.data[i + 1]) : -1;
        if (high < 0 || low < 0)
            raise_value("non-hexadecimal number found in fromhex() arg at position %z",
                        high < 0 ? i : i + 1);
        sink_char(&b.sink, (char)(high << 4 | low));
        i++;
    }
    size_t size = b.size;
    val bytes = builder_bytes(&b);
    if (derives((const struct type *)a[0], &type_bytearray))
        return bytearray_wrap(bytes, size);
    return bytes;
}
SHARED_FULL(text_fromhex, fromhex, 2, 2, NATIVE_CLASS);

// hex(sep, bytes_per_sep): groups count from the right, from the left when negative.
#if MOTE_RARE
struct grouping {
    struct text sep;
    size_t every;
    bool left;
};

static struct grouping grouping_of(val *a)
{
    intptr_t group = a[2] ? need_int(a[2]) : 1;
    struct grouping g = {{0}, group < 0 ? 0 - (size_t)group : (size_t)group, group < 0};
    if (a[1]) {
        g.sep = need_str(a[1]);
        if (g.sep.size != 1)
            raise_value("sep must be length 1.");
    }
    return g;
}
#endif

static val text_hex(size_t n, val *a)
{
    (void)n;
    struct buffer v;
#if MOTE_RARE
    struct grouping g = grouping_of(a);
#endif
    buffer_need(a[0], &v);
    BUILDER(b);
    for (size_t i = 0; i < v.size; i++) {
#if MOTE_RARE
        if (i && g.sep.size && g.every && (g.left ? i : v.size - i) % g.every == 0)
            builder_add(&b, g.sep.data, 1);
#endif
        sink_char(&b.sink, "0123456789abcdef"[v.data[i] >> 4]);
        sink_char(&b.sink, "0123456789abcdef"[v.data[i] & 15]);
    }
    return builder_str(&b);
}
#if MOTE_RARE
static const val hex_keywords[] = {NOTHING, S(sep), S(bytes_per_sep)};
SHARED_FULL(text_hex, hex, 1, 3, 0, hex_keywords);
#else
SHARED(text_hex, hex, 1, 1);
#endif
