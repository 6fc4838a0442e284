# Context managers.
class M:
    def __init__(self, name, swallow=False): self.name, self.swallow = name, swallow
    def __enter__(self): print("enter", self.name); return self.name
    def __exit__(self, t, v, tb):
        print("exit", self.name, t and t.__name__, v)
        return self.swallow
with M("a") as a, M("b") as b:
    print(a, b)
with M("c", True):
    raise ValueError("v")
try:
    with M("d") as d:
        with M("e"):
            1 // 0
except ZeroDivisionError as e:
    print("out", e)
def f():
    for i in range(3):
        with M(i):
            if i == 0: continue
            if i == 1: return "returned"
print(f())
class Bad: pass
try:
    with Bad(): pass
except (TypeError, AttributeError):
    print("no manager")
class Fail(M):
    def __exit__(self, t, v, tb): raise KeyError("exit")
try:
    with Fail("g"):
        raise ValueError("body")
except KeyError as e:
    print(repr(e), repr(e.__context__))
