# Many entries: ints, strings and tuples.
n = 2000
d = {}
for i in range(n):
    d[i * 3] = i
print(len(d), d[0], d[3 * n - 3], 4 in d)
s = {}
for i in range(n):
    s['key%d' % i] = i
print(len(s), s['key0'], s['key1999'], 'key2000' in s)
t = {(i, i + 1): i for i in range(500)}
print(len(t), t[5, 6], (5, 7) in t)
for i in range(n):
    del d[i * 3]
print(d)
