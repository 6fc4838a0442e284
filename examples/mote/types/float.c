// SPDX-License-Identifier: MIT
// Floats: values in and out, the operators, the meeting of floats and ints, and the type.
//
// Whatever leaves the exact world is rounded once: int / int and int -> float go through one quotient of two ints with the
// bits lost below it kept as a single sticky bit (int_ratio), which reading decimal texts uses too. Comparing with an int is
// exact.
#include "types/big.h"
#include "types/real.h"

#if MOTE_FLOAT

val float_new(real value)
{
    struct floating *f = heap_new(&type_float);
    f->value = value;
    return V(*f);
}

static bool is_float(val v)
{
    return is_object(v) && has_type(v, &type_float);
}

static inline real value_of(val v)
{
    return ((const struct floating *)v)->value;
}

// ------------------------------------------------------------------------------------------ from ints, and back

// The nearest to m * 2**exponent, ties to even. The lowest bit of m also stands for all that was lost below it.
static real round_mantissa(mantissa m, intptr_t exponent)
{
    int bits = 0;
    for (mantissa t = m; t; t >>= 1)
        bits++;
    intptr_t keep =
        exponent + bits - (REAL_MIN_EXP - REAL_BITS); // those that a subnormal has room for
    if (keep > REAL_BITS)
        keep = REAL_BITS;
    if (keep < 0)
        return 0;
    int drop = bits - (int)keep;
    if (drop > 0) {
        mantissa half = (mantissa)1 << (drop - 1), rest = m & (2 * half - 1);
        m = (m >> (drop - 1)) >> 1;
        m += rest > half || (rest == half && m & 1);
        exponent += drop;
    }
    return exponent > REAL_MAX_EXP ? INFINITY : MATH(ldexp)((real)m, (int)exponent);
}

static mantissa low_bits(val v)
{
    struct operand o;
    operand_of(v, &o);
    mantissa m = 0;
    for (size_t i = o.len; i--;)
        m = m << DIGIT_BITS | o.digits[i];
    return m;
}

// Word-sized operands that floats hold exactly divide as floats.
static bool ratio_of_words(val a, val b, real *out)
{
    const intptr_t most = (intptr_t)1 << (REAL_BITS < WORD_BITS - 2 ? REAL_BITS : WORD_BITS - 2);
    intptr_t x, y;
    if (!int_fits(a, &x) || !int_fits(b, &y) || x > most || x < -most || y > most || y < -most)
        return false;
    *out = (real)x / (real)y;
    return true;
}

real int_ratio(val a, val b)
{
    real r;
    if (ratio_of_words(a, b, &r))
        return r;
    bool negative = (int_compare(a, FALSE) < 0) != (int_compare(b, FALSE) < 0);
    intptr_t up = (intptr_t)int_bits(b) - (intptr_t)int_bits(a) + REAL_BITS + 2;
    if (up < -REAL_MAX_EXP)
        r = INFINITY;
    else if (up > REAL_BITS + 4 - (REAL_MIN_EXP - REAL_BITS))
        r = 0;
    else {
        ROOTS(v, 4);
        v[0] = int_unary(OP_ABS, a);
        v[1] = int_unary(OP_ABS, b);
        if (up > 0)
            v[0] = int_shift_left_bits(v[0], (size_t)up);
        else
            v[1] = int_shift_left_bits(v[1], (size_t)-up);
        int_divide(v[0], v[1], &v[2]);
        r = round_mantissa(low_bits(v[2]) | truth(v[3]), -up);
    }
    return negative ? -r : r;
}

real int_real(val v)
{
    intptr_t i;
    if (int_fits(v, &i))
        return (real)i;
    ROOTS(r, 1);
    r[0] = int_new(1);
    return int_ratio(v, r[0]);
}

val int_of_float(real value)
{
    if (isnan(value))
        raise_value("cannot convert float NaN to integer");
    if (isinf(value))
        raise_error(&type_OverflowError, "cannot convert float infinity to integer");
    if (value > (real)INTPTR_MIN && value < -(real)INTPTR_MIN)
        return int_new((intptr_t)value);
    int exponent;
    ROOTS(r, 1);
    real m = MATH(ldexp)(MATH(frexp)(MATH(trunc)(value), &exponent), REAL_BITS);
    r[0] = int_new_64((int64_t)m);
    exponent -= REAL_BITS;
    return exponent < 0 ? int_shift_right_bits(r[0], (size_t)-exponent)
                        : int_shift_left_bits(r[0], (size_t)exponent);
}

static real int_to_float(val v)
{
    real r = int_real(v);
    if (isinf(r))
        raise_error(&type_OverflowError, "int too large to convert to float");
    return r;
}

bool float_fits(val v, real *out)
{
    if (is_float(v)) {
        *out = value_of(v);
        return true;
    }
    if (is_int(v)) {
        *out = int_to_float(v);
        return true;
    }
    ROOTS(r, 1);
    r[0] = int_ask(v, S(__float__));
    if (r[0] && !is_float(r[0]))
        raise_type("%t.__float__ returned non-float (type %t)", v, r[0]);
    if (!r[0])
        r[0] = as_native(v, &type_float);
    if (!r[0])
        r[0] = as_native(v, &type_int);
    if (!r[0])
        r[0] = int_ask(v, S(__index__));
    return r[0] && float_fits(r[0], out);
}

real need_float(val v)
{
    real r;
    if (!float_fits(v, &r))
        raise_type("must be real number, not %t", v);
    return r;
}

// ------------------------------------------------------------------------------------------ operators

// The hash of an int is the int modulo a prime; so is that of m * 2**e, 2**e being a rotation.
size_t float_hash(real value)
{
    const int bits = MOTE_64 ? 61 : 31;
    const uintptr_t prime = ((uintptr_t)1 << bits) - 1;
    if (isnan(value))
        return 0;
    if (isinf(value))
        return (size_t)(value > 0 ? 314159 : -314159);
    int e;
    mantissa m = (mantissa)MATH(ldexp)(MATH(frexp)(MATH(fabs)(value), &e), REAL_BITS);
    uintptr_t h = 0;
    for (; m; m = m >> (bits - 1) >> 1) {
        // Only 32-bit machines come here twice; the second part is worth 2**31, which is 1.
        h += (uintptr_t)m & prime;
        h = (h & prime) + (h >> bits);
    }
    e = (e - REAL_BITS) % bits;
    e += e < 0 ? bits : 0;
    h = ((h << e) & prime) | h >> (bits - e);
    if (h == prime)
        h = 0;
    if (value < 0)
        h = -h;
    return h == (uintptr_t)-1 ? (uintptr_t)-2 : h;
}

// The order of a float and an int, exactly; the float is no NaN.
static int compare_int(real a, val b)
{
    intptr_t i;
    const intptr_t most = (intptr_t)1 << (REAL_BITS < WORD_BITS - 2 ? REAL_BITS : WORD_BITS - 2);
    if (int_fits(b, &i) && i <= most && i >= -most)
        return a < (real)i ? -1 : a > (real)i;
    if (isinf(a))
        return a < 0 ? -1 : 1;
    ROOTS(r, 1);
    real whole = MATH(trunc)(a);
    r[0] = int_of_float(whole);
    int order = int_compare(r[0], b);
    return order ? order : a < whole ? -1 : a > whole;
}

static bool compare(enum op op, val a, val b)
{
    real x = is_float(a) ? value_of(a) : 0, y = is_float(b) ? value_of(b) : 0;
    if (isnan(x) || isnan(y))
        return op == OP_NE;
    int order = !is_float(b)   ? compare_int(x, b)
                : !is_float(a) ? -compare_int(y, a)
                : x < y        ? -1
                               : x > y;
    return op_order(op, order);
}

_Noreturn static void raise_zero(const char *message)
{
    raise_error(&type_ZeroDivisionError, message);
}

// The remainder takes the sign of b; the quotient is a whole number near (a - remainder) / b.
static real divide(real a, real b, real *remainder)
{
    real m = MATH(fmod)(a, b), q = (a - m) / b;
    if (m == 0) {
        m = MATH(copysign)(0, b);
    } else if ((b < 0) != (m < 0)) {
        m += b;
        q -= 1;
    }
    *remainder = m;
    if (q == 0)
        return MATH(copysign)(0, a / b);
    real whole = MATH(floor)(q);
    return q - whole > (real)0.5 ? whole + 1 : whole;
}

void raise_range(void)
{
    ROOTS(r, 2);
    r[0] = int_new(34);
    r[1] = str_of_c("Numerical result out of range");
    r[0] = call(V(type_OverflowError), 2, 0, r);
    raise_val(r[0]);
}

static real power(real a, real b)
{
    if (a == 0 && b < 0 && isfinite(b))
        raise_zero("0.0 cannot be raised to a negative power");
    if (a < 0 && isfinite(a) && isfinite(b) && b != MATH(floor)(b))
        raise_value("no complex numbers: negative number to a fractional power");
    real r = MATH(pow)(a, b);
    if (isinf(r) && isfinite(a) && isfinite(b))
        raise_range();
    return r;
}

static val divmod(real a, real b)
{
    ROOTS(r, 2);
    real m, q = divide(a, b, &m);
    r[0] = float_new(q);
    r[1] = float_new(m);
    return tuple_new(2, r);
}

val float_binary(enum op op, val a, val b)
{
    if ((!is_float(a) && !is_int(a)) || (!is_float(b) && !is_int(b)))
        return NOTHING;
    if (op <= OP_GE)
        return bool_new(compare(op, a, b));
    if (op < OP_ADD || op == OP_MATMUL || (op > OP_POW && op != OP_DIVMOD))
        return NOTHING;
    real x = is_float(a) ? value_of(a) : int_to_float(a),
         y = is_float(b) ? value_of(b) : int_to_float(b);
    switch (op) {
    case OP_ADD:
        return float_new(x + y);
    case OP_SUB:
        return float_new(x - y);
    case OP_MUL:
        return float_new(x * y);
    case OP_TRUEDIV:
        if (y == 0)
            raise_zero("float division by zero");
        return float_new(x / y);
    case OP_FLOORDIV:
        if (y == 0)
            raise_zero("float floor division by zero");
        return float_new(divide(x, y, &x));
    case OP_MOD:
        if (y == 0)
            raise_zero("float modulo");
        divide(x, y, &x);
        return float_new(x);
    case OP_DIVMOD:
        if (y == 0)
            raise_zero("float divmod()");
        return divmod(x, y);
    default:
        return float_new(power(x, y));
    }
}

static val float_unary(enum op op, val v)
{
    real x = value_of(v);
    switch (op) {
    case OP_NEG:
        return float_new(-x);
    case OP_POS:
        return v;
    case OP_ABS:
        return float_new(MATH(fabs)(x));
    case OP_HASH:
        return int_new((intptr_t)float_hash(x));
    case OP_TRUTH:
        return bool_new(x != 0);
    default:
        return NOTHING;
    }
}

// ------------------------------------------------------------------------------------------ the type

static void float_print_op(val v, struct sink *out, enum print_how how)
{
    (void)how;
    float_print(value_of(v), out);
}

static val float_make(const struct type *type, size_t n, size_t kw, val *args)
{
    (void)type;
    struct buffer b;
    real r;
    if (kw)
        raise_type("float() takes no keyword arguments");
    if (n > 1)
        raise_type("float expected at most 1 argument, got %z", n);
    if (!n)
        return float_new(0);
    if (is_float(args[0]))
        return args[0];
    if (float_fits(args[0], &r))
        return float_new(r);
    val s = as_native(args[0], &type_str);
    struct text t = {NULL, 0};
    if (s)
        t = text_of(s);
    else if (buffer_find(args[0], &b))
        t = (struct text){(const char *)b.data, b.size};
    else
        raise_type("float() argument must be a string or a real number, not '%t'", args[0]);
    val v = float_parse(t.data, t.size);
    if (!v)
        raise_value("could not convert string to float: %r", args[0]);
    return v;
}

static real self_value(val *a)
{
    return value_of((val)native_self(a[0], &type_float));
}

static val float_is_integer(size_t n, val *a)
{
    (void)n;
    real x = self_value(a);
    return bool_new(isfinite(x) && x == MATH(floor)(x));
}
NATIVE(float_is_integer, is_integer, 1, 1);

static val float_conjugate(size_t n, val *a)
{
    (void)n;
    return (val)native_self(a[0], &type_float);
}
NATIVE(float_conjugate, conjugate, 1, 1);

static val float_as_integer_ratio(size_t n, val *a)
{
    (void)n;
    real x = self_value(a);
    if (!isfinite(x))
        raise_error(isnan(x) ? &type_ValueError : &type_OverflowError,
                    "cannot convert %s to integer ratio", isnan(x) ? "NaN" : "Infinity");
    int e;
    real m = MATH(frexp)(x, &e);
    for (; m != MATH(floor)(m); m *= 2)
        e--;
    ROOTS(r, 2);
    r[0] = int_of_float(m);
    r[1] = int_new(1);
    r[e < 0] = int_shift_left_bits(r[e < 0], (size_t)(e < 0 ? -e : e));
    return tuple_new(2, r);
}
NATIVE(float_as_integer_ratio, as_integer_ratio, 1, 1);

static val float_attr(val self, val name, val value)
{
    if (value != LOAD)
        return NOTHING;
    return name == S(real) ? self : name == S(imag) ? float_new(0) : NOTHING;
}

METHODS(float_names, ROW(as_integer_ratio, float_as_integer_ratio), ROW(conjugate, float_conjugate),
        ROW(is_integer, float_is_integer));

static const struct ops float_ops = {.print = float_print_op,
                                     .unary = float_unary,
                                     .binary = float_binary,
                                     .attr = float_attr,
                                     .make = float_make};

const struct type type_float = {{&type_type}, S(float),
                                &float_ops,   V(float_names),
                                NOTHING,      {sizeof(struct floating), 0, 0, 0, TYPE_BASE}};
#endif
