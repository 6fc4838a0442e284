# needs: float struct
# module struct: what does not fit is a struct.error
import struct
for f in (lambda: struct.pack("b", 200), lambda: struct.pack("B", -1), lambda: struct.pack("<h", 40000), lambda: struct.pack(">H", 70000), lambda: struct.pack("i", 2**40), lambda: struct.pack("<q", 2**70),
          lambda: struct.pack("i", "a"), lambda: struct.pack("i", 1.5), lambda: struct.pack("c", b"ab"), lambda: struct.pack("s", "a"), lambda: struct.pack("ii", 1), lambda: struct.pack("z", 1),
          lambda: struct.pack("3"), lambda: struct.pack("<n", 1), lambda: struct.unpack("i", b"a"), lambda: struct.unpack_from("i", b"abcd", 2), lambda: struct.unpack_from("i", b"abcd", -2),
          lambda: struct.pack_into("i", bytearray(2), 0, 1), lambda: struct.pack_into("i", bytearray(8), -20, 1), lambda: struct.calcsize("9" * 30 + "i"), lambda: struct.pack("f", "a")):
    try:
        print(f())
    except struct.error as e:
        print(e)
print(issubclass(struct.error, Exception), struct.error.__name__)
