# Dicts of growing size: numbers as keys in one half, strings in the other.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 100

kept = [None] * N
for i in range(N):
    grown = {}
    for j in range(i):
        grown[j if i % 2 else "key %d" % j] = None
    kept[i] = grown
