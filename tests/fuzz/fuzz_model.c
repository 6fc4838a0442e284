// SPDX-License-Identifier: MIT
//
// Any bytes as a profile, as a census, as counters and as a formula. A profile that reads is bound to a
// build, this program itself, and prices a census.

#include "analyzers/analyzers.h"
#include "analyzers/formula.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// This program, opened once.
static struct build {
    struct img_file *file;
    struct img *image;
    struct img_debug debug;
    struct dw *dw;
    struct dw_types *types;
    struct doubts *doubts;
} self;

static void open_self(void)
{
    struct fault fault = {0};
    const struct dw_types_options everything = {0};
    const struct img_debug_options where = {0};
    const struct dw_options options = {.threads = 1};
    self.doubts = doubts_new();
    bool good = img_file_open(&self.file, "/proc/self/exe", self.doubts, &fault);
    ASSERT(good);
    self.image = img_file_image(self.file, 0);
    good = img_debug_find(&self.debug, self.image, &where, self.doubts, &fault) &&
           dw_open(&self.dw, &self.debug, &options, &fault) &&
           dw_read_types(self.dw, &everything, &self.types, &fault);
    ASSERT(good);
}

static void try_counters(struct slice text)
{
    static const char *const apart[] = {"pool"};
    const struct cfg_profile profile = {.apart = apart, .apart_count = 1};
    struct fault fault = {0};
    struct cfg_counters counters;
    struct arena *arena = arena_new();
    if (!cfg_counted(text, "counters", &profile, arena, &counters, &fault))
        ASSERT(fault.kind == FAULT_INPUT);
    for (size_t i = 0; i < counters.type_count; i++)
        ASSERT(counters.types[i].name != NULL);
    arena_free(arena);
}

static bool ask(void *context, struct slice name, struct slice words, int64_t *value,
                struct fault *fault)
{
    (void)context, (void)name, (void)fault;
    *value = (int64_t)words.size;
    return true;
}

static bool word_value(void *context, struct slice name, int64_t *value)
{
    (void)context;
    *value = (int64_t)name.size;
    return name.size < 5;
}

static bool cast_to(void *context, struct slice type, uint64_t *size, bool *is_signed)
{
    (void)context;
    *size = type.size;
    *is_signed = type.size > 3;
    return type.size < 9;
}

static void try_formula(const char *text, bool of_c)
{
    static const char *const variables[] = {"length", "room"};
    const struct an__scope scope = {.variables = variables,
                                    .variable_count = COUNT_OF(variables),
                                    .room = 1,
                                    .ask = ask,
                                    .word = of_c ? word_value : NULL,
                                    .cast = of_c ? cast_to : NULL};
    struct arena *arena = arena_new();
    struct an__formula formula;
    struct fault fault = {0};
    int64_t values[] = {1000, 3}, out;
    if (an__formula_compile(&formula, text, &scope, "f:1", arena, &fault))
        an__formula_value(&formula, values, &out);
    else
        ASSERT(fault.kind == FAULT_INPUT);
    ASSERT(values[0] == 1000 && values[1] == 3);
    arena_free(arena);
}

static void price(const struct cfg_census *census, struct an_model *model)
{
    const struct an_predict_options options = {true};
    struct arena *arena = arena_new();
    struct an_prediction prediction;
    struct rep_table table;
    const char *const *notes;
    struct fault fault = {0};
    if (an_predict(&census, &options, &model, 1, arena, &prediction, &fault))
        rep_check(&prediction.table);
    an_tax(&model, 1, NULL, 0, arena, &table);
    an_tax_notes(&model, 1, arena, &notes);
    arena_free(arena);
}

static void try_profile(const struct cfg_profile *profile, const struct cfg_censuses *censuses)
{
    static const char text[] = "{\"census\": 1, \"objects\": [{\"kind\": \"list\", \"length\": 9, "
                               "\"how\": \"append\", \"count\": 3}, {\"kind\": \"int\", \"bits\": "
                               "34, \"count\": 9223372036854775807}]}";
    struct img *images[] = {self.image};
    struct dw *dw[] = {self.dw};
    const struct an_model_input input = {.name = "self",
                                         .profile = profile,
                                         .types = self.types,
                                         .dw = dw,
                                         .images = images,
                                         .symbols = images,
                                         .image_count = 1};
    struct an_model *model;
    struct cfg_censuses *own;
    struct fault fault = {0};
    an_profile_fits(profile, self.types);
    if (!an_model_new(&model, &input, &fault)) {
        ASSERT(fault.kind == FAULT_INPUT);
        return;
    }
    bool good = cfg_censuses_read(&own, slice_text(text), "census", &fault);
    ASSERT(good);
    price(cfg_census_labelled(own, NULL), model);
    if (censuses != NULL)
        price(cfg_census_labelled(censuses, NULL), model);
    cfg_censuses_free(own);
    an_model_free(model);
}

#define EDITS_MAX 8

// A line an edit.
static void try_edits(const char *text, struct arena *arena)
{
    const char *edits[EDITS_MAX];
    size_t count = 0;
    struct an_what_if what_if;
    struct fault fault = {0};
    for (; *text != '\0' && count < EDITS_MAX; text += *text != '\0') {
        size_t length = strcspn(text, "\n");
        edits[count++] = arena_text(arena, slice_of(text, length));
        text += length;
    }
    if (an_what_if(self.types, edits, count, &what_if, &fault))
        an_what_if_free(&what_if);
    else
        ASSERT(fault.kind == FAULT_INPUT || fault.kind == FAULT_USAGE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_of(data, size);
    struct fault fault = {0}, other = {0};
    struct cfg_censuses *censuses = NULL;
    const struct cfg_profile *profile = NULL;
    struct arena *arena = arena_new();
    if (self.types == NULL)
        open_self();
    if (!cfg_censuses_read(&censuses, text, "census", &fault))
        ASSERT(fault.kind == FAULT_INPUT);
    try_counters(text);
    try_formula(arena_text(arena, text), false);
    try_formula(arena_text(arena, text), true);
    try_edits(arena_text(arena, text), arena);
    if (cfg_profile_load_text(&profile, text, "profile", &other))
        try_profile(profile, censuses);
    else
        ASSERT(other.kind == FAULT_INPUT && strncmp(other.text, "profile:", 8) == 0);
    cfg_profile_free(profile);
    cfg_censuses_free(censuses);
    arena_free(arena);
    return 0;
}
