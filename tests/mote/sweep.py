#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lets the allocations of programs of this folder fail, one after the other (sweep.c).

    sweep.py PROGRAM [--all]

PROGRAM is sweep.c, built. Without --all: the programs of sweep.txt, their first 2000 allocations each and 200 of those
behind; with it every program, 20000 and 500: that takes a quarter of an hour.
"""
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from run import NO_PROGRAMS

HERE = os.path.dirname(os.path.abspath(__file__))


def programs(everything):
    if everything:
        return sorted(f for f in os.listdir(HERE) if f.endswith(".py") and f not in NO_PROGRAMS)
    with open(os.path.join(HERE, "sweep.txt")) as f:
        return [line.strip() for line in f if line.strip() and not line.startswith("#")]


def sweep(program, bounds, path):
    """What went wrong, or None; how many failures there were."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as errors:
        done = subprocess.run([program, *bounds, os.path.join(HERE, path)], cwd=folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=errors)
        errors.seek(0)
        said = errors.read().decode(errors="replace")
    report = done.stdout.decode(errors="replace").split("\r")[-1].strip()
    if done.returncode:
        return "%s: status %d\n%s" % (report, done.returncode, said[-4000:]), 0
    return None, int(report.split()[-2])


def main():
    everything = "--all" in sys.argv[2:]
    bounds = ("20000", "500") if everything else ("2000", "200")
    paths, failures, broken = programs(everything), 0, 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for wrong, count in pool.map(lambda path: sweep(os.path.abspath(sys.argv[1]), bounds, path), paths):
            failures += count
            if wrong:
                broken += 1
                print("FAILED " + wrong)
    print("%d programs, %d failed; %d allocations failed" % (len(paths), broken, failures))
    sys.exit(1 if broken or not failures else 0)


if __name__ == "__main__":
    main()
