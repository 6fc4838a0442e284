// SPDX-License-Identifier: MIT
//
// A selection of the types of a build: by name, by kind, by what is wrong with them, in an order.
//
// Only what was asked for is measured here: without a filter or an order by size nothing is, and
// each type is measured once, when it is shown (layout_show.c).

#include <stdlib.h>

#include "analyzers/layout_private.h"

// ----------------------------------------------------------------------- choosing

unsigned an__kind_mask(enum dw_kind kind)
{
    switch (kind) {
    case DW_STRUCT:
        return AN_STRUCTS;
    case DW_CLASS:
        return AN_CLASSES;
    case DW_UNION:
        return AN_UNIONS;
    case DW_ENUM:
        return AN_ENUMS;
    case DW_TYPEDEF:
        return AN_TYPEDEFS;
    default:
        return 0;
    }
}

const char *an__kind_word(enum dw_kind kind)
{
    switch (kind) {
    case DW_CLASS:
        return "class";
    case DW_UNION:
        return "union";
    case DW_ENUM:
        return "enum";
    case DW_TYPEDEF:
        return "typedef";
    default:
        return "struct";
    }
}

// A "struct " in front restricts the kind; returns the name after it.
const char *an__strip_kind_word(const char *name, unsigned *kinds)
{
    static const struct {
        const char *word;
        unsigned kinds;
    } words[] = {{"struct ", AN_STRUCTS | AN_CLASSES},
                 {"class ", AN_STRUCTS | AN_CLASSES},
                 {"union ", AN_UNIONS},
                 {"enum ", AN_ENUMS},
                 {"typedef ", AN_TYPEDEFS}};
    *kinds = ~0u;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (!slice_starts(slice_text(name), words[i].word))
            continue;
        *kinds = words[i].kinds;
        name += strlen(words[i].word);
        while (*name == ' ')
            name++;
        break;
    }
    return name;
}

bool an__is_called(const struct dw_types *types, dw_type_id id, const char *name, unsigned kinds)
{
    const struct dw_type *type = dw_types_get(types, id);
    size_t scope = strlen(type->scope);
    unsigned kind = an__kind_mask(type->kind);
    if (type->declaration || (kind != 0 && !(kind & kinds)))
        return false;
    if (scope != 0 && strncmp(name, type->scope, scope) == 0 && strncmp(name + scope, "::", 2) == 0)
        return strcmp(name + scope + 2, type->name) == 0;
    return scope == 0 && strcmp(name, type->name) == 0;
}

dw_type_id an__type_called(const struct dw_types *types, const char *name)
{
    dw_type_id best = DW_NO_TYPE;
    unsigned kinds = 0;
    name = an__strip_kind_word(name, &kinds);
    for (dw_type_id id = 0; id < dw_types_count(types); id++)
        if (an__is_called(types, id, name, kinds) &&
            (best == DW_NO_TYPE ||
             dw_types_get(types, id)->copies > dw_types_get(types, best)->copies))
            best = id;
    return best;
}

static bool matches(struct an_layouts *layouts, const struct dw_type *type, dw_type_id id,
                    const char *name)
{
    unsigned kinds;
    name = an__strip_kind_word(name, &kinds);
    if (!(an__kind_mask(type->kind) & kinds))
        return false;
    const char *plain = an__name(&layouts->facts, id);
    if (plain[0] == '\0')
        return false;
    if (glob_names(name, slice_text(plain)))
        return true;
    if (type->scope[0] == '\0')
        return false;
    layouts->text.size = 0;
    dw_types_qualified(layouts->facts.types, id, &layouts->text);
    return glob_names(name, slice_of(layouts->text.data, layouts->text.size));
}

// Whether any name of the options matches; remembers all that do.
static bool is_named(struct an_layouts *layouts, const struct dw_type *type, dw_type_id id)
{
    bool any = false;
    for (size_t i = 0; i < layouts->options.name_count; i++)
        if (matches(layouts, type, id, layouts->options.names[i]))
            any = layouts->found[i] = true;
    return any;
}

// A typedef stands for the record or enum behind it.
static dw_type_id meant(const struct an_layouts *layouts, dw_type_id id)
{
    const struct dw_types *types = layouts->facts.types;
    dw_type_id behind = dw_types_strip(types, id);
    const struct dw_type *type = dw_types_get(types, behind);
    bool shown = type != NULL && (an__is_record(type) || type->kind == DW_ENUM);
    return shown && !type->declaration ? behind : id;
}

static void choose_named(struct an_layouts *layouts, bool *taken)
{
    for (dw_type_id id = 0; id < layouts->facts.count; id++) {
        const struct dw_type *type = dw_types_get(layouts->facts.types, id);
        bool shows = an__kind_mask(type->kind) != 0 && !type->declaration;
        if (!shows || !is_named(layouts, type, id) || !dw_types_wanted(layouts->facts.types, id))
            continue;
        dw_type_id shown = meant(layouts, id);
        unsigned mask = an__kind_mask(dw_types_get(layouts->facts.types, shown)->kind);
        if (taken[shown] || !(mask & layouts->options.kinds))
            continue;
        taken[shown] = true;
        vec_push(&layouts->chosen, shown);
    }
}

static void choose_all(struct an_layouts *layouts)
{
    for (dw_type_id id = 0; id < layouts->facts.count; id++) {
        const struct dw_type *type = dw_types_get(layouts->facts.types, id);
        bool wanted = an__kind_mask(type->kind) & layouts->options.kinds && !type->declaration &&
                      an__name(&layouts->facts, id)[0] != '\0';
        if (wanted)
            vec_push(&layouts->chosen, id);
    }
}

// ------------------------------------------------------------- filtering, sorting

struct measured {
    dw_type_id id;
    uint64_t key;
    const char *name;
};

static uint64_t padding_of(const struct an__layout *layout)
{
    return layout->holes_size + layout->tail_bits / 8;
}

static bool passes(struct an_layouts *layouts, const struct an__layout *layout, uint64_t saving)
{
    const struct an_layout_options *options = &layouts->options;
    if (options->holes_only && layout->hole_count == 0)
        return false;
    if (options->padding_min && padding_of(layout) < options->padding_min)
        return false;
    return !options->reorder || options->name_count != 0 || saving != 0;
}

static uint64_t sort_key(const struct an_layouts *layouts, const struct an__layout *layout,
                         uint64_t saving)
{
    switch (layouts->options.sort) {
    case AN_SORT_SIZE:
        return layout->type->size;
    case AN_SORT_HOLES:
        return layout->holes_size * 64 + layout->bit_holes;
    case AN_SORT_PADDING:
        return padding_of(layout);
    case AN_SORT_MEMBERS:
        return layout->field_count;
    case AN_SORT_SAVING:
        return saving;
    default:
        return 0;
    }
}

// By key descending, then by name, then in the order of the DIEs: the whole order is settled.
static int compare_measured(const void *left, const void *right)
{
    const struct measured *a = left, *b = right;
    if (a->key != b->key)
        return a->key > b->key ? -1 : 1;
    int order = strcmp(a->name, b->name);
    if (order != 0)
        return order;
    return a->id < b->id ? -1 : a->id > b->id;
}

static void filter_and_sort(struct an_layouts *layouts)
{
    const struct an_layout_options *options = &layouts->options;
    bool measure = options->holes_only || options->padding_min || options->reorder ||
                   options->sort > AN_SORT_NAME;
    if (!measure && options->sort == AN_SORT_DECLARED)
        return;
    VEC(struct measured) kept = {0};
    for (size_t i = 0; i < layouts->chosen.count; i++) {
        dw_type_id id = layouts->chosen.items[i];
        struct measured item = {id, 0, an__name(&layouts->facts, id)};
        if (measure) {
            struct an__layout layout;
            struct an__plan plan = {0};
            an__measure(&layouts->facts, dw_types_get(layouts->facts.types, id),
                        &layouts->scratch[0], &layout);
            arena_reset(layouts->one);
            if (options->reorder)
                an__reorder(&layouts->facts, &layout, layouts->one, &plan);
            if (!passes(layouts, &layout, plan.saving))
                continue;
            item.key = sort_key(layouts, &layout, plan.saving);
        }
        vec_push(&kept, item);
    }
    if (options->sort != AN_SORT_DECLARED && kept.count > 1)
        qsort(kept.items, kept.count, sizeof *kept.items, compare_measured);
    for (size_t i = 0; i < kept.count; i++)
        layouts->chosen.items[i] = kept.items[i].id;
    layouts->chosen.count = kept.count;
    vec_free(&kept);
}

// Marks the chosen types that share kind and name with another. Told by hash: the names of all types
// together may be long.
static void find_twins(struct an_layouts *layouts)
{
    size_t count = layouts->chosen.count;
    struct keyed *names = mem_alloc(count * sizeof *names);
    struct keyed *scratch = mem_alloc(count * sizeof *scratch);
    uint64_t seed = hash_seed();
    for (size_t i = 0; i < count; i++) {
        dw_type_id id = layouts->chosen.items[i];
        const struct dw_type *type = dw_types_get(layouts->facts.types, id);
        const char *name = an__name(&layouts->facts, id);
        uint64_t hash = hash_bytes(type->scope, strlen(type->scope), seed + type->kind);
        names[i] = (struct keyed){hash_bytes(name, strlen(name), hash), i};
    }
    sort_keyed(names, scratch, count);
    for (size_t i = 1; i < count; i++)
        if (names[i].key == names[i - 1].key)
            layouts->twin[names[i].value] = layouts->twin[names[i - 1].value] = true;
    free(names);
    free(scratch);
}

struct an_layouts *an_layouts_new(const struct dw_types *types,
                                  const struct an_layout_options *options)
{
    struct an_layouts *layouts = mem_zalloc(1, sizeof *layouts);
    an__types_init(&layouts->facts, types);
    layouts->options = *options;
    layouts->run = arena_new();
    layouts->one = arena_new();
    layouts->found = mem_zalloc(options->name_count, sizeof *layouts->found);
    layouts->spellings = mem_zalloc(layouts->facts.count, sizeof *layouts->spellings);
    if (layouts->options.kinds == 0)
        layouts->options.kinds = options->name_count ? ~0u : AN_RECORDS;
    if (options->name_count != 0) {
        bool *taken = mem_zalloc(layouts->facts.count, sizeof *taken);
        choose_named(layouts, taken);
        free(taken);
    } else {
        choose_all(layouts);
    }
    filter_and_sort(layouts);
    layouts->twin = mem_zalloc(layouts->chosen.count, sizeof *layouts->twin);
    find_twins(layouts);
    if (options->keep != 0 && layouts->chosen.count > options->keep) {
        layouts->cut = layouts->chosen.count - options->keep;
        layouts->chosen.count = options->keep;
    }
    return layouts;
}

void an_layouts_free(struct an_layouts *layouts)
{
    if (layouts == NULL)
        return;
    an__types_free(&layouts->facts);
    arena_free(layouts->run);
    arena_free(layouts->one);
    vec_free(&layouts->chosen);
    vec_free(&layouts->members);
    vec_free(&layouts->holes);
    vec_free(&layouts->enumerators);
    for (size_t i = 0; i < COUNT_OF(layouts->scratch); i++) {
        vec_free(&layouts->scratch[i].fields);
        vec_free(&layouts->scratch[i].holes);
    }
    buf_free(&layouts->text);
    free(layouts->found);
    free(layouts->twin);
    free(layouts->spellings);
    free(layouts);
}

size_t an_layouts_count(const struct an_layouts *layouts)
{
    return layouts->chosen.count;
}

size_t an_layouts_cut(const struct an_layouts *layouts)
{
    return layouts->cut;
}

const char *an_layouts_missing(const struct an_layouts *layouts, size_t i)
{
    for (size_t name = 0; name < layouts->options.name_count; name++)
        if (!layouts->found[name] && i-- == 0)
            return layouts->options.names[name];
    return NULL;
}

void an_layouts_rewind(struct an_layouts *layouts)
{
    layouts->at = 0;
}

bool an__layouts_matches(struct an_layouts *layouts, dw_type_id id, const char *name)
{
    return matches(layouts, dw_types_get(layouts->facts.types, id), id, name);
}
