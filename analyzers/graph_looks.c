// SPDX-License-Identifier: MIT
//
// Numbers that look like addresses, where nobody says whether they are. Better an edge too many than to call
// unreachable what is used; but a number names the beginning of a thing, not just any place.
//
//   a name     a word is the address of an object with a name. So are the vectors of a firmware, which C mostly
//              declares as numbers.
//   a text     it is where letters begin that a zero ends, behind another zero or an object. Linkers let a text that
//              is the end of another share its bytes: then it begins among letters. Few numbers are
//              like that by chance, if they are not low or round.
//
//   .rodata  |...0|n o t _ f o u n d 0|n i l 0|
//             text ^       ^ tail       ^ text
//
// Low numbers are sizes, masks, letters of Unicode: an object full of those tells of no address, one of a table of
// addresses mostly does. The sign alone is the least integer and a zero less than zero, although RISC-V has its code there.

#include "analyzers/graph_private.h"

#define LOW     0x110000 // numbers below are letters of Unicode, sizes, masks ...
#define LOWEST  0x10000
#define TABLE   8 // of an object with low addresses one word in so many is one
#define IN_CODE 4 // letters that a text among code has at least

const struct an__object *an__graph_last_before(const an__object_list *list, uint64_t addr)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list->items[middle].addr <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &list->items[low - 1] : NULL;
}

const struct an__object *an__graph_named_at(const an__object_list *list, uint64_t addr)
{
    const struct an__object *object = an__graph_last_before(list, addr);
    return object != NULL && addr - object->addr < object->size ? object : NULL;
}

// ---------------------------------------------------------------------------- texts

// Whether something ends in front of a place without a name: a section begins, or there ends a text, an object with
// a name, what a mark covers.
static bool is_behind(struct img *img, const struct an__area *area, const an__object_list *objects,
                      uint64_t addr)
{
    uint64_t until, before;
    if (addr == area->start)
        return true;
    img_mark_at(img, addr - 1, &until);
    return until == addr || an__graph_named_at(objects, addr - 1) != NULL ||
           (an__graph_number(img, addr - 1, 1, &before) && before == 0);
}

bool an__graph_begins_text(struct img *img, const struct an__area *area,
                           const an__object_list *objects, uint64_t addr)
{
    uint64_t letter;
    return an__graph_number(img, addr, 1, &letter) && letter >= '\t' && letter != 0x7f &&
           is_behind(img, area, objects, addr);
}

// Letters up to a zero; 0 when something else ends them.
static uint64_t text_at(struct img *img, const struct an__area *area, uint64_t addr)
{
    struct slice bytes;
    if (!img_bytes_at(img, addr, area->end - addr, &bytes))
        return 0;
    uint64_t size = an__graph_letters(bytes.data, bytes.size);
    return size < bytes.size && bytes.data[size] == 0 ? size : 0;
}

bool an__graph_is_tail(struct img *img, const struct an__area *area, const an__object_list *objects,
                       uint64_t addr)
{
    uint64_t before, until = addr;
    bool plain = addr < LOWEST || (addr & 0xff) == 0 || addr % 100 == 0;
    bool constant = area->content == LED_CONSTANT || area->content == LED_CODE;
    if (plain || !constant || addr == area->start || an__graph_named_at(objects, addr) != NULL)
        return false;
    img_mark_at(img, addr - 1, &until);
    return until != addr && an__graph_number(img, addr - 1, 1, &before) && before >= ' ' &&
           before != 0x7f && text_at(img, area, addr) != 0;
}

// ---------------------------------------------------------------------------- words

struct looks {
    struct an__links *links;
    const struct an_graph_input *input;
    const struct an__areas *areas;
    const an__object_list *objects;
    bool (*is_one)(const struct looks *l, uint64_t target);
};

static bool tells_object(const struct looks *l, uint64_t target)
{
    const struct an__object *object = an__graph_last_before(l->objects, target);
    return object != NULL && object->addr == target && object->name != NULL;
}

static bool tells_text(const struct looks *l, uint64_t target)
{
    struct img *img = l->input->img;
    const struct an__area *area = an__graph_area_at(l->areas, target);
    if (area == NULL || area->content > LED_DATA || an__graph_named_at(l->objects, target) != NULL)
        return false;
    uint64_t least = an__graph_is_code(img, l->areas, target) ? IN_CODE : 1;
    if (an__graph_begins_text(img, area, l->objects, target))
        return text_at(img, area, target) >= least;
    return least == 1 && an__graph_is_tail(img, area, l->objects, target);
}

// Letters, and perhaps zeros behind them.
static bool is_text(uint64_t word)
{
    while ((word & 0xff) >= ' ' && (word & 0xff) < 0x7f)
        word >>= 8;
    return word == 0;
}

// The links that words between two addresses are. `mixed`: texts may lie there as well.
static void look_into(const struct looks *l, uint64_t start, uint64_t end, bool mixed)
{
    struct slice bytes;
    struct img *img = l->input->img;
    an__link_list *list = &l->links->list;
    uint64_t size = img_info(img)->address_size, skip = -start & (size - 1);
    const uint64_t sign = UINT64_C(1) << (8 * size - 1);
    if (!img_bytes_at(img, start, end - start, &bytes) || skip > bytes.size)
        return;
    struct cur c = cur_make(bytes, img_info(img)->big_endian);
    size_t before = list->count, words = 0;
    bool low = false;
    cur_skip(&c, skip);
    while (cur_left(&c) >= size) {
        uint64_t place = start + cur_offset(&c), word = cur_uint(&c, (unsigned)size);
        uint64_t target = an__graph_without_mode(img, l->areas, word);
        words += word != 0;
        if (word == 0 || word == sign || (mixed && is_text(word)) ||
            !an__graph_fits_mode(img, l->areas, word) || !l->is_one(l, target))
            continue;
        low |= target < LOW;
        vec_push(list, ((struct an__link){place, target, AN_LINK_LOOKS}));
    }
    if (low && (list->count - before) * TABLE < words)
        list->count = before;
}

static bool may_look(const struct an__links *links, const struct an_graph_input *input)
{
    return img_info(input->img)->type == ET_EXEC && !links->data;
}

void an__graph_looks(struct an__links *links, const struct an_graph_input *input,
                     const struct an__areas *areas, const an__object_list *objects)
{
    struct looks l = {links, input, areas, objects, tells_object};
    if (!may_look(links, input))
        return;
    bool firmware = led_is_firmware(input->img);
    size_t count;
    const struct img_section *sections = img_sections(input->img, &count);
    for (size_t i = 0; i < objects->count; i++) {
        const struct an__object *object = &objects->items[i];
        bool typed = object->type != DW_NO_REF || object->by == AN__BY_STRING ||
                     object->by == AN__BY_LINKAGE || object->by == AN__BY_PADDING ||
                     img_is_merged(&sections[object->section]);
        bool vectors = firmware && (i == 0 || object->exported); // addresses, whatever the type
        if (!object->code && (!typed || vectors))
            look_into(&l, object->addr, object->addr + object->size, false);
    }
}

void an__graph_looks_texts(struct an__links *links, const struct an_graph_input *input,
                           const struct an__areas *areas, const an__object_list *objects)
{
    struct looks l = {links, input, areas, objects, tells_text};
    size_t count, next = 0;
    const struct img_section *sections = img_sections(input->img, &count);
    for (size_t i = 0; may_look(links, input) && i < areas->count; i++) {
        const struct an__area *area = &areas->items[i];
        bool data = (area->content == LED_CONSTANT || area->content == LED_DATA) &&
                    !img_is_merged(&sections[area->section]);
        uint64_t at = area->start;
        for (; next < objects->count && objects->items[next].addr < area->end; next++) {
            const struct an__object *object = &objects->items[next];
            if (data && at < object->addr)
                look_into(&l, at, object->addr, true);
            at = object->addr + object->size;
            if (!object->code && object->type == DW_NO_REF)
                look_into(&l, object->addr, at, false);
        }
        if (data && at < area->end)
            look_into(&l, at, area->end, true);
    }
}
