// SPDX-License-Identifier: MIT
//
// Sums by nested names (tally.h).

#include <inttypes.h>

#include "analyzers/tally.h"

static uint32_t *find_slot(const struct an__tally *tally, uint32_t parent, name_id name)
{
    for (size_t at = hash_mix((uint64_t)parent << 32 | name, 0);; at++) {
        uint32_t *slot = &tally->slots[at & tally->slot_mask];
        if (*slot == 0)
            return slot;
        const struct an__tally_node *node = &tally->nodes.items[*slot];
        if (node->parent == parent && node->name == name)
            return slot;
    }
}

static void rehash(struct an__tally *tally, size_t slots)
{
    free(tally->slots);
    tally->slots = mem_zalloc(slots, sizeof *tally->slots);
    tally->slot_mask = slots - 1;
    for (uint32_t i = 1; i < tally->nodes.count; i++)
        *find_slot(tally, tally->nodes.items[i].parent, tally->nodes.items[i].name) = i;
}

void an__tally_open(struct an__tally *tally, const struct names *names, size_t column_count)
{
    *tally = (struct an__tally){.names = names, .column_count = column_count};
    vec_push(&tally->nodes, (struct an__tally_node){0});
    rehash(tally, 256);
}

void an__tally_free(struct an__tally *tally)
{
    vec_free(&tally->nodes);
    free(tally->slots);
}

static uint32_t find_node(struct an__tally *tally, uint32_t parent, name_id name, uint32_t level)
{
    const struct an__tally_node *last = &tally->nodes.items[tally->last[level]];
    if (tally->last[level] != 0 && last->parent == parent && last->name == name)
        return tally->last[level];
    uint32_t *slot = find_slot(tally, parent, name);
    uint32_t index = *slot;
    if (index == 0) {
        ASSERT(tally->nodes.count < UINT32_MAX);
        index = *slot = (uint32_t)tally->nodes.count;
        vec_push(&tally->nodes, (struct an__tally_node){parent, name, level, 0, 0, {0}});
        if (tally->nodes.count > tally->slot_mask / 2)
            rehash(tally, (tally->slot_mask + 1) * 2);
    }
    return tally->last[level] = index;
}

void an__tally_add(struct an__tally *tally, const name_id *path, size_t levels,
                   const uint64_t *values, uint32_t line)
{
    ASSERT(levels <= AN__TALLY_LEVELS);
    uint32_t node = 0;
    for (size_t level = 0; level < levels; level++)
        node = find_node(tally, node, path[level], (uint32_t)level);
    struct an__tally_node *leaf = &tally->nodes.items[node];
    for (size_t c = 0; c < tally->column_count; c++)
        leaf->values[c] += values[c];
    if (line != 0 && (leaf->line == 0 || line < leaf->line))
        leaf->line = line;
    leaf->count += line != 0 && leaf->count != UINT32_MAX;
}

static void show_evidence(const struct an__tally_node *node, struct arena *arena,
                          struct rep_row *row)
{
    if (node->line == 0)
        return;
    row->evidence = ARENA_NEW(arena, const char *);
    row->evidence[0] = node->count == 1
                           ? arena_printf(arena, "line %" PRIu32, node->line)
                           : arena_printf(arena, "%" PRIu32 " pieces, the first on line %" PRIu32,
                                          node->count, node->line);
    row->evidence_count = 1;
}

static void add_up(struct an__tally *tally)
{
    for (size_t i = tally->nodes.count; i-- > 1;) {
        const struct an__tally_node *node = &tally->nodes.items[i];
        struct an__tally_node *parent = &tally->nodes.items[node->parent];
        for (size_t c = 0; c < tally->column_count; c++)
            parent->values[c] += node->values[c];
    }
}

// Children of node i stand at rows[first[i]] up to rows[first[i + 1]].
void an__tally_rows(struct an__tally *tally, const char *const *dimensions, bool evidence,
                    struct arena *arena, struct rep_row *out)
{
    add_up(tally);
    free(tally->slots); // nothing is looked up any more
    tally->slots = NULL;
    size_t count = tally->nodes.count;
    uint32_t *first = mem_zalloc(count + 2, sizeof *first);
    for (size_t i = 1; i < count; i++)
        first[tally->nodes.items[i].parent + 2]++;
    for (size_t i = 2; i < count + 2; i++)
        first[i] += first[i - 1];
    struct rep_row *rows = ARENA_ARRAY(arena, count, struct rep_row);
    union rep_value *values = ARENA_ARRAY(arena, count * tally->column_count, union rep_value);
    uint32_t *place = mem_alloc(count * sizeof *place);
    for (size_t i = 1; i < count; i++)
        place[i] = first[tally->nodes.items[i].parent + 1]++;
    for (size_t i = 0; i < count; i++) {
        const struct an__tally_node *node = &tally->nodes.items[i];
        struct rep_row *row = i == 0 ? out : &rows[place[i]];
        row->values = values + i * tally->column_count;
        for (size_t c = 0; c < tally->column_count; c++)
            row->values[c].u = node->values[c];
        row->row_count = first[i + 1] - first[i];
        row->rows = rows + first[i];
        if (i == 0)
            continue;
        row->name = names_text(tally->names, node->name);
        row->dimension = dimensions[node->level];
        row->faint = row->name[0] == '[';
        if (evidence)
            show_evidence(node, arena, row);
    }
    free(place);
    free(first);
}
