# Functions that keep a variable of the function around them.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 1000


def around(x):
    def inside():
        return x

    return inside


kept = [None] * N
for i in range(N):
    kept[i] = around(None)
