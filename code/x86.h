// SPDX-License-Identifier: MIT
//
// Lengths and references of x86-64 instructions, many times faster than a full disassembly.
#ifndef TARE_CODE_X86_H
#define TARE_CODE_X86_H

#include "base/base.h"

struct code__x86 {
    uint8_t size;      // bytes
    bool relative;     // an operand in memory is counted from the end of the instruction
    bool has_memory;   // an operand in memory has a displacement of 32 bits, and no segment
    bool absolute;     // and nothing is added to it, or it is a table of places to jump to
    bool has_constant; // a constant of 32 bits or more that may be an address
    bool branches;     // a direct call or jump
    int64_t memory;    // the displacement
    int64_t constant;  // sign-extended; of a branch counted from the end of the instruction
};

// Decodes the instruction at `at`. False: cut off, or one that it does not know.
bool code__x86_decode(const uint8_t *at, size_t left, struct code__x86 *out);

#endif
