// SPDX-License-Identifier: MIT
//
// base/: every promise of base.h, at its edges (the cursor has test_cursor.c).

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "check.h"

static const uint8_t counting[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x88};

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
    test_arena(), test_arena_text(), test_vec(), test_buf();
    test_sort(), test_sort_reversed(), test_keyed_first(), test_hash();
    test_names(), test_names_limit(), test_names_bytes();
    test_faults(), test_fault_places(), test_doubts(), test_doubts_nobody();
    test_par();
    return check_done();
}
