# needs: float
# + * in == < hash bool len of text, and what does not go together
for a in ('', 'a', 'ab', 'é', 'zz'):
    for b in ('', 'a', 'b', 'é'):
        x, y = a.encode(), bytearray(b.encode())
        print(a + b, a * 2, 2 * b, a in b, a == b, a < b, a <= b, a > b, a >= b, a != b, x + y, y + x, x == y, x < y, x in y)
print(len('aé€'), len(b'abc'), bool(''), bool('0'), bool(b''), hash('abc') == hash('ab' + 'c'), hash(b'') == hash(b''))
print('a' == b'a', b'a' == bytearray(b'a'), 'a' == 1, 'ab' * -1, 'é' * 3, b'ab' * 3)
for f in (lambda: 'a' + 1, lambda: 1 + 'a', lambda: 'a' + b'a', lambda: b'a' + 'a', lambda: b'a' + 1, lambda: 'a' * 'a', lambda: 1 in 'a',
          lambda: 'a' in b'a', lambda: 'a' < 1, lambda: b'a' < 'a', lambda: -'a', lambda: hash(bytearray(b'')), lambda: 300 in b'a', lambda: 'a' - 'b', lambda: 'a' * 1.5):
    try:
        print(f())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
