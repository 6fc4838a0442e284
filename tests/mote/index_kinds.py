# What may be an index: ints, those of a derived class, and what has an __index__ that answers with an int.
class Seven:
    def __index__(self):
        return 7

class Text:
    def __index__(self):
        return "x"

class Derived(int):
    pass

for v in (Seven(), Text(), Derived(4), "q", None):
    for f in (lambda: list(range(20))[v], lambda: list(range(20))[v:], lambda: "abcdefghijk"[v],
              lambda: bytearray(20)[v], lambda: b"0123456789"[v], lambda: tuple(range(9))[v]):
        try:
            print(f())
        except TypeError as e:
            print(type(e).__name__, e)
