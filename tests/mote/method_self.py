# A method of a native type looks at self wherever it comes from: the type, another class, super().
class L(list):
    pass
class Other:
    push = list.append
    low = str.lower
class Odd(list):
    def __new__(cls):
        return object.__new__(cls)
a = L()
list.append(a, 1)
print(a)
def check(f, *args):
    try:
        print(f(*args))
    except (TypeError, AttributeError) as e:
        print(type(e).__name__)
check(list.append, 5, 1)
check(lambda: Other().push(1))
check(lambda: Other().low())
check(Odd)
check(type((i for i in ())).send, 1, None)
class P:
    pass
p = P()
p.add = list.append
check(p.add, a, 4)
check(p.add, p, 4)
print(a)
try:
    setattr(a, '', 5)
    del a.x
except AttributeError:
    pass
a.append(4)
print(a)
