# The code of a closure has no cells of its own: exec refuses it.
# needs: rare
def outer():
    x = 1

    def inner():
        return x
    return inner


try:
    exec(outer().__code__)
except TypeError:
    print("TypeError")
