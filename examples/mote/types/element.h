// SPDX-License-Identifier: MIT
// What module struct knows of elements beyond mote.h.
#ifndef MOTE_ELEMENT_H
#define MOTE_ELEMENT_H

#include "mote.h"

#define BIG_ENDIAN_MACHINE (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

struct element {
    char code;
    uint8_t size, align; // of the machine
    bool is_signed;
    uint8_t standard; // size where the machine's does not count; 0: there is none
};
const struct element *element_find(char code); // NULL: no such code
bool element_is_float(char code);

#endif
