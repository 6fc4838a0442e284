# needs: float
# indices and slices count characters, not bytes
for s in ('abcdef', 'aéß€😀z', '', 'é'):
    n = len(s)
    print(n, [s[i] for i in range(-n, n)], list(s), s[::-1])
    for a in (None, 0, 1, -1, -2, 3, 10, -10):
        for b in (None, 0, 2, -1, -3, 10):
            for c in (None, 1, 2, 3, -1, -2):
                print(repr(s[a:b:c]), end=' ')
    print()
for f in (lambda: 'abc'[3], lambda: 'é'[1], lambda: 'é'[-2], lambda: 'a'['b'], lambda: b'a'[1], lambda: bytearray(b'a')[1],
          lambda: b'a'[1.5], lambda: 'abc'[::0], lambda: 'a'[10 ** 30:], lambda: 'abc'[:10 ** 30]):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
print(b'abc'[0], b'abc'[1:], bytearray(b'abcdef')[::2])
