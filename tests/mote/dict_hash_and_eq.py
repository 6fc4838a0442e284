# __hash__ and __eq__ of the program decide; equality is asked only of keys with the same hash.
class Key:
    def __init__(self, v):
        self.v = v
    def __hash__(self):
        return self.v % 3
    def __eq__(self, other):
        return self.v == other.v  # an error with a str
    def __repr__(self):
        return 'Key(%d)' % self.v
d = {'a': 1, 'b': 2}
for i in range(30):
    d[Key(i % 20)] = i
print(len(d), d['a'], d[Key(7)], d[Key(19)])
del d[Key(7)]
print(Key(7) in d, Key(8) in d)
print(list(d)[:5])
s = {Key(i % 5) for i in range(40)}
print(len(s), Key(4) in s, Key(5) in s)
