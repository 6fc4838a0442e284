# The comparison of keys may change the dict it is made for.
class Key:
    act = None
    def __init__(self, v):
        self.v = v
    def __hash__(self):
        return 1
    def __eq__(self, other):
        act = Key.act
        Key.act = None
        if act:
            act()
        return self.v == other.v
def fill(n):
    return {Key(i): i for i in range(n)}
for n in 3, 9, 10, 40:
    d = fill(n)
    Key.act = d.clear
    print(d.get(Key(n - 1), 'gone'), len(d))
    d = fill(n)
    def grow():
        for i in range(100, 150):
            d[Key(i)] = i
    Key.act = grow
    d[Key(n)] = 'new'
    print(len(d), d[Key(n)], d[Key(0)], d[Key(149)])
    d = fill(n)
    Key.act = lambda: d.pop(Key(0))
    d[Key(0)] = 'again'
    print(len(d), d[Key(0)])
