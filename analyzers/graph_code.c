// SPDX-License-Identifier: MIT
//
// What code refers to, by disassembly: function after function, in parallel.
//
// A number in code may happen to look like an address. It counts as one where it names the beginning
// of an object that has a name, a place inside one that is used with a register, or the beginning of
// a text where another or an object ends. That of a Thumb function has the lowest bit.

#include "analyzers/graph_private.h"
#include "code/code.h"

// Code without the name of a single function is read in one sweep, if it is not too much: what is
// learnt then is only what no code refers to.
#define NAMELESS_MAX ((uint64_t)8 << 20)

#define CHUNK ((uint64_t)64 << 10) // bytes of code read at a time

struct range {
    uint64_t start, end;
    bool label; // begins at one
    bool told;  // relocations say what it refers to, but for some
};

struct chunk {
    size_t first, count; // ranges
    an__link_list links;
    an__object_list literals;
};

struct job {
    const struct an_graph_input *input;
    const struct an__areas *areas;
    const an__object_list *objects, *labels;
    VEC(struct range) ranges; // functions and what lies between them
    VEC(struct chunk) chunks;
    struct code_reader **readers; // by worker
    bool told;                    // of the area being cut
};

// ------------------------------------------------------------------------ constants

static bool is_address(const struct job *job, const struct an__area *area,
                       const struct code_ref *ref)
{
    if (ref->kind == CODE_BRANCH ||
        ref->kind == CODE_FALLS) // bytes that are no instruction may look like one
        return area->executable;
    if (ref->kind != CODE_CONSTANT)
        return true;
    struct img *img = job->input->img;
    const struct an__object *object = an__graph_named_at(job->objects, ref->target);
    if (object != NULL)
        return object->addr == ref->target || !object->code;
    const struct an__object *label = an__graph_last_before(job->labels, ref->target);
    if (label != NULL && label->addr == ref->target)
        return true;
    return !an__graph_is_code(img, job->areas, ref->target) &&
           (an__graph_begins_text(img, area, job->objects, ref->target) ||
            an__graph_is_tail(img, area, job->objects, ref->target));
}

struct receiver {
    const struct job *job;
    struct chunk *chunk;
    const struct range *range;
};

static void add_literal(const struct job *job, const struct an__area *area, uint64_t addr,
                        an__object_list *out)
{
    uint64_t size = img_info(job->input->img)->address_size;
    if (area->end - addr >= size)
        vec_push(out, ((struct an__object){.addr = addr,
                                           .size = size,
                                           .type = DW_NO_REF,
                                           .section = area->section,
                                           .by = AN__BY_POINTER,
                                           .code = area->content == LED_CODE}));
}

// What no relocation tells: assemblers leave none behind for what is counted from the instruction and lies in its section,
// compilers for what they count from an anchor, the beginning of a block of objects that has one, and linkers not
// always for what they brought near to gp.
static bool is_resolved(const struct code_ref *ref, const struct an__area *area)
{
    if (ref->kind == CODE_ADDRESS && area->content != LED_CODE && area->content != LED_LINKAGE)
        return true;
    bool counted = ref->kind == CODE_BRANCH || ref->kind == CODE_FALLS || ref->kind == CODE_ADDRESS;
    return counted && ref->place - area->start < area->end - area->start;
}

static void receive(void *context, const struct code_ref *ref)
{
    const struct receiver *receiver = context;
    uint64_t target = ref->target;
    const struct an__area *area = an__graph_area_at(receiver->job->areas, target);
    // A function ends with a call that does not return; an assembler's label may end anywhere.
    if (area == NULL || (ref->kind == CODE_FALLS && !receiver->range->label) ||
        (receiver->range->told && !is_resolved(ref, area)))
        return;
    target = an__graph_without_mode(receiver->job->input->img, receiver->job->areas, target);
    struct code_ref clean = {ref->place, target, ref->kind};
    if (ref->kind == CODE_CONSTANT &&
        !an__graph_fits_mode(receiver->job->input->img, receiver->job->areas, ref->target))
        return;
    if (ref->kind == CODE_LITERAL)
        add_literal(receiver->job, area, target, &receiver->chunk->literals);
    if (is_address(receiver->job, area, &clean))
        vec_push(&receiver->chunk->links, ((struct an__link){ref->place, target, AN_LINK_CODE}));
}

// --------------------------------------------------------------------------- ranges

static void add_range(struct job *job, uint64_t start, uint64_t end, bool label)
{
    if (start >= end)
        return;
    if (job->chunks.count == 0 ||
        start - job->ranges.items[job->chunks.items[job->chunks.count - 1].first].start > CHUNK)
        vec_push(&job->chunks, ((struct chunk){.first = job->ranges.count}));
    job->chunks.items[job->chunks.count - 1].count++;
    vec_push(&job->ranges, ((struct range){start, end, label, job->told}));
}

// What lies between functions, label by label: what an assembler was not told the size of.
static void add_gap(struct job *job, uint64_t start, uint64_t end, size_t *next)
{
    const an__object_list *labels = job->labels;
    bool at_label = false;
    for (; *next < labels->count && labels->items[*next].addr < end; ++*next) {
        const struct an__object *label = &labels->items[*next];
        if (!label->code || label->addr < start)
            continue;
        add_range(job, start, label->addr, at_label);
        start = label->addr;
        at_label = true;
    }
    add_range(job, start, end, at_label);
}

// Functions, and the rest of the code between them; data among code is left out. How many bytes have
// no name.
static uint64_t cut_code(struct job *job, const struct an__area *area, size_t *next, size_t *label)
{
    const an__object_list *objects = job->objects;
    uint64_t at = area->start, nameless = 0;
    for (; *next < objects->count && objects->items[*next].addr < area->end; ++*next) {
        const struct an__object *object = &objects->items[*next];
        if (object->addr < area->start)
            continue;
        nameless += object->addr - at;
        add_gap(job, at, object->addr, label);
        at = object->addr + object->size;
        if (object->code)
            add_range(job, object->addr, at, false);
    }
    nameless += area->end - at;
    add_gap(job, at, area->end, label);
    return nameless;
}

static void read_chunk(void *context, size_t index, unsigned worker)
{
    struct job *job = context;
    struct chunk *chunk = &job->chunks.items[index];
    struct receiver receiver = {job, chunk, NULL};
    if (job->readers[worker] == NULL)
        job->readers[worker] = code_reader_new(job->input->img);
    if (job->readers[worker] == NULL)
        return;
    for (size_t i = 0; i < chunk->count; i++) {
        const struct range *range = &job->ranges.items[chunk->first + i];
        receiver.range = range;
        code_read(job->readers[worker], range->start, range->end, receive, &receiver);
    }
}

static int compare_objects(const void *left, const void *right)
{
    const struct an__object *a = left, *b = right;
    return a->addr < b->addr ? -1 : a->addr > b->addr;
}

// Functions share literals; words that overlap are none.
static void add_literals(struct an__named *named, an__object_list *list)
{
    size_t kept = 0;
    if (list->count > 1)
        qsort(list->items, list->count, sizeof *list->items, compare_objects);
    for (size_t i = 0; i < list->count; i++)
        if (kept == 0 ||
            list->items[i].addr - list->items[kept - 1].addr >= list->items[kept - 1].size)
            list->items[kept++] = list->items[i];
    list->count = kept;
    if (kept != 0)
        an__graph_add(named, list);
}

static void read_all(struct job *job, struct code_reader *first, struct an__named *named,
                     struct an__links *links)
{
    an__object_list literals = {0};
    unsigned workers = par_workers(job->input->threads, job->chunks.count);
    job->readers = mem_zalloc((size_t)workers + 1, sizeof *job->readers);
    job->readers[0] = first;
    par_for(job->input->threads, job->chunks.count, read_chunk, job);
    size_t found = 0;
    for (size_t i = 0; i < job->chunks.count; i++)
        found += job->chunks.items[i].links.count;
    vec_reserve(&links->list, links->list.count + found);
    for (size_t i = 0; i < job->chunks.count; i++) {
        struct chunk *chunk = &job->chunks.items[i];
        for (size_t k = 0; k < chunk->links.count; k++)
            vec_push(&links->list, chunk->links.items[k]);
        for (size_t k = 0; k < chunk->literals.count; k++)
            vec_push(&literals, chunk->literals.items[k]);
        vec_free(&chunk->links);
        vec_free(&chunk->literals);
    }
    add_literals(named, &literals);
    vec_free(&literals);
    for (unsigned i = 0; i < workers; i++)
        code_reader_free(job->readers[i]);
    free(job->readers);
}

void an__graph_code(struct an__links *links, const struct an_graph_input *input,
                    const struct an__areas *areas, struct an__named *named)
{
    struct job job = {
        .input = input, .areas = areas, .objects = &named->objects, .labels = &named->labels};
    struct code_reader *reader = NULL;
    uint64_t nameless = 0;
    size_t next = 0, label = 0;
    bool told = false, untold = false;
    bool linked = img_info(input->img)->type != ET_REL;
    for (size_t i = 0; i < areas->count; i++) {
        const struct an__area *area = &areas->items[i];
        job.told = links->told[i];
        told |= area->content == LED_CODE && job.told;
        untold |= area->content == LED_CODE && !job.told;
        if (job.told && !linked) // its instructions are still to be filled in
            continue;
        if (area->content == LED_CODE) {
            uint64_t unnamed = cut_code(&job, area, &next, &label);
            nameless += job.told ? 0 : unnamed;
        } else if (area->content == LED_LINKAGE && area->executable) {
            add_range(&job, area->start, area->end, false);
        }
    }
    if (job.ranges.count != 0 && nameless <= NAMELESS_MAX)
        reader = code_reader_new(input->img);
    links->code = told || (untold && reader != NULL) || img_info(input->img)->type == ET_REL;
    if (reader != NULL)
        read_all(&job, reader, named, links);
    vec_free(&job.ranges);
    vec_free(&job.chunks);
}
