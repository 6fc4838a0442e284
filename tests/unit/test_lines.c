// SPDX-License-Identifier: MIT
//
// Line programs, byte by byte: an ELF image is made in memory with code at 0x1000-0x1fff, units
// that refer to line tables, and the tables. What compilers write is in test_dwarf_inputs.c.

#include <stdlib.h>

#include "dwarfsize/dwarfsize.h"
#include "tests/unit/check.h"

// ----------------------------------------------------------------------- writing bytes

struct writer {
    struct buf out;
    bool big_endian;
};

static void put(struct writer *w, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        buf_char(&w->out, (char)(value >> 8 * (w->big_endian ? width - 1 - i : i)));
}

static void put_text(struct writer *w, const char *text)
{
    buf_bytes(&w->out, text, strlen(text) + 1);
}

// Sets the `width` bytes at `at` to the number of bytes behind them.
static void end_length(struct writer *w, size_t at, unsigned width)
{
    struct writer length = {.big_endian = w->big_endian};
    put(&length, w->out.size - at - width, width);
    memcpy(w->out.data + at, length.out.data, width);
    buf_free(&length.out);
}

// --------------------------------------------------------------------------- the image

enum { TEXT = 0x1000 }; // address and size of .text

struct image {
    struct writer info, line, line_str;
    uint16_t version;
    bool wide; // 64-bit DWARF
};

static const uint8_t abbrevs[] = {1, 0x11, 0, 0x03, 0x08, 0x1b, 0x08, 0x10, 0x17, 0, 0, 0};

static unsigned width_of(const struct image *image)
{
    return image->wide ? 8 : 4;
}

static void add_unit(struct image *image, const char *name, uint64_t line)
{
    struct writer *w = &image->info;
    if (image->wide)
        put(w, 0xffffffff, 4);
    size_t at = w->out.size;
    put(w, 0, width_of(image));
    put(w, image->version, 2);
    if (image->version >= 5) {
        put(w, 1, 1); // DW_UT_compile
        put(w, 8, 1);
    }
    put(w, 0, width_of(image)); // abbreviations
    if (image->version < 5)
        put(w, 8, 1);
    put(w, 1, 1);
    put_text(w, name);
    put_text(w, "/src");
    put(w, line, width_of(image));
    end_length(w, at, width_of(image));
}

static void put_section(struct writer *w, unsigned name, uint32_t type, uint64_t address,
                        uint64_t offset, uint64_t size)
{
    put(w, name, 4);
    put(w, type, 4);
    put(w, address != 0 ? SHF_ALLOC | SHF_EXECINSTR : 0, 8);
    put(w, address, 8);
    put(w, offset, 8);
    put(w, size, 8);
    put(w, 0, 8); // link, info
    put(w, 1, 8);
    put(w, 0, 8);
}

static const char section_names[] =
    "\0.text\0.debug_abbrev\0.debug_info\0.debug_line\0.debug_line_str\0.shstrtab";
enum { AT_TEXT = 1, AT_ABBREV = 7, AT_INFO = 21, AT_LINE = 33, AT_LINE_STR = 45, AT_NAMES = 61 };

// ELF header, contents, section headers.
static void write_elf(struct writer *w, const struct image *image)
{
    const struct {
        unsigned name;
        struct slice bytes;
    } sections[] = {
        {AT_ABBREV, slice_of(abbrevs, sizeof abbrevs)},
        {AT_INFO, slice_of(image->info.out.data, image->info.out.size)},
        {AT_LINE, slice_of(image->line.out.data, image->line.out.size)},
        {AT_LINE_STR, slice_of(image->line_str.out.data, image->line_str.out.size)},
        {AT_NAMES, slice_of(section_names, sizeof section_names)},
    };
    w->big_endian = image->info.big_endian;
    buf_bytes(&w->out, "\177ELF\2", 5);
    put(w, w->big_endian ? 2 : 1, 1);
    put(w, 1, 1);
    for (unsigned i = 7; i < 16; i++)
        put(w, 0, 1);
    put(w, ET_EXEC, 2);
    put(w, w->big_endian ? EM_PPC64 : EM_X86_64, 2);
    put(w, 1, 4);
    put(w, TEXT, 8);
    put(w, 0, 8);
    size_t offset = 64;
    for (size_t i = 0; i < COUNT_OF(sections); i++)
        offset += sections[i].bytes.size;
    put(w, offset, 8);
    put(w, 0, 4);
    put(w, 64, 2);
    put(w, 0, 4);
    put(w, 64, 2);
    put(w, COUNT_OF(sections) + 2, 2);
    put(w, COUNT_OF(sections) + 1, 2);
    for (size_t i = 0; i < COUNT_OF(sections); i++)
        buf_bytes(&w->out, sections[i].bytes.data, sections[i].bytes.size);
    put_section(w, 0, SHT_NULL, 0, 0, 0);
    put_section(w, AT_TEXT, SHT_NOBITS, TEXT, 64, TEXT);
    offset = 64;
    for (size_t i = 0; i < COUNT_OF(sections); i++) {
        bool names = sections[i].name == AT_NAMES;
        put_section(w, sections[i].name, names ? SHT_STRTAB : SHT_PROGBITS, 0, offset,
                    sections[i].bytes.size);
        offset += sections[i].bytes.size;
    }
}

// ---------------------------------------------------------------------- a line table

struct table {
    struct writer *w;
    size_t length, header; // where the length fields are
    unsigned width;
};

struct machine {
    uint8_t min_length, max_operations, opcode_base;
};
static const struct machine plain = {1, 1, 13};

#define LINE_BASE  (-3)
#define LINE_RANGE 12

static struct table start_table(struct image *image, const struct machine *machine)
{
    static const uint8_t operands[] = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 2, 2};
    struct table t = {.w = &image->line, .width = width_of(image)};
    if (image->wide)
        put(t.w, 0xffffffff, 4);
    t.length = t.w->out.size;
    put(t.w, 0, t.width);
    put(t.w, image->version, 2);
    if (image->version >= 5)
        put(t.w, 0x0008, 2); // sizes of address and segment selector; their order does not matter
    t.header = t.w->out.size;
    put(t.w, 0, t.width);
    put(t.w, machine->min_length, 1);
    if (image->version >= 4)
        put(t.w, machine->max_operations, 1);
    put(t.w, 1, 1);
    put(t.w, (uint8_t)LINE_BASE, 1);
    put(t.w, LINE_RANGE, 1);
    put(t.w, machine->opcode_base, 1);
    for (unsigned i = 1; i < machine->opcode_base; i++)
        put(t.w, operands[i - 1], 1);
    return t;
}

static void end_header(struct table *t)
{
    end_length(t->w, t->header, t->width);
}

static void end_table(struct table *t)
{
    end_length(t->w, t->length, t->width);
}

static void put_file(struct table *t, const char *name, unsigned directory)
{
    put_text(t->w, name);
    put(t->w, directory, 1);
    put(t->w, 0, 2);
}

// Files 1 (a.c), 2 (inc/a.h), 3 (/usr/include/b.h).
static struct table start_old(struct image *image, const struct machine *machine)
{
    struct table t = start_table(image, machine);
    put_text(t.w, "inc");
    put_text(t.w, "/usr/include");
    put(t.w, 0, 1);
    put_file(&t, "a.c", 0);
    put_file(&t, "./x/../a.h", 1);
    put_file(&t, "b.h", 2);
    put(t.w, 0, 1);
    end_header(&t);
    return t;
}

static void set_address(struct table *t, uint64_t address)
{
    put(t->w, 0, 1);
    put(t->w, 9, 1);
    put(t->w, 2, 1);
    put(t->w, address, 8);
}

static void set_file(struct table *t, unsigned file)
{
    put(t->w, 4, 1);
    put(t->w, file, 1);
}

static void special(struct table *t, unsigned base, unsigned operations, int lines)
{
    put(t->w, base + operations * LINE_RANGE + (unsigned)(lines - LINE_BASE), 1);
}

static void advance(struct table *t, unsigned operations)
{
    put(t->w, 2, 1);
    put(t->w, operations, 1);
}

static void copy(struct table *t)
{
    put(t->w, 1, 1);
}

static void end_sequence(struct table *t)
{
    put(t->w, 0, 1);
    put(t->w, 1, 1);
    put(t->w, 1, 1);
}

// --------------------------------------------------------------------------- reading

static void print_run(void *context, const struct dw_line_run *run)
{
    buf_printf(context, "%llx-%llx %s:%u\n", (unsigned long long)run->start,
               (unsigned long long)run->end, run->path, run->line);
}

struct result {
    struct buf text;
    uint64_t doubts;
};

static void read_units(struct dw *dw, struct img *img, bool by_file, struct buf *out)
{
    struct fault fault = {0};
    size_t count;
    dw_units(dw, &count);
    for (uint32_t unit = 0; unit < count; unit++) {
        buf_printf(out, "unit %u\n", unit);
        CHECK(dw_read_lines(dw, img, unit, by_file, print_run, out, &fault));
    }
}

static void read_image(struct image *image, bool by_file, struct result *result)
{
    struct writer elf = {.out = {0}};
    struct doubts *doubts = doubts_new();
    struct fault fault = {0};
    struct img_file *file;
    struct dw *dw;
    write_elf(&elf, image);
    *result = (struct result){.doubts = 0};
    bool opened = img_file_open_memory(&file, elf.out.data, elf.out.size, "test", doubts, &fault);
    CHECK(opened);
    if (opened) {
        struct img *img = img_file_image(file, 0);
        struct img_debug debug = {.origin = IMG_DEBUG_SELF, .img = img};
        struct dw_options options = {.threads = 1, .doubts = doubts};
        CHECK(dw_open(&dw, &debug, &options, &fault));
        read_units(dw, img, by_file, &result->text);
        dw_close(dw);
        img_file_close(file);
    }
    buf_char(&result->text, '\0');
    result->doubts = doubts_total(doubts);
    doubts_free(doubts);
    buf_free(&elf.out);
}

static void image_free(struct image *image)
{
    buf_free(&image->info.out);
    buf_free(&image->line.out);
    buf_free(&image->line_str.out);
}

static void expect(struct image *image, bool by_file, const char *text, uint64_t doubts)
{
    struct result result;
    read_image(image, by_file, &result);
    CHECK_TEXT(result.text.data, text);
    CHECK_U64(result.doubts, doubts);
    buf_free(&result.text);
}

static struct image image_of(unsigned version)
{
    return (struct image){.version = (uint16_t)version};
}

// ----------------------------------------------------------------------------- tests

static void put_rows(struct table *t)
{
    set_address(t, 0x1000);
    copy(t);               // 1000 a.c:1
    special(t, 13, 4, 1);  // 1004 a.c:2
    set_file(t, 2);        //
    special(t, 13, 0, 7);  // 1004 a.h:9
    special(t, 13, 8, 0);  // 100c a.h:9
    set_file(t, 1);        //
    special(t, 13, 0, -3); // 100c a.c:6
    put(t->w, 8, 1);       // const_add_pc: 20 operations
    special(t, 13, 0, 2);  // 1020 a.c:8
    put(t->w, 9, 1);       // fixed_advance_pc
    put(t->w, 0x100, 2);   //
    set_file(t, 3);        //
    copy(t);               // 1120 b.h:8
    put(t->w, 3, 1);       // advance_line by -7
    put(t->w, 0x79, 1);    //
    advance(t, 0x10);      //
    copy(t);               // 1130 b.h:1
    advance(t, 0x10);
    end_sequence(t);
}

static const char rows_by_line[] = "unit 0\n"
                                   "1000-1004 /src/a.c:1\n"
                                   "1004-100c /src/inc/a.h:9\n"
                                   "100c-1020 /src/a.c:6\n"
                                   "1020-1120 /src/a.c:8\n"
                                   "1120-1130 /usr/include/b.h:8\n"
                                   "1130-1140 /usr/include/b.h:1\n";
static const char rows_by_file[] = "unit 0\n"
                                   "1000-1004 /src/a.c:1\n"
                                   "1004-100c /src/inc/a.h:9\n"
                                   "100c-1120 /src/a.c:6\n"
                                   "1120-1140 /usr/include/b.h:8\n";

static void test_versions_2_to_4(void)
{
    for (unsigned variant = 0; variant < 12; variant++) {
        struct image image = image_of(2 + variant % 3);
        image.wide = variant / 3 % 2 && image.version > 2;
        image.info.big_endian = image.line.big_endian = variant >= 6;
        add_unit(&image, "a.c", 0);
        struct table t = start_old(&image, &plain);
        put_rows(&t);
        end_table(&t);
        expect(&image, false, rows_by_line, 0);
        expect(&image, true, rows_by_file, 0);
        image_free(&image);
    }
}

// Directories and files with a digest, a size as a block and an unknown vendor content.
static void put_names_5(struct image *image, struct table *t)
{
    static const char *const files[] = {"a.c", "a.c", "a.h", "b.h"};
    static const uint8_t directories[] = {0, 0, 1, 2};
    put_text(&image->line_str, "/src");
    put_text(&image->line_str, "inc");
    put_text(&image->line_str, "/usr/include");
    put(t->w, 1, 1);
    buf_bytes(&t->w->out, "\x01\x1f", 2); // path as line_strp
    put(t->w, 3, 1);
    put(t->w, 0, t->width);
    put(t->w, 5, t->width);
    put(t->w, 9, t->width);
    put(t->w, 5, 1);
    buf_bytes(&t->w->out, "\x01\x08\x02\x0b\x05\x1e\x04\x09\x81\x40\x0f", 11);
    put(t->w, COUNT_OF(files), 1);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        put_text(t->w, files[i]);
        put(t->w, directories[i], 1);
        put(t->w, 0, 8);
        put(t->w, 0, 8);
        buf_bytes(&t->w->out, "\x03xyz\x85\x01", 6);
    }
}

static void test_version_5(void)
{
    for (unsigned wide = 0; wide < 2; wide++) {
        struct image image = image_of(5);
        image.wide = wide != 0;
        add_unit(&image, "a.c", 0);
        struct table t = start_table(&image, &plain);
        put_names_5(&image, &t);
        end_header(&t);
        put_rows(&t);
        set_address(&t, 0x1800); // files 0 and 1 are the same one
        set_file(&t, 0);
        copy(&t);
        set_file(&t, 1);
        special(&t, 13, 4, 0);
        advance(&t, 4);
        end_sequence(&t);
        end_table(&t);
        struct buf want = {0};
        buf_printf(&want, "%s1800-1808 /src/a.c:1\n", rows_by_line);
        buf_char(&want, '\0');
        expect(&image, false, want.data, 0);
        buf_free(&want);
        image_free(&image);
    }
}

static void test_instruction_length(void)
{
    static const struct machine risc = {4, 1, 13}, packed = {8, 3, 13};
    struct image image = image_of(4);
    add_unit(&image, "a.c", 0);
    struct table t = start_old(&image, &risc);
    set_address(&t, 0x1000);
    copy(&t);
    special(&t, 13, 2, 1);
    advance(&t, 3);
    end_sequence(&t);
    end_table(&t);
    uint64_t second = image.line.out.size;
    add_unit(&image, "b.c", second);
    t = start_old(&image, &packed); // three operations in eight bytes
    set_address(&t, 0x1100);
    copy(&t);
    special(&t, 13, 2, 1); // 1100, operation 2
    special(&t, 13, 2, 1); // 1108, operation 1
    advance(&t, 5);        // 1118, operation 0
    copy(&t);
    advance(&t, 3);
    end_sequence(&t);
    end_table(&t);
    expect(&image, false,
           "unit 0\n1000-1008 /src/a.c:1\n1008-1014 /src/a.c:2\n"
           "unit 1\n1100-1108 /src/a.c:2\n1108-1120 /src/a.c:3\n",
           0);
    image_free(&image);
}

static void test_odd_instructions(void)
{
    static const struct machine later = {1, 1, 15}; // two standard opcodes nobody knows
    struct image image = image_of(3);
    add_unit(&image, "a.c", 0);
    struct table t = start_old(&image, &later);
    set_address(&t, 0x1000);
    put(t.w, 13, 1); // unknown, two numbers
    buf_bytes(&t.w->out, "\x81\x01\x05", 3);
    buf_bytes(&t.w->out, "\x05\x80\x01\x06\x07\x0a\x0b\x0c\x02", 9); // columns, flags, isa
    copy(&t);
    buf_bytes(&t.w->out, "\0\x03\x04\x81\x01", 5);         // discriminator
    buf_bytes(&t.w->out, "\0\x04\x80xyz", 6);              // a vendor's
    buf_bytes(&t.w->out, "\0\x0a\x03new.c\0\x01\0\0", 12); // define_file: becomes number 4
    set_file(&t, 4);
    special(&t, 15, 2, 0);
    advance(&t, 2);
    end_sequence(&t);
    end_table(&t);
    expect(&image, false, "unit 0\n1000-1002 /src/a.c:1\n1002-1004 /src/inc/new.c:1\n", 0);
    image_free(&image);
}

static void put_sequence(struct table *t, uint64_t address)
{
    set_address(t, address);
    copy(t);
    advance(t, 8);
    end_sequence(t);
}

static void test_discarded_sequences(void)
{
    struct image image = image_of(4);
    add_unit(&image, "a.c", 0);
    struct table t = start_old(&image, &plain);
    put_sequence(&t, 0);
    put_sequence(&t, 1);
    put_sequence(&t, UINT64_MAX);
    put_sequence(&t, UINT64_MAX - 1);
    put_sequence(&t, 0x5000); // in no section
    put_sequence(&t, 0x1010);
    put_sequence(&t, 0x1008); // sequences may stand in any order
    end_table(&t);
    expect(&image, false, "unit 0\n1010-1018 /src/a.c:1\n1008-1010 /src/a.c:1\n", 0);
    image_free(&image);
}

static void test_backwards(void)
{
    struct image image = image_of(4);
    add_unit(&image, "a.c", 0);
    struct table t = start_old(&image, &plain);
    set_address(&t, 0x1100);
    copy(&t);
    special(&t, 13, 4, 0);
    set_address(&t, 0x1000);
    copy(&t);
    special(&t, 13, 4, 1);
    advance(&t, 4);
    end_sequence(&t);
    end_table(&t);
    expect(&image, false,
           "unit 0\n1100-1104 /src/a.c:1\n1000-1004 /src/a.c:1\n1004-1008 /src/a.c:2\n", 1);
    image_free(&image);
}

static void test_damage(void)
{
    struct image image = image_of(4);
    add_unit(&image, "a.c", 0);
    struct table t = start_old(&image, &plain);
    put_rows(&t);
    set_address(&t, 0x1800);
    copy(&t);
    special(&t, 13, 4, 1);
    buf_bytes(&t.w->out, "\0\x7f\x02", 3); // an instruction longer than the table
    end_table(&t);
    struct buf want = {0};
    buf_printf(&want, "%s1800-1804 /src/a.c:1\n", rows_by_line);
    buf_char(&want, '\0');
    expect(&image, false, want.data, 1);
    for (size_t cut = image.line.out.size; cut-- > 0;) { // never a crash, always a doubt
        image.line.out.size = cut;
        struct result result;
        read_image(&image, false, &result);
        CHECK(result.doubts >= 1 || cut == 0);
        buf_free(&result.text);
    }
    buf_free(&want);
    image_free(&image);
}

// Counts without end, formats without bytes, ranges that are zero.
static void test_absurd_headers(void)
{
    static const char *const names[] = {
        "\x00\xff\xff\xff\x7f",                     // directories of nothing
        "\x01\x01\x08\xff\xff\xff\xff\xff\x7f",     // more directories than bytes
        "\x01\x01\x19\x05",                         // a form without bytes
        "\x11\x01\x08\x01\x08\x01\x08\x01\x08\x01", // more formats than make sense
    };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct image image = image_of(5);
        add_unit(&image, "a.c", 0);
        struct table t = start_table(&image, &plain);
        buf_bytes(&t.w->out, names[i], strlen(names[i] + 1) + 1);
        end_header(&t);
        put_rows(&t);
        end_table(&t);
        expect(&image, false, "unit 0\n", 1);
        image_free(&image);
    }
    static const struct machine no_opcodes = {1, 1, 0};
    struct image image = image_of(4);
    add_unit(&image, "a.c", 0);
    struct table t = start_old(&image, &no_opcodes);
    put_rows(&t);
    end_table(&t);
    expect(&image, false, "unit 0\n", 1);
    image_free(&image);
}

static void test_shared_tables(void)
{
    struct image image = image_of(4);
    add_unit(&image, "a.c", 0);
    add_unit(&image, "b.c", 0);
    add_unit(&image, "c.c", 0x100000); // outside
    struct table t = start_old(&image, &plain);
    put_sequence(&t, 0x1000);
    end_table(&t);
    expect(&image, false, "unit 0\n1000-1008 /src/a.c:1\nunit 1\nunit 2\n", 0);
    image_free(&image);
}

// A table that starts inside another one cuts it off: no byte is read twice.
static void test_nested_tables(void)
{
    struct image image = image_of(4);
    add_unit(&image, "a.c", 0);
    struct table outer = start_old(&image, &plain);
    put_sequence(&outer, 0x1000);
    add_unit(&image, "b.c", image.line.out.size);
    struct table inner = start_old(&image, &plain);
    put_sequence(&inner, 0x1100);
    end_table(&inner);
    end_table(&outer);
    expect(&image, false, "unit 0\n1000-1008 /src/a.c:1\nunit 1\n1100-1108 /src/a.c:1\n", 1);
    image_free(&image);
}

int main(void)
{
    test_versions_2_to_4();
    test_version_5();
    test_instruction_length();
    test_odd_instructions();
    test_discarded_sequences();
    test_backwards();
    test_damage();
    test_absurd_headers();
    test_shared_tables();
    test_nested_tables();
    return check_done();
}
