# Lists of growing length, grown element by element.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 100

kept = [None] * N
for i in range(N):
    grown = []
    for j in range(i):
        grown.append(None)
    kept[i] = grown
