# map with several iterables, filter, enumerate.
print(list(map(lambda a, b: a + b, [1, 2, 3], [10, 20])))
print(list(map(str, range(3))), list(map(max, 'ab', 'ba', 'cc')))
print(list(filter(None, [0, 1, '', 'a', [], [1]])), list(filter(lambda x: x > 1, range(4))))
print(list(enumerate('ab')), list(enumerate('ab', 5)), list(enumerate('ab', start=2 ** 70)))
m = map(lambda x: 1 // x, [1, 0, 2])
print(next(m))
try:
    next(m)
except ZeroDivisionError:
    print('zero')
print(next(m), next(m, 'end'), next(m, 'end'))
class Rev(map):
    pass
print(list(Rev(abs, [-1, 2])))
