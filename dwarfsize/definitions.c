// SPDX-License-Identifier: MIT
//
// Functions that units define but have no addresses: those whose code stands elsewhere, or nowhere.
//
// A link-time optimiser leaves each function's DIE in the unit it was written in, and lets concrete
// ones refer to it. When two functions turn out equal and one becomes a copy of the other's body,
// the copy gets no concrete DIE. Then its name is all that leads from the code to the unit.

#include <stdlib.h>

#include "dwarfsize/private.h"

#define SPECIFICATION_HOPS 4

struct found {
    VEC(struct dw_definition) list;
};

struct finder {
    struct dw *dw;
    struct found *units;
    struct dw__abbrevs *abbrevs; // one per worker
    struct dw__pass pass;
};

static bool is_definition(const struct dw__die *die)
{
    return die->tag == DW_TAG_subprogram && !dw__flag(die, SLOT_DECLARATION) &&
           !dw__has(die, SLOT_HIGH_PC) && !dw__has(die, SLOT_RANGES) && !dw__has(die, SLOT_ORIGIN);
}

static void take_names(const struct dw__unit *unit, const struct dw__die *die,
                       struct dw_definition *definition)
{
    enum dw__slot linkage =
        dw__has(die, SLOT_LINKAGE_NAME) ? SLOT_LINKAGE_NAME : SLOT_MIPS_LINKAGE_NAME;
    if (definition->name[0] == '\0')
        definition->name = dw__text(unit, die, SLOT_NAME);
    if (definition->linkage_name == NULL && dw__has(die, linkage))
        definition->linkage_name = dw__text(unit, die, linkage);
    definition->external = definition->external || dw__flag(die, SLOT_EXTERNAL);
}

static struct dw_definition define(struct dw *dw, const struct dw__unit *unit,
                                   const struct dw__die *die)
{
    struct dw_definition definition = {"", NULL, dw__unit_index(dw, unit), false};
    struct dw__die at = *die;
    struct dw__unit *in = dw__unit_of(dw, dw__ref_make(unit, die->offset));
    take_names(unit, die, &definition);
    for (unsigned hops = 0; hops < SPECIFICATION_HOPS && in != NULL; hops++) {
        dw_ref ref = dw__reference(dw, in, &at, SLOT_SPECIFICATION);
        if (ref == DW_NO_REF || !dw__die_at(dw, NULL, ref, &at, &in))
            break;
        take_names(in, &at, &definition);
    }
    return definition;
}

static void find_in_unit(void *context, size_t index, unsigned worker)
{
    struct finder *finder = context;
    const struct dw__unit *unit = &finder->dw->units.items[index];
    bool whole = unit->kind == DW_UT_compile || unit->kind == DW_UT_split_compile;
    if (unit->damaged || !whole || finder->dw->public_units[index].artificial)
        return;
    dw__abbrevs_compile(&finder->abbrevs[worker], finder->dw, unit, &finder->pass);
    struct dw__scan scan;
    struct dw__die die;
    dw__scan_start(&scan, finder->dw, unit, &finder->abbrevs[worker]);
    while (dw__scan_next(&scan, &die))
        if (is_definition(&die))
            vec_push(&finder->units[index].list, define(finder->dw, unit, &die));
}

static void join(struct finder *finder, const struct dw_definition **out, size_t *count)
{
    struct dw *dw = finder->dw;
    size_t total = 0, at = 0;
    for (size_t u = 0; u < dw->units.count; u++)
        total += finder->units[u].list.count;
    struct dw_definition *all = ARENA_ARRAY(dw->code_arena, total, struct dw_definition);
    for (size_t u = 0; u < dw->units.count; u++) {
        for (size_t i = 0; i < finder->units[u].list.count; i++)
            all[at++] = finder->units[u].list.items[i];
        vec_free(&finder->units[u].list);
    }
    *out = all;
    *count = total;
}

bool dw_read_definitions(struct dw *dw, const struct dw_definition **out, size_t *count,
                         struct fault *fault)
{
    if (!dw_complete(dw, fault))
        return false;
    const uint64_t slots = 1ull << SLOT_NAME | 1ull << SLOT_LINKAGE_NAME |
                           1ull << SLOT_MIPS_LINKAGE_NAME | 1ull << SLOT_DECLARATION |
                           1ull << SLOT_EXTERNAL | 1ull << SLOT_HIGH_PC | 1ull << SLOT_RANGES |
                           1ull << SLOT_ORIGIN | 1ull << SLOT_SPECIFICATION;
    const uint64_t tags[0x100] = {[DW_TAG_subprogram] = slots};
    unsigned workers = par_workers(dw->threads, dw->units.count);
    struct finder finder = {.dw = dw};
    finder.pass.tags = tags;
    finder.units = mem_zalloc(dw->units.count, sizeof *finder.units);
    finder.abbrevs = mem_zalloc(workers, sizeof *finder.abbrevs);
    par_for(dw->threads, dw->units.count, find_in_unit, &finder);
    join(&finder, out, count);
    for (unsigned i = 0; i < workers; i++)
        dw__abbrevs_clear(&finder.abbrevs[i]);
    free(finder.abbrevs);
    free(finder.units);
    return true;
}
