# An index or a bound of a slice whose __index__ changes the sequence it is for: the length counts that is left.
# needs: array collections
from array import array
from collections import deque

class Emptying:
    def __init__(self, what, at):
        self.what = what
        self.at = at
    def __index__(self):
        while len(self.what):
            self.what.pop()
        return self.at

def store(x, key): x[key] = 1
def store_slice(x, key): x[key:30] = type(x)(x) if type(x) is not array else array("b", range(3))
def store_steps(x, key): x[key:30:2] = bytearray(2) if type(x) is not array else array("b", range(3))
def load(x, key): print(x[key])
def load_slice(x, key): print(x[key:30], end=" ")
def load_steps(x, key): print(x[30:key:-2], end=" ")
def delete(x, key): del x[key]
def delete_slice(x, key): del x[key:30]
def delete_steps(x, key): del x[key:30:2]

items = (store, load, delete)
slices = (store_slice, store_steps, load_slice, load_steps, delete_slice, delete_steps)
for make, acts in ((lambda: list(range(40)), items + slices), (lambda: bytearray(range(40)), items + slices),
                   (lambda: array("b", range(40)), items + slices), (lambda: deque(range(40)), items)):
    for act in acts:
        for at in (5, -1):
            x = make()
            try:
                act(x, Emptying(x, at))
                print(act.__name__, x)
            except (IndexError, ValueError) as e:
                print(act.__name__, type(e).__name__, e)
