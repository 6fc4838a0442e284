// SPDX-License-Identifier: MIT
//
// What changed between two footprints: two trees of rows merged into one.
//
//   old   list.o 100 [ f 60  g.part.0 40 ]      new   list.o 130 [ f 60  g 70 ]
//   diff  list.o 100 130 +30 [ g 40 70 +30 "was g.part.0"   [1 unchanged] 60 60 0 ]
//
// Rows stand in order of their first byte. A row is matched by its key, a path without the common
// prefix of its build (then without its first directory), anything else as it is; what stays alone
// among symbols is matched by its short name, then by equal size between the same matched
// neighbours, since code order survives a rename.
//
// Every additive column closes at every depth, so rows that did not change are folded, not dropped.

#include <inttypes.h>
#include <stdlib.h>

#include "analyzers/analyzers.h"
#include "ledger/collect.h"

#define NO_ROW      UINT32_MAX
#define METRICS_MAX 6

// One metric of the footprints, as three columns: old, new, delta.
struct metric {
    size_t old_column, new_column;
};

struct differ {
    const struct an_diff_options *options;
    struct an_diff_side sides[2];
    struct arena *arena;
    struct metric metrics[METRICS_MAX];
    size_t metric_count;
    size_t column_count; // 3 a metric, and the remark
    size_t hidden;       // mask of columns
};

// ------------------------------------------------------------------------- columns

static const char *column_word(struct differ *differ, const char *name, const char *word)
{
    return arena_printf(differ->arena, "%s_%s", name, word);
}

static size_t find_column(const struct rep_table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

static void add_metric(struct differ *differ, struct rep_column *columns, const char *name,
                       const char *title, struct metric metric)
{
    struct arena *arena = differ->arena;
    struct rep_column *at = &columns[3 * differ->metric_count];
    at[0] = (struct rep_column){column_word(differ, name, "old"),
                                arena_printf(arena, "OLD %s", title), REP_BYTES, true, false};
    at[1] = (struct rep_column){column_word(differ, name, "new"),
                                arena_printf(arena, "NEW %s", title), REP_BYTES, true, false};
    at[2] = (struct rep_column){column_word(differ, name, "delta"),
                                arena_printf(arena, "%s CHANGE", title), REP_DELTA, true, false};
    differ->metrics[differ->metric_count++] = metric;
}

// People see the memory of a program and how its file changed, or ROM and RAM of a firmware.
static size_t hidden_columns(const struct differ *differ, const struct rep_column *columns)
{
    size_t mask = 0;
    bool rom = false;
    for (size_t i = 0; i < differ->metric_count; i++)
        rom = rom || strcmp(columns[3 * i].name, "rom_old") == 0;
    for (size_t i = 0; i < differ->metric_count; i++) {
        const char *name = columns[3 * i].name;
        if (rom && (strcmp(name, "file_old") == 0 || strcmp(name, "vm_old") == 0))
            mask |= (size_t)7 << (3 * i);
        else if (strcmp(name, "file_old") == 0)
            mask |= (size_t)3 << (3 * i);
    }
    return mask;
}

// A build without thread-local data has none; one that is no firmware does not say what its ROM and
// RAM are, so there is nothing to compare.
static void choose_columns(struct differ *differ, struct rep_table *out)
{
    static const struct {
        const char *name, *title;
        bool both; // only when both sides have it
    } metrics[] = {{"file", "FILE", true},
                   {"vm", "VM", true},
                   {"rom", "ROM", true},
                   {"ram", "RAM", true},
                   {"tls", "TLS", false}};
    struct rep_column *columns =
        ARENA_ARRAY(differ->arena, 3 * COUNT_OF(metrics) + 1, struct rep_column);
    for (size_t i = 0; i < COUNT_OF(metrics); i++) {
        struct metric metric = {find_column(differ->sides[0].table, metrics[i].name),
                                find_column(differ->sides[1].table, metrics[i].name)};
        bool before = metric.old_column != SIZE_MAX, after = metric.new_column != SIZE_MAX;
        if (metrics[i].both ? before && after : before || after)
            add_metric(differ, columns, metrics[i].name, metrics[i].title, metric);
    }
    differ->column_count = 3 * differ->metric_count + 1;
    columns[differ->column_count - 1] = (struct rep_column){"remark", "", REP_TEXT, false, false};
    *out = (struct rep_table){.name = "rows", .columns = columns};
    out->column_count = differ->column_count;
    out->hidden_columns_mask = differ->hidden = hidden_columns(differ, columns);
}

// -------------------------------------------------------------------------- values

static uint64_t value_of(const struct rep_row *row, size_t column)
{
    return row == NULL || column == SIZE_MAX ? 0 : row->values[column].u;
}

static void fill_values(const struct differ *differ, const struct rep_row *old_row,
                        const struct rep_row *new_row, union rep_value *values)
{
    for (size_t i = 0; i < differ->metric_count; i++) {
        uint64_t before = value_of(old_row, differ->metrics[i].old_column);
        uint64_t after = value_of(new_row, differ->metrics[i].new_column);
        values[3 * i].u = before;
        values[3 * i + 1].u = after;
        values[3 * i + 2].i = (int64_t)(after - before);
    }
}

// The largest change in any column, or in those that people see.
static uint64_t largest_change(const struct differ *differ, const struct rep_row *row, bool seen)
{
    uint64_t largest = 0;
    for (size_t i = 0; i < differ->metric_count; i++) {
        if (seen && differ->hidden >> (3 * i + 2) & 1)
            continue;
        int64_t delta = row->values[3 * i + 2].i;
        uint64_t size = delta < 0 ? -(uint64_t)delta : (uint64_t)delta;
        largest = MAX(largest, size);
    }
    return largest;
}

static uint64_t magnitude(const struct differ *differ, const struct rep_row *row)
{
    return largest_change(differ, row, false);
}

// The size by which rows of one side are compared; file and vm always come first. In the file a
// symbol also pays for its name, which a rename changes.
static uint64_t size_of(const struct rep_row *row)
{
    return row->values[1].u != 0 ? row->values[1].u : row->values[0].u;
}

// ------------------------------------------------------------------------ matching

// Rows of one level: match[0][i] is the new row of old row i, match[1] the other way round.
struct level {
    const struct rep_row *rows[2];
    size_t count[2];
    uint32_t *match[2];
};

static void pair(struct level *level, uint32_t old_row, uint32_t new_row)
{
    level->match[0][old_row] = new_row;
    level->match[1][new_row] = old_row;
}

typedef struct slice key_function(const struct differ *differ, const struct rep_row *row,
                                  unsigned side);

static struct slice full_key(const struct differ *differ, const struct rep_row *row, unsigned side)
{
    const char *prefix = differ->sides[side].prefix;
    struct slice name = slice_text(row->name);
    size_t size = strlen(prefix);
    if (size > 1 && slice_starts(name, prefix))
        return slice_of(name.data + size, name.size - size);
    return name;
}

// "f.constprop.0.cold" and "f.1234" give "f".
static struct slice short_key(const struct differ *differ, const struct rep_row *row, unsigned side)
{
    (void)differ, (void)side;
    struct slice name = led_parent_name(slice_text(row->name));
    size_t size = name.size;
    while (size > 1 && name.data[size - 1] >= '0' && name.data[size - 1] <= '9')
        size--;
    if (size > 1 && size < name.size && name.data[size - 1] == '.')
        name.size = size - 1;
    return name;
}

// A path without its first directory, where builds of one source differ: "build-debug/Python".
static struct slice tail_key(const struct differ *differ, const struct rep_row *row, unsigned side)
{
    struct slice path = full_key(differ, row, side);
    const uint8_t *slash = path.size > 1 ? memchr(path.data + 1, '/', path.size - 1) : NULL;
    if (slash == NULL || path.data[0] == '[')
        return path;
    return slice_of(slash + 1, path.size - (size_t)(slash + 1 - path.data));
}

// Pairs what has equal keys; of several in order, those of equal size first when `by_size`.
static void match_by(const struct differ *differ, struct level *level, key_function *key,
                     bool by_size)
{
    struct names *names = names_new();
    VEC(uint32_t) first = {0};                                  // by key: old row
    uint32_t *next = mem_alloc(level->count[0] * sizeof *next); // of the same key
    for (uint32_t i = (uint32_t)level->count[0]; i-- > 0;) {
        if (level->match[0][i] != NO_ROW)
            continue;
        name_id id = names_intern(names, key(differ, &level->rows[0][i], 0));
        while (first.count <= id)
            vec_push(&first, NO_ROW);
        next[i] = first.items[id];
        first.items[id] = i;
    }
    for (uint32_t i = 0; i < level->count[1]; i++) {
        if (level->match[1][i] != NO_ROW)
            continue;
        struct slice text = key(differ, &level->rows[1][i], 1);
        name_id id = names_find(names, text);
        if (id >= first.count || (id == 0 && text.size != 0))
            continue;
        for (uint32_t *at = &first.items[id]; *at != NO_ROW; at = &next[*at]) {
            if (by_size && size_of(&level->rows[0][*at]) != size_of(&level->rows[1][i]))
                continue;
            pair(level, *at, i);
            *at = next[*at];
            break;
        }
    }
    vec_free(&first);
    free(next);
    names_free(names);
}

// Pairs rows of equal size that follow the same matched row, with only unmatched ones between.
static void match_neighbours(struct level *level)
{
    for (uint32_t old_at = 0; old_at < level->count[0]; old_at++) {
        uint32_t anchor = level->match[0][old_at];
        if (anchor == NO_ROW)
            continue;
        uint32_t new_at = anchor + 1;
        for (uint32_t i = old_at + 1; i < level->count[0] && level->match[0][i] == NO_ROW; i++) {
            uint32_t j = new_at;
            uint64_t size = size_of(&level->rows[0][i]);
            while (j < level->count[1] && level->match[1][j] == NO_ROW &&
                   size_of(&level->rows[1][j]) != size)
                j++;
            if (j >= level->count[1] || level->match[1][j] != NO_ROW || size == 0)
                continue;
            pair(level, i, j);
            new_at = j + 1;
        }
    }
}

static bool is_divided_by(const struct level *level, const char *const *dims, size_t count)
{
    const struct rep_row *row = level->count[0] ? level->rows[0] : level->rows[1];
    for (size_t i = 0; i < count; i++)
        if (row->dimension != NULL && strcmp(row->dimension, dims[i]) == 0)
            return true;
    return false;
}

static void match_level(const struct differ *differ, struct level *level)
{
    for (unsigned side = 0; side < 2; side++) {
        size_t size = level->count[side] * sizeof *level->match[side];
        level->match[side] = mem_alloc(size);
        memset(level->match[side], 0xff, size);
    }
    if (level->count[0] == 0 || level->count[1] == 0)
        return;
    match_by(differ, level, full_key, true);
    match_by(differ, level, full_key, false);
    static const char *const paths[] = {"unit", "source", "module", "dir"};
    static const char *const symbols[] = {"symbol"};
    if (is_divided_by(level, paths, COUNT_OF(paths)))
        match_by(differ, level, tail_key, false);
    if (!is_divided_by(level, symbols, COUNT_OF(symbols)))
        return;
    match_by(differ, level, short_key, true);
    match_by(differ, level, short_key, false);
    match_neighbours(level);
}

// ------------------------------------------------------------------------- merging

static const char *remark(const struct differ *differ, const struct rep_row *old_row,
                          const struct rep_row *new_row)
{
    if (old_row == NULL)
        return "new";
    if (new_row == NULL)
        return "gone";
    struct slice before = full_key(differ, old_row, 0), after = full_key(differ, new_row, 1);
    if (slice_equal(before, after))
        return "";
    return arena_printf(differ->arena, "was %s", old_row->name);
}

static void merge_rows(struct differ *differ, const struct rep_row *old_row,
                       const struct rep_row *new_row, struct rep_row *out);

static void merge_row(struct differ *differ, const struct rep_row *old_row,
                      const struct rep_row *new_row, struct rep_row *out)
{
    const struct rep_row *named = new_row ? new_row : old_row;
    *out = (struct rep_row){.name = named->name, .dimension = named->dimension};
    out->faint = named->faint;
    out->values = ARENA_ARRAY(differ->arena, differ->column_count, union rep_value);
    fill_values(differ, old_row, new_row, out->values);
    out->values[differ->column_count - 1].text = remark(differ, old_row, new_row);
    merge_rows(differ, old_row, new_row, out);
    if (!differ->options->all && magnitude(differ, out) == 0 && out->row_count == 1)
        out->row_count = 0; // nothing but "[N unchanged]", which the row itself says
}

// Folds a run of rows into one that has their sums.
static struct rep_row fold(struct differ *differ, const struct rep_row *rows, size_t count,
                           const char *what)
{
    struct rep_row out = {.faint = true};
    out.name = arena_printf(differ->arena, "[%zu %s]", count, what);
    out.values = ARENA_ARRAY(differ->arena, differ->column_count, union rep_value);
    out.values[differ->column_count - 1].text = "";
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c + 1 < differ->column_count; c++)
            out.values[c].u += rows[i].values[c].u; // of deltas too: two's complement
    return out;
}

// Folds the rows whose change (in what people see, or anywhere) is in [low, high) into one at the end.
static void fold_rows(struct differ *differ, struct rep_row *out, bool seen, uint64_t low,
                      uint64_t high, const char *what)
{
    size_t kept = 0, folded = 0;
    struct rep_row *aside = mem_alloc(out->row_count * sizeof *aside);
    for (size_t i = 0; i < out->row_count; i++) {
        uint64_t change = largest_change(differ, &out->rows[i], seen);
        bool renamed = out->rows[i].values[differ->column_count - 1].text[0] != '\0';
        bool fits =
            change >= low && change < high && !out->rows[i].faint && !(renamed && change == 0);
        if (fits)
            aside[folded++] = out->rows[i];
        else
            out->rows[kept++] = out->rows[i];
    }
    if (folded != 0) {
        out->rows[kept] = fold(differ, aside, folded, what);
        out->row_count = kept + 1;
    }
    free(aside);
}

static void merge_rows(struct differ *differ, const struct rep_row *old_row,
                       const struct rep_row *new_row, struct rep_row *out)
{
    struct level level = {{old_row ? old_row->rows : NULL, new_row ? new_row->rows : NULL},
                          {old_row ? old_row->row_count : 0, new_row ? new_row->row_count : 0},
                          {NULL, NULL}};
    if (level.count[0] + level.count[1] == 0)
        return;
    match_level(differ, &level);
    out->rows = ARENA_ARRAY(differ->arena, level.count[0] + level.count[1], struct rep_row);
    for (size_t i = 0; i < level.count[1]; i++) {
        uint32_t other = level.match[1][i];
        const struct rep_row *before = other == NO_ROW ? NULL : &level.rows[0][other];
        merge_row(differ, before, &level.rows[1][i], &out->rows[out->row_count++]);
    }
    for (size_t i = 0; i < level.count[0]; i++)
        if (level.match[0][i] == NO_ROW)
            merge_row(differ, &level.rows[0][i], NULL, &out->rows[out->row_count++]);
    free(level.match[0]);
    free(level.match[1]);
    if (!differ->options->all) {
        fold_rows(differ, out, false, 0, 1, "unchanged");
        fold_rows(differ, out, true, 0, 1, "changed in the file alone");
    }
    if (differ->options->min_change > 1)
        fold_rows(differ, out, true, 1, differ->options->min_change, "small changes");
}

// --------------------------------------------------------------------------- order

static int compare_changes(const void *left, const void *right, void *context)
{
    const struct rep_row *a = left, *b = right;
    uint64_t change_a = largest_change(context, a, true);
    uint64_t change_b = largest_change(context, b, true);
    if (change_a != change_b)
        return change_a > change_b ? -1 : 1;
    return strcmp(a->name, b->name);
}

static void sort_changes(struct differ *differ, struct rep_row *row)
{
    if (row->row_count > 1)
        qsort_r(row->rows, row->row_count, sizeof *row->rows, compare_changes, differ);
    for (size_t i = 0; i < row->row_count; i++)
        sort_changes(differ, &row->rows[i]);
}

void an_diff(struct an_diff_side old_side, struct an_diff_side new_side,
             const struct an_diff_options *options, struct arena *arena, struct rep_table *out)
{
    struct differ differ = {.options = options, .sides = {old_side, new_side}, .arena = arena};
    choose_columns(&differ, out);
    const struct rep_row *before = &old_side.table->total, *after = &new_side.table->total;
    out->total.values = ARENA_ARRAY(arena, differ.column_count, union rep_value);
    fill_values(&differ, before, after, out->total.values);
    merge_rows(&differ, before, after, &out->total);
    sort_changes(&differ, &out->total);
    rep_trim(arena, out, options->keep);
}
