// SPDX-License-Identifier: MIT
//
// Opens any bytes and asks everything image/ can answer. What it promises about ranges is checked on
// the way, since the folders above rely on it without looking.

#include <stdlib.h>

#include "image/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t sink; // so that reads are not optimised away

static void touch(struct slice bytes)
{
    sink = hash_bytes(bytes.data, bytes.size, sink);
}

static void check_sections(struct img *img)
{
    size_t count;
    uint64_t limit = img_info(img)->file_size;
    const struct img_section *sections = img_sections(img, &count);
    for (size_t i = 0; i < count; i++) {
        const struct img_section *s = &sections[i];
        uint64_t end;
        ASSERT(range_fits(s->offset, s->file_size, limit));
        ASSERT(add_u64(s->addr, s->size, &end));
        touch(slice_text(s->name));
        struct slice bytes;
        if (img_section_bytes(img, (uint32_t)i, &bytes, NULL))
            touch(bytes);
        ASSERT(img_section_named(img, s->name) != NULL || i == 0);
        img_section_at(img, s->addr);
        if (img_bytes_at(img, s->addr, MIN(s->size, (uint64_t)16), &bytes))
            touch(bytes);
        if (i > 2000)
            break; // a table of very many sections would only be slow
    }
}

static void check_segments(struct img *img)
{
    size_t count;
    const struct img_segment *segments = img_segments(img, &count);
    for (size_t i = 0; i < count; i++) {
        uint64_t end;
        ASSERT(range_fits(segments[i].offset, segments[i].file_size, img_info(img)->file_size));
        ASSERT(add_u64(segments[i].addr, segments[i].size, &end));
        ASSERT(add_u64(segments[i].load_addr, segments[i].size, &end));
    }
}

static void check_symbols(struct img *img)
{
    size_t count, sections, marks;
    const struct img_symbol *symbols = img_symbols(img, &count);
    img_sections(img, &sections);
    for (size_t i = 0; i < count; i++) {
        const struct img_symbol *s = &symbols[i];
        touch(slice_text(s->name));
        ASSERT(s->section < sections || s->section == IMG_ABS || s->section == IMG_COMMON ||
               s->section == SHN_UNDEF);
        ASSERT(s->file == UINT32_MAX || s->file < i);
    }
    const struct img_mark *list = img_marks(img, &marks);
    for (size_t i = 1; i < marks; i++)
        ASSERT(list[i - 1].addr <= list[i].addr);
}

static void check_relocs(struct img *img)
{
    size_t count;
    const struct img_section *sections = img_sections(img, &count);
    for (size_t i = 0; i < MIN(count, (size_t)200); i++) {
        struct img_reloc_reader reader;
        struct img_reloc reloc;
        struct slice bytes;
        if (!img_is_reloc_section(&sections[i]) ||
            !img_reloc_open(&reader, img, (uint32_t)i, NULL) ||
            !img_section_bytes(img, (uint32_t)i, &bytes, NULL))
            continue;
        while (img_reloc_next(&reader, &reloc)) {
            ASSERT(range_fits(reloc.entry_offset, reloc.entry_size, bytes.size));
            sink += reloc.addr + reloc.type;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct img_file *file;
    struct fault fault = {0};
    struct doubts *doubts = doubts_new();
    if (img_file_open_memory(&file, data, size, "/nonexistent/input", doubts, &fault)) {
        size_t spans;
        const struct img_span *span = img_file_spans(file, &spans);
        for (size_t i = 0; i < spans; i++)
            ASSERT(range_fits(span[i].offset, span[i].size, size));
        for (size_t i = 0; i < img_file_count(file); i++) {
            struct img *img = img_file_image(file, i);
            check_sections(img);
            check_segments(img);
            check_symbols(img);
            check_relocs(img);
        }
        img_file_close(file);
    } else {
        ASSERT(fault.kind != FAULT_NONE);
    }
    doubts_free(doubts);
    return 0;
}
