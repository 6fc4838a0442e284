# Prints the bytes of a list that grew by append to 200,000.
from heap_used import used

def main():
    used()  # brings what it needs itself
    start = used()
    grown = []
    for i in range(200000):
        grown.append(i)
    print(used() - start)

main()
