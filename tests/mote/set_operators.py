# Operators of sets and frozensets, their types, and methods that take anything.
a, b, f = {1, 2, 3}, {3, 4}, frozenset([1, 9])
def show(s):
    print(type(s).__name__, sorted(s))
for s in (a | b, a & b, a - b, a ^ b, a | f, f | a, f & a, f - a, f ^ a):
    show(s)
print(a <= {1, 2, 3, 4}, a < a, a >= {1}, a > {1, 2}, a == frozenset(a), a != b)
show(a.union('x' for _ in range(1)) - {'x'})
show(a.intersection(range(3), [1, 2, 5]))
show(a.difference([1], (2,)))
show(a.symmetric_difference([1, 7]))
print(a.isdisjoint([5]), a.issubset(range(9)), a.issuperset([1]))
c = a
c |= {10}
c -= {1}
c &= range(11) and {2, 3, 10}
c ^= {2}
print(sorted(a), c is a)
try:
    a | [1]
except TypeError as e:
    print(e)
f2 = f
f2 |= {5}
print(sorted(f), sorted(f2))
