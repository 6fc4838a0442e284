# needs: float
# Sorting is stable, in reverse too, and by a key.
pairs = [(i * 7 % 5, i) for i in range(40)]
print(sorted(pairs, key=lambda p: p[0]))
print(sorted(pairs, key=lambda p: p[0], reverse=True))
words = 'the quick brown fox jumps over the lazy dog and the quick cat'.split()
print(sorted(words))
print(sorted(words, key=len))
print(sorted(words, key=len, reverse=True))
print(sorted([3, 1.5, True, -2]), sorted({5: 1, 2: 3}), sorted('hello'))
