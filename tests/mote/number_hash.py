# needs: float double
# equal numbers have one hash, whatever their type
for n in (0, 1, -1, 2**31, 2**53, -2**60, 2**61 - 1, 2**61, 2**62, 2**100, -2**100, 10**22):
    print(hash(n) == hash(float(n)), {n: "x"}.get(float(n)), {float(n): "y"}.get(n))
print(hash(True) == hash(1.0), {1: 1, 1.0: 2, True: 3}, hash(0.0) == hash(-0.0), {0.5: 1}.get(0.5))
print(len({float(2**k) for k in range(-50, 50)}), len({3**k for k in range(200)}))
