// SPDX-License-Identifier: MIT
//
// The cursor of base/: numbers of every width, ends, LEB.

#include "base/base.h"
#include "check.h"

// -------------------------------------------------------------------------- cursor

static const uint8_t counting[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x88};

static void test_cursor_numbers(void)
{
    struct cur c = cur_make(slice_of(counting, 8), false);
    CHECK_U64(cur_u8(&c), 0x01);
    CHECK_U64(cur_u16(&c), 0x0302);
    CHECK_U64(cur_u32(&c), 0x07060504);
    CHECK_U64(cur_offset(&c), 7);
    CHECK_U64(cur_left(&c), 1);
    c = cur_make(slice_of(counting, 8), true);
    CHECK_U64(cur_u24(&c), 0x010203);
    CHECK_U64(cur_u16(&c), 0x0405);
    cur_seek(&c, 0);
    CHECK_U64(cur_u64(&c), 0x0102030405060788);
    CHECK(!c.failed && cur_left(&c) == 0);
    c = cur_make(slice_of(counting, 8), false);
    CHECK_U64(cur_u24(&c), 0x030201);
    cur_seek(&c, 0);
    CHECK_U64(cur_u64(&c), 0x8807060504030201);
}

static void test_cursor_width(void)
{
    static const struct {
        unsigned width;
        uint64_t value;
    } rows[] = {{1, 1}, {2, 0x0201}, {3, 0x030201}, {4, 0x04030201}, {8, 0x8807060504030201}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cur c = cur_make(slice_of(counting, 8), false);
        CHECK_U64(cur_uint(&c, rows[i].width), rows[i].value);
        CHECK_U64(cur_offset(&c), rows[i].width);
    }
    for (unsigned width = 0; width < 20; width++) {
        struct cur c = cur_make(slice_of(counting, 8), false);
        bool known = (width >= 1 && width <= 4) || width == 8;
        cur_uint(&c, width);
        CHECK(c.failed != known);
    }
}

// Every kind of read at every distance from the end: it fails exactly when it does not fit, yields
// 0 then, does not move, and keeps failing.
static void test_cursor_ends(void)
{
    for (size_t size = 0; size <= 8; size++) {
        static const unsigned widths[] = {1, 2, 3, 4, 8};
        for (size_t i = 0; i < COUNT_OF(widths); i++) {
            struct cur c = cur_make(slice_of(counting, size), false);
            uint64_t value = cur_uint(&c, widths[i]);
            CHECK(c.failed == (widths[i] > size));
            if (!c.failed)
                continue;
            CHECK(value == 0 && cur_offset(&c) == 0);
            CHECK(cur_u8(&c) == 0 && cur_uleb(&c) == 0 && cur_sleb(&c) == 0);
            CHECK(cur_text(&c).size == 0 && cur_bytes(&c, 0).size == 0);
            cur_seek(&c, 0), cur_skip(&c, 0);
            CHECK(c.failed && cur_offset(&c) == 0);
            CHECK(cur_sub(&c, 0).failed);
        }
    }
    struct cur none = cur_make(slice_of(NULL, 0), false);
    CHECK(cur_left(&none) == 0 && cur_offset(&none) == 0);
    cur_skip(&none, 0), cur_seek(&none, 0);
    CHECK(!none.failed && cur_bytes(&none, 0).size == 0 && !none.failed);
    CHECK(cur_u64(&none) == 0 && none.failed);
}

static void test_cursor_moves(void)
{
    struct cur c = cur_make(slice_of(counting, 8), false);
    cur_skip(&c, 8);
    CHECK(!c.failed && cur_left(&c) == 0);
    cur_seek(&c, 2);
    CHECK(!c.failed && cur_u8(&c) == 3);
    cur_seek(&c, 8);
    CHECK(!c.failed);
    cur_seek(&c, 9);
    CHECK(c.failed && cur_offset(&c) == 8);
    c = cur_make(slice_of(counting, 8), false);
    cur_skip(&c, UINT64_MAX);
    CHECK(c.failed && cur_offset(&c) == 0);
    c = cur_make(slice_of(counting, 8), false);
    cur_seek(&c, UINT64_MAX);
    CHECK(c.failed && cur_offset(&c) == 0);
}

static void test_cursor_sub(void)
{
    struct cur c = cur_make(slice_of(counting, 8), false);
    cur_skip(&c, 2);
    struct cur sub = cur_sub(&c, 3);
    CHECK_U64(cur_offset(&sub), 2);
    CHECK_U64(cur_left(&sub), 3);
    CHECK_U64(cur_offset(&c), 5);
    CHECK(cur_u24(&sub) == 0x050403 && cur_u8(&sub) == 0 && sub.failed && !c.failed);
    sub = cur_sub(&c, 4);
    CHECK(sub.failed && c.failed && cur_left(&sub) == 0);
    c = cur_make(slice_of(counting, 8), false);
    sub = cur_sub(&c, UINT64_MAX);
    CHECK(sub.failed && c.failed);
}

static void test_cursor_text(void)
{
    struct cur c = cur_make(slice_of("ab\0\0cd", 6), false);
    CHECK(slice_is(cur_text(&c), "ab"));
    CHECK(slice_is(cur_text(&c), "") && !c.failed);
    CHECK_U64(cur_offset(&c), 4);
    CHECK(cur_text(&c).size == 0 && c.failed);
    c = cur_make(slice_of("abcd", 4), false);
    struct slice bytes = cur_bytes(&c, 4);
    CHECK(slice_is(bytes, "abcd") && !c.failed);
    CHECK(cur_bytes(&c, 1).size == 0 && c.failed);
}

// ---------------------------------------------------------------------------- LEB

struct leb_row {
    const char *bytes;
    size_t size;
    uint64_t value;
    bool good;
};

static void check_leb(const struct leb_row *row, bool is_signed)
{
    struct cur c = cur_make(slice_of(row->bytes, row->size), false);
    uint64_t value = is_signed ? (uint64_t)cur_sleb(&c) : cur_uleb(&c);
    CHECK(c.failed != row->good);
    CHECK_U64(value, row->good ? row->value : 0);
    CHECK_U64(cur_offset(&c), row->good ? row->size : 0);
}

#define LEB(text, value, good)                                                                     \
    {                                                                                              \
        text, sizeof(text) - 1, value, good                                                        \
    }

static void test_uleb(void)
{
    static const struct leb_row rows[] = {
        LEB("\x00", 0, true),
        LEB("\x7f", 127, true),
        LEB("\x80\x01", 128, true),
        LEB("\xe5\x8e\x26", 624485, true),
        LEB("\x80\x00", 0, true),
        LEB("\x81\x80\x80\x00", 1, true),
        LEB("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", UINT64_MAX, true),
        LEB("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", (uint64_t)1 << 63, true),
        // bits past the 64th are dropped
        LEB("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", UINT64_MAX, true),
        LEB("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02", 0, true),
        LEB("\x81\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f", 1, true),      // 16
        LEB("\x81\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 0, false), // 17
        LEB("", 0, false),
        LEB("\x80", 0, false),
        LEB("\xff\xff\xff", 0, false),
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_leb(&rows[i], false);
}

static void test_sleb(void)
{
    static const struct leb_row rows[] = {
        LEB("\x00", 0, true),
        LEB("\x3f", 63, true),
        LEB("\x40", (uint64_t)-64, true),
        LEB("\x7f", (uint64_t)-1, true),
        LEB("\xff\x00", 127, true),
        LEB("\x80\x7f", (uint64_t)-128, true),
        LEB("\xc0\xbb\x78", (uint64_t)-123456, true),
        LEB("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00", INT64_MAX, true),
        LEB("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f", (uint64_t)INT64_MIN, true),
        LEB("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", (uint64_t)-1, true),
        LEB("\xff\xff\xff\xff\xff\xff\xff\xff\x7f", (uint64_t)-1, true),      // 63 bits
        LEB("\x80\x80\x80\x80\x80\x80\x80\x80\x40", (uint64_t)3 << 62, true), // 63 bits
        LEB("\xff\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 127, true),
        LEB("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 0, false),
        LEB("", 0, false),
        LEB("\x80", 0, false),
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_leb(&rows[i], true);
}

static void test_leb_round_trip(void)
{
    uint64_t state = 1;
    for (unsigned i = 0; i < 2000; i++) {
        uint64_t value = (state = hash_mix(state, i)) >> (i % 64);
        struct buf buf = {0};
        buf_uleb(&buf, value);
        struct cur c = cur_make(slice_of(buf.data, buf.size), false);
        CHECK(cur_uleb(&c) == value && !c.failed && cur_left(&c) == 0);
        buf_free(&buf);
    }
}

int main(void)
{
    test_cursor_numbers(), test_cursor_width(), test_cursor_ends(), test_cursor_moves();
    test_cursor_sub(), test_cursor_text();
    test_uleb(), test_sleb(), test_leb_round_trip();
    return check_done();
}
