# The many forms of dict(), update and |.
print(dict(), dict({1: 2}), dict([(1, 2), [3, 4], 'ab']), dict(a=1, b=2), dict({1: 2}, c=3))
class M:
    def keys(self):
        return 'xy'
    def __getitem__(self, k):
        return k * 2
print(dict(M()), {**M(), 'z': 1})
d = {1: 1}
d.update()
d.update(M())
d.update(zip('ab', (1, 2)), q=9)
print(d)
d |= [(1, 'one')]
print(d | {2: 2}, {2: 2} | d)
for bad in ([1], [(1, 2, 3)], 5, ['abc']):
    try:
        dict(bad)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
print(dict.fromkeys('ab'), dict.fromkeys([1, 2], []))
