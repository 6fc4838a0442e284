# __new__ and __init__.
class A:
    def __new__(cls, *args):
        print("new", cls.__name__, args)
        return super().__new__(cls)
    def __init__(self, *args):
        print("init", args)
A(1, 2)
class B(A):
    def __init__(self):
        super().__init__("b")
try:
    B(1)
except TypeError:
    print("TypeError")
class C:
    def __new__(cls):
        return 5
    def __init__(self):
        print("never")
print(C())
class D:
    def __init__(self):
        return 1
try:
    D()
except TypeError as e:
    print(e)
class E: pass
try:
    E(1)
except TypeError as e:
    print(e)
class Single:
    one = None
    def __new__(cls):
        if cls.one is None:
            cls.one = object.__new__(cls)
        return cls.one
print(Single() is Single())
