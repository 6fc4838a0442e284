// SPDX-License-Identifier: MIT
// The methods that str, bytes and bytearray have, by name.
#include "types/text.h"
#include "types/vector.h"

#define T(name) ROW(name, text_##name)
#define B(name) ROW(name, bytearray_##name)

METHODS(str_names, RARE(T(capitalize), T(casefold)) T(center), T(count), T(encode), T(endswith),
        RARE(T(expandtabs)) T(find), ROW(format, str_format), ROW(format_map, str_format_map),
        T(index), T(isalnum), T(isalpha), RARE(T(isascii), T(isdecimal)) T(isdigit),
        T(isidentifier), T(islower), RARE(T(isnumeric), T(isprintable)) T(isspace),
        RARE(T(istitle)) T(isupper), T(join), T(ljust), T(lower), T(lstrip),
        RARE(T(maketrans)) T(partition), RARE(T(removeprefix), T(removesuffix)) T(replace),
        T(rfind), T(rindex), T(rjust), T(rpartition), T(rsplit), T(rstrip), T(split), T(splitlines),
        T(startswith), T(strip), RARE(T(swapcase), T(title), T(translate)) T(upper),
        RARE(T(zfill)));

METHODS(bytes_names, RARE(T(capitalize)) T(center), T(count), T(decode), T(endswith),
        RARE(T(expandtabs)) T(find), T(fromhex), T(hex), T(index), T(isalnum), T(isalpha),
        RARE(T(isascii)) T(isdigit), T(islower), T(isspace), RARE(T(istitle)) T(isupper), T(join),
        T(ljust), T(lower), T(lstrip), RARE(T(maketrans)) T(partition),
        RARE(T(removeprefix), T(removesuffix)) T(replace), T(rfind), T(rindex), T(rjust),
        T(rpartition), T(rsplit), T(rstrip), T(split), T(splitlines), T(startswith), T(strip),
        RARE(T(swapcase), T(title), T(translate)) T(upper), RARE(T(zfill)));

METHODS(bytearray_names, ROW(append, vector_append), RARE(T(capitalize)) T(center), B(clear),
        B(copy), T(count), T(decode), T(endswith), RARE(T(expandtabs)) B(extend), T(find),
        T(fromhex), T(hex), T(index), ROW(insert, vector_insert), T(isalnum), T(isalpha),
        RARE(T(isascii)) T(isdigit), T(islower), T(isspace), RARE(T(istitle)) T(isupper), T(join),
        T(ljust), T(lower), T(lstrip), RARE(T(maketrans)) T(partition), ROW(pop, vector_pop),
        ROW(remove, vector_remove), RARE(T(removeprefix), T(removesuffix)) T(replace),
        ROW(reverse, vector_reverse), T(rfind), T(rindex), T(rjust), T(rpartition), T(rsplit),
        T(rstrip), T(split), T(splitlines), T(startswith), T(strip),
        RARE(T(swapcase), T(title), T(translate)) T(upper), RARE(T(zfill)));
