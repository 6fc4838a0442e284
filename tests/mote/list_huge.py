# Counts that cannot be are errors, not crashes.
def attempt(f):
    try:
        f()
        print('done')
    except (MemoryError, OverflowError) as e:
        print('error')
attempt(lambda: [1] * (1 << 60))
attempt(lambda: (1, 2) * (1 << 60))
attempt(lambda: [1] * (1 << 100))
attempt(lambda: [0] * -5)
attempt(lambda: [] * 1000000)
