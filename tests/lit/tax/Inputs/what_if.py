#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every edit of --what-if against the compiler: what_if.py TARE SOURCE FOLDER COMPILER...

The source holds each edit behind EDIT == n. The layouts that tare makes of the source as it is are those that
the compiler makes of the edited one.
"""
import json
import shlex
import subprocess
import sys

EDITS = [
    "struct head.count: remove",
    "struct head.count: short",
    "head.kind: first",
    "list.used: after room",
    "struct head.mark: add double",
    "count_t: short",
    "struct inner: remove",
    "union any.wide: remove",
    "bits.b: unsigned char",
    "tight.value: void *",
    "list.store.view: remove",
    "outer.added: add 5",
]


def layouts(tare, program, *options):
    text = subprocess.run(tare + ["struct", program, "--format", "json", *options], check=True,
                          stdout=subprocess.PIPE).stdout
    found = {}
    for t in json.loads(text)["types"]:
        if t["name"]:
            members = [(m["name"], m["offset"], m.get("bit_offset"), m["size"]) for m in t["members"]]
            found[t["name"]] = (t["size"], members)
    return found


def compiled(compiler, source, edit, out):
    subprocess.run(compiler + ["-g", "-w", "-c", "-DEDIT=%d" % edit, source, "-o", out], check=True)
    return out


def main():
    tare, source, folder = shlex.split(sys.argv[1]), sys.argv[2], sys.argv[3]
    bad = 0
    for text in sys.argv[4:]:
        compiler = shlex.split(text)
        plain = compiled(compiler, source, 0, folder + "/plain.o")
        for number, edit in enumerate(EDITS, 1):
            want = layouts(tare, compiled(compiler, source, number, folder + "/edited.o"))
            got = layouts(tare, plain, "--what-if", edit)
            for name in sorted(want):
                if got.get(name) != want[name]:
                    bad += 1
                    print("%s, %s: struct %s is %s, not %s" % (text, edit, name, got.get(name), want[name]))
        print("%d edits, %d differ" % (len(EDITS), bad))


main()
