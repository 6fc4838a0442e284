# Every way to give and take arguments.
def f(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, kw
print(f(1, c=3))
print(f(1, 5, 6, 7, c=3, d=8, e=9))
print(f(*[1, 2, 3], **{"c": 4, "z": 5}))
print(f(*(1,), *(2, 3), c=1, **{"d": 2}, **{"y": 1}))
def g(a, b, /, c, *, d=1):
    return a, b, c, d
print(g(1, 2, 3), g(1, 2, c=3, d=4))
def h(*a, **k):
    return a, k
print(h(), h(1), h(x=1), h(*range(5)))
print((lambda x, y=3: x + y)(1))
def star(first, *rest):
    rest = list(rest)
    first = None
    return rest
print(star(*"abc"))
