// SPDX-License-Identifier: MIT
//
// Any bytes as a snapshot. The first byte says whether the rest is a file, or a payload that is
// sealed with a proper header first: a fuzzer does not guess checksums.

#include "ledger/private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void see_parcel(void *context, const struct led_parcel *parcel)
{
    uint64_t *bytes = context;
    *bytes += parcel->size;
}

static void use(struct ledger *ledger, const struct led_snapshot_info *info, struct slice types)
{
    struct buf again = {0};
    uint64_t bytes = 0;
    led_walk(ledger, see_parcel, &bytes);
    ASSERT(bytes == led_end(ledger));
    led_pos_addr(ledger, 0, 1, 4096);
    led_pos_file(ledger, 64);
    led_snapshot_save(ledger, info, types, &again);
    ASSERT(led_snapshot_is(slice_of(again.data, again.size)));
    buf_free(&again);
}

static void load(struct slice bytes)
{
    struct ledger *ledger;
    struct led_snapshot_info info;
    struct slice types;
    struct fault fault = {0};
    if (!led_snapshot_load(&ledger, &info, &types, bytes, "fuzz", &fault)) {
        ASSERT(fault.kind == FAULT_INPUT);
        return;
    }
    use(ledger, &info, types);
    led_free(ledger);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct slice rest = slice_of(data + 1, size - 1);
    if (data[0] == 'f') {
        load(rest);
        return 0;
    }
    struct buf file = {0};
    led__snapshot_seal(rest, &file);
    load(slice_of(file.data, file.size));
    buf_free(&file);
    return 0;
}
