// SPDX-License-Identifier: MIT
//
// String literals, where the section still says that it holds nothing else (SHF_MERGE and
// SHF_STRINGS: objects, and images of linkers that keep the flags). They are constants whatever the
// section is named or flagged. Whose they are only their users tell: no symbol has them, and the
// unit only in an object that was made of one (see led__claim_content).

#include "ledger/collect_private.h"

void led__claim_content(struct led__image *im, enum led_dim dim, enum led_reader reader,
                        led_owner owner)
{
    for (size_t i = 1; i < im->section_count; i++)
        if (led__is_content(im, (uint32_t)i))
            led__claim_addr(im, (uint32_t)i, im->sections[i].addr, im->sections[i].size,
                            (struct led_claim){owner, (uint8_t)dim, (uint8_t)reader, i});
}

void led__collect_strings(struct led__image *im)
{
    for (size_t i = 1; i < im->section_count; i++) {
        const struct img_section *section = &im->sections[i];
        if (led__is_content(im, (uint32_t)i) && img_is_merged(section) &&
            (section->flags & SHF_STRINGS))
            led__claim_addr(
                im, (uint32_t)i, section->addr, section->size,
                (struct led_claim){im->run->kinds[LED__CONSTANT], LED_KIND, LED_BY_STRING, i});
    }
}
