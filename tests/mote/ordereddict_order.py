# OrderedDict: the order counts for equality, and can be changed.
# needs: collections
from collections import OrderedDict
d = OrderedDict([('a', 1), ('b', 2)], c=3)
print(d, OrderedDict(), len(d), d['b'])
print(list(d.items()))
print(d.popitem(), d.popitem(last=False), d)
x, y = OrderedDict(a=1, b=2), OrderedDict(b=2, a=1)
print(x == y, x == dict(y), dict(x) == y, x != y, x == OrderedDict(x))
print(type(x.copy()).__name__, type(x | y).__name__)
try:
    OrderedDict().popitem()
except KeyError as e:
    print(e)
print(isinstance(x, dict), list(reversed(x)))
