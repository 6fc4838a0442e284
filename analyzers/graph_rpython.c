// SPDX-License-Identifier: MIT
//
// The table of types of an RPython program.
//
// The running program tells ids and names; sizes are in the image. The table is found by what each row
// must hold at its id: its number. That is thousands of words at fixed distances, so a table of another
// build fits nowhere.

#include <inttypes.h>

#include "analyzers/graph_rpython.h"

#define ROWS_MAX 65536 // numbers have 16 bits

// --------------------------------------------------------------------------- lines

// "GcStruct tuple2 { item0, item1 }" as "tuple2"; "GcArray of * GcStruct object { typeptr } " as "GcArray
// of * object".
static const char *short_name(struct arena *arena, struct slice text)
{
    static const char word[] = "GcStruct ";
    char *name = arena_alloc(arena, text.size + 1);
    size_t size = 0, depth = 0;
    for (size_t i = 0; i < text.size; i++) {
        struct slice rest = slice_of(text.data + i, text.size - i);
        depth += text.data[i] == '{';
        bool skipped = depth != 0 || (size == 0 && text.data[i] == ' ');
        depth -= depth != 0 && text.data[i] == '}';
        if (skipped)
            continue;
        if (slice_starts(rest, word))
            i += sizeof word - 2;
        else if (text.data[i] != ' ' || name[size - 1] != ' ')
            name[size++] = text.data[i] < ' ' ? '?' : (char)text.data[i];
    }
    while (size != 0 && name[size - 1] == ' ')
        size--;
    name[size] = '\0';
    return size != 0 ? name : "?";
}

static bool take_digits(struct slice *text, uint64_t *value)
{
    size_t size = 0;
    for (*value = 0;
         size < text->size && size < 18 && text->data[size] >= '0' && text->data[size] <= '9';
         size++)
        *value = *value * 10 + (text->data[size] - (uint64_t)'0');
    *text = slice_of(text->data + size, text->size - size);
    return size != 0;
}

// "memberN  " in front of a text.
static void take_number(struct slice *text, uint64_t *number)
{
    static const char word[] = "member";
    uint64_t stated;
    if (!slice_starts(*text, word))
        return;
    struct slice rest = slice_of(text->data + strlen(word), text->size - strlen(word));
    if (!take_digits(&rest, &stated))
        return;
    *number = stated;
    *text = rest;
}

static bool read_line(struct an__rpython *rp, struct slice line, uint64_t number)
{
    struct an__rpython_row *row = &rp->rows[rp->row_count];
    if (!take_digits(&line, &row->id) || line.size == 0 || line.data[0] != '\t')
        return false;
    line = slice_of(line.data + 1, line.size - 1);
    take_number(&line, &number);
    if (row->id == 0) // a virtual table, or the place that stands for no type
        return true;
    const struct an__rpython_row *last = rp->row_count ? row - 1 : NULL;
    bool ascends = last == NULL || (row->id > last->id && number > last->number);
    if (!ascends || number >= ROWS_MAX || row->id % rp->word != 0)
        return false;
    row->number = (uint32_t)number;
    row->name = short_name(rp->arena, line);
    rp->row_count++;
    return true;
}

bool an__rpython_read(struct an__rpython *rp, struct slice text, const char *path,
                      struct fault *fault)
{
    uint64_t line = 0;
    size_t lines = 1;
    for (size_t i = 0; i < text.size; i++)
        lines += text.data[i] == '\n';
    rp->rows = ARENA_ARRAY(rp->arena, MIN(lines, (size_t)ROWS_MAX), struct an__rpython_row);
    for (const uint8_t *at = text.data, *end = at + text.size; at < end; line++) {
        const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        struct slice bytes = slice_of(at, (size_t)(stop - at));
        at = stop + 1;
        if (line == ROWS_MAX || !read_line(rp, bytes, line))
            return fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET,
                             "line %" PRIu64 " is no id, tab and type with ids that ascend",
                             line + 1);
    }
    return rp->row_count != 0 ||
           fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET, "holds no types");
}

// ---------------------------------------------------------------------------- rows

const struct an__rpython_row *an__rpython_row(const struct an__rpython *rp, uint64_t id)
{
    size_t low = 0, high = rp->row_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (rp->rows[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < rp->row_count && rp->rows[low].id == id ? &rp->rows[low] : NULL;
}

const struct an__rpython_row *an__rpython_header(const struct an__rpython *rp, uint64_t addr)
{
    uint64_t word;
    unsigned half = rp->word * 4;
    const struct cfg_prebuilt *layout = rp->layout;
    if (!an__graph_word(rp->img, addr, &word))
        return NULL;
    uint64_t flags = word >> half, id = word & ((UINT64_C(1) << half) - 1);
    if ((flags & layout->flags) != layout->flags || (flags & ~(layout->flags | layout->others)))
        return NULL;
    return an__rpython_row(rp, id);
}

static uint64_t word_of(const struct an__rpython *rp, uint64_t row, uint64_t index)
{
    uint64_t value = 0;
    an__graph_word(rp->img, row + index * rp->word, &value);
    return value;
}

static void read_row(struct an__rpython *rp, struct an__rpython_row *row)
{
    const struct cfg_prebuilt *layout = rp->layout;
    uint64_t addr = rp->base + row->id, place = addr + layout->pointers * rp->word;
    row->size = word_of(rp, addr, layout->size);
    size_t at = keyed_first(rp->places, rp->place_count, place);
    if (at < rp->place_count && rp->places[at].key == place)
        row->places = rp->places[at].value;
    if (!(word_of(rp, addr, 0) & layout->varies))
        return;
    row->item = word_of(rp, addr, layout->item);
    row->items = word_of(rp, addr, layout->items);
    row->length = word_of(rp, addr, layout->length);
}

// ---------------------------------------------------------------------- in the image

// How many rows in a row have their number where they would be.
static size_t rows_at(const struct an__rpython *rp, const uint8_t *bytes, uint64_t size,
                      uint64_t base)
{
    size_t count = 0;
    bool big = img_info(rp->img)->big_endian;
    for (; count < rp->row_count; count++) {
        const struct an__rpython_row *row = &rp->rows[count];
        if (!range_fits(base + row->id, rp->word, size))
            break;
        struct cur c = cur_make(slice_of(bytes + base + row->id, rp->word), big);
        if ((cur_uint(&c, rp->word) & rp->layout->number) != row->number)
            break;
    }
    return count;
}

// A word matches one row at most, so all tries together cost as much as the words.
static size_t find_table(struct an__rpython *rp)
{
    size_t best = 0;
    for (size_t a = 0; a < rp->areas->count && best < rp->row_count; a++) {
        const struct an__area *area = &rp->areas->items[a];
        struct slice bytes;
        if (area->executable ||
            !img_bytes_at(rp->img, area->start, area->end - area->start, &bytes))
            continue;
        for (uint64_t at = 0; at < bytes.size && best < rp->row_count; at += rp->word) {
            size_t count = rows_at(rp, bytes.data, bytes.size, at);
            if (count > best) {
                best = count;
                rp->base = area->start + at;
            }
        }
    }
    return best;
}

static void keep_places(struct an__rpython *rp, const struct an__links *links)
{
    size_t count = links->list.count;
    struct keyed *scratch = mem_alloc((count + 1) * sizeof *scratch);
    rp->places = mem_alloc((count + 1) * sizeof *rp->places);
    rp->targets = mem_alloc((count + 1) * sizeof *rp->targets);
    for (size_t i = 0; i < count; i++) {
        const struct an__link *link = &links->list.items[i];
        rp->places[i] = (struct keyed){link->place, link->target};
        rp->targets[i] = (struct keyed){link->target, 0};
    }
    rp->place_count = count;
    sort_keyed(rp->places, scratch, count);
    sort_keyed(rp->targets, scratch, count);
    free(scratch);
    for (size_t i = 0; i < count; i++)
        if (rp->target_count == 0 || rp->targets[rp->target_count - 1].key != rp->targets[i].key)
            rp->targets[rp->target_count++] = rp->targets[i];
}

#define ROWS_LEAST 4 // fewer may be found anywhere

static bool bind(struct an__rpython *rp, const char *path, struct fault *fault)
{
    size_t found = find_table(rp);
    if (found < rp->row_count || found < ROWS_LEAST)
        return fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET,
                         "is of another build than %s: of its %zu types there are %zu in a row",
                         img_info(rp->img)->path, rp->row_count, found);
    for (size_t i = 0; i < rp->row_count; i++)
        read_row(rp, &rp->rows[i]);
    const struct an__rpython_row *last = &rp->rows[rp->row_count - 1];
    rp->end = rp->base + last->id + rp->layout->row * rp->word * (last->item ? 2 : 1);
    return true;
}

bool an__rpython_new(struct an__rpython **out, const struct an_graph_input *input,
                     const struct an__areas *areas, const struct an__links *links,
                     struct fault *fault)
{
    struct an__rpython *rp = mem_zalloc(1, sizeof *rp);
    *out = rp;
    rp->img = input->img;
    rp->areas = areas;
    rp->layout = &input->profile->prebuilt;
    rp->arena = arena_new();
    rp->word = img_info(input->img)->address_size;
    if (!rp->layout->given)
        return fault_set(fault, FAULT_INPUT, input->profile->path, NULL, NO_OFFSET,
                         "says nothing of prebuilt constants");
    if (!an__rpython_read(rp, input->typeids, input->typeids_path, fault))
        return false;
    keep_places(rp, links);
    return bind(rp, input->typeids_path, fault);
}

void an__rpython_free(struct an__rpython *rp)
{
    if (rp == NULL)
        return;
    free(rp->places);
    free(rp->targets);
    arena_free(rp->arena);
    free(rp);
}

const char *an__rpython_type(const struct an__rpython *rp, uint32_t made)
{
    static const char *const texts[AN__RP_FIRST] = {
        [AN__RP_RECORD] = "traceback record",  [AN__RP_INFO] = "type info",
        [AN__RP_VTABLE] = "virtual table",     [AN__RP_PLACES] = "places of pointers",
        [AN__RP_TEXT] = "raw array of Char",   [AN__RP_ARRAY] = "raw array",
        [AN__RP_FUNCTIONS] = "function table",
    };
    return made < AN__RP_FIRST ? texts[made] : rp->rows[made - AN__RP_FIRST].name;
}
