# __init_subclass__ and keywords of the class statement.
class Base:
    known = []
    def __init_subclass__(cls, tag=None, **kw):
        super().__init_subclass__(**kw)
        Base.known.append((cls.__name__, tag))
class A(Base, tag=1): pass
class B(A): pass
class C(Base, tag="c"): pass
print(Base.known)
try:
    class D(Base, other=1): pass
except TypeError:
    print("TypeError")
class G:
    def __class_getitem__(cls, item): return (cls.__name__, item)
print(G[int] == ("G", int), G[1, 2])
