// SPDX-License-Identifier: MIT
// Powers of ints, and powers modulo another: squares from the top bit of the exponent down.
#include "types/big.h"

static val modulo(val a, val modulus)
{
    return int_binary(OP_MOD, a, modulus);
}

#if MOTE_RARE
// The inverse of a modulo m by Euclid's algorithm: r[0] = x * a and r[1] = y * a hold throughout, modulo m.
static val invert(val a, val m)
{
    ROOTS(r, 8);
    enum { R0, R1, X, Y, Q, REST, T };
    r[R0] = m;
    r[R1] = modulo(a, m);
    r[X] = int_new(0);
    r[Y] = int_new(1);
    while (truth(r[R1])) {
        int_divide(r[R0], r[R1], &r[Q]);
        r[R0] = r[R1];
        r[R1] = r[REST];
        r[T] = int_binary(OP_MUL, r[Q], r[Y]);
        r[T] = int_binary(OP_SUB, r[X], r[T]);
        r[X] = r[Y];
        r[Y] = r[T];
    }
    struct operand g;
    operand_of(r[R0], &g);
    if (g.len != 1 || g.digits[0] != 1)
        raise_value("base is not invertible for the given modulus");
    return g.negative ? int_unary(OP_NEG, r[X]) : r[X];
}
#else
_Noreturn static val invert(val a, val m)
{
    raise_value("this build does not invert %v modulo %v", a, m);
}
#endif

// The least memory that the power can take is more than there is: say so now, not after minutes of squaring.
static void check_power(const struct operand *base, val exponent)
{
    size_t bits = mag_bits(base->digits, base->len), count;
    if (bits < 2)
        return;
    size_t room = mote.counts.total_blocks * BLOCK;
    intptr_t e;
    if (!int_fits(exponent, &e) || __builtin_mul_overflow(bits - 1, (size_t)e, &count) ||
        count / 8 > room)
        raise_memory();
}

// modulus may be NOTHING.
val int_pow_mod(val base, val exponent, val modulus)
{
    ROOTS(r, 2);
    struct operand e;
    operand_of(exponent, &e);
    r[0] = base;
    if (modulus && !truth(modulus))
        raise_value("pow() 3rd argument cannot be 0");
    if (e.negative) {
        if (!modulus)
            raise_no_floats();
        r[0] = invert(base, modulus);
    }
    if (modulus) {
        r[0] = modulo(r[0], modulus);
    } else {
        struct operand b;
        operand_of(base, &b);
        check_power(&b, exponent);
    }
    r[1] = int_new(1);
    for (size_t bit = mag_bits(e.digits, e.len); bit--;) {
        r[1] = int_binary(OP_MUL, r[1], r[1]);
        if (modulus)
            r[1] = modulo(r[1], modulus);
        if (!(e.digits[bit / DIGIT_BITS] >> (bit % DIGIT_BITS) & 1))
            continue;
        r[1] = int_binary(OP_MUL, r[1], r[0]);
        if (modulus)
            r[1] = modulo(r[1], modulus);
    }
    return modulus ? modulo(r[1], modulus) : r[1];
}

void raise_no_floats(void)
{
    raise_type("no floats in this build");
}

val int_power(val a, val b)
{
#if MOTE_FLOAT
    struct operand e;
    operand_of(b, &e);
    if (e.negative) {
        ROOTS(r, 1);
        r[0] = float_new(need_float(a));
        return float_binary(OP_POW, r[0], b);
    }
#endif
    return int_pow_mod(a, b, NOTHING);
}
