# memoryview: items, slices with steps, assignment, casts, release
# needs: memoryview
b = bytearray(b'abcdefgh')
m = memoryview(b)
print(len(m), m[0], m[-1], list(m[2:5]), bytes(m[::2]), m[::-1].tobytes(), m[1:7][::2][1:].tolist(), m.itemsize, m.nbytes, m.format, m.readonly, m == b, m[1:3] == b'bc')
m[0] = 65; m[1:3] = b'BC'; m[::4] = b'xy'; print(b, 120 in m, m.hex())
m[1:] = m[:-1]; print(b)
c = m.cast('H'); print(len(c), c.itemsize, c[0] == b[0] + 256 * b[1] or c[0] == b[1] + 256 * b[0]); c[0] = 0; print(b)
r = memoryview(b'xyz'); print(r.readonly, hash(r) == hash(b'xyz'), bytes(r), r.obj)
with memoryview(b) as w:
    w[0] = 1
def tests():
    yield lambda: r.__setitem__(0, 1)
    yield lambda: m[100]
    yield lambda: m.__setitem__(slice(0, 2), b'abc')
    yield lambda: m.__setitem__(0, 256)
    yield lambda: w[0]
    yield lambda: memoryview('a')
    yield lambda: memoryview(b'abc').cast('H')
for t in tests():
    try:
        print(t())
    except Exception as e:
        print(type(e).__name__, e)
