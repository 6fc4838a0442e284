// SPDX-License-Identifier: MIT
//
// Any bytes as types, out of an ELF file or out of a snapshot: laid out, reordered, searched,
// compared and rendered.

#include <stdlib.h>

#include "analyzers/analyzers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool discard(void *context, const void *data, size_t size)
{
    uint64_t *sum = context;
    *sum = hash_bytes(data, size, *sum);
    return true;
}

static void render(struct rep_part *part, enum rep_format format)
{
    struct rep_report report = {.verb = "struct", .version = "0", .parts = part, .part_count = 1};
    struct rep_style style = {.format = format, .verbose = true, .width = 80};
    uint64_t sum = 0;
    struct rep_sink sink = {discard, &sum};
    ASSERT(rep_render(&report, &style, &sink, NULL));
}

static void show(const struct dw_types *types)
{
    static const struct an_layout_options questions[] = {
        {.expand = true, .cacheline = 64},
        {.reorder = true, .sort = AN_SORT_SAVING},
        {.kinds = AN_ENUMS | AN_TYPEDEFS | AN_UNIONS, .sort = AN_SORT_NAME},
        {.holes_only = true, .sort = AN_SORT_HOLES, .keep = 2},
    };
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        struct an_layouts *layouts = an_layouts_new(types, &questions[i]);
        struct rep_part part = {.kind = REP_TYPES, .types = {"types", an_layouts_next, layouts}};
        for (int format = REP_FORMAT_TEXT; format <= REP_FORMAT_MARKDOWN; format++) {
            an_layouts_rewind(layouts);
            render(&part, (enum rep_format)format);
        }
        an_layouts_free(layouts);
    }
}

// The last named type is what the others are searched for.
static const char *some_name(const struct dw_types *types)
{
    const char *name = "s";
    for (dw_type_id id = 0; id < dw_types_count(types); id++)
        if (dw_types_get(types, id)->name[0] != '\0' && dw_types_get(types, id)->member_count != 0)
            name = dw_types_get(types, id)->name;
    return name;
}

static void search(const struct dw_types *types)
{
    const struct an_layout_options all = {.kinds = AN_RECORDS};
    const struct an_diff_options changes = {.all = true};
    const char *name = some_name(types), *nearest[5];
    struct an_layouts *layouts = an_layouts_new(types, &all), *again = an_layouts_new(types, &all);
    struct arena *arena = arena_new();
    struct rep_part part = {.kind = REP_TABLE};
    if (an_contains(layouts, name, arena, &part.table))
        render(&part, REP_FORMAT_TEXT);
    if (an_points_to(layouts, name, arena, &part.table))
        render(&part, REP_FORMAT_CSV);
    an_flexible(layouts, arena, &part.table);
    render(&part, REP_FORMAT_JSON);
    an_layouts_table(layouts, arena, &part.table);
    render(&part, REP_FORMAT_MARKDOWN);
    an_diff_types(layouts, again, &changes, arena, &part.table);
    render(&part, REP_FORMAT_TEXT);
    an_nearest_types(types, "nodes", nearest, COUNT_OF(nearest));
    an_layouts_free(layouts);
    an_layouts_free(again);
    arena_free(arena);
}

static bool read_types(struct img_file *file, struct dw **dw, struct dw_types **types)
{
    const struct dw_types_options everything = {0};
    const struct dw_options options = {.threads = 1};
    struct fault fault = {0};
    struct img_debug debug = {.origin = IMG_DEBUG_SELF, .img = img_file_image(file, 0)};
    return debug.img != NULL && dw_open_types(dw, &debug, 1, &options, &fault) &&
           dw_read_types(*dw, &everything, types, &fault);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct img_file *file = NULL;
    struct dw *dw = NULL;
    struct dw_types *types = NULL;
    struct fault fault = {0};
    bool good = img_file_open_memory(&file, data, size, "input", NULL, &fault)
                    ? read_types(file, &dw, &types)
                    : dw_types_load(&types, slice_of(data, size), "input", &fault);
    if (good) {
        show(types);
        search(types);
        dw_types_free(types);
    }
    dw_close(dw);
    img_file_close(file);
    return 0;
}
