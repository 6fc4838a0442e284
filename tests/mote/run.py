#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds one kind of mote and runs the programs of this folder on it; the output must equal python3's.

    run.py KIND BUILD_DIR [PROGRAM...]

A program may say in its first lines what it needs, `# needs: float json`, and on which kinds it does not run,
`# not on: small`. Programs of small.txt are those that run on the small firmware, in 16 KiB of RAM. Kinds without
messages are compared without the messages of python3's own exceptions (messages.py).
"""
import ast
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
MOTE = os.path.join(ROOT, "examples", "mote")
FIRMWARE = os.path.join(ROOT, "examples", "firmware")
PYTHON = "/usr/bin/python3"
ALL = {"float", "double", "json", "struct", "io", "memoryview", "memory", "unicode", "messages", "rare", "array", "collections", "codecs"}
NO_PROGRAMS = ("prompt.py", "core_tests.py", "run.py", "messages.py", "rom.py", "validate.py", "sweep.py", "documented.py", "locality.py")
SANITIZE = "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"
EMPTY = b"# the place of the program" + 16384 * b"\n"


class Kind:
    """How a kind of mote is built, what it has, and how a program runs on it."""

    def __init__(self, make=(), has=ALL, firmware=None, seconds=60, listed=None, options=()):
        self.make, self.has, self.firmware = list(make), set(has), firmware
        self.seconds, self.listed, self.options = seconds, listed, list(options)


KINDS = {
    "x86-64": Kind(),
    "m32": Kind(["CC=gcc -m32 -msse2 -mfpmath=sse -isystem /usr/include/x86_64-linux-gnu", "EDIT=", "LIBS=-lm"], seconds=60),
    "boxed": Kind(["HASH=0", "FLAGS=-DMOTE_BOXED_INT=1 -DMOTE_SHARE_TEXT=0 -DMOTE_BLOCK_WORDS=2"]),
    "single": Kind(["HASH=1", "FLAGS=-DMOTE_FLOAT=1 -DMOTE_BLOCK_WORDS=8"], ALL - {"double"}),
    "small": Kind(["HASH=0", "FLAGS=-include small.h -DMOTE_C_STACK=262144"], ()),
    # A collection at every allocation, with a mark stack that nearly always overflows, the heap checked after each, and sanitizers.
    "stress": Kind(["OPT=" + SANITIZE, "FLAGS=-DMOTE_DEBUG=1 -DMOTE_STRESS=1 -DMOTE_MARK_STACK=4"], ALL - {"memory"}, seconds=300,
                   options=["--heap=1M"]),
    "arm": Kind(has=ALL - {"double", "io", "memory"}, firmware=["TARGET=arm", "CONFIG=full"]),
    "xtensa": Kind(has=ALL - {"float", "double", "io", "memory"}, firmware=["TARGET=xtensa", "CONFIG=full"]),
    "arm-small": Kind(has=(), firmware=["TARGET=arm", "CONFIG=small"], listed="small.txt"),
}
QEMU = {
    "arm": "qemu-system-arm -M mps2-an385 -cpu cortex-m3 -nographic "
           "-semihosting-config enable=on,target=native -kernel",
    "xtensa": "qemu-system-xtensa -M sim -cpu lx106 -semihosting -display none -monitor none -kernel",
}


def make(folder, *words):
    done = subprocess.run(["make", "-s", "-j%d" % os.cpu_count(), "-C", folder, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit("the build failed:\n" + done.stdout.decode(errors="replace"))


def head_of(path):
    with open(path, errors="replace") as f:
        return "".join(f.readline() for _ in range(4))


def wanted(name, kind, path):
    head = head_of(path)
    needs = set(" ".join(re.findall(r"# needs:(.*)", head)).split())
    barred = " ".join(re.findall(r"# not on:(.*)", head)).split()
    return needs <= kind.has and name not in barred


def programs(name, kind, chosen):
    if chosen:
        return chosen
    names = [f for f in sorted(os.listdir(HERE)) if f.endswith(".py") and f not in NO_PROGRAMS]
    if kind.listed:
        with open(os.path.join(HERE, kind.listed)) as f:
            names = [line.strip() for line in f if line.strip() and not line.startswith("#")]
    paths = [os.path.join(HERE, f) for f in names]
    return [p for p in paths if wanted(name, kind, p)]


def output_of(command, seconds, build):
    """Standard output, and what went wrong besides an uncaught exception. Each run has a folder of its own for its files."""
    try:
        with tempfile.TemporaryDirectory(prefix="run-", dir=build) as folder:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                  timeout=seconds, cwd=folder)
    except subprocess.TimeoutExpired:
        return b"", "took more than %d s" % seconds
    trouble = None
    if done.returncode not in (0, 1):
        trouble = "exit status %d\n%s" % (done.returncode, done.stderr.decode(errors="replace")[-2000:])
    return done.stdout, trouble


def runs_here(program):
    """Kernels without 32-bit support are common."""
    try:
        return subprocess.run([program, "--version"], stdout=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def command_for(name, kind, build, path):
    if not kind.firmware:
        program = os.path.join(build, "mote")
        emulator = ["qemu-i386"] if name == "m32" and not runs_here(program) else []
        return emulator + [program] + kind.options + [path]
    target = kind.firmware[0].split("=")[1]
    return QEMU[target].split() + [firmware_with(build, path)]


def build_kind(kind, build):
    """Firmware is linked once, with EMPTY as its program."""
    if not kind.firmware:
        make(MOTE, "BUILD=" + build, *kind.make)
        return
    os.makedirs(build, exist_ok=True)
    empty = os.path.join(build, "empty.py")
    with open(empty, "wb") as f:
        f.write(EMPTY)
    make(FIRMWARE, *kind.firmware, "BUILD=" + build, "SCRIPT=" + empty)


def firmware_with(build, path):
    """The firmware with this program in its ROM, where it lies as text: written over the empty one."""
    with open(os.path.join(build, "firmware.elf"), "rb") as f:
        elf = f.read()
    with open(path, "rb") as f:
        program = f.read().ljust(len(EMPTY), b"\n")
    if len(program) > len(EMPTY):
        sys.exit(path + ": larger than the room for programs")
    own = os.path.join(build, "programs", os.path.basename(path) + ".elf")
    os.makedirs(os.path.dirname(own), exist_ok=True)
    place = elf.index(EMPTY)
    with open(own, "wb") as f:
        f.write(elf[:place] + program + elf[place + len(program):])
    return own


def expected_path(build, path):
    with open(path, "rb") as f:
        name = hashlib.sha256(f.read()).hexdigest()
    return os.path.join(os.path.dirname(build), "expected", name)


def expected_of(build, path):
    """What python3 prints, asked once for all kinds that are built side by side."""
    kept = expected_path(build, path)
    if os.path.exists(kept):
        with open(kept, "rb") as f:
            return f.read(), None
    expected, trouble = output_of([PYTHON, path], 60, build)
    if not trouble:
        os.makedirs(os.path.dirname(kept), exist_ok=True)
        with open(kept + ".new", "wb") as f:
            f.write(expected)
        os.replace(kept + ".new", kept)
    return expected, trouble


def without_messages(text, path, expected_path):
    """The text with what python3 said in its own exceptions cut out, and what a mote says that has no messages."""
    kept = expected_path + ".messages"
    if not os.path.exists(kept):
        subprocess.run([PYTHON, os.path.join(HERE, "messages.py"), kept + ".new", path], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=300, cwd=os.path.dirname(kept), check=True)
        os.replace(kept + ".new", kept)
    with open(kept) as f:
        messages = {ast.literal_eval(line) for line in f} | {"invalid syntax"}
    for message in sorted(messages, key=len, reverse=True):
        for form in repr(message), message:
            text = text.replace(form.encode(errors="backslashreplace"), b"")
    return text


def check(name, kind, build, path):
    """None when all is well, else what differs."""
    expected, trouble = expected_of(build, path)
    if trouble:
        return "python3: " + trouble
    got, trouble = output_of(command_for(name, kind, build, path), kind.seconds, build)
    if trouble:
        return trouble
    got = got.replace(b"\r\n", b"\n")
    if "messages" not in kind.has:
        got, expected = (without_messages(text, path, expected_path(build, path)) for text in (got, expected))
    if got == expected:
        return None
    for n, (a, b) in enumerate(zip(expected.splitlines() + [None] * 9, got.splitlines() + [None] * 9), 1):
        if a != b:
            return "line %d: python3 %r, mote %r" % (n, a, b)
    return "the output differs"


def main():
    name, build, chosen = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3:]
    kind = KINDS[name]
    build_kind(kind, build)
    paths = programs(name, kind, [os.path.abspath(c) for c in chosen])
    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, wrong in zip(paths, pool.map(lambda p: check(name, kind, build, p), paths)):
            if wrong:
                failed += 1
                print("FAILED %s: %s" % (os.path.basename(path), wrong))
    print("%s: %d programs, %d failed" % (name, len(paths), failed))
    sys.exit(1 if failed or not paths else 0)


if __name__ == "__main__":
    main()
