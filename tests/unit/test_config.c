// SPDX-License-Identifier: MIT
//
// config/: what tare.yaml may say, what a mistake in it is answered with, and which rule wins.

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "config/config.h"

static struct cfg *load(const char *text)
{
    struct cfg *cfg = NULL;
    struct fault fault = {0};
    CHECK(cfg_load_text(&cfg, slice_text(text), "tare.yaml", &fault));
    CHECK_TEXT(fault.text, "");
    return cfg;
}

static const char rules[] = "strip_prefix: /build/\n"
                            "modules:\n"
                            "  - name: unicode\n"
                            "    units: ['*/Objects/unicode*.c', Parser/*]\n"
                            "  - name: frozen\n"
                            "    units: ['*/frozen.c']\n"
                            "    symbols: [_Py_M_*, '*_toplevel']\n"
                            "  - name: relocations\n"
                            "    sections: ['.rela*']\n"
                            "  - name: objects\n"
                            "    units: ['*/Objects/*']\n"
                            "  - name: rest\n"
                            "    sections: ['*']\n";

static const char *module_of(const struct cfg *cfg, const char *unit, const char *symbol,
                             const char *section)
{
    return cfg_module(cfg, &(struct cfg_place){.unit = unit, .symbol = symbol, .section = section});
}

static void test_modules(void)
{
    static const struct {
        const char *unit, *symbol, *section, *module;
    } rows[] = {
        {"/build/Objects/unicodeobject.c", "PyUnicode_New", ".text", "unicode"},
        {"/build/Objects/listobject.c", "PyList_New", ".text", "objects"},
        {"/build/Parser/parser.c", NULL, NULL, "unicode"}, // its path without the prefix
        {"/other/Parser/parser.c", NULL, NULL, NULL},
        {"/build/Python/frozen.c", "_Py_M_zipimport", ".rodata", "frozen"},
        {"/build/Python/frozen.c", "zipimport_toplevel", NULL, "frozen"},
        {"/build/Python/frozen.c", "other", ".rodata", "rest"},
        {"/build/Python/frozen.c", NULL, ".rela.dyn", "relocations"},
        {"/build/Objects/listobject.c", NULL, ".rela.dyn", "relocations"}, // the first rule wins
        {NULL, "_Py_M_x", NULL, NULL},
        {NULL, NULL, ".comment", "rest"},
        {NULL, NULL, NULL, NULL},
    };
    struct cfg *cfg = load(rules);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_TEXT(module_of(cfg, rows[i].unit, rows[i].symbol, rows[i].section), rows[i].module);
    CHECK_TEXT(cfg_strip(cfg, "/build/a.c"), "a.c");
    CHECK_TEXT(cfg_strip(cfg, "/usr/a.c"), "/usr/a.c");
    cfg_free(cfg);
}

static void test_empty(void)
{
    static const char *const texts[] = {"", "# nothing\n", "{}\n", "modules: []\n", "\n\n"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct cfg *cfg = load(texts[i]);
        CHECK(cfg != NULL && module_of(cfg, "a.c", "f", ".text") == NULL);
        CHECK_TEXT(cfg_strip(cfg, "/build/a.c"), "/build/a.c");
        cfg_free(cfg);
    }
    CHECK(module_of(NULL, "a.c", NULL, NULL) == NULL);
    CHECK_TEXT(cfg_strip(NULL, "a.c"), "a.c");
    cfg_free(NULL);
    struct cfg *cfg = NULL;
    struct fault fault = {0};
    CHECK(cfg_load_text(&cfg, slice_of(NULL, 0), "none", &fault));
    cfg_free(cfg);
}

static void test_mistakes(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"foo: 1\n", "t.yaml:1: unknown key 'foo'"},
        {"\n\nmodule: []\n", "t.yaml:3: unknown key 'module', did you mean 'modules'?"},
        {"modules:\n  - name: a\n    unist: [x]\n",
         "t.yaml:3: unknown key 'unist', did you mean 'units'?"},
        {"modules:\n  - name: a\n    units:\n      - x\n      - y\n\n    budget: 1\n",
         "t.yaml:7: unknown key 'budget'"},
        {"modules:\n  - name: a\n    units: [x]\n  - units: [x]\n", "t.yaml:4: 'name' is missing"},
        {"modules:\n  - name: a\n    units: x\n", "t.yaml:3: units: expected a list, found a text"},
        {"modules:\n  - name: a\n    units: {x: y}\n",
         "t.yaml:3: units: expected a list, found a mapping"},
        {"modules: x\n", "t.yaml:1: modules: expected a list, found a text"},
        {"modules:\n  - x\n", "t.yaml:2: modules: expected a mapping, found a text"},
        {"- a\n", "t.yaml:1: expected a mapping, found a list"},
        {"modules:\n  - name: [a]\n", "t.yaml:2: name: expected a text, found a list"},
        {"modules:\n  - name: a\n    units: []\n", "t.yaml:3: units: the list is empty"},
        {"modules:\n  - name: a\n    units: [x,\n     '']\n", "t.yaml:4: units: the text is empty"},
        {"modules:\n  - name: ''\n    units: [x]\n", "t.yaml:2: name: the text is empty"},
        {"modules:\n  - name: a\n    units: [x]\n    units: [y]\n",
         "t.yaml:4: 'units' is there twice"},
        {"strip_prefix: a\n# b\nstrip_prefix: b\n", "t.yaml:3: 'strip_prefix' is there twice"},
        {"modules:\n  - name: a\n    units: [x]\n  - name: a\n",
         "t.yaml:4: module 'a' has no units, symbols, sections, archives or objects to match"},
        {"strip_prefix: &a x\nmodules: *a\n", "t.yaml:2: YAML aliases are not supported"},
        {"strip_prefix: a\n---\nstrip_prefix: b\n",
         "t.yaml:2: expected one YAML document, found another"},
        {"strip_prefix: \"a\\0b\"\n", "t.yaml:1: a NUL in a text"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cfg *cfg = NULL;
        struct fault fault = {0};
        CHECK(!cfg_load_text(&cfg, slice_text(rows[i].text), "t.yaml", &fault));
        CHECK(cfg == NULL && fault.kind == FAULT_INPUT);
        CHECK_TEXT(fault.text, rows[i].message);
    }
}

// libyaml words these, we give the line.
static void test_syntax(void)
{
    static const struct {
        const char *text, *start;
    } rows[] = {
        {"modules: [\n", "t.yaml:2: not YAML: "},
        {"modules:\n\t- name: x\n", "t.yaml:2: not YAML: "},
        {"a: 1\nb: 'x\n",
         "t.yaml:3: not YAML: while scanning a quoted scalar that begins on line 2, "},
        {"a: 1\n b: 2\n", "t.yaml:2: not YAML: "},
        {"? [a]\n: b\n", "t.yaml:1: "},
        {"\xff\xfe\xff", "t.yaml:1: not YAML: "},
        {"a: 1\nb: \x01\n", "t.yaml:2: not YAML: "},
        {"[[[[[[[[[[[[[[[[[[[[", "t.yaml:2: not YAML: "},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cfg *cfg = NULL;
        struct fault fault = {0};
        CHECK(!cfg_load_text(&cfg, slice_text(rows[i].text), "t.yaml", &fault));
        CHECK(cfg == NULL);
        if (!slice_starts(slice_text(fault.text), rows[i].start))
            CHECK_TEXT(fault.text, rows[i].start);
    }
}

// ------------------------------------------------------------ regions, budgets, targets

static const char project[] =
    "regions:\n"
    "  - {name: FLASH, origin: 0x08000000, length: 256K, kind: rom}\n"
    "  - {name: SRAM, origin: 0x3ffc0000, length: 200 KiB, aliases: [0x40380000, 1G]}\n"
    "  - {name: LATER, kind: RAM}\n"
    "base: last.tare\n"
    "budgets:\n"
    "  - {region: FLASH, max: 95%, warn: 92.5 %}\n"
    "  - {module: unicode, in: ROM, max: 40 KiB, growth: {percent: 2, bytes: 512}}\n"
    "  - {section: .text, region: FLASH, max: 0x1000, warn: 2.75 kib}\n"
    "  - symbol: '*printf*'\n"
    "    max: 0\n"
    "    waiver: {reason: debug console, until: 2028-02-29}\n"
    "targets:\n"
    "  - {name: arm, path: fw.elf, base: b, regions: [{name: X, origin: 0, length: 1}]}\n"
    "  - name: host\n"
    "    path: prog\n"
    "    budgets:\n"
    "      - {objects: 'mp_*', max: 3}\n";

static void check_limit(struct cfg_limit limit, unsigned kind, uint64_t value)
{
    CHECK(limit.kind == kind);
    CHECK_U64(limit.value, value);
}

static void test_regions(void)
{
    struct cfg *cfg = load(project);
    struct cfg_regions regions = cfg_top(cfg)->regions;
    CHECK_U64(regions.count, 3);
    const struct cfg_region *flash = &regions.items[0], *sram = &regions.items[1];
    CHECK_TEXT(flash->name, "FLASH");
    CHECK_U64(flash->origin, 0x08000000), CHECK_U64(flash->length, 256 * 1024);
    CHECK(flash->kind == CFG_ROM && flash->placed && flash->alias_count == 0 && flash->line == 2);
    CHECK_U64(sram->length, 200 * 1024), CHECK_U64(sram->alias_count, 2);
    CHECK_U64(sram->aliases[0], 0x40380000), CHECK_U64(sram->aliases[1], 1 << 30);
    CHECK(sram->kind == CFG_ANY_MEMORY && !regions.items[2].placed);

    const struct cfg_region stated[] = {
        {.name = "SRAM", .origin = 1, .length = 2, .placed = true},
        {.name = "LATER", .origin = 3, .length = 4, .kind = CFG_ROM, .placed = true},
    };
    struct arena *arena = arena_new();
    struct cfg_regions joined;
    struct fault fault = {0};
    CHECK(cfg_regions_join((struct cfg_regions){stated, 2}, regions, "t", arena, &joined, &fault));
    CHECK_U64(joined.count, 3);
    CHECK_U64(joined.items[0].length, 200 * 1024); // ours has a place: it replaces
    CHECK_U64(joined.items[1].length, 4);          // without one it completes
    CHECK(joined.items[1].kind == CFG_RAM);
    CHECK_TEXT(joined.items[2].name, "FLASH");
    CHECK(!cfg_regions_join((struct cfg_regions){stated, 1}, regions, "t", arena, &joined, &fault));
    CHECK_TEXT(fault.text, "t:4: region 'LATER' has no origin and length, and nothing else says "
                           "where it lies");
    arena_free(arena);
    cfg_free(cfg);
}

static void test_budgets(void)
{
    struct cfg *cfg = load(project);
    struct cfg_budgets budgets = cfg_top(cfg)->budgets;
    CHECK_U64(budgets.count, 4);
    const struct cfg_budget *b = budgets.items;
    CHECK(b[0].subject == CFG_REGION && b[0].line == 7);
    CHECK_TEXT(b[0].name, "FLASH");
    check_limit(b[0].max, CFG_PERMILLE, 950), check_limit(b[0].warn, CFG_PERMILLE, 925);
    CHECK(b[1].subject == CFG_MODULE && b[1].grows && b[1].region == NULL);
    CHECK_TEXT(b[1].column, "rom");
    check_limit(b[1].max, CFG_AMOUNT, 40 * 1024), check_limit(b[1].warn, CFG_NO_LIMIT, 0);
    check_limit(b[1].growth_percent, CFG_PERMILLE, 20);
    check_limit(b[1].growth_bytes, CFG_AMOUNT, 512);
    CHECK(b[2].subject == CFG_SECTION && b[2].column == NULL);
    CHECK_TEXT(b[2].region, "FLASH");
    check_limit(b[2].max, CFG_AMOUNT, 4096), check_limit(b[2].warn, CFG_AMOUNT, 2816);
    CHECK(b[3].subject == CFG_SYMBOL && b[3].until == 20280229 && b[3].line == 10);
    CHECK_TEXT(b[3].waiver, "debug console");
    CHECK_TEXT(b[3].column, "vm");
    check_limit(b[3].max, CFG_AMOUNT, 0);
    cfg_free(cfg);
}

static void test_targets(void)
{
    size_t count;
    struct cfg *cfg = load(project);
    const struct cfg_target *targets = cfg_targets(cfg, &count);
    CHECK_U64(count, 2);
    CHECK_TEXT(targets[0].base, "b");
    CHECK_U64(targets[0].regions.count, 1), CHECK_U64(targets[0].budgets.count, 4);
    CHECK_TEXT(targets[1].base, "last.tare");
    CHECK_U64(targets[1].regions.count, 3), CHECK_U64(targets[1].budgets.count, 5);
    CHECK(targets[1].budgets.items[0].subject == CFG_OBJECTS && targets[1].line == 15);
    CHECK_TEXT(cfg_path(cfg), "tare.yaml");
    cfg_free(cfg);
    CHECK(cfg_top(NULL)->budgets.count == 0 && cfg_targets(NULL, &count) == NULL && count == 0);
}

static void test_budget_mistakes(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"budgets:\n  - {regoin: X, max: 1}\n",
         "t.yaml:2: unknown key 'regoin', did you mean 'region'?"},
        {"budgets:\n  - {modules: X, max: 1}\n",
         "t.yaml:2: unknown key 'modules', did you mean 'module'?"},
        {"budgets:\n  - {max: 1}\n", "t.yaml:2: this budget is on nothing: total, region, module, "
                                     "section, symbol, struct, objects or objects_of"},
        {"budgets:\n  - {struct: a, region: b, max: 1}\n",
         "t.yaml:2: this budget is on two things at once; only module, section and symbol go with "
         "a region"},
        {"budgets:\n  - {region: a, in: rom, max: 1}\n",
         "t.yaml:2: in: goes with module, section or symbol, without a region"},
        {"budgets:\n  - {module: a}\n", "t.yaml:2: this budget has no limit: max, warn or growth"},
        {"budgets:\n  - module: a\n    max: lots\n",
         "t.yaml:3: max: expected bytes (4096, 96 KiB) or percent (95%), not 'lots'"},
        {"budgets:\n  - module: a\n    max: 5%\n",
         "t.yaml:3: max: a percentage is of a region, and this budget names none"},
        {"budgets:\n  - module: a\n    max: 5\n    warn: 6\n",
         "t.yaml:4: warn: above max, so that it would never be told"},
        {"budgets:\n  - module: a\n    in: rim\n    max: 1\n",
         "t.yaml:3: in: expected file, vm, rom or ram, not 'rim'"},
        {"budgets:\n  - {total: flash, max: 1}\n",
         "t.yaml:2: total: expected file, vm, rom or ram, not 'flash'"},
        {"budgets:\n  - module: a\n    growth:\n      percent: x\n",
         "t.yaml:4: percent: expected a percentage, not 'x'"},
        {"budgets:\n  - module: a\n    growth: {}\n",
         "t.yaml:3: growth: expected percent, bytes or both"},
        {"budgets:\n  - module: a\n    max: 1\n    waiver: {reason: x, until: 2026-02-29}\n",
         "t.yaml:4: until: expected a date (2026-12-31), not '2026-02-29'"},
        {"budgets:\n  - module: a\n    max: 1\n    waiver: {until: 2026-02-28}\n",
         "t.yaml:4: 'reason' is missing"},
        {"regions:\n  - {name: a, origin: 0}\n", "t.yaml:2: region 'a' has no length"},
        {"regions:\n  - {name: a, origin: 0, length: 0}\n",
         "t.yaml:2: region 'a' is empty or ends beyond 64 bits"},
        {"regions:\n  - {name: a, origin: 1, length: 0xffffffffffffffff}\n",
         "t.yaml:2: region 'a' is empty or ends beyond 64 bits"},
        {"regions:\n  - {name: a, origin: 0, length: 2T}\n",
         "t.yaml:2: length: expected a number (4096, 0x1000, 96 KiB), not '2T'"},
        {"regions:\n  - {name: a, origin: 0, length: 2.5}\n",
         "t.yaml:2: length: expected a number (4096, 0x1000, 96 KiB), not '2.5'"},
        {"regions:\n  - {name: a, kind: RAMM}\n",
         "t.yaml:2: kind: expected ROM or RAM, not 'RAMM'"},
        {"regions:\n  - name: a\n  - name: a\n",
         "t.yaml:3: region 'a' is there twice, first on line 2"},
        {"targets:\n  - {name: a, path: b}\n\n  - {name: a, path: c}\n",
         "t.yaml:4: target 'a' is there twice, first on line 2"},
        {"targets:\n  - name: a\n    path: b\n    budgets:\n      - module: x\n        max: y\n",
         "t.yaml:6: max: expected bytes (4096, 96 KiB) or percent (95%), not 'y'"},
        {"targets:\n  - name: a\n", "t.yaml:2: 'path' is missing"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cfg *cfg = NULL;
        struct fault fault = {0};
        CHECK(!cfg_load_text(&cfg, slice_text(rows[i].text), "t.yaml", &fault));
        CHECK(cfg == NULL && fault.kind == FAULT_INPUT);
        CHECK_TEXT(fault.text, rows[i].message);
    }
}

// Every prefix of a good file, and every byte of it changed: an answer, never a crash.
static void damage(const char *good, size_t size)
{
    for (size_t cut = 0; cut <= size; cut++) {
        struct cfg *cfg = NULL;
        struct fault fault = {0};
        CHECK(cfg_load_text(&cfg, slice_of(good, cut), "t", &fault) == (fault.kind == FAULT_NONE));
        cfg_free(cfg);
    }
    static const char marks[] = "\0\n'\"[]{}:-*&!%@`|>#,?~\x80";
    char copy[2000];
    for (size_t at = 0; at < size; at++) {
        memcpy(copy, good, size);
        copy[at] = marks[at % (sizeof marks - 1)];
        struct cfg *cfg = NULL;
        struct fault fault = {0};
        CHECK(cfg_load_text(&cfg, slice_of(copy, size), "t", &fault) == (fault.kind == FAULT_NONE));
        cfg_free(cfg);
    }
}

static void test_damage(void)
{
    damage(rules, sizeof rules - 1);
    damage(project, sizeof project - 1);
}

static void check_unreadable(const char *path, const char *message)
{
    struct cfg *cfg = NULL;
    struct fault fault = {0};
    CHECK(!cfg_load(&cfg, path, &fault) && fault.kind == FAULT_INPUT && cfg == NULL);
    CHECK(strstr(fault.text, message) != NULL);
    CHECK(slice_starts(slice_text(fault.text), path));
}

static void write_file(const char *path, const char *text, size_t size)
{
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL && fwrite(text, 1, size, file) == size && fclose(file) == 0);
}

static void test_files(void)
{
    char directory[] = "/tmp/tare-config-XXXXXX", path[64], fifo[64];
    CHECK(mkdtemp(directory) != NULL);
    snprintf(path, sizeof path, "%s/tare.yaml", directory);
    snprintf(fifo, sizeof fifo, "%s/fifo", directory);
    check_unreadable(path, ": cannot be opened: No such file");
    check_unreadable(directory, ": expected a regular file");
    CHECK(mkfifo(fifo, 0600) == 0);
    check_unreadable(fifo, ": expected a regular file");
    write_file(path, "foo: 1\n", 7);
    check_unreadable(path, "/tare.yaml:1: unknown key 'foo'");
    char *spaces = mem_alloc(CFG_SIZE_MAX + 1);
    memset(spaces, '\n', CFG_SIZE_MAX + 1);
    write_file(path, spaces, CFG_SIZE_MAX + 1);
    check_unreadable(path, "too long for a configuration");
    free(spaces);
    write_file(path, rules, sizeof rules - 1);
    struct cfg *cfg = NULL;
    struct fault fault = {0};
    CHECK(cfg_load(&cfg, path, &fault));
    CHECK_TEXT(module_of(cfg, "/build/Objects/x.c", NULL, NULL), "objects");
    cfg_free(cfg);
    unlink(path), unlink(fifo), rmdir(directory);
}

int main(void)
{
    test_modules(), test_empty();
    test_regions(), test_budgets(), test_targets(), test_budget_mistakes();
    test_mistakes(), test_syntax(), test_damage();
    test_files();
    return check_done();
}
