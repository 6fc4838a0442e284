// SPDX-License-Identifier: MIT
//
// What the linker map says: from which object, archive and member each byte came.
//
//   map      .text 0x8000 + 0x40          .text.main 0x8004 + 0x1c  libm.a(main.o)
//              | same name (and address)    | offset 4
//   ELF      section 3, its size          positions of section 3 from 4 on, cut at its end
//
// The ELF is the truth about addresses and sizes, and about what is loaded; the map gives names. So a
// contribution counts from the start of its section, not by its address; only where the image has no
// section of that name, nor one in that very place (as of IAR's placement groups), by its address.
//
//   dimension   claims
//   object      path as the linker has it     fill is [padding], data of the script [linker script],
//   archive     path, or [no archive]         what the linker made [.plt], [linker stubs] ...: in
//   member      name, or the object's         all three
//
// These dimensions are not charged: they say what the linker placed, so that sums agree with the map's.

#include <stdlib.h>

#include "ledger/collect_map.h"

// Sections of one name, or at one address: more of them only a hostile file has.
#define SAME_NAME_TRIED  64
#define SAME_PLACE_TRIED 8

// -------------------------------------------------------------------------- sections

// Sections of the image by name, in order.
struct by_name {
    struct names *names;
    VEC(uint32_t) first; // by name; 0: none
    uint32_t *next;      // by section
    bool *taken;
};

static void by_name_open(struct by_name *index, const struct img_section *sections, size_t count)
{
    *index = (struct by_name){.names = names_new()};
    index->next = mem_zalloc(count + 1, sizeof *index->next);
    index->taken = mem_zalloc(count + 1, sizeof *index->taken);
    for (size_t i = count; i-- > 1;) {
        name_id name = names_intern_text(index->names, sections[i].name);
        while (index->first.count <= name)
            vec_push(&index->first, 0);
        index->next[i] = index->first.items[name];
        index->first.items[name] = (uint32_t)i;
    }
}

static void by_name_close(struct by_name *index)
{
    names_free(index->names);
    vec_free(&index->first);
    free(index->next);
    free(index->taken);
}

static bool is_place(const struct img_section *section, const struct lm_section *wanted)
{
    return (section->flags & SHF_ALLOC) != 0 && section->addr == wanted->addr;
}

// Linker scripts may open a section twice; the empty part of it is not in memory.
static bool is_twin(const struct img_section *section, const struct lm_section *wanted)
{
    return section->addr == wanted->addr && section->size == wanted->size;
}

// The first of that name that is nobody's yet; one that is `like` it goes before others, and when `only`
// is set there are no others.
static uint32_t section_of(struct by_name *index, const struct img_section *sections,
                           const struct lm_section *wanted,
                           bool (*like)(const struct img_section *, const struct lm_section *),
                           bool only)
{
    name_id name = names_find(index->names, wanted->name);
    uint32_t found = 0;
    unsigned tried = 0;
    if (name == 0 || name >= index->first.count)
        return 0;
    for (uint32_t at = index->first.items[name]; at != 0 && tried < SAME_NAME_TRIED;
         at = index->next[at], tried++) {
        if (index->taken[at])
            continue;
        bool best = like(&sections[at], wanted);
        if (best || (found == 0 && !only))
            found = at;
        if (best)
            break;
    }
    index->taken[found] = found != 0;
    return found;
}

// Sections in memory by address.
struct by_addr {
    struct keyed *items;
    size_t count;
};

static struct by_addr by_addr_open(const struct img_section *sections, size_t count)
{
    struct by_addr index = {mem_alloc((count + 1) * sizeof *index.items), 0};
    struct keyed *scratch = mem_alloc((count + 1) * sizeof *scratch);
    for (size_t i = 1; i < count; i++)
        if ((sections[i].flags & SHF_ALLOC) != 0 && sections[i].size != 0)
            index.items[index.count++] = (struct keyed){sections[i].addr, i};
    sort_keyed(index.items, scratch, index.count);
    free(scratch);
    return index;
}

// Placement groups of IAR, and what objcopy renamed: nobody's, and of the same place.
static uint32_t section_at(const struct by_addr *index, bool *taken,
                           const struct img_section *sections, const struct lm_section *wanted)
{
    size_t first = keyed_first(index->items, index->count, wanted->addr);
    size_t end = MIN(index->count, first + SAME_PLACE_TRIED);
    for (size_t i = first; i < end; i++) {
        uint32_t at = (uint32_t)index->items[i].value;
        if (!is_twin(&sections[at], wanted))
            continue;
        if (!taken[at]) {
            taken[at] = true;
            return at;
        }
    }
    return 0;
}

const uint32_t *led_map_sections(const struct lm_map *map, const struct img *img,
                                 struct arena *arena)
{
    size_t count, wanted = map->sections.count;
    const struct img_section *sections = img_sections(img, &count);
    uint32_t *found = ARENA_ARRAY(arena, wanted + 1, uint32_t);
    struct by_name names;
    by_name_open(&names, sections, count);
    for (size_t i = 0; i < wanted; i++)
        found[i] = section_of(&names, sections, &map->sections.items[i], is_twin, true);
    for (size_t i = 0; i < wanted; i++)
        if (found[i] == 0)
            found[i] = section_of(&names, sections, &map->sections.items[i], is_place, false);
    struct by_addr addrs = by_addr_open(sections, count);
    for (size_t i = 0; i < wanted; i++)
        if (found[i] == 0 && map->sections.items[i].loaded && map->sections.items[i].size != 0)
            found[i] = section_at(&addrs, names.taken, sections, &map->sections.items[i]);
    free(addrs.items);
    by_name_close(&names);
    return found;
}

// -------------------------------------------------------------------------- claiming

void led__claim_mapped(struct led__image *im, const struct led__joined *joined, uint32_t index,
                       struct led_claim claim)
{
    const struct lm_contribution *c = &joined->map->contributions.items[index];
    const struct lm_section *s = &joined->map->sections.items[c->section];
    uint32_t section = joined->sections[c->section];
    if (section == 0) {
        if (s->loaded)
            led__claim_addr(im, 0, c->addr, c->size, claim);
        return;
    }
    const struct img_section *in = &im->sections[section];
    uint64_t offset = c->addr - s->addr, end = s->packed == LM_NONE ? in->size : s->size;
    if (c->addr < s->addr || offset >= end)
        return;
    uint64_t size = MIN(c->size, end - offset);
    if (led__is_allocated(im, section))
        led__claim_addr(im, section, in->addr + offset, size, claim);
    else if (!in->compressed && led__wants(im->run, (enum led_dim)claim.dim) &&
             offset < in->file_size)
        led_claim_file(im->run->ledger, im->info->file_start + in->offset + offset,
                       MIN(size, in->file_size - offset), claim);
}

led_owner led__bracketed(struct led_collector *run, struct slice name)
{
    struct buf text = {0};
    buf_char(&text, '[');
    buf_bytes(&text, name.data, MIN(name.size, (size_t)NAMES_CUT));
    buf_char(&text, ']');
    led_owner owner = names_intern(led_names(run->ledger), slice_of(text.data, text.size));
    buf_free(&text);
    return owner;
}

static void name_file(struct led_collector *run, const struct lm_file *file, struct led__from *out)
{
    struct names *names = led_names(run->ledger);
    out->object = names_intern(names, file->path);
    out->archive = file->archive.size != 0 ? names_intern(names, file->archive)
                                           : led_owner_of(run->ledger, "[no archive]");
    out->member = names_intern(names, lm_member_name(file));
}

static void claim_from(struct led__image *im, const struct led__joined *joined, uint32_t index,
                       struct led__from from)
{
    const led_owner owners[] = {from.object, from.archive, from.member};
    static const uint8_t dims[] = {LED_OBJECT, LED_ARCHIVE, LED_MEMBER};
    for (size_t i = 0; i < COUNT_OF(dims); i++)
        led__claim_mapped(im, joined, index,
                          (struct led_claim){owners[i], dims[i], LED_BY_MAP, index});
}

static struct led__joined *join(struct led__image *im)
{
    const struct lm_map *map = im->run->build->map;
    struct led__joined *joined = ARENA_NEW(im->run->arena, struct led__joined);
    joined->map = map;
    joined->sections = led_map_sections(map, im->img, im->run->arena);
    joined->from = ARENA_ARRAY(im->run->arena, map->files.count + 1, struct led__from);
    for (size_t i = 0; i < map->files.count; i++)
        name_file(im->run, &map->files.items[i], &joined->from[i]);
    return joined;
}

// gold calls its own tables "fill": they have roles.
static bool is_role_fill(const struct led__image *im, const struct led__joined *joined,
                         const struct lm_contribution *c)
{
    uint32_t section = joined->sections[c->section];
    return c->kind == LM_FILL && section != 0 && im->about[section].role;
}

void led__collect_map(struct led__image *im)
{
    const struct lm_map *map = im->run->build->map;
    struct led__joined *joined = im->joined = join(im);
    for (uint32_t i = 0; i < map->contributions.count; i++) {
        const struct lm_contribution *c = &map->contributions.items[i];
        struct slice name;
        if (c->size == 0 || is_role_fill(im, joined, c))
            continue;
        if (!lm_no_object(map, c, &name)) {
            claim_from(im, joined, i, joined->from[c->file]);
        } else {
            led_owner owner = led__bracketed(im->run, name);
            claim_from(im, joined, i, (struct led__from){owner, owner, owner});
        }
    }
}
