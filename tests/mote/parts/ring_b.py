from . import ring_a
def late():
    return ring_a.name
