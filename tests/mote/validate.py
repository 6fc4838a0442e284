#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The experiments, predicted and counted on four targets of mote, where no byte may differ, and on CPython; on the
desktop the peaks as well, from traces.

    validate.py TARE BUILD_DIR

The population is counted once, on the desktop; all else a prediction uses is the ELF file of the target. Both are the
difference to the empty program. The kinds are built where the tests that run them build them.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import run

EXPERIMENTS = os.path.join(run.ROOT, "examples", "experiments")
# What a program leaves in the pool of names is no object, and counted apart.
APART = ("pool", "chunk")
# Not all of it fits the firmware's memory or is in it.
FIRMWARE_LEAVES_OUT = ("dicts.py", "sets.py", "nested.py", "lists_append.py", "floats.py")
ELEMENTS = 20


def held(counters):
    total = counters["held_bytes"]
    return total - sum(t["held"] for t in counters["types"] if t["name"] in APART)


def check_peak(tare, name, build, path, folder):
    """The same requests, replayed on the allocator as the ELF file has it: the peak and the highest block are those of the run."""
    trace, out = (os.path.join(folder, n) for n in ("trace", "counters"))
    command = run.command_for(name, run.KINDS[name], build, path)
    subprocess.run(command[:-1] + ["--counters=" + out, "--trace=" + trace, path], check=True, timeout=120)
    done = subprocess.run([tare, "predict", trace, os.path.join(build, "mote"), "--format", "json"], stdout=subprocess.PIPE,
                          check=True, timeout=120)
    row = json.loads(done.stdout)["rows"][0]
    with open(out) as f:
        counters = json.load(f)
    block, highest = counters["block_bytes"], 0
    with open(trace) as f:
        for words in map(str.split, f):
            if words[0] in ("n", "r"):
                highest = max(highest, int(words[1], 16) + -(-int(words[2]) // block))
    want = counters["blocks_peak"] * block, highest * block + (highest * 2 + 7) // 8
    return want == (row["peak_held"], row["peak_heap"])


def counted_by(name, kind, build, path):
    if kind.firmware:
        done = subprocess.run(run.command_for(name, kind, build, path), stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                              timeout=120)
        text = done.stderr.decode(errors="replace")
        return held(json.loads(text[text.index("{"):text.rindex("}") + 1]))
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "counters")
        command = run.command_for(name, kind, build, path)
        subprocess.run(command[:-1] + ["--counters=" + out, path], check=True, timeout=120)
        with open(out) as f:
            return held(json.load(f))


def predicted_by(tare, mote, elf, path):
    command = [tare, "predict", path, elf, "--mote", mote, "-n", "0", "--format", "json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=120)
    total = json.loads(done.stdout)["total"]
    return total["total"] - total["bookkeeping"]


def smaller(path, folder):
    """The experiment with a number of elements that fits a small memory. On the desktop its path is on the heap and on the
    target it is not: all names are equally long."""
    with open(path) as f:
        text = f.read()
    start = text.find("N = ")
    if start >= 0:
        text = text[:start] + "N = %d" % ELEMENTS + text[text.index("\n", start):]
    out = os.path.join(folder, os.path.basename(path)[:-3].ljust(20, "_") + ".py")
    with open(out, "w") as f:
        f.write(text)
    return out


def check(tare, mote, name, builds, folder):
    kind, build = run.KINDS[name], os.path.join(builds, name)
    run.build_kind(kind, build)
    wrong, base = [], None
    names = sorted(f for f in os.listdir(EXPERIMENTS) if f.endswith(".py") and f != "empty.py")
    for program in ["empty.py"] + [f for f in names if not kind.firmware or f not in FIRMWARE_LEAVES_OUT]:
        path = smaller(os.path.join(EXPERIMENTS, program), folder) if kind.firmware else os.path.join(EXPERIMENTS, program)
        counted = counted_by(name, kind, build, path)
        elf = os.path.join(build, "programs", os.path.basename(path) + ".elf") if kind.firmware else os.path.join(build, "mote")
        both = predicted_by(tare, mote, elf, path), counted
        base = base or both
        print("%-7s %-18s predicted %8d counted %8d" % (name, program, both[0] - base[0], both[1] - base[1]))
        if both[0] - base[0] != both[1] - base[1]:
            wrong.append(name + " " + program)
        if not kind.firmware and not check_peak(tare, name, build, path, folder):
            wrong.append("peak of " + name + " " + program)
    return wrong


def check_python(tare, builds):
    """CPython of the distribution, whose ints and strings mote-boxed counts, where its debug file is there: within 0.1 % of
    what its allocator counts, with what it counts of code objects. A run of CPython differs from the next by a KiB, so there
    are enough elements for that to be little."""
    boxed, mote = os.path.join(builds, "boxed"), os.path.join(builds, "x86-64", "mote")
    run.build_kind(run.KINDS["boxed"], boxed)
    shutil.copy(os.path.join(boxed, "mote"), mote + "-boxed")
    chosen = {"100000": ("ints", "strings", "floats", "lists_literal", "tuples", "garbage", "instances", "closures", "generators"),
              "1000": ("dicts", "sets", "lists_append"), "3000": ("bytes", "changed"), "30000": ("nested",), "20000": ("shared",)}
    wrong = []
    for elements, names in chosen.items():
        paths = [os.path.join(EXPERIMENTS, name + ".py") for name in names]
        done = subprocess.run([tare, "validate", "/usr/bin/python3.11", *paths, "--mote", mote, "-a", elements, "--within", "10"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600)
        print(done.stdout.decode())
        if done.returncode and b"no debug information" not in done.stderr:
            wrong.append("python3.11: " + done.stderr.decode())
    return wrong


def main():
    tare, builds = sys.argv[1], os.path.abspath(sys.argv[2])
    mote = os.path.join(builds, "x86-64", "mote")
    with tempfile.TemporaryDirectory() as folder:
        wrong = sum((check(tare, mote, name, builds, folder) for name in ("x86-64", "m32", "arm", "xtensa")), [])
        wrong += check_python(tare, builds)
    print("different: " + ", ".join(wrong) if wrong else "as predicted")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
