# Names that are not there.
def f():
    print(x)
    x = 1
def g():
    del y
    y = 1
def h():
    return nothing
for fn in f, g, h:
    try:
        fn()
    except NameError as e:
        print(type(e).__name__, "|", e)
try:
    del zzz
except NameError as e:
    print(e)
def k():
    for i in []: pass
    return i
try:
    k()
except UnboundLocalError as e:
    print(e)
