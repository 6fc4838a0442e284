// SPDX-License-Identifier: MIT
//
// What the two files of the footprint analyzer share: the tree of owners, and its evidence.
#ifndef TARE_FOOTPRINT_PRIVATE_H
#define TARE_FOOTPRINT_PRIVATE_H

#include "analyzers/analyzers.h"

#define AN__COLUMNS_MAX 6

struct an__node {
    uint32_t parent;
    uint32_t key; // owner, or number of a module or directory
    uint8_t level;
    uint64_t values[AN__COLUMNS_MAX];
};

struct an__last {
    uint32_t parent, key, node;
};

// Bytes that one reader claimed for one node; or, for an object of the linker map, bytes of one unit in
// it (reader AN__OF_UNIT).
#define AN__OF_UNIT LED_READER_COUNT
struct an__word {
    uint32_t node;
    uint8_t reader;
    led_owner unit; // 0 of what a reader claimed
    uint64_t size;
};

struct an__tree {
    const struct ledger *ledger;
    struct an_modules *modules;
    const struct an_footprint_options *options;
    struct rep_column columns[AN__COLUMNS_MAX];
    led_owner padding, not_padding;   // what is known of who is [padding]
    uint8_t weights[AN__COLUMNS_MAX]; // enum led_weight; 0 for the last, `inferred`
    size_t column_count;
    VEC(struct an__node) nodes; // [0] is the root
    uint32_t *slots;            // node by (parent, key); 0: free
    size_t slot_mask;
    struct an__last last[AN_DIMS_MAX];     // by level
    VEC(uint8_t) verdicts[AN_FILTERS_MAX]; // by key

    // evidence
    VEC(struct an__word) words;                // sorted by node when all are in
    VEC(struct keyed) overruled[AN_DIM_COUNT]; // key: owner who won, value: index of the dispute
};

const char *an__key_text(const struct an__tree *tree, enum an_dim dim, uint32_t key);
const char *an__shown(const struct an__tree *tree, enum an_dim dim, const char *text);
enum led_dim an__base_dim(enum an_dim dim);

void an__evidence_add(struct an__tree *tree, uint32_t leaf, const struct led_parcel *parcel);
void an__evidence_ready(struct an__tree *tree);
void an__evidence_show(const struct an__tree *tree, uint32_t node, struct arena *arena,
                       struct rep_row *row);
void an__evidence_free(struct an__tree *tree);

#endif
