# an attribute may have the empty name, also where a class derives from a built-in type
class Plain:
    pass


class Count(int):
    pass


class Row(list):
    pass


for o in Plain(), Count(5), Row([1]):
    print(getattr(o, "", "none"), o.__dict__)
    setattr(o, "", 1)
    o.x = 2
    print(getattr(o, ""), sorted(o.__dict__), vars(o))
    delattr(o, "")
    print(hasattr(o, ""), o.__dict__)
print(Count(5) + 1, Row([1]) + [2])
