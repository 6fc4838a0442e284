# Descriptors of the program's own.
class Data:
    def __set_name__(self, owner, name):
        self.name = "_" + name
        print("named", owner.__name__, name)
    def __get__(self, o, cls):
        if o is None:
            return "of " + cls.__name__
        return getattr(o, self.name, "unset")
    def __set__(self, o, value):
        setattr(o, self.name, value * 2)
    def __delete__(self, o):
        print("delete")
class Plain:
    def __get__(self, o, cls):
        return "plain"
class A:
    d = Data()
    p = Plain()
a = A()
print(a.d, A.d, a.p, A.p)
a.d = 21
print(a.d, a._d)
del a.d
a.p = 1
print(a.p)
a.__dict__
class T:
    def __init__(self): self._t = 20
    @property
    def t(self):
        "doc of t"
        return self._t
    @t.setter
    def t(self, v):
        if v < 0: raise ValueError("cold")
        self._t = v
    @t.deleter
    def t(self):
        self._t = None
x = T()
x.t = 5
print(x.t)
try:
    x.t = -1
except ValueError as e:
    print(e)
del x.t
print(x.t, T.t.__doc__)
class U(T):
    @classmethod
    def make(cls, *a): return cls.__name__, a
    @staticmethod
    def s(*a): return a
print(U.make(1), U().make(2), U.s(3), U().s(4))
