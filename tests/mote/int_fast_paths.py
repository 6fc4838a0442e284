# operators of small ints that the loop does itself, at the ends of what is small on 32 and 64 bits; items of bytes and bytearrays
values = [0, 1, -1, 5, 255, 256, 2 ** 29, 2 ** 30 - 1, 2 ** 30, -2 ** 30, -2 ** 30 - 1, 2 ** 31, 2 ** 61, 2 ** 62 - 1, 2 ** 62, -2 ** 62, 2 ** 64]
for a in values:
    print(a, [(a | b, a ^ b, a & b) for b in values])
    for s in 0, 1, 2, 28, 29, 30, 31, 60, 61, 62, 63, 64, 100:
        left = right = xor = both = a
        left <<= s
        right >>= s
        xor ^= s
        both |= s
        print(a << s, a >> s, left, right, xor, both)
for s in -1, -2 ** 70:
    try:
        print(1 << s)
    except ValueError as e:
        print(e)
print(True | 1, True ^ True, False | False, 1 | True, True << 3)

fixed, changed = bytes(range(250, 256)), bytearray(range(250, 256))
for i in -7, -6, -1, 0, 5, 6, True, 2 ** 20:
    for o in fixed, changed, bytearray(), b"":
        try:
            print(o[i], end=" ")
        except IndexError as e:
            print(e, end=" ")
    try:
        changed[i] = 7
        fixed[i] = 7
    except (IndexError, TypeError) as e:
        print(e)
for v in 0, 255, 256, -1, True, "x", None:
    try:
        changed[1] = v
    except (ValueError, TypeError) as e:
        print(e)
    print(changed)
