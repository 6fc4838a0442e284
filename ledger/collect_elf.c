// SPDX-License-Identifier: MIT
//
// The base map: every byte of the file and of memory in exactly one extent, whatever the tables of
// the image say.
//
// Each table first asks for runs of bytes, the most telling one first:
//
//   1 PT_LOADs      |hdr| gap |.text      |gap|.rodata|        cut at sections and at p_filesz
//     (a .o: its allocated sections, each at its synthetic address), and sections of a firmware that run
//     where no segment is (collect_segments.c)
//   2 .tbss         TLS template only: no file, no memory of its own
//   3 sections      |.symtab   |.strtab |                      file bytes no segment maps
//   4 header tables, parts of an archive
//   5 the whole file                                           so that nothing is left out
//
// Then led__tile gives each byte of the file to the first run that asked for it. Memory is never
// taken away: the sum over PT_LOAD stays the sum of p_memsz, even where segments overlap. Runs that
// get no byte at all vanish. A section belongs to one segment and overlapping sections are cut, so
// there are at most a few extents per section and segment.

#include <stdio.h>
#include <stdlib.h>

#include "ledger/collect_private.h"

// What a run of bytes is.
struct what {
    const char *text; // LED__SPAN: what it is
    uint8_t what;
    bool bare;   // LED__GAP: in a segment without any section
    bool apart;  // of the file, not of one of its images
    bool memory; // asked for no bytes of the file
};

// A run of bytes some table asked for. `file` is where its bytes would lie in the file: nowhere for
// memory without bytes, and for the members of a thin archive, which are files of their own.
struct run {
    struct led_extent extent;
    struct led__range file;
    struct what is;
};

// An extent as it was placed on the line. Runs are let go then: there can be a million.
struct placed {
    uint64_t pos;
    struct what is;
};

struct base {
    struct led_collector *all;
    VEC(struct run) runs;
    VEC(struct placed) placed;
    uint64_t pos;    // end of the line so far
    uint64_t memory; // bytes of memory that may still be asked for
    uint64_t spots;  // of the image that were placed in segments
};

// Memory whose first `mapped` bytes come from the file.
struct window {
    uint64_t addr, size, file, mapped, load;
    uint32_t segment;
    uint8_t weights, rom, ram; // of all bytes; of those from the file; of the rest
};

// ------------------------------------------------------------------------ asking

static void ask_part(struct base *base, const struct led__image *im, const struct window *window,
                     uint64_t from, uint64_t to, uint32_t section, enum led__what what)
{
    if (from >= to)
        return;
    struct run run = {.is.what = (uint8_t)what};
    bool mapped = from < window->mapped;
    if (mapped && !im->info->external)
        run.file = (struct led__range){window->file + from, window->file + to};
    run.extent = (struct led_extent){
        .size = to - from,
        .file = LED_NOWHERE,
        .addr = window->addr + from,
        .load = window->load == LED_NOWHERE ? LED_NOWHERE : window->load + from,
        .image = im->index,
        .section = section,
        .segment = window->segment,
        .weights = (uint8_t)(window->weights | (mapped ? window->rom : window->ram)),
    };
    if (section != 0 && (im->sections[section].flags & SHF_TLS))
        run.extent.weights |= LED_TLS;
    vec_push(&base->runs, run);
}

// Asks for [from, to) of a window, cut where its file bytes end.
static void ask(struct base *base, const struct led__image *im, const struct window *window,
                uint64_t from, uint64_t to, uint32_t section, enum led__what what)
{
    uint64_t cut = MIN(MAX(window->mapped, from), to);
    ask_part(base, im, window, from, cut, section, what);
    ask_part(base, im, window, cut, to, section, what);
}

static void ask_file(struct base *base, const struct led__image *im, uint64_t offset, uint64_t size,
                     uint32_t section, enum led__what what, const char *text)
{
    uint64_t file_size = img_file_size(base->all->build->file);
    uint64_t start = MIN(offset + (im ? im->info->file_start : 0), file_size);
    uint64_t end = start + MIN(size, file_size - start);
    struct led_extent extent = {.file = LED_NOWHERE,
                                .addr = LED_NOWHERE,
                                .load = LED_NOWHERE,
                                .image = im ? im->index : 0,
                                .section = section,
                                .segment = UINT32_MAX};
    struct run run = {extent, {start, end}, {text, (uint8_t)what, false, im == NULL, false}};
    if (start != end && (im == NULL || !im->info->external))
        vec_push(&base->runs, run);
}

// Damaged input may have many segments that hold the same many sections, so there is an end to it.
static bool may_place_spot(struct base *base, const struct led__image *im)
{
    return ++base->spots <= 64 + 4 * (im->section_count + im->segment_count);
}

// What lies between the sections of a segment: header tables and the like, else a gap.
static void ask_gap(struct base *base, const struct led__image *im, const struct window *window,
                    const struct led__spots *spots, uint64_t from, uint64_t to)
{
    uint64_t file = window->file - im->info->file_start; // in the image
    uint64_t mapped = MIN(to, window->mapped);
    for (size_t i = led__spots_first(spots, file + from); i < spots->count && from < mapped; i++) {
        const struct led__spot *spot = &spots->items[i];
        uint64_t start = MAX(spot->start, file + from) - file, end = MIN(spot->end - file, mapped);
        if (start >= mapped || !may_place_spot(base, im))
            break;
        ask(base, im, window, from, start, 0, LED__GAP);
        ask(base, im, window, start, end, spot->section, (enum led__what)spot->what);
        from = end;
    }
    ask(base, im, window, from, to, 0, LED__GAP);
}

// ---------------------------------------------------------------------- segments

// Some linker scripts put constants into a segment that says it is writable. It is not, when it
// holds nothing but constants; nor when other segments, or sections out of it, are copied into RAM, for then
// nothing that is loaded in place is meant to be written (a vector table often says so).
static bool is_writable(const struct led__image *im, const struct img_segment *segment,
                        const struct keyed *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (im->about[members[i].value].kind != LED__CONSTANT)
            return (segment->flags & PF_W) != 0;
    return (segment->flags & PF_W) != 0 && count == 0;
}

// Bytes of memory that are left to ask for: a hostile image could state more than can be counted.
static uint64_t take_memory(struct base *base, const struct led__image *im, uint64_t addr,
                            uint64_t size)
{
    uint64_t most = MIN(base->memory, UINT64_MAX - addr);
    if (size > most)
        doubt_add(base->all->doubts, im->info->path, NULL, NO_OFFSET,
                  "%llu bytes of memory at address 0x%llx are more than can be",
                  (unsigned long long)size, (unsigned long long)addr);
    size = MIN(size, most);
    base->memory -= size;
    return size;
}

static struct window window_of(struct base *base, const struct led__image *im,
                               const struct img_segment *segment, uint64_t size,
                               const struct keyed *members, size_t count)
{
    struct window window = {.addr = segment->addr,
                            .size = take_memory(base, im, segment->addr, size),
                            .file = im->info->file_start + segment->offset,
                            .load = segment->load_addr,
                            .segment = segment->index,
                            .weights = LED_VM};
    window.mapped = MIN(segment->file_size, window.size);
    if (!add_u64(window.load, window.size, &(uint64_t){0}))
        window.load = LED_NOWHERE;
    if (im->firmware) {
        bool copied = segment->load_addr != segment->addr, lends = size != segment->size;
        bool ram = copied || (!im->copies && !lends && is_writable(im, segment, members, count));
        window.rom = (uint8_t)(LED_ROM | (ram ? LED_RAM : 0));
        window.ram = LED_RAM;
    }
    return window;
}

static void ask_segment(struct base *base, const struct led__image *im,
                        const struct img_segment *segment, uint64_t memory,
                        const struct led__spots *spots, const struct keyed *members, size_t count)
{
    struct window window = window_of(base, im, segment, memory, members, count);
    size_t first = base->runs.count;
    uint64_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const struct img_section *section = &im->sections[members[i].value];
        uint64_t start = section->addr - segment->addr;
        uint64_t size = MIN(section->size, window.size - MIN(start, window.size));
        uint64_t end = start + size;
        if (end <= at || size == 0)
            continue;
        start = MAX(start, at);
        ask_gap(base, im, &window, spots, at, start);
        ask(base, im, &window, start, end, section->index, LED__IN_SECTION);
        at = end;
    }
    ask_gap(base, im, &window, spots, at, window.size);
    for (size_t i = first; count == 0 && i < base->runs.count; i++)
        base->runs.items[i].is.bare = true;
}

// Compressed contents are not what lies in memory: there they are unpacked, and take more.
static void ask_packed(struct base *base, const struct led__image *im, const struct window *window,
                       const struct img_section *section)
{
    struct led_extent extent = {.size = section->file_size,
                                .file = LED_NOWHERE,
                                .addr = LED_NOWHERE,
                                .load = window->load,
                                .image = im->index,
                                .section = section->index,
                                .segment = window->segment,
                                .weights = LED_ROM};
    struct led__range file = {window->file, window->file + section->file_size};
    vec_push(&base->runs, (struct run){extent, file, {.what = LED__PACKED}});
}

static void ask_stray(struct base *base, const struct led__image *im,
                      const struct led__stray *stray)
{
    const struct img_section *section = &im->sections[stray->section];
    uint64_t size = section->size, unpacked = 0;
    if (add_u64(section->size, stray->unpacked, &size))
        unpacked = im->about[stray->section].unpacked = stray->unpacked;
    struct window window = {.addr = section->addr,
                            .size = take_memory(base, im, section->addr, size),
                            .file = im->info->file_start + section->offset,
                            .load = LED_NOWHERE,
                            .segment = UINT32_MAX,
                            .weights = LED_VM,
                            .rom = LED_ROM | LED_RAM,
                            .ram = LED_RAM};
    if (stray->segment != UINT32_MAX) {
        const struct img_segment *segment = &im->segments[stray->segment];
        uint64_t load = segment->load_addr + (section->offset - segment->offset);
        window.segment = segment->index;
        window.load = add_u64(load, size, &(uint64_t){0}) ? load : LED_NOWHERE;
    }
    window.mapped = unpacked != 0 ? 0 : MIN(section->file_size, window.size);
    ask(base, im, &window, 0, window.size, section->index, LED__IN_SECTION);
    if (unpacked != 0 && !im->info->external)
        ask_packed(base, im, &window, section);
}

static void ask_linked(struct base *base, struct led__image *im, const struct led__spots *spots)
{
    struct led__members members;
    led__members_find(im, &members);
    for (size_t i = 0; i < im->segment_count; i++)
        if (members.memory[i] != 0)
            ask_segment(base, im, &im->segments[i], members.memory[i], spots,
                        members.items + members.first[i], members.first[i + 1] - members.first[i]);
    for (size_t i = 0; i < members.strays.count; i++)
        ask_stray(base, im, &members.strays.items[i]);
    led__members_free(&members);
    for (size_t i = 1; i < im->section_count; i++) {
        const struct img_section *section = &im->sections[i];
        if (!led__is_allocated(im, (uint32_t)i) || !led__is_template_only(section))
            continue;
        struct window window = {.addr = section->addr,
                                .size = take_memory(base, im, section->addr, section->size),
                                .load = LED_NOWHERE,
                                .segment = UINT32_MAX};
        ask(base, im, &window, 0, window.size, section->index, LED__IN_SECTION);
    }
}

static void ask_object(struct base *base, struct led__image *im)
{
    for (size_t i = 1; i < im->section_count; i++) {
        const struct img_section *section = &im->sections[i];
        if (!led__is_allocated(im, (uint32_t)i))
            continue;
        struct window window = {.addr = section->addr,
                                .size = take_memory(base, im, section->addr, section->size),
                                .file = im->info->file_start + section->offset,
                                .load = LED_NOWHERE,
                                .segment = UINT32_MAX,
                                .weights = LED_VM};
        window.mapped = MIN(section->file_size, window.size);
        ask(base, im, &window, 0, window.size, section->index, LED__IN_SECTION);
    }
}

static void ask_image(struct base *base, struct led__image *im)
{
    const struct img_info *info = im->info;
    struct led__spots spots;
    led__spots_find(im, &spots);
    base->spots = 0;
    if (info->type == ET_REL)
        ask_object(base, im);
    else
        ask_linked(base, im, &spots);
    for (size_t i = 1; i < im->section_count; i++)
        ask_file(base, im, im->sections[i].offset, im->sections[i].file_size, im->sections[i].index,
                 LED__IN_SECTION, NULL);
    for (size_t i = 0; i < spots.count; i++)
        if (spots.items[i].section == 0)
            ask_file(base, im, spots.items[i].start, spots.items[i].end - spots.items[i].start, 0,
                     (enum led__what)spots.items[i].what, NULL);
    ask_file(base, im, 0, info->file_size, 0, LED__GAP, NULL);
    led__spots_free(&spots);
}

// ----------------------------------------------------------------------- placing

static void place(struct base *base, size_t run, uint64_t from, uint64_t size, uint64_t file)
{
    struct led_extent extent = base->runs.items[run].extent;
    extent.size = size;
    extent.file = file;
    extent.addr = extent.addr == LED_NOWHERE ? LED_NOWHERE : extent.addr + from;
    extent.load = extent.load == LED_NOWHERE ? LED_NOWHERE : extent.load + from;
    extent.weights |= file == LED_NOWHERE ? 0 : LED_FILE;
    if (size == 0 || !led_extent_add(base->all->ledger, extent))
        return;
    const struct run *asked = &base->runs.items[run];
    struct what is = asked->is;
    is.memory = asked->file.start == asked->file.end;
    vec_push(&base->placed, (struct placed){base->pos, is});
    base->pos += size;
}

// Places one run, with the file bytes it got.
static void place_run(struct base *base, size_t index, const struct led__tile *tiles, size_t count)
{
    const struct run *run = &base->runs.items[index];
    uint64_t at = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t start = tiles[i].start - run->file.start;
        if (run->extent.addr != LED_NOWHERE)
            place(base, index, at, start - at, LED_NOWHERE);
        at = tiles[i].end - run->file.start;
        place(base, index, start, at - start, tiles[i].start);
    }
    if (run->extent.addr != LED_NOWHERE)
        place(base, index, at, run->extent.size - at, LED_NOWHERE);
}

static void place_all(struct base *base)
{
    size_t count = base->runs.count, *first;
    struct led__range *ranges = mem_alloc((count + 1) * sizeof *ranges);
    struct led__tile *tiles;
    for (size_t i = 0; i < count; i++)
        ranges[i] = base->runs.items[i].file;
    led__tile(ranges, count, &tiles, &first);
    free(ranges);
    for (size_t i = 0; i < count; i++)
        place_run(base, i, tiles + first[i], first[i + 1] - first[i]);
    free(tiles);
    free(first);
}

// ------------------------------------------------------------------ what they are

static led_owner segment_owner(struct led_collector *all, const struct led_extent *extent)
{
    if (extent->segment == UINT32_MAX)
        return led_owner_of(all->ledger, "[no segment]");
    const struct img_segment *segment = &all->images[extent->image].segments[extent->segment];
    char text[48];
    snprintf(text, sizeof text, "LOAD #%u [%s%s%s]", segment->index,
             segment->flags & PF_R ? "R" : "", segment->flags & PF_W ? "W" : "",
             segment->flags & PF_X ? "X" : "");
    return led_owner_of(all->ledger, text);
}

static uint8_t kind_by_segment(const struct led__image *im, const struct led_extent *extent)
{
    if (extent->segment == UINT32_MAX)
        return LED__NO_KIND;
    uint32_t flags = im->segments[extent->segment].flags;
    if ((extent->weights & LED_FILE) == 0)
        return LED__BSS;
    return flags & PF_X ? LED__CODE : flags & PF_W ? LED__DATA : LED__CONSTANT;
}

// Bytes between sections are padding when they hold nothing.
static bool is_padding(const struct led_collector *all, const struct what *is,
                       const struct led_extent *extent)
{
    const struct led__image *im = &all->images[extent->image];
    bool code = extent->segment != UINT32_MAX && (im->segments[extent->segment].flags & PF_X);
    if (is->bare)
        return false;
    if (extent->file == LED_NOWHERE)
        return is->memory; // not: bytes that went to another run
    struct slice bytes = img_file_bytes(all->build->file);
    ASSERT(range_fits(extent->file, extent->size, bytes.size));
    return led_is_fill(im->info, slice_of(bytes.data + extent->file, extent->size), code);
}

static void claim_role(struct led_collector *all, const struct led_extent *extent, led_owner role,
                       uint8_t kind, enum led_reader reader)
{
    static const enum led_dim dims[] = {LED_UNIT,    LED_SOURCE, LED_SYMBOL, LED_INLINES,
                                        LED_ARCHIVE, LED_OBJECT, LED_MEMBER};
    led__claim_dim(all, LED_KIND, reader, all->kinds[kind], 0, extent->pos, extent->size);
    for (size_t i = 0; i < COUNT_OF(dims); i++)
        led__claim_dim(all, dims[i], reader, role, 0, extent->pos, extent->size);
}

static led_owner role_of(struct led_collector *all, const struct img_section *section,
                         const struct led__about *about)
{
    if (about->kind == LED__PADDING)
        return all->padding;
    return about->role ? led__role_owner(all, section) : LED_UNATTRIBUTED;
}

static void claim_section(struct led_collector *all, const struct led_extent *extent)
{
    struct led__image *im = &all->images[extent->image];
    const struct img_section *section = &im->sections[extent->section];
    struct led__about *about = &im->about[extent->section];
    bool allocated = led__is_allocated(im, extent->section);
    if (extent->size == (allocated ? section->size : section->file_size) &&
        about->pos == LED_NOWHERE)
        about->pos = extent->pos;
    led__claim_dim(all, LED_SECTION, LED_BY_BASE, led__section_owner(all, section), 0, extent->pos,
                   extent->size);
    claim_role(all, extent, role_of(all, section, about), about->kind, LED_BY_ROLE);
}

static void claim_between(struct led_collector *all, const struct what *is,
                          const struct led_extent *extent)
{
    static const char *const texts[] = {[LED__ELF_HEADER] = "ELF header",
                                        [LED__PROGRAM_HEADERS] = "program headers",
                                        [LED__SECTION_HEADERS] = "section headers",
                                        [LED__PACKED] = "compressed data"};
    if (is->what != LED__GAP) {
        char text[300];
        snprintf(text, sizeof text, "[%s]", is->what == LED__SPAN ? is->text : texts[is->what]);
        led_owner owner = led_owner_of(all->ledger, text);
        led__claim_dim(all, LED_SECTION, LED_BY_BASE, owner, 0, extent->pos, extent->size);
        claim_role(all, extent, owner, is->what == LED__PACKED ? LED__DATA : LED__METADATA,
                   LED_BY_ROLE);
    } else if (is_padding(all, is, extent)) {
        led__claim_dim(all, LED_SECTION, LED_BY_BASE, all->padding, 0, extent->pos, extent->size);
        claim_role(all, extent, all->padding, LED__PADDING, LED_BY_FILL);
    } else if (is->bare) {
        claim_role(all, extent, LED_UNATTRIBUTED,
                   kind_by_segment(&all->images[extent->image], extent), LED_BY_ROLE);
    }
}

static void claim_member(struct led_collector *all, const struct what *is,
                         const struct led_extent *extent)
{
    const struct led__image *im = &all->images[extent->image];
    led_owner owner = LED_UNATTRIBUTED;
    if (is->what == LED__SPAN)
        owner = led_owner_of(all->ledger, "[archive]");
    else if (!is->apart && im->info->member)
        owner = led_owner_of(all->ledger, im->info->member);
    led__claim_dim(all, LED_MEMBER, LED_BY_BASE, owner, 0, extent->pos, extent->size);
}

static void claim_all(const struct base *base)
{
    struct led_collector *all = base->all;
    size_t count;
    const struct led_extent *extents = led_extents(all->ledger, &count);
    ASSERT(count == base->placed.count);
    for (size_t i = 0; i < count; i++) {
        const struct what *is = &base->placed.items[i].is;
        ASSERT(extents[i].pos == base->placed.items[i].pos);
        if (i > 0 && extents[i].image != extents[i - 1].image)
            led__release_read(all, extents[i - 1].image); // fill was looked at
        if (led__wants(all, LED_SEGMENT))
            led__claim_dim(all, LED_SEGMENT, LED_BY_BASE, segment_owner(all, &extents[i]), 0,
                           extents[i].pos, extents[i].size);
        if (is->what == LED__IN_SECTION)
            claim_section(all, &extents[i]);
        else
            claim_between(all, is, &extents[i]);
        if (img_file_is_archive(all->build->file))
            claim_member(all, is, &extents[i]);
    }
}

bool led__collect_extents(struct led_collector *run, struct fault *fault)
{
    struct base base = {.all = run, .memory = LED_LINE_MAX / 2};
    uint64_t size = img_file_size(run->build->file);
    if (size > LED_LINE_MAX / 4)
        return fault_set(fault, FAULT_LIMIT, img_file_path(run->build->file), NULL, NO_OFFSET,
                         "the file is too large");
    for (size_t i = 0; i < run->image_count; i++) {
        ask_image(&base, &run->images[i]);
        led__release_read(run, i);
    }
    size_t count;
    const struct img_span *spans = img_file_spans(run->build->file, &count);
    for (size_t i = 0; i < count; i++)
        ask_file(&base, NULL, spans[i].offset, spans[i].size, 0, LED__SPAN, spans[i].what);
    ask_file(&base, NULL, 0, size, 0, LED__GAP, NULL);
    place_all(&base);
    vec_free(&base.runs);
    led_extents_done(run->ledger);
    claim_all(&base);
    vec_free(&base.placed);
    return true;
}
