# Slices with steps: load, store, delete, and the error for a wrong size.
l = list(range(12))
print(l[::3], l[10:2:-2], l[-3:], l[5:2], l[100:], l[:-100])
l[::4] = 'abc'
print(l)
l[10:0:-3] = (1, 2, 3, 4)
print(l)
del l[1::2]
print(l)
del l[::-3]
print(l)
l[1:1] = range(3)
print(l)
try:
    l[::2] = [1]
except ValueError as e:
    print(e)
try:
    l[3:1:-1] = [1, 2, 3]
except ValueError as e:
    print(e)
