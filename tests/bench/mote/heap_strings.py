# Prints the bytes that 200,000 different strings of up to 10 characters add to the heap.
from heap_used import used

def main():
    strings = [None] * 200000
    used()  # brings what it needs itself
    start = used()
    for i in range(200000):
        strings[i] = "%d" % (i << (i % 15))
    print(used() - start)

main()
