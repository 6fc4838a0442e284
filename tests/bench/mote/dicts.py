# Dicts of ints and strings: counted, looked up, grown and emptied.
def count(n):
    seen = {}
    for i in range(n):
        key = i * 7919 % 5003
        seen[key] = seen.get(key, 0) + 1
    return seen

def words(n):
    table = {}
    for i in range(n):
        table["word%d" % (i % 3000)] = i
    return sum(table[w] for w in table if w in table)

def grid(n):
    cells = {x << 10 | y: x * y for x in range(n) for y in range(n)}
    total = 0
    for cell, product in cells.items():
        if (cell & 1023) << 10 | cell >> 10 in cells:
            total += product
    for key in list(cells):
        del cells[key]
    return total

print(len(count(1200000)), words(300000), grid(250))
