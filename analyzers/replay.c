// SPDX-License-Identifier: MIT
//
// A trace of allocations, played on the allocator of each build: how much memory the same sequence needs there, at its
// highest. Sizes are those of the trace; it is the allocator that differs.

#include <inttypes.h>
#include <stdlib.h>

#include "analyzers/replay_private.h"

struct object {
    uint64_t place, size;
};

static void take(struct an__heap *heap, struct object *object, uint64_t size)
{
    object->size = size;
    if (size != 0)
        object->place = an__heap_take(heap, size);
}

static void resize(struct an__heap *heap, struct object *object, uint64_t size)
{
    if (object->size == 0) {
        take(heap, object, size);
        return;
    }
    if (size == 0)
        an__heap_give(heap, object->place, object->size);
    else
        object->place = an__heap_resize(heap, object->place, object->size, size);
    object->size = size;
}

struct an__played an__play(const struct cfg_trace *trace, const struct an__store *store)
{
    struct object *objects = mem_zalloc(trace->object_count, sizeof *objects);
    struct an__heap *heap = an__heap_new(store);
    struct an__played p = {0};
    for (size_t i = 0; i < trace->count; i++) {
        const struct cfg_event *event = &trace->events[i];
        struct object *object = &objects[event->object];
        p.asked -= object->size;
        p.held -= an__held(store, object->size);
        resize(heap, object, event->what == 'f' ? 0 : event->size);
        p.asked += object->size;
        p.held += an__held(store, object->size);
        p.heap = an__heap_size(heap);
        p.peak_asked = MAX(p.peak_asked, p.asked);
        p.peak_held = MAX(p.peak_held, p.held);
        p.peak_heap = MAX(p.peak_heap, p.heap);
    }
    an__heap_free(heap);
    free(objects);
    return p;
}

enum { ALLOCATOR, ASKED, HELD, HEAP, LOSS, END_ASKED, END_HEAP, COLUMNS };

static const struct rep_column columns[COLUMNS] = {
    [ALLOCATOR] = {"allocator", NULL, REP_TEXT, false, false},
    [ASKED] = {"peak_asked", "PEAK ASKED", REP_BYTES, false, false},
    [HELD] = {"peak_held", "PEAK HELD", REP_BYTES, false, false},
    [HEAP] = {"peak_heap", "PEAK HEAP", REP_BYTES, false, false},
    [LOSS] = {"loss", "HEAP / ASKED", REP_PERMILLE, false, false},
    [END_ASKED] = {"end_asked", "ASKED AT END", REP_BYTES, false, false},
    [END_HEAP] = {"end_heap", "HEAP AT END", REP_BYTES, false, false},
};

void an_replay(const struct cfg_trace *trace, struct an_model *const *models, size_t count,
               struct arena *arena, struct rep_table *out)
{
    struct rep_row *rows = ARENA_ARRAY(arena, count, struct rep_row);
    for (size_t i = 0; i < count; i++) {
        struct an__played p = an__play(trace, &models[i]->objects);
        union rep_value *v = ARENA_ARRAY(arena, COLUMNS, union rep_value);
        v[ALLOCATOR].text = models[i]->objects.allocator->name;
        v[ASKED].u = p.peak_asked;
        v[HELD].u = p.peak_held;
        v[HEAP].u = p.peak_heap;
        v[LOSS].i = p.peak_asked == 0 ? (int64_t)REP_NONE
                                      : (int64_t)((__uint128_t)p.peak_heap * 1000 / p.peak_asked);
        v[END_ASKED].u = p.asked;
        v[END_HEAP].u = p.heap;
        rows[i] =
            (struct rep_row){.name = models[i]->input.name, .dimension = "build", .values = v};
    }
    *out = (struct rep_table){.names = "BUILD", .columns = columns, .column_count = COLUMNS};
    out->total.rows = rows;
    out->total.row_count = count;
    rep_no_total(arena, out);
}

size_t an_replay_notes(const struct cfg_trace *trace, struct an_model *const *models, size_t count,
                       struct arena *arena, const char *const **notes)
{
    const char **lines = ARENA_ARRAY(arena, count, const char *);
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (models[i]->word != trace->word)
            lines[used++] = arena_printf(arena,
                                         "%s has words of %u bytes, the machine of the trace %u: "
                                         "objects have other sizes there",
                                         models[i]->input.name, models[i]->word, trace->word);
    *notes = lines;
    return used;
}
