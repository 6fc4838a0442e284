# needs: float array
# module array: elements of each type code, and what does not fit
from array import array
for code in "bBhHiIqQfd":
    a = array(code, [1, 2, 3])
    a.append(100)
    a.extend([4, 5])
    print(a, a.typecode, a.itemsize == len(array(code, [0]).tobytes()), len(a), a[0], a[-1], a[1:3], a[::-2], 2 in a, a.tolist())
print(array("h", b"\1\0\2\0"), array("B", array("h", [1, 2])), array("b", (i for i in range(3))), array("d"), array("i") == array("b"))
for code, v in (("b", 128), ("B", 256), ("B", -1), ("H", 65536), ("h", 32768), ("i", 2**31), ("I", -1), ("Q", 2**64), ("q", 2**63), ("Q", -1), ("i", "a"), ("i", 1.5), ("d", "a"), ("z", 1)):
    try:
        print(array(code, [v]))
    except (OverflowError, TypeError, ValueError) as e:
        print(type(e).__name__, e) if code != "z" else print("bad code")
