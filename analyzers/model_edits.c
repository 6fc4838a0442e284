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

typedef VEC(const char *) edit_list;

// The header in which the edit changes a member, when objects repeat its members; else NULL.
static const struct an__header *repeated(struct an_model *model, const char *edit)
{
    struct slice path = target_of(edit);
    dw_type_id type = an__model_type(model, slice_cut(&path, '.'));
    type = type == DW_NO_TYPE ? type : dw_types_strip(model->input.types, type);
    for (size_t i = 0; path.size != 0 && type != DW_NO_TYPE && i < model->header_count; i++)
        if (model->headers[i].type == type && !model->headers[i].embedded)
            return &model->headers[i];
    return NULL;
}

static void push_once(edit_list *edits, const char *edit)
{
    for (size_t i = 0; i < edits->count; i++)
        if (strcmp(edits->items[i], edit) == 0)
            return;
    vec_push(edits, edit);
}

// "TYPE.member: change" again, in another type. What is added to a header comes before what objects have besides.
static void repeat_in(struct an_model *model, const struct an__header *header, const char *edit,
                      const char *type, const char *view, edit_list *edits)
{
    struct slice path = target_of(edit);
    slice_cut(&path, '.');
    const char *change = strchr(edit, ':') + 1;
    const struct dw_type *record = dw_types_get(model->input.types, header->type);
    const char *member = arena_printf(model->arena, "%s%s%s.%s", type, view[0] ? "." : "", view,
                                      arena_text(model->arena, path));
    push_once(edits, arena_printf(model->arena, "%s:%s", member, change));
    if (strncmp(change + strspn(change, " "), "add ", 4) == 0 && header->members != 0)
        push_once(edits, arena_printf(model->arena, "%s: after %s", member,
                                      record->members[header->members - 1].name));
}

// Objects that have their header of a macro have what becomes of it.
static void repeat(struct an_model *model, const char *edit, edit_list *edits)
{
    const struct dw_types *types = model->input.types;
    const struct an__header *header = repeated(model, edit);
    for (dw_type_id id = 0; header != NULL && id < dw_types_count(types); id++) {
        const char *name = an__name(&model->facts, id);
        const char *view = an__repeated_in(model, id, header);
        if (view != NULL && name[0] != '\0' && an__header_of(model, id) == header)
            repeat_in(model, header, edit, name, view, edits);
    }
}

bool an__model_edit(struct an_model *model, struct fault *fault)
{
    const struct dw_types *was = model->input.types;
    edit_list edits = {0};
    for (size_t i = 0; i < model->input.edit_count; i++)
        if (!gives_value(model, model->input.edits[i])) {
            vec_push(&edits, model->input.edits[i]);
            repeat(model, model->input.edits[i], &edits);
        }
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
