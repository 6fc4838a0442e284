# defaultdict makes what is missing.
# needs: collections
from collections import defaultdict
d = defaultdict(list)
for w in 'the cat the dog'.split():
    d[w].append(len(w))
print(d, dict(d), len(d))
print(d.get('no'), 'no' in d, d.default_factory)
e = defaultdict(int, a=5)
e['b'] += 1
print(e, e == {'a': 5, 'b': 1}, e.copy())
try:
    defaultdict()['x']
except KeyError as k:
    print(k)
