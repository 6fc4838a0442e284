"""Sizes of objects as tare predicts them for an interpreter, against that interpreter's sys.getsizeof.

usage: python_sizes.py BUILD TARE...      run by the interpreter that BUILD is

Makes a census of one object of each shape, has it priced, and compares payload and headers (what the
allocator adds is not in getsizeof). Exit status 1 when a size differs or a shape has no price.
"""
import collections
import json
import subprocess
import sys
import sysconfig
import tempfile
import weakref


def appended(n):
    items = []
    for i in range(n):
        items.append(i)
    return items


def inserted(n, key):
    table = {}
    for i in range(n):
        table[key(i)] = i
    return table


def added(n):
    items = set()
    for i in range(n):
        items.add(i)
    return items


def lengthened(n, data):
    for i in range(n):
        data.append(i & 255)
    return data


def halved(n):
    table = inserted(n, int)
    for i in range(0, n, 2):
        del table[i]
    return table


def closure():
    here = 1
    return lambda: here


def text(length, width):
    return {0: "a", 1: "\xe9", 2: "\u20ac", 4: "\U0001f600"}[width] * length


class Method:
    def call(self):
        pass


class Plain:
    def call(self):
        pass


class Slots:
    __slots__ = ("a", "b")


def counting(a, b):
    for i in range(3):
        yield i + a * (b - i)


SHAPES = []


def shape(value, kind, **members):
    SHAPES.append((value, dict(kind=kind, count=1, **members)))


for bits in (9, 29, 30, 31, 34, 60, 61, 64, 90, 91, 1000, 100000):
    shape(1 << bits - 1 | 1, "int", bits=bits)
shape(1.5, "float")
shape(1j, "complex")
for width in (0, 1, 2, 4):
    for length in (2, 3, 10, 11, 1000):
        shape(text(length, width), "str", length=length, width=width)
shape(text(1, 2), "str", length=1, width=2)
for length in (2, 7, 8, 100):
    shape(bytes(length), "bytes", length=length)
for length in (0, 1, 10, 1000):
    shape(bytearray(length), "bytearray", length=length)
for length in (0, 1, 2, 5):
    shape([None] * length, "list", length=length, how="repeat")
for length in (1, 2, 4, 5, 8, 9, 17, 100, 1000, 200000):
    shape(appended(length), "list", length=length, how="append")
for length in (1, 2, 5, 100):
    shape([i for i in range(length)], "list", length=length, how="comprehension")
for length in (1, 2, 3, 10):
    shape(list(range(length)), "list", length=length, how="copy")
for length in (1, 2, 3, 100):
    shape(tuple(range(length)), "tuple", length=length)
for n in (0, 1, 5, 6, 10, 11, 21, 22, 85, 86, 1000, 50000, 100000):
    shape(inserted(n, str), "dict", entries=n, strings=n, how="grown")
for n in (1, 5, 6, 1000):
    shape(inserted(n, int), "dict", entries=n, strings=0, how="grown")
for n in (0, 1, 4, 5, 18, 19, 76, 77, 1000, 60000):
    shape(added(n), "set", entries=n, how="grown")
shape(frozenset(added(3)), "frozenset", entries=3, how="grown")
for n in (3, 100, 1000):
    shape(set(added(n)), "set", entries=n, how="copy")
for n in (1, 10, 100, 1000):
    shape(lengthened(n, bytearray()), "bytearray", length=n, how="append")
    shape(lengthened(n, collections.deque()), "deque", length=n)
    shape(collections.OrderedDict.fromkeys(range(n)), "OrderedDict", entries=n, how="grown")
    shape(collections.defaultdict(int, inserted(n, int)), "defaultdict", entries=n, how="grown")
shape(halved(1000), "dict", entries=500, filled=999, how="grown")
shape(dict(halved(1000)), "dict", entries=500, filled=999, how="copy")
shape(collections.namedtuple("Pair", "a b")(1, 2), "namedtuple", length=2)
shape(closure, "function")
shape(closure().__closure__[0], "cell")
shape(Method().call, "method")
shape(slice(1, 2), "slice")
shape(range(1, 2), "range")
shape(enumerate([]), "enumerate")
shape(zip(), "zip")
shape(map(int, []), "map")
shape(filter(None, []), "filter")
shape(property(), "property")
shape(staticmethod(closure), "staticmethod")
shape(classmethod(closure), "classmethod")
shape(super(Method, Method()), "super")
shape(iter([]), "iterator")
shape(memoryview(b"abc"), "memoryview")
shape(Slots(), "instance", fields=2, how="slots")
if sys.version_info[:2] == (3, 11):
    shape(Plain, "type", entries=1, bases=1, order=2, how="table")
if sys.version_info >= (3, 11):  # before, its frame is an object of its own, which sys.getsizeof leaves out
    shape(counting(1, 2), "generator", values=counting.__code__.co_nlocals + counting.__code__.co_stacksize)


def size_of(value):
    """What sys.getsizeof says; of a class and of enumerate with what is its own besides, which that leaves out."""
    if isinstance(value, enumerate):
        return sys.getsizeof(value) + sys.getsizeof((0, 1))
    if isinstance(value, list) and value and sysconfig.get_config_var("Py_GIL_DISABLED"):
        return sys.getsizeof(value) + 8  # their items begin with how many there are
    if not isinstance(value, type):
        return sys.getsizeof(value)
    table = dict.fromkeys([*value.__dict__, "__qualname__"])  # which was there when the class was made
    own = [table, value.__mro__, value.__bases__, value.__dict__["__dict__"], value.__dict__["__weakref__"]]
    by_its_base = [weakref.ref(value), 1 << 47]  # where it lies
    return sys.getsizeof(value) + type.__itemsize__ + sum(map(sys.getsizeof, own + by_its_base))


def predicted(build, tare, rows):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as census:
        json.dump({"census": 1, "label": "end", "word": 8, "block": 32, "boxed_int": False,
                   "objects": rows}, census)
        census.flush()
        out = subprocess.run([*tare, "predict", census.name, build, "--shapes", "-n", "0",
                              "--format", "json"], stdout=subprocess.PIPE, check=True)
    return json.loads(out.stdout)


def main():
    report = predicted(sys.argv[1], sys.argv[2:], [row for _, row in SHAPES])
    rows = {row["name"]: row for row in report["rows"]}
    wrong = 0
    for value, members in SHAPES:
        words = [f"{key}={members[key]}" for key in
                 ("bits", "length", "width", "entries", "fields", "values", "strings", "bases", "order", "filled") if members.get(key)]
        name = " ".join([members["kind"], *words] + ([members["how"]] if "how" in members else []))
        row = rows[name]
        size = row["payload"] + row["header"]
        if size != size_of(value):
            print(f"{name}: predicted {size}, sys.getsizeof says {size_of(value)}")
            wrong += 1
    print(f"{len(SHAPES)} shapes, {wrong} differ")
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
