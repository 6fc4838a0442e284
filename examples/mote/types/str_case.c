// SPDX-License-Identifier: MIT
// Kinds of characters and upper and lower case, for str, bytes and bytearray.
//
// Deliberately not all of Unicode: the tables know the case of Latin, Greek and Cyrillic letters, and which of the large
// ranges are letters or cannot be printed. Without MOTE_UNICODE only ASCII has case; what is over 127 counts as a letter
// that has none, and can be printed from U+00A1 on. In bytes only ASCII counts in any case.
#include "types/text.h"

enum kind { UPPER = 1, LOWER = 2, ALPHA = 4, DIGIT = 8, SPACE = 16 };

// ------------------------------------------------------------------------------------------ characters

#if MOTE_UNICODE
// Lower-case letters and how far off their upper-case ones are; with the step PAIRS upper and lower case alternate.
enum { PAIRS = INT16_MAX };
static const struct {
    uint16_t first, last;
    int16_t step;
} cases[] = {
    {0xe0, 0xf6, -32},     {0xf8, 0xfe, -32},       {0xff, 0xff, 121},      {0x100, 0x12f, PAIRS},
    {0x132, 0x137, PAIRS}, {0x139, 0x148, PAIRS},   {0x14a, 0x177, PAIRS},  {0x179, 0x17e, PAIRS},
    {0x3ac, 0x3ac, -38},   {0x3ad, 0x3af, -37},     {0x3b1, 0x3c1, -32},    {0x3c3, 0x3cb, -32},
    {0x3cc, 0x3cc, -64},   {0x3cd, 0x3ce, -63},     {0x430, 0x44f, -32},    {0x450, 0x45f, -80},
    {0x460, 0x481, PAIRS}, {0x48a, 0x4bf, PAIRS},   {0x4c1, 0x4ce, PAIRS},  {0x4cf, 0x4cf, -15},
    {0x4d0, 0x52f, PAIRS}, {0x1e00, 0x1e95, PAIRS}, {0x1ea0, 0x1eff, PAIRS}};

struct range16 {
    uint16_t first, last;
};
static const struct range16 letters[] = {
    {0xaa, 0xaa},     {0xb5, 0xb5},     {0xba, 0xba},     {0xc0, 0xd6},     {0xd8, 0xf6},
    {0xf8, 0x2c1},    {0x370, 0x373},   {0x376, 0x377},   {0x37b, 0x37d},   {0x37f, 0x37f},
    {0x386, 0x386},   {0x388, 0x3f5},   {0x3f7, 0x481},   {0x48a, 0x556},   {0x561, 0x587},
    {0x5d0, 0x5ea},   {0x620, 0x64a},   {0x904, 0x939},   {0xe01, 0xe30},   {0x10d0, 0x10fa},
    {0x1e00, 0x1fbc}, {0x3041, 0x3096}, {0x30a1, 0x30fa}, {0x3400, 0x4dbf}, {0x4e00, 0x9fff},
    {0xac00, 0xd7a3}};
static const struct range16 hidden[] = {
    {0x7f, 0xa0},     {0xad, 0xad},     {0x378, 0x379},   {0x530, 0x530},   {0x600, 0x605},
    {0x61c, 0x61c},   {0x6dd, 0x6dd},   {0x70f, 0x70f},   {0x1680, 0x1680}, {0x180e, 0x180e},
    {0x2000, 0x200f}, {0x2028, 0x202f}, {0x205f, 0x206f}, {0x3000, 0x3000}, {0xd800, 0xf8ff},
    {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xfffe, 0xffff}};

static bool among(uint32_t c, const struct range16 *ranges, size_t n)
{
    for (size_t i = 0; i < n && ranges[i].first <= c; i++)
        if (c <= ranges[i].last)
            return true;
    return false;
}

static bool is_letter(uint32_t c)
{
    return among(c, letters, COUNT_OF(letters)) || (c >= 0x20000 && c < 0x323b0);
}

bool char_printable(uint32_t c)
{
    return c < 0xe0000 && !among(c, hidden, COUNT_OF(hidden));
}

// What is neither letter, digit nor mark.
static const struct range16 symbols[] = {
    {0x80, 0xa9},     {0xab, 0xb4},     {0xb6, 0xb6},     {0xb8, 0xb9},     {0xbb, 0xbf},
    {0xd7, 0xd7},     {0xf7, 0xf7},     {0x2c2, 0x2c5},   {0x37e, 0x37e},   {0x482, 0x482},
    {0x589, 0x58f},   {0x600, 0x60f},   {0x66a, 0x66d},   {0x2000, 0x203e}, {0x2041, 0x2053},
    {0x2055, 0x2070}, {0x207a, 0x207e}, {0x208a, 0x208e}, {0x20a0, 0x20cf}, {0x2190, 0x2bff},
    {0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030}, {0xd800, 0xf8ff}, {0xfe50, 0xfe6b},
    {0xfeff, 0xff0f}, {0xff1a, 0xff20}, {0xff5b, 0xff65}, {0xffe0, 0xffff}};

bool char_in_name(uint32_t c)
{
    return c < 0x80 ||
           ((c < 0x1f000 || c > 0x1faff) && c < 0xe0000 && !among(c, symbols, COUNT_OF(symbols)));
}

// The other case of a character over 127.
static uint32_t case_of(uint32_t c, bool upper)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint32_t first = cases[i].first, last = cases[i].last;
        if (cases[i].step == PAIRS) {
            if (c >= first && c <= last)
                return upper ? c - ((c - first) & 1) : c + (~(c - first) & 1);
        } else {
            uint32_t step = (uint32_t)cases[i].step, lower = upper ? c : c - step;
            if (lower >= first && lower <= last)
                return upper ? c + step : lower;
        }
    }
    return c;
}

static uint32_t upper_wide(uint32_t c)
{
    return c == 0xb5 ? 0x39c : c == 0x3c2 ? 0x3a3 : case_of(c, true);
}

static uint32_t lower_wide(uint32_t c)
{
    return case_of(c, false);
}
#else
static bool is_letter(uint32_t c)
{
    return c > 0xa0;
}
bool char_printable(uint32_t c)
{
    return c > 0xa0 && c != 0xad;
}
static uint32_t upper_wide(uint32_t c)
{
    return c;
}
static uint32_t lower_wide(uint32_t c)
{
    return c;
}
#endif

uint32_t char_upper(uint32_t c)
{
    return c >= 0x80 ? upper_wide(c) : c >= 'a' && c <= 'z' ? c - 32 : c;
}

uint32_t char_lower(uint32_t c)
{
    return c >= 0x80 ? lower_wide(c) : c >= 'A' && c <= 'Z' ? c + 32 : c;
}

bool char_is_space(uint32_t c, bool of_str)
{
    if (c == ' ' || (c >= '\t' && c <= '\r'))
        return true;
    return of_str && ((c >= 0x1c && c <= 0x1f) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
                      (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
                      c == 0x205f || c == 0x3000);
}

static unsigned kind_of(uint32_t c, bool of_str)
{
    if (char_is_space(c, of_str))
        return SPACE;
    if (c < 0x80 || !of_str)
        return c >= 'a' && c <= 'z'   ? ALPHA | LOWER
               : c >= 'A' && c <= 'Z' ? ALPHA | UPPER
               : c >= '0' && c <= '9' ? DIGIT
                                      : 0;
    if (!is_letter(c))
        return 0;
    return ALPHA | (char_upper(c) != c || c == 0xdf ? LOWER : char_lower(c) != c ? UPPER : 0);
}

// ------------------------------------------------------------------------------------------ is...()

// Not empty, and every character is of one of the kinds.
static val all_of(val self, unsigned kinds)
{
    struct view v = view_of(self);
    const char *end = v.data + v.size;
    for (const char *at = v.data; at < end;)
        if (!(kind_of(view_next(&v, &at, end), v.type == &type_str) & kinds))
            return FALSE;
    return bool_new(v.size != 0);
}

// Some characters with case, all of them of the kind.
static val all_cased(val self, unsigned kind)
{
    struct view v = view_of(self);
    const char *end = v.data + v.size;
    bool any = false;
    for (const char *at = v.data; at < end;) {
        unsigned k = kind_of(view_next(&v, &at, end), v.type == &type_str) & (UPPER | LOWER);
        if (k && k != kind)
            return FALSE;
        any |= k != 0;
    }
    return bool_new(any);
}

#define METHOD(name, test)                                                                         \
    static val text_##name(size_t n, val *a)                                                       \
    {                                                                                              \
        (void)n;                                                                                   \
        return test;                                                                               \
    }                                                                                              \
    SHARED(text_##name, name, 1, 1)

METHOD(isalpha, all_of(a[0], ALPHA));
METHOD(isdigit, all_of(a[0], DIGIT));
METHOD(isalnum, all_of(a[0], ALPHA | DIGIT));
METHOD(isspace, all_of(a[0], SPACE));
METHOD(isupper, all_cased(a[0], UPPER));
METHOD(islower, all_cased(a[0], LOWER));

#if MOTE_RARE
METHOD(isdecimal, all_of(a[0], DIGIT));
METHOD(isnumeric, all_of(a[0], DIGIT));

static val text_istitle(size_t n, val *a)
{
    (void)n;
    struct view v = view_of(a[0]);
    const char *end = v.data + v.size;
    bool any = false, inside = false;
    for (const char *at = v.data; at < end;) {
        unsigned k = kind_of(view_next(&v, &at, end), v.type == &type_str) & (UPPER | LOWER);
        if (k && k != (inside ? LOWER : UPPER))
            return FALSE;
        inside = k != 0;
        any |= inside;
    }
    return bool_new(any);
}
SHARED(text_istitle, istitle, 1, 1);

static val text_isascii(size_t n, val *a)
{
    (void)n;
    struct view v = view_of(a[0]);
    return bool_new(is_ascii(v.data, v.size));
}
SHARED(text_isascii, isascii, 1, 1);

static val text_isprintable(size_t n, val *a)
{
    (void)n;
    struct view v = view_of(a[0]);
    const char *end = v.data + v.size;
    for (const char *at = v.data; at < end;) {
        uint32_t c = view_next(&v, &at, end);
        if (c < ' ' || (c >= 0x7f && !char_printable(c)))
            return FALSE;
    }
    return TRUE;
}
SHARED(text_isprintable, isprintable, 1, 1);
#endif

static val text_isidentifier(size_t n, val *a)
{
    (void)n;
    struct view v = view_of(a[0]);
    const char *end = v.data + v.size;
    for (const char *at = v.data; at < end;) {
        unsigned allowed = at == v.data ? ALPHA : ALPHA | DIGIT;
        uint32_t c = view_next(&v, &at, end);
        if (c != '_' && !(kind_of(c, true) & allowed))
            return FALSE;
    }
    return bool_new(v.size != 0);
}
SHARED(text_isidentifier, isidentifier, 1, 1);

// ------------------------------------------------------------------------------------------ mapping

enum mapping { TO_UPPER, TO_LOWER, TO_TITLE, TO_CAPITAL, TO_SWAPPED, TO_FOLDED };

static bool goes_up(enum mapping how, unsigned kind, bool first, bool inside)
{
    if (!MOTE_RARE)
        return how == TO_UPPER;
    switch (how) {
    case TO_UPPER:
        return true;
    case TO_TITLE:
        return !inside;
    case TO_CAPITAL:
        return first;
    case TO_SWAPPED:
        return kind & LOWER;
    default:
        return false;
    }
}

// The letters that are none of one to one.
static const char *special_case(const struct view *v, uint32_t c, bool up, enum mapping how,
                                const char *next, bool inside)
{
    if (!MOTE_UNICODE || c < 0x80)
        return NULL;
    const char *end = v->data + v->size;
    if (c == 0xdf && (up || how == TO_FOLDED))
        return how == TO_FOLDED ? "ss" : how == TO_UPPER || how == TO_SWAPPED ? "SS" : "Ss";
    if (c == 0x3a3 && !up && inside && how != TO_FOLDED &&
        !(next < end && kind_of(utf8_decode(&next, end), true) & ALPHA))
        return "\xcf\x82"; // a sigma at the end of a word
    if (c == 0x3c2 && how == TO_FOLDED)
        return "\xcf\x83";
    if (c == 0xb5 && how == TO_FOLDED)
        return "\xce\xbc";
    return NULL;
}

static val map_case(val self, enum mapping how)
{
    struct view v = view_of(self);
    const char *end = v.data + v.size;
    bool inside = false, of_str = v.type == &type_str;
    BUILDER(b);
    char *room = v.wide || !v.size ? NULL : builder_room(&b, v.size);
    for (const char *at = v.data; at < end;) {
        bool first = at == v.data;
        uint32_t c = view_next(&v, &at, end);
        unsigned kind = kind_of(c, of_str);
        bool up = goes_up(how, kind, first, inside);
        const char *special = of_str ? special_case(&v, c, up, how, at, inside) : NULL;
        inside = kind & (UPPER | LOWER);
        if (special) {
            sink_text(&b.sink, special);
            continue;
        }
        if (of_str || c < 0x80)
            c = up ? char_upper(c) : char_lower(c);
        if (room) {
            *room++ = (char)c;
        } else {
            char text[4];
            size_t size = utf8_encode(c, text);
            builder_add(&b, text, size);
        }
    }
    return view_done(&v, &b);
}

METHOD(upper, map_case(a[0], TO_UPPER));
METHOD(lower, map_case(a[0], TO_LOWER));
#if MOTE_RARE
METHOD(title, map_case(a[0], TO_TITLE));
METHOD(capitalize, map_case(a[0], TO_CAPITAL));
METHOD(swapcase, map_case(a[0], TO_SWAPPED));
METHOD(casefold, map_case(a[0], TO_FOLDED));
#endif
