#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds the accounts of `tare size` against readelf and nm.

  accounts.py --tare TARE FILE...                these files
  accounts.py --tare TARE --sample N DIR         N ELF files of DIR: sorted by name, evenly spaced
  accounts.py --tare TARE --debug DEBUG FILE     a file and its debug file

By section: bytes in the file, in memory and in TLS equal what `readelf -SW` says, the file adds up
to its size on disk, and memory to the p_memsz of its PT_LOADs (`readelf -lW`).

By symbol and kind: what stated symbols own equals the ranges of `nm -S` (`nm -DS` of a stripped
file, `readelf -sW` of an object file, whose sections share addresses), painted here once more: the
range that starts last wins, then the shorter one; names of one range are aliases; the suffixes of
compilers (.cold, .part.0 ...) are taken off. What was inferred from labels without a size stands in a
column of its own and is left out. So an account that closes by [unattributed] alone fails here.
"""

import argparse
import heapq
import json
import os
import re
import shlex
import subprocess
import sys
from collections import defaultdict

SUFFIXES = re.compile(r"(?:\.cold|\.(?:cold|part|__part|constprop|isra|lto_priv|llvm)\.\d+)+$")
CUT = re.compile(r"^(.*) \(\+(\d+) more\)$")
# Their bytes serve something; what tare charges to a symbol there is more than the symbol's range.
METADATA = re.compile(r"\.(eh_frame|gcc_except_table|note|interp|dynamic$|comment|ARM\.|debug_"
                      r"|gopclntab|typelink|itablink|go\.buildinfo)")
# Linked together with writable sections these are marked writable, and still are constants.
READ_ONLY = (".rodata", ".flash.rodata")
# Their functions hold literals, which readelf's flags do not tell from code.
POOLS = ("ARM", "AArch64", "Tensilica Xtensa Processor", "RISC-V")
# What nm calls the symbols that have bytes.
IFUNC = ("IFUNC", "LOOS+0", "<OS specific>: 10")
PLACED = ("FUNC", "OBJECT", "NOTYPE", "TLS", *IFUNC)
STATED = ("code", "constant", "data", "bss")


class Section:
    def __init__(self, match):
        self.index = int(match["index"])
        self.name = match["name"].strip()
        self.type = match["type"]
        self.addr, self.offset, self.size = (int(match[k], 16) for k in ("addr", "offset", "size"))
        self.flags = match["flags"]
        self.file = 0 if self.type in ("NOBITS", "NULL") else self.size
        self.tls = self.size if "T" in self.flags and "A" in self.flags else 0
        self.vm = self.size if "A" in self.flags else 0

    def place(self, loads):
        """In a linked file .tbss has no memory of its own; bytes of a segment that the file has
        belong to the section at their address, even when it says it has none (a debug file's), and
        one that is not allocated may lie between those of a segment (Go's .shstrtab)."""
        if self.tls and self.type == "NOBITS":
            self.vm = 0
        elif self.type == "NOBITS" and self.vm:
            self.file = sum(max(0, min(self.addr + self.size, addr + size) - max(self.addr, addr))
                            for addr, _, size in loads)
        elif "A" not in self.flags:
            self.vm = max([self.file for _, offset, size in loads
                           if offset <= self.offset and self.offset + self.size <= offset + size] or [0])

    def kind(self):
        if METADATA.match(self.name) or "A" not in self.flags:
            return "metadata"
        if self.type == "NOBITS":
            return "bss"
        if "X" in self.flags:
            return "code"
        writable = "W" in self.flags and not self.name.startswith(READ_ONLY)
        return "data" if writable else "constant"


SECTION = re.compile(
    r"^\s+\[ *(?P<index>\d+)\](?P<name>.*?) +(?P<type>[A-Z][A-Za-z0-9_+]*|<unknown>|[0-9a-f]+: <unknown>) +"
    r"(?P<addr>[0-9a-f]{8,16}) +(?P<offset>[0-9a-f]{6,}) +(?P<size>[0-9a-f]{6,}) +[0-9a-f]{2} +"
    r"(?P<flags>[A-Za-z]*) +\d+ +\d+ +\d+$")
SEGMENT = re.compile(r"^\s+(LOAD|TLS) +(0x\w+) +(0x\w+) +0x\w+ +(0x\w+) +(0x\w+) ")
SYMBOL = re.compile(r"^ *(\d+): ([0-9a-f]+) +(\d+|0x[0-9a-f]+) (\w+) +(\w+) +(\w+) +"
                    r"(?:\[.*?\] +)?(\w+) ?(.*)$")


def output_of(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode(errors="surrogateescape").splitlines()


def tare_rows(options, path, dimensions):
    command = [*shlex.split(options.tare), "size", path, "-d", dimensions, "--format", "json", "-n", "0",
               "--demangle", "none"]
    command += ["--debug", options.debug] if options.debug else ["--debug-dir", "/nonexistent"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    if done.returncode != 0:
        raise ValueError("tare exits with %d: %s" % (done.returncode, done.stderr.decode()[:300]))
    return json.loads(done.stdout.decode())


class Image:
    """What readelf says of one file or archive member."""

    def __init__(self):
        self.sections = []
        self.loads = []  # (address, offset, bytes in the file)
        self.memory = 0
        self.tls_addr = 0
        self.machine = ""
        self.relocatable = False
        self.symbols = []  # (section, address, size, name)


def read_images(path):
    """One image of a file, or one of each member of an archive."""
    images = []
    for line in output_of("readelf", "-hSlsW", path):
        if line.startswith("ELF Header"):
            images.append(Image())
        elif not images:
            continue
        elif line.startswith("  Type: "):
            images[-1].relocatable = "REL (" in line
        elif line.startswith("  Machine: "):
            images[-1].machine = line.split(":")[1].strip()
        elif SECTION.match(line):
            images[-1].sections.append(Section(SECTION.match(line)))
        elif SEGMENT.match(line):
            kind, offset, addr, in_file, size = SEGMENT.match(line).groups()
            if kind == "LOAD":
                images[-1].loads.append((int(addr, 16), int(offset, 16), int(in_file, 16)))
                images[-1].memory += int(size, 16)
            else:
                images[-1].tls_addr = int(addr, 16)
        elif SYMBOL.match(line):
            add_readelf_symbol(images[-1], SYMBOL.match(line).groups())
    for image in images:
        for section in image.sections:
            if not image.relocatable:
                section.place(image.loads)
    return images


def without_mode(image, kind, addr):
    """The lowest bit of a function's address tells Thumb or microMIPS code."""
    modes = image.machine == "ARM" or image.machine.startswith("MIPS")
    return addr & ~1 if modes and kind in ("FUNC", *IFUNC) else addr


def add_readelf_symbol(image, fields):
    _, value, size, kind, _, _, section, name = fields
    addr = without_mode(image, kind, int(value, 16))
    if section.isdigit() and kind not in ("SECTION", "FILE") and int(size, 0) != 0:
        image.symbols.append((int(section), addr, int(size, 0), name))


def nm_symbols(image, path, dynamic):
    """Symbols with a size of a linked file, as nm tells them."""
    by_name = {s.name: s.index for s in image.sections}
    # Without a --plugin it loads those of every LLVM that is installed, 20 times the work.
    for line in output_of("nm", "--plugin=none", "-f", "sysv", *(["-D"] if dynamic else []), path):
        fields = [f.strip() for f in line.split("|")]
        if len(fields) != 7 or not fields[1] or not fields[4] or fields[6] not in by_name:
            continue
        addr, size = int(fields[1], 16), int(fields[4], 16)
        if fields[3] == "TLS":
            addr += image.tls_addr
        addr = without_mode(image, fields[3], addr)
        if size and fields[3] in PLACED:
            yield by_name[fields[6]], addr, size, fields[0]


# ------------------------------------------------------------------------ by section

def compare(wrong, what, column, expected, found):
    for name in sorted(set(expected) | set(found), key=str):
        if expected.get(name, 0) != found.get(name, 0):
            wrong.append("%s %s: %s is %d, expected %d"
                         % (what, column, name, found.get(name, 0), expected.get(name, 0)))


def check_sections(options, path, images):
    report = tare_rows(options, path, "section")
    wrong = []
    for column in ("file", "vm", "tls"):
        expected, found = defaultdict(int), defaultdict(int)
        for image in images:
            for section in image.sections:
                expected[section.name or "[section #%d]" % section.index] += getattr(section, column)
        for row in report["rows"]:
            if not row["name"].startswith("["):
                found[row["name"]] += row.get(column, 0)
        expected = {k: v for k, v in expected.items() if not k.startswith("[")}
        compare(wrong, "section", column, expected, found)
        total = sum(row.get(column, 0) for row in report["rows"])
        if total != report["total"].get(column, 0):
            wrong.append("section %s: rows add up to %d, not to the total" % (column, total))
    memory = sum(sum(s.vm for s in image.sections) if image.relocatable else image.memory
                 for image in images)
    if report["total"]["file"] != os.stat(path).st_size:
        wrong.append("file: %d, the file has %d"
                     % (report["total"]["file"], os.stat(path).st_size))
    if report["total"]["vm"] != memory:
        wrong.append("vm: %d, the segments have %d" % (report["total"]["vm"], memory))
    return wrong


# ------------------------------------------------------------------------- by symbol

def bare(name):
    return SUFFIXES.sub("", re.sub(r"(?<=.)@@?[A-Za-z_].*$", "", name))


def paint(ranges):
    """[(start, end, names)] with distinct ranges -> [(bytes, names)], the innermost wins."""
    ranges = sorted(ranges, key=lambda r: r[0])
    bounds = sorted({b for r in ranges for b in r[:2]})
    active, at = [], 0
    for start, end in zip(bounds, bounds[1:]):
        while at < len(ranges) and ranges[at][0] <= start:
            heapq.heappush(active, (-ranges[at][0], ranges[at][1], at))
            at += 1
        while active and active[0][1] <= start:
            heapq.heappop(active)
        if active:
            yield end - start, ranges[active[0][2]][2]


def expected_symbols(images):
    """{(kind, column): {names: bytes}}"""
    result = defaultdict(lambda: defaultdict(int))
    for image in images:
        sections = {s.index: s for s in image.sections}
        ranges = defaultdict(lambda: defaultdict(set))
        for index, addr, size, name in image.symbols:
            section = sections.get(index)
            if section is None or not section.vm + section.tls or not bare(name):
                continue
            base = 0 if image.relocatable else section.addr
            if base <= addr < base + section.size:
                ranges[index][addr, min(addr + size, base + section.size)].add(bare(name))
        for index, of_section in ranges.items():
            section = sections[index]
            for size, names in paint([(*k, frozenset(v)) for k, v in of_section.items()]):
                for column in ("file", "vm", "tls"):
                    if getattr(section, column):
                        result[section.kind(), column][names] += size
    return result


def found_symbols(report):
    """The same from tare, without what it inferred."""
    result = defaultdict(lambda: defaultdict(int))
    for row in report["rows"]:
        if row["name"].startswith("["):
            continue
        cut = CUT.match(row["name"])
        shown = frozenset((cut[1] if cut else row["name"]).split(" = "))
        names = (len(shown) + int(cut[2]), shown) if cut else shown
        for part in row["rows"]:
            kind = "metadata" if part["name"] == "debug" else part["name"]
            for column in ("file", "vm", "tls"):
                size = part.get(column, 0)
                if column == "vm" or (column == "file" and kind != "bss"):
                    size -= part["inferred"]
                if size:
                    result[kind, column][names] += size
    return result


def unabridge(found, expected):
    """Puts the full names to owner sets whose text was cut."""
    for names in [n for n in found if isinstance(n, tuple)]:
        size = found.pop(names)
        fits = [e for e in expected if len(e) == names[0] and names[1] <= e]
        if len(fits) == 1:
            found[fits[0]] += size
        else:
            found["%d names, such as %s" % (names[0], sorted(names[1])[0])] += size


def merge_kinds(*accounts):
    for account in accounts:
        for column in ("file", "vm", "tls"):
            for names, size in account.pop(("constant", column), {}).items():
                account["code", column][names] += size


def readable(sizes):
    return {"=".join(sorted(k)) if isinstance(k, frozenset) else k: v for k, v in sizes.items()}


def check_symbols(options, path, images):
    report = tare_rows(options, path, "symbol,kind")
    for image in images:
        if not image.relocatable:
            has_own = any(s.type == "SYMTAB" for s in image.sections)
            dynamic = not has_own and not options.debug
            image.symbols = list(nm_symbols(image, options.debug or path, dynamic))
            if options.debug and not has_own:
                image.symbols += nm_symbols(image, path, True)
    expected, found, wrong = expected_symbols(images), found_symbols(report), []
    if any(image.machine in POOLS for image in images):
        merge_kinds(expected, found)
    for kind in STATED:
        for column in ("file", "vm", "tls"):
            unabridge(found[kind, column], expected[kind, column])
            compare(wrong, kind, column, readable(expected[kind, column]),
                    readable(found[kind, column]))
    for column in ("file", "vm"):
        unabridge(found["metadata", column], expected["metadata", column])
        for names, size in expected["metadata", column].items():
            if found["metadata", column][names] < size:
                wrong.append("metadata %s: %s is less than %d" % (column, sorted(names), size))
    options.ranges += sum(len(image.symbols) for image in images)
    return wrong


# -------------------------------------------------------------------------------- main

def is_elf(path):
    try:
        with open(path, "rb") as file:
            return file.read(4) == b"\x7fELF"
    except OSError:
        return False


def sample(folder, count):
    """Each program once, whatever number of names it has."""
    found = sorted({os.path.realpath(os.path.join(folder, n)) for n in os.listdir(folder)})
    found = [p for p in found if os.path.isfile(p) and is_elf(p) and os.stat(p).st_size < 16 << 20]
    step = max(1.0, len(found) / count)
    return [found[int(i * step)] for i in range(min(count, len(found)))]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+")
    parser.add_argument("--tare", required=True, help="the command")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--debug")
    parser.add_argument("--limit", type=int, default=8, help="differences shown of a file")
    options = parser.parse_args()
    options.ranges = 0
    files = options.files
    if options.sample:
        count = -(-options.sample // int(os.environ.get("TARE_THIN", "1"))) # for builds that are slow
        files = [f for folder in files for f in sample(folder, count)]
    bad = 0
    for path in files:
        try:
            images = read_images(path)
            wrong = check_sections(options, path, images) + check_symbols(options, path, images)
        except (ValueError, subprocess.TimeoutExpired) as problem:
            wrong = [str(problem)]
        bad += bool(wrong)
        for text in wrong[:options.limit]:
            print("%s: %s" % (path, text))
        if len(wrong) > options.limit:
            print("%s: and %d more" % (path, len(wrong) - options.limit))
    print("%d files, %d symbols with a size, %d files differ" % (len(files), options.ranges, bad))
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
