// SPDX-License-Identifier: MIT
//
// Any bytes as a linker script: a fault that names it, or regions that do not wrap.

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const defines[] = {"RAM_SIZE=16K"};
    const struct cfg_script_options options = {defines, COUNT_OF(defines), NULL, 0};
    struct arena *arena = arena_new();
    struct cfg_regions regions;
    struct fault fault = {0};
    if (cfg_script_load_text(slice_of(data, size), "s.ld", &options, arena, &regions, &fault)) {
        for (size_t i = 0; i < regions.count; i++) {
            uint64_t end;
            ASSERT(add_u64(regions.items[i].origin, regions.items[i].length, &end));
            ASSERT(regions.items[i].length != 0 && regions.items[i].placed);
        }
    } else {
        ASSERT(fault.kind == FAULT_INPUT && strncmp(fault.text, "s.ld", 4) == 0);
    }
    arena_free(arena);
    return 0;
}
