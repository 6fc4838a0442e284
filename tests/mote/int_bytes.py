# ints as bytes, both orders, signed and not
for v in (0, 1, 127, 128, 255, 256, 65535, 2**63, 2**64 - 1, 10**30):
    print(v.to_bytes(16, "big"), v.to_bytes(16, "little"))
    print((-v).to_bytes(16, "big", signed=True), int.from_bytes((-v).to_bytes(16, "little", signed=True), "little", signed=True))
print((5).to_bytes(), (-128).to_bytes(1, "big", signed=True), (0).to_bytes(0, "big"))
print(int.from_bytes(b"", "big"), int.from_bytes([1, 2], "big"), int.from_bytes(bytearray(b"\xff\xfe"), "little", signed=True))
for v, n, s in ((256, 1, False), (-1, 4, False), (128, 1, True), (-129, 1, True), (1, 0, False), (1, -1, False)):
    try:
        v.to_bytes(n, "big", signed=s)
    except (OverflowError, ValueError) as e:
        print(type(e).__name__, e)
print((0).bit_length(), (-1).bit_length(), (2**100).bit_length())
