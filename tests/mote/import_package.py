# Packages, relative imports, modules that fail.  # needs: io
import parts.one
import parts.one as renamed
import sys
print(parts.value, parts.one.value, renamed is parts.one, "parts.one" in sys.modules)
from parts import two
print(two.doubled, two.get(), two.deep.answer, hasattr(two, "_hidden"), two.__name__)
from parts.inner import deep as d, deep
print(d is deep, parts.inner.deep is d)
import parts.ring_a
print(parts.ring_b.late())
for how in ("import nothing_such", "import parts.none", "from parts import none", "from parts.one import none",
            "import parts.broken", "import parts.broken", "import parts.wrong", "from . import x"):
    try:
        exec(how)
        print("no error")
    except ImportError as e:
        print("ImportError")
    except (ValueError, SyntaxError) as e:
        print(type(e).__name__)
print("parts.broken" in sys.modules)
def f():
    from parts.one import value as v
    import parts.one
    return v, parts.one.get()
print(f())
parts.one.value = 12
print(f())
m = __import__("parts.one")
print(m.__name__, __import__("parts.one", None, None, ["get"]).__name__)
import math, time as t
print(type(math).__name__, math.__name__)
try:
    print(math.no_such)
except AttributeError as e:
    print(e)
