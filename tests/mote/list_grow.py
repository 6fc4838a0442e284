# A list grown by append, shrunk by pop, keeps its values.
l = []
for i in range(5000):
    l.append(i)
print(len(l), l[0], l[4999], sum(l))
while len(l) > 3:
    l.pop()
print(l)
del l[:]
print(l, len(l))
l.append('again')
print(l)
