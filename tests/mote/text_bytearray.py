# what changes a bytearray
b = bytearray(b'hello')
b.append(33); b.extend(b' you'); b.extend([1, 2]); b.insert(0, 65); b.insert(-1, 66); b.insert(100, 67); print(b, len(b))
print(b.pop(), b.pop(0), b.pop(-2), b); b.remove(108); b.reverse(); print(b, b.copy() is b)
b[0] = 90; b[1:3] = b'xyz'; b[-1:] = [7, 8]; print(b); b[::2] = bytes(len(b[::2])); print(b)
del b[0]; del b[1:3]; del b[::2]; print(b); b += b'abc'; b *= 2; print(b); b[:] = b; b[2:4] = b; print(b)
c = b; c.clear(); print(b, not b); b[:] = range(5); print(b); b[1:1] = b'QQ'; print(b, list(b), 81 in b)
def tests():
    yield lambda: b.append(256)
    yield lambda: b.append('a')
    yield lambda: b.pop(100)
    yield lambda: bytearray().pop()
    yield lambda: b.remove(200)
    yield lambda: b.__setitem__(100, 1)
    yield lambda: b.__setitem__(0, 256)
    yield lambda: b.extend('abc')
    yield lambda: b.__setitem__(slice(0, 4, 2), b'abc')
    yield lambda: b.__setitem__(slice(0, 2), 5)
    yield lambda: b + 'a'
    yield lambda: hash(b)
for t in tests():
    try:
        print(t())
    except Exception as e:
        print(type(e).__name__, e)
print(b)
