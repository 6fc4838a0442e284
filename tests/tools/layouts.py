#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds the layouts of `tare struct` against pahole's, or against another compilation of them.

  layouts.py --tare TARE [--only GLOB...] [--without NAME...] FILE
      every distinct definition pahole knows of FILE is known to tare, and the other way round

  layouts.py --tare TARE --same FILE... [--only GLOB...]
      all FILEs have the same definitions: how the DWARF is written does not matter

A definition is a name, a size, and members with name, offset and size in bits, those of anonymous
members included; then its holes and its padding. Not compared is where pahole is known to be wrong:
see FAULTS.
"""

import argparse
import fnmatch
import json
import re
import shlex
import subprocess
import sys
from collections import Counter

# What pahole 1.24 gets wrong, so that nobody takes it for a difference of ours: (what, why).
FAULTS = {
    "atomic": "it does not know DW_TAG_atomic_type (0x47): members of such a type have no size or are "
              "left out, and what it adds up from them is wrong: holes, padding",
    "vtable": "bases are not counted as members when holes are added up, virtual ones lie at -1",
    "reference": "a member of type T && has the size of T, a pointer to a member that of its target",
    "empty": "a class without members has a byte of padding",
    "union": "it tells no size of a union, and no padding at its end",
    "flexible": "an array without a length is not told apart from a member without a size",
    "alias": "a type that only a typedef names is shown by -C alone, there without the members of a "
             "union, and the first of one name; -C NAME,NAME stops at the first unit that has one",
    "split": "it does not follow skeletons to .dwo and .dwp files, nor signatures to type units, and "
             "cannot inflate zstd: such files are compared with others that hold the same",
    "template": "it reads no template arguments; names come from DW_AT_name, where clang leaves them in",
}


# How many types that only a typedef names are asked for one by one.
SINGLY = 60


class Member:
    def __init__(self, name, bit_offset, bit_size, inner=None):
        self.name, self.bit_offset, self.bit_size, self.inner = name, bit_offset, bit_size, inner
        self.atomic = False

    def key(self):
        inner = tuple(m.key() for m in self.inner) if self.inner else ()
        return self.name, self.bit_offset, self.bit_size, inner


class Layout:
    def __init__(self, kind, name):
        self.kind, self.name, self.size = kind, name, 0
        self.members, self.holes, self.padding = [], [], 0
        self.based = self.aliased = False

    def key(self):
        return self.name, self.size, tuple(m.key() for m in self.members)

    def text(self):
        return "%s %s, %d bytes: %s" % (self.kind, self.name, self.size,
                                        show(self.members))


def show(members):
    return " ".join("%s@%s+%d%s" % (m.name or "-", m.bit_offset / 8, m.bit_size / 8,
                                    "{%s}" % show(m.inner) if m.inner else "") for m in members)


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


# ------------------------------------------------------------------------------- tare

def tare_members(rows):
    members = []
    for row in rows:
        if "offset" not in row or row.get("virtual"):
            continue  # static; a virtual base, whose place is not fixed
        name = base_name(row["type"]) if row.get("base") else row["name"]
        inner = None if row.get("base") else tare_members(row.get("members", [])) or None
        if row.get("vtable_pointer"):
            name = "vptr"
        if "bit_size" in row:
            members.append(Member(name, row["bit_offset"], row["bit_size"]))
        else:
            members.append(Member(name, 8 * row["offset"], 8 * row["size"], inner))
        members[-1].atomic = "_Atomic" in row["type"]
    return members


def base_name(text):
    return re.sub(r"^(struct|class|union) ", "", text).split("<")[0].split("::")[-1]


def tare_layouts(options, path):
    status, out, err = run(*shlex.split(options.tare), "struct", path, "--format", "json", "-n", "0",
                           "--debug-dir", "/nonexistent")
    if status != 0:
        sys.exit("tare exits with %d: %s" % (status, err))
    layouts = []
    for row in json.loads(out)["types"]:
        layout = Layout(row["kind"], plain(row["name"] or row.get("alias", "")))
        layout.aliased = not row["name"]
        layout.size = 0 if row["kind"] == "union" else row["size"]
        layout.members = tare_members(row["members"])
        layout.based = any(m.get("base") for m in row["members"])
        layout.padding = 8 * row["tail_padding"] + row.get("tail_padding_bits", 0)
        spans = [(8 * h["offset"], 8 * h["size"]) if "offset" in h else (h["bit_offset"], h["bit_size"])
                 for h in row["holes"]]
        for start, size in sorted(spans):
            if any(m.bit_offset <= start < m.bit_offset + m.bit_size for m in layout.members):
                continue  # of an anonymous member; pahole shows it there
            if layout.holes and layout.holes[-1][1] == start:
                layout.holes[-1][1] = start + size
            else:
                layout.holes.append([start, start + size])
        layout.holes = [end - start for start, end in layout.holes]
        layouts.append(layout)
    return layouts


def plain(name):
    """pahole shows the last part of a name only."""
    name = re.sub(r"\{[^}]*\}", "{}", name)
    depth, start = 0, 0
    for i, c in enumerate(name):
        depth += (c == "<") - (c == ">")
        if depth == 0 and name.startswith("::", i):
            start = i + 2
    return name[start:]


# ----------------------------------------------------------------------------- pahole

START = re.compile(r"^(typedef )?(struct|union|class)( [^{]*)?\{")
INNER = re.compile(r"^(struct|union|class|enum)( [^{]*)?\{")
PLACE = re.compile(r"/\*\s*(\d+)(?::\s*(\d+))?\s+(\d+)\s*\*/\s*$")
HOLE = re.compile(r"^\t/\* XXX (\d+) (bit|byte)s? hole")
PADDING = re.compile(r"^\t/\* (bit_)?padding: (\d+)")
SIZE = re.compile(r"^\t/\* size: (\d+),")


def member_name(declaration):
    declaration = re.sub(r"__attribute__\(\(.*?\)\)\)?", "", declaration).strip().rstrip(";").strip()
    pointer = re.search(r"\(\*+(?:const |volatile )*([\w.$]*)", declaration)
    if "_vptr" in declaration:
        return "vptr"
    if pointer:
        return pointer[1]
    declaration = re.sub(r":\d+$", "", declaration)
    declaration = re.sub(r"(\[\w*\])+$", "", declaration)
    word = re.search(r"([\w$.]+)$", declaration)
    return word[1] if word else ""


def bit_size(declaration, size):
    field = re.search(r":(\d+);", declaration)
    return int(field[1]) if field else 8 * size


def pahole_layouts(path, aliases):
    """All that have a name, and those that only a typedef names."""
    layouts = parse(run("pahole", "-j1", "--show_private_classes", path)[1])
    if aliases:
        layouts += parse(run("pahole", "-j1", "-C", ",".join(sorted(aliases)), path)[1])
    missing = sorted(aliases - {layout.name for layout in layouts})
    for name in missing[::len(missing) // SINGLY + 1]:
        layouts += parse(run("pahole", "-j1", "-C", name, path)[1])
    return layouts


def start_layout(line):
    match = START.match(line)
    name, colon, _ = (match[3] or "").partition(" : ")
    layout = Layout(match[2], plain(name.strip()))
    layout.based = bool(colon)
    return layout


def parse(text):
    layouts, stack, joined = [], [], False
    for line in text.splitlines():
        text = line.strip()
        if not stack:
            if START.match(line):
                layout = start_layout(line)
                stack, joined = [layout.members], False
        elif INNER.match(text):
            stack.append([])
        elif text.startswith("}"):
            inner = stack.pop()
            if not stack:
                layout.name = layout.name or member_name(text[1:])
                layouts.append(layout)
                continue
            place = PLACE.search(line)
            if place:
                declaration = PLACE.sub("", text[1:])
                add(stack[-1], declaration, place, None if "*" in declaration else inner)
            joined = False
        elif len(stack) == 1 and HOLE.match(line):
            bits = int(HOLE.match(line)[1]) * (1 if HOLE.match(line)[2] == "bit" else 8)
            if joined:
                layout.holes[-1] += bits
            else:
                layout.holes.append(bits)
            joined = True
        elif len(stack) == 1 and SIZE.match(line):
            layout.size = int(SIZE.match(line)[1])
        elif len(stack) == 1 and PADDING.match(line):
            layout.padding += int(PADDING.match(line)[2]) * (1 if PADDING.match(line)[1] else 8)
        elif PLACE.search(line) and ("<ancestor>" in line or not text.startswith("/*")):
            add(stack[-1], PLACE.sub("", text), PLACE.search(line), None)
            joined = False
    return layouts


def add(members, declaration, place, inner):
    if declaration.startswith("static ") or int(place[1]) >= 1 << 31:
        return  # no place in the type; a virtual base
    size = bit_size(declaration, int(place[3]))
    if "<ancestor>" in declaration:
        declaration = re.sub(r"<ancestor>.*", "", declaration.replace("/*", ""))
        name = base_name(declaration.replace("public ", "").strip())
        members.append(Member(name, 8 * int(place[1]), size))
        return
    bit_offset = 8 * int(place[1]) + int(place[2] or 0)
    members.append(Member(member_name(declaration), bit_offset, size, inner))


# ------------------------------------------------------------------------- comparisons

def wanted(options, layout):
    if layout.name in options.without or layout.name in ("", "{}"):
        return False  # without a name it is compared where it is a member
    return not options.only or any(fnmatch.fnmatchcase(layout.name, glob) for glob in options.only)


def has_empty(members):
    return any(m.bit_size == 0 or (m.inner and has_empty(m.inner)) for m in members)


def settle(layouts):
    """Each distinct definition once, by what is compared."""
    return {layout.key(): layout for layout in layouts}


def forgive(ours, theirs):
    """FAULTS, atomic: what pahole left out or gave no size takes ours; None stands for the layout,
    since its holes are wrong as well."""
    by_name = {}
    for layout in ours.values():
        by_name.setdefault((layout.name, layout.size), []).append(layout)
    result = {}
    for key, layout in theirs.items():
        like = [l for l in by_name.get((layout.name, layout.size), [])
                if agree(l.members, layout.members)]
        if key not in ours and like:
            result[like[0].key()] = None
        else:
            result[key] = layout
    return result


def agree(ours, theirs):
    theirs = list(theirs)
    for mine in ours:
        if theirs and mine.name == theirs[0].name and mine.bit_offset == theirs[0].bit_offset:
            other = theirs.pop(0)
            if other.bit_size not in (0, mine.bit_size):
                return False
            if not agree(mine.inner or [], other.inner or []):
                return False
        elif not mine.atomic:
            return False
    return not theirs


def compare_with_pahole(options, path):
    ours = settle(l for l in tare_layouts(options, path) if wanted(options, l))
    # FAULTS: alias
    aliases = {l.name for l in ours.values() if l.aliased and l.kind != "union"}
    theirs = settle(l for l in pahole_layouts(path, aliases) if wanted(options, l))
    known = {l.name for l in theirs.values()}
    twice = Counter(l.name for l in ours.values())
    ours = {k: l for k, l in ours.items()
            if not l.aliased or (l.name in known and (k in theirs or twice[l.name] == 1))}
    theirs = forgive(ours, theirs)
    wrong = ["pahole alone: " + theirs[k].text() for k in sorted(set(theirs) - set(ours), key=str)]
    wrong += ["tare alone: " + ours[k].text() for k in sorted(set(ours) - set(theirs), key=str)]
    holes = 0
    for key in set(ours) & set(theirs):
        a, b = ours[key], theirs[key]
        if b is None or b.based or not a.members or a.kind == "union":
            continue  # FAULTS: atomic, vtable, empty, union
        if has_empty(b.members) and a.holes != b.holes:
            continue  # FAULTS: flexible
        holes += 1
        if (a.holes, a.padding) != (b.holes, b.padding):
            wrong.append("%s: holes %s and padding %d bits, pahole has %s and %d"
                         % (a.text(), a.holes, a.padding, b.holes, b.padding))
    print("%d definitions, %d with holes compared, %d differ" % (len(ours), holes, len(wrong)))
    return wrong


def compare_compilations(options, paths):
    first = Counter(l.key() for l in tare_layouts(options, paths[0]) if wanted(options, l))
    wrong = []
    for path in paths[1:]:
        other = Counter(l.key() for l in tare_layouts(options, path) if wanted(options, l))
        wrong += ["%s lacks %s" % (path, k) for k in first - other]
        wrong += ["%s has besides %s" % (path, k) for k in other - first]
    print("%d definitions in %d files, %d differ" % (sum(first.values()), len(paths), len(wrong)))
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+")
    parser.add_argument("--tare", required=True, help="the command")
    parser.add_argument("--same", action="store_true", help="compare the files with one another")
    parser.add_argument("--only", action="append", default=[], help="names, as a glob")
    parser.add_argument("--without", action="append", default=[], help="a name not to compare")
    options = parser.parse_args()
    wrong = []
    if options.same:
        wrong = compare_compilations(options, options.files)
    else:
        for path in options.files:
            wrong += compare_with_pahole(options, path)
    for text in wrong[:20]:
        print(text)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
