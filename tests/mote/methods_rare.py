# methods of numbers and collections that a small build does without
# needs: rare collections
from collections import OrderedDict, deque, namedtuple
print((255).bit_count(), (-2**70 - 1).bit_count(), (5).conjugate(), True.conjugate(), (6).as_integer_ratio())
d = deque(range(5), 5)
d.rotate(2)
print(d)
d.rotate(-3)
print(d)
d.extendleft('xy')
print(d)
o = OrderedDict([('a', 1), ('b', 2)], c=3)
o.move_to_end('a')
print(o)
o.move_to_end('c', last=False)
print(list(o.items()))
n = OrderedDict([(1, 'a'), (2, 'b')])
n.move_to_end(True)
print(n)
try:
    o.move_to_end('z')
except KeyError as e:
    print(e)
P = namedtuple('P', 'x, y')
p = P(1, y=2)
print(p._replace(y=5), p)
try:
    p._replace(z=5)
except ValueError as e:
    print(e)
