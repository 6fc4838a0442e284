# str.format: fields, attributes, items, conversions, nested specs, errors
class A:
    x = [1, {'k': 'v'}]
print('{} {} {}'.format(1, 'a', [2]), '{1}{0}{1}'.format('a', 'b'), '{a}-{b!r}'.format(a=1, b='x'))
print('{0.x[0]} {0.x[1][k]} {a.x}'.format(A, a=A), '{:>{}}|{:{w}.{p}}'.format('a', 4, 'abcdef', w=5, p=2))
print('{{}} {{{}}}'.format(1), '{!s:>4}|{!r:<5}|{!a}'.format('a', 'b', 'é'), '{0[a-b]}'.format({'a-b': 1}))
print('{x} {y}'.format_map({'x': 1, 'y': 2}), '{:{}}{}'.format(1, 2, 3))
cases = [('{', ()), ('}', ()), ('{0', (1,)), ('{!x}', (1,)), ('{0}{}', (1, 2)), ('{}{0}', (1,)), ('{1}', (1,)), ('{}{}', (1,)), ('{a}', ()), ('{0.}', (1,)),
         ('{0[]}', (1,)), ('{0[1]x}', ([1, 2],)), ('{:{:{}}}', (1, 2, 3)), ('{:}}', (1,)), ('{0!rx}', (1,)), ('{-1}', (1,)), ('{0[x]}', ([1],))]
for t, a in cases:
    try:
        print(t.format(*a))
    except Exception as e:
        print(t, type(e).__name__, e)
