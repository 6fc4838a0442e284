# needs: float
# Keys that are equal are one key, of whatever type.
d = {1: 'a'}
d[1.0] = 'b'
d[True] = 'c'
print(d)
d[2 ** 70] = 1
d[2 ** 70 + 1] = 2
print(d[2 ** 70], len(d))
word = 'ab' + 'cd' * 30
d[word] = 1
d['ab' + 'cd' * 29 + 'cd'] = 2
print(d[word], len(d))
print({0: 1, False: 2, 0.0: 3}, {'a': 1, b'a': 2} == {b'a': 2, 'a': 1})
d = {-1: 1, -2: 2, -1.0: 3}
print(d)
print({(1, 2): 'x'}[1.0, 2])
