#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""esp.py ELF HEADER OUT: an ESP image of the allocated sections with contents, with a header of 8 or 24 bytes.

Each is a segment at the address it runs at, then one of filling; the hash of an application is written.
"""
import struct
import sys

elf, header = bytearray(open(sys.argv[1], "rb").read()), int(sys.argv[2])
(table,), (size, count) = struct.unpack_from("<I", elf, 32), struct.unpack_from("<HH", elf, 46)
parts = []
for i in range(count):
    _, kind, flags, addr, offset, length = struct.unpack_from("<6I", elf, table + i * size)
    if flags & 2 and kind != 8 and length:
        data = elf[offset:offset + length]
        if data[:4] == struct.pack("<I", 0xABCD5432):
            data[144:176] = bytes(range(1, 33))
        parts.append((addr, data + bytes(-length % 4)))
parts.append((0, b"\xff" * 12))
image = bytes([0xE9, len(parts)]) + bytes(header - 2)
checksum = 0xEF
for addr, data in parts:
    image += struct.pack("<II", addr, len(data)) + data
    for byte in data:
        checksum ^= byte
image += bytes(15 - len(image) % 16) + bytes([checksum]) + bytes(32)
open(sys.argv[3], "wb").write(image)
