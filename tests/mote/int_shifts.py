# shifts of any width; to the right they round down
for v in (0, 1, -1, 5, -5, 2**64 + 1, -2**64 - 1, -2**64):
    print([v << n for n in (0, 1, 31, 32, 33, 64, 100)])
    print([v >> n for n in (0, 1, 31, 32, 33, 63, 64, 65, 1000, 10**30)])
print(0 << 10**30)
for f in (lambda: 1 << -1, lambda: 1 >> -1, lambda: 1 << 10**30):
    try:
        f()
    except (ValueError, OverflowError) as e:
        print(type(e).__name__, e)
