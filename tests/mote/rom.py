#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds the small firmware for the Cortex-M3 with hello.py and no frozen modules, and fails when it takes more ROM than it may.

    rom.py BUILD_DIR

ROM is what is loaded there: code, constants and the first contents of .data. Lower MOST when the program has become smaller.
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FIRMWARE = os.path.join(os.path.dirname(os.path.dirname(HERE)), "examples", "firmware")
MOST = 111 * 1024 + 512  # reached: 113,816


def main():
    build = os.path.abspath(sys.argv[1])
    done = subprocess.run(["make", "-s", "-C", FIRMWARE, "TARGET=arm", "CONFIG=small", "BUILD=" + build, "SCRIPT=hello.py"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit("the build failed:\n" + done.stdout.decode(errors="replace"))
    out = subprocess.run(["arm-none-eabi-size", os.path.join(build, "firmware.elf")], stdout=subprocess.PIPE, check=True)
    text, data = out.stdout.split(b"\n")[1].split()[:2]
    rom = int(text) + int(data)
    print("%d bytes of ROM, %d at most" % (rom, MOST))
    sys.exit(rom > MOST)


main()
