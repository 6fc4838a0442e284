# str(), repr() and format() of classes that derive from a built-in type: __str__, else __repr__, but for str and bytes
# needs: rare
class Pair(tuple):
    def __repr__(self):
        return "R"


class Name(str):
    def __repr__(self):
        return "R"


class Count(int):
    def __repr__(self):
        return "R"


class Names(list):
    def __str__(self):
        return "S"


class Map(dict):
    def __repr__(self):
        return "R"


class Raw(bytes):
    def __repr__(self):
        return "R"


class Keys(set):
    def __format__(self, spec):
        return "F" + spec


for v in Pair((1,)), Name("s"), Count(3), Names([1]), Map(a=1), Raw(b"x"), Keys([1]):
    print(str(v), repr(v), format(v), f"{v}", f"{v!s}{v!r}", "{}{!r}".format(v, v), "%s%r" % (v, v), [v])
    try:
        print(f"{v:>5}")
    except TypeError as e:
        print(e)
