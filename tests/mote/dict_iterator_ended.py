# An iterator that came to its end stays there.
d = {1: 2}
l = [1]
for it, more in ((iter(d), lambda: d.update({5: 6})), (iter(l), lambda: l.append(2)),
                 (enumerate(l), lambda: l.append(3)), (zip(l), lambda: l.append(4))):
    print(list(it))
    more()
    print(list(it), next(it, 'end'))
it = iter([1, 2, 3])
print(next(it), list(it), list(it))
