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
// The rest is the program's doing. Of that one thing is known: who uses an object whose references are
// counted writes into it, unless its count says that it never dies.

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

static bool is_in(const struct an__page_list *list, uint64_t page)
{
    size_t at = an__pages_before(list, page);
    return at < list->count && list->items[at] == page;
}

// The distinct pages of places, ascending, without those in `known` (may be NULL).
static struct an__page_list pages_of(const an__address_list *places, uint64_t page,
                                     const struct an__page_list *known)
{
    size_t n = places->count;
    struct an__page_list list = {mem_alloc((n + 1) * sizeof *list.items), 0};
    struct keyed *keys = mem_alloc(2 * (n + 1) * sizeof *keys);
    for (size_t i = 0; i < n; i++)
        keys[i] = (struct keyed){places->items[i] / page, 0};
    sort_keyed(keys, keys + n, n);
    for (size_t i = 0; i < n; i++) {
        bool again = i != 0 && keys[i].key == keys[i - 1].key;
        if (!again && (known == NULL || !is_in(known, keys[i].key)))
            list.items[list.count++] = keys[i].key;
    }
    free(keys);
    return list;
}

struct an__page_list an__graph_dirty(const struct an_graph *graph, uint64_t page)
{
    an__address_list places = {0};
    for (size_t i = 0; i < graph->written.count; i++)
        vec_push(&places, graph->written.items[i]);
    if (!graph->firmware && img_info(graph->img)->type != ET_REL)
        add_startup(graph, page, &places);
    struct an__page_list list = pages_of(&places, page, NULL);
    vec_free(&places);
    return list;
}

// ------------------------------------------------------------------ counts of references

struct counts {
    const struct an_graph *graph;
    const struct an__object *object; // being looked at
    uint64_t immortal;               // counts from here on are not written
    an__address_list places;
};

static void add_count(void *context, uint64_t offset)
{
    struct counts *c = context;
    uint64_t count;
    if (an__graph_word(c->graph->img, c->object->addr + offset, &count) &&
        (uint32_t)count < c->immortal)
        vec_push(&c->places, c->object->addr + offset);
}

static void find_members(struct counts *c, struct slice name)
{
    struct dw_shapes *shapes = dw_shapes_new(c->graph->dw);
    dw_shapes_watch(shapes, name);
    size_t count;
    const struct img_section *sections = img_sections(c->graph->img, &count);
    for (uint32_t i = 0; i < c->graph->count; i++) {
        c->object = &c->graph->objects[i];
        bool writable = sections[c->object->section].flags & SHF_WRITE;
        if (c->object->type != DW_NO_REF && !c->object->code && writable)
            dw_shapes_watched(shapes, c->object->type, c->object->size, add_count, c);
    }
    dw_shapes_free(shapes);
}

static void find_counts(struct counts *c, const struct cfg_header *header)
{
    c->immortal = header->immortal != 0 ? header->immortal : UINT64_MAX;
    for (struct slice rest = slice_text(header->count); rest.size != 0;)
        find_members(c, slice_cut(&rest, ','));
}

void an__profiles_read(an__profile_list *out)
{
    const char *name, *text;
    const struct cfg_profile *profile;
    struct fault ignored = {0};
    for (size_t i = 0; (text = an_profile_text(i, &name)) != NULL; i++)
        if (cfg_profile_load_text(&profile, slice_text(text), name, &ignored))
            vec_push(out, profile);
}

void an__profiles_free(an__profile_list *profiles)
{
    for (size_t i = 0; i < profiles->count; i++)
        cfg_profile_free(profiles->items[i]);
    vec_free(profiles);
}

bool an__profile_is_for(const struct cfg_profile *profile, const struct names *types)
{
    for (size_t i = 0; i < profile->recognise_count; i++)
        if (names_find(types, slice_text(profile->recognise[i])) != 0)
            return true;
    return false;
}

struct names *an__type_names(struct dw_shapes *shapes, const struct an__object *objects,
                             size_t count)
{
    struct names *types = names_new();
    for (size_t i = 0; shapes != NULL && i < count; i++)
        if (objects[i].type != DW_NO_REF)
            names_intern_text(types, dw_shapes_name(shapes, objects[i].type));
    return types;
}

struct an__page_list an__graph_counted(const struct an_graph *graph, uint64_t page,
                                       const struct an__page_list *dirty)
{
    struct counts c = {.graph = graph};
    struct names *types = an__type_names(graph->shapes, graph->objects, graph->count);
    for (size_t i = 0; i < graph->profiles.count; i++) {
        const struct cfg_profile *profile = graph->profiles.items[i];
        for (size_t h = 0; h < profile->header_count && an__profile_is_for(profile, types); h++)
            find_counts(&c, &profile->headers[h]);
    }
    struct an__page_list list = pages_of(&c.places, page, dirty);
    names_free(types);
    vec_free(&c.places);
    return list;
}
