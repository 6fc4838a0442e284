// SPDX-License-Identifier: MIT
//
// What is shipped against what was linked: two sorted lists of runs, the load image and the file, are
// walked side by side.
//
//   image   |.text      |.data |      |.rom2|
//   file    |...........|x|....|.......|
//            identical   ^ different   missing
//                               fill or extra

#include <stdlib.h>

#include "analyzers/analyzers.h"

struct run {
    uint64_t addr;
    struct slice bytes;
    uint64_t file; // offset in the ELF file, for the owner
    const char *section;
};

typedef VEC(struct run) runs;

enum what { IDENTICAL, DIFFERENT, MISSING, EXTRA, FILL, STAMPED };

struct walk {
    const struct ledger *ledger;
    struct arena *arena;
    struct an_shipped *sums;
    struct img_ship_stamp stamp;
    uint64_t keep, ranges;
    VEC(struct rep_row) rows;
};

// ----------------------------------------------------------------------- load image

static int compare_runs(const void *left, const void *right)
{
    const struct run *a = left, *b = right;
    return a->addr < b->addr ? -1 : a->addr > b->addr;
}

// The segment that loads a section: the one that has its bytes, at its address if there is such a one (some
// linkers write where contents are loaded, and nothing about where they run).
static const struct img_segment *segment_of(const struct img *img,
                                            const struct img_section *section)
{
    size_t count;
    const struct img_segment *segments = img_segments(img, &count), *elsewhere = NULL;
    for (size_t i = 0; i < count; i++) {
        uint64_t delta = section->offset - segments[i].offset;
        if (segments[i].type != PT_LOAD ||
            !range_fits(delta, section->file_size, segments[i].file_size))
            continue;
        if (section->addr - segments[i].addr == delta)
            return &segments[i];
        if (elsewhere == NULL)
            elsewhere = &segments[i];
    }
    return elsewhere;
}

// At the addresses it is loaded from, or `placed` at those where it runs.
static void load_image(struct img *img, bool placed, runs *out)
{
    size_t count;
    const struct img_section *sections = img_sections(img, &count);
    for (size_t i = 1; i < count; i++) {
        const struct img_section *section = &sections[i];
        if (!(section->flags & SHF_ALLOC) || section->file_size == 0)
            continue;
        const struct img_segment *segment = segment_of(img, section);
        struct slice bytes = img_section_raw(img, section->index);
        uint64_t addr = section->addr;
        if (segment != NULL && !placed)
            addr = segment->load_addr + (section->offset - segment->offset);
        if (bytes.size <= UINT64_MAX - addr)
            vec_push(out, (struct run){addr, bytes, img_info(img)->file_start + section->offset,
                                       section->name});
    }
    if (out->count > 1)
        qsort(out->items, out->count, sizeof *out->items, compare_runs);
}

static void shipped_runs(const struct img_ship *ship, uint64_t base, runs *out)
{
    size_t count;
    const struct img_ship_run *list = img_ship_runs(ship, &count);
    for (size_t i = 0; i < count; i++) {
        uint64_t addr = img_ship_kind(ship) == IMG_SHIP_BINARY ? base : list[i].addr;
        if (list[i].bytes.size <= UINT64_MAX - addr)
            vec_push(out, (struct run){addr, list[i].bytes, 0, NULL});
    }
}

// --------------------------------------------------------------------------- owners

static const char *owner_in(const struct ledger *ledger, enum led_dim dim, uint64_t pos)
{
    size_t count, low = 0;
    const struct led_stretch *stretches = led_stretches(ledger, dim, &count);
    for (size_t high = count; low < high;) {
        size_t middle = (low + high) / 2;
        if (stretches[middle].pos <= pos)
            low = middle + 1;
        else
            high = middle;
    }
    return low != 0 && stretches[low - 1].owner != LED_UNATTRIBUTED
               ? led_owner_text(ledger, stretches[low - 1].owner)
               : NULL;
}

static const char *owner_of(const struct walk *walk, const struct run *run, uint64_t inside)
{
    if (run == NULL)
        return "[not of the build]";
    const char *owner = NULL;
    uint64_t pos = walk->ledger ? led_pos_file(walk->ledger, run->file + inside) : LED_NOWHERE;
    if (pos != LED_NOWHERE)
        owner = owner_in(walk->ledger, LED_SYMBOL, pos);
    return owner != NULL ? owner : run->section;
}

// --------------------------------------------------------------------------- ranges

enum { WHAT, ADDRESS, SIZE, COLUMNS };

static const struct rep_column range_columns[COLUMNS] = {
    [WHAT] = {"what", NULL, REP_TEXT, false, false},
    [ADDRESS] = {"address", NULL, REP_ADDRESS, false, false},
    [SIZE] = {"size", NULL, REP_BYTES, false, false},
};

static const char *const words[] = {"identical", "different", "missing",
                                    "extra",     "fill",      "stamped"};

static void tell(struct walk *walk, enum what what, const struct run *image, uint64_t addr,
                 uint64_t size)
{
    uint64_t *const sums[] = {&walk->sums->identical, &walk->sums->different, &walk->sums->missing,
                              &walk->sums->extra,     &walk->sums->fill,      &walk->sums->stamped};
    *sums[what] += size;
    if (what == IDENTICAL || what >= FILL || size == 0)
        return;
    if (walk->ranges++ >= walk->keep && walk->keep != 0)
        return;
    struct rep_row row = {.name = owner_of(walk, image, image ? addr - image->addr : 0),
                          .dimension = "owner",
                          .faint = image == NULL};
    row.values = ARENA_ARRAY(walk->arena, COLUMNS, union rep_value);
    row.values[WHAT].text = words[what];
    row.values[ADDRESS].u = addr;
    row.values[SIZE].u = size;
    vec_push(&walk->rows, row);
}

// ---------------------------------------------------------------------------- walk

// Both have these bytes. A range that differs ends at its last byte that does, so that bytes that
// are equal by chance do not cut it to pieces.
#define CHANCE 8

static bool is_stamp(const struct walk *walk, uint64_t addr, const uint8_t *built, uint64_t size)
{
    bool zeros = size != 0 && built[0] == 0 && memcmp(built, built + 1, size - 1) == 0;
    return zeros && addr >= walk->stamp.addr &&
           range_fits(addr - walk->stamp.addr, size, walk->stamp.size);
}

static void compare_bytes(struct walk *walk, const struct run *image, uint64_t addr,
                          const uint8_t *a, const uint8_t *b, uint64_t size)
{
    for (uint64_t at = 0, end; at < size; at = end) {
        for (end = at; end < size && a[end] == b[end];)
            end++;
        tell(walk, IDENTICAL, image, addr + at, end - at);
        uint64_t first = end, last = end, same = 0;
        for (; end < size && same < CHANCE; end++) {
            same = a[end] == b[end] ? same + 1 : 0;
            last = same == 0 ? end + 1 : last;
        }
        bool stamp = is_stamp(walk, addr + first, a + first, last - first);
        tell(walk, stamp ? STAMPED : DIFFERENT, image, addr + first, last - first);
        end = last;
    }
}

static void only_shipped(struct walk *walk, uint64_t addr, const uint8_t *bytes, uint64_t size)
{
    bool fill =
        size != 0 && (bytes[0] == 0 || bytes[0] == 0xff) && memcmp(bytes, bytes + 1, size - 1) == 0;
    tell(walk, fill ? FILL : EXTRA, NULL, addr, size);
}

static uint64_t end_of(const struct run *run)
{
    return run->addr + run->bytes.size;
}

// [from, to) of the load image's run, against what the file has of it; `s` is the first run of the
// file that may.
static size_t walk_run(struct walk *walk, const struct run *image, const runs *ship, size_t s,
                       uint64_t from)
{
    while (from < end_of(image)) {
        while (s < ship->count && end_of(&ship->items[s]) <= from)
            s++;
        const struct run *run = s < ship->count ? &ship->items[s] : NULL;
        if (run == NULL || run->addr >= end_of(image)) {
            tell(walk, MISSING, image, from, end_of(image) - from);
            return s;
        }
        if (run->addr > from) {
            tell(walk, MISSING, image, from, run->addr - from);
            from = run->addr;
        }
        uint64_t to = MIN(end_of(image), end_of(run));
        compare_bytes(walk, image, from, image->bytes.data + (from - image->addr),
                      run->bytes.data + (from - run->addr), to - from);
        from = to;
    }
    return s;
}

static size_t first_beyond(const runs *list, uint64_t addr)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (end_of(&list->items[middle]) <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// What the file has in [from, to), where the load image has nothing.
static void walk_gap(struct walk *walk, const runs *ship, uint64_t from, uint64_t to)
{
    for (size_t s = first_beyond(ship, from); s < ship->count; s++) {
        const struct run *run = &ship->items[s];
        if (run->addr >= to)
            return;
        uint64_t start = MAX(run->addr, from), end = MIN(end_of(run), to);
        if (start < end)
            only_shipped(walk, start, run->bytes.data + (start - run->addr), end - start);
    }
}

static void walk_all(struct walk *walk, const runs *image, const runs *ship)
{
    uint64_t at = 0;
    size_t s = 0;
    for (size_t i = 0; i < image->count; i++) {
        const struct run *run = &image->items[i];
        if (run->addr > at)
            walk_gap(walk, ship, at, run->addr);
        if (end_of(run) > at) // sections that overlap: the first has told
            s = walk_run(walk, run, ship, s, MAX(at, run->addr));
        at = MAX(at, end_of(run));
    }
    walk_gap(walk, ship, at, UINT64_MAX);
}

bool an_shipped_compare(struct img_file *file, const struct img_ship *ship,
                        const struct ledger *ledger, uint64_t keep, struct arena *arena,
                        struct an_shipped *out, struct rep_table *ranges, struct fault *fault)
{
    runs image = {0}, shipped = {0};
    *out = (struct an_shipped){.bad = img_ship_bad(ship)};
    if (img_file_count(file) == 1 && img_info(img_file_image(file, 0))->type != ET_REL)
        load_image(img_file_image(file, 0), img_ship_kind(ship) == IMG_SHIP_ESP, &image);
    if (image.count == 0)
        return fault_set(fault, FAULT_INPUT, img_file_path(file), NULL, NO_OFFSET,
                         "has no load image to compare with");
    shipped_runs(ship, image.items[0].addr, &shipped);
    struct walk walk = {
        .ledger = ledger, .arena = arena, .sums = out, .stamp = img_ship_stamp(ship), .keep = keep};
    walk_all(&walk, &image, &shipped);
    union rep_value *total = ARENA_ARRAY(arena, COLUMNS, union rep_value);
    total[ADDRESS].u = total[SIZE].u = REP_NONE;
    struct rep_row *rows =
        arena_copy(arena, walk.rows.items, walk.rows.count * sizeof *walk.rows.items);
    *ranges = (struct rep_table){.name = "shipped_ranges",
                                 .names = "OWNER",
                                 .columns = range_columns,
                                 .column_count = COLUMNS,
                                 .total = {.rows = rows, .row_count = walk.rows.count}};
    ranges->total.values = total;
    if (walk.ranges > walk.rows.count)
        ranges->title = arena_printf(arena, "the first %zu of %llu ranges that differ",
                                     walk.rows.count, (unsigned long long)walk.ranges);
    vec_free(&walk.rows);
    vec_free(&image);
    vec_free(&shipped);
    return true;
}

// -------------------------------------------------------------------------- showing

void an_shipped_table(const struct an_shipped *shipped, struct arena *arena, struct rep_table *out)
{
    static const struct rep_column columns[] = {{"bytes", NULL, REP_BYTES, true, true}};
    const uint64_t sums[] = {shipped->identical, shipped->different, shipped->missing,
                             shipped->extra,     shipped->fill,      shipped->stamped};
    struct rep_row *rows = ARENA_ARRAY(arena, COUNT_OF(sums), struct rep_row);
    union rep_value *values = ARENA_ARRAY(arena, COUNT_OF(sums) + 1, union rep_value);
    *out = (struct rep_table){.name = "shipped",
                              .columns = columns,
                              .column_count = COUNT_OF(columns),
                              .total = {.rows = rows, .values = values + COUNT_OF(sums)}};
    for (size_t i = 0; i < COUNT_OF(sums); i++) {
        if (sums[i] == 0 && i != IDENTICAL)
            continue;
        values[i].u = sums[i];
        values[COUNT_OF(sums)].u += sums[i];
        rows[out->total.row_count++] = (struct rep_row){
            .name = words[i], .dimension = "shipped", .values = &values[i], .faint = i >= FILL};
    }
}

const char *an_shipped_text(const struct an_shipped *shipped, const struct img_ship *ship,
                            struct arena *arena)
{
    struct buf text = {0};
    uint64_t image = shipped->identical + shipped->different + shipped->missing + shipped->stamped;
    buf_printf(&text, "(%s) ", img_ship_kind_name(img_ship_kind(ship)));
    if (an_shipped_same(shipped))
        buf_printf(&text, "ships all %llu bytes of the load image", (unsigned long long)image);
    else
        buf_printf(&text,
                   "is not the load image of %llu bytes: %llu differ, %llu are missing, %llu are "
                   "extra",
                   (unsigned long long)image, (unsigned long long)shipped->different,
                   (unsigned long long)shipped->missing, (unsigned long long)shipped->extra);
    if (shipped->bad != 0)
        buf_printf(&text, "; bad records: %llu", (unsigned long long)shipped->bad);
    const char *kept = arena_text(arena, slice_of(text.data, text.size));
    buf_free(&text);
    return kept;
}
