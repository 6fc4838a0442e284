# format specs of ints and strs
for v in (0, 5, -5, 1234567, -1234567, 10 ** 20, True):
    for spec in ('', 'd', '5', '<5', '^5', '>5', '=5', '05', '+', ' ', '-', ',', '_', '012,', 'b', '#b', 'o', '#o', 'x', '#X', '#010x', '_b', '*^9', 'é<6', 'n', '+,d'):
        print(repr(format(v, spec)), end=' ')
    print()
for v in ('', 'abc', 'é€'):
    for spec in ('', 's', '5', '<5', '^5', '>5', '.2', '5.1', '*^7', '05', 'é>4s'):
        print(repr(format(v, spec)), end=' ')
    print()
print(format(65, 'c'), format(233, '5c'), format(8364, '<3c') + '|')
for v, spec in ((1, 'abc'), (1, 'q'), ('a', 'd'), ('a', '=5'), ('a', '+'), ('a', ','), (1, '.2'), (1, '+c'), (1, ',x'), (1, ',_'), ([], 'd'), (None, '3'), (-1, 'c'), (1, '.')):
    try:
        print(format(v, spec))
    except (TypeError, ValueError, OverflowError) as e:
        print(type(e).__name__, e)
class C:
    def __format__(self, spec):
        return 'C<' + spec + '>'
print(format(C(), 'x'), '{:>5}|{}'.format(C(), C()), f'{C():abc}')
