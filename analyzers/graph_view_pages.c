// SPDX-License-Identifier: MIT
//
// Whose bytes lie on which page, for the viewer. Objects come by address, so the pages do, and only the
// page being filled is at hand: bytes by group, and which groups have any.

#include "analyzers/graph_view_private.h"

#define PAGES_MAX 8192

struct filling {
    uint64_t page;   // bytes
    uint64_t number; // of the page being filled
    uint64_t *here;  // bytes by group
    uint32_t section;
    uint64_t most; // bytes of `section`, the longest run of one on the page
    bool zeros;    // the page begins with zeros that no file holds
    VEC(uint32_t) touched;
    VEC(struct rep_page) pages;
    VEC(struct rep_page_share) shares;
};

static uint64_t count_pages(const struct an_graph *graph, uint64_t page)
{
    uint64_t count = 0;
    for (size_t i = 0; i < graph->areas.count; i++) {
        const struct an__area *area = &graph->areas.items[i];
        if (area->content != LED_CODE)
            count += (area->end - 1) / page - area->start / page + 1;
    }
    return count;
}

static void end_page(struct filling *f)
{
    struct rep_page page = {.addr = f->number * f->page,
                            .section = f->section,
                            .first_use = f->zeros,
                            .first_share = f->shares.count,
                            .share_count = f->touched.count};
    if (f->touched.count == 0)
        return;
    for (size_t i = 0; i < f->touched.count; i++) {
        uint32_t group = f->touched.items[i];
        vec_push(&f->shares, ((struct rep_page_share){group, f->here[group]}));
        f->here[group] = 0;
    }
    vec_push(&f->pages, page);
    f->touched.count = 0;
    f->most = 0;
}

static void add_object(struct filling *f, const struct an__object *object, uint32_t group,
                       uint32_t section, bool zeros)
{
    uint64_t end = object->addr + object->size;
    for (uint64_t at = object->addr; at < end;) {
        uint64_t number = at / f->page, size = MIN(end - at, f->page - at % f->page);
        if (number != f->number)
            end_page(f);
        f->number = number;
        f->zeros = f->touched.count == 0 ? zeros : f->zeros;
        if (f->here[group] == 0)
            vec_push(&f->touched, group);
        f->here[group] += size;
        f->section = size > f->most ? section : f->section;
        f->most = MAX(f->most, size);
        at += size;
    }
}

static bool is_listed(const struct an__page_list *list, uint64_t number)
{
    size_t at = an__pages_before(list, number);
    return at < list->count && list->items[at] == number;
}

static void mark_written(const struct an_graph *graph, struct filling *f)
{
    struct an__page_list dirty = an__graph_dirty(graph, f->page);
    struct an__page_list counted = an__graph_counted(graph, f->page, &dirty);
    for (size_t i = 0; i < f->pages.count; i++) {
        struct rep_page *page = &f->pages.items[i];
        page->dirty = is_listed(&dirty, page->addr / f->page);
        page->first_use |= is_listed(&counted, page->addr / f->page);
        page->first_use &= !page->dirty;
    }
    free(dirty.items);
    free(counted.items);
}

void an__view_pages(const struct an_graph *graph, uint64_t page, const uint32_t *group,
                    const uint32_t *section, struct arena *arena, struct rep_graph *out)
{
    while (count_pages(graph, page) > MAX((size_t)PAGES_MAX, 2 * graph->areas.count))
        page *= 2;
    struct filling f = {.page = page, .here = mem_zalloc(out->group_count, sizeof *f.here)};
    for (uint32_t i = 0; i < graph->count; i++) {
        const struct an__object *object = &graph->objects[i];
        if (!an__graph_counts(graph, i))
            continue;
        bool zeros = an__graph_area_at(&graph->areas, object->addr)->content == LED_BSS;
        add_object(&f, object, group[i], section[object->section], zeros);
    }
    end_page(&f);
    mark_written(graph, &f);
    out->page_size = page;
    out->pages = arena_copy(arena, f.pages.items, f.pages.count * sizeof *f.pages.items);
    out->page_count = f.pages.count;
    out->shares = arena_copy(arena, f.shares.items, f.shares.count * sizeof *f.shares.items);
    out->share_count = f.shares.count;
    free(f.here);
    vec_free(&f.touched);
    vec_free(&f.pages);
    vec_free(&f.shares);
}
