# Messages of operations that a type does not have.
cases = [lambda: 1 + "a", lambda: "a" + 1, lambda: [] < {}, lambda: -"x", lambda: len(5), lambda: 5[0], lambda: None.x,
         lambda: iter(5), lambda: next([]), lambda: {}[[]], lambda: hash([]), lambda: 1 in 5, lambda: (1)(), lambda: abs("x"),
         lambda: [] @ [], lambda: {} ** 2, lambda: divmod("a", []), lambda: int.nothing, lambda: (1,)[5], lambda: [].x]
for case in cases:
    try:
        case()
    except Exception as e:
        print(type(e).__name__, "|", e)
def s(o, k):
    o[k] = 1
def d(o, k):
    del o[k]
for fn, o in ((s, ()), (s, "a"), (d, ()), (s, 5), (d, 5)):
    try:
        fn(o, 0)
    except TypeError as e:
        print(e)
x = 1
try:
    x += "a"
except TypeError as e:
    print(e)
try:
    isinstance(1, 2)
except TypeError:
    print("isinstance")
