# Cause and context.
try:
    try:
        raise KeyError(1)
    except KeyError as k:
        raise ValueError(2) from k
except ValueError as e:
    print(repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
try:
    try:
        raise KeyError(1)
    except KeyError:
        raise ValueError(2)
except ValueError as e:
    print(repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
try:
    try:
        raise KeyError(1)
    except KeyError:
        raise ValueError(2) from None
except ValueError as e:
    print(repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
def f():
    try:
        raise KeyError(3)
    except KeyError:
        g()
def g():
    raise TypeError(4)
try:
    f()
except TypeError as e:
    print(repr(e.__context__))
try:
    raise ValueError(5) from 6
except TypeError as e:
    print(e)
try:
    raise 7
except TypeError as e:
    print(e)
try:
    raise
except RuntimeError as e:
    print(e)
e = ValueError("kept")
e2 = None
try:
    try:
        raise e
    except ValueError as x:
        raise x
except ValueError as y:
    e2 = y
print(e is e2, e.__context__)
