# send, return values, exhaustion.
def g():
    x = yield 1
    print("got", x)
    y = yield x
    print("got", y)
    return "done"
i = g()
print(next(i), i.send("a"))
try:
    i.send("b")
except StopIteration as e:
    print("stop", e.value)
try:
    next(i)
except StopIteration as e:
    print("stop", e.value)
try:
    g().send(1)
except TypeError as e:
    print(e)
print(list(i), next(i, "default"))
def nothing():
    return
    yield
print(list(nothing()))
def count(n):
    while n:
        yield n
        n -= 1
print(sum(count(10)), list(zip(count(3), count(2))), max(count(4)), dict(a=1), tuple(count(2)))
print([x for x in (y * 2 for y in count(3) if y != 2)])
a, *b = count(4)
print(a, b)
def args(*a, k=1, **kw):
    yield a, k, kw
print(next(args(1, 2, k=3, z=4)))
def clos():
    v = 1
    def inner():
        nonlocal v
        while v < 4:
            yield v
            v += 1
    return inner()
print(list(clos()))
