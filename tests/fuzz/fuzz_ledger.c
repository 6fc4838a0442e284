// SPDX-License-Identifier: MIT
//
// Any bytes as a build: everything is collected and settled, divided in all dimensions, compared
// with itself, rendered, saved and loaded again. The accounts check themselves on the way.

#include <stdlib.h>

#include "analyzers/analyzers.h"
#include "ledger/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool discard(void *context, const void *data, size_t size)
{
    uint64_t *sum = context;
    *sum = hash_bytes(data, size, *sum);
    return true;
}

static void render(const struct rep_table *table)
{
    struct rep_part part = {.kind = REP_TABLE, .table = *table};
    struct rep_report report = {.verb = "size", .version = "0", .parts = &part, .part_count = 1};
    uint64_t sum = 0;
    struct rep_sink sink = {discard, &sum};
    for (int format = REP_FORMAT_TEXT; format <= REP_FORMAT_MARKDOWN; format++) {
        struct rep_style style = {.format = (enum rep_format)format, .verbose = true, .width = 80};
        ASSERT(rep_render(&report, &style, &sink, NULL));
    }
}

static void divide(const struct ledger *ledger, struct an_modules *modules, struct arena *arena)
{
    static const struct an_footprint_options divisions[] = {
        {.dims = {AN_MODULE, AN_UNIT, AN_SYMBOL}, .dim_count = 3, .keep = 3, .evidence = true},
        {.dims = {AN_SEGMENT, AN_SECTION, AN_KIND}, .dim_count = 3, .sort = "name"},
        {.dims = {AN_MEMBER, AN_DIR, AN_SOURCE, AN_INLINES}, .dim_count = 4, .evidence = true},
        {.dims = {AN_SYMBOL}, .dim_count = 1, .filters = {{AN_UNIT, "*a*"}}, .filter_count = 1},
    };
    for (size_t i = 0; i < COUNT_OF(divisions); i++) {
        struct rep_table table;
        struct fault fault = {0};
        if (an_footprint(ledger, modules, &divisions[i], arena, &table, &fault))
            render(&table);
    }
}

static void compare(const struct ledger *ledger, struct an_modules *modules, struct arena *arena)
{
    struct an_footprint_options options = {
        .dims = {AN_UNIT, AN_SYMBOL}, .dim_count = 2, .by_position = true, .padding_apart = true};
    struct an_diff_options shown = {.all = true};
    struct rep_table whole, fewer, changes;
    ASSERT(an_footprint(ledger, modules, &options, arena, &whole, NULL));
    options.dims[0] = AN_SECTION;
    ASSERT(an_footprint(ledger, modules, &options, arena, &fewer, NULL));
    an_diff((struct an_diff_side){&whole, ""}, (struct an_diff_side){&fewer, "/a/"}, &shown, arena,
            &changes);
    render(&changes);
}

static void save_and_load(const struct ledger *ledger)
{
    struct led_snapshot_info info = {.path = "input"}, back;
    struct buf first = {0}, second = {0};
    struct ledger *loaded;
    struct slice types;
    struct fault fault = {0};
    led_snapshot_save(ledger, &info, slice_text(""), &first);
    ASSERT(led_snapshot_load(&loaded, &back, &types, slice_of(first.data, first.size), "saved",
                             &fault));
    led_snapshot_save(loaded, &back, types, &second);
    ASSERT(slice_equal(slice_of(first.data, first.size), slice_of(second.data, second.size)));
    led_free(loaded);
    buf_free(&first);
    buf_free(&second);
}

static void use(const struct ledger *ledger)
{
    struct arena *arena = arena_new();
    struct an_modules *modules = an_modules_new(ledger, NULL);
    divide(ledger, modules, arena);
    compare(ledger, modules, arena);
    save_and_load(ledger);
    an_modules_free(modules);
    arena_free(arena);
}

static void collect(struct img_file *file, struct img_debug *debug, struct dw **dw,
                    struct doubts *doubts)
{
    struct led_build build = {.file = file, .debug = debug, .dw = dw, .threads = 1};
    struct dw_options options = {.threads = 1, .doubts = doubts};
    struct ledger *ledger = led_new();
    struct fault fault = {0};
    bool good = true;
    size_t count = img_file_count(file);
    for (size_t i = 0; i < count && good; i++) {
        debug[i] = (struct img_debug){.origin = IMG_DEBUG_SELF, .img = img_file_image(file, i)};
        good = dw_open(&dw[i], &debug[i], &options, &fault);
    }
    if (good && led_collect(ledger, &build, LED_MASK(LED_DIM_COUNT) - 1, doubts, &fault))
        use(ledger);
    for (size_t i = 0; i < count; i++)
        dw_close(dw[i]);
    led_free(ledger);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct img_file *file;
    struct fault fault = {0};
    struct doubts *doubts = doubts_new();
    if (img_file_open_memory(&file, data, size, "/nonexistent/input", doubts, &fault)) {
        struct img_debug *debug = mem_zalloc(img_file_count(file), sizeof *debug);
        struct dw **dw = mem_zalloc(img_file_count(file), sizeof *dw);
        collect(file, debug, dw, doubts);
        free(debug);
        free(dw);
        img_file_close(file);
    }
    doubts_free(doubts);
    return 0;
}
