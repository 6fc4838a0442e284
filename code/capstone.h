// SPDX-License-Identifier: MIT
//
// capstone, loaded when the first instruction that only it can read is met: its tables take 80,000
// relocations, longer than all the rest that tare does before it opens a file.
#ifndef TARE_CODE_CAPSTONE_H
#define TARE_CODE_CAPSTONE_H

#include <capstone/capstone.h>
#include <stdbool.h>

// What tare calls of it, under its own names.
struct code__capstone {
    void *library;
    __typeof__(cs_open) *open;
    __typeof__(cs_option) *option;
    __typeof__(cs_malloc) *malloc;
    __typeof__(cs_disasm_iter) *disasm_iter;
    __typeof__(cs_free) *free;
    __typeof__(cs_close) *close;
    csh handle;
    cs_insn *insn; // the one that was read last
};

// False when it is not installed. Each reader has its own; the system loads the library once.
bool code__capstone_load(struct code__capstone *capstone);
void code__capstone_unload(struct code__capstone *capstone);

#endif
