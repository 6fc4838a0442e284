# del x[a:b:c] of all that has it, with steps in both directions and beyond a word.
# needs: array
from array import array

for make in (lambda n: list(range(n)), lambda n: bytearray(range(n)), lambda n: array("h", range(n))):
    for n in (0, 1, 9):
        for start in (None, 0, -4, 20):
            for stop in (None, 2, 20):
                for step in (1, 2, 3, 99, -1, -3, -99, 1 << 70, -(1 << 70)):
                    x = make(n)
                    gone = list(x[start:stop:step])
                    del x[start:stop:step]
                    if list(x) != [v for v in make(n) if v not in gone]:
                        print(n, start, stop, step, x)
x = list(range(12))
del x[1::2]
print(x, tuple(x)[1:5:1 << 70])
b = bytearray(range(20))
b[::3] = b""
print(b)
b[30:2:-2] = b""
print(b)
# As fast as the bytes are many, not as they are times those that go.
b = bytearray(range(256)) * 40
del b[::2]
print(len(b), b[:4])
