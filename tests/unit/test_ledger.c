// SPDX-License-Identifier: MIT
//
// The ledger: single rules by hand, then random ledgers against a painter that does one byte at a
// time and knows nothing of sorting.

#include "tests/unit/check.h"
#include "tests/unit/ledger_world.h"

#define ROUNDS CHECK_ROUNDS(8000)

// ------------------------------------------------------------------------------ by hand

static struct led_extent memory(uint64_t addr, uint64_t size, uint32_t section)
{
    return (struct led_extent){.size = size,
                               .file = LED_NOWHERE,
                               .addr = addr,
                               .load = LED_NOWHERE,
                               .section = section,
                               .segment = UINT32_MAX,
                               .weights = LED_VM};
}

static struct ledger *line_of(uint64_t size)
{
    struct ledger *ledger = led_new();
    CHECK(led_extent_add(ledger, memory(0, size, 1)));
    led_extents_done(ledger);
    return ledger;
}

static void claim(struct ledger *ledger, enum led_dim dim, enum led_reader reader, uint64_t pos,
                  uint64_t size, const char *owner, uint64_t order)
{
    struct led_claim words = {led_owner_of(ledger, owner), (uint8_t)dim, (uint8_t)reader, order};
    led_claim_pos(ledger, pos, size, words);
}

static led_owner owner_at(const struct ledger *ledger, enum led_dim dim, uint64_t pos)
{
    size_t count;
    const struct led_stretch *stretches = led_stretches(ledger, dim, &count);
    for (size_t i = 0; i < count; i++)
        if (pos < stretches[i + 1].pos)
            return stretches[i].owner;
    return LED_UNATTRIBUTED;
}

static const char *text_at(const struct ledger *ledger, enum led_dim dim, uint64_t pos)
{
    return led_owner_text(ledger, owner_at(ledger, dim, pos));
}

static void test_words(void)
{
    CHECK_TEXT(led_dim_name(LED_SEGMENT), "segment");
    CHECK_TEXT(led_dim_name(LED_SYMBOL), "symbol");
    CHECK_TEXT(led_reader_text(LED_NOBODY), "nobody");
    CHECK_TEXT(led_reader_text(LED_BY_SYMBOL), "symbol table");
    CHECK(led_reader_inferred(LED_BY_GAP));
    CHECK(!led_reader_inferred(LED_BY_SYMBOL));
}

static void test_owners(void)
{
    struct ledger *ledger = led_new();
    CHECK_U64(led_owner_of(ledger, "[unattributed]"), LED_UNATTRIBUTED);
    CHECK_TEXT(led_owner_text(ledger, LED_UNATTRIBUTED), "[unattributed]");
    CHECK_TEXT(led_owner_text(ledger, led_owner_padding(ledger)), "[padding]");
    led_owner b = led_owner_of(ledger, "b"), a = led_owner_of(ledger, "a");
    led_owner c = led_owner_of(ledger, "c");
    led_owner set = led_owner_set(ledger, (led_owner[]){b, a, b}, 3);
    CHECK_TEXT(led_owner_text(ledger, set), "a = b");
    CHECK_U64(led_owner_set(ledger, (led_owner[]){a, b}, 2), set);
    CHECK_U64(led_owner_set(ledger, (led_owner[]){a, a}, 2), a);
    CHECK_U64(led_owner_set(ledger, NULL, 0), LED_UNATTRIBUTED);
    led_owner larger = led_owner_set(ledger, (led_owner[]){c, set}, 2);
    CHECK_TEXT(led_owner_text(ledger, larger), "a = b = c");
    size_t count;
    const led_owner *members = led_owner_members(ledger, larger, &count);
    CHECK_U64(count, 3);
    CHECK(members[0] == a && members[1] == b && members[2] == c);
    CHECK(led_owner_members(ledger, a, &count) == NULL && count == 0);
    led_free(ledger);
}

static led_owner long_set(struct ledger *ledger, const char *last, size_t count)
{
    led_owner members[300];
    for (size_t i = 0; i + 1 < count; i++) {
        char text[40];
        snprintf(text, sizeof text, "function_number_%03zu", i);
        members[i] = led_owner_of(ledger, text);
    }
    members[count - 1] = led_owner_of(ledger, last);
    return led_owner_set(ledger, members, count);
}

static void test_long_sets(void)
{
    struct ledger *ledger = led_new();
    led_owner one = long_set(ledger, "z_one", 300), other = long_set(ledger, "z_other", 300);
    CHECK(one != other);
    CHECK_TEXT(led_owner_text(ledger, one), led_owner_text(ledger, other));
    CHECK(strlen(led_owner_text(ledger, one)) <= 200);
    CHECK(strncmp(led_owner_text(ledger, one), "function_number_000 = function", 30) == 0);
    CHECK(strstr(led_owner_text(ledger, one), "0 = function_number_001") != NULL);
    CHECK(strstr(led_owner_text(ledger, one), " more)") != NULL);
    CHECK_U64(long_set(ledger, "z_one", 300), one);
    CHECK(strstr(led_owner_text(ledger, long_set(ledger, "z_one", 8)), "more") == NULL);
    // One text, two ways to read it: two owners.
    led_owner ab = led_owner_of(ledger, "a = b"), a = led_owner_of(ledger, "a");
    led_owner bc = led_owner_of(ledger, "b = c"), c = led_owner_of(ledger, "c");
    led_owner left = led_owner_set(ledger, (led_owner[]){ab, c}, 2);
    led_owner right = led_owner_set(ledger, (led_owner[]){a, bc}, 2);
    CHECK(left != right);
    CHECK_TEXT(led_owner_text(ledger, left), led_owner_text(ledger, right));
    led_free(ledger);
}

// A million sets that share one huge name, or one huge set, must not repeat it a million times.
static void test_hostile_sets(void)
{
    struct ledger *ledger = led_new();
    enum { HUGE = 1 << 20 };
    char *huge = mem_alloc(HUGE + 1);
    memset(huge, 'a', HUGE);
    huge[HUGE] = '\0';
    led_owner big = led_owner_of(ledger, huge), set = 0;
    for (unsigned i = 0; i < 2000; i++) {
        char text[20];
        snprintf(text, sizeof text, "b%u", i);
        set = led_owner_set(ledger, (led_owner[]){big, led_owner_of(ledger, text)}, 2);
        CHECK(strstr(led_owner_text(ledger, set), " (+1 more)") != NULL);
    }
    CHECK(strlen(led_owner_text(ledger, set)) <= 200);
    led_owner many = long_set(ledger, "z", 300);
    for (unsigned i = 0; i < 100000; i++) {
        char text[20];
        snprintf(text, sizeof text, "c%u", i);
        set = led_owner_set(ledger, (led_owner[]){many, led_owner_of(ledger, text)}, 2);
    }
    size_t count;
    led_owner_members(ledger, set, &count);
    CHECK(count == 0);
    CHECK_TEXT(led_owner_text(ledger, set), "c99999");
    free(huge);
    led_free(ledger);
}

static void test_places(void)
{
    struct ledger *ledger = led_new();
    CHECK(led_extent_add(ledger, memory(100, 10, 1))); // 0..10
    CHECK(led_extent_add(ledger, memory(105, 10, 2))); // 10..20, an overlay
    CHECK(led_extent_add(ledger, memory(50, 0, 3)));
    struct led_extent in_file = memory(LED_NOWHERE, 5, 0);
    in_file.file = 7;
    in_file.weights = LED_FILE;
    CHECK(led_extent_add(ledger, in_file)); // 20..25
    CHECK(!led_extent_add(ledger, memory(0, LED_LINE_MAX, 9)));
    struct led_extent last = memory(UINT64_MAX - 3, 4, 4); // up to the end of the address space
    CHECK(led_extent_add(ledger, last));                   // 25..29
    led_extents_done(ledger);
    size_t count;
    CHECK_U64(led_extents(ledger, &count)[2].pos, 20);
    CHECK_U64(count, 4);
    CHECK_U64(led_end(ledger), 29);
    CHECK_U64(led_total(ledger, LED_FILE), 5);
    CHECK_U64(led_total(ledger, LED_VM), 24);
    CHECK_U64(led_pos_addr(ledger, 0, 0, 107), 7);
    CHECK_U64(led_pos_addr(ledger, 0, 2, 107), 12);
    CHECK_U64(led_pos_addr(ledger, 0, 2, 101), 1);
    CHECK_U64(led_pos_addr(ledger, 0, 0, 112), 17);
    CHECK_U64(led_pos_addr(ledger, 0, 0, 115), LED_NOWHERE);
    CHECK_U64(led_pos_addr(ledger, 1, 0, 107), LED_NOWHERE);
    CHECK_U64(led_pos_addr(ledger, 0, 0, UINT64_MAX - 2), 26);
    CHECK_U64(led_pos_file(ledger, 11), 24);
    CHECK_U64(led_pos_file(ledger, 12), LED_NOWHERE);
    struct led_claim words = {led_owner_of(ledger, "x"), LED_UNIT, LED_BY_SYMBOL, 0};
    CHECK_U64(led_claim_addr(ledger, 0, 2, 107, 100, words), 8); // stays in its section
    CHECK_U64(led_claim_addr(ledger, 0, 0, 95, 100, words), 15);
    CHECK_U64(led_claim_addr(ledger, 0, 0, 107, UINT64_MAX, words), 8 + 3);
    CHECK_U64(led_claim_file(ledger, 0, UINT64_MAX, words), 5);
    led_free(ledger);
}

static void test_within_a_reader(void)
{
    struct ledger *ledger = line_of(40);
    claim(ledger, LED_UNIT, LED_BY_SYMBOL, 0, 20, "outer", 0);
    claim(ledger, LED_UNIT, LED_BY_SYMBOL, 5, 5, "inner", 9);
    claim(ledger, LED_UNIT, LED_BY_SYMBOL, 15, 10, "later", 9);
    claim(ledger, LED_UNIT, LED_BY_SYMBOL, 30, 4, "long", 0);
    claim(ledger, LED_UNIT, LED_BY_SYMBOL, 30, 2, "short", 1);
    claim(ledger, LED_UNIT, LED_BY_SYMBOL, 36, 4, "second", 2);
    claim(ledger, LED_UNIT, LED_BY_SYMBOL, 36, 4, "first", 1);
    claim(ledger, LED_UNIT, LED_BY_SYMBOL, 35, 0, "empty", 0);
    claim(ledger, LED_UNIT, LED_BY_CONTENT, 35, 1, "[unattributed]", 0);
    led_settle_claims(ledger, LED_MASK(LED_UNIT));
    CHECK_TEXT(text_at(ledger, LED_UNIT, 4), "outer");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 5), "inner");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 10), "outer");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 15), "later");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 24), "later");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 25), "[unattributed]");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 31), "short");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 32), "long");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 35), "[unattributed]");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 36), "first");
    led_free(ledger);
}

static void test_aliases(void)
{
    struct ledger *ledger = line_of(20);
    claim(ledger, LED_SYMBOL, LED_BY_FUNCTION, 0, 10, "memcpy", 0);
    claim(ledger, LED_SYMBOL, LED_BY_SYMBOL, 0, 10, "memmove", 1);
    claim(ledger, LED_SYMBOL, LED_BY_SYMBOL, 0, 10, "memcpy", 2);
    claim(ledger, LED_SYMBOL, LED_BY_SYMBOL, 0, 12, "wider", 3);
    led_settle_claims(ledger, LED_MASK(LED_SYMBOL));
    claim(ledger, LED_SYMBOL, LED_BY_SYMBOL, 0, 10, "bcopy", 0); // joins the settled set
    led_settle_charges(ledger);
    CHECK_TEXT(text_at(ledger, LED_SYMBOL, 9), "bcopy = memcpy = memmove");
    CHECK_TEXT(text_at(ledger, LED_SYMBOL, 10), "wider");
    size_t count; // the DWARF function is a member of the winner: no dispute
    const struct led_dispute *disputes = led_disputes(ledger, &count);
    CHECK_U64(count, 1);
    CHECK_TEXT(led_owner_text(ledger, disputes[0].loser), "wider");
    CHECK_U64(disputes[0].size, 10);
    led_free(ledger);
}

static void test_ranks(void)
{
    struct ledger *ledger = line_of(20);
    claim(ledger, LED_UNIT, LED_BY_ROLE, 0, 20, "[.text]", 0);
    claim(ledger, LED_UNIT, LED_BY_LINE, 2, 10, "a.c", 0);
    claim(ledger, LED_UNIT, LED_BY_FUNCTION, 4, 2, "b.c", 0);
    led_settle_claims(ledger, LED_MASK(LED_UNIT));
    CHECK_TEXT(text_at(ledger, LED_UNIT, 1), "[.text]");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 3), "a.c");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 4), "b.c");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 6), "a.c");
    size_t count;
    const struct led_dispute *disputes = led_disputes(ledger, &count);
    CHECK_U64(count, 1); // a role overruled is none
    CHECK_TEXT(led_owner_text(ledger, disputes[0].winner), "b.c");
    CHECK_TEXT(led_owner_text(ledger, disputes[0].loser), "a.c");
    CHECK_U64(disputes[0].size, 2);
    CHECK_U64(disputes[0].winner_reader, LED_BY_FUNCTION);
    CHECK_U64(disputes[0].loser_reader, LED_BY_LINE);
    const uint64_t *bounds = led_bounds(ledger, &count);
    const uint64_t want[] = {0, 2, 4, 6, 12, 20};
    CHECK(count == COUNT_OF(want) && memcmp(bounds, want, sizeof want) == 0);
    led_free(ledger);
}

static void test_charges(void)
{
    struct ledger *ledger = line_of(30);
    claim(ledger, LED_UNIT, LED_BY_ROLE, 20, 10, "[.rela.dyn]", 0);
    claim(ledger, LED_SYMBOL, LED_BY_SYMBOL, 0, 4, "f", 0);
    claim(ledger, LED_UNIT, LED_BY_LINE, 0, 4, "f.c", 0);
    led_charge(ledger, 20, 3, 2);           // serves f
    led_charge(ledger, 23, 3, 10);          // serves nobody: stays
    led_charge(ledger, 26, 2, LED_NOWHERE); // the same
    led_charge(ledger, 28, 100, 7);         // serves g, which is claimed late; clipped
    led_settle_claims(ledger, LED_MASK(LED_UNIT) | LED_MASK(LED_SYMBOL));
    claim(ledger, LED_UNIT, LED_BY_GAP, 6, 2, "g.c", 0);
    led_settle_charges(ledger);
    CHECK_U64(led_settled(ledger), LED_MASK(LED_UNIT) | LED_MASK(LED_SYMBOL));
    CHECK_TEXT(text_at(ledger, LED_SYMBOL, 22), "f");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 22), "f.c");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 23), "[.rela.dyn]");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 27), "[.rela.dyn]");
    CHECK_TEXT(text_at(ledger, LED_UNIT, 28), "g.c");
    CHECK_TEXT(text_at(ledger, LED_SYMBOL, 28), "[unattributed]");
    led_free(ledger);
}

// A million symbols over a thousand sections must not become a thousand million claims.
static void test_cuts(void)
{
    struct ledger *ledger = led_new();
    for (uint64_t i = 0; i < 2000; i++)
        led_extent_add(ledger, memory(2 * (2000 - i), 1, 1));
    led_extents_done(ledger);
    struct led_claim words = {led_owner_of(ledger, "x"), LED_UNIT, LED_BY_SYMBOL, 0};
    uint64_t placed = 0;
    for (unsigned i = 0; i < 1000; i++)
        placed += led_claim_addr(ledger, 0, 1, 0, UINT64_MAX, words);
    CHECK(placed >= 2000 && placed < 200000);
    led_settle_claims(ledger, LED_MASK(LED_UNIT));
    CHECK_TEXT(text_at(ledger, LED_UNIT, 1999), "x");
    led_free(ledger);
}

// Many claims over long lines, in a scattered order: sorting by several digits, and, where position
// and index do not fit one word, the other way.
static void test_long_line(uint64_t spacing)
{
    enum { CLAIMS = 1021 }; // a prime: multiples of 400 visit all
    struct ledger *ledger = line_of(spacing * CLAIMS);
    char text[20];
    for (unsigned i = 0; i < CLAIMS; i++) {
        unsigned k = i * 400 % CLAIMS;
        snprintf(text, sizeof text, "f%u", k);
        claim(ledger, LED_SYMBOL, LED_BY_SYMBOL, k * spacing, spacing / 2, text, 0);
        led_charge(ledger, k * spacing + spacing / 2, 1, (CLAIMS - 1 - k) * spacing);
    }
    led_settle_claims(ledger, LED_MASK(LED_SYMBOL));
    led_settle_charges(ledger);
    size_t count;
    const struct led_stretch *stretches = led_stretches(ledger, LED_SYMBOL, &count);
    CHECK_U64(count, 3 * CLAIMS);
    for (unsigned k = 0, at = 0; k < CLAIMS; k++, at += 3) {
        CHECK_U64(stretches[at].pos, k * spacing);
        snprintf(text, sizeof text, "f%u", k);
        CHECK_TEXT(led_owner_text(ledger, stretches[at].owner), text);
        snprintf(text, sizeof text, "f%u", CLAIMS - 1 - k);
        CHECK_TEXT(led_owner_text(ledger, stretches[at + 1].owner), text);
        CHECK_U64(stretches[at + 1].reader, LED_BY_CHARGE);
        CHECK_U64(stretches[at + 2].owner, LED_UNATTRIBUTED);
    }
    led_free(ledger);
}

// ------------------------------------------------------------------- a painter by bytes

#define BYTES_MAX 256 // more than the longest line

struct slow_claim {
    uint64_t start, end, order;
    led_owner owner;
    uint8_t dim, reader;
    bool charged;
};

struct slow {
    struct ledger *ledger; // for texts and sets only
    VEC(struct slow_claim) claims;
    led_owner owner[LED_DIM_COUNT][BYTES_MAX];
    uint8_t reader[LED_DIM_COUNT][BYTES_MAX];
    VEC(struct led_dispute) disputes;
};

static bool covers(uint64_t start, uint64_t size, uint64_t value)
{
    return start != LED_NOWHERE && value >= start && value - start < size;
}

// Position of a value in the outer space of a claim; `section` 0: any.
static uint64_t slow_pos(const struct world *world, const struct world_claim *words,
                         uint32_t section, uint64_t value)
{
    for (size_t i = 0; i < world->extent_count; i++) {
        const struct led_extent *extent = &world->extents[i];
        if (words->space == WORLD_FILE && covers(extent->file, extent->size, value))
            return extent->pos + (value - extent->file);
        if (words->space == WORLD_ADDR && extent->image == words->image &&
            (section == 0 || extent->section == section) &&
            covers(extent->addr, extent->size, value))
            return extent->pos + (value - extent->addr);
    }
    return words->space == WORLD_POS && value < world->end ? value : LED_NOWHERE;
}

static void slow_claim(struct slow *slow, const struct world *world,
                       const struct world_claim *words)
{
    struct slow_claim piece = {0,
                               0,
                               words->order,
                               led_owner_of(slow->ledger, world_owner(words->owner)),
                               words->dim,
                               words->reader,
                               false};
    uint32_t section = words->section;
    if (slow_pos(world, words, section, words->start) == LED_NOWHERE)
        section = 0;
    uint64_t last = LED_NOWHERE;
    for (uint64_t i = 0; i < words->size; i++) {
        uint64_t pos = slow_pos(world, words, section, words->start + i);
        if (pos != LED_NOWHERE && last != LED_NOWHERE && pos == last + 1) {
            slow->claims.items[slow->claims.count - 1].end++;
        } else if (pos != LED_NOWHERE) {
            piece.start = pos, piece.end = pos + 1;
            vec_push(&slow->claims, piece);
        }
        last = pos;
    }
}

// Whether `a` is to be preferred, by the words of ledger.h.
static bool prefer(const struct slow *slow, const struct slow_claim *a, const struct slow_claim *b)
{
    if (a->start != b->start)
        return a->start > b->start;
    if (a->end != b->end)
        return a->end < b->end;
    if (a->order != b->order)
        return a->order < b->order;
    return strcmp(led_owner_text(slow->ledger, a->owner), led_owner_text(slow->ledger, b->owner)) <
           0;
}

// Charges overrule what is claimed as their reader.
static unsigned lane_of(const struct slow_claim *claim)
{
    return 2u * claim->reader + claim->charged;
}

static void slow_share(struct slow *slow)
{
    size_t kept = 0;
    for (size_t i = 0; i < slow->claims.count; i++) {
        struct slow_claim *claim = &slow->claims.items[i], *same = NULL;
        for (size_t k = 0; k < kept && claim->dim == LED_SYMBOL; k++) {
            struct slow_claim *other = &slow->claims.items[k];
            if (other->dim == claim->dim && lane_of(other) == lane_of(claim) &&
                other->start == claim->start && other->end == claim->end)
                same = other;
        }
        if (same == NULL)
            slow->claims.items[kept++] = *claim;
        else
            same->owner = led_owner_set(slow->ledger, (led_owner[]){same->owner, claim->owner}, 2);
    }
    slow->claims.count = kept;
}

static bool holds(const struct slow *slow, led_owner set, led_owner owner)
{
    size_t count;
    const led_owner *members = led_owner_members(slow->ledger, set, &count);
    for (size_t i = 0; i < count; i++)
        if (members[i] == owner)
            return true;
    return set == owner;
}

static void slow_dispute(struct slow *slow, const struct slow_claim *winner,
                         const struct slow_claim *loser)
{
    size_t count;
    const led_owner *members = led_owner_members(slow->ledger, loser->owner, &count);
    bool all = count > 0;
    for (size_t i = 0; i < count; i++)
        all = all && holds(slow, winner->owner, members[i]);
    if (all || holds(slow, winner->owner, loser->owner) || loser->reader <= LED_BY_GAP)
        return;
    for (size_t i = 0; i < slow->disputes.count; i++) {
        struct led_dispute *old = &slow->disputes.items[i];
        if (old->dim == winner->dim && old->winner == winner->owner && old->loser == loser->owner &&
            old->winner_reader == winner->reader && old->loser_reader == loser->reader) {
            old->size++;
            return;
        }
    }
    vec_push(&slow->disputes, (struct led_dispute){winner->dim, winner->reader, loser->reader,
                                                   winner->owner, loser->owner, 1});
}

#define LANES (2 * LED_READER_COUNT)

static void paint_byte(struct slow *slow, unsigned dim, uint64_t pos)
{
    const struct slow_claim *best[LANES] = {0}, *next[LANES] = {0};
    const struct slow_claim *winner = NULL;
    for (size_t i = 0; i < slow->claims.count; i++) {
        const struct slow_claim *claim = &slow->claims.items[i];
        if (claim->dim != dim || pos < claim->start || pos >= claim->end)
            continue;
        const struct slow_claim **first = &best[lane_of(claim)], **second = &next[lane_of(claim)];
        if (*first == NULL || prefer(slow, claim, *first))
            *second = *first, *first = claim;
        else if (*second == NULL || prefer(slow, claim, *second))
            *second = claim;
    }
    for (unsigned lane = 0; lane < LANES; lane++)
        winner = best[lane] != NULL ? best[lane] : winner;
    for (unsigned lane = 0; lane < LANES; lane++) {
        if (next[lane] != NULL)
            slow_dispute(slow, best[lane], next[lane]);
        if (best[lane] != NULL && best[lane] != winner)
            slow_dispute(slow, winner, best[lane]);
    }
    slow->owner[dim][pos] = winner == NULL ? LED_UNATTRIBUTED : winner->owner;
    slow->reader[dim][pos] = winner == NULL ? LED_NOBODY : winner->reader;
}

static void slow_paint(struct slow *slow, const struct world *world)
{
    slow->disputes.count = 0;
    for (unsigned dim = 0; dim < LED_DIM_COUNT; dim++)
        for (uint64_t pos = 0; pos < world->end && world->dims & LED_MASK(dim); pos++)
            paint_byte(slow, dim, pos);
}

static void slow_charge(struct slow *slow, const struct world *world,
                        const struct world_charge *charge)
{
    for (unsigned dim = LED_UNIT; dim <= LED_INLINES; dim++) {
        bool counts = world->dims & LED_MASK(dim) && charge->target < world->end;
        led_owner owner = counts ? slow->owner[dim][charge->target] : LED_UNATTRIBUTED;
        struct slow_claim piece = {charge->pos,
                                   MIN(charge->pos + charge->size, world->end),
                                   charge->target,
                                   owner,
                                   (uint8_t)dim,
                                   LED_BY_CHARGE,
                                   true};
        if (owner != LED_UNATTRIBUTED && piece.start < piece.end)
            vec_push(&slow->claims, piece);
    }
}

static void slow_settle(struct slow *slow, const struct world *world)
{
    for (size_t i = 0; i < world->claim_count; i++)
        slow_claim(slow, world, &world->claims[i]);
    slow_share(slow);
    slow_paint(slow, world);
    for (size_t i = 0; i < world->charge_count; i++)
        slow_charge(slow, world, &world->charges[i]);
    slow_share(slow);
    slow_paint(slow, world);
}

// ------------------------------------------------------------------------- the comparison

struct seen {
    const struct slow *slow;
    const struct world *world;
    uint64_t pos;
    uint64_t sums[LED_DIM_COUNT][5]; // by dimension and weight, over all owners
};

static void see_parcel(void *context, const struct led_parcel *parcel)
{
    struct seen *seen = context;
    CHECK_U64(parcel->pos, seen->pos);
    CHECK(parcel->size > 0);
    CHECK(parcel->pos >= parcel->extent->pos &&
          parcel->pos + parcel->size <= parcel->extent->pos + parcel->extent->size);
    for (unsigned dim = 0; dim < LED_DIM_COUNT; dim++) {
        for (uint64_t i = 0; i < parcel->size; i++) {
            CHECK_U64(parcel->owner[dim], seen->slow->owner[dim][parcel->pos + i]);
            CHECK_U64(parcel->reader[dim], seen->slow->reader[dim][parcel->pos + i]);
        }
        for (unsigned bit = 0; bit < 5; bit++)
            if (parcel->extent->weights >> bit & 1)
                seen->sums[dim][bit] += parcel->size;
    }
    seen->pos += parcel->size;
}

static void check_stretches(const struct ledger *ledger, const struct slow *slow,
                            const struct world *world)
{
    for (unsigned dim = 0; dim < LED_DIM_COUNT; dim++) {
        size_t count;
        const struct led_stretch *stretches = led_stretches(ledger, (enum led_dim)dim, &count);
        if (!(world->dims & LED_MASK(dim))) {
            CHECK_U64(count, 0);
            continue;
        }
        CHECK_U64(stretches[0].pos, 0);
        CHECK_U64(stretches[count].pos, world->end);
        for (size_t i = 0; i < count; i++) {
            CHECK_U64(stretches[i].owner, slow->owner[dim][stretches[i].pos]);
            CHECK(i == 0 || stretches[i - 1].owner != stretches[i].owner ||
                  stretches[i - 1].reader != stretches[i].reader);
        }
    }
}

static void check_disputes(const struct ledger *ledger, const struct slow *slow)
{
    size_t count, found = 0;
    const struct led_dispute *disputes = led_disputes(ledger, &count);
    CHECK_U64(count, slow->disputes.count);
    for (size_t i = 0; i < count; i++) {
        CHECK(i == 0 || disputes[i - 1].size >= disputes[i].size);
        for (size_t k = 0; k < slow->disputes.count; k++) {
            const struct led_dispute *a = &disputes[i], *b = &slow->disputes.items[k];
            found += a->dim == b->dim && a->winner == b->winner && a->loser == b->loser &&
                     a->winner_reader == b->winner_reader && a->loser_reader == b->loser_reader &&
                     a->size == b->size;
        }
    }
    CHECK_U64(found, count);
}

static void check_bounds(struct ledger *ledger, const struct slow *slow, const struct world *world)
{
    size_t count, at = 0;
    const uint64_t *bounds = led_bounds(ledger, &count);
    for (uint64_t pos = 0; pos <= world->end; pos++) {
        bool bound = pos == 0 || pos == world->end;
        for (unsigned dim = LED_UNIT; dim <= LED_INLINES && !bound; dim++)
            bound = slow->owner[dim][pos - 1] != slow->owner[dim][pos];
        if (bound)
            CHECK(at < count && bounds[at++] == pos);
    }
    CHECK_U64(at, count);
}

static void check_against_bytes(const struct world *world)
{
    struct ledger *ledger = world_settle(world);
    struct slow *slow = mem_zalloc(1, sizeof *slow);
    slow->ledger = ledger;
    slow_settle(slow, world);
    struct seen seen = {.slow = slow, .world = world};
    led_walk(ledger, see_parcel, &seen);
    CHECK_U64(seen.pos, world->end);
    for (unsigned dim = 0; dim < LED_DIM_COUNT; dim++)
        for (unsigned bit = 0; bit < 5; bit++)
            CHECK_U64(seen.sums[dim][bit], led_total(ledger, (enum led_weight)(1u << bit)));
    check_stretches(ledger, slow, world);
    check_disputes(ledger, slow);
    check_bounds(ledger, slow, world);
    vec_free(&slow->claims);
    vec_free(&slow->disputes);
    free(slow);
    led_free(ledger);
}

// Equal ledgers give equal snapshots, so bytes can be compared instead of everything in turn.
static void save_settled(const struct world *world, struct buf *out)
{
    struct ledger *ledger = world_settle(world);
    led_snapshot_save(ledger, &(struct led_snapshot_info){0}, slice_of(NULL, 0), out);
    led_free(ledger);
}

static void check_arrival(const struct world *world, uint64_t seed)
{
    struct buf one = {0}, other = {0};
    struct world shuffled = *world;
    world_shuffle(&shuffled, seed);
    for (size_t i = 0; i < shuffled.claim_count; i++)
        shuffled.claims[i].late = random_below(&seed, 2) == 0;
    save_settled(world, &one);
    save_settled(&shuffled, &other);
    CHECK(slice_equal(slice_of(one.data, one.size), slice_of(other.data, other.size)));
    buf_free(&one);
    buf_free(&other);
}

static void test_random(void)
{
    for (uint64_t round = 0; round < ROUNDS && check_failures == 0; round++) {
        struct world world = world_make(round);
        check_against_bytes(&world);
        if (round % 4 == 0)
            check_arrival(&world, round);
        if (check_failures != 0)
            fprintf(stderr, "in round %llu\n", (unsigned long long)round);
    }
}

int main(void)
{
    test_words();
    test_owners();
    test_long_sets();
    test_hostile_sets();
    test_places();
    test_within_a_reader();
    test_aliases();
    test_ranks();
    test_charges();
    test_cuts();
    test_long_line(1 << 4);
    test_long_line((uint64_t)1 << 30);
    test_long_line((uint64_t)1 << 51);
    test_random();
    return check_done();
}
