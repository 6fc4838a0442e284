// SPDX-License-Identifier: MIT
//
// Any bytes as tare.yaml: a fault that names the file, or rules that can be asked.

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cfg *cfg;
    struct fault fault = {0};
    if (!cfg_load_text(&cfg, slice_of(data, size), "tare.yaml", &fault)) {
        ASSERT(fault.kind == FAULT_INPUT && strncmp(fault.text, "tare.yaml:", 10) == 0);
        return 0;
    }
    cfg_module(cfg, &(struct cfg_place){"/src/Objects/unicode.c", "PyUnicode_New", ".text",
                                        "libpython.a", "libpython.a(unicode.o)"});
    cfg_module(cfg, &(struct cfg_place){.symbol = "_Py_M__x"});
    cfg_strip(cfg, "/src/Objects/unicode.c");
    size_t targets;
    cfg_targets(cfg, &targets);
    for (size_t i = 0; i < cfg_top(cfg)->budgets.count; i++)
        ASSERT(cfg_top(cfg)->budgets.items[i].name != NULL);
    cfg_free(cfg);
    return 0;
}
