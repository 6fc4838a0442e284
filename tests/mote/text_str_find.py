# str and bytes: searching with bounds
for s in ('hello world hello', 'aéßaéßaé', '', 'aaaa'):
    for w in ('hello', 'o', 'é', 'ßa', '', 'aa', 'x'):
        for a, b in ((0, None), (1, None), (-3, None), (2, 5), (5, 2), (100, None), (None, -1), (-100, 100)):
            print(s.find(w, a, b), s.rfind(w, a, b), s.count(w, a, b), s.startswith(w, a, b), s.endswith(w, a, b), end=' ')
            e, v = s.encode(), w.encode()
            print(e.find(v, a, b), e.rfind(v, a, b), e.count(v, a, b), e.startswith(v, a, b), e.endswith(v, a, b))
for f in ('abc'.index, 'abc'.rindex, b'abc'.index, bytearray(b'abc').rindex):
    for x in ('z', b'z', 1, None):
        try:
            print(f(x))
        except (TypeError, ValueError) as e:
            print(type(e).__name__, e)
print('abc'.startswith(('x', 'ab')), b'abc'.endswith((b'c', b'z')), 'abc'.startswith(()))
print(b'abc'.find(98), b'abc'.count(99), 98 in b'abc', b'bc' in b'abc', 'é' in 'aé')
