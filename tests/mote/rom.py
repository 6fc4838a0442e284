#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds the small firmware for the Cortex-M3 with hello.py and no frozen modules, and fails when it takes more ROM than it may.

    rom.py BUILD_DIR      of the kind arm-small (run.py), which may be built already

ROM is what is loaded there: code, constants and the first contents of .data. Lower MOST when the program has become smaller.
"""
import os
import subprocess
import sys

import run

MOST = 96 * 1024  # reached: 97,952


def main():
    build = os.path.abspath(sys.argv[1])
    hello = os.path.join(build, "hello")
    run.make(run.FIRMWARE, *run.KINDS["arm-small"].firmware, "BUILD=" + build, "SCRIPT=hello.py", "OUT=" + hello)
    out = subprocess.run(["arm-none-eabi-size", hello + ".elf"], stdout=subprocess.PIPE, check=True)
    text, data = out.stdout.split(b"\n")[1].split()[:2]
    rom = int(text) + int(data)
    print("%d bytes of ROM, %d at most" % (rom, MOST))
    sys.exit(rom > MOST)


main()
