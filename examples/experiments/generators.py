# Generators that have begun.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 1000


def counting(n):
    for i in range(n):
        yield i


kept = [None] * N
for i in range(N):
    kept[i] = counting(i + 1)
    next(kept[i])
