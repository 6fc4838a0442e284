// SPDX-License-Identifier: MIT
//
// A copy of a type table that can be changed. Texts and members stay those of the original.

#include <stdlib.h>

#include "dwarfsize/types.h"

struct dw_types *dw_types_copy(const struct dw_types *types, size_t room)
{
    struct dw_types *copy = mem_zalloc(1, sizeof *copy);
    copy->arena = arena_new();
    copy->count = types->count;
    copy->list = ARENA_ARRAY(copy->arena, types->count + room, struct dw_type);
    copy->wanted = ARENA_ARRAY(copy->arena, types->count + room, bool);
    memcpy(copy->list, types->list, types->count * sizeof *copy->list);
    memcpy(copy->wanted, types->wanted, types->count * sizeof *copy->wanted);
    copy->units = types->units;
    copy->paths = types->paths;
    copy->path_count = types->path_count;
    if (types->unit_first != NULL) { // types added have no units
        uint32_t *first = ARENA_ARRAY(copy->arena, types->count + room + 1, uint32_t);
        for (size_t i = 0; i <= types->count + room; i++)
            first[i] = types->unit_first[MIN(i, types->count)];
        copy->unit_first = first;
    }
    return copy;
}

struct dw_type *dw_types_change(struct dw_types *copy, dw_type_id id)
{
    return &copy->list[id];
}

dw_type_id dw_types_add(struct dw_types *copy, const struct dw_type *type)
{
    copy->list[copy->count] = *type;
    return (dw_type_id)copy->count++;
}
