// SPDX-License-Identifier: MIT
//
// Prebuilt constants of an RPython program, each with its own size.
//
//   first     what pointers lead to, when it begins with the word of a type; arrays of offsets that rows
//             of the table point to; the table itself
//   between   other objects (only code refers to them), records, and arrays by their shape
//
//   record         |file.c|function|line|        two relocated words that lead to texts, a number
//   array of Char  |n|n letters|zeros|
//   raw array      |n|n items|zeros|             up to the next thing
//   functions      |f|g|h|                       relocated words that lead to code
//
// Objects say their size, so none is "up to the next target"; one that would run over its section is none.

#include "analyzers/graph_rpython.h"

// One area being gone through.
struct scan {
    struct an__rpython *rp;
    const struct an__area *area;
    struct slice bytes;
    size_t place, target; // the next ones; addresses ascend
    an__object_list *out;
    struct an__links *links;
    const char *file; // the last name of a file that was looked at, and where it lies
    uint64_t file_addr;
};

static uint64_t word_at(const struct scan *s, uint64_t addr)
{
    struct cur c = cur_make(s->bytes, img_info(s->rp->img)->big_endian);
    cur_seek(&c, addr - s->area->start);
    return cur_uint(&c, s->rp->word);
}

static const uint8_t *byte_at(const struct scan *s, uint64_t addr)
{
    return s->bytes.data + (addr - s->area->start);
}

static void put(struct scan *s, uint64_t addr, uint64_t size, uint32_t made)
{
    vec_push(s->out, ((struct an__object){.addr = addr,
                                          .size = size,
                                          .type = DW_NO_REF,
                                          .section = s->area->section,
                                          .made = made,
                                          .by = AN__BY_HEADER}));
}

// From now on nothing before an address is asked for.
static void move_to(struct scan *s, uint64_t addr)
{
    const struct an__rpython *rp = s->rp;
    while (s->place < rp->place_count && rp->places[s->place].key < addr)
        s->place++;
    while (s->target < rp->target_count && rp->targets[s->target].key < addr)
        s->target++;
}

#define NEAR 4 // places that are looked at one by one

// What the relocated word at an address points to.
static bool pointer_at(const struct scan *s, uint64_t addr, uint64_t *target)
{
    const struct an__rpython *rp = s->rp;
    size_t i = s->place, near = MIN(rp->place_count, i + NEAR);
    while (i < near && rp->places[i].key < addr)
        i++;
    if (i == near && i < rp->place_count)
        i = keyed_first(rp->places, rp->place_count, addr);
    if (i == rp->place_count || rp->places[i].key != addr)
        return false;
    *target = rp->places[i].value;
    return true;
}

// The first target at or behind an address that is near, or `end`.
static uint64_t next_target(const struct scan *s, uint64_t addr, uint64_t end)
{
    const struct an__rpython *rp = s->rp;
    size_t i = s->target;
    while (i < rp->target_count && rp->targets[i].key < addr)
        i++;
    return i < rp->target_count ? MIN(rp->targets[i].key, end) : end;
}

// ------------------------------------------------------------------------- objects

// Bytes of the object at an address, with its row; 0 when there is none that ends by `end`.
static uint64_t object_size(const struct scan *s, uint64_t addr, uint64_t end,
                            const struct an__rpython_row **row)
{
    uint64_t size, variable = 0, word = s->rp->word;
    *row = addr % word == 0 && end - addr >= word ? an__rpython_header(s->rp, addr) : NULL;
    if (*row == NULL)
        return 0;
    size = (*row)->size;
    if ((*row)->item != 0) {
        if (!range_fits((*row)->length, word, end - addr) ||
            !mul_u64(word_at(s, addr + (*row)->length), (*row)->item, &variable) ||
            !add_u64(variable, (*row)->items, &variable))
            return 0;
        size = MAX(size, variable);
    }
    return size >= word && size <= end - addr ? size : 0;
}

// An object refers to the row of its type, by the number in its first word.
static void put_object(struct scan *s, uint64_t addr, uint64_t size,
                       const struct an__rpython_row *row)
{
    put(s, addr, size, AN__RP_FIRST + (uint32_t)(row - s->rp->rows));
    vec_push(&s->links->list, ((struct an__link){addr, s->rp->base + row->id, AN_LINK_TYPED}));
}

// Rows, and behind a row without items the virtual table of its class. A class may lack one; that of the last
// row ends where nobody says.
static void put_table(struct scan *s)
{
    const struct an__rpython *rp = s->rp;
    for (size_t i = 0; i < rp->row_count; i++) {
        const struct an__rpython_row *row = &rp->rows[i];
        uint64_t size = rp->layout->row * rp->word * (row->item ? 2 : 1), addr = rp->base + row->id;
        uint64_t next =
            i + 1 < rp->row_count ? rp->base + row[1].id : MIN(addr + size, s->area->end);
        size = MIN(size, next - addr);
        put(s, addr, size, AN__RP_INFO);
        if (addr + size < next) {
            put(s, addr + size, next - addr - size, AN__RP_VTABLE);
            vec_push(&s->links->list, ((struct an__link){addr, addr + size, AN_LINK_TYPED}));
        }
    }
}

static struct keyed *sorted_offsets(const struct an__rpython *rp)
{
    struct keyed *items = mem_alloc(2 * (rp->row_count + 1) * sizeof *items);
    for (size_t i = 0; i < rp->row_count; i++)
        items[i] = (struct keyed){rp->rows[i].places, 0};
    sort_keyed(items, items + rp->row_count, rp->row_count);
    return items;
}

// An array of offsets that a row points to: a number, and as many words.
static uint64_t offsets_size(const struct scan *s, uint64_t addr, uint64_t end)
{
    uint64_t size, word = s->rp->word;
    if (addr % word != 0 || end - addr < word || !mul_u64(word_at(s, addr), word, &size))
        return 0;
    return size <= end - addr - word ? size + word : 0;
}

static void put_targets(struct scan *s, const struct keyed *offsets)
{
    const struct an__rpython *rp = s->rp;
    const struct an__area *area = s->area;
    size_t at = 0, i = keyed_first(rp->targets, rp->target_count, area->start);
    bool table = rp->base - area->start < area->end - area->start;
    const struct an__rpython_row *row;
    for (uint64_t end = area->start; i < rp->target_count && rp->targets[i].key < area->end; i++) {
        uint64_t addr = rp->targets[i].key, size;
        if (table && addr >= rp->base) {
            put_table(s);
            end = rp->end;
            table = false;
        }
        if (addr < end)
            continue;
        while (at < rp->row_count && offsets[at].key < addr)
            at++;
        uint64_t limit = table ? rp->base : area->end;
        if ((size = object_size(s, addr, limit, &row)) != 0)
            put_object(s, addr, size, row);
        else if (at < rp->row_count && offsets[at].key == addr &&
                 (size = offsets_size(s, addr, limit)) != 0)
            put(s, addr, size, AN__RP_PLACES);
        end = size != 0 ? addr + size : end;
    }
    if (table)
        put_table(s);
}

// ------------------------------------------------------------------------- between

static bool is_file(struct scan *s, uint64_t addr)
{
    const char *text;
    if (s->file != NULL && s->file_addr == addr)
        return true;
    if (!an__graph_text(s->rp->img, addr, &text) || !slice_ends(slice_text(text), ".c"))
        return false;
    s->file = text;
    s->file_addr = addr;
    return true;
}

// Two pointers to texts, the first the name of a C file, and a line.
static uint64_t record_size(struct scan *s, uint64_t addr, uint64_t end)
{
    uint64_t word = s->rp->word, file, function, unused;
    const char *text;
    if (end - addr < 3 * word || !pointer_at(s, addr, &file) ||
        !pointer_at(s, addr + word, &function) || pointer_at(s, addr + 2 * word, &unused))
        return 0;
    uint64_t line = word_at(s, addr + 2 * word);
    bool good = line != 0 && line <= INT32_MAX && is_file(s, file) &&
                an__graph_text(s->rp->img, function, &text);
    return good ? 3 * word : 0;
}

static bool is_zero(const struct scan *s, uint64_t start, uint64_t end)
{
    for (; start < end; start++)
        if (*byte_at(s, start) != 0)
            return false;
    return true;
}

#define ALIGN 32 // bytes: compilers align no object to more

// A number and as many letters, then zeros up to the next word. Letters are no zeros, so what one try reads the
// next does not.
static uint64_t text_size(const struct scan *s, uint64_t addr, uint64_t end)
{
    uint64_t word = s->rp->word, length = word_at(s, addr), stop = addr + word + length;
    if (length == 0 || length > end - addr - word)
        return 0;
    for (uint64_t at = addr + word; at < stop; at++) {
        uint8_t c = *byte_at(s, at);
        if (c < '\t' || c == 0x7f)
            return 0;
    }
    return is_zero(s, stop, MIN(end, (stop + word - 1) / word * word)) ? stop - addr : 0;
}

// A number and as many items of 1, 2, 4 or 8 bytes that fill the place up to the next thing, but for what
// aligns that.
static uint64_t array_size(const struct scan *s, uint64_t addr, uint64_t end)
{
    uint64_t word = s->rp->word, length = word_at(s, addr), unused;
    if (next_target(s, addr, end) != addr || pointer_at(s, addr, &unused))
        return 0;
    end = next_target(s, addr + 1, end);
    uint64_t room = end - addr - MIN(word, end - addr);
    for (uint64_t item = 8; item != 0 && length != 0; item /= 2)
        if (length <= room / item && room - length * item < ALIGN)
            return is_zero(s, addr + word + length * item, end) ? word + length * item : 0;
    return 0;
}

static bool leads_to_code(const struct scan *s, uint64_t addr)
{
    uint64_t target;
    return pointer_at(s, addr, &target) && an__graph_is_code(s->rp->img, s->rp->areas, target);
}

// Addresses of functions, zeros among them, up to the next thing that is pointed to.
static uint64_t functions_size(const struct scan *s, uint64_t addr, uint64_t end)
{
    uint64_t word = s->rp->word, at = addr, last = addr;
    if (!leads_to_code(s, addr))
        return 0;
    end = next_target(s, addr + 1, end);
    for (; end - at >= word && at - last < ALIGN; at += word)
        if (leads_to_code(s, at))
            last = at + word;
        else if (!is_zero(s, at, at + word))
            break;
    return last - addr > word ? last - addr : 0;
}

static void fill_gap(struct scan *s, uint64_t start, uint64_t end)
{
    uint64_t word = s->rp->word, size;
    const struct an__rpython_row *row;
    for (uint64_t at = (start + word - 1) / word * word; at < end && end - at >= word; at += size) {
        move_to(s, at);
        if ((size = object_size(s, at, end, &row)) != 0)
            put_object(s, at, size, row);
        else if ((size = record_size(s, at, end)) != 0)
            put(s, at, size, AN__RP_RECORD);
        else if ((size = text_size(s, at, end)) != 0)
            put(s, at, size, AN__RP_TEXT);
        else if ((size = functions_size(s, at, end)) != 0)
            put(s, at, size, AN__RP_FUNCTIONS);
        else if ((size = array_size(s, at, end)) != 0)
            put(s, at, size, AN__RP_ARRAY);
        size = MAX((size + word - 1) / word * word, word);
    }
}

// Finds what lies between the objects that are known, and puts all in order.
static void fill_gaps(struct scan *s, const an__object_list *known)
{
    uint64_t end = s->area->start;
    for (size_t i = 0; i < known->count; i++) {
        fill_gap(s, end, known->items[i].addr);
        vec_push(s->out, known->items[i]);
        end = known->items[i].addr + known->items[i].size;
    }
    fill_gap(s, end, s->area->end);
}

void an__rpython_objects(struct an__rpython *rp, struct an__named *named, struct an__links *links)
{
    size_t count;
    const struct img_section *sections = img_sections(rp->img, &count);
    struct keyed *offsets = sorted_offsets(rp);
    an__object_list found = {0};
    for (size_t a = 0; a < rp->areas->count; a++) {
        const struct an__area *area = &rp->areas->items[a];
        an__object_list known = {0};
        struct scan s = {.rp = rp, .area = area, .out = &known, .links = links};
        bool written = sections[area->section].flags & SHF_WRITE;
        if (area->executable || area->content == LED_LINKAGE || !written ||
            !img_bytes_at(rp->img, area->start, area->end - area->start, &s.bytes))
            continue;
        put_targets(&s, offsets);
        s.out = &found;
        fill_gaps(&s, &known);
        vec_free(&known);
    }
    an__graph_add(named, &found);
    vec_free(&found);
    free(offsets);
    free(rp->targets);
    rp->targets = NULL;
    rp->target_count = 0;
}
