// SPDX-License-Identifier: MIT
//
// Function descriptors of 64-bit PowerPC, first ABI (64-bit PowerPC ELF ABI Supplement 1.9, 3.2.1): what is called a
// function, by symbols and pointers alike, is a record in .opd that leads to its code.
//
//   .opd  | code 8 | TOC 8 | environment 8 |     the last word may be left out
//
// The words of a .o are relocated; those of a linked image may be 0 until the loader adds its address.

#include <stdlib.h>

#include "image/private.h"

#define WORD 8

static void add_relative(struct img *img, uint32_t section, const struct img_section *opd)
{
    struct img_reloc_reader reader;
    struct img_reloc reloc;
    struct fault ignored = {0};
    if (!img_reloc_open(&reader, img, section, &ignored))
        return;
    while (img_reloc_next(&reader, &reloc)) {
        uint64_t word = (reloc.addr - opd->addr) / WORD;
        if (word < img->descriptor_count && img_is_relative(img, reloc.type))
            img->descriptors[word] = (uint64_t)reloc.addend;
    }
}

void img__read_descriptors(struct img *img)
{
    struct slice bytes;
    const struct img_section *opd = img_section_named(img, ".opd");
    if (img->info.machine != EM_PPC64 || opd == NULL || opd->size > img->bytes.size ||
        !img_section_bytes(img, opd->index, &bytes, NULL))
        return;
    struct cur c = img__cursor(img, bytes);
    img->opd = opd;
    img->descriptor_count = bytes.size / WORD;
    img->descriptors = mem_alloc((img->descriptor_count + 1) * sizeof *img->descriptors);
    for (size_t i = 0; i < img->descriptor_count; i++)
        img->descriptors[i] = cur_u64(&c);
    for (uint32_t i = 1; i < img->section_count; i++)
        if (img_is_reloc_section(&img->sections[i]) && img_has_addends(&img->sections[i]) &&
            (img->sections[i].flags & SHF_ALLOC))
            add_relative(img, i, opd);
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
