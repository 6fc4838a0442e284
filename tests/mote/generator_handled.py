# What a generator handles is its own, and what its caller handles comes back.
def g():
    try:
        raise ValueError("g")
    except ValueError:
        yield 1
        try:
            raise
        except ValueError as e:
            yield str(e)
try:
    raise KeyError("k")
except KeyError:
    i = g()
    print(next(i))
    try:
        raise
    except KeyError as e:
        print("still", e)
print(next(i))
try:
    raise
except RuntimeError as e:
    print(e)
