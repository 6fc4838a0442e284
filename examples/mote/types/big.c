// SPDX-License-Identifier: MIT
// Magnitudes: the schoolbook's arithmetic on arrays of digits, the least digit first.
//
// A product of two digits fits two_digits, which is the machine's word at most: 32-bit digits on 64-bit machines, 16-bit ones
// on 32-bit machines. Nothing here allocates, raises or knows of values; the decimal texts of floats use it on
// the C stack as well. Deliberately quadratic: the heap of this machine ends long before faster methods pay.
#include "types/big.h"

size_t mag_trim(const digit *a, size_t n)
{
    while (n && !a[n - 1])
        n--;
    return n;
}

size_t mag_bits(const digit *a, size_t n)
{
    n = mag_trim(a, n);
    size_t bits = n * DIGIT_BITS;
    if (n)
        for (digit top = a[n - 1]; !(top >> (DIGIT_BITS - 1)); top = (digit)(top << 1))
            bits--;
    return bits;
}

int mag_compare(const digit *a, size_t an, const digit *b, size_t bn)
{
    if (an != bn)
        return an < bn ? -1 : 1;
    while (an--)
        if (a[an] != b[an])
            return a[an] < b[an] ? -1 : 1;
    return 0;
}

void mag_add(digit *out, const digit *a, size_t an, const digit *b, size_t bn)
{
    two_digits sum = 0;
    for (size_t i = 0; i < an; i++) {
        sum += (two_digits)a[i] + (i < bn ? b[i] : 0);
        out[i] = (digit)sum;
        sum >>= DIGIT_BITS;
    }
    out[an] = (digit)sum;
}

void mag_sub(digit *out, const digit *a, size_t an, const digit *b, size_t bn)
{
    two_digits borrow = 0;
    for (size_t i = 0; i < an; i++) {
        two_digits d = (two_digits)a[i] - (i < bn ? b[i] : 0) - borrow;
        out[i] = (digit)d;
        borrow = (d >> DIGIT_BITS) & 1;
    }
}

void mag_mul(digit *out, const digit *a, size_t an, const digit *b, size_t bn)
{
    memset(out, 0, (an + bn) * sizeof(digit));
    for (size_t i = 0; i < an; i++) {
        two_digits carry = 0, by = a[i];
        for (size_t j = 0; j < bn; j++) {
            carry += by * b[j] + out[i + j];
            out[i + j] = (digit)carry;
            carry >>= DIGIT_BITS;
        }
        out[i + bn] = (digit)carry;
    }
}

digit mag_mul_small(digit *a, size_t n, digit by, digit plus)
{
    two_digits carry = plus;
    for (size_t i = 0; i < n; i++) {
        carry += (two_digits)a[i] * by;
        a[i] = (digit)carry;
        carry >>= DIGIT_BITS;
    }
    return (digit)carry;
}

digit mag_div_small(digit *out, const digit *a, size_t n, digit by)
{
    two_digits rest = 0;
    while (n--) {
        rest = rest << DIGIT_BITS | a[n];
        out[n] = (digit)(rest / by);
        rest %= by;
    }
    return (digit)rest;
}

// Bits [shift, shift + DIGIT_BITS) from the top of the two digits.
static digit across(digit high, digit low, size_t shift)
{
    return (digit)(((two_digits)high << DIGIT_BITS | low) << shift >> DIGIT_BITS);
}

void mag_shift_left(digit *out, const digit *a, size_t n, size_t bits)
{
    size_t whole = bits / DIGIT_BITS, shift = bits % DIGIT_BITS;
    for (size_t i = n + 1; i--;)
        out[i + whole] = across(i < n ? a[i] : 0, i ? a[i - 1] : 0, shift);
    memset(out, 0, whole * sizeof(digit));
}

void mag_shift_right(digit *out, const digit *a, size_t n, size_t bits)
{
    size_t whole = bits / DIGIT_BITS, shift = bits % DIGIT_BITS;
    for (size_t i = whole; i < n; i++) {
        two_digits pair = (two_digits)(i + 1 < n ? a[i + 1] : 0) << DIGIT_BITS | a[i];
        out[i - whole] = (digit)(pair >> shift);
    }
}

// Digit i of b << shift, which is never stored.
static inline two_digits shifted(const digit *b, size_t i, size_t shift)
{
    return across(b[i], i ? b[i - 1] : 0, shift);
}

// a -= b * by, over bn + 1 digits; whether it went below 0.
static bool subtract_product(digit *a, const digit *b, size_t bn, size_t shift, two_digits by)
{
    two_digits carry = 0, borrow = 0;
    for (size_t i = 0; i <= bn; i++) {
        carry += i < bn ? shifted(b, i, shift) * by : 0;
        two_digits d = (two_digits)a[i] - (digit)carry - borrow;
        a[i] = (digit)d;
        carry >>= DIGIT_BITS;
        borrow = (d >> DIGIT_BITS) & 1;
    }
    return borrow;
}

static void add_back(digit *a, const digit *b, size_t bn, size_t shift)
{
    two_digits carry = 0;
    for (size_t i = 0; i <= bn; i++) {
        carry += a[i] + (i < bn ? shifted(b, i, shift) : 0);
        a[i] = (digit)carry;
        carry >>= DIGIT_BITS;
    }
}

// Knuth's algorithm D: with the top bit of the divisor set, a quotient digit guessed from the top digits is at most 2 too
// large, and nearly always right after a look at one digit more.
void mag_divide(digit *quotient, digit *a, size_t an, const digit *b, size_t bn)
{
    if (bn == 1) {
        digit rest = mag_div_small(quotient ? quotient : a, a, an, b[0]);
        memset(a, 0, (an + 1) * sizeof(digit));
        a[0] = rest;
        return;
    }
    size_t shift = bn * DIGIT_BITS - mag_bits(b, bn);
    two_digits top = shifted(b, bn - 1, shift), next = shifted(b, bn - 2, shift);
    mag_shift_left(a, a, an, shift);
    for (size_t j = an - bn + 1; j--;) {
        digit *part = a + j;
        two_digits high = (two_digits)part[bn] << DIGIT_BITS | part[bn - 1];
        two_digits guess = high / top, rest = high % top;
        while (guess > DIGIT_MAX || guess * next > (rest << DIGIT_BITS | part[bn - 2])) {
            guess--;
            rest += top;
            if (rest > DIGIT_MAX)
                break;
        }
        if (subtract_product(part, b, bn, shift, guess)) {
            guess--;
            add_back(part, b, bn, shift);
        }
        if (quotient)
            quotient[j] = (digit)guess;
    }
    mag_shift_right(a, a, bn + 1, shift);
}
