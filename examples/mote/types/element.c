// SPDX-License-Identifier: MIT
// Elements of arrays and memoryviews: one number of C in memory.
#include "types/element.h"
#include "types/big.h"
#include "types/real.h"

static const struct element elements[] = {
    {'?', sizeof(bool), _Alignof(bool), 0, 1},
    {'B', 1, 1, 0, 1},
    {'H', sizeof(short), _Alignof(short), 0, 2},
    {'I', sizeof(int), _Alignof(int), 0, 4},
    {'L', sizeof(long), _Alignof(long), 0, 4},
    {'N', sizeof(size_t), _Alignof(size_t), 0, 0},
    {'P', sizeof(void *), _Alignof(void *), 0, 0},
    {'Q', sizeof(long long),
     offsetof(
         struct {
             char c;
             long long x;
         },
         x),
     0, 8},
    {'b', 1, 1, 1, 1},
    {'c', 1, 1, 0, 1},
#if MOTE_FLOAT
    {'d', sizeof(double),
     offsetof(
         struct {
             char c;
             double x;
         },
         x),
     1, 8},
    {'e', 2, 2, 1, 2},
    {'f', sizeof(float), _Alignof(float), 1, 4},
#endif
    {'h', sizeof(short), _Alignof(short), 1, 2},
    {'i', sizeof(int), _Alignof(int), 1, 4},
    {'l', sizeof(long), _Alignof(long), 1, 4},
    {'n', sizeof(size_t), _Alignof(size_t), 1, 0},
    {'p', 1, 1, 0, 1},
    {'q', sizeof(long long),
     offsetof(
         struct {
             char c;
             long long x;
         },
         x),
     1, 8},
    {'s', 1, 1, 0, 1},
    {'x', 1, 1, 0, 1},
};

const struct element *element_find(char code)
{
    for (size_t i = 0; i < COUNT_OF(elements); i++)
        if (elements[i].code == code)
            return &elements[i];
    return NULL;
}

bool element_is_float(char code)
{
    return code >= 'd' && code <= 'f';
}

size_t element_size(char code)
{
    const struct element *e = element_find(code);
    return e ? e->size : 0;
}

#if MOTE_FLOAT
// Half precision: sign, 5 bits of exponent (bias 15), 10 of mantissa.
static real half_load(uint16_t h)
{
    int exponent = h >> 10 & 0x1f, m = h & 0x3ff;
    real r = exponent == 31 ? (m ? NAN : INFINITY)
             : exponent     ? MATH(ldexp)((real)(m + 1024), exponent - 25)
                            : MATH(ldexp)((real)m, -24);
    return h & 0x8000 ? -r : r;
}

static uint16_t half_of(real value)
{
    unsigned sign = signbit(value) ? 0x8000 : 0;
    int e;
    if (isnan(value))
        return (uint16_t)(sign | 0x7e00);
    if (isinf(value))
        return (uint16_t)(sign | 0x7c00);
    value = MATH(frexp)(MATH(fabs)(value), &e);
    unsigned bits = 0x7c00;
    if (value == 0)
        bits = 0;
    else if (e <= 16) {
        int unit = e < -13 ? -13 : e; // subnormals share the least exponent
        // A mantissa that rounds up to 2048 carries into the exponent, as it should.
        bits =
            ((unsigned)(unit + 13) << 10) + (unsigned)MATH(rint)(MATH(ldexp)(value, e + 11 - unit));
    }
    if (bits >= 0x7c00)
        raise_error(&type_OverflowError, "float too large to pack with e format");
    return (uint16_t)(sign | bits);
}

static val float_load(char code, const uint8_t *at)
{
    double d;
    float f;
    uint16_t h;
    switch (code) {
    case 'd':
        memcpy(&d, at, sizeof d);
        return float_new((real)d);
    case 'f':
        memcpy(&f, at, sizeof f);
        return float_new((real)f);
    default:
        memcpy(&h, at, sizeof h);
        return float_new(half_load(h));
    }
}

static void float_store(char code, uint8_t *at, real value)
{
    double d = value;
    float f = (float)value;
    if (code == 'd') {
        memcpy(at, &d, sizeof d);
    } else if (code == 'f') {
        memcpy(at, &f, sizeof f);
    } else {
        uint16_t h = half_of(value);
        memcpy(at, &h, sizeof h);
    }
}
#endif

val element_load(char code, const uint8_t *at)
{
    const struct element *e = element_find(code);
#if MOTE_FLOAT
    if (element_is_float(code))
        return float_load(code, at);
#endif
    if (code == 'c')
        return bytes_new(at, 1);
    if (code == '?')
        return bool_new(*at);
    return int_of_bytes(at, e->size, BIG_ENDIAN_MACHINE, e->is_signed);
}

static const char *name_of(char code)
{
    switch (code) {
    case 'B':
        return "unsigned byte integer";
    case 'H':
        return "unsigned short";
    case 'I':
        return "unsigned int";
    case 'L':
        return "C unsigned long";
    case 'b':
        return "signed char";
    case 'h':
        return "signed short integer";
    case 'i':
        return "signed integer";
    case 'l':
        return "C long";
    default:
        return NULL;
    }
}

// As CPython says it, which converts each code in another way.
_Noreturn static void raise_too_large(const struct element *e, bool negative)
{
    bool below_zero = negative && !e->is_signed && e->size >= 4;
    const char *name = name_of(e->code);
    const char *format = below_zero && name ? "can't convert negative value to unsigned int"
                         : below_zero       ? "can't convert negative int to unsigned"
                         : !name            ? "int too big to convert"
                         : name[0] == 'C'   ? "Python int too large to convert to %s"
                         : negative         ? "%s is less than minimum"
                                            : "%s is greater than maximum";
    raise_error(&type_OverflowError, format, name);
}

void element_store(char code, uint8_t *at, val v)
{
    const struct element *e = element_find(code);
#if MOTE_FLOAT
    if (element_is_float(code)) {
        float_store(code, at, need_float(v));
        return;
    }
#endif
    if (code == '?') {
        *at = truth(v);
        return;
    }
    ROOTS(r, 1);
    r[0] = index_val(v);
    if (!int_fits_bytes(r[0], e->size, e->is_signed))
        raise_too_large(e, int_compare(r[0], FALSE) < 0);
    int_bytes(r[0], at, e->size, BIG_ENDIAN_MACHINE);
}
