# Views see what the dict becomes, and keys and items work as sets.
d = {'a': 1, 'b': 2}
k, v, i = d.keys(), d.values(), d.items()
print(k, v, i, len(k))
d['c'] = 3
print(list(k), list(v), list(i))
print('a' in k, 3 in v, ('b', 2) in i, ('b', 3) in i, 'b' in i)
print(sorted(k & {'a', 'z'}), sorted(k | {'z'}), sorted(k - {'a'}), sorted(k ^ {'a', 'z'}))
print(k == {'a', 'b', 'c'}, k == ['a'], k <= {'a', 'b', 'c', 'd'}, i == d.items(), k.isdisjoint('xyz'))
print(list(reversed(k)), list(reversed(i)), list(reversed(v)))
