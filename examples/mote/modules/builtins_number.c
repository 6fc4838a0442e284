// SPDX-License-Identifier: MIT
// The built-in functions about numbers: abs bin divmod hex max min oct pow round sum.
#include "modules/modules.h"
#include "types/big.h"
#include "types/real.h"

static val builtin_abs(size_t n, val *a)
{
    (void)n;
    return op_unary(OP_ABS, a[0]);
}
BUILTIN(abs, 1, 1);

static val builtin_divmod(size_t n, val *a)
{
    (void)n;
    return op_binary(OP_DIVMOD, a[0], a[1]);
}
BUILTIN(divmod, 2, 2);

static val in_base(val v, int base, const char *prefix)
{
    ROOTS(r, 1);
    BUILDER(b);
    r[0] = index_val(v);
    if (int_compare(r[0], FALSE) < 0)
        sink_char(&b.sink, '-');
    r[0] = int_unary(OP_ABS, r[0]);
    sink_text(&b.sink, prefix);
    int_print(r[0], &b.sink, base, false);
    return builder_str(&b);
}

static val builtin_bin(size_t n, val *a)
{
    (void)n;
    return in_base(a[0], 2, "0b");
}
BUILTIN(bin, 1, 1);

static val builtin_oct(size_t n, val *a)
{
    (void)n;
    return in_base(a[0], 8, "0o");
}
BUILTIN(oct, 1, 1);

static val builtin_hex(size_t n, val *a)
{
    (void)n;
    return in_base(a[0], 16, "0x");
}
BUILTIN(hex, 1, 1);

static const val pow_keywords[] = {S(base), S(exp), S(mod)};

static val builtin_pow(size_t n, val *a)
{
    (void)n;
    if (!a[2] || a[2] == NONE)
        return op_binary(OP_POW, a[0], a[1]);
    if (!is_int(a[0]) || !is_int(a[1]) || !is_int(a[2]))
        raise_type("pow() 3rd argument not allowed unless all arguments are integers");
    return int_pow_mod(a[0], a[1], a[2]);
}
BUILTIN_FULL(pow, 2, 3, 0, pow_keywords);

// ------------------------------------------------------------------------------------------ round

#if MOTE_RARE
// To a multiple of 10**places, halves to the even one.
static val round_int(val v, intptr_t places)
{
    ROOTS(r, 5);
    enum { UNIT, Q, REST, TWICE, ONE };
    // More places than bits: the unit is more than twice the value.
    if (places > 0 && (size_t)places > int_bits(v) + 1)
        return int_new(0);
    r[UNIT] = int_new(10);
    r[Q] = int_new(places);
    r[UNIT] = int_pow_mod(r[UNIT], r[Q], NOTHING);
    int_divide(v, r[UNIT], &r[Q]);
    r[TWICE] = int_binary(OP_ADD, r[REST], r[REST]);
    int order = int_compare(r[TWICE], r[UNIT]);
    r[ONE] = int_new(1);
    r[TWICE] = int_binary(OP_AND, r[Q], r[ONE]);
    if (order > 0 || (order == 0 && truth(r[TWICE])))
        r[Q] = int_binary(OP_ADD, r[Q], r[ONE]);
    return int_binary(OP_MUL, r[Q], r[UNIT]);
}
#else
_Noreturn static val round_int(val v, intptr_t places)
{
    raise_value("this build does not round %v to %d digits before the point", v, (int)places);
}
#endif

// How many places, cut to what makes a difference.
static intptr_t places_of(val v)
{
    intptr_t i;
    ROOTS(r, 1);
    r[0] = index_val(v);
    if (!int_fits(r[0], &i))
        return int_compare(r[0], FALSE) < 0 ? -INTPTR_MAX : INTPTR_MAX;
    return i < -INTPTR_MAX ? -INTPTR_MAX : i;
}

#if MOTE_FLOAT
static val round_float(real value, val places)
{
    if (places == NOTHING) {
        real whole = MATH(round)(value); // halves away from 0
        if (MATH(fabs)(value - whole) == (real)0.5)
            whole = 2 * MATH(round)(value / 2);
        return int_of_float(whole);
    }
    real r = float_round(value, places_of(places));
    if (isinf(r) && isfinite(value))
        raise_error(&type_OverflowError, "rounded value too large to represent");
    return float_new(r);
}
#endif

static const val round_keywords[] = {S(number), S(ndigits)};

static val builtin_round(size_t n, val *a)
{
    (void)n;
    val places = a[1] == NONE ? NOTHING : a[1];
    val i = is_int(a[0]) ? a[0] : as_native(a[0], &type_int);
#if MOTE_FLOAT
    val f = as_native(a[0], &type_float);
    if (f)
        return round_float(((struct floating *)f)->value, places);
#endif
    if (i) {
        intptr_t p = places ? places_of(places) : 0;
        return p < 0 ? round_int(i, -p) : int_unary(OP_POS, i);
    }
    ROOTS(r, 1);
    r[0] = is_object(a[0]) ? attr_find(a[0], S(__round__)) : NOTHING;
    if (!r[0])
        raise_type("type %t doesn't define __round__ method", a[0]);
    return call(r[0], places ? 1 : 0, 0, a + 1);
}
BUILTIN_FULL(round, 1, 2, 0, round_keywords);

// ------------------------------------------------------------------------------------------ sum, min, max

static const val sum_keywords[] = {NOTHING, S(start)};

static val builtin_sum(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 3);
    if (a[1] && is_str(a[1]))
        raise_type("sum() can't sum strings [use ''.join(seq) instead]");
    r[1] = a[1] ? a[1] : int_new(0);
    r[0] = iter_of(a[0]);
    while ((r[2] = iter_next(r[0])) != NOTHING)
        r[1] = op_binary(OP_ADD, r[1], r[2]);
    return r[1];
}
BUILTIN_FULL(sum, 1, 2, 0, sum_keywords);

// The keywords key and default of min and max.
static void take_keywords(val kw, const char *name, val *key, val *otherwise)
{
    size_t at = 0;
    val *slot;
    while (kw && table_next(table_of(kw), &at, &slot)) {
        if (text_is(slot[0], "key"))
            *key = slot[1] == NONE ? NOTHING : slot[1];
        else if (text_is(slot[0], "default"))
            *otherwise = slot[1];
        else
            raise_type("'%v' is an invalid keyword argument for %s()", slot[0], name);
    }
}

// The first that is before all others in the order of op.
static val extreme(size_t n, val *a, enum op op, const char *name)
{
    enum { ITER, BEST, BEST_KEY, NEW, NEW_KEY, KEY };
    ROOTS(r, 6);
    val otherwise = NOTHING; // lies in the dict of keywords
    take_keywords(a[n], name, &r[KEY], &otherwise);
    if (!n)
        raise_type("%s expected at least 1 argument, got 0", name);
    if (n > 1 && otherwise)
        raise_type("Cannot specify a default for %s() with multiple positional arguments", name);
    if (n == 1)
        r[ITER] = iter_of(a[0]);
    for (size_t i = 0;; i++) {
        if (n > 1)
            r[NEW] = i < n ? a[i] : NOTHING;
        else
            r[NEW] = iter_next(r[ITER]);
        if (!r[NEW])
            break;
        r[NEW_KEY] = r[KEY] ? call1(r[KEY], r[NEW]) : r[NEW];
        if (i && !truth(op_binary(op, r[NEW_KEY], r[BEST_KEY])))
            continue;
        r[BEST] = r[NEW];
        r[BEST_KEY] = r[NEW_KEY];
    }
    if (r[BEST])
        return r[BEST];
    if (!otherwise)
        raise_value("%s() arg is an empty sequence", name);
    return otherwise;
}

static val builtin_min(size_t n, val *a)
{
    return extreme(n, a, OP_LT, "min");
}
BUILTIN_FULL(min, 0, 0, NATIVE_VAR | NATIVE_KW);

static val builtin_max(size_t n, val *a)
{
    return extreme(n, a, OP_GT, "max");
}
BUILTIN_FULL(max, 0, 0, NATIVE_VAR | NATIVE_KW);
