# Tuples of up to nine elements.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 1000

kept = [None] * N
for i in range(N):
    kept[i] = tuple([None] * (i % 10))  # once a tuple may be the tuple itself
