# Exceptions as objects.
for e in (ValueError(), ValueError("a"), ValueError("a", 1), KeyError("k"), KeyError(), OSError(200, "text"), StopIteration(3)):
    print(repr(e), "|", str(e), "|", e.args)
print(StopIteration(5).value, StopIteration().value, SystemExit(3).code, OSError(5, "x").errno)
print(issubclass(KeyError, LookupError), issubclass(RecursionError, RuntimeError), BaseException.__bases__)
print(isinstance(IndentationError(), SyntaxError), type(ValueError()).__name__, ValueError.__mro__[1].__name__)
class E(Exception): pass
e = E(1, 2)
e.extra = "x"
print(repr(e), e.args, e.extra, e.with_traceback(None) is e)
e.args = (9,)
print(e)
class F(E):
    def __init__(self, a): self.a = a
f = F("q")
print(f.args, f.a, str(f), repr(f))
try:
    raise F("z")
except E as x:
    print(type(x) is F, x.a)
try:
    raise E
except E as x:
    print(x.args)
