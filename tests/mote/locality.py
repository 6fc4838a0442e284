#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What tare graph says of pages against mote as it runs: locality.py TARE MOTE_BUILD DIRECTORY [MODULE]

MOTE_BUILD is a build of examples/mote (made if it is not there); DIRECTORY is for what is made here. With each linker there
is, mote is linked as it comes and with the order that tare graph makes of it; then it imports one frozen MODULE (tinyjson),
under touched.c.

  written at load   the pages that tare names against the private ones of /proc/self/pagemap: the same, to the page
  touched           fewer with the order than without
  not needed        pages with nothing but what other frozen modules alone need: not one is touched

What a program touches cannot be known beforehand, only what it cannot touch: that is the last line. Status 1 if a
line is not so. Where the kernel shows no pagemap, the first is left out, and says so.
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys

import run

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDERS = ["core", "compile", "types", "modules", "port", "frozen"]
NATIVE = ["array", "collections", "io", "json", "math", "struct", "time"]
LINKERS = {  # name: how GCC calls it, the form of its order, the option that takes it
    "lld": ("lld", "lld", "-Wl,--no-warn-symbol-ordering,--symbol-ordering-file="),
    "gold": ("gold", "gold", "-Wl,--section-ordering-file="),
    "ld": ("bfd", "ld", "-Wl,-T,"),
}
PAGE = 4096
SKIPPED = 77


def output(*argv, **more):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True, **more).stdout


class Proof:
    def __init__(self, tare, build, module):
        self.tare, self.module, self.good = tare, module, True
        self.objects = [path for folder in FOLDERS for path in sorted(glob.glob(os.path.join(build, folder, "*.o")))]
        frozen = [re.search(r"frozen_(\w+)\.o", path) for path in self.objects]
        self.frozen = [found.group(1) for found in frozen if found and found.group(1) != "pool"]
        edit = subprocess.run(["pkg-config", "--libs", "libedit"], stdout=subprocess.PIPE, text=True, check=False)
        self.libraries = edit.stdout.split() + ["-lm"]
        with open("rules.yaml", "w", encoding="ascii") as rules:
            rules.write("modules:\n")
            for name in self.frozen:
                rules.write('  - {name: %s, units: ["*frozen_%s.c"]}\n' % (name, name))
            for name in NATIVE:
                rules.write('  - {name: %s, units: ["modules/%s.c"]}\n' % (name, name))
        with open("import.py", "w", encoding="ascii") as program:
            program.write("import %s\n" % module)

    def link(self, name, linker, *options):
        output("gcc", "-fuse-ld=" + linker, *self.objects, *self.libraries, "-o", name, *options)

    def graph(self, program, *options):
        return json.loads(output(self.tare, "graph", program, "--config", "rules.yaml", "--format", "json", "-n", "0",
                                 *options))

    def run(self, program):
        """{page: its flags}, as touched.c says."""
        said = output("./" + program, "import.py", env=dict(os.environ, TOUCHED="touched.txt", LD_PRELOAD="./touched.so"))
        assert said == "", said
        with open("touched.txt", encoding="ascii") as lines:
            return {int(addr, 16): flags for addr, flags in map(str.split, lines)}

    def written_at_load(self, program):
        for note in self.graph(program, "--pages")["notes"]:
            if "are written at load" in note:
                ranges = re.findall(r"0x([0-9a-f]+)-0x([0-9a-f]+)", note)
                assert "more places" not in note, note
                return {page for start, end in ranges for page in range(int(start, 16), int(end, 16), PAGE)}
        return None

    def not_needed(self, program):
        """Pages with constants of other frozen modules, and with nothing else."""
        others, needed = set(), set()
        for row in self.graph(program, "-d", "object", "--with-code", "-v")["rows"]:
            found = re.match(r"0x([0-9a-f]+),", (row.get("evidence") or [""])[0])
            if found and row["size"]:
                start = int(found.group(1), 16)
                pages = range(start // PAGE * PAGE, start + row["size"], PAGE)
                other = row["module"] in self.frozen and row["module"] != self.module
                (others if other else needed).update(pages)
        return others - needed

    def tell(self, linker, good, text):
        self.good &= good
        print("%-5s %s%s" % (linker, text, "" if good else "   NOT SO"))

    def prove(self, name, linker, form, option):
        self.link("plain-" + name, linker)
        output(self.tare, "graph", "plain-" + name, "--config", "rules.yaml", "--order", name + ".order",
               "--order-form", form)
        self.link("ordered-" + name, linker, option + name + ".order")
        touched = []
        for program in "plain-" + name, "ordered-" + name:
            pages, predicted = self.run(program), self.written_at_load(program)
            touched.append({page for page, flags in pages.items() if "r" in flags})
            written = {page for page, flags in pages.items() if "l" in flags}
            if any("d" in flags for flags in pages.values()):
                self.tell(name, written == predicted, "%s: written at load: %d pages predicted, %d measured" % (
                    program, len(predicted), len(written)))
            else:
                self.tell(name, True, program + ": written at load: no pagemap here, not measured")
        self.tell(name, len(touched[1]) < len(touched[0]), "import %s: %d of %d pages touched, with the order %d" % (
            self.module, len(touched[0]), len(pages), len(touched[1])))
        not_needed = self.not_needed("ordered-" + name)
        self.tell(name, not_needed != set() and not not_needed & touched[1],
                  "not needed: %d pages, of them touched: %d" % (len(not_needed), len(not_needed & touched[1])))


def main(tare, build, directory, module="tinyjson"):
    tare, build = os.path.abspath(tare), os.path.abspath(build)
    if os.sysconf("SC_PAGE_SIZE") != PAGE:
        return SKIPPED
    run.make(run.MOTE, "BUILD=" + build)
    os.makedirs(directory, exist_ok=True)
    os.chdir(directory)
    output("gcc", "-O2", "-shared", "-fPIC", "-D_GNU_SOURCE", HERE + "/touched.c", "-o", "touched.so")
    proof = Proof(tare, build, module)
    for name, row in LINKERS.items():
        if shutil.which("ld." + row[0]):
            proof.prove(name, *row)
    return 0 if proof.good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
