// SPDX-License-Identifier: MIT
//
// A model of the build as it could be: types edited (what_if), values of the profile given anew.
//
// The linked bytes, type objects and tables, are read with the types they were compiled with; then the
// edited ones take their place. What a class says of the size of its objects grows or shrinks as their struct
// does, or, when that is not known, as the one header that objects have.

#include <ctype.h>
#include <stdlib.h>

#include "analyzers/model_private.h"

static bool is_value(const struct cfg_values *values, struct slice name)
{
    for (size_t i = 0; i < values->count; i++)
        if (slice_is(name, values->items[i].name))
            return true;
    return false;
}

// Up to the colon.
static struct slice target_of(const char *edit)
{
    size_t size = strcspn(edit, ":");
    while (size > 0 && isspace((unsigned char)edit[size - 1]))
        size--;
    return slice_of(edit, size);
}

static bool gives_value(const struct an_model *model, const char *edit)
{
    const struct cfg_profile *p = model->profile;
    struct slice target = target_of(edit);
    return edit[strcspn(edit, ":")] == ':' &&
           (is_value(&p->values, target) || is_value(&p->allocator.with, target) ||
            is_value(&p->objects.with, target));
}

const char *an__model_given(const struct an_model *model, const char *name)
{
    for (size_t i = model->input.edit_count; i-- > 0;) {
        const char *edit = model->input.edits[i];
        if (slice_is(target_of(edit), name) && gives_value(model, edit))
            return strchr(edit, ':') + 1;
    }
    return NULL;
}

static uint64_t resized(uint64_t size, uint64_t was, uint64_t now)
{
    return now >= was ? size + (now - was) : size - MIN(was - now, size);
}

static void resize_classes(struct an_model *model, const struct dw_types *was)
{
    const struct dw_types *now = model->input.types;
    for (size_t i = 0; i < model->classes.count; i++) {
        struct an__class *class = &model->classes.items[i];
        dw_type_id type = class->type;
        if (type == DW_NO_TYPE && model->header_count == 1)
            type = model->headers[0].type;
        if (class->size != 0)
            class->size = resized(class->size, dw_types_size(was, type), dw_types_size(now, type));
    }
}

bool an__model_edit(struct an_model *model, struct fault *fault)
{
    const struct dw_types *was = model->input.types;
    VEC(const char *) edits = {0};
    for (size_t i = 0; i < model->input.edit_count; i++)
        if (!gives_value(model, model->input.edits[i]))
            vec_push(&edits, model->input.edits[i]);
    bool good = an_what_if(was, edits.items, edits.count, &model->what_if, fault);
    vec_free(&edits);
    if (!good)
        return false;
    model->input.types = model->what_if.types;
    an__types_free(&model->facts);
    an__types_init(&model->facts, model->input.types);
    resize_classes(model, was);
    return true;
}

const char *an_model_edits(const struct an_model *model, struct arena *arena)
{
    struct buf text = {0};
    if (model->input.edit_count == 0)
        return NULL;
    buf_printf(&text, "%s: ", model->input.name);
    for (size_t i = 0; i < model->input.edit_count; i++)
        buf_printf(&text, "%s%s", i ? ", " : "", model->input.edits[i]);
    size_t changed = model->what_if.changed;
    buf_printf(&text, "; %zu %s", changed,
               changed == 1 ? "struct or union changes" : "structs and unions change");
    if (model->what_if.kept != 0)
        buf_printf(&text, ", %zu that follow no plain rules kept as they are", model->what_if.kept);
    const char *words = arena_text(arena, slice_of(text.data, text.size));
    buf_free(&text);
    return words;
}
