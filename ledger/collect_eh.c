// SPDX-License-Identifier: MIT
//
// Unwind tables serve the functions they describe.
//
//   .eh_frame      |CIE|FDE f|FDE g|CIE|FDE h|0|     each FDE: where its function starts, how long
//                         |      \                   it is, and perhaps where its LSDA lies
//   .gcc_except_table     |LSDA f|LSDA g|            an LSDA goes on up to the next one
//   .eh_frame_hdr  |head|f, FDE f|g, FDE g|...       a table for binary search
//
//   FDE   length 4 (or 0xffffffff, 8), distance back to the CIE 4 or 8, start, size,
//         [augmentation size, LSDA, ...], instructions
//   CIE   length, 0, version 1, augmentation text, [pointer sizes], alignment factors,
//         return register, [augmentation size, one value per letter], instructions
//
// (Linux Standard Base, Exception Frames.) CIEs serve many functions and stay with the section.
//
// .debug_frame (DWARF 5, 6.4.1) differs little: an FDE has the offset of its CIE instead of the
// distance, a CIE has -1 there, addresses are plain.

#include <stdlib.h>

#include "ledger/collect_private.h"

// Pointer encodings: format in the low half, what it is relative to in the high half.
#define PE_OMIT    0xff
#define PE_FORMAT  0x0f
#define PE_BASE    0x70
#define PE_PCREL   0x10
#define PE_DATAREL 0x30

#define MAX_AUGMENTATION 16 // its NUL included

struct frames {
    struct led__image *im;
    const struct img_section *section;
    uint64_t cie; // offset of the one that was read last
    uint8_t code_encoding, lsda_encoding;
    bool augmented, cie_good;
    bool debug;              // .debug_frame
    VEC(struct keyed) lsdas; // key: address, value: position of the function
};

// Reads a value of an encoding, without its base.
static uint64_t read_format(const struct led__image *im, struct cur *c, uint8_t encoding)
{
    switch (encoding & PE_FORMAT) {
    case 0x0: // as wide as an address
        return cur_uint(c, im->info->address_size);
    case 0x1:
        return cur_uleb(c);
    case 0x2:
        return cur_u16(c);
    case 0x3:
        return cur_u32(c);
    case 0x4:
    case 0xc:
        return cur_u64(c);
    case 0x9:
        return (uint64_t)cur_sleb(c);
    case 0xa:
        return (uint64_t)(int16_t)cur_u16(c);
    case 0xb:
        return (uint64_t)(int32_t)cur_u32(c);
    default:
        c->failed = true;
        return 0;
    }
}

// Reads an encoded pointer; 0 when there is none.
static uint64_t read_pointer(const struct led__image *im, const struct img_section *section,
                             struct cur *c, uint8_t encoding)
{
    if (encoding == PE_OMIT)
        return 0;
    uint64_t place = section->addr + cur_offset(c);
    uint64_t value = read_format(im, c, encoding);
    if (value == 0)
        return 0;
    if ((encoding & PE_BASE) == PE_PCREL)
        value += place;
    else if ((encoding & PE_BASE) == PE_DATAREL)
        value += section->addr;
    return im->info->address_size == 4 ? (uint32_t)value : value;
}

// ----------------------------------------------------------------------------- CIE

static bool read_augmentation(struct frames *frames, struct cur *c, struct slice letters)
{
    cur_uleb(c); // size of the values
    for (size_t i = 1; i < letters.size; i++)
        switch (letters.data[i]) {
        case 'R':
            frames->code_encoding = cur_u8(c);
            break;
        case 'L':
            frames->lsda_encoding = cur_u8(c);
            break;
        case 'P': // personality routine
            read_format(frames->im, c, cur_u8(c));
            break;
        case 'S': // signal frame
        case 'B': // AArch64: return address is signed with the B key
        case 'G':
            break;
        default:
            return false;
        }
    return true;
}

static bool is_cie(const struct frames *frames, uint64_t id, bool wide)
{
    return id == (frames->debug ? (wide ? UINT64_MAX : UINT32_MAX) : 0);
}

// Reads what an FDE needs of its CIE. False: damaged or of an unknown kind.
static bool read_cie(struct frames *frames, struct cur c, uint64_t offset)
{
    frames->code_encoding = 0;
    frames->lsda_encoding = PE_OMIT;
    c.failed = false;
    c.at = c.base;
    cur_seek(&c, offset);
    bool wide = cur_u32(&c) == UINT32_MAX;
    if (wide)
        cur_skip(&c, 8);
    if (!is_cie(frames, wide ? cur_u64(&c) : cur_u32(&c), wide))
        return false;
    uint8_t version = cur_u8(&c);
    struct cur rest = c, text = cur_sub(&rest, MIN(cur_left(&c), (size_t)MAX_AUGMENTATION));
    struct slice letters = cur_text(&text);
    if (text.failed)
        return false;
    cur_skip(&c, letters.size + 1);
    if (frames->debug) // what follows is for those who unwind
        return letters.size == 0 && !c.failed;
    if (version >= 4)
        cur_skip(&c, 2);
    cur_uleb(&c);
    cur_sleb(&c);
    if (version == 1)
        cur_skip(&c, 1);
    else
        cur_uleb(&c);
    frames->augmented = letters.size > 0 && letters.data[0] == 'z';
    if (frames->augmented)
        return read_augmentation(frames, &c, letters) && !c.failed;
    return letters.size == 0 && !c.failed;
}

// ----------------------------------------------------------------------------- FDE

static void charge_fde(struct frames *frames, struct cur c, uint64_t start, uint64_t size)
{
    struct led__image *im = frames->im;
    uint64_t code = read_pointer(im, frames->section, &c, frames->code_encoding);
    read_format(im, &c, frames->code_encoding & PE_FORMAT);
    if (frames->debug && code == 0)
        return; // its function was discarded
    uint64_t lsda = 0;
    if (frames->augmented) {
        cur_uleb(&c);
        lsda = read_pointer(im, frames->section, &c, frames->lsda_encoding);
    }
    uint64_t target = c.failed ? LED_NOWHERE : led__pos_addr(im, 0, code);
    led__charge_in(im, frames->section->index, start, size, target);
    if (lsda != 0 && target != LED_NOWHERE)
        vec_push(&frames->lsdas, (struct keyed){lsda, target});
}

// One entry; `c` stands behind its length.
static void read_entry(struct frames *frames, struct cur body, uint64_t start, bool wide)
{
    struct cur c = body;
    uint64_t here = cur_offset(&c);
    uint64_t id = wide ? cur_u64(&c) : cur_u32(&c);
    uint64_t cie = frames->debug ? id : here - id;
    if (is_cie(frames, id, wide) || cie >= here)
        return;
    if (cie != frames->cie) {
        frames->cie = cie;
        frames->cie_good = read_cie(frames, body, cie); // it lies before its FDEs
    }
    if (frames->cie_good && !c.failed)
        charge_fde(frames, c, start, cur_offset(&body) + cur_left(&body) - start);
}

static void read_frames(struct frames *frames, struct slice bytes)
{
    struct cur c = cur_make(bytes, frames->im->info->big_endian);
    while (cur_left(&c) >= 4) {
        uint64_t start = cur_offset(&c), size = cur_u32(&c);
        bool wide = size == UINT32_MAX;
        if (wide)
            size = cur_u64(&c);
        if (size == 0)
            continue; // ends the table of one object
        struct cur body = cur_sub(&c, size);
        if (c.failed) {
            led__doubt(frames->im, frames->section->index, start,
                       "an unwind entry goes past the end of its section");
            return;
        }
        read_entry(frames, body, start, wide);
    }
}

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
    if (c.failed || version != 1 || number == PE_OMIT || entry == PE_OMIT)
        return;
    read_pointer(im, section, &c, frame);
    uint64_t count = read_format(im, &c, number);
    for (uint64_t i = 0; i < count && cur_left(&c) != 0; i++) {
        uint64_t start = cur_offset(&c);
        uint64_t code = read_pointer(im, section, &c, entry);
        read_pointer(im, section, &c, entry);
        if (c.failed)
            return;
        led__charge_in(im, section->index, start, cur_offset(&c) - start,
                       led__pos_addr(im, 0, code));
    }
}

static void charge_frames(struct led__image *im, const struct img_section *section)
{
    struct frames frames = {.im = im, .section = section, .cie = UINT64_MAX};
    frames.debug = (section->flags & SHF_ALLOC) == 0;
    struct slice bytes;
    struct fault ignored = {0};
    if (!img_section_bytes(im->img, section->index, &bytes, &ignored)) {
        led__doubt(im, section->index, NO_OFFSET, "the unwind table cannot be read");
        return;
    }
    read_frames(&frames, bytes);
    charge_lsdas(im, frames.lsdas.items, frames.lsdas.count);
    vec_free(&frames.lsdas);
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
