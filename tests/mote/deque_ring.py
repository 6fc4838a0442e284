# deque: both ends, maxlen.
# needs: collections
from collections import deque
d = deque(range(5), 5)
d.append(5)
print(d, d[0], d[-1], d.maxlen, len(d))
d.appendleft(0)
print(d, d.pop(), d.popleft())
d.extend('ab')
print(d, deque('ab') == deque('ab'), deque('a') < deque('b'), 'x' in d)
d = deque()
for i in range(300):
    d.append(i)
    if i % 3:
        d.popleft()
print(len(d), d[0], d[-1], sum(d))
d.insert(1, 'in')
del d[0]
d.remove(299)
d.reverse()
print(d[0], d[-1], d.count('in'), d.index('in'))
for f in (lambda: deque().pop(), lambda: deque().popleft(), lambda: deque([1])[1], lambda: deque([], -1)):
    try:
        f()
    except (IndexError, ValueError) as e:
        print(type(e).__name__, e)
try:
    for x in d:
        d.append(x)
except RuntimeError as e:
    print(e)
print(deque([1, 2]), deque([1], 3), deque('ab') + deque('c'), deque([1]) * 3)
