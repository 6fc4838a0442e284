// SPDX-License-Identifier: MIT
//
// Formulas of profiles: how many bytes an object of some shape takes, said with the names of a build.
//
//   offsetof(PyLongObject.ob_digit) + max(1, ceil(bits, digit_bits)) * sizeof(digit)
//
// Signed 64-bit arithmetic with C's operators; overflow and division by 0 are faults. What depends on
// the build alone (sizeof, offsetof, has ...) is asked for once, when the formula is compiled; what
// differs from object to object are variables, given for each evaluation.
//
//   min(a, b)  max(a, b)
//   ceil(a, b)     a / b, rounded up
//   align(a, b)    a, rounded up to a multiple of b
//   pow2(a)        the least power of two that is not less
//   log2(a)        rounded down; 0 of 0
//   grow(need, next)  what grows from 0, each time to `next` (where `room` is what there is and `need`
//                  is not known), until it is at least `need`
//   at(value, formula)  the formula with `room` being the value
//   next(TABLE, value)  the least number in a table of the build that is not below, else the value
//   NAME(words)    anything else: the asker's, words up to the closing parenthesis, unread
//
// The same reads the constant expressions of C programs: octal numbers, suffixes, ~ and casts.
#ifndef TARE_FORMULA_H
#define TARE_FORMULA_H

#include "base/base.h"

struct an__formula {
    const struct an__op *ops; // in postfix order, in the arena it was compiled into
    size_t count;
};

// A name that stands for a formula compiled before.
struct an__named_formula {
    const char *name;
    struct an__formula formula;
};

struct an__table {
    const int64_t *values; // ascending
    size_t count;
};

struct an__scope {
    const char *const *variables; // their values come in this order
    size_t variable_count;
    size_t room; // which of them is `room`; variable_count: none is
    const struct an__named_formula *named;
    size_t named_count;
    // The value of NAME(words) in this build; false with `fault`.
    bool (*ask)(void *context, struct slice name, struct slice words, int64_t *value,
                struct fault *fault);
    // The table of a name; NULL: there are none.
    bool (*table)(void *context, struct slice name, const struct an__table **out,
                  struct fault *fault);
    // For the text of a C program, else NULL: the value of any other name; bytes and sign of a type to which
    // is cast. False when there is none of that name.
    bool (*word)(void *context, struct slice name, int64_t *value);
    bool (*cast)(void *context, struct slice type, uint64_t *size, bool *is_signed);
    void *context;
};

// `where` goes before messages ("cpython.yaml:12"). Faults say what was expected and where in the text.
bool an__formula_compile(struct an__formula *out, const char *text, const struct an__scope *scope,
                         const char *where, struct arena *arena, struct fault *fault);
// False at overflow and at division by 0. An empty formula has no value: do not ask.
// `variables` are as before when it returns.
bool an__formula_value(const struct an__formula *formula, int64_t *variables, int64_t *value);

#endif
