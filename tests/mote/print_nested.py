# containers within themselves print dots
l = [1]
l.append(l)
d = {}
d['d'] = d
t = ([], )
t[0].append(t)
print(l, d, t, str(l), repr([d, d]))
s = []
for i in range(50):
    s = [s]
print(s)
