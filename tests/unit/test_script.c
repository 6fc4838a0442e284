// SPDX-License-Identifier: MIT
//
// Linker scripts: the MEMORY block with the expressions that are in use, and what is answered when it
// cannot be worked out.

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "config/config.h"

static const char *const defines[] = {"RAM_SIZE=16K", "given=0x100", "broken=x"};
static const struct cfg_script_options options = {defines, COUNT_OF(defines), NULL, 0};

static bool load(struct arena *arena, const char *text, struct cfg_regions *out,
                 struct fault *fault)
{
    return cfg_script_load_text(slice_text(text), "s.ld", &options, arena, out, fault);
}

static void test_forms(void)
{
    struct arena *arena = arena_new();
    struct cfg_regions regions;
    struct fault fault = {0};
    CHECK(load(arena,
               "/* a { comment */ ENTRY(start) // and another\n"
               "# 1 \"marks.h\"\n"
               "OUTPUT_FORMAT(\"elf32\", \"elf32\", \"elf32\")\n"
               "SECTIONS { .text : { *(.text) } > later . = 4; }\n"
               "MEMORY\n{\n"
               "  FLASH (rx)  : ORIGIN = 0x08000000, LENGTH = 256K\n"
               "  sram(w!rx):org=0x20000000,len=RAM_SIZE my-iram (rx) : o = 010 l = 1M;\n"
               "  \"quoted\" : ORIGIN = 1, LENGTH = 2\n"
               "  none : ORIGIN = 1, LENGTH = 0\n"
               "}\n"
               "MEMORY { more : ORIGIN = ORIGIN(FLASH) + LENGTH(FLASH), LENGTH = 1k }\n",
               &regions, &fault));
    CHECK_TEXT(fault.text, "");
    static const struct cfg_region wanted[] = {
        {.name = "FLASH", .origin = 0x08000000, .length = 0x40000, .kind = CFG_ROM, .line = 7},
        {.name = "sram", .origin = 0x20000000, .length = 0x4000, .kind = CFG_RAM, .line = 8},
        {.name = "my-iram", .origin = 8, .length = 0x100000, .kind = CFG_RAM, .line = 8},
        {.name = "quoted", .origin = 1, .length = 2, .kind = CFG_ROM, .line = 9},
        {.name = "more", .origin = 0x08040000, .length = 1024, .kind = CFG_ROM, .line = 12},
    };
    CHECK_U64(regions.count, COUNT_OF(wanted));
    for (size_t i = 0; i < MIN(regions.count, COUNT_OF(wanted)); i++) {
        const struct cfg_region *got = &regions.items[i], *want = &wanted[i];
        CHECK_TEXT(got->name, want->name);
        CHECK_U64(got->origin, want->origin), CHECK_U64(got->length, want->length);
        CHECK_U64(got->kind, want->kind), CHECK_U64(got->line, want->line);
        CHECK(got->placed);
    }
    arena_free(arena);
}

static void test_expressions(void)
{
    static const struct {
        const char *text;
        uint64_t value;
    } rows[] = {
        {"1 + 2 * 3", 7},
        {"(1 + 2) * 3", 9},
        {"1 << 4 | 3 & 1", 17},
        {"7 - 2 - 1", 4},
        {"- 1 + 2", 1},
        {"~0 & 0xff", 255},
        {"!0 + !5", 1},
        {"2 > 1 ? 10 : 20", 10},
        {"1 > 2 ? 10 : 0 ? 20 : 30", 30},
        {"(5 >= 5) + (5 <= 4) + (1 == 1) + (1 != 1)", 2},
        {"1 || nowhere", 1},
        {"1 + (0 && nowhere)", 1},
        {"1 ? 5 : nowhere", 5},
        {"MAX(3, 9) + MIN(3, 9)", 12},
        {"ALIGN(5, 8) + ABSOLUTE(1) + LOG2CEIL(9)", 13},
        {"DEFINED(given) ? given : 7", 256},
        {"DEFINED(nowhere) ? nowhere : 7", 7},
        {"above", 5},
        {"below", 6},
        {"own", 10},
        {"given", 256},
        {"kept", 256},
        {"LENGTH(alias) / 2", 8},
        {"(10 - 30) / 4 + 7", 2},
        {"(10 - 30) % 7 + 7", 1},
        {"(1 << 63) / -1 >> 60", 8},
        {"(1 << 63) % -1", 0},
        {"LOG2CEIL(-1)", 64},
        {"0x10K", 16384},
        {"10h + 0ffH + $1f + $1k", 16 + 255 + 31 + 1024},
        {"17o + 101b + 12D + 0x1b", 15 + 5 + 12 + 27},
        {"100 % 7", 2},
        {"1 /* two */ + // three\n 2", 3},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *arena = arena_new();
        struct cfg_regions regions = {0};
        struct fault fault = {0};
        char *text = arena_printf(arena,
                                  "above = 5; own = DEFINED(own) ? own : 10;\n"
                                  "PROVIDE(given = 3); PROVIDE_HIDDEN(kept = given);\n"
                                  "REGION_ALIAS(\"alias\", first)\n"
                                  "MEMORY { first : o = 0, l = 16 r : o = 0, l = %s }\n"
                                  "below = above + 1; above = 70;",
                                  rows[i].text);
        CHECK(load(arena, text, &regions, &fault));
        CHECK_TEXT(fault.text, "");
        if (regions.count == 2 && regions.items[1].length != rows[i].value)
            fprintf(stderr, "%s:\n", rows[i].text),
                CHECK_U64(regions.items[1].length, rows[i].value);
        arena_free(arena);
    }
}

static void test_mistakes(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "s.ld: has no MEMORY block"},
        {"SECTIONS { }", "s.ld: has no MEMORY block"},
        {"MEMORY {", "s.ld:1: MEMORY is not closed"},
        {"MEMORY {\n a }", "s.ld:2: expected ':' after the name of a region"},
        {"MEMORY { a : }", "s.ld:1: expected ORIGIN = ..."},
        {"MEMORY { a : ORIGIN = 1 }", "s.ld:1: expected LENGTH = ..."},
        {"MEMORY { a : ORIGIN = 1, LENGTH = }", "s.ld:1: expected an expression"},
        {"MEMORY { a : ORIGIN = 1, LENGTH =\n size }",
         "s.ld:2: 'size' is not assigned in the script; --defsym size=VALUE gives it"},
        {"MEMORY { a : ORIGIN = 1, LENGTH = broken }", "s.ld:1: broken=x: expected a number"},
        {"MEMORY { a : ORIGIN = 1, LENGTH = 4 / 0 }", "s.ld:1: division by 0"},
        {"MEMORY { a : ORIGIN = 1, LENGTH = SIZEOF(.text) }",
         "s.ld:1: SIZEOF() is known to the linker only"},
        {"MEMORY { a : ORIGIN = ., LENGTH = 1 }", "s.ld:1: '.' is known to the linker only"},
        {"MEMORY { a : ORIGIN = ORIGIN(b), LENGTH = 1 }", "s.ld:1: there is no region 'b'"},
        {"MEMORY { a : ORIGIN = LENGTH(a), LENGTH = ORIGIN(a) }",
         "s.ld:1: expressions nest too deep"},
        {"x = y; y = x;\nMEMORY { a : ORIGIN = x, LENGTH = 1 }",
         "s.ld:1: 'x' is defined by itself"},
        {"MEMORY { a : ORIGIN = 0x10000000000000000, LENGTH = 1 }",
         "s.ld:1: a number beyond 64 bits"},
        {"MEMORY { a : ORIGIN = 0xffffffffffffffff, LENGTH = 9 }",
         "s.ld:1: region 'a' ends beyond 64 bits"},
        {"MEMORY { a : ORIGIN = 3y, LENGTH = 9 }", "s.ld:1: a number with an unknown end"},
        {"MEMORY {\n#ifdef BIG\n a : ORIGIN = 1, LENGTH = 2\n#endif\n}",
         "s.ld:2: this script has to go through the C preprocessor first (cpp -P)"},
        {"MEMORY { INCLUDE x.ld }", "s.ld:1: INCLUDE is not followed here"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *arena = arena_new();
        struct cfg_regions regions;
        struct fault fault = {0};
        CHECK(!load(arena, rows[i].text, &regions, &fault));
        CHECK_TEXT(fault.text, rows[i].message);
        arena_free(arena);
    }
}

// What doubles with every symbol, and what nests without end, ends soon.
static void test_deep(void)
{
    struct arena *arena = arena_new();
    struct cfg_regions regions;
    struct fault fault = {0};
    struct buf text = {0};
    buf_text(&text, "x0 = 1;\n");
    for (int i = 1; i < 60; i++)
        buf_printf(&text, "x%d = x%d + x%d;\n", i, i - 1, i - 1);
    buf_text(&text, "MEMORY { a : ORIGIN = x40, LENGTH = x41 r0 : o = 0, l = 1\n");
    for (int i = 1; i < 40; i++)
        buf_printf(&text, "r%d : o = 0, l = LENGTH(r%d) + LENGTH(r%d)\n", i, i - 1, i - 1);
    buf_text(&text, "}");
    buf_char(&text, '\0');
    CHECK(!load(arena, text.data, &regions, &fault));
    CHECK(strstr(fault.text, "too many expressions") != NULL);
    text.size = 0, fault = (struct fault){0};
    buf_text(&text, "MEMORY { a : ORIGIN = ");
    for (int i = 0; i < 100000; i++)
        buf_char(&text, i % 2 ? '(' : '-');
    buf_char(&text, '\0');
    CHECK(!load(arena, text.data, &regions, &fault));
    buf_free(&text);
    arena_free(arena);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void test_include(void)
{
    char directory[] = "/tmp/tare-script-XXXXXX", main[64], part[64], loop[64];
    CHECK(mkdtemp(directory) != NULL);
    snprintf(main, sizeof main, "%s/main.ld", directory);
    snprintf(part, sizeof part, "%s/part.ld", directory);
    snprintf(loop, sizeof loop, "%s/loop.ld", directory);
    write_file(
        main,
        "INCLUDE \"part.ld\"\nMEMORY { a : o = base, l = 1 INCLUDE in.ld\n b : o = 0, l = 2 }");
    write_file(part, "base = 0x40;\n");
    write_file(loop, "INCLUDE loop.ld\n");
    struct arena *arena = arena_new();
    struct cfg_regions regions;
    struct fault fault = {0};
    CHECK(!cfg_script_load(main, &options, arena, &regions, &fault));
    CHECK(strstr(fault.text, "main.ld:2: there is no 'in.ld' to include; --script-dir") != NULL);
    char in[64];
    snprintf(in, sizeof in, "%s/in.ld", directory);
    write_file(in, "inner : o = 0, l = 3\n");
    fault = (struct fault){0};
    CHECK(cfg_script_load(main, &options, arena, &regions, &fault));
    CHECK_U64(regions.count, 3);
    CHECK_U64(regions.items[0].origin, 0x40);
    CHECK_TEXT(regions.items[1].name, "inner");
    CHECK(!cfg_script_load(loop, &options, arena, &regions, &fault));
    CHECK(strstr(fault.text, "loop.ld:1: too many scripts in scripts") != NULL);
    char sub[64], moved[64];
    snprintf(sub, sizeof sub, "%s/sub", directory);
    snprintf(moved, sizeof moved, "%s/sub/in.ld", directory);
    CHECK(mkdir(sub, 0700) == 0 && rename(in, moved) == 0);
    const char *const dirs[] = {"/nowhere", sub};
    const struct cfg_script_options elsewhere = {.dirs = dirs, .dir_count = COUNT_OF(dirs)};
    fault = (struct fault){0};
    CHECK(cfg_script_load(main, &elsewhere, arena, &regions, &fault));
    CHECK_TEXT(fault.text, "");
    CHECK_U64(regions.count, 3);
    unlink(moved), rmdir(sub);
    arena_free(arena);
    unlink(main), unlink(part), unlink(loop), unlink(in), rmdir(directory);
}

int main(void)
{
    test_forms(), test_expressions(), test_mistakes();
    test_deep(), test_include();
    return check_done();
}
