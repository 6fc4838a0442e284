# StringIO and BytesIO
# needs: io
import io
s = io.StringIO('héllo\nwörld\nend')
print(s.readline(), s.read(3), s.tell(), s.read(), s.read(), s.seek(0), list(s), s.getvalue())
s = io.StringIO(); print(s.write('añb'), s.tell(), s.seek(1), s.write('X'), s.getvalue(), s.read()); s.seek(0, 2); s.write('!'); print(s.getvalue(), s.truncate(2), s.getvalue())
b = io.BytesIO(b'line1\nline2\n\nlast'); print(b.readline(), b.readline(3), b.readlines(), b.read(), b.seek(-4, 2), b.read(2), b.tell())
b = io.BytesIO(); b.seek(3); b.write(b'x'); print(b.getvalue()); b.seek(0); a = bytearray(10); print(b.readinto(a), a)
with io.StringIO() as w:
    print('printed', 1, file=w); print(w.getvalue(), w.closed)
print(w.closed)
for f in (lambda: w.read(), lambda: io.StringIO(1), lambda: io.BytesIO('a'), lambda: io.StringIO().write(b'a'), lambda: io.BytesIO().write('a'), lambda: io.StringIO().seek(-1)):
    try:
        print(f())
    except (ValueError, TypeError) as e:
        print(type(e).__name__)
