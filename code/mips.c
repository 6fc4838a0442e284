// SPDX-License-Identifier: MIT
//
// What MIPS instructions do to registers, of 32 and 64 bits, up to release 5 (MIPS Architecture for Programmers,
// volume II-A; System V ABI, MIPS supplement, chapter 4).
//
//   |opcode|rs|rt|imm16          |     loads, stores, ADDIU, branches
//   |opcode|target26             |     J, JAL: within the 256 MiB of what follows
//   |000000|rs|rt|rd|sa|function |
//
// A branch takes effect behind the instruction after it. The register gp holds the value of _gp, in the midst of the
// linker's table; each function that other programs may call computes it anew, from t9, which holds its own address:
// what sets gp is told by what uses it. The table holds whole addresses, and upper halves that LO16 adds to:
// both are read from it.

#include "code/flow.h"

enum { ZERO = 0, T9 = 25, GP = 28, SP = 29, RA = 31 };

#define GP_OFFSET 0x7ff0 // of gp in the linker's table, where no symbol says it

// One instruction, cut up.
struct fields {
    uint32_t word;
    uint8_t rs, rt, rd;
    uint64_t imm; // signed
};

static void branches(struct code__step *s, enum code__act act, uint64_t target)
{
    code__puts(s, act, CODE__NO, CODE__NO, target);
    s->delayed = true;
}

// Two registers; what lies a number of bytes from the stack's end is nowhere.
static void sums(struct code__step *s, const struct fields *f)
{
    enum code__act act = CODE__SUMS;
    if (f->rs == SP || f->rt == SP)
        act = CODE__WRITES;
    else if (f->rt == ZERO || f->rs == ZERO)
        act = CODE__COPIES;
    code__puts(s, act, f->rd, f->rs == ZERO ? f->rt : f->rs, 0);
    s->other = f->rt;
}

// JR and JALR.
static void goes_by(struct code__step *s, const struct fields *f, bool link)
{
    enum code__act act = link ? CODE__CALLS_BY : f->rs == RA ? CODE__RETURNS : CODE__JUMPS_BY;
    code__puts(s, act, CODE__NO, f->rs, 0);
    s->delayed = true;
}

static void decode_special(struct code__step *s, const struct fields *f)
{
    switch (f->word & 0x3f) {
    case 0x08:
    case 0x09:
        goes_by(s, f, f->word & 1);
        break;
    case 0x20: // add
    case 0x21: // addu
    case 0x25: // or
    case 0x2c: // dadd
    case 0x2d: // daddu
        sums(s, f);
        if ((f->word & 0x3f) == 0x25 && s->act == CODE__SUMS)
            s->act = CODE__WRITES;
        break;
    case 0x38: // dsll, dsll32
    case 0x3c:
        code__puts(s, CODE__SHIFTS, f->rd, f->rt,
                   (f->word >> 6 & 31) + ((f->word & 4) != 0 ? 32 : 0));
        break;
    case 0x0c: // syscall, break, sync
    case 0x0d:
    case 0x0f:
    case 0x11: // mthi, mtlo
    case 0x13:
    case 0x18: // mult ... ddivu
    case 0x19:
    case 0x1a:
    case 0x1b:
    case 0x1c:
    case 0x1d:
    case 0x1e:
    case 0x1f:
        break;
    default:
        code__puts(s, CODE__WRITES, f->rd, CODE__NO, 0);
    }
}

// BLTZ, BGEZAL ...; BAL is the latter with register zero.
static void decode_regimm(struct code__step *s, const struct fields *f, uint64_t target)
{
    if ((f->rt & 0x1c) == 0)
        branches(s, CODE__BRANCHES, target);
    else if ((f->rt & 0x1c) == 0x10)
        branches(s, CODE__CALLS, target);
    s->likely = s->delayed && (f->rt & 2);
}

// Loads and stores: those of numbers and of floating point hold no address.
static void decode_memory(const struct code__cpu *cpu, unsigned op, struct code__step *s,
                          const struct fields *f)
{
    bool load = op <= 0x27 || op == 0x30 || op == 0x34 || op == 0x37 || op == 0x1a || op == 0x1b;
    bool conditional = op == 0x38 || op == 0x3c; // stores, and says whether it did
    bool word = op == (cpu->wide ? 0x37 : 0x23);
    code__puts(s, word ? CODE__LOADS : CODE__ACCESSES, load || conditional ? f->rt : CODE__NO,
               f->rs, f->imm);
}

// MFC0, MFC1 ... write a register; BC1F and BC1T branch.
static void decode_coprocessor(struct code__step *s, const struct fields *f, uint64_t target)
{
    if (f->rs < 4)
        code__puts(s, CODE__WRITES, f->rt, CODE__NO, 0);
    else if (f->rs >= 8 && f->rs < 16)
        branches(s, CODE__BRANCHES, target);
    s->likely = s->delayed && (f->rt & 2);
}

static void decode_one(const struct code__cpu *cpu, uint64_t addr, struct code__step *s,
                       const struct fields *f)
{
    unsigned op = f->word >> 26;
    uint64_t target = addr + 4 + f->imm * 4;
    uint64_t far = ((addr + 4) & ~UINT64_C(0xfffffff)) | (f->word & 0x3ffffff) * UINT64_C(4);
    switch (op) {
    case 0x00:
        decode_special(s, f);
        break;
    case 0x01:
        decode_regimm(s, f, target);
        break;
    case 0x02:
    case 0x03:
        branches(s, op == 3 ? CODE__CALLS : CODE__JUMPS, far);
        break;
    case 0x04: // beq, of a register with itself: b
        branches(s, f->rs == f->rt ? CODE__JUMPS : CODE__BRANCHES, target);
        break;
    case 0x05:
    case 0x06:
    case 0x07:
    case 0x14: // beql ...
    case 0x15:
    case 0x16:
    case 0x17:
        branches(s, CODE__BRANCHES, target);
        s->likely = op >= 0x14;
        break;
    case 0x08: // addi, addiu, daddi, daddiu
    case 0x09:
    case 0x18:
    case 0x19:
        code__puts(s, CODE__ADDS, f->rt, f->rs, f->imm);
        break;
    case 0x0d: // ori
        code__puts(s, CODE__ADDS, f->rt, f->rs, f->word & 0xffff);
        break;
    case 0x0f: // lui
        code__puts(s, CODE__SETS, f->rt, CODE__NO, f->imm << 16);
        break;
    case 0x0a: // slti, sltiu, andi, xori
    case 0x0b:
    case 0x0c:
    case 0x0e:
        code__puts(s, CODE__WRITES, f->rt, CODE__NO, 0);
        break;
    case 0x10:
    case 0x11:
    case 0x12:
        decode_coprocessor(s, f, target);
        break;
    case 0x13: // floating point, of which LWXC1 and its like access two registers' sum
        break;
    case 0x1c: // mul, clz; rdhwr, ext, ins, seb
        code__puts(s, CODE__WRITES, f->rd, CODE__NO, 0);
        break;
    case 0x1f:
        code__puts(s, CODE__WRITES,
                   (f->word & 0x3f) < 8 || (f->word & 0x3f) == 0x3b ? f->rt : f->rd, CODE__NO, 0);
        break;
    case 0x1d:
    case 0x1e:
    case 0x2f: // cache
    case 0x33: // pref
        break;
    default:
        decode_memory(cpu, op, s, f);
    }
}

static void decode(const struct code__cpu *cpu, uint64_t addr, const uint8_t *at, size_t left,
                   struct code__step *out)
{
    out->size = 4;
    if (left < 4)
        return;
    struct cur c = cur_make(slice_of(at, 4), cpu->big_endian);
    struct fields f = {.word = cur_u32(&c)};
    f.rs = f.word >> 21 & 31;
    f.rt = f.word >> 16 & 31;
    f.rd = f.word >> 11 & 31;
    f.imm = code__signed(f.word & 0xffff, 16);
    decode_one(cpu, addr, out, &f);
    if (out->to == ZERO || out->to == GP)
        out->to = CODE__NO;
}

bool code__mips_knows(uint32_t flags)
{
    const uint32_t other = 0x02000000 | 0x04000000; // EF_MIPS_MICROMIPS, EF_MIPS_ARCH_ASE_M16
    uint32_t arch = flags & EF_MIPS_ARCH;
    return !(flags & other) && arch != 0x90000000 &&
           arch != 0xa0000000; // 32 and 64 bits of release 6
}

void code__mips(struct code__cpu *cpu)
{
    uint64_t gp;
    cpu->decode = decode;
    cpu->kept = UINT64_C(0xff) << 16 | UINT64_C(1) << GP | UINT64_C(1) << SP | UINT64_C(1) << 30;
    cpu->own = T9;
    cpu->halves = true;
    cpu->always[ZERO].trust = CODE__NUMBER;
    bool table = code__table_add(cpu, ".got");
    if (code__symbol(cpu->img, "_gp", &gp))
        cpu->always[GP] = (struct code__value){gp, CODE__NEAR, 0};
    else if (table)
        cpu->always[GP] =
            (struct code__value){cpu->tables.items[0].start + GP_OFFSET, CODE__NEAR, 0};
}
