# Integers around 10**10: one word each where small integers are tagged, an object each elsewhere.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 1000

kept = [None] * N
for i in range(N):
    kept[i] = 10**10 + i
