// SPDX-License-Identifier: MIT
//
// What lies where: the code and data sections of an image, cut into objects that tile them.
//
//   section   |------------------------------------------------|
//   symbols   |table        |          |spam_type|
//   filled    |table        |"ab"|0|[n]|spam_type|pointed to   |
//
// First comes what has a name and a size: symbols, then DWARF variables where no symbol is. Of two at
// one place the larger counts; one that begins inside of another is part of it. What is left is filled
// (graph_fill.c).

#include "analyzers/graph_private.h"

// --------------------------------------------------------------------------- areas

#define AREAS_MAX ((uint64_t)1 << 62) // bytes in all, so that no sum of objects overflows

static int compare_areas(const void *left, const void *right)
{
    const struct an__area *a = left, *b = right;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->section < b->section ? -1 : a->section > b->section;
}

// The template of thread-local zeros takes no memory; its addresses are those of what follows.
static bool takes_memory(const struct img *img, const struct img_section *section)
{
    bool zeros = section->type == SHT_NOBITS && (section->flags & SHF_TLS);
    return section->size != 0 && (!zeros || img_info(img)->type == ET_REL);
}

// Where a processor starts and interrupts lead to.
static bool is_for_processor(const char *name)
{
    static const char *const globs[] = {"*vector*", "*VECTOR*", "*intvec*", "*INTVEC*"};
    for (size_t i = 0; i < COUNT_OF(globs); i++)
        if (glob_match(globs[i], slice_text(name)))
            return true;
    return false;
}

// Code that the loader calls, and tables of functions that startup code walks through; in a firmware what the
// processor reads.
static bool is_for_loader(const struct img_section *section, bool firmware)
{
    return (firmware && is_for_processor(section->name)) || section->type == SHT_INIT_ARRAY ||
           section->type == SHT_FINI_ARRAY || section->type == SHT_PREINIT_ARRAY ||
           strcmp(section->name, ".init") == 0 || strcmp(section->name, ".fini") == 0;
}

struct an__areas an__graph_areas(struct img *img, struct arena *arena, struct doubts *doubts)
{
    size_t count;
    uint64_t end, total = 0, last = 0;
    const struct img_section *sections = img_sections(img, &count);
    bool firmware = led_is_firmware(img);
    struct an__areas areas = {ARENA_ARRAY(arena, count + 1, struct an__area), 0};
    for (size_t i = 1; i < count; i++) {
        enum led_content content = led_content_of(&sections[i]);
        if (content != LED_ELSE && takes_memory(img, &sections[i]) &&
            add_u64(sections[i].addr, sections[i].size, &end))
            areas.items[areas.count++] = (struct an__area){sections[i].addr,
                                                           end,
                                                           (uint32_t)i,
                                                           (uint8_t)content,
                                                           (sections[i].flags & SHF_EXECINSTR) != 0,
                                                           is_for_loader(&sections[i], firmware)};
    }
    if (areas.count > 1)
        qsort(areas.items, areas.count, sizeof *areas.items, compare_areas);
    count = areas.count;
    areas.count = 0;
    for (size_t i = 0; i < count; i++) {
        struct an__area area = areas.items[i];
        bool overlaps = area.start < last;
        area.start = MAX(area.start, last);
        if (overlaps || area.end - area.start > AREAS_MAX - total)
            doubt_add(doubts, img_info(img)->path, sections[area.section].name, NO_OFFSET,
                      "shares addresses with a section before it: not all of it is in the graph");
        if (area.start >= area.end || area.end - area.start > AREAS_MAX - total)
            continue;
        total += area.end - area.start;
        last = area.end;
        areas.items[areas.count++] = area;
    }
    return areas;
}

const struct an__area *an__graph_area_at(const struct an__areas *areas, uint64_t addr)
{
    size_t low = 0, high = areas->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (areas->items[middle].end <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    return low < areas->count && areas->items[low].start <= addr ? &areas->items[low] : NULL;
}

// --------------------------------------------------------------------------- named

// What somebody says lies at a place.
struct candidate {
    struct an__object object;
    uint32_t order; // among equals the first counts
    bool local;
};

typedef VEC(struct candidate) candidate_list;

static void add_candidate(candidate_list *list, const struct an__areas *areas,
                          struct candidate candidate)
{
    struct an__object *object = &candidate.object;
    const struct an__area *area = an__graph_area_at(areas, object->addr);
    if (area == NULL || object->name == NULL || object->name[0] == '\0')
        return;
    if (area->content == LED_LINKAGE)
        return; // cut into its words
    object->section = area->section;
    object->size = MIN(object->size, area->end - object->addr);
    object->code = object->code && area->content == LED_CODE;
    object->exported |= area->for_loader;
    candidate.order = (uint32_t)list->count;
    vec_push(list, candidate);
}

static uint64_t tls_base(const struct img *img)
{
    size_t count;
    const struct img_segment *segments = img_segments(img, &count);
    for (size_t i = 0; i < count && img_info(img)->type != ET_REL; i++)
        if (segments[i].type == PT_TLS)
            return segments[i].addr;
    return 0;
}

bool an__graph_names_base(const struct img_symbol *symbol)
{
    static const char *const names[] = {
        "_GLOBAL_OFFSET_TABLE_", "__global_pointer$", "_gp", "_SDA_BASE_", "_SDA2_BASE_", ".TOC."};
    bool found = false;
    for (size_t i = 0; symbol->size == 0 && i < COUNT_OF(names); i++)
        found |= strcmp(symbol->name, names[i]) == 0;
    return found;
}

// "$d", "_edata", "__global_pointer$": names of places, not of things. A link-time optimiser marks its input by
// "first_function.c.92d0446c". A local ".LC0" or "$.str" is what a compiler calls a thing without a name.
static bool names_a_thing(const struct img_symbol *symbol)
{
    static const char mark[] =
        "*.*.[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]";
    bool compilers = strncmp(symbol->name, ".L", 2) == 0 || symbol->name[0] == '$';
    if (compilers || symbol->size != 0)
        return !compilers || symbol->bind != STB_LOCAL;
    return !an__graph_names_base(symbol) && !glob_match(mark, slice_text(symbol->name)) &&
           !led_names_an_end(symbol->name);
}

static void add_symbols(candidate_list *list, struct img *from, struct img *img,
                        const struct an__areas *areas)
{
    size_t count;
    uint64_t tls = tls_base(img);
    const struct img_symbol *symbols = img_symbols(from, &count);
    for (size_t i = 0; i < count; i++) {
        const struct img_symbol *s = &symbols[i];
        uint64_t code_addr;
        bool data = s->type == STT_OBJECT || s->type == STT_COMMON || s->type == STT_TLS;
        bool code = s->type == STT_FUNC || s->type == STT_GNU_IFUNC || s->type == STT_NOTYPE;
        bool here = s->section != SHN_UNDEF && s->section != IMG_ABS && s->section != IMG_COMMON;
        if (!here || !(data || code) || !names_a_thing(s))
            continue;
        // A descriptor ends where the next one begins: the size is that of the code.
        bool described = s->type == STT_FUNC && img_descriptor(img, s->addr, &code_addr);
        bool sized = s->size != 0 && !described;
        bool seen =
            s->bind != STB_LOCAL && s->visibility != STV_HIDDEN && s->visibility != STV_INTERNAL;
        struct an__object object = {.addr = s->addr + (s->type == STT_TLS ? tls : 0),
                                    .size = sized ? s->size : 0,
                                    .name = s->name,
                                    .type = DW_NO_REF,
                                    .by = sized ? AN__BY_SYMBOL : AN__BY_LABEL,
                                    .code = code,
                                    .exported = s->table == IMG_DYNSYM && seen};
        add_candidate(list, areas,
                      (struct candidate){.object = object, .local = s->bind == STB_LOCAL});
        if (described) {
            object.addr = code_addr;
            object.size = s->size;
            object.by = s->size ? AN__BY_SYMBOL : AN__BY_LABEL;
            add_candidate(list, areas,
                          (struct candidate){.object = object, .local = s->bind == STB_LOCAL});
        }
    }
}

static bool add_variables(candidate_list *list, const struct an_graph_input *input,
                          const struct an__areas *areas, struct fault *fault)
{
    const struct dw_code *code;
    if (input->dw == NULL)
        return true;
    if (!dw_read_code(input->dw, input->img, DW_CODE_NAMES | DW_CODE_SIZES, &code, fault))
        return false;
    uint64_t tls = tls_base(input->img);
    for (size_t i = 0; i < code->variable_count; i++) {
        const struct dw_variable *v = &code->variables[i];
        struct an__object object = {.addr = v->addr + (v->tls ? tls : 0),
                                    .size = v->size,
                                    .name = v->linkage_name ? v->linkage_name : v->name,
                                    .type = v->type,
                                    .by = v->size ? AN__BY_VARIABLE : AN__BY_LABEL};
        add_candidate(list, areas, (struct candidate){.object = object});
    }
    return true;
}

// By address; at one address symbols before variables, the larger first, the global first.
static int compare_candidates(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    if (a->object.addr != b->object.addr)
        return a->object.addr < b->object.addr ? -1 : 1;
    if (a->object.by != b->object.by)
        return a->object.by < b->object.by ? -1 : 1;
    if (a->object.size != b->object.size)
        return a->object.size > b->object.size ? -1 : 1;
    if (a->local != b->local)
        return a->local ? 1 : -1;
    return a->order < b->order ? -1 : a->order > b->order;
}

// One object of all that is said of one address: the first one's, with what only others know.
static struct an__object settle(const struct candidate *group, size_t count)
{
    struct an__object object = group[0].object;
    for (size_t i = 1; i < count; i++) {
        const struct an__object *other = &group[i].object;
        object.exported |= other->exported;
        if (object.type == DW_NO_REF)
            object.type = other->type;
    }
    return object;
}

static void settle_all(struct an__named *out, const candidate_list *list)
{
    uint64_t end = 0;
    for (size_t i = 0, next; i < list->count; i = next) {
        uint64_t addr = list->items[i].object.addr;
        for (next = i + 1; next < list->count && list->items[next].object.addr == addr; next++)
            ;
        struct an__object object = settle(&list->items[i], next - i);
        if (addr < end)
            continue;
        if (object.size == 0) {
            vec_push(&out->labels, object);
            continue;
        }
        end = addr + object.size;
        vec_push(&out->objects, object);
    }
}

bool an__graph_named(struct an__named *out, const struct an_graph_input *input,
                     const struct an__areas *areas, struct fault *fault)
{
    candidate_list list = {0};
    add_symbols(&list, input->img, input->img, areas);
    if (input->debug != NULL && input->debug != input->img)
        add_symbols(&list, input->debug, input->img, areas);
    bool good = add_variables(&list, input, areas, fault);
    if (list.count > 1)
        qsort(list.items, list.count, sizeof *list.items, compare_candidates);
    if (good)
        settle_all(out, &list);
    vec_free(&list);
    return good;
}
