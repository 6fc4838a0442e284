# Methods of native types from the __dict__ of the type look at self too.
# needs: rare
a = []
vars(list)['append'](a, 2)
list.__dict__['extend'](a, (3,))
print(a, vars(dict)['get']({1: 2}, 1), vars(set)['union']({1}, {2}))
def check(f, *args):
    try:
        print(f(*args))
    except TypeError as e:
        print(type(e).__name__)
check(vars(list)['append'], 5, 1)
check(vars(str)['upper'], 5)
check(vars(bytearray)['append'], b'', 1)
check(vars(set)['add'], frozenset(), 1)
check(vars(dict)['pop'], {}.items(), 1)
