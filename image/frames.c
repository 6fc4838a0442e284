// SPDX-License-Identifier: MIT
//
// Unwind tables: where each function starts and how long it is, also of stripped programs.
//
//   .eh_frame      |CIE|FDE f|FDE g|CIE|FDE h|0|     each FDE: where its function starts, how long
//                                                    it is, and perhaps where its LSDA lies
//
//   FDE   length 4 (or 0xffffffff, 8), distance back to the CIE 4 or 8, start, size,
//         [augmentation size, LSDA, ...], instructions
//   CIE   length, 0, version 1, augmentation text, [pointer sizes], alignment factors,
//         return register, [augmentation size, one value per letter], instructions
//
// (Linux Standard Base, Exception Frames.)
//
// .debug_frame (DWARF 5, 6.4.1) differs little: an FDE has the offset of its CIE instead of the
// distance, a CIE has -1 there, addresses are plain.

#include "image/image.h"

#define MAX_AUGMENTATION 16 // its NUL included

// Reads a value of an encoding, without its base.
static uint64_t read_format(const struct img_info *info, struct cur *c, uint8_t encoding)
{
    switch (encoding & IMG_PE_FORMAT) {
    case 0x0: // as wide as an address
        return cur_uint(c, info->address_size);
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

uint64_t img_read_encoded(const struct img *img, const struct img_section *section, struct cur *c,
                          uint8_t encoding)
{
    if (encoding == IMG_PE_OMIT)
        return 0;
    uint64_t place = section->addr + cur_offset(c);
    uint64_t value = read_format(img_info(img), c, encoding);
    if (value == 0)
        return 0;
    if ((encoding & IMG_PE_BASE) == IMG_PE_PCREL)
        value += place;
    else if ((encoding & IMG_PE_BASE) == IMG_PE_DATAREL)
        value += section->addr;
    return img_info(img)->address_size == 4 ? (uint32_t)value : value;
}

// ----------------------------------------------------------------------------- CIE

static bool read_augmentation(struct img_frame_reader *r, struct cur *c, struct slice letters)
{
    cur_uleb(c); // size of the values
    for (size_t i = 1; i < letters.size; i++)
        switch (letters.data[i]) {
        case 'R':
            r->code_encoding = cur_u8(c);
            break;
        case 'L':
            r->lsda_encoding = cur_u8(c);
            break;
        case 'P': // personality routine
            read_format(img_info(r->img), c, cur_u8(c));
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

static bool is_cie(const struct img_frame_reader *r, uint64_t id, bool wide)
{
    return id == (r->debug ? (wide ? UINT64_MAX : UINT32_MAX) : 0);
}

// Reads what an FDE needs of its CIE. False: damaged or of an unknown kind.
static bool read_cie(struct img_frame_reader *r, struct cur c, uint64_t offset)
{
    r->code_encoding = 0;
    r->lsda_encoding = IMG_PE_OMIT;
    c.failed = false;
    c.at = c.base;
    cur_seek(&c, offset);
    bool wide = cur_u32(&c) == UINT32_MAX;
    if (wide)
        cur_skip(&c, 8);
    if (!is_cie(r, wide ? cur_u64(&c) : cur_u32(&c), wide))
        return false;
    uint8_t version = cur_u8(&c);
    struct cur rest = c, text = cur_sub(&rest, MIN(cur_left(&c), (size_t)MAX_AUGMENTATION));
    struct slice letters = cur_text(&text);
    if (text.failed)
        return false;
    cur_skip(&c, letters.size + 1);
    if (r->debug) // what follows is for those who unwind
        return letters.size == 0 && !c.failed;
    if (version >= 4)
        cur_skip(&c, 2);
    cur_uleb(&c);
    cur_sleb(&c);
    if (version == 1)
        cur_skip(&c, 1);
    else
        cur_uleb(&c);
    r->augmented = letters.size > 0 && letters.data[0] == 'z';
    if (r->augmented)
        return read_augmentation(r, &c, letters) && !c.failed;
    return letters.size == 0 && !c.failed;
}

// ----------------------------------------------------------------------------- FDE

// One entry; `body` begins behind its length. False: a CIE, or of an unknown kind.
static bool read_entry(struct img_frame_reader *r, struct cur body, bool wide,
                       struct img_frame *out)
{
    struct cur c = body;
    uint64_t here = cur_offset(&c);
    uint64_t id = wide ? cur_u64(&c) : cur_u32(&c);
    uint64_t cie = r->debug ? id : here - id;
    if (is_cie(r, id, wide) || cie >= here)
        return false;
    if (cie != r->cie) {
        r->cie = cie;
        r->cie_good = read_cie(r, body, cie); // it lies before its FDEs
    }
    if (!r->cie_good || c.failed)
        return false;
    out->code = img_read_encoded(r->img, r->section, &c, r->code_encoding);
    out->code_size = read_format(img_info(r->img), &c, r->code_encoding & IMG_PE_FORMAT);
    out->lsda = 0;
    if (r->augmented) {
        cur_uleb(&c);
        out->lsda = img_read_encoded(r->img, r->section, &c, r->lsda_encoding);
    }
    out->readable = !c.failed;
    return !r->debug || out->code != 0; // else its function was discarded
}

bool img_frame_open(struct img_frame_reader *r, struct img *img, const struct img_section *section,
                    struct fault *fault)
{
    struct slice bytes;
    if (!img_section_bytes(img, section->index, &bytes, fault))
        return false;
    *r = (struct img_frame_reader){.img = img, .section = section, .cie = UINT64_MAX};
    r->debug = (section->flags & SHF_ALLOC) == 0;
    r->cur = cur_make(bytes, img_info(img)->big_endian);
    return true;
}

bool img_frame_next(struct img_frame_reader *r, struct img_frame *out)
{
    while (cur_left(&r->cur) >= 4) {
        uint64_t start = cur_offset(&r->cur), size = cur_u32(&r->cur);
        bool wide = size == UINT32_MAX;
        if (wide)
            size = cur_u64(&r->cur);
        if (size == 0)
            continue; // ends the table of one object
        struct cur body = cur_sub(&r->cur, size);
        if (r->cur.failed) {
            r->failed = true;
            out->entry_offset = start;
            return false;
        }
        if (!read_entry(r, body, wide, out))
            continue;
        out->entry_offset = start;
        out->entry_size = cur_offset(&r->cur) - start;
        return true;
    }
    return false;
}
