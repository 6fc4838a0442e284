// SPDX-License-Identifier: MIT
//
// Numbers as people write them in tare.yaml: bytes ("96 KiB", "1.5M", "4096", "0x1000"), percent
// ("95%", "92.5%"), dates ("2026-12-31"). K, KB and KiB are 1024 bytes, as in linker scripts.

#include "config/private.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static unsigned digit_value(char c)
{
    if (is_digit(c))
        return (unsigned)(c - '0');
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 99;
}

// The number at the front of *text, which moves behind it; false when there is none, or none that
// fits.
static bool take_number(const char **text, uint64_t *value)
{
    const char *at = *text;
    bool hex = at[0] == '0' && (at[1] | 0x20) == 'x';
    unsigned base = hex ? 16 : 10;
    at += hex ? 2 : 0;
    const char *first = at;
    for (*value = 0; digit_value(*at) < base; at++)
        if (!mul_u64(*value, base, value) || !add_u64(*value, digit_value(*at), value))
            return false;
    *text = at;
    return at != first;
}

// ".5" as 5 of 10, which needs a unit to be bytes; up to nine digits.
struct fraction {
    uint64_t part, of;
};

static struct fraction take_fraction(const char **text)
{
    struct fraction f = {0, 1};
    if (**text != '.' || !is_digit((*text)[1]))
        return f;
    for ((*text)++; is_digit(**text) && f.of < 1000000000; (*text)++, f.of *= 10)
        f.part = f.part * 10 + digit_value(**text);
    return f;
}

static bool scale(uint64_t *value, struct fraction f, uint64_t unit)
{
    return mul_u64(*value, unit, value) &&
           add_u64(*value, (uint64_t)((__uint128_t)f.part * unit / f.of), value);
}

bool cfg__amount(const char *text, uint64_t *value)
{
    bool hex = text[0] != '\0' && (text[1] | 0x20) == 'x';
    if (!take_number(&text, value))
        return false;
    struct fraction fraction = hex ? (struct fraction){0, 1} : take_fraction(&text);
    text += *text == ' ';
    if (*text == '\0')
        return text[-1] != ' ' && fraction.of == 1;
    const char *units = "KMG", *unit = strchr(units, *text & ~0x20);
    if (strcasecmp(text, "B") == 0)
        return fraction.of == 1;
    if (unit == NULL || *unit == '\0' ||
        !scale(value, fraction, (uint64_t)1024 << 10 * (unit - units)))
        return false;
    text++;
    return *text == '\0' || strcasecmp(text, "B") == 0 || strcasecmp(text, "iB") == 0;
}

// "92.5%" as permille.
static bool percent(const char *text, uint64_t *value)
{
    uint64_t tenths = 0;
    if (!is_digit(text[0]) || (text[1] | 0x20) == 'x' || !take_number(&text, value))
        return false;
    if (text[0] == '.' && is_digit(text[1])) {
        tenths = (uint64_t)(text[1] - '0');
        text += 2;
    }
    text += *text == ' ';
    return strcmp(text, "%") == 0 && mul_u64(*value, 10, value) && add_u64(*value, tenths, value);
}

bool cfg__limit(const char *text, struct cfg_limit *limit)
{
    limit->kind = CFG_PERMILLE;
    if (percent(text, &limit->value))
        return true;
    limit->kind = CFG_AMOUNT;
    return cfg__amount(text, &limit->value);
}

static bool take_field(const char **text, size_t digits, uint32_t *value)
{
    *value = 0;
    for (size_t i = 0; i < digits; i++, (*text)++) {
        if (!is_digit(**text))
            return false;
        *value = *value * 10 + (uint32_t)(**text - '0');
    }
    return true;
}

uint32_t cfg_date(const char *text)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint32_t year, month, day;
    if (!take_field(&text, 4, &year) || *text++ != '-' || !take_field(&text, 2, &month) ||
        *text++ != '-' || !take_field(&text, 2, &day) || *text != '\0' || month < 1 || month > 12)
        return 0;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day < 1 || day > days[month - 1] + (month == 2 && leap ? 1u : 0u))
        return 0;
    return year * 10000 + month * 100 + day;
}
