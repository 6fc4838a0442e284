# needs: float
# ranges are sequences: length, items, slices, membership, equality
for r in (range(5), range(2, 20, 3), range(10, 0, -3), range(0), range(5, 5), range(1, 2, 10), range(-3, 3)):
    print(r, len(r), list(r), list(reversed(r)), bool(r), r.start, r.stop, r.step)
    print(r[1:3], r[::-1], r[::2], r[-2:], r[5:1:-2], [v in r for v in (2, 5, -3, 2.0, "a", 10**30)])
    print([r.index(v) for v in r], [r.count(v) for v in (2, 3)], r == range(5), hash(r) == hash(range(0)))
print(range(0) == range(2, 2), range(0, 10, 3) == range(0, 12, 3), range(1, 5) == [1, 2, 3, 4], range(3)[-1], {range(1, 2, 5): 1}[range(1, 3, 9)])
it = iter(range(3))
print(next(it), list(it), next(it, "end"), list(it))
for f in (lambda: range(3)[3], lambda: range(3)["a"], lambda: range(1, 2, 0), lambda: range(1.5), lambda: range(), lambda: range(5).index(9), lambda: range(3) < range(4)):
    try:
        f()
    except (IndexError, TypeError, ValueError) as e:
        print(type(e).__name__, e)
