// SPDX-License-Identifier: MIT
//
// What instructions of z/Architecture do to registers, of 64 bits (z/Architecture Principles of Operation, chapters 5
// and 7; ELF ABI s390x supplement). The first two bits say how long one is: 2, 4, 4 or 6 bytes.
//
//   |opcode8|r1|op|relative 32, in half words |     RIL: LARL, BRASL, BRCL, loads and stores relative long
//   |a7     |r1|op|relative 16  |                   RI: BRC, BRAS
//   |opcode |r1|x2|b2|d 12|                         RX: LA, L, ST, BAL
//   |e3     |r1|x2|b2|d 12|d 8|opcode|              RXY: LG, LAY
//
// Addresses are counted from the instruction; the linker's table by LGRL, or from r12 where code is old.

#include "code/flow.h"

enum { LINK = 14, STACK = 15 };

// One instruction, cut up.
struct fields {
    uint64_t word; // its bytes, the first one highest
    uint64_t addr;
    uint8_t op, sub; // first byte, lower half of the second
    uint8_t r1, x2, b2;
};

static uint64_t relative(const struct fields *f, bool wide)
{
    return f->addr +
           2 * (wide ? code__signed(f->word & 0xffffffff, 32) : code__signed(f->word & 0xffff, 16));
}

static void goes(struct code__step *s, const struct fields *f, uint64_t target)
{
    code__puts(s, f->r1 == 15 ? CODE__JUMPS : CODE__BRANCHES, CODE__NO, CODE__NO, target);
    if (f->r1 == 0) // never
        s->act = CODE__PASSES;
}

// Relative long: c0 addresses and branches, c4 loads and stores, c6 comparisons.
static void decode_long(struct code__step *s, const struct fields *f)
{
    uint64_t target = relative(f, true);
    bool stores = f->op == 0xc4 && (f->sub == 7 || f->sub == 11 || f->sub == 15);
    if (f->op == 0xc0 && f->sub == 0) {
        code__puts(s, CODE__ADDS, f->r1, CODE__NO, target);
        s->near = true;
    } else if (f->op == 0xc0 && f->sub == 4) {
        goes(s, f, target);
    } else if (f->op == 0xc0 && f->sub == 5) {
        code__puts(s, CODE__CALLS, CODE__NO, CODE__NO, target);
    } else if (f->op == 0xc0) { // immediates
        code__puts(s, CODE__WRITES, f->r1, CODE__NO, 0);
    } else if (f->op == 0xc4 || (f->op == 0xc6 && f->sub != 0 && f->sub != 2)) {
        bool word = f->op == 0xc4 && f->sub == 8; // LGRL
        code__puts(s, word ? CODE__LOADS : CODE__ACCESSES,
                   f->op == 0xc6 || stores ? CODE__NO : f->r1, CODE__NO, target);
        s->near = true;
    } else if (f->op == 0xcc) {
        code__puts(s, CODE__WRITES, f->r1, CODE__NO, 0);
    }
}

static void decode_short(struct code__step *s, const struct fields *f)
{
    uint64_t target = relative(f, false);
    if (f->op == 0xa7 && f->sub == 4)
        goes(s, f, target);
    else if (f->op == 0xa7 && f->sub == 5)
        code__puts(s, CODE__FINDS, f->r1, CODE__NO, f->addr + 4);
    else if (f->op == 0xa7 && (f->sub == 6 || f->sub == 7))
        code__puts(s, CODE__BRANCHES, CODE__NO, CODE__NO, target);
    else if (f->op == 0xa7 && f->sub == 11) // AGHI
        code__puts(s, CODE__ADDS, f->r1, f->r1, code__signed(f->word & 0xffff, 16));
    else if (f->op == 0xa7 && (f->sub <= 3 || f->sub >= 14)) // tests, comparisons
        code__puts(s, CODE__PASSES, CODE__NO, CODE__NO, 0);
    else
        code__puts(s, CODE__WRITES, f->r1, CODE__NO, 0);
}

// BCR and BASR; what goes by the register of links returns.
static void decode_register(struct code__step *s, const struct fields *f)
{
    uint8_t to = f->r1, from = f->word & 15;
    if (f->op == 0x07 && from != 0 && to != 0)
        code__puts(s,
                   to != 15       ? CODE__PASSES
                   : from == LINK ? CODE__RETURNS
                                  : CODE__JUMPS_BY,
                   CODE__NO, from, 0);
    else if (f->op == 0x0d && from != 0)
        code__puts(s, CODE__CALLS_BY, CODE__NO, from, 0);
    else if (f->op == 0x0d)
        code__puts(s, CODE__FINDS, to, CODE__NO, f->addr + 2);
    else if (f->op >= 0x10 && f->op < 0x20 && f->op != 0x15 && f->op != 0x19) // not CLR, CR
        code__puts(s, CODE__WRITES, to, CODE__NO, 0);
}

// Of 64 bits: LGR copies, AGR sums; CGR, CLGR and LTGR to itself change nothing.
static void decode_wide(struct code__step *s, const struct fields *f)
{
    uint8_t sub = f->word >> 16 & 0xff, to = f->word >> 4 & 15, from = f->word & 15;
    if (sub == 0x20 || sub == 0x21 || sub == 0x30 || sub == 0x31)
        return;
    code__puts(s,
               sub == 0x04   ? CODE__COPIES
               : sub == 0x08 ? CODE__SUMS
                             : CODE__WRITES,
               to, sub == 0x08 ? to : from, 0);
    s->other = from;
}

// What lies `disp` bytes from two registers, of which 0 is none.
static void reaches(struct code__step *s, const struct fields *f, enum code__act act, bool loads,
                    uint64_t disp)
{
    code__puts(s, act, loads ? f->r1 : CODE__NO, f->b2 ? f->b2 : CODE__NO, disp);
    s->other = f->x2 ? f->x2 : CODE__NO;
    s->leads = act == CODE__ADDS;
}

static void decode_memory(struct code__step *s, const struct fields *f)
{
    uint64_t disp = f->word & 0xfff;
    bool compares = f->op == 0x49 || f->op == 0x55 || f->op == 0x59;
    bool stores = f->op == 0x40 || f->op == 0x42 || f->op == 0x50 || f->op >= 0x60;
    reaches(s, f, f->op == 0x41 ? CODE__ADDS : CODE__ACCESSES, !stores && !compares, disp);
}

static void decode_far(struct code__step *s, const struct fields *f)
{
    uint8_t last = f->word & 0xff;
    uint64_t disp = code__signed((f->word >> 16 & 0xfff) | (f->word >> 8 & 0xff) << 12, 20);
    bool stores = last == 0x24 || last == 0x3e || last == 0x3f || last == 0x2f || last == 0x50 ||
                  last == 0x70 || last == 0x72 || last == 0x20 || last == 0x21 || last == 0x30 ||
                  last == 0x31 || last == 0x36 || last == 0x55 || last == 0x59 || last == 0x79;
    reaches(s, f,
            last == 0x71   ? CODE__ADDS
            : last == 0x04 ? CODE__LOADS
                           : CODE__ACCESSES,
            !stores, disp);
}

// LM, LMG write several registers.
static void loads_many(struct code__step *s, const struct fields *f)
{
    for (uint8_t i = f->r1;; i = (i + 1) & 15) {
        s->also |= UINT64_C(1) << i;
        if (i == f->x2)
            break;
    }
}

static void decode_one(struct code__step *s, const struct fields *f)
{
    if (f->op < 0x20)
        decode_register(s, f);
    else if (f->op >= 0xc0 && f->op <= 0xcc && f->op != 0xc8)
        decode_long(s, f);
    else if (f->op == 0xa5 || f->op == 0xa7)
        decode_short(s, f);
    else if (f->op == 0xb9)
        decode_wide(s, f);
    else if (f->op >= 0x40 && f->op < 0x80)
        decode_memory(s, f);
    else if (f->op == 0xe3)
        decode_far(s, f);
    else if (f->op == 0x98 || (f->op == 0xeb && (f->word & 0xff) == 0x04))
        loads_many(s, f);
    else if (f->op == 0xb2 || f->op == 0xb3) // into r1 of their own place, if anywhere
        s->also |= UINT64_C(1) << (f->word >> 4 & 15);
    else if (f->op == 0xec || f->op == 0xeb)
        code__puts(s, CODE__WRITES, f->r1, CODE__NO, 0);
}

// CRJ and its kin compare and branch; their registers stay.
static bool compares_and_branches(struct code__step *s, const struct fields *f)
{
    uint8_t last = f->word & 0xff;
    bool known = (last >= 0x64 && last <= 0x65) || (last >= 0x76 && last <= 0x77) ||
                 (last >= 0x7c && last <= 0x7f) || last == 0x44 || last == 0x45;
    if (f->op != 0xec || !known)
        return false;
    code__puts(s, CODE__BRANCHES, CODE__NO, CODE__NO,
               f->addr + 2 * code__signed(f->word >> 16 & 0xffff, 16));
    return true;
}

// STM, STMG.
static bool stores_many(const struct fields *f)
{
    return f->op == 0x90 || (f->op == 0xeb && (f->word & 0xff) == 0x24);
}

// XR, MR and their like of 64 bits and with numbers.
static bool computes(const struct fields *f)
{
    uint8_t wide = f->word >> 16 & 0xff;
    switch (f->op) {
    case 0x17:
    case 0x1c:
        return true;
    case 0xb9:
        return wide == 0x82 || wide == 0x0c || wide == 0x1c;
    case 0xa7: // MHI, MGHI
        return f->sub == 12 || f->sub == 13;
    case 0xc0:
    case 0xc2: // XIHF, XILF; MSGFI, MSFI
        return f->op == 0xc0 ? f->sub == 6 || f->sub == 7 : f->sub < 2;
    default:
        return false;
    }
}

// Registers that are read, but for those that it counts from.
static void note_read(struct code__step *s, const struct fields *f)
{
    uint64_t *read = computes(f) ? &s->computes : &s->takes;
    uint64_t r1 = UINT64_C(1) << f->r1, x2 = UINT64_C(1) << f->x2;
    uint64_t to = UINT64_C(1) << (f->word >> 4 & 15), from = UINT64_C(1) << (f->word & 15);
    uint8_t last = f->word & 0xff;
    bool accesses = s->act == CODE__ACCESSES || s->act == CODE__LOADS;
    bool goes = s->act == CODE__CALLS_BY || s->act == CODE__JUMPS_BY || s->act == CODE__RETURNS;
    if (stores_many(f))
        s->takes |= f->b2 == STACK ? 0 : UINT64_C(0xffff);
    else if (accesses && s->to == CODE__NO) // stores, compares
        s->takes |= f->b2 == STACK ? 0 : r1;
    else if (f->op < 0x20 && !goes)
        *read |= r1 | from;
    else if (f->op == 0xb9 && s->act != CODE__COPIES && s->act != CODE__SUMS)
        *read |= to | from | UINT64_C(1) << f->b2;
    else if (f->op == 0xb2 || f->op == 0xb3)
        *read |= from;
    else if (f->op == 0xec) // of CIJ and its kin a mask stands in the second place
        *read |= r1 | (last >= 0x7c && last <= 0x7f ? 0 : x2);
    else if (f->op == 0xeb && last != 0x04 && (last < 0x50 || last > 0x7a)) // LMG; TMY, ASI ...
        *read |= x2;
    else if (f->op == 0xa5 || (f->op == 0xa7 && s->act != CODE__ADDS) || f->op == 0xc2 ||
             (f->op == 0xc0 && s->act == CODE__WRITES))
        *read |= r1;
}

static void decode(const struct code__cpu *cpu, uint64_t addr, const uint8_t *at, size_t left,
                   struct code__step *out)
{
    static const uint8_t sizes[] = {2, 4, 4, 6};
    (void)cpu;
    out->size = (uint8_t)MIN(left, (size_t)sizes[at[0] >> 6]);
    if (left < sizes[at[0] >> 6])
        return;
    struct fields f = {.addr = addr, .op = at[0], .sub = at[1] & 15, .r1 = at[1] >> 4};
    for (unsigned i = 0; i < out->size; i++)
        f.word = f.word << 8 | at[i];
    f.x2 = f.sub;
    f.b2 = out->size > 2 ? at[2] >> 4 : 0;
    if (!compares_and_branches(out, &f))
        decode_one(out, &f);
    note_read(out, &f);
}

void code__s390(struct code__cpu *cpu)
{
    cpu->decode = decode;
    cpu->says_all = true;
    cpu->kept = UINT64_C(0xff) << 6 | UINT64_C(1) << STACK; // r6 to r13
    cpu->no_low = true;
    code__table_add(cpu, ".got");
}
