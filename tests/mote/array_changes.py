# needs: float array
# arrays change in place: items, slices, insert, pop, remove, concatenation
from array import array
a = array("i", range(6))
a[2] = 20
a[-1] = 50
a[1:3] = array("i", [7, 8, 9])
print(a)
a[::2] = array("i", [0, 0, 0, 0])
print(a)
del a[0], a[1:3]
print(a)
a[:0] = a
print(a, a[1:] + a[:1], a * 2, 0 * a, a * -1)
a += array("i", [1])
a *= 2
print(a, a.count(1), a.index(1))
del a[::-3]
print(a)
a.insert(0, 9), a.insert(-1, 8), a.insert(100, 7)
print(a, a.pop(), a.pop(0), a.pop(-2), a)
a.remove(a[1])
a.reverse()
a.frombytes(array("i", [5]).tobytes())
print(a, [x for x in a], max(a), sum(a), array("i", [1, 2]) < array("i", [1, 3]), array("i", [1]) == array("d", [1.0]))
a.byteswap(), a.byteswap()
print(a)
for f in (lambda: a[99], lambda: a["x"], lambda: array("i").pop(), lambda: a.pop(99), lambda: a.remove(12345), lambda: a.index(12345), lambda: a + [1], lambda: array("h", b"abc"), lambda: hash(a)):
    try:
        f()
    except (IndexError, TypeError, ValueError) as e:
        print(type(e).__name__, e)
