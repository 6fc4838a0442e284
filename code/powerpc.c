// SPDX-License-Identifier: MIT
//
// What PowerPC instructions do to registers, of 32 and 64 bits, prefixed ones of POWER10 included (Power ISA 3.1,
// book I; the 64-bit ELF V2 ABI and the 32-bit one, chapter 3).
//
//   |opcode|RT|RA|SI              |     ADDI, ADDIS, loads and stores; register 0 as RA is the number 0
//   |opcode|RS|RA|UI              |     ORI: writes RA
//   |31    |RT|RA|RB|XO        |Rc|     ADD, OR, loads by two registers
//   |000001|..|R|  d0  |  |opcode|RT|RA|d1 |     34 bits, counted from the instruction where R is 1
//
// Of 64 bits, r2 holds the address of the table of addresses (TOC) and what lies near, all along: what sets it is
// told by what uses it. Of 32 bits a function finds its table by a call of the next instruction, which
// leaves its address in the link register; r13 and r2 may hold the addresses of small data.

#include "code/flow.h"

enum { SP = 1, TOC = 2, SMALL = 13, LINK = 32, ZERO = 33, COUNT = 34 };

#define NOP      0x60000000 // ori 0, 0, 0
#define IN_TABLE 0x8000     // of a table, where its register points: reached by 16 signed bits

// One instruction, cut up.
struct fields {
    uint32_t word;
    uint8_t rt, ra, rb;
    uint8_t base;  // ra, or ZERO
    uint64_t imm;  // signed
    uint64_t addr; // of it
};

static void writes(struct code__step *s, uint8_t to)
{
    code__puts(s, CODE__WRITES, to, CODE__NO, 0);
}

// ------------------------------------------------------------------------- branches

#define ALWAYS 0x14 // bits of BO: neither a condition nor the count register is asked

// What leads to `target`, with the link bit a call; from a call of what comes next only its address is wanted.
static void branches(struct code__step *s, const struct fields *f, uint64_t offset, bool always)
{
    uint64_t target = offset + (f->word & 2 ? 0 : f->addr);
    bool call = f->word & 1;
    if (call && target == f->addr + 4)
        code__puts(s, CODE__FINDS, LINK, CODE__NO, target);
    else
        code__puts(s,
                   call     ? CODE__CALLS
                   : always ? CODE__JUMPS
                            : CODE__BRANCHES,
                   CODE__NO, CODE__NO, target);
}

// BCLR, BCCTR and, by 5 bits, ADDPCIS; the rest computes conditions.
static void decode_19(struct code__step *s, const struct fields *f)
{
    unsigned xo = f->word >> 1 & 0x3ff;
    bool always = (f->rt & ALWAYS) == ALWAYS;
    if ((xo & 0x1f) == 2) {
        uint64_t d = (f->word & 0xffc0) | (f->ra << 1 & 0x3e) | (f->word & 1);
        code__puts(s, CODE__POINTS, f->rt, CODE__NO, f->addr + 4 + (code__signed(d, 16) << 16));
    } else if ((xo == 16 || xo == 528 || xo == 560) && (f->word & 1)) {
        code__puts(s, CODE__CALLS_BY, CODE__NO, xo == 528 ? COUNT : CODE__NO, 0);
    } else if (xo == 16 && always) {
        s->act = CODE__RETURNS;
    } else if ((xo == 528 || xo == 560) && always) {
        code__puts(s, CODE__JUMPS_BY, CODE__NO, xo == 528 ? COUNT : CODE__NO, 0);
    } else if (xo == 18 || xo == 50 || xo == 51 || xo == 274) { // rfid, rfi, rfci, hrfid
        s->act = CODE__RETURNS;
    }
}

// ---------------------------------------------------------------------- by registers

// Two registers; what lies a number of bytes from the stack's end is nowhere.
static void sums(struct code__step *s, const struct fields *f)
{
    code__puts(s, f->ra == SP || f->rb == SP ? CODE__WRITES : CODE__SUMS, f->rt, f->ra, 0);
    s->other = f->rb;
}

// A load or store by two registers; bits of its number say which. What loads no whole register, loads no
// address.
static void accesses_by(struct code__step *s, const struct fields *f, bool load)
{
    code__puts(s, CODE__ACCESSES, load ? f->rt : CODE__NO, f->base, 0);
    s->other = f->rb;
}

// MFLR, MTLR and MTCTR, OR of a register with itself; moves from and to what is followed no further.
static void decode_move(struct code__step *s, const struct fields *f, unsigned xo)
{
    unsigned special = f->ra | (unsigned)f->rb << 5;
    if (xo == 339)
        code__puts(s, special == 8 ? CODE__COPIES : CODE__WRITES, f->rt, LINK, 0);
    else if (xo == 467 && special == 8)
        writes(s, LINK);
    else if (xo == 467 && special == 9)
        code__puts(s, CODE__COPIES, COUNT, f->rt, 0);
    else if (xo == 444 && f->rt == f->rb)
        code__puts(s, CODE__COPIES, f->ra, f->rt, 0);
    else if (xo == 19 || xo == 371) // mfcr, mftb
        writes(s, f->rt);
    else if (xo == 51 || xo == 115 || xo == 307 || xo == 444) // mfvsr...
        writes(s, f->ra);
}

// The last five bits of the number tell the kinds apart (Power ISA, appendix "opcode maps").
static void decode_31(struct code__step *s, const struct fields *f)
{
    unsigned xo = f->word >> 1 & 0x3ff;
    bool store = xo & 0x80;
    switch (xo & 0x1f) {
    case 10:
        if ((xo & 0x1ff) == 266)
            sums(s, f);
        else
            writes(s, f->rt);
        break;
    case 19:
        decode_move(s, f, xo);
        break;
    case 21: // ldx, lwax, lwzx ...
    case 23:
        accesses_by(s, f, !store && xo < 512);
        break;
    case 20: // lwarx, lwbrx
        accesses_by(s, f, !store);
        break;
    case 22: // stores, conditional or reversed; the cache
        accesses_by(s, f, xo == 534 || xo == 790);
        break;
    case 6: // vectors
    case 7:
    case 12:
    case 13:
    case 14:
        accesses_by(s, f, false);
        break;
    case 24: // shifts, logic, counts: of RS into RA
    case 25:
    case 26:
    case 27:
    case 28:
        if (xo == 444)
            decode_move(s, f, xo);
        else
            writes(s, f->ra);
        break;
    case 4: // comparisons, traps
    case 18:
        break;
    case 0:
        if (xo >= 128)
            writes(s, f->rt);
        break;
    default:
        writes(s, f->rt);
    }
}

// ---------------------------------------------------------------------- with a number

// Loads and stores with a number; those of floating point, vectors and numbers hold no address. STW, STWU, STB,
// STBU, STH, STHU, STMW lie at 36 to 39 and 44, 45, 47.
static void decode_memory(const struct code__cpu *cpu, unsigned op, struct code__step *s,
                          const struct fields *f)
{
    bool store = (op >= 36 && op <= 39) || op == 44 || op == 45 || op >= 47;
    bool word = !cpu->wide && (op == 32 || op == 33);
    code__puts(s, word ? CODE__LOADS : CODE__ACCESSES, store ? CODE__NO : f->rt, f->base, f->imm);
}

// LD, LDU, LWA; STD; vectors: the last bits of the number say which.
static void decode_wide(const struct code__cpu *cpu, unsigned op, struct code__step *s,
                        const struct fields *f)
{
    bool by_16 = op == 56 || (op == 61 && (f->word & 3) == 1);
    bool ld = op == 58 && (f->word & 3) != 2 && cpu->wide;
    code__puts(s, ld ? CODE__LOADS : CODE__ACCESSES, op == 58 ? f->rt : CODE__NO, f->base,
               f->imm & ~(by_16 ? UINT64_C(15) : UINT64_C(3)));
}

// Of rotations, by 64 bits, the one that makes the upper half of a constant: SLDI.
static void decode_30(struct code__step *s, const struct fields *f)
{
    unsigned by = f->rb | (f->word << 4 & 0x20), end = (f->word >> 6 & 31) | (f->word & 0x20);
    bool shifts = (f->word >> 2 & 7) == 1 && end == 63 - by;
    code__puts(s, shifts ? CODE__SHIFTS : CODE__WRITES, f->ra, f->rt, by);
}

// ADDI, ADDIS and ORI with 0 make a number.
static void decode_plain(const struct code__cpu *cpu, struct code__step *s, const struct fields *f)
{
    unsigned op = f->word >> 26;
    switch (op) {
    case 14: // addi
        code__puts(s, CODE__ADDS, f->rt, f->base, f->imm);
        break;
    case 15: // addis
        code__puts(s, f->base == ZERO ? CODE__SETS : CODE__RAISES, f->rt, f->base, f->imm << 16);
        break;
    case 24: // ori
        code__puts(s, CODE__ADDS, f->ra, f->rt, f->word & 0xffff);
        break;
    case 25: // oris
        code__puts(s, CODE__RAISES, f->ra, f->rt, (f->word & 0xffff) * UINT64_C(0x10000));
        break;
    case 30:
        decode_30(s, f);
        break;
    case 16:
        branches(s, f, code__signed(f->word & 0xfffc, 16), (f->rt & ALWAYS) == ALWAYS);
        break;
    case 18:
        branches(s, f, code__signed(f->word & 0x3fffffc, 26), true);
        break;
    case 19:
        decode_19(s, f);
        break;
    case 31:
        decode_31(s, f);
        break;
    case 7: // mulli, subfic, addic, addic.
    case 8:
    case 12:
    case 13:
        writes(s, f->rt);
        break;
    case 20: // rotations, logic: of RS into RA
    case 21:
    case 22:
    case 23:
    case 26:
    case 27:
    case 28:
    case 29:
        writes(s, f->ra);
        break;
    case 4: // vectors, of which MADDLD writes a register
        if ((f->word & 0x3c) == 0x30)
            writes(s, f->rt);
        break;
    case 56:
    case 57:
    case 58:
    case 61:
    case 62:
        decode_wide(cpu, op, s, f);
        break;
    default:
        if (op >= 32 && op < 56)
            decode_memory(cpu, op, s, f);
    }
}

// Prefixed: PADDI, loads and stores (types 2 and 0).
static void decode_prefixed(const struct code__cpu *cpu, uint32_t prefix, struct code__step *s,
                            const struct fields *f)
{
    unsigned type = prefix >> 24 & 3, op = f->word >> 26;
    bool near = prefix >> 20 & 1;
    uint64_t imm = code__signed((uint64_t)(prefix & 0x3ffff) << 16 | (f->word & 0xffff), 34);
    if (type != 0 && type != 2)
        return;
    bool whole = op == (type == 0 ? 57u : 32u) && cpu->wide == (type == 0);
    bool load = type == 0 ? op == 57 || op == 41 : (op >= 32 && op < 36) || (op >= 40 && op < 44);
    enum code__act act = whole ? CODE__LOADS : CODE__ACCESSES;
    if (type == 2 && op == 14)
        act = CODE__ADDS, load = true;
    code__puts(s, act, load ? f->rt : CODE__NO, f->base, imm + (near ? f->addr : 0));
    s->near = near;
}

// Registers that are read, but for those that it counts from: bits of RT, RA and RB. What stands in their place in
// other instructions is taken for one.
static void note_read(struct code__step *s, const struct fields *f)
{
    unsigned op = f->word >> 26, xo = f->word >> 1 & 0x3ff, kind = xo & 0x1f;
    uint64_t rt = UINT64_C(1) << f->rt, ra = UINT64_C(1) << f->ra, rb = UINT64_C(1) << f->rb;
    bool accesses = s->act == CODE__ACCESSES || s->act == CODE__LOADS;
    bool logic = (op >= 20 && op <= 30) || (op == 31 && kind >= 24);
    bool exclusive = op == 26 || op == 27 || (op == 31 && xo == 316); // xori, xoris, xor
    bool multiplies = op == 7 || (op == 31 && (kind == 9 || kind == 11));
    if (accesses && s->to == CODE__NO) // stores; of floating point as well
        s->takes |= f->ra == SP ? 0 : rt;
    else if (op == 31 && xo == 467 && s->act == CODE__WRITES)
        s->takes |= rt;
    else if (logic && s->act == CODE__WRITES)
        *(exclusive ? &s->computes : &s->takes) |= rt | (op == 31 || op == 23 ? rb : 0);
    else if (multiplies)
        s->computes |= ra | (op == 31 ? rb : 0);
    else if (op == 10 || op == 11 || (op < 14 && op > 7)) // cmpli, cmpi, subfic, addic
        s->takes |= ra;
    else if (op == 31 && (s->act == CODE__WRITES || s->act == CODE__PASSES))
        s->takes |= ra | rb;
}

static struct fields fields_of(uint64_t addr, uint32_t word)
{
    struct fields f = {.word = word, .addr = addr};
    f.rt = word >> 21 & 31;
    f.ra = word >> 16 & 31;
    f.rb = word >> 11 & 31;
    f.base = f.ra == 0 ? ZERO : f.ra;
    f.imm = code__signed(word & 0xffff, 16);
    return f;
}

static void decode(const struct code__cpu *cpu, uint64_t addr, const uint8_t *at, size_t left,
                   struct code__step *out)
{
    struct cur c = cur_make(slice_of(at, left), cpu->big_endian);
    uint32_t word = cur_u32(&c);
    out->size = 4;
    if (left < 4)
        return;
    if (word >> 26 == 1) {
        struct fields f = fields_of(addr, cur_u32(&c));
        out->size = 8;
        if (left >= 8)
            decode_prefixed(cpu, word, out, &f);
    } else {
        struct fields f = fields_of(addr, word);
        decode_plain(cpu, out, &f);
        note_read(out, &f);
    }
    if (word == NOP || (out->to < LINK && cpu->always[out->to].trust != CODE__UNKNOWN))
        out->to = CODE__NO;
}

// --------------------------------------------------------------------------- tables

static void point(struct code__cpu *cpu, unsigned reg, const char *symbol)
{
    uint64_t addr;
    if (code__symbol(cpu->img, symbol, &addr))
        cpu->always[reg] = (struct code__value){addr, CODE__NEAR, 0};
}

void code__powerpc(struct code__cpu *cpu)
{
    cpu->decode = decode;
    cpu->says_all = true;
    cpu->kept = UINT64_C(0xffffe000) | UINT64_C(1) << SP | UINT64_C(1) << TOC | UINT64_C(1) << ZERO;
    cpu->always[ZERO].trust = CODE__NUMBER;
    if (!cpu->wide) {
        code__table_add(cpu, ".got2");
        code__table_add(cpu, ".got");
        point(cpu, SMALL, "_SDA_BASE_");
        point(cpu, TOC, "_SDA2_BASE_");
        return;
    }
    if (code__table_add(cpu, ".got"))
        cpu->always[TOC] =
            (struct code__value){cpu->tables.items[0].start + IN_TABLE, CODE__NEAR, 0};
    code__table_add(cpu, ".toc");
    point(cpu, TOC, ".TOC.");
}
