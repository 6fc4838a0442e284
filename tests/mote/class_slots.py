# Compact instances.
class P:
    __slots__ = ("x", "y")
    def __init__(self, x, y): self.x = x; self.y = y
    def sum(self): return self.x + self.y
p = P(1, 2)
print(p.x, p.y, p.sum())
p.x = 10
print(p.sum())
try:
    p.z = 1
except AttributeError:
    print("no z")
del p.y
try:
    p.y
except AttributeError:
    print("no y")
class Q(P):
    __slots__ = "z"
q = Q(3, 4)
q.z = 5
print(q.x, q.y, q.z, q.sum(), isinstance(q, P))
class R(P): pass
r = R(1, 2)
r.w = 3
print(r.x, r.y, r.w, r.sum())
