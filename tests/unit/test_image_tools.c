// SPDX-License-Identifier: MIT
//
// image/ on what gcc and binutils really write: separate debug files by every way they are found, a
// thin archive, more sections than fit in 16 bits, special files.

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/image.h"
#include "tests/unit/check.h"

// Runs a shell command in the test's directory.
static bool run(const char *command)
{
    bool good = system(command) == 0;
    if (!good)
        fprintf(stderr, "failed: %s\n", command);
    return good;
}

static struct img *open_image(struct img_file **file, const char *path)
{
    struct fault fault = {0};
    if (img_file_open(file, path, NULL, &fault))
        return img_file_image(*file, 0);
    fprintf(stderr, "%s\n", fault.text);
    return NULL;
}

static void test_special_files(void)
{
    static const char *const rows[][2] = {
        {".", "directory"}, {"fifo", "FIFO"}, {"/dev/null", "device"}, {"empty", "empty"}};
    CHECK(mkfifo("fifo", 0600) == 0);
    CHECK(run(": > empty"));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct img_file *file;
        struct fault fault = {0};
        CHECK(!img_file_open(&file, rows[i][0], NULL, &fault) && fault.kind == FAULT_INPUT);
        CHECK(strstr(fault.text, rows[i][1]) != NULL && strstr(fault.text, rows[i][0]) != NULL);
    }
}

// ------------------------------------------------------------------- debug search

// Where `prog`'s debug information is found; `want` is part of the path, or of the fault.
static void check_found(const struct img_debug_options *options, enum img_debug_origin origin,
                        const char *want, bool doubtful)
{
    struct img_file *file;
    struct fault fault = {0};
    struct doubts *doubts = doubts_new();
    struct img *img = open_image(&file, "prog");
    struct img_debug debug;
    if (img_debug_find(&debug, img, options, doubts, &fault)) {
        CHECK_U64(debug.origin, origin);
        if (debug.img != NULL)
            CHECK(strstr(img_info(debug.img)->path, want) != NULL);
        CHECK((debug.img == NULL) == (origin == IMG_DEBUG_NONE));
        CHECK(debug.alt == NULL && debug.dwp == NULL);
    } else {
        CHECK(origin == IMG_DEBUG_NONE && strstr(fault.text, want) != NULL);
    }
    CHECK((doubts_total(doubts) != 0) == doubtful);
    img_debug_close(&debug);
    img_file_close(file);
    doubts_free(doubts);
}

static void test_debug_search(void)
{
    const struct img_debug_options here = {.dir = "root"};
    CHECK(run("echo 'int main(void) { return 0; }' > main.c && "
              "gcc -g -Wl,--build-id=0x0123456789abcdef main.c -o prog && cp prog full && "
              "gcc -g -O2 -Wl,--build-id=0x0123456789abcdee main.c -o other"));
    check_found(&here, IMG_DEBUG_SELF, "prog", false);
    CHECK(run("objcopy --only-keep-debug full prog.debug && strip prog && "
              "objcopy --add-gnu-debuglink=prog.debug prog"));
    check_found(&here, IMG_DEBUG_LINK, "/prog.debug", false);
    CHECK(run("mkdir -p .debug root/.build-id/01 \"root/$PWD\" && mv prog.debug .debug/"));
    check_found(&here, IMG_DEBUG_LINK, "/.debug/prog.debug", false);
    CHECK(run("mv .debug/prog.debug \"root/$PWD/\""));
    check_found(&here, IMG_DEBUG_LINK, "root/", false);
    CHECK(run("cp other .debug/prog.debug")); // wrong CRC, found first
    check_found(&here, IMG_DEBUG_LINK, "root/", true);
    CHECK(run("cp full root/.build-id/01/23456789abcdef.debug"));
    check_found(&here, IMG_DEBUG_BUILD_ID, "23456789abcdef.debug", false);
    CHECK(run("cp other root/.build-id/01/23456789abcdef.debug && rm \"root/$PWD/prog.debug\""));
    check_found(&here, IMG_DEBUG_NONE, "", true);

    check_found(&(struct img_debug_options){.given = "full"}, IMG_DEBUG_GIVEN, "full", false);
    struct img_debug_options given = {.given = "other"};
    check_found(&given, IMG_DEBUG_NONE, "0123456789abcdef", false);
    check_found(&given, IMG_DEBUG_NONE, "0123456789abcdee", false);
    given.given = "nothing";
    check_found(&given, IMG_DEBUG_NONE, "nothing", false);
    given.given = "main.c";
    check_found(&given, IMG_DEBUG_NONE, "text", false);
}

static void test_package(void)
{
    struct img_file *file;
    struct img_debug debug;
    CHECK(run("cp full packed && cp full packed.dwp"));
    struct img *img = open_image(&file, "packed");
    CHECK(img_debug_find(&debug, img, NULL, NULL, NULL));
    CHECK(debug.origin == IMG_DEBUG_SELF && debug.img == img && debug.dwp != NULL);
    img_debug_close(&debug);
    img_file_close(file);
}

// ----------------------------------------------------------------------- archives

static void test_thin_archive(void)
{
    struct img_file *file;
    CHECK(run("mkdir -p sub && echo 'int x;' > x.c && gcc -c x.c -o sub/x.o && "
              "gcc -c x.c -o sub/a_name_longer_than_sixteen.o && ar rc inner.a sub/x.o && "
              "ar rcT thin.a sub/a_name_longer_than_sixteen.o sub/x.o inner.a"));
    CHECK(open_image(&file, "thin.a") != NULL);
    CHECK_U64(img_file_count(file), 3);
    for (size_t i = 0; i < img_file_count(file); i++)
        CHECK(img_info(img_file_image(file, i))->external);
    CHECK_TEXT(img_info(img_file_image(file, 1))->path, "thin.a(sub/x.o)");
    CHECK_TEXT(img_info(img_file_image(file, 2))->member, "x.o");
    img_file_close(file);
    struct doubts *doubts = doubts_new();
    CHECK(run("rm sub/x.o"));
    CHECK(img_file_open(&file, "thin.a", doubts, NULL));
    CHECK_U64(img_file_count(file), 2);
    CHECK_U64(doubts_total(doubts), 1);
    img_file_close(file);
    doubts_free(doubts);
}

// ------------------------------------------------------------------------- objects

static void test_many_sections(void)
{
    struct img_file *file;
    CHECK(run("{ for i in $(seq 1 66000); do echo \".section s$i,\\\"a\\\"; .byte 1\"; done; "
              "echo 'last: .byte 2'; } > many.s && gcc -c many.s -o many.o"));
    struct img *img = open_image(&file, "many.o");
    size_t count, symbols;
    const struct img_section *sections = img_sections(img, &count);
    CHECK(count > 66000);
    const struct img_symbol *list = img_symbols(img, &symbols);
    bool found = false;
    for (size_t i = 0; i < symbols; i++) {
        if (strcmp(list[i].name, "last") != 0)
            continue;
        found = true;
        CHECK_TEXT(sections[list[i].section].name, "s66000");
        CHECK_U64(list[i].addr, sections[list[i].section].addr + 1);
    }
    CHECK(found);
    img_file_close(file);
}

// The same object with its debug sections plain and compressed in each way reads the same.
static void test_compressed_objects(void)
{
    static const char *const ways[] = {"zlib-gnu", "zlib-gabi", "zstd"};
    struct img_file *plain_file, *file;
    CHECK(run("gcc -g -c main.c -o plain.o"));
    struct img *plain = open_image(&plain_file, "plain.o");
    const struct img_section *p = img_section_named(plain, ".debug_info");
    struct slice want, got;
    CHECK(img_section_bytes(plain, p->index, &want, NULL));
    CHECK(!slice_equal(want, img_section_raw(plain, p->index))); // relocated
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        char command[200];
        snprintf(command, sizeof command,
                 "objcopy --compress-debug-sections=%s plain.o packed.o 2>/dev/null", ways[i]);
        if (system(command) != 0)
            continue; // binutils without zstd
        struct img *img = open_image(&file, "packed.o");
        const struct img_section *s = img_section_named(img, ".debug_info");
        CHECK(s != NULL && s->size == want.size);
        CHECK(img_section_bytes(img, s->index, &got, NULL) && slice_equal(got, want));
        img_file_close(file);
    }
    img_file_close(plain_file);
}

int main(void)
{
    char directory[] = "/tmp/tare-image-XXXXXX";
    if (mkdtemp(directory) == NULL || chdir(directory) != 0) {
        perror(directory);
        return 1;
    }
    test_special_files();
    test_debug_search();
    test_package();
    test_thin_archive();
    test_many_sections();
    test_compressed_objects();
    char command[100];
    snprintf(command, sizeof command, "cd / && rm -rf %s", directory);
    CHECK(system(command) == 0);
    return check_done();
}
