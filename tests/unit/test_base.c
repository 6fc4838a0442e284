// SPDX-License-Identifier: MIT
//
// base/: every promise of base.h, at its edges.

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "check.h"

// A small generator, so that a failure comes back.
static uint64_t next_random(uint64_t *state)
{
    *state = hash_mix(*state, 0x1234567);
    return *state;
}

// ------------------------------------------------------------------------- basics

static void test_arithmetic(void)
{
    uint64_t value;
    CHECK(add_u64(UINT64_MAX - 1, 1, &value) && value == UINT64_MAX);
    CHECK(!add_u64(UINT64_MAX, 1, &value));
    CHECK(mul_u64(1u << 31, 1u << 31, &value) && value == (uint64_t)1 << 62);
    CHECK(!mul_u64((uint64_t)1 << 32, (uint64_t)1 << 32, &value));
    CHECK(range_fits(0, 0, 0));
    CHECK(range_fits(10, 0, 10));
    CHECK(range_fits(4, 6, 10));
    CHECK(!range_fits(4, 7, 10));
    CHECK(!range_fits(11, 0, 10));
    CHECK(!range_fits(2, UINT64_MAX, 10));
    CHECK(!range_fits(UINT64_MAX, 2, 10));
}

static void test_panic(void)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        fclose(stderr);
        ASSERT(1 + 1 == 3);
        _exit(0);
    }
    int status = 0;
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

static void test_slices(void)
{
    CHECK(slice_is(slice_text("abc"), "abc"));
    CHECK(!slice_is(slice_text("abc"), "abcd"));
    CHECK(slice_is(slice_text(NULL), ""));
    CHECK(slice_equal(slice_of(NULL, 0), slice_text("")));
    CHECK(!slice_equal(slice_of("a\0b", 3), slice_of("a\0c", 3)));
    CHECK(slice_starts(slice_text("abc"), "ab") && slice_starts(slice_text("abc"), ""));
    CHECK(!slice_starts(slice_text("ab"), "abc"));
    CHECK(slice_ends(slice_text("abc"), "bc") && !slice_ends(slice_text("bc"), "abc"));
    CHECK(slice_starts(slice_of(NULL, 0), "") && slice_ends(slice_of(NULL, 0), ""));
}

// --------------------------------------------------------------------------- globs

static void test_globs(void)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } rows[] = {
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"*", "a/b", true},
        {"?", "", false},
        {"?", "a", true},
        {"?", "ab", false},
        {"a*", "abc", true},
        {"*c", "abc", true},
        {"a*c", "abc", true},
        {"a*c", "abd", false},
        {"a**c", "ac", true},
        {"*a*b*", "xxaxxbxx", true},
        {"*a*b*", "xxbxxaxx", false},
        {"*/Objects/*.c", "/build/python/Objects/listobject.c", true},
        {"*/Objects/*.c", "/build/python/Objects/listobject.h", false},
        {"*ab", "aab", true},
        {"*aab", "aaaab", true},
        {"a*b*c*d", "axbxcxd", true},
        {"[abc]", "b", true},
        {"[abc]", "d", false},
        {"[!abc]", "d", true},
        {"[!abc]", "a", false},
        {"[^abc]", "d", true},
        {"[a-c]x", "bx", true},
        {"[a-c]x", "dx", false},
        {"[]]", "]", true},
        {"[!]]", "]", false},
        {"[!]]", "a", true},
        {"[a-]", "-", true},
        {"[-a]", "-", true},
        {"[c-a]", "b", false},
        {"[", "[", true},
        {"[abc", "[abc", true},
        {"[abc", "a", false},
        {"*[", "x[", true},
        {"*[0-9]", "a1", true},
        {"*[0-9]", "1a", false},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"a\\?b", "a?b", true},
        {"\\[a]", "[a]", true},
        {"a\\", "a\\", true},
        {"\\\\", "\\", true},
        {"*\\**", "a*b", true},
        {"*\\**", "ab", false},
        {"[\xc0-\xff]", "\xe9", true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (glob_match(rows[i].pattern, slice_text(rows[i].text)) != rows[i].matches) {
            fprintf(stderr, "glob \"%s\" on \"%s\"\n", rows[i].pattern, rows[i].text);
            CHECK(!"glob");
        }
    CHECK(glob_match("a?b", slice_of("a\0b", 3)));
    CHECK(glob_match("*", slice_of(NULL, 0)));
}

// A pattern of many stars on a long text that almost matches must not take exponential time.
static void test_glob_is_fast(void)
{
    char text[4096];
    memset(text, 'a', sizeof text);
    CHECK(!glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*b", slice_of(text, sizeof text)));
    CHECK(glob_match("*a*a*a*a*a*a*a*a*a*a*a*a", slice_of(text, sizeof text)));
}

// ------------------------------------------------------------------------ distance

static unsigned distance(const char *a, const char *b, unsigned limit)
{
    unsigned result = text_distance(slice_text(a), slice_text(b), limit);
    CHECK(result == text_distance(slice_text(b), slice_text(a), limit));
    return result;
}

static void test_distance(void)
{
    CHECK_U64(distance("", "", 3), 0);
    CHECK_U64(distance("abc", "abc", 0), 0);
    CHECK_U64(distance("abc", "abd", 3), 1);
    CHECK_U64(distance("abc", "ab", 3), 1);
    CHECK_U64(distance("abc", "acb", 3), 1);
    CHECK_U64(distance("ab", "ba", 3), 1);
    CHECK_U64(distance("PyListObject", "PyLsitObjetc", 5), 2);
    CHECK_U64(distance("kitten", "sitting", 5), 3);
    CHECK_U64(distance("kitten", "sitting", 2), 3);
    CHECK_U64(distance("abc", "xyz", 1), 2);
    CHECK_U64(distance("", "abcd", 9), 4);
    CHECK_U64(distance("", "abcd", 2), 3);
    char long_a[600], long_b[600];
    memset(long_a, 'a', sizeof long_a), memset(long_b, 'a', sizeof long_b);
    long_b[3] = 'b', long_b[400] = 'b';
    CHECK_U64(text_distance(slice_of(long_a, 600), slice_of(long_b, 600), 9), 1);
    CHECK_U64(text_distance(slice_of(long_a, 600), slice_of(long_a, 10), 999), 245);
}

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
        uint64_t value = next_random(&state) >> (i % 64);
        struct buf buf = {0};
        buf_uleb(&buf, value);
        struct cur c = cur_make(slice_of(buf.data, buf.size), false);
        CHECK(cur_uleb(&c) == value && !c.failed && cur_left(&c) == 0);
        buf_free(&buf);
    }
}

// --------------------------------------------------------------------------- arena

static void test_arena(void)
{
    struct arena *arena = arena_new();
    uint8_t *blocks[500];
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT_OF(blocks); i++) {
            size_t size = i * i % 4096;
            blocks[i] = arena_alloc(arena, size);
            CHECK((uintptr_t)blocks[i] % 16 == 0);
            for (size_t at = 0; at < size; at++)
                CHECK(blocks[i][at] == 0);
            memset(blocks[i], (int)i, size);
        }
        for (size_t i = 0; i < COUNT_OF(blocks); i++)
            for (size_t at = 0; at < i * i % 4096; at++)
                CHECK(blocks[i][at] == (uint8_t)i);
        arena_reset(arena);
    }
    uint8_t *big = arena_alloc(arena, 5 << 20);
    big[(5 << 20) - 1] = 1;
    CHECK(arena_alloc(arena, 0) != NULL);
    arena_free(arena);
    arena_free(NULL);
    arena_reset(arena = arena_new());
    arena_free(arena);
}

static void test_arena_text(void)
{
    struct arena *arena = arena_new();
    CHECK_TEXT(arena_text(arena, slice_text("abc")), "abc");
    CHECK_TEXT(arena_text(arena, slice_of(NULL, 0)), "");
    CHECK_TEXT(arena_printf(arena, "%s-%d", "x", 42), "x-42");
    CHECK_TEXT(arena_printf(arena, "%s", ""), "");
    char *long_text = arena_printf(arena, "%05000d", 7);
    CHECK(strlen(long_text) == 5000 && long_text[4999] == '7');
    CHECK(memcmp(arena_copy(arena, counting, 8), counting, 8) == 0);
    uint32_t *numbers = ARENA_ARRAY(arena, 10, uint32_t);
    CHECK(numbers[0] == 0 && numbers[9] == 0);
    arena_free(arena);
}

// --------------------------------------------------------------------- vec and buf

static void test_vec(void)
{
    VEC(uint32_t) v = {0};
    for (uint32_t i = 0; i < 10000; i++)
        vec_push(&v, i * 3);
    CHECK(v.count == 10000 && v.capacity >= v.count && v.capacity < 3 * v.count);
    for (uint32_t i = 0; i < 10000; i++)
        CHECK(v.items[i] == i * 3);
    vec_free(&v);
    CHECK(v.items == NULL && v.count == 0 && v.capacity == 0);
    vec_reserve(&v, 100);
    CHECK(v.capacity >= 100 && v.count == 0);
    vec_free(&v);
    VEC(struct slice) pairs = {0};
    vec_push(&pairs, (struct slice){counting, 8}); // commas of an initialiser
    CHECK(pairs.count == 1 && pairs.items[0].size == 8);
    vec_free(&pairs);
}

static void test_buf(void)
{
    struct buf buf = {0};
    buf_bytes(&buf, NULL, 0);
    CHECK(buf.size == 0);
    buf_text(&buf, "a");
    buf_char(&buf, 'b');
    buf_printf(&buf, "%d", 12);
    buf_printf(&buf, "%s", "");
    buf_u64(&buf, 0);
    buf_u64(&buf, UINT64_MAX);
    CHECK(slice_is(slice_of(buf.data, buf.size), "ab12018446744073709551615"));
    for (unsigned i = 0; i < 1000; i++)
        buf_printf(&buf, "%010u", i);
    CHECK_U64(buf.size, 25 + 10000);
    CHECK(memcmp(buf.data + buf.size - 10, "0000000999", 10) == 0);
    buf_free(&buf);
    CHECK(buf.data == NULL && buf.size == 0 && buf.capacity == 0);
}

// ---------------------------------------------------------------------------- sort

static int compare_keyed(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->value < b->value ? -1 : a->value > b->value; // the value is the first position
}

static void check_sort(size_t count, uint64_t mask, unsigned shift, uint64_t *state)
{
    struct keyed *items = mem_zalloc(count, sizeof *items);
    struct keyed *scratch = mem_zalloc(count, sizeof *scratch);
    struct keyed *wanted = mem_zalloc(count, sizeof *wanted);
    for (size_t i = 0; i < count; i++)
        wanted[i] = items[i] = (struct keyed){(next_random(state) & mask) << shift, i};
    sort_keyed(items, scratch, count);
    qsort(wanted, count, sizeof *wanted, compare_keyed);
    CHECK(count == 0 || memcmp(items, wanted, count * sizeof *items) == 0);
    sort_keyed(items, scratch, count); // sorted input stays
    CHECK(count == 0 || memcmp(items, wanted, count * sizeof *items) == 0);
    free(items), free(scratch), free(wanted);
}

static void test_sort(void)
{
    static const size_t counts[] = {0, 1, 2, 3, 63, 64, 65, 66, 1000, 20000};
    static const uint64_t masks[] = {0, 1, 7, 0xff, 0xffff, 0xffffffff, UINT64_MAX};
    uint64_t state = 42;
    for (size_t c = 0; c < COUNT_OF(counts); c++)
        for (size_t m = 0; m < COUNT_OF(masks); m++)
            for (unsigned shift = 0; shift < 64; shift += 21)
                check_sort(counts[c], masks[m], shift, &state);
}

static void test_sort_reversed(void)
{
    struct keyed items[100], scratch[100];
    for (size_t i = 0; i < 100; i++)
        items[i] = (struct keyed){UINT64_MAX - i, i};
    sort_keyed(items, scratch, 100);
    for (size_t i = 0; i < 100; i++)
        CHECK(items[i].value == 99 - i);
}

static void test_keyed_first(void)
{
    const struct keyed items[] = {{1, 0}, {5, 1}, {5, 2}, {UINT64_MAX, 3}};
    CHECK(keyed_first(items, 4, 0) == 0 && keyed_first(items, 4, 1) == 0);
    CHECK(keyed_first(items, 4, 2) == 1 && keyed_first(items, 4, 5) == 1);
    CHECK(keyed_first(items, 4, 6) == 3 && keyed_first(items, 3, 6) == 3);
    CHECK(keyed_first(NULL, 0, 1) == 0);
}

static void test_hash(void)
{
    uint8_t bytes[64] = {0};
    uint64_t seen[65];
    for (size_t size = 0; size <= 64; size++) {
        seen[size] = hash_bytes(bytes, size, 1);
        CHECK(seen[size] == hash_bytes(bytes, size, 1));
        CHECK(seen[size] != hash_bytes(bytes, size, 2));
        for (size_t before = 0; before < size; before++)
            CHECK(seen[before] != seen[size]); // zeros of different lengths
        for (size_t at = 0; at < size; at++) {
            bytes[at] ^= 1;
            CHECK(hash_bytes(bytes, size, 1) != seen[size]);
            bytes[at] ^= 1;
        }
    }
    CHECK(hash_bytes(NULL, 0, 1) == seen[0]);
    CHECK(hash_seed() == hash_seed());
}

// --------------------------------------------------------------------------- names

static void test_names(void)
{
    struct names *names = names_new();
    CHECK_U64(names_count(names), 1);
    CHECK_U64(names_intern_text(names, ""), 0);
    CHECK_U64(names_intern(names, slice_of(NULL, 0)), 0);
    CHECK_U64(names_find(names, slice_text("absent")), 0);
    CHECK_TEXT(names_text(names, 0), "");
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 50000; i++) {
            char text[32];
            snprintf(text, sizeof text, "name%u", i);
            CHECK(names_intern_text(names, text) == i + 1);
        }
    CHECK_U64(names_count(names), 50001);
    for (uint32_t i = 0; i < 50000; i += 997) {
        char text[32];
        snprintf(text, sizeof text, "name%u", i);
        CHECK_TEXT(names_text(names, i + 1), text);
        CHECK(names_find(names, slice_text(text)) == i + 1);
    }
    names_free(names);
    names_free(NULL);
}

// Tails of one huge text take no more room than they were given; what was there stays whole.
static void test_names_limit(void)
{
    struct names *names = names_new();
    char *huge = mem_zalloc(100001, 1);
    memset(huge, 'x', 100000);
    CHECK_U64(names_slice(names, names_intern_text(names, huge)).size, NAMES_LONGEST);
    name_id whole = names_intern_text(names, huge + 99000);
    names_limit(names, 70000);
    for (size_t i = 0; i < 5000; i++)
        names_intern_text(names, huge + 90000 + i);
    CHECK_U64(names_slice(names, names_intern_text(names, huge + 95000)).size, NAMES_CUT);
    CHECK(names_intern_text(names, huge + 99000) == whole);
    CHECK(names_count(names) < 10);
    free(huge);
    names_free(names);
}

// A text may hold any bytes, NUL too.
static void test_names_bytes(void)
{
    struct names *names = names_new();
    name_id a = names_intern(names, slice_of("a\0b", 3)), b = names_intern_text(names, "a");
    CHECK(a != b && names_intern(names, slice_of("a\0b", 3)) == a);
    CHECK_U64(names_slice(names, a).size, 3);
    CHECK(memcmp(names_text(names, a), "a\0b", 4) == 0);
    const char *before = names_text(names, b);
    for (uint32_t i = 0; i < 10000; i++)
        names_intern(names, slice_of(&i, sizeof i));
    CHECK(names_text(names, b) == before); // lent as long as the table lives
    names_free(names);
}

// -------------------------------------------------------------- faults and doubts

static void test_faults(void)
{
    struct fault fault = {0};
    CHECK(!fault_set(&fault, FAULT_INPUT, "a.o", ".debug_info", 0x1f, "expected %d", 7));
    CHECK(fault.kind == FAULT_INPUT);
    CHECK_TEXT(fault.text, "a.o:.debug_info+0x1f: expected 7");
    CHECK(!fault_set(&fault, FAULT_LIMIT, "b.o", NULL, NO_OFFSET, "second"));
    CHECK(fault.kind == FAULT_INPUT); // the first one stays
    CHECK(!fault_set(NULL, FAULT_INPUT, "a", NULL, 0, "nobody listens"));
}

static void test_fault_places(void)
{
    static const struct {
        const char *file, *section;
        uint64_t offset;
        const char *text;
    } rows[] = {
        {"a", NULL, NO_OFFSET, "a: m"},       {"a", NULL, 16, "a+0x10: m"},
        {NULL, ".text", 16, ".text+0x10: m"}, {NULL, NULL, 16, "0x10: m"},
        {NULL, NULL, NO_OFFSET, "m"},         {"a", ".text", NO_OFFSET, "a:.text: m"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fault fault = {0};
        fault_set(&fault, FAULT_INPUT, rows[i].file, rows[i].section, rows[i].offset, "m");
        CHECK_TEXT(fault.text, rows[i].text);
    }
    char path[5000];
    memset(path, 'p', sizeof path), path[4999] = '\0';
    struct fault fault = {0};
    fault_set(&fault, FAULT_INPUT, path, path, 1, "the message survives");
    CHECK(strstr(fault.text, "the message survives") != NULL);
}

// More doubts than are kept, in any order: the first ones by place stay.
static void test_doubts(void)
{
    struct doubts *doubts = doubts_new();
    size_t count;
    CHECK(doubts_list(doubts, &count) == NULL && count == 0);
    for (unsigned i = 0; i < 350; i++) {
        unsigned number = i * 149 % 350;
        doubt_add(doubts, "f", number < 40 ? ".a" : ".b", number, "number %u", number);
        if (i == 200)
            doubts_list(doubts, &count);
    }
    CHECK_U64(doubts_total(doubts), 350);
    const struct doubt *list = doubts_list(doubts, &count);
    CHECK_U64(count, DOUBTS_KEPT);
    for (size_t i = 0; i < count; i++) {
        CHECK_U64(list[i].offset, i);
        CHECK_TEXT(list[i].where, i < 40 ? "f:.a" : "f:.b");
    }
    CHECK_TEXT(list[99].text, "number 99");
    doubt_add(doubts, NULL, NULL, NO_OFFSET, "placeless");
    CHECK_TEXT(doubts_list(doubts, &count)[0].text, "placeless");
    doubts_free(doubts);
}

static void test_doubts_nobody(void)
{
    size_t count = 7;
    doubt_add(NULL, "f", NULL, 0, "nobody listens");
    CHECK(doubts_total(NULL) == 0 && doubts_list(NULL, &count) == NULL && count == 0);
    doubts_free(NULL);
}

// ----------------------------------------------------------------------------- par

struct marks {
    atomic_uint *seen;
    atomic_uint workers_seen;
    unsigned workers;
    struct doubts *doubts;
};

static void mark(void *context, size_t index, unsigned worker)
{
    struct marks *marks = context;
    atomic_fetch_add(&marks->seen[index], 1);
    if (worker >= marks->workers)
        atomic_fetch_add(&marks->workers_seen, 1); // out of range
    doubt_add(marks->doubts, "f", NULL, index, "seen");
}

static void check_par(unsigned threads, size_t count)
{
    struct marks marks = {.workers = par_workers(threads, count), .doubts = doubts_new()};
    marks.seen = mem_zalloc(count, sizeof *marks.seen);
    CHECK(marks.workers >= 1 && (threads == 0 || marks.workers <= threads));
    par_for(threads, count, mark, &marks);
    for (size_t i = 0; i < count; i++)
        CHECK(marks.seen[i] == 1);
    CHECK_U64(marks.workers_seen, 0);
    CHECK_U64(doubts_total(marks.doubts), count);
    doubts_free(marks.doubts);
    free(marks.seen);
}

static void test_par(void)
{
    static const unsigned threads[] = {0, 1, 2, 7, 64, 1000};
    static const size_t counts[] = {0, 1, 2, 3, 63, 1000};
    for (size_t t = 0; t < COUNT_OF(threads); t++)
        for (size_t c = 0; c < COUNT_OF(counts); c++)
            check_par(threads[t], counts[c]);
    CHECK(par_workers(4, 0) == 1 && par_workers(4, 2) == 2 && par_workers(4, SIZE_MAX) == 4);
}

int main(void)
{
    test_arithmetic(), test_panic(), test_slices();
    test_globs(), test_glob_is_fast(), test_distance();
    test_cursor_numbers(), test_cursor_width(), test_cursor_ends(), test_cursor_moves();
    test_cursor_sub(), test_cursor_text();
    test_uleb(), test_sleb(), test_leb_round_trip();
    test_arena(), test_arena_text(), test_vec(), test_buf();
    test_sort(), test_sort_reversed(), test_keyed_first(), test_hash();
    test_names(), test_names_limit(), test_names_bytes();
    test_faults(), test_fault_places(), test_doubts(), test_doubts_nobody();
    test_par();
    return check_done();
}
