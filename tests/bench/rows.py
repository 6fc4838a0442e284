# SPDX-License-Identifier: MIT
"""The rows of the bench: what is compared with what, and the ratio that is wanted.

A row belongs to a group; the commands of a group are measured together. Every goal that the project
has set itself for speed and memory is a row here; rows without a wanted ratio are for information.
"""
import os
import re

import inputs
from measure import Command, HeapCommand

STRUCT = "task_struct"  # in the first unit of the kernel, where pahole -C stops
ON_A_PAR = 1.5  # both are milliseconds, most of them the start of a process
LINEAR = 1.4  # cost of a DIE in a program 8 times as large: room for sorting and colder caches

AUTO, WALL, CPU = "auto", "wall", "cpu"  # the time that judges; auto: wall if the machine is calm


class Row:
    """`tare` against `peer`; a command is None when its program or input is not here (`why`)."""

    def __init__(self, name, tare, peer, time=None, memory=None, by=AUTO, why=None, per=(1, 1),
                 input_size=None, within=None):
        self.name, self.tare, self.peer = name, tare, peer
        self.time, self.memory = time, memory  # wanted ratios, or None
        self.within = within  # seconds of CPU time, where there is no peer
        self.by, self.why = by, why
        self.input_size = input_size  # bytes; memory is compared with it instead of the peer's
        self.per = per  # times are divided by these: DIEs of tare's input and of the peer's


class Tools:
    """The programs here: tare, and each peer or None; `out` is the directory for reports."""

    def __init__(self, tare, peers, out):
        self.path, self.peers, self.out = tare, peers, out

    def tare(self, *args):
        return Command([self.path, *args])

    def row(self, name, tare, peer, *peer_args, output=os.devnull, **wanted):
        path = self.peers.get(peer)
        command = Command([path, *peer_args], output) if path else None
        return Row(name, tare, command, why=None if command else "no %s here" % peer, **wanted)


def cpython(tools):
    """The distribution's CPython, whose debug information is in a file of its own."""
    program, debug = inputs.CPYTHON, inputs.debug_file_of(inputs.CPYTHON)
    if not debug:
        return [Row("all rows", None, None, why="no debug file of this build (python3.11-dbg)")]
    dump = "llvm-dwarfdump", "--debug-info", debug
    rows = [
        tools.row("size vs llvm-dwarfdump", tools.tare("size", program), *dump, time=0.1),
        tools.row("size -d unit,symbol -n 0 vs llvm-dwarfdump",
                  tools.tare("size", "-d", "unit,symbol", "-n", "0", program), *dump, time=0.1),
        tools.row("struct vs llvm-dwarfdump", tools.tare("struct", program), *dump, time=0.1),
        tools.row("diff with itself vs llvm-dwarfdump",
                  tools.tare("diff", program, program), *dump, time=0.1),
        tools.row("diff --of struct vs llvm-dwarfdump",
                  tools.tare("diff", "--of", "struct", program, program), *dump, time=0.1),
    ]
    other = inputs.CPYTHON_DEBUG_BUILD
    if inputs.debug_file_of(other):
        rows.append(tools.row("diff with debug build vs llvm-dwarfdump of both",
                              tools.tare("diff", program, other), *dump,
                              inputs.debug_file_of(other), time=0.1))
    return rows + [
        tools.row("struct vs pahole", tools.tare("struct", program), "pahole", debug),
        tools.row("size -d unit vs bloaty", tools.tare("size", "-d", "unit", program),
                  "bloaty", "-d", "compileunits", "--debug-file=" + debug, program),
        tools.row("size -d symbol vs bloaty", tools.tare("size", "-d", "symbol", program),
                  "bloaty", "-d", "symbols", "--debug-file=" + debug, program),
        tools.row("size -d symbol vs nm", tools.tare("size", "-d", "symbol", program),
                  "nm", "-S", "--size-sort", debug),
        tools.row("size -d symbol vs readelf", tools.tare("size", "-d", "symbol", program),
                  "readelf", "-sW", debug),
    ]


def big_struct(tools, big):
    everything = tools.tare("struct", big, "-o", tools.out + "/structs.txt")
    one = tools.tare("struct", big, STRUCT)
    first = tools.tare("struct", "--first", big, STRUCT)
    output = tools.out + "/pahole.txt"
    return [
        tools.row("struct, all, to a file vs pahole", everything, "pahole", big,
                  output=output, time=0.05, memory=0.2),
        tools.row("struct, all, to a file vs pahole -j", everything, "pahole", "-j", big,
                  output=output, time=0.1, memory=0.2),
        tools.row("struct %s vs pahole, all" % STRUCT, one, "pahole", big,
                  output=output, time=0.03),
        tools.row("struct --first vs pahole -C", first, "pahole", "-C", STRUCT, big, time=ON_A_PAR),
    ]


def big_size(tools, big):
    def size(dimensions, *args):
        return tools.tare("size", "-d", dimensions, *args, big)

    def bloaty(sources, *args):
        return ["bloaty", "-d", sources, *args, big]

    unit, symbol, both = size("unit"), size("symbol"), size("unit,symbol", "-n", "0")
    goal = {"time": 0.1, "memory": 0.5}
    return [
        tools.row("size -d unit vs bloaty", unit, *bloaty("compileunits"), **goal),
        tools.row("size -d symbol vs bloaty", symbol, *bloaty("symbols"), **goal),
        tools.row("size -d unit,symbol -n 0 vs bloaty", both,
                  *bloaty("compileunits,symbols", "-n", "0"), **goal),
        Row("size -d source vs tare size -d unit", size("source"), unit, time=3),
        tools.row("size -d symbol vs nm", symbol, "nm", "-S", "--size-sort", big),
        tools.row("size -d symbol vs readelf", symbol, "readelf", "-sW", big),
    ]


def alone(name, command, path, **wanted):
    """What no peer does: CPU time by the second, memory by the size of the file."""
    return Row(name, command, None, input_size=os.path.getsize(path), by=CPU, **wanted)


def big_graph(tools, big):
    return [alone("graph", tools.tare("graph", big), big, within=20, memory=3),
            alone("graph --pages", tools.tare("graph", "--pages", big), big, within=20, memory=3)]


def graph(tools):
    """CPython as the distribution has it, and its PyPy, which is stripped."""
    program, pypy = inputs.CPYTHON, inputs.PYPY
    rows = [alone("CPython, graph", tools.tare("graph", program), program),
            alone("CPython, graph --pages", tools.tare("graph", "--pages", program), program),
            alone("CPython, graph --order", tools.tare("graph", "--order", tools.out + "/order", program), program)]
    if not os.path.exists(pypy):
        return rows + [Row("PyPy", None, None, why="no PyPy here (pypy3-lib)")]
    return rows + [alone("PyPy, graph", tools.tare("graph", pypy), pypy, within=3, memory=5),
                   alone("PyPy, graph --pages", tools.tare("graph", "--pages", pypy), pypy, within=3, memory=5)]


def big_threads(tools, big):
    """CPU time cannot tell how well two threads share the work, so wall time judges always."""
    verbs = {
        "struct": ["struct", "-o", tools.out + "/structs.txt"],
        "size -d unit": ["size", "-d", "unit"],
        "size -d unit,symbol -n 0": ["size", "-d", "unit,symbol", "-n", "0"],
        "size -d source": ["size", "-d", "source"],
    }
    return [
        Row("%s: 2 threads vs 1" % name, tools.tare(*args, "-j", "2", big),
            tools.tare(*args, "-j", "1", big), time=0.65, by=WALL)
        for name, args in verbs.items()
    ]


def maps(tools, paths):
    """Reading a linker map against counting its lines; memory against the size of the map."""
    return [
        tools.row("map (%s) vs grep -c" % name, tools.tare("map", path), "grep", "-c", ".", path,
                  output=tools.out + "/count.txt",  # into /dev/null grep stops at the first line
                  time=15, memory=3, input_size=os.path.getsize(path))
        for name, path in paths.items()
    ]


def predict(tools, many, one):
    """Ten million objects of twenty thousand shapes against one object: what takes time is the build."""
    program = inputs.CPYTHON
    if not inputs.debug_file_of(program):
        return [Row("all rows", None, None, why="no debug file of this build (python3.11-dbg)")]
    return [Row("predict of 10,000,000 objects vs of one", tools.tare("predict", many, program),
                tools.tare("predict", one, program), time=1.5, memory=1.5, by=CPU)]


SCALED_VERBS = {
    "struct": lambda path: ["struct", path],
    "size -d symbol": lambda path: ["size", "-d", "symbol", path],
    "size -d unit,symbol -n 0": lambda path: ["size", "-d", "unit,symbol", "-n", "0", path],
    "size -d source": lambda path: ["size", "-d", "source", path],
    "diff": lambda path: ["diff", path, path],
}


def growth(tools, programs):
    """Cost of one DIE in the largest program of a series against that in the smallest; symbols grow
    by the same factor. [(row, the commands of every size)]"""
    small, large = programs[0], programs[-1]
    for name, args in SCALED_VERBS.items():
        commands = [tools.tare(*args(program.path), "-j", "1") for program in programs]
        yield Row("%s, per DIE: x %d vs x 1" % (name, inputs.SCALES[-1]), commands[-1], commands[0],
                  time=LINEAR, by=CPU, per=(large.dies, small.dies)), commands


GRAPH_GROWTH = 2.5  # cost of a reference among 100 times as many: a search and colder caches


def graph_growth(tools, programs):
    """As growth(), by reference."""
    small, large = programs[0], programs[-1]
    for name, args in {"graph": [], "graph --order": ["--order", tools.out + "/order"]}.items():
        commands = [tools.tare("graph", program.path, *args, "-j", "1") for program in programs]
        yield Row("%s, per reference: %d objects vs %d" % (name, large.symbols, small.symbols), commands[-1],
                  commands[0], time=GRAPH_GROWTH, by=CPU, per=(large.dies, small.dies)), commands


MOTE_TIMES = ["loops", "fibonacci", "nbody", "sorting", "dicts", "strings", "methods"]
MOTE_HEAPS = {"heap_ints": "200,000 ints of 10**10", "heap_strings": "200,000 strings", "heap_list": "a list of 200,000"}


def mote(tools, program):
    """The same programs on mote and on MicroPython: time, and bytes of the heap."""
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mote")
    peer = tools.peers.get("micropython")
    why = None if peer else "no micropython here"

    def pair(make, name):
        path, out = os.path.join(here, name + ".py"), os.path.join(tools.out, name)
        return (make([program, path], out + ".mote.txt"),
                make([peer, "-X", "heapsize=64M", path], out + ".peer.txt") if peer else None)

    return [Row("%s vs MicroPython" % name, *pair(Command, name), why=why, time=1) for name in MOTE_TIMES] + [
        Row("heap of %s vs MicroPython" % what, *pair(HeapCommand, name), why=why, memory=1)
        for name, what in MOTE_HEAPS.items()]


def version(path):
    said = inputs.output_of(path, "--version")
    found = re.search(r"v?(\d+\.[\d.]*\d)", said)
    return found.group(1) if found else "?"
