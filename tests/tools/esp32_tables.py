#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""tare map against the tables another tool prints for the same ESP32 build:
esp32_tables.py --tare PROGRAM DIRECTORY (hello_world.map, summary.table, archives.table, memmap.json: the
bytes of every object in every section). With --elf NAME the same through tare size on that file beside the map.

One difference is known and asserted: the other tool leaves .iram0.text_end out, one byte that the ELF
has in IRAM. And a segment of the ELF has 4 bytes in DRAM between two sections that are in neither."""
import argparse
import json
import os
import subprocess
import sys

SECTIONS = {"Flash Code/.text": ".flash.text", "IRAM/.text": ".iram0.text",
            "IRAM/.vectors": ".iram0.vectors", "Flash Data/.rodata": ".flash.rodata",
            "Flash Data/.appdesc": ".flash.appdesc", "DRAM/.data": ".dram0.data",
            "DRAM/.bss": ".dram0.bss", "RTC FAST/.force_fast": ".rtc.force_fast",
            "RTC SLOW/.rtc_slow_reserved": ".rtc_slow_reserved"}
REGIONS = {"Flash Code": "iram0_2_seg", "IRAM": "iram0_0_seg", "DRAM": "dram0_0_seg",
           "Flash Data": "drom0_0_seg", "RTC FAST": "rtc_data_seg",
           "RTC SLOW": "rtc_slow_reserved_seg"}
LEFT_OUT = {"iram0_0_seg": 1}
BETWEEN = {"dram0_0_seg": 4}


def cells(path, mark):
    for line in open(path, encoding="utf-8"):
        if line.startswith(mark):
            yield [cell.strip() for cell in line.strip().strip(mark).split(mark)], line


def memory_types(path):
    """(type, section or None, used)"""
    kind = None
    for row, line in cells(path, "│"):
        if line.startswith("│ ") and not line.startswith("│  "):
            kind = row[0]
            yield kind, None, int(row[1])
        else:
            yield kind, row[0], int(row[1])


def archives(path):
    """archive -> {section of the map: bytes}"""
    heading = next(row for row, _ in cells(path, "┃") if row[0] == "Archive File")
    for row, _ in cells(path, "│"):
        kind, found = None, {}
        for name, value in list(zip(heading, row))[2:]:
            if not name.startswith("."):
                kind = name
            elif int(value):
                found[SECTIONS["%s/%s" % (kind, name)]] = int(value)
        yield row[0], int(row[1]), found


def objects(path):
    """(section, archive, object) -> bytes"""
    with open(path, encoding="utf-8") as file:
        kinds = json.load(file)["memory_types"]
    return {(section, archive.split("/")[-1], name): found["size"]
            for kind in kinds.values() for section, inside in kind["sections"].items()
            for archive, members in inside["archives"].items()
            for name, found in members["object_files"].items()}


def report(tare, path, *options):
    command = tare + ["map", path, "--format", "json", "-n", "0", *options]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def joined(tare, path, elf, dimensions):
    """The rows of tare size, as those of tare map: bytes in memory, archives by their last name."""
    def convert(row):
        name = row["name"].split("/")[-1] if row["dimension"] == "archive" else row["name"]
        name = "[%s" % name if name == "no archive]" else name
        return dict(row, name=name, size=row["vm"],
                    rows=[convert(below) for below in row.get("rows", []) if below["vm"]])
    command = tare + ["size", elf, "--map", path, "--format", "json", "-n", "0", "-d", dimensions]
    whole = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return dict(whole, rows=[convert(row) for row in whole["rows"] if row["vm"]])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tare", required=True)
    parser.add_argument("--elf")
    parser.add_argument("directory")
    given = parser.parse_args()
    tare, path = given.tare.split(), os.path.join(given.directory, "hello_world.map")

    def table(dimensions):
        if given.elf is None:
            return report(tare, path, "-d", dimensions)
        elf = os.path.join(given.directory, given.elf)
        return joined(tare, path, elf, dimensions.replace("module", "archive"))
    sections = {row["name"]: row["size"] for row in table("section")["rows"]}
    regions = (report(tare, path, "--regions") if given.elf is None else table("section"))["regions"]["rows"]
    regions = {row["name"]: row["used"] for row in regions}
    modules = {row["name"]: {r["name"]: r["size"] for r in row.get("rows", [])}
               for row in table("module,section")["rows"]}
    wrong, compared = [], 0
    for kind, section, used in memory_types(os.path.join(given.directory, "summary.table")):
        got = sections[SECTIONS["%s/%s" % (kind, section)]] if section else \
            regions[REGIONS[kind]] - LEFT_OUT.get(REGIONS[kind], 0) \
            - (BETWEEN.get(REGIONS[kind], 0) if given.elf else 0)
        compared += 1
        if got != used:
            wrong.append("%s %s: %d, the table has %d" % (kind, section, got, used))
    for name, total, wanted in archives(os.path.join(given.directory, "archives.table")):
        compared += 1
        got = {k: v for k, v in modules.pop(name, {}).items() if v}
        if got != wanted or sum(got.values()) != total:
            wrong.append("%s: %s, the table has %s" % (name, got, wanted))
    wrong += ["%s is not in the table" % name for name in modules if not name.startswith("[")]
    wanted = objects(os.path.join(given.directory, "memmap.json"))
    got = {(section["name"], module["name"], member["name"]): member["size"]
           for section in table("section,module,member")["rows"]
           for module in section["rows"] for member in module["rows"]}
    for key in wanted.keys() | {key for key, size in got.items() if size and key[1][0] != "["}:
        compared += 1
        if wanted.get(key) != got.get(key):
            wrong.append("%s: %s, not %s" % (key, got.get(key), wanted.get(key)))
    print("\n".join(wrong) if wrong else "%d numbers agree" % compared)
    return 1 if wrong or compared < 300 else 0


sys.exit(main())
