# needs: rare messages
# a set that is looked for in a set stands for the frozenset of its keys
s = {frozenset([1, 2]), 3}
print({1, 2} in s, {2, 1} in s, {1} in s, {1} in {1}, {1} not in {frozenset([1])})
s.discard({7})
s.discard({1, 2})
print(s)
try:
    s.remove({1})
except KeyError as e:
    print("KeyError", e)
s.add(frozenset([4]))
s.remove({4})
print(s)
for bad in ([1], {}):
    try:
        print(bad in s)
    except TypeError as e:
        print(e)
print({1} in frozenset([frozenset([1])]))
try:
    s.add({1})
except TypeError as e:
    print(e)


# the code of a function can be another's that fits
def f(a, b=2):
    return a, b


def g(x, y=5):
    return [x, y]


def outer(n):
    def inner():
        return n
    return inner


f.__code__ = g.__code__
print(f(1), f(1, 3), f.__name__)
for code in (1, None, outer(1).__code__):
    try:
        f.__code__ = code
        print("set")
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
inner = outer(1)
inner.__code__ = outer(2).__code__
print(inner())
