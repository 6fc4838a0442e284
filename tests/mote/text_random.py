# random operations on str, bytes and bytearray
# not on: small
seed = 12345
def rnd(n):
    global seed
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return (seed >> 8) % n

alphabets = ['ab', 'abc ', 'aAbB1 _-', 'a\n\r\tb ', 'aé', 'aéß€😀 ', 'xyzXYZ', 'ab{}%', '01 ', "'\"\\a\x00\x7f", 'жЖяЯ ', 'σΣςa ']
def word(n):
    al = alphabets[rnd(len(alphabets))]
    return ''.join([al[rnd(len(al))] for i in range(rnd(n))])

def num():
    return [None, 0, 1, 2, 3, -1, -2, -3, 5, -5, 100, -100, 10**20, -10**20][rnd(14)]

def show(f, *args):
    try:
        r = f(*args)
        print(repr(r))
    except Exception as e:
        print(type(e).__name__, e)

def show2(f, *args):
    try:
        r = f(*args)
        print(repr(r))
    except (UnicodeError) as e:
        print('UnicodeError')
    except Exception as e:
        print(type(e).__name__, e)

names0 = ['upper', 'lower', 'title', 'capitalize', 'swapcase', 'casefold', 'isalpha', 'isdigit', 'isalnum', 'isspace', 'islower', 'isupper', 'istitle', 'isascii', 'isidentifier', 'strip', 'lstrip', 'rstrip', 'split', 'rsplit', 'splitlines', 'expandtabs', 'encode', '__len__', '__repr__']
names1 = ['strip', 'lstrip', 'rstrip', 'split', 'rsplit', 'partition', 'rpartition', 'removeprefix', 'removesuffix', 'find', 'rfind', 'index', 'rindex', 'count', 'startswith', 'endswith', 'join', '__contains__', '__add__', '__eq__', '__lt__', '__ge__']
names2 = ['find', 'rfind', 'index', 'rindex', 'count', 'startswith', 'endswith']
bad = ('__len__', '__repr__', '__contains__', '__add__', '__eq__', '__lt__', '__ge__')
conv = [lambda s: s, lambda s: s.encode(), lambda s: bytearray(s.encode())]
strs_only = ('casefold', 'isidentifier', 'encode')

for i in range(120):
    k = rnd(3)
    c = conv[k]
    s = c(word(12)); t = c(word(4)); u = c(word(4))
    n = names0[rnd(len(names0))]
    if not n in bad and not (k and n in strs_only):
        print(n, repr(s), end=' ')
        show(getattr(s, n))
    n = names1[rnd(len(names1))]
    if not n in bad:
        print(n, repr(s), repr(t), end=' ')
        show(getattr(s, n), [t, u, t] if n == 'join' else t)
    n = names2[rnd(len(names2))]
    a, b = num(), num()
    print(n, repr(s), repr(t), a, b, end=' ')
    show(getattr(s, n), t, a, b)
    m = [-1, 0, 1, 2, 3][rnd(5)]
    print('split', end=' ')
    show(s.split, t, m); show(s.rsplit, t, m); show(s.split, None, m); show(s.rsplit, None, m)
    print('repl', repr(s), repr(t), repr(u), m, end=' ')
    show(s.replace, t, u, m)
    show(lambda: s.splitlines(True))
    w = rnd(20)
    show(s.center, w); show(s.ljust, w); show(s.rjust, w); show(s.zfill, w)
    f = c(word(3))
    if k == 0 and len(f) == 1:
        show(s.center, w, f); show(s.ljust, w, f); show(s.rjust, w, f)
    st = [None, 1, -1, 2, -2, 3, -3, 7, 0][rnd(9)]
    print('slice', repr(s), a, b, st, end=' ')
    show(lambda: s[a:b:st])
    j = rnd(20) - 10
    print('item', j, end=' ')
    show(lambda: s[j])
    show(lambda: t in s)
    show(lambda: (s == t, s != t, s < t, s <= t, s > t, s >= t, s + t, s * rnd(4), len(s), bool(s)))
    show(lambda: [x for x in s])
    show(lambda: (s.startswith((t, u)), s.endswith((t, u))))
    print(ascii(s), str(s), hash(s) == hash(s + s[:0]) if k < 2 else '')
    if k:
        show2(s.decode); show2(s.decode, 'ascii', 'replace'); show2(s.decode, 'latin-1'); show(s.hex); show(s.hex, ':', 2)
    else:
        show2(s.encode); show2(s.encode, 'ascii', 'ignore'); show2(s.encode, 'latin-1', 'replace')
        show(s.isprintable)

# mutation
b = bytearray(b'start')
for i in range(200):
    op = rnd(9)
    x = bytes([rnd(256) for k in range(rnd(6))])
    i, j, st = rnd(30) - 15, rnd(30) - 15, [None, 1, -1, 2, -2, 3][rnd(6)]
    def do():
        global b
        if op == 0: b.append(rnd(256))
        elif op == 1: b.extend(x)
        elif op == 2: b.insert(i, rnd(256))
        elif op == 3: return b.pop(i)
        elif op == 4: b[i:j:st] = x
        elif op == 5: del b[i:j:st]
        elif op == 6: b[i] = rnd(256)
        elif op == 7: b += x
        elif op == 8: b[i:j] = x
    show(do)
    print(len(b), bytes(b[:8]))
    if len(b) > 200: del b[50:]
