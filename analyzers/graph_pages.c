// SPDX-License-Identifier: MIT
//
// Locality: on how many pages the data and the code of a module lie, and on how few they could.
//
//   pages     |  a b b |  a   a |  b b b |      a: 2 pages, could lie on 1; b: 2 and 1
//
// Of a module count what it defines and what only it refers to. Objects come by address, so the pages of a
// module only ascend and each is counted once. An order for the linker moves objects within their section:
// the fewest pages are the sum over the sections.
//
// Dirty pages are each process's own, clean ones are shared by all. Pages of zeros (.bss) become dirty at
// their first use, and so do those with objects whose references are counted. What else a program writes is
// not known beforehand, and counts as clean.

#include <inttypes.h>

#include "analyzers/graph_private.h"

enum {
    SIZE,
    PAGES,
    FEWEST,
    RATIO,
    DIRTY,
    LATER,
    CODE,
    CODE_PAGES,
    CODE_FEWEST,
    CODE_RATIO,
    MEMORY
};
enum { COLUMNS = MEMORY + 1 };
static const struct rep_column columns[COLUMNS] = {
    [SIZE] = {"size", NULL, REP_BYTES, true, true},
    [PAGES] = {"pages", NULL, REP_COUNT, false, false},
    [FEWEST] = {"fewest", NULL, REP_COUNT, false, false},
    [RATIO] = {"ratio", NULL, REP_PERMILLE, false, false},
    [DIRTY] = {"dirty", NULL, REP_COUNT, false, false},
    [LATER] = {"first_use", "FIRST USE", REP_COUNT, false, false},
    [CODE] = {"code", NULL, REP_BYTES, true, false},
    [CODE_PAGES] = {"code_pages", "PAGES", REP_COUNT, false, false},
    [CODE_FEWEST] = {"code_fewest", "FEWEST", REP_COUNT, false, false},
    [CODE_RATIO] = {"code_ratio", "RATIO", REP_PERMILLE, false, false},
    [MEMORY] = {"memory", NULL, REP_BYTES, false, false},
};

// Pages of some objects, which come by address.
struct span {
    uint64_t size, pages, fewest, dirty, later;
    uint64_t next; // the first page that was not counted yet
    uint64_t here; // bytes in the section being gone through
};

enum { OF_DATA, OF_CODE, OF_BOTH, SPANS };
struct module {
    struct span spans[SPANS];
};

struct counting {
    const struct an_graph *graph;
    uint64_t page;          // bytes
    struct module *modules; // by module; 0: of none
    struct module all;
    VEC(uint32_t) here;           // modules with something in the section, some of them twice
    struct an__page_list dirty;   // at load
    struct an__page_list counted; // by counts of references
};

static void add_to(struct counting *c, struct span *span, const struct an__object *object,
                   bool zeros)
{
    uint64_t first = object->addr / c->page, end = (object->addr + object->size - 1) / c->page + 1;
    first = MAX(first, span->next);
    span->size += object->size;
    span->here += object->size;
    if (first >= end)
        return;
    uint64_t dirty = an__pages_before(&c->dirty, end) - an__pages_before(&c->dirty, first);
    span->pages += end - first;
    span->dirty += dirty;
    span->later += zeros
                       ? end - first - dirty
                       : an__pages_before(&c->counted, end) - an__pages_before(&c->counted, first);
    span->next = end;
}

static void add(struct counting *c, struct module *module, const struct an__object *object)
{
    const struct an__area *area = an__graph_area_at(&c->graph->areas, object->addr);
    bool zeros = area->content == LED_BSS;
    add_to(c, &module->spans[object->code ? OF_CODE : OF_DATA], object, zeros);
    add_to(c, &module->spans[OF_BOTH], object, zeros);
}

static void end_section(const struct counting *c, struct module *module)
{
    for (unsigned i = 0; i < SPANS; i++) {
        struct span *span = &module->spans[i];
        span->fewest += (span->here + c->page - 1) / c->page;
        span->here = 0;
    }
}

static void end_sections(struct counting *c)
{
    for (size_t i = 0; i < c->here.count; i++)
        end_section(c, &c->modules[c->here.items[i]]);
    end_section(c, &c->all);
    c->here.count = 0;
}

// The module an object counts for: its own, or the only one that refers to it; 0: none.
static uint32_t counts_for(const struct an_graph *graph, const struct an__sets *sets,
                           const uint32_t *users, uint32_t i)
{
    uint32_t count;
    const uint32_t *modules = an__sets_items(sets, users[i], &count);
    return count == 1 && graph->objects[i].by < AN__BY_PADDING ? modules[0] : 0;
}

static void count_all(struct counting *c, const struct an__sets *sets, const uint32_t *users)
{
    const struct an_graph *graph = c->graph;
    for (uint32_t i = 0; i < graph->count; i++) {
        if (i != 0 && graph->objects[i].section != graph->objects[i - 1].section)
            end_sections(c);
        uint32_t module = counts_for(graph, sets, users, i);
        if (c->modules[module].spans[OF_BOTH].here == 0)
            vec_push(&c->here, module);
        add(c, &c->modules[module], &graph->objects[i]);
        add(c, &c->all, &graph->objects[i]);
    }
    end_sections(c);
}

static uint64_t fewest_of(const struct span *span)
{
    return MIN(span->fewest, span->pages); // sections may share a page
}

static uint64_t ratio_of(const struct span *span)
{
    uint64_t fewest = fewest_of(span);
    return fewest ? span->pages * 1000 / fewest : REP_NONE;
}

// Bytes that `processes` of them take: clean pages are there once.
static uint64_t memory_of(const struct span *span, uint64_t page, uint64_t processes)
{
    uint64_t own = span->dirty + span->later, all, bytes;
    bool fits = mul_u64(own, processes, &all) && add_u64(all, span->pages - own, &all) &&
                mul_u64(all, page, &bytes);
    return fits ? bytes : REP_NONE;
}

static struct rep_row make_row(const struct module *module, const char *name,
                               const struct an_graph_page_options *pages, struct arena *arena)
{
    union rep_value *values = ARENA_ARRAY(arena, COLUMNS, union rep_value);
    const struct span *data = &module->spans[OF_DATA], *code = &module->spans[OF_CODE];
    values[SIZE].u = data->size;
    values[PAGES].u = data->pages;
    values[FEWEST].u = fewest_of(data);
    values[RATIO].u = ratio_of(data);
    values[DIRTY].u = data->dirty;
    values[LATER].u = data->later;
    values[CODE].u = code->size;
    values[CODE_PAGES].u = code->pages;
    values[CODE_FEWEST].u = fewest_of(code);
    values[CODE_RATIO].u = ratio_of(code);
    values[MEMORY].u = memory_of(&module->spans[OF_BOTH], pages->page, pages->processes);
    return (struct rep_row){.name = name, .dimension = "module", .values = values};
}

void an_graph_pages(struct an_graph *graph, const struct an_graph_page_options *pages,
                    const struct an_graph_options *options, struct arena *arena,
                    struct rep_table *out)
{
    size_t n = (size_t)graph->count + 1;
    uint32_t *colour = mem_zalloc(n, sizeof *colour), *users = mem_alloc(n * sizeof *users);
    uint32_t most = 0;
    struct an__sets *sets = an__sets_new();
    for (uint32_t i = 0; i < graph->count; i++) {
        colour[i] = graph->objects[i].module;
        most = MAX(most, colour[i]);
    }
    an__net_users(&graph->net, colour, sets, users);
    struct counting c = {.graph = graph, .page = pages->page};
    c.modules = mem_zalloc((size_t)most + 1, sizeof *c.modules);
    c.dirty = an__graph_dirty(graph, pages->page);
    c.counted = an__graph_counted(graph, pages->page, &c.dirty);
    count_all(&c, sets, users);
    struct rep_row *rows = ARENA_ARRAY(arena, (size_t)most + 1, struct rep_row);
    size_t count = 0;
    for (uint32_t m = 0; m <= most; m++) {
        const char *name = m ? an_modules_text(graph->modules, m) : "[of several modules or none]";
        if (c.modules[m].spans[OF_BOTH].size == 0)
            continue;
        rows[count] = make_row(&c.modules[m], name, pages, arena);
        rows[count++].faint = m == 0;
    }
    // Without --processes the last column is left out.
    size_t shown = pages->processes != 0 ? COLUMNS : MEMORY;
    *out = (struct rep_table){.name = "pages", .columns = columns, .column_count = shown};
    out->total = make_row(&c.all, NULL, pages, arena);
    out->total.rows = rows;
    out->total.row_count = count;
    rep_sort(out, PAGES, true);
    rep_trim(arena, out, options->keep);
    vec_free(&c.here);
    free(c.modules);
    free(c.dirty.items);
    free(c.counted.items);
    free(colour);
    free(users);
    an__sets_free(sets);
}

// ----------------------------------------------------------------------- in words

#define RANGES_TOLD 12

const char *an_graph_dirty_note(const struct an_graph *graph, uint64_t page, struct arena *arena)
{
    struct an__page_list dirty = an__graph_dirty(graph, page);
    struct buf text = {0};
    size_t ranges = 0;
    buf_printf(&text, "%zu pages are written at load%s", dirty.count, dirty.count ? ": " : "");
    for (size_t i = 0, end; i < dirty.count; i = end) {
        for (end = i + 1; end < dirty.count && dirty.items[end] == dirty.items[end - 1] + 1; end++)
            ;
        if (ranges < RANGES_TOLD)
            buf_printf(&text, "%s0x%" PRIx64 "-0x%" PRIx64, ranges ? ", " : "",
                       dirty.items[i] * page, (dirty.items[end - 1] + 1) * page);
        ranges++;
    }
    if (ranges > RANGES_TOLD)
        buf_printf(&text, " and %zu more places", ranges - RANGES_TOLD);
    const char *note = arena_text(arena, slice_of(text.data, text.size));
    buf_free(&text);
    free(dirty.items);
    return note;
}
