# Operator methods, reflected and in place.
class V:
    def __init__(self, x): self.x = x
    def __repr__(self): return "V(%r)" % self.x
    def __add__(self, o):
        if isinstance(o, V): return V(self.x + o.x)
        if isinstance(o, int): return V(self.x + o)
        return NotImplemented
    __radd__ = __add__
    def __sub__(self, o): return ("sub", o)
    def __rsub__(self, o): return ("rsub", o)
    def __imul__(self, o): self.x *= o; return self
    def __neg__(self): return V(-self.x)
    def __invert__(self): return "inverted"
    def __abs__(self): return abs(self.x)
    def __eq__(self, o): return isinstance(o, V) and self.x == o.x
    def __hash__(self): return hash(self.x)
    def __lt__(self, o): return self.x < o.x
    def __bool__(self): return self.x != 0
    def __len__(self): return 3
    def __contains__(self, k): return k == self.x
    def __getitem__(self, k): return ("item", k)
    def __call__(self, *a, **k): return (self.x, a, k)
    def __divmod__(self, o): return ("divmod", o)
    def __rpow__(self, o): return ("rpow", o)
    def __matmul__(self, o): return "matmul"
    def __index__(self): return self.x
a, b = V(1), V(2)
print(a + b, a + 1, 1 + a, a - 1, 1 - a, -a, ~a, abs(V(-4)))
c = a
c *= 5
print(a, c is a)
c += 1
print(c, a)
print(V(1) == V(1), V(1) != V(1), V(1) == 1, V(1) != 1, a < b, a > b)
print(bool(V(0)), len(a), 5 in a, 6 in a, a[1], a[1:2], a["k", 2], a(1, z=2))
print(divmod(a, 3), 2 ** a, a @ a, [10, 20, 30, 40, 50, 60][V(2)], hex(V(255)))
print({V(1): "one"}[V(1)], sorted([V(3), V(1), V(2)]), max(V(1), V(9)))
try:
    a + "x"
except TypeError as e:
    print(e)
try:
    a >= b
except TypeError as e:
    print(e)
class W(V):
    def __radd__(self, o): return "W.radd"
print(V(1) + W(2), W(1) + V(2))
class N:
    def __eq__(self, o): return True
try:
    hash(N())
except TypeError as e:
    print(e)
