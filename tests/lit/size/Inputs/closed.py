# SPDX-License-Identifier: MIT
"""closed.py REPORT.json FILE: every additive column adds up at every depth, and `file` is the size of
the file."""
import json
import os
import sys

report = json.load(open(sys.argv[1]))
columns = [c["name"] for c in report["columns"] if c["additive"]]


def check(total, rows, where):
    for column in columns:
        got = sum(row[column] for row in rows)
        assert got == total[column], (where, column, got, total[column])
    for row in rows:
        if row.get("rows"):
            check(row, row["rows"], where + "/" + row["name"])


check(report["total"], report["rows"], "")
assert report["total"]["file"] == os.path.getsize(sys.argv[2])
