# Lists of up to seven elements, as displays make them.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 1000

kept = [None] * N
for i in range(N):
    x = None
    kept[i] = ([], [x], [x, x], [x, x, x], [x, x, x, x], [x, x, x, x, x, x, x])[i % 6]
