// SPDX-License-Identifier: MIT
//
// The build id: the descriptor of the note "GNU", type 3.
//
//   | name size 4 | descriptor size 4 | type 4 | name, padded | descriptor, padded |
//
// padded to 4 bytes, or to 8 where the section or segment is aligned to 8.

#include "image/private.h"

#define NOTES_MAX ((uint64_t)1 << 20) // bytes looked at in all: overlapping sections could repeat
#define ID_MAX    64

static void skip_padded(struct cur *c, uint64_t size, uint64_t align)
{
    uint64_t start = cur_offset(c);
    cur_skip(c, size);
    uint64_t end = cur_offset(c), rest = (end - start) % align;
    if (rest != 0)
        cur_skip(c, MIN(align - rest, cur_left(c)));
}

static struct slice find_in(const struct img *img, struct slice notes, uint64_t align)
{
    struct cur c = img__cursor(img, notes);
    align = align == 8 ? 8 : 4;
    while (cur_left(&c) >= 12) {
        uint32_t name_size = cur_u32(&c), size = cur_u32(&c), type = cur_u32(&c);
        bool gnu = name_size == 4 && cur_left(&c) >= 4 && memcmp(c.at, "GNU", 4) == 0;
        // The descriptor is aligned from the start of the note, whose head is 12 bytes.
        cur_skip(&c, name_size);
        uint64_t rest = (12 + (uint64_t)name_size) % align;
        if (rest != 0)
            cur_skip(&c, MIN(align - rest, cur_left(&c)));
        struct slice id = slice_of(c.at, MIN((size_t)size, cur_left(&c)));
        skip_padded(&c, size, align);
        if (c.failed)
            break;
        if (gnu && type == NT_GNU_BUILD_ID && size > 0 && size <= ID_MAX)
            return id;
    }
    return slice_of(NULL, 0);
}

static struct slice bytes_of(const struct img *img, uint64_t offset, uint64_t size,
                             uint64_t *budget)
{
    size = MIN(size, *budget);
    *budget -= size;
    return slice_of(img->bytes.data + offset, size);
}

struct slice img__find_build_id(const struct img *img)
{
    struct slice id = {NULL, 0};
    uint64_t budget = NOTES_MAX;
    const struct img_section *named = img_section_named(img, ".note.gnu.build-id");
    if (named != NULL && named->type == SHT_NOTE)
        id = find_in(img, bytes_of(img, named->offset, named->file_size, &budget), named->align);
    for (size_t i = 0; i < img->segment_count && id.size == 0; i++) {
        const struct img_segment *s = &img->segments[i];
        if (s->type == PT_NOTE)
            id = find_in(img, bytes_of(img, s->offset, s->file_size, &budget), s->align);
    }
    for (size_t i = 0; i < img->section_count && id.size == 0; i++) {
        const struct img_section *s = &img->sections[i];
        if (s->type == SHT_NOTE && (s->flags & SHF_ALLOC))
            id = find_in(img, bytes_of(img, s->offset, s->file_size, &budget), s->align);
    }
    return id;
}
