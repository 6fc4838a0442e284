# needs: float
# Tuples: operators, comparison, slices.
t = (1, 2, 3)
print(t + (4,), t * 2, 2 * t, t * 0, t * -1, () + t)
print(t < (1, 2, 4), t < (1, 2), (1,) <= (1,), () < (0,), t == (1, 2, 3.0), t != [1, 2, 3])
print(t[::-1], t[1:], t[5:], t[::2], t[-1], t[:] is t)
print(t.count(1), t.index(3), 2 in t, len(t), hash(t) == hash((1, 2, 3)))
print((1,), (), ((),), (1, (2, [3])))
try:
    t[0] = 1
except TypeError as e:
    print(e)
try:
    t + [1]
except TypeError as e:
    print('TypeError')
