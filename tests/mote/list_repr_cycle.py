# Containers that hold themselves print as dots.
l = [1]
l.append(l)
print(l)
d = {'a': 1}
d['d'] = d
print(d)
t = ([],)
t[0].append(t)
print(t)
l = []
d = {'l': l}
l.append(d)
print(l, d)
print([[], []])
