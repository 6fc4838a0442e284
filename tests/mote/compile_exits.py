# what is left early: return, break and continue through try, finally, with, loops
log = []


class Ctx:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    def __enter__(self):
        log.append("enter " + self.name)
        return self

    def __exit__(self, t, v, tb):
        log.append("exit %s %s" % (self.name, t.__name__ if t else None))
        return self.swallow


def show(f, *args):
    global log
    log = []
    try:
        r = f(*args)
    except Exception as e:
        r = "%s: %s" % (type(e).__name__, e)
    print(f.__name__, args, r, log)


def finally_return(n):
    try:
        if n == 0:
            return "body"
        if n == 1:
            raise ValueError("x")
        log.append("end")
    except ValueError:
        if n == 1:
            return "handler"
    else:
        if n == 2:
            return "else"
    finally:
        log.append("finally")
        if n == 3:
            return "override"
    return "after"


for i in range(5):
    show(finally_return, i)


def loops(how):
    for i in range(3):
        with Ctx("w%d" % i):
            try:
                if how == "continue":
                    continue
                if how == "break":
                    break
                if how == "return":
                    return i
                if how == "raise":
                    raise KeyError(i)
            finally:
                log.append("f%d" % i)
    else:
        log.append("else")
    return "done"


for how in ("continue", "break", "return", "raise", "none"):
    show(loops, how)


def finally_swallows():
    for i in range(2):
        try:
            for j in range(2):
                try:
                    return "lost"
                finally:
                    log.append((i, j))
                    break
            log.append("inner done")
        finally:
            if i == 0:
                continue
    return "kept"


show(finally_swallows)


def nested_finally():
    try:
        try:
            return log.append("value")
        finally:
            log.append(1)
            raise ValueError("from finally")
    except ValueError as e:
        log.append(str(e))
        try:
            return "e"
        finally:
            log.append(2)
    finally:
        log.append(3)


show(nested_finally)


def handler_names():
    e = "before"
    try:
        raise ValueError(1)
    except ValueError as e:
        pass
    try:
        e
    except UnboundLocalError:
        log.append("deleted")
    for i in range(2):
        try:
            raise TypeError(i)
        except (KeyError, TypeError) as e:
            if i == 0:
                continue
            break
    try:
        return e
    except UnboundLocalError:
        return "deleted"


show(handler_names)


def several():
    with Ctx("a") as a, Ctx("b", True) as b:
        log.append(a.name + b.name)
        raise IndexError
    with (Ctx("c"), Ctx("d") as d,):
        log.append(d.name)
    with (Ctx("e")):
        pass
    with Ctx("f", True):
        with Ctx("g"):
            return 1 / 0
    return "end"


show(several)


def gen_exit():
    def g():
        try:
            with Ctx("gen"):
                yield 1
                yield 2
        finally:
            log.append("closed")

    it = g()
    next(it)
    it.close()
    return list(g())


show(gen_exit)


def loop_else():
    for i in []:
        pass
    else:
        log.append("empty")
    while i_never():
        pass
    else:
        log.append("while else")
    n = 0
    while True:
        n += 1
        if n > 3:
            break
    else:
        log.append("never")
    return n


def i_never():
    return False


show(loop_else)


def reraise():
    try:
        try:
            raise KeyError("k")
        except KeyError:
            raise
        finally:
            log.append("f")
    except KeyError as e:
        try:
            raise ValueError("v") from e
        except ValueError as v:
            log.append(repr(v.__cause__))
        try:
            raise e from None
        except KeyError as k:
            return k.__suppress_context__, k.__cause__


show(reraise)
