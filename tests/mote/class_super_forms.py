# super() in its forms.
class A:
    n = "A.n"
    def f(self, x): return "A.f", x
    @classmethod
    def c(cls): return "A.c " + cls.__name__
    @staticmethod
    def s(): return "A.s"
    @property
    def p(self): return "A.p"
class B(A):
    n = "B.n"
    def f(self, x=0): return ("B.f",) + super().f(x + 1)
    @classmethod
    def c(cls): return "B.c " + super().c()
    @staticmethod
    def s(): return "B.s " + A.s()
    @property
    def p(self): return "B.p " + super().p + " " + super().n
    def two(self): return super(B, self).f(5), super(B, self).n
    def inner(self):
        return [super(B, self).f(i) for i in range(2)]
    def missing(self): return super().nothing
b = B()
print(b.f(), B.c(), b.c(), b.s(), b.p, b.two(), b.inner())
try:
    b.missing()
except AttributeError as e:
    print(e)
class C(B):
    def f(self): return super().f(10)
print(C().f(), super(C, C()).f(1), super(B, C()).f(1))
