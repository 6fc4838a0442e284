// SPDX-License-Identifier: MIT
//
// Literal pools: what the marks of an image (mapping symbols, Xtensa's property tables) call data
// inside a code section is constant, not code.

#include "ledger/collect_private.h"

void led__collect_marks(struct led__image *im)
{
    size_t count;
    if (!led__wants(im->run, LED_KIND))
        return;
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
        led__claim_addr(
            im, section->index, marks[i].addr, size,
            (struct led_claim){im->run->kinds[LED__CONSTANT], LED_KIND, LED_BY_SYMBOL, i});
    }
}
