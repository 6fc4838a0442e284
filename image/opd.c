// SPDX-License-Identifier: MIT
//
// Function descriptors of 64-bit PowerPC, first ABI (64-bit PowerPC ELF ABI Supplement 1.9, 3.2.1): what is called a
// function, by symbols and pointers alike, is a record in .opd that leads to its code.
//
//   .opd  | code 8 | TOC 8 | environment 8 |     the last word may be left out

#include "image/private.h"

#define WORD 8

void img__read_descriptors(struct img *img)
{
    const struct img_section *opd = img_section_named(img, ".opd");
    if (img->info.machine == EM_PPC64 && opd != NULL) {
        img->opd = opd;
        img->descriptors = img_words(img, opd->index, &img->descriptor_count);
    }
}

bool img_descriptor(struct img *img, uint64_t addr, uint64_t *code)
{
    size_t count;
    if (img->info.machine != EM_PPC64)
        return false;
    img_symbols(img, &count);
    uint64_t word = img->opd ? (addr - img->opd->addr) / WORD : 0;
    if (word >= img->descriptor_count || (addr - img->opd->addr) % WORD != 0)
        return false;
    const struct img_section *section = img_section_at(img, img->descriptors[word]);
    *code = img->descriptors[word];
    return section != NULL && (section->flags & SHF_EXECINSTR);
}
