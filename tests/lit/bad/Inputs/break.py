# SPDX-License-Identifier: MIT
"""break.py ARCHIVE MEMBER size|mark|content OUT: an archive with one member damaged."""
import sys

archive, member, what, out = sys.argv[1:]
data = bytearray(open(archive, "rb").read())
at = data.index(member.encode() + b"/")
if what == "size":
    data[at + 48:at + 58] = b"99999999  "
elif what == "mark":
    data[at + 58:at + 60] = b"xx"
else:
    data[at + 60:at + 64] = b"JUNK"
open(out, "wb").write(data)
