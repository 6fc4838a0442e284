# needs: float
# slices: attributes, comparison, and the indices they stand for
s = slice(1, 10, 2)
print(s, s.start, s.stop, s.step, slice(3), slice(None, None, -1), s == slice(1, 10, 2), slice(1) != slice(2), slice(1, 2) < slice(1, 3))
for args in ((None,), (2, None), (-3, None), (None, None, -1), (10, -20, -3), (-100, 100, 7), (5, 5), (1, 10**30), (-10**30, 10**30, 3), (None, None, 10**30)):
    print([slice(*args).indices(n) for n in (0, 1, 7)], list(range(7))[slice(*args)], "abcdefg"[slice(*args)])
class I:
    def __index__(self):
        return 2
print([0, 1, 2, 3][I():], [0, 1, 2, 3][:I()], "abc"[I()])
for f in (lambda: [1][::0], lambda: [1]["a":], lambda: [1][1.5], lambda: [1][5], lambda: [1][10**30], lambda: slice(1).indices(-1), lambda: (1,)["a"], lambda: "a"["b"]):
    try:
        f()
    except (ValueError, TypeError, IndexError) as e:
        print(type(e).__name__, e)
