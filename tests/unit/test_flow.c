// SPDX-License-Identifier: MIT
//
// What code of ARM, AArch64, s390, RISC-V, Xtensa, MIPS and PowerPC refers to: instructions as an assembler wrote them, and each reference
// that is expected of them.

#include "code/code.h"
#include "tests/unit/check.h"
#include "tests/unit/image_build.h"

#define START 0x1000
#define GOT   0x40000

struct found {
    struct code_ref refs[16];
    size_t count;
};

static void keep(void *context, const struct code_ref *ref)
{
    struct found *found = context;
    if (ref->kind == CODE_FALLS)
        return;
    if (found->count < COUNT_OF(found->refs))
        found->refs[found->count] = *ref;
    found->count++;
}

// Reads what begins `from` bytes behind START, in a program for a fixed address: of 32 bits and little endian, but of
// s390.
static void read_code(uint16_t machine, const void *code, size_t size, size_t from,
                      struct found *found)
{
    bool s390 = machine == EM_S390, wide = s390 || machine == EM_AARCH64;
    struct maker m = maker(wide, s390, ET_EXEC, machine);
    uint32_t text = add_section(&m, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, START);
    uint32_t got = add_section(&m, ".got", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, GOT);
    struct img_file *file;
    struct fault fault = {0};
    buf_bytes(bytes_of(&m, text), code, size);
    put_word(&m, bytes_of(&m, got), 0);
    put_word(&m, bytes_of(&m, got), 0x20000);
    put_word(&m, bytes_of(&m, got), 0x30010);
    add_symbol(&m, "_gp", GOT + 0x8000, STT_NOTYPE, STB_GLOBAL, 0, SHN_ABS);
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
        0x80050613, // addi a2, a0, -2048
        0x00a12023, // sw a0, 0(sp)
        0x02078513, // addi a0, a5, 32
        0x00452583, // lw a1, 4(a0)
        0x00a5a023, // sw a0, 0(a1)
    };
    CHECK_CODE(EM_RISCV, code, 0, {8, 0x20000018, CODE_ADDRESS}, {16, 0x20000020, CODE_ADDRESS},
               {20, 0x1ffff810, CODE_CONSTANT}, {28, 0x20000020, CODE_CONSTANT},
               {32, 0x20000024, CODE_ADDRESS});
}

// Position-independent code of ARM: a word of the pool says how far it is, from the instruction or from the table.
static void test_arm(void)
{
    const uint32_t code[] = {
        0xe59f3018, // ldr r3, [pc, #24]
        0xe08f3003, // add r3, pc, r3
        0xe59f2014, // ldr r2, [pc, #20]
        0xe7932002, // ldr r2, [r3, r2]
        0xe5920004, // ldr r0, [r2, #4]
        0xe59f100c, // ldr r1, [pc, #12]
        0xe79f1001, // ldr r1, [pc, r1]
        0xe12fff1e, // bx lr
        0x0003eff4, // to the table, from 0x100c
        0x00000004, // its second word
        0x00010000, // from 0x1020
    };
    CHECK_CODE(EM_ARM, code, 0, {4, GOT, CODE_ADDRESS}, {8, 4, CODE_CONSTANT},
               {12, GOT + 4, CODE_ADDRESS}, {16, 0x20004, CODE_ADDRESS},
               {24, 0x11020, CODE_ADDRESS});
}

// The first object of a unit is how others are reached: none of these refers to it but the last. A number is
// multiplied. What the pool holds is no instruction, where nothing marks it either.
static void test_anchors(void)
{
    const uint32_t code[] = {
        0xe59f401c, // ldr r4, [pc, #28]
        0xe594005c, // ldr r0, [r4, #92]
        0xe2845010, // add r5, r4, #16
        0xe59f3014, // ldr r3, [pc, #20]
        0xe0000390, // mul r0, r0, r3
        0xe59f6010, // ldr r6, [pc, #16]
        0xe5961004, // ldr r1, [r6, #4]
        0xe1560001, // cmp r6, r1
        0xe8bd8070, // pop {r4, r5, r6, pc}
        0xea000000, // what decodes as a branch
        0x00345678, 0x00020000,
    };
    CHECK_CODE(EM_ARM, code, 0, {4, 0xea00005c, CODE_ADDRESS}, {8, 0xea000010, CODE_CONSTANT},
               {20, 0x20000, CODE_CONSTANT}, {24, 0x20004, CODE_ADDRESS});
}

// A page and what adds to it; an anchor, from which the table begins as well; what is accessed before the
// register moves on; a pool behind a return.
static void test_aarch64(void)
{
    const uint32_t code[] = {
        0xb0000093, // adrp x19, 0x12000
        0x91004273, // add x19, x19, #16
        0xb9402660, // ldr w0, [x19, #36]
        0x91020261, // add x1, x19, #128
        0xf8008422, // str x2, [x1], #8
        0xd0000182, // adrp x2, 0x33000
        0x91000042, // add x2, x2, #0
        0xf90003e2, // str x2, [sp]
        0xd00001e0, // adrp x0, 0x3f000
        0xf9480400, // ldr x0, [x0, #4104]
        0xf9400800, // ldr x0, [x0, #16]
        0x58000060, // ldr x0, 0x1038
        0xd65f0fff, // retab
        0xd503201f, // nop
        0x94000000, 0x00000000,
    };
    CHECK_CODE(EM_AARCH64, code, 0, {8, 0x12034, CODE_ADDRESS}, {12, 0x12090, CODE_ADDRESS},
               {16, 0x12090, CODE_ADDRESS}, {24, 0x33000, CODE_ADDRESS},
               {36, GOT + 8, CODE_ADDRESS}, {40, 0x20010, CODE_ADDRESS},
               {44, 0x94000000, CODE_CONSTANT});
}

// What s390 counts from the instruction, in half words; from the linker's table; from an address that is known.
static void test_s390(void)
{
    const uint8_t code[] = {
        0xc0, 0x10, 0x00, 0x00, 0x80, 0x00, // larl %r1, 0x11000
        0xc4, 0x28, 0x00, 0x01, 0xf8, 0x01, // lgrl %r2, 0x40008
        0xe3, 0x30, 0x20, 0x08, 0x00, 0x04, // lg %r3, 8(%r2)
        0x41, 0x40, 0x10, 0x04,             // la %r4, 4(%r1)
        0xc0, 0xe5, 0x00, 0x00, 0x08, 0x00, // brasl %r14, 0x2016
        0xe3, 0x30, 0x20, 0x10, 0x00, 0x04, // lg %r3, 16(%r2): not kept
        0x07, 0xfe,                         // br %r14
    };
    CHECK_CODE(EM_S390, code, 0, {6, GOT + 8, CODE_ADDRESS}, {12, 0x20008, CODE_ADDRESS},
               {18, 0x11004, CODE_ADDRESS}, {22, 0x2016, CODE_BRANCH});
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
    CHECK_CODE(EM_RISCV, code, 0, {4, 0x1000c, CODE_ADDRESS}, {8, 0x10008, CODE_ADDRESS});
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

// What stands behind a branch comes before it; a call leaves what is kept; what stands behind a likely branch goes
// along with it alone. Of the linker's table a word is read, whole or the upper half.
static void test_mips(void)
{
    const uint32_t code[] = {
        0x3c042000, // lui a0,0x2000
        0x14a00009, // bnez a1,0x2c
        0x24840010, // addiu a0,a0,16
        0x0320f809, // jalr t9
        0x8f858008, // lw a1,-32760(gp)
        0x24a20008, // addiu v0,a1,8
        0x50400007, // beqzl v0,0x38
        0x3c102000, // lui s0,0x2000
        0x8e030004, // lw v1,4(s0)
        0x03e00008, // jr ra
        0x00000000, // nop
        0x8c820008, // lw v0,8(a0)
        0x03e00008, // jr ra
        0x00000000, // nop
        0x8e030004, // lw v1,4(s0)
        0x8f858004, // lw a1,-32764(gp)
        0x24a50008, // addiu a1,a1,8
        0x0c000800, // jal 0x2000
        0x00000000, // nop
    };
    CHECK_CODE(EM_MIPS, code, 0, {8, 0x20000010, CODE_CONSTANT}, {16, 0x40008, CODE_ADDRESS},
               {44, 0x20000018, CODE_ADDRESS}, {56, 0x20000004, CODE_ADDRESS},
               {60, 0x40004, CODE_ADDRESS}, {64, 0x20008, CODE_ADDRESS}, {68, 0x2000, CODE_BRANCH});
}

// Padding behind a return is no way. The table is found by a call of what comes next, which means nothing itself.
static void test_powerpc(void)
{
    const uint32_t code[] = {
        0x3d202000, // lis r9,8192
        0x39290010, // addi r9,r9,16
        0x612a0004, // ori r10,r9,4
        0x80690018, // lwz r3,24(r9)
        0x7c89282e, // lwzx r4,r9,r5
        0x4182000c, // beq 0x20
        0x4e800020, // blr
        0x60000000, // nop
        0x80690020, // lwz r3,32(r9)
        0x90690008, // stw r3,8(r9)
        0x429f0005, // bcl 20,4*cr7+so,0x2c
        0x7fc802a6, // mflr r30
        0x3fde0004, // addis r30,r30,4
        0x3bdeefd4, // addi r30,r30,-4140
        0x811e0004, // lwz r8,4(r30)
        0x39080004, // addi r8,r8,4
        0x7d034378, // mr r3,r8
        0x80630008, // lwz r3,8(r3)
        0x4bffffe5, // bl 0x2c
        0x80680008, // lwz r3,8(r8)
        0x3d800000, // lis r12,0
        0x798c07c6, // sldi r12,r12,32
        0x658c2000, // oris r12,r12,0x2000
        0x618c0004, // ori r12,r12,4
        0x7d8903a6, // mtctr r12
        0x4e800421, // bctrl
        0x06100000, // pla r3,4660
        0x38601234,
        0x06100002, // plwz r4,131072
        0x80800000,
    };
    CHECK_CODE(EM_PPC, code, 0, {4, 0x20000010, CODE_CONSTANT}, {8, 0x20000014, CODE_CONSTANT},
               {12, 0x20000028, CODE_ADDRESS}, {16, 0x20000010, CODE_ADDRESS},
               {32, 0x20000030, CODE_ADDRESS}, {36, 0x20000018, CODE_ADDRESS},
               {56, 0x40004, CODE_ADDRESS}, {68, 0x2000c, CODE_ADDRESS},
               {92, 0x20000004, CODE_CONSTANT}, {100, 0x20000004, CODE_BRANCH},
               {104, 0x229c, CODE_ADDRESS}, {112, 0x21070, CODE_ADDRESS});
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
        read_code(EM_MIPS, bytes, sizeof bytes - cut, 0, &found);
        CHECK(found.count != 0);
        read_code(EM_PPC, bytes, sizeof bytes - cut, 0, &found);
        CHECK(found.count != 0);
        read_code(EM_AARCH64, bytes, sizeof bytes - cut, 0, &found);
        CHECK(found.count != 0);
        read_code(EM_ARM, bytes, sizeof bytes - cut, 0, &found);
        read_code(EM_S390, bytes, sizeof bytes - cut, 0, &found);
    }
}

int main(void)
{
    test_pair();
    test_arm();
    test_anchors();
    test_aarch64();
    test_s390();
    test_ways();
    test_cases();
    test_gp();
    test_compressed();
    test_xtensa();
    test_mips();
    test_powerpc();
    test_noise();
    return check_done();
}
