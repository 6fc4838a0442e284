// SPDX-License-Identifier: MIT
// Arithmetic that the compiler calls for and its library for this part leaves out, since the real one has it in its ROM:
// 32-bit division, 64-bit multiplication and division. Plain shift and subtract.
#include <stdint.h>

struct divided {
    uint32_t quotient, rest;
};

static struct divided divide(uint32_t a, uint32_t b)
{
    struct divided d = {0, 0};
    for (int i = 31; i >= 0; i--) {
        d.rest = d.rest << 1 | (a >> i & 1);
        d.quotient <<= 1;
        if (d.rest >= b) {
            d.rest -= b;
            d.quotient |= 1;
        }
    }
    return d;
}

static uint32_t magnitude(int32_t v)
{
    return v < 0 ? -(uint32_t)v : (uint32_t)v;
}

uint32_t __udivsi3(uint32_t a, uint32_t b);
uint32_t __umodsi3(uint32_t a, uint32_t b);
int32_t __divsi3(int32_t a, int32_t b);
int32_t __modsi3(int32_t a, int32_t b);
uint64_t __muldi3(uint64_t a, uint64_t b);
uint64_t __udivdi3(uint64_t a, uint64_t b);
uint64_t __umoddi3(uint64_t a, uint64_t b);

uint32_t __udivsi3(uint32_t a, uint32_t b)
{
    return divide(a, b).quotient;
}

uint32_t __umodsi3(uint32_t a, uint32_t b)
{
    return divide(a, b).rest;
}

int32_t __divsi3(int32_t a, int32_t b)
{
    uint32_t q = divide(magnitude(a), magnitude(b)).quotient;
    return (int32_t)((a < 0) != (b < 0) ? -q : q);
}

int32_t __modsi3(int32_t a, int32_t b)
{
    uint32_t rest = divide(magnitude(a), magnitude(b)).rest;
    return (int32_t)(a < 0 ? -rest : rest);
}

uint64_t __muldi3(uint64_t a, uint64_t b)
{
    uint64_t product = 0;
    for (; b; b >>= 1, a <<= 1)
        if (b & 1)
            product += a;
    return product;
}

static uint64_t divide_64(uint64_t a, uint64_t b, uint64_t *rest)
{
    uint64_t quotient = 0;
    *rest = 0;
    for (int i = 63; i >= 0; i--) {
        *rest = *rest << 1 | (a >> i & 1);
        quotient <<= 1;
        if (*rest >= b) {
            *rest -= b;
            quotient |= 1;
        }
    }
    return quotient;
}

uint64_t __udivdi3(uint64_t a, uint64_t b)
{
    uint64_t rest;
    return divide_64(a, b, &rest);
}

uint64_t __umoddi3(uint64_t a, uint64_t b)
{
    uint64_t rest;
    divide_64(a, b, &rest);
    return rest;
}
