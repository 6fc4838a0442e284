// SPDX-License-Identifier: MIT
// What depends on the size of a float: its limits and the functions of libm for it.
#ifndef MOTE_REAL_H
#define MOTE_REAL_H

#include "mote.h"

#if MOTE_FLOAT
#include <float.h>
#include <math.h>

#if MOTE_FLOAT == 1
#define MATH(name)   name##f
#define REAL_BITS    FLT_MANT_DIG
#define REAL_MIN_EXP FLT_MIN_EXP
#define REAL_MAX_EXP FLT_MAX_EXP
#else
#define MATH(name)   name
#define REAL_BITS    DBL_MANT_DIG
#define REAL_MIN_EXP DBL_MIN_EXP
#define REAL_MAX_EXP DBL_MAX_EXP
#endif
#if MOTE_FLOAT == 1 && !MOTE_64
typedef uint32_t mantissa; // REAL_BITS and a few more, at least a digit
#else
typedef uint64_t mantissa;
#endif

_Noreturn void raise_range(void); // OverflowError(34, 'Numerical result out of range')
#endif

#endif
