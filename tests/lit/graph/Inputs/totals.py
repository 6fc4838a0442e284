#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""totals.py TARE FILE...: whether objects, [padding] and [unattributed] of the graph add up to what the ledger says of the
sections of code and data. Status 1 when they do not."""
import csv
import json
import shlex
import subprocess
import sys

CONTENT = {"code", "constant", "data", "bss"}


def run(tare, *arguments):
    return subprocess.run(shlex.split(tare) + list(arguments), stdout=subprocess.PIPE, check=True).stdout.decode()


def of_ledger(tare, path):
    """Bytes in memory of the sections that hold code or data, with the padding in them."""
    report = json.loads(run(tare, "size", path, "-d", "section,kind", "-n0", "--format", "json"))
    return sum(row["vm"] for row in report["rows"]
               if not row.get("synthetic") and CONTENT & {part["name"] for part in row.get("rows", [])})


def of_graph(tare, path):
    rows = csv.DictReader(run(tare, "graph", path, "--with-code", "-d", "object", "-n0", "--format", "csv").splitlines())
    return sum(int(row["size"]) for row in rows)


def main():
    status = 0
    for path in sys.argv[2:]:
        ledger, graph = of_ledger(sys.argv[1], path), of_graph(sys.argv[1], path)
        print("%s: %d bytes in sections, %d in objects" % (path, ledger, graph))
        status |= ledger != graph or graph == 0
    return status


if __name__ == "__main__":
    sys.exit(main())
