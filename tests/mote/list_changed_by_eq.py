# The values of a list may change while they are compared.
class Eq:
    def __init__(self, l, what):
        self.l = l
        self.what = what
    def __eq__(self, other):
        self.what(self.l)
        return False

def clear(l):
    l.clear()
def grow(l):
    if len(l) < 50:
        l.extend([1] * 20)
for what in clear, grow:
    l = []
    l += [Eq(l, what), Eq(l, what), 1]
    print(l.count(5), len(l) > 3)
    l = []
    l += [Eq(l, what), Eq(l, what), 1]
    try:
        l.remove('x')
    except ValueError:
        print('not there', len(l) > 3)
    l = []
    l += [Eq(l, what), 2]
    print([0, 1, 2] == l, 3 in l)
