# Classes derived from built-in types.
class L(list):
    def __init__(self, *a):
        super().__init__(a)
        self.name = "L"
    def append(self, v):
        super().append(v * 2)
l = L(1, 2)
l.append(3)
l.extend([7])
print(l, len(l), l[2], l.name, l == [1, 2, 6, 7], l + [1], 6 in l, [x for x in l], isinstance(l, list))
l[0] = 9
print(sorted(l), list(reversed(l)), l[1:], l.index(6), str(l), bool(L()))
class D(dict):
    def __missing__(self, k): return k + "?"
    def __setitem__(self, k, v): super().__setitem__(k, v + 1)
d = D(a=1)
d["b"] = 2
print(d["a"], d["b"], d["c"], len(d), "c" in d, sorted(d.items()), d.get("q"))
class I(int):
    def __add__(self, o): return I(int(self) + o + 100)
    def __repr__(self): return "I<%d>" % int(self)
i = I(5)
print(i, i + 1, i * 2, 2 + i, i == 5, hash(i) == hash(5), [1, 2, 3, 4, 5, 6][i], -i)
class S(str):
    def shout(self): return self.upper() + "!"
s = S("abc")
print(s, s.shout(), s + "d", s == "abc", {s: 1}["abc"], len(s), s[1], "b" in s, type(s) is S)
class T(tuple):
    def __new__(cls, a, b): return super().__new__(cls, (a, b))
    first = property(lambda self: self[0])
t = T(1, 2)
print(t, t.first, len(t), t == (1, 2), (lambda x, y: x + y)(*t))
class E(ValueError):
    def __init__(self, code, *a):
        super().__init__(*a)
        self.code = code
try:
    raise E(7, "text", 2)
except ValueError as e:
    print(e.code, e.args, repr(e), str(e), isinstance(e, E))
class E2(Exception):
    def __str__(self): return "own text"
print(str(E2(1)), repr(E2(1)), E2(1, 2).args)
try:
    class Bad(int, list): pass
except TypeError:
    print("conflict")
