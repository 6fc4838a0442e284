#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The prompt of mote at a terminal, and ^C at the prompt and in programs.

    prompt.py BUILD_DIR     where run.py x86-64 builds, too
"""
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

from run import MOTE, make

P, MORE, STOP = ">>> ", "... ", "\x03"
TOLD = ["Traceback (most recent call last):", '  File "<stdin>", line 1, in <module>']
# What is typed when the text before it is there, and the lines that must follow.
TYPED = [
    (P, "6 * 7\n", ["42"]),
    (P, "_ + 1\n", ["43"]),
    (P, "None\n", []),
    (P, "_\n", ["43"]),
    (P, "def f(x):  # twice\n", []),
    (MORE, "    if x:\n", []),
    (MORE, "        return x * 2\n", []),
    (MORE, "\n", []),
    (P, "f(4)\n", ["8"]),
    (P, "x = {'a':\n", []),
    (MORE, "     [1, 2]}; x\n", ["{'a': [1, 2]}"]),
    (P, "if x: print('one'); print('line')\n", []),
    (MORE, "\n", ["one", "line"]),
    (P, "1 / 0\n", TOLD + ["ZeroDivisionError: division by zero"]),
    (P, "def g(:\n", []),
    (MORE, STOP, ["KeyboardInterrupt"]),
    (P, "half a line", []),
    ("half a line", STOP, ["KeyboardInterrupt"]),
    (P, "while True: pass\n", []),
    (MORE, "\n", []),
    ("\n", STOP, TOLD + ["KeyboardInterrupt"]),
    (P, "input()\n", []),
    ("input()\r\n", STOP, TOLD + ["KeyboardInterrupt"]),
    (P, "import sys; print('still here')\n", ["still here"]),
]
# Programs that ^C ends, and one that goes on: all say first that they are ready.
PROGRAMS = [
    ("try:\n while True: pass\nfinally: print('last')", "last\n", -signal.SIGINT),
    ("def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nfib(99)", "", -signal.SIGINT),
    ("sum(range(10 ** 15))", "", -signal.SIGINT),
    ("def g():\n while 1: yield 1\nfor i in g(): pass", "", -signal.SIGINT),
    ("import time\ntry: time.sleep(60)\nexcept KeyboardInterrupt: print('caught')", "caught\n", 0),
]


class Terminal:
    """A program at a terminal of its own."""

    def __init__(self, *command):
        self.text, self.read = "", 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "dumb"
            os.execv(command[0], command)

    def more(self):
        """Waits for something; False at the end."""
        if not select.select([self.fd], [], [], 30)[0]:
            sys.exit("FAILED nothing comes after %r" % self.text[-200:])
        try:
            got = os.read(self.fd, 4096).decode()
        except OSError:
            return False
        self.text += got
        return bool(got)

    def wait_for(self, text):
        while text not in self.text[self.read:]:
            if not self.more():
                sys.exit("FAILED the end instead of %r, after %r" % (text, self.text[-200:]))
        self.read = self.text.index(text, self.read) + len(text)

    def type(self, text):
        if text == STOP:
            time.sleep(0.2)  # the program has to be at it
        os.write(self.fd, text.encode())

    def end(self):
        while self.more():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def check_prompt(mote):
    """The status of the prompt that ^D ends; each line that must be shown is found in its turn."""
    terminal = Terminal(mote)
    for before, typed, lines in TYPED:
        terminal.wait_for(before)
        terminal.type(typed)
        for line in lines:
            terminal.wait_for(line + "\r\n")
    terminal.wait_for(P)
    terminal.type("\x04")
    status = terminal.end()
    stray = re.findall("Error.*", terminal.text)
    good = status == 0 and stray == ["Error: division by zero\r"]
    if not good:
        print("FAILED the prompt ends with %d, and tells %s" % (status, stray))
    return good


def check_exit(mote):
    statuses = []
    for status in 0, 3:
        terminal = Terminal(mote)
        terminal.wait_for(P)
        terminal.type("raise SystemExit(%d)\n" % status)
        statuses.append(terminal.end())
    if statuses != [0, 3]:
        print("FAILED SystemExit of 0 and 3 at the prompt: %s" % statuses)
    return statuses == [0, 3]


def check_program(mote, text, told, status):
    text = "import sys\nprint('ready')\nsys.stdout.flush()\n" + text
    with subprocess.Popen([mote, "-c", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as p:
        p.stdout.readline()
        time.sleep(0.2)
        p.send_signal(signal.SIGINT)
        out, errors = p.communicate(timeout=60)
    good = out == told and p.returncode == status and ("\nKeyboardInterrupt\n" in errors) == (status != 0)
    if not good:
        print("FAILED %r ends with %d, %r, %r" % (text, p.returncode, out, errors[-200:]))
    return good


def main():
    build = os.path.abspath(sys.argv[1])
    make(MOTE, "BUILD=" + build)
    mote = os.path.join(build, "mote")
    good = [check_prompt(mote), check_exit(mote)] + [check_program(mote, *row) for row in PROGRAMS]
    sys.exit(not all(good))


main()
