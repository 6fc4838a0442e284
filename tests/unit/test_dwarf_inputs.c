// SPDX-License-Identifier: MIT
//
// What compilers, assemblers and linkers really write. The same two sources are built in every way
// that changes how debug information looks, and must give the same answers each time. A way that a
// compiler of the machine does not know is passed over.

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dwarfsize/dwarfsize.h"
#include "tests/unit/check.h"

static const char header_source[] =
    "struct shared { int a; char b; long c[4]; };\n"
    "static inline __attribute__((always_inline)) int twice(int x)\n"
    "{\n"
    "    return x * 2 + 1;\n"
    "}\n";

static const char main_source[] = "#include \"inc/twice.h\"\n"
                                  "struct only { struct shared s; short t; };\n"
                                  "struct only var_a;\n"
                                  "int other(int);\n"
                                  "int unused(int x)\n"
                                  "{\n"
                                  "    return x ^ other(x);\n"
                                  "}\n"
                                  "int main(int argc, char **argv)\n"
                                  "{\n"
                                  "    (void)argv;\n"
                                  "    var_a.t = (short)other(twice(argc));\n"
                                  "    return var_a.t;\n"
                                  "}\n";

static const char other_source[] = "#include \"inc/twice.h\"\n"
                                   "static struct shared table[3];\n"
                                   "int other(int x)\n"
                                   "{\n"
                                   "    table[x & 1].a = twice(x);\n"
                                   "    return table[0].a + x;\n"
                                   "}\n";

// ----------------------------------------------------------------------------- building

static void write_source(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    if (file == NULL)
        return;
    CHECK(fputs(text, file) >= 0);
    CHECK(fclose(file) == 0);
}

// A directory of its own, which is then the current one. `here` receives its path.
static void enter_directory(char *here, size_t size)
{
    char name[] = "/tmp/tare-dwarf-XXXXXX";
    CHECK(mkdtemp(name) != NULL && chdir(name) == 0 && getcwd(here, size) != NULL);
    CHECK(mkdir("inc", 0777) == 0);
    write_source("inc/twice.h", header_source);
    write_source("main.c", main_source);
    write_source("other.c", other_source);
}

static bool run(const char *command)
{
    struct buf quiet = {0};
    buf_printf(&quiet, "(%s) </dev/null >log 2>&1", command);
    buf_char(&quiet, '\0');
    bool good = system(quiet.data) == 0;
    buf_free(&quiet);
    return good;
}

// ------------------------------------------------------------------------------ opening

struct input {
    struct doubts *doubts;
    struct img_file *file;
    struct img *img;
    struct img_debug debug;
    struct dw *dw;
    const struct dw_unit *units;
    size_t unit_count;
};

static bool input_open(struct input *input, const char *path)
{
    struct fault fault = {0};
    struct img_debug_options debug_options = {.dir = "/nonexistent"};
    *input = (struct input){.doubts = doubts_new()};
    struct dw_options options = {.threads = 2, .doubts = input->doubts};
    bool opened = img_file_open(&input->file, path, input->doubts, &fault);
    CHECK(opened);
    if (!opened)
        return false;
    input->img = img_file_image(input->file, 0);
    CHECK(img_debug_find(&input->debug, input->img, &debug_options, input->doubts, &fault));
    opened = dw_open(&input->dw, &input->debug, &options, &fault);
    CHECK(opened);
    if (opened)
        input->units = dw_units(input->dw, &input->unit_count);
    return opened;
}

static void input_close(struct input *input)
{
    dw_close(input->dw);
    img_debug_close(&input->debug);
    if (input->file != NULL)
        img_file_close(input->file);
    doubts_free(input->doubts);
}

// ----------------------------------------------------------------------------- checking

static const char *directory; // of the sources: set once by main

static bool is_source(const char *path, const char *name)
{
    size_t size = strlen(directory);
    return strncmp(path, directory, size) == 0 && path[size] == '/' &&
           strcmp(path + size + 1, name) == 0;
}

struct seen {
    uint64_t main_addr, other_addr, unused_addr; // of symbols
    bool main_line, other_line, unused_line, inlined_line, strange_file;
    uint64_t end; // of the run before
    uint64_t bytes;
};

static void see_run(void *context, const struct dw_line_run *r)
{
    struct seen *seen = context;
    bool main_file = is_source(r->path, "main.c"), other_file = is_source(r->path, "other.c");
    bool header = is_source(r->path, "inc/twice.h");
    CHECK(r->start < r->end);
    seen->bytes += r->end - r->start;
    seen->strange_file |= !main_file && !other_file && !header;
    seen->inlined_line |= header && r->line == 4;
    seen->unused_line |= main_file && r->line == 7;
    // The line of a function's first byte is that of its name or its brace.
    if (r->start <= seen->main_addr && seen->main_addr < r->end)
        seen->main_line = main_file && (r->line == 9 || r->line == 10);
    if (r->start <= seen->other_addr && seen->other_addr < r->end)
        seen->other_line = other_file && (r->line == 3 || r->line == 4);
}

static uint64_t symbol_addr(struct img *img, const char *name)
{
    size_t count;
    const struct img_symbol *symbols = img_symbols(img, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(symbols[i].name, name) == 0)
            return symbols[i].addr;
    return UINT64_MAX;
}

// `gone`: the linker has thrown unused() away.
static void check_lines(struct input *input, bool gone)
{
    struct fault fault = {0};
    struct seen seen = {.main_addr = symbol_addr(input->img, "main"),
                        .other_addr = symbol_addr(input->img, "other")};
    for (uint32_t unit = 0; unit < input->unit_count; unit++)
        CHECK(dw_read_lines(input->dw, input->img, unit, false, see_run, &seen, &fault));
    CHECK(seen.main_line);
    CHECK(seen.other_line);
    CHECK(seen.inlined_line);
    CHECK(!seen.strange_file);
    CHECK(seen.unused_line == !gone);
    uint64_t bytes = seen.bytes;
    seen.bytes = 0;
    for (uint32_t unit = 0; unit < input->unit_count; unit++)
        CHECK(dw_read_lines(input->dw, input->img, unit, true, see_run, &seen, &fault));
    CHECK_U64(seen.bytes, bytes);
}

static const struct dw_function *function_named(const struct dw_code *code, const char *name)
{
    for (size_t i = 0; i < code->function_count; i++)
        if (strcmp(code->functions[i].name, name) == 0)
            return &code->functions[i];
    return NULL;
}

static void check_function(struct input *input, const struct dw_code *code, const char *name,
                           const char *source)
{
    const struct dw_function *f = function_named(code, name);
    CHECK(f != NULL);
    if (f == NULL)
        return;
    CHECK(is_source(input->units[f->unit].path, source));
    CHECK_U64(f->range_count, 1);
    CHECK_U64(code->ranges[f->range_first].start, symbol_addr(input->img, name));
}

static void check_code(struct input *input, bool gone)
{
    struct fault fault = {0};
    const struct dw_code *code;
    CHECK(dw_read_code(input->dw, input->img, DW_CODE_NAMES | DW_CODE_INLINES | DW_CODE_SIZES,
                       &code, &fault));
    check_function(input, code, "main", "main.c");
    check_function(input, code, "other", "other.c");
    CHECK((function_named(code, "unused") == NULL) == gone);
    CHECK(code->inline_count >= 2);
    bool variable = false;
    for (size_t i = 0; i < code->variable_count; i++)
        if (strcmp(code->variables[i].name, "var_a") == 0)
            variable = code->variables[i].addr == symbol_addr(input->img, "var_a") &&
                       code->variables[i].size != 0;
    CHECK(variable);
}

static const struct dw_type *type_named(const struct dw_types *types, const char *name)
{
    for (dw_type_id id = 0; id < dw_types_count(types); id++) {
        const struct dw_type *type = dw_types_get(types, id);
        if (type->kind == DW_STRUCT && !type->declaration && strcmp(type->name, name) == 0)
            return type;
    }
    return NULL;
}

// A snapshot gives the same types, and a damaged one never more than a fault.
static void check_snapshot(const struct dw_types *types)
{
    struct fault fault = {0};
    struct buf first = {0}, second = {0};
    struct dw_types *loaded;
    dw_types_save(types, &first);
    bool good = dw_types_load(&loaded, slice_of(first.data, first.size), "snapshot", &fault);
    CHECK(good);
    if (good) {
        CHECK_U64(dw_types_count(loaded), dw_types_count(types));
        CHECK_TEXT(type_named(loaded, "shared")->decl_file, type_named(types, "shared")->decl_file);
        dw_types_save(loaded, &second);
        CHECK(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
        dw_types_free(loaded);
    }
    for (size_t size = 0; size < first.size; size++) {
        struct fault why = {0};
        CHECK(!dw_types_load(&loaded, slice_of(first.data, size), "snapshot", &why));
        CHECK(why.kind == FAULT_INPUT);
    }
    for (size_t at = 0; at < first.size; at++) {
        struct fault why = {0};
        first.data[at] = (char)~first.data[at];
        if (dw_types_load(&loaded, slice_of(first.data, first.size), "snapshot", &why))
            dw_types_free(loaded);
        first.data[at] = (char)~first.data[at];
    }
    buf_free(&first);
    buf_free(&second);
}

static void check_types(struct input *input)
{
    struct fault fault = {0};
    struct dw_types_options options = {.units = true};
    struct dw_types *types;
    unsigned word = img_info(input->img)->address_size;
    bool good = dw_read_types(input->dw, &options, &types, &fault);
    CHECK(good);
    if (!good)
        return;
    const struct dw_type *shared = type_named(types, "shared"), *only = type_named(types, "only");
    CHECK(shared != NULL && only != NULL);
    if (shared != NULL && only != NULL) {
        CHECK_U64(shared->size, 8 + 4 * word);
        CHECK_U64(only->size, 8 + 4 * word + word);
        CHECK(is_source(shared->decl_file, "inc/twice.h"));
        CHECK(is_source(only->decl_file, "main.c"));
        CHECK_U64(shared->decl_line, 1);
        CHECK_U64(shared->member_count, 3);
        check_snapshot(types);
    }
    dw_types_free(types);
}

// Parts are sorted, do not overlap, and of these sections nothing is left over.
static void check_parts(struct input *input)
{
    static const char *const whole[] = {
        ".debug_info", ".debug_types",   ".debug_abbrev",   ".debug_line",     ".debug_str_offsets",
        ".debug_addr", ".debug_aranges", ".debug_rnglists", ".debug_loclists", ".debug_ranges"};
    struct fault fault = {0};
    const struct dw_part *parts;
    size_t count;
    CHECK(dw_read_parts(input->dw, &parts, &count, &fault));
    for (size_t i = 1; i < count; i++)
        CHECK(parts[i].section > parts[i - 1].section ||
              parts[i].offset >= parts[i - 1].offset + parts[i - 1].size);
    for (size_t name = 0; name < COUNT_OF(whole); name++) {
        const struct img_section *section = img_section_named(input->debug.img, whole[name]);
        uint64_t sum = 0;
        for (size_t i = 0; section != NULL && i < count; i++)
            sum += parts[i].section == section->index ? parts[i].size : 0;
        CHECK_U64(sum, section == NULL ? 0 : section->size);
    }
}

static void check_build(const char *path, bool gone)
{
    struct input input;
    if (input_open(&input, path)) {
        check_lines(&input, gone);
        check_code(&input, gone);
        check_types(&input);
        check_parts(&input);
        CHECK_U64(doubts_total(input.doubts), 0);
    }
    input_close(&input);
}

// --------------------------------------------------------------------------------- tests

static unsigned builds;

// Builds by a command that makes the file "program", and checks it. What fails is shown with it.
static bool try_build(const char *command, bool gone)
{
    int before = check_failures;
    if (!run(command)) {
        printf("passed over: %s\n", command);
        return false;
    }
    check_build("program", gone);
    if (check_failures != before)
        fprintf(stderr, "  with %s\n", command);
    builds++;
    return true;
}

static bool try_options(const char *compiler, unsigned version, const char *options, bool gone)
{
    struct buf command = {0};
    buf_printf(&command, "rm -f *.o *.dwo *.dwp; %s -O1 -g -gdwarf-%u %s main.c other.c -o program",
               compiler, version, options);
    buf_char(&command, '\0');
    bool good = try_build(command.data, gone);
    buf_free(&command);
    return good;
}

static void test_versions(const char *compiler)
{
    for (unsigned version = 2; version <= 5; version++) {
        try_options(compiler, version, "", false);
        try_options(compiler, version, "-m32", false);
        try_options(compiler, version, "-fdebug-types-section", false);
        try_options(compiler, version, "-ffunction-sections -Wl,--gc-sections", true);
        if (version > 2)
            try_options(compiler, version, "-gdwarf64", false);
    }
    for (unsigned version = 4; version <= 5; version++) {
        try_options(compiler, version, "-gz=zlib", false);
        try_options(compiler, version, "-gz=zlib-gnu", false);
        try_options(compiler, version, "-gsplit-dwarf", false);
        try_options(compiler, version, "-gsplit-dwarf -fdebug-types-section", false);
        try_options(compiler, version, "-fuse-ld=lld -ffunction-sections -Wl,--gc-sections", true);
        try_options(compiler, version, "-fuse-ld=mold -ffunction-sections -Wl,--gc-sections", true);
    }
}

// Packed into a .dwp and with the .dwo files gone, all is as before; with the .dwp gone too, what
// the skeletons say is left, and one doubt.
static void test_package(const char *compiler, unsigned version, const char *options,
                         const char *packer)
{
    struct buf command = {0};
    if (!try_options(compiler, version, options, false))
        return;
    buf_printf(&command, "timeout 20 %s -e program -o program.dwp && rm *.dwo", packer);
    buf_char(&command, '\0');
    try_build(command.data, false);
    buf_free(&command);
    unlink("program.dwp");
    if (!run("rm -f *.dwo"))
        return;
    struct input input;
    if (input_open(&input, "program")) {
        CHECK_U64(input.unit_count, 2);
        CHECK_U64(doubts_total(input.doubts), 1);
        check_lines(&input, false);
        check_parts(&input);
    }
    input_close(&input);
}

static void test_packages(void)
{
    static const char llvm[] = "$(ls -d /usr/lib/llvm-*/bin/llvm-dwp /usr/bin/llvm-dwp | head -1)";
    static const char types[] = "-gsplit-dwarf -fdebug-types-section";
    test_package("gcc", 4, types, "dwp");
    test_package("gcc", 4, types, llvm);
    // Not gcc 5: neither packer takes it (llvm-dwp 14 does not come back).
    test_package("clang", 4, types, llvm);
    test_package("clang", 5, types, llvm);
}

// A build that was moved: the .dwo files lie beside the binary.
static void test_moved_build(void)
{
    CHECK(run("rm -rf *.o *.dwo there && mkdir there && gcc -O1 -g -gsplit-dwarf main.c other.c -o "
              "program && mv *.dwo program there"));
    check_build("there/program", false);
}

// The .dwo of another compilation: its unit stays a skeleton.
static void test_other_dwo(void)
{
    struct input input;
    CHECK(run("rm -f *.dwo && gcc -O1 -g -gsplit-dwarf main.c other.c -o program && "
              "echo 'int other(char *s) { return *s; }' >x.c && "
              "gcc -O1 -g -gsplit-dwarf -c x.c -o x.o && mv x.dwo program-other.dwo"));
    if (input_open(&input, "program")) {
        CHECK_U64(doubts_total(input.doubts), 1);
        check_lines(&input, false);
    }
    input_close(&input);
}

// Relocatable files: every section starts at 0 until it is given a place.
static void test_objects(const char *compiler)
{
    struct buf command = {0};
    for (unsigned version = 3; version <= 5; version++) {
        command.size = 0;
        buf_printf(&command,
                   "%s -O1 -g -gdwarf-%u -ffunction-sections -c main.c -o a.o && "
                   "%s -O1 -g -gdwarf-%u -ffunction-sections -c other.c -o b.o && "
                   "ld -r a.o b.o -o program",
                   compiler, version, compiler, version);
        buf_char(&command, '\0');
        try_build(command.data, false);
    }
    buf_free(&command);
}

struct zero {
    const char *line_path;
    uint64_t bytes;
};

static void see_zero(void *context, const struct dw_line_run *r)
{
    struct zero *zero = context;
    if (r->start != 0)
        return;
    zero->line_path = r->path;
    zero->bytes += r->end;
}

// Code at 0: the functions the linker threw away seem to be there as well.
static void test_code_at_zero(void)
{
    struct fault fault = {0};
    struct input input;
    struct zero zero = {0};
    if (!run("gcc -O1 -g -ffunction-sections -Wl,--gc-sections,-e,other,-Ttext=0,--build-id=none "
             "-static -nostdlib -fcf-protection=none main.c other.c -o program"))
        return;
    if (input_open(&input, "program")) {
        CHECK_U64(symbol_addr(input.img, "other"), 0);
        for (uint32_t unit = 0; unit < input.unit_count; unit++)
            CHECK(dw_read_lines(input.dw, input.img, unit, true, see_zero, &zero, &fault));
        CHECK(zero.line_path != NULL && is_source(zero.line_path, "other.c"));
        CHECK(zero.bytes < 0x100);
    }
    input_close(&input);
}

int main(void)
{
    static char here[4096];
    enter_directory(here, sizeof here);
    directory = here;
    test_versions("gcc");
    test_versions("clang");
    test_packages();
    test_moved_build();
    test_other_dwo();
    test_objects("gcc");
    test_objects("clang");
    test_code_at_zero();
    CHECK(builds >= 20); // a test that tests nothing should not look green
    printf("%u builds checked\n", builds);
    CHECK(run("cd / && rm -rf \"$OLDPWD\""));
    return check_done();
}
