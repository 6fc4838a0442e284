#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""cpython.py CSV PROGRAM: holds the objects of a CPython to what readelf and its source say."""
import csv
import subprocess
import sys

DATA = (".rodata", ".data", ".bss", ".got", ".got.plt", ".init_array", ".fini_array", ".data.rel.ro", ".tdata",
        ".probes", ".stapsdt.base", ".PyRuntime", ".tm_clone_table")


def sections(path):
    for line in subprocess.run(["readelf", "-SW", path], stdout=subprocess.PIPE).stdout.decode().splitlines():
        fields = line.replace("[ ", "[").split()
        if len(fields) > 8 and fields[1] in DATA:
            yield int(fields[5], 16)


rows = {row["object"]: row for row in csv.DictReader(open(sys.argv[1]))}
size = {}
for row in csv.DictReader(open(sys.argv[1])):
    size[row["object"]] = size.get(row["object"], 0) + int(row["size"])
total, stated = sum(size.values()), sum(sections(sys.argv[2]))
print("total: %s" % ("as the sections say" if total == stated else "%d, sections %d" % (total, stated)))
print("without an owner: %s 2 %%" % ("under" if size["[unattributed]"] * 50 < total else "over"))
module, methods = rows["posixmodule"], rows["posix_methods"]
print("posixmodule %s posix_methods" % ("retains" if int(module["retained"]) > int(methods["retained"]) > 30000 else "lost"))
