// SPDX-License-Identifier: MIT
//
// The account of a second reading: what was compared, what differs, what nobody could compare, and
// the report of it.

#include <inttypes.h>
#include <stdlib.h>

#include "analyzers/verify_private.h"

#define TIMEOUT     60 // seconds without a record until the other reader is given up
#define REASONS_MAX 50 // distinct ones that are told

struct an_verify *an_verify_new(uint64_t keep, struct doubts *doubts)
{
    struct an_verify *v = mem_zalloc(1, sizeof *v);
    v->arena = arena_new();
    v->doubts = doubts;
    v->keep = keep == 0 ? UINT64_MAX : keep;
    v->reasons = names_new();
    return v;
}

void an_verify_free(struct an_verify *v)
{
    if (v == NULL)
        return;
    vec_free(&v->differences);
    vec_free(&v->reason_counts);
    names_free(v->reasons);
    arena_free(v->arena);
    free(v);
}

bool an_verify_dwarf(struct an_verify *v, struct dw *const *dws, size_t count, struct fault *fault)
{
    return an__verify_dies(v, dws, count, an__libdwarf_read, TIMEOUT, fault);
}

uint64_t an_verify_different(const struct an_verify *v)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < AN_CHECK_COUNT; i++)
        sum += v->different[i];
    return sum;
}

// ---------------------------------------------------------------------- the account

bool an__wants_difference(const struct an_verify *v)
{
    return v->differences.count < v->keep;
}

void an__different(struct an_verify *v, enum an__check check, const char *where, const char *what,
                   const char *ours, const char *theirs)
{
    v->different[check]++;
    if (!an__wants_difference(v))
        return;
    struct an__difference difference = {
        .where = arena_text(v->arena, slice_text(where)),
        .what = arena_text(v->arena, slice_text(what)),
        .ours = arena_text(v->arena, slice_text(ours)),
        .theirs = arena_text(v->arena, slice_text(theirs)),
    };
    vec_push(&v->differences, difference);
}

void an__skipped(struct an_verify *v, enum an__check check, uint64_t count, const char *reason)
{
    v->skipped[check] += count;
    if (count == 0)
        return;
    name_id id = names_intern_text(v->reasons, reason);
    while (v->reason_counts.count <= id)
        vec_push(&v->reason_counts, 0);
    v->reason_counts.items[id] += count;
}

// ----------------------------------------------------------------------- the report

static const struct rep_column count_columns[] = {
    {.name = "equal", .unit = REP_COUNT},
    {.name = "different", .unit = REP_COUNT},
    {.name = "not_compared", .title = "NOT COMPARED", .unit = REP_COUNT},
};

void an_verify_counts(const struct an_verify *v, struct arena *arena, struct rep_table *out)
{
    static const char *const names[] = {
#define X(id, name, one) name,
        AN_CHECKS(X)
#undef X
    };
    *out = (struct rep_table){.columns = count_columns, .column_count = COUNT_OF(count_columns)};
    rep_no_total(arena, out);
    out->total.rows = ARENA_ARRAY(arena, AN_CHECK_COUNT, struct rep_row);
    for (unsigned i = 0; i < AN_CHECK_COUNT; i++) {
        struct rep_row *row = &out->total.rows[out->total.row_count++];
        *row = (struct rep_row){.name = names[i], .dimension = "check"};
        row->values = ARENA_ARRAY(arena, COUNT_OF(count_columns), union rep_value);
        row->values[0].u = v->equal[i];
        row->values[1].u = v->different[i];
        row->values[2].u = v->skipped[i];
    }
}

static const struct rep_column difference_columns[] = {
    {.name = "what", .unit = REP_TEXT},
    {.name = "tare", .unit = REP_TEXT},
    {.name = "other", .title = "OTHER READER", .unit = REP_TEXT},
};

bool an_verify_differences(const struct an_verify *v, struct arena *arena, struct rep_table *out)
{
    size_t count = v->differences.count;
    uint64_t total = an_verify_different(v);
    *out = (struct rep_table){.name = "differences",
                              .title = "differences",
                              .columns = difference_columns,
                              .column_count = COUNT_OF(difference_columns)};
    if (total > count)
        out->title = arena_printf(arena, "the first %zu of %" PRIu64 " differences", count, total);
    out->total.values = ARENA_ARRAY(arena, COUNT_OF(difference_columns), union rep_value);
    out->total.rows = ARENA_ARRAY(arena, count, struct rep_row);
    out->total.row_count = count;
    for (size_t i = 0; i < count; i++) {
        const struct an__difference *d = &v->differences.items[i];
        struct rep_row *row = &out->total.rows[i];
        *row = (struct rep_row){.name = d->where, .dimension = "difference"};
        row->values = ARENA_ARRAY(arena, COUNT_OF(difference_columns), union rep_value);
        row->values[0].text = d->what;
        row->values[1].text = d->ours;
        row->values[2].text = d->theirs;
    }
    return count != 0;
}

size_t an_verify_notes(const struct an_verify *v, struct arena *arena, const char *const **out)
{
    size_t count = MIN(v->reason_counts.count, (size_t)REASONS_MAX), kept = 0;
    const char **notes = ARENA_ARRAY(arena, count, const char *);
    for (size_t i = 0; i < count; i++)
        if (v->reason_counts.items[i] != 0)
            notes[kept++] =
                arena_printf(arena, "not compared: %" PRIu64 ", %s", v->reason_counts.items[i],
                             names_text(v->reasons, (name_id)i));
    *out = notes;
    return kept;
}
