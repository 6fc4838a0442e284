#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What mote writes beside the output of a program. Each member that --counters, --census and --trace print has its row in
census.md, and each row is printed. What the trace leaves in the heap is what the counters count. An error of syntax says
where: line and column.

    documented.py BUILD_DIR     where run.py x86-64 builds, too
"""
import json
import os
import re
import subprocess
import sys
import tempfile

from run import MOTE, make

PROGRAM = """
import collections, array
class Table:
    def __init__(self): self.x = 1
class Slots:
    __slots__ = ("a",)
    def __init__(self): self.a = 2
class Stack(list): pass
def outer(n, m=3):
    def inner(): return n
    return inner
kept = [Table(), Slots(), Stack(), outer(1), b"bytes" * 3, bytearray(b"abc"), (1, 2), {1: 2}, {3, 4}, frozenset((5, n)) if 0 else 0,
        10 ** 30, "caf\\u00e9" * 3, "\\u4e00" * 9, "\\U0001f600" * 9, "plain" * 5, frozenset([1, 2]), 1.5 * 3, range(3), slice(1)]
grown = {}
for i in range(50):
    grown[i] = str(i) * 4
kept += [grown, [i for i in range(9)], kept[:3], [0] * 7, collections.deque([1]), array.array("i", [1])]
def counting(): yield 1
begun = counting()
started = counting()
next(started)
appended = []
appended.append(1)
appended.extend(range(20))
"""

# Bodies of generators, with what MicroPython says with -v -v -v: N_STATE and N_EXC_STACK.
GENERATORS = [
    ("while b:\n  yield a\n  a += b", 4, 0),
    ("for x in a:\n  for y in b: yield x, y", 14, 0),
    ("for i in range(a): yield i", 7, 0),
    ("for i in range(10): yield i", 6, 0),
    ("for i in range(0, len(a), b): yield a[i:i + b]", 11, 0),
    ("yield from a", 4, 0),
    ("for x in a:\n  try: yield int(x)\n  except (ValueError, TypeError): continue", 14, 1),
    ("with open(a) as f:\n  for line in f: yield line.strip().split(a, b)", 14, 1),
    ("for r in [[x * y for x in a] for y in b]: yield sum(r), max(r), [z for z in r if z > 1]", 11, 0),
    ("for x, y in zip(a, b): yield f'{x}-{y}' + '%s' % x", 12, 0),
]


def members(thing):
    """The names of all members, of those inside, too."""
    if isinstance(thing, dict):
        return set(thing).union(*map(members, thing.values()))
    return set().union(*map(members, thing)) if isinstance(thing, list) else set()


def section(text, title):
    return re.search(r"^# %s$(.*?)(?=^# |\Z)" % title, text, re.M | re.S).group(1)


def rows(text):
    """What stands in backticks in the first column of the tables."""
    first = "".join(re.findall(r"^\| (`.*?) \|", text, re.M))
    return set(re.findall(r"`(\w+)`", first))


def run(build, folder):
    """What the three options wrote."""
    paths = {name: os.path.join(folder, name) for name in ("counters", "census", "trace")}
    options = ["--%s=%s" % pair for pair in paths.items()]
    subprocess.run([os.path.join(build, "mote"), *options, "-c", PROGRAM], check=True)
    return [open(path).read() for path in paths.values()]


def compare(what, printed, documented):
    for name in sorted(printed - documented):
        print("FAILED %s prints %s, which census.md does not explain" % (what, name))
    for name in sorted(documented - printed):
        print("FAILED census.md explains %s, which %s does not print" % (name, what))
    return printed == documented


def compare_left(trace, counters):
    left = {}
    for event, block, *size in map(str.split, trace.splitlines()[1:]):
        left[block] = int(size[0]) if size else 0
    traced, counted = sum(left.values()), sum(row["asked"] for row in counters["types"])
    if traced != counted:
        print("FAILED the trace leaves %d bytes asked for in the heap, --counters counts %d" % (traced, counted))
    return traced == counted


def told_of(build, folder, kind, program):
    """The first row of that kind in the census of a program."""
    path = os.path.join(folder, "told.json")
    subprocess.run([os.path.join(build, "mote"), "--census=" + path, "-c", program], check=True)
    with open(path) as f:
        return next(row for row in json.load(f)["objects"] if row["kind"] == kind)


def moved_told(build, folder):
    """What is moved to an end leaves the table of an OrderedDict of CPython as it is."""
    program = "import collections\nkept = collections.OrderedDict()\nfor i in range(3000):\n kept[i % 500] = i\n"
    rows = [told_of(build, folder, "OrderedDict", program + more) for more in ("", " kept.move_to_end(i % 500)\n")]
    if rows[0]["cpython"] == rows[1]["cpython"] == 1024:
        return True
    print("FAILED 500 keys of an OrderedDict, and the same moved: %s" % rows)
    return False


def generators_told(build, folder):
    """What the census says that the code of a generator needs on MicroPython."""
    good = True
    for body, *wanted in GENERATORS:
        program = "def g(a, b):\n" + "".join(" %s\n" % line for line in body.split("\n")) + "kept = g(1, 2)\n"
        row = told_of(build, folder, "generator", program)
        if [row["micropython"], row["tries"]] != wanted:
            print("FAILED %r needs %s, told as %s" % (body, wanted, [row["micropython"], row["tries"]]))
            good = False
    return good


# Bodies of generators of eight arguments, and the places of their frames on CPython 3.12: co_nlocals + co_stacksize.
FRAMES = [
    ("yield", 10),
    ("yield f(a, g(b, h(c)))", 17),
    ("yield a.m(f(b))", 13),
    ("yield f(a, k=b)", 12),
    ("yield f(*a, **b)", 13),
    ("for i in f(a):\n yield i", 12),
    ("for i in a:\n for j in b:\n  yield i, j", 14),
    ("try:\n yield a\nexcept E as e:\n yield e", 13),
    ("try:\n yield a\nfinally:\n f(a)", 13),
    ("with a, b:\n yield c", 15),
    ("x = yield from f(a)", 12),
    ("yield {i: f(i) for i in a}", 16),
    ("yield sum(i for i in a)", 12),
    ("yield g(a(b(c), d), k=f)", 15),
    ("try:\n 85\nfinally:\n for i in a:\n  while c:\n   yield b", None),  # a handler that nothing leads to
]


def frames_told(build, folder):
    """What the census says that a generator's frame has room for on CPython."""
    good = True
    for body, wanted in FRAMES:
        lines = "".join(" %s\n" % line for line in body.split("\n"))
        row = told_of(build, folder, "generator", "def G(a, b, c, d, f, g, h, E):\n" + lines + "kept = G(*range(8))\n")
        if wanted not in (None, row["cpython"]):
            print("FAILED the frame of %r has %d places on CPython, told as %s" % (body, wanted, row["cpython"]))
            good = False
    for body, wanted in ("for x in [1]: yield x", "inside"), ("yield from [1]", None):
        row = told_of(build, folder, "iterator", "def g():\n %s\nkept = g()\nnext(kept)\n" % body)
        if row.get("how") != wanted:
            print("FAILED the iterator of %r is told as %s" % (body, row))
            good = False
    row = told_of(build, folder, "function", "kept = (x for x in [1])\n")
    if row.get("how") != "inside":
        print("FAILED the function of a generator expression is told as %s" % row)
        good = False
    return good


def characters_told(build, folder):
    """Each place that holds a character cut out of a string, unless the program has it as a text or a name, or by an index."""
    program = "q = 1\nkept = 'q,7,7,x,*'.split(',') + ['abcd'[1], 'abcd'[1:2], 'abcd'[2:3], 'x y'.split()]\n"
    path = os.path.join(folder, "characters.json")
    subprocess.run([os.path.join(build, "mote"), "--census=" + path, "-c", program], check=True)
    with open(path) as f:
        rows = [row for row in json.load(f)["objects"] if row["kind"] == "str"]
    told = {how: sum(row["count"] for row in rows if row.get("how") == how) for how in ("cut", "again")}
    if told == {"cut": 4, "again": 2}:
        return True
    print("FAILED 7, x, c and y are cut out, 7 and x twice: %s" % told)
    return False


def place_of_error(build):
    done = subprocess.run([os.path.join(build, "mote"), "-c", "a = 1\nb = (2 +* 3)\n"], stderr=subprocess.PIPE)
    good = done.returncode == 1 and b'File "<string>", line 2, column 9\nSyntaxError: ' in done.stderr
    if not good:
        print("FAILED an error of syntax is told as %r" % done.stderr)
    return good


def main():
    build = os.path.abspath(sys.argv[1])
    make(MOTE, "BUILD=" + build)
    with open(os.path.join(MOTE, "census.md")) as f:
        text = f.read()
    with tempfile.TemporaryDirectory() as folder:
        counters, census, trace = run(build, folder)
        told = [generators_told(build, folder), frames_told(build, folder), moved_told(build, folder),
                characters_told(build, folder)]
    events = {line.split()[0] for line in trace.splitlines()[1:]}
    explained = set(re.findall(r"^([a-z]) [0-9a-f]+ .*", section(text, "The trace"), re.M))
    good = [compare("--counters", members(json.loads(counters)), rows(section(text, "The counters"))),
            compare("--census", members(json.loads(census)), rows(section(text, "The census"))),
            compare("--trace", events, explained),
            compare_left(trace, json.loads(counters))]
    good += [*told, place_of_error(build)]
    sys.exit(not all(good))


main()
