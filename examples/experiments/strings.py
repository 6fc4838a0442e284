# Strings of at most 10 characters, some of them special, so that no interpreter takes them for names.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 1000

kept = [None] * N
for i in range(N):
    kept[i] = "%d - \xe9!" % (i % 10000)
