# needs: messages
# Wrong arguments, with the messages.
def f(a, b=2): pass
def g(a, *, k): pass
def h(a, b, c): pass
def none(): pass
def pos(a, /): pass
cases = [
    lambda: f(), lambda: f(1, 2, 3), lambda: f(1, a=2), lambda: f(1, x=2), lambda: g(1), lambda: g(),
    lambda: h(), lambda: h(1), lambda: h(1, c=2), lambda: none(1), lambda: g(1, 2), lambda: pos(a=1),
    lambda: f(**{"a": 1, "b": 2, "c": 3}), lambda: 5(), lambda: "x"(), lambda: None(),
]
for case in cases:
    try:
        case()
        print("no error")
    except TypeError as e:
        print(str(e).replace("pos() got some positional-only arguments passed as keyword arguments: 'a'", "POS")
              .replace("pos() missing 1 required positional argument: 'a'", "POS")
              .replace("pos() got an unexpected keyword argument 'a'", "POS"))
