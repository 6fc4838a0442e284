// SPDX-License-Identifier: MIT
//
// A profile bound to a build: its names looked up in the debug information, its formulas compiled.
//
// A profile holds no sizes, so whatever it says of a build is asked of that build, and what the build
// has not is a fault with the profile's line. Kinds are the exception: an interpreter built without
// floats has no float object, and all else can still be priced.

#include "analyzers/model_private.h"
#include "ledger/collect.h"

#include <inttypes.h>
#include <stdlib.h>

const char *const an__variables[AN__VARIABLES] = {
#define X(name, text) [CFG_##name] = text,
    CFG_SHAPE(X)
#undef X
        [AN__FLAGS] = "flags",
    [AN__ITEM] = "item",
    [AN__ROOM] = "room",
    [AN__NTH] = "nth",
};

// ---------------------------------------------------------------------- types, members

dw_type_id an__model_type(const struct an_model *model, struct slice name)
{
    return an__type_called(model->input.types, arena_text(model->arena, name));
}

static bool find_member(const struct an_model *model, dw_type_id id, struct slice name,
                        uint64_t *bits, dw_type_id *member)
{
    const struct dw_types *types = model->input.types;
    const struct dw_type *type = dw_types_get(types, dw_types_strip(types, id));
    if (type == NULL || !an__is_record(type))
        return false;
    for (uint32_t i = 0; i < type->member_count; i++) {
        const struct dw_member *m = &type->members[i];
        uint64_t inside = 0;
        if (slice_equal(name, slice_text(m->name))) {
            *bits = m->bit_offset;
            *member = m->type;
            return true;
        }
        if (m->name[0] == '\0' && find_member(model, m->type, name, &inside, member)) {
            *bits = m->bit_offset + inside;
            return true;
        }
    }
    return false;
}

bool an__model_member(const struct an_model *model, dw_type_id type, struct slice path,
                      uint64_t *offset, dw_type_id *member)
{
    uint64_t bits, total = 0;
    *member = type;
    while (path.size > 0) {
        if (!find_member(model, *member, slice_cut(&path, '.'), &bits, member))
            return false;
        total += bits;
    }
    *offset = total / 8;
    return true;
}

// ------------------------------------------------------------- what formulas ask for

struct place {
    struct slice text;
    dw_type_id type, member;
    uint64_t offset;
};

// "TYPE" or "TYPE.member.member".
static bool locate(const struct an_model *model, struct slice text, struct place *place)
{
    struct slice path = text;
    struct slice name = slice_cut(&path, '.');
    place->text = text;
    place->type = an__model_type(model, name);
    return place->type != DW_NO_TYPE &&
           an__model_member(model, place->type, path, &place->offset, &place->member);
}

struct element {
    uint64_t size, count;
};

static struct element element_of(const struct an_model *model, dw_type_id id)
{
    const struct dw_types *types = model->input.types;
    const struct dw_type *type = dw_types_get(types, dw_types_strip(types, id));
    struct element element = {0, 0};
    if (type == NULL || (type->kind != DW_ARRAY && type->kind != DW_POINTER))
        return element;
    element.size = dw_types_size(types, type->target);
    element.count = 1;
    for (uint32_t i = 0; i < type->dimension_count; i++)
        element.count *= type->dimensions[i] == DW_COUNT_UNKNOWN ? 0 : type->dimensions[i];
    return element;
}

// Of a symbol, also under the name that link-time optimisation gave it ("usedpools.lto_priv.0").
static bool symbol_size(const struct an_model *model, struct slice name, int64_t *value)
{
    for (size_t i = 0; i < model->input.image_count; i++) {
        size_t count = 0;
        struct img *from = model->input.symbols[i];
        const struct img_symbol *symbols = from ? img_symbols(from, &count) : NULL;
        for (size_t s = 0; s < count; s++)
            if (slice_equal(name, led_parent_name(slice_text(symbols[s].name)))) {
                *value = (int64_t)symbols[s].size;
                return true;
            }
    }
    return false;
}

static bool symbol_there(const struct an_model *model, struct slice name, int64_t *value)
{
    int64_t size;
    *value = symbol_size(model, name, &size);
    return true;
}

bool an__enumerator(const struct an_model *model, struct slice name, int64_t *value)
{
    for (dw_type_id id = 0; id < dw_types_count(model->input.types); id++) {
        const struct dw_type *type = dw_types_get(model->input.types, id);
        for (uint32_t i = 0; i < type->enumerator_count; i++)
            if (slice_equal(name, slice_text(type->enumerators[i].name))) {
                *value = type->enumerators[i].value;
                return true;
            }
    }
    return false;
}

struct asking {
    struct an_model *model;
    const char *where;
};

static bool measure(const struct an_model *model, struct slice function, const struct place *place,
                    int64_t *value)
{
    struct element element = element_of(model, place->member);
    if (slice_equal(function, slice_text("sizeof")))
        *value = (int64_t)dw_types_size(model->input.types, place->member);
    else if (slice_equal(function, slice_text("offsetof")))
        *value = (int64_t)place->offset;
    else if (slice_equal(function, slice_text("element")))
        *value = (int64_t)element.size;
    else if (slice_equal(function, slice_text("elements")))
        *value = (int64_t)element.count;
    else
        return false;
    return true;
}

static bool absent(const struct asking *asking, struct slice name, struct slice words,
                   struct fault *fault)
{
    struct slice rest = words, first = slice_cut(&rest, ','), path = first;
    struct slice type = slice_cut(&path, '.');
    const char *nearest[3];
    char *text = arena_text(asking->model->arena, type);
    size_t count = an__model_type(asking->model, type) == DW_NO_TYPE
                       ? an_nearest_types(asking->model->input.types, text, nearest, 3)
                       : 0;
    return fault_set(fault, FAULT_INPUT, asking->where, NULL, NO_OFFSET,
                     "%.*s(%.*s): the build has no such %s%s%s", (int)name.size,
                     (const char *)name.data, (int)words.size, (const char *)words.data,
                     path.size != 0 && count == 0 ? "member" : "name",
                     count != 0 ? "; the nearest is " : "", count != 0 ? nearest[0] : "");
}

static bool word_size(const struct an_model *model, struct slice name, int64_t *value)
{
    (void)name;
    *value = model->word;
    return true;
}

static bool machine(const struct an_model *model, struct slice name, int64_t *value)
{
    (void)name;
    *value = img_info(model->input.images[0])->machine;
    return true;
}

// What does not go by the name of a type.
static const struct {
    const char *name;
    bool (*value)(const struct an_model *model, struct slice name, int64_t *value);
} answers[] = {
    {"word", word_size},      {"machine", machine},      {"symbol", symbol_size},
    {"enum", an__enumerator}, {"first", an__first_word}, {"defined", symbol_there},
};

static bool ask(void *context, struct slice name, struct slice words, int64_t *value,
                struct fault *fault)
{
    const struct asking *asking = context;
    struct an_model *model = asking->model;
    bool has = slice_equal(name, slice_text("has"));
    struct place place;
    for (size_t i = 0; i < COUNT_OF(answers); i++)
        if (slice_equal(name, slice_text(answers[i].name)))
            return answers[i].value(model, words, value) || absent(asking, name, words, fault);
    for (struct slice rest = words; rest.size > 0;) {
        if (!locate(model, slice_cut(&rest, ','), &place))
            continue;
        *value = 1;
        if (has || measure(model, name, &place, value))
            return true;
        return fault_set(fault, FAULT_INPUT, asking->where, NULL, NO_OFFSET,
                         "there is no function '%.*s'", (int)name.size, (const char *)name.data);
    }
    *value = 0;
    return has || absent(asking, name, words, fault);
}

// A static array of numbers, by the name of its variable.
static bool find_table(void *context, struct slice name, const struct an__table **out,
                       struct fault *fault)
{
    const struct asking *asking = context;
    *out = an__read_table(asking->model, name);
    return *out != NULL || fault_set(fault, FAULT_INPUT, asking->where, NULL, NO_OFFSET,
                                     "the build has no array of numbers '%.*s'", (int)name.size,
                                     (const char *)name.data);
}

// ------------------------------------------------------------------------ compiling

const char *an__where(struct an_model *model, uint32_t line)
{
    return arena_printf(model->arena, "%s:%u", model->profile->path, line);
}

static bool compile(struct an_model *model, const char *text, uint32_t line,
                    struct an__formula *out, struct fault *fault)
{
    const char *at = an__where(model, line);
    struct asking asking = {model, at};
    struct an__scope scope = {.variables = an__variables,
                              .variable_count = AN__VARIABLES,
                              .room = AN__ROOM,
                              .named = model->named.items,
                              .named_count = model->named.count,
                              .ask = ask,
                              .table = find_table,
                              .context = &asking};
    *out = (struct an__formula){0};
    return text == NULL || an__formula_compile(out, text, &scope, at, model->arena, fault);
}

// What an edit says, else what a macro of the build is, else what the profile says.
const char *an__formula_of(struct an_model *model, const struct cfg_value *stated)
{
    const struct an__macro *macro;
    const char *given = an__model_given(model, stated->name);
    if (given != NULL)
        return given;
    bool found = an__macro_value(model, stated, &macro) == AN__MACRO_GIVEN;
    return found && macro->value >= 0 ? arena_printf(model->arena, "%" PRId64, macro->value)
                                      : stated->is;
}

static bool bind_values(struct an_model *model, struct fault *fault)
{
    const struct cfg_values *values = &model->profile->values;
    model->named.count = 0;
    for (size_t i = 0; i < values->count; i++) {
        struct an__named_formula named = {.name = values->items[i].name};
        if (!compile(model, an__formula_of(model, &values->items[i]), values->items[i].line,
                     &named.formula, fault))
            return false;
        vec_push(&model->named, named);
    }
    return true;
}

bool an__model_number(struct an_model *model, const char *text, uint32_t line, int64_t *value,
                      struct fault *fault)
{
    int64_t nothing[AN__VARIABLES] = {0};
    struct an__formula formula;
    *value = 0;
    return text == NULL || (compile(model, text, line, &formula, fault) &&
                            (an__formula_value(&formula, nothing, value) ||
                             fault_set(fault, FAULT_INPUT, an__where(model, line), NULL, NO_OFFSET,
                                       "'%s' has no value", text)));
}

static bool bind_before(struct an_model *model, struct fault *fault)
{
    const struct cfg_profile *p = model->profile;
    return compile(model, p->before.size, p->before.line, &model->before_size, fault) &&
           compile(model, p->before.when, p->before.line, &model->before_when, fault);
}

// What all else is said in.
static bool bind_names(struct an_model *model, struct fault *fault)
{
    an__forget_macros(model);
    return bind_values(model, fault) && an__bind_headers(model, fault) && bind_before(model, fault);
}

// ---------------------------------------------------------------------------- kinds

static const struct an__class *class_named(const struct an_model *model, const char *symbol)
{
    for (size_t i = 0; symbol != NULL && i < model->classes.count; i++)
        if (strcmp(model->classes.items[i].symbol, symbol) == 0)
            return &model->classes.items[i];
    return NULL;
}

uint64_t an__class_size(const struct an_model *model, const struct an__class *class)
{
    const struct dw_type *type = dw_types_get(model->input.types, class->type);
    return class->size != 0 ? class->size : type != NULL ? type->size : 0;
}

#define FIRST_MAX 100 // objects that are priced one by one

static bool bind_formulas(struct an_model *model, struct an__kind *kind, struct fault *fault)
{
    const struct cfg_kind *stated = kind->stated;
    const char *object = stated->object;
    if (object == NULL && stated->type != NULL)
        object = arena_printf(model->arena, "sizeof(%s)", stated->type);
    if (object == NULL && kind->class != NULL && an__class_size(model, kind->class) != 0)
        object = arena_printf(model->arena, "%" PRIu64, an__class_size(model, kind->class));
    kind->parts = ARENA_ARRAY(model->arena, stated->part_count, struct an__part);
    int64_t flags, first;
    if (!an__model_number(model, stated->flags, stated->line, &flags, fault) ||
        !an__model_number(model, stated->first, stated->line, &first, fault))
        return false;
    kind->flags |= (uint64_t)flags;
    kind->first = first < 0 ? 0 : MIN((uint64_t)first, FIRST_MAX);
    if (!compile(model, object, stated->line, &kind->object, fault) ||
        !compile(model, stated->spare, stated->line, &kind->spare, fault) ||
        !compile(model, stated->shared, stated->line, &kind->shared, fault) ||
        !compile(model, stated->when, stated->line, &kind->differs, fault))
        return false;
    for (size_t i = 0; i < stated->part_count; i++) {
        const struct cfg_part *part = &stated->parts[i];
        if (!compile(model, part->size, part->line, &kind->parts[i].size, fault) ||
            !compile(model, part->count, part->line, &kind->parts[i].count, fault) ||
            !compile(model, part->when, part->line, &kind->parts[i].when, fault))
            return false;
    }
    return true;
}

static void bind_kind(struct an_model *model, struct an__kind *kind)
{
    const struct cfg_kind *stated = kind->stated;
    struct fault fault = {0};
    kind->trouble = stated->when == NULL ? stated->differs : NULL;
    kind->type = DW_NO_TYPE;
    if (kind->trouble != NULL)
        return;
    if (stated->type != NULL)
        kind->type = an__model_type(model, slice_text(stated->type));
    kind->class = class_named(model, stated->class);
    if (stated->type == NULL && kind->class != NULL)
        kind->type = kind->class->type;
    kind->header = an__header_of(model, kind->type);
    kind->flags = kind->class ? kind->class->flags : 0;
    if (stated->class != NULL && kind->class == NULL)
        kind->trouble = arena_printf(model->arena, "the build has no %s", stated->class);
    else if (!bind_formulas(model, kind, &fault))
        kind->trouble = arena_text(model->arena, slice_text(fault.text));
    else if (kind->object.count == 0)
        kind->trouble = "its profile says no size";
}

const struct an__kind *an__kind_named(const struct an_model *model, const char *name)
{
    for (size_t i = 0; i < model->profile->kind_count; i++)
        if (strcmp(model->kinds[i].stated->kind, name) == 0)
            return &model->kinds[i];
    return NULL;
}

uint64_t an__model_before(const struct an_model *model, uint64_t flags)
{
    int64_t variables[AN__VARIABLES] = {0}, when = 0, size = 0;
    variables[AN__FLAGS] = (int64_t)(flags & INT64_MAX);
    bool good = model->before_size.count != 0 &&
                an__formula_value(&model->before_when, variables, &when) && when != 0 &&
                an__formula_value(&model->before_size, variables, &size);
    return good && size > 0 ? (uint64_t)size : 0;
}

// ------------------------------------------------------------------------ the model

bool an_profile_fits(const struct cfg_profile *profile, const struct dw_types *types)
{
    struct an_model model = {.input = {.types = types}, .arena = arena_new()};
    bool fits = profile->recognise_count != 0;
    for (size_t i = 0; fits && i < profile->recognise_count; i++)
        fits = an__model_type(&model, slice_text(profile->recognise[i])) != DW_NO_TYPE;
    arena_free(model.arena);
    return fits;
}

bool an_model_new(struct an_model **out, const struct an_model_input *input, struct fault *fault)
{
    if (input->profile->header_count == 0 || input->profile->allocator.model == NULL)
        return fault_set(fault, FAULT_INPUT, input->profile->path, NULL, NO_OFFSET,
                         "says nothing of objects on the heap and their allocator");
    struct an_model *model = mem_zalloc(1, sizeof *model);
    model->input = *input;
    model->profile = input->profile;
    model->arena = arena_new();
    model->word = img_info(input->images[0])->address_size;
    an__types_init(&model->facts, input->types);
    an__read_macros(model);
    bool good = bind_names(model, fault) && an__read_classes(model, fault);
    if (good && input->edit_count != 0)
        good = an__model_edit(model, fault) && bind_names(model, fault);
    good = good && an__bind_allocators(model, fault);
    if (!good) {
        an_model_free(model);
        return false;
    }
    model->kinds = ARENA_ARRAY(model->arena, model->profile->kind_count, struct an__kind);
    for (size_t i = 0; i < model->profile->kind_count; i++) {
        model->kinds[i].stated = &model->profile->kinds[i];
        bind_kind(model, &model->kinds[i]);
    }
    *out = model;
    return true;
}

void an_model_free(struct an_model *model)
{
    if (model == NULL)
        return;
    vec_free(&model->named);
    vec_free(&model->macros);
    vec_free(&model->classes);
    an__types_free(&model->facts);
    an_what_if_free(&model->what_if);
    arena_free(model->arena);
    free(model);
}
