# Containers in containers: records of a name, tags, and places, as programs keep them.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 100

kept = [None] * N
for i in range(N):
    record = {}
    record["name"] = "object %d" % i
    record["tags"] = ["tag %d" % j for j in range(i % 5)]
    record["places"] = {(j, j + 1) for j in range(i % 7)}
    record["parts"] = [[j, [j * 10**20]] for j in range(i % 3)]
    kept[i] = record
