# Containers that grew and shrank again: what they take follows from how they came to their length.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 100


def popped(length):
    values = [None] * length
    while len(values) > length // 3:
        values.pop()
    return values


def joined(length):
    values = [None] * (length % 5)
    values.extend([None] * length)
    values += [None] * (length // 2)
    values[1:1] = (None, None)
    del values[2:length // 4]
    return values


def churned(length):
    numbers = {}
    for i in range(length):
        numbers[i] = None
        if i > 5:
            del numbers[i - 5]
    return numbers


kept = []
for i in range(N):
    length = i % 50
    kept.append(popped(length))
    kept.append(joined(length))
    kept.append(churned(length))
    evens = set(range(0, length, 2))
    evens.update(range(length // 2))
    kept.append(evens)
    kept.append(evens | {1, 3})
