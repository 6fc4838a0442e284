# all, any and len.
print(all([]), any([]), all([1, 'a']), all([1, 0]), any([0, '']), any([0, 2]))
print(all(x > 0 for x in (1, -1)), any(x < 0 for x in (1, -1)))
print(len([1]), len({}), len('abc'), len(range(5)), len(()))
for bad in 5, None, 1 == 1:
    try:
        len(bad)
    except TypeError as e:
        print(e)
