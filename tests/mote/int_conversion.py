# needs: float double
# int() of what it takes, and what it does not
class Index:
    def __index__(self):
        return 5
class Int:
    def __int__(self):
        return 2**70
class Trunc:
    def __trunc__(self):
        return 9
class Bad:
    def __int__(self):
        return "x"
print(int(), int(True), int(3.99), int(-3.99), int(1e30), int(Index()), int(Int()), int("7"), int(b"8"))
print([1, 2, 3, 4, 5, 6, 7][Index()], hex(Index()), list(range(Index())))
for a in (([],), (Bad(),), ("x",), (1, 2), (float("inf"),), (float("nan"),), (None,)):
    try:
        int(*a)
    except (TypeError, ValueError, OverflowError) as e:
        print(type(e).__name__, e)
print((5).real, (5).imag, (5).numerator, (5).denominator, True.numerator)
