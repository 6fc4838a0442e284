// SPDX-License-Identifier: MIT
//
// The readers of linker maps, on small texts.

#include <stdio.h>

#include "linkmap/linkmap.h"
#include "tests/unit/check.h"

static bool is(struct slice got, const char *want)
{
    if (slice_is(got, want))
        return true;
    fprintf(stderr, "got \"%.*s\", want \"%s\"\n", (int)got.size, (const char *)got.data, want);
    return false;
}

static struct lm_map *read_map(const char *text, const char *dialect, struct doubts *doubts)
{
    struct lm_map *map = NULL;
    struct fault fault = {0};
    const struct lm_dialect *found = lm_dialect_of(slice_text(text));
    CHECK(found != NULL);
    if (found != NULL)
        CHECK_TEXT(found->name, dialect);
    CHECK(lm_read(&map, slice_text(text), "x.map", NULL, doubts, &fault));
    return map;
}

static void print_doubts(struct doubts *doubts)
{
    size_t count;
    const struct doubt *list = doubts_list(doubts, &count);
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "%s: %s\n", list[i].where, list[i].text);
}

// -------------------------------------------------------------------------- GNU ld

static const char ld_text[] =
    "Archive member included to satisfy reference by file (symbol)\n"
    "\n"
    "lib dir (x)/libm.a(sin.o)     main.o (sin)\n"
    "lib dir (x)/libm.a(a_long_member_name.o)\n"
    "                              lib dir (x)/libm.a(sin.o) (ns::f(int))\n"
    "libm.a(root.o)                (_start)\n"
    "\n"
    "As-needed library included to satisfy reference by file (symbol)\n"
    "\n"
    "libc.so.6                     main.o (puts@@GLIBC_2.2.5)\n"
    "\n"
    "Allocating common symbols\n"
    "Common symbol       size              file\n"
    "\n"
    "shared_buffer       0x28              main.o\n"
    "\n"
    "Discarded input sections\n"
    "\n"
    " .text          0x00000000       0x12 main.o\n"
    " .text.a_function_with_a_long_name\n"
    "                0x00000000       0x34 libm.a(root.o)\n"
    "\n"
    "Memory Configuration\n"
    "\n"
    "Name             Origin             Length             Attributes\n"
    "FLASH            0x08000000         0x00040000         xr\n"
    "RAM              0x20000000         0x00008000         xrw\n"
    "*default*        0x00000000         0xffffffff\n"
    "\n"
    "Linker script and memory map\n"
    "\n"
    "LOAD main.o\n"
    "                0x00001000                STACK = 0x1000\n"
    "                [!provide]                        PROVIDE (heap = 0x10)\n"
    "\n"
    ".text           0x08000000       0x20\n"
    " *(.text .text.*)\n"
    " .text          0x08000000        0x0 main.o\n"
    " .text.main     0x08000000        0x8 main.o\n"
    "                0x08000000                main\n"
    "                                  0xc (size before relaxing)\n"
    " .rodata.str1.4 0x08000008       0x11 main.o\n"
    " *fill*         0x08000008        0x4 00bf\n"
    " .text.a_function_with_a_long_name\n"
    "                0x0800000c        0x8 lib dir (x)/libm.a(sin.o)\n"
    "                0x0800000c                ns::operator=(ns::a const&)\n"
    "                0x08000014        0x4 LONG 0x12345678\n"
    " .text          0x08000018        0x8 linker stubs\n"
    "                0x08000020                PROVIDE (etext = .)\n"
    "                0x08000020                . = ALIGN (0x4)\n"
    "\n"
    ".data           0x20000000        0x4 load address 0x08000020\n"
    " .data.x        0x20000000        0x4 main.o\n"
    "\n"
    ".a_section_with_a_long_name\n"
    "                0x20000004       0x28\n"
    " COMMON         0x20000004       0x28 main.o\n"
    "                0x20000004                shared_buffer\n"
    "\n"
    ".rodata1\n"
    " *(.rodata1)\n"
    "\n"
    ".debug_info     0x00000000       0x10\n"
    " .debug_info    0x00000000       0x10 main.o\n"
    "OUTPUT(a.out elf32-littlearm)\n"
    "LOAD linker stubs\n"
    "\n"
    ".ARM.attributes\n"
    "                0x00000000       0x2f\n"
    " .ARM.attributes\n"
    "                0x00000000       0x2e main.o\n"
    " .ARM.attributes\n"
    "                0x0000002e       0x2e libm.a(root.o)\n"
    " .ARM.attributes\n"
    "                0x0000005c       0x30 lib dir (x)/libm.a(sin.o)\n"
    "\n"
    "Cross Reference Table\n"
    "\n"
    "Symbol                                            File\n"
    "sin                                               lib dir (x)/libm.a(sin.o)\n"
    "                                                  main.o\n"
    "a_symbol_with_a_name_that_does_not_fit_into_its_column\n"
    "                                                  libm.a(root.o)\n"
    "                                                  main.o\n";

static void check_ld_lists(const struct lm_map *map)
{
    CHECK_U64(map->reasons.count, 4);
    CHECK(is(map->files.items[map->reasons.items[0].file].archive, "lib dir (x)/libm.a"));
    CHECK(is(map->files.items[map->reasons.items[0].file].member, "sin.o"));
    CHECK(is(map->reasons.items[1].symbol, "ns::f(int)"));
    CHECK(map->reasons.items[1].by == map->reasons.items[0].file);
    CHECK_U64(map->reasons.items[2].by, LM_NO);
    CHECK(is(map->reasons.items[2].symbol, "_start"));
    CHECK(map->reasons.items[3].shared && !map->reasons.items[2].shared);
    CHECK_U64(map->discarded.count, 2);
    CHECK(is(map->discarded.items[1].name, ".text.a_function_with_a_long_name"));
    CHECK_U64(map->discarded.items[1].size, 0x34);
    CHECK_U64(map->discarded.items[1].line, 21);
    CHECK_U64(map->regions.count, 2);
    CHECK(is(map->regions.items[0].name, "FLASH") && is(map->regions.items[1].attributes, "xrw"));
    CHECK_U64(map->regions.items[1].length, 0x8000);
    CHECK_U64(map->references.count, 2);
    CHECK(is(map->files.items[map->references.items[1].definer].path, "libm.a(root.o)"));
    CHECK(is(map->references.items[0].symbol, "sin"));
    CHECK(map->lists_discarded && map->lists_reasons);
    CHECK(is(map->output, "a.out"));
}

static void check_ld_sections(const struct lm_map *map)
{
    CHECK_U64(map->sections.count, 5);
    const struct lm_section *s = map->sections.items;
    CHECK_U64(s[0].count, 7);
    CHECK(s[0].loaded && !s[0].nobits);
    CHECK_U64(s[1].lma, 0x08000020);
    CHECK(s[2].nobits && is(s[2].name, ".a_section_with_a_long_name"));
    CHECK(!s[3].loaded);
    const struct lm_contribution *c = map->contributions.items;
    CHECK_U64(c[1].size_before, 0xc);
    CHECK_U64(c[2].size, 0);
    CHECK_U64(c[2].size_before, 0x11);
    CHECK_U64(c[3].kind, LM_FILL);
    CHECK(is(c[4].name, ".text.a_function_with_a_long_name"));
    CHECK_U64(c[4].addr, 0x0800000c);
    CHECK_U64(c[5].kind, LM_DATA);
    CHECK_U64(c[5].file, LM_NO);
    CHECK_U64(c[6].kind, LM_MADE);
    CHECK_U64(c[8].kind, LM_COMMON);
    CHECK_U64(c[8].section, 2);
    CHECK_U64(c[10].size, 0x2f);
    CHECK(c[11].size == 0 && c[12].size == 0 && c[12].size_before == 0x30);
}

static void check_ld_symbols(const struct lm_map *map)
{
    static const char *const names[] = {
        "STACK", "heap", "main", "ns::operator=(ns::a const&)", "etext", "shared_buffer"};
    CHECK_U64(map->symbols.count, COUNT_OF(names));
    for (size_t i = 0; i < COUNT_OF(names) && i < map->symbols.count; i++)
        CHECK(is(map->symbols.items[i].name, names[i]));
    CHECK_U64(map->symbols.items[0].addr, 0x1000);
    CHECK_U64(map->symbols.items[0].flags, LM_SYMBOL_ASSIGNED);
    CHECK_U64(map->symbols.items[1].addr, LM_NONE);
    CHECK_U64(map->symbols.items[2].contribution, 1);
    CHECK_U64(map->symbols.items[4].flags, LM_SYMBOL_ASSIGNED | LM_SYMBOL_PROVIDED);
    CHECK_U64(map->symbols.items[4].contribution, LM_NO);
}

static void test_ld(void)
{
    struct doubts *doubts = doubts_new();
    struct lm_map *map = read_map(ld_text, "ld", doubts);
    check_ld_lists(map);
    check_ld_sections(map);
    check_ld_symbols(map);
    print_doubts(doubts);
    CHECK_U64(doubts_total(doubts), 0);
    lm_free(map);
    doubts_free(doubts);
}

// Whoever links in another language has other headings, but lines of the same shape.
static void test_ld_headings(void)
{
    static const char *const headings[] = {"Archive member included",   "As-needed library",
                                           "Allocating common symbols", "Discarded input",
                                           "Memory Configuration",      "Linker script and",
                                           "Cross Reference Table"};
    char *text = strdup(ld_text);
    for (size_t i = 0; i < COUNT_OF(headings); i++)
        memset(strstr(text, headings[i]), 'x', strlen(headings[i]));
    struct lm_map *map = read_map(text, "ld", NULL);
    check_ld_lists(map);
    check_ld_sections(map);
    check_ld_symbols(map);
    lm_free(map);
    free(text);
}

static void test_paths(void)
{
    static const struct {
        const char *path, *archive, *member;
    } rows[] = {
        {"main.o", "", "main.o"},
        {"libc.a(printf.o)", "libc.a", "printf.o"},
        {"my lib (old).a(a (1).o)", "my lib (old).a", "a (1).o"},
        {"my object (2)", "", "my object (2)"},
        {"x(y", "", "x(y"},
        {")))", "", ")))"},
        {"a()", "", "a()"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice archive, member;
        lm_split_path(slice_text(rows[i].path), &archive, &member);
        CHECK(is(archive, rows[i].archive) && is(member, rows[i].member));
    }
}

// --------------------------------------------------------------------- bad input

// Every prefix of a good map reads, and so does every line cut out of it.
static void test_prefixes(const char *text, size_t step)
{
    for (size_t size = 0; size <= strlen(text); size += step) {
        struct lm_map *map = NULL;
        struct fault fault = {0};
        char *copy = mem_alloc(size);
        memcpy(copy, text, size);
        size_t count;
        const struct lm_dialect *dialects = lm_dialects(&count);
        for (size_t i = 0; i < count; i++) {
            CHECK(lm_read(&map, slice_of(copy, size), "x.map", &dialects[i], NULL, &fault));
            lm_free(map);
        }
        free(copy);
    }
}

// The small maps of the program's tests, cut at every 53rd byte, under every dialect.
static void test_fixtures(void)
{
    static const char *const names[] = {"armlink5", "armlink6", "iar6", "iar9", "ld64", "ti"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char path[500], text[20000];
        snprintf(path, sizeof path, "%s/tests/lit/map/Inputs/%s.map", SOURCE_DIR, names[i]);
        FILE *file = fopen(path, "r");
        CHECK(file != NULL);
        if (file == NULL)
            continue;
        size_t size = fread(text, 1, sizeof text - 1, file);
        fclose(file);
        text[size] = '\0';
        test_prefixes(text, 53);
    }
}

// One heading was worded alike by gold and by GNU ld before 2.25.
static void test_old_heading(void)
{
    static const char heading[] = "Archive member included because of file (symbol)\n\n";
    struct buf text = {0};
    buf_text(&text, heading);
    while (text.size < 400000)
        buf_text(&text, "libc.a(printf.o)              main.o (printf)\n");
    size_t size = text.size;
    buf_text(&text, "\nMemory map\n");
    CHECK_TEXT(lm_dialect_of(slice_of(text.data, text.size))->name, "gold");
    text.size = size;
    buf_text(&text, "\nMemory Configuration\n");
    CHECK_TEXT(lm_dialect_of(slice_of(text.data, text.size))->name, "ld");
    buf_free(&text);
}

// Ten bytes a row are no linker's: memory stays in proportion.
static void test_tiny_rows(void)
{
    struct lm_map *map;
    struct fault fault = {0};
    struct doubts *doubts = doubts_new();
    struct buf text = {0};
    buf_text(&text, "VMA LMA Size Align Out In Symbol\n");
    for (size_t i = 0; i < 2000000; i++)
        buf_text(&text, "0 0 0 1 x\n");
    CHECK(lm_read(&map, slice_of(text.data, text.size), "x.map", NULL, doubts, &fault));
    CHECK(map->sections.count > 100000 && map->sections.count < 1000000);
    CHECK(doubts_total(doubts) == 1);
    lm_free(map);
    doubts_free(doubts);
    buf_free(&text);
}

static void test_unknown(void)
{
    struct lm_map *map = NULL;
    struct fault fault = {0};
    CHECK(!lm_read(&map, slice_text("hello\n"), "x.map", NULL, NULL, &fault));
    CHECK_TEXT(fault.text,
               "x.map: looks like the map of no linker that is known here; those of these linkers "
               "are read: GNU ld, gold, LLVM lld, mold, Keil armlink, IAR ILINK, Apple ld64, TI "
               "linker");
}

int main(void)
{
    test_ld();
    test_ld_headings();
    test_paths();
    test_prefixes(ld_text, 1);
    test_fixtures();
    test_old_heading();
    test_tiny_rows();
    test_unknown();
    return check_done();
}
