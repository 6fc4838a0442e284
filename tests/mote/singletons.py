# None, Ellipsis, NotImplemented and object().
print(None, Ellipsis, ..., NotImplemented, repr(None))
print(bool(None), bool(...), None == None, None == 0, None is type(None)(), type(None))
print({None: 1, ...: 2}[None], type(...)() is ...)
a, b = object(), object()
print(a == a, a == b, a != b, len({a, b, a}), hash(a) == hash(a))
