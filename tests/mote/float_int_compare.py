# needs: float double
# floats and ints compare exactly, however large
big = 2**53
pairs = [(float(big), big + 1), (float(2**70), 2**70 + 1), (float(2**70), 2**70), (1e300, 10**300), (0.5, 0), (-0.5, 0), (float("inf"), 10**400),
         (-float("inf"), -10**400), (float("nan"), 1), (1e22, 10**22), (1e23, 10**23), (2.0**63, 2**63 - 1), (2.0**62, 2**62), (1.5, True)]
for f, i in pairs:
    print(f, f < i, f <= i, f == i, f != i, f > i, f >= i, i < f, i == f, i > f)
for n in (2**53 + 1, 2**54 + 2, 2**54 + 6, 10**25, 2**1000 + 1, -(2**80 + 2**27), 10**308):
    print(float(n), n / 3, n / (n + 1), (n * n * 7) / (n * n), 1 / n)
for f in (lambda: float(10**400), lambda: 10**400 / 3, lambda: 10**400 * 1.0, lambda: 1.0 + 10**400):
    try:
        f()
    except OverflowError as e:
        print(e)
print(10**400 / 10**399, 1 / 10**400, -1 / 10**400, (-10**30) / 7)
