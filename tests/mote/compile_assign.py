# targets of assignments: chains, unpacking with stars, swaps, augmented ones in their order of evaluation
a = b = c = 3
print(a, b, c)
x, y = 1, 2
x, y = y, x
print(x, y)
x, y, z = 1, 2, 3
x, y, z = z, x, y
print(x, y, z)
(a, [b, *c]), d = (1, (2, 3, 4)), 5
print(a, b, c, d)
*a, b = "xyz"
print(a, b)
a, *b, c = range(2)
print(a, b, c)
[] = ()
() = []
for i, (j, *k) in [(1, (2,)), (3, (4, 5, 6))]:
    print(i, j, k)
try:
    a, b = 1, 2, 3
except ValueError as e:
    print(e)
try:
    a, *b, c = [1]
except ValueError as e:
    print(e)


def say(*v):
    print("say", *v)
    return v[0] if v else None


class Box:
    pass


box = Box()
box.n = 1
box.n += 2
box.n <<= 3
l = [1, 2, 3]
say(l)[say(1)] += say(10)
say(l)[say(0)] = say(5)
print(box.n, l)
d = {}
d["a"], d["b"] = d["b"], d["c"] = 1, 2
print(d)
i = 0
i, l[i] = 2, 9
print(i, l)
n = 2
n **= 5; n -= 1; n //= 2; n %= 8; n |= 16; n ^= 3; n &= 0x1d; n >>= 1
print(n)
x: int = 5
box.y: "anything" = 6
q: int
print(x, box.y)
try:
    q
except NameError as e:
    print(e)
del a, (b, [c]), box.y, l[0], d["a"]
print(l, d, hasattr(box, "y"))
