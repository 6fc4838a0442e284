// SPDX-License-Identifier: MIT
//
// Xtensa has no mapping symbols; its assembler writes property tables (.xt.prop) instead, which the
// linker keeps up to date:
//
//   | address 4 | size 4 | flags 4 |  ...       1 literals, 2 instructions, 4 data
//
// Runs of code and of what is not code become marks like those of the other machines.

#include "image/private.h"

enum { LITERAL = 1, INSTRUCTION = 2, DATA = 4 };

static bool is_property_section(const struct img_section *s)
{
    return strncmp(s->name, ".xt.prop", 8) == 0 && s->type == SHT_PROGBITS;
}

static void add_property(struct img *img, struct cur *c, img__mark_list *marks)
{
    uint64_t addr = cur_u32(c);
    uint32_t size = cur_u32(c), flags = cur_u32(c);
    const struct img_section *s = img_section_at(img, addr);
    if (size == 0 || s == NULL || !(s->flags & SHF_EXECINSTR))
        return;
    char kind = flags & INSTRUCTION ? 'x' : flags & (LITERAL | DATA) ? 'd' : 0;
    if (kind != 0)
        vec_push(marks, (struct img_mark){addr, s->index, kind});
}

void img__read_properties(struct img *img, img__mark_list *marks)
{
    if (img->info.machine != EM_XTENSA)
        return;
    uint64_t left = img->bytes.size; // tables of a damaged file can overlap
    for (size_t i = 1; i < img->section_count; i++) {
        struct slice bytes;
        if (!is_property_section(&img->sections[i]) ||
            !img_section_bytes(img, (uint32_t)i, &bytes, NULL) || bytes.size > left)
            continue;
        left -= bytes.size;
        struct cur c = img__cursor(img, bytes);
        while (cur_left(&c) >= 12)
            add_property(img, &c, marks);
    }
}
