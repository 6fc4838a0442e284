// SPDX-License-Identifier: MIT
// Module math: libm with Python's errors, and functions of whole numbers.
#include "modules/modules.h"
#include "types/big.h"
#include "types/real.h"

#if MOTE_FLOAT

// ------------------------------------------------------------------------------------------ libm

_Noreturn static void raise_domain(void)
{
    raise_value("math domain error");
}

// What libm answers to finite arguments tells the error: no number lies outside the domain, infinity is too large, or a pole.
static val checked(real r, bool finite, bool numbers, bool overflows)
{
    if (isnan(r) && numbers)
        raise_domain();
    if (isinf(r) && finite) {
        if (overflows)
            raise_error(&type_OverflowError, "math range error");
        raise_domain();
    }
    return float_new(r);
}

static val apply(val v, real (*f)(real), bool overflows)
{
    real x = need_float(v);
    return checked(f(x), isfinite(x), !isnan(x), overflows);
}

static val apply2(val *a, real (*f)(real, real), bool overflows)
{
    real x = need_float(a[0]), y = need_float(a[1]);
    return checked(f(x, y), isfinite(x) && isfinite(y), !isnan(x) && !isnan(y), overflows);
}

#define ONE(name, fn, overflows)                                                                   \
    static val math_##name(size_t n, val *a)                                                       \
    {                                                                                              \
        (void)n;                                                                                   \
        return apply(a[0], MATH(fn), overflows);                                                   \
    }                                                                                              \
    NATIVE(math_##name, name, 1, 1);
#define TWO(name, fn, overflows)                                                                   \
    static val math_##name(size_t n, val *a)                                                       \
    {                                                                                              \
        (void)n;                                                                                   \
        return apply2(a, MATH(fn), overflows);                                                     \
    }                                                                                              \
    NATIVE(math_##name, name, 2, 2);

ONE(acos, acos, false)
ONE(acosh, acosh, false)
ONE(asin, asin, false)
ONE(asinh, asinh, false)
ONE(atan, atan, false)
ONE(atanh, atanh, false)
ONE(cbrt, cbrt, false)
ONE(cos, cos, false)
ONE(cosh, cosh, true)
ONE(erf, erf, false)
ONE(erfc, erfc, false)
ONE(exp, exp, true)
ONE(expm1, expm1, true)
ONE(fabs, fabs, false)
ONE(log1p, log1p, false)
ONE(sin, sin, false)
ONE(sinh, sinh, true)
ONE(sqrt, sqrt, false)
ONE(tan, tan, false)
ONE(tanh, tanh, false)
TWO(atan2, atan2, false)
TWO(copysign, copysign, false)
TWO(fmod, fmod, false)
TWO(remainder, remainder, false)

// At the whole numbers from 0 down they have no value.
static real gamma_real(real x)
{
    return x <= 0 && x == MATH(floor)(x) ? NAN : MATH(tgamma)(x);
}

static real lgamma_real(real x)
{
    return isfinite(x) && x <= 0 && x == MATH(floor)(x) ? NAN : MATH(lgamma)(x);
}

static val math_gamma(size_t n, val *a)
{
    (void)n;
    return apply(a[0], gamma_real, true);
}
NATIVE(math_gamma, gamma, 1, 1);

static val math_lgamma(size_t n, val *a)
{
    (void)n;
    return apply(a[0], lgamma_real, true);
}
NATIVE(math_lgamma, lgamma, 1, 1);

static val math_pow(size_t n, val *a)
{
    (void)n;
    if (need_float(a[0]) == 0 && need_float(a[1]) < 0 && isfinite(need_float(a[1])))
        raise_domain();
    return apply2(a, MATH(pow), true);
}
NATIVE(math_pow, pow, 2, 2);

static val math_hypot(size_t n, val *a)
{
    real r = 0;
    for (size_t i = 0; i < n; i++)
        r = MATH(hypot)(r, need_float(a[i]));
    return float_new(r);
}
NATIVE_FULL(math_hypot, hypot, 0, 0, NATIVE_VAR);

// ------------------------------------------------------------------------------------------ logarithms

// Of ints too large for a float as well: they are taken as x * 2**exponent, x from 1/2 to 1.
static real log_of(val v, real (*f)(real))
{
    size_t exponent = 0;
    const int kept = REAL_BITS + 8;
    ROOTS(r, 1);
    r[0] = v;
    if (is_int(v) && int_bits(v) > REAL_MAX_EXP) {
        exponent = int_bits(v);
        r[0] = int_shift_right_bits(v, exponent - kept);
    }
    real x = need_float(r[0]);
    if (x <= 0)
        raise_domain();
    return exponent ? f(MATH(ldexp)(x, -kept)) + f(2) * (real)exponent : f(x);
}

static val math_log(size_t n, val *a)
{
    (void)n;
    real r = log_of(a[0], MATH(log));
    if (a[1]) {
        real base = log_of(a[1], MATH(log));
        if (base == 0)
            raise_error(&type_ZeroDivisionError, "float division by zero");
        r /= base;
    }
    return float_new(r);
}
NATIVE(math_log, log, 1, 2);

static val math_log2(size_t n, val *a)
{
    (void)n;
    return float_new(log_of(a[0], MATH(log2)));
}
NATIVE(math_log2, log2, 1, 1);

static val math_log10(size_t n, val *a)
{
    (void)n;
    return float_new(log_of(a[0], MATH(log10)));
}
NATIVE(math_log10, log10, 1, 1);

// ------------------------------------------------------------------------------------------ parts of floats

static val to_int(val v, val name, real (*f)(real))
{
    if (is_int(v))
        return int_unary(OP_POS, v);
    ROOTS(r, 1);
    r[0] = has_type(v, &type_float) ? NOTHING : int_ask(v, name);
    return r[0] ? r[0] : int_of_float(f(need_float(v)));
}

static val math_floor(size_t n, val *a)
{
    (void)n;
    return to_int(a[0], S(__floor__), MATH(floor));
}
NATIVE(math_floor, floor, 1, 1);

static val math_ceil(size_t n, val *a)
{
    (void)n;
    return to_int(a[0], S(__ceil__), MATH(ceil));
}
NATIVE(math_ceil, ceil, 1, 1);

static val math_trunc(size_t n, val *a)
{
    (void)n;
    return to_int(a[0], S(__trunc__), MATH(trunc));
}
NATIVE(math_trunc, trunc, 1, 1);

static val pair(real x, real y)
{
    ROOTS(r, 2);
    r[0] = float_new(x);
    r[1] = float_new(y);
    return tuple_new(2, r);
}

static val math_modf(size_t n, val *a)
{
    (void)n;
    real x = need_float(a[0]), whole = MATH(trunc)(x);
    return pair(MATH(copysign)(isinf(x) ? 0 : x - whole, x), whole);
}
NATIVE(math_modf, modf, 1, 1);

static val math_frexp(size_t n, val *a)
{
    (void)n;
    int e = 0;
    ROOTS(r, 2);
    real x = need_float(a[0]);
    r[0] = float_new(isfinite(x) ? MATH(frexp)(x, &e) : x);
    r[1] = int_new(e);
    return tuple_new(2, r);
}
NATIVE(math_frexp, frexp, 1, 1);

static val math_ldexp(size_t n, val *a)
{
    (void)n;
    intptr_t e;
    real x = need_float(a[0]);
    val exponent = index_val(a[1]);
    if (!int_fits(exponent, &e) || e > 5000 || e < -5000)
        e = int_compare(exponent, FALSE) < 0 ? -5000 : 5000;
    return checked(MATH(ldexp)(x, (int)e), isfinite(x), false, true);
}
NATIVE(math_ldexp, ldexp, 2, 2);

static val math_isfinite(size_t n, val *a)
{
    (void)n;
    return bool_new(isfinite(need_float(a[0])));
}
NATIVE(math_isfinite, isfinite, 1, 1);

static val math_isinf(size_t n, val *a)
{
    (void)n;
    return bool_new(isinf(need_float(a[0])));
}
NATIVE(math_isinf, isinf, 1, 1);

static val math_isnan(size_t n, val *a)
{
    (void)n;
    return bool_new(isnan(need_float(a[0])));
}
NATIVE(math_isnan, isnan, 1, 1);

static const val isclose_keywords[] = {NOTHING, NOTHING, S(rel_tol), S(abs_tol)};

static val math_isclose(size_t n, val *a)
{
    (void)n;
    real x = need_float(a[0]), y = need_float(a[1]);
    real relative = a[2] ? need_float(a[2]) : (real)1e-9, absolute = a[3] ? need_float(a[3]) : 0;
    if (relative < 0 || absolute < 0)
        raise_value("tolerances must be non-negative");
    if (x == y)
        return TRUE;
    if (isinf(x) || isinf(y))
        return FALSE;
    real most = MATH(fabs)(x) > MATH(fabs)(y) ? MATH(fabs)(x) : MATH(fabs)(y);
    real apart = MATH(fabs)(x - y);
    return bool_new(apart <= relative * most || apart <= absolute);
}
NATIVE_FULL(math_isclose, isclose, 2, 4, 0, isclose_keywords);

#define PI ((real)3.14159265358979323846L)

static val math_degrees(size_t n, val *a)
{
    (void)n;
    return float_new(need_float(a[0]) * (180 / PI));
}
NATIVE(math_degrees, degrees, 1, 1);

static val math_radians(size_t n, val *a)
{
    (void)n;
    return float_new(need_float(a[0]) * (PI / 180));
}
NATIVE(math_radians, radians, 1, 1);

// ------------------------------------------------------------------------------------------ whole numbers

static val gcd(val a, val b)
{
    ROOTS(r, 3);
    r[0] = int_unary(OP_ABS, a);
    r[1] = int_unary(OP_ABS, b);
    while (truth(r[1])) {
        r[2] = int_binary(OP_MOD, r[0], r[1]);
        r[0] = r[1];
        r[1] = r[2];
    }
    return r[0];
}

static val math_gcd(size_t n, val *a)
{
    ROOTS(r, 2);
    r[0] = int_new(0);
    for (size_t i = 0; i < n; i++) {
        r[1] = index_val(a[i]);
        r[0] = gcd(r[0], r[1]);
    }
    return r[0];
}
NATIVE_FULL(math_gcd, gcd, 0, 0, NATIVE_VAR);

static val math_lcm(size_t n, val *a)
{
    ROOTS(r, 3);
    r[0] = int_new(1);
    for (size_t i = 0; i < n; i++) {
        r[1] = index_val(a[i]);
        r[2] = gcd(r[0], r[1]);
        if (!truth(r[2]) || !truth(r[1]))
            r[0] = int_new(0);
        else {
            r[0] = int_binary(OP_FLOORDIV, r[0], r[2]);
            r[0] = int_binary(OP_MUL, r[0], r[1]);
            r[0] = int_unary(OP_ABS, r[0]);
        }
    }
    return r[0];
}
NATIVE_FULL(math_lcm, lcm, 0, 0, NATIVE_VAR);

// from * (from + step) * (from + 2 * step) ..., `count` factors, each product divided by 1, 2, 3 ... if `divided`.
static val product(val from, intptr_t step, size_t count, bool divided)
{
    ROOTS(r, 4);
    r[0] = int_new(1);
    r[1] = from;
    r[3] = int_new(step);
    for (size_t i = 1; i <= count; i++) {
        r[0] = int_binary(OP_MUL, r[0], r[1]);
        r[1] = int_binary(OP_ADD, r[1], r[3]);
        if (!divided)
            continue;
        r[2] = int_new_unsigned(i);
        r[0] = int_binary(OP_FLOORDIV, r[0], r[2]);
    }
    return r[0];
}

static val math_factorial(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 2);
    r[0] = index_val(a[0]);
    if (int_compare(r[0], FALSE) < 0)
        raise_value("factorial() not defined for negative values");
    r[1] = int_new(1);
    return product(r[1], 1, need_size(r[0]), false);
}
NATIVE(math_factorial, factorial, 1, 1);

static val choose(size_t n, val *a, bool ordered)
{
    ROOTS(r, 3);
    r[0] = index_val(a[0]);
    r[1] = n > 1 && a[1] != NONE ? index_val(a[1]) : r[0];
    if (int_compare(r[0], FALSE) < 0 || int_compare(r[1], FALSE) < 0)
        raise_value("%s must be a non-negative integer", int_compare(r[0], FALSE) < 0 ? "n" : "k");
    r[2] = int_binary(OP_SUB, r[0], r[1]);
    if (int_compare(r[2], FALSE) < 0)
        return int_new(0);
    if (!ordered && int_compare(r[2], r[1]) < 0)
        r[1] = r[2];
    return product(r[0], -1, need_size(r[1]), !ordered);
}

static val math_comb(size_t n, val *a)
{
    return choose(n, a, false);
}
NATIVE(math_comb, comb, 2, 2);

static val math_perm(size_t n, val *a)
{
    return choose(n, a, true);
}
NATIVE(math_perm, perm, 1, 2);

// Newton's steps from above, which never go below the root.
static val math_isqrt(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 3);
    r[0] = index_val(a[0]);
    if (int_compare(r[0], FALSE) < 0)
        raise_value("isqrt() argument must be nonnegative");
    if (!truth(r[0]))
        return int_new(0);
    r[2] = int_new(1);
    r[2] = int_shift_left_bits(r[2], (int_bits(r[0]) + 1) / 2);
    do {
        r[1] = r[2];
        r[2] = int_binary(OP_FLOORDIV, r[0], r[1]);
        r[2] = int_binary(OP_ADD, r[1], r[2]);
        r[2] = int_shift_right_bits(r[2], 1);
    } while (int_compare(r[2], r[1]) < 0);
    return r[1];
}
NATIVE(math_isqrt, isqrt, 1, 1);

static const struct floating e_value = {{&type_float}, (real)2.71828182845904523536L},
                             pi_value = {{&type_float}, PI}, tau_value = {{&type_float}, 2 * PI},
                             inf_value = {{&type_float}, INFINITY},
                             nan_value = {{&type_float}, NAN};

NAMES(module_math, S(e), V(e_value), S(__name__), S(math), N(acos, math_acos), N(acosh, math_acosh),
      N(asin, math_asin), N(asinh, math_asinh), N(atan, math_atan), N(atan2, math_atan2),
      N(atanh, math_atanh), N(cbrt, math_cbrt), N(ceil, math_ceil), N(comb, math_comb),
      N(copysign, math_copysign), N(cos, math_cos), N(cosh, math_cosh), N(degrees, math_degrees),
      N(erf, math_erf), N(erfc, math_erfc), N(exp, math_exp), N(expm1, math_expm1),
      N(fabs, math_fabs), N(factorial, math_factorial), N(floor, math_floor), N(fmod, math_fmod),
      N(frexp, math_frexp), N(gamma, math_gamma), N(gcd, math_gcd), N(hypot, math_hypot), S(inf),
      V(inf_value), N(isclose, math_isclose), N(isfinite, math_isfinite), N(isinf, math_isinf),
      N(isnan, math_isnan), N(isqrt, math_isqrt), N(lcm, math_lcm), N(ldexp, math_ldexp),
      N(lgamma, math_lgamma), N(log, math_log), N(log10, math_log10), N(log1p, math_log1p),
      N(log2, math_log2), N(modf, math_modf), S(nan), V(nan_value), N(perm, math_perm), S(pi),
      V(pi_value), N(pow, math_pow), N(radians, math_radians), N(remainder, math_remainder),
      N(sin, math_sin), N(sinh, math_sinh), N(sqrt, math_sqrt), N(tan, math_tan),
      N(tanh, math_tanh), S(tau), V(tau_value), N(trunc, math_trunc));
#endif
