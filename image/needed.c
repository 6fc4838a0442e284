// SPDX-License-Identifier: MIT
//
// The shared libraries an image is linked with (gABI, 5 "Dynamic Section"): an array of
//
//   | tag, a word | value, a word |
//
// up to a tag of 0, beside a string table.

#include "image/private.h"

static const struct img_section *dynamic_section(const struct img *img)
{
    for (size_t i = 1; i < img->section_count; i++)
        if (img->sections[i].type == SHT_DYNAMIC)
            return &img->sections[i];
    return NULL;
}

// The text at an offset in the string table; "" when it does not lie or end there.
static const char *text_at(struct slice strings, uint64_t offset)
{
    bool ends = offset < strings.size &&
                memchr(strings.data + offset, '\0', strings.size - (size_t)offset) != NULL;
    return ends ? (const char *)strings.data + offset : "";
}

struct img_needed img_needed(const struct img *img, struct arena *arena)
{
    struct img_needed needed = {NULL, 0, ""};
    const struct img_section *dynamic = dynamic_section(img);
    if (dynamic == NULL || dynamic->link == 0 || dynamic->link >= img->section_count)
        return needed;
    struct slice strings = img_section_raw(img, dynamic->link);
    struct cur c = img__cursor(img, img_section_raw(img, dynamic->index));
    uint64_t run_path = 0, word = img->info.is64 ? 8 : 4;
    needed.names = ARENA_ARRAY(arena, cur_left(&c) / (2 * word) + 1, const char *);
    while (cur_left(&c) >= 2 * word) {
        uint64_t tag = cur_uint(&c, (unsigned)word), value = cur_uint(&c, (unsigned)word);
        if (tag == DT_NULL)
            break;
        if (tag == DT_NEEDED && text_at(strings, value)[0] != '\0')
            needed.names[needed.count++] = text_at(strings, value);
        if (tag == DT_RUNPATH || (tag == DT_RPATH && run_path == 0))
            run_path = value;
    }
    if (run_path != 0)
        needed.path = text_at(strings, run_path);
    return needed;
}
