// SPDX-License-Identifier: MIT
//
// Files that go onto a target. Every format comes down to records (address, bytes), which are
// gathered in one buffer and joined into runs: neighbours first, as they come, then by address.

#include <stdlib.h>

#include "image/private.h"

// A record, or several that followed each other: its bytes lie at `start` of the buffer.
struct piece {
    uint64_t addr;
    size_t start, size;
};

struct img_ship {
    enum img_ship_kind kind;
    struct buf bytes;
    VEC(struct piece) pieces;
    VEC(struct img_ship_run) runs;
    struct img_ship_stamp stamp;
    uint64_t bad;
};

struct reader {
    struct img_ship *ship;
    const char *path;
    struct doubts *doubts;
    struct fault *fault;
    uint64_t line, line_offset; // of text formats
};

// -------------------------------------------------------------------------- records

static void add_record(struct img_ship *ship, uint64_t addr, const uint8_t *data, size_t size)
{
    struct piece *last =
        ship->pieces.count != 0 ? &ship->pieces.items[ship->pieces.count - 1] : NULL;
    size_t start = ship->bytes.size;
    if (size == 0)
        return;
    buf_bytes(&ship->bytes, data, size);
    if (last != NULL && last->addr + last->size == addr)
        last->size += size;
    else
        vec_push(&ship->pieces, (struct piece){addr, start, size});
}

static void bad_checksum(struct reader *r)
{
    r->ship->bad++;
    doubt_add(r->doubts, r->path, NULL, r->line_offset, "line %llu: wrong checksum",
              (unsigned long long)r->line);
}

// ---------------------------------------------------------------------- lines of hex

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#define LINE_BYTES_MAX 260 // a count of one byte, and what stands around it

// The bytes written in hex on a line; -1 when something else is.
static int line_bytes(struct slice line, uint8_t out[LINE_BYTES_MAX])
{
    if (line.size % 2 != 0 || line.size / 2 > LINE_BYTES_MAX)
        return -1;
    for (size_t i = 0; i < line.size / 2; i++) {
        int high = hex_digit(line.data[2 * i]), low = hex_digit(line.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return -1;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return (int)(line.size / 2);
}

static uint8_t sum_of(const uint8_t *bytes, int count)
{
    uint8_t sum = 0;
    for (int i = 0; i < count; i++)
        sum = (uint8_t)(sum + bytes[i]);
    return sum;
}

static uint32_t big_endian(const uint8_t *bytes, unsigned count)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

static bool line_fault(struct reader *r, const char *what)
{
    return fault_set(r->fault, FAULT_INPUT, r->path, NULL, r->line_offset, "line %llu: %s",
                     (unsigned long long)r->line, what);
}

// The next line that is not empty, without its end.
static bool next_line(struct reader *r, struct cur *cur, struct slice *line)
{
    while (cur_left(cur) != 0) {
        const uint8_t *end = memchr(cur->at, '\n', cur_left(cur));
        r->line++;
        r->line_offset = cur_offset(cur);
        *line = cur_bytes(cur, end ? (uint64_t)(end - cur->at) : cur_left(cur));
        if (end != NULL)
            cur_skip(cur, 1);
        while (line->size != 0 && strchr(" \t\r", line->data[line->size - 1]) != NULL &&
               line->data[line->size - 1] != '\0')
            line->size--;
        if (line->size != 0)
            return true;
    }
    return false;
}

// ------------------------------------------------------------------------ Intel HEX

enum { HEX_DATA, HEX_END, HEX_SEGMENT, HEX_START_SEGMENT, HEX_LINEAR, HEX_START_LINEAR };

// One record; `base` is what type 2 and 4 records have set.
static bool hex_record(struct reader *r, const uint8_t *record, int count, uint64_t *base,
                       bool *ended)
{
    if (count < 5 || record[0] != count - 5)
        return line_fault(r, "the size of the record is not that of the line");
    uint32_t value = record[0] <= 4 ? big_endian(record + 4, record[0]) : 0;
    if (sum_of(record, count) != 0)
        bad_checksum(r);
    switch (record[3]) {
    case HEX_DATA:
        add_record(r->ship, *base + big_endian(record + 1, 2), record + 4, record[0]);
        return true;
    case HEX_END:
        *ended = true;
        return true;
    case HEX_SEGMENT:
        *base = (uint64_t)value << 4;
        return record[0] == 2 || line_fault(r, "expected a segment of 2 bytes");
    case HEX_LINEAR:
        *base = (uint64_t)value << 16;
        return record[0] == 2 || line_fault(r, "expected an upper address of 2 bytes");
    case HEX_START_SEGMENT:
    case HEX_START_LINEAR:
        return true;
    default:
        return line_fault(r, "unknown type of record");
    }
}

static bool read_hex(struct reader *r, struct cur *cur)
{
    struct slice line;
    uint64_t base = 0;
    bool ended = false;
    uint8_t record[LINE_BYTES_MAX];
    while (!ended && next_line(r, cur, &line)) {
        int count =
            line.data[0] == ':' ? line_bytes(slice_of(line.data + 1, line.size - 1), record) : -1;
        if (count < 0)
            return line_fault(r, "expected a record of Intel HEX");
        if (!hex_record(r, record, count, &base, &ended))
            return false;
    }
    return ended || line_fault(r, "the file ends without an end record");
}

// ------------------------------------------------------------------------ S-records

static bool srec_record(struct reader *r, uint8_t type, const uint8_t *record, int count,
                        bool *ended)
{
    static const uint8_t address_sizes[] = {2, 2, 3, 4, 0, 2, 3, 4, 3, 2};
    unsigned address = type >= '0' && type <= '9' ? address_sizes[type - '0'] : 0;
    if (address == 0)
        return line_fault(r, "unknown type of record");
    if (count < (int)address + 2 || record[0] != count - 1)
        return line_fault(r, "the size of the record is not that of the line");
    if (sum_of(record, count) != 0xff)
        bad_checksum(r);
    if (type >= '1' && type <= '3')
        add_record(r->ship, big_endian(record + 1, address), record + 1 + address,
                   (size_t)count - 2 - address);
    *ended = type >= '7';
    return true;
}

static bool read_srec(struct reader *r, struct cur *cur)
{
    struct slice line;
    bool ended = false;
    uint8_t record[LINE_BYTES_MAX];
    while (!ended && next_line(r, cur, &line)) {
        int count = line.size > 2 && line.data[0] == 'S'
                        ? line_bytes(slice_of(line.data + 2, line.size - 2), record)
                        : -1;
        if (count < 0)
            return line_fault(r, "expected an S-record");
        if (!srec_record(r, line.data[1], record, count, &ended))
            return false;
    }
    return ended || line_fault(r, "the file ends without an end record");
}

// ------------------------------------------------------------------------------ UF2

#define UF2_MAGIC   0x0a324655u
#define UF2_SECOND  0x9e5d5157u
#define UF2_LAST    0x0ab16f30u
#define UF2_BLOCK   512
#define UF2_PAYLOAD 476
#define UF2_ASIDE   0x1001u // flags: not for the main flash; a file of a container

//   magic | magic | flags | address | size | number | count | family | 476 bytes | magic
static bool uf2_block(struct reader *r, struct cur *cur)
{
    uint64_t offset = cur_offset(cur);
    struct cur block = cur_sub(cur, UF2_BLOCK);
    uint32_t first = cur_u32(&block), second = cur_u32(&block), flags = cur_u32(&block);
    uint32_t addr = cur_u32(&block), size = cur_u32(&block);
    cur_skip(&block, 12);
    struct slice payload = cur_bytes(&block, UF2_PAYLOAD);
    bool whole = first == UF2_MAGIC && second == UF2_SECOND && cur_u32(&block) == UF2_LAST;
    if (block.failed || !whole || size > UF2_PAYLOAD)
        return fault_set(r->fault, FAULT_INPUT, r->path, NULL, offset, "expected a block of UF2");
    if ((flags & UF2_ASIDE) == 0)
        add_record(r->ship, addr, payload.data, size);
    return true;
}

static bool read_uf2(struct reader *r, struct cur *cur)
{
    while (cur_left(cur) != 0)
        if (!uf2_block(r, cur))
            return false;
    return true;
}

// ------------------------------------------------------------------------ ESP images

#define ESP_MAGIC        0xe9
#define ESP_SEGMENTS_MAX 16
#define ESP_SHORT        8  // header of the ESP8266
#define ESP_LONG         24 // of its successors
#define ESP_ALIGNED      16 // to this, with the checksum as the last byte
#define ESP_SEED         0xef

// The descriptor an application begins with; the hash in it is written by esptool.
#define ESP_APP_MAGIC 0xabcd5432u
#define ESP_APP_HASH  144
#define ESP_HASH_SIZE 32

// Reads the segments behind a header of this size, into `ship` unless it is NULL. Whether they are in the
// file, and the checksum behind them.
static bool esp_segments(struct slice bytes, size_t header, struct img_ship *ship, bool *sum_right)
{
    struct cur cur = cur_make(bytes, false);
    uint8_t sum = ESP_SEED;
    cur_skip(&cur, 1);
    unsigned count = cur_u8(&cur);
    cur_skip(&cur, header - 2);
    if (count == 0 || count > ESP_SEGMENTS_MAX)
        return false;
    for (unsigned i = 0; i < count; i++) {
        uint32_t addr = cur_u32(&cur), size = cur_u32(&cur);
        struct slice data = cur_bytes(&cur, size);
        if (cur.failed)
            return false;
        for (size_t at = 0; at < data.size; at++)
            sum ^= data.data[at];
        if (ship == NULL || addr == 0)
            continue;
        struct cur start = cur_make(data, false);
        if (cur_u32(&start) == ESP_APP_MAGIC && size >= ESP_APP_HASH + ESP_HASH_SIZE)
            ship->stamp = (struct img_ship_stamp){addr + (uint64_t)ESP_APP_HASH, ESP_HASH_SIZE};
        add_record(ship, addr, data.data, data.size);
    }
    cur_skip(&cur, ESP_ALIGNED - 1 - cur_offset(&cur) % ESP_ALIGNED);
    *sum_right = cur_u8(&cur) == sum;
    return !cur.failed;
}

// The size of the header: the one that gives the right checksum, else one that gives segments. 0: none.
static size_t esp_header(struct slice bytes)
{
    static const size_t sizes[] = {ESP_LONG, ESP_SHORT};
    size_t found = 0;
    bool right;
    if (bytes.size == 0 || bytes.data[0] != ESP_MAGIC)
        return 0;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        if (!esp_segments(bytes, sizes[i], NULL, &right))
            continue;
        if (right)
            return sizes[i];
        found = found == 0 ? sizes[i] : found;
    }
    return found;
}

static bool read_esp(struct reader *r, struct cur *cur)
{
    struct slice bytes = slice_of(cur->at, cur_left(cur));
    bool right;
    if (!esp_segments(bytes, esp_header(bytes), r->ship, &right))
        return false;
    if (!right) {
        r->ship->bad++;
        doubt_add(r->doubts, r->path, NULL, NO_OFFSET, "wrong checksum behind the segments");
    }
    return true;
}

// ----------------------------------------------------------------------------- runs

// By address, and pieces at one address in the order of the file.
static int compare_pieces(const void *left, const void *right)
{
    const struct piece *a = left, *b = right;
    if (a->addr != b->addr)
        return a->addr < b->addr ? -1 : 1;
    return a->start < b->start ? -1 : a->start > b->start;
}

// Overlapping records are two answers to one question: nobody knows which the target gets. That of
// the higher address is taken, so that runs are disjoint, and each counts as bad.
static void make_runs(struct reader *r)
{
    struct img_ship *ship = r->ship;
    uint64_t end = 0, overlaps = 0;
    if (ship->pieces.count > 1)
        qsort(ship->pieces.items, ship->pieces.count, sizeof *ship->pieces.items, compare_pieces);
    for (size_t i = 0; i < ship->pieces.count; i++) {
        struct piece piece = ship->pieces.items[i];
        const uint8_t *data = (const uint8_t *)ship->bytes.data + piece.start;
        if (i != 0 && piece.addr < end) {
            struct img_ship_run *last = &ship->runs.items[ship->runs.count - 1];
            overlaps++;
            if (piece.addr + piece.size <= end) {
                uint64_t inside = piece.addr - last->addr;
                memcpy((uint8_t *)(uintptr_t)last->bytes.data + inside, data, piece.size);
                continue;
            }
            last->bytes.size = piece.addr - last->addr;
            ship->runs.count -= last->bytes.size == 0;
        }
        vec_push(&ship->runs, (struct img_ship_run){piece.addr, slice_of(data, piece.size)});
        end = piece.addr + piece.size;
    }
    if (overlaps != 0)
        doubt_add(r->doubts, r->path, NULL, NO_OFFSET, "%llu records overlap others",
                  (unsigned long long)overlaps);
    ship->bad += overlaps;
}

// ---------------------------------------------------------------------------- kinds

static bool read_binary(struct reader *r, struct cur *cur)
{
    add_record(r->ship, 0, cur->at, cur_left(cur));
    return true;
}

static const struct {
    const char *name;
    bool (*read)(struct reader *r, struct cur *cur);
} kinds[] = {
    [IMG_SHIP_BINARY] = {"binary", read_binary}, [IMG_SHIP_HEX] = {"Intel HEX", read_hex},
    [IMG_SHIP_SREC] = {"S-records", read_srec},  [IMG_SHIP_UF2] = {"UF2", read_uf2},
    [IMG_SHIP_ESP] = {"ESP image", read_esp},
};

const char *img_ship_kind_name(enum img_ship_kind kind)
{
    return kinds[kind].name;
}

// A binary may start like one of the others by chance, but hardly with all of a first record.
static enum img_ship_kind kind_of(struct slice bytes)
{
    struct cur cur = cur_make(bytes, false);
    uint8_t record[LINE_BYTES_MAX];
    if (cur_u32(&cur) == UF2_MAGIC && cur_u32(&cur) == UF2_SECOND)
        return IMG_SHIP_UF2;
    if (bytes.size > 10 && bytes.data[0] == ':' &&
        line_bytes(slice_of(bytes.data + 1, 10), record) == 5)
        return IMG_SHIP_HEX;
    if (bytes.size > 9 && bytes.data[0] == 'S' && bytes.data[1] >= '0' && bytes.data[1] <= '3' &&
        line_bytes(slice_of(bytes.data + 2, 8), record) == 4)
        return IMG_SHIP_SREC;
    return esp_header(bytes) != 0 ? IMG_SHIP_ESP : IMG_SHIP_BINARY;
}

bool img_ship_open_memory(struct img_ship **out, struct slice bytes, const char *path,
                          struct doubts *doubts, struct fault *fault)
{
    struct img_ship *ship = mem_zalloc(1, sizeof *ship);
    struct reader r = {ship, path, doubts, fault, 0, 0};
    struct cur cur = cur_make(bytes, false);
    ship->kind = kind_of(bytes);
    if (!kinds[ship->kind].read(&r, &cur)) {
        img_ship_close(ship);
        return false;
    }
    make_runs(&r);
    *out = ship;
    return true;
}

bool img_ship_open(struct img_ship **out, const char *path, struct doubts *doubts,
                   struct fault *fault)
{
    struct buf bytes = {0};
    bool good = buf_read_file(&bytes, path, SIZE_MAX - 1, fault) &&
                img_ship_open_memory(out, slice_of(bytes.data, bytes.size), path, doubts, fault);
    buf_free(&bytes); // records were copied
    return good;
}

void img_ship_close(struct img_ship *ship)
{
    if (ship == NULL)
        return;
    buf_free(&ship->bytes);
    vec_free(&ship->pieces);
    vec_free(&ship->runs);
    free(ship);
}

enum img_ship_kind img_ship_kind(const struct img_ship *ship)
{
    return ship->kind;
}

const struct img_ship_run *img_ship_runs(const struct img_ship *ship, size_t *count)
{
    *count = ship->runs.count;
    return ship->runs.items;
}

uint64_t img_ship_bad(const struct img_ship *ship)
{
    return ship->bad;
}

struct img_ship_stamp img_ship_stamp(const struct img_ship *ship)
{
    return ship->stamp;
}
