// SPDX-License-Identifier: MIT
//
// One number of a table, for people and for machines. All arithmetic is on integers: a rounding
// that differs between two machines would differ in golden files.

#include <inttypes.h>
#include <stdio.h>

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

static size_t show_u64(char *out, const char *sign, uint64_t value)
{
    return (size_t)snprintf(out, REP__VALUE_MAX, "%s%" PRIu64, sign, value);
}

// "812.4 KiB": the largest unit that leaves at least 1.0 after rounding, one decimal; below 1024
// the bare number of bytes.
static size_t show_bytes(char *out, const char *sign, uint64_t value, bool plain)
{
    if (plain || value < 1024)
        return show_u64(out, sign, value);
    static const char prefixes[] = "KMGTPE";
    unsigned unit = 0;
    __uint128_t scaled = (__uint128_t)value * 10;
    uint64_t tenths = (uint64_t)((scaled + 512) >> 10);
    while (tenths >= 10240 && prefixes[unit + 1] != '\0') {
        unit++;
        unsigned shift = 10 * (unit + 1);
        tenths = (uint64_t)((scaled + ((__uint128_t)1 << (shift - 1))) >> shift);
    }
    return (size_t)snprintf(out, REP__VALUE_MAX, "%s%" PRIu64 ".%u %ciB", sign, tenths / 10,
                            (unsigned)(tenths % 10), prefixes[unit]);
}

static size_t show_percent(char *out, const char *sign, uint64_t permille)
{
    return (size_t)snprintf(out, REP__VALUE_MAX, "%s%" PRIu64 ".%u%%", sign, permille / 10,
                            (unsigned)(permille % 10));
}

size_t rep__show(char out[REP__VALUE_MAX], enum rep_unit unit, union rep_value value, bool plain)
{
    out[0] = '\0';
    if (rep__missing(unit, value))
        return 0;
    const char *sign = value.i < 0 ? "-" : "";
    switch (unit) {
    case REP_BYTES:
        return show_bytes(out, "", value.u, plain);
    case REP_COUNT:
        return show_u64(out, "", value.u);
    case REP_DELTA:
        return show_bytes(out, value.i > 0 ? "+" : sign, magnitude(value.i), plain);
    case REP_PERMILLE:
        return show_percent(out, sign, magnitude(value.i));
    case REP_ADDRESS:
        return (size_t)snprintf(out, REP__VALUE_MAX, "0x%" PRIx64, value.u);
    case REP_TEXT:
        break;
    }
    return 0;
}

size_t rep__share(char out[REP__VALUE_MAX], const struct rep_column *column, union rep_value value,
                  union rep_value total)
{
    out[0] = '\0';
    if (!column->percent || (column->unit != REP_BYTES && column->unit != REP_COUNT) ||
        total.u == 0 || total.u == REP_NONE || value.u == REP_NONE)
        return 0;
    __uint128_t permille = ((__uint128_t)value.u * 1000 + total.u / 2) / total.u;
    return show_percent(out, "", permille > UINT64_MAX ? UINT64_MAX : (uint64_t)permille);
}

void rep__plain_value(struct buf *buf, enum rep_unit unit, union rep_value value)
{
    if (unit == REP_ADDRESS) {
        char hex[REP__VALUE_MAX];
        buf_bytes(buf, hex, (size_t)snprintf(hex, sizeof hex, "0x%" PRIx64, value.u));
        return;
    }
    bool is_signed = unit == REP_DELTA || unit == REP_PERMILLE;
    if (is_signed && value.i < 0)
        buf_char(buf, '-');
    buf_u64(buf, is_signed ? magnitude(value.i) : value.u);
}
