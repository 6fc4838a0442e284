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
        CHECK_TEXT(cfg_module(cfg, rows[i].unit, rows[i].symbol, rows[i].section), rows[i].module);
    CHECK_TEXT(cfg_strip(cfg, "/build/a.c"), "a.c");
    CHECK_TEXT(cfg_strip(cfg, "/usr/a.c"), "/usr/a.c");
    cfg_free(cfg);
}

static void test_empty(void)
{
    static const char *const texts[] = {"", "# nothing\n", "{}\n", "modules: []\n", "\n\n"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct cfg *cfg = load(texts[i]);
        CHECK(cfg != NULL && cfg_module(cfg, "a.c", "f", ".text") == NULL);
        CHECK_TEXT(cfg_strip(cfg, "/build/a.c"), "/build/a.c");
        cfg_free(cfg);
    }
    CHECK(cfg_module(NULL, "a.c", NULL, NULL) == NULL);
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
         "t.yaml:4: module 'a' has no units, symbols or sections to match"},
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
        {"a: 1\nb: 'x\n", "t.yaml:3: not YAML: "},
        {"a: 1\n b: 2\n", "t.yaml:2: not YAML: "},
        {"? [a]\n: b\n", "t.yaml:1: "},
        {"\xff\xfe\xff", "t.yaml: not YAML: "},
        {"a: \x01\n", "t.yaml: not YAML: "},
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

// Every prefix of a good file, and every byte of it changed: an answer, never a crash.
static void test_damage(void)
{
    size_t size = sizeof rules - 1;
    for (size_t cut = 0; cut <= size; cut++) {
        struct cfg *cfg = NULL;
        struct fault fault = {0};
        CHECK(cfg_load_text(&cfg, slice_of(rules, cut), "t", &fault) == (fault.kind == FAULT_NONE));
        cfg_free(cfg);
    }
    static const char marks[] = "\0\n'\"[]{}:-*&!%@`|>#,?~\x80";
    for (size_t at = 0; at < size; at++) {
        char copy[sizeof rules];
        memcpy(copy, rules, sizeof rules);
        copy[at] = marks[at % (sizeof marks - 1)];
        struct cfg *cfg = NULL;
        struct fault fault = {0};
        CHECK(cfg_load_text(&cfg, slice_of(copy, size), "t", &fault) == (fault.kind == FAULT_NONE));
        cfg_free(cfg);
    }
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
    CHECK_TEXT(cfg_module(cfg, "/build/Objects/x.c", NULL, NULL), "objects");
    cfg_free(cfg);
    unlink(path), unlink(fifo), rmdir(directory);
}

int main(void)
{
    test_modules(), test_empty();
    test_mistakes(), test_syntax(), test_damage();
    test_files();
    return check_done();
}
