// SPDX-License-Identifier: MIT
// Format specs, for format() and f-strings, str.format and the % operator: all end in the two functions here.
#ifndef MOTE_FORMAT_H
#define MOTE_FORMAT_H

#include "types/text.h"

struct spec {
    char fill[4]; // one character
    uint8_t fill_size;
    char align; // < > ^ = or 0: as the type likes it
    char sign;  // + - space or 0
    char type;  // 0: none given
    char group; // , _ or 0
    bool alternate, no_negative_zero;
    size_t width;
    intptr_t precision; // -1: none
};

void format_number(val v, const struct spec *spec, struct sink *out); // int, float (or bool)
void format_text(struct text text, const struct spec *spec, struct sink *out);
// The number at *at, which is left behind it; -1: there is none.
intptr_t format_digits(const char **at, const char *end);
// %d of an int with so many digits at least.
void format_int(val v, const struct spec *spec, size_t digits, struct sink *out);

#endif
