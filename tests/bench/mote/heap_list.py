# Prints the bytes of a list that grew by append to 200,000.
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
    used()  # brings what it needs itself
    start = used()
    grown = []
    for i in range(200000):
        grown.append(i)
    print(used() - start)

main()
