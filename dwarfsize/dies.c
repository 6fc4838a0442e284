// SPDX-License-Identifier: MIT
//
// Every DIE of a unit with what a second reader can be asked for as well.
//
// Nothing is read here that is not read with the same functions elsewhere: a difference found
// through this walk is a difference in what the reports are made of.

#include <stdlib.h>

#include "dwarfsize/types.h"

// ------------------------------------------------------------------ objects, units

size_t dw_object_count(const struct dw *dw)
{
    return dw->objects.count;
}

struct dw_object dw_object_at(const struct dw *dw, size_t number)
{
    const struct dw__object *object = dw->objects.items[number];
    return (struct dw_object){
        .image = object->img,
        .path = object->path,
        .unit_first = object->unit_first,
        .unit_count = object->unit_count,
        .supplement = object->alt != NULL ? object->alt->number : UINT32_MAX,
        .split = object->split,
    };
}

struct dw_header dw_unit_header(const struct dw *dw, uint32_t index)
{
    const struct dw__unit *unit = &dw->units.items[index];
    return (struct dw_header){
        .object = unit->object->number,
        .section = unit->chunk->index,
        .abbrev_offset = unit->abbrev_offset,
        .signature = unit->signature,
        .type_offset = unit->type_offset,
        .types = unit->chunk->types,
        .damaged = unit->damaged,
    };
}

// ------------------------------------------------------------------------ the walk

#define SLOT(name) (1ull << SLOT_##name)

static const struct dw__pass walk_pass = {
    .slots = SLOT(NAME) | SLOT(LINKAGE_NAME) | SLOT(MIPS_LINKAGE_NAME) | SLOT(BYTE_SIZE) |
             SLOT(BIT_SIZE) | SLOT(BIT_OFFSET) | SLOT(DATA_BIT_OFFSET) | SLOT(MEMBER_LOCATION) |
             SLOT(TYPE) | SLOT(ORIGIN) | SLOT(SPECIFICATION) | SLOT(LOW_PC) | SLOT(HIGH_PC) |
             SLOT(RANGES) | SLOT(DECLARATION) | SLOT(EXTERNAL) | SLOT(ARTIFICIAL) |
             SLOT(VIRTUALITY) | SLOT(ALIGNMENT),
};

struct dw_walk {
    struct dw *dw;
    const struct dw__unit *unit;
    struct dw__abbrevs abbrevs;
    struct dw__scan scan;
    struct dw__die die;
    struct dw__places places;
    dw__range_list ranges;
    VEC(uint64_t) parents; // offsets of the DIEs around, by depth
    bool ended, damaged;
};

struct dw_walk *dw_walk_open(struct dw *dw)
{
    struct dw_walk *walk = mem_zalloc(1, sizeof *walk);
    walk->dw = dw;
    walk->places.all = true;
    walk->ended = true;
    return walk;
}

void dw_walk_unit(struct dw_walk *walk, uint32_t unit)
{
    walk->unit = &walk->dw->units.items[unit];
    walk->ended = walk->damaged = walk->unit->damaged;
    if (walk->ended)
        return;
    walk->damaged = !dw__abbrevs_compile(&walk->abbrevs, walk->dw, walk->unit, &walk_pass);
    dw__scan_start(&walk->scan, walk->dw, walk->unit, &walk->abbrevs);
}

void dw_walk_close(struct dw_walk *walk)
{
    dw__abbrevs_clear(&walk->abbrevs);
    vec_free(&walk->ranges);
    vec_free(&walk->parents);
    free(walk);
}

// -------------------------------------------------------------------------- values

static struct dw_target target_of(const struct dw_walk *walk, enum dw__slot slot)
{
    const struct dw__unit *unit = walk->unit;
    const struct dw__die *die = &walk->die;
    if (!dw__has(die, slot))
        return (struct dw_target){DW_TARGET_NONE, 0};
    dw_ref ref = dw__reference(walk->dw, unit, die, slot);
    uint64_t offset = ref & 0x7fffffffffffu;
    switch (die->form[slot]) {
    case DW_FORM_ref_sig8:
        return (struct dw_target){DW_TARGET_SIGNATURE, die->value[slot]};
    case DW_FORM_ref_sup4:
    case DW_FORM_ref_sup8:
    case DW_FORM_GNU_ref_alt:
        return (struct dw_target){ref == DW_NO_REF ? DW_TARGET_BAD : DW_TARGET_SUPPLEMENT, offset};
    case DW_FORM_ref_addr: // from the start of the first section
        return (struct dw_target){ref == DW_NO_REF ? DW_TARGET_BAD : DW_TARGET_SECTION, offset};
    default:
        if (ref == DW_NO_REF)
            return (struct dw_target){DW_TARGET_BAD, 0};
        return (struct dw_target){DW_TARGET_SECTION, offset - unit->chunk->base};
    }
}

static const char *text_of(const struct dw_walk *walk, enum dw__slot slot, uint32_t part,
                           uint32_t *parts)
{
    if (!dw__has(&walk->die, slot))
        return NULL;
    *parts |= part;
    return dw__text(walk->unit, &walk->die, slot);
}

static uint64_t number_of(const struct dw_walk *walk, enum dw__slot slot, uint32_t part,
                          uint32_t *parts)
{
    if (dw__has(&walk->die, slot) && dw__is_constant_form(walk->die.form[slot]))
        *parts |= part;
    return dw__number(walk->unit, &walk->die, slot, 0);
}

static void read_member(const struct dw_walk *walk, struct dw_die *out)
{
    if (out->tag != DW_TAG_member && out->tag != DW_TAG_inheritance)
        return;
    struct dw__item item = {.name = out->name ? out->name : ""};
    struct dw__tree tree = {.unit = (struct dw__unit *)walk->unit};
    const struct dw__forest forest = {.dw = walk->dw};
    dw__member_read(walk->unit, &walk->die, &item);
    bool place =
        dw__has(&walk->die, SLOT_MEMBER_LOCATION) || dw__has(&walk->die, SLOT_DATA_BIT_OFFSET);
    if (!place || (item.flags & (DW_MEMBER_VIRTUAL | DW_MEMBER_STATIC)))
        return;
    if (item.old_bits && item.storage == 0)
        item.storage = (uint32_t)dw__type_size(
            walk->dw, NULL, dw__reference(walk->dw, walk->unit, &walk->die, SLOT_TYPE));
    out->parts |= DW_DIE_MEMBER;
    out->member_offset = dw__item_bit_offset(&forest, &tree, &item);
}

static void read_ranges(struct dw_walk *walk, struct dw_die *out)
{
    const struct dw__die *die = &walk->die;
    walk->ranges.count = 0;
    if (!dw__has(die, SLOT_RANGES) && (!dw__has(die, SLOT_LOW_PC) || !dw__has(die, SLOT_HIGH_PC)))
        return;
    walk->places.address_size = walk->unit->address_size;
    dw__die_ranges(walk->dw, walk->unit, die, &walk->places, &walk->ranges);
    out->parts |= DW_DIE_RANGES;
    out->ranges = walk->ranges.items;
    out->range_count = walk->ranges.count;
}

static uint64_t parent_of(struct dw_walk *walk)
{
    uint32_t depth = walk->die.depth;
    uint64_t parent = depth == 0 ? NO_OFFSET : walk->parents.items[depth - 1];
    walk->parents.count = depth;
    vec_push(&walk->parents, walk->die.offset);
    return parent;
}

bool dw_walk_next(struct dw_walk *walk, struct dw_die *out)
{
    if (walk->ended || !dw__scan_next(&walk->scan, &walk->die)) {
        walk->ended = true;
        return false;
    }
    *out = (struct dw_die){
        .offset = walk->die.offset, .parent = parent_of(walk), .tag = walk->die.tag};
    out->name = text_of(walk, SLOT_NAME, DW_DIE_NAME, &out->parts);
    bool standard = dw__has(&walk->die, SLOT_LINKAGE_NAME);
    out->linkage_name = text_of(walk, standard ? SLOT_LINKAGE_NAME : SLOT_MIPS_LINKAGE_NAME,
                                DW_DIE_LINKAGE_NAME, &out->parts);
    out->byte_size = number_of(walk, SLOT_BYTE_SIZE, DW_DIE_BYTE_SIZE, &out->parts);
    out->bit_size = number_of(walk, SLOT_BIT_SIZE, DW_DIE_BIT_SIZE, &out->parts);
    out->type = target_of(walk, SLOT_TYPE);
    bool origin = dw__has(&walk->die, SLOT_ORIGIN);
    out->origin = target_of(walk, origin ? SLOT_ORIGIN : SLOT_SPECIFICATION);
    read_member(walk, out);
    read_ranges(walk, out);
    return true;
}

bool dw_walk_damaged(const struct dw_walk *walk)
{
    return walk->damaged || walk->scan.damaged || walk->scan.cur.failed;
}
