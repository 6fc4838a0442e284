from . import one
from .inner import deep
from .one import *
doubled = one.value * 2
