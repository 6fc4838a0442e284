// SPDX-License-Identifier: MIT
//
// Padding: what lies between two things, only so that the second is aligned.
//
//   line     |  f        |fill|  g             the fill ends where g starts, at a multiple of some
//            0          13   16                power of two that is more than its size
//
// So the test is: nobody's, inside one content section but not at its start, shorter than the
// alignment of its end, and of bytes that assemblers and linkers fill with. Without bytes (.bss)
// the alignment alone has to do, and then small ends do not count. Deliberately simple: zeros that are
// somebody's constant and happen to fit look the same.

#include "ledger/collect_private.h"

#define LONGEST_FILL     64 // or the alignment of the section
#define LEAST_ALIGN      4
#define LEAST_ALIGN_BARE 8 // without bytes to look at

// ------------------------------------------------------------------------ patterns

static bool all_zero(struct slice bytes)
{
    return bytes.size == 0 ||
           (bytes.data[0] == 0 && memcmp(bytes.data, bytes.data + 1, bytes.size - 1) == 0);
}

// No-operations of x86 assemblers, after any number of 0x66 and 0x2e prefixes. `any`: how many
// bytes that follow may be anything.
static const struct nop {
    uint8_t size, any;
    uint8_t bytes[4];
} x86_nops[] = {
    {1, 0, {0x90}},                   // nop
    {1, 0, {0xcc}},                   // int3
    {1, 0, {0x00}},                   // linkers' zeros
    {3, 0, {0x0f, 0x1f, 0x00}},       // nopl (%rax)
    {3, 1, {0x0f, 0x1f, 0x40}},       // nopl 0(%rax)
    {4, 1, {0x0f, 0x1f, 0x44, 0x00}}, // nopl 0(%rax,%rax)
    {3, 4, {0x0f, 0x1f, 0x80}},
    {4, 4, {0x0f, 0x1f, 0x84, 0x00}},
    {2, 0, {0x89, 0xf6}},       // mov %esi,%esi
    {3, 0, {0x8d, 0x76, 0x00}}, // lea 0(%esi),%esi
    {3, 1, {0x8d, 0x74, 0x26}},
    {2, 4, {0x8d, 0xb6}},
    {3, 4, {0x8d, 0xb4, 0x26}},
    {3, 0, {0x8d, 0x7f, 0x00}}, // the same with %edi
    {3, 1, {0x8d, 0x7c, 0x27}},
    {2, 4, {0x8d, 0xbf}},
    {3, 4, {0x8d, 0xbc, 0x27}},
};

static bool is_x86_fill(struct slice bytes)
{
    size_t at = 0;
    while (at < bytes.size) {
        size_t start = at;
        while (at < bytes.size && (bytes.data[at] == 0x66 || bytes.data[at] == 0x2e))
            at++;
        if (at == bytes.size)
            return false;
        const struct nop *found = NULL;
        for (size_t i = 0; i < COUNT_OF(x86_nops) && !found; i++) {
            const struct nop *nop = &x86_nops[i];
            if ((size_t)nop->size + nop->any <= bytes.size - at &&
                memcmp(bytes.data + at, nop->bytes, nop->size) == 0)
                found = nop;
        }
        if (found == NULL || at - start > 14)
            return false;
        at += (size_t)found->size + found->any;
    }
    return true;
}

// Words of 2, 3 or 4 bytes, in the byte order they have in a little-endian image.
static const struct word {
    uint16_t machine;
    uint8_t size;
    uint8_t bytes[4];
} words[] = {
    {EM_ARM, 2, {0x00, 0xbf}},                 // Thumb nop
    {EM_ARM, 2, {0xc0, 0x46}},                 // mov r8, r8
    {EM_ARM, 4, {0x00, 0xf0, 0x20, 0xe3}},     // nop
    {EM_ARM, 4, {0x00, 0x00, 0xa0, 0xe1}},     // mov r0, r0
    {EM_ARM, 4, {0xaf, 0xf3, 0x00, 0x80}},     // nop.w
    {EM_AARCH64, 4, {0x1f, 0x20, 0x03, 0xd5}}, // nop
    {EM_RISCV, 4, {0x13, 0x00, 0x00, 0x00}},   // nop
    {EM_RISCV, 2, {0x01, 0x00}},               // c.nop
    {EM_XTENSA, 3, {0xf0, 0x20, 0x00}},        // nop
    {EM_XTENSA, 2, {0x3d, 0xf0}},              // nop.n
    {EM_PPC, 4, {0x00, 0x00, 0x00, 0x60}},     // nop
    {EM_PPC64, 4, {0x00, 0x00, 0x00, 0x60}},
    {EM_S390, 2, {0x07, 0x07}}, // bcr 0,%r7
};

static bool is_word(const struct img_info *info, const struct word *word, struct slice bytes)
{
    if (word->machine != info->machine || bytes.size < word->size)
        return false;
    bool swap = info->big_endian && word->size != 3;
    for (size_t i = 0; i < word->size; i++)
        if (bytes.data[i] != word->bytes[swap ? word->size - 1u - i : i])
            return false;
    return true;
}

static bool is_word_fill(const struct img_info *info, struct slice bytes)
{
    while (bytes.size != 0) {
        size_t size = bytes.data[0] == 0 ? 1 : 0;
        for (size_t i = 0; i < COUNT_OF(words); i++)
            if (is_word(info, &words[i], bytes))
                size = MAX(size, words[i].size);
        if (size == 0)
            return false;
        bytes = slice_of(bytes.data + size, bytes.size - size);
    }
    return true;
}

bool led_is_fill(const struct img_info *info, struct slice bytes, bool code)
{
    if (all_zero(bytes))
        return true;
    if (!code)
        return false;
    if (info->machine == EM_386 || info->machine == EM_X86_64)
        return is_x86_fill(bytes);
    return is_word_fill(info, bytes);
}

// ----------------------------------------------------------------------- stretches

// The largest power of two that divides an address.
static uint64_t alignment_of(uint64_t addr)
{
    return addr == 0 ? (uint64_t)1 << 63 : addr & (~addr + 1);
}

static bool ends_aligned(const struct img_section *section, const struct led_extent *extent,
                         uint64_t start, uint64_t size, uint64_t least)
{
    uint64_t addr = extent->addr + (start - extent->pos);
    uint64_t end = addr + size, align = alignment_of(end);
    return addr != section->addr && size < MAX((uint64_t)LONGEST_FILL, section->align) &&
           align >= least && size < align;
}

// Whether nobody's [start, start + size) of the extent is fill.
static bool is_fill_part(const struct led_collector *run, const struct led_extent *extent,
                         uint64_t start, uint64_t size)
{
    const struct led__image *im = &run->images[extent->image];
    if (!led__is_content(im, extent->section) || extent->addr == LED_NOWHERE)
        return false;
    const struct img_section *section = &im->sections[extent->section];
    if (img_is_merged(section))
        return false; // an empty text would look like it
    if (extent->file == LED_NOWHERE)
        return ends_aligned(section, extent, start, size, LEAST_ALIGN_BARE);
    if (!ends_aligned(section, extent, start, size, LEAST_ALIGN))
        return false;
    struct slice bytes = img_file_bytes(run->build->file);
    uint64_t offset = extent->file + (start - extent->pos);
    ASSERT(range_fits(offset, size, bytes.size));
    return led_is_fill(im->info, slice_of(bytes.data + offset, size),
                       (section->flags & SHF_EXECINSTR) != 0);
}

// Cuts a stretch by extents; `at` is where the one before ended.
static size_t claim_stretch(struct led_collector *run, enum led_dim dim, uint64_t start,
                            uint64_t end, size_t at)
{
    size_t count;
    const struct led_extent *extents = led_extents(run->ledger, &count);
    while (at < count && extents[at].pos + extents[at].size <= start)
        at++;
    for (size_t i = at; i < count && extents[i].pos < end; i++) {
        uint64_t from = MAX(start, extents[i].pos);
        uint64_t size = MIN(end, extents[i].pos + extents[i].size) - from;
        if (!is_fill_part(run, &extents[i], from, size))
            continue;
        led__claim_dim(run, dim, LED_BY_FILL, run->padding, 0, from, size);
        if (dim == LED_SYMBOL)
            led__claim_dim(run, LED_KIND, LED_BY_FILL, run->kinds[LED__PADDING], 0, from, size);
    }
    return at;
}

void led__collect_fill(struct led_collector *run)
{
    static const enum led_dim dims[] = {LED_UNIT,    LED_SOURCE, LED_SYMBOL, LED_INLINES,
                                        LED_ARCHIVE, LED_OBJECT, LED_MEMBER};
    for (size_t d = 0; d < COUNT_OF(dims); d++) {
        size_t count, at = 0;
        const struct led_stretch *stretches = led_stretches(run->ledger, dims[d], &count);
        for (size_t i = 0; led__wants(run, dims[d]) && i < count; i++)
            if (stretches[i].owner == LED_UNATTRIBUTED)
                at = claim_stretch(run, dims[d], stretches[i].pos, stretches[i + 1].pos, at);
    }
}
