// SPDX-License-Identifier: MIT
//
// A relocation entry serves the owner of the place it applies to. There may be millions, so they
// are charged in runs: consecutive entries whose places lie between two neighbouring positions at which
// any owner changes.
//
//   line       |  f   |    g     | h |          owners change here (led_bounds)
//   entries     r0 r1  r2 r3  r4  r5            three charges
//
// Entries that apply to debug sections follow the unit whose part of the section it is, in the
// dimensions that know it; elsewhere they stay with their section.

#include <stdlib.h>

#include "ledger/collect_private.h"

// One relocation section being cut into runs.
struct cutter {
    struct led__image *im;
    uint32_t section; // that holds the entries
    const struct img_section
        *target; // that the places lie in, when they are offsets in it; or NULL
    const struct led_extent *extents;
    size_t extent_count, extent; // `extent`: the last one found
    const uint64_t *bounds;
    size_t bound_count, bound; // likewise
    uint64_t first, size;      // places [first, first + size) have one owner
    uint64_t start, end;       // entries of the current run
    uint64_t pos;              // a position its places share an owner with
};

// The last item that is not above `pos`, searched from `hint` onwards first: places mostly ascend.
static size_t bound_below(const uint64_t *bounds, size_t count, size_t hint, uint64_t pos)
{
    size_t low = bounds[hint] <= pos ? hint : 0, high = count, step = 1;
    for (; low + step < count && bounds[low + step] <= pos; step *= 2)
        low += step;
    high = MIN(count, low + step);
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (bounds[middle] <= pos)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static size_t extent_below(const struct led_extent *extents, size_t count, size_t hint,
                           uint64_t pos)
{
    if (pos - extents[hint].pos < extents[hint].size)
        return hint;
    size_t low = 0, high = count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (extents[middle].pos <= pos)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void flush(struct cutter *cutter)
{
    if (cutter->end > cutter->start)
        led__charge_in(cutter->im, cutter->section, cutter->start, cutter->end - cutter->start,
                       cutter->pos);
    cutter->start = cutter->end;
}

// Finds the stretch a place lies in.
static void find_stretch(struct cutter *cutter, uint64_t place)
{
    cutter->first = place;
    cutter->size = 1;
    cutter->pos = led__pos_addr(cutter->im, cutter->target ? cutter->target->index : 0, place);
    if (cutter->pos == LED_NOWHERE)
        return;
    cutter->bound = bound_below(cutter->bounds, cutter->bound_count, cutter->bound, cutter->pos);
    cutter->extent =
        extent_below(cutter->extents, cutter->extent_count, cutter->extent, cutter->pos);
    const struct led_extent *extent = &cutter->extents[cutter->extent];
    uint64_t low = MAX(cutter->bounds[cutter->bound], extent->pos);
    uint64_t high = extent->pos + extent->size;
    if (cutter->bound + 1 < cutter->bound_count)
        high = MIN(high, cutter->bounds[cutter->bound + 1]);
    cutter->first = place - (cutter->pos - low);
    cutter->size = high - low;
}

// Tables of relocations may be half of a file and each is read once: what was passed is given back,
// so that it does not count as memory in use.
#define RELEASE_STEP ((uint64_t)8 << 20)

struct passed {
    const struct img_file *file;
    struct slice table;
    uint64_t released;
};

static inline void pass(struct passed *passed, uint64_t here)
{
    if (here - passed->released < RELEASE_STEP || here > passed->table.size)
        return;
    struct slice done = {passed->table.data + passed->released, here - passed->released};
    img_file_release(passed->file, done);
    passed->released = here;
}

static struct passed passing(const struct led__image *im, uint32_t section)
{
    return (struct passed){im->run->build->file, img_section_raw(im->img, section), 0};
}

static void cut_section(struct cutter *cutter)
{
    struct led__image *im = cutter->im;
    struct img_reloc_reader reader;
    struct img_reloc reloc;
    struct fault ignored = {0};
    if (!img_reloc_open(&reader, im->img, cutter->section, &ignored)) {
        led__doubt(im, cutter->section, NO_OFFSET, "the relocations cannot be read");
        return;
    }
    struct passed passed = passing(im, cutter->section);
    while (img_reloc_next(&reader, &reloc)) {
        pass(&passed, reloc.entry_offset);
        if (reloc.addr - cutter->first >= cutter->size || reloc.entry_offset > cutter->end) {
            flush(cutter);
            cutter->start = cutter->end = reloc.entry_offset;
            find_stretch(cutter, reloc.addr);
        }
        cutter->end = MAX(cutter->end, reloc.entry_offset + reloc.entry_size);
    }
    flush(cutter);
    if (reader.failed)
        led__doubt(im, cutter->section, NO_OFFSET, "the relocations end early");
}

// ------------------------------------------------------------------- debug sections

static size_t stretch_at(const struct led_stretch *stretches, size_t count, uint64_t pos)
{
    size_t low = 0, high = count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (stretches[middle].pos <= pos)
            low = middle;
        else
            high = middle;
    }
    return low;
}

// Entries [start, end) of a section apply to bytes at `pos`.
static void claim_run(struct led__image *im, uint32_t section, uint64_t start, uint64_t end,
                      uint64_t pos)
{
    static const enum led_dim dims[] = {LED_UNIT, LED_SOURCE};
    uint64_t own = im->about[section].pos + start;
    for (size_t i = 0; i < COUNT_OF(dims); i++) {
        size_t count;
        const struct led_stretch *stretches = led_stretches(im->run->ledger, dims[i], &count);
        if (count == 0)
            continue;
        const struct led_stretch *at = &stretches[stretch_at(stretches, count, pos)];
        if (at->reader == LED_BY_CONTENT)
            led__claim_dim(im->run, dims[i], LED_BY_CHARGE, at->owner, 0, own, end - start);
    }
}

// Runs of entries for whom the contents of a section that is not loaded were claimed. There are ten
// entries here for one elsewhere, so only what is needed is read, and slices of the table are read
// side by side: an entry of any format starts with its place, which is an offset in the target.
#define SLICE ((uint64_t)4 << 20) // bytes, rounded to whole entries

struct run {
    uint64_t start, end; // entries
    uint64_t pos;        // that their places share an owner with
};

struct content_reader {
    struct led__image *im;
    struct slice table;
    uint64_t entry_size, slice_size; // bytes
    unsigned word;                   // bytes of a place
    uint64_t base, target_size;
    const struct led_stretch *stretches;
    size_t stretch_count;
    struct run_list {
        VEC(struct run) runs;
    } * slices;
};

static void read_slice(void *context, size_t index, unsigned worker)
{
    struct content_reader *reader = context;
    struct run_list *out = &reader->slices[index];
    const struct led_stretch *stretches = reader->stretches;
    struct cur c = cur_make(reader->table, reader->im->info->big_endian);
    (void)worker;
    cur_seek(&c, index * reader->slice_size);
    uint64_t start = cur_offset(&c), last = 0, here = start;
    uint64_t end = MIN(reader->table.size, start + reader->slice_size);
    struct slice slice = slice_of(reader->table.data + start, end - start);
    file_want(slice);
    for (size_t at = 0; here + reader->entry_size <= end; here = cur_offset(&c)) {
        uint64_t place = reader->word == 8 ? cur_u64(&c) : cur_u32(&c);
        cur_skip(&c, reader->entry_size - reader->word);
        uint64_t pos = reader->base + MIN(place, reader->target_size - 1);
        if (pos < stretches[at].pos || pos >= stretches[at + 1].pos) {
            if (here != start)
                vec_push(&out->runs, (struct run){start, here, last});
            start = here;
            at = stretch_at(stretches, reader->stretch_count, pos);
        }
        last = pos;
    }
    if (here != start)
        vec_push(&out->runs, (struct run){start, here, last});
    img_file_release(reader->im->run->build->file, slice);
}

static void claim_by_content(struct led__image *im, const struct img_section *section,
                             const struct img_section *target)
{
    unsigned word = im->info->is64 ? 8 : 4;
    enum led_dim dim = led__wants(im->run, LED_UNIT) ? LED_UNIT : LED_SOURCE;
    struct content_reader reader = {
        .im = im,
        .table = img_section_raw(im->img, section->index),
        .entry_size = (section->type == SHT_RELA ? 3 : 2) * word,
        .word = word,
        .base = im->about[target->index].pos,
        .target_size = target->file_size,
    };
    reader.stretches = led_stretches(im->run->ledger, dim, &reader.stretch_count);
    reader.slice_size = SLICE / reader.entry_size * reader.entry_size;
    if (reader.base == LED_NOWHERE || im->about[section->index].pos == LED_NOWHERE ||
        reader.stretch_count == 0)
        return;
    size_t count = (size_t)(reader.table.size / reader.slice_size + 1);
    reader.slices = mem_zalloc(count, sizeof *reader.slices);
    par_for(im->threads, count, read_slice, &reader);
    for (size_t i = 0; i < count; i++) {
        for (size_t r = 0; r < reader.slices[i].runs.count; r++) {
            const struct run *run = &reader.slices[i].runs.items[r];
            claim_run(im, section->index, run->start, run->end, run->pos);
        }
        vec_free(&reader.slices[i].runs);
    }
    free(reader.slices);
}

// The section the entries apply to, when the table says so and it is not the dynamic loader's.
static const struct img_section *target_of(const struct led__image *im,
                                           const struct img_section *section)
{
    bool loaded = section->flags & SHF_ALLOC;
    if (loaded || section->info == 0 || section->info >= im->section_count)
        return NULL;
    return &im->sections[section->info];
}

static bool has_loaded_target(const struct led__image *im, const struct img_section *section)
{
    const struct img_section *target = target_of(im, section);
    return target == NULL || led__is_allocated(im, target->index);
}

// Entries for what is loaded: each run is charged to whom it serves.
static void charge_sections(struct led__image *im)
{
    struct cutter cutter = {.im = im};
    cutter.bounds = led_bounds(im->run->ledger, &cutter.bound_count);
    cutter.extents = led_extents(im->run->ledger, &cutter.extent_count);
    for (size_t i = 1; i < im->section_count; i++) {
        if (!img_is_reloc_section(&im->sections[i]) || !has_loaded_target(im, &im->sections[i]))
            continue;
        cutter.section = (uint32_t)i;
        cutter.target = target_of(im, &im->sections[i]);
        cutter.first = cutter.size = cutter.start = cutter.end = 0;
        cut_section(&cutter);
    }
}

static void claim_sections(struct led__image *im)
{
    if (!led__wants(im->run, LED_UNIT) && !led__wants(im->run, LED_SOURCE))
        return;
    for (size_t i = 1; i < im->section_count && im->had_dwarf; i++) {
        const struct img_section *section = &im->sections[i];
        if (!img_is_reloc_section(section) || has_loaded_target(im, section))
            continue;
        const struct img_section *target = target_of(im, section);
        bool plain = section->type == SHT_REL || section->type == SHT_RELA;
        if (plain && !section->compressed && !target->compressed && target->file_size != 0)
            claim_by_content(im, section, target);
    }
}

// By now the debug sections were read; the relocations come in their place.
static void release_debug(const struct led__image *im)
{
    for (size_t i = 1; i < im->section_count; i++)
        if (strncmp(im->sections[i].name, ".debug_", 7) == 0)
            img_file_release(im->run->build->file, img_section_raw(im->img, (uint32_t)i));
}

// Charges on one side, claims on the other: neither makes owners, or writes where the other does.
static void collect_half(void *context, size_t index, unsigned worker)
{
    (void)worker;
    if (index == 0) {
        release_debug(context);
        charge_sections(context);
    } else {
        claim_sections(context);
    }
}

void led__collect_relocs(struct led__image *im)
{
    size_t bounds, extents;
    led_bounds(im->run->ledger, &bounds); // made here, for both
    led_extents(im->run->ledger, &extents);
    if (bounds != 0 && extents != 0)
        par_for(im->threads, 2, collect_half, im);
}
