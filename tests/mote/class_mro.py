# The linear order of several bases.
class O1: pass
class A(O1):
    def f(self): return ["A"]
class B(A):
    def f(self): return ["B"] + super().f()
class C(A):
    def f(self): return ["C"] + super().f()
class D(B, C):
    def f(self): return ["D"] + super().f()
print(D().f())
print([c.__name__ for c in D.__mro__])
class X(A): pass
class Y(X, B): pass
print([c.__name__ for c in Y.__mro__], Y().f())
try:
    class Bad(A, B): pass
except TypeError:
    print("no order")
try:
    class Twice(A, A): pass
except TypeError as e:
    print(e)
print(issubclass(D, (int, C)), issubclass(A, D), isinstance(D(), A))
