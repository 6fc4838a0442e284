// SPDX-License-Identifier: MIT
//
// Locality: on how many pages the data of a module lies, and on how few it could.
//
//   pages     |  a b b |  a   a |  b b b |      a: 2 pages, could lie on 1; b: 2 and 1
//
// Of a module count what it defines and what only it refers to. Objects come by address, so the pages of a
// module only ascend and each is counted once. An order for the linker moves objects within their section:
// the fewest pages are the sum over the sections. A page is dirty when the loader writes a relocated
// pointer into it: then it is each process's own.

#include "analyzers/graph_private.h"

enum { SIZE, PAGES, FEWEST, RATIO, DIRTY, COLUMNS };
static const struct rep_column columns[COLUMNS] = {
    {"size", NULL, REP_BYTES, true, true},     {"pages", NULL, REP_COUNT, false, false},
    {"fewest", NULL, REP_COUNT, false, false}, {"ratio", NULL, REP_PERMILLE, false, false},
    {"dirty", NULL, REP_COUNT, false, false},
};

struct module {
    uint64_t size, pages, fewest, dirty;
    uint64_t next; // the first page that was not counted yet
    uint64_t here; // bytes in the section being gone through
};

struct counting {
    const struct an_graph *graph;
    uint64_t page;          // bytes
    struct module *modules; // by module; 0: of none
    struct module all;
    VEC(uint32_t) here;      // modules with something in the section
    const uint64_t *written; // dirty pages, sorted
    size_t written_count;
};

static size_t written_before(const struct counting *c, uint64_t page)
{
    size_t low = 0, high = c->written_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c->written[middle] < page)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add(struct counting *c, struct module *module, const struct an__object *object)
{
    uint64_t first = object->addr / c->page, end = (object->addr + object->size - 1) / c->page + 1;
    first = MAX(first, module->next);
    module->size += object->size;
    module->here += object->size;
    if (first >= end)
        return;
    module->pages += end - first;
    module->dirty += written_before(c, end) - written_before(c, first);
    module->next = end;
}

static void end_section(struct counting *c)
{
    for (size_t i = 0; i < c->here.count; i++) {
        struct module *module = &c->modules[c->here.items[i]];
        module->fewest += (module->here + c->page - 1) / c->page;
        module->here = 0;
    }
    c->all.fewest += (c->all.here + c->page - 1) / c->page;
    c->all.here = 0;
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
            end_section(c);
        if (!an__graph_counts(graph, i))
            continue;
        uint32_t module = counts_for(graph, sets, users, i);
        if (c->modules[module].here == 0)
            vec_push(&c->here, module);
        add(c, &c->modules[module], &graph->objects[i]);
        add(c, &c->all, &graph->objects[i]);
    }
    end_section(c);
}

static uint64_t *dirty_pages(const struct an_graph *graph, uint64_t page, size_t *count)
{
    size_t n = graph->written.count;
    struct keyed *keys = mem_alloc(2 * (n + 1) * sizeof *keys);
    uint64_t *pages = mem_alloc((n + 1) * sizeof *pages);
    for (size_t i = 0; i < n; i++)
        keys[i] = (struct keyed){graph->written.items[i] / page, 0};
    sort_keyed(keys, keys + n, n);
    *count = 0;
    for (size_t i = 0; i < n; i++)
        if (*count == 0 || pages[*count - 1] != keys[i].key)
            pages[(*count)++] = keys[i].key;
    free(keys);
    return pages;
}

static struct rep_row make_row(const struct module *module, const char *name, struct arena *arena)
{
    union rep_value *values = ARENA_ARRAY(arena, COLUMNS, union rep_value);
    values[SIZE].u = module->size;
    values[PAGES].u = module->pages;
    uint64_t fewest = MIN(module->fewest, module->pages); // sections may share a page
    values[FEWEST].u = fewest;
    values[RATIO].u = fewest ? module->pages * 1000 / fewest : REP_NONE;
    values[DIRTY].u = module->dirty;
    return (struct rep_row){.name = name, .dimension = "module", .values = values};
}

void an_graph_pages(struct an_graph *graph, uint64_t page, const struct an_graph_options *options,
                    struct arena *arena, struct rep_table *out)
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
    struct counting c = {.graph = graph, .page = page};
    c.modules = mem_zalloc((size_t)most + 1, sizeof *c.modules);
    uint64_t *written = dirty_pages(graph, page, &c.written_count);
    c.written = written;
    count_all(&c, sets, users);
    struct rep_row *rows = ARENA_ARRAY(arena, (size_t)most + 1, struct rep_row);
    size_t count = 0;
    for (uint32_t m = 0; m <= most; m++) {
        const char *name = m ? an_modules_text(graph->modules, m) : "[of several modules or none]";
        if (c.modules[m].size != 0)
            rows[count++] = make_row(&c.modules[m], name, arena);
        if (c.modules[m].size != 0)
            rows[count - 1].faint = m == 0;
    }
    *out = (struct rep_table){.name = "pages", .columns = columns, .column_count = COLUMNS};
    out->total = make_row(&c.all, NULL, arena);
    out->total.rows = rows;
    out->total.row_count = count;
    rep_sort(out, PAGES, true);
    rep_trim(arena, out, options->keep);
    vec_free(&c.here);
    free(c.modules);
    free(written);
    free(colour);
    free(users);
    an__sets_free(sets);
}
