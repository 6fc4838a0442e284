# encode, decode, bytes(), str(), hex, fromhex
for s in ('', 'abc', 'é€😀'):
    b = s.encode()
    print(b, b.decode(), s.encode('utf-8'), bytes(s, 'utf8'), str(b, 'utf-8'), bytearray(s, 'utf-8').decode(), b.hex())
print(bytes.fromhex('00 ff1A'), bytearray.fromhex('0a'), bytes(3), bytes([1, 2, 255]), bytes(range(4)), bytes(bytearray(b'x')), bytes(), bytes(b'q'))
for f in (lambda: b'\xff'.decode(), lambda: 'a'.encode('nope'), lambda: '\ud800'.encode()):
    try:
        print(f())
    except (UnicodeError, LookupError) as e:
        print(isinstance(e, UnicodeError), e)
for f in (lambda: bytes('a'), lambda: bytes([256]), lambda: bytes(-1), lambda: bytes(['a']), lambda: bytes.fromhex('0'), lambda: bytes.fromhex('zz'), lambda: str('a', 'utf8'), lambda: bytearray([256])):
    try:
        print(f())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
