# Text as code.
print(eval("1 + 2"), eval(" 3"), eval("a * 2", {"a": 5}), eval("a + b", {"a": 1}, {"b": 2}))
d = {}
exec("x = 1\ndef f(): return x + 1", d)
print(d["x"], d["f"]())
exec("y = 7")
print(y)
c = compile("q = 5\nq += 1", "file", "exec")
exec(c, d)
print(d["q"])
def f():
    z = 3
    return eval("z + 1")
print(f())
for text in "1 +", "x = = 1", "def", "print 1", "a b":
    try:
        exec(text)
    except SyntaxError:
        print("SyntaxError")
try:
    eval("nothing_here")
except NameError as e:
    print(e)
