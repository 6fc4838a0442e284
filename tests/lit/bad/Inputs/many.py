"""many.py OBJECT COUNT ARCHIVE: an archive that holds an object that many times, each by another name."""
import sys
data = open(sys.argv[1], "rb").read()
with open(sys.argv[3], "wb") as out:
    out.write(b"!<arch>\n")
    for i in range(int(sys.argv[2])):
        name = b"m%d.o/" % i
        out.write(b"%-16s%-12d%-6d%-6d%-8o%-10d`\n" % (name, 0, 0, 0, 0o644, len(data)))
        out.write(data + b"\n" * (len(data) % 2))
