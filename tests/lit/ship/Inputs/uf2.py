#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""uf2.py BIN ADDRESS OUT: a UF2 file, with a block that is not for the main flash among the others."""
import struct
import sys

data = open(sys.argv[1], "rb").read()
address = int(sys.argv[2], 0)
parts = [(0x2000, address + at, data[at:at + 256]) for at in range(0, len(data), 256)]
parts.insert(1, (0x2001, 0x1000, b"aside"))
with open(sys.argv[3], "wb") as out:
    for number, (flags, start, part) in enumerate(parts):
        head = struct.pack("<8I", 0x0A324655, 0x9E5D5157, flags, start, len(part), number,
                           len(parts), 0xE48BFF56)
        out.write(head + part.ljust(476, b"\0") + struct.pack("<I", 0x0AB16F30))
