# needs: messages rare unicode
# where a program is wrong: the line of the error, and the column where CPython points at the token itself
def place(text):
    try:
        compile(text, "file", "exec")
    except SyntaxError as e:
        return type(e).__name__, e.lineno, e.offset


exact = [
    'x=[1,2\ny=3', 'try:\n x\n', 'def f():\n global x\n nonlocal x', 'ä€=1', 'x = (1, 2\ny = 3\nz = 4',
    'foo(1, 2\nbar(3)', 'x = {1: 2\ny = 3', 'if x\n  y', 'while True\n  pass', 'for x in\n  y',
    'for x y in z:\n  pass', 'for in x: pass', 'def f(\n  a\n  b): pass', 'def f(a b): pass', 'def (a): pass',
    'def f: pass', 'class 1: pass', 'class A(: pass', 'class A:\nx = 1', 'def f():\nx = 1', 'if 1:\n  x\nelse\n  y',
    'elif x: pass', 'try:\n  x\nexcept\n  y', 'try:\n  x\nexcept A, B:\n  y', 'try:\n  x\nexcept A as 1:\n  y',
    'try:\n  x\nelse:\n  y', 'try:\n x\nexcept: pass\nexcept A: pass', 'try:\n x\nfinally:\n y\nexcept: pass',
    'with x as: pass', 'with: pass', 'with x\n  pass', 'import 1', 'import a b', 'import a as', 'from x import',
    'from import x', 'from x import (a, b', 'from x import (a b)', 'from x import *, a', 'from .x', 'return 1',
    'break', 'continue', 'x = 1\nif x: break', 'global', 'global x, 1', 'def f():\n x = 1\n global x',
    'def f(x):\n nonlocal x', 'nonlocal x', 'def f():\n print(x)\n global x', 'pass 1', 'del 1', 'del f()',
    'del (a, b, 1)', 'raise x y', 'raise from x', 'assert', 'assert x,', 'lambda x y: 1', 'lambda: return', 'x ++',
    'x = a b c', 'x + 1 = 2', '[x, f()] = 3', 'f() += 1', 'None = 1', 'f(x) = 1', 'def f(a, a): pass',
    'def f(*a, *b): pass', 'f(a=1, a=1)', 'f(a.b=1)', "x = 'abc", 'x = "abc\ny = 2', 'x = """abc\n\n\ny', 'x = 08',
    'x = $', 'x = !', 'x = `1`', 'x = (1, 2]', 'x = 1)\ny = 2', 'yield x', 'class A:\n  return 1',
    'class A:\n  yield 1', '[x for x in]', '[for x in y]', '{x: y for x in z', '(*x)', '*x = 1', 'x = **y', '{1: *x}',
    'x[1:2:3:4]', 'x[1 2]', 'x.', 'x..y', '@x\ny = 1', '@\ndef f(): pass', '@x y\ndef f(): pass', 'x: int: y',
    '(x, y): int', '1: int', 'x := 1', 'f(a := 1, b=c := 2)', '[i := 0 for i in y]', 'class A:\n [x := 1 for y in z]',
    'not not', 'a is is b', 'a < > b', 'and a', 'if', 'else:', 'x = 1 if 2', 'x = if 1 else 2',
    'if 1:\n\tx = 1\n        y = 2', 'if 1:\n        x = 1\n\ty = 2', 'x = (1 +\n\n\n', 'def f():\n\n\n', 'class A:',
    'while x:\n# c', 'for x in y:\n\n\nz = 1', ';', 'x = 1 +* 2', 'x = -', 'x = @', 'x = (,)', 'x = {,}', 'f(,)',
    'f(*)', 'f(a=)', 'def f(a,,b): pass', 'def f(a:): pass', 'def f() -> int\n  pass', 'lambda *: 1',
    'lambda a, a: 1', 'def f(/, a): pass', 'def f(*, a, /): pass', 'x = 1 y = 2', 'x = [\n1,\n2,\n3',
    'x = f(\n1,\ny=2\nz = 3\n', 'def f(a,\n      b:\n  pass', "x = {\n'a': 1\n'b': 2\n}", 'x = [\n1\n2\n]', 'f(1\n2)',
    "print('a'\nprint('b')", "print('hello)\nprint('b')", 'if (x:\n  y', 'if x):\n  y', "x = 'a' 'b' c", 'return',
    'def f():\n  class A:\n    return', 'def f():\n  for x in y:\n    def g(): break',
    'while 1:\n  class A:\n    continue', 'def f():\n  nonlocal y', 'def f():\n  x: int\n  global x',
    'def f(x):\n  global x', 'import a.b.', 'from . import', 'from a import b,', 'from a import ()',
    'try: x\nexcept: y\nelse', 'try:\n  pass\ny = 1', 'try:\n pass\nfinally\n x', 'with a as f(): pass',
    'with (a, b) as c d: pass', 'for 1 in x: pass', '[x for f() in y]', 'del x,, y', 'del *x',
    'del (x)\ndel [a, b]\ndel ()\ndel x + 1', 'nonlocal x, y', 'def f():\n  def g():\n    nonlocal x\n',
    'def f():\n  x = 1\n  def g():\n    x = 2\n    nonlocal x', '"\n"', 'é = 1 €', '(a, b) += 1',
    'a = b += 1', 'a += b += 1', 'a = 1 = b', 'f() = g() = 1', 'a if b else c = 1', '[a for b in c] = 1', '{a} = 1',
    '... = 1', 'not a = 1', "f'{x}' = 1",
]
for text in exact:
    print(repr(text), place(text))
by_line = [
    'if x = 3:\n  y', 'def f():\n  return\n   x', 'def f(*, **k): pass', 'f(**k, *a)', 'x = 0b3', 'x = 1__2',
    'x = 0o9', "f'{'", "f'}'", "f'{x!z}'", "f'{}'", "f'{lambda x: 1}'", '[x for x y]', '[*x for x in y]', 'print "x"',
    '{1, 2: 3}', '  x = 1', 'if 1:\n  x = 1\n    y = 2', 'def f():\n    pass\n  pass', "b'é'", "'\\u12'",
    "'\\U00110000'", 'x = 1 \\ ', '\\', 'def f(a=): pass', 'def f(*): pass', 'for i in range(3): pass\n  x',
    'def f():\n  x = 1\n y = 2', 'class A:\n  from x import *', 'with (a as b: pass', 'x = 1j2', 'a.b() = 1',
]
for text in by_line:
    print(repr(text), place(text)[:2])
