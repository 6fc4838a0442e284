// SPDX-License-Identifier: MIT
//
// Where sections lie: the synthetic addresses of a relocatable image, and the search from an address
// or a name to a section.

#include <inttypes.h>
#include <stdlib.h>

#include "image/private.h"

#define ALIGN_MAX ((uint64_t)1 << 30) // a larger alignment in a .o is damage

struct alike {
    const char *name;
    uint64_t size; // of the sections so far
};

static bool has_address(const struct img *img, const struct img_section *s)
{
    if (!(s->flags & SHF_ALLOC))
        return false;
    // .tbss of a linked image takes no memory: it overlaps what follows.
    bool tbss = (s->flags & SHF_TLS) && s->type == SHT_NOBITS;
    return img->info.type == ET_REL || !tbss;
}

#define ALIKE_MAX 32 // names of debug sections that may occur more than once

// Debug sections of one name are read as one, in their order: a reference from one to
// another counts from where the first begins.
static uint64_t join_offset(struct alike *names, const struct img_section *section)
{
    size_t i = 0;
    while (i < ALIKE_MAX && names[i].name != NULL && strcmp(names[i].name, section->name) != 0)
        i++;
    bool joins = section->type != SHT_NOBITS && strncmp(section->name, ".debug_", 7) == 0;
    if (i == ALIKE_MAX || !joins)
        return 0;
    uint64_t offset = names[i].size;
    names[i] = (struct alike){section->name, offset + section->size};
    return offset;
}

// Gives each allocated section of a .o its own range: consecutive, aligned, from IMG_OBJECT_BASE on.
static void give_addresses(struct img *img)
{
    struct alike alike[ALIKE_MAX] = {0};
    uint64_t limit = img->info.is64 ? UINT64_MAX : (uint64_t)UINT32_MAX + 1;
    uint64_t next = IMG_OBJECT_BASE;
    for (size_t i = 0; i < img->section_count; i++) {
        struct img_section *s = &img->sections[i];
        s->addr = 0;
        if (!(s->flags & SHF_ALLOC)) {
            s->addr = join_offset(alike, s);
            continue;
        }
        uint64_t align = s->align, start;
        if (align == 0 || (align & (align - 1)) != 0 || align > ALIGN_MAX)
            align = 1;
        if (!add_u64(next, align - 1, &start) || !range_fits(start & -align, s->size, limit)) {
            doubt_add(img->doubts, img->info.path, s->name, s->offset,
                      "section of 0x%" PRIx64 " bytes leaves the address space; taken as empty",
                      s->size);
            s->size = s->file_size = 0;
            start = next;
            align = 1;
        }
        s->addr = start & -align;
        next = s->addr + s->size;
    }
}

static void index_addresses(struct img *img)
{
    size_t count = 0;
    struct keyed *order = mem_alloc(2 * img->section_count * sizeof *order);
    for (size_t i = 0; i < img->section_count; i++)
        if (has_address(img, &img->sections[i]) && img->sections[i].size != 0)
            order[count++] = (struct keyed){img->sections[i].addr, i};
    sort_keyed(order, order + img->section_count, count);
    img->places = mem_alloc(count * sizeof *img->places);
    uint64_t reach = 0;
    for (size_t i = 0; i < count; i++) {
        const struct img_section *s = &img->sections[order[i].value];
        reach = MAX(reach, s->addr + s->size);
        img->places[i] = (struct place){s->addr, s->addr + s->size, reach, s->index};
    }
    img->place_count = count;
    free(order);
}

void img__place_sections(struct img *img)
{
    if (img->info.type == ET_REL)
        give_addresses(img);
    index_addresses(img);
}

const struct img_section *img_section_at(const struct img *img, uint64_t addr)
{
    size_t low = 0, high = img->place_count; // places before `high` start at or before addr
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (img->places[middle].start <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    while (high > 0 && img->places[high - 1].reach > addr) {
        high--;
        if (img->places[high].end > addr)
            return &img->sections[img->places[high].section];
    }
    return NULL;
}

const struct img_section *img_section_named(const struct img *img, const char *name)
{
    for (size_t i = 1; i < img->section_count; i++)
        if (strcmp(img->sections[i].name, name) == 0)
            return &img->sections[i];
    if (strncmp(name, ".debug_", 7) != 0)
        return NULL;
    for (size_t i = 1; i < img->section_count; i++)
        if (strncmp(img->sections[i].name, ".zdebug_", 8) == 0 &&
            strcmp(img->sections[i].name + 8, name + 7) == 0)
            return &img->sections[i];
    return NULL;
}
