// SPDX-License-Identifier: MIT
//
// Objects that an interpreter makes in advance, so that they need not be made again: small integers, strings of
// one character. The profile says how many bytes they are; what a version does not have is left out.

#include <inttypes.h>

#include "analyzers/model_private.h"

const char *an_caches_note(struct an_model *model, struct arena *arena)
{
    const struct cfg_values *caches = &model->profile->features.caches;
    struct buf text = {0};
    int64_t bytes, total = 0;
    for (size_t i = 0; i < caches->count; i++) {
        const struct cfg_value *cache = &caches->items[i];
        struct fault ignored = {0};
        if (!an__model_number(model, cache->is, cache->line, &bytes, &ignored) || bytes <= 0 ||
            __builtin_add_overflow(total, bytes, &total))
            continue;
        buf_printf(&text, "%s%s %" PRId64,
                   text.size ? ", " : "made in advance, bytes: ", cache->name, bytes);
    }
    if (text.size == 0)
        return NULL;
    buf_printf(&text, "; together %" PRId64, total);
    const char *note = arena_text(arena, slice_of(text.data, text.size));
    buf_free(&text);
    return note;
}
