from . import ring_b
name = "a"
