# what is no program: the exception, the line
def check(text, *show):
    try:
        compile(text, "file", "exec")
        print(repr(text), "compiles")
    except SyntaxError as e:
        print(repr(text), type(e).__name__)


for text in ("x = ", "x = (1, 2", "x = [1}", "'abc", "'''abc", "1 = x", "f() = 1", "None = 1", "(a, 1) = 2", "a + 1 += 2",
             "f() += 1", "del f()", "for 1 in x: pass", "with a as 1: pass", "x := 1", "  x = 1", "if 1:\nx", "if 1:\n  x\n    y",
             "if 1:\n    x\n  y", "return", "break", "continue", "yield 1", "def f(:\n pass", "def f(a, a): pass",
             "def f(a=1, b): pass", "def f(*): pass", "def f(**a, b): pass", "lambda a, a: 1", "class A\n pass", "else: pass",
             "try: pass", "try: pass\nexcept: pass\nexcept A: pass", "f(a=1, 2)", "f(a=1, a=2)", "f(**a, *b)",
             "f(x for x in y, 1)", "f(1=2)", "nonlocal x", "def f():\n x = 1\n global x", "def f(x):\n global x",
             "def f():\n nonlocal x", "def f():\n from x import *", "0777", "0x", "0b12", "1__0", "1abc", "$", "a b", "x = not",
             "a if b", "[*a for a in b]", "{1: 2, 3}", "{1, 2: 3}", "*a", "x = *a", "*a, *b = 1", "f'{}'", "f'{a'", "f'}'",
             "f'{a!x}'", "'a' b'a'", "b'\u00e9'", "'\\x1'", "'\\u12'", "raise from x", "import", "from . x", "a\\x", ")", "(]",
             "@a\nx = 1", "if x: pass else: pass", "def f(a, (b, c)): pass", "def f(/, a): pass", "def f(*, a, /): pass",
             "(a, b): int", "1: int", "if a = 1: pass", "x = 1 +", "[(yield 1) for x in y]", "[i := 0 for i in y]",
             "class A:\n [x := 1 for i in y]", "from x import a,", "print 1", "assert", "del", "'\\N{no such name}'",
             "while 1:\n def f(): break", "def f():\n class A: return", "async = 1", "a = yield", "x = 'a\nb'",
             "f(**a, b)", "import a.b as c.d", "lambda: x = 1", "(x for x in y) = 1", "a, b += 1", "x: int: 3", "if x:\n", "@"):
    check(text)
for text in ("def f(a, b=1, /, c=2, *d, e, f=3, **g): pass", "with (a as b, c as d): pass", "with (a, b): pass",
             "with (a) as b, (c): pass", "x[1:2, ::3, ...] = 3", "x = yield_ = 1", "def f(): x = yield", "(a), b = 1, 2",
             "for x, in y: pass", "for x in *a, b: pass", "print(a, end='', *b, **c)", "x = a[*b]", "lambda: (yield)", "\n\n\n",
             "# only a remark", "if 1: x; y;", "class A(b, c=1): x: int", "a = b = c", "def f(): return *a, b", "",
             "try: pass\nfinally: pass", "match = case = 1; match(case)", "x = 1if 1else 2", "def f(\n  a,\n  b,\n):\n\tpass",
             "x = (\n# remark\n1\n)", "if 1:\n  x\n# remark\n  y\n", "\tx" and "x"):
    check(text)
