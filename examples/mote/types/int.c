// SPDX-License-Identifier: MIT
// Ints: values in and out, and the operators.
//
// Whatever fits a machine word is worked on as one (word_binary); the rest goes through sign and magnitude (struct operand),
// where a small int is spread over the digits of its word so that no operator needs to know how its operands are kept.
//
//     big      +------+---+-----+----+----+----+
//              | type |sign len | d0 | d1 | .. |    value = +-(d0 + d1 * B + ...), B = 2**32 (2**16 on 32-bit machines)
//              +------+---+-----+----+----+----+
//
// Division rounds down, as Python wants. Shifts and bitwise operators are in int_bits.c.
#include "types/big.h"

// ------------------------------------------------------------------------------------------ values in and out

bool is_int(val v)
{
    return is_small(v) || v == TRUE || v == FALSE || (is_object(v) && has_type(v, &type_int));
}

// The digits of a word; how many there are.
static size_t spread(uintptr_t u, digit *out)
{
    size_t n = 0;
    for (; u; u >>= DIGIT_BITS)
        out[n++] = (digit)u;
    return n;
}

void operand_of(val v, struct operand *out)
{
    if (is_object(v) && has_type(v, &type_int)) {
        const struct big *b = (const struct big *)v;
        out->digits = b->digits;
        out->len = count_of(b);
        out->negative = b->len & COUNT_FLAG;
        return;
    }
    intptr_t i = is_small(v) ? small_of(v) : v == TRUE;
    out->negative = i < 0;
    out->digits = out->own;
    out->len = spread(i < 0 ? -(uintptr_t)i : (uintptr_t)i, out->own);
}

struct big *big_new(size_t digits)
{
    return heap_new_counted(&type_int, digits);
}

// The word with this magnitude, if one has it.
static bool word_of(const digit *d, size_t n, bool negative, intptr_t *out)
{
    if (n > WORD / sizeof(digit))
        return false;
    uintptr_t u = 0;
    while (n--)
        u = u << DIGIT_BITS | d[n];
    if (u > (uintptr_t)INTPTR_MAX + negative)
        return false;
    *out = (intptr_t)(negative ? -u : u);
    return true;
}

val big_done(struct big *b, bool negative)
{
    size_t count = count_of(b), n = mag_trim(b->digits, count);
#if !MOTE_BOXED_INT
    intptr_t i;
    if (word_of(b->digits, n, negative, &i) && i >= SMALL_MIN && i <= SMALL_MAX) {
        heap_free(b);
        return SMALL(i);
    }
#endif
    if (n < count)
        b = heap_resize_counted(b, n);
    if (negative && n)
        b->len |= COUNT_FLAG;
    return V(*b);
}

static val word_new(uintptr_t magnitude, bool negative)
{
    digit d[WORD / sizeof(digit)];
    size_t n = spread(magnitude, d);
    struct big *b = big_new(n);
    memcpy(b->digits, d, n * sizeof(digit));
    return big_done(b, negative);
}

val int_new(intptr_t i)
{
#if !MOTE_BOXED_INT
    if (i >= SMALL_MIN && i <= SMALL_MAX)
        return SMALL(i);
#endif
    return word_new(i < 0 ? -(uintptr_t)i : (uintptr_t)i, i < 0);
}

val int_new_unsigned(uintptr_t u)
{
#if !MOTE_BOXED_INT
    if (u <= SMALL_MAX)
        return SMALL(u);
#endif
    return word_new(u, false);
}

#if MOTE_64
val int_new_64(int64_t i)
{
    return int_new(i);
}

val int_new_u64(uint64_t u)
{
    return int_new_unsigned(u);
}
#else
static val int_new_wide(uint64_t u, bool negative)
{
    struct big *b = big_new(4);
    for (size_t i = 0; i < 4; i++)
        b->digits[i] = (digit)(u >> (i * DIGIT_BITS));
    return big_done(b, negative);
}

val int_new_64(int64_t i)
{
    return int_new_wide(i < 0 ? -(uint64_t)i : (uint64_t)i, i < 0);
}

val int_new_u64(uint64_t u)
{
    return int_new_wide(u, false);
}
#endif

bool int_fits(val v, intptr_t *out)
{
    if (is_small(v)) {
        *out = small_of(v);
        return true;
    }
    if (!is_int(v))
        return false;
    struct operand a;
    operand_of(v, &a);
    return word_of(a.digits, a.len, a.negative, out);
}

val int_ask(val v, val name)
{
    ROOTS(r, 1);
    if (!is_object(v))
        return NOTHING;
    r[0] = attr_find(v, name);
    return r[0] ? call0(r[0]) : NOTHING;
}

val index_try(val v)
{
    if (is_int(v))
        return v;
    val i = as_native(v, &type_int);
    if (i)
        return i;
    i = int_ask(v, S(__index__));
    if (i && !is_int(i))
        raise_type("__index__ returned non-int (type %t)", i);
    return i;
}

val index_val(val v)
{
    val i = index_try(v);
    if (!i)
        raise_type("'%t' object cannot be interpreted as an integer", v);
    return i;
}

intptr_t need_int(val v)
{
    intptr_t i;
    if (!int_fits(index_val(v), &i))
        raise_error(&type_OverflowError, "cannot fit 'int' into an index-sized integer");
    return i;
}

size_t need_size(val v)
{
    intptr_t i = need_int(v);
    if (i < 0)
        raise_value("negative count");
    return (size_t)i;
}

// ------------------------------------------------------------------------------------------ magnitudes with a sign

int int_compare(val a, val b)
{
    struct operand x, y;
    operand_of(a, &x);
    operand_of(b, &y);
    if (x.negative != y.negative)
        return x.negative ? -1 : 1;
    int order = mag_compare(x.digits, x.len, y.digits, y.len);
    return x.negative ? -order : order;
}

// a + b, or a - b when b's sign is turned.
static val add(const struct operand *a, const struct operand *b, bool turn)
{
    bool negative = a->negative;
    if (negative == (b->negative != turn)) {
        if (a->len < b->len) {
            const struct operand *t = a;
            a = b;
            b = t;
        }
        struct big *r = big_new(a->len + 1);
        mag_add(r->digits, a->digits, a->len, b->digits, b->len);
        return big_done(r, negative);
    }
    if (mag_compare(a->digits, a->len, b->digits, b->len) < 0) {
        const struct operand *t = a;
        a = b;
        b = t;
        negative = !negative;
    }
    struct big *r = big_new(a->len);
    mag_sub(r->digits, a->digits, a->len, b->digits, b->len);
    return big_done(r, negative);
}

static val multiply(const struct operand *a, const struct operand *b)
{
    steps_take(a->len * b->len / 64);
    struct big *r = big_new(a->len + b->len);
    mag_mul(r->digits, a->digits, a->len, b->digits, b->len);
    return big_done(r, a->negative != b->negative);
}

static struct big *big_copy(const struct operand *o, size_t room)
{
    struct big *b = big_new(room);
    memcpy(b->digits, o->digits, o->len * sizeof(digit));
    return b;
}

// Floor division. What is not asked for (quotient or remainder false) stays NOTHING.
static void divide(val av, val bv, val out[2], bool quotient, bool remainder)
{
    struct operand a, b;
    operand_of(av, &a);
    operand_of(bv, &b);
    bool differ = a.negative != b.negative;
    // The room for the quotient's rounding away from 0, and for what mag_divide shifts out of the remainder.
    size_t qn = a.len < b.len ? 1 : a.len - b.len + 2, rn = (a.len < b.len ? b.len : a.len) + 1;
    steps_take(qn * b.len / 64);
    ROOTS(r, 2);
    struct big *q = NULL, *m = big_copy(&a, rn);
    r[0] = V(*m);
    if (quotient) {
        q = big_new(qn);
        r[1] = V(*q);
    }
    if (a.len >= b.len)
        mag_divide(q ? q->digits : NULL, m->digits, a.len, b.digits, b.len);
    if (differ && mag_trim(m->digits, rn)) {
        if (q)
            for (size_t i = 0; !++q->digits[i];)
                i++;
        mag_sub(m->digits, b.digits, b.len, m->digits, mag_trim(m->digits, rn));
    }
    r[0] = NOTHING; // big_done may free it
    if (remainder)
        out[1] = big_done(m, b.negative);
    else
        heap_free(m);
    if (quotient)
        out[0] = big_done(q, differ);
}

void int_divide(val a, val b, val out[2])
{
    divide(a, b, out, true, true);
}

// ------------------------------------------------------------------------------------------ operators

static val true_divide(val a, val b)
{
#if MOTE_FLOAT
    real q = int_ratio(a, b);
    if (q - q != 0)
        raise_error(&type_OverflowError, "integer division result too large for a float");
    return float_new(q);
#else
    (void)a;
    (void)b;
    raise_no_floats();
#endif
}

bool op_order(enum op op, int order)
{
    switch (op) {
    case OP_LT:
        return order < 0;
    case OP_LE:
        return order <= 0;
    case OP_EQ:
        return order == 0;
    case OP_NE:
        return order != 0;
    case OP_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

// Operands of a machine word; NOTHING when the result, or the operator, needs more.
static val word_binary(enum op op, intptr_t a, intptr_t b)
{
    intptr_t r;
    switch (op) {
    case OP_LT ... OP_GE:
        return bool_new(op_order(op, a < b ? -1 : a > b));
    case OP_ADD:
        if (__builtin_add_overflow(a, b, &r))
            return NOTHING;
        break;
    case OP_SUB:
        if (__builtin_sub_overflow(a, b, &r))
            return NOTHING;
        break;
    case OP_MUL:
        if (__builtin_mul_overflow(a, b, &r))
            return NOTHING;
        break;
    case OP_FLOORDIV:
    case OP_MOD: {
        if (!b || (b == -1 && a == INTPTR_MIN))
            return NOTHING;
        intptr_t rest = a % b;
        bool down = rest && (rest ^ b) < 0;
        r = op == OP_MOD ? rest + (down ? b : 0) : a / b - down;
        break;
    }
    case OP_LSHIFT:
        if (b < 0 || b >= (intptr_t)WORD_BITS - 1)
            return NOTHING;
        r = (intptr_t)((uintptr_t)a << b);
        if (r >> b != a)
            return NOTHING;
        break;
    case OP_RSHIFT:
        if (b < 0)
            return NOTHING;
        r = a >> (b < (intptr_t)WORD_BITS ? b : (intptr_t)WORD_BITS - 1);
        break;
    case OP_AND:
        r = a & b;
        break;
    case OP_OR:
        r = a | b;
        break;
    case OP_XOR:
        r = a ^ b;
        break;
    default:
        return NOTHING;
    }
    return int_new(r);
}

static void check_divisor(enum op op, val b)
{
    if (truth(b))
        return;
    raise_error(&type_ZeroDivisionError, op == OP_TRUEDIV ? "division by zero"
                                         : op == OP_MOD   ? "integer modulo by zero"
                                                          : "integer division or modulo by zero");
}

static val divided(enum op op, val a, val b)
{
    ROOTS(r, 2);
    check_divisor(op, b);
    divide(a, b, r, op != OP_MOD, op != OP_FLOORDIV);
    return op == OP_DIVMOD ? tuple_new(2, r) : op == OP_MOD ? r[1] : r[0];
}

val int_binary(enum op op, val a, val b)
{
    if (!is_int(a) || !is_int(b))
        return NOTHING;
    intptr_t i, j;
    if (int_fits(a, &i) && int_fits(b, &j)) {
        val r = word_binary(op, i, j);
        if (r)
            return r;
    }
    struct operand x, y;
    operand_of(a, &x);
    operand_of(b, &y);
    switch (op) {
    case OP_LT ... OP_GE:
        return bool_new(op_order(op, int_compare(a, b)));
    case OP_ADD:
    case OP_SUB:
        return add(&x, &y, op == OP_SUB);
    case OP_MUL:
        return multiply(&x, &y);
    case OP_TRUEDIV:
        check_divisor(op, b);
        return true_divide(a, b);
    case OP_FLOORDIV:
    case OP_MOD:
    case OP_DIVMOD:
        return divided(op, a, b);
    case OP_POW:
        return int_power(a, b);
    case OP_LSHIFT:
    case OP_RSHIFT:
        return int_shift(op, a, b);
    case OP_AND:
    case OP_OR:
    case OP_XOR:
        return int_bitwise(op, &x, &y);
    default:
        return NOTHING;
    }
}

// 2**61 - 1, or 2**31 - 1: a prime, so that fractions have a hash too, and a power of two is a rotation.
size_t int_hash(val v)
{
    const uintptr_t bits = MOTE_64 ? 61 : 31, prime = ((uintptr_t)1 << bits) - 1;
    struct operand a;
    operand_of(v, &a);
    uintptr_t h = 0;
    for (size_t i = a.len; i--;) {
        h = ((h << DIGIT_BITS) & prime) | h >> (bits - DIGIT_BITS);
        h += a.digits[i];
        if (h >= prime)
            h -= prime;
    }
    if (a.negative)
        h = -h;
    return h == (uintptr_t)-1 ? (uintptr_t)-2 : h;
}

val int_unary(enum op op, val v)
{
    struct operand a, zero = {.len = 0}, one = {.own = {1}, .len = 1};
    one.digits = one.own;
    zero.digits = zero.own;
    operand_of(v, &a);
    switch (op) {
    case OP_HASH:
        return int_new((intptr_t)int_hash(v));
    case OP_TRUTH:
        return bool_new(a.len);
    case OP_INVERT: // -1 - v
        one.negative = true;
        return add(&one, &a, true);
    case OP_NEG:
        return add(&zero, &a, true);
    case OP_ABS:
        if (a.negative)
            return add(&zero, &a, true);
        // fall through
    case OP_POS:
        return has_type(v, &type_bool) ? int_new(v == TRUE) : v;
    default:
        return NOTHING;
    }
}
