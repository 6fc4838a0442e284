// SPDX-License-Identifier: MIT
//
// The lists around the memory maps of GNU ld and gold.
#ifndef TARE_LINKMAP_LISTS_H
#define TARE_LINKMAP_LISTS_H

#include "linkmap/private.h"

#define LM__NAME_WIDTH 16 // columns of a section's name

enum lm__part {
    LM__BEFORE,
    LM__REASONS,
    LM__COMMONS,
    LM__DISCARDED,
    LM__MEMORY,
    LM__MAP,
    LM__CREF
};

struct lm__lists {
    struct lm__reader *r;
    int part;             // enum lm__part
    struct slice pending; // a name that stands alone on the line before
    uint32_t member;      // whose reason is on the next line, or LM_NO
    struct slice symbol;  // of the cross reference table
    struct slice definer;
    bool keep_commons; // for maps that do not say where each lies
};

// "0xADDR 0xSIZE REST"
struct lm__placed {
    uint64_t addr, size;
    bool sized;        // an address alone is a symbol or an assignment
    struct slice rest; // without blanks around it
};

bool lm__placed(struct lm__reader *r, struct slice text, struct lm__placed *out);
// "NAME 0xADDR 0xSIZE REST", the name in its columns or one word.
bool lm__named(struct lm__reader *r, struct slice line, struct slice *name, struct lm__placed *out);
// Whether a line begins with so many blanks that its name stands on the line before.
bool lm__is_continuation(struct slice line);

// Takes a line of the lists; false when it is one of the memory map.
bool lm__lists_line(struct lm__lists *l, struct slice line);
// A row of a cross reference table: the symbol, and its files from column `width` on.
void lm__cref_line(struct lm__lists *l, struct slice line, size_t width);
// Whether the map is whole as far as one can see; doubts.
void lm__lists_end(const struct lm__lists *l);

#endif
