// SPDX-License-Identifier: MIT
// Shifts and bitwise operators of ints. Shifts to the right round down; bitwise operators see two's complement without
// end, which is made digit by digit on the way.
#include "types/big.h"

// Two's complement digits of an operand, one after the other.
struct complement {
    const struct operand *of;
    two_digits carry;
};

static digit complement_next(struct complement *c, size_t i)
{
    digit d = i < c->of->len ? c->of->digits[i] : 0;
    if (!c->of->negative)
        return d;
    c->carry += (digit)~d;
    d = (digit)c->carry;
    c->carry >>= DIGIT_BITS;
    return d;
}

// Turns the two's complement in digits into the magnitude of a negative number.
static void negate(digit *d, size_t n)
{
    two_digits carry = 1;
    for (size_t i = 0; i < n; i++) {
        carry += (digit)~d[i];
        d[i] = (digit)carry;
        carry >>= DIGIT_BITS;
    }
}

static digit combine(enum op op, digit a, digit b)
{
    return op == OP_AND ? a & b : op == OP_OR ? a | b : a ^ b;
}

val int_bitwise(enum op op, const struct operand *a, const struct operand *b)
{
    size_t n = (a->len > b->len ? a->len : b->len) + 1;
    struct big *r = big_new(n);
    struct complement x = {a, 1}, y = {b, 1};
    for (size_t i = 0; i < n; i++) {
        digit p = complement_next(&x, i);
        r->digits[i] = combine(op, p, complement_next(&y, i));
    }
    bool negative = combine(op, a->negative, b->negative);
    if (negative)
        negate(r->digits, n);
    return big_done(r, negative);
}

val int_shift_left_bits(val v, size_t bits)
{
    struct operand a;
    operand_of(v, &a);
    if (!a.len)
        return v;
    size_t whole = bits / DIGIT_BITS;
    struct big *r = big_new(whole + a.len + 1);
    mag_shift_left(r->digits, a.digits, a.len, bits);
    return big_done(r, a.negative);
}

val int_shift_right_bits(val v, size_t bits)
{
    struct operand a;
    operand_of(v, &a);
    size_t whole = bits / DIGIT_BITS;
    if (whole >= a.len)
        return int_new(a.negative ? -1 : 0);
    bool lost = mag_trim(a.digits, whole) ||
                (digit)(a.digits[whole] << (DIGIT_BITS - 1 - bits % DIGIT_BITS) << 1);
    struct big *r = big_new(a.len - whole + 1);
    mag_shift_right(r->digits, a.digits, a.len, bits);
    if (a.negative && lost)
        for (size_t i = 0; !++r->digits[i];)
            i++;
    return big_done(r, a.negative);
}

val int_shift(enum op op, val a, val b)
{
    struct operand count;
    intptr_t bits;
    operand_of(b, &count);
    if (count.negative)
        raise_value("negative shift count");
    if (!int_fits(b, &bits)) {
        if (op == OP_LSHIFT && truth(a))
            raise_error(&type_OverflowError, "too many digits in integer");
        bits = INTPTR_MAX;
    }
    return op == OP_LSHIFT ? int_shift_left_bits(a, (size_t)bits)
                           : int_shift_right_bits(a, (size_t)bits);
}
