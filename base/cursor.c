// SPDX-License-Identifier: MIT
//
// The cursor's slower reads.

#include "base/base.h"

uint64_t cur_uint(struct cur *c, unsigned width)
{
    switch (width) {
    case 1:
        return cur_u8(c);
    case 2:
        return cur_u16(c);
    case 3:
        return cur_u24(c);
    case 4:
        return cur_u32(c);
    case 8:
        return cur_u64(c);
    default:
        c->failed = true;
        return 0;
    }
}

#define LEB_MAX 16 // bytes; longer numbers are damage

uint64_t cur_uleb_long(struct cur *c)
{
    uint64_t value = 0;
    const uint8_t *at = c->at;
    for (unsigned i = 0; i < LEB_MAX && at < c->end && !c->failed; i++) {
        uint8_t byte = *at++;
        if (i * 7 < 64)
            value |= (uint64_t)(byte & 0x7f) << (i * 7);
        if (byte < 0x80) {
            c->at = at;
            return value;
        }
    }
    c->failed = true;
    return 0;
}

int64_t cur_sleb(struct cur *c)
{
    const uint8_t *start = c->at;
    uint64_t value = cur_uleb_long(c);
    size_t bits = (size_t)(c->at - start) * 7;
    if (c->failed || bits >= 64)
        return (int64_t)value;
    uint64_t sign = (uint64_t)1 << (bits - 1);
    return (int64_t)((value ^ sign) - sign);
}

struct slice cur_text(struct cur *c)
{
    const uint8_t *nul = c->failed || c->at == c->end ? NULL : memchr(c->at, 0, cur_left(c));
    if (nul == NULL) {
        c->failed = true;
        return slice_text("");
    }
    struct slice text = {c->at, (size_t)(nul - c->at)};
    c->at = nul + 1;
    return text;
}

struct slice cur_bytes(struct cur *c, uint64_t size)
{
    if (c->failed || size > cur_left(c)) {
        c->failed = true;
        return slice_of(c->at, 0);
    }
    struct slice bytes = {c->at, (size_t)size};
    c->at += size;
    return bytes;
}

struct cur cur_sub(struct cur *c, uint64_t size)
{
    struct cur sub = *c;
    struct slice bytes = cur_bytes(c, size);
    sub.at = bytes.data;
    sub.end = bytes.data + bytes.size;
    sub.failed = c->failed;
    return sub;
}
