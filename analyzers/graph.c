// SPDX-License-Identifier: MIT
//
// The object graph: objects and links made into one graph, with its roots and modules.
//
//   named objects ──> typed links ─┐
//   relocations, code ─────────────┴─> targets ──> objects that tile ──> edges
//
// Roots. What refers to data without being data is code; every function is kept, so each is a root,
// and so is what other programs may refer to. Where nobody read the code, whatever has a name counts
// as referred to by the code of its module: what it retains is then a lower bound. Padding and what is
// nobody's are roots too: where they come from is not known, so nothing they point to leaves alone.
// Where code counts, a function is a root only where a program is entered: at its start, by the loader,
// by other programs; the rest is kept by what refers to it.

#include <stdlib.h>

#include "analyzers/graph_private.h"
#include "analyzers/graph_rpython.h"

#define NODES_MAX (UINT32_MAX - 2)

// -------------------------------------------------------------------------- lookup

uint32_t an__graph_at(const struct an_graph *graph, uint64_t addr)
{
    uint32_t low = 0, high = graph->count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (graph->starts[middle] <= addr)
            low = middle;
        else
            high = middle;
    }
    bool inside = low < graph->count && addr - graph->starts[low] < graph->objects[low].size;
    return inside ? low : AN__NO_NODE;
}

uint32_t an__graph_near(const struct an_graph *graph, uint64_t addr, uint32_t *hint)
{
    for (uint32_t i = *hint; i < graph->count && i < *hint + 4; i++)
        if (addr - graph->starts[i] < graph->objects[i].size)
            return *hint = i;
    uint32_t found = an__graph_at(graph, addr);
    *hint = found != AN__NO_NODE ? found : *hint;
    return found;
}

// --------------------------------------------------------------------------- edges

// Distinct targets, sorted.
static struct keyed *sorted_targets(const struct an__links *links, size_t *count)
{
    struct keyed *items = mem_alloc((links->list.count + 1) * sizeof *items);
    struct keyed *scratch = mem_alloc((links->list.count + 1) * sizeof *scratch);
    for (size_t i = 0; i < links->list.count; i++)
        items[i] = (struct keyed){links->list.items[i].target, 0};
    sort_keyed(items, scratch, links->list.count);
    free(scratch);
    *count = 0;
    for (size_t i = 0; i < links->list.count; i++)
        if (*count == 0 || items[*count - 1].key != items[i].key)
            items[(*count)++] = items[i];
    return items;
}

// Whether a function is kept by what refers to it, as data is. In a .o it is not known who does.
static bool is_kept_by_users(const struct an_graph *graph, const struct an__object *object)
{
    const struct img_info *info = img_info(graph->img);
    if (!graph->with_code || !graph->code || info->type == ET_REL)
        return false;
    uint64_t entry = an__graph_without_mode(graph->img, &graph->areas, info->entry);
    return entry - object->addr >= object->size;
}

static bool is_root(const struct an_graph *graph, uint32_t i)
{
    const struct an__object *object = &graph->objects[i];
    if (object->exported || object->by >= AN__BY_PADDING)
        return true;
    if (object->code && !is_kept_by_users(graph, object))
        return true;
    if (i == 0 && graph->firmware) // the vector table, which the processor reads
        return true;
    bool linkage = object->by == AN__BY_LINKAGE;
    return !graph->code && (object->name != NULL || linkage);
}

// Where the code was not read, what has no name and nobody points to is referred to by code as well.
static bool is_loose(const struct an_graph *graph, uint32_t i, const bool *pointed_to)
{
    return !graph->code && !pointed_to[i];
}

// What one object refers to, as it is found: key is another object, value the evidence.
typedef VEC(struct keyed) target_list;

static int compare_targets(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->value < b->value ? -1 : a->value > b->value;
}

// Its edges, each once and by the best evidence.
static void add_edges(struct an_graph *graph, target_list *targets, uint32_t *to, size_t *edges)
{
    if (targets->count > 1)
        qsort(targets->items, targets->count, sizeof *targets->items, compare_targets);
    for (size_t i = 0; i < targets->count; i++) {
        const struct keyed *target = &targets->items[i];
        if (i != 0 && target->key == target[-1].key)
            continue;
        to[*edges] = (uint32_t)target->key;
        graph->how[(*edges)++] = (uint8_t)target->value;
        graph->by_how[target->value]++;
    }
    targets->count = 0;
}

// Links are sorted by their place, and so by the object that holds it.
static size_t find_edges(struct an_graph *graph, uint32_t *first, uint32_t *to)
{
    target_list targets = {0};
    uint32_t near_place = 0, near_target = 0, object = 0;
    size_t edges = 0;
    first[0] = 0;
    for (size_t i = 0; i < graph->link_count; i++) {
        const struct an__link *link = &graph->links[i];
        uint32_t from = an__graph_near(graph, link->place, &near_place);
        uint32_t target = an__graph_near(graph, link->target, &near_target);
        graph->strays += from != AN__NO_NODE && target == AN__NO_NODE;
        if (from == AN__NO_NODE || target == AN__NO_NODE || from == target)
            continue;
        if (from != object)
            add_edges(graph, &targets, to, &edges);
        for (; object < from; object++)
            first[object + 1] = (uint32_t)edges;
        vec_push(&targets, ((struct keyed){target, link->how}));
    }
    add_edges(graph, &targets, to, &edges);
    for (; object < graph->count; object++)
        first[object + 1] = (uint32_t)edges;
    vec_free(&targets);
    return edges;
}

static void make_net(struct an_graph *graph)
{
    size_t most = graph->link_count + graph->count + 1;
    uint32_t *first = mem_alloc(((size_t)graph->count + 2) * sizeof *first);
    uint32_t *to = mem_alloc(most * sizeof *to);
    bool *pointed_to = mem_zalloc((size_t)graph->count + 1, sizeof *pointed_to);
    graph->how = mem_alloc(most);
    size_t edges = find_edges(graph, first, to);
    for (size_t e = 0; e < edges; e++)
        pointed_to[to[e]] = true;
    for (uint32_t i = 0; i < graph->count; i++)
        if (is_root(graph, i) || is_loose(graph, i, pointed_to))
            to[edges++] = i;
    first[graph->count + 1] = (uint32_t)edges;
    graph->net = (struct an__net){graph->count + 1, first, to};
    graph->users = an__net_reverse(&graph->net);
    free(pointed_to);
}

// Puts a cycle of a permutation in order: keys[i].value is where the i-th is to come from. There are so many
// links that a second array would count.
static void take_from(struct an__link *links, struct keyed *keys, size_t start)
{
    struct an__link first = links[start];
    for (size_t i = start, from;; i = from) {
        from = keys[i].value;
        keys[i].value = i;
        links[i] = from == start ? first : links[from];
        if (from == start)
            return;
    }
}

// Links by place: what each object holds lies together.
static void keep_links(struct an_graph *graph, struct an__links *links)
{
    size_t count = links->list.count;
    bool sorted = true;
    for (size_t i = 1; i < count && sorted; i++)
        sorted = links->list.items[i - 1].place <= links->list.items[i].place;
    graph->link_count = count;
    graph->links = links->list.items;
    if (sorted)
        return;
    struct keyed *keys = mem_alloc(2 * (count + 1) * sizeof *keys);
    for (size_t i = 0; i < count; i++)
        keys[i] = (struct keyed){links->list.items[i].place, i};
    sort_keyed(keys, keys + count, count);
    for (size_t i = 0; i < count; i++)
        take_from(graph->links, keys, i);
    free(keys);
}

// ------------------------------------------------------------------------- modules

// Looks up owners of positions that mostly ascend.
struct owners {
    const struct led_stretch *stretches;
    size_t count, at;
};

static led_owner owner_at(struct owners *owners, uint64_t pos)
{
    const struct led_stretch *s = owners->stretches;
    if (owners->count == 0)
        return LED_UNATTRIBUTED;
    size_t low = s[owners->at].pos <= pos ? owners->at : 0, high = owners->count;
    while (high - low > 1) {
        if (s[low + 1].pos > pos)
            break;
        size_t middle = low + (high - low) / 2;
        if (s[middle].pos <= pos)
            low = middle;
        else
            high = middle;
    }
    owners->at = low;
    return s[low].owner;
}

// What nobody claims of an archive that was joined is its member's.
static name_id module_of_member(const struct an_graph_input *input, const char *member)
{
    const struct cfg_place place = {.unit = member, .archive = img_info(input->img)->path};
    return member != NULL ? an_module_at(input->modules, &place, member) : 0;
}

static void find_modules(struct an_graph *graph, const struct an_graph_input *input)
{
    size_t count;
    const struct img_section *sections = img_sections(input->img, &count);
    struct owners by_dim[LED_DIM_COUNT] = {0};
    for (size_t d = 0; d < LED_DIM_COUNT; d++)
        by_dim[d].stretches = led_stretches(input->ledger, (enum led_dim)d, &by_dim[d].count);
    for (uint32_t i = 0; i < graph->count; i++) {
        struct an__object *object = &graph->objects[i];
        uint64_t pos = led_pos_addr(input->ledger, input->image, object->section, object->addr);
        led_owner owners[LED_DIM_COUNT];
        if (pos == LED_NOWHERE || object->by >= AN__BY_LINKAGE)
            continue;
        for (size_t d = 0; d < LED_DIM_COUNT; d++)
            owners[d] = owner_at(&by_dim[d], pos);
        name_id module = an_module_of(input->modules, owners);
        bool owned = an_modules_text(input->modules, module)[0] != '['; // those are nobody's
        object->module = owned ? module : module_of_member(input, sections[object->section].member);
    }
}

// ---------------------------------------------------------------------- the graph

// What has been read leaves memory: these are the largest parts of a file.
static void release_tables(const struct an_graph_input *input)
{
    size_t count;
    const struct img_section *sections = img_sections(input->img, &count);
    for (size_t i = 1; input->file != NULL && i < count; i++)
        if (img_is_reloc_section(&sections[i]))
            img_file_release(input->file, img_section_raw(input->img, (uint32_t)i));
}

static void release_code(const struct an_graph_input *input, const struct an__areas *areas)
{
    for (size_t i = 0; input->file != NULL && i < areas->count; i++)
        if (areas->items[i].content == LED_CODE)
            img_file_release(input->file, img_section_raw(input->img, areas->items[i].section));
}

// Profiles are told by the types of objects.
static bool has_types(const an__object_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].type != DW_NO_REF)
            return true;
    return false;
}

// What has a name or says what it is, and who points where.
static bool read_all(struct an_graph *graph, const struct an_graph_input *input,
                     struct an__named *named, struct an__links *links, struct fault *fault)
{
    if (!an__graph_named(named, input, &graph->areas, fault))
        return false;
    an__graph_frames(named, input->img, &graph->areas);
    an__graph_relocs(links, input, &graph->areas, &named->objects);
    release_tables(input);
    if (input->typeids_path != NULL) {
        if (!an__rpython_new(&graph->rpython, input, &graph->areas, links, fault))
            return false;
        an__rpython_objects(graph->rpython, named, links);
    }
    if (has_types(&named->objects) || has_types(&named->labels))
        an__profiles_read(&graph->profiles);
    an__graph_typed(links, input, &graph->areas, graph->shapes, &named->objects);
    an__graph_tagged(links, input, &graph->areas, graph->shapes, &named->objects, &graph->profiles);
    an__graph_code(links, input, &graph->areas, named);
    release_code(input, &graph->areas);
    an__graph_looks_texts(links, input, &graph->areas, &named->objects);
    return true;
}

static void fill_all(struct an_graph *graph, const struct an_graph_input *input,
                     struct an__named *named, struct an__links *links)
{
    size_t target_count;
    an__object_list objects = {0};
    struct keyed *targets = sorted_targets(links, &target_count);
    an__graph_fill(input->img, named, &graph->areas, targets, target_count, &links->list, &objects);
    free(targets);
    an__graph_looks(links, input, &graph->areas, &objects);
    graph->objects = objects.items;
    graph->found = objects.count;
    graph->code = links->code;
    graph->outside = links->outside;
    keep_links(graph, links);
}

static bool build(struct an_graph *graph, const struct an_graph_input *input, struct fault *fault)
{
    size_t section_count;
    struct an__links links = {0};
    struct an__named named = {0};
    img_sections(input->img, &section_count);
    if (section_count <= 1) // the first is none
        return fault_set(fault, FAULT_INPUT, img_info(input->img)->path, NULL, NO_OFFSET,
                         "has no sections that could be read, and a graph goes by them: nothing is "
                         "left to show");
    graph->areas = an__graph_areas(input->img, graph->arena, input->doubts);
    bool good = read_all(graph, input, &named, &links, fault);
    free(links.told);
    graph->written = links.written;
    graph->imports = links.imports;
    if (!good) {
        vec_free(&named.objects);
        vec_free(&named.labels);
        vec_free(&links.list);
        return false;
    }
    fill_all(graph, input, &named, &links);
    if (graph->found + graph->link_count > NODES_MAX)
        return fault_set(fault, FAULT_LIMIT, img_info(input->img)->path, NULL, NO_OFFSET,
                         "has more objects than a graph can hold");
    graph->count = (uint32_t)graph->found;
    graph->starts = mem_alloc((graph->found + 1) * sizeof *graph->starts);
    for (uint32_t i = 0; i < graph->count; i++)
        graph->starts[i] = graph->objects[i].addr;
    find_modules(graph, input);
    if (graph->rpython != NULL)
        an__rpython_modules(graph);
    make_net(graph);
    return true;
}

bool an_graph_new(struct an_graph **out, const struct an_graph_input *input, struct fault *fault)
{
    struct an_graph *graph = mem_zalloc(1, sizeof *graph);
    graph->img = input->img;
    graph->firmware = led_is_firmware(input->img);
    graph->with_code = input->with_code;
    graph->arena = arena_new();
    graph->ledger = input->ledger;
    graph->modules = input->modules;
    graph->dw = input->dw;
    graph->shapes = input->dw ? dw_shapes_new(input->dw) : NULL;
    if (!build(graph, input, fault)) {
        an_graph_free(graph);
        return false;
    }
    *out = graph;
    return true;
}

void an_graph_free(struct an_graph *graph)
{
    if (graph == NULL)
        return;
    an__net_free(&graph->net);
    an__net_free(&graph->users);
    dw_shapes_free(graph->shapes);
    an__rpython_free(graph->rpython);
    an__profiles_free(&graph->profiles);
    arena_free(graph->arena);
    vec_free(&graph->written);
    vec_free(&graph->imports);
    free(graph->objects);
    free(graph->starts);
    free(graph->how);
    free(graph->links);
    free(graph->dominator);
    free(graph->retained);
    free(graph->order);
    free(graph);
}

bool an_graph_knows_code(const struct an_graph *graph)
{
    return graph->code;
}

void an__graph_dominate(struct an_graph *graph)
{
    size_t n = (size_t)graph->count + 2;
    if (graph->dominator != NULL)
        return;
    graph->dominator = mem_alloc(n * sizeof *graph->dominator);
    graph->order = mem_alloc(n * sizeof *graph->order);
    graph->retained = mem_zalloc(n, sizeof *graph->retained);
    graph->reached = an__net_dominators(&graph->net, graph->count, graph->dominator, graph->order);
    for (uint32_t i = 0; i < graph->count; i++)
        graph->retained[i] = an__graph_counts(graph, i) ? graph->objects[i].size : 0;
    for (uint32_t k = graph->reached; k-- > 1;) {
        uint32_t node = graph->order[k];
        graph->retained[graph->dominator[node]] += graph->retained[node];
    }
}
