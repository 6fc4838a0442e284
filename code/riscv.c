// SPDX-License-Identifier: MIT
//
// What RISC-V instructions do to registers, of 32 and 64 bits, compressed ones included (the RISC-V
// Instruction Set Manual, volume I, chapters 2, 16, 24 and 34).
//
//   32 bits   |imm 31..20     |rs1|f3|rd|opcode|11|      the two lowest bits say that it is not compressed
//   16 bits               |f3|imm|rd/rs1|imm|q |        q: quadrant 0, 1 or 2
//
// The register gp holds the value of __global_pointer$ from the start of a program on; where no symbol says it,
// the first instructions do, which set it. What is not known here writes its rd, if it has one.

#include "code/flow.h"

enum { ZERO = 0, RA = 1, SP = 2, GP = 3, T0 = 5 };

#define START 64 // bytes in which a program sets gp

// ----------------------------------------------------------------------------- fields

static uint32_t bits(uint32_t word, unsigned low, unsigned count)
{
    return word >> low & ((UINT32_C(1) << count) - 1);
}

// The same, moved to another place.
static uint32_t put(uint32_t word, unsigned low, unsigned count, unsigned to)
{
    return bits(word, low, count) << to;
}

static uint64_t imm_i(uint32_t w)
{
    return code__signed(bits(w, 20, 12), 12);
}

static uint64_t imm_s(uint32_t w)
{
    return code__signed(put(w, 25, 7, 5) | bits(w, 7, 5), 12);
}

static uint64_t imm_b(uint32_t w)
{
    return code__signed(put(w, 31, 1, 12) | put(w, 7, 1, 11) | put(w, 25, 6, 5) | put(w, 8, 4, 1),
                        13);
}

static uint64_t imm_u(uint32_t w)
{
    return code__signed(w & 0xfffff000, 32);
}

static uint64_t imm_j(uint32_t w)
{
    return code__signed(
        put(w, 31, 1, 20) | put(w, 12, 8, 12) | put(w, 20, 1, 11) | put(w, 21, 10, 1), 21);
}

// ----------------------------------------------------------------------------- steps

static void adds(struct code__step *s, uint32_t to, uint32_t base, uint64_t value)
{
    s->act = CODE__ADDS;
    s->to = (uint8_t)to;
    s->base = (uint8_t)base;
    s->value = value;
}

static void writes(struct code__step *s, uint32_t to)
{
    s->act = CODE__WRITES;
    s->to = (uint8_t)to;
}

// Two registers; what lies a number of bytes from the stack's end is nowhere.
static void sums(struct code__step *s, uint32_t to, uint32_t base, uint32_t other)
{
    s->act = base == SP || other == SP ? CODE__WRITES : CODE__SUMS;
    s->to = (uint8_t)to;
    s->base = (uint8_t)base;
    s->other = (uint8_t)other;
}

// A load, or with CODE__NO as `to` a store, or a load to where no address is.
static void accesses(struct code__step *s, uint32_t to, uint32_t base, uint64_t offset)
{
    adds(s, to, base, offset);
    s->act = CODE__ACCESSES;
}

static void goes(struct code__step *s, enum code__act act, uint64_t target)
{
    s->act = (uint8_t)act;
    s->value = target;
}

static void goes_by(struct code__step *s, uint32_t link, uint32_t base, uint64_t offset)
{
    adds(s, link, base, offset);
    bool returns = link == ZERO && (base == RA || base == T0);
    s->act = link != ZERO ? CODE__CALLS_BY : returns ? CODE__RETURNS : CODE__JUMPS_BY;
}

static void takes(struct code__step *s, uint32_t reg)
{
    s->takes |= UINT64_C(1) << reg;
}

static void computes(struct code__step *s, uint32_t reg)
{
    s->computes |= UINT64_C(1) << reg;
}

// ----------------------------------------------------------------------- compressed

#define C(quadrant, funct3) ((quadrant) << 3 | (funct3))

// The offset of a load or store of a word, and of a double word.
static uint64_t offset_w(uint32_t w)
{
    return put(w, 10, 3, 3) | put(w, 6, 1, 2) | put(w, 5, 1, 6);
}

static uint64_t offset_d(uint32_t w)
{
    return put(w, 10, 3, 3) | put(w, 5, 2, 6);
}

static uint64_t target_cj(uint32_t w)
{
    return code__signed(put(w, 12, 1, 11) | put(w, 11, 1, 4) | put(w, 9, 2, 8) | put(w, 8, 1, 10) |
                            put(w, 7, 1, 6) | put(w, 6, 1, 7) | put(w, 3, 3, 1) | put(w, 2, 1, 5),
                        12);
}

static uint64_t target_cb(uint32_t w)
{
    return code__signed(put(w, 12, 1, 8) | put(w, 10, 2, 3) | put(w, 5, 2, 6) | put(w, 3, 2, 1) |
                            put(w, 2, 1, 5),
                        9);
}

// C.JR, C.MV, C.JALR, C.ADD and C.EBREAK.
static void decode_moves(uint32_t w, struct code__step *s)
{
    uint32_t rd = bits(w, 7, 5), rs2 = bits(w, 2, 5);
    bool second = bits(w, 12, 1);
    if (rs2 != 0 && second)
        sums(s, rd, rd, rs2);
    else if (rs2 != 0)
        adds(s, rd, rs2, 0), s->act = CODE__COPIES;
    else if (rd != 0)
        goes_by(s, second ? RA : ZERO, rd, 0);
}

// Byte and half word accesses of Zcb.
static void decode_zcb(uint32_t w, struct code__step *s)
{
    uint32_t which = bits(w, 10, 3), low = put(w, 5, 1, 1);
    uint32_t offset = which & 1 ? low : low | bits(w, 6, 1);
    accesses(s, which & 2 ? CODE__NO : 8 + bits(w, 2, 3), 8 + bits(w, 7, 3), offset);
    if (which & 2)
        takes(s, 8 + bits(w, 2, 3));
}

static void decode_short(const struct code__cpu *cpu, uint64_t addr, uint32_t w,
                         struct code__step *s)
{
    uint32_t rd = bits(w, 7, 5), small_rd = 8 + bits(w, 2, 3), small_rs = 8 + bits(w, 7, 3);
    uint64_t imm = code__signed(put(w, 12, 1, 5) | bits(w, 2, 5), 6);
    switch (C(bits(w, 0, 2), bits(w, 13, 3))) {
    case C(0, 0): // c.addi4spn
        writes(s, small_rd);
        break;
    case C(0, 2): // c.lw
        accesses(s, small_rd, small_rs, offset_w(w));
        break;
    case C(0, 3): // c.flw, c.ld
        accesses(s, cpu->wide ? small_rd : CODE__NO, small_rs,
                 cpu->wide ? offset_d(w) : offset_w(w));
        break;
    case C(0, 4):
        decode_zcb(w, s);
        break;
    case C(0, 6): // c.sw
        accesses(s, CODE__NO, small_rs, offset_w(w));
        takes(s, small_rd);
        break;
    case C(0, 7): // c.fsw, c.sd
        accesses(s, CODE__NO, small_rs, cpu->wide ? offset_d(w) : offset_w(w));
        takes(s, small_rd);
        break;
    case C(0, 1): // c.fld
    case C(0, 5): // c.fsd
        accesses(s, CODE__NO, small_rs, offset_d(w));
        break;
    case C(1, 0): // c.addi, c.nop
        adds(s, rd, rd, imm);
        break;
    case C(1, 1): // c.jal, c.addiw
        if (cpu->wide)
            adds(s, rd, rd, imm);
        else
            goes(s, CODE__CALLS, addr + target_cj(w));
        break;
    case C(1, 2): // c.li
        adds(s, rd, ZERO, imm);
        break;
    case C(1, 3): // c.addi16sp, c.lui
        if (rd == SP)
            writes(s, rd);
        else
            s->act = CODE__SETS, s->to = (uint8_t)rd, s->value = imm << 12;
        break;
    case C(1, 4): // c.srli, c.and ...
        writes(s, small_rs);
        takes(s, small_rs);
        if (bits(w, 10, 2) == 3)
            takes(s, small_rd);
        break;
    case C(1, 5): // c.j
        goes(s, CODE__JUMPS, addr + target_cj(w));
        break;
    case C(1, 6): // c.beqz
    case C(1, 7): // c.bnez
        goes(s, CODE__BRANCHES, addr + target_cb(w));
        takes(s, small_rs);
        break;
    case C(2, 0): // c.slli
    case C(2, 2): // c.lwsp
        writes(s, rd);
        break;
    case C(2, 3): // c.flwsp, c.ldsp
        writes(s, cpu->wide ? rd : CODE__NO);
        break;
    case C(2, 4):
        decode_moves(w, s);
        break;
    default: // floating point on the stack, stores there
        break;
    }
}

// ------------------------------------------------------------------------------ full

// ADD, and of Zba what adds to a base: SHnADD, ADD.UW, SHnADD.UW.
static void decode_op(uint32_t w, struct code__step *s)
{
    uint32_t rd = bits(w, 7, 5), rs1 = bits(w, 15, 5), rs2 = bits(w, 20, 5);
    uint32_t funct3 = bits(w, 12, 3), funct7 = bits(w, 25, 7);
    if (funct3 == 0 && funct7 == 0)
        sums(s, rd, rs1, rs2);
    else if ((funct7 == 0x10 && funct3 % 2 == 0) || (funct7 == 4 && funct3 == 0))
        sums(s, rd, rs2, CODE__NO);
    else
        writes(s, rd);
    bool whole = (funct3 == 0 && funct7 == 0x20) || funct3 == 2 || funct3 == 3; // sub, slt
    if (s->act != CODE__WRITES)
        return;
    if (whole && funct7 != 1)
        takes(s, rs1), takes(s, rs2);
    else
        computes(s, rs1), computes(s, rs2);
}

// Loads and stores of floating point, or of vectors: these have no offset.
static void decode_float_access(uint32_t w, uint64_t offset, struct code__step *s)
{
    uint32_t width = bits(w, 12, 3);
    bool vector = width == 0 || width >= 5;
    accesses(s, CODE__NO, bits(w, 15, 5), vector ? 0 : offset);
}

// What of floating point writes an integer register: comparisons, conversions and moves to there.
static void decode_float(uint32_t w, struct code__step *s)
{
    uint32_t what = bits(w, 27, 5);
    if (what == 0x14 || what == 0x18 || what == 0x1c)
        writes(s, bits(w, 7, 5));
}

// MRET and SRET; an ECALL answers in a0; the rest reads and writes control registers.
static void decode_system(uint32_t w, struct code__step *s)
{
    if (w == 0x30200073 || w == 0x10200073)
        s->act = CODE__RETURNS;
    else if (w == 0x73)
        writes(s, 10);
    else if (bits(w, 12, 3) != 0)
        writes(s, bits(w, 7, 5));
}

static void decode_full(uint64_t addr, uint32_t w, struct code__step *s)
{
    uint32_t rd = bits(w, 7, 5), rs1 = bits(w, 15, 5), funct3 = bits(w, 12, 3);
    switch (w & 0x7f) {
    case 0x37: // lui
        s->act = CODE__SETS, s->to = (uint8_t)rd, s->value = imm_u(w);
        break;
    case 0x17: // auipc
        s->act = CODE__POINTS, s->to = (uint8_t)rd, s->value = addr + imm_u(w);
        break;
    case 0x13: // addi
    case 0x1b: // addiw
        if (funct3 == 0)
            adds(s, rd, rs1, imm_i(w));
        else if (funct3 == 4) // xori
            writes(s, rd), computes(s, rs1);
        else
            writes(s, rd), takes(s, rs1);
        break;
    case 0x03:
        accesses(s, rd, rs1, imm_i(w));
        break;
    case 0x23:
        accesses(s, CODE__NO, rs1, imm_s(w));
        if (rs1 != SP)
            takes(s, bits(w, 20, 5));
        break;
    case 0x07:
        decode_float_access(w, imm_i(w), s);
        break;
    case 0x27:
        decode_float_access(w, imm_s(w), s);
        break;
    case 0x2f: // atomic
        accesses(s, rd, rs1, 0);
        takes(s, bits(w, 20, 5));
        break;
    case 0x33:
    case 0x3b:
        decode_op(w, s);
        break;
    case 0x63:
        goes(s, CODE__BRANCHES, addr + imm_b(w));
        takes(s, rs1), takes(s, bits(w, 20, 5));
        break;
    case 0x67:
        goes_by(s, rd, rs1, imm_i(w));
        break;
    case 0x6f:
        goes(s, rd == ZERO ? CODE__JUMPS : CODE__CALLS, addr + imm_j(w));
        break;
    case 0x53:
        decode_float(w, s);
        takes(s, rs1);
        break;
    case 0x73:
        decode_system(w, s);
        break;
    case 0x0f: // fence
    case 0x43: // fmadd ...
    case 0x47:
    case 0x4b:
    case 0x4f:
        break;
    default: // vectors, which may write a register, and extensions of makers
        writes(s, rd);
        takes(s, rs1), takes(s, bits(w, 20, 5));
    }
}

// Bytes of an instruction by its first two (chapter 1.5, figure 1).
static unsigned length_of(uint32_t first)
{
    if ((first & 3) != 3)
        return 2;
    if ((first & 0x1f) != 0x1f)
        return 4;
    return (first & 0x3f) == 0x1f ? 6 : 8;
}

static void read_one(const struct code__cpu *cpu, uint64_t addr, const uint8_t *at, size_t left,
                     struct code__step *out)
{
    struct cur c = cur_make(slice_of(at, left), false);
    uint32_t first = cur_u16(&c);
    out->size = (uint8_t)length_of(first);
    if (out->size > left)
        return;
    if (out->size == 2)
        decode_short(cpu, addr, first, out);
    else if (out->size == 4)
        decode_full(addr, first | (uint32_t)cur_u16(&c) << 16, out);
}

// What sets gp is told by what uses it.
static void decode(const struct code__cpu *cpu, uint64_t addr, const uint8_t *at, size_t left,
                   struct code__step *out)
{
    read_one(cpu, addr, at, left, out);
    if (out->to == ZERO || out->to == GP)
        out->to = CODE__NO;
}

// ------------------------------------------------------------------------------- gp

static struct code__value gp_of_start(const struct code__cpu *cpu)
{
    struct slice bytes;
    struct code__value gp = {0};
    uint64_t entry = img_info(cpu->img)->entry;
    if (!img_bytes_at(cpu->img, entry, START, &bytes))
        return gp;
    for (size_t at = 0; at < START;) {
        struct code__step s = {.base = CODE__NO, .to = CODE__NO};
        read_one(cpu, entry + at, bytes.data + at, START - at, &s);
        at += s.size;
        if (s.to == GP && (s.act == CODE__SETS || s.act == CODE__POINTS))
            gp.value = s.value;
        else if (s.to == GP && s.base == GP && gp.value != 0)
            return (struct code__value){gp.value + s.value, CODE__NEAR, 0};
    }
    return (struct code__value){0};
}

static struct code__value gp_of(const struct code__cpu *cpu)
{
    uint64_t addr;
    if (code__symbol(cpu->img, "__global_pointer$", &addr))
        return (struct code__value){addr, CODE__NEAR, 0};
    return gp_of_start(cpu);
}

void code__riscv(struct code__cpu *cpu)
{
    const uint32_t saved = 0x0ffc0300; // s0 to s11
    cpu->decode = decode;
    cpu->says_all = true;
    cpu->kept = saved | 1 << SP | 1 << GP | 1 << 4;
    cpu->always[ZERO].trust = CODE__NUMBER;
    cpu->always[GP] = gp_of(cpu);
}
