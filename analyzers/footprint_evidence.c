// SPDX-License-Identifier: MIT
//
// The evidence of a row: which readers claimed its bytes, with how many bytes each, and whose word
// they overruled. What was overruled is counted for the owner as a whole, also where a row shows
// only a part of it.

#include <inttypes.h>
#include <stdlib.h>

#include "analyzers/footprint_private.h"

#define OVERRULED_SHOWN 5

// Words of one node and reader mostly come one after the other, so only the last few are looked at; the
// rest is merged when all are in.
static void add_word(struct an__tree *tree, struct an__word added)
{
    size_t count = tree->words.count;
    for (size_t back = 1; back <= MIN(count, 2 * tree->options->dim_count); back++) {
        struct an__word *word = &tree->words.items[count - back];
        if (word->node == added.node && word->reader == added.reader && word->unit == added.unit) {
            word->size += added.size;
            return;
        }
    }
    vec_push(&tree->words, added);
}

// A unit as debug information has it: nothing in brackets.
static bool has_unit(const struct an__tree *tree, const struct led_parcel *parcel)
{
    return parcel->owner[LED_UNIT] != LED_UNATTRIBUTED &&
           led_owner_text(tree->ledger, parcel->owner[LED_UNIT])[0] != '[';
}

// A word for every node from the leaf up, in that node's own dimension.
void an__evidence_add(struct an__tree *tree, uint32_t leaf, const struct led_parcel *parcel)
{
    if (!(parcel->extent->weights & (LED_FILE | LED_VM)))
        return;
    for (uint32_t at = leaf; at != 0; at = tree->nodes.items[at].parent) {
        enum an_dim dim = tree->options->dims[tree->nodes.items[at].level];
        uint8_t reader = parcel->reader[an__base_dim(dim)];
        add_word(tree, (struct an__word){at, reader, 0, parcel->size});
        if (dim == AN_OBJECT && reader == LED_BY_MAP && has_unit(tree, parcel))
            add_word(tree,
                     (struct an__word){at, AN__OF_UNIT, parcel->owner[LED_UNIT], parcel->size});
    }
}

static int compare_words(const void *left, const void *right)
{
    const struct an__word *a = left, *b = right;
    if (a->node != b->node)
        return a->node < b->node ? -1 : 1;
    if (a->reader != b->reader)
        return a->reader < b->reader ? -1 : 1;
    return (a->unit > b->unit) - (a->unit < b->unit);
}

static void merge_words(struct an__tree *tree)
{
    size_t kept = 0;
    if (tree->words.count == 0)
        return;
    qsort(tree->words.items, tree->words.count, sizeof *tree->words.items, compare_words);
    for (size_t i = 1; i < tree->words.count; i++) {
        struct an__word *last = &tree->words.items[kept], *word = &tree->words.items[i];
        if (compare_words(last, word) == 0)
            last->size += word->size;
        else
            tree->words.items[++kept] = *word;
    }
    tree->words.count = kept + 1;
}

// A file symbol names a unit without its directory: no disagreement.
static bool same_file(const struct an__tree *tree, const struct led_dispute *dispute)
{
    if (dispute->dim != LED_UNIT && dispute->dim != LED_SOURCE)
        return false;
    return strcmp(path_base(led_owner_text(tree->ledger, dispute->winner)),
                  path_base(led_owner_text(tree->ledger, dispute->loser))) == 0;
}

// The disputes of one dimension by the number of who won; within one module nothing is disputed.
static void index_disputes(struct an__tree *tree, enum an_dim dim)
{
    size_t count;
    const struct led_dispute *disputes = led_disputes(tree->ledger, &count);
    for (size_t i = 0; i < count; i++) {
        uint64_t winner = disputes[i].winner, loser = disputes[i].loser;
        if (disputes[i].dim != an__base_dim(dim) || same_file(tree, &disputes[i]))
            continue;
        if (dim == AN_MODULE || dim == AN_DIR) {
            bool module = dim == AN_MODULE;
            winner = module ? an_module_of_unit(tree->modules, disputes[i].winner)
                            : an_dir_of(tree->modules, disputes[i].winner);
            loser = module ? an_module_of_unit(tree->modules, disputes[i].loser)
                           : an_dir_of(tree->modules, disputes[i].loser);
        }
        if (winner != loser)
            vec_push(&tree->overruled[dim], (struct keyed){winner, i});
    }
    size_t found = tree->overruled[dim].count;
    struct keyed *scratch = mem_alloc(found * sizeof *scratch);
    sort_keyed(tree->overruled[dim].items, scratch, found);
    free(scratch);
}

void an__evidence_ready(struct an__tree *tree)
{
    merge_words(tree);
    for (size_t i = 0; i < tree->options->dim_count; i++)
        if (tree->overruled[tree->options->dims[i]].count == 0)
            index_disputes(tree, tree->options->dims[i]);
}

static size_t first_word(const struct an__tree *tree, uint32_t node)
{
    size_t low = 0, high = tree->words.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tree->words.items[middle].node < node)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const char *overruled_text(const struct an__tree *tree, enum an_dim dim, size_t index,
                                  struct arena *arena)
{
    size_t count;
    const struct led_dispute *dispute = &led_disputes(tree->ledger, &count)[index];
    const char *loser = led_owner_text(tree->ledger, dispute->loser);
    return arena_printf(arena, "overruled: %s, %" PRIu64 " bytes (%s)", an__shown(tree, dim, loser),
                        dispute->size, led_reader_text(dispute->loser_reader));
}

// "symbol table: 120 bytes"; of units in an object only the largest: "unit main.c: 100 bytes".
static size_t show_words(const struct an__tree *tree, uint32_t node, struct arena *arena,
                         const char **lines)
{
    size_t count = 0;
    const struct an__word *unit = NULL;
    for (size_t i = first_word(tree, node);
         i < tree->words.count && tree->words.items[i].node == node; i++) {
        const struct an__word *word = &tree->words.items[i];
        if (word->reader == AN__OF_UNIT)
            unit = unit == NULL || word->size > unit->size ? word : unit;
        else
            lines[count++] =
                arena_printf(arena, "%s: %" PRIu64 " bytes%s", led_reader_text(word->reader),
                             word->size, led_reader_inferred(word->reader) ? " (inferred)" : "");
    }
    if (unit != NULL)
        lines[count++] = arena_printf(arena, "unit %s: %" PRIu64 " bytes",
                                      led_owner_text(tree->ledger, unit->unit), unit->size);
    return count;
}

void an__evidence_show(const struct an__tree *tree, uint32_t node, struct arena *arena,
                       struct rep_row *row)
{
    uint32_t key = tree->nodes.items[node].key;
    enum an_dim dim = tree->options->dims[tree->nodes.items[node].level];
    const char **lines = ARENA_ARRAY(arena, LED_READER_COUNT + 1 + OVERRULED_SHOWN, const char *);
    size_t count = show_words(tree, node, arena, lines), shown = 0;
    for (size_t i = keyed_first(tree->overruled[dim].items, tree->overruled[dim].count, key);
         i < tree->overruled[dim].count && tree->overruled[dim].items[i].key == key &&
         shown < OVERRULED_SHOWN;
         i++, shown++)
        lines[count++] = overruled_text(tree, dim, tree->overruled[dim].items[i].value, arena);
    row->evidence = lines;
    row->evidence_count = count;
}

void an__evidence_free(struct an__tree *tree)
{
    vec_free(&tree->words);
    for (size_t i = 0; i < COUNT_OF(tree->overruled); i++)
        vec_free(&tree->overruled[i]);
}
