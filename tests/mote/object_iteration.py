# Iterators of the program's own.
class Up:
    def __init__(self, n): self.n = n
    def __iter__(self): self.i = 0; return self
    def __next__(self):
        if self.i >= self.n: raise StopIteration
        self.i += 1
        return self.i
print(list(Up(3)), sum(Up(4)), [x for x in Up(2)], 2 in Up(3), 5 in Up(3), sorted(Up(3), reverse=True), dict(zip(Up(2), "ab")))
class Seq:
    def __getitem__(self, i):
        if i > 2: raise IndexError
        return i * i
print(list(Seq()), 4 in Seq(), 5 in Seq(), tuple(Seq()))
class Bad:
    def __iter__(self): return 5
try:
    iter(Bad())
except TypeError as e:
    print(e)
print(list(iter(lambda it=iter([1, 2, 0, 3]): next(it), 0)))
class Err:
    def __iter__(self): return self
    def __next__(self): raise KeyError("k")
try:
    for x in Err(): pass
except KeyError as e:
    print(repr(e))
for x in Up(2):
    for y in Up(2):
        print(x, y, end=" ")
else:
    print("end")
