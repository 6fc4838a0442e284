# needs: unicode
# repr, str and ascii of text
for s in ('', 'a', "it's", '"', '\'"', '\\', '\n\r\t\x00\x1b\x7f', 'é', '\x80\xa0\xad', '€', '\u200b\u2028', '😀', '\U000e0001', '\ud800', 'a\x00b'):
    print(repr(s), ascii(s), [s])
for b in (b'', b'a', b"it's", b'"', b'\'"', b'\\', b'\n\r\t\x00\x1b\x7f\x80\xff'):
    print(repr(b), str(b), bytearray(b), [bytearray(b)])
print(chr(0x41), chr(0xe9), ord('a'), ord('é'), ord('😀'), ord(b'x'))
for f in (lambda: chr(-1), lambda: chr(0x110000), lambda: ord(''), lambda: ord('ab'), lambda: ord(1)):
    try:
        print(f())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
