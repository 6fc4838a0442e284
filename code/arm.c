// SPDX-License-Identifier: MIT
//
// What instructions of ARM and Thumb do to registers (ARM Architecture Reference Manual, A8; ELF for the ARM
// Architecture). Capstone cuts them up.
//
//   ldr r0, [pc, #16]            POOLS     the word of the literal pool: an address, or how far one is
//   add r0, pc                   ADDS      counted from the instruction (and 4 bytes on, 8 of ARM)
//   ldr r0, [pc, r0]             LOADS     the same
//   movw r0, #lo; movt r0, #hi   RAISES    whole
//   ldr r1, [r4, r0]             LOADS     of the linker's table, whose address is in r4
//
// A conditional instruction counts as carried out, a conditional return as none.

#include "code/capstone.h"
#include "code/flow.h"

enum { SP = 13, LR, PC, ZERO };

static uint8_t reg_of(unsigned reg)
{
    if (reg >= ARM_REG_R0 && reg <= ARM_REG_R12)
        return (uint8_t)(reg - ARM_REG_R0);
    return reg == ARM_REG_SP ? SP : reg == ARM_REG_LR ? LR : reg == ARM_REG_PC ? PC : CODE__NO;
}

// One instruction, cut up.
struct fields {
    const cs_insn *insn;
    const cs_arm *arm;
    const cs_arm_op *op;
    uint8_t count;
    uint64_t pc; // what the register reads as
    bool always; // no condition
};

static uint8_t reg_at(const struct fields *f, unsigned i)
{
    return i < f->count && f->op[i].type == ARM_OP_REG ? reg_of(f->op[i].reg) : CODE__NO;
}

static void jumps_by(struct code__step *s, const struct fields *f, uint8_t base)
{
    if (base == LR)
        code__puts(s, f->always ? CODE__RETURNS : CODE__PASSES, CODE__NO, CODE__NO, 0);
    else
        code__puts(s, f->always ? CODE__JUMPS_BY : CODE__PASSES, CODE__NO, base, 0);
}

static bool decode_branch(struct code__step *s, const struct fields *f)
{
    const cs_arm_op *last = &f->op[f->count ? f->count - 1 : 0];
    uint64_t target = last->type == ARM_OP_IMM ? (uint32_t)last->imm & ~UINT64_C(1) : 0;
    switch (f->insn->id) {
    case ARM_INS_B:
        code__puts(s, f->always ? CODE__JUMPS : CODE__BRANCHES, CODE__NO, CODE__NO, target);
        return true;
    case ARM_INS_CBZ:
    case ARM_INS_CBNZ:
        code__puts(s, CODE__BRANCHES, CODE__NO, CODE__NO, target);
        return true;
    case ARM_INS_BL:
    case ARM_INS_BLX:
        code__puts(s, target ? CODE__CALLS : CODE__CALLS_BY, CODE__NO, reg_at(f, 0), target);
        return true;
    case ARM_INS_BX:
    case ARM_INS_BXJ:
        jumps_by(s, f, reg_at(f, 0));
        return true;
    case ARM_INS_TBB:
    case ARM_INS_TBH:
        jumps_by(s, f, CODE__NO);
        return true;
    default:
        return false;
    }
}

// Sums with the place of the instruction.
static void counts(struct code__step *s, const struct fields *f, uint8_t base)
{
    code__puts(s, CODE__ADDS, reg_at(f, 0), base, f->pc);
    s->counted = base != CODE__NO;
    s->near = base == CODE__NO;
}

// The number that ends an instruction. How far it is turned may be said apart: "add ip, pc, #0, 12" of a PLT.
static uint64_t number_of(const struct fields *f)
{
    const cs_arm_op *last = &f->op[f->count - 1];
    if (last->type != ARM_OP_IMM)
        return 0;
    if (f->count < 4 || last[-1].type != ARM_OP_IMM)
        return (uint64_t)(int64_t)last->imm;
    uint32_t number = (uint32_t)last[-1].imm, turn = (uint32_t)last->imm & 31;
    return number >> turn | number << (-turn & 31);
}

static void decode_sum(struct code__step *s, const struct fields *f, bool takes)
{
    uint8_t to = reg_at(f, 0), base = reg_at(f, f->count > 2), other = reg_at(f, f->count - 1);
    const cs_arm_op *last = &f->op[f->count - 1];
    uint64_t imm = number_of(f);
    if (to == PC) {
        jumps_by(s, f, CODE__NO);
    } else if (last->type == ARM_OP_IMM && base == PC) {
        counts(s, f, CODE__NO);
        s->value = (f->pc & ~UINT64_C(3)) + (takes ? -imm : imm);
    } else if (last->type == ARM_OP_IMM) {
        code__puts(s, CODE__ADDS, to, base, takes ? -imm : imm);
    } else if (!takes && (base == PC || other == PC)) {
        counts(s, f, base == PC ? other : base);
    } else {
        code__puts(s, takes ? CODE__WRITES : CODE__SUMS, to, base, 0);
        s->other = last->shift.type == ARM_SFT_INVALID ? other : CODE__NO;
    }
}

static void decode_move(struct code__step *s, const struct fields *f)
{
    uint8_t to = reg_at(f, 0), from = reg_at(f, 1);
    bool number = f->count == 2 && f->op[1].type == ARM_OP_IMM;
    bool plain = f->count == 2 && f->op[1].shift.type == ARM_SFT_INVALID;
    if (to == PC)
        jumps_by(s, f, from);
    else if (number)
        code__puts(s, CODE__ADDS, to, ZERO, (uint32_t)f->op[1].imm);
    else
        code__puts(s, plain && from != CODE__NO ? CODE__COPIES : CODE__WRITES, to, from, 0);
}

static bool stores(const cs_insn *insn)
{
    const char *name = insn->mnemonic + (insn->mnemonic[0] == 'v');
    return name[0] == 's' && name[1] == 't';
}

// A load or store of what op[at] says.
static void decode_memory(struct code__step *s, const struct fields *f, unsigned at)
{
    const arm_op_mem *mem = &f->op[at].mem;
    uint8_t to = stores(f->insn) ? CODE__NO : reg_at(f, 0);
    uint8_t base = reg_of(mem->base), index = reg_of(mem->index);
    uint64_t place = (f->pc & ~UINT64_C(3)) + (uint64_t)(int64_t)mem->disp;
    bool word = f->insn->id == ARM_INS_LDR;
    if (base == PC && mem->index == ARM_REG_INVALID) {
        code__puts(s, word ? CODE__POOLS : CODE__ACCESSES, to, CODE__NO, place);
        s->near = true;
    } else if (base == PC) {
        code__puts(s, word ? CODE__LOADS : CODE__ACCESSES, to, index, f->pc);
        s->counted = true;
    } else {
        code__puts(s, word ? CODE__LOADS : CODE__ACCESSES, to, base, (uint64_t)(int64_t)mem->disp);
        s->other = f->op[at].shift.type == ARM_SFT_INVALID && mem->lshift == 0 ? index : CODE__NO;
    }
    if (to == PC) {
        s->to = CODE__NO;
        s->act = base == PC || !f->always ? s->act : CODE__JUMPS_BY;
        s->memory = true;
    }
    if (f->arm->writeback)
        s->also |= UINT64_C(1) << (base & 31);
}

// Registers that an instruction writes besides.
static void note_written(struct code__step *s, const struct fields *f)
{
    for (unsigned i = 0; i < f->count; i++) {
        uint8_t reg = reg_at(f, i);
        bool listed = f->insn->id == ARM_INS_POP || f->insn->id == ARM_INS_LDM ||
                      f->insn->id == ARM_INS_LDMDB || f->insn->id == ARM_INS_LDMIB ||
                      f->insn->id == ARM_INS_LDMDA;
        if (reg == PC && listed && f->always) {
            s->also |= s->to < PC ? UINT64_C(1) << s->to : 0;
            code__puts(s, CODE__RETURNS, CODE__NO, CODE__NO, 0);
        } else if (reg < PC && reg != s->to && (listed || (f->op[i].access & CS_AC_WRITE)))
            s->also |= UINT64_C(1) << reg;
    }
}

// What is done to numbers, and not to addresses, which may be aligned or have a tag.
static bool computes(const cs_insn *insn)
{
    switch (insn->id) {
    case ARM_INS_EOR:
    case ARM_INS_MLA:
    case ARM_INS_MUL:
    case ARM_INS_SMULL:
    case ARM_INS_UMULL:
        return true;
    default:
        return false;
    }
}

// Registers that it reads, but for those that it counts from.
static void note_read(struct code__step *s, const struct fields *f)
{
    uint64_t *read = computes(f->insn) ? &s->computes : &s->takes;
    uint64_t written = s->also | (s->to < PC ? UINT64_C(1) << s->to : 0);
    bool counts = s->act == CODE__ADDS || s->act == CODE__SUMS || s->act == CODE__COPIES ||
                  s->act == CODE__RAISES;
    if ((s->act == CODE__ACCESSES && s->base == SP) || f->insn->id == ARM_INS_PUSH)
        return;
    for (unsigned i = 0; i < f->count; i++) {
        uint8_t reg = reg_at(f, i);
        bool base = counts && (reg == s->base || reg == s->other);
        if (reg < PC && !base && (read == &s->computes || !(written >> reg & 1)))
            *read |= UINT64_C(1) << reg;
    }
}

static void decode_one(struct code__step *s, const struct fields *f)
{
    unsigned memory = 0;
    while (memory < f->count && f->op[memory].type != ARM_OP_MEM)
        memory++;
    bool compares = f->insn->id == ARM_INS_CMP || f->insn->id == ARM_INS_CMN ||
                    f->insn->id == ARM_INS_TST || f->insn->id == ARM_INS_TEQ;
    if (decode_branch(s, f) || f->count == 0 || compares)
        return;
    switch (f->insn->id) {
    case ARM_INS_ADR:
        counts(s, f, CODE__NO);
        s->value = (f->pc & ~UINT64_C(3)) + (uint64_t)(int64_t)f->op[f->count - 1].imm;
        break;
    case ARM_INS_ADD:
    case ARM_INS_ADDW:
    case ARM_INS_SUB:
    case ARM_INS_SUBW:
        decode_sum(s, f, f->insn->id == ARM_INS_SUB || f->insn->id == ARM_INS_SUBW);
        break;
    case ARM_INS_MOV:
    case ARM_INS_MOVW:
        decode_move(s, f);
        break;
    case ARM_INS_MOVT:
        code__puts(s, CODE__RAISES, reg_at(f, 0), reg_at(f, 0), (uint64_t)f->op[1].imm << 16);
        s->whole = true;
        break;
    default:
        if (memory < f->count)
            decode_memory(s, f, memory);
        else if (!stores(f->insn))
            code__puts(s, CODE__WRITES, reg_at(f, 0), CODE__NO, 0);
    }
    note_written(s, f);
}

static void decode(const struct code__cpu *cpu, uint64_t addr, const uint8_t *at, size_t left,
                   struct code__step *out)
{
    struct code__capstone *cs = cpu->capstone;
    uint64_t next = addr;
    out->size = (uint8_t)MIN(left, (size_t)(cpu->thumb ? 2 : 4));
    if (!cs->disasm_iter(cs->handle, &at, &left, &next, cs->insn))
        return;
    const cs_arm *arm = &cs->insn->detail->arm;
    struct fields f = {.insn = cs->insn, .arm = arm, .op = arm->operands, .count = arm->op_count};
    f.pc = (uint32_t)(addr + (cpu->thumb ? 4 : 8));
    f.always = arm->cc == ARM_CC_AL || arm->cc == ARM_CC_INVALID;
    out->size = (uint8_t)cs->insn->size;
    decode_one(out, &f);
    note_read(out, &f);
}

void code__arm(struct code__cpu *cpu)
{
    cpu->decode = decode;
    cpu->kept = UINT64_C(0xff) << 4 | UINT64_C(1) << SP;
    cpu->pools_inside = true;
    cpu->says_all = true;
    cpu->no_low = true;
    cpu->always[ZERO].trust = CODE__NUMBER;
    code__table_add(cpu, ".got");
}
