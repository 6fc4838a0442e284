# yield from: values, sends, throws and closes go through.
def inner():
    try:
        x = yield 1
        print("inner got", x)
        y = yield 2
        print("inner got", y)
    except ValueError as e:
        print("inner caught", e)
        yield "after"
    finally:
        print("inner finally")
    return "result"
def outer():
    r = yield from inner()
    print("r", r)
    yield from [7, 8]
    yield from (z for z in "ab")
    return (yield from inner())
o = outer()
print(next(o), o.send("S"), o.throw(ValueError("V")), next(o), next(o), next(o), next(o))
print(next(o))
o.close()
class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 3: raise StopIteration(self.n * 10)
        return self.n
    def throw(self, *a):
        print("It.throw", a[0])
        return "thrown"
    def close(self): print("It.close")
def d():
    r = yield from It()
    print("r", r)
print(list(d()))
i = d()
next(i)
print(i.throw(KeyError))
i.close()
def rec(n):
    if n:
        yield n
        yield from rec(n - 1)
print(list(rec(20)))
