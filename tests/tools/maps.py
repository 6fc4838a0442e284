#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What tare map reads, against the ELF file the map belongs to: maps.py --tare PROGRAM MAP ELF [MAP ELF ...]

1. Every section of the ELF that is loaded is in the map, with its address and size; what is not loaded
   has the size it has there, too, for the linkers that print it.
2. The rows of tare map -d section add up to those sections, and its total to all of them.
3. In every dimension the rows add up to that total.
4. Little is nobody's: at most --unattributed percent (default 0).
"""
import argparse
import json
import re
import subprocess
import sys

DIMENSIONS = ["section", "module", "archive,object", "object,input", "symbol", "dir,member", "region"]


def run(command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode(errors="replace")


def elf_sections(path):
    """name -> [address, size] summed over sections of that name, of those in memory."""
    found = {}
    for line in run(["readelf", "-SW", path]).splitlines():
        row = re.match(r"\s*\[ *\d+\] (\S.*?) +(\w+) +([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) \S+ +([A-Zop]*) ", line)
        if row is None or "A" not in row.group(6) or int(row.group(5), 16) == 0:
            continue
        found.setdefault(row.group(1), [int(row.group(3), 16), 0])[1] += int(row.group(5), 16)
    return found


def table(tare, path, *options):
    report = json.loads(run(tare + ["map", path, "--format", "json", "-n", "0", *options]))
    return report["total"]["size"], report["rows"], report["doubt_total"]


def check(tare, path, elf, percent):
    wanted = elf_sections(elf)
    total, rows, doubts = table(tare, path, "-d", "section")
    got = {row["name"]: row["size"] for row in rows if row["size"] != 0}
    faults = ["%s: %d doubts" % (path, doubts)] if doubts else []
    # Headers of the file are in some maps, and no section.
    for name in ("** headers", "EHDR", "PHDR"):
        total -= got.pop(name, 0)
    for name in sorted(wanted.keys() | got.keys()):
        if got.get(name, 0) != wanted.get(name, [0, 0])[1]:
            faults.append("%s: %s has %d bytes in the map, %d in the ELF"
                          % (path, name, got.get(name, 0), wanted.get(name, [0, 0])[1]))
    if total != sum(size for _, size in wanted.values()):
        faults.append("%s: total %d" % (path, total))
    for dimension in DIMENSIONS:
        whole, rows, _ = table(tare, path, "-d", dimension)
        if sum(row["size"] for row in rows) != whole:
            faults.append("%s: -d %s does not add up" % (path, dimension))
        loose = sum(row["size"] for row in rows if row["name"] == "[unattributed]")
        if loose * 100 > whole * percent:
            faults.append("%s: -d %s: %d of %d bytes unattributed" % (path, dimension, loose, whole))
    return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tare", required=True)
    parser.add_argument("--unattributed", type=float, default=0)
    parser.add_argument("files", nargs="+")
    given = parser.parse_args()
    faults = []
    for path, elf in zip(given.files[::2], given.files[1::2]):
        faults += check(given.tare.split(), path, elf, given.unattributed)
    print("\n".join(faults) if faults else "%d maps agree" % (len(given.files) // 2))
    return 1 if faults else 0


sys.exit(main())
