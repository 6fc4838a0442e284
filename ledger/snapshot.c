// SPDX-License-Identifier: MIT
//
// Snapshots: a settled ledger as a file, and back.
//
//   offset  size   header, numbers little-endian
//     0      14    "tare snapshot" and a NUL
//    14       2    version
//    16       4    method of what follows: 0 as it is, 1 zstd
//    20       4    CRC-32 of the payload
//    24       8    size of the payload, inflated
//    32       8    size of what follows
//    40       -    the payload
//
//   payload; u: ULEB128, s: zigzag ULEB128, text: u size and bytes, column: u size and bytes
//
//   +-----------+ 4 texts path, build id, machine, debug; u word size
//   | info      |
//   +-----------+ u count n; column of n sizes u; all texts one after the other. Number k of the
//   | names     | rest of the payload is text k - 1; 0 is nobody.
//   +-----------+ u count; a set each: u owner, u members n, n members u
//   | sets      |
//   +-----------+ u count; an extent each: u size, weights, flags (1 file, 2 addr, 4 load), for
//   | extents   | each flag s start less end of the one before in that space, u image, u section,
//   |           | u segment + 1 (0: none)
//   +-----------+ u mask of dimensions; for each of them u count n, then three columns of n items:
//   | stretches | sizes u; owners u, as (numbers seen so far) - number, 0 for a new one; readers
//   +-----------+ (a byte each)
//   | disputes  | u count; each: dimension, readers of winner and loser (a byte each), u winner,
//   +-----------+ u loser, u size
//   | types     | u size and bytes for dw_types_load
//   +-----------+
//
// Names are numbered as the stretches meet them, so that most owners are the byte 0 and equal
// ledgers give equal bytes. Stretches must tile the line, or the load fails, so a hostile file
// cannot break the walk's assertions. All memory is in proportion to the payload, and the payload to
// the file (snapshot_inflation); a ledger that compresses better than that is stored as it is.
// Dimensions, readers and weights are the numbers of their enums: whoever changes those raises
// SNAPSHOT_VERSION, and SNAPSHOT_OLDEST when numbers of before mean something else now.

#include "ledger/snapshot_format.h"

#include <zlib.h>
#include <zstd.h>

#define DISPUTES_KEPT 1000
#define ZSTD_LEVEL    3

// -------------------------------------------------------------------------- pieces

// Owners by number: in order of first sight.
struct numbering {
    uint32_t *number; // by owner, 0: not seen
    VEC(led_owner) owners;
};

static uint32_t number_of(struct numbering *numbering, led_owner owner)
{
    if (owner == LED_UNATTRIBUTED)
        return 0;
    if (numbering->number[owner] == 0) {
        vec_push(&numbering->owners, owner);
        numbering->number[owner] = (uint32_t)numbering->owners.count;
    }
    return numbering->number[owner];
}

static void put_text(struct buf *out, const char *text)
{
    size_t size = text == NULL ? 0 : strlen(text);
    buf_uleb(out, size);
    buf_bytes(out, text, size);
}

// Empties `column`.
static void put_column(struct buf *out, struct buf *column)
{
    buf_uleb(out, column->size);
    buf_bytes(out, column->data, column->size);
    column->size = 0;
}

// Both wrap: any start can be coded after any end.
static void put_start(struct buf *out, uint64_t start, uint64_t *end, uint64_t size)
{
    uint64_t delta = start - *end;
    buf_uleb(out, delta << 1 ^ (0 - (delta >> 63)));
    *end = start + size;
}

static void put_info(struct buf *out, const struct led_snapshot_info *info)
{
    put_text(out, info->path);
    put_text(out, info->build_id);
    put_text(out, info->machine);
    put_text(out, info->debug);
    buf_uleb(out, info->word_size);
}

static void put_names(struct buf *out, const struct ledger *ledger,
                      const struct numbering *numbering)
{
    struct buf sizes = {0};
    buf_uleb(out, numbering->owners.count);
    for (size_t i = 0; i < numbering->owners.count; i++)
        buf_uleb(&sizes, names_slice(ledger->names, numbering->owners.items[i]).size);
    put_column(out, &sizes);
    buf_free(&sizes);
    for (size_t i = 0; i < numbering->owners.count; i++) {
        struct slice text = names_slice(ledger->names, numbering->owners.items[i]);
        buf_bytes(out, text.data, text.size);
    }
}

// The sets among the owners numbered so far; their members get numbers.
static void put_sets(struct buf *out, const struct ledger *ledger, struct numbering *numbering)
{
    struct buf sets = {0};
    size_t set_count = 0, owner_count = numbering->owners.count;
    for (size_t i = 0; i < owner_count; i++) {
        size_t count;
        const led_owner *members = led_owner_members(ledger, numbering->owners.items[i], &count);
        if (count == 0)
            continue;
        buf_uleb(&sets, i + 1);
        buf_uleb(&sets, count);
        for (size_t m = 0; m < count; m++)
            buf_uleb(&sets, number_of(numbering, members[m]));
        set_count++;
    }
    buf_uleb(out, set_count);
    buf_bytes(out, sets.data, sets.size);
    buf_free(&sets);
}

static void put_extents(struct buf *out, const struct ledger *ledger)
{
    uint64_t file = 0, addr = 0, load = 0;
    buf_uleb(out, ledger->extents.count);
    for (size_t i = 0; i < ledger->extents.count; i++) {
        const struct led_extent *extent = &ledger->extents.items[i];
        unsigned flags = (extent->file != LED_NOWHERE ? IN_FILE : 0u) |
                         (extent->addr != LED_NOWHERE ? IN_MEMORY : 0u) |
                         (extent->load != LED_NOWHERE ? IN_LOAD : 0u);
        buf_uleb(out, extent->size);
        buf_char(out, (char)extent->weights);
        buf_char(out, (char)flags);
        if (flags & IN_FILE)
            put_start(out, extent->file, &file, extent->size);
        if (flags & IN_MEMORY)
            put_start(out, extent->addr, &addr, extent->size);
        if (flags & IN_LOAD)
            put_start(out, extent->load, &load, extent->size);
        buf_uleb(out, extent->image);
        buf_uleb(out, extent->section);
        buf_uleb(out, (uint32_t)(extent->segment + 1));
    }
}

static void put_dimension(struct buf *out, const struct led__stretches *stretches,
                          struct numbering *numbering)
{
    struct buf sizes = {0}, owners = {0}, readers = {0};
    buf_uleb(out, stretches->list.count);
    for (size_t i = 0; i < stretches->list.count; i++) {
        const struct led_stretch *stretch = &stretches->list.items[i];
        size_t seen = numbering->owners.count;
        uint32_t number = number_of(numbering, stretch->owner);
        buf_uleb(&sizes, stretch[1].pos - stretch->pos);
        buf_uleb(&owners, seen + 1 - number);
        buf_char(&readers, (char)stretch->reader);
    }
    put_column(out, &sizes);
    put_column(out, &owners);
    put_column(out, &readers);
    buf_free(&sizes);
    buf_free(&owners);
    buf_free(&readers);
}

static void put_stretches(struct buf *out, const struct ledger *ledger, struct numbering *numbering)
{
    buf_uleb(out, ledger->settled);
    for (unsigned dim = 0; dim < LED_DIM_COUNT; dim++)
        if (ledger->settled & LED_MASK(dim))
            put_dimension(out, &ledger->stretches[dim], numbering);
}

static void put_disputes(struct buf *out, const struct ledger *ledger, struct numbering *numbering)
{
    size_t count = MIN(ledger->disputes.count, (size_t)DISPUTES_KEPT);
    buf_uleb(out, count);
    for (size_t i = 0; i < count; i++) {
        const struct led_dispute *dispute = &ledger->disputes.items[i];
        buf_char(out, (char)dispute->dim);
        buf_char(out, (char)dispute->winner_reader);
        buf_char(out, (char)dispute->loser_reader);
        buf_uleb(out, number_of(numbering, dispute->winner));
        buf_uleb(out, number_of(numbering, dispute->loser));
        buf_uleb(out, dispute->size);
    }
}

static void put_u16(struct buf *out, uint16_t value)
{
    buf_bytes(out, (const uint8_t[]){value & 0xff, value >> 8}, 2);
}

static void put_u32(struct buf *out, uint32_t value)
{
    put_u16(out, (uint16_t)value);
    put_u16(out, (uint16_t)(value >> 16));
}

static void put_u64(struct buf *out, uint64_t value)
{
    put_u32(out, (uint32_t)value);
    put_u32(out, (uint32_t)(value >> 32));
}

uint32_t led__snapshot_checksum(struct slice bytes)
{
    return (uint32_t)crc32_z(0, bytes.data, bytes.size);
}

// The size, or 0 when the payload is better stored as it is.
static size_t pack(struct slice payload, void *packed, size_t capacity)
{
    size_t size = ZSTD_compress(packed, capacity, payload.data, payload.size, ZSTD_LEVEL);
    if (ZSTD_isError(size) || size >= payload.size || payload.size > snapshot_inflation(size))
        return 0;
    return size;
}

void led__snapshot_seal(struct slice payload, struct buf *out)
{
    size_t capacity = ZSTD_compressBound(payload.size);
    void *packed = mem_alloc(capacity);
    size_t size = pack(payload, packed, capacity);
    struct slice stored = size > 0 ? slice_of(packed, size) : payload;
    buf_bytes(out, SNAPSHOT_MAGIC, sizeof SNAPSHOT_MAGIC);
    put_u16(out, SNAPSHOT_VERSION);
    put_u32(out, size > 0 ? SNAPSHOT_ZSTD : SNAPSHOT_STORED);
    put_u32(out, led__snapshot_checksum(payload));
    put_u64(out, payload.size);
    put_u64(out, stored.size);
    buf_bytes(out, stored.data, stored.size);
    free(packed);
}

void led_snapshot_save(const struct ledger *ledger, const struct led_snapshot_info *info,
                       struct slice types, struct buf *out)
{
    struct numbering numbering = {
        .number = mem_zalloc(names_count(ledger->names), sizeof *numbering.number)};
    struct buf sets = {0}, rest = {0}, payload = {0};
    put_extents(&rest, ledger);
    put_stretches(&rest, ledger, &numbering);
    put_disputes(&rest, ledger, &numbering);
    put_sets(&sets, ledger, &numbering);
    put_info(&payload, info);
    put_names(&payload, ledger, &numbering);
    buf_bytes(&payload, sets.data, sets.size);
    buf_bytes(&payload, rest.data, rest.size);
    buf_uleb(&payload, types.size);
    buf_bytes(&payload, types.data, types.size);
    led__snapshot_seal(slice_of(payload.data, payload.size), out);
    buf_free(&sets);
    buf_free(&rest);
    buf_free(&payload);
    vec_free(&numbering.owners);
    free(numbering.number);
}
