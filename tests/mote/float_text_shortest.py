# needs: float double
# the shortest text that reads back as the same float
for v in (0.1, 1/3, 2/3, 1e16, 1e15, 123456789012345678.0, 1e22, 1e23, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
          2.0**-44, 9007199254740993.0, 0.0001, 0.00001, -0.0, 1e100, 3.0, 1.5e-7, 123.456, float("inf"), -float("inf"), float("nan")):
    print(v, float(repr(v)) == v)
x = 1.0
for i in range(200):
    x *= 1.37
    print(x, 1 / x, x * 1e-200, float(str(x)) == x)
