// SPDX-License-Identifier: MIT
//
// Literal pools: data inside code sections is constant, not code. ARM, AArch64 and RISC-V mark where
// it starts and ends with mapping symbols ($d, $a $t $x); Xtensa's assembler leaves tables, where the
// linker script keeps them:
//
//   .xt.lit*    address 4, size 4                literals
//   .xt.prop*   address 4, size 4, flags 4       flags 1: literals

#include "ledger/collect_private.h"

#define XTENSA_PROP_LITERAL 1u

static void claim_constant(struct led__image *im, uint32_t section, uint64_t addr, uint64_t size)
{
    led__claim_addr(im, section, addr, size,
                    (struct led_claim){im->run->kinds[LED__CONSTANT], LED_KIND, LED_BY_SYMBOL, 0});
}

static void claim_marks(struct led__image *im)
{
    size_t count;
    const struct img_mark *marks = img_marks(im->img, &count);
    for (size_t i = 0; i < count; i++) {
        if (marks[i].kind != 'd' || !led__is_allocated(im, marks[i].section))
            continue;
        const struct img_section *section = &im->sections[marks[i].section];
        if (!(section->flags & SHF_EXECINSTR) || !led__holds(section, marks[i].addr))
            continue;
        uint64_t size = section->size - (marks[i].addr - section->addr);
        if (i + 1 < count && marks[i + 1].section == marks[i].section)
            size = MIN(size, marks[i + 1].addr - marks[i].addr);
        claim_constant(im, section->index, marks[i].addr, size);
    }
}

static void claim_xtensa_table(struct led__image *im, const struct img_section *table, bool flags)
{
    struct slice bytes;
    struct fault ignored = {0};
    if (!img_section_bytes(im->img, table->index, &bytes, &ignored)) {
        led__doubt(im, table->index, NO_OFFSET, "the table of literals cannot be read");
        return;
    }
    struct cur c = cur_make(bytes, im->info->big_endian);
    while (cur_left(&c) >= (flags ? 12 : 8)) {
        uint32_t addr = cur_u32(&c), size = cur_u32(&c);
        if (!flags || (cur_u32(&c) & XTENSA_PROP_LITERAL))
            claim_constant(im, 0, addr, size);
    }
}

static void claim_xtensa(struct led__image *im)
{
    for (size_t i = 1; i < im->section_count; i++) {
        const struct img_section *section = &im->sections[i];
        bool literals = slice_starts(slice_text(section->name), ".xt.lit");
        bool properties = slice_starts(slice_text(section->name), ".xt.prop");
        if (literals || properties)
            claim_xtensa_table(im, section, properties);
    }
}

void led__collect_marks(struct led__image *im)
{
    if (!led__wants(im->run, LED_KIND))
        return;
    claim_marks(im);
    if (im->info->machine == EM_XTENSA && im->info->type != ET_REL)
        claim_xtensa(im);
}
