# namedtuple: fields by name, keywords, defaults, and what it is a tuple for.
# needs: collections
from collections import namedtuple
P = namedtuple('P', 'x, y')
p = P(1, y=2)
print(p, p.x, p[1], p == (1, 2), hash(p) == hash((1, 2)), isinstance(p, tuple), len(p))
print(p._asdict(), P._make([7, 8]), P._fields)
x, y = p
print(x, y, p + (3,), p[:1], {p: 1}[1, 2])
Q = namedtuple('Q', ['a', 'b', 'c'], defaults=(8, 9))
print(Q(1), Q(1, 2), Q(a=3, c=4))
class R(P):
    def area(self):
        return self.x * self.y
r = R(3, 4)
print(r.area(), r.x, r == (3, 4))
for f in (lambda: P(1), lambda: P(1, 2, 3), lambda: P(1, 2, z=3), lambda: P(1, x=1), lambda: namedtuple('T', 'a a'),
          lambda: namedtuple('T', '1a'), lambda: namedtuple('T', '_a')):
    try:
        f()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
try:
    p.x = 5
except AttributeError as e:
    print('AttributeError')
