# What once ended the process: each is an exception, as in CPython.
for x in (1, None, "a", b"a", (), [], {}):
    for op in ("+", "*"):
        try:
            exec("x " + op + "= bytearray()", {"x": x})
            print(op, x, "ok")
        except TypeError:
            print(op, x, "TypeError")


class Calls:
    pass


Calls.__call__ = Calls()
try:
    Calls()()
except RecursionError:
    print("RecursionError")
