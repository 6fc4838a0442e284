#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How many of the core tests of MicroPython print what python3 prints, and whether differences.md lists the others by name.

    core_tests.py BUILD_DIR     where run.py x86-64 builds, too; MOTE_CORE_TESTS names MicroPython's tests/basics

What is right is what python3 prints, or a .exp file that lies beside the program, where python3 cannot run it. A program
that prints SKIP fails.
"""
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from run import MOTE, PYTHON, make


def output_of(command, folder):
    """Standard output and errors; None when it takes too long. The folder is where the program may write."""
    try:
        with tempfile.TemporaryDirectory() as own:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=60,
                                  cwd=own, env={**os.environ, "PYTHONPATH": folder, "PYTHONIOENCODING": "utf-8"})
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.replace(b"\r\n", b"\n") if done.returncode == 0 else None


def passes(mote, folder, name):
    path = os.path.join(folder, name + ".py")
    got = output_of([mote, path], folder)
    if got is None or got == b"SKIP\n":
        return False
    if os.path.exists(path + ".exp"):
        with open(path + ".exp", "rb") as f:
            if got == f.read():
                return True
    return got == output_of([PYTHON, "-BS", path], folder)


def listed():
    """The number that differences.md says pass, and the names in its table."""
    with open(os.path.join(MOTE, "differences.md")) as f:
        text = f.read()
    number = int(re.search(r", (\d+) print what CPython prints", text).group(1))
    return number, set(" ".join(re.findall(r"^\| .*? \| (.*?) \|$", text, re.M)).split()) - {"programs"}


def main():
    folder = os.environ.get("MOTE_CORE_TESTS")
    if not folder:
        print("MOTE_CORE_TESTS is not set")
        sys.exit(77)
    build = os.path.abspath(sys.argv[1])
    make(MOTE, "BUILD=" + build)
    names = sorted(f[:-3] for f in os.listdir(folder) if f.endswith(".py"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        good = list(pool.map(lambda name: passes(os.path.join(build, "mote"), folder, name), names))
    failing = {name for name, passed in zip(names, good) if not passed}
    number, table = listed()
    for name in sorted(failing - table):
        print("FAILED %s fails, and differences.md does not list it" % name)
    for name in sorted(table - failing):
        print("FAILED %s is listed in differences.md, and passes" % name)
    print("%d of %d pass, differences.md says %d" % (sum(good), len(names), number))
    sys.exit(failing != table or sum(good) != number)


main()
