# Characters cut out of a string, which some interpreters share: by split, and by slices.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 1000

kept = [None] * N
for i in range(N):
    kept[i] = "q,7".split(",") if i % 2 else "qwxyz"[1:2]
