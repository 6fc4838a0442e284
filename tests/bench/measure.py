# SPDX-License-Identifier: MIT
"""Runs commands and measures wall time, CPU time (user + system) and peak memory of each.

All commands of a group take turns, round by round, so that a machine that gets slower for a while
does so for tare and its peers alike:

    warm-up   tare A   peer A   tare B   peer B      fills the page cache; says which are slow
    round 1   tare A   peer A   tare B   peer B
    round 2   tare A   ...

What other programs took of the processors meanwhile is measured too (Load). On a busy machine wall
time says little, and CPU time is the figure to compare.
"""
import os
import resource
import statistics
import tempfile
import time

SLOW_SECONDS = 2.0  # a command whose warm-up takes longer runs three times only
SLOW_RUNS = 3
BUSY_CORES = 0.15  # more than this many cores taken by others: a busy machine
STDERR_KEPT = 400


class Command:
    """One command line and what its runs measured. What it prints goes to `output`."""

    def __init__(self, argv, output=os.devnull):
        self.argv = [str(arg) for arg in argv]
        self.output = str(output)
        self.samples = []  # (wall seconds, CPU seconds, peak bytes)
        self.failure = None

    @property
    def key(self):
        return (tuple(self.argv), self.output)

    def memory_of(self, peak):
        """What counts as the memory of a run; `peak` is that of the process."""
        return peak

    def run(self):
        """One run. The harness's own size is a floor under the peak memory (the kernel keeps the
        peak of a process across exec), which is why this program imports little."""
        with tempfile.TemporaryFile() as errors:
            actions = [
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, self.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
                (os.POSIX_SPAWN_DUP2, errors.fileno(), 2),
            ]
            start = time.perf_counter()
            pid = os.posix_spawn(self.argv[0], self.argv, os.environ, file_actions=actions)
            _, status, used = os.wait4(pid, 0)
            wall = time.perf_counter() - start
            code = os.waitstatus_to_exitcode(status)
            if code != 0:
                errors.seek(0)
                said = errors.read(STDERR_KEPT).decode(errors="replace").strip()
                self.failure = "status %d: %s" % (code, said.splitlines()[0] if said else "")
        return wall, used.ru_utime + used.ru_stime, self.memory_of(used.ru_maxrss * 1024)

    def runs_wanted(self, runs, warm_up):
        return min(runs, SLOW_RUNS) if warm_up[0] > SLOW_SECONDS else runs

    def median(self, which):
        return statistics.median(sample[which] for sample in self.samples)

    @property
    def wall(self):
        return self.median(0)

    @property
    def cpu(self):
        return self.median(1)

    @property
    def least_wall(self):
        return min(sample[0] for sample in self.samples)

    @property
    def memory(self):
        return self.median(2)


class HeapCommand(Command):
    """A program that prints how many bytes of its interpreter's heap something took."""

    def memory_of(self, peak):
        if self.failure:
            return peak
        with open(self.output, encoding="ascii") as printed:
            return int(printed.read())


class Load:
    """How many cores other programs kept busy since this was made."""

    def __init__(self):
        self.start = self.now()

    @staticmethod
    def now():
        with open("/proc/stat", encoding="ascii") as stat:
            fields = [int(word) for word in stat.readline().split()[1:9]]
        user, nice, system, idle, iowait, irq, softirq, steal = fields
        busy = (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
        ours = sum(
            used.ru_utime + used.ru_stime
            for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        )
        return time.monotonic(), busy - ours

    def others(self):
        (start, busy_then), (end, busy_now) = self.start, self.now()
        return max(0.0, (busy_now - busy_then) / max(end - start, 1e-9))


def measure(commands, runs, progress):
    """Measures the commands of a group in turns; equal ones once. Returns them by key."""
    distinct = {}
    for command in commands:
        distinct.setdefault(command.key, command)
    left = {}
    for key, command in distinct.items():
        progress("warm-up", command)
        left[key] = command.runs_wanted(runs, command.run())
    for number in range(runs):
        for key, command in distinct.items():
            if number < left[key] and not command.failure:
                progress("run %d of %d" % (number + 1, left[key]), command)
                command.samples.append(command.run())
    return distinct
