// SPDX-License-Identifier: MIT
//
// What a compiled abbreviation is made of: written by abbrev.c, run by scan.c.
#ifndef TARE_DWARFSIZE_STEPS_H
#define TARE_DWARFSIZE_STEPS_H

#include "dwarfsize/private.h"

#define DW__VARIABLE UINT32_MAX // in dw__abbrev.fixed

enum dw__op {
    DW__SKIP, // amount bytes
    DW__READ1,
    DW__READ2,
    DW__READ4,
    DW__READ8,
    DW__READ_ODD,      // amount bytes: 3, 16 ...
    DW__READ_PRESENT,  // no bytes: the attribute's being there is the value
    DW__READ_CONSTANT, // no bytes: constants[amount]
    DW__READ_ULEB,
    DW__SKIP_LEB,
    DW__SKIP_BLOCK, // length in LEB128
    // From here on: see run_rare.
    DW__SKIP_TEXT,
    DW__SKIP_SIZED, // length of amount bytes
    DW__SKIP_INDIRECT,
    DW__READ_SLEB,
    DW__READ_TEXT,
    DW__READ_BLOCK,
    DW__READ_INDIRECT,
};

// The step that reads (or skips) one value of a form; false when nobody knows the form, or it cannot
// stand behind DW_FORM_indirect.
bool dw__step_for(const struct dw__unit *unit, uint64_t form, bool read, unsigned slot,
                  struct dw__step *step);

#endif
