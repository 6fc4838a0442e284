# A class body is a scope of its own that its functions do not see.
x = "global"
class A:
    x = "class"
    y = x
    def f(self): return x
    z = [x for _ in range(1)]
    for i in range(3):
        pass
    if True:
        w = i
print(A().f(), A.y, A.i, A.w)
def f():
    v = "local"
    class B:
        v2 = v
        def g(self): return v
        class Inner:
            k = v
    return B
print(f().v2, f()().g(), f().Inner.k)
class C:
    global gl
    gl = 5
    del_me = 1
    del del_me
print(gl, hasattr(C, "del_me"))
print(C.__name__, type(C), C)
T = type("T", (A,), {"q": 9, "m": lambda self: self.q})
print(T.__name__, T().m(), T.x)
