# zfill, expandtabs, removeprefix, removesuffix, translate
# needs: rare
for s in ('', 'a', 'abc', '-12', '+7', 'é€'):
    for w in (-1, 0, 3, 4, 7):
        print([s.zfill(w), bytearray(s.encode()).zfill(w)])
print('a\tb\tcd\n\te'.expandtabs(), 'a\tb'.expandtabs(4), '\t'.expandtabs(tabsize=0), b'ab\tc'.expandtabs(3))
print('prefix-x'.removeprefix('prefix-'), 'x.py'.removesuffix('.py'), 'x'.removesuffix(''), b'abc'.removeprefix(b'ab'))
print('hello'.translate({104: 'J', 101: None, 108: 76}), 'abc'.translate(str.maketrans('ab', 'xy', 'c')), 'aé'.translate({233: 'e'}))
print(b'hello'.translate(bytes(range(256)), b'l'), b'abc'.translate(bytes.maketrans(b'ab', b'xy')), b'abc'.translate(None, delete=b'b'))
print(str.maketrans({'a': 'b', 99: None}))
