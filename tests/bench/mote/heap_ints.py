# Prints the bytes that 200,000 ints of 10**10 add to the heap.
from heap_used import used

def main():
    numbers = [None] * 200000
    used()  # brings what it needs itself
    start = used()
    for i in range(200000):
        numbers[i] = 10**10 + i
    print(used() - start)

main()
