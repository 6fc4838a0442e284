// SPDX-License-Identifier: MIT
//
// Functions, variables and inlined calls that have addresses.
//
// Each unit is read on its own, in parallel, into lists of the worker, and what was found is set down
// in the worker's arena; it is then laid end to end in the order of the units, so the result does not
// depend on the number of threads.
//
// Whose code is it? In a link-time optimised build the concrete functions stand in units named
// "<artificial>", and DW_AT_abstract_origin leads to the unit they were written in (3.3.8). An
// origin in a partial unit (dwz moved it there) says nothing: the concrete unit stays the owner.

#include <stdlib.h>

#include "dwarfsize/private.h"

#define ORIGIN_HOPS 8

// A function or inlined call the scan is inside of.
struct around {
    uint32_t depth;
    uint32_t function; // its index in the unit, or UINT32_MAX (abstract, discarded)
    uint32_t call;     // index of the inlined call, or UINT32_MAX
};

// What one worker uses for every unit it reads: nothing grows but for the largest of them.
struct worker {
    struct dw__abbrevs abbrevs;
    struct dw__near near;
    VEC(struct dw_function) functions;
    VEC(struct dw_variable) variables;
    VEC(struct dw_inline) inlines;
    dw__range_list ranges, unit_ranges;
    VEC(struct around) stack;
    struct arena *arena; // of the units' finished lists
};

struct unit_code {
    const struct dw_function *functions;
    const struct dw_variable *variables;
    const struct dw_inline *inlines;
    const struct dw_range *ranges, *unit_ranges;
    size_t function_count, variable_count, inline_count, range_count, unit_range_count;
};

struct reader {
    struct dw *dw;
    unsigned flags;
    struct dw__places places;
    struct unit_code *units;
    struct worker *workers;
    struct dw__pass pass;
};

// What is known of an entity once its origins and specifications are followed.
struct identity {
    const char *name, *linkage_name;
    dw_ref type;
    uint32_t unit, decl_line;
};

static void take_identity(struct reader *r, const struct dw__unit *unit, const struct dw__die *die,
                          struct identity *id)
{
    if (id->name[0] == '\0')
        id->name = dw__text(unit, die, SLOT_NAME);
    enum dw__slot linkage =
        dw__has(die, SLOT_LINKAGE_NAME) ? SLOT_LINKAGE_NAME : SLOT_MIPS_LINKAGE_NAME;
    if (id->linkage_name == NULL && dw__has(die, linkage))
        id->linkage_name = dw__text(unit, die, linkage);
    if (id->type == DW_NO_REF)
        id->type = dw__reference(r->dw, unit, die, SLOT_TYPE);
    if (id->decl_line == 0)
        id->decl_line = (uint32_t)dw__number(unit, die, SLOT_DECL_LINE, 0);
}

static bool owns_code(const struct dw *dw, const struct dw__unit *unit)
{
    bool whole = unit->kind == DW_UT_compile || unit->kind == DW_UT_split_compile;
    return whole && !dw->public_units[dw__unit_index(dw, unit)].artificial;
}

static dw_ref origin_of(const struct dw *dw, const struct dw__unit *unit, const struct dw__die *die)
{
    enum dw__slot slot = dw__has(die, SLOT_ORIGIN) ? SLOT_ORIGIN : SLOT_SPECIFICATION;
    return dw__reference(dw, unit, die, slot);
}

// Follows origins as far as needed: to the end for names, else until a unit that owns code.
static void identify(struct reader *r, struct dw__near *near, const struct dw__unit *unit,
                     const struct dw__die *die, bool names, struct identity *id)
{
    *id = (struct identity){"", NULL, DW_NO_REF, dw__unit_index(r->dw, unit), 0};
    take_identity(r, unit, die, id);
    dw_ref ref = origin_of(r->dw, unit, die);
    struct dw__die origin;
    struct dw__unit *at = dw__unit_of(r->dw, ref);
    for (unsigned hops = 0; at != NULL && hops < ORIGIN_HOPS; hops++) {
        if (owns_code(r->dw, at))
            id->unit = dw__unit_index(r->dw, at);
        if (!names && owns_code(r->dw, at))
            return;
        if (!dw__die_at(r->dw, near, ref, &origin, &at))
            return;
        take_identity(r, at, &origin, id);
        ref = origin_of(r->dw, at, &origin);
        at = dw__unit_of(r->dw, ref);
    }
}

// Split units are one unit with their skeleton: what they own is the skeleton's.
static uint32_t logical_unit(const struct dw *dw, uint32_t index)
{
    const struct dw__unit *unit = &dw->units.items[index];
    return unit->object->split && unit->partner != DW_NO_UNIT ? unit->partner : index;
}

// ---------------------------------------------------------------------- functions

static void add_function(struct reader *r, const struct dw__unit *unit, const struct dw__die *die,
                         struct worker *w, struct around *around)
{
    size_t first = w->ranges.count;
    bool ranged = dw__has(die, SLOT_HIGH_PC) || dw__has(die, SLOT_RANGES);
    if (ranged)
        dw__die_ranges(r->dw, unit, die, &r->places, &w->ranges);
    if (w->ranges.count == first)
        return;
    struct identity id;
    uint64_t start = w->ranges.items[first].start;
    bool low = start < DW__LOW && r->places.low.count != 0;
    identify(r, &w->near, unit, die, low || (r->flags & DW_CODE_NAMES), &id);
    if (low && dw__is_discarded(&r->places, start, id.name, id.linkage_name)) {
        w->ranges.count = first;
        return;
    }
    struct dw_function function = {
        .name = id.name,
        .linkage_name = id.linkage_name,
        .die = dw__ref_make(unit, die->offset),
        .unit = logical_unit(r->dw, id.unit),
        .concrete = logical_unit(r->dw, dw__unit_index(r->dw, unit)),
        .range_first = (uint32_t)first,
        .range_count = (uint32_t)(w->ranges.count - first),
        .decl_line = id.decl_line,
    };
    around->function = (uint32_t)w->functions.count;
    vec_push(&w->functions, function);
}

static void add_inline(struct reader *r, const struct dw__unit *unit, const struct dw__die *die,
                       struct worker *w, const struct around *outer, struct around *around)
{
    size_t first = w->ranges.count;
    if (outer == NULL || outer->function == UINT32_MAX)
        return;
    around->function = outer->function;
    around->call = outer->call;
    dw__die_ranges(r->dw, unit, die, &r->places, &w->ranges);
    if (w->ranges.count == first)
        return;
    struct identity id;
    identify(r, &w->near, unit, die, true, &id);
    struct dw_inline call = {
        .function = outer->function,
        .parent = outer->call,
        .unit = logical_unit(r->dw, id.unit),
        .name = id.name,
        .range_first = (uint32_t)first,
        .range_count = (uint32_t)(w->ranges.count - first),
        .call_line = (uint32_t)dw__number(unit, die, SLOT_CALL_LINE, 0),
    };
    around->call = (uint32_t)w->inlines.count;
    vec_push(&w->inlines, call);
}

// ---------------------------------------------------------------------- variables

static void add_variable(struct reader *r, const struct dw__unit *unit, const struct dw__die *die,
                         struct worker *w, bool local)
{
    uint64_t addr;
    bool tls;
    struct slice expression = dw__block(unit, die, SLOT_LOCATION);
    if (!dw__location(r->dw, unit, expression, &addr, &tls))
        return;
    // Where memory is allocated at 0, the symbols say whether a variable there was kept.
    bool low = !tls && addr < DW__LOW && r->places.low.count != 0;
    if (!tls && !low && dw__is_tombstone(&r->places, addr))
        return;
    struct identity id;
    bool names = low || (r->flags & (DW_CODE_NAMES | DW_CODE_SIZES));
    identify(r, &w->near, unit, die, names, &id);
    if (low && dw__is_discarded(&r->places, addr, id.name, id.linkage_name))
        return;
    struct dw_variable variable = {
        .name = id.name,
        .linkage_name = id.linkage_name,
        .die = dw__ref_make(unit, die->offset),
        .type = id.type,
        .addr = addr,
        .size = r->flags & DW_CODE_SIZES ? dw__type_size(r->dw, &w->near, id.type) : 0,
        .unit = logical_unit(r->dw, id.unit),
        .concrete = logical_unit(r->dw, dw__unit_index(r->dw, unit)),
        .decl_line = id.decl_line,
        .tls = tls,
        .local = local,
    };
    vec_push(&w->variables, variable);
}

// -------------------------------------------------------------------------- units

// A low unit range that no kept function starts in is that of discarded code.
static bool is_kept_range(const struct reader *r, const struct worker *w, struct dw_range range)
{
    if (range.start >= DW__LOW || r->places.low.count == 0)
        return true;
    for (size_t i = 0; i < w->ranges.count; i++)
        if (w->ranges.items[i].start >= range.start && w->ranges.items[i].start < range.end)
            return true;
    return false;
}

static void read_unit_ranges(struct reader *r, const struct dw__unit *unit, struct worker *w)
{
    size_t kept = 0;
    dw__unit_ranges(r->dw, unit, &r->places, &w->unit_ranges);
    for (size_t i = 0; i < w->unit_ranges.count; i++)
        if (is_kept_range(r, w, w->unit_ranges.items[i]))
            w->unit_ranges.items[kept++] = w->unit_ranges.items[i];
    w->unit_ranges.count = kept;
}

static void read_dies(struct reader *r, struct dw__scan *scan, struct worker *w)
{
    struct dw__die die;
    while (dw__scan_next(scan, &die)) {
        while (w->stack.count != 0 && w->stack.items[w->stack.count - 1].depth >= die.lowest)
            w->stack.count--;
        const struct around *outer = w->stack.count ? &w->stack.items[w->stack.count - 1] : NULL;
        struct around around = {die.depth, UINT32_MAX, UINT32_MAX};
        if (die.tag == DW_TAG_variable) {
            if (dw__has(&die, SLOT_LOCATION))
                add_variable(r, scan->unit, &die, w, outer != NULL);
            continue;
        }
        if (die.tag == DW_TAG_subprogram)
            add_function(r, scan->unit, &die, w, &around);
        else
            add_inline(r, scan->unit, &die, w, outer, &around);
        if (die.children)
            vec_push(&w->stack, around);
    }
}

#define COPY(list) arena_copy(w->arena, w->list.items, w->list.count * sizeof *w->list.items)

static void set_down(struct worker *w, struct unit_code *code)
{
    *code = (struct unit_code){COPY(functions),     COPY(variables),   COPY(inlines),
                               COPY(ranges),        COPY(unit_ranges), w->functions.count,
                               w->variables.count,  w->inlines.count,  w->ranges.count,
                               w->unit_ranges.count};
    w->functions.count = w->variables.count = w->inlines.count = 0;
    w->ranges.count = w->unit_ranges.count = w->stack.count = 0;
}

static void read_unit(void *context, size_t index, unsigned worker)
{
    struct reader *r = context;
    const struct dw__unit *unit = &r->dw->units.items[index];
    struct worker *w = &r->workers[worker];
    bool has_code = unit->kind != DW_UT_type && unit->kind != DW_UT_split_type;
    if (unit->damaged || !has_code)
        return;
    dw__abbrevs_compile(&w->abbrevs, r->dw, unit, &r->pass);
    struct dw__scan scan;
    w->near.unit = unit;
    dw__scan_start(&scan, r->dw, unit, &w->abbrevs);
    read_dies(r, &scan, w);
    read_unit_ranges(r, unit, w);
    set_down(w, &r->units[index]);
}

// ------------------------------------------------------------------------ joining

// Where the entries of a unit begin in the joined lists.
struct base {
    uint32_t function, variable, inlined, range, unit_range;
};

struct joining {
    const struct reader *r;
    const struct base *bases; // by unit, and the totals behind
    struct dw_function *functions;
    struct dw_variable *variables;
    struct dw_inline *inlines;
    struct dw_range *ranges, *unit_ranges;
};

static void join_unit(void *context, size_t index, unsigned worker)
{
    const struct joining *j = context;
    const struct unit_code *code = &j->r->units[index];
    const struct base base = j->bases[index];
    (void)worker;
    for (size_t i = 0; i < code->function_count; i++) {
        struct dw_function *f = &j->functions[base.function + i];
        *f = code->functions[i];
        f->range_first += base.range;
    }
    for (size_t i = 0; i < code->inline_count; i++) {
        struct dw_inline *n = &j->inlines[base.inlined + i];
        *n = code->inlines[i];
        n->function += base.function;
        n->parent += n->parent == UINT32_MAX ? 0 : base.inlined;
        n->range_first += base.range;
    }
    for (size_t i = 0; i < code->variable_count; i++)
        j->variables[base.variable + i] = code->variables[i];
    for (size_t i = 0; i < code->range_count; i++)
        j->ranges[base.range + i] = code->ranges[i];
    for (size_t i = 0; i < code->unit_range_count; i++)
        j->unit_ranges[base.unit_range + i] = code->unit_ranges[i];
}

#define ROOM(count, type) arena_room(dw->code_arena, (count) * sizeof(type))

static void join_units(struct dw *dw, const struct reader *r, struct dw_code *out)
{
    struct base *bases = mem_alloc((dw->units.count + 1) * sizeof *bases), at = {0};
    uint32_t *first = ARENA_ARRAY(dw->code_arena, dw->units.count + 1, uint32_t);
    for (size_t u = 0; u <= dw->units.count; u++) {
        const struct unit_code *code = &r->units[u];
        bases[u] = at;
        first[u] = at.unit_range;
        if (u == dw->units.count)
            break;
        at.function += (uint32_t)code->function_count;
        at.variable += (uint32_t)code->variable_count;
        at.inlined += (uint32_t)code->inline_count;
        at.range += (uint32_t)code->range_count;
        at.unit_range += (uint32_t)code->unit_range_count;
    }
    struct joining j = {r,
                        bases,
                        ROOM(at.function, struct dw_function),
                        ROOM(at.variable, struct dw_variable),
                        ROOM(at.inlined, struct dw_inline),
                        ROOM(at.range, struct dw_range),
                        ROOM(at.unit_range, struct dw_range)};
    par_for(dw->threads, dw->units.count, join_unit, &j);
    *out = (struct dw_code){j.functions, j.variables, j.inlines, j.ranges,      at.function,
                            at.variable, at.inlined,  at.range,  j.unit_ranges, first};
    free(bases);
}

static void open_workers(struct reader *r, unsigned count)
{
    r->workers = mem_zalloc(count, sizeof *r->workers);
    for (unsigned i = 0; i < count; i++)
        r->workers[i].arena = arena_new();
}

static void close_workers(struct reader *r, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct worker *w = &r->workers[i];
        dw__abbrevs_clear(&w->abbrevs);
        dw__abbrevs_clear(&w->near.abbrevs);
        vec_free(&w->functions);
        vec_free(&w->variables);
        vec_free(&w->inlines);
        vec_free(&w->ranges);
        vec_free(&w->unit_ranges);
        vec_free(&w->stack);
        arena_free(w->arena);
    }
    free(r->workers);
    free(r->units);
}

bool dw_read_code(struct dw *dw, struct img *image, unsigned flags, const struct dw_code **out,
                  struct fault *fault)
{
    if (!dw_complete(dw, fault))
        return false;
    ASSERT(flags < COUNT_OF(dw->code));
    *out = dw->code[flags];
    if (*out != NULL)
        return true;
    struct reader r = {.dw = dw, .flags = flags};
    unsigned workers = par_workers(dw->threads, dw->units.count);
    const uint64_t slots = 1ull << SLOT_NAME | 1ull << SLOT_LINKAGE_NAME |
                           1ull << SLOT_MIPS_LINKAGE_NAME | 1ull << SLOT_TYPE |
                           1ull << SLOT_LOW_PC | 1ull << SLOT_HIGH_PC | 1ull << SLOT_RANGES |
                           1ull << SLOT_ORIGIN | 1ull << SLOT_SPECIFICATION |
                           1ull << SLOT_LOCATION | 1ull << SLOT_DECL_LINE | 1ull << SLOT_CALL_LINE;
    const uint64_t tags[0x100] = {
        [DW_TAG_subprogram] = slots,
        [DW_TAG_variable] = slots,
        [DW_TAG_inlined_subroutine] = flags & DW_CODE_INLINES ? slots : 0,
    };
    r.pass.tags = tags;
    dw__places_open(&r.places, image);
    r.units = mem_zalloc(dw->units.count, sizeof *r.units);
    open_workers(&r, workers);
    par_for(dw->threads, dw->units.count, read_unit, &r);
    struct dw_code *code = ARENA_NEW(dw->code_arena, struct dw_code);
    join_units(dw, &r, code);
    close_workers(&r, workers);
    dw__places_close(&r.places);
    *out = dw->code[flags] = code;
    return true;
}
