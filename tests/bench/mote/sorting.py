# The built-in sort, with a key and without, and one written in the language.
def numbers(n, seed=42):
    out = []
    for _ in range(n):
        seed = (seed * 1103515245 + 12345) & 0x7fffffff
        out.append(seed)
    return out

def quicksort(items, low, high):
    while low < high:
        pivot = items[(low + high) >> 1]
        i, j = low, high
        while i <= j:
            while items[i] < pivot:
                i += 1
            while items[j] > pivot:
                j -= 1
            if i <= j:
                items[i], items[j] = items[j], items[i]
                i += 1
                j -= 1
        quicksort(items, low, j)
        low = i

random = numbers(50000)
for _ in range(12):
    built_in = sorted(random)
    by_key = sorted(random, key=lambda x: -x)
own = list(random)
quicksort(own, 0, len(own) - 1)
words = sorted(str(n) for n in random)
print(built_in == own, by_key[0] == own[-1], words[0])
