// SPDX-License-Identifier: MIT
//
// Which pages of a program become each process's own, and when.
//
// At load, the loader writes:
//
//   relocated pointers; a word of the GOT is one of them
//   into the table of dynamic entries, where its own tables are (DT_DEBUG, in programs)
//   the first words of a PLT that binds late: who binds, and for whom
//   zeros behind the last byte of the file, up to the end of that page
//
// The rest is the program's doing.

#include <elf.h>

#include "analyzers/graph_private.h"

// An entry of the table of dynamic entries.
struct dynamic {
    uint64_t tag, value, place; // place of the value
};

static struct dynamic next_dynamic(struct cur *c, unsigned word, uint64_t addr)
{
    struct dynamic d;
    d.tag = cur_uint(c, word);
    d.place = addr + cur_offset(c);
    d.value = cur_uint(c, word);
    return d;
}

static void add_dynamic(const struct an_graph *graph, const struct img_segment *segment,
                        an__address_list *places)
{
    const struct img_info *info = img_info(graph->img);
    unsigned word = info->address_size;
    uint64_t got = 0;
    bool late = true, plt = false;
    struct slice bytes;
    if (!img_bytes_at(graph->img, segment->addr, segment->file_size, &bytes))
        return;
    struct cur c = cur_make(bytes, info->big_endian);
    while (cur_left(&c) >= 2 * (size_t)word) {
        struct dynamic d = next_dynamic(&c, word, segment->addr);
        if (d.tag == DT_NULL)
            break;
        if (d.tag == DT_DEBUG)
            vec_push(places, d.place);
        plt |= d.tag == DT_JMPREL;
        got = d.tag == DT_PLTGOT ? d.value : got;
        late &= d.tag != DT_BIND_NOW && !(d.tag == DT_FLAGS && (d.value & DF_BIND_NOW)) &&
                !(d.tag == DT_FLAGS_1 && (d.value & DF_1_NOW));
    }
    if (plt && late && got != 0) {
        vec_push(places, got + word);
        vec_push(places, got + 2 * word);
    }
}

// `page`: bytes the file is mapped by.
static void add_startup(const struct an_graph *graph, uint64_t page, an__address_list *places)
{
    size_t count;
    const struct img_segment *segments = img_segments(graph->img, &count);
    for (size_t i = 0; i < count; i++) {
        const struct img_segment *s = &segments[i];
        uint64_t end = s->addr + s->file_size;
        if (s->type == PT_LOAD && (s->flags & PF_W) && s->size > s->file_size && end % page != 0)
            vec_push(places, end);
        if (s->type == PT_DYNAMIC)
            add_dynamic(graph, s, places);
    }
}

struct an__page_list an__graph_dirty(const struct an_graph *graph, uint64_t page)
{
    an__address_list places = {0};
    struct an__page_list list = {0};
    for (size_t i = 0; i < graph->written.count; i++)
        vec_push(&places, graph->written.items[i]);
    if (!graph->firmware && img_info(graph->img)->type != ET_REL)
        add_startup(graph, page, &places);
    list.items = mem_alloc((places.count + 1) * sizeof *list.items);
    struct keyed *keys = mem_alloc(2 * (places.count + 1) * sizeof *keys);
    for (size_t i = 0; i < places.count; i++)
        keys[i] = (struct keyed){places.items[i] / page, 0};
    sort_keyed(keys, keys + places.count, places.count);
    for (size_t i = 0; i < places.count; i++)
        if (list.count == 0 || list.items[list.count - 1] != keys[i].key)
            list.items[list.count++] = keys[i].key;
    free(keys);
    vec_free(&places);
    return list;
}

size_t an__pages_before(const struct an__page_list *list, uint64_t page)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list->items[middle] < page)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
