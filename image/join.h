// SPDX-License-Identifier: MIT
//
// What joining the members of an archive is made of: see join.c.
#ifndef TARE_IMAGE_JOIN_H
#define TARE_IMAGE_JOIN_H

#include "image/private.h"

struct joined_section {
    struct img_section s; // link and info: new numbers
    const char *member;
    struct buf bytes; // of a section that was put together
    struct slice lent;
    bool merged;
};

struct joined_symbol {
    struct raw_symbol raw; // name: in the new table
    uint32_t section;      // new number; a reserved one as it was
    name_id id;            // of a global one
    const char *member;    // the same
    uint8_t rank;          // how good a definition it is
};

// One member.
struct part {
    struct img *img;
    uint32_t *sections; // new number of each, 0: left out
    uint64_t *offsets;  // where it begins in that
    uint32_t *symbols;  // new number of each
    uint32_t symbol_count;
};

struct join {
    VEC(struct joined_section) sections; // [0] is none
    VEC(struct joined_symbol) locals, globals;
    VEC(struct part) parts;
    struct names *names, *debug,
        *statics; // of global symbols, sections of debugging, local things;
    VEC(uint32_t) global_of, section_of, static_count; // by their id: number + 1, number, how many
    struct names *signatures;
    struct buf strings;
    uint64_t room; // bytes that may still be copied: those of damaged files lie in one another
    const struct img_info *like; // class, byte order, machine
};

#define IMG__GLOBAL (UINT32_C(1) << 31) // in part.symbols: a number among the global ones

// False when what is left does not suffice.
static inline bool img__join_take(struct join *join, uint64_t size)
{
    bool enough = size <= join->room;
    join->room -= MIN(size, join->room);
    return enough;
}

// A section of a part with another number; its bytes are still to come.
uint32_t img__join_section(struct join *join, const struct part *part, const struct img_section *s);
// Writes it all, and frees what the sections hold.
void img__join_write(struct join *join, struct buf *out);

#endif
