#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds the firmware for the Cortex-M3 with hello.py and no frozen modules, and fails when it takes more ROM than it may, or,
in the small configuration, more RAM before the first statement of a program.

    rom.py BUILD_DIR      of the kind arm-small (run.py), which may be built already; the full one is built beside it

ROM is what is loaded there: code, constants and the first contents of .data. RAM is what has a fixed place, the bitmap of
the heap, and the most that a program of no statement takes of the heap and the stack. Lower the bounds when it is less.
"""
import json
import os
import subprocess
import sys
import tempfile

import run

SMALL, FULL, RAM = 96 * 1024, 190 * 1024, 4096  # reached: 98,184, 189,408 and 1,451


def build(folder, config, script):
    """The ELF file."""
    out = os.path.join(folder, os.path.basename(script)[:-3])
    run.make(run.FIRMWARE, "TARGET=arm", "CONFIG=" + config, "FROZEN=", "BUILD=" + folder, "SCRIPT=" + script, "OUT=" + out)
    return out + ".elf"


def sizes(elf):
    out = subprocess.run(["arm-none-eabi-size", elf], stdout=subprocess.PIPE, check=True).stdout
    return map(int, out.split(b"\n")[1].split()[:3])


def ram_at_start(folder):
    with tempfile.TemporaryDirectory() as scripts:
        script = os.path.join(scripts, "nothing.py")
        open(script, "w").close()
        elf = build(folder, "small", script)
    done = subprocess.run([*run.QEMU["arm"].split(), elf], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, timeout=60)
    counters = json.loads(done.stderr or done.stdout)
    blocks = max(counters["blocks_peak"], counters["blocks_peak_compile"])
    _, data, bss = sizes(elf)
    return data + bss + counters["bitmap_bytes"] + counters["block_bytes"] * blocks + counters["stack_bytes"]


def rom(folder, config):
    text, data, _ = sizes(build(folder, config, "hello.py"))
    return text + data


def within(what, bytes_taken, most):
    print("%s: %d bytes, %d at most" % (what, bytes_taken, most))
    return bytes_taken <= most


def main():
    small = os.path.abspath(sys.argv[1])
    good = [within("ROM of small", rom(small, "small"), SMALL),
            within("RAM of small before the first statement", ram_at_start(small), RAM),
            within("ROM of full", rom(small + "-full", "full"), FULL)]
    sys.exit(not all(good))


main()
