# ints from text and to text
for t in ("0", " -12\n", "+7", "1_000", "0_8", "00", "\t42 ", "9" * 60):
    print(int(t))
for t, b in (("ff", 16), ("0xFF", 16), ("-0b101", 2), ("0o17", 0), ("0x_f", 0), ("z" * 20, 36), ("1" * 90, 2), ("0", 0), ("12", 3)):
    print(int(t, b), int(t.encode(), b))
for t, b in (("", 10), ("x", 10), ("1__2", 10), ("_1", 10), ("1_", 10), ("0x", 16), ("010", 0), ("8", 8), ("1 2", 10), ("-", 10), ("1", 1), ("1", 37)):
    try:
        print(int(t, b))
    except ValueError as e:
        print(e)
for v in (0, -1, 255, -2**64, 3**90, -10**50, 10**18, 10**9):
    print(v, hex(v), oct(v), bin(v), "%x %o %X" % (v, v, v))
print(str(7**2000), len(str(2**9999)))
print(int(str(7**1500)) == 7**1500, int(hex(7**500), 16) == 7**500)
