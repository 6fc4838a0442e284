// SPDX-License-Identifier: MIT
//
// The allocators of a profile, with the parameters that a build gives them.

#include "analyzers/model_private.h"

#define EXTRA_MAX 4096 // bytes

static bool bind_parameter(struct an_model *model, const struct cfg_allocator *stated,
                           const char *name, int64_t *value, struct fault *fault)
{
    for (size_t i = 0; i < stated->with.count; i++) {
        const struct cfg_value *with = &stated->with.items[i];
        if (strcmp(with->name, name) != 0)
            continue;
        return an__model_number(model, an__formula_of(model, with), with->line, value, fault) &&
               (*value > 0 || fault_set(fault, FAULT_INPUT, an__where(model, with->line), NULL,
                                        NO_OFFSET, "'%s' is no positive number", name));
    }
    return fault_set(fault, FAULT_INPUT, an__where(model, stated->line), NULL, NO_OFFSET,
                     "the allocator %s needs '%s'", stated->model, name);
}

// Not every allocator has it: what a debugging one writes around each block.
static bool bind_extra(struct an_model *model, const struct cfg_allocator *stated,
                       struct an__store *store, struct fault *fault)
{
    store->extra = 0;
    for (size_t i = 0; i < stated->with.count; i++) {
        const struct cfg_value *with = &stated->with.items[i];
        int64_t value;
        if (strcmp(with->name, "extra") != 0)
            continue;
        if (!an__model_number(model, an__formula_of(model, with), with->line, &value, fault))
            return false;
        if (value < 0 || value > EXTRA_MAX)
            return fault_set(fault, FAULT_INPUT, an__where(model, with->line), NULL, NO_OFFSET,
                             "'extra' is from 0 to %d", EXTRA_MAX);
        store->extra = (uint64_t)value;
    }
    return true;
}

static bool bind_allocator(struct an_model *model, const struct cfg_allocator *stated,
                           struct an__store *store, struct fault *fault)
{
    store->allocator = an__allocator_named(stated->model);
    if (store->allocator == NULL) {
        struct buf names = {0};
        for (size_t i = 0; an__allocator_name(i) != NULL; i++)
            buf_printf(&names, "%s%s", i ? ", " : "", an__allocator_name(i));
        fault_set(fault, FAULT_INPUT, an__where(model, stated->line), NULL, NO_OFFSET,
                  "there is no allocator '%s'; there are %s", stated->model, names.data);
        buf_free(&names);
        return false;
    }
    for (size_t i = 0; store->allocator->parameters[i] != NULL; i++)
        if (!bind_parameter(model, stated, store->allocator->parameters[i], &store->parameters[i],
                            fault))
            return false;
    return bind_extra(model, stated, store, fault);
}

// Objects come from where their parts do, unless the profile says another allocator.
bool an__bind_allocators(struct an_model *model, struct fault *fault)
{
    const struct cfg_profile *p = model->profile;
    int64_t other;
    if (!an__model_number(model, p->instead.when, p->instead.line, &other, fault) ||
        !bind_allocator(model, other != 0 ? &p->instead : &p->allocator, &model->parts, fault))
        return false;
    model->objects = model->parts;
    return p->objects.model == NULL || bind_allocator(model, &p->objects, &model->objects, fault);
}
