// SPDX-License-Identifier: MIT
//
// Reports for tests: how they are rendered and compared, and a list of types with something of
// everything.
#ifndef TARE_REPORT_FIXTURE_H
#define TARE_REPORT_FIXTURE_H

#include <stdlib.h>

#include "reports/reports.h"
#include "tests/unit/check.h"

// ------------------------------------------------------------------------ rendering

struct catcher {
    struct buf text;
    size_t calls, largest, fail_after; // fail_after 0: never
};

static bool catch_text(void *context, const void *data, size_t size)
{
    struct catcher *catcher = context;
    buf_bytes(&catcher->text, data, size);
    catcher->largest = MAX(catcher->largest, size);
    return ++catcher->calls != catcher->fail_after;
}

static char *render_style(struct rep_report *report, struct rep_style style)
{
    struct catcher catcher = {0};
    struct fault fault = {0};
    CHECK(rep_render(report, &style, &(struct rep_sink){catch_text, &catcher}, &fault));
    buf_char(&catcher.text, '\0');
    return catcher.text.data;
}

static char *render(struct rep_report *report, enum rep_format format)
{
    return render_style(report, (struct rep_style){.format = format});
}

static void expect_style(struct rep_report *report, struct rep_style style, const char *want)
{
    char *got = render_style(report, style);
    CHECK_TEXT(got, want);
    free(got);
}

static void expect(struct rep_report *report, enum rep_format format, const char *want)
{
    expect_style(report, (struct rep_style){.format = format}, want);
}

static struct rep_report report_of(struct rep_part *parts, size_t count)
{
    static const struct rep_build build = {.path = "fw.elf", .arch = "arm"};
    return (struct rep_report){.verb = "size",
                               .version = "0.1.0",
                               .builds = &build,
                               .build_count = 1,
                               .parts = parts,
                               .part_count = count};
}

#define V(...) ((union rep_value[]){__VA_ARGS__})

static const struct doubt doubts[] = {
    {"fw.elf:.debug_info", 0x1267, "form 0x99 is not known"},
    {"fw.map", NO_OFFSET, "odd line"},
};

// ----------------------------------------------------------------------------- types

// Too long to take part in the columns.
#define WIDE "std::unordered_map<std::basic_string<char>, std::vector<std::pair<int, long>>>"

struct type_list {
    const struct rep_type *types;
    size_t count, at;
    uint64_t repeat; // each that many times; 0: once
};

static bool next_type(void *context, struct rep_type *out)
{
    struct type_list *list = context;
    if (list->at >= list->count * MAX(list->repeat, 1))
        return false;
    *out = list->types[list->at++ % list->count];
    return true;
}

// clang-format off
static struct rep_member members[] = {
    {.name = "", .type = "Base", .declaration = "Base", .bit_size = 64, .inherited = true},
    {.name = "_vptr.X", .type = "int (**)(void)", .declaration = "int (**_vptr.X)(void)",
     .bit_offset = 64, .bit_size = 64, .vtable_pointer = true},
    {.name = "item", .type = "PyObject **", .declaration = "PyObject **item",
     .bit_offset = 128, .bit_size = 64},
    {.name = "run", .type = "int (*)(void *)", .declaration = "int (*run)(void *)",
     .bit_offset = 192, .bit_size = 64},
    {.name = "state", .type = "unsigned int", .declaration = "unsigned int state",
     .bit_offset = 256, .bit_size = 2, .bit_field = true, .storage_size = 4},
    {.name = "mode", .type = "unsigned int", .declaration = "unsigned int mode",
     .bit_offset = 261, .bit_size = 6, .bit_field = true},
    {.name = "", .type = "union {...}", .declaration = "union {...}",
     .bit_offset = 320, .bit_size = 128, .expanded = "union", .expanded_count = 3},
    {.name = "char", .type = "char [16]", .declaration = "char char[16]",
     .depth = 1, .bit_offset = 320, .bit_size = 128},
    {.name = "links", .type = "const struct list [1]", .declaration = "const struct list links[1]",
     .depth = 1, .bit_offset = 320, .bit_size = 64, .expanded = "struct", .expanded_count = 1},
    {.name = "next", .type = "struct list *", .declaration = "struct list *next",
     .depth = 2, .bit_offset = 320, .bit_size = 64},
    {.name = "wide", .type = WIDE, .declaration = WIDE " wide", .bit_offset = 448, .bit_size = 384},
    {.name = "tail", .type = "T []", .declaration = "T tail[]",
     .bit_offset = 832, .flexible = true},
    {.name = "count", .type = "int", .declaration = "int count", .is_static = true},
    {.name = "", .type = "Shared", .declaration = "Shared", .inherited = true,
     .virtual_base = true},
};
static const struct rep_member union_members[] = {
    {.name = "x", .type = "int", .declaration = "int x", .bit_size = 32},
};
static const struct rep_hole holes[] = {{258, 3, 5}, {267, 5, 6}, {272, 48, 6}};
static const struct rep_enumerator enumerators[] = {
    {"RED", -1, false}, {"DARK_BLUE", 7, false}, {"ALL", -1, true},
};
static const char *units[] = {"a.c", "b.c"}, *notes[] = {"moving run saves 8 bytes"};

static const struct rep_type types[] = {
    {.kind = "class", .name = "ns::X", .size = 108, .alignment = 8, .declared = "x.h:5",
     .members = members, .member_count = COUNT_OF(members), .holes = holes, .hole_count = 3,
     .tail_padding = 4, .tail_padding_bits = 3, .member_total = 9, .hole_total = 1,
     .bit_hole_total = 2, .members_size = 97, .holes_size = 6, .cacheline = 32,
     .units = units, .unit_count = 2, .instances = 5, .notes = notes, .note_count = 1},
    {.kind = "struct", .name = "", .alias = "empty_t", .size = 1},
    {.kind = "enum", .name = "colour", .target = "int", .size = 4, .declared = "c.h:3",
     .enumerators = enumerators, .enumerator_count = 3},
    {.kind = "typedef", .name = "handler", .target = "int (*)(void *)", .size = 8},
    {.kind = "typedef", .name = "name_t", .target = "char [16]"},
    {.kind = "typedef", .name = "call_t", .target = "std::f<int (void)> (int)"},
    {.kind = "union", .name = "u", .size = 4, .member_total = 1, .members = union_members,
     .member_count = 1},
};
// clang-format on

static struct rep_part types_part(struct type_list *list)
{
    *list = (struct type_list){.types = types, .count = COUNT_OF(types)};
    return (struct rep_part){.kind = REP_TYPES, .types = {.next = next_type, .context = list}};
}

#endif
