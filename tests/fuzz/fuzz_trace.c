// SPDX-License-Identifier: MIT
//
// Any bytes as a trace of allocations: a fault, or a sequence that every allocator can play.

#include "analyzers/replay_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
    const char *name;
    int64_t parameters[AN__PARAMETERS_MAX];
} stores[] = {
    {"blocks", {32, 2}},
    {"pymalloc", {16, 512, 16384, 48, 8, 16, 32, 1 << 20}},
    {"pymalloc", {8, 512, 64, 48, 8, 16, 32, 128}}, // a pool that some blocks do not fit in
    {"glibc", {8, 16, 32}},
    {"slots", {40, 10, 416, 8, 16, 32}},
    {"classes", {16, 16}},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cfg_trace trace;
    struct fault fault = {0};
    if (!cfg_trace_read(&trace, slice_of(data, size), "trace", &fault)) {
        ASSERT(fault.kind == FAULT_INPUT && strncmp(fault.text, "trace", 5) == 0);
        return 0;
    }
    for (size_t i = 0; i < COUNT_OF(stores); i++) {
        struct an__store store = {.allocator = an__allocator_named(stores[i].name)};
        memcpy(store.parameters, stores[i].parameters, sizeof store.parameters);
        struct an__played played = an__play(&trace, &store);
        ASSERT(played.peak_asked >= played.asked && played.peak_held >= played.held);
        ASSERT(played.peak_held >= played.peak_asked && played.peak_heap >= played.heap);
    }
    cfg_trace_free(&trace);
    return 0;
}
