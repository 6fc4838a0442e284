# the program may set attributes of its own on built-in exceptions
# needs: rare
class Own(KeyError):
    pass


for e in ValueError(1), Own(2), OSError(2, "no"):
    e.note = "a"
    e.note += "b"
    print(e.note, e.__dict__, vars(e) == e.__dict__, hasattr(e, "other"))
    setattr(e, "other", [1])
    del e.note
    print(e.__dict__, hasattr(e, "note"))
    try:
        del e.note
    except AttributeError as error:
        print(error)
    e.args = (5,)
    print(e.args, e.__cause__, e.__dict__)


def fail():
    try:
        [].pop()
    except IndexError as e:
        e.where = "fail"
        raise


try:
    fail()
except IndexError as e:
    print(e.where, e)
