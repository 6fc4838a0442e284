// SPDX-License-Identifier: MIT
//
// image/ on files built byte by byte: classes, byte orders, relocation forms, damage. What compilers
// and binutils really write is in test_image_tools.c.

#include <libdeflate.h>
#include <pthread.h>
#include <zstd.h>

#include "image/image.h"
#include "tests/unit/check.h"
#include "tests/unit/image_build.h"

// An opened file with its bytes and doubts.
struct opened {
    struct buf bytes;
    struct doubts *doubts;
    struct fault fault;
    struct img_file *file;
    struct img *img;
};

static struct opened open_bytes(struct buf bytes)
{
    struct opened o = {.bytes = bytes, .doubts = doubts_new()};
    img_file_open_memory(&o.file, bytes.data, bytes.size, "test", o.doubts, &o.fault);
    o.img = o.file && img_file_count(o.file) ? img_file_image(o.file, 0) : NULL;
    return o;
}

static void close_bytes(struct opened *o)
{
    img_file_close(o->file);
    doubts_free(o->doubts);
    buf_free(&o->bytes);
}

static const struct img_symbol *symbol(struct img *img, const char *name)
{
    size_t count;
    const struct img_symbol *symbols = img_symbols(img, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(symbols[i].name, name) == 0)
            return &symbols[i];
    return NULL;
}

// ------------------------------------------------------------------------- header

static void test_classes_and_orders(void)
{
    for (unsigned i = 0; i < 4; i++) {
        struct maker m = maker(i & 1, i & 2, ET_EXEC, EM_MIPS);
        uint32_t text = add_section(&m, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0x1000);
        buf_text(bytes_of(&m, text), "code");
        uint32_t bss = add_section(&m, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 0x2000);
        m.sections[bss].size = 0x100;
        struct opened o = open_bytes(make_elf(&m));
        CHECK(o.img != NULL);
        const struct img_info *info = img_info(o.img);
        CHECK(info->is64 == (i & 1) && info->big_endian == ((i & 2) != 0));
        CHECK_U64(info->entry, 0x1000);
        CHECK_TEXT(img_machine_name(info->machine), "MIPS");
        CHECK_U64(img_section_at(o.img, 0x20ff)->index, bss);
        CHECK(img_section_at(o.img, 0x2100) == NULL);
        struct slice bytes;
        CHECK(img_bytes_at(o.img, 0x1001, 3, &bytes) && slice_is(bytes, "ode"));
        CHECK(!img_bytes_at(o.img, 0x1001, 4, &bytes));
        CHECK(!img_bytes_at(o.img, 0x2000, 1, &bytes));
        CHECK_U64(doubts_total(o.doubts), 0);
        close_bytes(&o);
    }
}

static void test_clipping(void)
{
    struct maker m = maker(true, false, ET_EXEC, EM_X86_64);
    uint32_t big = add_section(&m, ".big", SHT_PROGBITS, 0, 0);
    m.sections[big].size = (uint64_t)1 << 62;
    uint32_t high = add_section(&m, ".high", SHT_NOBITS, SHF_ALLOC, UINT64_MAX - 10);
    m.sections[high].size = 100;
    struct opened o = open_bytes(make_elf(&m));
    size_t count;
    const struct img_section *s = img_sections(o.img, &count);
    CHECK(range_fits(s[big].offset, s[big].file_size, o.bytes.size));
    CHECK_U64(s[big].size, s[big].file_size);
    CHECK_U64(s[high].addr + s[high].size, UINT64_MAX);
    CHECK_U64(doubts_total(o.doubts), 2);
    close_bytes(&o);
}

static void test_truncated(void)
{
    struct maker m = maker(false, true, ET_EXEC, EM_PPC);
    add_section(&m, ".text", SHT_PROGBITS, SHF_ALLOC, 0x1000);
    struct buf whole = make_elf(&m);
    for (size_t size = 0; size < whole.size; size++) {
        struct buf part = {0};
        buf_bytes(&part, whole.data, size);
        struct opened o = open_bytes(part);
        CHECK(o.file == NULL ? o.fault.kind == FAULT_INPUT : doubts_total(o.doubts) > 0);
        close_bytes(&o);
    }
    buf_free(&whole);
}

static void test_looks(void)
{
    static const char *const rows[][2] = {
        {"Archive member included to satisfy reference\n", "GNU ld map"},
        {"#!/bin/sh\n", "script"},
        {"\xcf\xfa\xed\xfe----", "Mach-O"},
        {"MZ\x90", "PE"},
        {"hello", "text"},
        {"", "empty"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf bytes = {0};
        buf_text(&bytes, rows[i][0]);
        struct opened o = open_bytes(bytes);
        CHECK(o.file == NULL && strstr(o.fault.text, rows[i][1]) != NULL);
        close_bytes(&o);
    }
}

// ------------------------------------------------------------------------ symbols

static void test_symbols(void)
{
    struct maker m = maker(false, false, ET_EXEC, EM_ARM);
    uint32_t text = add_section(&m, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0x8000);
    uint16_t in = (uint16_t)text;
    add_symbol(&m, "a.c", 0, STT_FILE, STB_LOCAL, 0, SHN_ABS);
    add_symbol(&m, "$t", 0x8000, STT_NOTYPE, STB_LOCAL, 0, in);
    add_symbol(&m, "local", 0x8001, STT_FUNC, STB_LOCAL, 0, in);
    add_symbol(&m, "$d.12", 0x8010, STT_NOTYPE, STB_LOCAL, 0, in);
    add_symbol(&m, "$deep", 0x8010, STT_NOTYPE, STB_LOCAL, 0, in);
    add_symbol(&m, "global@@V_1.2", 0x8021, STT_FUNC, STB_GLOBAL, 0, in);
    add_symbol(&m, "fast@8", 0x8031, STT_OBJECT, STB_GLOBAL, 0, in);
    add_symbol(&m, "gone", 0, STT_FUNC, STB_GLOBAL, 0, 0x1234);
    struct opened o = open_bytes(make_elf(&m));
    size_t count, marks;
    const struct img_symbol *s = img_symbols(o.img, &count);
    CHECK_U64(count, 6);
    CHECK_U64(symbol(o.img, "local")->addr, 0x8000);
    CHECK_U64(symbol(o.img, "local")->file, 0);
    CHECK_TEXT(s[symbol(o.img, "local")->file].name, "a.c");
    CHECK(symbol(o.img, "$deep") != NULL);
    CHECK_U64(symbol(o.img, "global")->name_size, strlen("global@@V_1.2"));
    CHECK_U64(symbol(o.img, "global")->file, UINT32_MAX);
    CHECK_U64(symbol(o.img, "fast@8")->addr, 0x8031);
    CHECK_U64(symbol(o.img, "gone")->section, IMG_ABS);
    const struct img_mark *mark = img_marks(o.img, &marks);
    CHECK_U64(marks, 2);
    CHECK(mark[0].kind == 't' && mark[0].addr == 0x8000);
    CHECK(mark[1].kind == 'd' && mark[1].addr == 0x8010);
    CHECK_U64(doubts_total(o.doubts), 1);
    close_bytes(&o);
}

static void test_long_name(void)
{
    static char name[70000];
    memset(name, 'x', sizeof name - 1);
    struct maker m = maker(true, false, ET_EXEC, EM_X86_64);
    add_symbol(&m, name, 1, STT_FUNC, STB_GLOBAL, 0, SHN_ABS);
    add_symbol(&m, "short", 2, STT_FUNC, STB_GLOBAL, 0, SHN_ABS);
    struct opened o = open_bytes(make_elf(&m));
    CHECK(symbol(o.img, name) != NULL && symbol(o.img, "short") != NULL);
    CHECK_U64(doubts_total(o.doubts), 0);
    close_bytes(&o);
}

// A section may really bear the number that is SHN_COMMON elsewhere.
static void test_many_sections(void)
{
    enum { SECTIONS = SHN_COMMON + 1, HEADER = sizeof(Elf64_Shdr) };
    static const uint8_t zeros[HEADER];
    struct maker m = maker(true, false, ET_REL, EM_X86_64);
    add_symbol(&m, "f", 5, STT_FUNC, STB_GLOBAL, 0, SHN_XINDEX);
    uint32_t indices = add_section(&m, ".symtab_shndx", SHT_SYMTAB_SHNDX, 0, 0);
    m.sections[indices].link = indices - 1;
    put(&m, bytes_of(&m, indices), 0, 4);
    put(&m, bytes_of(&m, indices), SHN_COMMON, 4);
    struct buf bytes = make_elf(&m); // the section headers are its end
    Elf64_Ehdr header;
    memcpy(&header, bytes.data, sizeof header);
    for (size_t i = header.e_shnum; i < SECTIONS; i++)
        buf_bytes(&bytes, zeros, sizeof zeros);
    header.e_shnum = 0;
    memcpy(bytes.data, &header, sizeof header);
    uint64_t count = SECTIONS;
    memcpy(bytes.data + header.e_shoff + offsetof(Elf64_Shdr, sh_size), &count, sizeof count);
    struct opened o = open_bytes(bytes);
    CHECK_U64(symbol(o.img, "f")->section, SHN_COMMON);
    CHECK_U64(symbol(o.img, "f")->addr, 5);
    close_bytes(&o);
}

static void test_micromips(void)
{
    struct maker m = maker(false, true, ET_EXEC, EM_MIPS);
    uint32_t text = add_section(&m, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0x8000);
    add_symbol(&m, "micro", 0x8001, STT_NOTYPE, STB_GLOBAL, 0x80, (uint16_t)text);
    add_symbol(&m, "m16", 0x8003, STT_NOTYPE, STB_GLOBAL, 0xf0, (uint16_t)text);
    add_symbol(&m, "data", 0x8005, STT_OBJECT, STB_GLOBAL, 0, (uint16_t)text);
    struct opened o = open_bytes(make_elf(&m));
    CHECK_U64(symbol(o.img, "micro")->addr, 0x8000);
    CHECK_U64(symbol(o.img, "m16")->addr, 0x8002);
    CHECK_U64(symbol(o.img, "data")->addr, 0x8005);
    close_bytes(&o);
}

static void test_xtensa_properties(void)
{
    // address, size, flags: literals, their continuation, code, nothing, data outside of code
    static const uint32_t rows[][3] = {
        {0x8010, 8, 2}, {0x8000, 8, 1}, {0x8008, 8, 4}, {0x8018, 0, 8}, {0x9000, 4, 4}};
    struct maker m = maker(false, false, ET_EXEC, EM_XTENSA);
    uint32_t text = add_section(&m, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0x8000);
    buf_text(bytes_of(&m, text), "0123456789012345678901234");
    uint32_t data = add_section(&m, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0x9000);
    buf_text(bytes_of(&m, data), "data");
    uint32_t table = add_section(&m, ".xt.prop", SHT_PROGBITS, 0, 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t k = 0; k < 3; k++)
            put(&m, bytes_of(&m, table), rows[i][k], 4);
    struct opened o = open_bytes(make_elf(&m));
    size_t count;
    const struct img_mark *marks = img_marks(o.img, &count);
    CHECK_U64(count, 2);
    CHECK(marks[0].addr == 0x8000 && marks[0].kind == 'd');
    CHECK(marks[1].addr == 0x8010 && marks[1].kind == 'x' && marks[1].section == text);
    close_bytes(&o);
}

static void test_object_addresses(void)
{
    struct maker m = maker(true, false, ET_REL, EM_X86_64);
    uint32_t text = add_section(&m, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0);
    buf_text(bytes_of(&m, text), "12345");
    uint32_t data = add_section(&m, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0);
    buf_text(bytes_of(&m, data), "12345678");
    m.sections[data].align = 16;
    add_symbol(&m, "f", 1, STT_FUNC, STB_GLOBAL, 0, (uint16_t)text);
    add_symbol(&m, "d", 4, STT_OBJECT, STB_GLOBAL, 0, (uint16_t)data);
    add_symbol(&m, "u", 0, STT_NOTYPE, STB_GLOBAL, 0, SHN_UNDEF);
    add_symbol(&m, "c", 8, STT_OBJECT, STB_GLOBAL, 0, SHN_COMMON);
    struct opened o = open_bytes(make_elf(&m));
    CHECK_U64(symbol(o.img, "f")->addr, IMG_OBJECT_BASE + 1);
    CHECK_U64(symbol(o.img, "d")->addr, IMG_OBJECT_BASE + 16 + 4);
    CHECK_U64(symbol(o.img, "u")->addr, 0);
    CHECK_U64(symbol(o.img, "c")->addr, 0);
    CHECK_U64(img_section_at(o.img, IMG_OBJECT_BASE + 16)->index, data);
    close_bytes(&o);
}

// -------------------------------------------------------------------- relocations

static void test_relr(void)
{
    static const uint64_t places[] = {0x1000, 0x1004, 0x100c, 0x1080, 0x2000};
    struct maker m = maker(false, false, ET_DYN, EM_ARM);
    uint32_t s = add_section(&m, ".relr.dyn", 19, SHF_ALLOC, 0x100);
    // 31 words follow 0x1000: bits for 0x1004 and 0x100c; the next bitmap starts at 0x1080.
    put(&m, bytes_of(&m, s), 0x1000, 4);
    put(&m, bytes_of(&m, s), 1 | 1 << 1 | 1 << 3, 4);
    put(&m, bytes_of(&m, s), 1 | 1 << 1, 4);
    put(&m, bytes_of(&m, s), 0x2000, 4);
    struct opened o = open_bytes(make_elf(&m));
    struct img_reloc_reader reader;
    struct img_reloc reloc;
    CHECK(img_reloc_open(&reader, o.img, s, NULL));
    uint64_t bytes = 0;
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        CHECK(img_reloc_next(&reader, &reloc));
        CHECK_U64(reloc.addr, places[i]);
        CHECK_U64(reloc.type, R_ARM_RELATIVE);
        bytes += reloc.entry_size;
    }
    CHECK(!img_reloc_next(&reader, &reloc) && !reader.failed);
    CHECK_U64(bytes, 16);
    close_bytes(&o);
}

static void put_sleb(struct buf *out, int64_t value)
{
    for (;;) {
        uint8_t byte = value & 0x7f;
        value >>= 7;
        bool last = (value == 0 && !(byte & 0x40)) || (value == -1 && (byte & 0x40));
        buf_char(out, (char)(byte | (last ? 0 : 0x80)));
        if (last)
            return;
    }
}

static void test_packed(void)
{
    struct maker m = maker(true, false, ET_DYN, EM_AARCH64);
    uint32_t s = add_section(&m, ".rela.dyn", 0x60000002, SHF_ALLOC, 0x100);
    struct buf *out = bytes_of(&m, s);
    buf_text(out, "APS2");
    const int64_t numbers[] = {5,
                               0x1000, // count, start
                               3,
                               1 | 2 | 8,
                               8,
                               1027,
                               10,
                               20,
                               -5, // shared: delta 8, info; addends
                               2,
                               8,
                               16,
                               (int64_t)7 << 32 | 1025,
                               1,
                               100,
                               (int64_t)8 << 32 | 1025,
                               1};
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        put_sleb(out, numbers[i]);
    struct opened o = open_bytes(make_elf(&m));
    static const struct {
        uint64_t addr;
        uint32_t type, symbol;
        int64_t addend;
    } want[] = {{0x1008, 1027, 0, 10},
                {0x1010, 1027, 0, 30},
                {0x1018, 1027, 0, 25},
                {0x1028, 1025, 7, 26},
                {0x108c, 1025, 8, 27}};
    struct img_reloc_reader reader;
    struct img_reloc reloc;
    CHECK(img_reloc_open(&reader, o.img, s, NULL));
    for (size_t i = 0; i < COUNT_OF(want); i++) {
        CHECK(img_reloc_next(&reader, &reloc));
        CHECK_U64(reloc.addr, want[i].addr);
        CHECK_U64(reloc.type, want[i].type);
        CHECK_U64(reloc.symbol, want[i].symbol);
        CHECK_U64(reloc.addend, want[i].addend);
    }
    CHECK(!img_reloc_next(&reader, &reloc) && !reader.failed);
    close_bytes(&o);
}

static void test_endless_group(void)
{
    struct maker m = maker(true, false, ET_DYN, EM_AARCH64);
    uint32_t s = add_section(&m, ".rela.dyn", 0x60000002, SHF_ALLOC, 0x100);
    buf_text(bytes_of(&m, s), "APS2");
    const int64_t numbers[] = {INT64_MAX, 0, INT64_MAX, 1 | 2, 8, 1027};
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        put_sleb(bytes_of(&m, s), numbers[i]);
    struct opened o = open_bytes(make_elf(&m));
    struct img_reloc_reader reader;
    struct fault fault = {0};
    CHECK(!img_reloc_open(&reader, o.img, s, &fault));
    CHECK(strstr(fault.text, ".rela.dyn") != NULL);
    close_bytes(&o);
}

// One relocation against symbol "s" at IMG_OBJECT_BASE + 4, applied to 8 bytes of .debug_info.
struct applied {
    uint16_t machine;
    bool is64, big_endian, addends;
    uint32_t type;
    int64_t addend;
    const char *before, *after; // hex
};

static void from_hex(const char *hex, struct buf *out)
{
    for (unsigned byte; sscanf(hex, "%2x", &byte) == 1; hex += 2)
        buf_char(out, (char)byte);
}

static void put_info(const struct maker *m, struct buf *out, uint32_t symbol_index, uint32_t type)
{
    if (!m->is64)
        put(m, out, symbol_index << 8 | type, 4);
    else if (m->machine == EM_MIPS && !m->big_endian)
        put(m, out, (uint64_t)__builtin_bswap32(type) << 32 | symbol_index, 8);
    else
        put(m, out, (uint64_t)symbol_index << 32 | type, 8);
}

static void check_applied(const struct applied *row)
{
    struct maker m = maker(row->is64, row->big_endian, ET_REL, row->machine);
    uint32_t text = add_section(&m, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0);
    buf_text(bytes_of(&m, text), "12345678");
    uint32_t info = add_section(&m, ".debug_info", SHT_PROGBITS, 0, 0);
    from_hex(row->before, bytes_of(&m, info));
    uint32_t s = add_symbol(&m, "s", 4, STT_NOTYPE, STB_GLOBAL, 0, (uint16_t)text);
    uint32_t relocs = add_section(&m, ".rel", row->addends ? SHT_RELA : SHT_REL, 0, 0);
    struct buf *out = bytes_of(&m, relocs);
    m.sections[relocs].info = info;
    m.sections[relocs].link = relocs - 1; // .symtab
    put_word(&m, out, 0);
    put_info(&m, out, s, row->type);
    if (row->addends)
        put_word(&m, out, (uint64_t)row->addend);
    struct opened o = open_bytes(make_elf(&m));
    struct slice bytes;
    struct buf want = {0};
    from_hex(row->after, &want);
    CHECK(img_section_bytes(o.img, info, &bytes, NULL));
    if (!slice_equal(bytes, slice_of(want.data, want.size)))
        fprintf(stderr, "machine %u type %u:\n", row->machine, row->type);
    CHECK(slice_equal(bytes, slice_of(want.data, want.size)));
    CHECK_U64(doubts_total(o.doubts), 0);
    buf_free(&want);
    close_bytes(&o);
}

static void test_apply(void)
{
    static const struct applied rows[] = {
        {EM_X86_64, 1, 0, 1, R_X86_64_64, 1, "ffffffffffffffff", "0500010000000000"},
        {EM_X86_64, 1, 0, 1, R_X86_64_PC32, -4, "00000000ffffffff", "00000100ffffffff"},
        {EM_386, 0, 0, 0, R_386_32, 0, "10000000ffffffff", "14000100ffffffff"},
        {EM_ARM, 0, 1, 0, R_ARM_ABS32, 0, "fffffffeffffffff", "00010002ffffffff"},
        {EM_AARCH64, 1, 0, 1, R_AARCH64_ABS16, 2, "0000ffffffffffff", "0600ffffffffffff"},
        {EM_XTENSA, 0, 0, 1, 1, 2, "01000000ffffffff", "07000100ffffffff"},
        {EM_RISCV, 1, 0, 1, R_RISCV_ADD32, 0, "01000000ffffffff", "05000100ffffffff"},
        {EM_RISCV, 1, 0, 1, R_RISCV_SUB16, 0, "0600ffffffffffff", "0200ffffffffffff"},
        {EM_RISCV, 0, 0, 1, R_RISCV_SET6, 1, "ffffffffffffffff", "c5ffffffffffffff"},
        {EM_RISCV, 0, 0, 1, R_RISCV_SUB6, 0, "c6ffffffffffffff", "c2ffffffffffffff"},
        {EM_RISCV, 0, 0, 1, 60, 0, "8080808000ffffff", "8480848000ffffff"},
        {EM_RISCV, 0, 0, 1, 61, -0x10000, "8500ffffffffffff", "8100ffffffffffff"},
        {EM_MIPS, 0, 1, 0, R_MIPS_32, 0, "00000010ffffffff", "00010014ffffffff"},
        {EM_MIPS, 1, 0, 1, R_MIPS_64, 1, "0000000000000000", "0500010000000000"},
        // PC32, then 64: a relative word made 64 bits wide
        {EM_MIPS, 1, 1, 1, 248 | R_MIPS_64 << 8, -0x20000, "0000000000000000", "ffffffffffff0004"},
        {EM_PPC, 0, 1, 1, R_PPC_ADDR32, 0, "00000000ffffffff", "00010004ffffffff"},
        {EM_PPC64, 1, 1, 1, R_PPC64_DTPREL64, 0x8000, "0000000000000000", "0000000000010004"},
        {EM_S390, 1, 1, 1, R_390_64, 0, "0000000000000000", "0000000000010004"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_applied(&rows[i]);
}

// -------------------------------------------------------------------- compression

static struct buf compressed_elf(uint32_t type, const void *stream, size_t size, uint64_t declared)
{
    struct maker m = maker(true, false, ET_EXEC, EM_X86_64);
    uint32_t s = add_section(&m, ".debug_str", SHT_PROGBITS, SHF_COMPRESSED, 0);
    struct buf *out = bytes_of(&m, s);
    put(&m, out, type, 4), put(&m, out, 0, 4), put(&m, out, declared, 8), put(&m, out, 1, 8);
    buf_bytes(out, stream, size);
    return make_elf(&m);
}

static size_t deflated(const void *text, size_t size, uint8_t *out, size_t room)
{
    struct libdeflate_compressor *deflater = libdeflate_alloc_compressor(6);
    size_t got = libdeflate_zlib_compress(deflater, text, size, out, room);
    libdeflate_free_compressor(deflater);
    CHECK(got != 0);
    return got;
}

static void check_inflated(uint32_t type, const void *stream, size_t size, size_t declared,
                           bool good)
{
    struct opened o = open_bytes(compressed_elf(type, stream, size, declared));
    struct fault fault = {0};
    struct slice bytes;
    bool ok = img_section_bytes(o.img, 1, &bytes, &fault);
    CHECK(ok == good);
    CHECK(ok ? bytes.size == declared && bytes.data[declared - 1] == 'x'
             : strstr(fault.text, ".debug_str") != NULL);
    CHECK(img_section_named(o.img, ".debug_str")->compressed);
    close_bytes(&o);
}

static void test_compression(void)
{
    static uint8_t text[100000], stream[200000];
    memset(text, 'x', sizeof text);
    size_t zlib_size = deflated(text, sizeof text, stream, sizeof stream);
    check_inflated(1, stream, zlib_size, sizeof text, true);
    check_inflated(1, stream, zlib_size, sizeof text - 1, false);
    check_inflated(1, stream, zlib_size, sizeof text + 1, false);
    check_inflated(1, stream, zlib_size / 2, sizeof text, false);
    check_inflated(1, stream, zlib_size, (size_t)1 << 40, false);
    check_inflated(77, stream, zlib_size, sizeof text, false);
    size_t zstd_size = ZSTD_compress(stream, sizeof stream, text, 50000, 1);
    check_inflated(2, stream, zstd_size, 50000, true);
    check_inflated(2, stream, zstd_size - 1, 50000, false);
    check_inflated(2, stream, zstd_size, 50001, false);
}

static void *ask_bytes(void *img)
{
    struct slice bytes;
    CHECK(img_section_bytes(img, 1, &bytes, NULL));
    size_t count;
    img_symbols(img, &count);
    return (void *)(uintptr_t)bytes.data;
}

static void test_threads(void)
{
    static uint8_t text[100000], stream[200000];
    size_t size = deflated(text, sizeof text, stream, sizeof stream);
    struct opened o = open_bytes(compressed_elf(1, stream, size, sizeof text));
    pthread_t threads[4];
    void *first = ask_bytes(o.img), *bytes;
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_create(&threads[i], NULL, ask_bytes, o.img);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        pthread_join(threads[i], &bytes);
        CHECK(bytes == first);
    }
    close_bytes(&o);
}

// ----------------------------------------------------------------------- archives

static void add_member(struct buf *out, const char *name, const char *contents, size_t size)
{
    buf_printf(out, "%-16s%-12d%-6d%-6d%-8o%-10zu`\n", name, 0, 0, 0, 0644, size);
    buf_bytes(out, contents, size);
    if (size % 2 != 0)
        buf_char(out, '\n');
}

static void test_archive(void)
{
    struct maker m = maker(true, false, ET_REL, EM_X86_64);
    struct buf elf = make_elf(&m), ar = {0}, bsd = {0};
    buf_bytes(&bsd, "bsd_name.o\0", 12);
    buf_bytes(&bsd, elf.data, elf.size);
    buf_text(&ar, "!<arch>\n");
    const char names[] = "a_name_longer_than_16.o/\nother.o/\n";
    add_member(&ar, "/", "\0\0\0\0", 4);
    add_member(&ar, "//", names, strlen(names));
    add_member(&ar, "short.o/", elf.data, elf.size);
    add_member(&ar, "/0", elf.data, elf.size);
    add_member(&ar, "notes.txt/", "hello", 5);
    add_member(&ar, "#1/12", bsd.data, bsd.size);
    add_member(&ar, "broken.o/", "\177ELF\2\1\1", 7);
    buf_text(&ar, "garbage");
    struct opened o = open_bytes(ar);
    static const char *const want[] = {"short.o", "a_name_longer_than_16.o", "bsd_name.o"};
    CHECK(img_file_is_archive(o.file));
    CHECK_U64(img_file_count(o.file), COUNT_OF(want));
    uint64_t sum = 0;
    for (size_t i = 0; i < img_file_count(o.file); i++) {
        const struct img_info *info = img_info(img_file_image(o.file, i));
        CHECK_TEXT(info->member, want[i]);
        CHECK(memcmp(o.bytes.data + info->file_start, ELFMAG, SELFMAG) == 0);
        sum += info->file_size;
    }
    size_t count;
    const struct img_span *spans = img_file_spans(o.file, &count);
    for (size_t i = 0; i < count; i++)
        sum += spans[i].size;
    CHECK_U64(sum, o.bytes.size); // every byte once
    CHECK_U64(doubts_total(o.doubts), 2);
    close_bytes(&o);
    buf_free(&elf);
    buf_free(&bsd);
}

int main(void)
{
    test_classes_and_orders();
    test_clipping();
    test_truncated();
    test_looks();
    test_symbols();
    test_long_name();
    test_many_sections();
    test_micromips();
    test_xtensa_properties();
    test_object_addresses();
    test_relr();
    test_packed();
    test_endless_group();
    test_apply();
    test_compression();
    test_threads();
    test_archive();
    return check_done();
}
