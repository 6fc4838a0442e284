# needs: messages rare codecs io
# the subclasses of ImportError, OSError and UnicodeError that say what happened
def told(f):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, [c.__name__ for c in type(e).__mro__], e)
        return e


def load():
    import there_is_no_such_module


def parse(text):
    return lambda: compile(text, "file", "exec")


told(load)
e = told(lambda: open("there/is/no/such/file"))
print(e.errno, e.strerror, e.filename, e.args)
told(lambda: b"\xff".decode())
told(lambda: b"a\x80".decode("ascii"))
told(lambda: "\u20ac".encode("latin-1"))
e = told(parse("if 1:\n\tx\n        y"))
print(e.msg, e.lineno)
for e in OSError(2, "not there"), OSError(2, "not there", "name"), OSError(2), OSError("two", 2), FileNotFoundError("text"):
    print(type(e).__name__, str(e), e.args)
print(issubclass(FileNotFoundError, OSError), issubclass(ModuleNotFoundError, ImportError), issubclass(UnicodeDecodeError, ValueError))
try:
    import there_is_no_such_module
except ImportError as e:
    print("caught", e)
