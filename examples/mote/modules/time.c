// SPDX-License-Identifier: MIT
// Module time: clocks and sleep. Ticks are small ints that wrap around, for programs that count without floats.
#include "modules/modules.h"
#include "types/big.h"
#include "types/real.h"

#define TICKS_PERIOD                                                                               \
    ((uintptr_t)1 << 29) // of ticks_ms and ticks_us: small on every machine, sums of two as well

// In objects: small parts have no division of 64 bits.
static val microseconds_by(uint64_t microseconds, intptr_t by)
{
    ROOTS(r, 2);
    r[0] = int_new_u64(microseconds);
    r[1] = int_new(by);
    return op_binary(OP_FLOORDIV, r[0], r[1]);
}

static val seconds(uint64_t microseconds)
{
#if MOTE_FLOAT
    return float_new((real)microseconds / 1000000);
#else
    return microseconds_by(microseconds, 1000000);
#endif
}

static val time_time(size_t n, val *a)
{
    (void)n, (void)a;
    return seconds(port_clock());
}
NATIVE(time_time, time, 0, 0);

static val time_time_ns(size_t n, val *a)
{
    (void)n, (void)a;
    return int_new_u64(port_clock() * 1000);
}
NATIVE(time_time_ns, time_ns, 0, 0);

#if MOTE_RARE
static val time_monotonic(size_t n, val *a)
{
    (void)n, (void)a;
    return seconds(port_microseconds());
}
NATIVE(time_monotonic, monotonic, 0, 0);

static val time_monotonic_ns(size_t n, val *a)
{
    (void)n, (void)a;
    return int_new_u64(port_microseconds() * 1000);
}
NATIVE(time_monotonic_ns, monotonic_ns, 0, 0);
static NATIVE_OBJECT(time_perf_counter_native, time_monotonic, perf_counter, 0, 0, 0);
static NATIVE_OBJECT(time_perf_counter_ns_native, time_monotonic_ns, perf_counter_ns, 0, 0, 0);
#endif

// ------------------------------------------------------------------------------------------ sleep

static void sleep_for(val v, unsigned scale)
{
#if MOTE_FLOAT
    real x = need_float(v) * (real)scale;
    if (!(x >= 0))
        raise_value("sleep length must be non-negative");
    port_sleep(x < (real)1e15 ? (uint64_t)x : (uint64_t)1000000000000000);
#else
    intptr_t x = need_int(v);
    if (x < 0)
        raise_value("sleep length must be non-negative");
    port_sleep((uint64_t)x * scale);
#endif
    steps_take(0);
}

static val time_sleep(size_t n, val *a)
{
    (void)n;
    sleep_for(a[0], 1000000);
    return NONE;
}
NATIVE(time_sleep, sleep, 1, 1);

static val time_sleep_ms(size_t n, val *a)
{
    (void)n;
    sleep_for(a[0], 1000);
    return NONE;
}
NATIVE(time_sleep_ms, sleep_ms, 1, 1);

static val time_sleep_us(size_t n, val *a)
{
    (void)n;
    sleep_for(a[0], 1);
    return NONE;
}
NATIVE(time_sleep_us, sleep_us, 1, 1);

// ------------------------------------------------------------------------------------------ ticks

static val time_ticks_ms(size_t n, val *a)
{
    (void)n, (void)a;
    ROOTS(r, 2);
    r[0] = microseconds_by(port_microseconds(), 1000);
    r[1] = int_new(TICKS_PERIOD - 1);
    return op_binary(OP_AND, r[0], r[1]);
}
NATIVE(time_ticks_ms, ticks_ms, 0, 0);

static val time_ticks_us(size_t n, val *a)
{
    (void)n, (void)a;
    return int_new((intptr_t)((uintptr_t)port_microseconds() % TICKS_PERIOD));
}
NATIVE(time_ticks_us, ticks_us, 0, 0);

static val time_ticks_add(size_t n, val *a)
{
    (void)n;
    return int_new(
        (intptr_t)(((uintptr_t)need_int(a[0]) + (uintptr_t)need_int(a[1])) % TICKS_PERIOD));
}
NATIVE(time_ticks_add, ticks_add, 2, 2);

// a - b, taken as less than half a period apart.
static val time_ticks_diff(size_t n, val *a)
{
    (void)n;
    uintptr_t apart = (uintptr_t)need_int(a[0]) - (uintptr_t)need_int(a[1]) + TICKS_PERIOD / 2;
    return int_new((intptr_t)(apart % TICKS_PERIOD) - (intptr_t)(TICKS_PERIOD / 2));
}
NATIVE(time_ticks_diff, ticks_diff, 2, 2);

MODULE(time,
       RARE(ROW(monotonic, time_monotonic), ROW(monotonic_ns, time_monotonic_ns),
            ROW(perf_counter, time_perf_counter), ROW(perf_counter_ns, time_perf_counter_ns))
           ROW(sleep, time_sleep),
       ROW(sleep_ms, time_sleep_ms), ROW(sleep_us, time_sleep_us), ROW(ticks_add, time_ticks_add),
       ROW(ticks_diff, time_ticks_diff), ROW(ticks_ms, time_ticks_ms), ROW(ticks_us, time_ticks_us),
       ROW(time, time_time), ROW(time_ns, time_time_ns));
