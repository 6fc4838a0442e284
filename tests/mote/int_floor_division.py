# // and % round down, for words and for ints of any size; divmod agrees with both
n = 10**30
values = [0, 1, -1, 7, -7, 2**31, -2**31, 2**62, -2**62, 2**63 - 1, -2**63, n, -n, n + 1, 3 * n]
for a in values:
    for b in values:
        if b:
            q, r = a // b, a % b
            print(a, b, q, r, divmod(a, b) == (q, r), q * b + r == a)
for op in (lambda: 1 // 0, lambda: n % 0, lambda: divmod(n, 0), lambda: n / 0):
    try:
        op()
    except ZeroDivisionError as e:
        print(e)
