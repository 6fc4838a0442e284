// SPDX-License-Identifier: MIT
//
// What code of RISC-V and Xtensa refers to: instructions as an assembler wrote them, and each reference
// that is expected of them.

#include "code/code.h"
#include "tests/unit/check.h"
#include "tests/unit/image_build.h"

#define START 0x1000

struct found {
    struct code_ref refs[16];
    size_t count;
};

static void keep(void *context, const struct code_ref *ref)
{
    struct found *found = context;
    if (found->count < COUNT_OF(found->refs))
        found->refs[found->count] = *ref;
    found->count++;
}

// Reads what begins `from` bytes behind START, in a program of 32 bits for a fixed address.
static void read_code(uint16_t machine, const void *code, size_t size, size_t from,
                      struct found *found)
{
    struct maker m = maker(false, false, ET_EXEC, machine);
    uint32_t text = add_section(&m, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, START);
    struct img_file *file;
    struct fault fault = {0};
    buf_bytes(bytes_of(&m, text), code, size);
    add_symbol(&m, "__global_pointer$", 0x30800, STT_NOTYPE, STB_GLOBAL, 0, SHN_ABS);
    struct buf elf = make_elf(&m);
    found->count = 0;
    if (img_file_open_memory(&file, elf.data, elf.size, "made", NULL, &fault)) {
        struct code_reader *reader = code_reader_new(img_file_image(file, 0));
        code_read(reader, START + from, START + size, keep, found);
        code_reader_free(reader);
        img_file_close(file);
    }
    buf_free(&elf);
}

static void check_code(uint16_t machine, const void *code, size_t size, size_t from,
                       const struct code_ref *want, size_t count)
{
    struct found found;
    read_code(machine, code, size, from, &found);
    CHECK_U64(found.count, count);
    for (size_t i = 0; i < MIN(count, found.count); i++) {
        CHECK_U64(found.refs[i].place, START + want[i].place);
        CHECK_U64(found.refs[i].target, want[i].target);
        CHECK_U64(found.refs[i].kind, want[i].kind);
    }
}

#define CHECK_CODE(machine, code, from, ...)                                                       \
    check_code(machine, code, sizeof code, from, (const struct code_ref[]){__VA_ARGS__},           \
               COUNT_OF(((const struct code_ref[]){__VA_ARGS__})))

static void test_pair(void)
{
    const uint32_t code[] = {
        0x200007b7, // lui a5, 0x20000
        0x01078513, // addi a0, a5, 16
        0x0187a583, // lw a1, 24(a5)
        0x00d78633, // add a2, a5, a3
        0x02b62023, // sw a1, 32(a2)
    };
    CHECK_CODE(EM_RISCV, code, 0, {4, 0x20000010, CODE_CONSTANT}, {8, 0x20000018, CODE_ADDRESS},
               {16, 0x20000020, CODE_ADDRESS});
}

// A value goes along with a branch, is kept by no call unless its register is, and ends with a return.
static void test_ways(void)
{
    const uint32_t code[] = {
        0x00010497, // auipc s1, 0x10
        0x00010317, // auipc t1, 0x10
        0x00058a63, // beqz a1, 1f
        0x7f9000ef, // jal
        0x00a4a423, // sw a0, 8(s1)
        0x00a32423, // sw a0, 8(t1)
        0x00008067, // ret
        0x0104a503, // 1: lw a0, 16(s1)
        0x00008067, // ret
        0x0104a503, // lw a0, 16(s1): from where is not known
    };
    CHECK_CODE(EM_RISCV, code, 0, {12, 0x2004, CODE_BRANCH}, {16, 0x11008, CODE_ADDRESS},
               {28, 0x11010, CODE_ADDRESS});
}

static void test_cases(void)
{
    const uint32_t code[] = {
        0x00010497, // auipc s1, 0x10
        0x00050067, // jr a0
        0x0004a503, // lw a0, 0(s1)
        0x00008067, // ret
        0x0044a503, // lw a0, 4(s1)
    };
    CHECK_CODE(EM_RISCV, code, 0, {8, 0x11000, CODE_ADDRESS}, {16, 0x11004, CODE_ADDRESS});
}

static void test_gp(void)
{
    const uint32_t code[] = {
        0xffc1a503, // lw a0, -4(gp)
        0x00c18593, // addi a1, gp, 12
        0x20000337, // lui t1, 0x20000
        0x02a30333, // mul t1, t1, a0
        0x00032503, // lw a0, 0(t1)
        0x04000513, // li a0, 64: a number, until something lies there
        0x00052503, // lw a0, 0(a0)
    };
    CHECK_CODE(EM_RISCV, code, 0, {0, 0x307fc, CODE_ADDRESS}, {4, 0x3080c, CODE_ADDRESS},
               {24, 64, CODE_ADDRESS});
}

static void test_compressed(void)
{
    const uint16_t code[] = {
        0x67c1, // c.lui a5, 0x10
        0x0791, // c.addi a5, 4
        0x4798, // c.lw a4, 8(a5)
        0x86be, // c.mv a3, a5
        0xc2d8, // c.sw a4, 4(a3)
    };
    CHECK_CODE(EM_RISCV, code, 0, {2, 0x10004, CODE_CONSTANT}, {4, 0x1000c, CODE_ADDRESS},
               {8, 0x10008, CODE_ADDRESS});
}

// The words in front are the literals; zeros behind a jump are no instruction.
static void test_xtensa(void)
{
    const uint8_t code[] = {
        0x10, 0x00, 0x00, 0x20, // 0x20000010
        0x00, 0x10, 0x30, 0x00, // 0x301000
        0x21, 0xfe, 0xff,       // l32r a2
        0x32, 0x22, 0x00,       // l32i a3, a2, 0
        0x41, 0xfd, 0xff,       // l32r a4
        0x45, 0xff, 0x00,       // call0
        0x06, 0x00, 0x00,       // j
        0x00,                   //
        0xc5, 0xfe, 0x01,       // call0
        0x0d, 0xf0,             // ret.n
    };
    CHECK_CODE(EM_XTENSA, code, 8, {8, 0x1000, CODE_LITERAL}, {8, 0x20000010, CODE_CONSTANT},
               {14, 0x1004, CODE_LITERAL}, {14, 0x301000, CODE_CONSTANT}, {17, 0x2008, CODE_BRANCH},
               {24, 0x3008, CODE_BRANCH});
}

// Any bytes: instructions that do not end, branches to anywhere.
static void test_noise(void)
{
    uint8_t bytes[4096];
    uint32_t seed = 1;
    struct found found;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
    for (size_t cut = 0; cut < 16; cut++) {
        read_code(EM_RISCV, bytes, sizeof bytes - cut, 0, &found);
        CHECK(found.count != 0);
        read_code(EM_XTENSA, bytes, sizeof bytes - cut, 0, &found);
        CHECK(found.count != 0);
    }
}

int main(void)
{
    test_pair();
    test_ways();
    test_cases();
    test_gp();
    test_compressed();
    test_xtensa();
    test_noise();
    return check_done();
}
