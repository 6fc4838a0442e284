# An error in a comparison leaves the list with the same values.
class Bad:
    left = 0
    def __init__(self, v):
        self.v = v
    def __lt__(self, other):
        Bad.left -= 1
        if Bad.left < 0:
            raise ValueError('enough')
        return self.v < other.v
for allowed in range(0, 120, 7):
    Bad.left = allowed
    l = [Bad(i * 17 % 31) for i in range(31)]
    try:
        l.sort()
    except ValueError as e:
        if allowed < 50:
            print(e)
    print(sorted(b.v for b in l) == list(range(31)))
try:
    [1, 'a', 2].sort()
except TypeError as e:
    print(e)
