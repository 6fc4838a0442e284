// SPDX-License-Identifier: MIT
//
// Any bytes as a file that ships: a fault, or runs that are sorted and disjoint.

#include "image/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct img_ship *ship;
    struct fault fault = {0};
    struct doubts *doubts = doubts_new();
    if (img_ship_open_memory(&ship, slice_of(data, size), "ship", doubts, &fault)) {
        size_t count;
        const struct img_ship_run *runs = img_ship_runs(ship, &count);
        uint64_t end = 0, sum = 0, hash = 0;
        for (size_t i = 0; i < count; i++) {
            ASSERT(runs[i].bytes.size != 0 && runs[i].addr >= end);
            end = runs[i].addr + runs[i].bytes.size;
            ASSERT(end > runs[i].addr);
            sum += runs[i].bytes.size;
            hash = hash_bytes(runs[i].bytes.data, runs[i].bytes.size, hash);
        }
        ASSERT(sum <= size);
        ASSERT(img_ship_bad(ship) <= size);
        img_ship_close(ship);
    } else {
        ASSERT(fault.kind == FAULT_INPUT && strncmp(fault.text, "ship", 4) == 0);
    }
    doubts_free(doubts);
    return 0;
}
