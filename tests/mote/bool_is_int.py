# needs: float
# True and False are ints with names
print(True + True, True * 2.5, -True, abs(False), [10, 20][True], True == 1, True is (1 == 1), isinstance(True, int), issubclass(bool, int), "%d %s" % (True, True))
print(bool(), bool([]), bool("a"), bool(0.0), bool(2**70), True < 2, False in (0,), {True: "a"}[1], str(True), repr(False), int(True), hash(True), divmod(True, 2), True << 70)
for a in ((1, 2),):
    try:
        bool(*a)
    except TypeError as e:
        print(e)
