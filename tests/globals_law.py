#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No library keeps mutable globals: globals_law.py SOURCE_DIR BUILD_DIR (a build without sanitizers).

What a library writes at run time lies in .data or .bss of its objects; tables of pointers that only
the loader writes lie in .data.rel.ro.
"""
import glob
import os
import re
import subprocess
import sys

WRITABLE = re.compile(r"^\.(data|bss|tdata|tbss)(?!\.rel\.ro)(\.|$)")


def writable_sections(archive):
    """Yields (member, section, size) of what is not empty."""
    out = subprocess.run(["size", "-A", archive], stdout=subprocess.PIPE, check=True).stdout.decode()
    member = "?"
    for line in out.splitlines():
        words = line.split()
        if line.endswith(":") or " (ex " in line:
            member = words[0]
        elif len(words) == 3 and WRITABLE.match(words[0]) and words[1] != "0":
            yield member, words[0], words[1]


def main():
    archives = sorted(glob.glob(os.path.join(sys.argv[2], "lib*.a")))
    offences = 0
    for archive in archives:
        for member, section, size in writable_sections(archive):
            print("%s: %s keeps %s bytes in %s" % (os.path.basename(archive), member, size, section))
            offences += 1
    print("%d libraries, %d offences" % (len(archives), offences))
    return 1 if offences or not archives else 0


sys.exit(main())
