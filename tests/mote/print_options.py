# print: sep, end, file, flush; what is printed runs first
import sys
print(); print(1, 2, 3, sep='-'); print('a', end='!\n'); print(1, 'b', None, True, [1], sep=', ', end='.\n', flush=True); print(sep='x'); print('a', sep=None, end=None)
class F:
    def write(self, s):
        out.append(s)
out = []
print('x', 1, [2], file=F()); print(out)
class P:
    def __str__(self):
        print('inside')
        return 'P'
    def __repr__(self):
        return 'P()'
print('outside', P(), [P()])
print('to stdout', file=sys.stdout)
sys.stdout.write('written\n')
print('%d' % sys.stdout.write(''))
for f in (lambda: print(1, foo=2), lambda: print(1, sep=3)):
    try:
        f()
    except TypeError as e:
        print(e)
