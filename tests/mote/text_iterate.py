# iteration over text, unpacking, comparison of iterators
for s in ('abc', 'aé😀', b'ab', bytearray(b'xy'), ''):
    print(list(s), [x for x in s], tuple(iter(s)), list(zip(s, s)), max(s, default=None), sorted(s))
a, *b = 'héllo'
print(a, b)
i = iter('ab')
print(next(i), next(i), next(i, 'end'), next(i, 'end'))
print(dict(zip('ab', 'cd')), set('aab') == {'a', 'b'}, ''.join(reversed('aé')), list(enumerate('xy')), [*'ab', *b'c'])
