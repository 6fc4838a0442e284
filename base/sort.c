// SPDX-License-Identifier: MIT
//
// Hashing and radix sort.

#include <sys/auxv.h>

#include "base/base.h"

static uint64_t load64(const uint8_t *p)
{
    uint64_t value;
    memcpy(&value, p, sizeof value);
    return value;
}

uint64_t hash_bytes(const void *data, size_t size, uint64_t seed)
{
    const uint8_t *p = data;
    uint64_t hash = hash_mix(seed, size);
    for (; size > 16; p += 16, size -= 16)
        hash = hash_mix(hash ^ load64(p), load64(p + 8));
    if (size >= 8)
        return hash_mix(hash ^ load64(p), load64(p + (size - 8)));
    uint64_t tail = 0; // 0 to 7 bytes
    for (size_t i = 0; i < size; i++)
        tail |= (uint64_t)p[i] << (8 * i);
    return hash_mix(hash, tail);
}

uint64_t hash_seed(void)
{
    const void *random = (const void *)getauxval(AT_RANDOM); // 16 bytes from the kernel
    return random ? load64(random) : 1;
}

// ------------------------------------------------------------------------- radix

#define DIGIT_BITS 11
#define DIGITS     6 // 6 * 11 >= 64
#define BUCKETS    (1u << DIGIT_BITS)

static unsigned digit(uint64_t key, unsigned n)
{
    return (unsigned)(key >> (n * DIGIT_BITS)) & (BUCKETS - 1);
}

static bool is_sorted(const struct keyed *items, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (items[i - 1].key > items[i].key)
            return false;
    return true;
}

static void insertion_sort(struct keyed *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct keyed item = items[i];
        size_t at = i;
        for (; at > 0 && items[at - 1].key > item.key; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

// One pass by digit n; false when all keys share it and nothing had to move.
static bool radix_pass(const struct keyed *from, struct keyed *to, size_t count, unsigned n)
{
    size_t starts[BUCKETS] = {0};
    for (size_t i = 0; i < count; i++)
        starts[digit(from[i].key, n)]++;
    if (starts[digit(from[0].key, n)] == count)
        return false;
    size_t start = 0;
    for (unsigned b = 0; b < BUCKETS; b++) {
        size_t size = starts[b];
        starts[b] = start;
        start += size;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[digit(from[i].key, n)]++] = from[i];
    return true;
}

void sort_keyed(struct keyed *items, struct keyed *scratch, size_t count)
{
    if (is_sorted(items, count))
        return;
    if (count <= 64) {
        insertion_sort(items, count);
        return;
    }
    struct keyed *from = items, *to = scratch;
    for (unsigned n = 0; n < DIGITS; n++) {
        if (!radix_pass(from, to, count, n))
            continue;
        struct keyed *swap = from;
        from = to, to = swap;
    }
    if (from != items)
        memcpy(items, from, count * sizeof *items);
}

size_t keyed_first(const struct keyed *items, size_t count, uint64_t key)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (items[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
