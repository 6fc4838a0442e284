# needs: rare
# gc.threshold(n): a collection after n bytes of new objects at the latest; python3 has none and prints what it should
import gc


def grown():
    "whether garbage of much more than the threshold stays"
    gc.collect()
    start = gc.mem_alloc() if hasattr(gc, "mem_alloc") else 0
    for i in range(2000):
        [i, i]
    return (gc.mem_alloc() if hasattr(gc, "mem_alloc") else 0) - start > 8000


if hasattr(gc, "threshold"):
    print(gc.threshold(4096), gc.threshold() == 4096, grown(), gc.threshold(-1), gc.threshold())
else:
    print(None, True, False, None, -1)
