// SPDX-License-Identifier: MIT
//
// Names of machines.

#include "image/private.h"

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

static const struct {
    uint16_t machine;
    const char *name;
} machines[] = {
    {EM_X86_64, "x86-64"},   {EM_386, "i386"},      {EM_ARM, "ARM"},
    {EM_AARCH64, "AArch64"}, {EM_XTENSA, "Xtensa"}, {EM_RISCV, "RISC-V"},
    {EM_MIPS, "MIPS"},       {EM_PPC, "PowerPC"},   {EM_PPC64, "PowerPC64"},
    {EM_S390, "s390"},       {EM_SPARC, "SPARC"},   {EM_SPARCV9, "SPARC64"},
    {EM_68K, "m68k"},        {EM_AVR, "AVR"},       {EM_MSP430, "MSP430"},
    {EM_SH, "SuperH"},       {EM_BPF, "BPF"},       {EM_LOONGARCH, "LoongArch"},
    {EM_IA_64, "IA-64"},     {EM_ALPHA, "Alpha"},   {EM_PARISC, "PA-RISC"},
};

const char *img_machine_name(uint16_t machine)
{
    for (size_t i = 0; i < COUNT_OF(machines); i++)
        if (machines[i].machine == machine)
            return machines[i].name;
    return "?";
}
