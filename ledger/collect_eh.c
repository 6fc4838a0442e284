// SPDX-License-Identifier: MIT
//
// Unwind tables serve the functions they describe.
//
//   .eh_frame      |CIE|FDE f|FDE g|CIE|FDE h|0|     each FDE: where its function starts, how long
//                         |      \                   it is, and perhaps where its LSDA lies
//   .gcc_except_table     |LSDA f|LSDA g|            an LSDA goes on up to the next one
//   .eh_frame_hdr  |head|f, FDE f|g, FDE g|...       a table for binary search
//
// CIEs serve many functions and stay with the section. image/frames.c reads the entries.

#include <stdlib.h>

#include "ledger/collect_private.h"

// ------------------------------------------------------------------- further tables

// Entries that go from one address up to the next, in whatever section each lies.
static void charge_lsdas(struct led__image *im, struct keyed *lsdas, size_t count)
{
    struct keyed *scratch = mem_alloc((count + 1) * sizeof *scratch);
    sort_keyed(lsdas, scratch, count);
    free(scratch);
    for (size_t i = 0; i < count; i++) {
        const struct img_section *section = img_section_at(im->img, lsdas[i].key);
        if (section == NULL || !im->about[section->index].role ||
            (i > 0 && lsdas[i].key == lsdas[i - 1].key))
            continue;
        size_t next = i + 1;
        while (next < count && lsdas[next].key == lsdas[i].key)
            next++;
        uint64_t offset = lsdas[i].key - section->addr, size = section->size - offset;
        if (next < count)
            size = MIN(size, lsdas[next].key - lsdas[i].key);
        led__charge_in(im, section->index, offset, size, lsdas[i].value);
    }
}

static void charge_search_table(struct led__image *im, const struct img_section *section)
{
    struct slice bytes;
    struct fault ignored = {0};
    if (!img_section_bytes(im->img, section->index, &bytes, &ignored))
        return;
    struct cur c = cur_make(bytes, im->info->big_endian);
    uint8_t version = cur_u8(&c), frame = cur_u8(&c), number = cur_u8(&c), entry = cur_u8(&c);
    if (c.failed || version != 1 || number == IMG_PE_OMIT || entry == IMG_PE_OMIT)
        return;
    img_read_encoded(im->img, section, &c, frame);
    uint64_t count = img_read_encoded(im->img, section, &c, number & IMG_PE_FORMAT);
    for (uint64_t i = 0; i < count && cur_left(&c) != 0; i++) {
        uint64_t start = cur_offset(&c);
        uint64_t code = img_read_encoded(im->img, section, &c, entry);
        img_read_encoded(im->img, section, &c, entry);
        if (c.failed)
            return;
        led__charge_in(im, section->index, start, cur_offset(&c) - start,
                       led__pos_addr(im, 0, code));
    }
}

static void charge_frames(struct led__image *im, const struct img_section *section)
{
    struct img_frame_reader reader;
    struct img_frame frame;
    struct fault ignored = {0};
    VEC(struct keyed) lsdas = {0}; // key: address, value: position of the function
    if (!img_frame_open(&reader, im->img, section, &ignored)) {
        led__doubt(im, section->index, NO_OFFSET, "the unwind table cannot be read");
        return;
    }
    while (img_frame_next(&reader, &frame)) {
        uint64_t target = frame.readable ? led__pos_addr(im, 0, frame.code) : LED_NOWHERE;
        led__charge_in(im, section->index, frame.entry_offset, frame.entry_size, target);
        if (frame.lsda != 0 && target != LED_NOWHERE)
            vec_push(&lsdas, (struct keyed){frame.lsda, target});
    }
    if (reader.failed)
        led__doubt(im, section->index, frame.entry_offset,
                   "an unwind entry goes past the end of its section");
    charge_lsdas(im, lsdas.items, lsdas.count);
    vec_free(&lsdas);
}

void led__collect_eh(struct led__image *im)
{
    for (size_t i = 1; i < im->section_count; i++) {
        const struct img_section *section = &im->sections[i];
        bool loaded = section->flags & SHF_ALLOC;
        if (section->type == SHT_NOBITS || img_is_reloc_section(section) || section->compressed)
            continue;
        if (strcmp(section->name, loaded ? ".eh_frame" : ".debug_frame") == 0)
            charge_frames(im, section);
        else if (loaded && strcmp(section->name, ".eh_frame_hdr") == 0)
            charge_search_table(im, section);
    }
}

// ---------------------------------------------------------------------------- ARM

#define EXIDX_CANTUNWIND 1u

// A 31-bit distance from where it lies (Exception Handling ABI for the Arm Architecture, 6).
static uint32_t prel31(uint32_t value, uint32_t place)
{
    return place + ((value & 0x7fffffff) ^ 0x40000000) - 0x40000000;
}

// .ARM.exidx: pairs of a function and its unwind code, or the distance to it in .ARM.extab. In an
// object the distance is from the section the table belongs to, its relocation not being applied.
static void charge_exidx(struct led__image *im, const struct img_section *section)
{
    bool object = im->info->type == ET_REL;
    struct slice bytes;
    struct fault ignored = {0};
    VEC(struct keyed) extabs = {0};
    if ((object && section->link >= im->section_count) ||
        !img_section_bytes(im->img, section->index, &bytes, &ignored))
        return;
    struct cur c = cur_make(bytes, im->info->big_endian);
    while (cur_left(&c) >= 8) {
        uint64_t start = cur_offset(&c);
        uint32_t place = (uint32_t)(section->addr + start);
        uint32_t function = cur_u32(&c), unwind = cur_u32(&c);
        uint32_t from = object ? (uint32_t)im->sections[section->link].addr : place;
        uint64_t target = led__pos_addr(im, 0, prel31(function, from) & ~1u);
        led__charge_in(im, section->index, start, 8, target);
        bool elsewhere = unwind != EXIDX_CANTUNWIND && (unwind & 0x80000000u) == 0;
        if (elsewhere && !object && target != LED_NOWHERE)
            vec_push(&extabs, (struct keyed){prel31(unwind, place + 4), target});
    }
    charge_lsdas(im, extabs.items, extabs.count);
    vec_free(&extabs);
}

void led__collect_exidx(struct led__image *im)
{
    for (size_t i = 1; i < im->section_count; i++)
        if (im->info->machine == EM_ARM && im->sections[i].type == SHT_ARM_EXIDX)
            charge_exidx(im, &im->sections[i]);
}
