// SPDX-License-Identifier: MIT
//
// Any bytes as a file with debug information: everything dwarfsize reads is read, and what it gives
// is used as far as its contract goes.

#include <stdlib.h>

#include "dwarfsize/dwarfsize.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use_text(const char *text)
{
    ASSERT(strlen(text) < SIZE_MAX);
}

static void use_run(void *context, const struct dw_line_run *run)
{
    (void)context;
    ASSERT(run->start < run->end);
    use_text(run->path);
}

static void use_lines(struct dw *dw, struct img *img, size_t units)
{
    struct fault fault = {0};
    for (uint32_t unit = 0; unit < units; unit++) {
        dw_read_lines(dw, img, unit, false, use_run, NULL, &fault);
        dw_read_lines(dw, img, unit, true, use_run, NULL, &fault);
    }
}

static void use_parts(struct dw *dw, struct img *img, size_t units)
{
    struct fault fault = {0};
    const struct dw_part *parts;
    size_t count, sections;
    const struct img_section *list = img_sections(img, &sections);
    if (!dw_read_parts(dw, &parts, &count, &fault))
        return;
    for (size_t i = 0; i < count; i++) {
        ASSERT(parts[i].unit < units && parts[i].section < sections);
        ASSERT(range_fits(parts[i].offset, parts[i].size, list[parts[i].section].size));
        bool near = i != 0 && parts[i - 1].section == parts[i].section;
        ASSERT(!near || parts[i - 1].offset + parts[i - 1].size <= parts[i].offset);
    }
}

static void use_code(struct dw *dw, struct img *img, size_t units)
{
    struct fault fault = {0};
    const struct dw_code *code;
    unsigned all = DW_CODE_NAMES | DW_CODE_INLINES | DW_CODE_SIZES;
    if (!dw_read_code(dw, img, all, &code, &fault))
        return;
    for (size_t i = 0; i < code->function_count; i++) {
        const struct dw_function *f = &code->functions[i];
        ASSERT(f->unit < units && f->concrete < units);
        ASSERT(range_fits(f->range_first, f->range_count, code->range_count));
        use_text(f->name);
    }
    for (size_t i = 0; i < code->inline_count; i++) {
        ASSERT(code->inlines[i].function < code->function_count);
        ASSERT(code->inlines[i].parent == UINT32_MAX || code->inlines[i].parent < i);
    }
    for (size_t i = 0; i < code->variable_count; i++)
        use_text(code->variables[i].name);
}

// What was saved and loaded is saved as the same bytes.
static void use_snapshot(const struct dw_types *types)
{
    struct fault fault = {0};
    struct buf first = {0}, second = {0};
    struct dw_types *loaded;
    dw_types_save(types, &first);
    ASSERT(dw_types_load(&loaded, slice_of(first.data, first.size), "snapshot", &fault));
    dw_types_save(loaded, &second);
    ASSERT(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
    dw_types_free(loaded);
    buf_free(&first);
    buf_free(&second);
}

static void use_types(struct dw *dw)
{
    struct fault fault = {0};
    struct dw_types_options options = {.units = true};
    struct dw_types *types;
    struct buf text = {0};
    if (!dw_read_types(dw, &options, &types, &fault))
        return;
    for (dw_type_id id = 0; id < dw_types_count(types); id++) {
        dw_types_spell(types, id, "name", &text);
        dw_types_qualified(types, id, &text);
        dw_types_strip(types, id);
        dw_types_size(types, id);
        text.size = 0;
    }
    use_snapshot(types);
    buf_free(&text);
    dw_types_free(types);
}

static void use_macro(void *context, const struct dw_macro *macro)
{
    ASSERT(macro->unit < *(size_t *)context);
    use_text(macro->name);
    use_text(macro->body);
}

static void use_macros(struct dw *dw, size_t units)
{
    static const char *const names[] = {"ARENA_SIZE", "__STDC__", "B"};
    dw_read_macros(dw, names, COUNT_OF(names), use_macro, &units);
}

static void use_image(struct img *img, struct doubts *doubts)
{
    struct fault fault = {0};
    struct img_debug debug = {.origin = IMG_DEBUG_SELF, .img = img};
    struct dw_options options = {.threads = 1, .doubts = doubts};
    struct dw *dw;
    size_t units;
    if (!dw_open(&dw, &debug, &options, &fault))
        return;
    dw_units(dw, &units);
    use_code(dw, img, units);
    use_types(dw);
    use_lines(dw, img, units);
    use_parts(dw, img, units);
    use_macros(dw, units);
    dw_close(dw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fault fault = {0};
    struct doubts *doubts = doubts_new();
    struct img_file *file;
    if (img_file_open_memory(&file, data, size, "input", doubts, &fault)) {
        for (size_t i = 0; i < img_file_count(file); i++)
            use_image(img_file_image(file, i), doubts);
        img_file_close(file);
    }
    doubts_free(doubts);
    return 0;
}
