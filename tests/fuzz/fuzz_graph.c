// SPDX-License-Identifier: MIT
//
// Any bytes as a build, of which the object graph is made and every question asked. What stands behind the
// last zero of the input is tried as a table of types of an RPython program.

#include <stdlib.h>

#include "analyzers/analyzers.h"
#include "ledger/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DIMS (LED_MASK(LED_UNIT) | LED_MASK(LED_SYMBOL) | LED_MASK(LED_SECTION))

static void ask(struct an_graph *graph)
{
    struct arena *arena = arena_new();
    for (unsigned dim = 0; dim < AN_GRAPH_DIM_COUNT; dim++) {
        const struct an_graph_options options = {.dim = (enum an_graph_dim)dim, .keep = 5};
        struct rep_table table;
        const char *const *notes;
        struct fault fault = {0};
        ASSERT(an_graph_table(graph, &options, arena, &table, &fault));
        rep_check(&table);
        an_graph_why(graph, "*a*", &options, arena, &table, &fault);
        an_graph_duplicates(graph, &options, arena, &table);
        rep_check(&table);
        an_graph_notes(graph, arena, &notes);
        struct rep_graph view; // holds itself to its account
        an_graph_view(graph, 4096, &options, arena, &view);
    }
    arena_free(arena);
}

static void make(struct an_graph_input *input)
{
    struct an_graph *graph;
    struct fault fault = {0};
    if (an_graph_new(&graph, input, &fault)) {
        ask(graph);
        an_graph_free(graph);
    } else {
        ASSERT(fault.kind != FAULT_NONE);
    }
}

static struct slice behind_zeros(const uint8_t *data, size_t size)
{
    const uint8_t *zero = memrchr(data, 0, size);
    size_t before = zero ? (size_t)(zero - data) + 1 : 0;
    return slice_of(data + before, size - before);
}

// The first embedded one that tells of prebuilt objects. Read once: it costs more than most inputs.
static const struct cfg_profile *rpython(void)
{
    static const struct cfg_profile *profile;
    struct fault fault = {0};
    const char *name;
    for (size_t i = 0; profile == NULL || !profile->prebuilt.given; i++) {
        cfg_profile_free(profile);
        const char *text = an_profile_text(i, &name);
        ASSERT(cfg_profile_load_text(&profile, slice_text(text), name, &fault));
    }
    return profile;
}

static void collect(struct img_file *file, struct slice text, struct doubts *doubts)
{
    struct img *img = img_file_image(file, 0);
    struct img_debug debug = {.origin = IMG_DEBUG_SELF, .img = img};
    struct dw_options options = {.threads = 1, .doubts = doubts};
    struct dw *dw = NULL;
    struct ledger *ledger = led_new();
    struct fault fault = {0};
    const struct led_build build = {.file = file, .debug = &debug, .dw = &dw, .threads = 1};
    if (dw_open(&dw, &debug, &options, &fault) &&
        led_collect(ledger, &build, DIMS, doubts, &fault)) {
        struct an_modules *modules = an_modules_new(ledger, NULL);
        struct an_graph_input input = {
            .img = img, .dw = dw, .ledger = ledger, .modules = modules, .threads = 1};
        input.doubts = doubts;
        make(&input);
        input.profile = rpython();
        input.typeids = text;
        input.typeids_path = "ids";
        make(&input);
        an_modules_free(modules);
    }
    dw_close(dw);
    led_free(ledger);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct img_file *file;
    struct fault fault = {0};
    struct doubts *doubts = doubts_new();
    if (img_file_open_memory(&file, data, size, "/nonexistent/input", doubts, &fault)) {
        if (img_file_count(file) == 1)
            collect(file, behind_zeros(data, size), doubts);
        img_file_close(file);
    }
    doubts_free(doubts);
    return 0;
}
