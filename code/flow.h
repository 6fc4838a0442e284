// SPDX-License-Identifier: MIT
//
// What registers hold, for machines whose instructions have few bytes, so that an address is made in two
// steps. A decoder says which act an instruction is; what follows from it is here.
//
//   lui  a5, 0x20000       SETS       a5 = 0x20000000          perhaps half an address
//   addi a0, a5, 16        ADDS       a0 = 0x20000010          told: a constant
//   lw   a1, 24(a5)        ACCESSES   a1 = ?                   told: an address
//   add  a2, a5, a3        SUMS       a2 = 0x20000000          an index is taken for 0
//   beqz a1, 1f            BRANCHES   what is known goes along
//   ret                    RETURNS    forgotten: nothing falls through
//
// The same of MIPS and PowerPC, whose linkers keep addresses in a table that code finds by a register:
//
//   lw    a0, -32744(gp)   LOADS      a0 = the word there      told: the place
//   addis r9, r2, 1        RAISES     r9 = r2 + 0x10000        half an address
//   jalr  t9               CALLS_BY   after what stands behind it (a delay slot)
//
// A value counts if it comes along on one way: from the instruction before or, where that does not go
// on, from the last branch forwards that led here; else from the last jump through a register (to a
// case), or the jump just before (to the test of a loop, whose body this is). So a reference belongs to a way
// through the code; one whose value comes only along a branch backwards is not seen. A call leaves
// what its convention keeps.
//
// An address that is made only to reach what lies some way from it (a section anchor: compilers address the objects of a
// unit from one of them), or to be computed with, is no reference; what it reaches is. So references are told
// once their function has been read. It takes decoders that say what instructions read besides.
#ifndef TARE_CODE_FLOW_H
#define TARE_CODE_FLOW_H

#include "code/code.h"

#define CODE__REGISTERS 35   // those of the machine, and some for its decoder
#define CODE__NO        0xff // register

enum code__act {
    CODE__PASSES,   // changes nothing that matters
    CODE__WRITES,   // to = something
    CODE__SETS,     // to = value
    CODE__POINTS,   // to = value, counted from the instruction: at least half an address
    CODE__FINDS,    // the same, to find the linker's table from
    CODE__ADDS,     // to = base + value
    CODE__RAISES,   // the same: what comes of it may be the upper half of an address
    CODE__SHIFTS,   // to = base << value
    CODE__SUMS,     // to = base + other
    CODE__COPIES,   // to = base
    CODE__ACCESSES, // loads `to` (CODE__NO: stores) at base + value, or base + other
    CODE__LOADS,    // the same, a whole word: known where it is one of the linker's table
    CODE__POOLS,    // to = the word that lies at `value`
    CODE__BRANCHES, // perhaps, to value
    CODE__JUMPS,    // to value
    CODE__CALLS,    // value; to = the address behind it, CODE__NO: nothing
    CODE__JUMPS_BY, // to base + value
    CODE__CALLS_BY, // base + value
    CODE__RETURNS,
};

// An instruction.
struct code__step {
    uint8_t size; // bytes, at least 1
    uint8_t act;
    uint8_t to, base, other; // registers, or CODE__NO
    bool near;               // value is the address of something, and base none;
    bool counted;            // it is where the instruction stands, and base how far to go
    bool leads;        // what is made is an address, and not only what others are counted from
    bool memory;       // what it goes to lies there
    bool whole;        // what is made of two halves is told
    bool delayed;      // takes effect behind the next instruction,
    bool likely;       // which counts only where the branch is taken
    uint64_t also;     // registers that something is written to besides, a bit each
    uint64_t takes;    // whose values are stored (but on the stack), compared or go elsewhere
    uint64_t computes; // whose values are numbers: multiplied, or XOR'ed
    uint64_t value;
};

static inline void code__puts(struct code__step *s, enum code__act act, uint8_t to, uint8_t base,
                              uint64_t value)
{
    s->act = (uint8_t)act;
    s->to = to;
    s->base = base;
    s->value = value;
}

enum code__trust {
    CODE__UNKNOWN,
    CODE__NUMBER, // few bits: an address only where it is used as one
    CODE__HALF,   // perhaps an address, or the upper half of one
    CODE__BASE,   // an address that itself means nothing, but what lies some way from it
    CODE__NEAR,   // counted from the instruction, or from a register that holds an address
};

struct code__value {
    uint64_t value;
    uint8_t trust; // enum code__trust
    uint32_t told; // by which reference, counted from 1; 0: by none
};

// The lowest `count` bits as a signed number, in two's complement; those above are 0.
static inline uint64_t code__signed(uint64_t value, unsigned count)
{
    uint64_t sign = UINT64_C(1) << (count - 1);
    return (value ^ sign) - sign;
}

// Where the linker keeps addresses.
struct code__table {
    uint64_t start, end;
    uint64_t *words; // as they are once the loader is done
};
#define CODE__TABLES 2
struct code__tables {
    struct code__table items[CODE__TABLES];
    size_t count;
};

// What is the same for all instructions of an image.
struct code__cpu {
    struct img *img;
    struct code__capstone *capstone; // that cuts its instructions up, or NULL
    bool wide;                       // registers of 64 bits
    bool big_endian;
    bool fixed; // linked to a fixed address: a number may be one
    bool thumb;
    bool no_low;       // a number of few bits is no address, where it is used as one either
    bool pools_inside; // words of a pool lie in the function that loads them
    bool says_all;     // the decoder says what instructions read besides
    bool fills;        // zeros behind a jump align what follows and are no instruction
    uint64_t kept;     // registers that a call keeps, a bit each
    uint8_t own;       // register that holds a function's address where it begins, or CODE__NO
    struct code__tables tables;
    bool halves; // upper halves of addresses are in them too, which may be 0
    struct code__value always[CODE__REGISTERS]; // known wherever code begins
    void (*decode)(const struct code__cpu *cpu, uint64_t addr, const uint8_t *at, size_t left,
                   struct code__step *out);
};

typedef void code__tell(void *context, uint64_t place, uint64_t target, enum code_kind kind);

struct code__capstone;
struct code__flow;
struct code__flow *code__flow_new(const struct code__cpu *cpu, code__tell *tell, void *context);
void code__flow_free(struct code__flow *flow);
// Follows the bytes of a function, or of what lies between functions: one run after the other, where data lies
// between them. `end` is that of the last one.
void code__flow_begin(struct code__flow *flow, uint64_t start);
void code__flow_run(struct code__flow *flow, uint64_t start, struct slice bytes);
void code__flow_end(struct code__flow *flow, uint64_t end);
// What a register holds at the end of what was read.
struct code__value code__flow_value(const struct code__flow *flow, unsigned reg);

// Machines: what is known of an image, and their decoders.
void code__aarch64(struct code__cpu *cpu);
void code__arm(struct code__cpu *cpu);
void code__i386(struct code__cpu *cpu);
void code__riscv(struct code__cpu *cpu);
void code__s390(struct code__cpu *cpu);
void code__xtensa(struct code__cpu *cpu);
void code__mips(struct code__cpu *cpu);
// Of release 6, MIPS16 and microMIPS other instructions are to be known.
bool code__mips_knows(uint32_t flags);
void code__powerpc(struct code__cpu *cpu);
// The address of a symbol; false when there is none of the name.
bool code__symbol(struct img *img, const char *name, uint64_t *addr);
// Adds a section of that name; false when there is none, or it is empty.
bool code__table_add(struct code__cpu *cpu, const char *name);
void code__tables_free(struct code__tables *tables);
// Whether a word of theirs lies at an address, and which.
bool code__table_word(const struct code__cpu *cpu, uint64_t addr, uint64_t *word);

#endif
