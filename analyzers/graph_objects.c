// SPDX-License-Identifier: MIT
//
// What lies where: the code and data sections of an image, cut into objects that tile them.
//
//   section   |------------------------------------------------|
//   symbols   |table        |          |spam_type|
//   filled    |table        |"ab"|0|[n]|spam_type|pointed to   |
//
// First comes what has a name and a size: symbols, then DWARF variables where no symbol is. Of two at
// one place the larger counts; one that begins inside of another is part of it. What is left is cut
// at what something points to and at symbols without a size: text up to its zero is a string literal,
// zeros in front of an aligned object are padding, bytes nobody points to are nobody's.

#include <inttypes.h>

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

// Code that the loader calls, and tables of functions that startup code walks through.
static bool is_for_loader(const struct img_section *section)
{
    return section->type == SHT_INIT_ARRAY || section->type == SHT_FINI_ARRAY ||
           section->type == SHT_PREINIT_ARRAY || strcmp(section->name, ".init") == 0 ||
           strcmp(section->name, ".fini") == 0;
}

struct an__areas an__graph_areas(struct img *img, struct arena *arena, struct doubts *doubts)
{
    size_t count;
    uint64_t end, total = 0, last = 0;
    const struct img_section *sections = img_sections(img, &count);
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
                                                           is_for_loader(&sections[i])};
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

// "$d", ".LC0", "_edata", "__global_pointer$": names of places, not of things. A link-time optimiser marks its input by
// "first_function.c.92d0446c".
static bool names_a_thing(const struct img_symbol *symbol)
{
    static const char input[] = "*.*.[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]"
                                "[0-9a-f]";
    if (strncmp(symbol->name, ".L", 2) == 0 || glob_match(input, slice_text(symbol->name)))
        return false;
    return !led_names_an_end(symbol->name) && strcmp(symbol->name, "_GLOBAL_OFFSET_TABLE_") != 0 &&
           strcmp(symbol->name, "__global_pointer$") != 0;
}

static void add_symbols(candidate_list *list, struct img *from, struct img *img,
                        const struct an__areas *areas)
{
    size_t count;
    uint64_t tls = tls_base(img);
    const struct img_symbol *symbols = img_symbols(from, &count);
    for (size_t i = 0; i < count; i++) {
        const struct img_symbol *s = &symbols[i];
        bool data = s->type == STT_OBJECT || s->type == STT_COMMON || s->type == STT_TLS;
        bool code = s->type == STT_FUNC || s->type == STT_GNU_IFUNC || s->type == STT_NOTYPE;
        bool here = s->section != SHN_UNDEF && s->section != SHN_ABS && s->section != SHN_COMMON;
        if (!here || !(data || code) || (s->size == 0 && !names_a_thing(s)))
            continue;
        bool seen =
            s->bind != STB_LOCAL && s->visibility != STV_HIDDEN && s->visibility != STV_INTERNAL;
        struct an__object object = {.addr = s->addr + (s->type == STT_TLS ? tls : 0),
                                    .size = s->size,
                                    .name = s->name,
                                    .type = DW_NO_REF,
                                    .by = s->size != 0 ? AN__BY_SYMBOL : AN__BY_LABEL,
                                    .code = code,
                                    .exported = s->table == IMG_DYNSYM && seen};
        add_candidate(list, areas,
                      (struct candidate){.object = object, .local = s->bind == STB_LOCAL});
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

// ---------------------------------------------------------------------------- gaps

#define PADDING_MAX 64 // bytes: no object is aligned to more than that without saying so

// One area being tiled.
struct filler {
    struct img *img;
    const struct an__area *area;
    const struct img_section *section;
    struct slice bytes; // of the area; empty for bss
    uint64_t strings;   // how many string literals may still be made
    bool is_strings;    // it holds nothing else
    bool code;          // the gap being filled does, as far as is known
    uint64_t no_text;   // no text begins before: each letter is looked at once
    unsigned word;      // bytes of an address
    an__object_list *out;
};

static void put(struct filler *f, uint64_t start, uint64_t end, uint8_t by)
{
    if (start >= end)
        return;
    vec_push(f->out, ((struct an__object){.addr = start,
                                          .size = end - start,
                                          .type = DW_NO_REF,
                                          .section = f->area->section,
                                          .by = by,
                                          .code = f->code,
                                          .exported = f->area->for_loader}));
}

static bool is_zero(const struct filler *f, uint64_t start, uint64_t end)
{
    for (uint64_t at = start; f->bytes.size != 0 && at < end; at++)
        if (f->bytes.data[at - f->area->start] != 0)
            return false;
    return true;
}

// Bytes that nothing points to.
static void put_nobody(struct filler *f, uint64_t start, uint64_t end)
{
    uint64_t align = end & (~end + 1), size = end - start;
    bool last = end == f->area->end;
    bool pads = size < MIN(last ? f->section->align : align, (uint64_t)PADDING_MAX);
    put(f, start, end, pads && is_zero(f, start, end) ? AN__BY_PADDING : AN__BY_NOBODY);
}

// Bytes of the letter at `data`, in UTF-8; 0 when there is none. Addresses and numbers mostly fail here.
static unsigned letter_size(const uint8_t *data, uint64_t left)
{
    uint8_t c = data[0];
    if (c < 0x80)
        return (c >= ' ' && c != 0x7f) || (c >= '\t' && c <= '\r') || c == 0x1b;
    unsigned size = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (c < 0xc2 || c > 0xf4 || size > left)
        return 0;
    // Nothing longer than it needs to be, no half of a pair of UTF-16, nothing above U+10FFFF.
    if ((c == 0xe0 && data[1] < 0xa0) || (c == 0xed && data[1] > 0x9f) ||
        (c == 0xf0 && data[1] < 0x90) || (c == 0xf4 && data[1] > 0x8f))
        return 0;
    for (unsigned i = 1; i < size; i++)
        if ((data[i] & 0xc0) != 0x80)
            return 0;
    return size;
}

#define TEXT_LEAST 4 // letters: where numbers or code lie as well, less may be one

// Bytes of the text at `start` with its zero, 0 when there is none before `end`.
static uint64_t text_size(struct filler *f, uint64_t start, uint64_t end, bool sure)
{
    if (f->bytes.size == 0 || start < f->no_text)
        return 0;
    const uint8_t *data = f->bytes.data + (start - f->area->start);
    uint64_t size = 0, limit = end - start;
    unsigned letter;
    uint64_t least = sure ? 1 : TEXT_LEAST;
    while (size < limit && (letter = letter_size(data + size, limit - size)) != 0)
        size += letter;
    if (size >= least && size < limit && data[size] == 0)
        return size + 1;
    f->no_text = start + size;
    return 0;
}

// What something points to, or is called so, up to the next thing.
static void put_target(struct filler *f, uint64_t start, uint64_t end,
                       const struct an__object *label)
{
    put(f, start, end, label ? AN__BY_LABEL : AN__BY_POINTER);
    if (label == NULL)
        return;
    struct an__object *object = &f->out->items[f->out->count - 1];
    object->name = label->name;
    object->type = label->type;
    object->code = object->code && label->code;
    object->exported = label->exported;
}

// Every text between two zeros. The zeros up to an aligned place behind a text are padding.
static uint64_t put_strings(struct filler *f, uint64_t start, uint64_t end)
{
    uint64_t align = MIN(MAX(f->section->align, UINT64_C(1)), (uint64_t)PADDING_MAX);
    while (start < end && f->strings-- != 0) {
        const uint8_t *data = f->bytes.data + (start - f->area->start);
        const uint8_t *zero = memchr(data, 0, end - start);
        uint64_t size = zero != NULL ? (uint64_t)(zero - data) + 1 : 0, next = start + size;
        if (zero == NULL)
            break;
        while (next < end && next % align != 0 && data[next - start] == 0)
            next++;
        put(f, start, start + size, AN__BY_STRING);
        put(f, start + size, next, AN__BY_PADDING);
        start = next;
    }
    return start;
}

static void put_words(struct filler *f, uint64_t start, uint64_t end)
{
    while (!f->area->executable && end - start >= f->word && f->strings-- != 0) {
        put(f, start, start + f->word, AN__BY_LINKAGE);
        start += f->word;
    }
    put(f, start, end, AN__BY_LINKAGE);
}

struct starts {
    const struct keyed *targets;
    size_t target_count, target;
    const an__object_list *labels;
    size_t label;
};

// The next place from `from` on where something starts, or `end`; its label, if it has one.
static uint64_t next_start(struct starts *s, uint64_t from, uint64_t end,
                           const struct an__object **label)
{
    while (s->target < s->target_count && s->targets[s->target].key < from)
        s->target++;
    while (s->label < s->labels->count && s->labels->items[s->label].addr < from)
        s->label++;
    uint64_t target = s->target < s->target_count ? s->targets[s->target].key : UINT64_MAX;
    uint64_t named = s->label < s->labels->count ? s->labels->items[s->label].addr : UINT64_MAX;
    *label = named <= target && named < end ? &s->labels->items[s->label] : NULL;
    return MIN(MIN(target, named), end);
}

// Whether what lies between functions is code. Firmware keeps constants there: then a mark says so, or
// most of what is pointed to there is text: a function may look like one by chance.
static bool holds_code(struct filler *f, struct starts *s, uint64_t from, uint64_t end)
{
    if (f->area->content == LED_LINKAGE)
        return f->area->executable;
    uint64_t until;
    if (f->area->content != LED_CODE || an__graph_marks_data(f->img, from, &until))
        return false;
    uint64_t targets = 0, texts = 0;
    while (s->target < s->target_count && s->targets[s->target].key < from)
        s->target++;
    for (size_t i = s->target; i < s->target_count && s->targets[i].key < end; i++, targets++)
        texts += text_size(f, s->targets[i].key, end, false) != 0;
    return texts * 2 <= targets;
}

static void fill_gap(struct filler *f, struct starts *starts, uint64_t from, uint64_t end)
{
    const struct an__object *label, *next_label;
    if (from >= end)
        return;
    f->code = holds_code(f, starts, from, end);
    f->no_text = 0;
    if (f->area->content == LED_LINKAGE) {
        put_words(f, from, end);
        return;
    }
    if (f->is_strings)
        from = put_strings(f, from, end);
    uint64_t start = next_start(starts, from, end, &label);
    if (from < start)
        put_nobody(f, from, start);
    while (start < end) {
        bool constant = f->area->content == LED_CONSTANT || f->area->content == LED_CODE;
        uint64_t text = label == NULL && !f->code ? text_size(f, start, end, constant) : 0;
        if (text != 0) { // what points into it, to a common tail, belongs to it
            put(f, start, start + text, AN__BY_STRING);
            from = start + text;
            start = next_start(starts, from, end, &label);
            if (from < start)
                put_nobody(f, from, start);
            continue;
        }
        uint64_t next = next_start(starts, start + 1, end, &next_label);
        put_target(f, start, next, label);
        start = next;
        label = next_label;
    }
}

// Where marks tell code from data, a gap is cut there.
static void fill(struct filler *f, struct starts *starts, uint64_t from, uint64_t end)
{
    for (uint64_t until = end; from < end; from = until) {
        if (f->area->content == LED_CODE)
            img_mark_at(f->img, from, &until);
        until = MIN(until, end);
        fill_gap(f, starts, from, until);
    }
}

static struct filler filler_of(struct img *img, const struct an__area *area, an__object_list *out)
{
    size_t count;
    struct filler f = {.img = img, .area = area, .out = out};
    f.section = &img_sections(img, &count)[area->section];
    f.word = img_info(img)->address_size;
    f.is_strings = (f.section->flags & SHF_MERGE) && (f.section->flags & SHF_STRINGS) &&
                   f.section->entry_size <= 1;
    if (!img_bytes_at(img, area->start, area->end - area->start, &f.bytes))
        f.is_strings = false;
    f.strings = f.bytes.size / 8 + 65536;
    return f;
}

void an__graph_fill(struct img *img, struct an__named *named, const struct an__areas *areas,
                    const struct keyed *targets, size_t target_count, an__object_list *out)
{
    struct starts starts = {targets, target_count, 0, &named->labels, 0};
    size_t next = 0;
    vec_reserve(out, named->objects.count + target_count);
    for (size_t a = 0; a < areas->count; a++) {
        const struct an__area *area = &areas->items[a];
        struct filler f = filler_of(img, area, out);
        uint64_t at = area->start;
        for (; next < named->objects.count && named->objects.items[next].addr < area->end; next++) {
            const struct an__object *object = &named->objects.items[next];
            fill(&f, &starts, at, object->addr);
            vec_push(out, *object);
            at = object->addr + object->size;
        }
        fill(&f, &starts, at, area->end);
    }
    vec_free(&named->objects);
    vec_free(&named->labels);
}
