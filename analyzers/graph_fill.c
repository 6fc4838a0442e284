// SPDX-License-Identifier: MIT
//
// What lies between the objects that somebody names: it is cut at what something points to and at symbols without
// a size. Text up to its zero is a string literal, fill in front of an aligned object is padding, bytes nobody
// points to are nobody's. The linker's code is cut into the steps by which other code calls:
//
//   .plt   |head|jump by .got 3|jump by .got 4| ...       what holds no jump falls into the next: "bx pc" of ARM
//                ^ call         ^ call
//   .got.plt        word 3 -> memcpy, or at first back into the step: that is no call

#include "analyzers/graph_private.h"

#define PADDING_MAX 64 // bytes: no object is aligned to more than that without saying so

typedef VEC(struct keyed) addr_list;

// Of the linker's code, sorted: where other code calls it, where it goes on from.
struct slots {
    addr_list calls, jumps;
};

// One area being tiled.
struct filler {
    const struct slots *slots;
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

// Zeros, in code no-operations.
static bool is_fill(const struct filler *f, uint64_t start, uint64_t end)
{
    return f->bytes.size == 0 ||
           led_is_fill(img_info(f->img),
                       slice_of(f->bytes.data + (start - f->area->start), end - start),
                       f->area->executable);
}

// Bytes that nothing points to.
static void put_nobody(struct filler *f, uint64_t start, uint64_t end)
{
    uint64_t align = end & (~end + 1), size = end - start;
    bool last = end == f->area->end;
    bool pads = size < MIN(last ? f->section->align : align, (uint64_t)PADDING_MAX);
    put(f, start, end, pads && is_fill(f, start, end) ? AN__BY_PADDING : AN__BY_NOBODY);
}

unsigned an__graph_letter(const uint8_t *data, uint64_t left)
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

uint64_t an__graph_letters(const uint8_t *data, uint64_t limit)
{
    uint64_t size = 0;
    unsigned letter;
    while (size < limit && (letter = an__graph_letter(data + size, limit - size)) != 0)
        size += letter;
    return size;
}

// Bytes of the text at `start` with its zero, 0 when there is none before `end`.
static uint64_t text_size(struct filler *f, uint64_t start, uint64_t end, bool sure)
{
    if (f->bytes.size == 0 || start < f->no_text)
        return 0;
    const uint8_t *data = f->bytes.data + (start - f->area->start);
    uint64_t limit = end - start, size = an__graph_letters(data, limit);
    uint64_t least = sure ? 1 : TEXT_LEAST;
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

static void put_slots(struct filler *f, uint64_t start, uint64_t end)
{
    const addr_list *calls = &f->slots->calls, *jumps = &f->slots->jumps;
    size_t call = keyed_first(calls->items, calls->count, start);
    bool head =
        call < calls->count && calls->items[call].key != start; // who calls is the linker's as well
    for (; call < calls->count && calls->items[call].key < end; call++) {
        uint64_t next = calls->items[call].key;
        size_t jump = keyed_first(jumps->items, jumps->count, start);
        if (jump == jumps->count || jumps->items[jump].key >= next)
            continue;
        put(f, start, next, AN__BY_LINKAGE);
        f->out->items[f->out->count - 1].exported |= head;
        head = false;
        start = next;
    }
    put(f, start, end, AN__BY_LINKAGE);
}

static void put_words(struct filler *f, uint64_t start, uint64_t end)
{
    while (end - start >= f->word && f->strings-- != 0) {
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
        if (f->area->executable)
            put_slots(f, from, end);
        else
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

// Linkers that put literals and tables into one section keep the flags of the literals, without the size of an entry.
static bool holds_strings(const struct filler *f)
{
    uint64_t texts = 0;
    const struct img_section *section = f->section;
    if (!(section->flags & SHF_MERGE) || !(section->flags & SHF_STRINGS) || f->bytes.size == 0)
        return false;
    for (size_t at = 0, size; section->entry_size == 0 && at < f->bytes.size; at += size) {
        const uint8_t *data = f->bytes.data + at;
        size_t left = f->bytes.size - at;
        size = an__graph_letters(data, left);
        bool ends = size != 0 && size < left && data[size] == 0;
        size += size < left;
        texts += ends ? size : 0;
    }
    return section->entry_size == 1 || texts > f->bytes.size - f->bytes.size / 4;
}

static struct filler filler_of(struct img *img, const struct an__area *area, an__object_list *out)
{
    size_t count;
    struct filler f = {.img = img, .area = area, .out = out};
    f.section = &img_sections(img, &count)[area->section];
    f.word = img_info(img)->address_size;
    img_bytes_at(img, area->start, area->end - area->start, &f.bytes);
    f.is_strings = holds_strings(&f);
    f.strings = f.bytes.size / 8 + 65536;
    return f;
}

// -------------------------------------------------------------------- the linker's code

static const struct an__area *linkage_at(const struct an__areas *areas, uint64_t addr)
{
    const struct an__area *area = an__graph_area_at(areas, addr);
    return area != NULL && area->content == LED_LINKAGE ? area : NULL;
}

static void sort_addrs(addr_list *list)
{
    struct keyed *scratch = mem_alloc((list->count + 1) * sizeof *scratch);
    if (list->count > 1)
        sort_keyed(list->items, scratch, list->count);
    free(scratch);
}

static struct slots find_slots(const struct an__areas *areas, const an__link_list *links)
{
    struct slots slots = {0};
    uint64_t start = UINT64_MAX, end = 0;
    for (size_t i = 0; i < areas->count; i++)
        if (areas->items[i].content == LED_LINKAGE && areas->items[i].executable) {
            start = MIN(start, areas->items[i].start);
            end = MAX(end, areas->items[i].end);
        }
    for (size_t i = 0; i < links->count; i++) {
        const struct an__link *link = &links->items[i];
        if (link->place >= start && link->place < end && linkage_at(areas, link->place))
            vec_push(&slots.jumps, ((struct keyed){link->place, 0}));
        if (link->target >= start && link->target < end && linkage_at(areas, link->target) &&
            !linkage_at(areas, link->place))
            vec_push(&slots.calls, ((struct keyed){link->target, 0}));
    }
    sort_addrs(&slots.calls);
    sort_addrs(&slots.jumps);
    return slots;
}

void an__graph_fill(struct img *img, struct an__named *named, const struct an__areas *areas,
                    const struct keyed *targets, size_t target_count, const an__link_list *links,
                    an__object_list *out)
{
    struct slots slots = find_slots(areas, links);
    struct starts starts = {targets, target_count, 0, &named->labels, 0};
    size_t next = 0;
    vec_reserve(out, named->objects.count + target_count);
    for (size_t a = 0; a < areas->count; a++) {
        const struct an__area *area = &areas->items[a];
        struct filler f = filler_of(img, area, out);
        f.slots = &slots;
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
    vec_free(&slots.calls);
    vec_free(&slots.jumps);
}
