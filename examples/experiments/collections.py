# What module collections has, plain objects, and instances that lost attributes.
from collections import defaultdict, deque, namedtuple
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 100


class Bare:
    pass


Pair = namedtuple("Pair", "left right")
pairs = [Pair(i, object()) for i in range(N)]
ring, last = deque(), deque(maxlen=4)
words = defaultdict(list)
bare = []
for i in range(N):
    ring.append(i)
    last.append(i)
    words[i % 7].append(i)
    o = Bare()
    o.a, o.b, o.c = i, i, i
    del o.b, o.c
    bare.append(o)
