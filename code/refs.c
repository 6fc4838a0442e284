// SPDX-License-Identifier: MIT
//
// References of code, machine by machine: one row of the table and one function each.
//
// ARM and Thumb change within a section at its mapping symbols; so do literal pools, which are data.

#include "code/capstone.h"
#include "code/flow.h"
#include "code/x86.h"

struct code_reader {
    struct img *img;
    const struct machine *machine;
    struct code__capstone cs; // insn NULL: the decoder is ours
    struct code__cpu cpu;
    struct code__flow *flow; // and its values, or NULL
    bool fixed;              // linked to a fixed address
    bool both;               // ARM and Thumb
    uint64_t start, end;
    void (*ref)(void *context, const struct code_ref *ref);
    void *context;
};

struct machine {
    uint16_t machine;
    cs_arch arch;
    cs_mode mode;
    uint8_t step; // 0: capstone is not asked; bytes passed over where nothing can be decoded
    void (*read)(struct code_reader *r, const cs_insn *insn);
    void (*open)(struct code__cpu *cpu); // values are followed (flow.h)
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
    tell_from(r, r->cs.insn->address, target, kind);
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

// What is done to numbers, not to addresses (see x86.c).
static bool is_for_numbers(const cs_insn *insn)
{
    switch (insn->id) {
    case X86_INS_ADC:
    case X86_INS_AND:
    case X86_INS_IMUL:
    case X86_INS_OR:
    case X86_INS_SBB:
    case X86_INS_TEST:
    case X86_INS_XOR:
        return true;
    default:
        return false;
    }
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
        else if (op->type == X86_OP_IMM && r->fixed && op->imm > 0 && !is_for_numbers(insn))
            tell(r, (uint64_t)op->imm, CODE_CONSTANT);
    }
}

// The same from the fast decoder: all of x86-64 but what that does not know.
static void tell_x86(struct code_reader *r, uint64_t addr, const struct code__x86 *x86)
{
    uint64_t end = addr + x86->size;
    r->cs.insn->address = addr;
    if (x86->relative)
        tell(r, end + (uint64_t)x86->memory, CODE_ADDRESS);
    else if (x86->has_memory && r->fixed && x86->memory > 0)
        tell(r, (uint64_t)x86->memory, x86->absolute ? CODE_ADDRESS : CODE_CONSTANT);
    if (x86->branches)
        tell(r, end + (uint64_t)x86->constant, CODE_BRANCH);
    else if (x86->has_constant && r->fixed && x86->constant > 0)
        tell(r, (uint64_t)x86->constant, CODE_CONSTANT);
}

// -------------------------------------------------------------------------- reading

static const struct machine machines[] = {
    {EM_X86_64, CS_ARCH_X86, CS_MODE_64, 1, read_x86, NULL},
    {EM_386, CS_ARCH_X86, CS_MODE_32, 1, read_x86, code__i386},
    {EM_ARM, CS_ARCH_ARM, CS_MODE_ARM, 4, NULL, code__arm},
    {EM_ARM, CS_ARCH_ARM, CS_MODE_THUMB, 2, NULL, code__arm},
    {EM_AARCH64, CS_ARCH_ARM64, CS_MODE_ARM, 4, NULL, code__aarch64},
    {.machine = EM_RISCV, .open = code__riscv},
    {.machine = EM_XTENSA, .open = code__xtensa},
    {.machine = EM_MIPS, .open = code__mips},
    {.machine = EM_PPC, .open = code__powerpc},
    {.machine = EM_PPC64, .open = code__powerpc},
    {.machine = EM_S390, .open = code__s390},
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
           (info->machine != EM_XTENSA || !info->big_endian) &&
           (info->machine != EM_S390 || info->is64) &&
           (info->machine != EM_MIPS || code__mips_knows(info->flags));
}

// Processors that know Thumb alone have no BLX to ARM code.
static bool has_arm_code(struct img *img)
{
    size_t count;
    const struct img_mark *marks = img_marks(img, &count);
    for (size_t i = 0; i < count; i++)
        if (marks[i].kind == 'a')
            return true;
    return false;
}

// Big-endian programs of ARM since version 6 have code of little endian.
static cs_mode mode_of(const struct code_reader *r, const struct machine *machine)
{
    const struct img_info *info = img_info(r->img);
    bool little = info->machine == EM_ARM && (info->flags & EF_ARM_BE8);
    cs_mode mode = machine->mode;
    if (info->big_endian && !little)
        mode |= CS_MODE_BIG_ENDIAN;
    if (machine->mode == CS_MODE_THUMB && !r->both)
        mode |= CS_MODE_MCLASS;
    return mode;
}

static bool open_handle(struct code_reader *r, const struct machine *machine)
{
    r->machine = machine;
    if (!code__capstone_load(&r->cs) ||
        r->cs.open(machine->arch, mode_of(r, machine), &r->cs.handle) != CS_ERR_OK ||
        r->cs.option(r->cs.handle, CS_OPT_DETAIL, CS_OPT_ON) != CS_ERR_OK)
        return false;
    r->cs.insn = r->cs.malloc(r->cs.handle);
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
                                .own = CODE__NO,
                                .capstone = &r->cs};
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
    r->both = has_arm_code(img) || img_section_named(img, ".plt") != NULL;
    const struct machine *machine = find_machine(img_info(img)->machine);
    if (machine->step != 0 && !open_handle(r, machine)) {
        code_reader_free(r);
        return NULL;
    }
    if (machine->open != NULL)
        open_flow(r, machine);
    return r;
}

void code_reader_free(struct code_reader *r)
{
    if (r == NULL)
        return;
    if (r->cs.insn != NULL) {
        r->cs.free(r->cs.insn, 1);
        r->cs.close(&r->cs.handle);
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
    r->cs.option(r->cs.handle, CS_OPT_MODE, (size_t)mode_of(r, wanted));
    r->machine = wanted;
    r->cpu.thumb = thumb;
}

static void read_run(struct code_reader *r, uint64_t start, uint64_t end)
{
    struct slice bytes;
    if (!img_bytes_at(r->img, start, end - start, &bytes))
        return;
    if (r->flow != NULL)
        code__flow_run(r->flow, start, bytes);
    if (r->machine->read == NULL || (r->flow != NULL && !r->fixed))
        return;
    const uint8_t *at = bytes.data;
    size_t left = bytes.size;
    uint64_t addr = start;
    struct code__x86 x86;
    while (left != 0) {
        if (r->machine->machine == EM_X86_64 && code__x86_decode(at, left, &x86)) {
            tell_x86(r, addr, &x86);
            at += x86.size;
            left -= x86.size;
            addr += x86.size;
            continue;
        }
        if (r->cs.disasm_iter(r->cs.handle, &at, &left, &addr, r->cs.insn)) {
            r->machine->read(r, r->cs.insn);
            continue;
        }
        size_t step = MIN((size_t)r->machine->step, left);
        at += step;
        left -= step;
        addr += step;
    }
}

// Without marks, all code is taken to be like that where the program is entered, but for what a linker adds.
static bool enters_thumb(const struct img *img, uint64_t addr)
{
    const struct img_section *section = img_section_at(img, addr);
    return (img_info(img)->entry & 1) && section != NULL && strcmp(section->name, ".plt") != 0;
}

void code_read(struct code_reader *r, uint64_t start, uint64_t end,
               void (*ref)(void *context, const struct code_ref *ref), void *context)
{
    r->ref = ref;
    r->context = context;
    r->start = start;
    r->end = end;
    if (r->flow != NULL)
        code__flow_begin(r->flow, start);
    for (uint64_t until; start < end; start = until) {
        char kind = img_mark_at(r->img, start, &until);
        until = MIN(until, end);
        if (img_info(r->img)->machine == EM_ARM)
            set_thumb(r, kind == 't' || (kind == 0 && enters_thumb(r->img, start)));
        if (kind != 'd')
            read_run(r, start, until);
    }
    if (r->flow != NULL)
        code__flow_end(r->flow, end);
}
