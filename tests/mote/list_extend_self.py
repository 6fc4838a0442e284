# A list can be extended with itself, and be the value of its own slice.
l = [1, 2, 3]
l.extend(l)
print(l)
l += l
print(l)
l[1:2] = l
print(l)
l[::-1] = l[:]
print(l)
l *= 2
print(len(l), l[:4])
