// SPDX-License-Identifier: MIT
//
// What Xtensa instructions refer to, of little endian (Xtensa ISA Reference Manual, chapters 3 and 6).
//
//   24 bits   |imm16           |at|0001|   L32R: the word below here by up to 256 KiB
//             |offset18          |n|0101|   CALL0, CALL4, CALL8, CALL12
//             |offset18          |00|0110|   J
//   16 bits                   |....|1xxx|   the density option
//
// A loop may begin at an aligned place; the linker fills the gap before it with zeros, behind a jump or a return.
// Literals may lie there too, so what a branch leads to begins an instruction, whatever comes before.
// Addresses are words of the literal pools, which hold them whole, so no register needs to be followed.
// The lowest four bits say how long an instruction is; 14 is what makers add, of 32 bits in the chip that
// has it (ESP32-S3), 15 is none.

#include "code/flow.h"

// RET, RETW and JX, the narrow forms too: nothing falls through.
static bool leaves(uint32_t word)
{
    return (word & 0xfff0ff) == 0x80 || (word & 0xfff0ff) == 0x90 || (word & 0xfff0ff) == 0xa0;
}

static bool leaves_narrow(uint32_t half)
{
    return half == 0xf00d || half == 0xf01d;
}

static unsigned length_of(uint8_t first)
{
    unsigned op0 = first & 15;
    return op0 < 8 ? 3 : op0 < 14 ? 2 : op0 == 14 ? 4 : 1;
}

// Conditional branches and loops, and with them J and ENTRY.
static void decode_branch(uint64_t addr, uint32_t word, struct code__step *out)
{
    enum { J, BZ, BI0, BI1 };
    unsigned kind = word >> 4 & 3, entry = word >> 6 & 3;
    if (kind == BI1 && entry == 0)
        return;
    out->act = kind == J ? CODE__JUMPS : CODE__BRANCHES;
    out->value = addr + 4;
    out->value += kind == J    ? code__signed(word >> 6, 18)
                  : kind == BZ ? code__signed(word >> 12, 12)
                               : code__signed(word >> 16, 8);
}

// BEQZ.N and BNEZ.N, forwards only.
static void decode_narrow(uint64_t addr, uint32_t half, struct code__step *out)
{
    if (leaves_narrow(half)) {
        out->act = CODE__RETURNS;
    } else if ((half & 0x8f) == 0x8c) {
        out->act = CODE__BRANCHES;
        out->value = addr + 4 + ((half & 0x30) | half >> 12);
    }
}

static void decode(const struct code__cpu *cpu, uint64_t addr, const uint8_t *at, size_t left,
                   struct code__step *out)
{
    (void)cpu;
    out->size = (uint8_t)length_of(at[0]);
    if (left < out->size)
        return;
    if (out->size == 2)
        decode_narrow(addr, at[0] | (uint32_t)at[1] << 8, out);
    if (out->size != 3)
        return;
    uint32_t word = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;
    switch (word & 15) {
    case 0:
        out->act = leaves(word) ? CODE__RETURNS : CODE__PASSES;
        break;
    case 1: // L32R counts in words, downwards only
        out->act = CODE__POOLS;
        out->value = ((addr + 3) & ~UINT64_C(3)) + ((word >> 8) - UINT64_C(0x10000)) * 4;
        break;
    case 5:
        out->act = CODE__CALLS;
        out->value = (addr & ~UINT64_C(3)) + 4 + code__signed(word >> 6, 18) * 4;
        break;
    case 6:
        decode_branch(addr, word, out);
        break;
    case 7:
        out->act = CODE__BRANCHES;
        out->value = addr + 4 + code__signed(word >> 16, 8);
        break;
    default:
        break;
    }
}

void code__xtensa(struct code__cpu *cpu)
{
    cpu->decode = decode;
    cpu->fills = true;
}
