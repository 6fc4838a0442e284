# Values that several containers hold, and containers from which much was removed.
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 100


class Place:
    __slots__ = ("number", "name")

    def __init__(self, number, name):
        self.number = number
        self.name = name


numbers = [i * 1000 for i in range(N)]
names = ["name %d" % i for i in numbers]
digits = [str(i % 10) for i in range(N)]
by_name = {}
for i in range(N):
    by_name[names[i]] = numbers[i]
places = [Place(numbers[i], names[i]) for i in range(N)]
left = set(numbers)
for i in range(0, N, 2):
    del by_name[names[i]]
    left.remove(numbers[i])
kept = [by_name, dict(by_name), left, set(left), tuple(names), list(numbers), places, digits]
