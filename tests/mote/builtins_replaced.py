# Built-in names that the program hides, replaces and gives back.
import builtins
def f(): return len([1, 2])
print(f())
len = lambda x: "hidden"
print(f())
del len
print(f())
old = builtins.abs
builtins.abs = lambda x: "replaced"
print(abs(-1))
builtins.abs = old
print(abs(-1))
builtins.brand_new = 5
print(brand_new, hasattr(builtins, "print"))
print(__debug__, __name__)
