# Integers of growing length.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 100

kept = [None] * N
for i in range(N):
    kept[i] = 7**i
