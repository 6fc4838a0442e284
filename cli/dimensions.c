// SPDX-License-Identifier: MIT
//
// -d and -f: by what to divide and what to leave out, over any set of named dimensions.

#include "cli/cli.h"

static bool unknown(struct cmd *cmd, const struct cmd_dimensions *all, const char *name)
{
    struct buf list = {0};
    for (unsigned i = 0; i < all->count; i++)
        buf_printf(&list, " %s", all->name(i));
    buf_char(&list, '\0');
    cmd_usage(cmd, "there is no dimension '%s'%s; there are%s", name, all->of, list.data);
    buf_free(&list);
    return false;
}

static bool find(const struct cmd_dimensions *all, const char *name, unsigned *dim)
{
    for (*dim = 0; *dim < all->count; ++*dim)
        if (strcmp(all->name(*dim), name) == 0)
            return true;
    return false;
}

bool cmd_parse_dims(struct cmd *cmd, const struct cmd_dimensions *all, unsigned *dims,
                    size_t *count)
{
    uint32_t given = 0;
    ASSERT(all->count <= 32);
    for (*count = 0; *count < cmd->options.dims.count; ++*count) {
        const char *name = cmd->options.dims.items[*count];
        unsigned dim;
        if (!find(all, name, &dim))
            return unknown(cmd, all, name);
        if (given & 1u << dim) {
            cmd_usage(cmd, "the dimension '%s' is given twice", name);
            return false;
        }
        given |= 1u << dim;
        dims[*count] = dim; // there is room: none was given twice
    }
    return true;
}

// "GLOB" for the first dimension, "DIM=GLOB" for any. A glob may have a '=' itself: then what stands
// before it is no dimension, and not meant as one where it has a glob's letters.
static bool parse_filter(struct cmd *cmd, const struct cmd_dimensions *all, const char *text,
                         unsigned first, struct cmd_filter *out)
{
    const char *equals = strchr(text, '=');
    *out = (struct cmd_filter){first, text};
    if (equals == NULL)
        return true;
    const char *name = arena_text(cmd->arena, slice_of(text, (size_t)(equals - text)));
    if (find(all, name, &out->dim)) {
        out->glob = equals + 1;
        return true;
    }
    out->dim = first;
    return strpbrk(name, "*?[") != NULL || unknown(cmd, all, name);
}

bool cmd_parse_filters(struct cmd *cmd, const struct cmd_dimensions *all, unsigned first,
                       struct cmd_filter *filters, size_t *count)
{
    const struct cmd_list *given = &cmd->options.filters;
    if (given->count > AN_FILTERS_MAX) {
        cmd_usage(cmd, "at most %d filters", AN_FILTERS_MAX);
        return false;
    }
    for (*count = 0; *count < given->count; ++*count)
        if (!parse_filter(cmd, all, given->items[*count], first, &filters[*count]))
            return false;
    return true;
}
