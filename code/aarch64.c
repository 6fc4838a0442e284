// SPDX-License-Identifier: MIT
//
// What instructions of AArch64 do to registers (Arm Architecture Reference Manual for A-profile, C6; ELF for the Arm
// 64-bit Architecture). Capstone cuts them up.
//
//   adrp x0, page                POINTS    where 4 KiB begin
//   add  x0, x0, #n              ADDS      an address
//   ldr  x1, [x0, #n]            LOADS     of the linker's table, perhaps
//   ldr  x2, 1f                  POOLS     the word of a literal pool

#include "code/capstone.h"
#include "code/flow.h"

enum { LR = 30, SP, ZERO };

#define RETAA 0xd65f0bff // and RETAB, which capstone does not know

// One instruction, cut up.
struct fields {
    const cs_insn *insn;
    const cs_arm64_op *op;
    uint8_t count;
    const arm64_op_mem *mem; // of an operand, or NULL
    uint32_t word;           // its bits
};

static uint8_t reg_of(unsigned reg)
{
    if (reg >= ARM64_REG_X0 && reg <= ARM64_REG_X28)
        return (uint8_t)(reg - ARM64_REG_X0);
    if (reg >= ARM64_REG_W0 && reg <= ARM64_REG_W30)
        return (uint8_t)(reg - ARM64_REG_W0);
    switch (reg) {
    case ARM64_REG_FP:
        return LR - 1;
    case ARM64_REG_LR:
        return LR;
    case ARM64_REG_SP:
    case ARM64_REG_WSP:
        return SP;
    case ARM64_REG_XZR:
    case ARM64_REG_WZR:
        return ZERO;
    default:
        return CODE__NO;
    }
}

static uint8_t reg_at(const struct fields *f, unsigned i)
{
    return i < f->count && f->op[i].type == ARM64_OP_REG ? reg_of(f->op[i].reg) : CODE__NO;
}

static bool decode_branch(struct code__step *s, const struct fields *f, bool always)
{
    const cs_arm64_op *last = &f->op[f->count ? f->count - 1 : 0];
    uint64_t target = f->count != 0 && last->type == ARM64_OP_IMM ? (uint64_t)last->imm : 0;
    switch (f->insn->id) {
    case ARM64_INS_B:
        code__puts(s, always ? CODE__JUMPS : CODE__BRANCHES, CODE__NO, CODE__NO, target);
        return true;
    case ARM64_INS_CBZ:
    case ARM64_INS_CBNZ:
    case ARM64_INS_TBZ:
    case ARM64_INS_TBNZ:
        code__puts(s, CODE__BRANCHES, CODE__NO, CODE__NO, target);
        return true;
    case ARM64_INS_BL:
        code__puts(s, CODE__CALLS, CODE__NO, CODE__NO, target);
        return true;
    case ARM64_INS_BLR:
        code__puts(s, CODE__CALLS_BY, CODE__NO, reg_at(f, 0), 0);
        return true;
    case ARM64_INS_BR:
        code__puts(s, CODE__JUMPS_BY, CODE__NO, reg_at(f, 0), 0);
        return true;
    case ARM64_INS_RET:
    case ARM64_INS_ERET:
        code__puts(s, CODE__RETURNS, CODE__NO, CODE__NO, 0);
        return true;
    default:
        return false;
    }
}

// Sums with a number or a register; what lies some way from the stack's end is nowhere.
static void decode_sum(struct code__step *s, const struct fields *f, bool takes)
{
    uint8_t to = reg_at(f, 0), base = reg_at(f, 1), other = reg_at(f, 2);
    const cs_arm64_op *last = &f->op[f->count - 1];
    bool plain = last->shift.type == ARM64_SFT_INVALID && last->ext == ARM64_EXT_INVALID;
    uint64_t imm = (uint64_t)last->imm << (plain ? 0 : last->shift.value);
    if (base == SP || other == SP || f->count != 3)
        code__puts(s, CODE__WRITES, to, CODE__NO, 0);
    else if (last->type == ARM64_OP_IMM)
        code__puts(s, CODE__ADDS, to, base, takes ? -imm : imm);
    else
        code__puts(s, takes ? CODE__WRITES : CODE__SUMS, to, base, 0);
    if (s->act == CODE__SUMS)
        s->other = plain ? other : CODE__NO;
}

static bool stores(const cs_insn *insn)
{
    const char *name = insn->mnemonic;
    return (name[0] == 's' && name[1] == 't') || strncmp(name, "prf", 3) == 0;
}

// ldr x0, [x1], #8 accesses what x1 points to: single registers and pairs.
static bool moves_after(uint32_t word)
{
    return (word & 0x3b200c00) == 0x38000400 || (word & 0x3b800000) == 0x28800000;
}

static void decode_memory(struct code__step *s, const struct fields *f)
{
    bool word = f->insn->id == ARM64_INS_LDR && f->op[0].type == ARM64_OP_REG &&
                f->op[0].reg >= ARM64_REG_X0 && f->op[0].reg <= ARM64_REG_X28;
    uint8_t base = reg_of(f->mem->base);
    const cs_arm64_op *at = NULL;
    for (unsigned i = 0; i < f->count; i++)
        at = f->op[i].type == ARM64_OP_MEM ? &f->op[i] : at;
    bool plain = at->shift.type == ARM64_SFT_INVALID && at->ext == ARM64_EXT_INVALID;
    code__puts(s, word ? CODE__LOADS : CODE__ACCESSES, stores(f->insn) ? CODE__NO : reg_at(f, 0),
               base == SP ? CODE__NO : base,
               moves_after(f->word) ? 0 : (uint64_t)(int64_t)f->mem->disp);
    s->other = plain ? reg_of(f->mem->index) : CODE__NO;
    if (!stores(f->insn) && reg_at(f, 1) < SP)
        s->also |= UINT64_C(1) << reg_at(f, 1);
    if (f->insn->detail->arm64.writeback && base < SP)
        s->also |= UINT64_C(1) << base;
}

// LDR of a literal: of 64 bits an address, perhaps.
static void decode_literal(struct code__step *s, const struct fields *f)
{
    bool word = f->word >> 24 == 0x58;
    code__puts(s, word ? CODE__POOLS : CODE__ACCESSES, reg_at(f, 0), CODE__NO,
               (uint64_t)f->op[1].imm);
    s->near = true;
}

static void decode_other(struct code__step *s, const struct fields *f)
{
    switch (f->insn->id) {
    case ARM64_INS_ADRP:
        code__puts(s, CODE__POINTS, reg_at(f, 0), CODE__NO, (uint64_t)f->op[1].imm);
        break;
    case ARM64_INS_ADR:
        code__puts(s, CODE__ADDS, reg_at(f, 0), CODE__NO, (uint64_t)f->op[1].imm);
        s->near = true;
        break;
    case ARM64_INS_ADD:
    case ARM64_INS_SUB:
        decode_sum(s, f, f->insn->id == ARM64_INS_SUB);
        break;
    case ARM64_INS_MOV:
        code__puts(s, reg_at(f, 1) < SP ? CODE__COPIES : CODE__WRITES, reg_at(f, 0), reg_at(f, 1),
                   0);
        break;
    case ARM64_INS_CMP:
    case ARM64_INS_CMN:
    case ARM64_INS_TST:
    case ARM64_INS_CCMP:
    case ARM64_INS_CCMN:
        break;
    default:
        code__puts(s, CODE__WRITES, reg_at(f, 0), CODE__NO, 0);
    }
}

// Registers that it reads, but for those that it counts from.
static void note_read(struct code__step *s, const struct fields *f)
{
    unsigned id = f->insn->id;
    bool number = id == ARM64_INS_EOR || id == ARM64_INS_MUL || id == ARM64_INS_MADD ||
                  id == ARM64_INS_MSUB || id == ARM64_INS_UMULH || id == ARM64_INS_UMULL;
    bool counts = s->act == CODE__ADDS || s->act == CODE__SUMS || s->act == CODE__COPIES;
    bool kept = f->mem != NULL && reg_of(f->mem->base) == SP; // on the stack
    bool goes = s->act == CODE__CALLS_BY || s->act == CODE__JUMPS_BY || s->act == CODE__RETURNS;
    unsigned first = s->to != CODE__NO;
    for (unsigned i = first; i < f->count && !kept && !goes; i++) {
        uint8_t reg = reg_at(f, i);
        bool base = counts && (reg == s->base || reg == s->other);
        if (reg < SP && !base && !(s->also >> reg & 1))
            *(number ? &s->computes : &s->takes) |= UINT64_C(1) << reg;
    }
}

static void decode(const struct code__cpu *cpu, uint64_t addr, const uint8_t *at, size_t left,
                   struct code__step *out)
{
    struct code__capstone *cs = cpu->capstone;
    struct cur c = cur_make(slice_of(at, left), false);
    uint32_t word = cur_u32(&c);
    out->size = (uint8_t)MIN(left, (size_t)4);
    if ((word & ~UINT32_C(0x400)) == RETAA)
        code__puts(out, CODE__RETURNS, CODE__NO, CODE__NO, 0);
    if (!cs->disasm_iter(cs->handle, &at, &left, &addr, cs->insn))
        return;
    const cs_arm64 *arm = &cs->insn->detail->arm64;
    struct fields f = {.insn = cs->insn, .op = arm->operands, .count = arm->op_count, .word = word};
    for (unsigned i = 0; i < f.count; i++)
        if (f.op[i].type == ARM64_OP_MEM)
            f.mem = &f.op[i].mem;
    if (decode_branch(out, &f, arm->cc == ARM64_CC_INVALID || arm->cc == ARM64_CC_AL))
        note_read(out, &f);
    else if ((word & 0x3b000000) == 0x18000000 && f.count == 2)
        decode_literal(out, &f);
    else if (f.mem != NULL)
        decode_memory(out, &f), note_read(out, &f);
    else if (f.count != 0)
        decode_other(out, &f), note_read(out, &f);
    if (out->to == ZERO || out->to == SP)
        out->to = CODE__NO;
}

void code__aarch64(struct code__cpu *cpu)
{
    cpu->decode = decode;
    cpu->kept = UINT64_C(0x7ff) << 19 | UINT64_C(1) << SP; // x19 to x29
    cpu->pools_inside = true;
    cpu->no_low = true;
    cpu->says_all = true;
    cpu->always[ZERO].trust = CODE__NUMBER;
    code__table_add(cpu, ".got");
}
