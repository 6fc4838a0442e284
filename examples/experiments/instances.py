# Instances of two classes: with three attributes, and with none.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 1000


class Point:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z


class Nothing:
    pass


kept = [None] * N
for i in range(N):
    kept[i] = Point(None, None, None) if i % 2 else Nothing()
