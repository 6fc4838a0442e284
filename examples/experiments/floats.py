# Floats.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 1000

kept = [None] * N
for i in range(N):
    kept[i] = i * 0.5
