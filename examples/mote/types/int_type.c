// SPDX-License-Identifier: MIT
// The type int: int(...), its methods and attributes, ints as bytes.
#include "types/big.h"

static void int_print_op(val v, struct sink *out, enum print_how how)
{
    (void)how;
    int_print(v, out, 10, false);
}

// ------------------------------------------------------------------------------------------ int(...)

static bool text_like(val v, struct text *out)
{
    val s = as_native(v, &type_str);
    if (s) {
        *out = text_of(s);
        return true;
    }
    struct buffer b;
    if (is_int(v) || !buffer_find(v, &b))
        return false;
    *out = (struct text){(const char *)b.data, b.size};
    return true;
}

static val int_of_text(val v, struct text t, intptr_t base)
{
    if ((base && base < 2) || base > 36)
        raise_value("int() base must be >= 2 and <= 36, or 0");
    val r = int_parse(t.data, t.size, (int)base);
    if (!r)
        raise_value("invalid literal for int() with base %d: %r", (int)base, v);
    return r;
}

static val int_of_object(val v)
{
    static const val names[] = {S(__int__), S(__index__), S(__trunc__)};
    struct text t;
    if (is_int(v))
        return has_type(v, &type_bool) ? int_new(v == TRUE) : v;
#if MOTE_FLOAT
    val f = as_native(v, &type_float);
    if (f && has_type(v, &type_float))
        return int_of_float(((struct floating *)f)->value);
#endif
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        ROOTS(r, 1);
        r[0] = int_ask(v, names[i]);
        if (r[0] && is_int(r[0]))
            return r[0];
        if (r[0])
            raise_type("%v returned non-int (type %t)", names[i], r[0]);
    }
#if MOTE_FLOAT
    if (f)
        return int_of_float(((struct floating *)f)->value);
#endif
    val part = as_native(v, &type_int);
    if (part)
        return part;
    if (text_like(v, &t))
        return int_of_text(v, t, 10);
    raise_type("int() argument must be a string, a bytes-like object or a real number, not '%t'",
               v);
}

static val int_make(const struct type *type, size_t n, size_t kw, val *args)
{
    static const val names[] = {NOTHING, S(base)};
    val given[COUNT_OF(names)];
    struct text t;
    make_arguments(type, n, kw, args, names, COUNT_OF(names), given);
    if (!given[1])
        return n ? int_of_object(args[0]) : int_new(0);
    if (!n)
        raise_type("int() missing string argument");
    intptr_t b = need_int(given[1]);
    if (!text_like(args[0], &t))
        raise_type("int() can't convert non-string with explicit base");
    return int_of_text(args[0], t, b);
}

// ------------------------------------------------------------------------------------------ bytes

size_t int_bits(val v)
{
    struct operand a;
    operand_of(v, &a);
    return mag_bits(a.digits, a.len);
}

static uint8_t byte_of(const struct operand *a, size_t i)
{
    size_t at = i / sizeof(digit);
    return at < a->len ? (uint8_t)(a->digits[at] >> (i % sizeof(digit) * 8)) : 0;
}

void int_bytes(val v, uint8_t *out, size_t size, bool big_endian)
{
    struct operand a;
    operand_of(v, &a);
    unsigned carry = 1;
    for (size_t i = 0; i < size; i++) {
        unsigned b = byte_of(&a, i);
        if (a.negative) {
            carry += b ^ 0xff;
            b = carry & 0xff;
            carry >>= 8;
        }
        out[big_endian ? size - 1 - i : i] = (uint8_t)b;
    }
}

bool int_fits_bytes(val v, size_t size, bool is_signed)
{
    struct operand a;
    operand_of(v, &a);
    size_t bits = mag_bits(a.digits, a.len);
    if (!is_signed)
        return !a.negative && (bits + 7) / 8 <= size;
    // -128 has 8 bits and fits a byte, 128 does not.
    if (a.negative && bits) {
        struct operand m = a;
        bool power = mag_trim(m.digits, m.len - 1) == 0 &&
                     !(m.digits[m.len - 1] & (m.digits[m.len - 1] - 1));
        bits -= power;
    }
    return bits / 8 < size || (!bits && !size && !a.negative);
}

val int_of_bytes(const uint8_t *data, size_t size, bool big_endian, bool is_signed)
{
    bool negative = is_signed && size && data[big_endian ? 0 : size - 1] & 0x80;
    unsigned carry = 1;
    if (size <= WORD) {
        uintptr_t u = negative ? UINTPTR_MAX : 0;
        for (size_t i = 0; i < size; i++)
            u = u << 8 | data[big_endian ? i : size - 1 - i];
        return is_signed ? int_new((intptr_t)u) : int_new_unsigned(u);
    }
    struct big *b = big_new((size + sizeof(digit) - 1) / sizeof(digit));
    for (size_t i = 0; i < size; i++) {
        unsigned byte = data[big_endian ? size - 1 - i : i];
        if (negative) {
            carry += byte ^ 0xff;
            byte = carry & 0xff;
            carry >>= 8;
        }
        b->digits[i / sizeof(digit)] |= (digit)((digit)byte << (i % sizeof(digit) * 8));
    }
    return big_done(b, negative);
}

static bool big_endian_named(val order)
{
    if (!order || text_is(order, "big"))
        return true;
    need_str(order);
    if (!text_is(order, "little"))
        raise_value("byteorder must be either 'little' or 'big'");
    return false;
}

static const val bytes_keywords[] = {NOTHING, S(length), S(byteorder), S(signed)};

static val int_to_bytes(size_t n, val *a)
{
    (void)n;
    val v = index_val(a[0]);
    intptr_t size = a[1] ? need_int(a[1]) : 1;
    bool big_endian = big_endian_named(a[2]), is_signed = a[3] && truth(a[3]);
    if (size < 0)
        raise_value("length argument must be non-negative");
    if (FOR_WORDS(!is_signed && int_compare(v, FALSE) < 0))
        raise_error(&type_OverflowError, "can't convert negative int to unsigned");
    if (!int_fits_bytes(v, (size_t)size, is_signed))
        raise_error(&type_OverflowError, "int too big to convert");
    val r = bytes_new(NULL, (size_t)size);
    int_bytes(v, ((struct bytes *)r)->data, (size_t)size, big_endian);
    return r;
}
NATIVE_FULL(int_to_bytes, to_bytes, 1, 4, 0, bytes_keywords);

static const val from_keywords[] = {NOTHING, S(bytes), S(byteorder), S(signed)};

static val int_from_bytes(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 1);
    struct buffer b;
    if (FOR_WORDS(is_str(a[1])))
        raise_type("cannot convert 'str' object to bytes");
    r[0] = buffer_find(a[1], &b) ? a[1] : call1(V(type_bytes), a[1]);
    buffer_need(r[0], &b);
    bool big_endian = big_endian_named(a[2]);
    r[0] = int_of_bytes(b.data, b.size, big_endian, a[3] && truth(a[3]));
    return a[0] == V(type_int) ? r[0] : call1(a[0], r[0]);
}
NATIVE_FULL(int_from_bytes, from_bytes, 2, 4, NATIVE_CLASS, from_keywords);

// ------------------------------------------------------------------------------------------ methods and attributes

static val int_bit_length(size_t n, val *a)
{
    (void)n;
    return int_new_unsigned(int_bits(index_val(a[0])));
}
NATIVE(int_bit_length, bit_length, 1, 1);

#if MOTE_RARE
static val int_bit_count(size_t n, val *a)
{
    (void)n;
    struct operand o;
    operand_of(index_val(a[0]), &o);
    size_t count = 0;
    for (size_t i = 0; i < o.len; i++)
        for (digit d = o.digits[i]; d; d = (digit)(d & (d - 1)))
            count++;
    return int_new_unsigned(count);
}
NATIVE(int_bit_count, bit_count, 1, 1);

static val int_conjugate(size_t n, val *a)
{
    (void)n;
    return int_unary(OP_POS, index_val(a[0]));
}
NATIVE(int_conjugate, conjugate, 1, 1);

static val int_as_integer_ratio(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 2);
    r[0] = int_unary(OP_POS, index_val(a[0]));
    r[1] = int_new(1);
    return tuple_new(2, r);
}
NATIVE(int_as_integer_ratio, as_integer_ratio, 1, 1);
#endif

#if MOTE_RARE
val int_attr(val self, val name, val value)
{
    if (value != LOAD)
        return NOTHING;
    if (name == S(real) || name == S(numerator))
        return int_unary(OP_POS, self);
    if (name == S(imag))
        return int_new(0);
    return name == S(denominator) ? int_new(1) : NOTHING;
}
#endif

METHODS(int_names,
        RARE(ROW(as_integer_ratio, int_as_integer_ratio), ROW(bit_count, int_bit_count))
            ROW(bit_length, int_bit_length),
        RARE(ROW(conjugate, int_conjugate)) ROW(from_bytes, int_from_bytes),
        ROW(to_bytes, int_to_bytes));

const struct ops int_ops = {.print = int_print_op,
                            .unary = int_unary,
                            .binary = int_binary,
                            .attr = int_attr,
                            .make = int_make};

const struct type type_int = {
    {&type_type}, S(int),  &int_ops,
    V(int_names), NOTHING, {sizeof(struct big), sizeof(digit), 0, 0, TYPE_COUNTED | TYPE_BASE}};
