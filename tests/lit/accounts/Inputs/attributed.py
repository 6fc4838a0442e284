# SPDX-License-Identifier: MIT
"""attributed.py TARE FILE: by unit and by symbol, [unattributed] and what is inferred are together under
7 % of the memory, no unit is called <artificial>, and the largest units are the well-known ones."""
import json
import shlex
import subprocess
import sys

tare, path = shlex.split(sys.argv[1]), sys.argv[2]
MOST = 0.07


def divide(dimension):
    text = subprocess.run([*tare, "size", path, "-d", dimension, "-n", "0", "--format", "json"], check=True,
                          stdout=subprocess.PIPE).stdout
    report = json.loads(text)
    return report["total"], report["rows"]


for dimension in ("unit", "symbol"):
    total, rows = divide(dimension)
    nobody = sum(row["vm"] for row in rows if row["name"] == "[unattributed]")
    assert nobody + total["inferred"] < MOST * total["vm"], (dimension, nobody, total)
    assert not any("<artificial>" in row["name"] for row in rows), dimension

units = [row["name"] for row in divide("unit")[1] if not row.get("synthetic")]
for name in ("unicodedata.c", "deepfreeze.c", "obmalloc.c", "unicodeobject.c", "parser.c"):
    assert any(unit.endswith("/" + name) for unit in units[:10]), (name, units[:10])
