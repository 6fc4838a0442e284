#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""./dev format changes nothing: format_law.py SOURCE_DIR. Skipped (77) without clang-format 14,
because versions differ in taste."""
import os
import re
import subprocess
import sys

VERSION = "14"


def find_clang_format():
    for name in ("clang-format", "clang-format-" + VERSION):
        try:
            said = subprocess.run([name, "--version"], stdout=subprocess.PIPE).stdout.decode()
        except OSError:
            continue
        found = re.search(r"version (\d+)\.", said)
        if found and found.group(1) == VERSION:
            return name
    return None


def sources(root):
    for directory, below, names in os.walk(root):
        below[:] = [b for b in below if not b.startswith((".", "build")) and b != "Inputs"]
        for name in names:
            if name.endswith((".c", ".h")):
                yield os.path.join(directory, name)


def main():
    program = find_clang_format()
    if program is None:
        print("clang-format %s is not installed" % VERSION)
        return 77
    files = sorted(sources(sys.argv[1]))
    done = subprocess.run([program, "--dry-run", "-Werror", "-ferror-limit=1"] + files)
    print("%d files" % len(files))
    return 1 if done.returncode or not files else 0


sys.exit(main())
