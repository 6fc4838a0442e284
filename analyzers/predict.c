// SPDX-License-Identifier: MIT
//
// The price of a population: how many objects there are is counted once, what each takes follows from
// the build. Cost is that of the rows, not of the objects.

#include <inttypes.h>
#include <stdlib.h>

#include "analyzers/model_private.h"

struct price {
    uint64_t objects, header, payload, rounding, held; // bytes but the first
    uint64_t saved;                                    // if every header were one word smaller
    double shared;
    const char *trouble; // why some of them cannot be priced, or NULL
};

struct pricing {
    struct an_model *model;
    struct price *kinds; // by kind of the census
    struct price total;
};

static bool value(const struct an__formula *formula, int64_t *shape, int64_t otherwise,
                  int64_t *out)
{
    *out = otherwise;
    return formula->count == 0 || (an__formula_value(formula, shape, out) && *out >= 0);
}

static bool add_product(uint64_t each, uint64_t count, uint64_t *sum)
{
    uint64_t product;
    return mul_u64(each, count, &product) && add_u64(*sum, product, sum);
}

// `count` blocks of `asked` bytes, of which `header` are the interpreter's, and `spare` ones that nobody
// uses.
static bool add_blocks(const struct an__store *store, uint64_t asked, uint64_t spare,
                       uint64_t header, uint64_t count, struct price *price)
{
    uint64_t held = an__held(store, asked + spare);
    if (asked == 0 || count == 0)
        return true;
    price->shared += an__shared(store, asked + spare, count);
    return add_product(MIN(header, asked), count, &price->header) &&
           add_product(asked - MIN(header, asked), count, &price->payload) &&
           add_product(held - asked, count, &price->rounding) &&
           add_product(held, count, &price->held);
}

// Objects of `size` bytes, with what lies before each.
static bool add_objects(const struct an_model *model, uint64_t flags,
                        const struct an__header *header, uint64_t size, uint64_t spare,
                        uint64_t count, struct price *price)
{
    uint64_t before = an__model_before(model, flags), asked = before + size;
    uint64_t less = asked > model->word ? an__held(&model->objects, asked) -
                                              an__held(&model->objects, asked - model->word)
                                        : 0;
    price->objects += count;
    return add_blocks(&model->objects, asked, spare, before + an__header_size(header), count,
                      price) &&
           add_product(less, count, &price->saved);
}

static bool add_part(const struct an_model *model, const struct an__part *part, int64_t *shape,
                     uint64_t count, struct price *price)
{
    int64_t when, size, times;
    uint64_t blocks;
    if (!value(&part->when, shape, 1, &when))
        return false;
    return when == 0 ||
           (value(&part->size, shape, 0, &size) && value(&part->count, shape, 1, &times) &&
            mul_u64(count, (uint64_t)times, &blocks) &&
            add_blocks(&model->parts, (uint64_t)size, 0, 0, blocks, price));
}

static bool add_parts(const struct an_model *model, const struct an__kind *kind, int64_t *shape,
                      uint64_t count, struct price *price)
{
    bool good = true;
    for (size_t i = 0; good && i < kind->stated->part_count; i++)
        good = add_part(model, &kind->parts[i], shape, count, price);
    return good;
}

// What objects of classes that derive from a built-in type have besides those of that type; NULL: they are
// instances that hold one.
static const struct an__kind *besides(const struct an_model *model, const int64_t *shape)
{
    return shape[CFG_DERIVED] ? an__kind_named(model, "derived") : NULL;
}

static bool add_whole(const struct an_model *model, uint64_t flags, const struct an__header *header,
                      uint64_t size, uint64_t spare, int64_t *shape, uint64_t count,
                      struct price *price)
{
    const struct an__kind *more = besides(model, shape);
    int64_t bytes = 0, unused = 0;
    if (more != NULL && more->trouble != NULL)
        price->trouble = more->trouble;
    else if (more != NULL &&
             (!value(&more->object, shape, 0, &bytes) || !value(&more->spare, shape, 0, &unused)))
        return false;
    else if (more != NULL && !add_parts(model, more, shape, count, price))
        return false;
    return add_objects(model, flags | (more ? more->flags : 0), header, size + (uint64_t)bytes,
                       spare + (uint64_t)unused, count, price);
}

static bool add_alike(const struct an_model *model, const struct an__kind *kind, int64_t *shape,
                      uint64_t count, struct price *price)
{
    int64_t size, shared, spare, differs;
    if (!value(&kind->differs, shape, 0, &differs) || !value(&kind->shared, shape, 0, &shared) ||
        !value(&kind->object, shape, 0, &size) || !value(&kind->spare, shape, 0, &spare))
        return false;
    if (differs != 0)
        price->trouble = kind->stated->differs;
    bool apart = shared == 0 || besides(model, shape) != NULL;
    if (differs != 0 || !apart || size == 0) // is there anyhow, or is no object
        return true;
    return add_whole(model, kind->flags, kind->header, (uint64_t)size, (uint64_t)spare, shape,
                     count, price) &&
           add_parts(model, kind, shape, count, price);
}

// The first of a row may each have their own size.
static bool add_kind(const struct an_model *model, const struct an__kind *kind, int64_t *shape,
                     uint64_t count, struct price *price)
{
    const struct an__kind *more = besides(model, shape);
    uint64_t alone = MIN(MAX(kind->first, more ? more->first : 0), count);
    shape[AN__FLAGS] = (int64_t)(kind->flags & INT64_MAX);
    shape[AN__ITEM] = kind->class ? (int64_t)(kind->class->item & INT64_MAX) : 0;
    for (shape[AN__NTH] = 1; (uint64_t)shape[AN__NTH] <= alone; shape[AN__NTH]++)
        if (!add_alike(model, kind, shape, 1, price))
            return false;
    return count == alone || add_alike(model, kind, shape, count - alone, price);
}

// A kind that the profile does not name may be one of a type object, which tells the size, or an exception like all.
static bool price_row(struct pricing *pricing, const struct cfg_population *row,
                      struct price *price)
{
    const struct an_model *model = pricing->model;
    const struct an__kind *kind = an__kind_named(model, row->kind);
    const struct an__kind *instance = an__kind_named(model, "instance");
    const struct an__class *class = kind ? NULL : an__class_called(model, row->kind);
    int64_t shape[AN__VARIABLES] = {0};
    bool good = true;
    memcpy(shape, row->shape, sizeof row->shape);
    if (class != NULL && an__class_size(model, class) == 0)
        class = NULL;
    if (kind == NULL && class == NULL && shape[CFG_EXCEPTION])
        kind = an__kind_named(model, "exception");
    if (class != NULL)
        good = add_whole(model, class->flags, an__header_of(model, class->type),
                         an__class_size(model, class), 0, shape, row->count, price);
    else if (kind != NULL && kind->trouble == NULL)
        good = add_kind(model, kind, shape, row->count, price);
    else
        price->trouble = kind ? kind->trouble : "its profile does not name this kind";
    bool separate = shape[CFG_DERIVED] && besides(model, shape) == NULL && instance != NULL;
    return good && (!separate || add_kind(model, instance, shape, row->count, price));
}

// --------------------------------------------------------------------------- kinds

struct kinds {
    VEC(const char *) names;
    VEC(uint64_t) counts; // of objects of the first build's population
    size_t **of_row;      // by build, by row of its census
};

// "list", "instance Point"; with shapes "list length=10 capacity=11 literal".
static const char *name_of(const struct cfg_population *row, bool shapes, struct arena *arena)
{
    struct buf text = {0};
    buf_printf(&text, "%s%s%s", row->kind, row->class ? " " : "", row->class ? row->class : "");
    for (unsigned v = 0; shapes && v < CFG_SHAPE_COUNT; v++)
        if (row->shape[v] != 0 && (v >= CFG_LITERAL || v == CFG_CONSTANT))
            buf_printf(&text, " %s", an__variables[v]);
        else if (row->shape[v] != 0 && v != CFG_CLASS_FIELDS) // that is no shape of its own
            buf_printf(&text, " %s=%" PRId64, an__variables[v], row->shape[v]);
    const char *name = arena_text(arena, slice_of(text.data, text.size));
    buf_free(&text);
    return name;
}

static size_t kind_of(struct kinds *kinds, struct names *ids, const char *name)
{
    size_t id = names_intern_text(ids, name);
    for (size_t n = kinds->names.count; n <= id; n++) { // id 0 is the empty text's
        vec_push(&kinds->names, n == id ? name : "");
        vec_push(&kinds->counts, 0);
    }
    return id;
}

static void gather(const struct cfg_census *const *censuses, size_t count, bool shapes,
                   struct arena *arena, struct kinds *kinds)
{
    struct names *ids = names_new();
    kinds->of_row = ARENA_ARRAY(arena, count, size_t *);
    for (size_t m = 0; m < count; m++) {
        const struct cfg_census *census = censuses[m];
        if (m != 0 && census == censuses[m - 1]) {
            kinds->of_row[m] = kinds->of_row[m - 1];
            continue;
        }
        kinds->of_row[m] = ARENA_ARRAY(arena, census->row_count, size_t);
        for (size_t i = 0; i < census->row_count; i++) {
            size_t id = kind_of(kinds, ids, name_of(&census->rows[i], shapes, arena));
            kinds->of_row[m][i] = id;
            kinds->counts.items[id] += m == 0 ? census->rows[i].count : 0;
        }
    }
    names_free(ids);
}

static bool price_all(struct pricing *pricing, const struct cfg_census *census,
                      const size_t *kind_of_row, const struct kinds *kinds, struct fault *fault)
{
    for (size_t i = 0; i < census->row_count; i++)
        if (!price_row(pricing, &census->rows[i], &pricing->kinds[kind_of_row[i]]))
            return fault_set(fault, FAULT_INPUT, pricing->model->profile->path, NULL, NO_OFFSET,
                             "the size of kind '%s' is negative or too large for row %zu of the "
                             "census",
                             census->rows[i].kind, i + 1);
    for (size_t k = 0; k < kinds->names.count; k++) {
        const struct price *p = &pricing->kinds[k];
        pricing->total.objects += p->objects;
        pricing->total.header += p->header;
        pricing->total.payload += p->payload;
        pricing->total.rounding += p->rounding;
        pricing->total.held += p->held;
        pricing->total.saved += p->saved;
        pricing->total.shared += p->shared;
    }
    return true;
}

// ---------------------------------------------------------------------------- rows

enum { ALL, OBJECTS, PAYLOAD, HEADER, ROUNDING, SHARED, TOTAL, COLUMNS };

static const struct rep_column one_build[COLUMNS] = {
    [ALL] = {"count", NULL, REP_COUNT, true, false},
    [OBJECTS] = {"objects", NULL, REP_COUNT, true, false},
    [PAYLOAD] = {"payload", NULL, REP_BYTES, true, false},
    [HEADER] = {"header", NULL, REP_BYTES, true, false},
    [ROUNDING] = {"rounding", NULL, REP_BYTES, true, false},
    [SHARED] = {"bookkeeping", NULL, REP_BYTES, true, false},
    [TOTAL] = {"total", NULL, REP_BYTES, true, true},
};

static void fill_one(union rep_value *v, uint64_t count, const struct price *p, uint64_t shared)
{
    v[ALL].u = count;
    v[OBJECTS].u = p->objects;
    v[PAYLOAD].u = p->payload;
    v[HEADER].u = p->header;
    v[ROUNDING].u = p->rounding;
    v[SHARED].u = shared;
    v[TOTAL].u = p->held + shared;
}

static struct rep_column *many_builds(const struct pricing *pricings, size_t count,
                                      struct arena *arena)
{
    struct rep_column *columns = ARENA_ARRAY(arena, count + 2, struct rep_column);
    columns[0] = one_build[ALL];
    for (size_t i = 0; i < count; i++)
        columns[i + 1] = (struct rep_column){arena_printf(arena, "total_%zu", i + 1),
                                             pricings[i].model->input.name, REP_BYTES, true, true};
    columns[count + 1] = (struct rep_column){"ratio", "LAST / FIRST", REP_PERMILLE, false, false};
    return columns;
}

static void fill_many(union rep_value *v, uint64_t count, const uint64_t *totals, size_t builds)
{
    v[0].u = count;
    for (size_t i = 0; i < builds; i++)
        v[i + 1].u = totals[i];
    bool has = totals[0] != 0;
    v[builds + 1].i =
        has ? (int64_t)((__uint128_t)totals[builds - 1] * 1000 / totals[0]) : (int64_t)REP_NONE;
}

// Rows round their share of the bookkeeping so that they add up to the rounded total.
static uint64_t rounded(double *sum, double more)
{
    uint64_t before = (uint64_t)(*sum + 0.5);
    *sum += more;
    return (uint64_t)(*sum + 0.5) - before;
}

static void make_rows(const struct pricing *pricings, size_t builds, const struct kinds *kinds,
                      struct arena *arena, struct rep_table *out)
{
    size_t columns = builds == 1 ? (size_t)COLUMNS : builds + 2, used = 0;
    struct rep_row *rows = ARENA_ARRAY(arena, kinds->names.count, struct rep_row);
    double *sums = ARENA_ARRAY(arena, builds, double);
    uint64_t *totals = ARENA_ARRAY(arena, builds, uint64_t), all = 0;
    uint64_t *grand = ARENA_ARRAY(arena, builds, uint64_t);
    for (size_t k = 0; k < kinds->names.count; k++) {
        uint64_t shared = 0;
        if (kinds->names.items[k][0] == '\0')
            continue;
        all += kinds->counts.items[k];
        for (size_t i = 0; i < builds; i++) {
            shared = rounded(&sums[i], pricings[i].kinds[k].shared);
            totals[i] = pricings[i].kinds[k].held + shared;
            grand[i] += totals[i];
        }
        struct rep_row *row = &rows[used++];
        *row = (struct rep_row){.name = kinds->names.items[k],
                                .dimension = "kind",
                                .values = ARENA_ARRAY(arena, columns, union rep_value)};
        if (builds == 1)
            fill_one(row->values, kinds->counts.items[k], &pricings[0].kinds[k], shared);
        else
            fill_many(row->values, kinds->counts.items[k], totals, builds);
    }
    out->total = (struct rep_row){
        .rows = rows, .row_count = used, .values = ARENA_ARRAY(arena, columns, union rep_value)};
    if (builds == 1)
        fill_one(out->total.values, all, &pricings[0].total, grand[0] - pricings[0].total.held);
    else
        fill_many(out->total.values, all, grand, builds);
    rep_sort(out, builds == 1 ? TOTAL : 1, true);
}

// --------------------------------------------------------------------------- words

static const char *saving(const struct pricing *pricing, struct arena *arena)
{
    return arena_printf(arena,
                        "%s: one word (%u bytes) less in every object would save %" PRIu64 " bytes",
                        pricing->model->input.name, pricing->model->word, pricing->total.saved);
}

static const struct an_unpriced *unpriced(const struct pricing *pricing, const struct kinds *kinds,
                                          struct arena *arena)
{
    size_t used = 0;
    struct an_unpriced *list = ARENA_ARRAY(arena, kinds->names.count + 1, struct an_unpriced);
    for (size_t k = 0; k < kinds->names.count; k++)
        if (pricing->kinds[k].trouble != NULL)
            list[used++] = (struct an_unpriced){kinds->names.items[k], pricing->kinds[k].trouble};
    return list;
}

const char *an_unpriced_text(const struct an_unpriced *unpriced, struct arena *arena)
{
    struct buf text = {0};
    for (const struct an_unpriced *u = unpriced; u->kind != NULL; u++)
        buf_printf(&text, "%s%s (%s)", text.size ? ", " : "", u->kind, u->why);
    const char *words = text.size ? arena_text(arena, slice_of(text.data, text.size)) : NULL;
    buf_free(&text);
    return words;
}

bool an_predict(const struct cfg_census *const *censuses, const struct an_predict_options *options,
                struct an_model *const *models, size_t count, struct arena *arena,
                struct an_prediction *out, struct fault *fault)
{
    struct kinds kinds = {0};
    bool good = true;
    gather(censuses, count, options->shapes, arena, &kinds);
    struct pricing *pricings = ARENA_ARRAY(arena, count, struct pricing);
    const char **savings = ARENA_ARRAY(arena, count, const char *);
    const struct an_unpriced **unknown = ARENA_ARRAY(arena, count, const struct an_unpriced *);
    for (size_t i = 0; good && i < count; i++) {
        pricings[i].model = models[i];
        pricings[i].kinds = ARENA_ARRAY(arena, kinds.names.count, struct price);
        good = price_all(&pricings[i], censuses[i], kinds.of_row[i], &kinds, fault);
        savings[i] = saving(&pricings[i], arena);
        unknown[i] = unpriced(&pricings[i], &kinds, arena);
    }
    if (good) {
        struct rep_table table = {
            .names = "KIND",
            .columns = count == 1 ? one_build : many_builds(pricings, count, arena),
            .column_count = count == 1 ? (size_t)COLUMNS : count + 2,
        };
        make_rows(pricings, count, &kinds, arena, &table);
        *out = (struct an_prediction){table, pricings[0].total.held, savings, unknown};
    }
    vec_free(&kinds.names);
    vec_free(&kinds.counts);
    return good;
}
