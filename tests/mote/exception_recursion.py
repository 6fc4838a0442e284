# needs: memory
# Endless recursion is an error that can be caught, again and again.
def f(n): return f(n + 1)
class A:
    def __getattr__(self, name): return getattr(self, name + "x")
    def __repr__(self): return repr(self)
    def __eq__(self, o): return self == o
    def __len__(self): return len(self)
def gen(): yield from gen()
l = []
l.append(l)
for case in (lambda: f(0), lambda: A().q, lambda: repr(A()), lambda: A() == 1, lambda: len(A()), lambda: list(gen()),
             lambda: f(0)):
    try:
        case()
        print("no error")
    except RecursionError as e:
        print("RecursionError")
print(l)
def depth(n): return 0 if n == 0 else 1 + depth(n - 1)
print(depth(500))
