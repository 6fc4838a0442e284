# what functions, code, cells, ints and errors tell of themselves
# needs: rare
def outer():
    x = 3
    def inner(a, b=2, *, k=5):
        return x
    return inner
f = outer()
print(f.__globals__ is globals(), f.__code__.co_name, f.__code__.co_argcount, f.__code__.co_firstlineno, f.__defaults__, f.__kwdefaults__)
print(f.__closure__[0].cell_contents, f(1))
f.__defaults__ = (7,)
print(f.__defaults__, (5).real, (5).imag, (5).numerator, (5).denominator, True.numerator)
g = type(f)(compile('y', 'file', 'eval'), {'y': 8})
print(g())
try:
    f.__closure__ = ()
except AttributeError as e:
    print(e)
def gen():
    print(it.gi_running)
    yield
it = gen()
next(it)
print(it.gi_running)
try:
    compile('a b', 'file', 'exec')
except SyntaxError as e:
    print(e.filename, e.lineno, isinstance(e.msg, str))
