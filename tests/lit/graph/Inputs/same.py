#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""same.py TARE FILE...: whether each build of known.c has the graph that is known: every object, and
how many others refer to it. Tells what differs; status 1 then."""
import csv
import re
import shlex
import subprocess
import sys

KNOWN = {
    '"both"': 1, '"held"': 1, '"left"': 1, '"lost"': 1, '"own text"': 1, '"right"': 1, '"shared text"': 2, '"top"': 1,
    "both": 2, "calls": 1, "counts": 1, "cycle_a": 1, "cycle_b": 2, "entries": 1, "held": 1, "in_function": 1,
    "in_union": 1, "left": 1, "lost_a": 0, "lost_b": 1, "numbers": 1, "odd": 1, "right": 1, "sink": 1,
    "table_of_code": 1, "top": 1, "words": 1,
}


def plain(name):
    """A static local is called by each compiler in its own way: calls.0, calls$0, use.calls."""
    return name if name.startswith('"') else re.sub(r"^use\.|[.$][0-9]+$", "", name)


def read(tare, path):
    done = subprocess.run(shlex.split(tare) + ["graph", path, "-d", "object", "-n0", "--format", "csv"],
                          stdout=subprocess.PIPE, check=True)
    rows = csv.DictReader(done.stdout.decode().splitlines())
    return {plain(row["object"]): int(row["users"]) for row in rows if not row["object"].startswith(("[", ".got"))}


def main():
    status = 0
    for path in sys.argv[2:]:
        found = read(sys.argv[1], path)
        odd = ["%s %s, not %s" % (name, found.get(name), KNOWN.get(name))
               for name in sorted(found.keys() | KNOWN.keys()) if found.get(name) != KNOWN.get(name)]
        print("%s: %s" % (path, "; ".join(odd) or "the known graph"))
        status |= bool(odd)
    return status


if __name__ == "__main__":
    sys.exit(main())
