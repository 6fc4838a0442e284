// SPDX-License-Identifier: MIT
//
// Who owns the bytes: parcels gathered into a tree of owners, one level a dimension.
//
//   parcel {unit: list.o, symbol: list_append, 40 bytes, file and vm}
//                  root ── list.o ── list_append   += 40
//
// Nodes lie in one array, parents before children, found by hashing (parent, owner). Neighbouring
// parcels mostly share their owners, so each level remembers its last node and rarely hashes. Bytes
// are added to leaves only; one pass from the last node to the first adds them up.
//
// `inferred` counts, once, the bytes for which a reader that guesses named any owner of the row's
// path.

#include <stdlib.h>

#include "analyzers/footprint_private.h"

#define ROOT 0u

// Keys of rows that are no owner's.
#define FILTERED_OUT  UINT32_MAX
#define PADDING_APART (UINT32_MAX - 1)
#define NO_OWNER      UINT32_MAX

// ------------------------------------------------------------------------- columns

static const struct {
    struct rep_column column;
    unsigned weight;
} column_rows[] = {
    {{"file", "FILE", REP_BYTES, true, true}, LED_FILE},
    {{"vm", "VM", REP_BYTES, true, true}, LED_VM},
    {{"rom", "ROM", REP_BYTES, true, true}, LED_ROM},
    {{"ram", "RAM", REP_BYTES, true, true}, LED_RAM},
    {{"tls", "TLS", REP_BYTES, true, false}, LED_TLS},
    {{"inferred", "INFERRED", REP_BYTES, true, false}, 0},
};

_Static_assert(COUNT_OF(column_rows) <= AN__COLUMNS_MAX, "raise AN__COLUMNS_MAX");

// file, vm and inferred always; the others when there is anything of theirs.
static void choose_columns(struct an__tree *tree)
{
    for (size_t i = 0; i < COUNT_OF(column_rows); i++) {
        unsigned weight = column_rows[i].weight;
        bool optional = weight & (LED_ROM | LED_RAM | LED_TLS);
        if (optional && led_total(tree->ledger, (enum led_weight)weight) == 0)
            continue;
        tree->columns[tree->column_count] = column_rows[i].column;
        tree->weights[tree->column_count++] = (uint8_t)weight;
    }
}

// ---------------------------------------------------------------------------- tree

static uint32_t *find_slot(const struct an__tree *tree, uint32_t parent, uint32_t key)
{
    uint64_t hash = hash_mix((uint64_t)parent << 32 | key, 0);
    for (size_t at = hash & tree->slot_mask;; at = (at + 1) & tree->slot_mask) {
        uint32_t *slot = &tree->slots[at];
        if (*slot == 0)
            return slot;
        const struct an__node *node = &tree->nodes.items[*slot];
        if (node->parent == parent && node->key == key)
            return slot;
    }
}

// Room for about as many as there will be: an array that grows by doubling fills fresh memory over and
// over. What is not used is not touched.
static void reserve_nodes(struct an__tree *tree)
{
    size_t most = 0, count;
    for (enum led_dim dim = 0; dim < LED_DIM_COUNT; dim++) {
        led_stretches(tree->ledger, dim, &count);
        most = MAX(most, count);
    }
    vec_reserve(&tree->nodes, most);
}

static void rehash(struct an__tree *tree, size_t slots)
{
    free(tree->slots);
    tree->slots = mem_zalloc(slots, sizeof *tree->slots);
    tree->slot_mask = slots - 1;
    for (uint32_t i = 1; i < tree->nodes.count; i++)
        *find_slot(tree, tree->nodes.items[i].parent, tree->nodes.items[i].key) = i;
}

static uint32_t find_node(struct an__tree *tree, uint32_t parent, uint32_t key, unsigned level)
{
    uint32_t *slot = find_slot(tree, parent, key);
    if (*slot != 0)
        return *slot;
    ASSERT(tree->nodes.count < UINT32_MAX);
    uint32_t index = (uint32_t)tree->nodes.count;
    vec_push(&tree->nodes, (struct an__node){parent, key, (uint8_t)level, {0}});
    *slot = index;
    if (tree->nodes.count > tree->slot_mask / 2)
        rehash(tree, (tree->slot_mask + 1) * 2);
    return index;
}

static uint32_t key_of(struct an__tree *tree, enum an_dim dim, const struct led_parcel *parcel)
{
    if (dim == AN_MODULE)
        return an_module_of(tree->modules, parcel->owner);
    if (dim == AN_DIR)
        return an_dir_of(tree->modules, parcel->owner[LED_UNIT]);
    return parcel->owner[dim];
}

static uint32_t leaf_of(struct an__tree *tree, const struct led_parcel *parcel)
{
    uint32_t node = ROOT;
    for (unsigned level = 0; level < tree->options->dim_count; level++) {
        struct an__last *last = &tree->last[level];
        uint32_t key = key_of(tree, tree->options->dims[level], parcel);
        if (last->parent != node || last->key != key || last->node == ROOT)
            *last = (struct an__last){node, key, find_node(tree, node, key, level)};
        node = last->node;
    }
    return node;
}

// -------------------------------------------------------------------------- filters

const char *an__key_text(const struct an__tree *tree, enum an_dim dim, uint32_t key)
{
    if (dim == AN_MODULE || dim == AN_DIR)
        return an_modules_text(tree->modules, key);
    return led_owner_text(tree->ledger, key);
}

const char *an__shown(const struct an__tree *tree, enum an_dim dim, const char *text)
{
    const struct an_footprint_options *options = tree->options;
    if (dim != AN_SYMBOL || options->shown == NULL)
        return text;
    return options->shown(options->shown_context, text);
}

static bool text_matches(const struct an__tree *tree, const struct an_filter *filter,
                         const char *text)
{
    if (glob_names(filter->glob, slice_text(text)))
        return true;
    const char *shown = an__shown(tree, filter->dim, text);
    return shown != text && glob_match(filter->glob, slice_text(shown));
}

static bool key_matches(const struct an__tree *tree, const struct an_filter *filter, uint32_t key)
{
    if (text_matches(tree, filter, an__key_text(tree, filter->dim, key)))
        return true;
    size_t count = 0;
    const led_owner *members = NULL;
    if (filter->dim == AN_SYMBOL)
        members = led_owner_members(tree->ledger, key, &count);
    for (size_t i = 0; i < count; i++)
        if (text_matches(tree, filter, led_owner_text(tree->ledger, members[i])))
            return true;
    return false;
}

enum { NOT_YET, MATCHES, MATCHES_NOT };

static bool passes(struct an__tree *tree, const struct led_parcel *parcel)
{
    for (size_t i = 0; i < tree->options->filter_count; i++) {
        const struct an_filter *filter = &tree->options->filters[i];
        uint32_t key = key_of(tree, filter->dim, parcel);
        while (tree->verdicts[i].count <= key)
            vec_push(&tree->verdicts[i], NOT_YET);
        uint8_t *verdict = &tree->verdicts[i].items[key];
        if (*verdict == NOT_YET)
            *verdict = key_matches(tree, filter, key) ? MATCHES : MATCHES_NOT;
        if (*verdict == MATCHES_NOT)
            return false;
    }
    return true;
}

// The first filter that nothing passed, and the names that come nearest to what it asks for. What
// an earlier filter stopped was never shown to it.
static bool check_filters(const struct an__tree *tree, struct fault *fault)
{
    for (size_t i = 0; i < tree->options->filter_count; i++) {
        const struct an_filter *filter = &tree->options->filters[i];
        struct an_nearest nearest = {.wanted = slice_text(filter->glob)};
        bool matched = false;
        for (uint32_t key = 0; key < tree->verdicts[i].count && !matched; key++) {
            matched = tree->verdicts[i].items[key] == MATCHES;
            if (tree->verdicts[i].items[key] == MATCHES_NOT)
                an_nearest_offer(&nearest, an__key_text(tree, filter->dim, key));
        }
        if (!matched)
            return fault_set(fault, FAULT_USAGE, NULL, NULL, NO_OFFSET, "no %s matches '%s'%s%s%s",
                             an_dim_name(filter->dim), filter->glob,
                             i != 0 ? " where the filters before it do" : "",
                             nearest.count ? "; the nearest: " : "",
                             nearest.count ? nearest.text[0] : "");
    }
    return true;
}

// -------------------------------------------------------------------------- parcels

// The dimension of the ledger behind one of a table.
enum led_dim an__base_dim(enum an_dim dim)
{
    return dim == AN_MODULE || dim == AN_DIR ? LED_UNIT : (enum led_dim)dim;
}

static bool is_inferred(const struct an__tree *tree, const struct led_parcel *parcel)
{
    for (size_t i = 0; i < tree->options->dim_count; i++)
        if (led_reader_inferred(parcel->reader[an__base_dim(tree->options->dims[i])]))
            return true;
    return false;
}

static bool is_padding(struct an__tree *tree, const struct led_parcel *parcel)
{
    for (size_t i = 0; i < tree->options->dim_count; i++) {
        led_owner owner = parcel->owner[an__base_dim(tree->options->dims[i])];
        if (owner == tree->padding)
            return true;
        if (owner == tree->not_padding)
            continue;
        if (strcmp(led_owner_text(tree->ledger, owner), "[padding]") == 0) {
            tree->padding = owner;
            return true;
        }
        tree->not_padding = owner; // neighbours mostly share their owner
    }
    return false;
}

static uint32_t node_of(struct an__tree *tree, const struct led_parcel *parcel)
{
    if (tree->options->filter_count != 0 && !passes(tree, parcel))
        return find_node(tree, ROOT, FILTERED_OUT, 0);
    if (tree->options->padding_apart && is_padding(tree, parcel))
        return find_node(tree, ROOT, PADDING_APART, 0);
    return leaf_of(tree, parcel);
}

static void add_parcel(void *context, const struct led_parcel *parcel)
{
    struct an__tree *tree = context;
    uint32_t leaf = node_of(tree, parcel);
    struct an__node *node = &tree->nodes.items[leaf];
    uint8_t weights = parcel->extent->weights;
    for (size_t i = 0; i + 1 < tree->column_count; i++)
        if (weights & tree->weights[i])
            node->values[i] += parcel->size;
    if (weights & (LED_FILE | LED_VM) && is_inferred(tree, parcel))
        node->values[tree->column_count - 1] += parcel->size;
    if (tree->options->evidence && node->key < PADDING_APART)
        an__evidence_add(tree, leaf, parcel);
}

static void add_up(struct an__tree *tree)
{
    for (size_t i = tree->nodes.count; i-- > 1;) {
        const struct an__node *node = &tree->nodes.items[i];
        struct an__node *parent = &tree->nodes.items[node->parent];
        for (size_t c = 0; c < tree->column_count; c++)
            parent->values[c] += node->values[c];
    }
}

// ----------------------------------------------------------------------------- rows

static void name_row(struct an__tree *tree, const struct an__node *node, struct rep_row *row)
{
    enum an_dim dim = tree->options->dims[node->level];
    row->dimension = an_dim_name(dim);
    if (node->key == FILTERED_OUT) {
        row->name = "[filtered out]";
    } else if (node->key == PADDING_APART) {
        row->name = led_owner_text(tree->ledger, tree->padding);
    } else {
        const char *text = an__key_text(tree, dim, node->key);
        row->name = an__shown(tree, dim, text);
    }
    row->faint = node->key == FILTERED_OUT || strcmp(row->name, "[padding]") == 0 ||
                 strcmp(row->name, "[unattributed]") == 0;
}

// Children of node i stand at rows[first[i]] up to rows[first[i + 1]].
static void make_rows(struct an__tree *tree, struct arena *arena, struct rep_row *total)
{
    size_t count = tree->nodes.count;
    uint32_t *first = mem_zalloc(count + 2, sizeof *first);
    for (size_t i = 1; i < count; i++)
        first[tree->nodes.items[i].parent + 2]++;
    for (size_t i = 2; i < count + 2; i++)
        first[i] += first[i - 1];
    struct rep_row *rows = ARENA_ARRAY(arena, count, struct rep_row);
    union rep_value *values = ARENA_ARRAY(arena, count * tree->column_count, union rep_value);
    uint32_t *place = mem_alloc(count * sizeof *place);
    for (size_t i = 1; i < count; i++)
        place[i] = first[tree->nodes.items[i].parent + 1]++;
    for (size_t i = 0; i < count; i++) {
        const struct an__node *node = &tree->nodes.items[i];
        struct rep_row *row = i == 0 ? total : &rows[place[i]];
        row->values = values + i * tree->column_count;
        for (size_t c = 0; c < tree->column_count; c++)
            row->values[c].u = node->values[c];
        row->row_count = first[i + 1] - first[i];
        row->rows = rows + first[i];
        if (i != 0)
            name_row(tree, node, row);
        if (i != 0 && tree->options->evidence)
            an__evidence_show(tree, (uint32_t)i, arena, row);
    }
    free(place);
    free(first);
}

static bool sort_table(const struct an__tree *tree, struct rep_table *out, struct fault *fault)
{
    const char *key = tree->options->sort;
    if (key == NULL) {
        rep_sort_larger(out, 0, 1); // file and vm: a table must show what is big in either
        return true;
    }
    size_t column = 0;
    while (column < tree->column_count && strcmp(tree->columns[column].name, key) != 0)
        column++;
    if (column == tree->column_count && strcmp(key, "name") != 0)
        return fault_set(fault, FAULT_USAGE, NULL, NULL, NO_OFFSET,
                         "--sort: this build has no column '%s'", key);
    rep_sort(out, column, true);
    return true;
}

// The accounts close: what was gathered is what the ledger holds.
static void check_totals(const struct an__tree *tree)
{
    for (size_t i = 0; i + 1 < tree->column_count; i++)
        ASSERT(tree->nodes.items[ROOT].values[i] ==
               led_total(tree->ledger, (enum led_weight)tree->weights[i]));
}

static void tree_free(struct an__tree *tree)
{
    for (size_t i = 0; i < COUNT_OF(tree->verdicts); i++)
        vec_free(&tree->verdicts[i]);
    an__evidence_free(tree);
    vec_free(&tree->nodes);
    free(tree->slots);
}

bool an_footprint(const struct ledger *ledger, struct an_modules *modules,
                  const struct an_footprint_options *options, struct arena *arena,
                  struct rep_table *out, struct fault *fault)
{
    struct an__tree tree = {.ledger = ledger, .modules = modules, .options = options};
    tree.padding = NO_OWNER;
    choose_columns(&tree);
    reserve_nodes(&tree);
    vec_push(&tree.nodes, (struct an__node){0});
    rehash(&tree, 4096);
    led_walk(ledger, add_parcel, &tree);
    add_up(&tree);
    check_totals(&tree);
    *out = (struct rep_table){.name = "rows", .column_count = tree.column_count};
    out->columns = arena_copy(arena, tree.columns, tree.column_count * sizeof *tree.columns);
    if (options->evidence)
        an__evidence_ready(&tree);
    make_rows(&tree, arena, &out->total);
    if (out->total.values[tree.column_count - 1].u == 0)
        out->hidden_columns_mask = (size_t)1 << (tree.column_count - 1);
    bool good =
        check_filters(&tree, fault) && (options->by_position || sort_table(&tree, out, fault));
    if (good && !options->by_position)
        rep_trim(arena, out, options->keep);
    tree_free(&tree);
    return good;
}
