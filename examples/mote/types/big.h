// SPDX-License-Identifier: MIT
// What the files about numbers share: magnitudes (types/big.c) and ints seen as one (types/int.c).
#ifndef MOTE_BIG_H
#define MOTE_BIG_H

#include "mote.h"

#define DIGIT_BITS (8 * sizeof(digit))
#define WORD_BITS  (8 * WORD)
#define DIGIT_MAX  ((digit) ~(digit)0)

// A magnitude is n digits, the least first. Lengths of results are the caller's to know: each function says how many
// digits it writes.
size_t mag_trim(const digit *a, size_t n); // n without the leading zeros
size_t mag_bits(const digit *a, size_t n);
int mag_compare(const digit *a, size_t an, const digit *b, size_t bn); // trimmed: <0, 0, >0
void mag_add(digit *out, const digit *a, size_t an, const digit *b,
             size_t bn); // an >= bn; an + 1 digits
void mag_sub(digit *out, const digit *a, size_t an, const digit *b, size_t bn); // a >= b; an digits
void mag_mul(digit *out, const digit *a, size_t an, const digit *b,
             size_t bn);                                             // an + bn digits, not in place
digit mag_mul_small(digit *a, size_t n, digit by, digit plus);       // in place; the carry
digit mag_div_small(digit *out, const digit *a, size_t n, digit by); // the remainder; out may be a
void mag_shift_left(digit *out, const digit *a, size_t n,
                    size_t bits); // n + bits / DIGIT_BITS + 1; out may be a
void mag_shift_right(digit *out, const digit *a, size_t n,
                     size_t bits); // n - bits / DIGIT_BITS; out may be a
// a becomes a % b, quotient (an - bn + 1 digits, or NULL) a / b. a has a digit more at the end, which is scratch; b is
// trimmed, not 0, and bn <= an.
void mag_divide(digit *quotient, digit *a, size_t an, const digit *b, size_t bn);

// An int or bool as sign and magnitude. A small one is spread out in `own`, so the struct must stay where it is.
struct operand {
    const digit *digits;
    size_t len;
    bool negative;
    digit own[WORD / sizeof(digit)];
};
void operand_of(val v, struct operand *out);

struct big *big_new(size_t digits);         // zeroed; lost at the next allocation unless rooted
val big_done(struct big *b, bool negative); // trims it; the value, which may be a small int
val int_shift_left_bits(val v, size_t bits);
val int_shift(enum op op, val a, val b); // OP_LSHIFT, OP_RSHIFT
val int_bitwise(enum op op, const struct operand *a, const struct operand *b); // & | ^
int int_compare(val a, val b);                                                 // <0, 0, >0
void int_divide(val a, val b,
                val out[2]); // floor quotient and remainder; out must be rooted, b not 0
bool int_fits_bytes(val v, size_t size, bool is_signed);
// start and stop of a slice over `size` elements, cut to them: slice.indices. OverflowError for sizes beyond a word.
void slice_ends(val slice, size_t size, intptr_t *start, intptr_t *stop, intptr_t *step);
void text_trim(const char **at, const char **end); // white space at both ends
val int_ask(val v, val name);                      // v.name(), NOTHING when v has no such method
val index_try(val v);                              // as index_val, NOTHING when v has no __index__
_Noreturn void raise_no_floats(void);
val int_power(val a, val b); // a ** b; a float for a negative b
val int_binary(enum op op, val a, val b);
val int_unary(enum op op, val a);
#if MOTE_RARE
val int_attr(val self, val name, val value);
#else
#define int_attr NULL
#endif
extern const struct ops int_ops;

#if MOTE_FLOAT
real int_real(val v);         // the nearest; infinite when it is too large
real int_ratio(val a, val b); // a / b, the nearest; infinite when it is too large
size_t float_hash(real value);
val float_binary(enum op op, val a, val b);
// The nearest to value * 10**digits an int over that; value itself when it has no more digits.
real float_round(real value, intptr_t digits);
#endif

#endif
