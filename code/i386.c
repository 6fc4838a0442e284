// SPDX-License-Identifier: MIT
//
// What instructions of x86 do to registers where code lies at no fixed address (System V ABI, Intel386 supplement).
// Capstone cuts them up.
//
//   call __x86.get_pc_thunk.bx      CALLS     ebx = the address behind it: mov (%esp), %ebx; ret
//   add ebx, GOT - .                ADDS      of the linker's table
//   lea eax, [ebx + text - GOT]     ADDS      an address
//   mov eax, [ebx + name@GOT]       LOADS     a word of the table
//
// What is loaded from the stack may be the address of the table, which compilers put there: it is where something far
// from it is meant. Where it is not known, ebx holds the address of the table: linkers and parts of functions count on it.
// Numbers are none: what counts from no register is told without this, where it can be an address.

#include "code/capstone.h"
#include "code/flow.h"

// TOP is what `call` of the next instruction pushed, TABLE always the address of the linker's; MAY + EAX what eax
// may hold besides.
enum { EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI, TOP, TABLE, MAY };

#define FAR 0x1000 // bytes: members of objects do not lie that far from their beginning

static uint8_t reg_of(unsigned reg)
{
    static const struct {
        uint16_t reg;
        uint8_t number;
    } regs[] = {
        {X86_REG_EAX, EAX}, {X86_REG_ECX, ECX}, {X86_REG_EDX, EDX}, {X86_REG_EBX, EBX},
        {X86_REG_ESP, ESP}, {X86_REG_EBP, EBP}, {X86_REG_ESI, ESI}, {X86_REG_EDI, EDI},
        {X86_REG_AX, EAX},  {X86_REG_CX, ECX},  {X86_REG_DX, EDX},  {X86_REG_BX, EBX},
        {X86_REG_AL, EAX},  {X86_REG_CL, ECX},  {X86_REG_DL, EDX},  {X86_REG_BL, EBX},
        {X86_REG_AH, EAX},  {X86_REG_CH, ECX},  {X86_REG_DH, EDX},  {X86_REG_BH, EBX},
        {X86_REG_BP, EBP},  {X86_REG_SI, ESI},  {X86_REG_DI, EDI},
    };
    for (size_t i = 0; i < COUNT_OF(regs); i++)
        if (regs[i].reg == reg)
            return regs[i].number;
    return CODE__NO;
}

struct fields {
    const cs_insn *insn;
    const cs_x86_op *op;
    uint8_t count;
    const x86_op_mem *mem; // of an operand, or NULL
};

static bool is_in(const cs_insn *insn, uint8_t group)
{
    for (uint8_t i = 0; i < insn->detail->groups_count; i++)
        if (insn->detail->groups[i] == group)
            return true;
    return false;
}

static uint8_t reg_at(const struct fields *f, unsigned i)
{
    return i < f->count && f->op[i].type == X86_OP_REG ? reg_of(f->op[i].reg) : CODE__NO;
}

// mov (%esp), REG; ret. CODE__NO for any other function.
static uint8_t thunk_register(struct img *img, uint64_t addr)
{
    struct slice bytes;
    if (!img_bytes_at(img, addr, 4, &bytes))
        return CODE__NO;
    const uint8_t *b = bytes.data;
    bool thunk = b[0] == 0x8b && (b[1] & 0xc7) == 4 && b[2] == 0x24 && b[3] == 0xc3;
    return thunk ? b[1] >> 3 & 7 : CODE__NO;
}

static void decode_call(const struct code__cpu *cpu, struct code__step *s, const struct fields *f)
{
    uint64_t target = (uint32_t)f->op[0].imm, next = f->insn->address + f->insn->size;
    if (f->op[0].type != X86_OP_IMM)
        code__puts(s, CODE__CALLS_BY, CODE__NO, reg_at(f, 0), 0);
    else if (target == next)
        code__puts(s, CODE__FINDS, TOP, CODE__NO, next);
    else
        code__puts(s, CODE__CALLS, thunk_register(cpu->img, target), CODE__NO, target);
}

static void decode_jump(struct code__step *s, const struct fields *f)
{
    bool direct = f->op[0].type == X86_OP_IMM, always = f->insn->id == X86_INS_JMP;
    code__puts(s,
               !direct  ? CODE__JUMPS_BY
               : always ? CODE__JUMPS
                        : CODE__BRANCHES,
               CODE__NO, reg_at(f, 0), direct ? (uint32_t)f->op[0].imm : 0);
}

// What lies in memory, as the instruction goes on with it.
static void decode_memory(struct code__step *s, const struct fields *f)
{
    bool goes = s->act == CODE__CALLS_BY || s->act == CODE__JUMPS_BY;
    bool word = f->insn->id == X86_INS_MOV && f->op[0].type == X86_OP_REG && f->op[0].size == 4;
    if (!goes)
        s->act = f->insn->id == X86_INS_LEA ? CODE__ADDS : word ? CODE__LOADS : CODE__ACCESSES;
    s->memory = goes;
    s->to = goes ? CODE__NO : reg_at(f, 0);
    s->base = reg_of(f->mem->base);
    s->other = f->mem->scale == 1 ? reg_of(f->mem->index) : CODE__NO;
    s->value = (uint64_t)f->mem->disp;
    s->leads = f->insn->id == X86_INS_LEA;
    if (s->base < TOP && s->base != ESP && s->other == CODE__NO &&
        (f->mem->disp >= FAR || f->mem->disp <= -FAR))
        s->other = MAY + s->base;
    bool stack = s->base == ESP || s->base == EBP;
    if (s->act == CODE__LOADS && stack && s->to < TOP) {
        s->also |= UINT64_C(1) << s->to;
        code__puts(s, CODE__COPIES, MAY + s->to, TABLE, 0);
    }
    if (s->base == ESP || f->mem->segment != X86_REG_INVALID)
        s->base = s->other = CODE__NO;
}

// What a register may hold goes when something is written to it.
static void forget(struct code__step *s)
{
    if (s->to < TOP)
        s->also |= UINT64_C(1) << (MAY + s->to);
    s->also |= s->to < MAY ? (s->also & 0xff) << MAY : 0;
}

static void decode_registers(struct code__step *s, const struct fields *f)
{
    uint8_t to = reg_at(f, 0), from = reg_at(f, 1);
    bool whole = f->count == 2 && f->op[0].size == 4;
    bool number = f->count == 2 && f->op[1].type == X86_OP_IMM;
    switch (f->insn->id) {
    case X86_INS_CMP:
    case X86_INS_TEST:
    case X86_INS_PUSH:
        return;
    case X86_INS_POP:
        code__puts(s, CODE__COPIES, to, TOP, 0);
        s->also |= 1 << TOP;
        return;
    case X86_INS_MOV:
        code__puts(s, whole && !number ? CODE__COPIES : CODE__WRITES, to, from, 0);
        return;
    case X86_INS_ADD:
    case X86_INS_SUB:
        if (whole && number)
            code__puts(s, CODE__ADDS, to, to,
                       (uint64_t)(f->insn->id == X86_INS_ADD ? f->op[1].imm : -f->op[1].imm));
        else
            code__puts(s, f->insn->id == X86_INS_ADD ? CODE__SUMS : CODE__WRITES, to, to, 0);
        s->other = from;
        return;
    default:
        code__puts(s, CODE__WRITES, to, CODE__NO, 0);
    }
}

static void decode(const struct code__cpu *cpu, uint64_t addr, const uint8_t *at, size_t left,
                   struct code__step *out)
{
    struct code__capstone *cs = cpu->capstone;
    if (!cs->disasm_iter(cs->handle, &at, &left, &addr, cs->insn))
        return;
    const cs_x86 *x86 = &cs->insn->detail->x86;
    struct fields f = {.insn = cs->insn, .op = x86->operands, .count = x86->op_count};
    for (unsigned i = 0; i < f.count; i++)
        if (f.op[i].type == X86_OP_MEM)
            f.mem = &f.op[i].mem;
    out->size = (uint8_t)cs->insn->size;
    if (f.insn->id == X86_INS_CALL)
        decode_call(cpu, out, &f);
    else if (is_in(f.insn, CS_GRP_JUMP))
        decode_jump(out, &f);
    else if (is_in(f.insn, CS_GRP_RET) || f.insn->id == X86_INS_HLT || f.insn->id == X86_INS_UD2)
        code__puts(out, CODE__RETURNS, CODE__NO, CODE__NO, 0);
    else if (f.mem == NULL)
        decode_registers(out, &f);
    if (f.mem != NULL)
        decode_memory(out, &f);
    // Registers that an instruction writes without naming them: of multiplication, strings, atomic ones.
    for (uint8_t i = 0; out->act < CODE__BRANCHES && i < cs->insn->detail->regs_write_count; i++) {
        uint8_t reg = reg_of(cs->insn->detail->regs_write[i]);
        out->also |= reg == CODE__NO || reg == ESP ? 0 : UINT64_C(1) << reg;
    }
    forget(out);
}

void code__i386(struct code__cpu *cpu)
{
    uint64_t got = 0;
    cpu->decode = decode;
    uint64_t kept = 1 << EBX | 1 << EBP | 1 << ESI | 1 << EDI;
    cpu->kept = kept | kept << MAY;
    bool table = code__table_add(cpu, ".got.plt");
    table |= code__table_add(cpu, ".got");
    if (table && !code__symbol(cpu->img, "_GLOBAL_OFFSET_TABLE_", &got))
        got = cpu->tables.items[0].start;
    if (table)
        cpu->always[EBX] = cpu->always[TABLE] = (struct code__value){got, CODE__BASE, 0};
}
