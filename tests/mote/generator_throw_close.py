# Exceptions thrown into generators, and close.
def g():
    while True:
        try:
            v = yield "ready"
        except ValueError as e:
            v = yield "caught %s" % e
        finally:
            print("finally")
i = g()
print(next(i), i.throw(ValueError("x")), next(i))
try:
    i.throw(KeyError("k"))
except KeyError as e:
    print("out", e)
try:
    next(i)
except StopIteration:
    print("finished")
def c():
    try:
        yield 1
        yield 2
    except GeneratorExit:
        print("exit")
        raise
    finally:
        print("cleanup")
i = c()
next(i)
i.close()
i.close()
i = c()
i.close()
print(list(i))
def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2
i = stubborn()
next(i)
try:
    i.close()
except RuntimeError as e:
    print(e)
def h():
    yield 1
i = h()
try:
    i.throw(ZeroDivisionError)
except ZeroDivisionError:
    print("not started")
print(list(i))
def stop():
    yield 1
    raise StopIteration("inside")
i = stop()
next(i)
try:
    next(i)
except RuntimeError as e:
    print(e, type(e.__cause__).__name__)
def me():
    try:
        next(it)
    except ValueError as e:
        yield str(e)
it = me()
print(next(it))
