// SPDX-License-Identifier: MIT
// Floats to text and from text, both exact.
//
// Writing follows Steele and White: the value is a fraction r / s of two large whole numbers on the C stack, scaled into
// [1/10, 1), and each step takes the next decimal digit out of it. The shortest text stops where what is left is nearer than half the
// distance to the neighbouring floats; a text of given length stops there and rounds what is left, ties to even.
//
// Reading takes short texts with small exponents as one float operation on exact operands; the others are a quotient of two
// ints, rounded once (int_ratio).
#include "types/big.h"
#include "types/real.h"

#if MOTE_FLOAT

// The largest whole numbers here: the bits of a float over its whole range of exponents, doubled and times ten.
#define NUMBER_BITS   (REAL_BITS - REAL_MIN_EXP + REAL_BITS + 64)
#define NUMBER_DIGITS (NUMBER_BITS / DIGIT_BITS + 1)
// No float has more significant decimal digits: 767 of a double, 112 of a single.
#define TEXT_DIGITS (REAL_BITS == 24 ? 113 : 768)

struct number {
    size_t len;
    digit digits[NUMBER_DIGITS];
};

static void number_times(struct number *n, digit by)
{
    digit carry = mag_mul_small(n->digits, n->len, by, 0);
    if (carry)
        n->digits[n->len++] = carry;
}

static void number_times_ten(struct number *n, int power)
{
    for (; power >= 4; power -= 4)
        number_times(n, 10000);
    for (; power > 0; power--)
        number_times(n, 10);
}

static void number_shift(struct number *n, size_t bits)
{
    mag_shift_left(n->digits, n->digits, n->len, bits);
    n->len = mag_trim(n->digits, n->len + bits / DIGIT_BITS + 1);
}

static void number_set(struct number *n, mantissa m)
{
    for (n->len = 0; m; m = m >> (DIGIT_BITS - 1) >> 1)
        n->digits[n->len++] = (digit)m;
}

static int number_compare(const struct number *a, const struct number *b)
{
    return mag_compare(a->digits, a->len, b->digits, b->len);
}

// The order of a + b and c.
static int compare_sum(const struct number *a, const struct number *b, const struct number *c)
{
    struct number sum;
    if (a->len < b->len) {
        const struct number *t = a;
        a = b;
        b = t;
    }
    mag_add(sum.digits, a->digits, a->len, b->digits, b->len);
    sum.len = mag_trim(sum.digits, a->len + 1);
    return number_compare(&sum, c);
}

// r / s is what is left of the value; the neighbours are `below` and `above` away, in the same unit.
struct decimal {
    struct number r, s, below, above;
    bool even;     // the ends of the interval read back as the value too
    bool shortest; // else below and above are 0
    int point;     // value = 0.d1d2d3... * 10**point
    size_t len;
    char digits[TEXT_DIGITS];
};

// Of r / s the next digit, r being times ten already.
static int take_digit(struct decimal *d)
{
    int digit = 0;
    for (; number_compare(&d->r, &d->s) >= 0; digit++) {
        mag_sub(d->r.digits, d->r.digits, d->r.len, d->s.digits, d->s.len);
        d->r.len = mag_trim(d->r.digits, d->r.len);
    }
    return digit;
}

static void round_up(struct decimal *d)
{
    while (d->len && d->digits[d->len - 1] == '9')
        d->len--;
    if (d->len) {
        d->digits[d->len - 1]++;
    } else {
        d->digits[d->len++] = '1';
        d->point++;
    }
}

static void decimal_start(struct decimal *d, real value, bool shortest)
{
    int exponent;
    mantissa m = (mantissa)MATH(ldexp)(MATH(frexp)(value, &exponent), REAL_BITS);
    exponent -= REAL_BITS;
    for (; exponent < REAL_MIN_EXP - REAL_BITS; exponent++)
        m >>= 1;
    int bits = 0;
    for (mantissa t = m; t; t >>= 1)
        bits++;
    // The gap below a power of two is half of that above.
    bool uneven =
        shortest && m == (mantissa)1 << (REAL_BITS - 1) && exponent > REAL_MIN_EXP - REAL_BITS;
    size_t up = exponent > 0 ? (size_t)exponent : 0, down = exponent < 0 ? (size_t)-exponent : 0;
    number_set(&d->r, m);
    number_set(&d->s, 1);
    number_set(&d->below, shortest);
    number_shift(&d->r, up + 1 + uneven);
    number_shift(&d->s, down + 1 + uneven);
    number_shift(&d->below, up);
    d->above = d->below;
    number_shift(&d->above, uneven);
    d->even = !shortest || !(m & 1);
    d->shortest = shortest;
    d->len = 0;
    // log10 of it, rounded up, or one less: 30103 / 100000 is log10(2) from above.
    int log2 = exponent + bits - 1;
    d->point = (int)(log2 < 0 ? -((-log2 * 30103L) / 100000) : (log2 * 30102L + 99999) / 100000);
    if (d->point > 0) {
        number_times_ten(&d->s, d->point);
    } else {
        number_times_ten(&d->r, -d->point);
        number_times_ten(&d->below, -d->point);
        number_times_ten(&d->above, -d->point);
    }
    int order = compare_sum(&d->r, &d->above, &d->s);
    if (order > 0 || (order == 0 && d->even)) {
        number_times(&d->s, 10);
        d->point++;
    }
}

// The digits of a positive value: the shortest ones, or those up to `count`; if `places`, count is from the decimal point
// on. Digits that are left out at the end are zeros.
static void decimal_digits(struct decimal *d, real value, bool shortest, intptr_t count,
                           bool places)
{
    decimal_start(d, value, shortest);
    if (places)
        count += d->point;
    while (shortest || (intptr_t)d->len < count) {
        number_times(&d->r, 10);
        number_times(&d->below, 10);
        number_times(&d->above, 10);
        int next = take_digit(d);
        int low = number_compare(&d->r, &d->below), high = compare_sum(&d->r, &d->above, &d->s);
        bool stop_low = low < 0 || (low == 0 && d->even),
             stop_high = high > 0 || (high == 0 && d->even);
        d->digits[d->len++] = (char)('0' + next);
        if (!stop_low && !stop_high)
            continue;
        int half = compare_sum(&d->r, &d->r, &d->s);
        if (stop_high && (!stop_low || half > 0 || (half == 0 && next & 1)))
            round_up(d);
        return;
    }
    if (count < 0)
        return;
    int half = compare_sum(&d->r, &d->r, &d->s);
    if (half > 0 || (half == 0 && d->len && d->digits[d->len - 1] & 1))
        round_up(d);
}

// ------------------------------------------------------------------------------------------ to text

static void zeros(struct sink *out, intptr_t n)
{
    for (; n > 0; n -= 8)
        out->write(out, "00000000", (size_t)(n < 8 ? n : 8));
}

// Digits [from, to) of the decimal, zeros before and behind those it has.
static void put_digits(const struct decimal *d, intptr_t from, intptr_t to, struct sink *out)
{
    intptr_t len = (intptr_t)d->len, stop = to < 0 ? to : 0;
    zeros(out, stop - from);
    if (from < stop)
        from = stop;
    stop = to < len ? to : len;
    if (from < stop) {
        out->write(out, d->digits + from, (size_t)(stop - from));
        from = stop;
    }
    zeros(out, to - from);
}

static void put_fixed(const struct decimal *d, intptr_t decimals, bool point, struct sink *out)
{
    if (d->point > 0)
        put_digits(d, 0, d->point, out);
    else
        sink_char(out, '0');
    if (decimals > 0 || point)
        sink_char(out, '.');
    put_digits(d, d->point, d->point + decimals, out);
}

static void put_exponent(const struct decimal *d, intptr_t decimals, bool point, char e,
                         struct sink *out)
{
    int x = d->len ? d->point - 1 : 0;
    put_digits(d, 0, 1, out);
    if (decimals > 0 || point)
        sink_char(out, '.');
    put_digits(d, 1, 1 + decimals, out);
    sink_char(out, e);
    sink_char(out, x < 0 ? '-' : '+');
    x = x < 0 ? -x : x;
    if (x < 10)
        sink_char(out, '0');
    sink_format(out, "%d", x);
}

// Writes the sign, and what is no number; false when digits are to follow.
static bool put_special(real *value, bool upper, struct sink *out)
{
    if (signbit(*value) && !isnan(*value)) {
        sink_char(out, '-');
        *value = -*value;
    }
    if (isfinite(*value))
        return false;
    sink_text(out, isnan(*value) ? (upper ? "NAN" : "nan") : upper ? "INF" : "inf");
    return true;
}

void float_print(real value, struct sink *out)
{
    struct decimal d;
    if (put_special(&value, false, out))
        return;
    d.len = 0;
    d.point = 1;
    if (value != 0)
        decimal_digits(&d, value, true, 0, false);
    if (d.point < -3 || d.point > 16)
        put_exponent(&d, (intptr_t)d.len - 1, false, 'e', out);
    else
        put_fixed(&d, (intptr_t)d.len > d.point ? (intptr_t)d.len - d.point : 1, false, out);
}

void float_format(real value, struct sink *out, char kind, int precision, bool alternate)
{
    struct decimal d;
    char lower = kind | 0x20;
    bool fixed = lower == 'f' || kind == '%';
    if (precision < 0)
        precision = 6;
    if (kind == '%')
        value *= 100;
    if (put_special(&value, lower != kind && kind != '%', out)) {
        if (kind == '%')
            sink_char(out, '%');
        return;
    }
    intptr_t count = lower == 'g' ? (precision ? precision : 1) : (intptr_t)precision + !fixed;
    d.len = 0;
    d.point = 1;
    if (value != 0)
        decimal_digits(&d, value, false, count, fixed);
    if (!d.len && fixed)
        d.point = 1;
    if (fixed)
        put_fixed(&d, precision, alternate, out);
    if (kind == '%')
        sink_char(out, '%');
    if (lower == 'e')
        put_exponent(&d, precision, alternate, kind, out);
    if (lower != 'g')
        return;
    while (d.len && d.digits[d.len - 1] == '0')
        d.len--;
    bool plain = d.point > -4 && d.point <= count;
    intptr_t decimals = (alternate ? count : (intptr_t)d.len) - (plain ? d.point : 1);
    if (plain)
        put_fixed(&d, decimals, alternate, out);
    else
        put_exponent(&d, decimals, alternate, (char)(kind - 'g' + 'e'), out);
}

// ------------------------------------------------------------------------------------------ from text

// The digits as an int times 10**exponent.
static val scaled(const char *digits, size_t count, intptr_t exponent)
{
    real r;
    ROOTS(v, 4);
    v[0] = int_parse(digits, count, 10);
    v[1] = int_new(10);
    v[2] = int_new(exponent < 0 ? -exponent : exponent);
    v[1] = int_pow_mod(v[1], v[2], NOTHING);
    v[2] = int_new(1);
    if (exponent < 0)
        r = int_ratio(v[0], v[1]);
    else {
        v[0] = int_binary(OP_MUL, v[0], v[1]);
        r = int_ratio(v[0], v[2]);
    }
    return float_new(r);
}

// Digits and exponent to the nearest float. Digits beyond TEXT_DIGITS only matter in being zeros or not.
static real from_digits(char *digits, size_t count, intptr_t exponent)
{
    while (count && digits[count - 1] == '0') {
        count--;
        exponent++;
    }
    intptr_t top = (intptr_t)count + exponent; // value < 10**top
    if (!count || top < -350)
        return 0;
    if (top > 310)
        return INFINITY;
#if FLT_EVAL_METHOD == 0
    static const real tens[] = {
        1,
        1e1,
        1e2,
        1e3,
        1e4,
        1e5,
        1e6,
        1e7,
        1e8,
        1e9,
        1e10,
#if MOTE_FLOAT == 2
        1e11,
        1e12,
        1e13,
        1e14,
        1e15,
        1e16,
        1e17,
        1e18,
        1e19,
        1e20,
        1e21,
        1e22
#endif
    };
    const intptr_t most = COUNT_OF(tens) - 1;
    if (count <= (MOTE_FLOAT == 2 ? 15 : 7) && exponent <= most && exponent >= -most) {
        real r = 0;
        for (size_t i = 0; i < count; i++)
            r = r * 10 + (real)(digits[i] - '0');
        return exponent < 0 ? r / tens[-exponent] : r * tens[exponent];
    }
#endif
    return ((struct floating *)scaled(digits, count, exponent))->value;
}

// A run of digits with underscores between them is added to the text; false when it has none or an underscore in a
// wrong place.
struct reading {
    const char *at, *end;
    char digits[TEXT_DIGITS + 1];
    size_t count;
    intptr_t exponent; // of the last digit
    bool more;         // digits that found no room were not all zeros
};

// The next digit, -1 when there is none. A _ may stand between two: *before says whether a digit is what was read last.
static int next_digit(struct reading *r, bool *before)
{
    if (r->at < r->end && *r->at == '_' && *before) {
        *before = false;
        r->at++;
    }
    if (r->at == r->end || *r->at < '0' || *r->at > '9')
        return -1;
    *before = true;
    return *r->at++ - '0';
}

static bool read_digits(struct reading *r, bool fraction)
{
    const char *start = r->at;
    bool before = false;
    for (int d; (d = next_digit(r, &before)) >= 0;) {
        if (!r->count && d == 0) {
            r->exponent -= fraction;
        } else if (r->count < TEXT_DIGITS) {
            r->digits[r->count++] = (char)('0' + d);
            r->exponent -= fraction;
        } else {
            r->exponent += !fraction;
            r->more = r->more || d != 0;
        }
    }
    return before || r->at == start;
}

static bool read_exponent(struct reading *r)
{
    intptr_t e = 0;
    bool negative = false, before = false;
    if (r->at < r->end && (*r->at == '-' || *r->at == '+'))
        negative = *r->at++ == '-';
    for (int d; (d = next_digit(r, &before)) >= 0;)
        if (e < INTPTR_MAX / 100)
            e = e * 10 + d;
    r->exponent += negative ? -e : e;
    return before && r->at == r->end;
}

static bool is_word(const struct reading *r, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->at) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((r->at[i] | 0x20) != word[i])
            return false;
    return true;
}

static bool read_number(struct reading *r, real *out)
{
    if (is_word(r, "nan")) {
        *out = NAN;
        return true;
    }
    if (is_word(r, "inf") || is_word(r, "infinity")) {
        *out = INFINITY;
        return true;
    }
    const char *start = r->at;
    if (!read_digits(r, false))
        return false;
    bool any = r->at > start;
    if (r->at < r->end && *r->at == '.') {
        start = ++r->at;
        if (!read_digits(r, true))
            return false;
        any = any || r->at > start;
    }
    if (!any)
        return false;
    if (r->at < r->end && (*r->at | 0x20) == 'e') {
        r->at++;
        if (!read_exponent(r))
            return false;
    }
    if (r->at < r->end)
        return false;
    if (r->more) { // whatever they were, it is no tie any more
        r->digits[r->count++] = '1';
        r->exponent--;
    }
    *out = from_digits(r->digits, r->count, r->exponent);
    return true;
}

val float_parse(const char *text, size_t size)
{
    struct reading r = {.at = text, .end = text + size};
    real value;
    text_trim(&r.at, &r.end);
    bool negative = r.at < r.end && *r.at == '-';
    if (r.at < r.end && (*r.at == '-' || *r.at == '+'))
        r.at++;
    if (!read_number(&r, &value))
        return NOTHING;
    return float_new(negative ? -value : value);
}

real float_round(real value, intptr_t digits)
{
    struct decimal d;
    if (value == 0 || !isfinite(value) || digits > TEXT_DIGITS + 320)
        return value;
    if (digits < -400)
        return MATH(copysign)(0, value);
    decimal_digits(&d, MATH(fabs)(value), false, digits, true);
    if (!d.len)
        return MATH(copysign)(0, value);
    real r = from_digits(d.digits, d.len, d.point - (intptr_t)d.len);
    return value < 0 ? -r : r;
}

#endif
