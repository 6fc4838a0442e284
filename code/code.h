// SPDX-License-Identifier: MIT
//
// code: what instructions refer to. Disassembly is capstone's, but for x86-64, of which a decoder of our own
// finds lengths and operands in a fraction of the time, and RISC-V, Xtensa, MIPS, PowerPC and s390x, which have
// small decoders too; what operands mean for a static reader is here.
//
//   x86-64    lea rdi, [rip + 0x1234]       an address: counted from the end of the instruction
//             mov edi, 0x8b52ad             a constant, which may be an address where code is linked to
//             movzx eax, byte [rax + table] a fixed place
//   x86       call thunk; add ebx, table    an address is counted from there, or is the word that lies there
//   ARM       ldr r0, [pc, #16]             the constant that lies there (literal pool)
//             add r0, pc                    an address: how far it is was loaded from there
//             movw r0, #lo; movt r0, #hi    a constant
//   AArch64   adrp x0, page; add x0, x0, #n an address; ldr x0, [x0, #n] a word of the linker's table, perhaps
//   RISC-V    auipc a0, hi; addi a0, a0, lo an address; the same with lui a constant
//             lw a0, off(gp)                an address: gp is __global_pointer$
//   Xtensa    l32r a2, literal              a literal, and the constant that lies there
//   MIPS      lui a0, hi; addiu a0, a0, lo  a constant
//             lw a0, off(gp); addiu a0, lo  what the linker's table holds, and what is added to it
//   PowerPC   lis 9, hi; addi 9, 9, lo      a constant
//             addis 9, 2, hi; ld 9, lo(9)   an address: r2 is .TOC.; a word of the linker's table is read as well
//
// Functions are read one by one, in order, from their first byte; what cannot be decoded is passed
// over. A register that is computed elsewhere is not known.
#ifndef TARE_CODE_H
#define TARE_CODE_H

#include "base/base.h"
#include "image/image.h"

enum code_kind {
    CODE_ADDRESS,  // an operand that can be nothing but an address
    CODE_CONSTANT, // a number that may be one
    CODE_BRANCH,   // a direct call or jump
    CODE_FALLS, // nothing: the last instruction of a range goes on behind it (told by our own decoders)
    CODE_LITERAL, // a word among the code, of its own, whose content follows as a constant
};

struct code_ref {
    uint64_t place, target; // of the instruction; where it leads to
    enum code_kind kind;
};

// Reads the code of one image; one for each thread.
struct code_reader;

// NULL when its code cannot be read. Known are x86-64, ARM, AArch64, RISC-V, Xtensa (of little endian), MIPS (but
// release 6, microMIPS and MIPS16), PowerPC, s390x; x86, ARM and AArch64 only where capstone is installed.
struct code_reader *code_reader_new(struct img *img);
void code_reader_free(struct code_reader *reader);
// Calls ref() for every reference in [start, end), which lies in one section, in order. Branches
// within the range are left out.
void code_read(struct code_reader *reader, uint64_t start, uint64_t end,
               void (*ref)(void *context, const struct code_ref *ref), void *context);

// x86-64: bytes of the number that stands behind a displacement counted from the end of the instruction, which is so
// much further. `before`: up to 6 bytes in front of the displacement.
unsigned code_x86_behind(struct slice before);

#endif
