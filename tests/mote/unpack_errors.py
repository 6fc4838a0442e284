# Unpacking, right and wrong.
a, b = 1, 2
(a, b), c = [3, 4], 5
a, *b, c = range(5)
print(a, b, c)
*a, = "xy"
print(a)
a, *b = [1]
print(a, b)
for x, (y, z) in [(1, (2, 3)), (4, [5, 6])]:
    print(x, y, z)
def bad(n, v):
    try:
        if n == 2: a, b = v
        elif n == 0: [] = v
        else: a, b, *c = v
        print("ok")
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
bad(2, [1]); bad(2, [1, 2, 3]); bad(2, iter("abc")); bad(2, iter("a")); bad(2, 5); bad(3, [1]); bad(3, 7); bad(0, [1]); bad(0, [])
d = {}
d["a"], d["b"] = 1, 2
print(d)
x = y = [0, 0]
i = 0
i, x[i] = 1, 9
print(x, y, i)
