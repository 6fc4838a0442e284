print("one starts", __name__)
value = 11
_hidden = 1
def get():
    return value
