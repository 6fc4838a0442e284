# What was made and dropped, and what is left after a collection.
import gc
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 1000

kept = [None] * N
for i in range(N):
    dropped = [str(i) + " dropped", (i, i)]
    kept[i] = (None, str(i) + " kept")
dropped = None
gc.collect()
