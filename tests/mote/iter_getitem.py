# Iteration over __getitem__, reversed over __len__ and __getitem__, iter(f, sentinel).
class Seq:
    def __init__(self, n):
        self.n = n
    def __len__(self):
        return self.n
    def __getitem__(self, i):
        if i >= self.n:
            raise IndexError
        return i * i
print(list(Seq(4)), list(reversed(Seq(4))), 9 in Seq(4), 10 in Seq(4), sum(Seq(3)))
a, b, c = Seq(3)
print(a, b, c)
n = 0
def count():
    global n
    n += 1
    return n
print(list(iter(count, 5)))
print(list(reversed('abc')), list(reversed(range(3))), list(reversed([1, 2])), list(reversed(())))
for bad in {1}, 5, None:
    try:
        reversed(bad)
    except TypeError as e:
        print(e)
