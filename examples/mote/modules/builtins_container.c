// SPDX-License-Identifier: MIT
// The built-in functions about containers that are no types: len, all, any, sorted.
#include "modules/modules.h"
#include "types/containers.h"

static val builtin_len(size_t n, val *a)
{
    (void)n;
    return int_new_unsigned(length_of(a[0]));
}
BUILTIN(len, 1, 1);

// Whether some value has that truth.
static bool some(val iterable, bool want)
{
    ROOTS(r, 2);
    r[0] = iter_of(iterable);
    while ((r[1] = iter_next(r[0])) != NOTHING)
        if (truth(r[1]) == want)
            return true;
    return false;
}

static val builtin_all(size_t n, val *a)
{
    (void)n;
    return bool_new(!some(a[0], false));
}
BUILTIN(all, 1, 1);

static val builtin_any(size_t n, val *a)
{
    (void)n;
    return bool_new(some(a[0], true));
}
BUILTIN(any, 1, 1);

// sorted(iterable, *, key=None, reverse=False)
static val builtin_sorted(size_t n, val *a)
{
    if (n != 1)
        raise_type("sorted expected 1 argument, got %z", n);
    ROOTS(r, 1);
    r[0] = list_from(a[0]);
    sort_list(r[0], a[n], "sort");
    return r[0];
}
BUILTIN_FULL(sorted, 1, 1, NATIVE_VAR | NATIVE_KW);
