// SPDX-License-Identifier: MIT
//
// Runs the collectors in order, each only when a wanted dimension needs it.

#include <stdlib.h>

#include "ledger/collect_private.h"

// ------------------------------------------------------------------- what is wanted

static bool has_symbol_table(const struct img *img)
{
    uint32_t symbols, strings;
    return img != NULL && img_symbol_section(img, IMG_SYMTAB, &symbols, &strings);
}

// A symbol table that names what only one object knows as well. Linkers and strip can leave that out
// (-x); then the debug information has the names.
static bool has_full_symbols(struct img *img)
{
    size_t count = 0;
    const struct img_symbol *symbols = has_symbol_table(img) ? img_symbols(img, &count) : NULL;
    for (size_t i = 0; i < count; i++)
        if (symbols[i].table == IMG_SYMTAB && symbols[i].bind == STB_LOCAL &&
            symbols[i].size != 0 && (symbols[i].type == STT_FUNC || symbols[i].type == STT_OBJECT))
            return true;
    return false;
}

// Padding is told by what lies between symbols. A map tells of all its dimensions, and what it adds to
// sources it knows by their units.
static unsigned settled_dims(unsigned dims, bool mapped)
{
    if (dims & LED_MASK(LED_KIND))
        dims |= LED_MASK(LED_SYMBOL);
    if (mapped && dims & LED_MASK(LED_SOURCE))
        dims |= LED_MASK(LED_UNIT);
    return mapped ? dims | LED_FROM_MAP : dims;
}

bool led_wants_debug(struct img *img, unsigned dims)
{
    if (dims & LED__FROM_DWARF)
        return true;
    return (settled_dims(dims, false) & LED_MASK(LED_SYMBOL)) && !has_full_symbols(img);
}

bool led_wants_dwarf(struct img *img, const struct img_debug *debug, unsigned dims)
{
    if (dims & LED__FROM_DWARF)
        return true;
    return (settled_dims(dims, false) & LED_MASK(LED_SYMBOL)) && !has_full_symbols(img) &&
           !(debug && has_full_symbols(debug->img));
}

static bool is_copied(const struct img_segment *segment)
{
    return segment->type == PT_LOAD && segment->file_size != 0 &&
           segment->load_addr != segment->addr;
}

// Whether an operating system loads it, or is it. The default layout of a Linux toolchain maps the header tables
// and says whether the stack is executable; bare-metal toolchains do one of the two (Go and musl leave
// nothing else to tell a static program by). Some firmware asks for read-only relocations too (lld makes
// the segment for an .init_array), but then it copies its data, which nothing hosted does.
static bool is_hosted(const struct img *img)
{
    size_t count;
    const struct img_segment *segments = img_segments(img, &count);
    bool protected = false, copies = false, stack = false, headers = false;
    for (size_t i = 0; i < count; i++) {
        if (segments[i].type == PT_INTERP || segments[i].type == PT_DYNAMIC)
            return true;
        protected = protected || segments[i].type == PT_GNU_RELRO;
        copies = copies || is_copied(&segments[i]);
        stack = stack || segments[i].type == PT_GNU_STACK;
        headers = headers || (segments[i].type == PT_LOAD && segments[i].offset == 0 &&
                              segments[i].file_size > EI_NIDENT);
    }
    return ((protected || (stack && headers)) && !copies) ||
           img_section_named(img, ".note.ABI-tag") != NULL || // "runs on Linux 3.2 or later"
           img_section_named(img, "__ksymtab") != NULL || // Linux: a loader put all of it in RAM
           img_section_named(img, ".note.go.buildid") != NULL;
}

bool led_is_firmware(const struct img *img)
{
    const struct img_info *info = img_info(img);
    return info->type == ET_EXEC && info->machine != EM_386 && info->machine != EM_X86_64 &&
           !is_hosted(img);
}

// ------------------------------------------------------------------ shared helpers

uint64_t led__pos_in(const struct led__image *im, uint32_t section, uint64_t offset)
{
    if (section >= im->section_count)
        return LED_NOWHERE;
    const struct img_section *s = &im->sections[section];
    bool allocated = led__is_allocated(im, section);
    if (offset >= (allocated ? s->size : s->file_size))
        return LED_NOWHERE;
    if (im->about[section].pos != LED_NOWHERE)
        return im->about[section].pos + offset;
    if (allocated)
        return led_pos_addr(im->run->ledger, im->index, section, s->addr + offset);
    return led_pos_file(im->run->ledger, im->info->file_start + s->offset + offset);
}

uint64_t led__pos_addr(const struct led__image *im, uint32_t section, uint64_t addr)
{
    if (led__is_allocated(im, section) && im->about[section].pos != LED_NOWHERE &&
        led__holds(&im->sections[section], addr))
        return im->about[section].pos + (addr - im->sections[section].addr);
    return led_pos_addr(im->run->ledger, im->index, section, addr);
}

void led__claim_addr(struct led__image *im, uint32_t section, uint64_t addr, uint64_t size,
                     struct led_claim claim)
{
    if (!led__wants(im->run, (enum led_dim)claim.dim) || claim.owner == LED_UNATTRIBUTED)
        return;
    if (led__is_allocated(im, section) && led__holds(&im->sections[section], addr)) {
        const struct img_section *s = &im->sections[section];
        size = MIN(size, s->size - (addr - s->addr) + im->about[section].unpacked);
        if (im->about[section].pos != LED_NOWHERE) {
            led_claim_pos(im->run->ledger, im->about[section].pos + (addr - s->addr), size, claim);
            return;
        }
    }
    led_claim_addr(im->run->ledger, im->index, section, addr, size, claim);
}

void led__charge_in(struct led__image *im, uint32_t section, uint64_t offset, uint64_t size,
                    uint64_t target_pos)
{
    if (size == 0 || target_pos == LED_NOWHERE)
        return;
    uint64_t pos = led__pos_in(im, section, offset);
    uint64_t last = led__pos_in(im, section, offset + size - 1);
    if (pos != LED_NOWHERE && last == pos + size - 1)
        led_charge(im->run->ledger, pos, size, target_pos);
}

void led__doubt(const struct led__image *im, uint32_t section, uint64_t offset, const char *what)
{
    doubt_add(im->run->doubts, im->info->path, im->sections[section].name, offset, "%s", what);
}

#define RELEASED_TOGETHER ((uint64_t)4 << 20)

void led__release_read(const struct led_collector *run, size_t index)
{
    uint64_t start = run->images[index].info->file_start;
    bool last = index + 1 == run->image_count;
    if (run->image_count > 1 &&
        (last ||
         start / RELEASED_TOGETHER != run->images[index + 1].info->file_start / RELEASED_TOGETHER))
        img_file_release(run->build->file, img_file_bytes(run->build->file));
}

// ------------------------------------------------------------------- the collector

static void open_image(struct led_collector *run, size_t index)
{
    struct led__image *im = &run->images[index];
    const struct img_debug *debug = run->build->debug ? &run->build->debug[index] : NULL;
    im->run = run;
    im->index = (uint32_t)index;
    im->img = img_file_image(run->build->file, index);
    im->info = img_info(im->img);
    im->sections = img_sections(im->img, &im->section_count);
    im->segments = img_segments(im->img, &im->segment_count);
    im->firmware = led_is_firmware(im->img);
    for (size_t i = im->segment_count; i > 0; i--)
        if (im->segments[i - 1].type == PT_TLS)
            im->tls_addr = im->segments[i - 1].addr;
    im->first_tls = 1;
    while (im->first_tls < im->section_count && !(im->sections[im->first_tls].flags & SHF_TLS))
        im->first_tls++;
    for (size_t i = 0; i < im->segment_count; i++)
        im->copies = im->copies || is_copied(&im->segments[i]);
    bool elsewhere = debug && debug->img != im->img && has_symbol_table(debug->img);
    if (elsewhere && !has_full_symbols(im->img))
        im->symbols_from = debug->img;
    else
        im->symbols_from = has_symbol_table(im->img) ? im->img : NULL;
    im->names_by_dwarf = led__wants(run, LED_SYMBOL) && !has_full_symbols(im->symbols_from);
    im->dw = run->build->dw ? run->build->dw[index] : NULL;
    im->had_dwarf = im->dw != NULL;
    im->dwarf_from = debug && debug->img ? debug->img : im->img;
    im->threads = par_worth(run->build->threads,
                            MAX(im->info->file_size, img_info(im->dwarf_from)->file_size));
    led__describe_sections(im);
}

struct led_collector *led_collector_new(struct ledger *ledger, const struct led_build *build,
                                        unsigned dims, struct doubts *doubts)
{
    static const char *const kinds[LED__KIND_COUNT] = {"",    "code",     "constant", "data",
                                                       "bss", "metadata", "debug",    "padding"};
    static const struct img_info no_info;
    struct led_collector *run = mem_zalloc(1, sizeof *run);
    run->ledger = ledger;
    led_set_threads(ledger, build->threads);
    run->build = build;
    run->dims = settled_dims(dims, build->map != NULL);
    run->doubts = doubts;
    run->arena = arena_new();
    run->padding = led_owner_padding(ledger);
    for (size_t i = 1; i < LED__KIND_COUNT; i++)
        run->kinds[i] = led_owner_of(ledger, kinds[i]);
    run->image_count = img_file_count(build->file);
    run->images = ARENA_ARRAY(run->arena, run->image_count + 1, struct led__image);
    run->images[0].info = &no_info; // an archive may hold no image at all
    for (size_t i = 0; i < run->image_count; i++)
        open_image(run, i);
    return run;
}

void led_collector_free(struct led_collector *run)
{
    if (run == NULL)
        return;
    arena_free(run->arena);
    free(run);
}

// Names kept, for each byte of the file, and to begin with: more than honest files have.
#define NAMES_RATE 4
#define NAMES_BASE ((uint64_t)16 << 20)

bool led_collect_base(struct led_collector *run, struct fault *fault)
{
    uint64_t limit;
    uint64_t size = img_file_size(run->build->file);
    size += run->build->map != NULL ? run->build->map->text.size : 0;
    if (mul_u64(size, NAMES_RATE, &limit) && add_u64(limit, NAMES_BASE, &limit))
        names_limit(led_names(run->ledger), limit);
    return led__collect_extents(run, fault);
}

void led__collect_tables(struct led__image *im)
{
    led__collect_symbols(im);
    led__collect_strings(im);
    led__collect_eh(im);
    led__collect_exidx(im);
    led_sort_charges(im->run->ledger); // the DIEs are still being read on other threads
}

bool led_collect_claims(struct led_collector *run, struct fault *fault)
{
    for (size_t i = 0; i < run->image_count; i++) {
        struct led__image *im = &run->images[i];
        led__collect_marks(im);
        if ((run->dims & LED__CHARGED) == 0) {
            led__release_read(run, i);
            continue;
        }
        if (!led__collect_dwarf(im, fault))
            return false;
        led__collect_files(im);
        led__collect_classes(im);
        led__collect_vtables(im);
        if (!led__collect_definitions(im, fault))
            return false;
        led__release_read(run, i);
        im->dw = NULL;
        if (run->build->read != NULL)
            run->build->read(run->build->context, i);
    }
    if (run->build->map != NULL)
        led__collect_map(&run->images[0]);
    return true;
}

// Padding is claimed on one side, relocations on the other: neither makes owners, or writes where the
// other does.
static void collect_rest(void *context, size_t index, unsigned worker)
{
    struct led_collector *run = context;
    (void)worker;
    if (index == 0 && run->dims & (LED__CHARGED | LED_FROM_MAP))
        led__collect_fill(run);
    for (size_t i = 0; index == 1 && i < run->image_count && run->dims & LED__CHARGED; i++) {
        led__collect_relocs(&run->images[i]);
        led__release_read(run, i);
    }
}

bool led_collect_settle(struct led_collector *run, struct fault *fault)
{
    (void)fault;
    led_settle_claims(run->ledger, run->dims);
    if (run->build->map != NULL && led__wants(run, LED_UNIT)) {
        led__collect_map_units(&run->images[0]);
        led_settle_claims(run->ledger, run->dims);
    }
    par_for(par_worth(run->build->threads, img_file_size(run->build->file)), 2, collect_rest, run);
    led_settle_charges(run->ledger);
    return true;
}

bool led_collect(struct ledger *ledger, const struct led_build *build, unsigned dims,
                 struct doubts *doubts, struct fault *fault)
{
    struct led_collector *run = led_collector_new(ledger, build, dims, doubts);
    bool good = led_collect_base(run, fault) && led_collect_claims(run, fault) &&
                led_collect_settle(run, fault);
    led_collector_free(run);
    return good;
}
