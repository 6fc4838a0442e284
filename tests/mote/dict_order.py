# A dict keeps the order of insertion, also when it grows and pairs are removed.
d = {}
for i in range(100):
    d['k%d' % (i * 37 % 100)] = i
print(list(d))
for i in range(0, 100, 3):
    del d['k%d' % i]
print(list(d))
d['k0'] = 'new'
d['k1'] = 'old'
print(list(d)[-3:], d['k1'])
print(list(reversed(d))[:3])
while len(d) > 3:
    d.popitem()
print(d)
