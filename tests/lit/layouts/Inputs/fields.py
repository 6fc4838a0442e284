# SPDX-License-Identifier: MIT
"""Prints the members of the first type of a report: name, place and size in bits."""
import json
import sys

row = json.load(open(sys.argv[1]))["types"][0]
print("%d:" % row["size"], *("%s %d+%d" % (m["name"], m.get("bit_offset", 8 * m["offset"]),
                                           m.get("bit_size", 8 * m["size"])) for m in row["members"]))
