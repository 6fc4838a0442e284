// SPDX-License-Identifier: MIT
//
// Snapshots: what was saved comes back, and no damage does more than fail.

#include "ledger/private.h"
#include "tests/unit/check.h"
#include "tests/unit/ledger_world.h"

#define ROUNDS    CHECK_ROUNDS(1500)
#define MUTATIONS CHECK_ROUNDS(6000)

static const struct led_snapshot_info no_info;

static struct slice bytes_of(const struct buf *buf)
{
    return slice_of(buf->data, buf->size);
}

static bool load(struct slice bytes, struct ledger **ledger, struct fault *fault)
{
    struct led_snapshot_info info;
    struct slice types;
    *fault = (struct fault){0};
    return led_snapshot_load(ledger, &info, &types, bytes, "x.tare", fault);
}

// ------------------------------------------------------------------------- comparing

static bool same_owner(const struct ledger *a, led_owner x, const struct ledger *b, led_owner y)
{
    size_t xs, ys;
    const led_owner *left = led_owner_members(a, x, &xs), *right = led_owner_members(b, y, &ys);
    bool same = xs == ys && strcmp(led_owner_text(a, x), led_owner_text(b, y)) == 0;
    for (size_t i = 0; same && i < xs; i++)
        same = strcmp(led_owner_text(a, left[i]), led_owner_text(b, right[i])) == 0;
    return same;
}

struct parcels {
    VEC(struct led_parcel) list;
};

static void keep_parcel(void *context, const struct led_parcel *parcel)
{
    struct parcels *parcels = context;
    vec_push(&parcels->list, *parcel);
}

static void check_parcels(const struct ledger *a, const struct ledger *b)
{
    struct parcels left = {0}, right = {0};
    led_walk(a, keep_parcel, &left);
    led_walk(b, keep_parcel, &right);
    CHECK_U64(left.list.count, right.list.count);
    for (size_t i = 0; i < MIN(left.list.count, right.list.count); i++) {
        const struct led_parcel *x = &left.list.items[i], *y = &right.list.items[i];
        CHECK(x->pos == y->pos && x->size == y->size);
        for (unsigned dim = 0; dim < LED_DIM_COUNT; dim++) {
            CHECK(same_owner(a, x->owner[dim], b, y->owner[dim]));
            CHECK_U64(x->reader[dim], y->reader[dim]);
        }
    }
    vec_free(&left.list);
    vec_free(&right.list);
}

static void check_extents(const struct ledger *a, const struct ledger *b)
{
    size_t left, right;
    const struct led_extent *xs = led_extents(a, &left), *ys = led_extents(b, &right);
    CHECK_U64(left, right);
    for (size_t i = 0; i < MIN(left, right); i++) {
        const struct led_extent *x = &xs[i], *y = &ys[i];
        CHECK(x->pos == y->pos && x->size == y->size && x->file == y->file && x->addr == y->addr &&
              x->load == y->load && x->image == y->image && x->section == y->section &&
              x->segment == y->segment && x->weights == y->weights);
    }
    for (unsigned bit = 0; bit < 5; bit++)
        CHECK_U64(led_total(a, (enum led_weight)(1u << bit)),
                  led_total(b, (enum led_weight)(1u << bit)));
}

static void check_disputes(const struct ledger *a, const struct ledger *b)
{
    size_t left, right;
    const struct led_dispute *xs = led_disputes(a, &left), *ys = led_disputes(b, &right);
    CHECK_U64(left, right);
    for (size_t i = 0; i < MIN(left, right); i++)
        CHECK(xs[i].size == ys[i].size && xs[i].dim == ys[i].dim &&
              xs[i].winner_reader == ys[i].winner_reader &&
              xs[i].loser_reader == ys[i].loser_reader &&
              same_owner(a, xs[i].winner, b, ys[i].winner) &&
              same_owner(a, xs[i].loser, b, ys[i].loser));
}

static void test_random(void)
{
    for (uint64_t round = 0; round < ROUNDS && check_failures == 0; round++) {
        struct world world = world_make(round * 77 + 5);
        struct ledger *saved = world_settle(&world), *loaded;
        struct buf first = {0}, second = {0};
        struct fault fault;
        led_snapshot_save(saved, &no_info, slice_of(NULL, 0), &first);
        CHECK(load(bytes_of(&first), &loaded, &fault));
        CHECK_TEXT(fault.text, "");
        CHECK_U64(led_settled(loaded), led_settled(saved));
        check_extents(saved, loaded);
        check_parcels(saved, loaded);
        check_disputes(saved, loaded);
        CHECK_U64(led_pos_addr(loaded, 0, 1, 1020), led_pos_addr(saved, 0, 1, 1020));
        led_snapshot_save(loaded, &no_info, slice_of(NULL, 0), &second);
        CHECK(slice_equal(bytes_of(&first), bytes_of(&second)));
        buf_free(&first);
        buf_free(&second);
        led_free(saved);
        led_free(loaded);
    }
}

// ---------------------------------------------------------------------------- by hand

static struct ledger *small_ledger(void)
{
    struct ledger *ledger = led_new();
    struct led_extent extent = {.size = 100,
                                .file = 0,
                                .addr = UINT64_MAX - 200,
                                .load = LED_NOWHERE,
                                .segment = UINT32_MAX,
                                .weights = LED_FILE | LED_VM};
    led_extent_add(ledger, extent);
    led_extents_done(ledger);
    struct led_claim words = {led_owner_of(ledger, "memcpy"), LED_SYMBOL, LED_BY_SYMBOL, 0};
    led_claim_pos(ledger, 10, 20, words);
    words.owner = led_owner_of(ledger, "memmove");
    led_claim_pos(ledger, 10, 20, words);
    words.reader = LED_BY_FUNCTION;
    words.owner = led_owner_of(ledger, "other");
    led_claim_pos(ledger, 15, 40, words);
    led_settle_claims(ledger, LED_MASK(LED_SYMBOL) | LED_MASK(LED_UNIT));
    led_settle_charges(ledger);
    return ledger;
}

static void test_info(void)
{
    struct ledger *ledger = small_ledger(), *loaded;
    struct led_snapshot_info info = {.path = "a/python3.11", .build_id = "571d", .word_size = 8},
                             got;
    struct buf out = {0};
    struct slice types;
    struct fault fault = {0};
    led_snapshot_save(ledger, &info, slice_text("types"), &out);
    led_free(ledger);
    CHECK(led_snapshot_load(&loaded, &got, &types, bytes_of(&out), "x.tare", &fault));
    buf_free(&out); // nothing of the file is needed any more
    CHECK_TEXT(got.path, "a/python3.11");
    CHECK_TEXT(got.build_id, "571d");
    CHECK(got.machine == NULL && got.debug == NULL);
    CHECK_U64(got.word_size, 8);
    CHECK(slice_is(types, "types"));
    CHECK_U64(led_settled(loaded), LED_MASK(LED_SYMBOL) | LED_MASK(LED_UNIT));
    led_free(loaded);
}

static void save_small(struct buf *out)
{
    struct ledger *ledger = small_ledger();
    led_snapshot_save(ledger, &no_info, slice_text("types"), out);
    led_free(ledger);
}

static void test_recognised(void)
{
    struct buf out = {0};
    save_small(&out);
    CHECK(led_snapshot_is(bytes_of(&out)));
    CHECK(!led_snapshot_is(slice_of(out.data, 13)));
    CHECK(!led_snapshot_is(slice_of(NULL, 0)));
    CHECK(!led_snapshot_is(slice_text("\177ELF and much more than a header")));
    buf_free(&out);
}

static void check_fault(struct slice bytes, const char *text)
{
    struct ledger *ledger;
    struct fault fault;
    CHECK(!load(bytes, &ledger, &fault));
    CHECK(fault.kind == FAULT_INPUT);
    CHECK(strstr(fault.text, text) != NULL);
    if (strstr(fault.text, text) == NULL)
        fprintf(stderr, "got: %s\n", fault.text);
}

static void test_faults(void)
{
    struct buf out = {0};
    save_small(&out);
    check_fault(slice_text("#!/bin/sh"), "x.tare+0x0: a snapshot was expected");
    check_fault(slice_of(out.data, 30), "x.tare+0x18: damaged snapshot: a header of 40 bytes");
    check_fault(slice_of(out.data, out.size - 1), "x.tare+0x18: damaged snapshot: says");
    out.data[20] ^= 1;
    check_fault(bytes_of(&out), "x.tare+0x14: damaged snapshot: the checksum does not agree");
    out.data[20] ^= 1;
    out.data[31] = 0x7f; // would inflate to 2^63 bytes
    check_fault(bytes_of(&out), "x.tare+0x18: damaged snapshot: says");
    out.data[31] = 0;
    out.data[14] = 9;
    check_fault(bytes_of(&out),
                "version 9, written by a newer tare: this one reads snapshots up to "
                "version 4");
    check_fault(slice_of(out.data, 16), "version 9");
    out.data[14] = 1;
    check_fault(bytes_of(&out), "version 2 to 4, stored or zstd, was expected");
    buf_free(&out);
}

// Version 3 has two dimensions more behind those of version 2, version 4 a reader among those of 3.
static void test_older(void)
{
    struct buf out = {0};
    struct ledger *now, *loaded;
    struct led_snapshot_info info;
    struct slice types;
    struct fault fault = {0};
    size_t count, moved = 0;
    save_small(&out);
    CHECK(out.data[14] == 4);
    CHECK(led_snapshot_load(&now, &info, &types, bytes_of(&out), "x.tare", &fault));
    out.data[14] = 2;
    CHECK(led_snapshot_load(&loaded, &info, &types, bytes_of(&out), "x.tare", &fault));
    const struct led_stretch *old = led_stretches(loaded, LED_SYMBOL, &count);
    const struct led_stretch *new = led_stretches(now, LED_SYMBOL, &count);
    for (size_t i = 0; i < count; i++) {
        bool after = new[i].reader >= LED_BY_CLASS;
        CHECK_U64(old[i].reader, new[i].reader + after);
        moved += after;
    }
    CHECK(moved != 0);
    led_free(now);
    led_free(loaded);
    buf_free(&out);
}

// Stretches that end too early would make the walk's assertion fail.
static void test_short_line(void)
{
    static const uint8_t payload[] = {
        0, 0, 0, 0,   8,          // info
        1, 1, 1, 'x',             // names
        0,                        // sets
        1, 9, 1, 0,   0, 0, 0,    // an extent of 9 bytes
        1, 1, 1, 8,   1, 0, 1, 1, // dimension 0: one stretch of 8 bytes, new owner, reader 1
        0, 0,                     // disputes, types
    };
    struct buf out = {0};
    led__snapshot_seal(slice_of(payload, sizeof payload), &out);
    check_fault(bytes_of(&out), "x.tare:payload+0x13: damaged snapshot: stretches up to the end");
    buf_free(&out);
}

// A ledger that compresses better than a reader lets it inflate is stored as it is.
static void test_compresses_too_well(void)
{
    struct ledger *ledger = small_ledger(), *loaded;
    size_t size = (size_t)40 << 20;
    void *zeros = mem_zalloc(size, 1);
    struct buf out = {0};
    struct fault fault;
    led_snapshot_save(ledger, &no_info, slice_of(zeros, size), &out);
    CHECK(out.size > size);
    CHECK(load(bytes_of(&out), &loaded, &fault));
    led_free(loaded);
    led_free(ledger);
    buf_free(&out);
    free(zeros);
}

// ---------------------------------------------------------------------------- damage

static void skip_parcel(void *context, const struct led_parcel *parcel)
{
    (void)context;
    (void)parcel;
}

// What loads must do all that a ledger does.
static void try_load(struct slice bytes, bool must_fail)
{
    struct ledger *ledger;
    struct fault fault;
    if (!load(bytes, &ledger, &fault)) {
        CHECK(fault.kind == FAULT_INPUT && fault.text[0] != '\0');
        return;
    }
    CHECK(!must_fail);
    struct buf again = {0};
    led_walk(ledger, skip_parcel, NULL);
    led_snapshot_save(ledger, &no_info, slice_of(NULL, 0), &again);
    buf_free(&again);
    led_free(ledger);
}

static void test_cut_short(void)
{
    struct buf out = {0};
    save_small(&out);
    for (size_t size = 0; size < out.size; size++)
        try_load(slice_of(out.data, size), true);
    buf_free(&out);
}

// Damaged payloads behind a header that agrees with them: all that stands between a hostile file
// and the ledger is the reader's own checks.
static void test_mutations(void)
{
    uint64_t seed = 42;
    for (unsigned round = 0; round < MUTATIONS; round++) {
        struct world world = world_make(round / 40);
        struct ledger *ledger = world_settle(&world), *loaded;
        struct buf out = {0}, sealed = {0};
        struct fault fault;
        led_snapshot_save(ledger, &no_info, slice_text("types"), &out);
        led_free(ledger);
        CHECK(load(bytes_of(&out), &loaded, &fault));
        size_t size = 0; // of the payload, by the header
        memcpy(&size, out.data + 24, sizeof size);
        uint8_t *payload = loaded->payload;
        for (unsigned i = 0; i < 1 + round % 4; i++) {
            uint64_t at = random_below(&seed, size), bit = random_below(&seed, 8);
            payload[at] = random_below(&seed, 2) ? (uint8_t)random_next(&seed)
                                                 : (uint8_t)(payload[at] ^ 1u << bit);
        }
        led__snapshot_seal(slice_of(payload, random_below(&seed, 8) ? size : size / 2), &sealed);
        try_load(bytes_of(&sealed), false);
        led_free(loaded);
        buf_free(&out);
        buf_free(&sealed);
    }
}

int main(void)
{
    test_random();
    test_info();
    test_recognised();
    test_faults();
    test_older();
    test_short_line();
    test_compresses_too_well();
    test_cut_short();
    test_mutations();
    return check_done();
}
