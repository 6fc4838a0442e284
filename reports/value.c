// SPDX-License-Identifier: MIT
//
// One number of a table, for people and for machines. All arithmetic is on integers: a rounding
// that differs between two machines would differ in golden files. No printf: every cell of a table
// with all symbols of a kernel comes here twice, to be measured and to be written.

#include "reports/private.h"

const char *rep__unit_name(enum rep_unit unit)
{
    static const char *const names[] = {
        [REP_BYTES] = "bytes",       [REP_COUNT] = "count", [REP_DELTA] = "delta",
        [REP_PERMILLE] = "permille", [REP_TEXT] = "text",   [REP_ADDRESS] = "address",
    };
    return names[unit];
}

bool rep__missing(enum rep_unit unit, union rep_value value)
{
    return unit == REP_TEXT ? value.text == NULL : value.u == REP_NONE;
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

// Digits of `value`, then `rest`; returns the end.
static inline char *put_number(char *out, uint64_t value, unsigned base, const char *rest)
{
    char digits[24];
    size_t at = sizeof digits, size = strlen(rest);
    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    memcpy(out, digits + at, sizeof digits - at);
    out += sizeof digits - at;
    memcpy(out, rest, size);
    return out + size;
}

// "12.3" and `rest`; returns the length from `start`.
static size_t put_tenths(char *start, char *out, uint64_t tenths, const char *rest)
{
    out = put_number(out, tenths / 10, 10, ".");
    return (size_t)(put_number(out, tenths % 10, 10, rest) - start);
}

static char *put_sign(char *out, char sign)
{
    if (sign != '\0')
        *out++ = sign;
    return out;
}

// "812.4 KiB": the largest unit that leaves at least 1.0 after rounding, one decimal; below 1024
// the bare number of bytes.
static size_t show_bytes(char *out, char sign, uint64_t value, bool plain)
{
    char *at = put_sign(out, sign);
    if (plain || value < 1024)
        return (size_t)(put_number(at, value, 10, "") - out);
    static const char *const units[] = {" KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
    size_t unit = 0;
    __uint128_t scaled = (__uint128_t)value * 10;
    uint64_t tenths = (uint64_t)((scaled + 512) >> 10);
    while (tenths >= 10240 && unit + 1 < COUNT_OF(units)) {
        unit++;
        unsigned shift = 10 * ((unsigned)unit + 1);
        tenths = (uint64_t)((scaled + ((__uint128_t)1 << (shift - 1))) >> shift);
    }
    return put_tenths(out, at, tenths, units[unit]);
}

size_t rep__show(char out[REP__VALUE_MAX], enum rep_unit unit, union rep_value value, bool plain)
{
    if (rep__missing(unit, value))
        return 0;
    char sign = value.i < 0 ? '-' : '\0';
    switch (unit) {
    case REP_BYTES:
        return show_bytes(out, '\0', value.u, plain);
    case REP_COUNT:
        return (size_t)(put_number(out, value.u, 10, "") - out);
    case REP_DELTA:
        return show_bytes(out, value.i > 0 ? '+' : sign, magnitude(value.i), plain);
    case REP_PERMILLE:
        return put_tenths(out, put_sign(out, sign), magnitude(value.i), "%");
    case REP_ADDRESS:
        memcpy(out, "0x", 2);
        return (size_t)(put_number(out + 2, value.u, 16, "") - out);
    case REP_TEXT:
        break;
    }
    return 0;
}

size_t rep__share(char out[REP__VALUE_MAX], const struct rep_column *column, union rep_value value,
                  union rep_value total)
{
    if (!column->percent || (column->unit != REP_BYTES && column->unit != REP_COUNT) ||
        total.u == 0 || total.u == REP_NONE || value.u == REP_NONE)
        return 0;
    __uint128_t permille = ((__uint128_t)value.u * 1000 + total.u / 2) / total.u;
    return put_tenths(out, out, permille > UINT64_MAX ? UINT64_MAX : (uint64_t)permille, "%");
}

void rep__plain_value(struct buf *buf, enum rep_unit unit, union rep_value value)
{
    bool is_signed = unit == REP_DELTA || unit == REP_PERMILLE;
    if (unit == REP_ADDRESS) {
        char hex[REP__VALUE_MAX];
        buf_text(buf, "0x");
        buf_bytes(buf, hex, (size_t)(put_number(hex, value.u, 16, "") - hex));
        return;
    }
    if (is_signed && value.i < 0)
        buf_char(buf, '-');
    buf_u64(buf, is_signed ? magnitude(value.i) : value.u);
}
