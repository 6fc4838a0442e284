# arguments and parameters of all kinds
def f(a, b=2, *c, d, e=5, **g):
    return a, b, c, d, e, g


print(f(1, d=4), f(1, 2, 3, 4, d=0, z=9), f(*[1, 2], *(3,), d=1, **{"x": 1}, **{"y": 2}))
print(f(1, *[], d=3, **{}), f(*"ab", **dict(d=1, e=2)))


def order(n):
    print("eval", n)
    return n


print(f(order(1), *[order(2)], d=order(3), **{"k": order(4)}))


def pos(a, b=1, /, c=2, *, d=3):
    return a, b, c, d


print(pos(1), pos(1, 2, c=3, d=4))
try:
    pos(a=1)
except TypeError as e:
    print("TypeError")
try:
    pos(1, b=2)
except TypeError as e:
    print("TypeError")


def kw_only(*, a, b=2):
    return a, b


print(kw_only(a=1))
for bad in ("kw_only()", "kw_only(1)", "f()", "kw_only(a=1, c=2)", "f(1, 2, a=3, d=1)", "f(d=1, **{'d': 2}, a=1)"):
    try:
        eval(bad)
        print("no error")
    except TypeError:
        print(bad, "TypeError")
print((lambda: 1)(), (lambda *a, **k: (a, k))(1, x=2), (lambda a, b=2: a + b)(1))


def defaults(a, b=[], c={"k": 1}, *, d=order("default")):
    b.append(a)
    return b, c, d


print(defaults(1), defaults(2))


def deco(tag):
    def wrap(fn):
        def inner(*args, **kwargs):
            return tag, fn(*args, **kwargs)
        return inner
    return wrap


@deco("outer")
@deco("inner")
def decorated(x: int, y: "str" = 1) -> "nothing":
    """doc"""
    return x, y


print(decorated(1), decorated(1, y=2))


class Base:
    def __init_subclass__(cls, tag=None):
        cls.tag = tag


class Sub(Base, tag="t"):
    @staticmethod
    def s(a): return a
    @classmethod
    def c(cls, a): return cls.__name__, a


print(Sub.tag, Sub.s(1), Sub().c(2))


def documented():
    "the doc"
    return 1


print(documented.__doc__, (lambda: "not a doc").__doc__, Sub.__doc__)


def many(*args):
    return len(args), sum(args)


print(many(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29))
print(eval("many(" + ", ".join(str(i) for i in range(300)) + ")"))
print(sum(i for i in range(5)), sorted((i for i in (3, 1, 2)), reverse=True))


def gen(n):
    got = yield from (i for i in range(n))
    while True:
        got = yield got
        if got is None:
            return "end"


g = gen(2)
print(next(g), next(g), next(g), g.send(5))
try:
    g.send(None)
except StopIteration as e:
    print(e.value)
