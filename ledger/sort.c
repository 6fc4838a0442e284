// SPDX-License-Identifier: MIT
//
// The claims of one reader in the order that settle.c sweeps them in. Readers mostly claim in
// ascending order already, and then nothing is moved.
//
// What is sorted is one number a claim, its place on the line and its index packed together, and
// then the claims are moved where they belong, in place: fresh memory costs more than the moving.
//
//     63            index bits   0
//    | position          | index |     the position alone is sorted by; the index keeps it stable
//
// Only absurd lines (p_memsz of 2^60) leave no room for the index; they take sort_keyed.

#include "ledger/private.h"

void led__scratch_free(struct led__scratch *scratch)
{
    free(scratch->items);
    *scratch = (struct led__scratch){0};
}

// ------------------------------------------------------------------- numbers, sorted

#define DIGIT_BITS 11
#define BUCKETS    (1u << DIGIT_BITS)

static unsigned bits_of(uint64_t most)
{
    return most == 0 ? 0 : 64 - (unsigned)__builtin_clzll(most);
}

// One pass by the digit at `shift`; false when all items share it and nothing had to move.
static bool radix_pass(const uint64_t *from, uint64_t *to, size_t count, unsigned shift)
{
    size_t starts[BUCKETS] = {0}, start = 0;
    for (size_t i = 0; i < count; i++)
        starts[from[i] >> shift & (BUCKETS - 1)]++;
    if (starts[from[0] >> shift & (BUCKETS - 1)] == count)
        return false;
    for (unsigned b = 0; b < BUCKETS; b++) {
        size_t size = starts[b];
        starts[b] = start;
        start += size;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[from[i] >> shift & (BUCKETS - 1)]++] = from[i];
    return true;
}

static uint64_t *room_for(struct led__scratch *scratch, size_t count)
{
    if (count > scratch->capacity) {
        free(scratch->items);
        scratch->items = mem_alloc(count * sizeof *scratch->items);
        scratch->capacity = count;
    }
    return scratch->items;
}

static uint64_t key_of(const struct led__claim *claim, enum led__key key)
{
    return key == LED__START ? claim->start : claim->order;
}

static uint64_t *sort_unpacked(const struct led__layer *layer, enum led__key key,
                               struct led__scratch *scratch)
{
    size_t count = layer->claims.count;
    struct keyed *keys = mem_alloc(2 * count * sizeof *keys);
    uint64_t *numbers = room_for(scratch, count);
    for (size_t i = 0; i < count; i++)
        keys[i] = (struct keyed){key_of(&layer->claims.items[i], key), i};
    sort_keyed(keys, keys + count, count);
    for (size_t i = 0; i < count; i++)
        numbers[i] = keys[i].value;
    free(keys);
    return numbers;
}

uint64_t *led__sorted_numbers(const struct led__layer *layer, enum led__key key, uint64_t line,
                              struct led__scratch *scratch)
{
    size_t count = layer->claims.count;
    unsigned index_bits = bits_of(count), key_bits = bits_of(line);
    if (index_bits + key_bits > 64)
        return sort_unpacked(layer, key, scratch);
    uint64_t *from = room_for(scratch, 2 * count), *to = from + count;
    for (size_t i = 0; i < count; i++)
        from[i] = key_of(&layer->claims.items[i], key) << index_bits | i;
    for (unsigned bit = 0; bit < key_bits && count > 1; bit += DIGIT_BITS) {
        if (!radix_pass(from, to, count, index_bits + bit))
            continue;
        uint64_t *swap = from;
        from = to, to = swap;
    }
    for (size_t i = 0; i < count; i++)
        from[i] &= ((uint64_t)1 << index_bits) - 1;
    return from;
}

// ---------------------------------------------------------------------- claims, sorted

// By start ascending, end descending, order descending, owner's text descending.
static int compare_claims(const void *a, const void *b, void *ledger)
{
    const struct led__claim *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end > y->end ? -1 : 1;
    if (x->order != y->order)
        return x->order > y->order ? -1 : 1;
    return led__owner_compare(ledger, y->owner, x->owner);
}

static bool is_sorted(struct ledger *ledger, const struct led__layer *layer)
{
    const struct led__claim *claims = layer->claims.items;
    for (size_t i = 1; i < layer->claims.count; i++)
        if (claims[i - 1].start >= claims[i].start &&
            compare_claims(&claims[i - 1], &claims[i], ledger) > 0)
            return false;
    return true;
}

// Puts claim numbers[i] at i, one cycle of the permutation after the other.
static void move_claims(struct led__claim *claims, uint64_t *numbers, size_t count)
{
    for (size_t first = 0; first < count; first++) {
        if (numbers[first] == first)
            continue;
        struct led__claim saved = claims[first];
        size_t at = first;
        while (numbers[at] != first) {
            size_t from = (size_t)numbers[at];
            claims[at] = claims[from];
            numbers[at] = at;
            at = from;
        }
        claims[at] = saved;
        numbers[at] = at;
    }
}

static void sort_run(struct ledger *ledger, const struct led__layer *run,
                     struct led__scratch *scratch)
{
    if (is_sorted(ledger, run))
        return;
    struct led__claim *claims = run->claims.items;
    size_t count = run->claims.count;
    uint64_t *numbers = led__sorted_numbers(run, LED__START, ledger->end, scratch);
    move_claims(claims, numbers, count);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count; end++)
            if (claims[end].start != claims[first].start)
                break;
        if (end - first > 1)
            qsort_r(claims + first, end - first, sizeof *claims, compare_claims, ledger);
    }
}

// Two sorted runs side by side become one, from the end backwards: only the second is copied.
static void merge_runs(struct ledger *ledger, struct led__claim *claims, size_t middle,
                       size_t count)
{
    size_t left = middle, right = count - middle;
    if (left == 0 || compare_claims(&claims[left - 1], &claims[middle], ledger) <= 0)
        return;
    struct led__claim *second = mem_alloc(right * sizeof *second);
    memcpy(second, claims + middle, right * sizeof *second);
    while (right > 0) {
        bool first = left > 0 && compare_claims(&claims[left - 1], &second[right - 1], ledger) > 0;
        claims[left + right - 1] = first ? claims[left - 1] : second[right - 1];
        *(first ? &left : &right) -= 1;
    }
    free(second);
}

void led__sort_claims(struct ledger *ledger, struct led__layer *layer, struct led__scratch *scratch)
{
    size_t count = layer->claims.count, sorted = layer->sorted;
    struct led__layer rest = *layer;
    if (sorted == count)
        return;
    rest.claims.items += sorted;
    rest.claims.count -= sorted;
    sort_run(ledger, &rest, scratch);
    merge_runs(ledger, layer->claims.items, sorted, count);
}

void led_sort_charges(struct ledger *ledger)
{
    struct led__scratch scratch = {0};
    led__sort_claims(ledger, &ledger->charges, &scratch);
    ledger->charges.sorted = ledger->charges.claims.count;
    led__scratch_free(&scratch);
}

// ---------------------------------------------------------------------------- sharing

static bool same_range(const struct led__claim *a, const struct led__claim *b)
{
    return a->start == b->start && a->end == b->end;
}

void led__share_ranges(struct ledger *ledger, struct led__layer *layer)
{
    struct led__claim *claims = layer->claims.items;
    VEC(led_owner) owners = {0};
    size_t kept = 0;
    for (size_t first = 0, end; first < layer->claims.count; first = end) {
        bool differ = false;
        for (end = first + 1; end < layer->claims.count; end++) {
            if (!same_range(&claims[end], &claims[first]))
                break;
            differ = differ || claims[end].owner != claims[first].owner;
        }
        owners.count = 0;
        for (size_t i = first; differ && i < end; i++)
            vec_push(&owners, claims[i].owner);
        claims[kept] = claims[end - 1];
        if (differ)
            claims[kept].owner = led_owner_set(ledger, owners.items, owners.count);
        kept++;
    }
    layer->claims.count = kept;
    vec_free(&owners);
}
