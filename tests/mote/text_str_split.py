# needs: unicode
# split, rsplit, splitlines, partition, join, strip, replace
for s in ('a,b,,c', ' a  b\tc\n', '', '   ', ',', 'a\u00a0b\u2003c', 'éaßaé', 'aaa'):
    for sep in (None, ',', 'a', 'aa', 'é'):
        for n in (-1, 0, 1, 2):
            print(s.split(sep, n), s.rsplit(sep, n))
    print(s.split(), s.rsplit(maxsplit=1), s.strip(), s.lstrip(' a'), s.rstrip('é\n '))
    print(s.partition('a'), s.rpartition('a'), s.replace('a', '<>'), s.replace('', '-', 3), s.replace('a', '', 1))
print('a\nb\r\nc\rd\x0be\x1cf\u2028g\n\n'.splitlines(), 'a\nb\r\n'.splitlines(True), b'a\nb\rc\x0bd'.splitlines(keepends=True))
print('-'.join(['a', 'é', 'c']), ''.join(x for x in 'abc'), b', '.join([b'a', bytearray(b'b')]), bytearray(b'.').join([b'x', b'y']))
for f in (lambda: 'a'.split(''), lambda: 'a'.split(1), lambda: ','.join(['a', 1]), lambda: b','.join([b'a', 'b']),
          lambda: 'a'.partition(''), lambda: 'a'.replace(1, 'a'), lambda: ' '.join(3), lambda: b'a b'.split('a')):
    try:
        print(f())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
