# needs: float
# sum, min and max over iterables and arguments, with key, default and start
print(sum([]), sum([1, 2.5, True]), sum(range(10), 5), sum([[1], [2]], []), sum((i for i in (2**70, 1)), start=1))
print(min(3, 1, 2), max([3, 1, 2]), min("b", "a"), max(x for x in (1.5, 2)), min([], default=None), max([], default=7, key=abs))
print(max("aa", "b", key=len), min([3, -4, 2], key=abs), max([1, 1.0, True]), min((2, "a"), (2, "b")), max({1: 2, 3: 0}, key=None))
for f in (lambda: min([]), lambda: min(), lambda: max(1), lambda: max(1, 2, default=3), lambda: sum(["a"]), lambda: sum([], "a"), lambda: min(1, "a"), lambda: max(1, 2, foo=3)):
    try:
        f()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
