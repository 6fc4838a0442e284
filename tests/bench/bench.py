#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures tare against its peers: bench.py [--big [FILE]] [--bloaty FILE] [--json FILE] ...

Usually started as ./dev bench, which builds the release program first; docs/bench.md explains the
table. It judges ("met", "MISSED") and ends with status 0 all the same, unless --strict is given.
"""
import argparse
import fnmatch
import json
import os
import shutil
import sys

import inputs
import rows as bench_rows
from measure import BUSY_CORES, SLOW_RUNS, Load, measure

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PEERS = ["pahole", "llvm-dwarfdump", "readelf", "nm", "grep", "bloaty", "micropython"]
MIB = 1 << 20


def arguments():
    parser = argparse.ArgumentParser(prog="dev bench", description="measure tare against its peers")
    add = parser.add_argument
    add("--big", nargs="?", const="", metavar="FILE",
        help="also a kernel's vmlinux with debug information; without FILE it is downloaded "
             "(about 860 MB) into build/bench")
    add("--tare", default=os.environ.get("TARE", ROOT + "/build/release/tare"), metavar="FILE",
        help="the tare to measure (default: $TARE, then build/release/tare)")
    add("--mote", default=ROOT + "/build/mote/mote", metavar="FILE",
        help="the mote to measure, if it is there (default: build/mote/mote)")
    add("--bloaty", default=os.environ.get("BLOATY"), metavar="FILE",
        help="the bloaty to compare with (default: $BLOATY, then the PATH)")
    add("--runs", type=int, default=5, metavar="N",
        help="of each command (default 5; slow ones at most 3)")
    add("--by", choices=["auto", "wall", "cpu"], default="auto",
        help="time to judge by; auto: wall time on a calm machine, CPU time on a busy one")
    add("--rows", default="*", metavar="GLOB", help="only rows whose 'GROUP: ROW' matches")
    add("--json", metavar="FILE", help="write all figures there, those of each run, too")
    add("--strict", action="store_true", help="status 1 if a goal is missed or a command fails")
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    if not os.access(options.tare, os.X_OK):
        parser.error("there is no %s: build it, or give --tare FILE" % options.tare)
    return options


def find_peers(options):
    peers = {name: shutil.which(name) for name in PEERS}
    if options.bloaty:
        peers["bloaty"] = shutil.which(options.bloaty)
        if not peers["bloaty"]:
            sys.exit("bench: cannot run %s" % options.bloaty)
    return peers


# ------------------------------------------------------------------------------- machine

def machine(options, peers):
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        models = [line.split(":", 1)[1].strip() for line in info if line.startswith("model name")]
    versions = {name: bench_rows.version(path) if path else None for name, path in peers.items()}
    return {
        "processor": models[0] if models else os.uname().machine,
        "cores": len(os.sched_getaffinity(0)),
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": os.uname().release,
        "tare": bench_rows.version(options.tare),
        "peers": versions,
    }


def print_machine(about):
    print("%s, %d cores, %d GiB, Linux %s" % (about["processor"], about["cores"],
                                              round(about["memory"] / 2**30), about["kernel"]))
    print("tare %s; %s" % (about["tare"], ", ".join(
        "%s %s" % (name, version) if version else "no %s here" % name
        for name, version in about["peers"].items())))


# ----------------------------------------------------------------------------- measuring

def progress(what, command):
    if sys.stderr.isatty():
        line = "%s: %s" % (what, " ".join([os.path.basename(command.argv[0]), *command.argv[1:]]))
        sys.stderr.write("\r\033[K%s" % line[:100])
        sys.stderr.flush()


class Group:
    """Rows measured together, and how busy others kept the machine meanwhile."""

    def __init__(self, title, rows):
        self.title, self.rows, self.others = title, rows, 0.0

    def keep(self, pattern):
        self.rows = [row for row in self.rows
                     if fnmatch.fnmatch("%s: %s" % (self.title, row.name), pattern)]

    def commands(self):
        return [c for row in self.rows if row.tare for c in (row.tare, row.peer) if c]

    def measure(self, runs):
        load = Load()
        measured = measure(self.commands(), runs, progress)
        self.others = load.others()
        if sys.stderr.isatty():
            sys.stderr.write("\r\033[K")
        for row in self.rows:
            row.tare, row.peer = (c and measured.get(c.key, c) for c in (row.tare, row.peer))

    @property
    def busy(self):
        return self.others > BUSY_CORES

    def show(self, results):
        print("\n%s (others kept %.2f cores busy%s)" % (
            self.title, self.others, ": CPU time judges" if self.busy else ""))
        print(HEAD)
        for result in results:
            print_row(result)


class Growth(Group):
    """Rows that compare the ends of a series of programs; what is between is shown, too."""

    def __init__(self, title, programs, pairs, what="DIE (per symbol)", scales=inputs.SCALES):
        pairs = list(pairs)
        super().__init__(title, [row for row, _ in pairs])
        self.programs, self.what, self.scales = programs, what, scales
        self.series = {row: commands for row, commands in pairs}

    def commands(self):
        return [command for row in self.rows for command in self.series[row]]

    def show(self, results):
        super().show(results)
        print("%-*s %s" % (NAME, "  ns of CPU time per " + self.what, "".join(
            "%18s" % ("x %d" % scale) for scale in self.scales)))
        for result in results:
            commands = self.series[result.row]
            if not any(command.failure for command in commands):
                cells = ["%.0f (%.0f)" % (1e9 * c.cpu / p.dies, 1e9 * c.cpu / p.symbols)
                         for p, c in zip(self.programs, commands)]
                print("%-*s %s" % (NAME, "  " + result.row.name.split(", per")[0],
                                   "".join("%18s" % cell for cell in cells)))


class Result:
    """The ratios of a row and the verdict on them."""

    def __init__(self, row, group, by):
        self.row, self.group = row, group
        self.failure = row.why or self.failed_command(row)
        self.verdict, self.by = "-", None
        self.wall = self.cpu = self.memory = self.time = None
        if self.failure:
            return
        if row.peer is None:
            self.judge_alone()
            return
        tare, peer, scale = row.tare, row.peer, row.per[1] / row.per[0]
        self.wall, self.cpu = scale * tare.wall / peer.wall, scale * tare.cpu / max(peer.cpu, 1e-9)
        self.memory = tare.memory / row.input_size if row.input_size else \
            scale * tare.memory / max(peer.memory, 1)
        self.by = row.by if row.by != "auto" else by
        if self.by == "auto":
            self.by = "cpu" if group.busy else "wall"
        if row.by == "wall" and group.busy:  # CPU time says nothing: the quietest runs of both
            self.wall = scale * tare.least_wall / peer.least_wall
        self.time = self.cpu if self.by == "cpu" else self.wall
        goals = ("time", self.time, row.time), ("memory", self.memory, row.memory)
        missed = [what for what, ratio, goal in goals if goal and ratio > goal]
        if row.time or row.memory:
            self.verdict = "MISSED (%s)" % ", ".join(missed) if missed else "met"
        if row.by == "wall" and group.busy and missed:
            self.verdict = "unclear (busy machine)"  # threads cannot show what idle cores they lack

    def judge_alone(self):
        row = self.row
        self.by, self.memory = "cpu", row.tare.memory / row.input_size
        goals = ("time", row.tare.cpu, row.within), ("memory", self.memory, row.memory)
        missed = [what for what, value, goal in goals if goal and value > goal]
        if row.within or row.memory:
            self.verdict = "MISSED (%s)" % ", ".join(missed) if missed else "met"

    @staticmethod
    def failed_command(row):
        for command in (row.tare, row.peer):
            if command and command.failure:
                return "%s failed, %s" % (os.path.basename(command.argv[0]), command.failure)
        return None

    @property
    def bad(self):
        return self.verdict.startswith("MISSED") or bool(self.failure and not self.row.why)


# ------------------------------------------------------------------------------ printing

NAME = 52
HEAD = ("%-*s %7s %7s %7s %7s  %7s %7s %6s  %7s %7s %6s %6s  %s" % (
    NAME, "", "tare s", "CPU", "peer s", "CPU", "t/p", "CPU t/p", "wanted",
    "tare M", "peer M", "t/p", "wanted", "verdict"))


def seconds(value):
    return "%.4f" % value if value < 0.1 else "%.3f" % value


def wanted(value):
    return "%g" % value if value else "-"


def print_row(result):
    row = result.row
    if result.failure and row.tare and row.tare.samples:
        print("%-*s %7s %7s  n/a: %s" % (NAME, row.name, seconds(row.tare.wall), seconds(row.tare.cpu), result.failure))
        return
    if result.failure:
        print("%-*s n/a: %s" % (NAME, row.name, result.failure))
        return
    tare, peer, memory = row.tare, row.peer, result.memory
    if peer is None:
        print("%-*s %7s %6s* %7s %7s  %7s %7s %6s  %7.1f %7s %6.3f %6s  %s" % (
            NAME, row.name, seconds(tare.wall), seconds(tare.cpu), "-", "-", "-", "-",
            "%g s" % row.within if row.within else "-", tare.memory / MIB, "-", memory, wanted(row.memory),
            result.verdict))
        return
    wall = "%.3f%s" % (result.wall, "*" * (result.by == "wall"))
    cpu = "%.3f%s" % (result.cpu, "*" * (result.by == "cpu"))
    print("%-*s %7s %7s %7s %7s  %7s %7s %6s  %7.1f %7.1f %6.3f %6s  %s" % (
        NAME, row.name,
        seconds(tare.wall), seconds(tare.cpu), seconds(peer.wall), seconds(peer.cpu),
        wall, cpu, wanted(row.time),
        tare.memory / MIB, peer.memory / MIB, memory, wanted(row.memory), result.verdict))


# ---------------------------------------------------------------------------------- json

def command_as_json(command):
    if command is None or not command.samples:
        return None
    return {
        "argv": command.argv, "wall": command.wall, "cpu": command.cpu, "memory": command.memory,
        "runs": [dict(zip(("wall", "cpu", "memory"), sample)) for sample in command.samples],
    }


def result_as_json(result):
    row = result.row
    return {
        "group": result.group.title, "row": row.name,
        "verdict": result.verdict, "failure": result.failure, "judged_by": result.by,
        "wall_ratio": result.wall, "cpu_ratio": result.cpu, "memory_ratio": result.memory,
        "wanted_time": row.time, "wanted_memory": row.memory, "per": row.per, "wanted_seconds": row.within,
        "tare": command_as_json(row.tare), "peer": command_as_json(row.peer),
        "others_cores": round(result.group.others, 3),
    }


def write_json(path, about, results):
    with open(path, "w", encoding="utf-8") as out:
        everything = {"version": 1, "machine": about, "rows": list(map(result_as_json, results))}
        json.dump(everything, out, indent=1)
        out.write("\n")


# ---------------------------------------------------------------------------------- main

def groups_of(options, tools, directory):
    groups = [Group("CPython", bench_rows.cpython(tools)), Group("graph", bench_rows.graph(tools))]
    if options.big is not None:
        big = inputs.kernel(options.big, directory)
        groups += [Group("vmlinux struct", bench_rows.big_struct(tools, big)),
                   Group("vmlinux size", bench_rows.big_size(tools, big)),
                   Group("vmlinux graph", bench_rows.big_graph(tools, big)),
                   Group("vmlinux threads", bench_rows.big_threads(tools, big))]
    if os.access(options.mote, os.X_OK):
        groups.append(Group("mote", bench_rows.mote(tools, os.path.abspath(options.mote))))
    generated, maps, graphs, censuses = inputs.generated(directory + "/generated")
    groups.append(Group("predict", bench_rows.predict(tools, *censuses)))
    groups.append(Group("maps", bench_rows.maps(tools, maps)))
    for series, programs in generated.items():
        groups.append(Growth("growth " + series, programs, bench_rows.growth(tools, programs)))
    groups.append(Growth("growth graph", graphs, bench_rows.graph_growth(tools, graphs), "reference (per object)",
                         [n // inputs.GRAPH_OBJECTS[0] for n in inputs.GRAPH_OBJECTS]))
    return groups


def print_summary(results, bad, options):
    met = sum(result.verdict == "met" for result in results)
    print("\n%d goals met, %d missed or failed, %d rows for information, unclear or n/a."
          % (met, bad, len(results) - met - bad))
    print("Medians of %d runs (slow ones: at most %d); t/p is tare / peer, the one with * judges."
          % (options.runs, SLOW_RUNS))
    if options.big is None:
        print("Without --big the goals on the kernel are not measured.")


def main():
    options = arguments()
    directory = os.path.join(ROOT, "build", "bench")
    os.makedirs(directory, exist_ok=True)
    peers = find_peers(options)
    about = machine(options, peers)
    print_machine(about)
    tools = bench_rows.Tools(os.path.abspath(options.tare), peers, directory)
    results = []
    for group in groups_of(options, tools, directory):
        group.keep(options.rows)
        if not group.rows:
            continue
        group.measure(options.runs)
        of_group = [Result(row, group, options.by) for row in group.rows]
        group.show(of_group)
        sys.stdout.flush()
        results += of_group
    bad = sum(result.bad for result in results)
    print_summary(results, bad, options)
    if options.json:
        write_json(options.json, about, results)
    return 1 if options.strict and bad else 0


if __name__ == "__main__":
    sys.exit(main())
