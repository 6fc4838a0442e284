# names of attributes and keywords that are longer than the machine interns
LONG, OTHER = "n" * 300, "m" * 256


class Loads:
    a = b = c = d = e = f = g = h = i = j = k = l = 1

    def __getattr__(self, name):
        return len(name)


class Stores:
    a = b = c = d = e = f = g = h = i = j = k = l = 1

    def __setattr__(self, name, value):
        object.__setattr__(self, name, [value])


for cls in Loads, Stores:
    o = cls()
    print(getattr(o, LONG, "none"), hasattr(cls, LONG), getattr(cls, OTHER, "none"))
    setattr(o, LONG, 1)
    setattr(cls, OTHER, 2)
    for n in range(12):
        setattr(o, "q%d" % n, n)
        setattr(cls, "q%d" % n, n)
    print(getattr(o, LONG), getattr(o, OTHER), getattr(cls, OTHER), LONG in o.__dict__, LONG[1:] in vars(o), getattr(o, LONG[1:] + "n"))
    delattr(o, LONG)
    print(getattr(o, LONG, "gone"))

made = type("T" * 300, (), {LONG: 1, OTHER: lambda self: "called"})
print(made.__name__ == "T" * 300, getattr(made, LONG), getattr(made(), OTHER)())


class Slots:
    __slots__ = LONG, "a"


s = Slots()
setattr(s, LONG, 1)
print(getattr(s, LONG), hasattr(s, OTHER))


def keywords(**named):
    return sorted(map(len, named))


print(keywords(**{LONG: 1, OTHER: 2, "a": 3}))
for f in len, print, int, made, lambda a: a:
    try:
        f(**{LONG: 1})
    except TypeError:
        print("TypeError")
for name in LONG, LONG + "." + LONG, "sys." + LONG:
    try:
        __import__(name)
    except ImportError:
        print("ImportError")
for o in "", [], len, keywords, type, __import__("sys"):
    print(hasattr(o, LONG))
setattr(keywords, LONG, 1)
print(getattr(keywords, LONG), ("%(" + LONG + ")s") % {LONG: 5}, ("{" + LONG + "}").format(**{LONG: 6}))
