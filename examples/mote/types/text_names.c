// SPDX-License-Identifier: MIT
// The methods that str, bytes and bytearray have, by name.
#include "types/text.h"

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

METHODS(bytearray_names, B(append), RARE(T(capitalize)) T(center), B(clear), B(copy), T(count),
        T(decode), T(endswith), RARE(T(expandtabs)) B(extend), T(find), T(fromhex), T(hex),
        T(index), B(insert), T(isalnum), T(isalpha), RARE(T(isascii)) T(isdigit), T(islower),
        T(isspace), RARE(T(istitle)) T(isupper), T(join), T(ljust), T(lower), T(lstrip),
        RARE(T(maketrans)) T(partition), B(pop), B(remove),
        RARE(T(removeprefix), T(removesuffix)) T(replace), B(reverse), T(rfind), T(rindex),
        T(rjust), T(rpartition), T(rsplit), T(rstrip), T(split), T(splitlines), T(startswith),
        T(strip), RARE(T(swapcase), T(title), T(translate)) T(upper), RARE(T(zfill)));
