#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Gives tare damaged copies of a file and holds it to its promises.

  damage.py --tare TARE [--cut STEP] [--flip COUNT] [--args "VERB OPTIONS"]... FILE...

--cut: the first 0, STEP, 2 STEP ... bytes of the file. --flip: COUNT copies with a few bytes changed, of
a fixed random sequence. Without either the file is taken as it is.

Every run ends by itself within 10 s, with status 0 or 2 (never a signal, never 3, which is a bug),
within 3 times the input + 64 MiB of memory (not measured without --memory), and a status of 2 comes
with one line on stderr that names the file. The last line counts the runs by status.

TARE_THIN=N in the environment: only every Nth copy, for builds that are slow.
"""

import argparse
import os
import random
import resource
import select
import shlex
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

TIME = 10
MEMORY = 64 << 20


def ends_within(child, seconds):
    """Told at once: child.wait(seconds) looks now and then, which costs as long as most runs take."""
    handle = os.pidfd_open(child.pid)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    ended = poll.poll(1000 * seconds)
    os.close(handle)
    return bool(ended)


class Run:
    """One run: its status (None: it had to be killed), its peak of memory, what it said."""

    def __init__(self, command, scale):
        with tempfile.TemporaryFile() as err:
            child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=err,
                                     stdin=subprocess.DEVNULL)
            if ends_within(child, TIME * scale):
                self.status = child.wait()
            else:
                child.terminate()  # what it runs under may pass that on, but not a kill
                time.sleep(0.2)
                child.kill()
                child.wait()
                self.status = None
            err.seek(0)
            self.said = err.read(10000).decode(errors="replace")


THIN = int(os.environ.get("TARE_THIN", "1"))


def copies(options, data):
    if options.cut:
        for size in range(0, len(data), options.cut * THIN):
            yield "the first %d bytes" % size, data[:size]
    chance = random.Random(2)
    for number in range(-(-(options.flip or 0) // THIN)):
        copy = bytearray(data)
        for _ in range(chance.choice((1, 1, 2, 4, 16))):
            at = chance.randrange(len(copy))
            copy[at] = chance.choice((0, 1, 0x7f, 0x80, 0xff, copy[at] ^ 1 << chance.randrange(8)))
        yield "copy %d" % number, copy
    if not options.cut and not options.flip:
        yield "the file", None


def complaints(options, run, name):
    if run.status is None:
        yield "does not end within %d s" % TIME
    elif run.status not in (0, 2):
        yield "status %d" % run.status
    elif run.status == 2 and os.path.basename(name) not in run.said:
        yield "does not name the file"
    elif run.status == 2 and not run.said.startswith("tare: "):
        yield "says something odd"


def try_file(options, name, what):
    """The statuses of its runs, and what was not as promised."""
    statuses, bad = [], []
    for arguments in options.args:
        verb, *rest = shlex.split(arguments)
        run = Run([*options.tare, verb, name, *rest], options.scale)
        statuses.append(run.status)
        bad += ["%s, tare %s: %s: %s" % (what, arguments, problem, run.said[:600])
                for problem in complaints(options, run, name)]
    return statuses, bad


def try_copy(options, what, copy, path):
    if copy is None:
        return try_file(options, path, path)
    with tempfile.NamedTemporaryFile(prefix="damaged") as file:
        file.write(copy)
        file.flush()
        return try_file(options, file.name, "%s of %s" % (what, path))


def all_copies(options):
    for path in options.files:
        data = b""
        if os.path.isfile(path):
            with open(path, "rb") as file:
                data = file.read()
        for what, copy in copies(options, data):
            yield what, copy, path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+")
    parser.add_argument("--tare", required=True, type=shlex.split, help="the command")
    parser.add_argument("--cut", type=int)
    parser.add_argument("--flip", type=int)
    parser.add_argument("--args", action="append")
    parser.add_argument("--memory", action="store_true", help="hold it to its promise about memory")
    parser.add_argument("--scale", type=int, default=1, help="how much slower than it may be")
    options = parser.parse_args()
    options.args = options.args or ["size -d unit,symbol,kind --debug-dir /nonexistent --format csv",
                                    "struct --debug-dir /nonexistent --format csv"]
    counts, bad = Counter(), 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for statuses, problems in pool.map(lambda job: try_copy(options, *job), all_copies(options)):
            counts.update(statuses)
            bad += len(problems)
            print(*problems, sep="\n", end="\n" if problems else "")
    largest = max(os.stat(path).st_size if os.path.exists(path) else 0 for path in options.files)
    peak = 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # of the largest child
    if options.memory and peak > 3 * largest + MEMORY:
        print("a run took %d bytes of memory, the largest input has %d" % (peak, largest))
        bad += 1
    by_status = ", ".join("%d with %s" % (n, s) for s, n in sorted(counts.items(), key=str))
    print("%d runs: %s; %d broken promises" % (sum(counts.values()), by_status, bad))
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
