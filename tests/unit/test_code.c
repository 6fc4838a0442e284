// SPDX-License-Identifier: MIT
//
// The fast decoder of x86-64 against capstone, over the code of this program and of the C library: where
// both know an instruction they agree on its length and on what it refers to, and on what stands behind a displacement.

#include <capstone/capstone.h>

#include "code/code.h"
#include "code/x86.h"
#include "image/image.h"
#include "tests/unit/check.h"

// LOOP is in neither group.
static bool branches(const cs_insn *insn)
{
    if (insn->id == X86_INS_LOOP || insn->id == X86_INS_LOOPE || insn->id == X86_INS_LOOPNE)
        return true;
    for (uint8_t i = 0; i < insn->detail->groups_count; i++)
        if (insn->detail->groups[i] == CS_GRP_JUMP || insn->detail->groups[i] == CS_GRP_CALL)
            return true;
    return false;
}

// Where capstone says that an instruction refers to: the operand counted from its end, and its branch.
static void refers_to(const cs_insn *insn, uint64_t *memory, uint64_t *branch)
{
    const cs_x86 *x86 = &insn->detail->x86;
    *memory = *branch = 0;
    for (uint8_t i = 0; i < x86->op_count; i++) {
        const cs_x86_op *op = &x86->operands[i];
        if (op->type == X86_OP_MEM && op->mem.base == X86_REG_RIP)
            *memory = insn->address + insn->size + (uint64_t)op->mem.disp;
        if (op->type == X86_OP_IMM && branches(insn))
            *branch = (uint64_t)op->imm;
    }
}

// Whether a constant of 32 bits may be an address: what is added to one, compared, moved or pushed.
static bool has_constant(const cs_insn *insn)
{
    static const char *const words[] = {"add", "cmp", "mov", "movabs", "push", "sub"};
    bool may = false;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        may = may || strncmp(insn->mnemonic, words[i], 3) == 0;
    return may && insn->detail->x86.encoding.imm_size >= 4;
}

struct counts {
    uint64_t all, unknown, wrong;
};

static void compare(struct counts *counts, const cs_insn *insn, const uint8_t *at, size_t left)
{
    struct code__x86 ours;
    uint64_t memory, branch, end = insn->address + insn->size;
    counts->all++;
    if (!code__x86_decode(at, left, &ours)) {
        counts->unknown++;
        return;
    }
    refers_to(insn, &memory, &branch);
    bool good = ours.size == insn->size;
    good &= (ours.relative ? end + (uint64_t)ours.memory : 0) == memory;
    const cs_x86_encoding *parts = &insn->detail->x86.encoding;
    if (good && memory != 0 && parts->disp_size == 4) {
        unsigned place = parts->disp_offset, behind = insn->size - place - 4;
        good &= code_x86_behind(slice_of(at, place)) == behind;
    }
    good &= ours.has_constant == has_constant(insn);
    good &= (ours.branches ? end + (uint64_t)ours.constant : 0) == branch;
    if (!good && counts->wrong++ < 10)
        fprintf(stderr, "0x%llx: %s %s: %u bytes, not %u\n", (unsigned long long)insn->address,
                insn->mnemonic, insn->op_str, ours.size, insn->size);
}

static void compare_all(struct counts *counts, struct img *img, csh handle)
{
    size_t count;
    const struct img_section *sections = img_sections(img, &count);
    cs_insn *insn = cs_malloc(handle);
    for (size_t i = 0; i < count; i++) {
        struct slice bytes;
        if (!(sections[i].flags & SHF_EXECINSTR) ||
            !img_bytes_at(img, sections[i].addr, sections[i].size, &bytes))
            continue;
        const uint8_t *at = bytes.data;
        size_t left = bytes.size;
        for (uint64_t addr = sections[i].addr; left != 0;) {
            const uint8_t *before = at;
            size_t before_left = left;
            if (cs_disasm_iter(handle, &at, &left, &addr, insn)) {
                compare(counts, insn, before, before_left);
                continue;
            }
            at++, left--, addr++;
        }
    }
    cs_free(insn, 1);
}

static void test_file(const char *path)
{
    struct img_file *file;
    struct fault fault = {0};
    struct counts counts = {0};
    csh handle;
    if (!img_file_open(&file, path, NULL, &fault))
        return;
    if (img_info(img_file_image(file, 0))->machine == EM_X86_64 &&
        cs_open(CS_ARCH_X86, CS_MODE_64, &handle) == CS_ERR_OK) {
        cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON);
        compare_all(&counts, img_file_image(file, 0), handle);
        cs_close(&handle);
        printf("%s: %llu instructions, %llu unknown\n", path, (unsigned long long)counts.all,
               (unsigned long long)counts.unknown);
        CHECK(counts.wrong == 0);
        CHECK(counts.unknown <= counts.all / 1000);
    }
    img_file_close(file);
}

int main(int argc, char **argv)
{
    test_file("/proc/self/exe");
    test_file("/usr/lib/x86_64-linux-gnu/libm.so.6"); // vector instructions
    for (int i = 1; i < argc; i++)
        test_file(argv[i]);
    return check_done();
}
