#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What leaves with each frozen module of mote, by tare graph --features, against what mote-freeze wrote; and what blocks of
the heap each takes, against mote's README.

    frozen.py TARE MOTE_BUILD

mote-freeze writes an object file a module: what it defines is what must leave with the module, to the byte. MOTE_BUILD is made
if it is not there.
"""
import csv
import glob
import io
import os
import re
import subprocess
import sys

import run


def written(path):
    """Bytes of all that an object file defines: symbols as nm has them, address, size, kind, name."""
    rows = subprocess.run(["nm", "-S", path], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return sum(int(row.split()[1], 16) for row in rows if len(row.split()) == 4)


def blocks(mote, name):
    """That `import name` takes."""
    count = 'print(mote.heap()["blocks_used"])\n'
    program = "import mote\n" + count + "import " + name + "\n" + count
    done = subprocess.run([mote, "-c", program], check=True, stdout=subprocess.PIPE, text=True)
    before, after = map(int, done.stdout.split())
    return after - before


def blocks_wrong(mote):
    """Rows of the table in the README that are not so."""
    with open(os.path.join(run.MOTE, "README.md")) as f:
        rows = re.findall(r"^\| `(\w+)` \| (\d+) \| \d+ \| \d+ \| \d+ \|$", f.read(), re.M)
    wrong = 0
    for name, said in rows:
        taken = blocks(mote, name)
        if taken != int(said):
            wrong += 1
            print("%s: takes %d blocks, the README says %s" % (name, taken, said))
    return wrong if rows else 1


def main():
    tare, build = sys.argv[1:3]
    if not os.path.exists(os.path.join(build, "mote")):
        run.make(run.MOTE, "BUILD=" + build)
    done = subprocess.run([tare, "graph", os.path.join(build, "mote"), "--features", "-n", "0", "--format", "csv"],
                          check=True, stdout=subprocess.PIPE, text=True)
    leaves = {row["feature"]: int(row["only"]) for row in csv.DictReader(io.StringIO(done.stdout))}
    wrong = count = 0
    for path in sorted(glob.glob(os.path.join(build, "frozen", "frozen_*.o"))):
        name = re.search(r"(frozen_\w+)\.o$", path).group(1)
        if name == "frozen_pool":  # what they share
            continue
        count += 1
        if leaves.get(name) != written(path):
            wrong += 1
            print("%s: %s bytes leave, %d were written" % (name, leaves.get(name), written(path)))
    print("%d frozen modules, %d wrong" % (count, wrong))
    wrong += blocks_wrong(os.path.join(build, "mote"))
    return wrong != 0 or count == 0


sys.exit(main())
