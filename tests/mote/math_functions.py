# needs: float double
# module math: values, and its errors
import math
print(math.floor(-1.5), math.ceil(-1.5), math.trunc(-1.5), math.floor(10**30), math.ceil(1e20), math.floor(2.0**70 + 0.0))
print(math.frexp(10.0), math.ldexp(0.625, 4), math.modf(-3.25), math.fmod(-7, 3), math.remainder(7, 4), math.copysign(2, -0.0))
print(math.sqrt(2), math.pow(2, 0.5), math.hypot(3, 4), math.log(8, 2), math.log2(8), math.log10(1000), math.log(10**1000), math.log2(2**5000), math.log10(10**500))
print("%.12g %.12g %.12g %.12g" % (math.sin(1), math.atan2(1, -2), math.exp(1.5), math.gamma(5.5)), math.degrees(math.pi), math.radians(180))
print(math.isfinite(1), math.isinf(-math.inf), math.isnan(math.nan), math.isclose(1, 1 + 1e-10), math.isclose(1, 1.1, rel_tol=0.2), math.tau == 2 * math.pi)
print(math.gcd(), math.gcd(12, -18, 27), math.lcm(4, 6, 10), math.lcm(0, 3), math.factorial(25), math.comb(40, 20), math.comb(3, 5), math.perm(10, 3), math.perm(5))
print([math.isqrt(n) for n in (0, 1, 15, 16, 17, 10**40, 10**40 - 1, 2**127)])
for f in (lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.log(-10**400), lambda: math.exp(1000), lambda: math.acos(2), lambda: math.fmod(1, 0), lambda: math.pow(0, -1),
          lambda: math.gamma(-1), lambda: math.factorial(-1), lambda: math.isqrt(-1), lambda: math.sin("a"), lambda: math.gcd(1.5), lambda: math.ldexp(1, 10**6), lambda: math.floor(math.inf),
          lambda: math.log(2, 1), lambda: math.sin(math.inf), lambda: math.cosh(1000)):
    try:
        print(f())
    except (ValueError, OverflowError, TypeError, ZeroDivisionError) as e:
        print(type(e).__name__, e)
