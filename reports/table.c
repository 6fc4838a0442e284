// SPDX-License-Identifier: MIT
//
// Tables before they are rendered: that they close, in what order they stand, and what is folded.
//
//   total 100 = [ Objects 70 = [ list.o 40  dict.o 30 ]   Python 20   [padding] 10 ]
//
// Invariant: for every additive column, at every depth, the rows add up to what they stand under.

#include <stdlib.h>

#include "reports/private.h"

// ------------------------------------------------------------------------- closing

// Deltas are summed with their sign, all else without.
static void add_value(enum rep_unit unit, union rep_value *sum, union rep_value value)
{
    if (unit == REP_DELTA)
        ASSERT(!__builtin_add_overflow(sum->i, value.i, &sum->i));
    else
        ASSERT(add_u64(sum->u, value.u, &sum->u));
}

static void check_column(const struct rep_column *column, size_t index, const struct rep_row *row)
{
    union rep_value sum = {0};
    for (size_t i = 0; i < row->row_count; i++)
        add_value(column->unit, &sum, row->rows[i].values[index]);
    ASSERT(sum.u == row->values[index].u && "the rows of an additive column add up");
}

static void check_rows(const struct rep_table *table, const struct rep_row *row, unsigned depth)
{
    ASSERT(depth <= REP_DEPTH_MAX);
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].additive)
            check_column(&table->columns[i], i, row);
    }
    for (size_t i = 0; i < row->row_count; i++) {
        if (row->rows[i].row_count != 0)
            check_rows(table, &row->rows[i], depth + 1);
    }
}

// The keys a row has of its own in JSON.
static bool is_reserved(const char *name)
{
    static const char *const reserved[] = {"name", "dimension", "rows", "evidence", "synthetic"};
    for (size_t i = 0; i < COUNT_OF(reserved); i++) {
        if (strcmp(name, reserved[i]) == 0)
            return true;
    }
    return false;
}

void rep_check(const struct rep_table *table)
{
    for (size_t i = 0; i < table->column_count; i++) {
        const struct rep_column *column = &table->columns[i];
        bool adds =
            column->unit == REP_BYTES || column->unit == REP_COUNT || column->unit == REP_DELTA;
        ASSERT(!column->additive || adds);
        ASSERT(!is_reserved(column->name));
    }
    check_rows(table, &table->total, 0);
}

// -------------------------------------------------------------------------- sorting

#define MANY 500 // rows from which a radix sort pays

struct order {
    const struct rep_column *column; // NULL: by name only
    size_t index, other;             // by the larger of these columns; mostly they are one
    bool descending;
};

static int compare_u64(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_values(enum rep_unit unit, union rep_value a, union rep_value b)
{
    switch (unit) {
    case REP_TEXT:
        return strcmp(a.text, b.text);
    case REP_DELTA:
        return compare_u64(a.i < 0 ? -a.u : a.u, b.i < 0 ? -b.u : b.u);
    case REP_PERMILLE:
        return a.i < b.i ? -1 : a.i > b.i;
    default:
        return compare_u64(a.u, b.u);
    }
}

static union rep_value value_of(const struct order *order, const struct rep_row *row)
{
    union rep_value value = row->values[order->index], other = row->values[order->other];
    return order->other != order->index && other.u > value.u ? other : value;
}

static int compare_column(const struct order *order, const struct rep_row *a,
                          const struct rep_row *b)
{
    enum rep_unit unit = order->column->unit;
    union rep_value left = value_of(order, a), right = value_of(order, b);
    bool left_missing = rep__missing(unit, left), right_missing = rep__missing(unit, right);
    if (left_missing || right_missing)
        return (int)left_missing - (int)right_missing;
    int result = compare_values(unit, left, right);
    return order->descending ? -result : result;
}

static int compare_rows(const void *left, const void *right, void *context)
{
    const struct rep_row *a = left, *b = right;
    const struct order *order = context;
    int result = order->column ? compare_column(order, a, b) : 0;
    return result != 0 ? result : strcmp(a->name, b->name);
}

// A number that orders rows as their values do; REP_NONE last, as the largest.
static uint64_t key_of(const struct order *order, const struct rep_row *row)
{
    union rep_value value = value_of(order, row);
    uint64_t key = value.u;
    if (rep__missing(order->column->unit, value))
        return UINT64_MAX;
    if (order->column->unit == REP_DELTA)
        key = value.i < 0 ? -key : key;
    else if (order->column->unit == REP_PERMILLE)
        key ^= UINT64_C(1) << 63;
    return order->descending ? ~key : key;
}

// The same order as by compare_rows, for many rows (all symbols of a kernel) several times faster:
// by key first, and by name only where keys are equal (the two largest keys are made equal, so that
// the full comparison tells a large value from REP_NONE).
static void sort_many(struct rep_row *rows, size_t count, struct order *order)
{
    struct keyed *keys = mem_zalloc(count, 2 * sizeof *keys);
    struct rep_row *sorted = mem_zalloc(count, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        keys[i] = (struct keyed){MIN(key_of(order, &rows[i]), UINT64_MAX - 1), i};
    sort_keyed(keys, keys + count, count);
    for (size_t i = 0; i < count; i++)
        sorted[i] = rows[keys[i].value];
    for (size_t start = 0, end; start < count; start = end) {
        for (end = start + 1; end < count && keys[end].key == keys[start].key;)
            end++;
        if (end - start > 1)
            qsort_r(sorted + start, end - start, sizeof *sorted, compare_rows, order);
    }
    memcpy(rows, sorted, count * sizeof *rows);
    free(sorted);
    free(keys);
}

static void sort_rows(struct rep_row *row, struct order *order)
{
    if (row->row_count >= MANY && order->column != NULL && order->column->unit != REP_TEXT)
        sort_many(row->rows, row->row_count, order);
    else if (row->row_count > 1)
        qsort_r(row->rows, row->row_count, sizeof *row->rows, compare_rows, order);
    for (size_t i = 0; i < row->row_count; i++) {
        if (row->rows[i].row_count != 0)
            sort_rows(&row->rows[i], order);
    }
}

void rep_sort(struct rep_table *table, size_t column, bool descending)
{
    bool known = column < table->column_count;
    struct order order = {known ? &table->columns[column] : NULL, column, column, descending};
    sort_rows(&table->total, &order);
}

void rep_sort_larger(struct rep_table *table, size_t column, size_t other)
{
    struct order order = {&table->columns[column], column, other, true};
    sort_rows(&table->total, &order);
}

// ------------------------------------------------------------------------- trimming

// What a report promises to show in plain sight.
static bool stays(const struct rep_row *row)
{
    return row->faint &&
           (strcmp(row->name, "[unattributed]") == 0 || strcmp(row->name, "[padding]") == 0);
}

// Rows to fold: those beyond the first `keep`.
static size_t count_others(const struct rep_row *row, size_t keep)
{
    size_t plain = 0;
    for (size_t i = 0; i < row->row_count; i++)
        plain += !stays(&row->rows[i]);
    return plain > keep ? plain - keep : 0;
}

static struct rep_row others_row(struct arena *arena, const struct rep_table *table, size_t count)
{
    struct rep_row others = {.faint = true};
    others.name = arena_printf(arena, "[%zu others]", count);
    others.values = ARENA_ARRAY(arena, table->column_count, union rep_value);
    for (size_t i = 0; i < table->column_count; i++) {
        if (!table->columns[i].additive && table->columns[i].unit != REP_TEXT)
            others.values[i].u = REP_NONE;
    }
    return others;
}

static void add_row(const struct rep_table *table, struct rep_row *sum, const struct rep_row *row)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].additive)
            add_value(table->columns[i].unit, &sum->values[i], row->values[i]);
    }
    sum->dimension = row->dimension;
}

// In place: what stays moves up, and where at least two went there is room for the one.
static void fold(struct arena *arena, const struct rep_table *table, struct rep_row *row,
                 size_t keep, size_t count)
{
    struct rep_row others = others_row(arena, table, count);
    size_t kept = 0, plain = 0;
    for (size_t i = 0; i < row->row_count; i++) {
        if (!stays(&row->rows[i]) && plain++ >= keep)
            add_row(table, &others, &row->rows[i]);
        else
            row->rows[kept++] = row->rows[i];
    }
    row->rows[kept++] = others;
    row->row_count = kept;
}

static void trim_rows(struct arena *arena, const struct rep_table *table, struct rep_row *row,
                      size_t keep)
{
    size_t others = count_others(row, keep);
    if (others > 1)
        fold(arena, table, row, keep, others);
    for (size_t i = 0; i < row->row_count; i++) {
        if (row->rows[i].row_count != 0)
            trim_rows(arena, table, &row->rows[i], keep);
    }
}

void rep_no_total(struct arena *arena, struct rep_table *table)
{
    table->total.values = ARENA_ARRAY(arena, table->column_count, union rep_value);
    for (size_t c = 0; c < table->column_count; c++)
        if (table->columns[c].unit != REP_TEXT)
            table->total.values[c].u = REP_NONE;
}

void rep_trim(struct arena *arena, struct rep_table *table, size_t keep)
{
    if (keep != 0)
        trim_rows(arena, table, &table->total, keep);
}
