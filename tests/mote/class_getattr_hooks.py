# __getattr__, __getattribute__, __setattr__, __delattr__.
class G:
    real = 1
    def __getattr__(self, name):
        if name.startswith("x"):
            return name.upper()
        raise AttributeError(name)
g = G()
print(g.real, g.xyz, hasattr(g, "abc"), getattr(g, "abc", "default"))
class S:
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value + 1)
    def __delattr__(self, name):
        print("del", name)
        object.__delattr__(self, name)
s = S()
s.a = 1
print(s.a)
del s.a
print(hasattr(s, "a"))
class A:
    def __init__(self): self.v = 3
    def __getattribute__(self, name):
        if name == "magic":
            return 42
        return object.__getattribute__(self, name)
a = A()
print(a.magic, a.v)
class B(A): pass
b = B()
print(b.magic, b.v)
b.v = 4
print(b.v)
