// SPDX-License-Identifier: MIT
//
// What the two halves of "what if" share: edits, and the layout that follows from them.
//
//   what_if_edit   reads an edit, finds what it names, and changes the list of members there
//   what_if        lays out again what was edited, and whatever holds that by value
#ifndef TARE_WHAT_IF_PRIVATE_H
#define TARE_WHAT_IF_PRIVATE_H

#include "analyzers/layout_private.h"

// A member of an edited record, in the new order.
struct an__slot {
    struct dw_member member;
    uint32_t origin; // among the members of the original; AN__ADDED
};
#define AN__ADDED UINT32_MAX

struct an__edited {
    dw_type_id id;
    struct an__slot *slots;
    size_t count;
};

struct an__editing {
    const struct dw_types *old;
    struct dw_types *types; // the copy
    struct an__types facts; // of the original
    struct arena *arena;
    VEC(struct an__edited) records;
    uint32_t *record_of; // by type id: 1 + its place in `records`, or 0
    bool *resized;       // by type id: given another size, not to be laid out
};

// Types that one edit may add: an element and an array, or pointers to pointers.
#define AN__ADDS_MAX 4

bool an__edit(struct an__editing *editing, const char *text, struct fault *fault);
// The fields of a record of the original by position, with what stays out of the layout behind them.
struct an__edited an__edited_as_is(struct an__editing *editing, dw_type_id id);

#endif
