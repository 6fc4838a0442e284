# Sets of growing size.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 100

kept = [None] * N
for i in range(N):
    grown = set()
    for j in range(i):
        grown.add(j)
    kept[i] = grown
