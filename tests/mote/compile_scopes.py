# which variable a name means: closures, nonlocal, global, classes, comprehensions
x = "global"


def outer():
    x = "outer"

    def read():
        return x

    class C:
        print(x)
        x = "class"
        print(x)
        y = [x for _ in range(2)]

        def method(self):
            return x, __class__.__name__

    def write():
        nonlocal x
        x = "written"

    print(read(), C().method(), C.y, C.x)
    write()
    print(read(), x)
    del x
    try:
        read()
    except NameError as e:
        print(type(e).__name__, e)


outer()


def counter():
    n = 0

    def step(by=1):
        nonlocal n
        n += by
        return n

    return step, lambda: n


step, get = counter()
step(), step(5)
print(get())


def shadow():
    try:
        print(x)
    except UnboundLocalError as e:
        print(type(e).__name__)
    x = 1


shadow()


def declare():
    global made
    made = 1
    global x
    x = "set"


declare()
print(made, x)

fs = [lambda: i for i in range(3)]
print([f() for f in fs])
fs = [lambda i=i: i for i in range(3)]
print([f() for f in fs])
print([[lambda: (i, j) for j in range(2)] for i in range(2)][1][0]())


def nested():
    a = 1
    b = [a + c for c in [a + d for d in range(3)] if c > a]
    e = {f: {g: a for g in range(f)} for f in range(3)}
    return b, e, sorted(locals())


print(nested())


def deep():
    v = 1

    def mid():
        def low():
            nonlocal v
            v += 1
            return v

        return low

    return mid()() + v


print(deep())


class Meta:
    kind = "meta"
    if True:
        def helper(n):
            return n * 2
    values = [helper(3), kind]
    for n in range(2):
        pass


print(Meta.values, Meta.n)


def use_param(a, *args, k=1, **kw):
    return (lambda: (a, args, k, kw))()


print(use_param(1, 2, k=3, z=4))
print([y := 1, y ** 2], y)
print([last := i for i in range(5)], last)


def walrus():
    if any((hit := v) > 3 for v in [1, 5, 2]):
        return hit


print(walrus())


class Private:
    __secret = 1

    def __get(self):
        return self.__secret

    def get(self):
        return self.__get()


print(Private().get(), Private._Private__secret, hasattr(Private, "__secret"))
