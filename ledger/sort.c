// SPDX-License-Identifier: MIT
//
// The claims of one reader in the order that settle.c sweeps them in. Readers mostly claim in
// ascending order already, and then nothing is moved.

#include "ledger/private.h"

void led__scratch_free(struct led__scratch *scratch)
{
    free(scratch->keys);
    vec_free(&scratch->layer.claims);
}

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

static const struct keyed *sorted_keys(const struct led__layer *layer, struct led__scratch *scratch)
{
    size_t count = layer->claims.count;
    if (2 * count > scratch->key_capacity) {
        free(scratch->keys);
        scratch->keys = mem_alloc(2 * count * sizeof *scratch->keys);
        scratch->key_capacity = 2 * count;
    }
    for (size_t i = 0; i < count; i++)
        scratch->keys[i] = (struct keyed){layer->claims.items[i].start, i};
    sort_keyed(scratch->keys, scratch->keys + count, count);
    return scratch->keys;
}

// Gathers the claims in the scratch layer and swaps the two.
static void sort_by_start(struct led__layer *layer, struct led__scratch *scratch)
{
    const struct keyed *keys = sorted_keys(layer, scratch);
    size_t count = layer->claims.count;
    struct led__layer sorted = scratch->layer;
    vec_reserve(&sorted.claims, count);
    for (size_t i = 0; i < count; i++)
        sorted.claims.items[i] = layer->claims.items[keys[i].value];
    sorted.claims.count = count;
    scratch->layer = *layer;
    *layer = sorted;
}

void led__sort_claims(struct ledger *ledger, struct led__layer *layer, struct led__scratch *scratch)
{
    if (is_sorted(ledger, layer))
        return;
    sort_by_start(layer, scratch);
    struct led__claim *claims = layer->claims.items;
    for (size_t first = 0, end; first < layer->claims.count; first = end) {
        for (end = first + 1; end < layer->claims.count; end++)
            if (claims[end].start != claims[first].start)
                break;
        if (end - first > 1)
            qsort_r(claims + first, end - first, sizeof *claims, compare_claims, ledger);
    }
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
