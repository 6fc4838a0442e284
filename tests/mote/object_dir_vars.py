# dir, vars, getattr and the like.
class A:
    a = 1
    def f(self): pass
x = A()
x.b = 2
print([n for n in dir(x) if not n.startswith("_")], vars(x), "a" in dir(A))
setattr(x, "c", 3)
delattr(x, "b")
print(x.__dict__, x.__class__ is A, type(x) is A, callable(A), callable(x), callable(len))
def f(a, b=1):
    c = 3
    return sorted(locals().items())
print(f(5))
print("f" in globals(), globals()["x"] is x)
try:
    getattr(x, 5)
except TypeError:
    print("TypeError")
f.note = "n"
print(f.note, f.__name__, f.__dict__)
class B: pass
x.__class__ = B
print(type(x).__name__, x.c)
print(id(x) == id(x), hash(x) == hash(x), x == x, x != B())
