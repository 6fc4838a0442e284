# needs: float double
# round: halves go to the even neighbour, and places count from the exact value
print([round(v) for v in (0.5, 1.5, 2.5, -0.5, -1.5, 2.4999999999999996, 1e16, 1e22)])
print([round(v, 1) for v in (0.25, 0.35, 0.05, 2.675, -0.25, 1e300, 5e-324)], round(2.675, 2), round(1234.5678, -2), round(1e300, -400))
print([round(v, -1) for v in (5, 15, 25, -5, -15, 24, 26, 10**30 + 5)], round(12345, 2), round(True), round(5, -100), round(10**30, -29))
print(round(1.5, None), type(round(1.5, 0)), round(float("inf"), 2), round(-0.0, 3))
class R:
    def __round__(self, n="none"):
        return n
print(round(R()), round(R(), 3), round(number=2.5, ndigits=0))
for a in (("x",), (float("nan"),), (float("inf"),), (1.5, "x"), (1.7e308, -308)):
    try:
        round(*a)
    except (TypeError, ValueError, OverflowError) as e:
        print(type(e).__name__, e)
