// SPDX-License-Identifier: MIT
//
// The maps of IAR ILINK.
//
//   # IAR ELF Linker V6.50.3.4676/W32 for ARM        08/Apr/2015  23:30:36 #
//   *** PLACEMENT SUMMARY
//   "P1":  place in [from 0x08000000 to 0x080fffff] { ro };
//     Section            Kind        Address   Size  Object
//   "P1":                                     0x538
//     .text              ro code  0x08000188   0xe0  system_stm32f4xx.o [1]
//     P2 s0                       0x20000000   0x24  <Init block>
//       .data            inited   0x20000000   0x14  system_stm32f4xx.o [1]
//                               - 0x080006c0  0x538
//   *** ENTRY LIST
//   main                    0x08000269  0x78  Code  Gb  main.o [1]
//   [1] = C:\work\Obj
//   [3] = dl7M_tln.a
//     1 656 bytes of readonly  code memory
//
// Newer versions group digits (0x0800'0188, 1'656), and have an alignment before the size. A placement
// group is an output section; a range it is placed in is a region. A row with rows below it, farther to the
// right, is a block: its parts count, not itself. Long names stand on a line of their own. The numbers in
// brackets are explained at the end: a directory, or a library.

#include "linkmap/private.h"

enum part { BEFORE, PLACEMENT, OTHER, ENTRIES };

struct iar {
    struct lm__reader *r;
    enum part part;
    size_t kind_column;   // of the headings
    bool alignment;       // there is such a column
    bool rows;            // the headings of the table were seen
    struct slice placing; // the group whose ranges are being told
    struct slice pending; // a name that stands alone
    size_t pending_indent;
    size_t init_indent; // of the init block read last; SIZE_MAX: left
    bool in_section;
    VEC(struct slice) places; // by number - 1: what the brackets mean
    uint64_t stated;          // bytes of memory in all, by the last lines
    bool has_total;
};

unsigned lm__iar_score(struct slice text)
{
    struct slice head = lm__head(text);
    struct slice first = lm__until(head, 2000);
    if (lm__find(first, "IAR ELF Linker") != SIZE_MAX)
        return 100;
    return lm__has_line(head, "*** PLACEMENT SUMMARY") ? 80 : 0;
}

// ------------------------------------------------------------------- grouped digits

#define DIGITS_MAX 40

// A number with marks between its digits: "0x0800'0188", "1'656".
static bool grouped(struct slice word, uint64_t *value)
{
    char text[DIGITS_MAX];
    size_t size = 0;
    if (word.size > DIGITS_MAX)
        return false;
    for (size_t i = 0; i < word.size; i++)
        if (word.data[i] != '\'')
            text[size++] = (char)word.data[i];
    struct slice plain = slice_of(text, size);
    return slice_starts(plain, "0x") ? lm__prefixed(plain, value) : lm__decimal(plain, value);
}

// -------------------------------------------------------------------------- regions

// "[from 0x08000000 to 0x080fffff]", taken off the front with all before it.
static bool next_range(struct slice *text, uint64_t *first, uint64_t *last)
{
    size_t from = lm__find(*text, "[from ");
    if (from == SIZE_MAX)
        return false;
    *text = lm__from(*text, from + strlen("[from "));
    size_t end = lm__find(*text, "]");
    struct slice range = lm__until(*text, end);
    *text = lm__from(*text, end);
    struct slice low = lm__word(&range), to = lm__word(&range), high = lm__word(&range);
    return slice_is(to, "to") && grouped(low, first) && grouped(high, last) && *last >= *first;
}

static void add_range(struct iar *iar, uint64_t first, uint64_t last)
{
    struct lm_map *map = iar->r->map;
    struct lm_region *before =
        map->regions.count != 0 ? &map->regions.items[map->regions.count - 1] : NULL;
    if (before != NULL && slice_equal(before->name, iar->placing) &&
        before->origin + before->length == first)
        before->length += last - first + 1;
    else
        vec_push(&map->regions, (struct lm_region){.name = iar->placing,
                                                   .origin = first,
                                                   .length = last - first + 1,
                                                   .used = LM_NONE,
                                                   .line = iar->r->line});
}

// "P1":  place in [from 0x08000000 to 0x0807ffff] |
//                 [from 0x10000000 to 0x1000ffff] { ro };       several ranges: neighbours are one
static void placement_line(struct iar *iar, struct slice line)
{
    size_t quote = line.data[0] == '"' ? lm__find(lm__from(line, 1), "\"") : SIZE_MAX;
    if (quote != SIZE_MAX)
        iar->placing = slice_of(line.data + 1, quote);
    uint64_t first, last;
    while (iar->placing.size != 0 && next_range(&line, &first, &last))
        add_range(iar, first, last);
    if (lm__find(line, "{") != SIZE_MAX)
        iar->placing = slice_of(NULL, 0);
}

static uint32_t region_named(const struct lm_map *map, struct slice name)
{
    for (uint32_t i = 0; i < MIN(map->regions.count, (size_t)64); i++)
        if (slice_equal(map->regions.items[i].name, name))
            return i;
    return LM_NO;
}

// "P2", part 1 of 3:                         0x24
static void group_line(struct iar *iar, struct slice line)
{
    size_t quote = lm__find(lm__from(line, 1), "\"");
    uint64_t size;
    if (quote == SIZE_MAX || !grouped(lm__last_word(line), &size))
        return;
    struct slice name = slice_of(line.data + 1, quote);
    struct lm_section *section =
        lm__section(iar->r, name, LM_NONE, size); // the first row says where
    section->region = region_named(iar->r->map, name);
    iar->in_section = true;
    iar->init_indent = SIZE_MAX;
}

// ----------------------------------------------------------------------------- rows

struct row {
    struct slice name, kind, object;
    uint64_t addr, size, align;
    size_t indent;
};

// The place of " 0x": where the name and the kind end.
static size_t address_column(struct slice line)
{
    size_t at = lm__find(line, " 0x");
    return at == SIZE_MAX ? SIZE_MAX : at + 1;
}

static bool parse_row(struct iar *iar, struct slice line, struct row *row)
{
    size_t at = address_column(line);
    if (at == SIZE_MAX)
        return false;
    *row = (struct row){.indent = lm__blanks(line)};
    struct slice rest = lm__from(line, at), before = lm__until(line, at);
    size_t column = MIN(MAX(iar->kind_column, row->indent), before.size);
    // A name may be as wide as its column; then one blank parts it from the kind.
    row->name = lm__trim(lm__until(before, column));
    row->kind = lm__trim(lm__from(before, column));
    if (!grouped(lm__word(&rest), &row->addr))
        return false;
    struct slice word = lm__word(&rest);
    if (iar->alignment && !slice_starts(word, "0x")) { // what is aligned to bytes leaves it empty
        if (!grouped(word, &row->align))
            return false;
        word = lm__word(&rest);
    }
    if (!grouped(word, &row->size))
        return false;
    row->object = lm__trim(rest);
    if (row->name.size == 0 && iar->pending.size != 0) {
        row->name = iar->pending;
        row->indent = iar->pending_indent;
    }
    return true;
}

static bool is_block(struct iar *iar, const struct row *row)
{
    struct slice next = lm__peek(iar->r);
    return slice_starts(row->object, "<") && lm__blanks(next) > row->indent &&
           !slice_starts(lm__trim(next), "- 0x");
}

// Whether the row lies in an init block, which it may open or leave: that is copied there from rows that are
// called "Initializer bytes".
static bool follow_init_block(struct iar *iar, const struct row *row)
{
    if (row->indent <= iar->init_indent)
        iar->init_indent = SIZE_MAX;
    bool inside = iar->init_indent != SIZE_MAX;
    if (slice_is(row->object, "<Init block>"))
        iar->init_indent = row->indent;
    return inside;
}

static void add_row(struct iar *iar, const struct row *row)
{
    bool copied = follow_init_block(iar, row);
    struct lm_map *map = iar->r->map;
    struct lm_section *section = &map->sections.items[map->sections.count - 1];
    if (section->addr == LM_NONE)
        section->addr = section->lma = row->addr;
    if (is_block(iar, row))
        return;
    bool object = row->object.size != 0 && row->object.data[0] != '<' && row->object.data[0] != '-';
    struct lm_contribution *c = lm__contribution(iar->r, row->name, row->addr, row->size,
                                                 object ? lm__file(iar->r, row->object) : LM_NO);
    c->align = row->align <= UINT32_MAX ? (uint32_t)row->align : 0;
    c->nobits = copied || slice_is(row->kind, "zero") || slice_is(row->kind, "uninit") ||
                (!object && slice_starts(row->object, "<Block"));
    if (!object)
        c->kind = LM_MADE;
}

// "- 0x2000067c  0x670": the end of the last row, and how far from the start of the group. What is aligned
// higher than the group begins behind its start; what the group has beyond it pads its end.
static void group_end(struct iar *iar, struct slice text)
{
    uint64_t end, size;
    struct lm_map *map = iar->r->map;
    if (!iar->in_section || !lm__eat(&text, "- ") || !grouped(lm__word(&text), &end) ||
        !grouped(lm__word(&text), &size) || size > end)
        return;
    struct lm_section *section = &map->sections.items[map->sections.count - 1];
    section->addr = section->lma = end - size;
    uint64_t padding = section->size - MIN(size, section->size);
    if (padding != 0)
        lm__contribution(iar->r, slice_text("fill"), end, padding, LM_NO)->kind = LM_FILL;
}

static void row_line(struct iar *iar, struct slice line)
{
    struct slice text = lm__trim(line);
    struct row row;
    if (slice_starts(text, "- 0x")) {
        group_end(iar, text);
        iar->pending = slice_of(NULL, 0);
    } else if (slice_starts(text, "-----")) {
        iar->pending = slice_of(NULL, 0);
    } else if (line.data[0] == '"') {
        group_line(iar, line);
    } else if (!lm__is_blank(line.data[0])) {
        iar->in_section = false; // "Unused ranges:"
    } else if (!iar->in_section) {
        return;
    } else if (parse_row(iar, line, &row)) {
        add_row(iar, &row);
        iar->pending = slice_of(NULL, 0);
    } else {
        iar->pending = text;
        iar->pending_indent = lm__blanks(line);
    }
}

static void table_line(struct iar *iar, struct slice line)
{
    struct slice text = lm__trim(line);
    if (slice_starts(text, "Section ") && lm__find(text, "Address") != SIZE_MAX) {
        iar->kind_column = lm__find(line, "Kind");
        iar->alignment = lm__find(line, "Alig") != SIZE_MAX; // 9.x spells it "Aligment"
        iar->rows = true;
    } else if (iar->rows) {
        row_line(iar, line);
    } else {
        placement_line(iar, line);
    }
}

// -------------------------------------------------------------------------- entries

#define PLACE_LINES 16 // that a path may go on for

// "[1] = C:\work\Obj"
static bool place_line(struct iar *iar, struct slice line)
{
    uint64_t number;
    size_t equals = lm__find(line, "] = ");
    if (!slice_starts(line, "[") || equals == SIZE_MAX ||
        !lm__decimal(slice_of(line.data + 1, equals - 1), &number))
        return false;
    if (number != iar->places.count + 1)
        return true;
    struct slice place = lm__trim(lm__from(line, equals + 4));
    // What does not fit goes on behind blanks.
    for (int lines = 0; lines < PLACE_LINES && lm__blanks(lm__peek(iar->r)) >= 4; lines++) {
        struct slice more;
        if (!lm__line(iar->r, &more))
            break;
        place = lm__join(iar->r, place, "", lm__trim(more));
    }
    vec_push(&iar->places, place);
    return true;
}

// "  1 656 bytes of readonly  code memory". What is in gaps counts as code, so that only the sum of all
// kinds can be compared; what only pads the end of a group does not count.
static bool total_line(struct iar *iar, struct slice line)
{
    size_t at = lm__find(line, " bytes of ");
    if (at == SIZE_MAX)
        return false;
    char text[DIGITS_MAX];
    size_t size = 0;
    for (size_t i = 0; i < at && size < sizeof text; i++)
        if (line.data[i] >= '0' && line.data[i] <= '9')
            text[size++] = (char)line.data[i];
    uint64_t stated;
    struct slice kind = lm__from(line, at + 10);
    if (!slice_starts(kind, "readonly ") && !slice_starts(kind, "readwrite "))
        return true;
    if (lm__decimal(slice_of(text, size), &stated) && add_u64(iar->stated, stated, &iar->stated))
        iar->has_total = true;
    return true;
}

static uint64_t size_without_end(const struct lm_map *map, const struct lm_section *s)
{
    for (uint32_t i = s->count; i-- > 0;) {
        const struct lm_contribution *c = &map->contributions.items[s->first + i];
        if (c->kind != LM_FILL)
            return MIN(c->addr + c->size - s->addr, s->size);
    }
    return s->size;
}

static void check_total(struct iar *iar)
{
    uint64_t read = 0;
    const struct lm_map *map = iar->r->map;
    for (size_t i = 0; i < map->sections.count; i++)
        if (!add_u64(read, size_without_end(map, &map->sections.items[i]), &read))
            return;
    if (iar->has_total)
        lm__total(iar->r, slice_text("memory of all kinds"), iar->stated, read);
}

// "main                    0x08000269  0x78  Code  Gb  main.o [1]"
static void entry_line(struct iar *iar, struct slice line)
{
    size_t at = address_column(line);
    if (at == SIZE_MAX) {
        iar->pending = lm__trim(line);
        return;
    }
    struct slice name = lm__trim(lm__until(line, at)), rest = lm__from(line, at);
    uint64_t addr, size = LM_NONE;
    if (name.size == 0)
        name = iar->pending;
    iar->pending = slice_of(NULL, 0);
    if (!grouped(lm__word(&rest), &addr) || name.size == 0)
        return;
    struct slice word = lm__word(&rest);
    if (slice_starts(word, "0x") && grouped(word, &size))
        word = lm__word(&rest);
    bool code = slice_is(word, "Code");
    if (!code && !slice_is(word, "Data"))
        return; // limits, constants of the linker
    struct lm_symbol *symbol = lm__symbol(iar->r, name, code ? addr & ~1u : addr);
    symbol->size = size == 0 ? LM_NONE : size;
    symbol->contribution = LM_NO;
    symbol->flags = slice_is(lm__word(&rest), "Lc") ? LM_SYMBOL_LOCAL : 0;
}

// ------------------------------------------------------------------------ the whole

static void head_line(struct iar *iar, struct slice line)
{
    size_t at = lm__find(line, "IAR ELF Linker");
    if (at == SIZE_MAX)
        return;
    struct slice text = lm__from(line, at);
    size_t end = lm__find(text, "  ");
    iar->r->map->producer = lm__trim(lm__until(text, MIN(end, text.size)));
}

static void one_line(struct iar *iar, struct slice line)
{
    if (slice_starts(line, "*** ") && line.size > 4) {
        iar->part = slice_starts(line, "*** PLACEMENT SUMMARY") ? PLACEMENT
                    : slice_starts(line, "*** ENTRY LIST")      ? ENTRIES
                                                                : OTHER;
        iar->pending = slice_of(NULL, 0);
    } else if (slice_starts(line, "***")) {
        return;
    } else if (iar->part == BEFORE) {
        head_line(iar, line);
    } else if (iar->part == PLACEMENT) {
        table_line(iar, line);
    } else if (iar->part == ENTRIES && !place_line(iar, line) && !total_line(iar, line)) {
        entry_line(iar, line);
    }
}

// "main.o [1]" becomes the path the number stands for, once all are known.
static void name_files(struct iar *iar)
{
    struct lm_map *map = iar->r->map;
    for (size_t i = 0; i < map->files.count; i++) {
        struct lm_file *file = &map->files.items[i];
        struct slice path = file->path;
        size_t open = lm__find(path, " [");
        uint64_t number;
        if (open == SIZE_MAX || path.data[path.size - 1] != ']' ||
            !lm__decimal(slice_of(path.data + open + 2, path.size - open - 3), &number))
            continue;
        struct slice name = lm__trim(lm__until(path, open));
        file->member = file->path = name;
        if (number == 0 || number > iar->places.count)
            continue;
        struct slice place = iar->places.items[number - 1];
        if (slice_ends(place, ".a")) {
            struct slice closed = lm__join(iar->r, name, ")", slice_of(NULL, 0));
            file->path = lm__join(iar->r, place, "(", closed);
            file->archive = lm__until(file->path, place.size);
            file->member = lm__until(closed, name.size);
        } else if (!slice_is(place, "command line")) {
            file->path = file->member = lm__join(iar->r, place, "\\", name);
        }
    }
}

// A group without rows has no address.
static void place_empty(struct lm_map *map)
{
    for (size_t i = 0; i < map->sections.count; i++)
        if (map->sections.items[i].addr == LM_NONE) {
            map->sections.items[i].addr = map->sections.items[i].lma = 0;
            map->sections.items[i].loaded = false;
        }
}

void lm__iar_read(struct lm__reader *r)
{
    struct iar iar = {.r = r};
    struct slice line;
    while (lm__line(r, &line))
        if (line.size != 0)
            one_line(&iar, line);
    check_total(&iar);
    name_files(&iar);
    place_empty(r->map);
    vec_free(&iar.places);
    if (iar.part == BEFORE)
        lm__doubt(r, r->line, "the map ends before its placement summary");
}
