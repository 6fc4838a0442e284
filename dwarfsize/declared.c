// SPDX-License-Identifier: MIT
//
// What one DIE says of where it is declared and of which type it is: for the few things that a report
// names, without a pass over all.

#include "dwarfsize/private.h"

#define HOPS_MAX 64 // origins, specifications, typedefs and qualifiers on the way

bool dw_declared(struct dw *dw, dw_ref ref, const char **path, uint32_t *line)
{
    for (unsigned hops = 0; hops < HOPS_MAX && ref != DW_NO_REF; hops++) {
        struct dw__die die;
        struct dw__unit *unit;
        if (!dw__die_at(dw, NULL, ref, &die, &unit))
            return false;
        uint64_t number = dw__number(unit, &die, SLOT_DECL_LINE, 0);
        if (number != 0 && number <= UINT32_MAX && dw__has(&die, SLOT_DECL_FILE)) {
            *path = dw__file_path(dw, unit, dw__number(unit, &die, SLOT_DECL_FILE, 0));
            *line = (uint32_t)number;
            return (*path)[0] != '\0';
        }
        ref = dw__reference(dw, unit, &die,
                            dw__has(&die, SLOT_ORIGIN) ? SLOT_ORIGIN : SLOT_SPECIFICATION);
    }
    return false;
}

size_t dw_type_names(struct dw *dw, dw_ref ref, const char **names, size_t max, uint64_t *size)
{
    size_t count = 0;
    *size = 0;
    for (unsigned hops = 0; hops < HOPS_MAX && ref != DW_NO_REF; hops++) {
        struct dw__die die;
        struct dw__unit *unit;
        if (!dw__die_at(dw, NULL, ref, &die, &unit))
            return count;
        const char *name = dw__text(unit, &die, SLOT_NAME);
        if (name[0] != '\0' && count < max)
            names[count++] = name;
        bool passes = die.tag == DW_TAG_typedef || die.tag == DW_TAG_const_type ||
                      die.tag == DW_TAG_volatile_type || die.tag == DW_TAG_atomic_type ||
                      die.tag == DW_TAG_array_type;
        dw_ref signature = dw__reference(dw, unit, &die, SLOT_SIGNATURE);
        if (!passes && signature == DW_NO_REF) {
            *size = dw__number(unit, &die, SLOT_BYTE_SIZE, 0);
            return count;
        }
        ref = passes ? dw__reference(dw, unit, &die, SLOT_TYPE) : signature;
    }
    return count;
}
