# what objects and the machine say of their sizes
# needs: rare
import sys
print(sys.getsizeof([1, 2, 3]) > 0, sys.getsizeof('abc') > 0, sys.getrecursionlimit() > 10)
