# How many bytes of the heap are used, for heap_*.py: on mote, and on MicroPython.
try:
    from mote import heap
    def used():
        return heap()["held_bytes"]
except ImportError:
    import gc
    def used():
        gc.collect()
        return gc.mem_alloc()
