// SPDX-License-Identifier: MIT
//
// The tax: what an object takes before it holds anything.
//
//   | GC header | refcount | type | GC, other header | payload, holes | rounding |
//   '-- before -'--------------------- the struct ------------------'          '   held: what the
//                                                                                  allocator takes
//
// With one build: a row for each struct that begins as objects do, and for each static type object that
// no struct belongs to. With several: a row for each kind that their profiles name, empty.

#include <inttypes.h>
#include <stdlib.h>

#include "analyzers/model_private.h"

struct cost {
    uint64_t count, class, gc, other, before, holes, payload, asked, held; // bytes
};

#define NESTING 8

// Holes in the first `size` bytes, those inside of members too: an object that is cut off in its last array
// has no tail padding.
static uint64_t holes_of(struct an_model *model, dw_type_id id, uint64_t size, unsigned depth)
{
    const struct dw_types *types = model->input.types;
    const struct dw_type *type = dw_types_get(types, dw_types_strip(types, id));
    struct an__scratch scratch = {0};
    struct an__layout layout;
    if (type == NULL || !an__is_record(type) || depth == NESTING)
        return 0;
    an__measure(&model->facts, type, &scratch, &layout);
    uint64_t holes = layout.holes_size + (size >= type->size ? layout.tail_bits / 8 : 0);
    for (uint32_t i = 0; type->kind != DW_UNION && i < type->member_count; i++) {
        uint64_t elements = 0;
        dw_type_id inside = an__embedded(types, type->members[i].type, &elements);
        if (inside != DW_NO_TYPE && type->members[i].bit_offset / 8 < size)
            holes += elements * holes_of(model, inside, UINT64_MAX, depth + 1);
    }
    vec_free(&scratch.fields);
    vec_free(&scratch.holes);
    return holes;
}

// `type` may be DW_NO_TYPE: an object that no struct tells of has the header that comes first.
static struct cost cost_of(struct an_model *model, dw_type_id type, uint64_t size, uint64_t flags)
{
    const struct an__header *header =
        type == DW_NO_TYPE ? &model->headers[0] : an__header_of(model, type);
    struct cost cost = {.holes = type == DW_NO_TYPE ? 0 : holes_of(model, type, size, 0)};
    if (header != NULL)
        cost.count = header->count, cost.class = header->class, cost.gc = header->gc,
        cost.other = header->other;
    uint64_t overhead = an__header_size(header) + cost.holes;
    cost.before = an__model_before(model, flags);
    cost.payload = size > overhead ? size - overhead : 0;
    cost.asked = cost.before + size;
    cost.held = an__held(&model->objects, cost.asked);
    return cost;
}

static int64_t permille(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : (int64_t)((__uint128_t)part * 1000 / whole);
}

// ---------------------------------------------------------------------- one build

enum { TYPE, COUNT, CLASS, GC, OTHER, HOLES, PAYLOAD, ROUNDING, HELD, ITEM, TAX, COLUMNS };

static const struct rep_column columns[COLUMNS] = {
    [TYPE] = {"type_object", "TYPE OBJECT", REP_TEXT, false, false},
    [COUNT] = {"refcount", NULL, REP_BYTES, false, false},
    [CLASS] = {"type", "TYPE POINTER", REP_BYTES, false, false},
    [GC] = {"gc_header", "GC HEADER", REP_BYTES, false, false},
    [OTHER] = {"header", "OTHER HEADER", REP_BYTES, false, false},
    [HOLES] = {"holes", NULL, REP_BYTES, false, false},
    [PAYLOAD] = {"payload", NULL, REP_BYTES, false, false},
    [ROUNDING] = {"rounding", NULL, REP_BYTES, false, false},
    [HELD] = {"held", NULL, REP_BYTES, false, false},
    [ITEM] = {"item", "EACH ITEM", REP_BYTES, false, false},
    [TAX] = {"tax", NULL, REP_PERMILLE, false, false},
};

struct table {
    struct arena *arena;
    VEC(struct rep_row) rows;
    const char *const *globs;
    size_t glob_count;
};

static bool wanted(const struct table *table, const char *name, const char *symbol)
{
    for (size_t i = 0; i < table->glob_count; i++)
        if (glob_match(table->globs[i], slice_text(name)) ||
            (symbol && glob_match(table->globs[i], slice_text(symbol))))
            return true;
    return table->glob_count == 0;
}

// `known`: whether it is known what lies before such an object.
static void add_row(struct table *table, const char *name, const struct an__class *class,
                    bool known, struct cost cost)
{
    const char *symbol = class ? class->symbol : NULL;
    if (!wanted(table, name, symbol))
        return;
    union rep_value *v = ARENA_ARRAY(table->arena, COLUMNS, union rep_value);
    v[TYPE].text = symbol;
    v[COUNT].u = cost.count;
    v[CLASS].u = cost.class;
    v[HOLES].u = cost.holes;
    v[PAYLOAD].u = cost.payload;
    v[GC].u = known ? cost.gc + cost.before : REP_NONE;
    v[OTHER].u = cost.other;
    v[ROUNDING].u = known ? cost.held - cost.asked : REP_NONE;
    v[HELD].u = known ? cost.held : REP_NONE;
    v[ITEM].u = class && class->item != 0 ? class->item : REP_NONE;
    v[TAX].i =
        known ? permille(cost.held - MIN(cost.held, cost.payload), cost.held) : (int64_t)REP_NONE;
    vec_push(&table->rows, (struct rep_row){.name = name, .dimension = "type", .values = v});
}

static const struct an__class *class_of(const struct an_model *model, dw_type_id type)
{
    for (size_t i = 0; i < model->classes.count; i++)
        if (model->classes.items[i].type == type)
            return &model->classes.items[i];
    return NULL;
}

static void add_types(struct an_model *model, struct table *table)
{
    for (dw_type_id id = 0; id < dw_types_count(model->input.types); id++) {
        const struct dw_type *type = dw_types_get(model->input.types, id);
        const char *name = an__name(&model->facts, id);
        if (type->declaration || !an__is_record(type) || type->size == 0 || name[0] == '\0' ||
            an__header_of(model, id) == NULL)
            continue;
        const struct an__class *class = class_of(model, id);
        uint64_t size = class && class->size ? class->size : type->size;
        add_row(table, name, class, class != NULL || model->before_size.count == 0,
                cost_of(model, id, size, class ? class->flags : 0));
    }
}

static void add_classes(struct an_model *model, struct table *table)
{
    for (size_t i = 0; i < model->classes.count; i++) {
        const struct an__class *class = &model->classes.items[i];
        if (class->type == DW_NO_TYPE && class->size != 0)
            add_row(table, class->name, class, true,
                    cost_of(model, DW_NO_TYPE, class->size, class->flags));
    }
}

static void finish(struct table *table, struct rep_table *out)
{
    out->total.rows =
        arena_copy(table->arena, table->rows.items, table->rows.count * sizeof *table->rows.items);
    out->total.row_count = table->rows.count;
    rep_no_total(table->arena, out);
    vec_free(&table->rows);
}

// ------------------------------------------------------------------- several builds

enum { SIDE_HELD, SIDE_PAYLOAD, SIDE_TAX, SIDE_COLUMNS };

static struct rep_column *side_columns(struct an_model *const *models, size_t count,
                                       struct arena *arena)
{
    static const struct {
        const char *name, *title;
        enum rep_unit unit;
    } kinds[SIDE_COLUMNS] = {[SIDE_HELD] = {"held", "HELD", REP_BYTES},
                             [SIDE_PAYLOAD] = {"payload", "PAYLOAD", REP_BYTES},
                             [SIDE_TAX] = {"tax", "TAX", REP_PERMILLE}};
    struct rep_column *columns_of = ARENA_ARRAY(arena, count * SIDE_COLUMNS, struct rep_column);
    for (size_t i = 0; i < count * SIDE_COLUMNS; i++) {
        const char *build = models[i / SIDE_COLUMNS]->input.name;
        columns_of[i] = (struct rep_column){
            arena_printf(arena, "%s_%zu", kinds[i % SIDE_COLUMNS].name, i / SIDE_COLUMNS + 1),
            i % SIDE_COLUMNS == 0 ? arena_printf(arena, "%s HELD", build)
                                  : kinds[i % SIDE_COLUMNS].title,
            kinds[i % SIDE_COLUMNS].unit, false, false};
    }
    return columns_of;
}

// A kind that the profile does not name, but a type object does.
static bool class_cost(struct an_model *model, const char *name, struct cost *cost)
{
    const struct an__class *class = an__class_called(model, name);
    uint64_t size = class ? an__class_size(model, class) : 0;
    if (size == 0)
        return false;
    *cost = cost_of(model, class->type, size, class->flags);
    return true;
}

// An object of a kind that holds nothing: its own block, and what it cannot do without.
static bool empty_cost(struct an_model *model, const char *name, struct cost *cost)
{
    const struct an__kind *kind = an__kind_named(model, name);
    int64_t size, variables[AN__VARIABLES] = {0};
    if (kind == NULL)
        return class_cost(model, name, cost);
    if (kind->trouble != NULL)
        return false;
    variables[AN__FLAGS] = (int64_t)(kind->flags & INT64_MAX);
    variables[AN__NTH] = (int64_t)kind->first + 1;
    if (!an__formula_value(&kind->object, variables, &size) || size < 0)
        return false;
    *cost = size == 0 ? (struct cost){0} // a value of a word: no object
                      : cost_of(model, kind->type, (uint64_t)size, kind->flags);
    return true;
}

static void add_kind(struct table *table, struct an_model *const *models, size_t count,
                     const char *name)
{
    union rep_value *v = ARENA_ARRAY(table->arena, count * SIDE_COLUMNS, union rep_value);
    for (size_t i = 0; i < table->rows.count; i++)
        if (strcmp(table->rows.items[i].name, name) == 0)
            return;
    if (!wanted(table, name, NULL))
        return;
    for (size_t i = 0; i < count; i++) {
        struct cost cost;
        bool known = empty_cost(models[i], name, &cost);
        v[i * SIDE_COLUMNS + SIDE_HELD].u = known ? cost.held : REP_NONE;
        v[i * SIDE_COLUMNS + SIDE_PAYLOAD].u = known ? cost.payload : REP_NONE;
        v[i * SIDE_COLUMNS + SIDE_TAX].i =
            known ? permille(cost.held - MIN(cost.payload, cost.held), cost.held)
                  : (int64_t)REP_NONE;
    }
    vec_push(&table->rows, (struct rep_row){.name = name, .dimension = "kind", .values = v});
}

void an_tax(struct an_model *const *models, size_t count, const char *const *globs,
            size_t glob_count, struct arena *arena, struct rep_table *out)
{
    struct table table = {.arena = arena, .globs = globs, .glob_count = glob_count};
    if (count == 1) {
        *out = (struct rep_table){.names = "TYPE", .columns = columns, .column_count = COLUMNS};
        add_types(models[0], &table);
        add_classes(models[0], &table);
        finish(&table, out);
        rep_sort(out, HELD, true);
        return;
    }
    *out = (struct rep_table){.names = "KIND",
                              .columns = side_columns(models, count, arena),
                              .column_count = count * SIDE_COLUMNS};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < models[i]->profile->kind_count; k++)
            add_kind(&table, models, count, models[i]->kinds[k].stated->kind);
    finish(&table, out);
}

// ------------------------------------------------------------------- disagreements

size_t an_tax_notes(struct an_model *const *models, size_t count, struct arena *arena,
                    const char *const **notes)
{
    VEC(const char *) lines = {0};
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < models[i]->classes.count; c++) {
            const struct an__class *class = &models[i]->classes.items[c];
            const struct dw_type *type = dw_types_get(models[i]->input.types, class->type);
            if (type == NULL || an__size_fits(models[i], type, class->size))
                continue;
            vec_push(&lines, arena_printf(
                                 arena, "%s: %s says %" PRIu64 " bytes, its struct %s has %" PRIu64,
                                 models[i]->input.name, class->symbol, class->size,
                                 an__name(&models[i]->facts, class->type), type->size));
        }
    *notes = arena_copy(arena, lines.items, lines.count * sizeof *lines.items);
    size_t total = lines.count;
    vec_free(&lines);
    return total;
}
