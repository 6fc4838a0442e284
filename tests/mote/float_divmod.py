# needs: float double
# // % divmod of floats: the remainder has the sign of the divisor
values = [0.0, -0.0, 1.0, -1.0, 0.5, 7.3, -7.3, 1e16, 1e300, float("inf"), -float("inf"), float("nan"), 3, -3]
for a in values:
    for b in values:
        try:
            print(a, b, a // b, a % b, divmod(a, b), a / b)
        except ZeroDivisionError as e:
            print(a, b, e)
for f in (lambda: 1.0 / 0, lambda: 1.0 // 0, lambda: 1.0 % 0, lambda: divmod(1.0, 0), lambda: 0.0 ** -1, lambda: 1e200 ** 2, lambda: 0 ** -1):
    try:
        f()
    except (ZeroDivisionError, OverflowError) as e:
        print(type(e).__name__, e)
