# Special methods of built-in types by name.
print((5).__add__(3), (5).__radd__(3), "a".__add__("b"), [1].__len__(), (2).__eq__(2), (2).__eq__("x"))
print([1, 2].__contains__(2), [1, 2].__getitem__(0), {"a": 1}.__contains__("a"), int.__add__(1, 2))
print(list(map(str.upper, ["a", "b"])), sorted(["b", "A"], key=str.lower), list.append.__name__)
print(object.__eq__(1, 2), hasattr(5, "__len__"), hasattr([], "__len__"), hasattr([], "__iter__"))
it = iter([1, 2])
print(it.__next__(), it.__next__())
try:
    it.__next__()
except StopIteration:
    print("end")
for bad in (lambda: list.append(5, 1), lambda: list.append(), lambda: str.upper(1)):
    try:
        bad()
    except TypeError:
        print("TypeError")
f = [].append
print(f.__self__ == [], len.__name__)
class A:
    def __repr__(self): return "A!" + object.__repr__(self)[:10]
    def __str__(self): return "str"
print(repr(A()), str(A()), "%s %r" % (A(), A()))
