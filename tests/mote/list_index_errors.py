# Errors of indexing and their messages.
l = [1, 2]
def attempt(f):
    try:
        print(f())
    except (IndexError, TypeError, ValueError) as e:
        print(type(e).__name__, e)
attempt(lambda: l[2])
attempt(lambda: l[-3])
attempt(lambda: l['a'])
attempt(lambda: l.__setitem__(5, 1))
attempt(lambda: l.__delitem__(-5))
attempt(lambda: l.pop(7))
attempt(lambda: [].pop())
attempt(lambda: l.remove(9))
attempt(lambda: l.index(9))
attempt(lambda: (1, 2)[3])
attempt(lambda: (1, 2).index(3))
attempt(lambda: l[True])
