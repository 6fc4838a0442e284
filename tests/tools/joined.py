#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A map beside its ELF file, checked on its own: joined.py --tare PROGRAM MAP ELF [MAP ELF ...]

1. tare verify --map: in every row the map's bytes and the reasons add up to the ELF's bytes, with
   remainder 0; the ELF's bytes are those readelf prints, for every section in memory.
2. tare size --map: the bytes in memory of every object, archive and member are those that the text of
   the map adds up to, read here with a few regular expressions.
"""
import argparse
import collections
import json
import re
import subprocess
import sys

REASONS = ["padding", "merged", "relaxed", "veneers", "lto", "not_loaded", "stripped"]
# What linkers make, and hang on an object or not.
MADE = re.compile(r"\.(plt|got|iplt|igot|dynamic|dynsym|dynstr|hash|gnu\.hash|gnu\.version|interp|rela?\.|relr|"
                  r"glue_7|v4_bx|vfp11_veneer|stm32l4xx_veneer|eh_frame_hdr|note\.gnu\.build-id)")


def run(command, status=0):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != status:
        sys.exit("%s: status %d\n%s%s" % (" ".join(command), done.returncode, done.stdout.decode(errors="replace"),
                                          done.stderr.decode(errors="replace")))
    return done.stdout.decode(errors="replace")


def elf_sections(path):
    """[(name, address, size)] of what takes memory."""
    found = []
    for line in run(["readelf", "-SW", path]).splitlines():
        row = re.match(r"\s*\[ *\d+\] (\S.*?) +(\w+) +([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) \S+ +([A-Zop]*) ", line)
        if row and "A" in row.group(6) and not ("T" in row.group(6) and row.group(2) == "NOBITS"):
            found.append((row.group(1), int(row.group(3), 16), int(row.group(5), 16)))
    return [row for row in found if row[2] != 0]


def check_sections(tare, path, elf):
    table = json.loads(run(tare + ["verify", elf, "--map", path, "--format", "json"]))["map"]
    faults, sizes = [], collections.Counter()
    for row in table["rows"]:
        if row["remainder"] or row["map"] + sum(row[reason] for reason in REASONS) != row["elf"]:
            faults.append("%s: %s" % (path, row))
        sizes[row["name"]] += row["elf"]
    wanted = collections.Counter()
    for name, _, size in elf_sections(elf):
        wanted[name] += size
    for name in wanted.keys() | {name for name in sizes if name[0] == "." and sizes[name]}:
        if wanted[name] != sizes[name] and "RELRO" not in name:
            faults.append("%s: %s: %d bytes, readelf has %d" % (path, name, sizes[name], wanted[name]))
    return faults


def bfd_rows(text):
    """(section, address, size, file) of GNU ld and gold."""
    section = name = None
    for line in text.splitlines():
        alone = re.match(r"( ?)(\S+)$", line)
        row = re.match(r"( ?)(\S+)? +0x([0-9a-f]+) +0x([0-9a-f]+)(?: (.*))?$", line)
        if alone:
            name = alone.group(1) + alone.group(2)
        elif row:
            own = row.group(1) + row.group(2) if row.group(2) else name
            rest = (row.group(5) or "").strip()
            if own and own[0] != " ":
                section = own
            elif own:
                yield section, own[1:], int(row.group(3), 16), int(row.group(4), 16), rest
            name = None


def column_rows(text):
    """The same of lld and mold."""
    section = None
    for line in text.splitlines()[1:]:
        lld = re.match(r" *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) +\d+ (\s*)(\S.*)$", line)
        mold = re.match(r" *0x([0-9a-f]+) +(\d+) +\d+ (\s*)(\S.*)$", line)
        row = mold or lld
        if row is None:
            continue
        addr, size = int(row.group(1), 16), int(row.group(2), 10 if mold else 16)
        depth = len(row.group(3))
        if depth == 0:
            section = row.group(4)
        elif depth == 8:
            file, _, own = row.group(4).rpartition(":(")
            if file and file != "<internal>":
                yield section, own[:-1], addr, size, file


def map_bytes(path, elf):
    """file -> bytes in memory. Each byte is the first one's that lies there; strings that GNU ld merged
    away stand at the address of what comes next."""
    text = open(path, encoding="utf-8", errors="replace").read()
    columns = re.match(r" *(VMA|Address)", text)
    rows = list(column_rows(text) if columns else bfd_rows(text))
    sections = elf_sections(elf)
    counts, taken = collections.Counter(), {}
    for at, (section, name, addr, size, file) in enumerate(rows):
        inside = [s for s in sections if s[0] == section and s[1] <= addr < s[1] + s[2]]
        after = rows[at + 1] if at + 1 < len(rows) else None
        if not inside or (not columns and after and after[0] == section and after[2] == addr and after[3]):
            continue
        start, end = max(addr, taken.get(section, 0)), min(addr + size, inside[0][1] + inside[0][2])
        if end <= start:
            continue
        taken[section] = end
        data = re.match(r"(BYTE|SHORT|LONG|QUAD|SQUAD|RELOC) ", file)
        made = MADE.match(name) or MADE.match(section) or name.startswith("*") or file == "linker stubs"
        if file and not data and not made:
            counts[file] += end - start
    return counts


def names(file):
    """(object, archive, member)"""
    inside = re.match(r"(.*[^\s])\(([^()]*)\)$", file)
    return (file,) + (inside.groups() if inside else ("[no archive]", file.split("/")[-1]))


def check_totals(tare, path, elf):
    wanted, faults = map_bytes(path, elf), []
    for index, dimension in enumerate(["object", "archive", "member"]):
        report = json.loads(run(tare + ["size", elf, "--map", path, "-d", dimension, "-n", "0", "--format", "json"]))
        got = {row["name"]: row["vm"] for row in report["rows"]
               if row["vm"] and (row["name"][0] != "[" or row["name"] == "[no archive]")}
        sums = collections.Counter()
        for file, size in wanted.items():
            sums[names(file)[index]] += size
        for name in got.keys() | sums.keys():
            if got.get(name, 0) != sums[name]:
                faults.append("%s: %s %s: %d bytes, the map adds up to %d"
                              % (path, dimension, name, got.get(name, 0), sums[name]))
    return faults if wanted else ["%s: nothing read" % path]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tare", required=True)
    parser.add_argument("files", nargs="+")
    given = parser.parse_args()
    faults, tare = [], given.tare.split()
    for path, elf in zip(given.files[::2], given.files[1::2]):
        faults += check_sections(tare, path, elf) + check_totals(tare, path, elf)
    print("\n".join(faults) if faults else "%d maps and files agree" % (len(given.files) // 2))
    return 1 if faults else 0


sys.exit(main())
