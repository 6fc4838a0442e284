// SPDX-License-Identifier: MIT
//
// Reads snapshots; snapshot.c has the drawing. Every byte is hostile, for a snapshot is a file like
// any other: what comes out is a ledger that holds all that ledger.h promises, or a fault.

#include "ledger/snapshot_format.h"

#include <zstd.h>

// A load under way; owners by their number in the file.
struct load {
    struct ledger *ledger;
    struct cur cur;       // over the payload
    led_owner *owners;    // by number
    uint32_t owner_count; // 0 included
    const char *path;
    struct fault *fault;
    unsigned version;
};

static bool bad(const struct load *load, uint64_t offset, const char *what)
{
    fault_set(load->fault, FAULT_INPUT, load->path, "payload", offset, "damaged snapshot: %s",
              what);
    return false;
}

// A count of items that take `least` bytes or more each: so it allocates no more than the file has.
static bool get_count(struct load *load, size_t least, const char *what, size_t *count)
{
    uint64_t offset = cur_offset(&load->cur), value = cur_uleb(&load->cur);
    if (load->cur.failed || value > cur_left(&load->cur) / least)
        return bad(load, offset, what);
    *count = (size_t)value;
    return true;
}

static struct cur get_column(struct cur *cur)
{
    uint64_t size = cur_uleb(cur);
    return cur_sub(cur, size);
}

static const char *get_text(struct load *load)
{
    uint64_t size = cur_uleb(&load->cur);
    struct slice text = cur_bytes(&load->cur, size);
    return load->cur.failed || size == 0 ? NULL : arena_text(load->ledger->arena, text);
}

static bool get_u32(struct cur *cur, uint32_t *value)
{
    uint64_t wide = cur_uleb(cur);
    *value = (uint32_t)wide;
    return !cur->failed && wide <= UINT32_MAX;
}

// An owner by its number; 0 is let through only when `nobody` may be meant.
static bool get_owner(struct load *load, bool nobody, led_owner *owner)
{
    uint64_t offset = cur_offset(&load->cur), number = cur_uleb(&load->cur);
    if (load->cur.failed || number >= load->owner_count || (number == 0 && !nobody))
        return bad(load, offset, "the number of an owner was expected");
    *owner = load->owners[number];
    return true;
}

static bool get_info(struct load *load, struct led_snapshot_info *info)
{
    info->path = get_text(load);
    info->build_id = get_text(load);
    info->machine = get_text(load);
    info->debug = get_text(load);
    uint64_t offset = cur_offset(&load->cur);
    if (!get_u32(&load->cur, &info->word_size))
        return bad(load, offset, "what build it is of was expected");
    return true;
}

static bool get_names(struct load *load)
{
    size_t count;
    if (!get_count(load, 1, "names were expected", &count))
        return false;
    uint64_t offset = cur_offset(&load->cur);
    struct cur sizes = get_column(&load->cur);
    if (load->cur.failed || count >= UINT32_MAX - 1)
        return bad(load, offset, "names were expected");
    load->owners = mem_zalloc(count + 1, sizeof *load->owners);
    load->owner_count = (uint32_t)count + 1;
    for (size_t i = 1; i <= count; i++) {
        offset = cur_offset(&load->cur);
        struct slice text = cur_bytes(&load->cur, cur_uleb(&sizes));
        if (text.size == 0 || sizes.failed || load->cur.failed)
            return bad(load, offset, "a name was expected");
        load->owners[i] = names_intern(load->ledger->names, text);
    }
    return true;
}

static bool get_set(struct load *load)
{
    size_t count, had;
    uint64_t offset = cur_offset(&load->cur);
    led_owner owner;
    if (!get_owner(load, false, &owner) || !get_count(load, 1, "members were expected", &count))
        return false;
    if (count < 2)
        return bad(load, offset, "a set of two owners or more was expected");
    led_owner *members = mem_alloc(count * sizeof *members);
    bool good = true;
    for (size_t i = 0; i < count && good; i++)
        good = get_owner(load, false, &members[i]);
    led_owner_members(load->ledger, owner, &had);
    if (good && had != 0)
        good = bad(load, offset, "a set that was not there before was expected");
    if (good)
        led__set_add(load->ledger, owner, members, count);
    free(members);
    return good;
}

static bool get_sets(struct load *load)
{
    size_t count;
    if (!get_count(load, 4, "owner sets were expected", &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!get_set(load))
            return false;
    return true;
}

static uint64_t get_start(struct cur *cur, bool given, uint64_t *end, uint64_t size)
{
    if (!given)
        return LED_NOWHERE;
    uint64_t zigzag = cur_uleb(cur);
    uint64_t start = *end + (zigzag >> 1 ^ (0 - (zigzag & 1)));
    *end = start + size;
    return start;
}

static bool get_extents(struct load *load)
{
    size_t count;
    uint64_t file = 0, addr = 0, where = 0;
    if (!get_count(load, 6, "extents were expected", &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct cur *cur = &load->cur;
        uint64_t offset = cur_offset(cur);
        struct led_extent extent = {.size = cur_uleb(cur)};
        extent.weights = cur_u8(cur);
        uint8_t flags = cur_u8(cur);
        extent.file = get_start(cur, flags & IN_FILE, &file, extent.size);
        extent.addr = get_start(cur, flags & IN_MEMORY, &addr, extent.size);
        extent.load = get_start(cur, flags & IN_LOAD, &where, extent.size);
        bool good = get_u32(cur, &extent.image) && get_u32(cur, &extent.section) &&
                    get_u32(cur, &extent.segment) && extent.size > 0 &&
                    extent.weights < 1 << LED__WEIGHTS && flags <= (IN_FILE | IN_MEMORY | IN_LOAD);
        extent.segment--;
        if (!good || !led_extent_add(load->ledger, extent))
            return bad(load, offset, "an extent was expected");
    }
    led_extents_done(load->ledger);
    return true;
}

// Up to version 3 there was no reader of classes.
static uint8_t get_reader(const struct load *load, struct cur *cur)
{
    uint8_t number = cur_u8(cur);
    return number >= LED_BY_CLASS && load->version < 4 ? number + 1 : number;
}

// `seen` goes on over all dimensions: it is how many numbers the writer had given out.
static bool get_stretch(struct load *load, struct cur columns[3], uint64_t *seen,
                        struct led_stretch *stretch, uint64_t *size)
{
    *size = cur_uleb(&columns[0]);
    uint64_t back = cur_uleb(&columns[1]);
    stretch->reader = get_reader(load, &columns[2]);
    bool good = !columns[0].failed && !columns[1].failed && !columns[2].failed &&
                back <= *seen + 1 && *seen + 1 - back < load->owner_count &&
                stretch->reader<LED_READER_COUNT && * size> 0 &&
                *size <= load->ledger->end - stretch->pos;
    if (!good)
        return bad(load, cur_offset(&columns[0]), "a stretch was expected");
    stretch->owner = load->owners[*seen + 1 - back];
    *seen += back == 0;
    return true;
}

static bool get_dimension(struct load *load, struct led__stretches *stretches, uint64_t *seen)
{
    size_t count;
    if (!get_count(load, 3, "stretches were expected", &count))
        return false;
    uint64_t offset = cur_offset(&load->cur), pos = 0, size;
    struct cur columns[3];
    for (unsigned i = 0; i < 3; i++)
        columns[i] = get_column(&load->cur);
    if (load->cur.failed)
        return bad(load, offset, "stretches were expected");
    vec_reserve(&stretches->list, count + 1);
    for (size_t i = 0; i < count; i++, pos += size) {
        struct led_stretch stretch = {.pos = pos};
        if (!get_stretch(load, columns, seen, &stretch, &size))
            return false;
        vec_push(&stretches->list, stretch);
    }
    if (pos != load->ledger->end)
        return bad(load, offset, "stretches up to the end of the line were expected");
    vec_push(&stretches->list, (struct led_stretch){pos, LED_UNATTRIBUTED, LED_NOBODY});
    stretches->list.count--;
    return true;
}

static bool get_stretches(struct load *load)
{
    uint64_t offset = cur_offset(&load->cur), dims = cur_uleb(&load->cur), seen = 0;
    if (load->cur.failed || dims >= LED_MASK(LED_DIM_COUNT))
        return bad(load, offset, "the settled dimensions were expected");
    for (unsigned dim = 0; dim < LED_DIM_COUNT; dim++)
        if (dims & LED_MASK(dim) && !get_dimension(load, &load->ledger->stretches[dim], &seen))
            return false;
    load->ledger->settled = (unsigned)dims;
    return true;
}

static bool get_disputes(struct load *load)
{
    size_t count;
    if (!get_count(load, 6, "disputes were expected", &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct cur *cur = &load->cur;
        uint64_t offset = cur_offset(cur);
        struct led_dispute dispute = {.dim = cur_u8(cur)};
        dispute.winner_reader = get_reader(load, cur);
        dispute.loser_reader = get_reader(load, cur);
        if (!get_owner(load, true, &dispute.winner) || !get_owner(load, true, &dispute.loser))
            return false;
        dispute.size = cur_uleb(cur);
        if (cur->failed || dispute.dim >= LED_DIM_COUNT ||
            dispute.winner_reader >= LED_READER_COUNT || dispute.loser_reader >= LED_READER_COUNT)
            return bad(load, offset, "a dispute was expected");
        vec_push(&load->ledger->disputes, dispute);
    }
    return true;
}

static bool get_types(struct load *load, struct slice *types)
{
    uint64_t offset = cur_offset(&load->cur), size = cur_uleb(&load->cur);
    *types = cur_bytes(&load->cur, size);
    if (load->cur.failed || cur_left(&load->cur) != 0)
        return bad(load, offset, "types were expected, and nothing behind them");
    return true;
}

// ----------------------------------------------------------------------------- header

struct header {
    unsigned version;
    uint32_t method, checksum;
    uint64_t payload, stored;
};

static bool read_header(struct cur *cur, struct header *header, const char *path,
                        struct fault *fault)
{
    cur_skip(cur, sizeof SNAPSHOT_MAGIC);
    unsigned version = header->version = (unsigned)cur_u16(cur);
    header->method = cur_u32(cur);
    header->checksum = cur_u32(cur);
    header->payload = cur_u64(cur);
    header->stored = cur_u64(cur);
    if (version > SNAPSHOT_VERSION && cur_offset(cur) >= 16)
        return fault_set(fault, FAULT_INPUT, path, NULL, 14,
                         "a snapshot of version %u, written by a newer tare: this one reads "
                         "snapshots up to version %u",
                         version, SNAPSHOT_VERSION);
    if (cur->failed)
        return fault_set(fault, FAULT_INPUT, path, NULL, cur_offset(cur),
                         "damaged snapshot: a header of %d bytes was expected", SNAPSHOT_HEADER);
    if (version < SNAPSHOT_OLDEST || header->method > SNAPSHOT_ZSTD)
        return fault_set(fault, FAULT_INPUT, path, NULL, 14,
                         "damaged snapshot: version %d to %d, stored or zstd, was expected",
                         SNAPSHOT_OLDEST, SNAPSHOT_VERSION);
    bool possible = header->method == SNAPSHOT_STORED
                        ? header->payload == header->stored
                        : header->payload <= snapshot_inflation(header->stored);
    if (header->stored != cur_left(cur) || !possible)
        return fault_set(fault, FAULT_INPUT, path, NULL, 24,
                         "damaged snapshot: says %llu bytes, %llu inflated; there are %zu",
                         (unsigned long long)header->stored, (unsigned long long)header->payload,
                         cur_left(cur));
    return true;
}

static bool inflate_payload(const struct header *header, struct slice stored, uint8_t *payload,
                            const char *path, struct fault *fault)
{
    size_t size = stored.size;
    if (header->method == SNAPSHOT_ZSTD)
        size = ZSTD_decompress(payload, header->payload, stored.data, stored.size);
    else if (size > 0)
        memcpy(payload, stored.data, stored.size);
    if (ZSTD_isError(size) || size != header->payload)
        return fault_set(fault, FAULT_INPUT, path, NULL, SNAPSHOT_HEADER,
                         "damaged snapshot: does not inflate to %llu bytes",
                         (unsigned long long)header->payload);
    if (led__snapshot_checksum(slice_of(payload, size)) != header->checksum)
        return fault_set(fault, FAULT_INPUT, path, NULL, 20,
                         "damaged snapshot: the checksum does not agree");
    return true;
}

bool led_snapshot_is(struct slice bytes)
{
    return bytes.size >= sizeof SNAPSHOT_MAGIC &&
           memcmp(bytes.data, SNAPSHOT_MAGIC, sizeof SNAPSHOT_MAGIC) == 0;
}

static bool get_all(struct load *load, struct led_snapshot_info *info, struct slice *types)
{
    return get_info(load, info) && get_names(load) && get_sets(load) && get_extents(load) &&
           get_stretches(load) && get_disputes(load) && get_types(load, types);
}

bool led_snapshot_load(struct ledger **out, struct led_snapshot_info *info, struct slice *types,
                       struct slice bytes, const char *path, struct fault *fault)
{
    struct header header;
    struct cur cur = cur_make(bytes, false);
    if (!led_snapshot_is(bytes))
        return fault_set(fault, FAULT_INPUT, path, NULL, 0, "a snapshot was expected");
    if (!read_header(&cur, &header, path, fault))
        return false;
    struct ledger *ledger = led_new();
    ledger->closed = true;
    ledger->payload = mem_alloc(header.payload);
    struct load load = {.ledger = ledger, .path = path, .fault = fault, .version = header.version};
    load.cur = cur_make(slice_of(ledger->payload, header.payload), false);
    bool good =
        inflate_payload(&header, cur_bytes(&cur, header.stored), ledger->payload, path, fault) &&
        get_all(&load, info, types);
    free(load.owners);
    if (good)
        *out = ledger;
    else
        led_free(ledger);
    return good;
}
