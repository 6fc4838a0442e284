# super() without arguments, __class__
class A:
    size = 1

    def __init__(self, x):
        self.x = x

    def f(self):
        return "A.f"

    @property
    def p(self):
        return self.x

    @classmethod
    def make(cls, x):
        return cls(x)


class B(A):
    size = 2

    def __init__(self, x):
        super().__init__(x + 1)
        self.y = __class__

    def f(self):
        return super().f() + " B.f"

    @property
    def p(self):
        return super().p * 10

    @classmethod
    def make(cls, x):
        return super().make(x * 2)

    def sizes(self):
        return super().size, self.size, super(B, self).size

    def closure(self):
        def inner():
            return super(B, self).f(), __class__.__name__
        self = self
        return inner()

    def in_list(self):
        m = super
        return m(B, self).f()


class C(B):
    def f(self):
        return super().f() + " C.f"


c = C(1)
print(c.x, c.y, c.f(), c.p, C.make(3).x, c.sizes(), c.closure(), c.in_list())


def no_class():
    try:
        super()
    except RuntimeError as e:
        print("RuntimeError")


no_class()


class Outer(A):
    def f(self):
        class Inner(A):
            def f(this):
                return "Inner " + super().f()
        return Inner(1).f() + ", " + super().f()


print(Outer(0).f())
