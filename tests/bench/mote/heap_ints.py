# Prints the bytes that 200,000 ints of 10**10 add to the heap.
try:
    from mote import heap
    def used():
        return heap()["held_bytes"]
except ImportError:
    import gc
    def used():
        gc.collect()
        return gc.mem_alloc()

def main():
    numbers = [None] * 200000
    used()  # brings what it needs itself
    start = used()
    for i in range(200000):
        numbers[i] = 10**10 + i
    print(used() - start)

main()
