// SPDX-License-Identifier: MIT
//
// The object graph for the viewer. A page that is to be opened in a browser cannot hold a million
// objects, so those that retain most are shown, with all that holds them, and the functions that refer
// to them; the others are summed up beside what holds them. The account closes: shown and left out
// together are the bytes of the table by module.
//
//   dominators   root ── main ── table ── a, b, c, d        shown   main ── table ── a, b
//                                                            rest    {holder: table, 2 objects}
//
// Functions do not count; they are there for what they refer to. What a function alone retains hangs
// below it, and what nothing else holds lies in its group: the module that defines it, or, for what has
// no module, the one that alone refers to it.

#include "analyzers/graph_view_private.h"

#define FUNCTIONS_MAX  50000               // beside those that hold what is shown
#define REFERENCES_MAX 1000000             // in all
#define CONTENT_MAX    1024                // bytes of one object
#define BYTES_MAX      ((uint64_t)8 << 20) // of all

struct viewing {
    struct an_graph *graph;
    const struct an_graph_options *options;
    struct arena *arena;
    uint32_t *group;   // of every object
    uint32_t *number;  // of every object, in the view; AN__NO_NODE: left out
    uint32_t *section; // by number in the image: in the view
    uint32_t *of;      // of every object in the view, in the graph
    bool *shown;
    struct rep_graph *out;
};

// -------------------------------------------------------------------------- groups

static const char *group_name(const struct an_graph *graph, struct an__sets *sets, uint32_t users,
                              uint32_t object)
{
    uint32_t count;
    const uint32_t *modules = an__sets_items(sets, users, &count);
    bool guest = graph->objects[object].module == 0 && graph->objects[object].by < AN__BY_PADDING;
    if (!guest || count == 0)
        return an__graph_module(graph, object);
    return count == 1 ? an_modules_text(graph->modules, modules[0]) : "[of several modules]";
}

static void find_groups(struct viewing *v)
{
    const struct an_graph *graph = v->graph;
    size_t n = (size_t)graph->count + 1;
    uint32_t *colour = mem_zalloc(n, sizeof *colour), *users = mem_alloc(n * sizeof *users);
    struct an__sets *sets = an__sets_new();
    struct names *names = names_new(); // the empty text, 0, is the first group
    for (uint32_t i = 0; i < graph->count; i++)
        colour[i] = graph->objects[i].module;
    an__net_users(&graph->net, colour, sets, users);
    for (uint32_t i = 0; i < graph->count; i++)
        v->group[i] = names_intern_text(names, group_name(graph, sets, users[i], i));
    uint32_t count = names_count(names);
    const char **texts = ARENA_ARRAY(v->arena, count, const char *);
    for (uint32_t g = 0; g < count; g++)
        texts[g] = arena_text(v->arena, names_slice(names, g));
    v->out->groups = texts;
    v->out->group_count = count;
    names_free(names);
    an__sets_free(sets);
    free(colour);
    free(users);
}

// -------------------------------------------------------------------- what is shown

// Those that retain most, and of equals those that hold others first: with an object all objects that
// dominate it.
static void show_objects(struct viewing *v)
{
    const struct an_graph *graph = v->graph;
    struct keyed *items = mem_alloc(2 * ((size_t)graph->count + 1) * sizeof *items);
    size_t count = 0;
    for (uint32_t k = 0; k < graph->reached; k++)
        if (an__graph_is_object(graph, graph->order[k]))
            items[count++] = (struct keyed){~graph->retained[graph->order[k]], graph->order[k]};
    for (uint32_t i = 0; i < graph->count; i++)
        if (an__graph_is_object(graph, i) && graph->dominator[i] == AN__NO_NODE)
            items[count++] = (struct keyed){~graph->retained[i], i};
    sort_keyed(items, items + count, count);
    size_t kept = v->options->keep ? MIN(count, v->options->keep) : count;
    for (size_t i = 0; i < kept; i++)
        v->shown[items[i].value] = true;
    v->out->left_out = count - kept;
    free(items);
}

// Whether an edge of `net` leads from a node to data that is shown.
static bool leads_to_shown(const struct viewing *v, const struct an__net *net, uint32_t node)
{
    for (uint32_t e = net->first[node]; e < net->first[node + 1]; e++) {
        uint32_t to = net->to[e];
        if (to != v->graph->count && v->shown[to] && !v->graph->objects[to].code)
            return true;
    }
    return false;
}

// Those that hold what is shown, refer to it, or that it refers to.
static void show_functions(struct viewing *v)
{
    const struct an_graph *graph = v->graph;
    for (uint32_t i = 0; i < graph->count; i++) {
        if (!v->shown[i] || graph->objects[i].code)
            continue;
        uint32_t up = graph->dominator[i];
        for (; up != AN__NO_NODE && up != graph->count && !v->shown[up]; up = graph->dominator[up])
            v->shown[up] = true;
    }
    size_t count = 0;
    for (uint32_t i = 0; i < graph->count && count < FUNCTIONS_MAX; i++) {
        if (!graph->objects[i].code || v->shown[i])
            continue;
        if (!leads_to_shown(v, &graph->net, i) && !leads_to_shown(v, &graph->users, i))
            continue;
        v->shown[i] = true;
        count++;
    }
}

static void number_sections(struct viewing *v)
{
    size_t count;
    const struct img_section *sections = img_sections(v->graph->img, &count);
    struct rep_graph_section *out = ARENA_ARRAY(v->arena, count, struct rep_graph_section);
    v->section = ARENA_ARRAY(v->arena, count, uint32_t);
    bool *used = mem_zalloc(count + 1, sizeof *used);
    for (uint32_t i = 0; i < v->graph->count; i++)
        used[v->graph->objects[i].section] = true;
    for (size_t s = 0; s < count; s++) {
        if (!used[s])
            continue;
        v->section[s] = (uint32_t)v->out->section_count;
        out[v->out->section_count++] =
            (struct rep_graph_section){sections[s].name, sections[s].addr};
    }
    v->out->sections = out;
    free(used);
}

// ------------------------------------------------------------------------- objects

static uint8_t flags_of(const struct an_graph *graph, uint32_t i)
{
    const struct an__object *object = &graph->objects[i];
    return (uint8_t)((object->code ? REP_OBJECT_CODE : 0) |
                     (object->exported ? REP_OBJECT_EXPORTED : 0) |
                     (graph->dominator[i] == AN__NO_NODE ? REP_OBJECT_LOST : 0) |
                     (object->module == 0 ? REP_OBJECT_GUEST : 0) |
                     (object->by == AN__BY_STRING ? REP_OBJECT_TEXT : 0));
}

// What debug information says; without it, at least what others call it.
static uint32_t type_of(const struct an_graph *graph, struct an__shapes *shapes, uint32_t i)
{
    if (graph->objects[i].code)
        return 0;
    if (graph->objects[i].type != DW_NO_REF)
        return an__shapes_of(shapes, graph->objects[i].type);
    const char *name = an__graph_type(graph, i);
    return name[0] == '[' ? 0 : an__shapes_named(shapes, name);
}

static struct rep_object make_object(const struct viewing *v, struct an__shapes *shapes, uint32_t i)
{
    size_t count;
    const struct an_graph *graph = v->graph;
    const struct an__object *object = &graph->objects[i];
    const struct img_section *section = &img_sections(graph->img, &count)[object->section];
    uint32_t holder = graph->dominator[i];
    bool held = holder != AN__NO_NODE && holder != graph->count;
    const char *name = an__graph_name(graph, i, v->arena);
    return (struct rep_object){
        .name = v->options->shown ? v->options->shown(v->options->shown_context, name) : name,
        .offset = object->addr - section->addr,
        .size = object->size,
        .retained = graph->retained[i],
        .section = v->section[object->section],
        .group = v->group[i],
        .type = type_of(graph, shapes, i),
        .holder = held ? v->number[holder] : REP_NO_OBJECT,
        .users = an__graph_user_count(graph, i),
        .by = object->by,
        .flags = flags_of(graph, i)};
}

static void make_objects(struct viewing *v)
{
    const struct an_graph *graph = v->graph;
    struct rep_object *objects = ARENA_ARRAY(v->arena, graph->count, struct rep_object);
    struct an__shapes *shapes = an__shapes_new(graph->shapes, v->arena);
    for (uint32_t i = 0; i < graph->count; i++) {
        v->number[i] = v->shown[i] ? (uint32_t)v->out->object_count++ : AN__NO_NODE;
        if (v->shown[i])
            v->of[v->number[i]] = i;
    }
    for (uint32_t n = 0; n < v->out->object_count; n++)
        objects[n] = make_object(v, shapes, v->of[n]);
    an__shapes_finish(shapes, v->out);
    an__shapes_free(shapes);
    v->out->objects = objects;
}

// ------------------------------------------------------------------------- the rest

// Of what is left out, the nearest that holds it and is shown, by a walk from the root; what has none
// counts for the group of the outermost.
static void sum_rests(struct viewing *v)
{
    const struct an_graph *graph = v->graph;
    size_t slots = v->out->object_count + v->out->group_count;
    struct rep_rest *sums = mem_zalloc(slots + 1, sizeof *sums);
    uint32_t *slot = mem_alloc(((size_t)graph->count + 1) * sizeof *slot);
    for (uint32_t i = 0; i < graph->count; i++)
        slot[i] = (uint32_t)v->out->object_count + v->group[i];
    for (uint32_t k = 0; k < graph->reached; k++) {
        uint32_t i = graph->order[k], up = i == graph->count ? i : graph->dominator[i];
        if (up != graph->count && up != AN__NO_NODE)
            slot[i] = v->shown[up] ? v->number[up] : slot[up];
    }
    for (uint32_t i = 0; i < graph->count; i++) {
        if (v->shown[i] || !an__graph_counts(graph, i))
            continue;
        sums[slot[i]].count++;
        sums[slot[i]].size += graph->objects[i].size;
    }
    struct rep_rest *rests = ARENA_ARRAY(v->arena, slots, struct rep_rest);
    for (uint32_t s = 0; s < slots; s++) {
        bool held = s < v->out->object_count;
        sums[s].holder = held ? s : REP_NO_OBJECT;
        sums[s].group = held ? v->out->objects[s].group : s - (uint32_t)v->out->object_count;
        if (sums[s].count != 0)
            rests[v->out->rest_count++] = sums[s];
    }
    v->out->rests = rests;
    free(sums);
    free(slot);
}

static void check_account(const struct viewing *v)
{
    uint64_t total = 0, shown = 0;
    for (uint32_t i = 0; i < v->graph->count; i++)
        total += an__graph_counts(v->graph, i) ? v->graph->objects[i].size : 0;
    for (size_t n = 0; n < v->out->object_count; n++)
        shown += v->out->objects[n].flags & REP_OBJECT_CODE ? 0 : v->out->objects[n].size;
    for (size_t r = 0; r < v->out->rest_count; r++)
        shown += v->out->rests[r].size;
    ASSERT(shown == total);
    v->out->total = total;
}

// ----------------------------------------------------------------------- references

typedef VEC(struct rep_reference) reference_list;

static void add_reference(struct viewing *v, reference_list *list, struct rep_reference reference)
{
    bool there = reference.to != AN__NO_NODE;
    if (there && list->count < REFERENCES_MAX)
        vec_push(list, reference);
    else
        v->out->references_left++;
}

// What functions refer to is known by the function.
static void add_of_function(struct viewing *v, reference_list *list, uint32_t i)
{
    const struct an__net *net = &v->graph->net;
    for (uint32_t e = net->first[i]; e < net->first[i + 1]; e++)
        if (!v->graph->objects[net->to[e]].code)
            add_reference(v, list,
                          (struct rep_reference){.from = v->number[i],
                                                 .to = v->number[net->to[e]],
                                                 .how = v->graph->how[e]});
}

// Links lie by place: `at` is the first that is not before the object.
static void add_of_data(struct viewing *v, reference_list *list, uint32_t i, size_t *at)
{
    const struct an_graph *graph = v->graph;
    const struct an__object *object = &graph->objects[i];
    while (*at < graph->link_count && graph->links[*at].place < object->addr)
        ++*at;
    for (; *at < graph->link_count && graph->links[*at].place - object->addr < object->size;
         ++*at) {
        const struct an__link *link = &graph->links[*at];
        uint32_t to = an__graph_at(graph, link->target);
        if (to == AN__NO_NODE)
            continue;
        struct rep_reference reference = {.from = v->number[i],
                                          .to = v->number[to],
                                          .place = link->place - object->addr,
                                          .into = link->target - graph->starts[to],
                                          .how = link->how};
        bool again = list->count != 0 && list->items[list->count - 1].from == reference.from &&
                     list->items[list->count - 1].place == reference.place;
        if (!again) // the same word by another evidence
            add_reference(v, list, reference);
    }
}

static int compare_imports(const void *left, const void *right)
{
    const struct an__import *a = left, *b = right;
    return a->place < b->place ? -1 : a->place > b->place;
}

static void add_imports(struct viewing *v, reference_list *list, uint32_t i, size_t *at)
{
    const struct an_graph *graph = v->graph;
    const struct an__object *object = &graph->objects[i];
    const struct an__import *imports = graph->imports.items;
    while (*at < graph->imports.count && imports[*at].place < object->addr)
        ++*at;
    for (; *at < graph->imports.count && imports[*at].place - object->addr < object->size; ++*at)
        add_reference(v, list,
                      (struct rep_reference){.from = v->number[i],
                                             .to = REP_OUTSIDE,
                                             .place = imports[*at].place - object->addr,
                                             .name = imports[*at].name,
                                             .how = AN_LINK_RELOCATION});
}

static void make_references(struct viewing *v)
{
    reference_list list = {0};
    size_t link = 0, import = 0;
    if (v->graph->imports.count > 1)
        qsort(v->graph->imports.items, v->graph->imports.count, sizeof *v->graph->imports.items,
              compare_imports);
    for (uint32_t n = 0; n < v->out->object_count; n++) {
        uint32_t i = v->of[n];
        if (v->graph->objects[i].code) {
            add_of_function(v, &list, i);
            continue;
        }
        add_of_data(v, &list, i, &link);
        add_imports(v, &list, i, &import);
    }
    v->out->references = arena_copy(v->arena, list.items, list.count * sizeof *list.items);
    v->out->reference_count = list.count;
    vec_free(&list);
}

// ------------------------------------------------------------------------- content

static uint64_t content_size(const struct viewing *v, uint32_t n, uint64_t limit,
                             struct slice *bytes)
{
    const struct an__object *object = &v->graph->objects[v->of[n]];
    uint64_t size = MIN(object->size, limit);
    bool there = !object->code && img_bytes_at(v->graph->img, object->addr, size, bytes);
    return there ? size : 0;
}

// Every object gives the beginning of its content, shorter ones where they are too many.
static void copy_content(struct viewing *v, struct rep_object *objects)
{
    uint64_t limit = CONTENT_MAX, total;
    struct slice bytes;
    do {
        total = 0;
        for (uint32_t n = 0; n < v->out->object_count; n++)
            total += content_size(v, n, limit, &bytes);
    } while (total > BYTES_MAX && (limit /= 2) > 8);
    struct buf all = {0};
    for (uint32_t n = 0; n < v->out->object_count; n++) {
        objects[n].stored = (uint32_t)content_size(v, n, limit, &bytes);
        if (objects[n].stored != 0)
            buf_bytes(&all, bytes.data, objects[n].stored);
    }
    v->out->bytes = slice_of(arena_copy(v->arena, all.data, all.size), all.size);
    buf_free(&all);
}

// ------------------------------------------------------------------------ the view

static void name_evidence(struct viewing *v)
{
    const char **by = ARENA_ARRAY(v->arena, AN__BY_COUNT, const char *);
    for (uint8_t i = 0; i < AN__BY_COUNT; i++)
        by[i] = an__graph_by(i);
    v->out->evidence = by;
    v->out->evidence_count = AN__BY_COUNT;
    v->out->links = an__graph_link_names();
    v->out->link_count = AN_LINK_COUNT;
}

void an_graph_view(struct an_graph *graph, uint64_t page, const struct an_graph_options *options,
                   struct arena *arena, struct rep_graph *out)
{
    struct viewing v = {.graph = graph, .options = options, .arena = arena, .out = out};
    *out = (struct rep_graph){.address_size = img_info(graph->img)->address_size,
                              .big_endian = img_info(graph->img)->big_endian};
    v.group = ARENA_ARRAY(arena, (size_t)graph->count + 1, uint32_t);
    v.number = ARENA_ARRAY(arena, (size_t)graph->count + 1, uint32_t);
    v.of = ARENA_ARRAY(arena, (size_t)graph->count + 1, uint32_t);
    v.shown = ARENA_ARRAY(arena, (size_t)graph->count + 1, bool);
    an__graph_dominate(graph);
    find_groups(&v);
    show_objects(&v);
    show_functions(&v);
    number_sections(&v);
    make_objects(&v);
    sum_rests(&v);
    check_account(&v);
    make_references(&v);
    copy_content(&v, (struct rep_object *)out->objects);
    name_evidence(&v);
    an__view_pages(graph, page, v.group, v.section, arena, out);
}
