# random format specs and % formats
# needs: float double
seed = 777
def rnd(n):
    global seed
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return (seed >> 8) % n
def pick(x): return x[rnd(len(x))]
def show(f, *args):
    try:
        print(repr(f(*args)))
    except OverflowError:
        print('OverflowError')
    except Exception as e:
        print(type(e).__name__, e)
vals = [0, 1, -1, 42, 255, -255, 1234567, 10**25, -10**25, True, False, 0.0, -0.0, 1.0, 1.5, -2.75, 3.14159, 1e100, 1e-10, 123456789.123, float('inf'), float('-inf'), float('nan'), 'abc', '', 'é€😀', 'hello world', 12.0, 10.0, 100.0, 99.5]
for i in range(250):
    spec = pick(['', '', '', '<', '>', '^', '=', '*<', 'é>', '0=', ' ^', 'x=']) + pick(['', '', '', '+', '-', ' ']) + pick(['', '', '', '#']) + pick(['', '', '0']) + pick(['', '', '1', '5', '10', '20']) + pick(['', '', '', ',', '_']) + pick(['', '', '.0', '.1', '.2', '.3', '.10', '.']) + pick(['', '', 'd', 'b', 'o', 'x', 'X', 'e', 'E', 'f', 'F', 'g', 'G', '%', 's', 'c', 'n', 'q', 'dd'])
    v = pick(vals)
    print(repr(v), repr(spec), end=' ')
    show(format, v, spec)
    show(('{0:' + spec + '}|{0!r:>8}|').format, v)
    show(('{:' + spec + '}').format, v)
for i in range(250):
    spec = '%' + pick(['', '', '', '(a)', '(b)']) + pick(['', '', '-', '0', '+', ' ', '#', '-0', '+0', '#0']) + pick(['', '', '1', '5', '10', '*']) + pick(['', '', '.0', '.1', '.3', '.10', '.*', '.']) + pick(['', '', 'l', 'h']) + pick(['d', 'i', 'u', 'o', 'x', 'X', 'e', 'E', 'f', 'F', 'g', 'G', 's', 'r', 'a', 'c', '%', 'y'])
    v = pick(vals)
    a = pick([v, (v,), (7, v), (-7, v), (3, 2, v), {'a': v}, [v], ()])
    print(repr(spec), repr(a), end=' ')
    show(lambda: spec % a)
    show(lambda: ('<' + spec + '>é') % a)
    if not isinstance(v, str):
        show(lambda: spec.encode() % a)
