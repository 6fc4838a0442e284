# Equal frozensets have the same hash whatever their order.
a = frozenset(range(20))
b = frozenset(sorted(range(20), key=lambda x: -x))
print(a == b, hash(a) == hash(b))
print({a: 1}[b], {frozenset(), frozenset([1])} == {frozenset([1]), frozenset()})
print(frozenset() in {frozenset()}, frozenset(a) is a, a.copy() is a)
