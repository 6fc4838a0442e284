// SPDX-License-Identifier: MIT
//
// Files that go onto a target: what each format says, and what is damaged.

#include <stdlib.h>

#include "check.h"
#include "image/image.h"

static struct img_ship *open_text(const char *text, struct doubts *doubts)
{
    struct img_ship *ship = NULL;
    struct fault fault = {0};
    CHECK(img_ship_open_memory(&ship, slice_text(text), "f", doubts, &fault));
    CHECK_TEXT(fault.text, "");
    return ship;
}

static void check_run(const struct img_ship *ship, size_t index, uint64_t addr, const char *bytes)
{
    size_t count;
    const struct img_ship_run *runs = img_ship_runs(ship, &count);
    CHECK(index < count);
    if (index >= count)
        return;
    CHECK_U64(runs[index].addr, addr);
    CHECK(slice_is(runs[index].bytes, bytes));
}

// Neighbours join; segments and upper addresses move what follows; nothing follows the end.
static void test_hex(void)
{
    struct img_ship *ship = open_text(":03001000616263C7\n"
                                      ":02001300646522\n"
                                      ":020000040800F2\n"
                                      ":010010006689\n"
                                      ":020000021000EC\n"
                                      ":010001006797\n"
                                      ":0400000500000010E7\n"
                                      ":00000001FF\n"
                                      "and more\n",
                                      NULL);
    size_t count;
    img_ship_runs(ship, &count);
    CHECK_U64(count, 3);
    CHECK(img_ship_kind(ship) == IMG_SHIP_HEX && img_ship_bad(ship) == 0);
    check_run(ship, 0, 0x10, "abcde");
    check_run(ship, 1, 0x10001, "g");
    check_run(ship, 2, 0x08000010, "f");
    img_ship_close(ship);
}

static void test_srec(void)
{
    struct img_ship *ship = open_text("S0050000686929\n"
                                      "S1060010616263C3\n"
                                      "S20600001364651D\n"
                                      "S30608000010667B\n"
                                      "S5030004F8\n"
                                      "S70500000000FA\n",
                                      NULL);
    size_t count;
    img_ship_runs(ship, &count);
    CHECK_U64(count, 2);
    CHECK(img_ship_kind(ship) == IMG_SHIP_SREC && img_ship_bad(ship) == 0);
    check_run(ship, 0, 0x10, "abcde");
    check_run(ship, 1, 0x08000010, "f");
    img_ship_close(ship);
}

// Wrong checksums and overlaps are doubts, and counted.
static void test_bad(void)
{
    struct doubts *doubts = doubts_new();
    struct img_ship *ship = open_text(":0300100061626300\n"
                                      ":02001200646523\n"
                                      ":00000001FF\n",
                                      doubts);
    CHECK_U64(img_ship_bad(ship), 2);
    CHECK_U64(doubts_total(doubts), 2);
    check_run(ship, 0, 0x10, "ab");
    check_run(ship, 1, 0x12, "de");
    img_ship_close(ship);
    ship = open_text(":03 is no record", doubts); // so it is a binary
    CHECK(img_ship_kind(ship) == IMG_SHIP_BINARY);
    check_run(ship, 0, 0, ":03 is no record");
    img_ship_close(ship);
    ship = open_text("", doubts);
    size_t count;
    img_ship_runs(ship, &count);
    CHECK(img_ship_kind(ship) == IMG_SHIP_BINARY && count == 0);
    img_ship_close(ship);
    doubts_free(doubts);
}

static void test_faults(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {":03001000616263C7\n", "f+0x0: line 1: the file ends without an end record"},
        {":03001000616263C7\n\n:zz\n", "f+0x13: line 3: expected a record of Intel HEX"},
        {"S1060010616263C3\nS\n", "f+0x11: line 2: expected an S-record"},
        {":03001000616263C700\n", "f+0x0: line 1: the size of the record is not that of the line"},
        {":03001009616263BE\n", "f+0x0: line 1: unknown type of record"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct img_ship *ship = NULL;
        struct fault fault = {0};
        CHECK(!img_ship_open_memory(&ship, slice_text(rows[i].text), "f", NULL, &fault));
        CHECK(ship == NULL && fault.kind == FAULT_INPUT);
        CHECK_TEXT(fault.text, rows[i].message);
    }
}

int main(void)
{
    test_hex(), test_srec();
    test_bad(), test_faults();
    return check_done();
}
