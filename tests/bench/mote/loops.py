# Nested loops over small integers.
def run(n):
    count = 0
    for a in range(n):
        for b in range(n):
            for c in range(n):
                count += (a ^ b) & c
        i = 0
        while i < n * n:
            i += 1
            count -= 1
    return count

print(run(230))
