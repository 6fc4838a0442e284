// SPDX-License-Identifier: MIT
//
// What budgets are on, measured. Budgets that ask alike (symbols in rom, modules in FLASH) share one
// array of sums by owner; a single walk over the parcels fills all arrays, and each budget then adds
// up the owners its glob matches. So the cost is parcels x kinds of question + owners x budgets.

#include <stdio.h>
#include <stdlib.h>

#include "analyzers/budget_private.h"
#include "analyzers/layout_private.h"
#include "analyzers/regions_private.h"

bool an__budget_fault(const struct an_budget_options *options, const struct cfg_budget *budget,
                      struct fault *fault, const char *format, ...)
{
    struct buf text = {0};
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    buf_printf(&text, "%s:%u", options->config, budget->line);
    buf_char(&text, '\0');
    fault_set(fault, FAULT_INPUT, text.data, NULL, NO_OFFSET, "%s", message);
    buf_free(&text);
    return false;
}

// ------------------------------------------------------------------------- regions

const struct cfg_region *an__budget_region(const struct an_measured *build,
                                           const struct cfg_budget *budget,
                                           const struct an_budget_options *options,
                                           struct fault *fault)
{
    struct an_nearest nearest = {.wanted = slice_text(budget->region)};
    for (size_t i = 0; i < build->regions.count; i++) {
        if (strcmp(build->regions.items[i].name, budget->region) == 0)
            return &build->regions.items[i];
        an_nearest_offer(&nearest, build->regions.items[i].name);
    }
    if (build->regions.count == 0)
        an__budget_fault(options, budget, fault,
                         "region '%s': no regions of %s are known; state them as `regions:` or "
                         "name the linker script",
                         budget->region, build->name);
    else
        an__budget_fault(options, budget, fault, "%s has no region '%s'%s%s", build->name,
                         budget->region, nearest.count ? "; the nearest: " : "",
                         nearest.count ? nearest.text[0] : "");
    return NULL;
}

// ---------------------------------------------------------------------------- sums

static enum an_dim dim_of(const struct cfg_budget *budget)
{
    return budget->subject == CFG_MODULE    ? AN_MODULE
           : budget->subject == CFG_SECTION ? AN_SECTION
                                            : AN_SYMBOL;
}

static bool has_sums(const struct cfg_budget *budget)
{
    return budget->subject == CFG_MODULE || budget->subject == CFG_SECTION ||
           budget->subject == CFG_SYMBOL || budget->subject == CFG_OBJECTS;
}

static uint8_t weight_of(const char *column)
{
    static const struct {
        const char *name;
        uint8_t weight;
    } rows[] = {{"file", LED_FILE}, {"vm", LED_VM}, {"rom", LED_ROM}, {"ram", LED_RAM}};
    for (size_t i = 0; column != NULL && i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].name, column) == 0)
            return rows[i].weight;
    return 0;
}

// Columns that only builds for a target have: a budget on one must not hold because it is not there.
static bool has_column(const struct an__account *account, const struct cfg_budget *budget,
                       struct fault *fault)
{
    const struct ledger *ledger = account->build->ledger;
    const char *column = budget->subject == CFG_TOTAL ? budget->name : budget->column;
    bool of_target = weight_of(column) & (LED_ROM | LED_RAM);
    if (!of_target || led_total(ledger, LED_ROM) != 0 || led_total(ledger, LED_RAM) != 0)
        return true;
    return an__budget_fault(account->options, budget, fault, "%s has no %s: it is no firmware",
                            account->build->name, column);
}

static struct an__sums *find_sums(const struct an__account *account, struct an__sums wanted)
{
    for (size_t i = 0; i < account->sums.count; i++) {
        struct an__sums *sums = &account->sums.items[i];
        if (sums->dim == wanted.dim && sums->region == wanted.region &&
            sums->weight == wanted.weight && sums->objects == wanted.objects)
            return sums;
    }
    return NULL;
}

static struct an__sums wanted_sums(const struct cfg_budget *budget, const struct cfg_region *region)
{
    return (struct an__sums){.dim = dim_of(budget),
                             .region = region,
                             .weight = weight_of(budget->column),
                             .objects = budget->subject == CFG_OBJECTS};
}

static bool is_data(const struct an__account *account, const struct led_parcel *parcel)
{
    static const char *const kinds[] = {"data", "bss", "constant"};
    const char *kind = led_owner_text(account->build->ledger, parcel->owner[LED_KIND]);
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(kind, kinds[i]) == 0)
            return (parcel->extent->weights & LED_VM) != 0;
    return false;
}

static uint64_t bytes_in(const struct cfg_region *region, const struct led_parcel *parcel)
{
    uint64_t at[2], bytes = 0, inside = parcel->pos - parcel->extent->pos;
    for (unsigned n = an__places(parcel->extent, at); n-- > 0;)
        bytes += an__region_bytes(region, at[n] + inside, parcel->size);
    return bytes;
}

static void add_parcel(void *context, const struct led_parcel *parcel)
{
    struct an__account *account = context;
    for (size_t i = 0; i < account->sums.count; i++) {
        struct an__sums *sums = &account->sums.items[i];
        uint32_t key = sums->dim == AN_MODULE
                           ? an_module_of(account->build->modules, parcel->owner)
                           : parcel->owner[sums->dim == AN_SECTION ? LED_SECTION : LED_SYMBOL];
        while (sums->by_key.count <= key)
            vec_push(&sums->by_key, AN__UNSEEN);
        uint64_t *sum = &sums->by_key.items[key];
        if (*sum == AN__UNSEEN)
            *sum = 0;
        if (sums->objects)
            *sum |= is_data(account, parcel);
        else if (sums->region != NULL)
            *sum += bytes_in(sums->region, parcel);
        else if (parcel->extent->weights & sums->weight)
            *sum += parcel->size;
    }
}

bool an__account_open(struct an__account *account, const struct an_measured *build,
                      const struct an_budget_options *options, struct cfg_budgets budgets,
                      struct fault *fault)
{
    *account = (struct an__account){.build = build, .options = options};
    for (size_t i = 0; i < budgets.count; i++) {
        const struct cfg_region *region = NULL;
        const struct cfg_budget *budget = &budgets.items[i];
        if (budget->region != NULL &&
            (region = an__budget_region(build, budget, options, fault)) == NULL)
            return false;
        struct an__sums wanted = wanted_sums(budget, region);
        if (has_sums(budget) && find_sums(account, wanted) == NULL)
            vec_push(&account->sums, wanted);
    }
    if (account->sums.count != 0)
        led_walk(build->ledger, add_parcel, account);
    return true;
}

void an__account_close(struct an__account *account)
{
    for (size_t i = 0; i < account->sums.count; i++)
        vec_free(&account->sums.items[i].by_key);
    vec_free(&account->sums);
}

// -------------------------------------------------------------------------- owners

static const char *key_text(const struct an__account *account, enum an_dim dim, uint32_t key)
{
    return dim == AN_MODULE ? an_modules_text(account->build->modules, key)
                            : led_owner_text(account->build->ledger, key);
}

static bool text_matches(const struct an__account *account, const char *glob, enum an_dim dim,
                         const char *text)
{
    if (glob_names(glob, slice_text(text)))
        return true;
    if (dim != AN_SYMBOL || account->options->shown == NULL)
        return false;
    const char *shown = account->options->shown(account->options->context, text);
    return shown != text && glob_match(glob, slice_text(shown));
}

// A set of aliases matches when one of them does.
static bool key_matches(const struct an__account *account, const char *glob, enum an_dim dim,
                        uint32_t key, const char **name)
{
    size_t count = 0;
    const led_owner *members = NULL;
    *name = key_text(account, dim, key);
    if (dim == AN_SYMBOL)
        members = led_owner_members(account->build->ledger, key, &count);
    if (count == 0)
        return text_matches(account, glob, dim, *name);
    for (size_t i = 0; i < count; i++) {
        *name = led_owner_text(account->build->ledger, members[i]);
        if (text_matches(account, glob, dim, *name))
            return true;
    }
    return false;
}

static void measure_owners(const struct an__account *account, const struct cfg_budget *budget,
                           const struct an__sums *sums, struct an__amount *out)
{
    uint64_t largest = 0;
    for (uint32_t key = 0; key < sums->by_key.count; key++) {
        const char *name;
        uint64_t value = sums->by_key.items[key];
        if (value == AN__UNSEEN || !key_matches(account, budget->name, sums->dim, key, &name))
            continue;
        if (sums->objects && (key == LED_UNATTRIBUTED || name[0] == '['))
            continue; // padding is no object
        out->matched++;
        out->value += value;
        if (out->largest == NULL || value > largest)
            largest = value, out->largest = name;
    }
}

// --------------------------------------------------------------------------- types

static bool is_named(const struct dw_type *type)
{
    bool listed = type->kind == DW_STRUCT || type->kind == DW_CLASS || type->kind == DW_UNION ||
                  type->kind == DW_ENUM || type->kind == DW_TYPEDEF;
    return listed && type->name[0] != '\0' && !type->declaration;
}

static const char *without_keyword(const char *name)
{
    unsigned kinds; // a budget is on whatever type has the name
    return an__strip_kind_word(name, &kinds);
}

static void measure_types(const struct dw_types *types, const char *glob, struct an__amount *out)
{
    struct buf text = {0};
    glob = without_keyword(glob);
    for (dw_type_id id = 0; id < dw_types_count(types); id++) {
        const struct dw_type *type = dw_types_get(types, id);
        if (!is_named(type))
            continue;
        text.size = 0;
        dw_types_qualified(types, id, &text);
        if (!glob_match(glob, slice_text(type->name)) &&
            !glob_match(glob, slice_of(text.data, text.size)))
            continue;
        if (out->matched++ == 0 || type->size > out->value)
            *out = (struct an__amount){type->size, out->matched, type->name, type->decl_file,
                                       type->decl_line};
    }
    buf_free(&text);
}

// ------------------------------------------------------------------------- objects

#define NAMES_MAX 8 // typedefs of typedefs

static bool is_of(struct dw *dw, const struct dw_variable *variable, const char *glob,
                  uint64_t *elements)
{
    const char *names[NAMES_MAX];
    uint64_t size;
    size_t count = dw_type_names(dw, variable->type, names, NAMES_MAX, &size);
    *elements = size != 0 && variable->size > size ? variable->size / size : 1;
    for (size_t i = 0; i < count; i++)
        if (glob_match(glob, slice_text(names[i])))
            return true;
    return false;
}

static int compare_addresses(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    return a->key < b->key ? -1 : a->key > b->key;
}

// Variables at one address are one object (units may declare it many times).
static bool measure_objects(const struct an_measured *build, const char *glob,
                            struct an__amount *out, struct fault *fault)
{
    glob = without_keyword(glob);
    for (size_t i = 0; i < build->image_count; i++) {
        const struct dw_code *code;
        VEC(struct keyed) found = {0};
        if (build->dw[i] == NULL)
            continue;
        if (!dw_read_code(build->dw[i], build->images[i], DW_CODE_NAMES | DW_CODE_SIZES, &code,
                          fault))
            return false;
        for (size_t v = 0; v < code->variable_count; v++) {
            const struct dw_variable *variable = &code->variables[v];
            uint64_t elements;
            if (!is_of(build->dw[i], variable, glob, &elements))
                continue;
            out->matched++;
            if (led_pos_addr(build->ledger, (uint32_t)i, 0, variable->addr) != LED_NOWHERE)
                vec_push(&found, (struct keyed){variable->addr, elements});
        }
        if (found.count != 0)
            qsort(found.items, found.count, sizeof *found.items, compare_addresses);
        for (size_t n = 0; n < found.count; n++)
            if (n == 0 || found.items[n].key != found.items[n - 1].key)
                out->value += found.items[n].value;
        vec_free(&found);
    }
    return true;
}

// ------------------------------------------------------------------------- any one

bool an__budget_measure(struct an__account *account, const struct cfg_budget *budget,
                        struct an__amount *out, struct fault *fault)
{
    const struct an_measured *build = account->build;
    const struct cfg_region *region = NULL;
    *out = (struct an__amount){0};
    if (budget->region != NULL &&
        (region = an__budget_region(build, budget, account->options, fault)) == NULL)
        return false;
    if (!has_column(account, budget, fault))
        return false;
    switch (budget->subject) {
    case CFG_TOTAL:
        out->value = led_total(build->ledger, (enum led_weight)weight_of(budget->name));
        out->matched = 1;
        return true;
    case CFG_REGION:
        out->value = an_region_measure(build->ledger, region).used;
        out->matched = 1;
        return true;
    case CFG_STRUCT:
        if (build->types != NULL)
            measure_types(build->types, budget->name, out);
        return true;
    case CFG_OBJECTS_OF:
        return measure_objects(build, budget->name, out, fault);
    default:
        measure_owners(account, budget, find_sums(account, wanted_sums(budget, region)), out);
        return true;
    }
}

void an__nearest(const struct an__account *account, const struct cfg_budget *budget,
                 struct an_nearest *nearest)
{
    *nearest = (struct an_nearest){.wanted = slice_text(without_keyword(budget->name))};
    if (budget->subject == CFG_STRUCT || budget->subject == CFG_OBJECTS_OF) {
        const struct dw_types *types = account->build->types;
        if (types != NULL)
            nearest->count =
                an_nearest_types(types, budget->name, nearest->text, COUNT_OF(nearest->text));
        return;
    }
    enum an_dim dim = dim_of(budget);
    for (size_t i = 0; i < account->sums.count; i++) {
        const struct an__sums *sums = &account->sums.items[i];
        for (uint32_t key = 0; sums->dim == dim && key < sums->by_key.count; key++)
            if (sums->by_key.items[key] != AN__UNSEEN)
                an_nearest_offer(nearest, key_text(account, dim, key));
    }
}
