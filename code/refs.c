// SPDX-License-Identifier: MIT
//
// References of code, machine by machine: one row of the table and one function each.
//
// ARM and Thumb change within a section at its mapping symbols; so do literal pools, which are data.
// Values of registers are known from the instruction that sets them to the next that writes them, in
// the order of the bytes: enough for MOVW with MOVT and ADRP with what adds to it, which compilers keep
// together.

#include "code/capstone.h"
#include "code/flow.h"
#include "code/x86.h"

#define REGISTERS 64 // of AArch64 and ARM that are followed

struct value {
    uint64_t value;
    bool known; // all of it: an address perhaps
    bool low;   // its lower half alone, by MOVW: a number until MOVT adds the upper one
};

struct code_reader {
    struct img *img;
    const struct machine *machine;
    struct code__capstone cs;
    csh handle;
    cs_insn *insn;           // NULL: the decoder is ours
    struct code__cpu cpu;    // of our decoder
    struct code__flow *flow; // and its values
    bool fixed;              // linked to a fixed address
    uint64_t start, end;
    struct value registers[REGISTERS];
    void (*ref)(void *context, const struct code_ref *ref);
    void *context;
};

struct machine {
    uint16_t machine;
    cs_arch arch;
    cs_mode mode;
    uint8_t step; // bytes passed over where nothing can be decoded
    void (*read)(struct code_reader *r, const cs_insn *insn);
    void (*open)(struct code__cpu *cpu); // a decoder of ours
};

static void tell_from(void *context, uint64_t place, uint64_t target, enum code_kind kind)
{
    const struct code_reader *r = context;
    const struct code_ref ref = {place, target, kind};
    if (kind != CODE_BRANCH || target - r->start >= r->end - r->start)
        r->ref(r->context, &ref);
}

static void tell(struct code_reader *r, uint64_t target, enum code_kind kind)
{
    tell_from(r, r->insn->address, target, kind);
}

static bool branches(const cs_insn *insn)
{
    for (uint8_t i = 0; i < insn->detail->groups_count; i++)
        if (insn->detail->groups[i] == CS_GRP_JUMP || insn->detail->groups[i] == CS_GRP_CALL)
            return true;
    return false;
}

// ----------------------------------------------------------------------------- x86

// An operand in memory to which nothing is added, or a table of places to jump to.
static bool is_absolute(const cs_insn *insn, const x86_op_mem *mem)
{
    return mem->base == X86_REG_INVALID && (mem->index == X86_REG_INVALID || branches(insn));
}

static void read_x86(struct code_reader *r, const cs_insn *insn)
{
    const cs_x86 *x86 = &insn->detail->x86;
    for (uint8_t i = 0; i < x86->op_count; i++) {
        const cs_x86_op *op = &x86->operands[i];
        if (op->type == X86_OP_MEM && op->mem.base == X86_REG_RIP)
            tell(r, insn->address + insn->size + (uint64_t)op->mem.disp, CODE_ADDRESS);
        else if (op->type == X86_OP_MEM && r->fixed && op->mem.disp > 0 &&
                 op->mem.segment == X86_REG_INVALID)
            tell(r, (uint64_t)op->mem.disp,
                 is_absolute(insn, &op->mem) ? CODE_ADDRESS : CODE_CONSTANT);
        else if (op->type == X86_OP_IMM && branches(insn))
            tell(r, (uint64_t)op->imm, CODE_BRANCH);
        else if (op->type == X86_OP_IMM && r->fixed && op->imm > 0)
            tell(r, (uint64_t)op->imm, CODE_CONSTANT);
    }
}

// The same from the fast decoder: all of x86-64 but what that does not know.
static void tell_x86(struct code_reader *r, uint64_t addr, const struct code__x86 *x86)
{
    uint64_t end = addr + x86->size;
    r->insn->address = addr;
    if (x86->relative)
        tell(r, end + (uint64_t)x86->memory, CODE_ADDRESS);
    else if (x86->has_memory && r->fixed && x86->memory > 0)
        tell(r, (uint64_t)x86->memory, x86->absolute ? CODE_ADDRESS : CODE_CONSTANT);
    if (x86->branches)
        tell(r, end + (uint64_t)x86->constant, CODE_BRANCH);
    else if (x86->has_constant && r->fixed && x86->constant > 0)
        tell(r, (uint64_t)x86->constant, CODE_CONSTANT);
}

// ----------------------------------------------------------------------------- ARM

static bool word_at(const struct code_reader *r, uint64_t addr, uint64_t *value)
{
    struct slice bytes;
    if (!img_bytes_at(r->img, addr, 4, &bytes))
        return false;
    struct cur c = cur_make(bytes, img_info(r->img)->big_endian);
    *value = cur_u32(&c);
    return true;
}

static struct value *register_of(struct code_reader *r, unsigned first, unsigned last, unsigned reg)
{
    return reg >= first && reg <= last && reg - first < REGISTERS ? &r->registers[reg - first]
                                                                  : NULL;
}

// The base of an operand in memory, when its value is known.
static const struct value *arm_base(struct code_reader *r, const cs_arm_op *op)
{
    if (op->type != ARM_OP_MEM)
        return NULL;
    const struct value *base = register_of(r, ARM_REG_R0, ARM_REG_R12, op->mem.base);
    return base != NULL && base->known ? base : NULL;
}

// A load from the literal pool, or the address of something near.
static void read_arm_pool(struct code_reader *r, const cs_insn *insn, uint64_t pool,
                          struct value *to)
{
    uint64_t word;
    if (insn->id == ARM_INS_LDR && word_at(r, pool, &word)) {
        tell(r, word, CODE_CONSTANT);
        if (to != NULL)
            *to = (struct value){word, .known = true};
        return;
    }
    tell(r, pool, CODE_ADDRESS);
    if (to != NULL)
        *to = (struct value){0};
}

// What an instruction adds to a known value: the objects of a file may be addressed from one of them
// (section anchors), an array from its end. An index is taken for 0: then it is the beginning of an array.
static bool arm_sum(struct code_reader *r, const cs_insn *insn, uint64_t *sum)
{
    const cs_arm *arm = &insn->detail->arm;
    const cs_arm_op *last = &arm->operands[arm->op_count - 1];
    const struct value *from =
        register_of(r, ARM_REG_R0, ARM_REG_R12, arm->operands[arm->op_count == 3].reg);
    bool adds = insn->id == ARM_INS_ADD || insn->id == ARM_INS_ADDW;
    bool takes = (insn->id == ARM_INS_SUB || insn->id == ARM_INS_SUBW) && last->type == ARM_OP_IMM;
    if ((!adds && !takes) || arm->operands[arm->op_count == 3].type != ARM_OP_REG || from == NULL ||
        !from->known)
        return false;
    int64_t added = last->type == ARM_OP_IMM ? last->imm : 0;
    *sum = (uint32_t)(from->value + (takes ? -(uint64_t)added : (uint64_t)added));
    return true;
}

static bool arm_stores(const cs_insn *insn)
{
    return insn->mnemonic[0] == 's' && insn->mnemonic[1] == 't';
}

static void read_arm(struct code_reader *r, const cs_insn *insn)
{
    const cs_arm *arm = &insn->detail->arm;
    const cs_arm_op *op = arm->operands;
    uint64_t sum;
    if (branches(insn)) {
        if (arm->op_count == 1 && op[0].type == ARM_OP_IMM)
            tell(r, (uint32_t)op[0].imm & ~UINT64_C(1), CODE_BRANCH);
        for (unsigned i = 0; i < 4 && (insn->id == ARM_INS_BL || insn->id == ARM_INS_BLX); i++)
            r->registers[i] = (struct value){0}; // what a call may change
        return;
    }
    if (arm->op_count < 2 || op[0].type != ARM_OP_REG)
        return;
    struct value *to = register_of(r, ARM_REG_R0, ARM_REG_R12, op[0].reg);
    const struct value *base = arm_base(r, &op[1]);
    uint64_t here = (insn->address + (r->machine->step == 2 ? 4 : 8)) & ~UINT64_C(3);
    if (op[1].type == ARM_OP_MEM && op[1].mem.base == ARM_REG_PC &&
        op[1].mem.index == ARM_REG_INVALID) {
        read_arm_pool(r, insn, (uint32_t)(here + (uint64_t)(int64_t)op[1].mem.disp), to);
        return;
    }
    if (base != NULL)
        tell(r, (uint32_t)(base->value + (uint64_t)(int64_t)op[1].mem.disp), CODE_ADDRESS);
    if (insn->id == ARM_INS_ADR && op[1].type == ARM_OP_IMM) {
        tell(r, (uint32_t)(here + (uint64_t)(int64_t)op[1].imm), CODE_ADDRESS);
    } else if (insn->id == ARM_INS_MOVT && to != NULL && (to->known || to->low)) {
        *to = (struct value){(uint32_t)op[1].imm << 16 | (to->value & 0xffff), .known = true};
        tell(r, to->value, CODE_CONSTANT);
        return;
    } else if (insn->id == ARM_INS_MOVW && op[1].type == ARM_OP_IMM && to != NULL) {
        *to = (struct value){(uint16_t)op[1].imm, .low = true};
        return;
    } else if (arm_sum(r, insn, &sum)) {
        tell(r, sum, CODE_ADDRESS);
        if (to != NULL)
            *to = (struct value){sum, .known = true};
        return;
    }
    if (to != NULL && !arm_stores(insn))
        *to = (struct value){0};
}

// --------------------------------------------------------------------------- AArch64

static void read_aarch64(struct code_reader *r, const cs_insn *insn)
{
    const cs_arm64 *arm = &insn->detail->arm64;
    const cs_arm64_op *op = arm->operands;
    if (arm->op_count >= 1 && op[arm->op_count - 1].type == ARM64_OP_IMM && branches(insn)) {
        tell(r, (uint64_t)op[arm->op_count - 1].imm, CODE_BRANCH);
        return;
    }
    if (arm->op_count < 2 || op[0].type != ARM64_OP_REG)
        return;
    struct value *to = register_of(r, ARM64_REG_X0, ARM64_REG_X28, op[0].reg);
    bool constant = op[1].type == ARM64_OP_IMM;
    struct value *from = NULL;
    if (op[1].type == ARM64_OP_REG)
        from = register_of(r, ARM64_REG_X0, ARM64_REG_X28, op[1].reg);
    if (op[1].type == ARM64_OP_MEM && op[1].mem.index == ARM64_REG_INVALID)
        from = register_of(r, ARM64_REG_X0, ARM64_REG_X28, op[1].mem.base);
    if (insn->id == ARM64_INS_ADRP && constant && to != NULL) {
        *to = (struct value){(uint64_t)op[1].imm, .known = true};
        return;
    }
    if (insn->id == ARM64_INS_ADR && constant)
        tell(r, (uint64_t)op[1].imm, CODE_ADDRESS);
    else if (op[1].type == ARM64_OP_MEM && from != NULL && from->known)
        tell(r, from->value + (uint64_t)(int64_t)op[1].mem.disp, CODE_ADDRESS);
    else if (insn->id == ARM64_INS_ADD && from != NULL && from->known && arm->op_count == 3 &&
             op[2].type == ARM64_OP_IMM)
        tell(r, from->value + (uint64_t)op[2].imm, CODE_ADDRESS);
    bool stores = insn->mnemonic[0] == 's' && insn->mnemonic[1] == 't';
    if (to != NULL && !stores)
        to->known = false;
}

// -------------------------------------------------------------------------- reading

static const struct machine machines[] = {
    {EM_X86_64, CS_ARCH_X86, CS_MODE_64, 1, read_x86, NULL},
    {EM_386, CS_ARCH_X86, CS_MODE_32, 1, read_x86, NULL},
    {EM_ARM, CS_ARCH_ARM, CS_MODE_ARM, 4, read_arm, NULL},
    {EM_ARM, CS_ARCH_ARM, CS_MODE_THUMB | CS_MODE_MCLASS, 2, read_arm, NULL},
    {EM_AARCH64, CS_ARCH_ARM64, CS_MODE_ARM, 4, read_aarch64, NULL},
    {.machine = EM_RISCV, .open = code__riscv},
    {.machine = EM_XTENSA, .open = code__xtensa},
    {.machine = EM_MIPS, .open = code__mips},
    {.machine = EM_PPC, .open = code__powerpc},
    {.machine = EM_PPC64, .open = code__powerpc},
};

static const struct machine *find_machine(uint16_t machine)
{
    for (size_t i = 0; i < COUNT_OF(machines); i++)
        if (machines[i].machine == machine)
            return &machines[i];
    return NULL;
}

static bool known(const struct img *img)
{
    const struct img_info *info = img_info(img);
    return find_machine(info->machine) != NULL &&
           (info->machine != EM_386 || info->type == ET_EXEC) &&
           (info->machine != EM_XTENSA || !info->big_endian) &&
           (info->machine != EM_MIPS || code__mips_knows(info->flags));
}

static bool open_handle(struct code_reader *r, const struct machine *machine)
{
    cs_mode mode = machine->mode;
    if (img_info(r->img)->big_endian)
        mode |= CS_MODE_BIG_ENDIAN;
    r->machine = machine;
    if (!code__capstone_load(&r->cs) || r->cs.open(machine->arch, mode, &r->handle) != CS_ERR_OK ||
        r->cs.option(r->handle, CS_OPT_DETAIL, CS_OPT_ON) != CS_ERR_OK)
        return false;
    r->insn = r->cs.malloc(r->handle);
    return true;
}

static void open_flow(struct code_reader *r, const struct machine *machine)
{
    const struct img_info *info = img_info(r->img);
    r->machine = machine;
    r->cpu = (struct code__cpu){.img = r->img,
                                .wide = info->address_size == 8,
                                .big_endian = info->big_endian,
                                .fixed = r->fixed,
                                .own = CODE__NO};
    machine->open(&r->cpu);
    r->flow = code__flow_new(&r->cpu, tell_from, r);
}

struct code_reader *code_reader_new(struct img *img)
{
    if (!known(img))
        return NULL;
    struct code_reader *r = mem_zalloc(1, sizeof *r);
    r->img = img;
    r->fixed = img_info(img)->type == ET_EXEC;
    const struct machine *machine = find_machine(img_info(img)->machine);
    if (machine->open != NULL) {
        open_flow(r, machine);
    } else if (!open_handle(r, machine)) {
        code_reader_free(r);
        return NULL;
    }
    return r;
}

void code_reader_free(struct code_reader *r)
{
    if (r == NULL)
        return;
    if (r->insn != NULL) {
        r->cs.free(r->insn, 1);
        r->cs.close(&r->handle);
    }
    code__capstone_unload(&r->cs);
    code__flow_free(r->flow);
    code__tables_free(&r->cpu.tables);
    free(r);
}

static void set_thumb(struct code_reader *r, bool thumb)
{
    const struct machine *wanted = find_machine(EM_ARM) + (thumb ? 1 : 0);
    if (r->machine == wanted)
        return;
    r->cs.option(r->handle, CS_OPT_MODE, (size_t)wanted->mode);
    r->machine = wanted;
}

static void read_run(struct code_reader *r, uint64_t start, uint64_t end)
{
    struct slice bytes;
    if (!img_bytes_at(r->img, start, end - start, &bytes))
        return;
    if (r->flow != NULL) {
        code__flow_read(r->flow, start, bytes);
        return;
    }
    const uint8_t *at = bytes.data;
    size_t left = bytes.size;
    uint64_t addr = start;
    memset(r->registers, 0, sizeof r->registers);
    struct code__x86 x86;
    while (left != 0) {
        if (r->machine->machine == EM_X86_64 && code__x86_decode(at, left, &x86)) {
            tell_x86(r, addr, &x86);
            at += x86.size;
            left -= x86.size;
            addr += x86.size;
            continue;
        }
        if (r->cs.disasm_iter(r->handle, &at, &left, &addr, r->insn)) {
            r->machine->read(r, r->insn);
            continue;
        }
        size_t step = MIN((size_t)r->machine->step, left);
        at += step;
        left -= step;
        addr += step;
    }
}

void code_read(struct code_reader *r, uint64_t start, uint64_t end,
               void (*ref)(void *context, const struct code_ref *ref), void *context)
{
    r->ref = ref;
    r->context = context;
    r->start = start;
    r->end = end;
    for (uint64_t until; start < end; start = until) {
        char kind = img_mark_at(r->img, start, &until);
        until = MIN(until, end);
        if (img_info(r->img)->machine == EM_ARM)
            set_thumb(r, kind == 't');
        if (kind != 'd')
            read_run(r, start, until);
    }
}
