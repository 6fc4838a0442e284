// SPDX-License-Identifier: MIT
//
// Values that a profile takes from the macros of the build.
//
// A macro's body may name others, which are not known before it has been read: so the macros are read in
// rounds, each with the names that the last one brought up. A body is a formula in C, and is worked out
// with what the names are in its own unit.

#include <ctype.h>

#include "analyzers/model_private.h"

#define ROUNDS_MAX 8
#define NAMES_MAX  64 // of macros, those included that bodies name
#define DEPTH_MAX  16 // of macros in macros

// ------------------------------------------------------------------------- reading

struct names_wanted {
    VEC(const char *) list;
    struct arena *arena;
};

static void want(struct names_wanted *names, struct slice name)
{
    for (size_t i = 0; i < names->list.count; i++)
        if (slice_is(name, names->list.items[i]))
            return;
    if (names->list.count < NAMES_MAX)
        vec_push(&names->list, arena_text(names->arena, name));
}

static void want_all(struct names_wanted *names, const struct cfg_values *values)
{
    for (size_t i = 0; i < values->count; i++)
        if (values->items[i].macro != NULL)
            want(names, slice_text(values->items[i].macro));
}

static bool is_in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static void want_words(struct names_wanted *names, const char *body)
{
    while (*body != '\0' && names->list.count < NAMES_MAX) {
        const char *start = body;
        while (is_in_word(*body))
            body++;
        if (body == start)
            body++;
        else if (!isdigit((unsigned char)*start))
            want(names, slice_of(start, (size_t)(body - start)));
    }
}

struct reading {
    struct an_model *model;
    size_t image;
    const struct dw_unit *units;
};

static void add_macro(void *context, const struct dw_macro *found)
{
    struct reading *r = context;
    struct an__macro macro = {.name = arena_text(r->model->arena, slice_text(found->name)),
                              .body = found->body,
                              .path = r->units[found->unit].path,
                              .unit = (uint64_t)r->image << 32 | found->unit};
    vec_push(&r->model->macros, macro);
}

static void read_round(struct an_model *model, const struct names_wanted *names)
{
    model->macros.count = 0;
    for (size_t i = 0; i < model->input.image_count; i++) {
        size_t count;
        struct dw *dw = model->input.dw[i];
        if (dw == NULL)
            continue;
        struct reading reading = {model, i, dw_units(dw, &count)};
        dw_read_macros(dw, names->list.items, names->list.count, add_macro, &reading);
    }
}

void an__read_macros(struct an_model *model)
{
    const struct cfg_profile *p = model->profile;
    struct names_wanted names = {.arena = model->arena};
    size_t before = 0;
    want_all(&names, &p->values);
    want_all(&names, &p->allocator.with);
    want_all(&names, &p->objects.with);
    for (unsigned round = 0; round < ROUNDS_MAX && names.list.count > before; round++) {
        before = names.list.count;
        read_round(model, &names);
        for (size_t i = 0; i < model->macros.count; i++)
            want_words(&names, model->macros.items[i].body);
    }
    vec_free(&names.list);
}

// ---------------------------------------------------------------------------- types

// Types as C spells them: "struct pool_header", "const char *", "unsigned long". Compilers name the basic
// types each in their own way ("long unsigned int"), and those that nobody uses not at all: they are told
// by their words.

static struct slice next_word(struct slice *rest)
{
    size_t at = 0, size = 0;
    while (at < rest->size && rest->data[at] == ' ')
        at++;
    while (at + size < rest->size && rest->data[at + size] != ' ' && rest->data[at + size] != '*')
        size++;
    size += size == 0 && at < rest->size; // a '*' by itself
    struct slice word = slice_of(rest->data + at, size);
    *rest = slice_of(rest->data + at + size, rest->size - at - size);
    return word;
}

struct words {
    unsigned longs, others; // others: words that are none of a basic type's
    bool is_char, is_short, is_unsigned, pointer, any;
};

static void count_word(struct words *words, struct slice word)
{
    if (slice_is(word, "const") || slice_is(word, "volatile"))
        return;
    words->any = true;
    if (slice_is(word, "*"))
        words->pointer = true;
    else if (slice_is(word, "long"))
        words->longs++;
    else if (slice_is(word, "char"))
        words->is_char = true;
    else if (slice_is(word, "short"))
        words->is_short = true;
    else if (slice_is(word, "unsigned"))
        words->is_unsigned = true;
    else if (!slice_is(word, "int") && !slice_is(word, "signed"))
        words->others++;
}

static bool of_build(const struct an_model *model, struct slice name, uint64_t *size,
                     bool *is_signed)
{
    const struct dw_types *types = model->input.types;
    const struct dw_type *type =
        dw_types_get(types, dw_types_strip(types, an__model_type(model, name)));
    if (type == NULL)
        return false;
    *size = type->size;
    *is_signed = type->is_signed;
    return true;
}

static bool c_type(const struct an_model *model, struct slice text, uint64_t *size, bool *is_signed)
{
    struct words words = {0};
    struct slice name = {0};
    for (struct slice rest = text, word; (word = next_word(&rest)).size != 0;) {
        unsigned others = words.others;
        count_word(&words, word);
        if (words.others > others) // "struct" and its tag are one name
            name = name.size == 0
                       ? word
                       : slice_of(name.data, (size_t)(word.data + word.size - name.data));
    }
    *size = 0;
    *is_signed = !words.is_unsigned;
    if (words.others != 0 && !slice_is(name, "void") && !of_build(model, name, size, is_signed))
        return false;
    if (words.pointer)
        *size = model->word, *is_signed = false;
    else if (words.others == 0)
        *size = words.is_char     ? 1
                : words.is_short  ? 2
                : words.longs > 1 ? 8
                : words.longs     ? model->word
                                  : 4;
    return words.any && *size != 0;
}

// ------------------------------------------------------------------------ evaluation

// The macros of one unit lie side by side.
struct evaluation {
    struct an_model *model;
    uint64_t unit;
    size_t first;
    unsigned depth;
};

static bool value_of(struct evaluation *e, struct an__macro *macro, int64_t *value);

static bool word_value(void *context, struct slice name, int64_t *value)
{
    struct evaluation *e = context;
    struct an_model *model = e->model;
    for (size_t i = e->first; i < model->macros.count; i++) {
        struct an__macro *macro = &model->macros.items[i];
        if (macro->unit != e->unit)
            break;
        if (slice_is(name, macro->name))
            return value_of(e, macro, value);
    }
    return an__enumerator(model, name, value);
}

static bool ask(void *context, struct slice name, struct slice words, int64_t *value,
                struct fault *fault)
{
    struct evaluation *e = context;
    uint64_t size;
    bool is_signed;
    *value = 0;
    if (!slice_is(name, "sizeof") || !c_type(e->model, words, &size, &is_signed))
        return fault_set(fault, FAULT_INPUT, NULL, NULL, NO_OFFSET, "%.*s(%.*s) is not known",
                         (int)name.size, (const char *)name.data, (int)words.size,
                         (const char *)words.data);
    *value = (int64_t)size;
    return true;
}

static bool cast(void *context, struct slice type, uint64_t *size, bool *is_signed)
{
    struct evaluation *e = context;
    return c_type(e->model, type, size, is_signed);
}

static bool value_of(struct evaluation *e, struct an__macro *macro, int64_t *value)
{
    const struct an__scope scope = {.ask = ask, .word = word_value, .cast = cast, .context = e};
    struct fault fault = {0};
    struct an__formula formula;
    if (macro->state == AN__MACRO_UNSEEN && e->depth < DEPTH_MAX) {
        macro->state = AN__MACRO_NONE; // one that names itself
        e->depth++;
        bool good = an__formula_compile(&formula, macro->body, &scope, macro->name, e->model->arena,
                                        &fault) &&
                    an__formula_value(&formula, NULL, &macro->value);
        e->depth--;
        macro->state = good ? AN__MACRO_KNOWN : AN__MACRO_NONE;
    }
    *value = macro->value;
    return macro->state == AN__MACRO_KNOWN;
}

void an__forget_macros(struct an_model *model)
{
    for (size_t i = 0; i < model->macros.count; i++)
        model->macros.items[i].state = AN__MACRO_UNSEEN;
}

enum an__macro_answer an__macro_value(struct an_model *model, const struct cfg_value *stated,
                                      const struct an__macro **out)
{
    struct evaluation e = {.model = model};
    *out = NULL;
    for (size_t i = 0; stated->macro != NULL && i < model->macros.count; i++) {
        struct an__macro *macro = &model->macros.items[i];
        int64_t value;
        if (i == 0 || macro->unit != e.unit)
            e.first = i;
        e.unit = macro->unit;
        if (strcmp(macro->name, stated->macro) != 0 ||
            (stated->unit != NULL && !glob_match(stated->unit, slice_text(macro->path))))
            continue;
        bool known = value_of(&e, macro, &value);
        if (!known || (*out != NULL && (*out)->value != value)) {
            *out = macro;
            return known ? AN__MACRO_DIFFERS : AN__MACRO_UNKNOWN;
        }
        if (*out == NULL)
            *out = macro;
    }
    return *out == NULL ? AN__MACRO_ABSENT : AN__MACRO_GIVEN;
}

// --------------------------------------------------------------------------- origins

static void say_macro(struct buf *text, const struct cfg_value *stated,
                      const struct an__macro *macro, enum an__macro_answer answer)
{
    buf_text(text, text->size ? "; " : "");
    if (answer == AN__MACRO_GIVEN)
        buf_printf(text, "%s is %lld, %s of %s", stated->name, (long long)macro->value, macro->name,
                   macro->path);
    else
        buf_printf(text, "%s is the profile's: %s of %s %s", stated->name, macro->name, macro->path,
                   answer == AN__MACRO_DIFFERS ? "is another number than elsewhere"
                                               : "cannot be worked out");
}

static void say(struct an_model *model, const struct cfg_values *values, bool all, struct buf *text)
{
    for (size_t i = 0; i < values->count; i++) {
        const struct cfg_value *stated = &values->items[i];
        const struct an__macro *macro;
        enum an__macro_answer answer = an__macro_value(model, stated, &macro);
        if (an__model_given(model, stated->name) != NULL)
            continue; // an edit says it, which is told elsewhere
        if (answer != AN__MACRO_ABSENT)
            say_macro(text, stated, macro, answer);
        else if (all && stated->from != NULL)
            buf_printf(text, "%s%s is the profile's: %s", text->size ? "; " : "", stated->name,
                       stated->from);
    }
}

const char *an_model_origins(struct an_model *model, bool all, struct arena *arena)
{
    struct buf text = {0};
    say(model, &model->profile->values, all, &text);
    say(model, &model->profile->allocator.with, all, &text);
    say(model, &model->profile->objects.with, all, &text);
    const char *words = text.size == 0 ? NULL
                                       : arena_printf(arena, "%s: %.*s", model->input.name,
                                                      (int)text.size, text.data);
    buf_free(&text);
    return words;
}
