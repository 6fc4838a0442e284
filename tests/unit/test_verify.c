// SPDX-License-Identifier: MIT
//
// Does tare verify see what it is there for? In libdwarf's place stand readers that are wrong in one
// value, that crash, hang, end, say too little or too much.

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "analyzers/verify_private.h"
#include "tests/unit/check.h"

static const char source[] = "typedef struct s { int a : 3; unsigned b : 5; char c[7]; } s;\n"
                             "struct t { int m(); };\n"
                             "int t::m() { return 1; }\n"
                             "namespace ns { int f(s *x, int y) { int z = y; return z + x->a; } }\n"
                             "int main() { s one = {}; return ns::f(&one, 2); }\n";

// What the readers below work on; they run in a copy of this process.
static struct dw *dw;
static enum an__check wrong; // the value that is changed, once

static bool open_program(struct img_file **file, struct img_debug *debug)
{
    char path[] = "/tmp/tare-verify-XXXXXX", command[200];
    const struct dw_options options = {.threads = 1};
    const struct img_debug_options nothing = {0};
    struct fault fault = {0};
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    close(fd);
    snprintf(command, sizeof command, "c++ -g -gdwarf-4 -x c++ -o %s - 2>/dev/null", path);
    FILE *compiler = popen(command, "w");
    bool good = compiler != NULL && fputs(source, compiler) >= 0 && pclose(compiler) == 0;
    CHECK(good);
    good = good && img_file_open(file, path, NULL, &fault) &&
           img_debug_find(debug, img_file_image(*file, 0), &nothing, NULL, &fault) &&
           dw_open(&dw, debug, &options, &fault);
    CHECK(good);
    unlink(path);
    return good;
}

// ------------------------------------------------------------------------- readers

// What the other reader would say, were it always of our opinion.
static void repeat_unit(uint32_t index, struct an__sink *sink)
{
    size_t count;
    const struct dw_unit *unit = &dw_units(dw, &count)[index];
    struct dw_header header = dw_unit_header(dw, index);
    const struct an__unit out = {.offset = unit->offset,
                                 .size = unit->size + (wrong == AN_CHECK_UNITS),
                                 .abbrev_offset = header.abbrev_offset,
                                 .signature = header.signature,
                                 .type_offset = header.type_offset,
                                 .version = unit->version,
                                 .kind = unit->kind,
                                 .address_size = unit->address_size,
                                 .offset_size = unit->offset_size};
    an__put_unit(sink, &out);
}

static void repeat_die(const struct dw_die *die, struct an__die *out)
{
    out->offset = die->offset;
    out->parent = die->parent;
    out->parts = die->parts;
    out->tag = die->tag;
    out->name = an__text_of(die->name ? die->name : "");
    out->linkage_name = an__text_of(die->linkage_name ? die->linkage_name : "");
    out->byte_size = die->byte_size;
    out->bit_size = die->bit_size;
    out->member_offset = die->member_offset;
    out->type = die->type;
    out->origin = die->origin;
    out->ranges.count = 0;
    for (size_t i = 0; i < die->range_count; i++)
        vec_push(&out->ranges, die->ranges[i]);
}

// Changes the wrong value; false when this DIE has none.
static bool spoil(struct an__die *die)
{
    switch (wrong) {
    case AN_CHECK_TAG:
        die->tag++;
        return true;
    case AN_CHECK_PARENT:
        die->parent--;
        return true;
    case AN_CHECK_NAME:
        die->name.head[0]++;
        return die->parts & DW_DIE_NAME;
    case AN_CHECK_LINKAGE_NAME:
        die->linkage_name.hash++;
        return die->parts & DW_DIE_LINKAGE_NAME;
    case AN_CHECK_BYTE_SIZE:
        die->byte_size++;
        return die->parts & DW_DIE_BYTE_SIZE;
    case AN_CHECK_BIT_SIZE: { // not there at all
        bool has = die->parts & DW_DIE_BIT_SIZE;
        die->parts &= ~(uint32_t)DW_DIE_BIT_SIZE;
        return has;
    }
    case AN_CHECK_MEMBER:
        die->member_offset++;
        return die->parts & DW_DIE_MEMBER;
    case AN_CHECK_TYPE:
        die->type.value++;
        return die->type.kind == DW_TARGET_SECTION;
    case AN_CHECK_ORIGIN:
        die->origin.kind = DW_TARGET_SUPPLEMENT;
        return die->origin.value != 0;
    case AN_CHECK_RANGES:
        if (die->ranges.count != 0)
            die->ranges.items[0].end++;
        return die->ranges.count != 0;
    default:
        return wrong == AN_CHECK_DIES;
    }
}

static void read_wrongly(const struct an__object *object, struct an__sink *sink)
{
    size_t count;
    struct an__die out = {0};
    struct dw_walk *walk = dw_walk_open(dw);
    (void)object;
    dw_units(dw, &count);
    for (uint32_t i = 0; i < count; i++) {
        repeat_unit(i, sink);
        dw_walk_unit(walk, i);
        for (struct dw_die die; dw_walk_next(walk, &die);) {
            repeat_die(&die, &out);
            enum an__check was = wrong;
            struct an__die untouched = out;
            if (!spoil(&out))
                out = untouched;
            else
                wrong = AN_CHECK_SECTIONS; // once is enough
            if (was != AN_CHECK_DIES || wrong == was)
                an__put_die(sink, &out);
        }
    }
    vec_free(&out.ranges);
    dw_walk_close(walk);
}

static void crash(const struct an__object *object, struct an__sink *sink)
{
    (void)object;
    repeat_unit(0, sink);
    raise(SIGSEGV);
}

static void hang(const struct an__object *object, struct an__sink *sink)
{
    (void)object;
    (void)sink;
    for (;;)
        pause();
}

static void leave(const struct an__object *object, struct an__sink *sink)
{
    (void)object;
    (void)sink;
    _exit(3);
}

static void say_nothing(const struct an__object *object, struct an__sink *sink)
{
    (void)object;
    (void)sink;
}

// A record that no reader writes: more than RECORD_MAX bytes.
static void babble(const struct an__object *object, struct an__sink *sink)
{
    struct an__die die = {0};
    (void)object;
    repeat_unit(0, sink);
    for (uint64_t i = 0; i < 1000000; i++)
        vec_push(&die.ranges, (struct dw_range){UINT64_MAX - i, UINT64_MAX});
    an__put_die(sink, &die);
}

static void give_up(const struct an__object *object, struct an__sink *sink)
{
    (void)object;
    repeat_unit(0, sink);
    an__put_error(sink, AN_CHECK_DIES, "does not like it");
}

// --------------------------------------------------------------------------- tests

static struct an_verify *verify(an__reader *reader, unsigned timeout, struct doubts *doubts)
{
    struct an_verify *v = an_verify_new(0, doubts);
    struct fault fault = {0};
    CHECK(an__verify_dies(v, &dw, 1, reader, timeout, &fault));
    return v;
}

static void test_one_difference(enum an__check check)
{
    wrong = check;
    struct an_verify *v = verify(read_wrongly, 10, NULL);
    for (unsigned i = 0; i < AN_CHECK_COUNT; i++)
        CHECK_U64(v->different[i], i == (unsigned)check);
    CHECK_U64(v->differences.count, 1);
    an_verify_free(v);
    wrong = AN_CHECK_SECTIONS;
}

static void test_agreement(void)
{
    struct an_verify *v = verify(read_wrongly, 10, NULL);
    CHECK_U64(an_verify_different(v), 0);
    CHECK(v->equal[AN_CHECK_DIES] > 10 && v->equal[AN_CHECK_MEMBER] == 3);
    CHECK_U64(v->equal[AN_CHECK_DIES], v->equal[AN_CHECK_TAG]);
    an_verify_free(v);
}

// The process is lost: a doubt that says how, nothing different, everything not compared.
static void test_loss(an__reader *reader, unsigned timeout, const char *expected)
{
    struct doubts *doubts = doubts_new();
    struct an_verify *v = verify(reader, timeout, doubts);
    size_t count;
    const struct doubt *list = doubts_list(doubts, &count);
    CHECK_U64(count, 1);
    CHECK(count == 1 && strstr(list[0].text, expected) != NULL);
    CHECK_U64(an_verify_different(v), 0);
    CHECK_U64(v->equal[AN_CHECK_DIES], 0);
    CHECK(v->skipped[AN_CHECK_DIES] > 10);
    an_verify_free(v);
    doubts_free(doubts);
}

// What is lost with a process is the object it died at; the others of its batch are read.
static void read_but_second(const struct an__object *object, struct an__sink *sink)
{
    static unsigned calls; // of this process
    if (++calls == 2)
        crash(object, sink);
    read_wrongly(object, sink);
}

static void test_batch(void)
{
    struct dw *const dws[] = {dw, NULL, dw, dw};
    struct doubts *doubts = doubts_new();
    struct an_verify *alone = verify(read_wrongly, 10, NULL), *v = an_verify_new(0, doubts);
    struct fault fault = {0};
    size_t count;
    CHECK(an__verify_dies(v, dws, COUNT_OF(dws), read_but_second, 10, &fault));
    doubts_list(doubts, &count);
    CHECK_U64(count, 1);
    CHECK_U64(an_verify_different(v), 0);
    CHECK_U64(v->equal[AN_CHECK_DIES], 2 * alone->equal[AN_CHECK_DIES]);
    CHECK_U64(v->skipped[AN_CHECK_DIES], alone->equal[AN_CHECK_DIES]);
    an_verify_free(alone);
    an_verify_free(v);
    doubts_free(doubts);
}

static void test_silence(void)
{
    struct an_verify *v = verify(say_nothing, 10, NULL);
    CHECK_U64(v->different[AN_CHECK_UNITS], 1);
    an_verify_free(v);
}

static void test_given_up(void)
{
    struct an_verify *v = verify(give_up, 10, NULL);
    CHECK_U64(an_verify_different(v), 0);
    CHECK_U64(v->equal[AN_CHECK_UNITS], 1);
    CHECK(v->skipped[AN_CHECK_DIES] > 10);
    an_verify_free(v);
}

static void test_libdwarf(void)
{
    struct an_verify *v = verify(an__libdwarf_read, 60, NULL);
    CHECK_U64(an_verify_different(v), 0);
    CHECK(v->equal[AN_CHECK_DIES] > 10);
    CHECK_U64(v->skipped[AN_CHECK_DIES], 0);
    an_verify_free(v);
}

int main(void)
{
    struct img_file *file = NULL;
    struct img_debug debug = {0};
    wrong = AN_CHECK_SECTIONS; // none of the DIE's
    if (open_program(&file, &debug)) {
        test_libdwarf();
        test_agreement();
        for (unsigned check = AN_CHECK_UNITS; check < AN_CHECK_COUNT; check++)
            test_one_difference((enum an__check)check);
        test_loss(crash, 10, "libdwarf crashed on this input (signal 11) after unit 0");
        test_loss(hang, 1, "did not answer for 1 s");
        test_loss(leave, 10, "status 3");
        test_loss(babble, 10, "wrote over the records");
        test_batch();
        test_silence();
        test_given_up();
        dw_close(dw);
    }
    img_debug_close(&debug);
    if (file != NULL)
        img_file_close(file);
    return check_done();
}
