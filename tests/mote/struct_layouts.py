# needs: float double struct
# module struct: sizes, alignment, byte orders, values there and back
import struct
for f in ("bhi", "<bhi", ">hHiI", "=q", "!Q", "3s2x?", "c", "5p", "<ef", ">d", "0i", "b0h", " 2h b", ""):
    print(f, struct.calcsize(f))
print(struct.pack("<bBhHiIqQ", -1, 255, -2, 65535, -3, 2**32 - 1, -4, 2**64 - 1), struct.pack(">hi", 1, 2), struct.pack("bh", 1, 2)[0::3])
print(struct.pack("<?5sc3p", [], b"ab", b"x", b"long"), struct.unpack("<?5sc3p", b"\x02ab\0\0\0x\2lo"))
print(struct.pack("<efd", 1.5, -0.1, 1e300), struct.unpack(">efd", struct.pack(">efd", 65504, 0.5, -1e-300)), struct.pack("<e", 5.96e-8), struct.pack("<e", -0.0))
b = bytearray(12)
struct.pack_into(">Hb", b, 3, 0x1234, -1)
struct.pack_into("<H", b, -2, 0xabcd)
print(b, struct.unpack_from(">Hb", b, 3), struct.unpack_from("<H", b, -2), struct.unpack_from("b", b, offset=5))
