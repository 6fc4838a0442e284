# Where attributes come from, and what changes them.
class A:
    x = 1
    def m(self):
        return "A.m", self.x
class B(A):
    y = 2
a, b = A(), B()
print(a.x, b.x, b.y, a.m(), b.m())
b.x = 10
print(a.x, b.x, B.x, b.m())
A.x = 5
print(a.x, b.x, B.x)
del b.x
print(b.x)
A.z = property(lambda self: self.x * 2)
print(b.z)
try:
    b.z = 1
except AttributeError:
    print("no setter")
for name in "nothing", "m2":
    try:
        getattr(b, name)
    except AttributeError as e:
        print(e)
try:
    del b.x
except AttributeError:
    print("not there")
A.m = lambda self: "new"
print(b.m())
b.m = lambda: "own"
print(b.m(), a.m())
print(hasattr(b, "y"), hasattr(a, "y"), getattr(a, "y", 7))
print(sorted(b.__dict__), B.__name__, B.__bases__ == (A,), [c.__name__ for c in B.__mro__])
