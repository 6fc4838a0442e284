// SPDX-License-Identifier: MIT
//
// Applies the relocations of a .o to its debug sections, as a linker would that put every section at
// its synthetic address. Only what compilers and assemblers emit for data is known here: absolute
// and relative words, differences in two steps (RISC-V), offsets in the TLS template.
//
//   value = S + A [- P] - bias   S symbol, 0 when undefined; P place; bias of the ABI for TLS offsets
//   A       RELA: the entry's addend; REL: the word at the place, sign-extended
//
// One row a relocation type. Types that are not in the table leave the bytes alone and are one doubt
// per section.

#include <inttypes.h>

#include "image/private.h"

enum action {
    SKIP = 1, // nothing to do for data
    ABS,      // S + A
    REL,      // S + A - P
    ADD,      // word + S + A
    SUB,      // word - (S + A)
    IN_PLACE, // word + S + A although the entry has an addend
    SUB6,     // the low six bits of a byte
    SET6,     //
    SET_ULEB, // ULEB128 of unchanged length
    SUB_ULEB, //
};

struct rule {
    uint16_t machine, type;
    uint8_t action, bits;
    uint16_t bias;
};

#define TYPES_MAX 1100 // relocation types below this are looked at

static const struct rule rules[] = {
    {EM_X86_64, R_X86_64_NONE, SKIP, 0, 0},
    {EM_X86_64, R_X86_64_64, ABS, 64, 0},
    {EM_X86_64, R_X86_64_32, ABS, 32, 0},
    {EM_X86_64, R_X86_64_32S, ABS, 32, 0},
    {EM_X86_64, R_X86_64_16, ABS, 16, 0},
    {EM_X86_64, R_X86_64_8, ABS, 8, 0},
    {EM_X86_64, R_X86_64_PC64, REL, 64, 0},
    {EM_X86_64, R_X86_64_PC32, REL, 32, 0},
    {EM_X86_64, R_X86_64_PLT32, REL, 32, 0},
    {EM_X86_64, R_X86_64_PC16, REL, 16, 0},
    {EM_X86_64, R_X86_64_PC8, REL, 8, 0},
    {EM_X86_64, R_X86_64_DTPOFF64, ABS, 64, 0},
    {EM_X86_64, R_X86_64_DTPOFF32, ABS, 32, 0},

    {EM_386, R_386_NONE, SKIP, 0, 0},
    {EM_386, R_386_32, ABS, 32, 0},
    {EM_386, R_386_16, ABS, 16, 0},
    {EM_386, R_386_8, ABS, 8, 0},
    {EM_386, R_386_PC32, REL, 32, 0},
    {EM_386, R_386_PLT32, REL, 32, 0},
    {EM_386, R_386_PC16, REL, 16, 0},
    {EM_386, R_386_PC8, REL, 8, 0},
    {EM_386, R_386_TLS_LDO_32, ABS, 32, 0},

    {EM_ARM, R_ARM_NONE, SKIP, 0, 0},
    {EM_ARM, R_ARM_ABS32, ABS, 32, 0},
    {EM_ARM, R_ARM_TARGET1, ABS, 32, 0},
    {EM_ARM, R_ARM_ABS16, ABS, 16, 0},
    {EM_ARM, R_ARM_ABS8, ABS, 8, 0},
    {EM_ARM, R_ARM_REL32, REL, 32, 0},
    {EM_ARM, R_ARM_TLS_LDO32, ABS, 32, 0},

    {EM_AARCH64, R_AARCH64_NONE, SKIP, 0, 0},
    {EM_AARCH64, 256, SKIP, 0, 0}, // the withdrawn number of R_AARCH64_NONE
    {EM_AARCH64, R_AARCH64_ABS64, ABS, 64, 0},
    {EM_AARCH64, R_AARCH64_ABS32, ABS, 32, 0},
    {EM_AARCH64, R_AARCH64_ABS16, ABS, 16, 0},
    {EM_AARCH64, R_AARCH64_PREL64, REL, 64, 0},
    {EM_AARCH64, R_AARCH64_PREL32, REL, 32, 0},
    {EM_AARCH64, R_AARCH64_PREL16, REL, 16, 0},
    {EM_AARCH64, R_AARCH64_TLS_DTPREL, ABS, 64, 0},
    {EM_AARCH64, R_AARCH64_P32_ABS32, ABS, 32, 0},

    // Xtensa has entries with addends, and the word at the place counts too.
    {EM_XTENSA, 0, SKIP, 0, 0},
    {EM_XTENSA, 1, IN_PLACE, 32, 0}, // R_XTENSA_32
    {EM_XTENSA, 14, REL, 32, 0},     // R_XTENSA_32_PCREL
    {EM_XTENSA, 51, ABS, 32, 0},     // R_XTENSA_TLS_DTPOFF
    {EM_XTENSA, 17, SKIP, 0, 0},     // R_XTENSA_DIFF8, 16, 32: the difference is there already
    {EM_XTENSA, 18, SKIP, 0, 0},
    {EM_XTENSA, 19, SKIP, 0, 0},
    {EM_XTENSA, 57, SKIP, 0, 0}, // R_XTENSA_PDIFF8 ... NDIFF32: the same
    {EM_XTENSA, 58, SKIP, 0, 0},
    {EM_XTENSA, 59, SKIP, 0, 0},
    {EM_XTENSA, 60, SKIP, 0, 0},
    {EM_XTENSA, 61, SKIP, 0, 0},
    {EM_XTENSA, 62, SKIP, 0, 0},

    {EM_RISCV, R_RISCV_NONE, SKIP, 0, 0},
    {EM_RISCV, R_RISCV_RELAX, SKIP, 0, 0},
    {EM_RISCV, R_RISCV_32, ABS, 32, 0},
    {EM_RISCV, R_RISCV_64, ABS, 64, 0},
    {EM_RISCV, R_RISCV_TLS_DTPREL32, ABS, 32, 0x800},
    {EM_RISCV, R_RISCV_TLS_DTPREL64, ABS, 64, 0x800},
    {EM_RISCV, R_RISCV_ADD8, ADD, 8, 0},
    {EM_RISCV, R_RISCV_ADD16, ADD, 16, 0},
    {EM_RISCV, R_RISCV_ADD32, ADD, 32, 0},
    {EM_RISCV, R_RISCV_ADD64, ADD, 64, 0},
    {EM_RISCV, R_RISCV_SUB6, SUB6, 8, 0},
    {EM_RISCV, R_RISCV_SUB8, SUB, 8, 0},
    {EM_RISCV, R_RISCV_SUB16, SUB, 16, 0},
    {EM_RISCV, R_RISCV_SUB32, SUB, 32, 0},
    {EM_RISCV, R_RISCV_SUB64, SUB, 64, 0},
    {EM_RISCV, R_RISCV_SET6, SET6, 8, 0},
    {EM_RISCV, R_RISCV_SET8, ABS, 8, 0},
    {EM_RISCV, R_RISCV_SET16, ABS, 16, 0},
    {EM_RISCV, R_RISCV_SET32, ABS, 32, 0},
    {EM_RISCV, R_RISCV_32_PCREL, REL, 32, 0},
    {EM_RISCV, 59, REL, 32, 0},     // R_RISCV_PLT32
    {EM_RISCV, 60, SET_ULEB, 8, 0}, // R_RISCV_SET_ULEB128
    {EM_RISCV, 61, SUB_ULEB, 8, 0}, // R_RISCV_SUB_ULEB128

    {EM_MIPS, R_MIPS_NONE, SKIP, 0, 0},
    {EM_MIPS, R_MIPS_16, ABS, 16, 0},
    {EM_MIPS, R_MIPS_32, ABS, 32, 0},
    {EM_MIPS, R_MIPS_64, ABS, 64, 0},
    {EM_MIPS, 248, REL, 32, 0}, // R_MIPS_PC32
    {EM_MIPS, R_MIPS_TLS_DTPREL32, ABS, 32, 0x8000},
    {EM_MIPS, R_MIPS_TLS_DTPREL64, ABS, 64, 0x8000},

    {EM_PPC, R_PPC_NONE, SKIP, 0, 0},
    {EM_PPC, R_PPC_ADDR32, ABS, 32, 0},
    {EM_PPC, R_PPC_UADDR32, ABS, 32, 0},
    {EM_PPC, R_PPC_ADDR16, ABS, 16, 0},
    {EM_PPC, R_PPC_UADDR16, ABS, 16, 0},
    {EM_PPC, R_PPC_REL32, REL, 32, 0},
    {EM_PPC, R_PPC_DTPREL32, ABS, 32, 0x8000},

    {EM_PPC64, R_PPC64_NONE, SKIP, 0, 0},
    {EM_PPC64, R_PPC64_TOC, SKIP, 0, 0}, // only a linker knows
    {EM_PPC64, R_PPC64_ADDR32, ABS, 32, 0},
    {EM_PPC64, R_PPC64_UADDR32, ABS, 32, 0},
    {EM_PPC64, R_PPC64_ADDR64, ABS, 64, 0},
    {EM_PPC64, R_PPC64_UADDR64, ABS, 64, 0},
    {EM_PPC64, R_PPC64_ADDR16, ABS, 16, 0},
    {EM_PPC64, R_PPC64_REL32, REL, 32, 0},
    {EM_PPC64, R_PPC64_REL64, REL, 64, 0},
    {EM_PPC64, R_PPC64_DTPREL64, ABS, 64, 0x8000},

    {EM_S390, R_390_NONE, SKIP, 0, 0},
    {EM_S390, R_390_8, ABS, 8, 0},
    {EM_S390, R_390_16, ABS, 16, 0},
    {EM_S390, R_390_32, ABS, 32, 0},
    {EM_S390, R_390_64, ABS, 64, 0},
    {EM_S390, R_390_PC16, REL, 16, 0},
    {EM_S390, R_390_PC32, REL, 32, 0},
    {EM_S390, R_390_PC64, REL, 64, 0},
    {EM_S390, R_390_TLS_LDO32, ABS, 32, 0},
    {EM_S390, R_390_TLS_LDO64, ABS, 64, 0},
};

// One relocation section being applied to one target.
struct job {
    struct img *img;
    uint8_t *bytes;
    size_t size;
    uint64_t base; // address of the target
    struct slice symbols, extended;
    bool addends; // RELA
    const struct rule *by_type[TYPES_MAX];
    uint64_t unknown, outside;
    uint32_t unknown_type;
};

// -------------------------------------------------------------------------- words

static uint64_t get_word(const struct job *job, uint64_t offset, unsigned bits)
{
    struct cur c = img__cursor(job->img, slice_of(job->bytes + offset, bits / 8));
    return cur_uint(&c, bits / 8);
}

static void put_word(const struct job *job, uint64_t offset, unsigned bits, uint64_t value)
{
    uint8_t *at = job->bytes + offset;
    unsigned size = bits / 8;
    for (unsigned i = 0; i < size; i++) {
        unsigned shift = 8 * (job->img->info.big_endian ? size - 1 - i : i);
        at[i] = (uint8_t)(value >> shift);
    }
}

static int64_t sign_extend(uint64_t value, unsigned bits)
{
    return (int64_t)(value << (64 - bits)) >> (64 - bits);
}

// Sets a ULEB128 or subtracts from it, in as many bytes as it has;
// false when there is no whole number.
static bool change_uleb(struct job *job, uint64_t offset, bool subtract, uint64_t operand)
{
    struct cur c = cur_make(slice_of(job->bytes, job->size), false);
    cur_seek(&c, offset);
    uint64_t old = cur_uleb(&c), value = subtract ? old - operand : operand;
    if (c.failed)
        return false;
    uint64_t end = cur_offset(&c);
    for (uint64_t at = offset; at < end; at++) {
        job->bytes[at] = (uint8_t)((value & 0x7f) | (at + 1 < end ? 0x80 : 0));
        value >>= 7;
    }
    return true;
}

// ------------------------------------------------------------------------ symbols

static uint64_t symbol_addr(const struct job *job, uint32_t index)
{
    if (index == 0)
        return 0;
    const struct img *img = job->img;
    struct cur c = img__cursor(img, job->symbols);
    cur_seek(&c, (uint64_t)index * img__symbol_size(img));
    struct raw_symbol raw = img__raw_symbol(&c, img->info.is64);
    if (c.failed)
        return 0;
    uint32_t section = img__symbol_section(img, raw.section, index, job->extended);
    return img__symbol_addr(img, &raw, section);
}

// --------------------------------------------------------------------------- apply

static bool write_value(struct job *job, const struct rule *rule, uint64_t offset, uint64_t value)
{
    uint64_t word = get_word(job, offset, rule->bits);
    switch ((enum action)rule->action) {
    case ADD:
    case IN_PLACE:
        value = word + value;
        break;
    case SUB:
        value = word - value;
        break;
    case SUB6:
        value = (word & 0xc0) | ((word - value) & 0x3f);
        break;
    case SET6:
        value = (word & 0xc0) | (value & 0x3f);
        break;
    case SET_ULEB:
    case SUB_ULEB:
        return change_uleb(job, offset, rule->action == SUB_ULEB, value);
    default:
        break;
    }
    put_word(job, offset, rule->bits, value);
    return true;
}

static const struct rule *rule_for(struct job *job, uint32_t type)
{
    const struct rule *rule = type < TYPES_MAX ? job->by_type[type] : NULL;
    if (rule == NULL && job->unknown++ == 0)
        job->unknown_type = type;
    return rule;
}

static uint64_t value_of(const struct job *job, const struct rule *rule, uint64_t offset,
                         uint64_t sum)
{
    if (rule->action == REL)
        sum -= job->base + offset;
    return sum - rule->bias;
}

static void apply_one(struct job *job, const struct img_reloc *reloc, uint32_t type)
{
    const struct rule *rule = rule_for(job, type);
    if (rule == NULL || rule->action == SKIP)
        return;
    uint64_t offset = reloc->addr;
    if (!range_fits(offset, rule->bits / 8, job->size)) {
        job->outside++;
        return;
    }
    int64_t addend = reloc->addend;
    if (!job->addends)
        addend = sign_extend(get_word(job, offset, rule->bits), rule->bits);
    uint64_t sum = symbol_addr(job, reloc->symbol) + (uint64_t)addend;
    if (!write_value(job, rule, offset, value_of(job, rule, offset, sum)))
        job->outside++;
}

// MIPS N64: up to three types in one entry. The result of each is the addend of the next, whose
// symbol is 0; the last one says how wide the word is.
static void apply_three(struct job *job, const struct img_reloc *reloc)
{
    uint8_t types[3] = {(uint8_t)reloc->type, (uint8_t)(reloc->type >> 8),
                        (uint8_t)(reloc->type >> 16)};
    if (types[1] == R_MIPS_NONE) {
        apply_one(job, reloc, types[0]);
        return;
    }
    const struct rule *last = rule_for(job, types[0]);
    uint64_t offset = reloc->addr;
    if (last == NULL || last->bits == 0)
        return;
    uint64_t value = symbol_addr(job, reloc->symbol) + (uint64_t)reloc->addend;
    value = value_of(job, last, offset, value);
    for (unsigned i = 1; i < 3 && types[i] != R_MIPS_NONE; i++) {
        const struct rule *rule = rule_for(job, types[i]);
        if (rule == NULL || rule->bits == 0)
            return;
        value = value_of(job, rule, offset, (uint64_t)sign_extend(value, last->bits));
        last = rule;
    }
    if (range_fits(offset, last->bits / 8, job->size))
        write_value(job, last, offset, value);
    else
        job->outside++;
}

static void prepare(struct job *job, const struct img_section *relocs)
{
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (rules[i].machine == job->img->info.machine)
            job->by_type[rules[i].type] = &rules[i];
    job->addends = relocs->type == SHT_RELA;
    job->symbols = img_section_raw(job->img, relocs->link);
    job->extended = img__extended_indices(job->img, relocs->link);
}

static void report(const struct job *job, const struct img_section *target, bool cut)
{
    const char *path = job->img->info.path;
    if (job->unknown != 0)
        doubt_add(job->img->doubts, path, target->name, NO_OFFSET,
                  "%" PRIu64 " relocations of types not known here (the first is %" PRIu32
                  ") are not applied",
                  job->unknown, job->unknown_type);
    if (job->outside != 0)
        doubt_add(job->img->doubts, path, target->name, NO_OFFSET,
                  "%" PRIu64 " relocations lie outside the section", job->outside);
    if (cut)
        doubt_add(job->img->doubts, path, target->name, NO_OFFSET,
                  "its relocation section ends within an entry");
}

void img__apply(struct img *img, uint32_t target, uint32_t relocs, uint8_t *bytes, size_t size)
{
    struct fault fault = {0};
    struct img_reloc_reader reader;
    struct img_reloc reloc;
    const struct img_section *section = &img->sections[target];
    if (!img_reloc_open(&reader, img, relocs, &fault)) {
        doubt_add(img->doubts, img->info.path, section->name, NO_OFFSET, "not relocated: %s",
                  fault.text);
        return;
    }
    reader.base = 0; // offsets in the section, not addresses
    struct job job = {.img = img, .bytes = bytes, .size = size, .base = section->addr};
    prepare(&job, &img->sections[relocs]);
    bool three = img->info.machine == EM_MIPS && img->info.is64;
    while (img_reloc_next(&reader, &reloc)) {
        if (three)
            apply_three(&job, &reloc);
        else
            apply_one(&job, &reloc, reloc.type);
    }
    report(&job, section, reader.failed);
}
