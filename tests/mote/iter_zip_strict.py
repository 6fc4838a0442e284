# zip, strict and not.
print(list(zip()), list(zip([1, 2])), list(zip('ab', [1, 2, 3])), list(zip('abc', [1], 'xy')))
print(list(zip('ab', (1, 2), strict=True)))
for args in ('ab', 'a'), ('a', 'ab'), ('ab', 'ab', 'a'), ('a', 'a', 'ab'):
    try:
        list(zip(*args, strict=True))
    except ValueError as e:
        print(e)
