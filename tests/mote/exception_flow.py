# try, else, finally with every way out.
def f(how):
    log = []
    for i in range(3):
        try:
            log.append(i)
            if how == "break" and i == 1: break
            if how == "continue" and i == 1: continue
            if how == "return" and i == 1: return log
            if how == "raise" and i == 1: raise ValueError("v")
            log.append("body")
        except ValueError as e:
            log.append(str(e))
        else:
            log.append("else")
        finally:
            log.append("fin")
    else:
        log.append("loop else")
    return log
for how in "none", "break", "continue", "return", "raise":
    print(how, f(how))
def override():
    try:
        return 1
    finally:
        return 2
print(override())
def swallow():
    for _ in range(1):
        try:
            raise ValueError
        finally:
            break
    return "swallowed"
print(swallow())
def nested():
    try:
        try:
            raise KeyError("a")
        finally:
            print("inner finally")
    except (TypeError, KeyError) as e:
        print("outer", repr(e))
        try:
            raise IndexError("b")
        except LookupError as e2:
            print(type(e2.__context__).__name__)
    try:
        e
    except NameError:
        print("e is gone")
nested()
def value():
    x = 1
    try:
        return x
    finally:
        x = 2
print(value())
try:
    try:
        1 // 0
    except ZeroDivisionError:
        raise
except ArithmeticError as e:
    print(e)
try:
    raise ValueError
except 5 if False else ValueError:
    print("computed")
try:
    try:
        raise ValueError
    except 5:
        pass
except TypeError as e:
    print(e)
