# A loop over a dict or set that changes its size is an error; new values are not.
def attempt(make, change):
    c = make()
    n = 0
    try:
        for k in c:
            n += 1
            change(c, k)
        print('fine', n)
    except RuntimeError as e:
        print(e)
attempt(lambda: {1: 2, 3: 4}, lambda d, k: d.update({k + 10: 1}))
attempt(lambda: {1: 2, 3: 4}, lambda d, k: d.pop(k))
attempt(lambda: {1: 2, 3: 4}, lambda d, k: d.update({k: 5}))
attempt(lambda: {1, 2}, lambda s, k: s.add(k + 10))
attempt(lambda: {1, 2}, lambda s, k: s.discard(k))
attempt(lambda: {1, 2}, lambda s, k: s.add(k))
d = {i: i for i in range(50)}
for k in list(d):
    del d[k]
print(d)
