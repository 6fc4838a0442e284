# module sys
import sys
print(sys.__name__, sys.byteorder, sys.maxsize > 1000, type(sys.argv), type(sys.path), type(sys.modules), sys.version_info[0], sys.version_info >= (3, 4))
print('sys' in sys.modules, isinstance(sys.platform, str), isinstance(sys.version, str), sys.intern('ab') == 'ab', isinstance(sys.implementation.name, str))
print(sys.exc_info())
try:
    1 // 0
except ZeroDivisionError as e:
    print(sys.exc_info()[0], sys.exc_info()[1] is e)
try:
    sys.exit(3)
except SystemExit as e:
    print(e.args, e.code)
try:
    sys.nothing
except AttributeError as e:
    print(e)
from sys import argv, modules
print(argv is sys.argv)
