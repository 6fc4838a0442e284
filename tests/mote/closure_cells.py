# Cells are shared, and one is new for each call.
def counter(start):
    n = start
    def up(by=1):
        nonlocal n
        n += by
        return n
    def get():
        return n
    return up, get
up, get = counter(5)
print(up(), up(3), get())
up2, get2 = counter(100)
print(up2(), get(), get2())
fs = []
for i in range(3):
    fs.append(lambda i=i: i)
print([f() for f in fs])
fs = [lambda: i for i in range(3)]
print([f() for f in fs])
def outer():
    def show():
        try:
            return x
        except NameError as e:
            return type(e).__name__
    a = show()
    x = 1
    b = show()
    del x
    return a, b, show()
print(outer())
def deep():
    a = 1
    def two():
        b = 2
        def three():
            nonlocal a
            a += b
            return a
        return three
    return two()(), a
print(deep())
