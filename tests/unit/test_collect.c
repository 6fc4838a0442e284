// SPDX-License-Identifier: MIT
//
// The collectors: names, tiling, fill patterns, the base map of random and of real images.

#include <elf.h>
#include <stdlib.h>

#include "ledger/collect_private.h"
#include "tests/unit/check.h"

static uint64_t state = 88172645463325252u;

static uint64_t random_below(uint64_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return limit ? state % limit : 0;
}

// --------------------------------------------------------------------------- names

static void check_parent(const char *name, const char *want)
{
    struct slice got = led_parent_name(slice_text(name));
    CHECK(slice_is(got, want));
    if (!slice_is(got, want))
        fprintf(stderr, "  %s gives %.*s\n", name, (int)got.size, got.data);
}

static void test_parent_names(void)
{
    check_parent("f", "f");
    check_parent("", "");
    check_parent("f.cold", "f");
    check_parent("f.cold.12", "f");
    check_parent("f.part.0", "f");
    check_parent("f.constprop.0.isra.0.cold", "f");
    check_parent("f.lto_priv.12", "f");
    check_parent("f.__part.3", "f");
    check_parent("f.llvm.9876543210", "f");
    check_parent("buffer.1", "buffer.1"); // a static inside a function
    check_parent("f.part", "f.part");
    check_parent(".cold", ".cold");
    check_parent(".part.0", ".part.0");
    check_parent("buffer.1.lto_priv.0", "buffer.1");
    check_parent("f.", "f.");
    check_parent("7", "7");
}

// ---------------------------------------------------------------------------- tiles

static void test_tiles_against_bytes(void)
{
    enum { BYTES = 64, MOST = 20 };
    for (int round = 0; round < 2000; round++) {
        struct led__range ranges[MOST];
        size_t count = random_below(MOST);
        size_t owner[BYTES], got[BYTES];
        for (size_t i = 0; i < BYTES; i++)
            owner[i] = got[i] = SIZE_MAX;
        for (size_t i = 0; i < count; i++) {
            uint64_t start = random_below(BYTES);
            ranges[i] = (struct led__range){start, start + random_below(BYTES - start + 1)};
            for (uint64_t b = ranges[i].start; b < ranges[i].end; b++)
                owner[b] = MIN(owner[b], i);
        }
        struct led__tile *tiles;
        size_t *first;
        led__tile(ranges, count, &tiles, &first);
        for (size_t i = 0; i < count; i++)
            for (size_t t = first[i]; t < first[i + 1]; t++) {
                CHECK(tiles[t].owner == i && tiles[t].start < tiles[t].end);
                for (uint64_t b = tiles[t].start; b < tiles[t].end; b++) {
                    CHECK(got[b] == SIZE_MAX);
                    got[b] = i;
                }
            }
        CHECK(memcmp(owner, got, sizeof owner) == 0);
        free(tiles);
        free(first);
    }
}

// ----------------------------------------------------------------------------- fill

#define BYTES(...) slice_of((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void test_fill_patterns(void)
{
    struct img_info x86 = {.machine = EM_X86_64}, arm = {.machine = EM_ARM};
    struct img_info big = {.machine = EM_PPC, .big_endian = true};
    CHECK(led_is_fill(&x86, BYTES(0, 0, 0), false));
    CHECK(!led_is_fill(&x86, BYTES(0x90, 0x90), false));
    CHECK(led_is_fill(&x86, BYTES(0x90, 0xcc, 0), true));
    CHECK(led_is_fill(&x86, BYTES(0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0), true));
    CHECK(led_is_fill(&x86, BYTES(0x0f, 0x1f, 0x44, 0, 0, 0x66, 0x90), true));
    CHECK(!led_is_fill(&x86, BYTES(0x0f, 0x1f, 0x44, 0), true)); // cut short
    CHECK(!led_is_fill(&x86, BYTES(0x66), true));
    CHECK(!led_is_fill(&x86, BYTES(0xc3), true));
    CHECK(led_is_fill(&arm, BYTES(0x00, 0xbf, 0xc0, 0x46), true));
    CHECK(led_is_fill(&arm, BYTES(0x00, 0x00, 0xa0, 0xe1, 0, 0), true));
    CHECK(!led_is_fill(&arm, BYTES(0x70, 0x47), true));
    CHECK(led_is_fill(&big, BYTES(0x60, 0, 0, 0), true));
    CHECK(!led_is_fill(&big, BYTES(0x60, 0, 0, 1), true));
}

// --------------------------------------------------------------- images made by hand

// A 64-bit image under construction: header, contents at the offsets asked for, tables at the end.
struct made {
    uint8_t bytes[16384];
    size_t size;
};

static void finish(struct made *made, uint16_t type, uint16_t machine, const Elf64_Phdr *segments,
                   size_t segment_count, const Elf64_Shdr *sections, size_t section_count)
{
    Elf64_Ehdr header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                         .e_type = type,
                         .e_machine = machine,
                         .e_version = EV_CURRENT,
                         .e_ehsize = sizeof(Elf64_Ehdr),
                         .e_phentsize = sizeof(Elf64_Phdr),
                         .e_shentsize = sizeof(Elf64_Shdr)};
    if (segment_count) {
        header.e_phoff = made->size;
        header.e_phnum = (uint16_t)segment_count;
        memcpy(made->bytes + made->size, segments, segment_count * sizeof *segments);
        made->size += segment_count * sizeof *segments;
    }
    if (section_count) {
        header.e_shoff = made->size;
        header.e_shnum = (uint16_t)section_count;
        header.e_shstrndx = (uint16_t)(section_count - 1);
        memcpy(made->bytes + made->size, sections, section_count * sizeof *sections);
        made->size += section_count * sizeof *sections;
    }
    memcpy(made->bytes, &header, sizeof header);
}

struct opened {
    struct img_file *file;
    struct ledger *ledger;
};

static bool collect(struct opened *opened, unsigned dims)
{
    struct fault fault = {0};
    struct led_build build = {.file = opened->file};
    opened->ledger = led_new();
    bool good = led_collect(opened->ledger, &build, dims, NULL, &fault);
    CHECK(good);
    return good;
}

static bool collect_made(struct opened *opened, const struct made *made, unsigned dims)
{
    struct fault fault = {0};
    *opened = (struct opened){0};
    return img_file_open_memory(&opened->file, made->bytes, made->size, "made", NULL, &fault) &&
           collect(opened, dims);
}

static void done(struct opened *opened)
{
    led_free(opened->ledger);
    if (opened->file)
        img_file_close(opened->file);
}

// Sums of one owner in one dimension.
struct sums {
    const struct ledger *ledger;
    enum led_dim dim;
    const char *owner;
    uint64_t file, vm, rom, ram, tls;
};

static void add_parcel(void *context, const struct led_parcel *parcel)
{
    struct sums *sums = context;
    if (sums->owner &&
        strcmp(led_owner_text(sums->ledger, parcel->owner[sums->dim]), sums->owner) != 0)
        return;
    uint8_t weights = parcel->extent->weights;
    sums->file += weights & LED_FILE ? parcel->size : 0;
    sums->vm += weights & LED_VM ? parcel->size : 0;
    sums->rom += weights & LED_ROM ? parcel->size : 0;
    sums->ram += weights & LED_RAM ? parcel->size : 0;
    sums->tls += weights & LED_TLS ? parcel->size : 0;
}

static struct sums sums_of(const struct opened *opened, enum led_dim dim, const char *owner)
{
    struct sums sums = {opened->ledger, dim, owner, 0, 0, 0, 0, 0};
    led_walk(opened->ledger, add_parcel, &sums);
    return sums;
}

#define ALL_DIMS (LED_MASK(LED_DIM_COUNT) - 1)

// A number that is often one of the interesting ones.
static uint64_t odd_number(uint64_t usual, bool wild)
{
    switch (random_below(wild ? 8 : 4)) {
    case 0:
        return random_below(usual / 64 + 1) * 64;
    case 4:
        return UINT64_MAX - random_below(3);
    case 5:
        return (uint64_t)1 << random_below(64);
    default:
        return random_below(usual);
    }
}

static void random_image(struct made *made, bool wild)
{
    static const uint16_t types[] = {ET_EXEC, ET_DYN, ET_REL, ET_CORE};
    static const uint16_t machines[] = {EM_X86_64, EM_ARM, EM_AARCH64, EM_XTENSA};
    static const uint32_t kinds[] = {SHT_PROGBITS, SHT_NOBITS,    SHT_SYMTAB,     SHT_STRTAB,
                                     SHT_RELA,     SHT_NOTE,      SHT_GNU_versym, SHT_DYNSYM,
                                     SHT_REL,      SHT_HASH,      SHT_INIT_ARRAY, SHT_DYNAMIC,
                                     SHT_GROUP,    19 /* RELR */, 0x70000001 /* unwind */};
    static const char names[] = "\0.text\0.eh_frame\0.bss\0.eh_frame_hdr\0.xt.prop\0.debug_info\0"
                                ".gcc_except_table\0.rodata";
    Elf64_Phdr segments[8] = {0};
    Elf64_Shdr sections[24] = {0};
    size_t segment_count = random_below(COUNT_OF(segments) + 1);
    size_t section_count = random_below(COUNT_OF(sections));
    made->size = 64 + random_below(8192);
    for (size_t i = 64; i < made->size; i++)
        made->bytes[i] = random_below(3) ? (uint8_t)random_below(random_below(2) ? 256 : 4) : 0;
    for (size_t i = 0; i < segment_count; i++)
        segments[i] = (Elf64_Phdr){.p_type = random_below(8) ? PT_LOAD : PT_TLS,
                                   .p_flags = (uint32_t)random_below(8),
                                   .p_offset = odd_number(made->size, wild),
                                   .p_vaddr = odd_number(16384, wild),
                                   .p_paddr = odd_number(16384, wild),
                                   .p_filesz = odd_number(made->size, wild),
                                   .p_memsz = odd_number(16384, wild)};
    for (size_t i = 1; i < section_count; i++) {
        sections[i] = (Elf64_Shdr){.sh_name = (uint32_t)random_below(sizeof names),
                                   .sh_type = kinds[random_below(COUNT_OF(kinds))],
                                   .sh_flags = random_below(2048) & ~(uint64_t)SHF_COMPRESSED,
                                   .sh_addr = odd_number(16384, wild),
                                   .sh_offset = odd_number(made->size, wild),
                                   .sh_size = odd_number(made->size, wild),
                                   .sh_link = (uint32_t)random_below(section_count),
                                   .sh_info = (uint32_t)random_below(section_count),
                                   .sh_addralign = (uint64_t)1 << random_below(8),
                                   .sh_entsize = 24};
        if (sections[i].sh_type == SHT_REL || sections[i].sh_type == SHT_RELA)
            sections[i].sh_name = 0;            // or they would have to be relocated themselves
        if (segment_count && random_below(2)) { // as a linker would
            const Elf64_Phdr *segment = &segments[random_below(segment_count)];
            uint64_t delta = random_below(4096);
            sections[i].sh_addr = segment->p_vaddr + delta;
            sections[i].sh_offset = segment->p_offset + delta;
        }
    }
    if (section_count > 1) {
        Elf64_Shdr *last = &sections[section_count - 1];
        *last =
            (Elf64_Shdr){.sh_type = SHT_STRTAB, .sh_offset = made->size, .sh_size = sizeof names};
        memcpy(made->bytes + made->size, names, sizeof names);
        made->size += sizeof names;
    }
    finish(made, types[random_below(COUNT_OF(types))], machines[random_below(COUNT_OF(machines))],
           segments, segment_count, sections, section_count > 1 ? section_count : 0);
}

static uint64_t memory_of(const struct opened *opened)
{
    struct img *img = img_file_image(opened->file, 0);
    uint64_t sum = 0;
    size_t count;
    if (img_info(img)->type == ET_REL) {
        const struct img_section *sections = img_sections(img, &count);
        for (size_t i = 1; i < count; i++)
            sum += sections[i].flags & SHF_ALLOC ? sections[i].size : 0;
        return sum;
    }
    const struct img_segment *segments = img_segments(img, &count);
    for (size_t i = 0; i < count; i++)
        sum += segments[i].type == PT_LOAD ? segments[i].size : 0;
    return sum;
}

// What a firmware may have in memory besides its segments: sections without contents that none has.
static uint64_t outside_of(const struct opened *opened)
{
    struct img *img = img_file_image(opened->file, 0);
    size_t count;
    const struct img_section *sections = img_sections(img, &count);
    uint64_t sum = 0;
    for (size_t i = 1; led_is_firmware(img) && i < count; i++)
        if ((sections[i].flags & SHF_ALLOC) && sections[i].type == SHT_NOBITS)
            sum += sections[i].size;
    return sum;
}

// Whatever the tables say, the file and the memory are accounted for exactly.
static void test_random_images(void)
{
    int opened_count = 0;
    for (int round = 0; round < 3000; round++) {
        static struct made made;
        struct opened opened;
        bool wild = round % 3 == 0;
        unsigned dims = round % 2 ? ALL_DIMS : 1 + (unsigned)random_below(ALL_DIMS);
        random_image(&made, wild);
        if (collect_made(&opened, &made, dims)) {
            opened_count++;
            CHECK_U64(led_total(opened.ledger, LED_FILE), made.size);
            uint64_t memory = led_total(opened.ledger, LED_VM), stated = memory_of(&opened);
            if (!wild && outside_of(&opened) == 0)
                CHECK_U64(memory, stated);
            else if (!wild)
                CHECK(memory >= stated && memory <= stated + outside_of(&opened));
            struct sums sums = sums_of(&opened, LED_SECTION, NULL);
            CHECK_U64(sums.file, made.size);
        }
        done(&opened);
    }
    CHECK(opened_count > 1000);
}

// ------------------------------------------------------------------------- firmware

// Flash at 0: .text with a literal pool, .data copied to RAM, .bss; one function of 6 bytes, two
// bytes of fill, a label.
static void make_firmware(struct made *made)
{
    static const char names[] = "\0.text\0.data\0.bss\0.symtab\0.strtab\0.shstrtab";
    static const char strings[] = "\0main\0value\0start\0$t\0$d\0a.c";
    static const uint8_t text[] = {1, 2, 3, 4, 5, 6, 0x00, 0xbf, 9, 9, 9, 9, 7, 7, 7, 7};
    Elf64_Sym symbols[] = {
        {0},
        {.st_name = 24, .st_info = ELF64_ST_INFO(STB_LOCAL, STT_FILE), .st_shndx = SHN_ABS},
        {.st_name = 18, .st_shndx = 1},                 // $t at 0
        {.st_name = 21, .st_shndx = 1, .st_value = 12}, // $d at 12
        {.st_name = 6,
         .st_info = ELF64_ST_INFO(STB_LOCAL, STT_OBJECT),
         .st_shndx = 2,
         .st_value = 0x20000000,
         .st_size = 4},
        {.st_name = 1,
         .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
         .st_shndx = 1,
         .st_value = 1,
         .st_size = 6},
        {.st_name = 12,
         .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE),
         .st_shndx = 1,
         .st_value = 8},
    };
    memset(made, 0, sizeof *made);
    memcpy(made->bytes + 0x100, text, sizeof text);
    memcpy(made->bytes + 0x110, "datadata", 8);
    memcpy(made->bytes + 0x118, symbols, sizeof symbols);
    size_t at = 0x118 + sizeof symbols;
    memcpy(made->bytes + at, strings, sizeof strings);
    memcpy(made->bytes + at + sizeof strings, names, sizeof names);
    made->size = at + sizeof strings + sizeof names;
    const Elf64_Shdr sections[] = {
        {0},
        {1, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0, 0x100, 16, 0, 0, 4, 0},
        {7, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0x20000000, 0x110, 8, 0, 0, 4, 0},
        {13, SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 0x20000008, 0x118, 32, 0, 0, 4, 0},
        {18, SHT_SYMTAB, 0, 0, 0x118, sizeof symbols, 5, 5, 8, 24},
        {26, SHT_STRTAB, 0, 0, at, sizeof strings, 0, 0, 1, 0},
        {34, SHT_STRTAB, 0, 0, at + sizeof strings, sizeof names, 0, 0, 1, 0},
    };
    const Elf64_Phdr segments[] = {
        {PT_LOAD, PF_R | PF_X, 0x100, 0, 0, 16, 16, 4},
        {PT_LOAD, PF_R | PF_W, 0x110, 0x20000000, 16, 8, 40, 4},
    };
    finish(made, ET_EXEC, EM_ARM, segments, COUNT_OF(segments), sections, COUNT_OF(sections));
}

static void test_firmware(void)
{
    static struct made made;
    struct opened opened;
    make_firmware(&made);
    if (!collect_made(&opened, &made, ALL_DIMS)) {
        CHECK(!"the image opens");
        return;
    }
    CHECK(led_is_firmware(img_file_image(opened.file, 0)));
    CHECK_U64(led_total(opened.ledger, LED_VM), 56);
    CHECK_U64(led_total(opened.ledger, LED_ROM), 24);
    CHECK_U64(led_total(opened.ledger, LED_RAM), 40);
    CHECK_U64(sums_of(&opened, LED_SECTION, ".text").vm, 16);
    CHECK_U64(sums_of(&opened, LED_SECTION, ".bss").ram, 32);
    CHECK_U64(sums_of(&opened, LED_SECTION, "[ELF header]").file, sizeof(Elf64_Ehdr));
    CHECK_U64(sums_of(&opened, LED_SEGMENT, "LOAD #1 [RW]").vm, 40);
    CHECK_U64(sums_of(&opened, LED_KIND, "code").vm, 10);
    CHECK_U64(sums_of(&opened, LED_KIND, "constant").vm, 4); // from $d on
    CHECK_U64(sums_of(&opened, LED_KIND, "padding").vm, 2);
    CHECK_U64(sums_of(&opened, LED_SYMBOL, "main").vm, 6);
    CHECK_U64(sums_of(&opened, LED_SYMBOL, "main").file, 6 + sizeof(Elf64_Sym) + 5);
    CHECK_U64(sums_of(&opened, LED_SYMBOL, "start").vm, 8);
    CHECK_U64(sums_of(&opened, LED_UNIT, "a.c").vm, 4); // the local symbol under it
    CHECK_U64(sums_of(&opened, LED_SYMBOL, "[section headers]").file, 7 * sizeof(Elf64_Shdr));
    done(&opened);
}

// ---------------------------------------------------------------------- relocations

// .data with the objects one and two of 32 bytes each, and entries that apply to them: to one, one,
// two, nothing, one.
static void make_relocated(struct made *made, bool loaded)
{
    static const char names[] = "\0.data\0.rela.dyn\0.symtab\0.strtab\0one\0two";
    const Elf64_Sym symbols[] = {
        {0},
        {.st_name = 33,
         .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
         .st_shndx = 1,
         .st_value = 0x1000,
         .st_size = 32},
        {.st_name = 37,
         .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
         .st_shndx = 1,
         .st_value = 0x1020,
         .st_size = 32},
    };
    const Elf64_Rela entries[] = {
        {0x1000, 8, 0}, {0x1018, 8, 0}, {0x1020, 8, 0}, {0x9000, 8, 0}, {0x1008, 8, 0}};
    memset(made, 0, sizeof *made);
    memset(made->bytes + 64, 'd', 64);
    memcpy(made->bytes + 128, entries, sizeof entries);
    memcpy(made->bytes + 248, symbols, sizeof symbols);
    memcpy(made->bytes + 320, names, sizeof names);
    made->size = 320 + sizeof names;
    const Elf64_Shdr sections[] = {
        {0},
        {1, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0x1000, 64, 64, 0, 0, 8, 0},
        {7, SHT_RELA, loaded ? SHF_ALLOC : 0, loaded ? 0x1040 : 0, 128, sizeof entries, 3,
         loaded ? 0 : 1, 8, 24},
        {17, SHT_SYMTAB, 0, 0, 248, sizeof symbols, 4, 1, 8, 24},
        {25, SHT_STRTAB, 0, 0, 320, sizeof names, 0, 0, 1, 0},
    };
    const Elf64_Phdr segment = {PT_LOAD,           PF_R | PF_W,       64, 0x1000, 0x1000,
                                loaded ? 184 : 64, loaded ? 184 : 64, 8};
    finish(made, ET_EXEC, EM_X86_64, &segment, 1, sections, COUNT_OF(sections));
}

static void test_relocations_serve_their_place(void)
{
    static struct made made;
    for (int loaded = 0; loaded < 2; loaded++) {
        struct opened opened;
        make_relocated(&made, loaded);
        if (!collect_made(&opened, &made, ALL_DIMS)) {
            CHECK(!"the image opens");
            continue;
        }
        uint64_t other = sizeof(Elf64_Sym) + 4; // its symbol and name
        CHECK_U64(sums_of(&opened, LED_SYMBOL, "one").file, 32 + 3 * sizeof(Elf64_Rela) + other);
        CHECK_U64(sums_of(&opened, LED_SYMBOL, "two").file, 32 + sizeof(Elf64_Rela) + other);
        CHECK_U64(sums_of(&opened, LED_SYMBOL, "[.rela.dyn]").file, sizeof(Elf64_Rela));
        done(&opened);
    }
}

// ---------------------------------------------------------------------- real images

// This program itself: sections and symbols have the sizes that their tables say.
static void test_self(void)
{
    struct opened opened = {0};
    struct fault fault = {0};
    if (!img_file_open(&opened.file, "/proc/self/exe", NULL, &fault) ||
        !collect(&opened, ALL_DIMS)) {
        CHECK(!"this program opens");
        return;
    }
    struct img *img = img_file_image(opened.file, 0);
    size_t count;
    const struct img_section *sections = img_sections(img, &count);
    CHECK(!led_is_firmware(img));
    CHECK_U64(led_total(opened.ledger, LED_FILE), img_file_size(opened.file));
    CHECK_U64(led_total(opened.ledger, LED_VM), memory_of(&opened));
    for (size_t i = 1; i < count; i++) {
        struct sums sums = sums_of(&opened, LED_SECTION, sections[i].name);
        bool memory = (sections[i].flags & SHF_ALLOC) &&
                      !((sections[i].flags & SHF_TLS) && sections[i].type == SHT_NOBITS);
        CHECK_U64(sums.vm, memory ? sections[i].size : 0);
        if (sections[i].type != SHT_NOBITS)
            CHECK_U64(sums.file, sections[i].file_size);
    }
    CHECK(sums_of(&opened, LED_SYMBOL, "test_self").vm >= 100);
    CHECK(sums_of(&opened, LED_SYMBOL, "[.eh_frame]").vm <
          sums_of(&opened, LED_SECTION, ".eh_frame").vm / 2);
    done(&opened);
}

// This program was compiled with debug information: its units have all its code.
static void test_self_by_unit(void)
{
    struct fault fault = {0};
    struct img_file *file;
    struct img_debug debug;
    struct dw *dw = NULL;
    const unsigned dims = LED_MASK(LED_UNIT) | LED_MASK(LED_SOURCE);
    if (!img_file_open(&file, "/proc/self/exe", NULL, &fault)) {
        CHECK(!"this program opens");
        return;
    }
    struct img *img = img_file_image(file, 0);
    CHECK(led_wants_debug(img, dims) && !led_wants_debug(img, LED_MASK(LED_SYMBOL)));
    CHECK(img_debug_find(&debug, img, &(struct img_debug_options){0}, NULL, &fault));
    CHECK(dw_open(&dw, &debug, &(struct dw_options){0}, &fault));
    CHECK(led_wants_dwarf(img, &debug, dims) &&
          !led_wants_dwarf(img, &debug, LED_MASK(LED_SYMBOL)));
    size_t units = 0;
    if (dw != NULL)
        dw_units(dw, &units);
    if (units != 0) {
        struct opened opened = {file, led_new()};
        struct led_build build = {.file = file, .debug = &debug, .dw = &dw};
        CHECK(led_collect(opened.ledger, &build, dims, NULL, &fault));
        CHECK(sums_of(&opened, LED_UNIT, SOURCE_DIR "/tests/unit/test_collect.c").vm > 1000);
        CHECK(sums_of(&opened, LED_SOURCE, SOURCE_DIR "/tests/unit/test_collect.c").vm > 1000);
        CHECK(sums_of(&opened, LED_SOURCE, SOURCE_DIR "/base/base.h").vm > 0); // inlined
        led_free(opened.ledger);
    }
    dw_close(dw);
    img_debug_close(&debug);
    img_file_close(file);
}

int main(void)
{
    test_parent_names();
    test_tiles_against_bytes();
    test_fill_patterns();
    test_random_images();
    test_firmware();
    test_relocations_serve_their_place();
    test_self();
    test_self_by_unit();
    return check_done();
}
